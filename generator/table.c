/*
 * The line table: columns by the layout's letters, rules by its kind, over as many pages as it
 * takes, with sums carried forward where the supplier does so. What has no column may stand below
 * or before the description; what is printed at all is noted in the document.
 */
#include "generator/blocks.h"

#include "generator/noise.h"

#include <string.h>

struct column {
    char letter;
    const char *key;
    const char *field; /* what its words are */
    double width;      /* in ems of body text; 0 takes what is left */
    enum align align;
};

static const struct column kinds[] = {
    {'n', "c.no", "line_number", 3, ALIGN_LEFT},
    {'a', "c.article", "line_article", 6.5, ALIGN_LEFT},
    {'d', "c.description", "line_description", 0, ALIGN_LEFT},
    {'e', "c.date", "line_date", 7, ALIGN_LEFT},
    {'q', "c.quantity", "line_quantity", 5, ALIGN_RIGHT},
    {'u', "c.unit", "line_unit", 4.2, ALIGN_LEFT},
    {'p', "c.unit_price", "line_unit_price", 7.6, ALIGN_RIGHT},
    {'r', "c.discount", "line_discount", 4.5, ALIGN_RIGHT},
    {'v', "c.vat_rate", "line_vat_rate", 4.6, ALIGN_RIGHT},
    {'t', "c.amount", "line_amount", 8.4, ALIGN_RIGHT},
    {'g', "c.gross", "line_gross", 8.4, ALIGN_RIGHT},
};

/* Points; where the other columns leave less to the description, they are made narrower. */
enum { LEAST_TEXT = 130 };

enum sums { SUMS_NONE, SUMS_CARRIED, SUMS_OF_PAGE };

struct table {
    const struct column *columns[10];
    double x[10], width[10];
    int count;
    struct font font;
    double top; /* of the present page's part, for vertical rules */
    enum sums sums;
    int64_t carried;
    int64_t of_page;
};

static const struct column *column_of(char letter)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].letter == letter)
            return &kinds[i];
    }
    g_assert_not_reached();
}

static bool is_plain(const struct document *doc)
{
    return doc->type == TYPE_DELIVERY_NOTE || doc->type == TYPE_REMINDER;
}

/* What the paper's type needs: a delivery note has no prices, a reminder lists invoices. */
static const char *columns_of(const struct document *doc)
{
    if (doc->type == TYPE_DELIVERY_NOTE)
        return "adqu";
    if (doc->type == TYPE_REMINDER)
        return "adt";
    return layout_columns(&doc->seller->style.layout);
}

static bool has_discounts(const struct document *doc)
{
    for (guint i = 0; i < doc->lines->len; i++) {
        if (g_array_index(doc->lines, struct line, i).discount > 0)
            return true;
    }
    return false;
}

static enum cells cells_of(const struct document *doc)
{
    return is_plain(doc) ? CELLS_PLAIN : (enum cells)doc->seller->style.layout.cells;
}

/* The discount stands before the amount, whatever the other columns are. */
static char *letters_of(const struct document *doc)
{
    GString *letters = g_string_new(columns_of(doc));
    const char *amount = strchr(letters->str, 't');

    if (has_discounts(doc) && amount != NULL && letters->len < 9)
        g_string_insert_c(letters, amount - letters->str, 'r');
    return g_string_free(letters, FALSE);
}

static void note_printed(struct document *doc, const char *letters)
{
    static const char *const within[] = {
        [CELLS_ARTICLE_BELOW] = "a", [CELLS_PRICE_BELOW] = "qup", [CELLS_CODE_BEFORE] = "a"};
    const char *more = within[cells_of(doc)];

    g_free(doc->printed);
    doc->printed = g_strconcat(letters, more, NULL);
}

static void table_init(struct table *table, const struct flow *flow)
{
    g_autofree char *letters = letters_of(flow->doc);
    double em = flow->style->size;
    double taken = 0;
    double squeeze;
    double x = flow->left;
    bool is_reminder = flow->doc->type == TYPE_REMINDER;
    uint64_t habit = flow->doc->seller->seed % 10;

    *table = (struct table){.count = (int)strlen(letters),
                            .font = style_font(flow->style, 0.95, false)};
    if (!is_plain(flow->doc))
        table->sums = habit < 5 ? SUMS_CARRIED : habit < 7 ? SUMS_OF_PAGE : SUMS_NONE;
    note_printed(flow->doc, letters);
    for (int i = 0; i < table->count; i++) {
        table->columns[i] = column_of(letters[i]);
        table->width[i] = table->columns[i]->width * em * (is_reminder && i == 0 ? 1.7 : 1);
        taken += table->width[i];
    }
    squeeze = MIN(1, (flow->right - flow->left - LEAST_TEXT) / taken);
    for (int i = 0; i < table->count; i++) {
        table->width[i] *= squeeze;
        if (table->columns[i]->letter == 'd')
            table->width[i] = flow->right - flow->left - taken * squeeze;
        table->x[i] = x;
        x += table->width[i];
    }
}

static void draw_cell(struct flow *flow, const struct table *table, int i, double y,
                      const struct font *font, const char *text)
{
    struct font fitted = fit_font(flow->page->pen, font, text, table->width[i] - 5);
    double x = table->x[i] + 3;

    if (table->columns[i]->align == ALIGN_RIGHT)
        x = table->x[i] + table->width[i] - 3;
    page_text(flow->page, x, y, table->columns[i]->align, &fitted, text);
}

static const char *head_of(const struct flow *flow, const struct column *column)
{
    bool is_number = flow->doc->type == TYPE_REMINDER && column->letter == 'a';

    return document_label(flow->doc, is_number ? "l.invoice_number" : column->key);
}

/* A head's upper and lower line: a phrase is broken, amounts say below what is in them. */
static void head_lines(const struct flow *flow, const struct column *column, char *ret_lines[2])
{
    const char *text = head_of(flow, column);
    const char *blank = strchr(text, ' ');
    const char *below = strchr("pt", column->letter) != NULL ? "c.ex_vat" : NULL;

    if (blank != NULL) {
        ret_lines[0] = g_strndup(text, (gsize)(blank - text));
        ret_lines[1] = g_strdup(blank + 1);
        return;
    }
    ret_lines[0] = g_strdup(text);
    ret_lines[1] = g_strdup(below != NULL ? document_label(flow->doc, below) : "");
}

/* The head of the amount column names the currency where the totals do not. */
static void draw_head_text(struct flow *flow, const struct table *table, int i, double y,
                           const struct font *font)
{
    const char *text = head_of(flow, table->columns[i]);
    double right = table->x[i] + table->width[i] - 3;
    struct font fitted;
    double width;

    if (table->columns[i]->letter != 't' || flow->style->currency != CURRENCY_NONE) {
        draw_cell(flow, table, i, y, font, text);
        return;
    }
    width = document_show(flow->doc, flow->page, F_CURRENCY, right, y, ALIGN_RIGHT, font);
    fitted = fit_font(flow->page->pen, font, text, table->width[i] - 8 - width);
    page_text(flow->page, right - 3 - width, y, ALIGN_RIGHT, &fitted, text);
}

static void draw_head_texts(struct flow *flow, const struct table *table, const struct font *font,
                            bool is_double)
{
    for (int i = 0; i < table->count; i++) {
        char *lines[2];

        if (!is_double) {
            draw_head_text(flow, table, i, flow->y, font);
            continue;
        }
        head_lines(flow, table->columns[i], lines);
        draw_cell(flow, table, i, flow->y, font, lines[0]);
        draw_cell(flow, table, i, flow->y + font->size * 1.2, font, lines[1]);
        g_free(lines[0]);
        g_free(lines[1]);
    }
}

static void draw_head(struct flow *flow, struct table *table)
{
    struct font font = style_font(flow->style, 0.9, true);
    enum rules rules = (enum rules)flow->style->layout.rules;
    bool is_double = flow->style->layout.head == HEAD_TWO_LINES;
    double height = font.size * (is_double ? 3.1 : 1.9);
    double width = flow->right - flow->left;

    flow->y += 16;
    table->top = flow->y - font.size * 1.3;
    if (flow->style->layout.head == HEAD_NONE)
        return;
    if (rules == RULES_ZEBRA || rules == RULES_HEAD) {
        page_fill(flow->page, flow->left, table->top, width, height, flow->style->accent);
        font.colour = WHITE;
    } else if (rules == RULES_GRID || rules == RULES_COLUMNS) {
        page_box(flow->page, flow->left, table->top, width, height, 0.6, BLACK);
    } else {
        page_line(flow->page, flow->left, table->top + height, flow->right, table->top + height, 1,
                  BLACK);
    }
    draw_head_texts(flow, table, &font, is_double);
    flow->y = table->top + height + font.size * 1.35;
}

static void close_part(struct flow *flow, const struct table *table)
{
    enum rules rules = (enum rules)flow->style->layout.rules;
    double bottom = flow->y - flow->style->size * 0.9;

    if (rules != RULES_GRID && rules != RULES_COLUMNS) {
        if (rules != RULES_NONE)
            page_line(flow->page, flow->left, bottom, flow->right, bottom, 0.8, BLACK);
        return;
    }
    page_box(flow->page, flow->left, table->top, flow->right - flow->left, bottom - table->top, 0.6,
             BLACK);
    for (int i = 1; i < table->count; i++)
        page_line(flow->page, table->x[i], table->top, table->x[i], bottom, 0.6, BLACK);
}

static char *signed_money(const struct document *doc, int64_t minor)
{
    return document_is_negated(doc) ? document_less(doc, minor) : document_money(doc, minor);
}

static char *cell_text(const struct document *doc, const struct line *line, char letter, int row)
{
    const struct style *style = &doc->seller->style;

    switch (letter) {
    case 'n':
        return g_strdup_printf("%d", doc->seller->seed % 3 == 0 ? (row + 1) * 10 : row + 1);
    case 'a':
        return g_strdup(line->article);
    case 'd':
        return g_strdup(line->description);
    case 'e':
        return locale_date(style->date, &line->date, doc->words);
    case 'q':
        return quantity_shown(line->quantity, style->amount->decimal, style->quantity_digits);
    case 'u':
        return g_strdup(line->unit);
    case 'p':
        return document_money(doc, line->price);
    case 'r':
        return line->discount > 0 ? g_strdup_printf("%d", line->discount) : g_strdup("");
    case 'v':
        return g_strdup_printf(doc->seller->seed % 2 == 0 ? "%d %%" : "%d", line->rate);
    case 'g':
        return signed_money(doc, line->amount + amount_share(line->amount, line->rate, 100));
    default:
        return signed_money(doc, line->amount);
    }
}

static void rule_row(struct flow *flow, int row, double top, double height)
{
    enum rules rules = (enum rules)flow->style->layout.rules;
    static const struct colour pale = {0.93, 0.93, 0.94};

    if (rules == RULES_ZEBRA && row % 2 == 1)
        page_fill(flow->page, flow->left, top, flow->right - flow->left, height, pale);
    else if ((rules == RULES_ROWS || rules == RULES_GRID) && row > 0)
        page_line(flow->page, flow->left, top, flow->right, top, 0.4, GREY);
    else if (rules == RULES_DOTS && row > 0)
        page_dots(flow->page, flow->left, flow->right, top);
}

/* The description as it is printed: some suppliers write their number before it. */
static char *description_of(const struct document *doc, const struct line *line)
{
    return cells_of(doc) == CELLS_CODE_BEFORE
               ? g_strdup_printf("%s %s", line->article, line->description)
               : g_strdup(line->description);
}

static bool has_second_row(const struct document *doc)
{
    return cells_of(doc) == CELLS_ARTICLE_BELOW || cells_of(doc) == CELLS_PRICE_BELOW;
}

static double row_height(const struct flow *flow, const struct table *table,
                         const struct line *line)
{
    g_autofree char *text = description_of(flow->doc, line);
    int lines = 1;

    for (int i = 0; i < table->count; i++) {
        if (table->columns[i]->letter == 'd')
            lines = page_lines(flow->page, table->width[i] - 6, &table->font, text);
    }
    lines += (line->note != NULL) + has_second_row(flow->doc);
    return table->font.size * (lines * 1.3 + 0.45);
}

/* A run of text and its tag, one behind the other; returns where the next begins. */
static double run_text(struct flow *flow, double x, double y, const struct font *font,
                       const char *field, int row, const char *text)
{
    page_tag(flow->page, field, row);
    x += page_text(flow->page, x, y, ALIGN_LEFT, font, text) + font->size * 0.35;
    page_tag(flow->page, NULL, -1);
    return x;
}

/* "Art. no. 10012", or "3 pcs à 120.00". */
static void draw_second_row(struct flow *flow, double x, double y, const struct font *font,
                            const struct line *line, int row)
{
    struct document *doc = flow->doc;
    g_autofree char *quantity = cell_text(doc, line, 'q', row);
    g_autofree char *price = cell_text(doc, line, 'p', row);

    if (cells_of(doc) == CELLS_ARTICLE_BELOW) {
        x = run_text(flow, x, y, font, NULL, -1, document_label(doc, "c.article"));
        run_text(flow, x, y, font, "line_article", row, line->article);
        return;
    }
    x = run_text(flow, x, y, font, "line_quantity", row, quantity);
    x = run_text(flow, x, y, font, "line_unit", row, line->unit);
    x = run_text(flow, x, y, font, NULL, -1, document_label(doc, "c.each"));
    run_text(flow, x, y, font, "line_unit_price", row, price);
}

/* The description over as many lines as it needs, and its small print below. */
static void draw_description(struct flow *flow, double x, double width, const struct font *font,
                             const struct line *line, int row)
{
    struct font small = *font;
    g_autofree char *text = description_of(flow->doc, line);
    guint first = flow->page->words->len;
    double y = page_paragraph(flow->page, x, flow->y, width, font, text);

    if (cells_of(flow->doc) == CELLS_CODE_BEFORE)
        g_array_index(flow->page->words, struct word, first).field = "line_article";
    small.size *= 0.85;
    page_tag(flow->page, NULL, -1);
    if (has_second_row(flow->doc)) {
        draw_second_row(flow, x, y, &small, line, row);
        y += font->size * 1.3;
    }
    if (line->note != NULL)
        page_text(flow->page, x, y, ALIGN_LEFT, &small, line->note);
}

static void draw_row(struct flow *flow, struct table *table, struct line *line, int row)
{
    const struct font *font = &table->font;
    double height = row_height(flow, table, line);

    rule_row(flow, row, flow->y - font->size * 1.1, height);
    for (int i = 0; i < table->count; i++) {
        const struct column *column = table->columns[i];
        g_autofree char *text = cell_text(flow->doc, line, column->letter, row);

        page_tag(flow->page, column->field, row);
        if (column->letter == 'd')
            draw_description(flow, table->x[i] + 3, table->width[i] - 6, font, line, row);
        else
            draw_cell(flow, table, i, flow->y, font, text);
        page_tag(flow->page, NULL, -1);
    }
    flow->y += height;
    line->page = (int)flow->doc->pages->len;
    table->carried += line->amount;
    table->of_page += line->amount;
}

static void draw_carry(struct flow *flow, const struct table *table, const char *key, int64_t sum)
{
    struct font font = table->font;
    g_autofree char *text = signed_money(flow->doc, sum);
    const char *label = document_label(flow->doc, key);
    double x = table->count > 3 ? table->x[1] : flow->left;
    struct font fitted;
    double width;

    font.is_italic = true;
    width = page_text(flow->page, flow->right - 3, flow->y, ALIGN_RIGHT, &font, text);
    fitted = fit_font(flow->page->pen, &font, label, flow->right - width - x - 12);
    page_text(flow->page, x + 3, flow->y, ALIGN_LEFT, &fitted, label);
    flow->y += font.size * 1.75;
}

static void turn_page(struct flow *flow, struct table *table)
{
    if (table->sums == SUMS_CARRIED)
        draw_carry(flow, table, "t.carry", table->carried);
    else if (table->sums == SUMS_OF_PAGE)
        draw_carry(flow, table, "t.page", table->of_page);
    close_part(flow, table);
    flow_next_page(flow);
    draw_head(flow, table);
    table->of_page = 0;
    if (table->sums == SUMS_CARRIED)
        draw_carry(flow, table, "t.brought", table->carried);
}

/* A row of text alone, between the lines: what these goods belong to. */
static void draw_section(struct flow *flow, struct table *table)
{
    struct font font = table->font;
    g_autofree char *text = noise_text(flow->doc, "x.section");

    font.is_bold = true;
    page_tag(flow->page, "noise", -1);
    page_text(flow->page, flow->left + 3, flow->y, ALIGN_LEFT, &font, text);
    page_tag(flow->page, NULL, -1);
    flow->y += font.size * 1.75;
}

void block_table(struct flow *flow)
{
    struct document *doc = flow->doc;
    bool has_sections = doc->seller->seed % 9 == 0 && !is_plain(doc);
    struct table table;
    double spare;

    table_init(&table, flow);
    spare = (table.sums != SUMS_NONE ? 1.75 : 0) + (has_sections ? 1.75 : 0);
    draw_head(flow, &table);
    for (guint i = 0; i < doc->lines->len; i++) {
        struct line *line = &g_array_index(doc->lines, struct line, i);

        if (flow->y + row_height(flow, &table, line) + spare * table.font.size > flow->floor)
            turn_page(flow, &table);
        if (has_sections && i % 6 == 0)
            draw_section(flow, &table);
        draw_row(flow, &table, line, (int)i);
    }
    close_part(flow, &table);
}
