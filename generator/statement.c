/*
 * Bank statements: many rows, a running balance, and invoice numbers of others among the texts,
 * which is what makes them worth telling from invoices.
 */
#include "generator/blocks.h"

struct sheet {
    struct document *doc;
    struct page *page;
    struct font font, bold, small;
    double y;
    int64_t balance;
};

static void add_row(struct document *doc, bool is_whole)
{
    struct line line = {.unit = g_strdup(""), .article = g_strdup("")};
    const char *text = words_pick(doc->words, "s.row", &doc->rng);
    int64_t size = rng_range(&doc->rng, 900, 2500000);

    line.description = rng_chance(&doc->rng, 50)
                           ? g_strdup_printf("%s %d", text, rng_range(&doc->rng, 10000, 999999))
                           : g_strdup(text);
    if (is_whole)
        size *= 100;
    line.amount = rng_chance(&doc->rng, 60) ? -size : size;
    g_array_append_val(doc->lines, line);
}

static void make_truth(struct document *doc)
{
    bool is_whole = doc->seller->language == LANG_HU;
    int64_t balance = (int64_t)rng_range(&doc->rng, 100000, 90000000) * (is_whole ? 100 : 1);
    int count = rng_chance(&doc->rng, 70) ? rng_range(&doc->rng, 8, 30)
                                          : rng_range(&doc->rng, 40, 90);
    g_autofree char *number = g_strdup_printf("%d", rng_range(&doc->rng, 1, 52));
    GDate start = doc->issue;
    GDate end;

    g_date_set_day(&start, 1);
    end = start;
    g_date_add_months(&end, 1);
    g_date_subtract_days(&end, 1);
    document_set_date(doc, F_ISSUE_DATE, &end);
    document_set_date(doc, F_PERIOD_START, &start);
    document_set_date(doc, F_PERIOD_END, &end);
    document_set_text(doc, F_STATEMENT_NUMBER, number);
    document_set_text(doc, F_CURRENCY, doc->seller->locale->currency);
    document_set_amount(doc, F_OPENING_BALANCE, balance);
    for (int i = 0; i < count; i++) {
        add_row(doc, is_whole);
        balance += g_array_index(doc->lines, struct line, i).amount;
    }
    document_set_amount(doc, F_CLOSING_BALANCE, balance);
    document_set_text(doc, F_SELLER_NAME, doc->seller->account.bank);
    document_set(doc, F_SELLER_VAT_ID, NULL, NULL);
    document_set(doc, F_SELLER_REGISTRATION_ID, NULL, NULL);
    document_set(doc, F_SELLER_EMAIL, NULL, NULL);
    document_set(doc, F_IBAN, g_strdup(doc->seller->account.iban),
                 g_strdup(doc->seller->account.iban_shown));
    document_set_text(doc, F_BIC, doc->seller->account.bic);
}

static double fact(struct sheet *sheet, const char *key, enum field field, double x)
{
    double width = page_text(sheet->page, x, sheet->y, ALIGN_LEFT, &sheet->font,
                             document_label(sheet->doc, key));

    return x + width + 6 +
           document_show(sheet->doc, sheet->page, field, x + width + 6, sheet->y, ALIGN_LEFT,
                         &sheet->font);
}

static void draw_top(struct sheet *sheet)
{
    struct document *doc = sheet->doc;
    const struct party *party = &doc->seller->party;
    struct font title = style_font(&doc->seller->style, 1.8, true);
    double x;

    title.colour = doc->seller->style.accent;
    document_show(doc, sheet->page, F_SELLER_NAME, 50, 54, ALIGN_LEFT, &title);
    document_show_as(doc, sheet->page, F_SELLER_ADDRESS, 50, 70, ALIGN_LEFT, &sheet->small,
                     party->street);
    document_show_as(doc, sheet->page, F_SELLER_ADDRESS, 50, 80, ALIGN_LEFT, &sheet->small,
                     party->city);
    document_show(doc, sheet->page, F_BUYER_NAME, 50, 124, ALIGN_LEFT, &sheet->font);
    document_show_as(doc, sheet->page, F_BUYER_ADDRESS, 50, 137, ALIGN_LEFT, &sheet->font,
                     doc->buyer->street);
    document_show_as(doc, sheet->page, F_BUYER_ADDRESS, 50, 150, ALIGN_LEFT, &sheet->font,
                     doc->buyer->city);
    title.size *= 0.9;
    page_text(sheet->page, 50, 190, ALIGN_LEFT, &title,
              document_label(doc, "title.bank_statement"));
    sheet->y = 212;
    x = fact(sheet, "l.iban", F_IBAN, 50);
    x = fact(sheet, "l.bic", F_BIC, x + 20);
    fact(sheet, "l.statement_number", F_STATEMENT_NUMBER, x + 20);
    sheet->y += 15;
    x = fact(sheet, "l.period", F_PERIOD_START, 50);
    page_text(sheet->page, x + 4, sheet->y, ALIGN_LEFT, &sheet->font, "–");
    x += 12 +
         document_show(doc, sheet->page, F_PERIOD_END, x + 12, sheet->y, ALIGN_LEFT, &sheet->font);
    fact(sheet, "l.currency", F_CURRENCY, x + 20);
    sheet->y += 24;
}

static void draw_head(struct sheet *sheet)
{
    static const struct {
        const char *key;
        double x;
        enum align align;
    } heads[] = {{"s.date", 50, ALIGN_LEFT},
                 {"s.text", 120, ALIGN_LEFT},
                 {"s.out", 385, ALIGN_RIGHT},
                 {"s.in", 465, ALIGN_RIGHT},
                 {"s.balance", 545, ALIGN_RIGHT}};

    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        const char *text = document_label(sheet->doc, heads[i].key);
        struct font fitted = fit_font(sheet->doc->pen, &sheet->bold, text, 66);

        page_text(sheet->page, heads[i].x, sheet->y, heads[i].align, &fitted, text);
    }
    page_line(sheet->page, 50, sheet->y + 4, 545, sheet->y + 4, 0.8, BLACK);
    sheet->y += 18;
}

static void draw_balance(struct sheet *sheet, const char *key, enum field field)
{
    page_text(sheet->page, 120, sheet->y, ALIGN_LEFT, &sheet->bold,
              document_label(sheet->doc, key));
    document_show(sheet->doc, sheet->page, field, 545, sheet->y, ALIGN_RIGHT, &sheet->bold);
    sheet->y += 16;
}

static void draw_row(struct sheet *sheet, int i, int count)
{
    struct document *doc = sheet->doc;
    const struct line *line = &g_array_index(doc->lines, struct line, i);
    bool is_out = line->amount < 0;
    g_autofree char *amount = document_money(doc, is_out ? -line->amount : line->amount);
    g_autofree char *balance = NULL;
    g_autofree char *printed = NULL;
    GDate date = doc->issue;

    g_date_set_day(&date, (GDateDay)(1 + i * 27 / count));
    printed = locale_date(doc->seller->locale->dates[0], &date, doc->words);
    sheet->balance += line->amount;
    balance = document_money(doc, sheet->balance);
    page_text(sheet->page, 50, sheet->y, ALIGN_LEFT, &sheet->font, printed);
    page_tag(sheet->page, "line_description", i);
    page_text(sheet->page, 120, sheet->y, ALIGN_LEFT, &sheet->font, line->description);
    page_tag(sheet->page, "line_amount", i);
    page_text(sheet->page, is_out ? 385 : 465, sheet->y, ALIGN_RIGHT, &sheet->font, amount);
    page_tag(sheet->page, NULL, -1);
    page_text(sheet->page, 545, sheet->y, ALIGN_RIGHT, &sheet->font, balance);
    sheet->y += sheet->font.size * 1.5;
}

static void next_page(struct sheet *sheet)
{
    sheet->page = document_add_page(sheet->doc, 595, 842);
    sheet->y = 60;
    fact(sheet, "l.statement_number", F_STATEMENT_NUMBER, 50);
    sheet->y += 24;
    draw_head(sheet);
}

void statement_make(struct document *doc)
{
    const struct style *style = &doc->seller->style;
    struct sheet sheet = {.doc = doc,
                          .font = style_font(style, 0.95, false),
                          .bold = style_font(style, 0.95, true),
                          .small = style_font(style, 0.8, false)};

    make_truth(doc);
    sheet.balance = doc->amount[F_OPENING_BALANCE];
    sheet.page = document_add_page(doc, 595, 842);
    draw_top(&sheet);
    draw_head(&sheet);
    draw_balance(&sheet, "s.opening", F_OPENING_BALANCE);
    for (guint i = 0; i < doc->lines->len; i++) {
        if (sheet.y > 780)
            next_page(&sheet);
        draw_row(&sheet, (int)i, (int)doc->lines->len);
    }
    sheet.y += 4;
    draw_balance(&sheet, "s.closing", F_CLOSING_BALANCE);
    for (guint i = 0; i < doc->pages->len; i++) {
        g_autofree char *text = g_strdup_printf(document_label(doc, "page.of"), (int)i + 1,
                                                (int)doc->pages->len);

        page_text(document_page(doc, i), 545, 30, ALIGN_RIGHT, &sheet.small, text);
    }
}
