/*
 * How the paper asks to be paid: a giro slip at the foot of the page, a box, a list or a line.
 * Types that ask for nothing print nothing.
 */
#include "generator/blocks.h"

void flow_account_entries(const struct flow *flow, struct entries *entries)
{
    const struct document *doc = flow->doc;

    entries_add(entries, doc, "l.bankgiro", F_BANKGIRO);
    entries_add(entries, doc, "l.plusgiro", F_PLUSGIRO);
    entries_add(entries, doc, "l.bank_account", F_BANK_ACCOUNT);
    entries_add(entries, doc, "l.iban", F_IBAN);
    entries_add(entries, doc, "l.bic", F_BIC);
}

static void payment_entries(const struct flow *flow, struct entries *entries)
{
    const struct document *doc = flow->doc;

    entries_add(entries, doc, "l.due_date", F_DUE_DATE);
    flow_account_entries(flow, entries);
    entries_add(entries, doc, "l.payment_reference", F_PAYMENT_REFERENCE);
}

static bool asks_for_money(const struct document *doc)
{
    return doc->type == TYPE_INVOICE || doc->type == TYPE_REMINDER;
}

static bool has_giro(const struct flow *flow)
{
    return flow->style->layout->payment == PAYMENT_GIRO && asks_for_money(flow->doc);
}

double payment_height(const struct flow *flow)
{
    struct entries entries = {0};
    enum payment kind = flow->style->layout->payment;

    if (!asks_for_money(flow->doc))
        return 0;
    if (has_giro(flow))
        return 282;
    if (kind == PAYMENT_LINE || kind == PAYMENT_FOOT)
        return 64;
    payment_entries(flow, &entries);
    return 60 + entries.count * flow->style->size * 1.35;
}

static void draw_box(struct flow *flow, const struct entries *entries)
{
    double top = flow->y;

    flow->y += 14;
    flow_list(flow, entries, flow->left + 8, 120);
    page_box(flow->page, flow->left, top, 300, flow->y - top, 0.8, flow->style->accent);
    flow->y += 10;
}

static void draw_notes(struct flow *flow)
{
    struct font small = style_font(flow->style, 0.85, false);

    if (!rng_chance(&flow->doc->rng, 50))
        return;
    flow->y = page_paragraph(flow->page, flow->left, flow->y + 14, flow->right - flow->left, &small,
                             document_label(flow->doc, "note.late"));
}

void block_payment(struct flow *flow)
{
    struct entries entries = {0};

    if (!asks_for_money(flow->doc))
        return;
    if (has_giro(flow)) {
        block_giro(flow);
        return;
    }
    payment_entries(flow, &entries);
    flow->y += 12;
    switch (flow->style->layout->payment) {
    case PAYMENT_LIST:
        flow_list(flow, &entries, flow->left, 120);
        break;
    case PAYMENT_LINE:
        flow->y += 10;
        flow_inline(flow, &entries, 16);
        break;
    case PAYMENT_FOOT: /* the accounts stand in the foot already; the reference must not be lost */
        entries_clear(&entries);
        entries_add(&entries, flow->doc, "l.payment_reference", F_PAYMENT_REFERENCE);
        flow_list(flow, &entries, flow->left, 120);
        break;
    default:
        draw_box(flow, &entries);
        break;
    }
    entries_clear(&entries);
    draw_notes(flow);
}
