/*
 * Measures and collects the drawings of a page. Text is measured by Pango at 72 dpi without
 * hinting, so a page has the same geometry on a PDF and on a picture of any resolution.
 */
#include "generator/paper.h"

#include <string.h>

const struct colour BLACK = {0, 0, 0};
const struct colour WHITE = {1, 1, 1};
const struct colour GREY = {0.45, 0.45, 0.45};

struct pen {
    PangoContext *context;
    GHashTable *layouts; /* description -> PangoLayout */
};

/* Fontconfig never frees its patterns, and FcFini asserts when cairo still holds a font. A
 * leak checker asks this function what to pass over. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}

struct pen *pen_new(void)
{
    struct pen *pen = g_new0(struct pen, 1);
    cairo_font_options_t *options = cairo_font_options_create();

    pen->context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(pen->context, options);
    pango_cairo_context_set_resolution(pen->context, 72);
    pango_context_set_round_glyph_positions(pen->context, FALSE);
    cairo_font_options_destroy(options);
    pen->layouts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
    return pen;
}

void pen_free(struct pen *pen)
{
    if (pen == NULL)
        return;
    g_hash_table_unref(pen->layouts);
    g_object_unref(pen->context);
    g_free(pen);
}

double pen_scale(const struct font *font)
{
    return font->size / PEN_SIZE;
}

PangoLayout *pen_layout(struct pen *pen, const struct font *font, const char *text)
{
    g_autofree char *name = g_strdup_printf("%s%s%s", font->family, font->is_bold ? " bold" : "",
                                            font->is_italic ? " italic" : "");
    PangoLayout *layout = g_hash_table_lookup(pen->layouts, name);

    if (layout == NULL) {
        PangoFontDescription *description = pango_font_description_new();

        pango_font_description_set_family(description, font->family);
        pango_font_description_set_size(description, PEN_SIZE * PANGO_SCALE);
        if (font->is_bold)
            pango_font_description_set_weight(description, PANGO_WEIGHT_BOLD);
        if (font->is_italic)
            pango_font_description_set_style(description, PANGO_STYLE_ITALIC);
        layout = pango_layout_new(pen->context);
        pango_layout_set_font_description(layout, description);
        pango_font_description_free(description);
        g_hash_table_insert(pen->layouts, g_steal_pointer(&name), layout);
    }
    pango_layout_set_text(layout, text, -1);
    return layout;
}

double pen_width(struct pen *pen, const struct font *font, const char *text)
{
    int width;

    pango_layout_get_size(pen_layout(pen, font, text), &width, NULL);
    return (double)width / PANGO_SCALE * pen_scale(font);
}

static void drawing_clear(gpointer data)
{
    g_free(((struct drawing *)data)->text);
}

static void word_clear(gpointer data)
{
    g_free(((struct word *)data)->text);
}

struct page *page_new(struct pen *pen, double width, double height)
{
    struct page *page = g_new0(struct page, 1);

    page->width = width;
    page->height = height;
    page->pen = pen;
    page->row = -1;
    page->drawings = g_array_new(FALSE, TRUE, sizeof(struct drawing));
    page->words = g_array_new(FALSE, TRUE, sizeof(struct word));
    g_array_set_clear_func(page->drawings, drawing_clear);
    g_array_set_clear_func(page->words, word_clear);
    return page;
}

void page_free(struct page *page)
{
    if (page == NULL)
        return;
    g_array_unref(page->drawings);
    g_array_unref(page->words);
    g_free(page);
}

void page_tag(struct page *page, const char *field, int row)
{
    page->field = field;
    page->row = row;
}

/* The length of the blank at `at`, breakable or not; 0 where there is none. */
static size_t blank_at(const char *at)
{
    return *at == ' ' ? 1 : g_str_has_prefix(at, "\u00a0") ? strlen("\u00a0") : 0;
}

static size_t word_at(const char *at)
{
    size_t length = 0;

    while (at[length] != '\0' && blank_at(at + length) == 0)
        length++;
    return length;
}

/* Boxes run from the height of capitals to the depth of descenders, near what a reader sees. */
static void add_words(struct page *page, PangoLayout *layout, double x, double y,
                      const struct font *font, const char *text)
{
    const char *at = text;

    while (*at != '\0') {
        size_t length;
        PangoRectangle first;
        PangoRectangle last;
        struct word word = {.field = page->field, .row = page->row};

        while (blank_at(at) > 0)
            at += blank_at(at);
        length = word_at(at);
        if (length == 0)
            break;
        pango_layout_index_to_pos(layout, (int)(at - text), &first);
        pango_layout_index_to_pos(layout, (int)(at + length - text), &last);
        word.text = g_strndup(at, length);
        word.x0 = x + (double)first.x / PANGO_SCALE * pen_scale(font);
        word.x1 = x + (double)last.x / PANGO_SCALE * pen_scale(font);
        word.y0 = y - 0.73 * font->size;
        word.y1 = y + 0.21 * font->size;
        g_array_append_val(page->words, word);
        at += length;
    }
}

double page_text(struct page *page, double x, double y, enum align align, const struct font *font,
                 const char *text)
{
    PangoLayout *layout = pen_layout(page->pen, font, text);
    struct drawing drawing = {.kind = DRAW_TEXT, .y = y, .font = *font, .text = g_strdup(text)};
    int size;
    double width;

    pango_layout_get_size(layout, &size, NULL);
    width = (double)size / PANGO_SCALE * pen_scale(font);
    if (align == ALIGN_RIGHT)
        x -= width;
    else if (align == ALIGN_CENTRE)
        x -= width / 2;
    drawing.x = x;
    drawing.colour = font->colour;
    g_array_append_val(page->drawings, drawing);
    add_words(page, layout, x, y, font, text);
    return width;
}

void page_stamp(struct page *page, double x, double y, double turn, const struct font *font,
                const char *text)
{
    struct drawing drawing = {.kind = DRAW_TEXT,
                              .x = x,
                              .y = y,
                              .turn = turn,
                              .colour = font->colour,
                              .font = *font,
                              .text = g_strdup(text)};

    g_array_append_val(page->drawings, drawing);
}

/* The longest start of `text`, in bytes, which fits `width`; at least one word. */
static size_t fitting(struct pen *pen, double width, const struct font *font, const char *text)
{
    double used = 0;
    size_t best = 0;
    size_t end = 0;

    do {
        size_t length = strcspn(text + end, " ");
        g_autofree char *word = g_strndup(text + end, length + 1);

        used += pen_width(pen, font, word);
        if (best > 0 && used > width)
            break;
        best = end + length;
        end = best + (text[best] != '\0');
    } while (text[best] != '\0');
    return best;
}

double page_paragraph(struct page *page, double x, double y, double width, const struct font *font,
                      const char *text)
{
    while (*text != '\0') {
        size_t length = fitting(page->pen, width, font, text);
        g_autofree char *line = g_strndup(text, length);

        page_text(page, x, y, ALIGN_LEFT, font, line);
        y += font->size * 1.3;
        text += length;
        text += strspn(text, " ");
    }
    return y;
}

int page_lines(struct page *page, double width, const struct font *font, const char *text)
{
    int lines = 0;

    for (; *text != '\0'; lines++) {
        text += fitting(page->pen, width, font, text);
        text += strspn(text, " ");
    }
    return lines;
}

static void add_shape(struct page *page, struct drawing drawing)
{
    g_array_append_val(page->drawings, drawing);
}

void page_line(struct page *page, double x0, double y0, double x1, double y1, double pen,
               struct colour colour)
{
    add_shape(page, (struct drawing){.kind = DRAW_LINE,
                                     .x = x0,
                                     .y = y0,
                                     .width = x1 - x0,
                                     .height = y1 - y0,
                                     .pen = pen,
                                     .colour = colour});
}

void page_dots(struct page *page, double x0, double x1, double y)
{
    for (double x = x0; x < x1; x += 4)
        page_line(page, x, y, x + 1, y, 0.7, GREY);
}

void page_box(struct page *page, double x, double y, double width, double height, double pen,
              struct colour colour)
{
    add_shape(page, (struct drawing){.kind = DRAW_BOX,
                                     .x = x,
                                     .y = y,
                                     .width = width,
                                     .height = height,
                                     .pen = pen,
                                     .colour = colour});
}

void page_fill(struct page *page, double x, double y, double width, double height,
               struct colour colour)
{
    add_shape(
        page,
        (struct drawing){
            .kind = DRAW_FILL, .x = x, .y = y, .width = width, .height = height, .colour = colour});
}

void page_fill_under(struct page *page, guint mark, double x, double y, double width, double height,
                     struct colour colour)
{
    struct drawing drawing = {
        .kind = DRAW_FILL, .x = x, .y = y, .width = width, .height = height, .colour = colour};

    g_array_insert_val(page->drawings, mark, drawing);
}

void page_disc(struct page *page, double x, double y, double radius, struct colour colour)
{
    add_shape(page, (struct drawing){
                        .kind = DRAW_DISC, .x = x, .y = y, .width = radius, .colour = colour});
}

void page_ring(struct page *page, double x, double y, double radius, double pen,
               struct colour colour)
{
    add_shape(
        page,
        (struct drawing){
            .kind = DRAW_RING, .x = x, .y = y, .width = radius, .pen = pen, .colour = colour});
}
