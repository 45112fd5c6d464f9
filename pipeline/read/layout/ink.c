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

#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* Sixteen pixels. */
typedef uint32_t pixels16 __attribute__((vector_size(16)));

struct tiles {
    unsigned char *paper, *dark;
    unsigned char *threshold; /* 0 where a tile's own greys do not tell */
    int columns, rows;
    int empty; /* the threshold where nothing is printed */
};

/* The grey that `share` of the pixels are not lighter than. */
static unsigned char rank(const int histogram[BINS], int total, float share)
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

static pixels16 load(const uint32_t *from)
{
    pixels16 pixels;

    memcpy(&pixels, from, sizeof pixels);
    return pixels;
}

static pixels16 mean(pixels16 a, pixels16 b)
{
    return (a & b) + (((a ^ b) & 0xfefefefe) >> 1);
}

/* Where a group of four words begins, the last one as far left as it must. */
static int group_at(int i, int words)
{
    return i + 4 > words ? words - 4 : i;
}

/* A row whose pixels weigh a half, and their neighbours in the row a quarter each; `row` has a word
 * to spare at both ends. */
static void smooth_across(uint32_t *row, int words, uint32_t *to)
{
    row[-1] = row[0] >> 24;
    row[words] = row[words - 1] << 24;
    for (int i = 0; i < words; i += 4) {
        int at = group_at(i, words);
        pixels16 middle = load(row + at);
        pixels16 left = middle >> 8 | load(row + at - 1) << 24;
        pixels16 right = middle << 8 | load(row + at + 1) >> 24;

        middle = mean(mean(left, right), middle);
        memcpy(to + at, &middle, sizeof middle);
    }
}

/* The grey of a page, each pixel averaged with its eight neighbours. */
static const uint32_t *smoothed(struct arena *a, const struct layout_page *page)
{
    int words = page->grey_words, last = page->height - 1;
    uint32_t *grey = arena_alloc_array(a, (size_t)words * (size_t)page->height, sizeof *grey);
    uint32_t *row = (uint32_t *)arena_alloc_array(a, (size_t)words + 2, sizeof *row) + 1;

    for (int y = 0; y <= last; y++) {
        const uint32_t *at = page->grey + (size_t)y * (size_t)words;
        const uint32_t *above = y ? at - words : at, *below = y < last ? at + words : at;

        for (int i = 0; i < words; i += 4) {
            int from = group_at(i, words);
            pixels16 sum = mean(mean(load(above + from), load(below + from)), load(at + from));

            memcpy(row + from, &sum, sizeof sum);
        }
        smooth_across(row, words, grey + (size_t)y * (size_t)words);
    }
    return grey;
}

static void measure_tile(const struct layout_page *page, int column, int row, struct tiles *t)
{
    int histogram[BINS] = {0}, total = 0, at = row * t->columns + column;
    int right = (column + 1) * TILE < page->width ? (column + 1) * TILE : page->width;

    for (int y = row * TILE; y < (row + 1) * TILE && y < page->height; y += STEP) {
        const uint32_t *grey = page->grey + (size_t)y * (size_t)page->grey_words;

        for (int x = column * TILE; x < right; x += STEP, total++)
            histogram[(grey[x / 4] >> 24) * BINS / 256]++;
    }
    t->paper[at] = rank(histogram, total, PAPER_RANK);
    t->dark[at] = rank(histogram, total, DARK_RANK);
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

static struct tiles find_thresholds(struct arena *a, const struct layout_page *page, float share)
{
    struct tiles t = {.columns = (page->width + TILE - 1) / TILE,
                      .rows = (page->height + TILE - 1) / TILE};
    size_t count = (size_t)t.columns * (size_t)t.rows;
    int paper, contrast;

    t.paper = arena_alloc(a, count);
    t.dark = arena_alloc(a, count);
    t.threshold = arena_alloc(a, count);
    for (int row = 0; row < t.rows; row++)
        for (int column = 0; column < t.columns; column++)
            measure_tile(page, column, row, &t);
    paper = page_paper(&t);
    contrast = contrast_of(&t, share);
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

#ifdef __SSE2__

/* A bit for each pixel of four words, the leftmost highest: is it darker than `than`? */
static uint32_t darker(const uint32_t *grey, unsigned char than)
{
    __m128i left = _mm_subs_epu8(_mm_set1_epi8((char)than), _mm_loadu_si128((const void *)grey));
    uint32_t is_light = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(left, _mm_setzero_si128()));
    uint32_t words = (is_light >> 8 | is_light << 8) & 0xffff; /* the first word comes first */

    return ~((words & 0xf0f0) >> 4 | (words & 0x0f0f) << 4) & 0xffff;
}

#else

static uint32_t darker(const uint32_t *grey, unsigned char than)
{
    uint32_t ink = 0;

    for (int i = 0; i < 16; i++)
        ink = ink << 1 | ((grey[i / 4] >> (24 - 8 * (i & 3)) & 255) < than);
    return ink;
}

#endif

/* The 32 pixels of word i of a row's ink. */
static uint32_t ink_word(const uint32_t *row, int words, int i, unsigned char than)
{
    uint32_t last[8];

    if (8 * i + 8 <= words)
        return darker(row + 8 * i, than) << 16 | darker(row + 8 * i + 4, than);
    for (int k = 0; k < 8; k++)
        last[k] = 8 * i + k < words ? row[8 * i + k] : UINT32_MAX;
    return darker(last, than) << 16 | darker(last + 4, than);
}

void layout_ink(struct arena *a, struct layout_page *page)
{
    bool is_grainy = page->grey_words >= 4 && grain_of(page) >= GRAIN_MIN;
    struct layout_page seen = *page;
    struct tiles t;
    int words = (page->width + 31) / 32, grey_words = (page->width + 3) / 4;
    uint32_t *ink = arena_alloc_array(a, (size_t)words * (size_t)page->height, sizeof *ink);
    unsigned char *than;

    if (is_grainy)
        seen.grey = smoothed(a, page);
    t = find_thresholds(a, &seen, is_grainy ? GRAINY_SHARE : CONTRAST_SHARE);
    than = arena_alloc(a, (size_t)t.columns);
    for (int y = 0; y < page->height; y++) {
        const uint32_t *row = seen.grey + (size_t)y * (size_t)page->grey_words;

        for (int column = 0; y % TILE == 0 && column < t.columns; column++)
            than[column] = smooth_threshold(&t, column, y / TILE);
        for (int i = 0; i < words; i++)
            ink[(size_t)y * (size_t)words + (size_t)i] = ink_word(row, grey_words, i,
                                                                  than[i * 32 / TILE]);
    }
    page->ink = ink;
    page->ink_words = words;
}
