/*
 * Bank statements: many rows, a running balance, and invoice numbers of others among the texts,
 * which is what makes them worth telling from invoices. The rows take one of the forms of a table.
 * Half of the banks put before them a few sentences, the customer's accounts with their balances,
 * and the movements summed by kind; half of those have small tables by kind instead of the rows.
 */
#include "generator/blocks.h"
#include "generator/noise.h"

enum what { WHAT_DATE, WHAT_VALUE_DATE, WHAT_TEXT, WHAT_OUT, WHAT_IN, WHAT_SIGNED, WHAT_BALANCE };

struct column {
    const char *key; /* NULL ends a form */
    enum what what;
    double x;
    enum align align;
};

static const struct column forms[][6] = {
    {{"s.date", WHAT_DATE, 50, ALIGN_LEFT},
     {"s.text", WHAT_TEXT, 120, ALIGN_LEFT},
     {"s.out", WHAT_OUT, 385, ALIGN_RIGHT},
     {"s.in", WHAT_IN, 465, ALIGN_RIGHT},
     {"s.balance", WHAT_BALANCE, 545, ALIGN_RIGHT}},
    {{"s.date", WHAT_DATE, 50, ALIGN_LEFT},
     {"s.value", WHAT_VALUE_DATE, 120, ALIGN_LEFT},
     {"s.text", WHAT_TEXT, 190, ALIGN_LEFT},
     {"s.amount", WHAT_SIGNED, 545, ALIGN_RIGHT}},
    {{"s.text", WHAT_TEXT, 50, ALIGN_LEFT},
     {"s.date", WHAT_DATE, 290, ALIGN_LEFT},
     {"s.amount", WHAT_SIGNED, 450, ALIGN_RIGHT},
     {"s.balance", WHAT_BALANCE, 545, ALIGN_RIGHT}},
    {{"s.value", WHAT_VALUE_DATE, 50, ALIGN_LEFT},
     {"s.text", WHAT_TEXT, 120, ALIGN_LEFT},
     {"s.out", WHAT_OUT, 450, ALIGN_RIGHT},
     {"s.in", WHAT_IN, 545, ALIGN_RIGHT}},
};

struct sheet {
    struct document *doc;
    struct page *page;
    struct font font, bold, small;
    double y;
    int64_t balance;
    const struct column *columns;
    bool has_rules;
    bool has_capitals; /* headings of a summary */
    bool has_symbol;   /* amounts of a summary with the currency's sign */
};

/* What banks put before the rows, and whether that is all. */
static bool has_summary(const struct document *doc)
{
    return doc->seller->seed / 12 % 2 == 0;
}

static bool is_summary(const struct document *doc)
{
    return has_summary(doc) && doc->seller->seed / 24 % 2 == 0;
}

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
    int count = is_summary(doc)             ? 0
                : rng_chance(&doc->rng, 15) ? rng_range(&doc->rng, 1, 7)
                : rng_chance(&doc->rng, 65) ? rng_range(&doc->rng, 8, 30)
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
    if (count == 0)
        balance += rng_range(&doc->rng, -90000, 400000) * (int64_t)(is_whole ? 100 : 1);
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
    for (const struct column *column = sheet->columns; column->key != NULL; column++) {
        const char *text = document_label(sheet->doc, column->key);
        struct font fitted = fit_font(sheet->doc->pen, &sheet->bold, text, 66);

        page_text(sheet->page, column->x, sheet->y, column->align, &fitted, text);
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

static void put_right(struct sheet *sheet, const struct font *font, double x, int64_t minor)
{
    g_autofree char *text = minor < 0 ? document_less(sheet->doc, -minor)
                                      : document_money(sheet->doc, minor);
    g_autofree char *shown = g_strdup_printf("%s%s", sheet->has_symbol ? sheet->doc->symbol : "",
                                             text);

    page_text(sheet->page, x, sheet->y, ALIGN_RIGHT, font, shown);
}

static void put_heading(struct sheet *sheet, const char *key)
{
    struct font font = style_font(&sheet->doc->seller->style, 1.4, !sheet->has_rules);
    const char *text = words_pick(sheet->doc->words, key, &sheet->doc->rng);
    g_autofree char *upper = g_utf8_strup(text, -1);

    sheet->y += 14;
    page_text(sheet->page, 50, sheet->y, ALIGN_LEFT, &font, sheet->has_capitals ? upper : text);
    page_line(sheet->page, 50, sheet->y + 5, 545, sheet->y + 5, 1.2, BLACK);
    sheet->y += 22;
}

/* The customer's accounts, this one and others, each with its balance. */
static void draw_accounts(struct sheet *sheet)
{
    struct document *doc = sheet->doc;

    put_heading(sheet, "s.overview");
    page_text(sheet->page, 220, sheet->y, ALIGN_LEFT, &sheet->bold,
              document_label(doc, "s.number"));
    page_text(sheet->page, 480, sheet->y, ALIGN_RIGHT, &sheet->bold,
              document_label(doc, "s.balance"));
    for (int n = rng_range(&doc->rng, 1, 4); n > 0; n--) {
        g_autofree char *number = noise_fill(doc, "{digits} {digits}");

        sheet->y += 16;
        page_text(sheet->page, 50, sheet->y, ALIGN_LEFT, &sheet->bold,
                  words_pick(doc->words, "s.kind", &doc->rng));
        page_text(sheet->page, 220, sheet->y, ALIGN_LEFT, &sheet->font, number);
        put_right(sheet, &sheet->font, 480, (int64_t)rng_range(&doc->rng, 20, 900000) * 100);
    }
    sheet->y += 12;
}

/* A movement of the overview, where that is all the paper says of what came and went. */
static void add_movement(struct document *doc, const char *text, int64_t amount)
{
    struct line line = {.description = g_strdup(text),
                        .unit = g_strdup(""),
                        .article = g_strdup(""),
                        .amount = amount,
                        .date = doc->issue,
                        .page = 1};

    g_array_append_val(doc->lines, line);
}

/* Old balance, what came and went by kind, new balance. */
static void draw_movements(struct sheet *sheet)
{
    struct document *doc = sheet->doc;
    int64_t rest = doc->amount[F_CLOSING_BALANCE] - doc->amount[F_OPENING_BALANCE];

    put_heading(sheet, "s.overview");
    draw_balance(sheet, "s.opening", F_OPENING_BALANCE);
    for (int n = rng_range(&doc->rng, 2, 6); n > 0; n--) {
        int64_t part = n == 1 ? rest : rng_range(&doc->rng, -60000, 60000) * (int64_t)100;
        const char *text = words_pick(doc->words, "s.movement", &doc->rng);

        if (is_summary(doc)) {
            page_tag(sheet->page, "line_description", (int)doc->lines->len);
            add_movement(doc, text, part);
        }
        page_text(sheet->page, 120, sheet->y, ALIGN_LEFT, &sheet->font, text);
        if (is_summary(doc))
            page_tag(sheet->page, "line_amount", (int)doc->lines->len - 1);
        put_right(sheet, &sheet->font, 545, part);
        page_tag(sheet->page, NULL, -1);
        rest -= part;
        sheet->y += 15;
    }
    draw_balance(sheet, "s.closing", F_CLOSING_BALANCE);
}

/* One kind of movement: its name, then dates, numbers and amounts in one to three columns, and what
 * they come to. */
static void draw_kind(struct sheet *sheet)
{
    struct document *doc = sheet->doc;
    int columns = rng_range(&doc->rng, 1, 3), rows = rng_range(&doc->rng, 1, 7);
    double step = 495.0 / columns, top;

    put_heading(sheet, "s.movement");
    top = sheet->y;
    for (int c = 0; c < columns; c++) {
        double x = 50 + c * step;

        sheet->y = top;
        page_text(sheet->page, x, top, ALIGN_LEFT, &sheet->small, document_label(doc, "s.date"));
        if (columns < 3)
            page_text(sheet->page, x + 60, top, ALIGN_LEFT, &sheet->small,
                      document_label(doc, "s.text"));
        page_text(sheet->page, x + step - 20, top, ALIGN_RIGHT, &sheet->small,
                  document_label(doc, "s.amount"));
        for (int r = 0; r < rows; r++) {
            g_autofree char *date = noise_fill(doc, "{date}");
            g_autofree char *number = noise_fill(doc, "{digits}");
            struct font fitted = fit_font(doc->pen, &sheet->font, date, 66);

            sheet->y += sheet->font.size * 1.4;
            page_text(sheet->page, x, sheet->y, ALIGN_LEFT, &fitted, date);
            if (columns < 3) /* of three, none has room for it */
                page_text(sheet->page, x + 70, sheet->y, ALIGN_LEFT, &sheet->small,
                          columns > 1 ? number : words_pick(doc->words, "s.row", &doc->rng));
            put_right(sheet, &sheet->font, x + step - 20, rng_range(&doc->rng, 900, 200000));
        }
    }
    sheet->y += 16;
    page_text(sheet->page, 350, sheet->y, ALIGN_LEFT, &sheet->bold, document_label(doc, "r.total"));
    put_right(sheet, &sheet->bold, 525, rng_range(&doc->rng, 9000, 900000));
    sheet->y += 10;
}

static void draw_summary(struct sheet *sheet)
{
    struct document *doc = sheet->doc;

    for (int n = rng_range(&doc->rng, 0, 4); n > 0; n--)
        sheet->y = page_paragraph(sheet->page, 50, sheet->y, 490, &sheet->font,
                                  words_pick(doc->words, "s.prose", &doc->rng)) +
                   4;
    if (rng_chance(&doc->rng, 80))
        draw_accounts(sheet);
    draw_movements(sheet);
    sheet->y += 18;
}

/* NULL where the column has nothing for this row; owned. */
static char *cell_text(const struct sheet *sheet, const struct column *column,
                       const struct line *line)
{
    const struct document *doc = sheet->doc;
    bool is_out = line->amount < 0;

    switch (column->what) {
    case WHAT_DATE:
    case WHAT_VALUE_DATE:
        return locale_date(doc->seller->locale->dates[0], &line->date, doc->words);
    case WHAT_TEXT:
        return g_strdup(line->description);
    case WHAT_OUT:
        return is_out ? document_money(doc, -line->amount) : NULL;
    case WHAT_IN:
        return is_out ? NULL : document_money(doc, line->amount);
    case WHAT_SIGNED:
        return is_out ? document_less(doc, -line->amount) : document_money(doc, line->amount);
    default:
        return document_money(doc, sheet->balance);
    }
}

static const char *cell_field(enum what what)
{
    return what == WHAT_TEXT                                            ? "line_description"
           : what == WHAT_OUT || what == WHAT_IN || what == WHAT_SIGNED ? "line_amount"
                                                                        : NULL;
}

static void draw_row(struct sheet *sheet, int i, int count)
{
    struct document *doc = sheet->doc;
    struct line *line = &g_array_index(doc->lines, struct line, i);

    line->date = doc->issue;
    g_date_set_day(&line->date, (GDateDay)(1 + i * 27 / count));
    line->page = (int)doc->pages->len;
    sheet->balance += line->amount;
    for (const struct column *column = sheet->columns; column->key != NULL; column++) {
        g_autofree char *text = cell_text(sheet, column, line);

        if (text == NULL)
            continue;
        page_tag(sheet->page, cell_field(column->what), i);
        page_text(sheet->page, column->x, sheet->y, column->align, &sheet->font, text);
        page_tag(sheet->page, NULL, -1);
    }
    if (sheet->has_rules)
        page_line(sheet->page, 50, sheet->y + 3.5, 545, sheet->y + 3.5, 0.3, GREY);
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

static void draw_rows(struct sheet *sheet)
{
    struct document *doc = sheet->doc;

    draw_head(sheet);
    draw_balance(sheet, "s.opening", F_OPENING_BALANCE);
    for (guint i = 0; i < doc->lines->len; i++) {
        if (sheet->y > 780)
            next_page(sheet);
        draw_row(sheet, (int)i, (int)doc->lines->len);
    }
    sheet->y += 4;
    draw_balance(sheet, "s.closing", F_CLOSING_BALANCE);
}

void statement_make(struct document *doc)
{
    const struct style *style = &doc->seller->style;
    struct sheet sheet = {.doc = doc,
                          .font = style_font(style, 0.95, false),
                          .bold = style_font(style, 0.95, true),
                          .small = style_font(style, 0.8, false),
                          .columns = forms[doc->seller->seed % G_N_ELEMENTS(forms)],
                          .has_rules = doc->seller->seed / 4 % 3 == 0,
                          .has_capitals = doc->seller->seed / 9 % 3 == 0,
                          .has_symbol = doc->seller->seed / 27 % 2 == 0};

    make_truth(doc);
    doc->printed = g_strdup("dt");
    sheet.balance = doc->amount[F_OPENING_BALANCE];
    sheet.page = document_add_page(doc, 595, 842);
    draw_top(&sheet);
    if (has_summary(doc))
        draw_summary(&sheet);
    if (is_summary(doc))
        while (sheet.y < 640 && rng_chance(&doc->rng, 75))
            draw_kind(&sheet);
    else
        draw_rows(&sheet);
    for (guint i = 0; i < doc->pages->len; i++) {
        g_autofree char *text = g_strdup_printf(document_label(doc, "page.of"), (int)i + 1,
                                                (int)doc->pages->len);

        page_text(document_page(doc, i), 545, 30, ALIGN_RIGHT, &sheet.small, text);
    }
}
