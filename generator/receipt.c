/*
 * Till receipts: a narrow strip, prices with VAT in them, paid by card or cash.
 */
#include "generator/document.h"

#include <string.h>

enum { STRIP_WIDTH = 226, MARGIN = 14 };

struct strip {
    struct document *doc;
    struct page *page;
    struct font font, bold;
    double y;
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
        line.article = g_strdup("");
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

static void centred(struct strip *strip, const struct font *font, enum field field,
                    const char *text)
{
    if (field == F_COUNT)
        page_text(strip->page, STRIP_WIDTH / 2.0, strip->y, ALIGN_CENTRE, font, text);
    else
        document_show_as(strip->doc, strip->page, field, STRIP_WIDTH / 2.0, strip->y, ALIGN_CENTRE,
                         font, text);
    strip->y += font->size * 1.3;
}

/* A label at the left and a figure at the right. */
static void pair(struct strip *strip, const struct font *font, const char *label, enum field field,
                 const char *text)
{
    page_text(strip->page, MARGIN, strip->y, ALIGN_LEFT, font, label);
    if (field == F_COUNT)
        page_text(strip->page, STRIP_WIDTH - MARGIN, strip->y, ALIGN_RIGHT, font, text);
    else
        document_show_as(strip->doc, strip->page, field, STRIP_WIDTH - MARGIN, strip->y,
                         ALIGN_RIGHT, font, text);
    strip->y += font->size * 1.35;
}

static void dashes(struct strip *strip)
{
    for (double x = MARGIN; x < STRIP_WIDTH - MARGIN; x += 5)
        page_line(strip->page, x, strip->y - 5, x + 3, strip->y - 5, 0.6, BLACK);
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
    double width = pen_width(doc->pen, &strip->font, document_label(doc, key)) + 5 +
                   pen_width(doc->pen, &strip->font, doc->shown[field]);
    double x = (STRIP_WIDTH - width) / 2;

    centred(strip, &strip->bold, F_SELLER_NAME, party->name);
    centred(strip, &strip->font, F_SELLER_ADDRESS, party->street);
    centred(strip, &strip->font, F_SELLER_ADDRESS, party->city);
    centred(strip, &strip->font, F_COUNT, phone);
    x += page_text(strip->page, x, strip->y, ALIGN_LEFT, &strip->font, document_label(doc, key)) +
         5;
    document_show(doc, strip->page, field, x, strip->y, ALIGN_LEFT, &strip->font);
    strip->y += strip->font.size * 2.2;
}

static void draw_goods(struct strip *strip)
{
    struct document *doc = strip->doc;

    for (guint i = 0; i < doc->lines->len; i++) {
        const struct line *line = &g_array_index(doc->lines, struct line, i);
        g_autofree char *sum = document_money(doc, line->amount);
        g_autofree char *price = document_money(doc, line->price);
        g_autofree char *text = line->quantity == 1000
                                    ? g_strdup(line->description)
                                    : g_strdup_printf("%d x %s", (int)(line->quantity / 1000),
                                                      line->description);

        page_tag(strip->page, "line_description", (int)i);
        page_text(strip->page, MARGIN, strip->y, ALIGN_LEFT, &strip->font, text);
        page_tag(strip->page, "line_amount", (int)i);
        page_text(strip->page, STRIP_WIDTH - MARGIN, strip->y, ALIGN_RIGHT, &strip->font, sum);
        page_tag(strip->page, NULL, -1);
        strip->y += strip->font.size * 1.35;
        if (line->quantity != 1000 && doc->seller->seed % 2 == 0) {
            page_text(strip->page, MARGIN + 14, strip->y, ALIGN_LEFT, &strip->font, price);
            strip->y += strip->font.size * 1.35;
        }
    }
}

static void draw_vat(struct strip *strip)
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
}

static void draw_foot(struct strip *strip)
{
    struct document *doc = strip->doc;
    g_autofree char *clock = g_strdup_printf("%02d:%02d", rng_range(&doc->rng, 7, 21),
                                             rng_below(&doc->rng, 60));
    double width;

    dashes(strip);
    width = document_show(doc, strip->page, F_ISSUE_DATE, MARGIN, strip->y, ALIGN_LEFT,
                          &strip->font);
    page_text(strip->page, MARGIN + width + 8, strip->y, ALIGN_LEFT, &strip->font, clock);
    strip->y += strip->font.size * 1.35;
    pair(strip, &strip->font, document_label(doc, "l.receipt_number"), F_RECEIPT_NUMBER,
         doc->shown[F_RECEIPT_NUMBER]);
    strip->y += 8;
    centred(strip, &strip->font, F_COUNT, document_label(doc, "r.thanks"));
}

void receipt_make(struct document *doc)
{
    static const char *const families[] = {"Liberation Mono", "DejaVu Sans Mono", "Courier Prime",
                                           "Roboto Condensed", "Nimbus Mono PS"};
    const char *family = families[doc->seller->seed % G_N_ELEMENTS(families)];
    struct strip strip = {.doc = doc,
                          .font = {.family = family, .size = 8},
                          .bold = {.family = family, .size = 10, .is_bold = true},
                          .y = 30};
    g_autofree char *number = g_strdup_printf("%d", rng_range(&doc->rng, 1000, 999999));

    document_set(doc, F_SELLER_EMAIL, NULL, NULL);
    for (int field = F_BUYER_NAME; field <= F_BUYER_ADDRESS; field++)
        document_set(doc, (enum field)field, NULL, NULL);
    document_set_text(doc, F_CURRENCY, doc->seller->locale->currency);
    document_set_date(doc, F_ISSUE_DATE, &doc->issue);
    document_set_text(doc, F_RECEIPT_NUMBER, number);
    make_goods(doc);
    make_sums(doc);
    strip.page = document_add_page(doc, STRIP_WIDTH, 842);
    draw_shop(&strip);
    centred(&strip, &strip.bold, F_COUNT, document_label(doc, "title.receipt"));
    strip.y += 6;
    draw_goods(&strip);
    dashes(&strip);
    strip.bold.size = 11;
    strip.y += 4;
    pair(&strip, &strip.bold, document_label(doc, "r.total"), F_TOTAL_GROSS,
         doc->shown[F_TOTAL_GROSS]);
    draw_vat(&strip);
    dashes(&strip);
    draw_payment(&strip);
    draw_foot(&strip);
    strip.page->height = strip.y + 20;
}
