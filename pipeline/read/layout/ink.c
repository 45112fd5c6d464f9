/*
 * Grey to black and white, tile by tile: each tile's paper and darkest grey come from a histogram
 * of every fourth pixel of every fourth row, its threshold lies between them and is smoothed with
 * its neighbours', so that faint print is ink where it stands on clean paper. A tile without
 * contrast, and one that is dark all over, take a threshold from the page's paper. Eight pixels are
 * compared at a time in one register.
 */
#include "pipeline/read/layout/layout.h"

#include "base/arena.h"

#define PAPER_RANK 0.8f /* of a tile's pixels are darker than its paper, or as light */
#define DARK_RANK 0.02f
#define BETWEEN 0.6f /* of the way from dark to paper */
#define CONTRAST_MIN 40
#define EMPTY_SHARE 0.6f /* of the page's paper: the threshold where nothing is printed */
#define DARK_PAPER 0.6f  /* of the page's paper: a tile darker than this is a dark block */

enum { TILE = 64, STEP = 4 };

struct tiles {
    unsigned char *threshold;
    int columns, rows;
    int empty; /* the threshold where nothing is printed */
};

/* The grey that `share` of the pixels are not lighter than. */
static int rank(const int histogram[256], int total, float share)
{
    int sum = 0, i = 0;

    while (i < 255 && (float)(sum + histogram[i]) < share * (float)total)
        sum += histogram[i++];
    return i;
}

static int sample(const struct layout_page *page, int x0, int y0, int side_x, int side_y,
                  int histogram[256])
{
    int total = 0;

    for (int y = y0; y < y0 + side_y && y < page->height; y += STEP)
        for (int x = x0; x < x0 + side_x && x < page->width; x += STEP) {
            histogram[page->grey[(size_t)y * (size_t)page->grey_words + (size_t)x / 4] >> 24]++;
            total++;
        }
    return total;
}

/* 0 when the tile's own greys do not tell. */
static int tile_threshold(const struct layout_page *page, int x, int y, int page_paper)
{
    int histogram[256] = {0}, total = sample(page, x, y, TILE, TILE, histogram);
    int paper = rank(histogram, total, PAPER_RANK), dark = rank(histogram, total, DARK_RANK);

    if ((float)paper < DARK_PAPER * (float)page_paper || paper - dark < CONTRAST_MIN)
        return 0;
    return dark + (int)(BETWEEN * (float)(paper - dark));
}

static struct tiles find_thresholds(struct arena *a, const struct layout_page *page)
{
    struct tiles t = {.columns = (page->width + TILE - 1) / TILE,
                      .rows = (page->height + TILE - 1) / TILE};
    int histogram[256] = {0}, total = sample(page, 0, 0, page->width, page->height, histogram);
    int paper = rank(histogram, total, PAPER_RANK);

    t.empty = (int)(EMPTY_SHARE * (float)paper);
    t.threshold = arena_alloc_array(a, (size_t)t.columns, (size_t)t.rows);
    for (int y = 0; y < t.rows; y++)
        for (int x = 0; x < t.columns; x++)
            t.threshold[y * t.columns + x] = (unsigned char)tile_threshold(page, x * TILE, y * TILE,
                                                                           paper);
    return t;
}

/* The mean of a tile's threshold and its neighbours', those that have one. */
static uint64_t smooth_threshold(const struct tiles *t, int column, int row)
{
    int sum = 0, count = 0;

    for (int y = row - 1; y <= row + 1; y++)
        for (int x = column - 1; x <= column + 1; x++)
            if (x >= 0 && y >= 0 && x < t->columns && y < t->rows) {
                int threshold = t->threshold[y * t->columns + x];

                sum += threshold;
                count += threshold > 0;
            }
    return (uint64_t)(count ? sum / count : t->empty);
}

/* A bit for each of eight greys, the first in the highest byte and bit: is it darker than that of
 * `than`? */
static unsigned darker(uint64_t grey, uint64_t than)
{
    const uint64_t high = 0x8080808080808080;
    uint64_t low_is_ge = (grey | high) - (than & ~high);
    uint64_t is_ge = (grey & ~than) | (~(grey ^ than) & low_is_ge);

    return (unsigned)(((~is_ge & high) >> 7) * 0x0102040810204080 >> 56);
}

/* The 32 pixels of a word of ink. */
static uint32_t ink_word(const uint32_t *grey, int words, uint64_t than)
{
    uint32_t ink = 0;

    for (int i = 0; i < 8; i += 2) {
        uint64_t first = i < words ? grey[i] : UINT32_MAX;
        uint64_t second = i + 1 < words ? grey[i + 1] : UINT32_MAX;

        ink = ink << 8 | darker(first << 32 | second, than);
    }
    return ink;
}

void layout_ink(struct arena *a, struct layout_page *page)
{
    struct tiles t = find_thresholds(a, page);
    int words = (page->width + 31) / 32, grey_words = (page->width + 3) / 4;
    uint32_t *ink = arena_alloc_array(a, (size_t)words * (size_t)page->height, sizeof *ink);

    for (int row = 0; row < t.rows; row++)
        for (int i = 0; i < words; i++) {
            uint64_t than = smooth_threshold(&t, i / 2, row) * 0x0101010101010101;

            for (int y = row * TILE; y < (row + 1) * TILE && y < page->height; y++)
                ink[(size_t)y * (size_t)words + (size_t)i] = ink_word(
                    page->grey + (size_t)y * (size_t)page->grey_words + (size_t)8 * (size_t)i,
                    grey_words - 8 * i, than);
        }
    page->ink = ink;
    page->ink_words = words;
}
