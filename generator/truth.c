/*
 * JSON by hand: a few kinds of values in a fixed order, so that the same document is the same
 * bytes.
 */
#include "generator/truth.h"

#include <string.h>

static void put_text(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

static void put_pair(GString *out, const char *name, const char *value)
{
    g_string_append(out, out->str[out->len - 1] == '{' ? "" : ", ");
    put_text(out, name);
    g_string_append(out, ": ");
    put_text(out, value);
}

static void put_amount(GString *out, const char *name, int64_t minor)
{
    g_autofree char *text = amount_plain(minor);

    put_pair(out, name, text);
}

/* Which facts of the lines are printed; an e-invoice carries all it has. */
static void put_line_visible(GString *out, const struct document *doc)
{
    static const struct {
        char letter;
        const char *name;
    } names[] = {{'d', "description"}, {'q', "quantity"}, {'p', "unit_price"},
                 {'v', "vat_rate"},    {'t', "amount"},   {'a', "article"}};
    const char *comma = "";

    g_string_append(out, "], \"line_visible\": [");
    for (size_t i = 0; doc->printed != NULL && i < G_N_ELEMENTS(names); i++) {
        if (strchr(doc->printed, names[i].letter) == NULL)
            continue;
        g_string_append(out, comma);
        put_text(out, names[i].name);
        comma = ", ";
    }
}

static void put_lines(GString *out, const struct document *doc)
{
    bool has_price = doc->vat_count > 0;

    g_string_append(out, ", \"lines\": [");
    for (guint i = 0; i < doc->lines->len; i++) {
        const struct line *line = &g_array_index(doc->lines, struct line, i);
        g_autofree char *quantity = quantity_text(line->quantity, ".");
        g_autofree char *rate = g_strdup_printf("%d", line->rate);

        g_string_append(out, i == 0 ? "{" : ", {");
        put_pair(out, "description", line->description);
        if (has_price || doc->type == TYPE_DELIVERY_NOTE)
            put_pair(out, "quantity", quantity);
        if (has_price) {
            put_amount(out, "unit_price", line->price);
            put_pair(out, "vat_rate", rate);
        }
        if (doc->type != TYPE_DELIVERY_NOTE)
            put_amount(out, "amount", line->amount);
        if (line->page > 0)
            g_string_append_printf(out, ", \"page\": %d", line->page);
        g_string_append_c(out, '}');
    }
    put_line_visible(out, doc);
    g_string_append(out, "], \"vat_breakdown\": [");
    for (int i = 0; i < doc->vat_count; i++) {
        g_autofree char *rate = g_strdup_printf("%d", doc->vats[i].rate);

        g_string_append(out, i == 0 ? "{" : ", {");
        put_pair(out, "rate", rate);
        put_amount(out, "net", doc->vats[i].net);
        put_amount(out, "vat", doc->vats[i].vat);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "]");
}

static void put_truth(GString *out, const struct document *doc, const char *file, int first_page,
                      const char *scan)
{
    g_autofree char *layout = layout_key(&doc->seller->style.layout);
    const char *comma = "";

    g_string_append_c(out, '{');
    put_pair(out, "file", file);
    put_pair(out, "type", type_name(doc->type));
    put_pair(out, "language", doc->seller->locale->language);
    put_pair(out, "supplier", doc->seller->id);
    put_pair(out, "layout", layout);
    put_pair(out, "part", layout_is_test(&doc->seller->style.layout) ? "test" : "train");
    put_pair(out, "scan", scan);
    g_string_append(out, ", \"pages\": [");
    for (guint i = 0; i < doc->pages->len; i++)
        g_string_append_printf(out, "%s%d", i == 0 ? "" : ", ", first_page + (int)i);
    g_string_append_c(out, ']');
    for (int i = 0; i < F_COUNT; i++) {
        if (doc->value[i] != NULL)
            put_pair(out, field_name((enum field)i), doc->value[i]);
    }
    put_lines(out, doc);
    g_string_append(out, ", \"visible\": [");
    for (int i = 0; i < F_COUNT; i++) {
        if (!doc->is_visible[i] || doc->value[i] == NULL)
            continue;
        g_string_append(out, comma);
        put_text(out, field_name((enum field)i));
        comma = ", ";
    }
    g_string_append(out, "]}");
}

void truth_write(FILE *out, const struct document *doc, const char *file, int first_page,
                 const char *scan)
{
    GString *text = g_string_new(NULL);

    put_truth(text, doc, file, first_page, scan);
    fprintf(out, "%s\n", text->str);
    g_string_free(text, TRUE);
}

static void put_view(GString *out, const struct view *view)
{
    if (view->width_px == 0)
        return;
    g_string_append_printf(out, ", \"picture\": {\"width\": %d, \"height\": %d, \"to_pixels\": [",
                           view->width_px, view->height_px);
    for (int i = 0; i < 9; i++)
        g_string_append_printf(out, "%s%.8g", i == 0 ? "" : ", ", view->to_pixels[i]);
    g_string_append(out, "]}");
}

static void put_words(GString *out, const struct page *page)
{
    for (guint i = 0; i < page->words->len; i++) {
        const struct word *word = &g_array_index(page->words, struct word, i);

        g_string_append(out, i == 0 ? "[" : ", [");
        put_text(out, word->text);
        g_string_append_printf(out, ", %.1f, %.1f, %.1f, %.1f", word->x0, word->y0, word->x1,
                               word->y1);
        if (word->field != NULL) {
            g_string_append(out, ", ");
            put_text(out, word->field);
            if (word->row >= 0)
                g_string_append_printf(out, ", %d", word->row);
        }
        g_string_append_c(out, ']');
    }
}

void truth_write_pages(FILE *out, const struct document *doc, const char *file)
{
    GString *truth = g_string_new(NULL);

    put_truth(truth, doc, file, 1, "none");
    for (guint i = 0; i < doc->pages->len; i++) {
        const struct page *page = document_page(doc, i);
        GString *text = g_string_new("{");

        put_pair(text, "file", file);
        g_string_append_printf(text, ", \"page\": %d, \"pages\": %d", (int)i + 1,
                               (int)doc->pages->len);
        put_pair(text, "type", type_name(doc->type));
        put_pair(text, "language", doc->seller->locale->language);
        g_string_append_printf(text, ", \"width\": %g, \"height\": %.1f", page->width,
                               page->height);
        put_view(text, &page->view);
        g_string_append(text, ", \"words\": [");
        put_words(text, page);
        fprintf(out, "%s], \"truth\": %s}\n", text->str, truth->str);
        g_string_free(text, TRUE);
    }
    g_string_free(truth, TRUE);
}
