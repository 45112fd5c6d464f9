/*
 * Grey to black and white, tile by tile: each tile's paper and darkest grey come from a histogram
 * of every fourth pixel of every fourth row, its threshold lies between them and is smoothed with
 * its neighbours', so that faint print is ink where it stands on clean paper. A tile without
 * contrast, and one that is dark all over, take a threshold from the page's paper. A grainy page is
 * smoothed before, or its grain would be the contrast of every empty tile. Sixteen pixels are
 * worked on at a time in one register.
 */
#include "pipeline/read/layout/layout.h"

#include "base/arena.h"
#include "base/wide.h"
#include "pipeline/read/layout/darker.h"

#include <stdlib.h>
#include <string.h>

#define PAPER_RANK 0.8f /* of a tile's pixels are darker than its paper, or as light */
#define DARK_RANK 0.02f
#define BETWEEN 0.6f /* of the way from dark to paper */
#define CONTRAST_MIN 40
#define CONTRAST_SHARE 0.25f /* of the middle tile's that has any: the back of the paper has less */
#define GRAINY_SHARE 0.35f   /* the same where grain adds to it */
#define EMPTY_SHARE 0.6f     /* of the page's paper: the threshold where nothing is printed */
#define DARK_PAPER 0.6f      /* of the page's paper: a tile darker than this is a dark block */

enum {
    TILE = 64,
    STEP = 4,
    BINS = 64,
    GRAIN_STEP = 16,
    GRAIN_MIN = 11 /* between neighbours: good scans have 0 to 8, bad ones 13 and more */
};

/* The page, and what its rows are looked at through. */
struct grey {
    const struct layout_page *page;
    int words; /* a row */
    bool is_grainy;
    uint32_t *sums, *smooth; /* room for a row when it is; sums has a word to spare at both ends */
};

struct tiles {
    unsigned char *paper, *dark;
    unsigned char *threshold; /* 0 where a tile's own greys do not tell */
    int columns, rows;
    int empty; /* the threshold where nothing is printed */
};

/* The grey that `share` of the pixels are not lighter than. */
static unsigned char rank(const int *histogram, int total, float share)
{
    int sum = 0, i = 0;

    while (i < BINS - 1 && (float)(sum + histogram[i]) < share * (float)total)
        sum += histogram[i++];
    return (unsigned char)(i * (256 / BINS) + 256 / BINS / 2);
}

/* What three of four neighbours differ by, or less: half of them may be white. */
static int grain_of(const struct layout_page *page)
{
    int seen[256] = {0}, total = 0, below = 0, grain = 0;

    for (int y = 0; y < page->height; y += GRAIN_STEP)
        for (int x = 0; x + 1 < page->width; x += GRAIN_STEP, total++) {
            uint32_t word = page->grey[(size_t)y * (size_t)page->grey_words + (size_t)x / 4];

            seen[abs((int)(word >> 24) - (int)(word >> 16 & 255))]++;
        }
    while (grain < 255 && 4 * (below += seen[grain]) < 3 * total)
        grain++;
    return grain;
}

/* Of four pixels each. */
static inline uint32_t mean(uint32_t a, uint32_t b)
{
    return (a & b) + (((a ^ b) & 0xfefefefe) >> 1);
}

/* A row that weighs a half, and the rows beside it a quarter each. */
WIDE static void smooth_down(const uint32_t *above, const uint32_t *row, const uint32_t *below,
                             int words, uint32_t *to)
{
    for (int i = 0; i < words; i++)
        to[i] = mean(mean(above[i], below[i]), row[i]);
}

/* The same along the row, which has a word to spare at both ends. */
WIDE static void smooth_across(const uint32_t *row, int words, uint32_t *to)
{
    for (int i = 0; i < words; i++) {
        uint32_t left = row[i] >> 8 | row[i - 1] << 24, right = row[i] << 8 | row[i + 1] >> 24;

        to[i] = mean(mean(left, right), row[i]);
    }
}

/* A row as it is, or each pixel averaged with its eight neighbours; until the next is asked for. */
static const uint32_t *row_of(const struct grey *g, int y)
{
    const uint32_t *at = g->page->grey + (size_t)y * (size_t)g->words;
    const uint32_t *above = y ? at - g->words : at;
    const uint32_t *below = y + 1 < g->page->height ? at + g->words : at;

    if (!g->is_grainy)
        return at;
    smooth_down(above, at, below, g->words, g->sums);
    g->sums[-1] = g->sums[0] >> 24;
    g->sums[g->words] = g->sums[g->words - 1] << 24;
    smooth_across(g->sums, g->words, g->smooth);
    return g->smooth;
}

/* Paper and dark of a row of tiles; `histograms` has BINS for each and is zero again after. */
static void measure_tiles(const struct grey *g, int row, int *histograms, struct tiles *t)
{
    int bottom = (row + 1) * TILE < g->page->height ? (row + 1) * TILE : g->page->height;
    int lines = (bottom - row * TILE + STEP - 1) / STEP;

    for (int y = row * TILE; y < bottom; y += STEP) {
        const uint32_t *grey = row_of(g, y);

        for (int i = 0; i < TILE / STEP; i++) /* tile after tile: one bin is not waited for */
            for (int x = STEP * i, k = 0; x < g->page->width; x += TILE, k += BINS)
                histograms[k + (int)(grey[x / STEP] >> 24) * BINS / 256]++;
    }
    for (int i = 0; i < t->columns; i++) {
        int right = (i + 1) * TILE < g->page->width ? (i + 1) * TILE : g->page->width;
        int total = (right - i * TILE + STEP - 1) / STEP * lines, at = row * t->columns + i;

        t->paper[at] = rank(histograms + i * BINS, total, PAPER_RANK);
        t->dark[at] = rank(histograms + i * BINS, total, DARK_RANK);
    }
    memset(histograms, 0, (size_t)t->columns * BINS * sizeof *histograms);
}

/* The grey most tiles have for paper. */
static int page_paper(const struct tiles *t)
{
    int histogram[BINS] = {0}, count = t->columns * t->rows;

    for (int i = 0; i < count; i++)
        histogram[t->paper[i] * BINS / 256]++;
    return rank(histogram, count, PAPER_RANK);
}

/* What paper and dark of a tile must differ by to be print. */
static int contrast_of(const struct tiles *t, float share)
{
    int seen[256] = {0}, total = 0, below = 0, middle = CONTRAST_MIN;

    for (int i = 0; i < t->columns * t->rows; i++)
        if (t->paper[i] - t->dark[i] >= CONTRAST_MIN) {
            seen[t->paper[i] - t->dark[i]]++;
            total++;
        }
    while (middle < 255 && 2 * (below += seen[middle]) < total)
        middle++;
    middle = (int)(share * (float)middle);
    return middle > CONTRAST_MIN ? middle : CONTRAST_MIN;
}

static struct tiles find_thresholds(struct arena *a, const struct grey *g)
{
    struct tiles t = {.columns = (g->page->width + TILE - 1) / TILE,
                      .rows = (g->page->height + TILE - 1) / TILE};
    size_t count = (size_t)t.columns * (size_t)t.rows;
    int *histograms = arena_alloc_array(a, (size_t)t.columns, BINS * sizeof *histograms);
    int paper, contrast;

    t.paper = arena_alloc(a, count);
    t.dark = arena_alloc(a, count);
    t.threshold = arena_alloc(a, count);
    for (int row = 0; row < t.rows; row++)
        measure_tiles(g, row, histograms, &t);
    paper = page_paper(&t);
    contrast = contrast_of(&t, g->is_grainy ? GRAINY_SHARE : CONTRAST_SHARE);
    t.empty = (int)(EMPTY_SHARE * (float)paper);
    for (size_t i = 0; i < count; i++)
        if ((float)t.paper[i] >= DARK_PAPER * (float)paper && t.paper[i] - t.dark[i] >= contrast)
            t.threshold[i] = (unsigned char)(t.dark[i] +
                                             (int)(BETWEEN * (float)(t.paper[i] - t.dark[i])));
    return t;
}

/* The mean of a tile's threshold and its neighbours', those that have one. */
static unsigned char smooth_threshold(const struct tiles *t, int column, int row)
{
    int sum = 0, count = 0;

    for (int y = row - 1; y <= row + 1; y++)
        for (int x = column - 1; x <= column + 1; x++)
            if (x >= 0 && y >= 0 && x < t->columns && y < t->rows) {
                int threshold = t->threshold[y * t->columns + x];

                sum += threshold;
                count += threshold > 0;
            }
    return (unsigned char)(count ? sum / count : t->empty);
}

void layout_ink(struct arena *a, struct layout_page *page)
{
    struct grey g = {.page = page, .words = page->grey_words};
    int words = (page->width + 31) / 32, grey_words = (page->width + 3) / 4;
    uint32_t *ink = arena_alloc_array(a, (size_t)words * (size_t)page->height, sizeof *ink);
    unsigned char *than;
    struct tiles t;

    g.is_grainy = g.words >= 4 && grain_of(page) >= GRAIN_MIN;
    g.sums = (uint32_t *)arena_alloc_array(a, (size_t)g.words + 2, sizeof *g.sums) + 1;
    g.smooth = arena_alloc_array(a, (size_t)g.words, sizeof *g.smooth);
    t = find_thresholds(a, &g);
    than = arena_alloc(a, (size_t)t.columns);
    for (int y = 0; y < page->height; y++) {
        const uint32_t *row = row_of(&g, y);

        for (int column = 0; y % TILE == 0 && column < t.columns; column++)
            than[column] = smooth_threshold(&t, column, y / TILE);
        for (int i = 0; i < words; i++)
            ink[(size_t)y * (size_t)words + (size_t)i] = ink_word(row, grey_words, i,
                                                                  than[i * 32 / TILE]);
    }
    page->ink = ink;
    page->ink_words = words;
}
