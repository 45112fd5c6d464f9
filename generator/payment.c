/*
 * How the paper asks to be paid: a giro slip at the foot of the page, a box, a list, a line, a row
 * of cells or a sentence. Types that ask for nothing print nothing.
 */
#include "generator/blocks.h"

#include "generator/noise.h"

#include <string.h>

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
    return flow->style->layout.payment == PAYMENT_GIRO && asks_for_money(flow->doc);
}

double payment_height(const struct flow *flow)
{
    struct entries entries = {0};

    if (!asks_for_money(flow->doc))
        return 0;
    if (has_giro(flow))
        return 282;
    switch (flow->style->layout.payment) {
    case PAYMENT_LINE:
    case PAYMENT_FOOT:
    case PAYMENT_SENTENCE:
    case PAYMENT_STRIP:
        return 86;
    default:
        payment_entries(flow, &entries);
        return 76 + entries.count * flow->style->size * 1.35;
    }
}

static void draw_box(struct flow *flow, const struct entries *entries)
{
    double top = flow->y;

    flow->y += 14;
    flow_list(flow, entries, flow->left + 8, 120, flow->left + 296);
    page_box(flow->page, flow->left, top, 300, flow->y - top, 0.8, flow->style->accent);
    flow->y += 10;
}

/* The account a sentence names: the first the paper has. */
static enum field account_of(const struct document *doc)
{
    static const enum field order[] = {F_BANKGIRO, F_PLUSGIRO, F_BANK_ACCOUNT, F_IBAN};
    size_t i = 0;

    while (i + 1 < G_N_ELEMENTS(order) && doc->shown[order[i]] == NULL)
        i++;
    return order[i];
}

static enum field field_in_braces(const struct document *doc, const char *word)
{
    static const struct {
        const char *name;
        enum field field;
    } names[] = {{"{due}", F_AMOUNT_DUE},
                 {"{by}", F_DUE_DATE},
                 {"{reference}", F_PAYMENT_REFERENCE},
                 {"{number}", F_INVOICE_NUMBER}};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_has_prefix(word, names[i].name))
            return names[i].field;
    }
    return g_str_has_prefix(word, "{account}") ? account_of(doc) : F_COUNT;
}

/* "Pay {due} by {by} to {account}": words set one after another, fields in the braces' place. A
 * number that has no payment reference is asked to quote the invoice number. */
static void draw_sentence(struct flow *flow)
{
    struct document *doc = flow->doc;
    struct font font = style_font(flow->style, 1.0, false);
    const char *key = doc->shown[F_PAYMENT_REFERENCE] != NULL ? "pay.reference" : "pay.number";
    g_auto(GStrv) words = g_strsplit(document_label(doc, key), " ", -1);
    double space = pen_width(doc->pen, &font, " ");
    double x = flow->left;

    flow->y += 12;
    for (int i = 0; words[i] != NULL; i++) {
        enum field field = field_in_braces(doc, words[i]);
        const char *text = field == F_COUNT ? words[i] : doc->shown[field];
        const char *rest = field == F_COUNT ? "" : strchr(words[i], '}') + 1;
        double width;

        if (text == NULL)
            continue;
        width = pen_width(doc->pen, &font, text);
        if (x > flow->left && x + width > flow->right) {
            x = flow->left;
            flow->y += font.size * 1.35;
        }
        x += field == F_COUNT
                 ? page_text(flow->page, x, flow->y, ALIGN_LEFT, &font, text)
                 : document_show(doc, flow->page, field, x, flow->y, ALIGN_LEFT, &font);
        x += page_text(flow->page, x, flow->y, ALIGN_LEFT, &font, rest) + space;
    }
    flow->y += font.size * 1.35;
}

/* What happens when nobody pays, and what else is said below: neither is part of the claim. */
static void draw_notes(struct flow *flow)
{
    struct font small = style_font(flow->style, 0.85, false);
    struct document *doc = flow->doc;
    int count = flow->style->noise - (rng_chance(&doc->rng, 50) ? 1 : 0);

    page_tag(flow->page, "noise", -1);
    if (rng_chance(&doc->rng, 50))
        flow->y = page_paragraph(flow->page, flow->left, flow->y + 12, flow->right - flow->left,
                                 &small, document_label(doc, "note.late"));
    for (int i = 0; i < count; i++) {
        g_autofree char *text = noise_text(doc, "x.note");
        double height = page_lines(flow->page, flow->right - flow->left, &small, text) *
                        small.size * 1.3;

        if (flow->y + 10 + height > flow->floor)
            break;
        flow->y = page_paragraph(flow->page, flow->left, flow->y + 10, flow->right - flow->left,
                                 &small, text);
    }
    page_tag(flow->page, NULL, -1);
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
    switch (flow->style->layout.payment) {
    case PAYMENT_LIST:
        flow_list(flow, &entries, flow->left, 120, flow->right);
        break;
    case PAYMENT_LINE:
        flow->y += 10;
        flow_inline(flow, &entries, 16);
        break;
    case PAYMENT_FOOT: /* the accounts stand in the foot already; the reference must not be lost */
        entries_clear(&entries);
        entries_add(&entries, flow->doc, "l.payment_reference", F_PAYMENT_REFERENCE);
        flow_list(flow, &entries, flow->left, 120, flow->right);
        break;
    case PAYMENT_SENTENCE:
        draw_sentence(flow);
        break;
    case PAYMENT_STRIP:
        flow_strip(flow, &entries);
        flow->y += 12;
        break;
    default:
        draw_box(flow, &entries);
        break;
    }
    entries_clear(&entries);
    draw_notes(flow);
}
