/*
 * Forms of authorities: a grid of cells, each with its caption and mostly an answer typed in; lists
 * with room beside each name, small tables, questions with two boxes, and a row to sign in. Whether
 * captions are numbered or in capitals, and cells framed, is a supplier's habit; what is asked
 * where is chance.
 */
#include "generator/form.h"

#include "generator/blocks.h"
#include "generator/noise.h"

#include <string.h>

enum { LEFT = 44, WIDTH = 507, BOTTOM = 716 };

struct grid {
    struct document *doc;
    struct page *page;
    struct font caption, value, bold, title;
    double y;
    int number;
    bool has_numbers, has_capitals, has_frames, has_dots;
};

/* An answer that is a field of the truth, with its caption's key. */
static const struct {
    const char *key;
    enum field field;
} known[] = {{"form.full_name", F_FULL_NAME}, {"form.business_name", F_BUSINESS_NAME},
             {"form.street", F_STREET},       {"form.city", F_CITY},
             {"form.tax_id", F_TAX_ID},       {"form.account", F_IBAN}};

static const char *pick(struct grid *grid, const char *key)
{
    return words_pick(grid->doc->words, key, &grid->doc->rng);
}

/* "4. NAME OF VESSEL (if any)", as this form writes captions; owned. */
static char *caption_text(struct grid *grid, const char *text)
{
    g_autofree char *written = grid->has_capitals ? g_utf8_strup(text, -1) : g_strdup(text);
    const char *hint = pick(grid, "form.hint");
    GString *out = g_string_new(NULL);

    if (grid->has_numbers)
        g_string_append_printf(out, "%d. ", ++grid->number);
    g_string_append(out, written);
    if (rng_chance(&grid->doc->rng, 15) && strchr(hint, '%') == NULL)
        g_string_append_printf(out, " %s", hint);
    return g_string_free(out, FALSE);
}

static char *some_answer(struct grid *grid)
{
    static const char *const texts[] = {"{company}", "{date}",   "{number}", "{digits}",
                                        "{phone}",   "{amount}", "{year}"};
    struct rng *rng = &grid->doc->rng;

    switch (rng_below(rng, 4)) {
    case 0:
        return g_strdup_printf("%s %s", pick(grid, "person.first"), pick(grid, "person.last"));
    case 1:
        return g_strdup(pick(grid, "city"));
    default:
        return noise_fill(grid->doc, texts[rng_below(rng, G_N_ELEMENTS(texts))]);
    }
}

static void frame(struct grid *grid, double x, double width, double height)
{
    if (grid->has_frames)
        page_box(grid->page, x, grid->y, width, height, 0.7, BLACK);
    else
        page_line(grid->page, x, grid->y + height, x + width - 6, grid->y + height, 0.6, BLACK);
}

/* Names one below the other with a line, dots or a box beside each. */
static void draw_group(struct grid *grid, double x, double y, double width, int count)
{
    for (int i = 0; i < count; i++, y += 17) {
        const char *name = pick(grid, "form.group");
        double end = x + 8 + pen_width(grid->doc->pen, &grid->caption, name);

        page_text(grid->page, x + 4, y, ALIGN_LEFT, &grid->caption, name);
        if (grid->has_dots)
            page_dots(grid->page, end, x + width - 12, y);
        else
            page_line(grid->page, end, y + 1, x + width - 12, y + 1, 0.5, BLACK);
        if (rng_chance(&grid->doc->rng, 30)) {
            g_autofree char *value = g_strdup_printf("%d", rng_range(&grid->doc->rng, 1, 400));

            page_text(grid->page, x + width - 60, y - 1, ALIGN_LEFT, &grid->value, value);
        }
    }
}

/* One cell of a row; `next` counts through the known fields. */
static void draw_cell(struct grid *grid, double x, double width, double height, int *next)
{
    bool is_known = height < 60 && *next < (int)G_N_ELEMENTS(known);
    g_autofree char *text = caption_text(
        grid, is_known ? document_label(grid->doc, known[*next].key) : pick(grid, "form.item"));
    double y = page_paragraph(grid->page, x + 4, grid->y + grid->caption.size + 1, width - 8,
                              &grid->caption, text);

    frame(grid, x, width, height);
    if (is_known) {
        enum field field = known[(*next)++].field;
        const char *shown = grid->doc->shown[field] ? grid->doc->shown[field] : "";
        struct font fitted = fit_font(grid->doc->pen, &grid->value, shown, width - 14);

        document_show(grid->doc, grid->page, field, x + 10, grid->y + height - 4, ALIGN_LEFT,
                      &fitted);
    } else if (height >= 60 && rng_chance(&grid->doc->rng, 60)) {
        draw_group(grid, x, y + 8, width, (int)((grid->y + height - y - 8) / 17));
    } else if (rng_chance(&grid->doc->rng, 75)) {
        g_autofree char *answer = some_answer(grid);
        struct font fitted = grid->value;

        while (fitted.size > 5 && pen_width(grid->doc->pen, &fitted, answer) > width - 12)
            fitted.size *= 0.9;
        page_text(grid->page, x + 8, grid->y + height - 4, ALIGN_LEFT, &fitted, answer);
    }
}

static void draw_row(struct grid *grid, int *next)
{
    struct rng *rng = &grid->doc->rng;
    bool is_tall = rng_chance(rng, 22);
    int cells = is_tall ? rng_range(rng, 1, 2) : rng_range(rng, 1, 4);
    double height = is_tall ? rng_range(rng, 70, 190) : rng_range(rng, 34, 48);
    double x = LEFT, rest = WIDTH;

    for (; cells > 0; cells--) {
        double width = cells == 1 ? rest : rest / cells * rng_real(rng, 0.8, 1.2);

        draw_cell(grid, x, width, height, next);
        x += width;
        rest -= width;
    }
    grid->y += height + (grid->has_frames ? 0 : 4);
}

/* Heads of columns with empty or typed rows below. */
static void draw_columns(struct grid *grid)
{
    struct rng *rng = &grid->doc->rng;
    int columns = rng_range(rng, 2, 4), rows = rng_range(rng, 0, 4);
    double step = (double)WIDTH / columns, top = grid->y;

    for (int c = 0; c < columns; c++) {
        grid->y = top + 14;
        page_paragraph(grid->page, LEFT + 4 + c * step, grid->y, step - 10, &grid->caption,
                       pick(grid, "form.item"));
        for (int r = 0; r < rows; r++) {
            g_autofree char *answer = noise_fill(grid->doc, c % 2 ? "{digits}" : "{date}");

            page_text(grid->page, LEFT + 4 + c * step, grid->y + 28 + r * 15, ALIGN_LEFT,
                      &grid->value, answer);
        }
    }
    grid->y = top;
    frame(grid, LEFT, WIDTH, 48 + rows * 15);
    grid->y += 48 + rows * 15;
}

static void draw_question(struct grid *grid)
{
    g_autofree char *text = caption_text(grid, pick(grid, "form.question"));
    double y = grid->y;
    double end = page_paragraph(grid->page, LEFT + 4, y + 11, WIDTH - 120, &grid->caption, text);

    for (int i = 0; i < 2; i++) {
        double x = LEFT + WIDTH - 100 + 52 * i;

        page_text(grid->page, x - 4, y + 12, ALIGN_RIGHT, &grid->caption,
                  words_at(grid->doc->words, "form.answer", i));
        page_box(grid->page, x, y + 4, 9, 9, 0.8, BLACK);
        if ((int)(grid->doc->seller->seed / 7 % 2) == i)
            page_text(grid->page, x + 1, y + 12, ALIGN_LEFT, &grid->value, "X");
    }
    frame(grid, LEFT, WIDTH, end - y);
    grid->y = end;
}

static void draw_head(struct grid *grid)
{
    struct document *doc = grid->doc;
    struct rng *rng = &doc->rng;
    bool is_centred = doc->seller->seed % 2 == 0;
    double x = is_centred ? LEFT + WIDTH / 2.0 : LEFT;
    enum align align = is_centred ? ALIGN_CENTRE : ALIGN_LEFT;
    const char *office = document_label(doc, "form.office");
    g_autofree char *upper = g_utf8_strup(office, -1);
    g_autofree char *title = g_utf8_strup(document_label(doc, "form.title"), -1);
    g_autofree char *number = g_strdup_printf(document_label(doc, "form.number"),
                                              100 + (int)(doc->seller->seed % 800));

    page_text(grid->page, LEFT + WIDTH, 30, ALIGN_RIGHT, &grid->caption, number);
    page_text(grid->page, x, 40, align, &grid->bold, grid->has_capitals ? upper : office);
    page_text(grid->page, x, 52, align, &grid->caption, doc->buyer->city);
    page_text(grid->page, x, 76, align, &grid->title,
              rng_chance(rng, 60) ? title : document_label(doc, "form.title"));
    page_text(grid->page, LEFT, 94, ALIGN_LEFT, &grid->caption, document_label(doc, "form.notes"));
    grid->y = 106;
    for (int n = rng_range(rng, 1, 3); n > 0; n--)
        grid->y = page_paragraph(grid->page, LEFT, grid->y, WIDTH, &grid->caption,
                                 pick(grid, n % 2 ? "form.notice" : "form.instruction"));
    page_line(grid->page, LEFT, grid->y, LEFT + WIDTH, grid->y, 1, BLACK);
}

/* Date, name and signature side by side, and what the law wants said. */
static void draw_foot(struct grid *grid)
{
    static const char *const keys[] = {"form.date", "form.full_name", "form.signature"};
    struct document *doc = grid->doc;
    struct font hand = {.family = "Z003", .size = 19, .colour = {0.1, 0.1, 0.5}};

    if (rng_chance(&doc->rng, 60))
        grid->y = page_paragraph(grid->page, LEFT + 4, grid->y + 12, WIDTH - 8, &grid->caption,
                                 document_label(doc, "form.certify"));
    for (int i = 0; i < 3; i++) {
        double x = LEFT + i * WIDTH / 3.0;
        g_autofree char *text = caption_text(grid, document_label(doc, keys[i]));
        struct font fitted = fit_font(doc->pen, &grid->caption, text, WIDTH / 3.0 - 8);

        page_text(grid->page, x + 4, grid->y + 10, ALIGN_LEFT, &fitted, text);
        frame(grid, x, WIDTH / 3.0, 38);
    }
    document_show(doc, grid->page, F_SIGNED_DATE, LEFT + 10, grid->y + 30, ALIGN_LEFT,
                  &grid->value);
    page_text(grid->page, LEFT + 8 + WIDTH / 3.0, grid->y + 30, ALIGN_LEFT, &grid->value,
              doc->seller->party.person);
    page_stamp(grid->page, LEFT + 20 + 2 * WIDTH / 3.0, grid->y + 32, -0.06, &hand,
               doc->seller->party.person);
    grid->y += 52;
    for (int n = rng_range(&doc->rng, 0, 2); n > 0; n--)
        grid->y = page_paragraph(grid->page, LEFT, grid->y, WIDTH, &grid->caption,
                                 pick(grid, "form.notice"));
}

void form_draw_grid(struct document *doc)
{
    const struct style *style = &doc->seller->style;
    uint64_t habits = rng_mix(doc->seller->seed, "grid");
    struct grid grid = {.doc = doc,
                        .page = document_add_page(doc, 595, 842),
                        .caption = style_font(style, 0.72, false),
                        .value = style_font(style, 1.0, false),
                        .bold = style_font(style, 1.0, true),
                        .title = style_font(style, 1.25, true),
                        .has_numbers = habits % 10 < 7,
                        .has_capitals = habits / 10 % 10 < 6,
                        .has_frames = habits / 100 % 10 < 7,
                        .has_dots = habits / 1000 % 10 < 4};
    int next = 0;

    if (habits / 10000 % 10 < 6)
        grid.value.family = "Liberation Mono";
    draw_head(&grid);
    for (int end = rng_range(&doc->rng, 420, BOTTOM - 60); grid.y < end;) {
        int what = rng_below(&doc->rng, 10);

        if (what < 7)
            draw_row(&grid, &next);
        else if (what < 9)
            draw_question(&grid);
        else
            draw_columns(&grid);
    }
    draw_foot(&grid);
}
