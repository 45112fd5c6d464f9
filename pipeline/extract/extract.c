/*
 * The order of extraction: lay the words out, find candidates, then parties, lines, money and the
 * other fields, merge an e-invoice, decide. Nothing here fails on a bad document: what cannot be
 * read is missing, and what is missing is a reason for review.
 */
#include "pipeline/extract/extract.h"
#include "pipeline/extract/calibration.h"
#include "pipeline/extract/candidate.h"
#include "pipeline/extract/currency.h"
#include "pipeline/extract/doubts.h"
#include "pipeline/extract/einvoice.h"
#include "pipeline/extract/items.h"
#include "pipeline/extract/memory.h"
#include "pipeline/extract/money.h"
#include "pipeline/extract/party.h"
#include "pipeline/extract/receipt.h"
#include "pipeline/extract/score.h"
#include "pipeline/extract/type_code.h"

#include "base/arena.h"
#include "base/mem.h"

#include <string.h>

static void take_lines(const struct items *items, struct arena *a, struct document *d)
{
    d->lines = arena_alloc_array(a, (size_t)items->count, sizeof *d->lines);
    d->n_lines = (size_t)items->count;
    for (int i = 0; i < items->count; i++)
        d->lines[i] = items->items[i].line;
}

/* The two parties change places on an order: who writes it, buys. */
static void swap_parties(struct document *d)
{
    static const enum field_id pairs[][2] = {
        {FIELD_SELLER_NAME, FIELD_BUYER_NAME},
        {FIELD_SELLER_ADDRESS, FIELD_BUYER_ADDRESS},
        {FIELD_SELLER_VAT_ID, FIELD_BUYER_VAT_ID},
        {FIELD_SELLER_REGISTRATION_ID, FIELD_BUYER_REGISTRATION_ID}};

    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        struct field kept = d->fields[pairs[i][0]];

        d->fields[pairs[i][0]] = d->fields[pairs[i][1]];
        d->fields[pairs[i][1]] = kept;
    }
    d->fields[FIELD_SELLER_EMAIL] = (struct field){0};
}

/* Of two readings of a date, one that is yet to come or lies after the due date is none. */
static void settle_date(const struct extract_context *context, struct document *d)
{
    struct field *issue = &d->fields[FIELD_ISSUE_DATE];
    const struct field *due = &d->fields[FIELD_DUE_DATE];
    struct civil_date first, second, limit = context->today;
    bool first_fits, second_fits;

    if (!issue->alternative || !civil_date_parse(issue->value, &first) ||
        !civil_date_parse(issue->alternative, &second))
        return;
    if (due->value && !due->alternative)
        civil_date_parse(due->value, &limit);
    if (limit.year == 0)
        return;
    first_fits = civil_date_to_days(first) <= civil_date_to_days(limit);
    second_fits = civil_date_to_days(second) <= civil_date_to_days(limit);
    if (first_fits == second_fits)
        return;
    if (second_fits)
        issue->value = issue->alternative;
    issue->alternative = NULL;
}

static void note_pages(struct page *const *pages, struct arena *a, struct document *d)
{
    for (size_t i = 0; i < d->n_pages; i++)
        if (!pages[i])
            document_add_reason(d, a, "page_unread", -1, "page %d could not be read", d->pages[i]);
        else if (pages[i]->lost_percent)
            document_add_reason(
                d, a, "page_damaged", -1,
                "the picture of page %d is cut or damaged after %d %% of its rows: scan it again",
                d->pages[i], 100 - pages[i]->lost_percent);
}

int extract_document(struct arena *a, struct page *const *pages, const struct document *einvoice,
                     const struct extract_context *context, struct document *d, struct err *err)
{
    struct sheet sheet;
    struct candidates candidates;
    struct parties parties;
    struct items items;
    bool is_negative, is_slip;

    (void)err; /* part of the contract of every verb */
    note_pages(pages, a, d);
    sheet_init(&sheet, a, pages, d->n_pages);
    candidates_find(&candidates, a, &sheet, sheet_writes_month_first(&sheet));
    doubts_add_candidates(context->doubts, &candidates, a, &sheet);
    type_code_decide(&sheet, d);
    parties_find(&parties, &sheet, context->company, a, d);
    candidates.memory = memory_recall(a, context, &candidates, &sheet, &parties, d);
    items_find(&items, &candidates, &sheet, a);
    take_lines(&items, a, d);
    is_negative = money_solve(&candidates, &sheet, &items, a, d);
    score_fields(context->scorer, &candidates, &sheet, &parties, a, d);
    is_slip = receipt_settle(&candidates, &sheet, a, d);
    currency_decide(&candidates, &sheet, context->company, d);
    settle_date(context, d);
    memory_fill(candidates.memory, &candidates, a, d);
    if (d->type == DOCUMENT_ORDER && !is_slip)
        swap_parties(d);
    if (einvoice)
        einvoice_merge(einvoice, &candidates, &sheet, a, d);
    else
        type_code_settle(&sheet, is_negative, a, d);
    if (context->fill_declared)
        context->fill_declared(context->user, a, &sheet, &candidates, d);
    verdict_decide(a, context, d);
    if (context->calibration) { /* the proofs say how sure, and how sure decides */
        calibration_apply(context->calibration, d);
        verdict_decide(a, context, d);
    }
    return 0;
}
