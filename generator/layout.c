/*
 * The layouts, how a supplier comes by its style, and the order of blocks on a trade paper.
 */
#include "generator/layout.h"

#include "generator/blocks.h"

const struct layout layouts[] = {
    {"classic", BAND_NONE, SENDER_LEFT, BUYER_LEFT, TITLE_RIGHT_TOP, META_RIGHT, RULES_ROWS,
     "adqupt", TOTALS_RIGHT, true, PAYMENT_BOX, FOOT_COLUMNS},
    {"giro", BAND_LOGO, SENDER_LEFT, BUYER_LEFT, TITLE_LEFT, META_RIGHT, RULES_HEAD, "dqpvt",
     TOTALS_RIGHT, false, PAYMENT_GIRO, FOOT_NONE},
    {"band", BAND_TOP, SENDER_BAND, BUYER_LEFT, TITLE_BAND, META_RIGHT_BOX, RULES_ZEBRA, "dqpt",
     TOTALS_BOX, true, PAYMENT_LIST, FOOT_LINE},
    {"window", BAND_NONE, SENDER_WINDOW, BUYER_LEFT, TITLE_LEFT, META_RIGHT, RULES_ROWS, "ndqupt",
     TOTALS_RIGHT, false, PAYMENT_LINE, FOOT_COLUMNS},
    {"form", BAND_NONE, SENDER_LEFT, BUYER_BOX, TITLE_RIGHT_TOP, META_GRID, RULES_GRID, "adquvpt",
     TOTALS_GRID, false, PAYMENT_BOX, FOOT_BOX},
    {"letterhead", BAND_RULE, SENDER_CENTRE, BUYER_LEFT, TITLE_CENTRE, META_INLINE, RULES_NONE,
     "dt", TOTALS_RIGHT, false, PAYMENT_LINE, FOOT_LINE},
    {"stripe", BAND_STRIPE, SENDER_LEFT, BUYER_LEFT, TITLE_LEFT, META_TWO_COLUMNS, RULES_HEAD,
     "qdpt", TOTALS_BAR, true, PAYMENT_LIST, FOOT_COLUMNS},
    {"mirror", BAND_LOGO, SENDER_RIGHT, BUYER_LEFT, TITLE_LEFT, META_RIGHT, RULES_COLUMNS, "dqupvt",
     TOTALS_BOX, true, PAYMENT_FOOT, FOOT_COLUMNS},
    {"ledger", BAND_NONE, SENDER_RIGHT, BUYER_BOX, TITLE_LEFT, META_LEFT, RULES_GRID, "ndqpt",
     TOTALS_LEFT, true, PAYMENT_LINE, FOOT_LINE},
    {"compact", BAND_RULE, SENDER_LEFT, BUYER_RIGHT, TITLE_LEFT, META_LEFT, RULES_ROWS, "aqdpvt",
     TOTALS_GRID, true, PAYMENT_LIST, FOOT_NONE},
    {"modern", BAND_LOGO, SENDER_FOOT, BUYER_LEFT, TITLE_LEFT, META_INLINE, RULES_ROWS, "dqpvt",
     TOTALS_RIGHT, true, PAYMENT_FOOT, FOOT_COLUMNS},
    {"bureau", BAND_TOP, SENDER_BAND, BUYER_RIGHT, TITLE_BAND, META_GRID, RULES_HEAD, "ndqupvt",
     TOTALS_BAR, false, PAYMENT_BOX, FOOT_BOX},
    {"giro-form", BAND_NONE, SENDER_LEFT, BUYER_LEFT, TITLE_RIGHT_TOP, META_RIGHT_BOX,
     RULES_COLUMNS, "adqupt", TOTALS_GRID, false, PAYMENT_GIRO, FOOT_NONE},
    {"plain", BAND_NONE, SENDER_FOOT, BUYER_RIGHT, TITLE_CENTRE, META_TWO_COLUMNS, RULES_NONE,
     "qudpt", TOTALS_LEFT, false, PAYMENT_LINE, FOOT_LINE},
    {"wide", BAND_RULE, SENDER_CENTRE, BUYER_BOX, TITLE_LEFT, META_GRID, RULES_ZEBRA, "adupqvt",
     TOTALS_BAR, true, PAYMENT_FOOT, FOOT_COLUMNS},
};
const int layout_count = (int)G_N_ELEMENTS(layouts);

static const char *const families[] = {
    "Liberation Sans",
    "Carlito",
    "Liberation Serif",
    "DejaVu Sans",
    "Open Sans",
    "Roboto",
    "Nimbus Sans",
    "Lato",
    "Caladea",
    "Liberation Mono",
    "P052",
    "DejaVu Serif",
    "Liberation Sans Narrow",
    "Courier Prime",
    "Roboto Condensed",
    "Nimbus Roman",
    "C059",
};

static const struct colour accents[] = {
    {0.10, 0.23, 0.42}, {0.00, 0.36, 0.30}, {0.55, 0.10, 0.12}, {0.15, 0.15, 0.15},
    {0.80, 0.35, 0.05}, {0.30, 0.18, 0.45}, {0.05, 0.42, 0.55}, {0.35, 0.38, 0.12},
};

/* Changes the choices that suit any layout: what ties blocks together (a band and its title, a giro
 * and its empty foot) stays as it is. */
static void vary(struct layout *layout, struct rng *rng)
{
    static const char *const columns[] = {"adqupt",  "dqpvt",  "dqpt",  "ndqupt",
                                          "adquvpt", "dt",     "qdpt",  "dqupvt",
                                          "ndqpt",   "aqdpvt", "qudpt", "adupqvt"};

    if (rng_chance(rng, 50))
        layout->rules = (enum rules)rng_below(rng, RULES_HEAD + 1);
    if (rng_chance(rng, 50))
        layout->columns = columns[rng_below(rng, G_N_ELEMENTS(columns))];
    if (rng_chance(rng, 40))
        layout->totals = (enum totals)rng_below(rng, TOTALS_GRID + 1);
    if (rng_chance(rng, 40))
        layout->has_vat_table = !layout->has_vat_table;
    if (rng_chance(rng, 40) && layout->meta >= META_GRID)
        layout->meta = (enum meta)rng_range(rng, META_GRID, META_TWO_COLUMNS);
    if (rng_chance(rng, 40) && layout->payment != PAYMENT_GIRO && layout->payment != PAYMENT_FOOT)
        layout->payment = rng_chance(rng, 50) ? PAYMENT_BOX : PAYMENT_LIST;
}

/* Neighbours get different layouts, so forty suppliers see each layout two or three times. */
void style_choose(struct style *style, int n, const struct locale *locale, struct rng *rng)
{
    int dates = 0;

    while (dates < (int)G_N_ELEMENTS(locale->dates) && locale->dates[dates] != NULL)
        dates++;
    style->own = layouts[(n * 4 + locale->country[0]) % layout_count];
    style->layout = &style->own;
    if (rng_chance(rng, 50))
        vary(&style->own, rng);
    style->family = families[rng_below(rng, G_N_ELEMENTS(families))];
    style->size = 8.4 + 0.2 * rng_below(rng, 9);
    style->accent = accents[rng_below(rng, G_N_ELEMENTS(accents))];
    style->has_colons = rng_chance(rng, 60);
    style->has_bold_labels = rng_chance(rng, 40);
    style->has_capital_title = rng_chance(rng, 40);
    style->has_iban = rng_chance(rng, 45);
    style->date = rng_chance(rng, 55) ? locale->dates[0] : locale->dates[rng_below(rng, dates)];
    style->amount =
        &locale->amounts[rng_chance(rng, 60) ? 0 : rng_below(rng, locale->amount_formats)];
    style->currency_place = rng_below(rng, 4);
    style->logo = rng_below(rng, 4);
}

/* "Page 2 of 3", which only the last page's count can tell. */
static void number_pages(struct flow *flow)
{
    struct document *doc = flow->doc;
    struct font small = style_font(flow->style, 0.8, false);
    double y = flow->style->layout->band == BAND_TOP ? A4_HEIGHT - 14 : 24;

    if (doc->pages->len == 1 && doc->seller->seed % 3 != 0)
        return;
    for (guint i = 0; i < doc->pages->len; i++) {
        g_autofree char *text = g_strdup_printf(document_label(doc, "page.of"), (int)i + 1,
                                                (int)doc->pages->len);

        page_text(document_page(doc, i), flow->right, y, ALIGN_RIGHT, &small, text);
    }
}

void flow_first_page(struct flow *flow)
{
    flow->page = document_add_page(flow->doc, A4_WIDTH, A4_HEIGHT);
    flow->floor = flow->style->layout->foot == FOOT_NONE ? A4_HEIGHT - 40 : A4_HEIGHT - 84;
    block_band(flow);
    block_sender(flow);
    block_buyer(flow);
    block_meta(flow);
    block_title(flow);
    block_foot(flow);
}

/* Later pages repeat who and which, small, and go on. */
void flow_next_page(struct flow *flow)
{
    struct document *doc = flow->doc;
    struct font bold = style_font(flow->style, 1.1, true);
    struct font font = style_font(flow->style, 0.95, false);
    enum field number = doc->type == TYPE_ORDER           ? F_ORDER_REFERENCE
                        : doc->type == TYPE_DELIVERY_NOTE ? F_DELIVERY_NOTE_NUMBER
                                                          : F_INVOICE_NUMBER;
    const char *key = doc->type == TYPE_ORDER           ? "l.order_number"
                      : doc->type == TYPE_DELIVERY_NOTE ? "l.delivery_note_number"
                      : doc->type == TYPE_CREDIT_NOTE   ? "l.credit_note_number"
                                                        : "l.invoice_number";
    g_autofree char *label = flow_label(flow, key);
    double x = flow->left;

    flow->page = document_add_page(doc, A4_WIDTH, A4_HEIGHT);
    if (flow->style->layout->band == BAND_STRIPE)
        block_band(flow);
    flow->y = 50;
    page_text(flow->page, x, flow->y, ALIGN_LEFT, &bold, doc->seller->party.name);
    flow->y += bold.size * 1.4;
    if (doc->shown[number] != NULL) {
        x += page_text(flow->page, x, flow->y, ALIGN_LEFT, &font, label) + 5;
        document_show(doc, flow->page, number, x, flow->y, ALIGN_LEFT, &font);
    }
    flow->y += 16;
    block_foot(flow);
}

/* A sentence before the table, on the papers that have one. */
static void draw_note(struct flow *flow, const char *key)
{
    struct font font = style_font(flow->style, 1.0, false);

    flow->y += 14;
    flow->y = page_paragraph(flow->page, flow->left, flow->y, flow->right - flow->left, &font,
                             document_label(flow->doc, key));
}

void layout_trade_paper(struct document *doc)
{
    static const char *const notes[TYPE_COUNT] = {[TYPE_CREDIT_NOTE] = "note.credit",
                                                  [TYPE_REMINDER] = "note.reminder",
                                                  [TYPE_ORDER] = "note.order",
                                                  [TYPE_DELIVERY_NOTE] = "note.delivery"};
    struct flow flow = {.doc = doc, .style = &doc->seller->style, .right = A4_WIDTH - 48};

    flow.left = flow.style->layout->band == BAND_STRIPE ? 62 : 52;
    flow_first_page(&flow);
    if (notes[doc->type] != NULL)
        draw_note(&flow, notes[doc->type]);
    else if (rng_chance(&doc->rng, 25))
        draw_note(&flow, "note.invoice");
    block_table(&flow);
    if (doc->type != TYPE_DELIVERY_NOTE) {
        if (flow.y + totals_height(&flow) + payment_height(&flow) > flow.floor)
            flow_next_page(&flow);
        block_totals(&flow);
    }
    block_payment(&flow);
    number_pages(&flow);
}
