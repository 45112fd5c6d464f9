/*
 * Rules out, dark blocks turned, marks chained to lines; lines that read up or down are chained of
 * what is left over, with the axes exchanged. Nothing here fails: a page that is not text is
 * refused with a reason.
 */
#include "pipeline/read/layout/layout.h"

#include "base/arena.h"
#include "pipeline/read/layout/blocks.h"
#include "pipeline/read/layout/edges.h"
#include "pipeline/read/layout/gone.h"
#include "pipeline/read/layout/order.h"
#include "pipeline/read/layout/turned.h"

#include <math.h>
#include <string.h>

#define FEW 3     /* letters that a line of text may be doubted at */
#define FLAT 2.5f /* widths to heights of letters that are none */
#define PADDING 4 /* pixels around a line, as Tesseract has it; above and below, at least */
#define PADDING_HIGH 0.33f /* x-heights: the models read larger print better with more white */
#define MARKS_MAX 30000    /* a dense page of 6 points has 9,000 */
#define SPECK_SHARE 8      /* specks for each letter */
#define SPECKS_MIN 4000
#define SHORT_LINE 2 /* letters a line: blots of the size of letters, not words */
#define SHORT_LINES_MIN 600
#define DARK_SHARE 0.35f   /* of the page, turned */
#define PICTURE_SHARE 0.3f /* of the page */

enum { JOIN_ROUNDS = 2 }; /* joined pieces tell the line's height better */

/* A lone mark that hangs on a rule is the rest of its corner. */
static bool hangs_on_rule(const struct layout_page *page, const struct layout *layout,
                          const struct layout_box *b)
{
    for (int y = b->y0 - 2; y < b->y1 + 2; y++)
        for (int x = b->x0 - 2; x < b->x1 + 2; x++)
            if (is_gone(page, layout, x, y))
                return true;
    return false;
}

/* Does a short strand hold what can be letters? Pieces of a broken rule are flat, and what touches
 * the edge of the page is the edge of the paper. */
static bool is_text(const struct layout_page *page, const struct layout *layout,
                    const struct strands *s, const struct strand *strand)
{
    const struct layout_box *b = &strand->box;
    int flat = 0;

    if (strand->count > FEW)
        return true;
    if (b->x0 == 0 || b->y0 == 0 || b->x1 == page->width || b->y1 == page->height)
        return false;
    for (int i = strand->first; i >= 0; i = s->letters[i].next) {
        const struct layout_box *letter = &s->letters[i].box;

        flat += (float)(letter->x1 - letter->x0) > FLAT * (float)(letter->y1 - letter->y0);
    }
    return 2 * flat <= strand->count && (strand->count > 1 || !hangs_on_rule(page, layout, b));
}

static int clamp(float value, int low, int high)
{
    return value < (float)low ? low : value > (float)high ? high : (int)value;
}

struct layout_line line_of(const struct strand *s, int width, int height)
{
    float middle = (float)(s->box.x0 + s->box.x1) / 2, base = s->baseline + s->slope * middle;
    float padding = fmaxf(PADDING, PADDING_HIGH * s->x_height);
    struct layout_line line = {.slope = s->slope, .x_height = s->x_height, .baseline = base};

    line.box.x0 = clamp((float)(s->box.x0 - PADDING), 0, width - 1);
    line.box.x1 = clamp((float)(s->box.x1 + PADDING), line.box.x0 + 1, width);
    line.box.y0 = clamp(floorf(base - s->up - padding), 0, height - 1);
    line.box.y1 = clamp(ceilf(base + s->down + padding), line.box.y0 + 1, height);
    return line;
}

static void find_upright(struct arena *a, struct strands *s, const struct rules *rules,
                         struct layout *ret, float *ret_slope)
{
    strands_chain(a, s, rules);
    strands_attach(a, s);
    *ret_slope = strands_measure(a, s);
    for (int i = 0; i < JOIN_ROUNDS && strands_join(a, s, rules); i++)
        *ret_slope = strands_measure(a, s);
    dashes_drop(s);
    ret->skew_deg = atanf(*ret_slope) * 57.29578f;
}

/* The width of a strand's letters to their height, taken together; small marks do not count. */
static float width_of(const struct strands *s, const struct strand *strand)
{
    int wide = 0, high = 0;

    for (int i = strand->first; i >= 0; i = s->letters[i].next) {
        wide += s->letters[i].box.x1 - s->letters[i].box.x0;
        high += s->letters[i].box.y1 - s->letters[i].box.y0;
    }
    return high > 0 ? (float)wide / (float)high : 1;
}

static void add_upright(const struct layout_page *page, const struct strands *s, struct layout *ret)
{
    for (int i = 0; i < s->count; i++) {
        const struct strand *strand = &s->at[i];
        struct layout_line *line = &ret->lines[ret->line_count];

        if (strand->count == 0 || !is_text(page, ret, s, strand))
            continue;
        *line = line_of(strand, ret->text.width, ret->text.height);
        line->width = width_of(s, strand);
        line->is_inverted = ret->turned.words &&
                            bitmap_get(&ret->turned, (strand->box.x0 + strand->box.x1) / 2,
                                       (strand->box.y0 + strand->box.y1) / 2);
        ret->line_count++;
    }
}

static int letters_of(const struct strands *s)
{
    int letters = 0;

    for (int i = 0; i < s->letter_count; i++)
        letters += !s->letters[i].is_small;
    return letters;
}

static const char *verdict(const struct marks *m, const struct strands *s,
                           const struct large *large, const struct layout_page *page)
{
    float all = (float)page->width * (float)page->height;
    int letters = letters_of(s);

    if ((float)large->turned_area > DARK_SHARE * all)
        return "dark";
    if ((float)large->picture_area > PICTURE_SHARE * all)
        return "picture";
    if (m->count > SPECKS_MIN && m->count - letters > SPECK_SHARE * letters)
        return "specks";
    return NULL;
}

void layout_find(struct arena *a, const struct layout_page *page, struct layout *ret)
{
    struct pictures pictures = pictures_new(a, page->width, page->height, page->dpi);
    struct rules rules;
    struct large large;
    struct strands s = {0};
    struct marks m;
    float slope;

    memset(ret, 0, sizeof *ret);
    ret->text = bitmap_load(a, page->ink, page->ink_words, page->width, page->height);
    edges_take(a, &ret->text, page->dpi);
    rules = rules_take(a, &ret->text, page->dpi);
    ret->rules = rules.at;
    ret->rule_count = rules.count;
    ret->refusal = "many_marks";
    if (!marks_find(a, &ret->text, 1, &m))
        return;
    large = blocks_turn(a, &m, page->dpi, &ret->text, &ret->turned, &pictures);
    if (large.has_changed && !marks_find(a, &ret->text, 1, &m))
        return;
    if (m.count > MARKS_MAX)
        return;
    rules_take_bars(&rules, &ret->text, &m, page->dpi);
    frames_take(&m, page->dpi, &ret->text);
    strands_take(a, &m, page->dpi, &s);
    ret->refusal = verdict(&m, &s, &large, page);
    find_upright(a, &s, &rules, ret, &slope);
    ret->lines = arena_alloc_array(a, (size_t)s.count + 1, sizeof *ret->lines);
    ret->line_count = turned_find(a, &s, page->width, page->height, ret->lines);
    add_upright(page, &s, ret);
    pictures_add_screens(a, &pictures, &m);
    pictures_square(a, &pictures);
    for (size_t i = 0; i < ret->line_count; i++)
        ret->lines[i].is_pictured = pictures_hold(&pictures, &ret->lines[i].box);
    if (!ret->refusal && ret->line_count > SHORT_LINES_MIN &&
        letters_of(&s) < SHORT_LINE * (int)ret->line_count)
        ret->refusal = "specks";
    order_lines(a, ret->lines, ret->line_count, slope);
    if (page->grey)
        ret->gone = gone_around(a, page, ret);
}
