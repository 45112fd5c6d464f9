/*
 * Which words to look at again. The verdict says what is wrong with a document; the labels on its
 * pages say where the numbers stand that could be to blame, and those are asked for again, those
 * that decide first. Nothing is asked of a text layer, and nothing of a document that is proved.
 */
#include "pipeline/extract/doubts.h"
#include "pipeline/extract/candidate.h"
#include "pipeline/extract/receipt.h"

#include "base/arena.h"
#include "base/mem.h"
#include "models/money.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINES_MAX = 2,
    GAP_MAX = 30, /* row heights between a label and its value */
    STEPS = 4,
    DATE_DIGITS_MIN = 4,
    DATE_LENGTH_MAX = 11
};

#define BIT CONCEPT_BIT
#define SURE 0.9f       /* of a slip's total and date */
#define SURE_WORD 0.97f /* 262 places of invoices read so surely: looks mended no field */

static const uint64_t MONEY = BIT(net) | BIT(vat) | BIT(gross) | BIT(total) | BIT(amount_due);
static const uint64_t SLIP = BIT(gross) | BIT(total) | BIT(amount_due) | BIT(cash) | BIT(rounding);
static const uint64_t DAY = BIT(issue_date) | BIT(due_date) | BIT(date);

struct finder {
    struct doubts *out;
    struct arena *a;
    const struct sheet *s;
    const struct candidates *c;
    const struct document *d;
    bool is_broken; /* an equation: then a word that was read surely may be to blame as well */
};

static bool has_reason(const struct document *d, const char *code, enum field_id field)
{
    for (size_t i = 0; i < d->n_reasons; i++)
        if (strcmp(d->reasons[i].code, code) == 0 && d->reasons[i].field == (int)field)
            return true;
    return false;
}

/* Whether the middle of a word lies in the box; those of the rows beside a leaning one reach into
 * it. */
static bool stands_in(const struct box *word, const struct box *box)
{
    float x = (word->x0 + word->x1) / 2, y = (word->y0 + word->y1) / 2;

    return x > box->x0 && x < box->x1 && y > box->y0 && y < box->y1;
}

static bool is_asked(const struct doubts *doubts, int page, const struct box *box)
{
    for (int i = 0; i < doubts->count; i++)
        if (doubts->items[i].page == page && box_overlaps(&doubts->items[i].place.box, box))
            return true;
    return false;
}

static void ask_tokens(struct finder *q, int first, int count, enum look_kind kind)
{
    const struct token *tokens = &q->s->tokens[first];
    struct doubt *doubt = &q->out->items[q->out->count];
    struct box box = tokens[0].printed;
    float confidence = tokens[0].confidence;

    for (int i = 1; i < count; i++) {
        box = box_union(box, tokens[i].printed);
        confidence = fminf(confidence, tokens[i].confidence);
    }
    if (q->out->count == LOOK_PLACES_MAX || !tokens[0].is_ocr ||
        (confidence >= SURE_WORD && !q->is_broken) || is_asked(q->out, tokens[0].page, &box))
        return;
    *doubt = (struct doubt){.page = tokens[0].page,
                            .place = {box, kind},
                            .first = sheet_text(q->s, q->a, first, count),
                            .confidence = confidence};
    q->out->count++;
}

/* The tokens a field was taken from. */
static void ask_field(struct finder *q, enum field_id id, enum look_kind kind)
{
    const struct field *field = &q->d->fields[id];
    int first = -1, last = -1;

    if (!field->value || field->source != SOURCE_OCR || field->page == 0)
        return;
    for (int i = 0; i < q->s->n_tokens; i++) {
        const struct token *token = &q->s->tokens[i];

        if (q->s->pages[token->page]->number != field->page ||
            !stands_in(&token->printed, &field->box))
            continue;
        first = first < 0 ? i : first;
        last = i;
    }
    if (first >= 0 && q->s->tokens[first].row == q->s->tokens[last].row)
        ask_tokens(q, first, last - first + 1, kind);
}

/* "6 %" is a part of the label, "19.9" of what stands there. */
static bool is_no_sum(const struct amount *amount)
{
    return amount->is_percent || amount->decimals == 1;
}

/* Labels of these concepts behind which no candidate of the kind was found: what stands last in
 * their row, when it has a digit. */
static void ask_behind_labels(struct finder *q, uint64_t concepts, enum candidate_kind kind,
                              enum look_kind look)
{
    for (int m = 0; m < q->s->n_mentions; m++) {
        const struct mention *mention = &q->s->mentions[m];
        const struct row *row = &q->s->rows[mention->row];
        int last = row->first + row->count - 1, first = last;
        bool is_found = !(mention->concepts & concepts) || mention->is_inside;

        for (int i = 0; i < q->c->count && !is_found; i++)
            is_found = q->c->items[i].kind == kind && q->c->items[i].row == mention->row &&
                       !(kind == CANDIDATE_AMOUNT && is_no_sum(&q->c->items[i].amount));
        while (first - 1 >= mention->first + mention->count && token_gap(q->s, first) < 0.6f)
            first--;
        if (!is_found && first >= mention->first + mention->count &&
            text_has_digit(q->s->tokens[last].text) &&
            q->s->tokens[first].box.x0 - mention->box.x1 < GAP_MAX * row->height)
            ask_tokens(q, first, last - first + 1, look);
    }
}

/* Printed amounts with a label of the totals, those read worst first. */
static void ask_labelled_amounts(struct finder *q, uint64_t concepts)
{
    for (int step = 0; step < STEPS; step++)
        for (int i = 0; i < q->c->count && q->c->items[i].kind == CANDIDATE_AMOUNT; i++) {
            const struct candidate *item = &q->c->items[i];

            if (!item->amount.is_percent && candidate_evidence(item, q->s, concepts) &&
                (int)fminf(item->confidence * STEPS, STEPS - 1) == step)
                ask_tokens(q, item->first, item->count, LOOK_AMOUNT);
        }
}

static bool is_proved(const struct document *d, enum field_id id, enum proof proof)
{
    return d->fields[id].value && (d->fields[id].proofs & 1u << proof);
}

static void ask_totals(struct finder *q)
{
    static const enum field_id ids[] = {FIELD_TOTAL_GROSS, FIELD_TOTAL_NET, FIELD_TOTAL_VAT,
                                        FIELD_AMOUNT_DUE};

    if (is_proved(q->d, FIELD_TOTAL_GROSS, PROOF_TOTALS))
        return;
    q->is_broken = has_reason(q->d, "total_mismatch", FIELD_TOTAL_GROSS);
    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
        ask_field(q, ids[i], LOOK_AMOUNT);
    ask_behind_labels(q, MONEY, CANDIDATE_AMOUNT, LOOK_AMOUNT);
    ask_labelled_amounts(q, MONEY);
    q->is_broken = false;
}

static bool multiplies(const struct line_item *line)
{
    struct amount quantity, price, amount;

    return !line->quantity || !line->unit_price || !line->amount ||
           !amount_parse(line->quantity, false, &quantity) ||
           !amount_parse(line->unit_price, false, &price) ||
           !amount_parse(line->amount, false, &amount) ||
           amount_multiplies(quantity.value, price.value, amount.value);
}

static void ask_lines(struct finder *q)
{
    int asked = 0;

    for (size_t n = 0; n < q->d->n_lines && asked < LINES_MAX; n++) {
        const struct line_item *line = &q->d->lines[n];

        if (multiplies(line))
            continue;
        asked++;
        for (int i = 0; i < q->c->count && q->c->items[i].kind == CANDIDATE_AMOUNT; i++) {
            const struct candidate *item = &q->c->items[i];

            if (q->s->pages[item->page]->number == line->page &&
                box_overlaps(&item->box, &line->box) && !item->amount.is_percent)
                ask_tokens(q, item->first, item->count, LOOK_AMOUNT);
        }
    }
}

/* Fields that their own check digits should prove and do not. */
static void ask_numbers(struct finder *q)
{
    static const struct {
        enum field_id field;
        enum look_kind kind;
    } numbers[] = {{FIELD_PAYMENT_REFERENCE, LOOK_DIGITS},
                   {FIELD_IBAN, LOOK_IBAN},
                   {FIELD_BANK_ACCOUNT, LOOK_DIGITS},
                   {FIELD_BANKGIRO, LOOK_DIGITS},
                   {FIELD_PLUSGIRO, LOOK_DIGITS},
                   {FIELD_SELLER_VAT_ID, LOOK_IDENTIFIER},
                   {FIELD_SELLER_REGISTRATION_ID, LOOK_IDENTIFIER}};

    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        if (!is_proved(q->d, numbers[i].field, PROOF_CHECKSUM))
            ask_field(q, numbers[i].field, numbers[i].kind);
    ask_behind_labels(q, BIT(iban), CANDIDATE_IBAN, LOOK_IBAN);
    ask_behind_labels(q, BIT(vat_id), CANDIDATE_VAT_ID, LOOK_IDENTIFIER);
    ask_behind_labels(q, BIT(payment_reference), CANDIDATE_REFERENCE, LOOK_DIGITS);
}

static bool is_unsure(const struct document *d, enum field_id id)
{
    return has_reason(d, "low_confidence", id) || has_reason(d, "ambiguous", id);
}

static void ask_dates(struct finder *q)
{
    bool is_odd = has_reason(q->d, "dates_out_of_order", FIELD_DUE_DATE) ||
                  has_reason(q->d, "date_in_future", FIELD_ISSUE_DATE);

    q->is_broken = is_odd;
    if (is_odd || is_unsure(q->d, FIELD_ISSUE_DATE))
        ask_field(q, FIELD_ISSUE_DATE, LOOK_DATE);
    if (is_odd)
        ask_field(q, FIELD_DUE_DATE, LOOK_DATE);
    q->is_broken = false;
    if (!q->d->fields[FIELD_ISSUE_DATE].value)
        ask_behind_labels(q, DAY, CANDIDATE_DATE, LOOK_DATE);
}

/* A shop is known by its name alone: there is nothing to check it by but more looks. */
static void ask_name(struct finder *q)
{
    const struct field *seller = &q->d->fields[FIELD_SELLER_NAME];
    bool has_small = false;

    if (!seller->value || seller->confidence >= SURE)
        return;
    for (const char *p = seller->value; *p; p++)
        has_small |= islower((unsigned char)*p) != 0;
    ask_field(q, FIELD_SELLER_NAME, has_small ? LOOK_NAME : LOOK_CAPITALS);
}

/* "28/08/201?": figures with the marks of a date, which is no day. */
static bool is_nearly_date(const char *text)
{
    size_t digits = 0, marks = 0, length = strlen(text);

    for (const char *p = text; *p; p++) {
        digits += isdigit((unsigned char)*p) != 0;
        marks += strchr("/.-", *p) != NULL;
    }
    return marks == 2 && digits >= DATE_DIGITS_MIN && length <= DATE_LENGTH_MAX;
}

static bool is_date_at(const struct finder *q, int token)
{
    for (int i = 0; i < q->c->count; i++)
        if (q->c->items[i].kind == CANDIDATE_DATE && token >= q->c->items[i].first &&
            token < q->c->items[i].first + q->c->items[i].count)
            return true;
    return false;
}

/* A till prints its day with the hour, and once more on the card's slip: all of them have a say. */
static void ask_printed_dates(struct finder *q)
{
    for (int i = 0; i < q->c->count; i++)
        if (q->c->items[i].kind == CANDIDATE_DATE && !q->c->items[i].date.is_compact)
            ask_tokens(q, q->c->items[i].first, q->c->items[i].count, LOOK_DATE);
    for (int i = 0; i < q->s->n_tokens; i++)
        if (is_nearly_date(q->s->tokens[i].text) && !is_date_at(q, i))
            ask_tokens(q, i, 1, LOOK_DATE);
}

/* The total of a till's slip and all that could prove it. */
static void ask_slip(struct finder *q)
{
    const struct field *total = &q->d->fields[FIELD_TOTAL_GROSS];
    const struct field *date = &q->d->fields[FIELD_ISSUE_DATE];

    ask_name(q);
    if (!total->value || total->confidence < SURE) {
        ask_field(q, FIELD_TOTAL_GROSS, LOOK_AMOUNT);
        ask_behind_labels(q, SLIP, CANDIDATE_AMOUNT, LOOK_AMOUNT);
        ask_labelled_amounts(q, SLIP);
    }
    if (date->value && date->confidence >= SURE)
        return;
    ask_field(q, FIELD_ISSUE_DATE, LOOK_DATE);
    if (!date->value)
        ask_behind_labels(q, DAY, CANDIDATE_DATE, LOOK_DATE);
    ask_printed_dates(q);
}

static bool is_recognised(struct page *const *pages, const struct document *d)
{
    for (size_t i = 0; i < d->n_pages; i++)
        if (pages[i] && (pages[i]->source == PAGE_OCR || pages[i]->source == PAGE_MIXED))
            return true;
    return false;
}

void doubts_find(struct doubts *ret, struct arena *a, struct page *const *pages,
                 const struct document *d)
{
    struct sheet sheet;
    struct candidates candidates;
    struct finder q = {.out = ret, .a = a, .s = &sheet, .c = &candidates, .d = d};

    *ret = (struct doubts){0};
    if (!is_recognised(pages, d))
        return;
    if (d->outcome != OUTCOME_REVIEW && document_type_is_posted(d->type))
        return;
    sheet_init(&sheet, a, pages, d->n_pages);
    if (!document_type_is_posted(d->type) && !receipt_is_slip(&sheet, d))
        return;
    candidates_find(&candidates, a, &sheet, false);
    if (!document_type_is_posted(d->type)) {
        ask_slip(&q);
        return;
    }
    if (is_unsure(d, FIELD_INVOICE_NUMBER))
        ask_field(&q, FIELD_INVOICE_NUMBER, LOOK_IDENTIFIER);
    ask_dates(&q);
    if (is_unsure(d, FIELD_TOTAL_GROSS))
        ask_field(&q, FIELD_TOTAL_GROSS, LOOK_AMOUNT);
    ask_totals(&q);
    ask_numbers(&q);
    ask_lines(&q);
}
