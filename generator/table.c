/*
 * The line table: columns by the layout's letters, rules by its kind, over as many pages as it
 * takes with sums carried forward where the supplier does so.
 */
#include "generator/blocks.h"

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
    {'q', "c.quantity", "line_quantity", 5, ALIGN_RIGHT},
    {'u', "c.unit", "line_unit", 4.2, ALIGN_LEFT},
    {'p', "c.unit_price", "line_unit_price", 8, ALIGN_RIGHT},
    {'r', "c.discount", "line_discount", 4.5, ALIGN_RIGHT},
    {'v', "c.vat_rate", "line_vat_rate", 5, ALIGN_RIGHT},
    {'t', "c.amount", "line_amount", 9, ALIGN_RIGHT},
};

struct table {
    const struct column *columns[9];
    double x[9], width[9];
    int count;
    double top; /* of the present page's part, for vertical rules */
    int64_t carried;
};

static const struct column *column_of(char letter)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].letter == letter)
            return &kinds[i];
    }
    g_assert_not_reached();
}

/* What the paper's type needs: a delivery note has no prices, a reminder lists invoices. */
static const char *columns_of(const struct document *doc)
{
    if (doc->type == TYPE_DELIVERY_NOTE)
        return "adqu";
    if (doc->type == TYPE_REMINDER)
        return "adt";
    return doc->seller->style.layout->columns;
}

static bool has_discounts(const struct document *doc)
{
    for (guint i = 0; i < doc->lines->len; i++) {
        if (g_array_index(doc->lines, struct line, i).discount > 0)
            return true;
    }
    return false;
}

/* The discount stands before the amount, whatever the other columns are. */
static char *letters_of(const struct document *doc)
{
    GString *letters = g_string_new(columns_of(doc));

    if (has_discounts(doc))
        g_string_insert_c(letters, (gssize)letters->len - 1, 'r');
    return g_string_free(letters, FALSE);
}

static void table_init(struct table *table, const struct flow *flow)
{
    g_autofree char *letters = letters_of(flow->doc);
    double em = flow->style->size;
    double rest = flow->right - flow->left;
    double x = flow->left;
    bool is_reminder = flow->doc->type == TYPE_REMINDER;

    table->count = (int)strlen(letters);
    table->carried = 0;
    for (int i = 0; i < table->count; i++) {
        table->columns[i] = column_of(letters[i]);
        table->width[i] = table->columns[i]->width * em * (is_reminder && i == 0 ? 1.7 : 1);
        rest -= table->width[i];
    }
    for (int i = 0; i < table->count; i++) {
        if (table->width[i] == 0)
            table->width[i] = rest;
        table->x[i] = x;
        x += table->width[i];
    }
}

static void draw_cell(struct flow *flow, const struct table *table, int i, double y,
                      const struct font *font, const char *text)
{
    double x = table->x[i] + 3;

    if (table->columns[i]->align == ALIGN_RIGHT)
        x = table->x[i] + table->width[i] - 3;
    page_text(flow->page, x, y, table->columns[i]->align, font, text);
}

/* Head words as large as fit: a narrow column of a long language gets smaller ones. */
static struct font head_font(struct flow *flow, const struct table *table, int i, double taken,
                             const struct font *font, const char *text)
{
    struct font fitted = *font;
    double room = table->width[i] - 5 - taken;
    double width = pen_width(flow->page->pen, font, text);

    if (width > room)
        fitted.size *= MAX(room / width, 0.6);
    return fitted;
}

/* The head of the amount column names the currency where the totals do not. */
static void draw_head_text(struct flow *flow, const struct table *table, int i, double y,
                           const struct font *font)
{
    const struct document *doc = flow->doc;
    bool is_number = doc->type == TYPE_REMINDER && table->columns[i]->letter == 'a';
    const char *text = document_label(doc, is_number ? "l.invoice_number" : table->columns[i]->key);
    double right = table->x[i] + table->width[i] - 3;
    struct font fitted;
    double width;

    if (table->columns[i]->letter != 't' || flow->style->currency_place != 3) {
        fitted = head_font(flow, table, i, 0, font, text);
        draw_cell(flow, table, i, y, &fitted, text);
        return;
    }
    width = document_show(flow->doc, flow->page, F_CURRENCY, right, y, ALIGN_RIGHT, font);
    fitted = head_font(flow, table, i, width + 3, font, text);
    page_text(flow->page, right - 3 - width, y, ALIGN_RIGHT, &fitted, text);
}

static void draw_head(struct flow *flow, struct table *table)
{
    struct font font = style_font(flow->style, 0.9, true);
    enum rules rules = flow->style->layout->rules;
    double height = font.size * 1.9;
    double width = flow->right - flow->left;

    flow->y += 16;
    table->top = flow->y - font.size * 1.3;
    if (rules == RULES_ZEBRA || rules == RULES_HEAD) {
        page_fill(flow->page, flow->left, table->top, width, height, flow->style->accent);
        font.colour = WHITE;
    } else if (rules == RULES_GRID || rules == RULES_COLUMNS) {
        page_box(flow->page, flow->left, table->top, width, height, 0.6, BLACK);
    } else {
        page_line(flow->page, flow->left, table->top + height, flow->right, table->top + height, 1,
                  BLACK);
    }
    for (int i = 0; i < table->count; i++)
        draw_head_text(flow, table, i, flow->y, &font);
    flow->y = table->top + height + font.size * 1.35;
}

static void close_part(struct flow *flow, const struct table *table)
{
    enum rules rules = flow->style->layout->rules;
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

static char *cell_text(const struct document *doc, const struct line *line, char letter, int row)
{
    const char *minus = document_is_negated(doc) ? "-" : "";
    g_autofree char *money = NULL;

    switch (letter) {
    case 'n':
        return g_strdup_printf("%d", doc->seller->seed % 3 == 0 ? (row + 1) * 10 : row + 1);
    case 'a':
        return g_strdup(line->article);
    case 'd':
        return g_strdup(line->description);
    case 'q':
        return quantity_text(line->quantity, doc->seller->style.amount->decimal);
    case 'u':
        return g_strdup(line->unit);
    case 'p':
        return document_money(doc, line->price);
    case 'r':
        return line->discount > 0 ? g_strdup_printf("%d", line->discount) : g_strdup("");
    case 'v':
        return g_strdup_printf(doc->seller->seed % 2 == 0 ? "%d %%" : "%d", line->rate);
    default:
        money = document_money(doc, line->amount);
        return g_strconcat(minus, money, NULL);
    }
}

static void rule_row(struct flow *flow, int row, double top, double height)
{
    enum rules rules = flow->style->layout->rules;
    static const struct colour pale = {0.93, 0.93, 0.94};

    if (rules == RULES_ZEBRA && row % 2 == 1)
        page_fill(flow->page, flow->left, top, flow->right - flow->left, height, pale);
    else if ((rules == RULES_ROWS || rules == RULES_GRID) && row > 0)
        page_line(flow->page, flow->left, top, flow->right, top, 0.4, GREY);
}

static double row_height(const struct flow *flow, const struct table *table,
                         const struct font *font, const struct line *line)
{
    int lines = 1;

    for (int i = 0; i < table->count; i++) {
        if (table->columns[i]->letter == 'd')
            lines = page_lines(flow->page, table->width[i] - 6, font, line->description);
    }
    lines += line->note != NULL;
    return font->size * (lines * 1.3 + 0.45);
}

/* The description over as many lines as it needs, and its small print below. */
static void draw_description(struct flow *flow, double x, double width, const struct font *font,
                             const struct line *line)
{
    struct font small = *font;
    double y = page_paragraph(flow->page, x, flow->y, width, font, line->description);

    small.size *= 0.85;
    page_tag(flow->page, NULL, -1);
    if (line->note != NULL)
        page_text(flow->page, x, y, ALIGN_LEFT, &small, line->note);
}

static void draw_row(struct flow *flow, const struct table *table, const struct line *line, int row)
{
    struct font font = style_font(flow->style, 0.95, false);
    double height = row_height(flow, table, &font, line);

    rule_row(flow, row, flow->y - font.size * 1.1, height);
    for (int i = 0; i < table->count; i++) {
        const struct column *column = table->columns[i];
        g_autofree char *text = cell_text(flow->doc, line, column->letter, row);

        page_tag(flow->page, column->field, row);
        if (column->letter == 'd')
            draw_description(flow, table->x[i] + 3, table->width[i] - 6, &font, line);
        else
            draw_cell(flow, table, i, flow->y, &font, text);
        page_tag(flow->page, NULL, -1);
    }
    flow->y += height;
}

static void draw_carry(struct flow *flow, const struct table *table, const char *key)
{
    struct font font = style_font(flow->style, 0.95, false);
    g_autofree char *sum = document_money(
        flow->doc, document_is_negated(flow->doc) ? -table->carried : table->carried);

    font.is_italic = true;
    page_text(flow->page, table->x[1] + 3, flow->y, ALIGN_LEFT, &font,
              document_label(flow->doc, key));
    page_text(flow->page, flow->right - 3, flow->y, ALIGN_RIGHT, &font, sum);
    flow->y += font.size * 1.75;
}

void block_table(struct flow *flow)
{
    struct document *doc = flow->doc;
    struct font font = style_font(flow->style, 0.95, false);
    bool has_carry = doc->type != TYPE_DELIVERY_NOTE && doc->type != TYPE_REMINDER &&
                     doc->seller->seed % 2 == 0;
    struct table table;

    table_init(&table, flow);
    draw_head(flow, &table);
    for (guint i = 0; i < doc->lines->len; i++) {
        const struct line *line = &g_array_index(doc->lines, struct line, i);
        double needed = row_height(flow, &table, &font, line) + (has_carry ? font.size * 1.75 : 0);

        if (flow->y + needed > flow->floor) {
            if (has_carry)
                draw_carry(flow, &table, "t.carry");
            close_part(flow, &table);
            flow_next_page(flow);
            draw_head(flow, &table);
            if (has_carry)
                draw_carry(flow, &table, "t.brought");
        }
        draw_row(flow, &table, line, (int)i);
        table.carried += line->amount;
    }
    close_part(flow, &table);
}
