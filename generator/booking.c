/*
 * Orders of services by the day: a dense sheet of facts in two or three columns, a row each for
 * what is booked from when to when on which days, half of them with counts for each day of the
 * week, and what it comes to. Nothing of it looks like an order of goods.
 */
#include "generator/blocks.h"

enum { LEFT = 36, RIGHT = 560, BOTTOM = 740 };

struct sheet {
    struct document *doc;
    struct page *page;
    struct font font, bold, small;
    double y;
    bool has_week; /* a column for each day */
};

/* "Label: value" pairs in two or three columns, as the supplier's programs print them. */
static void draw_facts(struct sheet *sheet)
{
    static const struct {
        const char *key;
        enum field field;
    } facts[] = {{"l.order_number", F_ORDER_REFERENCE}, {"l.date", F_ISSUE_DATE},
                 {"l.bill_to", F_BUYER_NAME},           {"l.supplier", F_SELLER_NAME},
                 {"l.delivery_date", F_DELIVERY_DATE},  {"l.currency", F_CURRENCY},
                 {"l.our_reference", F_COUNT},          {"l.phone", F_COUNT},
                 {"l.customer_number", F_COUNT},        {"l.contract_reference", F_COUNT}};
    struct document *doc = sheet->doc;
    int columns = 2 + (int)(doc->seller->seed / 5 % 2);
    double step = (double)(RIGHT - LEFT) / columns;

    for (int i = 0; i < (int)G_N_ELEMENTS(facts); i++) {
        double x = LEFT + i % columns * step, y = sheet->y + i / columns * sheet->font.size * 1.5;
        g_autofree char *label = g_strdup_printf("%s:", document_label(doc, facts[i].key));
        double end = x + 5 + page_text(sheet->page, x, y, ALIGN_LEFT, &sheet->small, label);

        if (facts[i].field != F_COUNT)
            document_show(doc, sheet->page, facts[i].field, end, y, ALIGN_LEFT, &sheet->small);
        else
            page_text(sheet->page, end, y, ALIGN_LEFT, &sheet->small,
                      i % 2 ? doc->buyer->phone : doc->buyer->person);
    }
    sheet->y += (10.0 / columns + 2) * sheet->font.size * 1.5;
}

static void put(struct sheet *sheet, double x, enum align align, const struct font *font,
                const char *text)
{
    page_text(sheet->page, x, sheet->y, align, font, text);
}

static void draw_head(struct sheet *sheet)
{
    struct document *doc = sheet->doc;

    put(sheet, LEFT, ALIGN_LEFT, &sheet->bold, document_label(doc, "c.no"));
    put(sheet, LEFT + 22, ALIGN_LEFT, &sheet->bold, document_label(doc, "l.period"));
    put(sheet, LEFT + 128, ALIGN_LEFT, &sheet->bold, document_label(doc, "c.description"));
    put(sheet, LEFT + 248, ALIGN_LEFT, &sheet->bold, document_label(doc, "b.time"));
    for (int day = 0; sheet->has_week && day < 7; day++)
        put(sheet, LEFT + 310 + day * 16, ALIGN_LEFT, &sheet->bold,
            words_at(doc->words, "b.week", day));
    if (!sheet->has_week)
        put(sheet, LEFT + 310, ALIGN_LEFT, &sheet->bold, document_label(doc, "b.days"));
    put(sheet, RIGHT - 66, ALIGN_RIGHT, &sheet->bold, document_label(doc, "b.length"));
    put(sheet, RIGHT, ALIGN_RIGHT, &sheet->bold, document_label(doc, "c.amount"));
    page_line(sheet->page, LEFT, sheet->y + 4, RIGHT, sheet->y + 4, 0.8, BLACK);
    sheet->y += sheet->font.size * 1.7;
}

/* What is booked on which days: a count under each, or their names in short. */
static void draw_days(struct sheet *sheet)
{
    struct rng *rng = &sheet->doc->rng;
    int first = rng_below(rng, 4), last = rng_range(rng, first, 6);

    for (int day = first; sheet->has_week && day <= last; day++) {
        g_autofree char *count = g_strdup_printf("%d", rng_range(rng, 1, 9));

        put(sheet, LEFT + 312 + day * 16, ALIGN_LEFT, &sheet->small, count);
    }
    if (!sheet->has_week) {
        g_autofree char *days = g_strdup_printf("%s-%s",
                                                words_at(sheet->doc->words, "b.week", first),
                                                words_at(sheet->doc->words, "b.week", last));

        put(sheet, LEFT + 310, ALIGN_LEFT, &sheet->small, days);
    }
}

static void draw_row(struct sheet *sheet, int n, struct line *line)
{
    struct document *doc = sheet->doc;
    struct font fitted = fit_font(doc->pen, &sheet->small, line->description, 116), narrow;
    GDate end = doc->issue;
    g_autofree char *number = g_strdup_printf("%d", n + 1);
    g_autofree char *from = locale_date(doc->seller->style.date, &doc->issue, doc->words);
    g_autofree char *time = g_strdup_printf(
        "%02d:%02d-%02d:%02d", rng_range(&doc->rng, 5, 11), 15 * rng_below(&doc->rng, 4),
        rng_range(&doc->rng, 12, 23), 15 * rng_below(&doc->rng, 4));
    g_autofree char *length = g_strdup_printf("%d", rng_range(&doc->rng, 1, 60));
    g_autofree char *money = document_money(doc, line->amount);
    g_autofree char *to = NULL;
    g_autofree char *period = NULL;

    g_date_add_days(&end, (guint)rng_range(&doc->rng, 1, 40));
    to = locale_date(doc->seller->style.date, &end, doc->words);
    period = g_strdup_printf("%s - %s", from, to);
    narrow = fit_font(doc->pen, &sheet->small, period, 102);
    put(sheet, LEFT, ALIGN_LEFT, &sheet->small, number);
    put(sheet, LEFT + 22, ALIGN_LEFT, &narrow, period);
    page_tag(sheet->page, "line_description", n);
    put(sheet, LEFT + 128, ALIGN_LEFT, &fitted, line->description);
    page_tag(sheet->page, NULL, -1);
    put(sheet, LEFT + 248, ALIGN_LEFT, &sheet->small, time);
    draw_days(sheet);
    put(sheet, RIGHT - 66, ALIGN_RIGHT, &sheet->small, length);
    page_tag(sheet->page, "line_amount", n);
    put(sheet, RIGHT, ALIGN_RIGHT, &sheet->small, money);
    page_tag(sheet->page, NULL, -1);
    line->page = (int)doc->pages->len;
    sheet->y += sheet->font.size * 1.45;
}

static void next_page(struct sheet *sheet)
{
    sheet->page = document_add_page(sheet->doc, 595, 842);
    sheet->y = 60;
    draw_head(sheet);
}

void booking_draw(struct document *doc)
{
    const struct style *style = &doc->seller->style;
    struct font title = style_font(style, 1.5, true);
    struct sheet sheet = {.doc = doc,
                          .page = document_add_page(doc, 595, 842),
                          .font = style_font(style, 0.85, false),
                          .bold = style_font(style, 0.75, true),
                          .small = style_font(style, 0.72, false),
                          .y = 48,
                          .has_week = doc->seller->seed % 2 == 0};

    doc->printed = g_strdup("dt");
    put(&sheet, LEFT, ALIGN_LEFT, &title, doc->buyer->name);
    sheet.y += title.size * 1.5;
    put(&sheet, LEFT, ALIGN_LEFT, &sheet.font, document_label(doc, "title.order"));
    put(&sheet, RIGHT, ALIGN_RIGHT, &sheet.font, words_pick(doc->words, "b.title", &doc->rng));
    sheet.y += 22;
    draw_facts(&sheet);
    draw_head(&sheet);
    for (guint i = 0; i < doc->lines->len; i++) {
        if (sheet.y > BOTTOM)
            next_page(&sheet);
        draw_row(&sheet, (int)i, &g_array_index(doc->lines, struct line, i));
    }
    sheet.y += 8;
    put(&sheet, RIGHT - 110, ALIGN_RIGHT, &sheet.bold, document_label(doc, "t.lines"));
    document_show(doc, sheet.page, F_TOTAL_LINES, RIGHT, sheet.y, ALIGN_RIGHT, &sheet.bold);
    page_line(sheet.page, LEFT, 790, LEFT + 200, 790, 0.6, BLACK);
    sheet.y = 802;
    put(&sheet, LEFT, ALIGN_LEFT, &sheet.small, document_label(doc, "form.signature"));
}
