/*
 * Rows first: lines whose baselines agree. A page is read row by row, which is right for tables and
 * for labels with their values. Only where a gutter runs between two columns of running text, each
 * of several lines that fill their column, is the left one read before the right one; what stands
 * above, below and within such columns is looked at in the same way again.
 */
#include "pipeline/read/layout/order.h"

#include "base/arena.h"
#include "base/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME_ROW 0.6f      /* of the x-height, between baselines */
#define ROW_TOP 1.5f       /* x-heights from the baseline to the top of capitals */
#define BLOCK_GAP 2.2f     /* x-heights of white between rows: a line left out */
#define COLUMN_WIDTH 16.0f /* x-heights: the middle line of running text has three words */
#define COLUMN_FILL 0.6f   /* of the column's width */
#define GUTTER_WIDTH 1.2f  /* x-heights */

enum { COLUMN_LINES = 4, COLUMNED_MAX = 1500, DEPTH_MAX = 16 };

struct item {
    struct layout_line line;
    float level; /* of the baseline, as if the page were straight */
};

struct order {
    struct item *items, *spare; /* as many of one as of the other */
    struct layout_line *lines;  /* where the sorted ones go */
    size_t done;
    int rows, blocks;
};

/* White from top to bottom of items[from] to items[to - 1]. */
struct gutter {
    float x0, x1;
    size_t from, to;
};

static int by_level(const void *one, const void *other)
{
    const struct item *a = one, *b = other;

    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    return (a->line.box.x0 > b->line.box.x0) - (a->line.box.x0 < b->line.box.x0);
}

static int by_x(const void *one, const void *other)
{
    const struct item *a = one, *b = other;

    return (a->line.box.x0 > b->line.box.x0) - (a->line.box.x0 < b->line.box.x0);
}

static void emit(struct order *o, const struct item *item, bool is_cell)
{
    struct layout_line *line = &o->lines[o->done++];

    *line = item->line;
    line->row = o->rows;
    line->block = o->blocks;
    line->is_cell = is_cell;
}

/* Rows from the top, each from the left; a wide white band begins a new block. */
static void order_rows(struct order *o, size_t from, size_t to)
{
    while (from < to) {
        float level = o->items[from].level, x_height = o->items[from].line.x_height;
        size_t end = from + 1;

        while (end < to && o->items[end].level - level <=
                               SAME_ROW * fmaxf(x_height, o->items[end].line.x_height))
            end++;
        qsort(o->items + from, end - from, sizeof *o->items, by_x);
        for (size_t i = from; i < end; i++)
            emit(o, &o->items[i], end - from > 1);
        o->rows++;
        if (end < to && o->items[end].level - level >
                            (ROW_TOP + BLOCK_GAP) * fmaxf(x_height, o->items[end].line.x_height))
            o->blocks++;
        from = end;
    }
    o->blocks++;
}

/* Boxes are padded: a crossing goes through both edges of the gutter, or stands in it. */
static bool crosses(const struct item *item, const struct gutter *g)
{
    return (float)item->line.box.x0 < g->x1 && (float)item->line.box.x1 > g->x0;
}

/* Is what stands on one side of the gutter running text? */
static bool is_column(const struct order *o, const struct gutter *g, bool is_right)
{
    float widths[COLUMNED_MAX], left = 1e9f, right = 0, middle, x_height = 0;
    int count = 0;

    for (size_t i = g->from; i < g->to; i++) {
        const struct layout_line *l = &o->items[i].line;

        if (((float)l->box.x0 >= g->x1) != is_right)
            continue;
        left = fminf(left, (float)l->box.x0);
        right = fmaxf(right, (float)l->box.x1);
        x_height += l->x_height;
        widths[count++] = (float)(l->box.x1 - l->box.x0);
    }
    if (count < COLUMN_LINES)
        return false;
    qsort(widths, (size_t)count, sizeof *widths, compare_floats);
    middle = widths[count / 2];
    return middle >= COLUMN_WIDTH * x_height / (float)count &&
           middle >= COLUMN_FILL * (right - left);
}

/* The gutter left of items[at], as far up and down as it stays white. */
static struct gutter gutter_at(const struct order *o, size_t from, size_t to, size_t at)
{
    const struct layout_line *l = &o->items[at].line;
    float x1 = (float)l->box.x0;
    struct gutter g = {x1 - GUTTER_WIDTH * l->x_height, x1, at, at + 1};

    while (g.from > from && !crosses(&o->items[g.from - 1], &g))
        g.from--;
    while (g.to < to && !crosses(&o->items[g.to], &g))
        g.to++;
    return g;
}

/* The gutter with the most lines of running text beside it. */
static bool find_gutter(const struct order *o, size_t from, size_t to, struct gutter *ret)
{
    bool is_found = false;

    if (to - from > COLUMNED_MAX)
        return false;
    for (size_t i = from; i < to; i++) {
        struct gutter g = gutter_at(o, from, to, i);

        if ((is_found && g.to - g.from <= ret->to - ret->from) || !is_column(o, &g, false) ||
            !is_column(o, &g, true))
            continue;
        *ret = g;
        is_found = true;
    }
    return is_found;
}

/* Moves what stands left of the gutter in front; returns where the right side begins. */
static size_t part(struct order *o, const struct gutter *g)
{
    size_t left = g->from, right = 0;

    for (size_t i = g->from; i < g->to; i++)
        if ((float)o->items[i].line.box.x0 < g->x1 - 0.5f)
            o->items[left++] = o->items[i];
        else
            o->spare[right++] = o->items[i];
    memcpy(o->items + left, o->spare, right * sizeof *o->items);
    return left;
}

static void order_region(struct order *o, size_t from, size_t to, int depth)
{
    struct gutter g;
    size_t middle;

    if (from >= to)
        return;
    if (depth == DEPTH_MAX || !find_gutter(o, from, to, &g)) {
        order_rows(o, from, to);
        return;
    }
    order_region(o, from, g.from, depth + 1);
    middle = part(o, &g);
    order_region(o, g.from, middle, depth + 1);
    order_region(o, middle, g.to, depth + 1);
    order_region(o, g.to, to, depth + 1);
}

void order_lines(struct arena *a, struct layout_line *lines, size_t count, float slope)
{
    struct order o = {.lines = lines};
    size_t upright = 0, turned = count;

    o.items = arena_alloc_array(a, count + 1, sizeof *o.items);
    o.spare = arena_alloc_array(a, count + 1, sizeof *o.spare);
    for (size_t i = 0; i < count; i++) {
        float middle = (float)(lines[i].box.x0 + lines[i].box.x1) / 2;
        size_t at = lines[i].turn == LAYOUT_UPRIGHT ? upright++ : --turned;

        o.items[at] = (struct item){lines[i], lines[i].baseline - slope * middle};
    }
    qsort(o.items, upright, sizeof *o.items, by_level);
    order_region(&o, 0, upright, 0);
    for (; turned < count; turned++) {
        emit(&o, &o.items[turned], false);
        o.rows++;
        o.blocks++;
    }
}
