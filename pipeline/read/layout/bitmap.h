/*
 * One bit a pixel in rows of 64-bit words, the leftmost pixel in the highest bit; and what is
 * connected in it.
 */
#ifndef PIPELINE_READ_LAYOUT_BITMAP_H
#define PIPELINE_READ_LAYOUT_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct bitmap {
    uint64_t *words; /* height rows of stride words; bits beyond the width are 0 */
    int width, height, stride;
};

/* All white, in the arena. */
struct bitmap bitmap_new(struct arena *a, int width, int height);

/* From rows of row_words 32-bit words, the leftmost pixel in the highest bit; what they hold beyond
 * the width is left out. In the arena. */
struct bitmap bitmap_load(struct arena *a, const uint32_t *rows, int row_words, int width,
                          int height);

/* A row for every `rows` rows: what is dark in all of them. In the arena. */
struct bitmap bitmap_common(struct arena *a, const struct bitmap *b, int rows);

static inline uint64_t *bitmap_row(const struct bitmap *b, int y)
{
    return b->words + (size_t)y * (size_t)b->stride;
}

static inline bool bitmap_get(const struct bitmap *b, int x, int y)
{
    return bitmap_row(b, y)[x >> 6] >> (63 - (x & 63)) & 1;
}

/* The bits of word `i` of a row that lie in [x0, x1). */
uint64_t bitmap_span(int i, int x0, int x1);

void bitmap_fill(struct bitmap *b, int y, int x0, int x1, bool is_dark);

/* Pixels of a row that hang together: [x0, x1), part of marks[mark]. */
struct run {
    int x0, x1, mark;
    int next; /* the run of the same mark that follows, further right or down; -1 at the end */
};

/* A connected piece of ink (8 neighbours). */
struct mark {
    int x0, y0, x1, y1; /* right and bottom exclusive */
    int area;           /* dark pixels */
    int first;          /* of its runs, the leftmost of row y0 */
};

enum { RUNS_MAX = 1500000 };

struct marks {
    struct run *runs; /* by rows; those of row y are runs[row[y]] to runs[row[y + 1] - 1] */
    int *row;
    int run_count;
    struct mark *marks;
    int count;
};

/* The connected pieces of a bitmap, in the order of their first pixel, of runs at least `length`
 * long. False, and nothing found, when there are more than RUNS_MAX runs: no page of text has that
 * many. */
bool marks_find(struct arena *a, const struct bitmap *b, int length, struct marks *ret);

/* Takes the pixels of mark i out of the bitmap it was found in. */
void mark_erase(const struct marks *m, int i, struct bitmap *ink);

static inline int mark_width(const struct mark *m)
{
    return m->x1 - m->x0;
}

static inline int mark_height(const struct mark *m)
{
    return m->y1 - m->y0;
}

#endif
