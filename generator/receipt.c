/*
 * Till receipts: a narrow strip, prices with VAT in them, paid by card or cash. What a shop's
 * receipts look like (width, how goods and VAT are listed, what the card terminal adds, whether it
 * calls the paper an invoice, as the law does in many countries) is its habit.
 */
#include "generator/document.h"

#include "generator/noise.h"

#include <string.h>

enum goods_form { GOODS_ONE_LINE, GOODS_PRICE_BELOW, GOODS_PRICE_BEFORE, GOODS_CODED, GOODS_FORMS };
enum vat_list { VAT_LINES, VAT_TABLE_OF_CODES, VAT_SUM_ONLY, VAT_LISTS };
enum { MARGIN = 14 };

struct strip {
    struct document *doc;
    struct page *page;
    struct font font, bold;
    double width;
    double y;
    enum goods_form goods;
    enum vat_list vat;
    bool is_left; /* the shop's name and address stand left, not in the middle */
};

/* Coffee and screws, not machines: prices stay small. */
static void make_goods(struct document *doc)
{
    int count = rng_range(&doc->rng, 1, 9);
    int total = words_count(doc->words, "item.shop");
    int start = rng_below(&doc->rng, total);
    bool is_whole = doc->seller->language == LANG_HU;

    for (int i = 0; i < count; i++) {
        struct line line = {.unit = g_strdup("")};
        g_auto(GStrv)
            parts = g_strsplit(words_at(doc->words, "item.shop", (start + i * 5) % total), "|", 3);

        line.description = g_strdup(parts[0]);
        line.article = g_strdup_printf("%d", rng_range(&doc->rng, 1000, 99999));
        line.rate = doc->seller->locale->rates[parts[2][0] - '0'];
        line.price = (int64_t)g_ascii_strtoull(parts[1], NULL, 10) *
                     (is_whole ? 100 : rng_range(&doc->rng, 90, 110));
        line.quantity = rng_chance(&doc->rng, 75) ? 1000 : rng_range(&doc->rng, 2, 4) * 1000;
        line.amount = line.price * line.quantity / 1000;
        g_array_append_val(doc->lines, line);
    }
}

/* The VAT inside a gross amount: gross x rate / (100 + rate). */
static void make_sums(struct document *doc)
{
    int64_t gross = 0;
    int64_t vat = 0;

    for (int n = 0; n < 3; n++) {
        struct vat part = {.rate = doc->seller->locale->rates[n]};
        int64_t sum = 0;

        if (n == 1 && part.rate == doc->vats[0].rate && doc->vat_count > 0)
            continue;
        for (guint i = 0; i < doc->lines->len; i++) {
            const struct line *line = &g_array_index(doc->lines, struct line, i);

            sum += line->rate == part.rate ? line->amount : 0;
        }
        if (sum == 0)
            continue;
        part.vat = amount_share(sum, part.rate, 100 + part.rate);
        if (doc->seller->language == LANG_HU)
            part.vat = amount_share(part.vat, 1, 100) * 100;
        part.net = sum - part.vat;
        gross += sum;
        vat += part.vat;
        doc->vats[doc->vat_count++] = part;
    }
    document_set_amount(doc, F_TOTAL_NET, gross - vat);
    document_set_amount(doc, F_TOTAL_VAT, vat);
    document_set_amount(doc, F_TOTAL_GROSS, gross);
}

/* Text of the shop or the foot: a field where it is not F_COUNT. */
static void headline(struct strip *strip, const struct font *font, enum field field,
                     const char *text)
{
    double room = strip->width - 2 * MARGIN;
    double wide = pen_width(strip->doc->pen, font, text);
    enum align align = strip->is_left ? ALIGN_LEFT : ALIGN_CENTRE;
    double x = strip->is_left ? MARGIN : strip->width / 2;
    struct font fitted = *font;

    fitted.size *= MIN(1, room / wide);
    if (field == F_COUNT)
        page_text(strip->page, x, strip->y, align, &fitted, text);
    else
        document_show_as(strip->doc, strip->page, field, x, strip->y, align, &fitted, text);
    strip->y += font->size * 1.3;
}

/* A label at the left and a figure at the right. */
static void pair(struct strip *strip, const struct font *font, const char *label, enum field field,
                 const char *text)
{
    double right = strip->width - MARGIN;
    struct font fitted = *font;
    double width;

    if (field == F_COUNT)
        width = page_text(strip->page, right, strip->y, ALIGN_RIGHT, font, text);
    else
        width = document_show_as(strip->doc, strip->page, field, right, strip->y, ALIGN_RIGHT, font,
                                 text);
    fitted.size *= MIN(1, (right - width - 4 - MARGIN) / pen_width(strip->doc->pen, font, label));
    page_text(strip->page, MARGIN, strip->y, ALIGN_LEFT, &fitted, label);
    strip->y += font->size * 1.35;
}

/* What terminals and tills print for themselves. */
static void remark(struct strip *strip, const char *label, char *value)
{
    g_autofree char *text = g_strdup_printf("%s %s", label, value);

    page_tag(strip->page, "noise", -1);
    headline(strip, &strip->font, F_COUNT, text);
    page_tag(strip->page, NULL, -1);
    g_free(value);
}

static void rule(struct strip *strip)
{
    double right = strip->width - MARGIN;

    if (strip->doc->seller->seed % 3 == 0) {
        page_line(strip->page, MARGIN, strip->y - 5, right, strip->y - 5, 0.8, BLACK);
    } else {
        for (double x = MARGIN; x < right; x += 5)
            page_line(strip->page, x, strip->y - 5, x + 3, strip->y - 5, 0.6, BLACK);
    }
    strip->y += strip->font.size * 0.9;
}

static void draw_shop(struct strip *strip)
{
    struct document *doc = strip->doc;
    const struct party *party = &doc->seller->party;
    bool has_vat_id = doc->seller->language == LANG_DE || doc->seller->language == LANG_EN;
    enum field field = has_vat_id ? F_SELLER_VAT_ID : F_SELLER_REGISTRATION_ID;
    const char *key = has_vat_id ? "l.vat_id" : "l.registration_id";
    g_autofree char *phone = g_strdup_printf("%s %s", document_label(doc, "l.phone"), party->phone);
    double label = pen_width(doc->pen, &strip->font, document_label(doc, key)) + 5;
    double whole = label + pen_width(doc->pen, &strip->font, doc->shown[field]);
    double x = strip->is_left ? MARGIN : (strip->width - whole) / 2;

    headline(strip, &strip->bold, F_SELLER_NAME, party->name);
    headline(strip, &strip->font, F_SELLER_ADDRESS, party->street);
    headline(strip, &strip->font, F_SELLER_ADDRESS, party->city);
    headline(strip, &strip->font, F_COUNT, phone);
    page_text(strip->page, x, strip->y, ALIGN_LEFT, &strip->font, document_label(doc, key));
    document_show(doc, strip->page, field, x + label, strip->y, ALIGN_LEFT, &strip->font);
    strip->y += strip->font.size * 2.2;
}

static char letter_of(const struct document *doc, int rate)
{
    for (int i = 0; i < doc->vat_count; i++) {
        if (doc->vats[i].rate == rate)
            return (char)('A' + i);
    }
    return 'A';
}

static char *goods_text(const struct strip *strip, const struct line *line)
{
    int count = (int)(line->quantity / 1000);

    if (strip->goods == GOODS_CODED)
        return g_strdup_printf("%s %s", line->article, line->description);
    if (strip->goods == GOODS_ONE_LINE && count != 1)
        return g_strdup_printf("%d x %s", count, line->description);
    return g_strdup(line->description);
}

/* "2 x 24.00" on a line of its own, below the goods or before them. */
static void draw_count(struct strip *strip, const struct line *line)
{
    g_autofree char *price = document_money(strip->doc, line->price);
    g_autofree char *text = g_strdup_printf("%d x %s", (int)(line->quantity / 1000), price);

    page_text(strip->page, MARGIN + 14, strip->y, ALIGN_LEFT, &strip->font, text);
    strip->y += strip->font.size * 1.35;
}

static void draw_line(struct strip *strip, const struct line *line, int row)
{
    struct document *doc = strip->doc;
    const struct font *font = &strip->font;
    double right = strip->width - MARGIN;
    g_autofree char *sum = document_money(doc, line->amount);
    g_autofree char *text = goods_text(strip, line);
    const char code[] = {letter_of(doc, line->rate), '\0'};
    bool is_counted = line->quantity != 1000;
    struct font fitted = *font;

    if (is_counted && strip->goods == GOODS_PRICE_BEFORE)
        draw_count(strip, line);
    if (strip->vat == VAT_TABLE_OF_CODES)
        right -= page_text(strip->page, right, strip->y, ALIGN_RIGHT, font, code) + 4;
    page_tag(strip->page, "line_amount", row);
    right -= page_text(strip->page, right, strip->y, ALIGN_RIGHT, font, sum) + 6;
    page_tag(strip->page, "line_description", row);
    fitted.size *= MIN(1, (right - MARGIN) / pen_width(doc->pen, font, text));
    page_text(strip->page, MARGIN, strip->y, ALIGN_LEFT, &fitted, text);
    page_tag(strip->page, NULL, -1);
    strip->y += font->size * 1.35;
    if (is_counted && strip->goods == GOODS_PRICE_BELOW)
        draw_count(strip, line);
}

static void draw_goods(struct strip *strip)
{
    struct document *doc = strip->doc;

    for (guint i = 0; i < doc->lines->len; i++) {
        struct line *line = &g_array_index(doc->lines, struct line, i);

        line->page = 1;
        draw_line(strip, line, (int)i);
    }
    doc->printed = g_strdup("dt");
    if (doc->seller->seed % 5 == 0)
        remark(strip, document_label(doc, "r.items"), g_strdup_printf("%u", doc->lines->len));
}

/* Code, rate, net and VAT in columns. */
static void draw_vat_codes(struct strip *strip)
{
    static const char *const heads[] = {"c.vat_rate", "t.basis", "t.vat"};
    struct document *doc = strip->doc;
    struct font small = strip->font;
    double step = (strip->width - 2 * MARGIN) / 3;

    for (int i = 0; i < 3; i++) {
        const char *text = document_label(doc, heads[i]);

        small.size = strip->font.size *
                     MIN(0.9, (step - 6) / pen_width(doc->pen, &strip->font, text));
        page_text(strip->page, MARGIN + (i + 1) * step, strip->y, ALIGN_RIGHT, &small, text);
    }
    for (int i = 0; i < doc->vat_count; i++) {
        const struct vat *vat = &doc->vats[i];
        g_autofree char *rate = g_strdup_printf("%c %d%%", letter_of(doc, vat->rate), vat->rate);
        g_autofree char *net = document_money(doc, vat->net);
        g_autofree char *tax = document_money(doc, vat->vat);
        enum field field = doc->vat_count == 1 ? F_TOTAL_VAT : F_COUNT;

        strip->y += strip->font.size * 1.35;
        page_text(strip->page, MARGIN + step, strip->y, ALIGN_RIGHT, &strip->font, rate);
        page_text(strip->page, MARGIN + 2 * step, strip->y, ALIGN_RIGHT, &strip->font, net);
        if (field == F_COUNT)
            page_text(strip->page, MARGIN + 3 * step, strip->y, ALIGN_RIGHT, &strip->font, tax);
        else
            document_show(doc, strip->page, field, MARGIN + 3 * step, strip->y, ALIGN_RIGHT,
                          &strip->font);
    }
    strip->y += strip->font.size * 1.6;
}

static void draw_vat_lines(struct strip *strip)
{
    struct document *doc = strip->doc;

    for (int i = 0; i < doc->vat_count; i++) {
        const struct vat *vat = &doc->vats[i];
        g_autofree char *label = g_strdup_printf("%s %d %%", document_label(doc, "t.vat"),
                                                 vat->rate);
        g_autofree char *text = document_money(doc, vat->vat);

        pair(strip, &strip->font, label, doc->vat_count == 1 ? F_TOTAL_VAT : F_COUNT, text);
    }
    if (doc->seller->seed % 2 == 0)
        pair(strip, &strip->font, document_label(doc, "t.net"), F_TOTAL_NET,
             doc->shown[F_TOTAL_NET]);
}

static void draw_vat(struct strip *strip)
{
    if (strip->vat == VAT_TABLE_OF_CODES)
        draw_vat_codes(strip);
    else if (strip->vat == VAT_LINES)
        draw_vat_lines(strip);
    else
        pair(strip, &strip->font, document_label(strip->doc, "t.within"), F_TOTAL_VAT,
             strip->doc->shown[F_TOTAL_VAT]);
}

static void draw_payment(struct strip *strip)
{
    struct document *doc = strip->doc;
    bool is_cash = rng_chance(&doc->rng, 30);
    int64_t gross = doc->amount[F_TOTAL_GROSS];
    int64_t given = (gross / 10000 + 1) * 10000;
    g_autofree char *paid = document_money(doc, is_cash ? given : gross);
    g_autofree char *change = document_money(doc, given - gross);

    pair(strip, &strip->font, document_label(doc, is_cash ? "r.cash" : "r.card"), F_COUNT, paid);
    if (is_cash)
        pair(strip, &strip->font, document_label(doc, "r.change"), F_COUNT, change);
    strip->y += 6;
    if (is_cash || doc->seller->seed % 4 == 0)
        return;
    remark(strip, "XXXX XXXX XXXX", g_strdup_printf("%04d", rng_below(&doc->rng, 10000)));
    remark(strip, document_label(doc, "r.terminal"),
           g_strdup_printf("%d", rng_range(&doc->rng, 10000000, 99999999)));
    remark(strip, document_label(doc, "r.auth"),
           g_strdup_printf("%06d", rng_below(&doc->rng, 1000000)));
}

/* Bars as under many receipts; no reader is meant to make anything of them. */
static void draw_bars(struct strip *strip)
{
    double x = strip->width * 0.2;

    while (x < strip->width * 0.8) {
        double bar = rng_range(&strip->doc->rng, 1, 3) * 0.8;

        page_fill(strip->page, x, strip->y, bar, 22, BLACK);
        x += bar + rng_range(&strip->doc->rng, 1, 3) * 0.8;
    }
    strip->y += 34;
}

/* Date, time and number, above the goods or below. */
static void draw_moment(struct strip *strip)
{
    struct document *doc = strip->doc;
    g_autofree char *clock = g_strdup_printf("%02d:%02d", rng_range(&doc->rng, 7, 21),
                                             rng_below(&doc->rng, 60));
    double width = document_show(doc, strip->page, F_ISSUE_DATE, MARGIN, strip->y, ALIGN_LEFT,
                                 &strip->font);

    page_text(strip->page, MARGIN + width + 8, strip->y, ALIGN_LEFT, &strip->font, clock);
    strip->y += strip->font.size * 1.35;
    pair(strip, &strip->font, document_label(doc, "l.receipt_number"), F_RECEIPT_NUMBER,
         doc->shown[F_RECEIPT_NUMBER]);
}

static void draw_foot(struct strip *strip)
{
    struct document *doc = strip->doc;
    uint64_t habit = doc->seller->seed >> 5;

    strip->y += 8;
    if (habit % 3 == 0)
        remark(strip, document_label(doc, "r.served"),
               g_strdup(words_pick(doc->words, "person.first", &doc->rng)));
    headline(strip, &strip->font, F_COUNT, document_label(doc, "r.thanks"));
    if (habit % 2 == 0)
        headline(strip, &strip->font, F_COUNT, document_label(doc, "r.hours"));
    strip->y += 4;
    if (habit % 5 < 2)
        draw_bars(strip);
}

static void make_truth(struct document *doc)
{
    g_autofree char *number = g_strdup_printf("%d", rng_range(&doc->rng, 1000, 999999));

    document_set(doc, F_SELLER_EMAIL, NULL, NULL);
    for (int field = F_BUYER_NAME; field <= F_BUYER_ADDRESS; field++)
        document_set(doc, (enum field)field, NULL, NULL);
    document_set_text(doc, F_CURRENCY, doc->seller->locale->currency);
    document_set_date(doc, F_ISSUE_DATE, &doc->issue);
    document_set_text(doc, F_RECEIPT_NUMBER, number);
    make_goods(doc);
    make_sums(doc);
}

/* The total, with its currency on some receipts. */
static void draw_total(struct strip *strip)
{
    struct document *doc = strip->doc;
    struct font big = strip->bold;
    double y = strip->y + 4;
    g_autofree char *label = g_strdup_printf("%s ", document_label(doc, "r.total"));

    big.size = strip->font.size * (doc->seller->seed % 3 == 0 ? 1.1 : 1.4);
    strip->y = y;
    pair(strip, &big, label, F_TOTAL_GROSS, doc->shown[F_TOTAL_GROSS]);
    if (doc->seller->seed % 4 == 1 && strip->width > 200)
        document_show(doc, strip->page, F_CURRENCY, MARGIN + pen_width(doc->pen, &big, label) + 2,
                      y, ALIGN_LEFT, &strip->font);
}

void receipt_make(struct document *doc)
{
    static const char *const thermal[] = {"Liberation Mono", "DejaVu Sans Mono", "Courier Prime",
                                          "Roboto Condensed", "Nimbus Mono PS"};
    static const double widths[] = {165, 204, 226, 226, 290};
    const struct supplier *seller = doc->seller;
    uint64_t habit = seller->seed >> 10;
    const char *family = habit % 3 == 0 ? seller->style.family
                                        : thermal[habit % G_N_ELEMENTS(thermal)];
    double width = widths[habit % G_N_ELEMENTS(widths)];
    double size = width < 200 ? 6.6 : 8;
    bool has_moment_first = habit % 4 == 0;
    bool is_on_sheet = habit / 17 % 6 == 0; /* as it lay on the scanner's glass */
    struct strip strip = {.doc = doc,
                          .font = {.family = family, .size = size},
                          .bold = {.family = family, .size = size * 1.25, .is_bold = true},
                          .width = width,
                          .y = 30,
                          .goods = (enum goods_form)(habit / 7 % GOODS_FORMS),
                          .vat = (enum vat_list)(habit / 29 % VAT_LISTS),
                          .is_left = habit / 11 % 4 == 0};

    make_truth(doc);
    strip.page = document_add_page(doc, is_on_sheet ? 595 : width, 842);
    draw_shop(&strip);
    if (habit / 3 % 5 != 0)
        headline(&strip, &strip.bold, F_COUNT,
                 document_label(doc, habit / 13 % 4 == 0 ? "title.invoice" : "title.receipt"));
    strip.y += 6;
    if (has_moment_first)
        draw_moment(&strip);
    draw_goods(&strip);
    rule(&strip);
    draw_total(&strip);
    draw_vat(&strip);
    rule(&strip);
    draw_payment(&strip);
    rule(&strip);
    if (!has_moment_first)
        draw_moment(&strip);
    draw_foot(&strip);
    strip.page->height = is_on_sheet ? MAX(842, strip.y + 20) : strip.y + 20;
}
