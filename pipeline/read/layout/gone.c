/*
 * What is gone is the page's ink without the text that was found and the blocks that were turned.
 * The pixel around it, in all eight directions, comes of three rows ORed and moved both ways. Most
 * rows of a page lost nothing, and are only looked at.
 */
#include "pipeline/read/layout/gone.h"

#include "base/arena.h"
#include "base/wide.h"

#include <string.h>

bool is_gone(const struct layout_page *page, const struct layout *layout, int x, int y)
{
    const uint32_t *row;

    if (x < 0 || y < 0 || x >= page->width || y >= page->height)
        return false;
    row = page->ink + (size_t)y * (size_t)page->ink_words;
    return row[x / 32] >> (31 - (x & 31)) & 1 && !bitmap_get(&layout->text, x, y) &&
           !(layout->turned.words && bitmap_get(&layout->turned, x, y));
}

/* What is dark in a row of the page, whose words are two of the page's. */
static uint64_t ink_word(const struct layout_page *page, int i, int y)
{
    const uint32_t *ink = page->ink + (size_t)y * (size_t)page->ink_words + (size_t)2 * (size_t)i;

    return (uint64_t)ink[0] << 32 | (2 * i + 1 < page->ink_words ? ink[1] : 0);
}

/* Is anything dark but the text? */
WIDE static bool is_any_left(const uint32_t *ink, const uint64_t *text, int pairs)
{
    uint64_t left = 0;

    for (int i = 0; i < pairs; i++)
        left |= ((uint64_t)ink[2 * i] << 32 | ink[2 * i + 1]) & ~text[i];
    return left != 0;
}

static bool is_row_gone(const struct layout_page *page, const struct bitmap *text, int y)
{
    const uint32_t *ink = page->ink + (size_t)y * (size_t)page->ink_words;
    int pairs = page->ink_words / 2, last = text->stride - 1;

    return is_any_left(ink, bitmap_row(text, y), pairs) ||
           (pairs <= last && ink_word(page, last, y) & ~bitmap_row(text, y)[last]);
}

/* Adds what was taken out of a row to `row`. */
static void add_gone(const struct layout_page *page, const struct layout *layout, int y,
                     uint64_t *row)
{
    for (int i = 0; i < layout->text.stride; i++) {
        uint64_t kept = bitmap_row(&layout->text, y)[i];

        if (layout->turned.words)
            kept |= bitmap_row(&layout->turned, y)[i];
        row[i] |= ink_word(page, i, y) & ~kept;
    }
}

/* One pixel wider to both sides, less the text; `sum` has a white word to spare at both ends. */
static uint64_t *widened(struct arena *a, const uint64_t *sum, const uint64_t *text, int words)
{
    uint64_t *row = arena_alloc_array(a, (size_t)words, sizeof *row);

    for (int i = 0; i < words; i++)
        row[i] = (sum[i] | sum[i] >> 1 | sum[i] << 1 | sum[i - 1] << 63 | sum[i + 1] >> 63) &
                 ~text[i];
    return row;
}

uint64_t **gone_around(struct arena *a, const struct layout_page *page, const struct layout *layout)
{
    int words = layout->text.stride, height = page->height;
    uint64_t **rows = arena_alloc_array(a, (size_t)height, sizeof *rows);
    uint64_t *sum = (uint64_t *)arena_alloc_array(a, (size_t)words + 2, sizeof *sum) + 1;
    bool *is_gone_at = arena_alloc_array(a, (size_t)height, sizeof *is_gone_at);

    for (int y = 0; y < height; y++)
        is_gone_at[y] = is_row_gone(page, &layout->text, y);
    for (int y = 0; y < height; y++) {
        int from = y > 0 ? y - 1 : 0, to = y + 1 < height ? y + 1 : y;
        bool is_any = false;

        memset(sum, 0, (size_t)words * sizeof *sum);
        for (int k = from; k <= to; k++)
            if (is_gone_at[k]) {
                add_gone(page, layout, k, sum);
                is_any = true;
            }
        if (is_any)
            rows[y] = widened(a, sum, bitmap_row(&layout->text, y), words);
    }
    return rows;
}
