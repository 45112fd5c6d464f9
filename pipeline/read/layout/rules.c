/*
 * Across, a rule is a chain of runs much longer than any letter is wide. Down, it is a chain of
 * dark pixels in slabs of thirty rows, each reduced to what is dark in all of them by one pass of
 * ANDs. A rule that leans is a staircase of such runs; pieces in one line with small gaps are one
 * rule.
 *
 * Taking a rule out goes along its middle line. Where ink continues beyond the rule by more than
 * the roughness of its edge, a stroke of a letter touches it and the column keeps its pixels.
 */
#include "pipeline/read/layout/rules.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

#define RUN_INCHES 0.3f   /* the bar of a T of 36 points is half of that */
#define RULE_INCHES 0.45f /* shorter ones belong to large letters */
#define THICK_INCHES 0.05f
#define GAP_INCHES 0.1f
#define EDGE_SHARE 0.02f  /* of the page's height: a rule nearer to both its ends is a streak */
#define NARROW_SHARE 0.7f /* of a mark's rows */
#define SLANT_MAX 0.06f   /* of the length */
#define FRINGE 2          /* rough pixels at the edges of a rule */
#define FREE_SHARE 0.4f   /* of a rule's length: white on both sides; under print it is half */
#define FREE_STEP 8       /* pixels between looks */
#define BOWL_INCHES 0.05f /* between the two sides of a g that end in the line */
#define BAR_INCHES 0.1f   /* high: the bars of a comb */
#define BAR_NARROW 5.0f   /* heights to widths */
#define BAR_REACH 5       /* pixels between a bar's end and the rule it hangs on */

enum { PIECES_MAX = 2000, SLAB = 30 };

/* A piece of a rule, seen as running across: from (x0, y0) to (x1, y1), middle line. */
struct piece {
    float x0, y0, x1, y1, thick;
};

struct pieces {
    struct piece at[PIECES_MAX];
    int count;
};

/* Which way a mark leans: the middle of its first row is left or right of its own. */
static float lean(const struct marks *m, int i)
{
    const struct mark *mark = &m->marks[i];
    int first = m->runs[mark->first].x0, last = first;

    for (int k = mark->first; k >= 0 && k < m->row[mark->y0 + 1]; k = m->runs[k].next)
        last = m->runs[k].x1;
    return first + last < mark->x0 + mark->x1 ? 1 : -1;
}

/* Does the ink end on both sides of a piece, along enough of it? Long runs within a picture are no
 * rules. */
static bool stands_free(const struct bitmap *ink, const struct piece *p)
{
    int free = 0, all = 0;

    for (float x = p->x0 + 2; x < p->x1; x += FREE_STEP) {
        float y = p->y0 + (p->y1 - p->y0) * (x - p->x0) / (p->x1 - p->x0);
        int above = (int)(y - p->thick / 2) - FRINGE - 1;
        int below = (int)(y + p->thick / 2) + FRINGE + 1;

        all++;
        free += (above < 0 || !bitmap_get(ink, (int)x, above)) &&
                (below >= ink->height || !bitmap_get(ink, (int)x, below));
    }
    return (float)free >= FREE_SHARE * (float)all;
}

static void add_across(const struct bitmap *ink, const struct marks *m, int thick_max,
                       struct pieces *ret)
{
    for (int i = 0; i < m->count && ret->count < PIECES_MAX; i++) {
        const struct mark *mark = &m->marks[i];
        float w = (float)mark_width(mark), h = (float)mark_height(mark);
        float thick = (float)mark->area / w, rise = (h - thick) / 2 * lean(m, i);
        float middle = (float)(mark->y0 + mark->y1) / 2;

        if (thick > (float)thick_max || h > thick + SLANT_MAX * w + 4)
            continue;
        ret->at[ret->count] = (struct piece){(float)mark->x0, middle - rise, (float)mark->x1,
                                             middle + rise, thick};
        ret->count += stands_free(ink, &ret->at[ret->count]);
    }
}

/* From row `y` on by `step`, as far as the ink near `x` goes on being dark; at most a slab. */
static int dark_end(const struct bitmap *ink, int x, int y, int step)
{
    for (int k = 0; k < SLAB && y + step >= 0 && y + step < ink->height; k++, y += step)
        if (!bitmap_get(ink, x, y + step) && (x < 1 || !bitmap_get(ink, x - 1, y + step)))
            break;
    return y;
}

/* A mark of slabs seen as a rule down: its narrow rows. Where it runs through a dark band or grazes
 * a box, the row is wide and tells nothing. */
struct narrow {
    int first, last;     /* rows of slabs */
    float x0, x1, thick; /* the middle of the first and of the last, and the mean width */
    int count;
};

static struct narrow narrow_of(const struct marks *m, const struct mark *mark, int thick_max)
{
    struct narrow n = {0};
    int y = mark->y0;

    for (int k = mark->first; k >= 0; k = m->runs[k].next) {
        const struct run *run = &m->runs[k];

        while (k >= m->row[y + 1])
            y++;
        if (run->x1 - run->x0 > thick_max)
            continue;
        n.x1 = (float)(run->x0 + run->x1) / 2;
        n.last = y;
        n.thick += (float)(run->x1 - run->x0);
        if (n.count++)
            continue;
        n.first = y;
        n.x0 = n.x1;
    }
    n.thick /= (float)(n.count ? n.count : 1);
    return n;
}

/* The same with the axes exchanged; the marks are of slabs. */
static void add_down(const struct bitmap *ink, const struct marks *m, int thick_max,
                     struct pieces *ret)
{
    for (int i = 0; i < m->count && ret->count < PIECES_MAX; i++) {
        int slabs = mark_height(&m->marks[i]), top, bottom;
        struct narrow n = narrow_of(m, &m->marks[i], thick_max);

        if (n.count < 2 || (float)n.count < NARROW_SHARE * (float)slabs || n.count > slabs ||
            fabsf(n.x1 - n.x0) > SLANT_MAX * (float)(slabs * SLAB) + 4)
            continue;
        top = dark_end(ink, (int)n.x0, n.first * SLAB, -1);
        bottom = dark_end(ink, (int)n.x1, (n.last + 1) * SLAB - 1, 1) + 1;
        ret->at[ret->count++] = (struct piece){(float)top, n.x0, (float)bottom, n.x1, n.thick};
    }
}

static int by_start(const void *one, const void *other)
{
    const struct piece *a = one, *b = other;

    return a->x0 < b->x0 ? -1 : a->x0 > b->x0;
}

/* Could `next` continue `piece`? */
static bool continues(const struct piece *piece, const struct piece *next, float gap)
{
    return next->x0 - piece->x1 <= gap && next->x1 > piece->x1 &&
           fabsf(next->y0 - piece->y1) <= piece->thick / 2 + next->thick / 2 + 2;
}

/* Pieces in one line become one; what is shorter than a rule goes. */
static void join_pieces(struct pieces *p, float gap, float length)
{
    int kept = 0;

    qsort(p->at, (size_t)p->count, sizeof *p->at, by_start);
    for (int i = 0; i < p->count; i++) {
        for (int j = i + 1; j < p->count && p->at[j].x0 - p->at[i].x1 <= gap; j++)
            if (p->at[j].thick > 0 && p->at[i].thick > 0 && continues(&p->at[i], &p->at[j], gap)) {
                p->at[i].x1 = p->at[j].x1;
                p->at[i].y1 = p->at[j].y1;
                p->at[i].thick = fmaxf(p->at[i].thick, p->at[j].thick);
                p->at[j].thick = -1;
            }
        if (p->at[i].thick > 0 && p->at[i].x1 - p->at[i].x0 >= length)
            p->at[kept++] = p->at[i];
    }
    p->count = kept;
}

/* The row with ink in column `x` nearest to `y`, at most `reach` away; -1 when there is none. */
static int ink_near(const struct bitmap *ink, int x, int y, int reach)
{
    for (int d = 0; d <= reach; d++)
        for (int side = -1; side <= 1; side += 2)
            if (y + side * d >= 0 && y + side * d < ink->height && bitmap_get(ink, x, y + side * d))
                return y + side * d;
    return -1;
}

/* The end of a rule at (*x, *y), seen outwards by `step`: where it leans it goes on in runs shorter
 * than those it is known by. */
static void follow(const struct bitmap *ink, float thick, int step, int most, float *x, float *y)
{
    int reach = (int)ceilf(thick / 2), at = (int)*x - (step < 0), row = (int)*y, white = 0;

    for (int i = 0; i < most && white <= FRINGE && at >= 0 && at < ink->width; i++, at += step) {
        int found = ink_near(ink, at, row, reach);

        white = found < 0 ? white + 1 : 0;
        if (found < 0)
            continue;
        row += (found > row) - (found < row);
        *x = (float)(at + (step > 0));
        *y = (float)row;
    }
}

/* Is row `y` dark, in word `i`, over the `depth` rows that begin there going by `step`? */
static uint64_t dark_beyond(const struct bitmap *ink, int i, int y, int depth, int step)
{
    uint64_t dark = ~(uint64_t)0;

    for (int k = 0; k < depth && dark; k++, y += step)
        dark &= y >= 0 && y < ink->height ? bitmap_row(ink, y)[i] : 0;
    return dark;
}

/* The rows of a rule across at word i, its fringe included: top to bottom - 1. */
struct slice {
    int top, bottom;
};

static struct slice slice_at(const struct piece *p, int i)
{
    float x = fminf(fmaxf((float)(64 * i + 32), p->x0), p->x1);
    float y = p->y0 + (p->y1 - p->y0) * (x - p->x0) / (p->x1 - p->x0);

    return (struct slice){(int)floorf(y - p->thick / 2) - FRINGE,
                          (int)ceilf(y + p->thick / 2) + FRINGE};
}

/* Between two strokes this near to each other lies the end of a g's tail. */
static void close_bowls(struct bitmap *keep, int x0, int x1, int bowl)
{
    for (int x = x0, last = -1; x < x1; x++) {
        if (!bitmap_get(keep, x, 0))
            continue;
        if (last >= 0 && x - last > 1 && x - last <= bowl)
            bitmap_fill(keep, 0, last, x, true);
        last = x;
    }
}

/* `keep` is a row of scratch: the columns where a stroke goes on beyond the rule. */
static void erase_across(struct bitmap *ink, const struct piece *p, int bowl, struct bitmap *keep)
{
    int x0 = (int)p->x0 - FRINGE < 0 ? 0 : (int)p->x0 - FRINGE;
    int x1 = (int)p->x1 + FRINGE > ink->width ? ink->width : (int)p->x1 + FRINGE;
    int depth = FRINGE + 1;

    for (int i = x0 >> 6; i <= (x1 - 1) >> 6; i++) {
        struct slice s = slice_at(p, i);

        keep->words[i] = dark_beyond(ink, i, s.top + FRINGE - 1, depth, -1) |
                         dark_beyond(ink, i, s.bottom - FRINGE, depth, 1);
    }
    close_bowls(keep, x0, x1, bowl);
    for (int i = x0 >> 6; i <= (x1 - 1) >> 6; i++) {
        struct slice s = slice_at(p, i);
        uint64_t gone = bitmap_span(i, x0, x1) & ~keep->words[i];

        for (int row = s.top < 0 ? 0 : s.top; row < s.bottom && row < ink->height; row++)
            bitmap_row(ink, row)[i] &= ~gone;
    }
}

/* Is a pixel dark, and the `depth` ones that go on from it by `step`? */
static bool dark_aside(const struct bitmap *ink, int x, int y, int depth, int step)
{
    for (int k = 0; k < depth; k++, x += step)
        if (x < 0 || x >= ink->width || !bitmap_get(ink, x, y))
            return false;
    return true;
}

static void erase_down(struct bitmap *ink, const struct piece *p)
{
    int depth = (int)(p->thick / 2) + 2 + FRINGE;
    int y0 = (int)p->x0 - FRINGE, y1 = (int)p->x1 + FRINGE;

    for (int y = y0 < 0 ? 0 : y0; y < y1 && y < ink->height; y++) {
        float along = fminf(fmaxf(((float)y - p->x0) / (p->x1 - p->x0), 0), 1);
        float x = p->y0 + (p->y1 - p->y0) * along;
        int left = (int)floorf(x - p->thick / 2) - FRINGE;
        int right = (int)ceilf(x + p->thick / 2) + FRINGE;

        if (dark_aside(ink, left + FRINGE - 1, y, depth, -1) ||
            dark_aside(ink, right - FRINGE, y, depth, 1))
            continue;
        left = left < 0 ? 0 : left;
        right = right > ink->width ? ink->width : right;
        if (left < right)
            bitmap_fill(ink, y, left, right, false);
    }
}

static struct layout_rule rule_of(const struct piece *p, bool is_vertical)
{
    int low = (int)floorf(fminf(p->y0, p->y1) - p->thick / 2);
    int high = (int)ceilf(fmaxf(p->y0, p->y1) + p->thick / 2);
    int from = (int)p->x0, to = (int)p->x1;

    return (struct layout_rule){is_vertical ? (struct layout_box){low, from, high, to}
                                            : (struct layout_box){from, low, to, high},
                                is_vertical};
}

/* From edge to edge of the sheet: drawn by dirt in the scanner, and parts nothing. */
static bool is_streak(const struct piece *p, int height)
{
    float margin = EDGE_SHARE * (float)height;

    return p->x0 < margin && p->x1 > (float)height - margin;
}

static int by_place(const void *one, const void *other)
{
    const struct layout_rule *a = one, *b = other;

    return a->is_vertical ? a->box.x0 - b->box.x0 : a->box.y0 - b->box.y0;
}

struct rules rules_take(struct arena *a, struct bitmap *ink, float dpi)
{
    int length = (int)(RUN_INCHES * dpi), thick = (int)ceilf(THICK_INCHES * dpi);
    struct bitmap slabs = bitmap_common(a, ink, SLAB), keep = bitmap_new(a, ink->width, 1);
    struct pieces *h = arena_alloc(a, sizeof *h), *v = arena_alloc(a, sizeof *v);
    struct rules rules;
    struct marks m;

    if (marks_find(a, ink, length, &m))
        add_across(ink, &m, thick, h);
    if (marks_find(a, &slabs, 1, &m))
        add_down(ink, &m, thick, v);
    join_pieces(h, GAP_INCHES * dpi, RULE_INCHES * dpi);
    join_pieces(v, GAP_INCHES * dpi, RULE_INCHES * dpi);
    for (int i = 0; i < h->count; i++) {
        struct piece *p = &h->at[i];

        follow(ink, p->thick, -1, length, &p->x0, &p->y0);
        follow(ink, p->thick, 1, length, &p->x1, &p->y1);
    }
    rules.across = rules.count = (size_t)h->count;
    rules.at = arena_alloc_array(a, (size_t)(h->count + v->count) + 1, sizeof *rules.at);
    for (int i = 0; i < h->count; i++) {
        erase_across(ink, &h->at[i], (int)(BOWL_INCHES * dpi), &keep);
        rules.at[i] = rule_of(&h->at[i], false);
    }
    for (int i = 0; i < v->count; i++) {
        erase_down(ink, &v->at[i]);
        if (!is_streak(&v->at[i], ink->height))
            rules.at[rules.count++] = rule_of(&v->at[i], true);
    }
    qsort(rules.at, rules.across, sizeof *rules.at, by_place);
    qsort(rules.at + rules.across, rules.count - rules.across, sizeof *rules.at, by_place);
    return rules;
}

bool rules_part(const struct rules *rules, int x0, int x1, int y0, int y1)
{
    size_t low = rules->across, high = rules->count; /* the first that begins right of x0 */

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (rules->at[middle].box.x0 < x0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < rules->count && rules->at[low].box.x0 < x1; low++) {
        const struct layout_box *box = &rules->at[low].box;
        int top = box->y0 > y0 ? box->y0 : y0, bottom = box->y1 < y1 ? box->y1 : y1;

        if (box->x1 <= x1 && 2 * (bottom - top) > y1 - y0)
            return true;
    }
    return false;
}

/* Does a rule across pass within BAR_REACH of a point? */
static bool passes(const struct rules *rules, int x, int y)
{
    for (size_t i = 0; i < rules->across; i++) {
        const struct layout_box *b = &rules->at[i].box;

        if (b->y0 - BAR_REACH <= y && y <= b->y1 + BAR_REACH && b->x0 - BAR_REACH <= x &&
            x <= b->x1 + BAR_REACH)
            return true;
    }
    return false;
}

void rules_take_bars(const struct rules *rules, struct bitmap *ink, struct marks *m, float dpi)
{
    for (int i = 0; i < m->count && rules->across > 0; i++) {
        struct mark *mark = &m->marks[i];
        float high = (float)mark_height(mark);

        if (high < BAR_INCHES * dpi || high < BAR_NARROW * (float)mark_width(mark) ||
            !passes(rules, mark->x0, mark->y0) || !passes(rules, mark->x0, mark->y1))
            continue;
        mark_erase(m, i, ink);
        mark->area = 0;
    }
}
