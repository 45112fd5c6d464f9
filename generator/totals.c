/*
 * The sums under the table in five shapes, and the table of VAT by rate.
 */
#include "generator/blocks.h"

#include <string.h>

struct sum {
    const char *key;
    enum field field;
    enum field also; /* another field this same figure is, or F_COUNT */
    int rate;        /* for "VAT 25 %"; -1 elsewhere */
    bool is_strong;
};

struct sums {
    struct sum items[10];
    int count;
};

static void sums_add(struct sums *sums, const struct document *doc, const char *key,
                     enum field field, int rate, bool is_strong)
{
    if (doc->shown[field] != NULL)
        sums->items[sums->count++] = (struct sum){
            .key = key, .field = field, .also = F_COUNT, .rate = rate, .is_strong = is_strong};
}

/* Where gross is what is due, half the suppliers print it once, under either name. */
static void add_gross(struct sums *sums, const struct document *doc)
{
    bool is_same = doc->amount[F_AMOUNT_DUE] == doc->amount[F_TOTAL_GROSS];
    int habit = (int)(doc->seller->seed % 3);

    if (doc->shown[F_AMOUNT_DUE] == NULL || !is_same || habit == 0) {
        sums_add(sums, doc, "t.gross", F_TOTAL_GROSS, -1, doc->shown[F_AMOUNT_DUE] == NULL);
        sums_add(sums, doc, "t.prepaid", F_PREPAID, -1, false);
        sums_add(sums, doc, "t.rounding", F_ROUNDING, -1, false);
        sums_add(sums, doc, "t.due", F_AMOUNT_DUE, -1, true);
        return;
    }
    sums_add(sums, doc, habit == 1 ? "t.due" : "t.gross", F_TOTAL_GROSS, -1, true);
    sums->items[sums->count - 1].also = F_AMOUNT_DUE;
}

static void sums_init(struct sums *sums, const struct document *doc)
{
    bool has_adjustment = doc->shown[F_TOTAL_ALLOWANCES] != NULL ||
                          doc->shown[F_TOTAL_CHARGES] != NULL;
    int rate = doc->vat_count == 1 ? doc->vats[0].rate : -1;

    sums->count = 0;
    if (doc->type == TYPE_REMINDER) {
        sums_add(sums, doc, "t.lines", F_TOTAL_LINES, -1, false);
        sums_add(sums, doc, "t.fee", F_REMINDER_FEE, -1, false);
        sums_add(sums, doc, "t.due", F_AMOUNT_DUE, -1, true);
        return;
    }
    if (has_adjustment)
        sums_add(sums, doc, "t.lines", F_TOTAL_LINES, -1, false);
    sums_add(sums, doc, "t.allowance", F_TOTAL_ALLOWANCES, -1, false);
    sums_add(sums, doc, "t.freight", F_TOTAL_CHARGES, -1, false);
    if (doc->seller->style.layout.vat == VAT_WITHIN) {
        add_gross(sums, doc);
        sums_add(sums, doc, "t.within", F_TOTAL_VAT, rate, false);
        return;
    }
    sums_add(sums, doc, "t.net", F_TOTAL_NET, -1, false);
    sums_add(sums, doc, "t.vat", F_TOTAL_VAT, rate, false);
    add_gross(sums, doc);
}

static char *sum_label(const struct flow *flow, const struct sum *sum)
{
    const char *word = document_label(flow->doc, sum->key);

    if (sum->rate >= 0)
        return g_strdup_printf("%s %d %%", word, sum->rate);
    return g_strconcat(word, flow->style->has_colons ? ":" : "", NULL);
}

static const char *currency_sign(const struct document *doc)
{
    enum currency_place place = doc->seller->style.currency;

    return place == CURRENCY_SYMBOL || place == CURRENCY_SYMBOL_BEFORE ? doc->symbol
                                                                       : doc->currency;
}

/* A sign shared by three kroner is no currency a reader could name. */
static void draw_currency(struct flow *flow, double x, double y, const struct font *font)
{
    const char *sign = currency_sign(flow->doc);

    if (g_str_has_prefix(sign, "kr"))
        page_text(flow->page, x, y, ALIGN_RIGHT, font, sign);
    else
        document_show_as(flow->doc, flow->page, F_CURRENCY, x, y, ALIGN_RIGHT, font, sign);
}

double flow_total(struct flow *flow, enum field field, double x, double y, const struct font *font)
{
    struct document *doc = flow->doc;
    enum currency_place place = flow->style->currency;
    double gap = font->size * 0.4;
    bool is_before = place == CURRENCY_CODE_BEFORE || place == CURRENCY_SYMBOL_BEFORE ||
                     (place == CURRENCY_SYMBOL && strcmp(doc->symbol, "£") == 0);
    bool is_deducted = field == F_TOTAL_ALLOWANCES || field == F_PREPAID;
    bool is_negative = is_deducted != document_is_negated(doc);
    g_autofree char *text = is_negative ? style_minus(flow->style, doc->shown[field])
                                        : g_strdup(doc->shown[field]);
    double width;

    if (!is_before && place != CURRENCY_NONE) {
        draw_currency(flow, x, y, font);
        x -= pen_width(doc->pen, font, currency_sign(doc)) + gap;
    }
    width = document_show_as(doc, flow->page, field, x, y, ALIGN_RIGHT, font, text);
    x -= width;
    if (is_before) {
        draw_currency(flow, x - gap, y, font);
        x -= gap + pen_width(doc->pen, font, currency_sign(doc));
    }
    return x;
}

static void draw_sum(struct flow *flow, const struct sum *sum, double label_x, double x)
{
    struct font font = style_font(flow->style, sum->is_strong ? 1.15 : 1.0, sum->is_strong);
    g_autofree char *label = sum_label(flow, sum);
    double start = flow_total(flow, sum->field, x, flow->y, &font);
    struct font fitted = fit_font(flow->page->pen, &font, label, start - label_x - 4);

    page_text(flow->page, label_x, flow->y, ALIGN_LEFT, &fitted, label);
    if (sum->also != F_COUNT)
        flow->doc->is_visible[sum->also] = true;
    flow->y += font.size * 1.55;
}

/* Cells side by side: Net | VAT | Total. */
static void draw_grid(struct flow *flow, const struct sums *sums)
{
    struct font small = style_font(flow->style, 0.75, false);
    double step = (flow->right - flow->left) / sums->count;

    for (int i = 0; i < sums->count; i++) {
        const struct sum *sum = &sums->items[i];
        struct font font = style_font(flow->style, sums->count > 5 ? 0.9 : 1.05, sum->is_strong);
        g_autofree char *label = sum_label(flow, sum);
        double x = flow->left + i * step;

        page_box(flow->page, x, flow->y - 10, step, 34, 0.6, BLACK);
        page_text(flow->page, x + 4, flow->y, ALIGN_LEFT, &small, label);
        flow_total(flow, sum->field, x + step - 5, flow->y + 17, &font);
        if (sum->also != F_COUNT)
            flow->doc->is_visible[sum->also] = true;
    }
    flow->y += 44;
}

/* The last strong sum in a dark bar of its own. */
static void draw_bar(struct flow *flow, const struct sums *sums)
{
    int bar = sums->count - 1;

    while (!sums->items[bar].is_strong)
        bar--;
    for (int i = 0; i < sums->count; i++) {
        struct font font = style_font(flow->style, 1.25, true);
        g_autofree char *label = sum_label(flow, &sums->items[i]);

        if (i != bar) {
            draw_sum(flow, &sums->items[i], flow->right - 220, flow->right - 6);
            continue;
        }
        flow->y += 6;
        page_fill(flow->page, flow->left, flow->y - 13, flow->right - flow->left, 20,
                  flow->style->accent);
        font.colour = WHITE;
        page_text(flow->page, flow->left + 6, flow->y + 1, ALIGN_LEFT, &font, label);
        flow_total(flow, sums->items[i].field, flow->right - 6, flow->y + 1, &font);
        if (sums->items[i].also != F_COUNT)
            flow->doc->is_visible[sums->items[i].also] = true;
        flow->y += 26;
    }
}

static void draw_list(struct flow *flow, const struct sums *sums, double x, double right,
                      bool is_boxed)
{
    double top = flow->y - flow->style->size * 1.3;

    for (int i = 0; i < sums->count; i++) {
        if (sums->items[i].is_strong && !is_boxed)
            page_line(flow->page, x, flow->y - flow->style->size * 1.2, right,
                      flow->y - flow->style->size * 1.2, 0.8, BLACK);
        draw_sum(flow, &sums->items[i], x, right - (is_boxed ? 5 : 0));
    }
    if (is_boxed)
        page_box(flow->page, x - 6, top, right - x + 6, flow->y - top - 5, 0.8, BLACK);
}

/* Over the whole width, dots between the label and its sum. */
static void draw_wide(struct flow *flow, const struct sums *sums)
{
    for (int i = 0; i < sums->count; i++) {
        struct font font = style_font(flow->style, 1, sums->items[i].is_strong);
        g_autofree char *label = sum_label(flow, &sums->items[i]);
        double start = flow->left + pen_width(flow->page->pen, &font, label) * 1.2 + 6;

        page_dots(flow->page, start, flow->right - flow->style->size * 13, flow->y);
        draw_sum(flow, &sums->items[i], flow->left, flow->right);
    }
}

static void vat_cell(struct flow *flow, const char *field, int row, double x, double y,
                     const struct font *font, char *text)
{
    page_tag(flow->page, field, row);
    page_text(flow->page, x, y, ALIGN_RIGHT, font, text);
    page_tag(flow->page, NULL, -1);
    g_free(text);
}

/* Rate, basis and VAT of each rate: three columns at x, as wide as their heads and figures, smaller
 * where that is more than there is room for. */
static void draw_vat_table(struct flow *flow, double x, double y, double room)
{
    static const char *const keys[] = {"c.vat_rate", "t.basis", "t.vat"};
    const struct document *doc = flow->doc;
    struct font head = style_font(flow->style, 0.8, true);
    struct font font = style_font(flow->style, 0.85, false);
    double widths[3];
    double whole = 0;
    double end = x - 8;

    for (int i = 0; i < 3; i++) {
        double least = font.size * (i == 0 ? 3 : 6.5);

        widths[i] = MAX(pen_width(doc->pen, &head, document_label(doc, keys[i])), least) + 8;
        whole += widths[i];
    }
    head.size *= MIN(1, room / whole);
    font.size *= MIN(1, room / whole);
    for (int i = 0; i < 3; i++) {
        widths[i] *= MIN(1, room / whole);
        end += widths[i];
        page_text(flow->page, end, y, ALIGN_RIGHT, &head, document_label(doc, keys[i]));
    }
    page_line(flow->page, x, y + 3, end, y + 3, 0.5, GREY);
    for (int i = 0; i < doc->vat_count; i++) {
        const struct vat *vat = &doc->vats[i];

        y += font.size * 1.5;
        vat_cell(flow, "vat_rate", i, end - widths[2] - widths[1], y, &font,
                 g_strdup_printf("%d %%", vat->rate));
        vat_cell(flow, "vat_net", i, end - widths[2], y, &font, document_money(doc, vat->net));
        vat_cell(flow, "vat_amount", i, end, y, &font, document_money(doc, vat->vat));
    }
}

static bool has_vat_table(const struct flow *flow)
{
    return flow->doc->type != TYPE_REMINDER &&
           (flow->style->layout.vat == VAT_TABLE || flow->doc->vat_count > 1);
}

/* An invoice in a foreign currency states its VAT in the country's own as well (directive
 * 2006/112/EC, article 230); half the suppliers here do. */
static bool has_home_vat(const struct document *doc)
{
    return strcmp(doc->currency, doc->seller->locale->currency) != 0 &&
           doc->seller->seed / 8 % 2 != 0 && doc->type != TYPE_REMINDER;
}

double totals_height(const struct flow *flow)
{
    struct sums sums;

    sums_init(&sums, flow->doc);
    return 46 + (has_home_vat(flow->doc) ? 16 : 0) +
           (sums.count + (has_vat_table(flow) ? flow->doc->vat_count + 2 : 0)) * flow->style->size *
               1.6;
}

/* The table of VAT below the sums. */
static void vat_below(struct flow *flow)
{
    if (!has_vat_table(flow))
        return;
    draw_vat_table(flow, flow->left, flow->y + 6, 300);
    flow->y += (flow->doc->vat_count + 2) * flow->style->size * 1.5;
}

/* The same beside them, where it needs more lines than they do, or fewer. */
static void vat_beside(struct flow *flow, double x, double top, double room)
{
    if (!has_vat_table(flow))
        return;
    draw_vat_table(flow, x, top, room);
    flow->y = MAX(flow->y, top + (flow->doc->vat_count + 1) * flow->style->size * 1.4);
}

/* The VAT in the country's currency, below the sums, with the rate. */
static void draw_home_vat(struct flow *flow)
{
    static const int rates[LANG_COUNT] = {/* of a euro, hundredths */
                                          [LANG_EN] = 86,  [LANG_NB] = 1164,  [LANG_SV] = 1127,
                                          [LANG_DA] = 746, [LANG_HU] = 39120, [LANG_DE] = 100};
    const struct document *doc = flow->doc;
    const char *home = doc->seller->locale->currency;
    int rate = rates[doc->seller->language];
    struct font font = style_font(flow->style, 0.9, false);
    g_autofree char *amount = NULL;
    g_autofree char *text = NULL;

    if (!has_home_vat(doc))
        return;
    amount = document_money(doc, amount_share(doc->amount[F_TOTAL_VAT], rate, 100));
    text = g_strdup_printf("%s %s %s (1 EUR = %d%s%02d %s)", document_label(doc, "t.vat_home"),
                           home, amount, rate / 100, flow->style->amount->decimal, rate % 100,
                           home);
    flow->y += font.size * 1.3;
    page_tag(flow->page, "noise", -1);
    page_text(flow->page, flow->left, flow->y, ALIGN_LEFT, &font, text);
    page_tag(flow->page, NULL, -1);
}

void block_totals(struct flow *flow)
{
    struct sums sums;
    double width = flow->right - flow->left;
    double top;

    sums_init(&sums, flow->doc);
    flow->y += 12;
    top = flow->y;
    switch (flow->style->layout.totals) {
    case TOTALS_GRID:
        draw_grid(flow, &sums);
        vat_below(flow);
        break;
    case TOTALS_WIDE:
        draw_wide(flow, &sums);
        vat_below(flow);
        break;
    case TOTALS_BAR:
        draw_bar(flow, &sums);
        vat_below(flow);
        break;
    case TOTALS_LEFT:
        draw_list(flow, &sums, flow->left, flow->left + 220, false);
        vat_beside(flow, flow->right - 200, top, 200);
        break;
    default:
        draw_list(flow, &sums, flow->right - 220, flow->right,
                  flow->style->layout.totals == TOTALS_BOX);
        vat_beside(flow, flow->left, top, width - 240);
        break;
    }
    draw_home_vat(flow);
}
