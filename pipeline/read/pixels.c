/*
 * Leptonica keeps pixels in 32-bit words, the leftmost in the highest bits, so a row of bytes is
 * not in order in memory. The loops below work on words, or where order does not matter on bytes,
 * and are compiled twice: for any machine and for AVX2.
 */
#include "pipeline/read/pixels.h"

#include "base/mem.h"
#include "base/wide.h"

#include <leptonica/allheaders.h>
#include <string.h>

#define EVEN_BYTES 0x00ff00ffu

/* Two pixels beside each other added, as two halves of a word. */
static inline uint32_t pair_sums(uint32_t four)
{
    return (four >> 8 & EVEN_BYTES) + (four & EVEN_BYTES);
}

static inline uint32_t join_means(uint32_t left_sums, uint32_t right_sums)
{
    uint32_t left = left_sums >> 2 & EVEN_BYTES, right = right_sums >> 2 & EVEN_BYTES;

    return (left & 0xff0000) << 8 | (left & 0xff) << 16 | (right & 0xff0000) >> 8 | (right & 0xff);
}

WIDE static void half_grey_row(const uint32_t *a, const uint32_t *b, uint32_t *to, size_t words)
{
    for (size_t i = 0; i < words; i++)
        to[i] = join_means(pair_sums(a[2 * i]) + pair_sums(b[2 * i]),
                           pair_sums(a[2 * i + 1]) + pair_sums(b[2 * i + 1]));
}

/* How many of each pair of the eight bits are black, one pair a byte. */
static inline uint32_t count_pairs(uint32_t eight)
{
    uint32_t counts = (eight >> 1 & 0x55) + (eight & 0x55);

    return (counts & 0xc0) << 18 | (counts & 0x30) << 12 | (counts & 0x0c) << 6 | (counts & 0x03);
}

/* One word of 32 black or white pixels gives four of grey: 255 less 64 a black pixel. */
WIDE static void half_bilevel_row(const uint32_t *a, const uint32_t *b, uint32_t *to, size_t words)
{
    for (size_t i = 0; i < words; i++) {
        unsigned shift = 24 - 8 * (i & 3);
        uint32_t n = count_pairs(a[i / 4] >> shift & 0xff) + count_pairs(b[i / 4] >> shift & 0xff);

        to[i] = ~(64 * n - (n >> 2 & 0x01010101));
    }
}

PIX *pix_half(PIX *pix)
{
    int width = pixGetWidth(pix) / 2, height = pixGetHeight(pix) / 2, depth = pixGetDepth(pix);
    size_t from_words = (size_t)pixGetWpl(pix), to_words, words;
    PIX *half = width > 0 && height > 0 ? pixCreateNoInit(width, height, 8) : NULL;

    if (!half)
        return NULL;
    to_words = (size_t)pixGetWpl(half);
    words = depth == 8 && 2 * to_words > from_words ? from_words / 2 : to_words;
    for (int y = 0; y < height; y++) {
        const uint32_t *a = pixGetData(pix) + 2 * (size_t)y * from_words, *b = a + from_words;
        uint32_t *to = pixGetData(half) + (size_t)y * to_words;

        (depth == 1 ? half_bilevel_row : half_grey_row)(a, b, to, words);
        if (words < to_words)
            to[words] = join_means(pair_sums(a[2 * words]) + pair_sums(b[2 * words]), 0);
    }
    return half;
}

/* The part of pixel `i` that lies within from..to, in 1/256. */
static uint32_t share(int64_t i, int64_t from, int64_t to)
{
    int64_t left = i << 8 > from ? i << 8 : from, right = (i + 1) << 8 < to ? (i + 1) << 8 : to;

    return right > left ? (uint32_t)(right - left) : 0;
}

WIDE static void add_row(const unsigned char *row, uint32_t weight, uint32_t *sums, size_t bytes)
{
    for (size_t x = 0; x < bytes; x++)
        sums[x] += weight * row[x];
}

/* Adds the rows that an output row covers into one sum a column. */
static void sum_rows(PIX *grey, int64_t from, int64_t to, uint32_t *sums)
{
    size_t bytes = 4 * (size_t)pixGetWpl(grey);

    memset(sums, 0, bytes * sizeof *sums);
    for (int64_t y = from >> 8; y << 8 < to && y < pixGetHeight(grey); y++)
        add_row((const unsigned char *)pixGetData(grey) + (size_t)y * bytes, share(y, from, to),
                sums, bytes);
}

/* The sums of the columns that an output pixel covers, each by its share; `from` in 1/256. */
static uint64_t sum_columns(const uint32_t *sums, uint32_t from, uint32_t width)
{
    uint32_t i = from >> 8, part = 256 - (from & 255);
    uint64_t sum = (uint64_t)part * sums[i ^ 3];

    for (width -= part; width > 0; width -= part) {
        part = width < 256 ? width : 256;
        sum += (uint64_t)part * sums[++i ^ 3];
    }
    return sum;
}

PIX *pix_shrink(PIX *grey, int height)
{
    uint32_t step = (uint32_t)(((int64_t)pixGetHeight(grey) << 8) / height);
    int width = (int)(((int64_t)pixGetWidth(grey) << 8) / step);
    uint64_t inverse = ((uint64_t)1 << 40) / ((uint64_t)step * step) + 1;
    AUTO_FREE uint32_t *sums = mem_alloc_array(4 * (size_t)pixGetWpl(grey), sizeof *sums);
    PIX *small = width > 0 ? pixCreateNoInit(width, height, 8) : NULL;

    for (int y = 0; small && y < height; y++) {
        l_uint32 *row = pixGetData(small) + (size_t)y * (size_t)pixGetWpl(small);

        sum_rows(grey, (int64_t)y * step, (int64_t)(y + 1) * step, sums);
        for (int x = 0; x < width; x++)
            SET_DATA_BYTE(row, x, sum_columns(sums, (uint32_t)x * step, step) * inverse >> 40);
    }
    return small;
}

WIDE static void level_row(const unsigned char *row, const uint16_t *factors, unsigned char *to,
                           size_t bytes)
{
    for (size_t x = 0; x < bytes; x++) {
        uint32_t v = ((uint32_t)row[x] * factors[x]) >> 8;

        to[x] = (unsigned char)(v > 255 ? 255 : v);
    }
}

PIX *pix_level(PIX *grey, PIX *inverse, int tile_width, int tile_height)
{
    size_t bytes = 4 * (size_t)pixGetWpl(grey), map_wpl = (size_t)pixGetWpl(inverse);
    AUTO_FREE uint16_t *factors = mem_alloc_array(bytes, sizeof *factors);
    PIX *level = pixCreateTemplateNoInit(grey);
    int last_x = pixGetWidth(inverse) - 1, last_y = pixGetHeight(inverse) - 1;

    for (int y = 0; level && y < pixGetHeight(grey); y++) {
        int tile_y = y / tile_height < last_y ? y / tile_height : last_y;
        const uint32_t *map = pixGetData(inverse) + (size_t)tile_y * map_wpl;

        for (int x = 0; y % tile_height == 0 && x < (int)bytes; x++) {
            int tile_x = x / tile_width < last_x ? x / tile_width : last_x;

            factors[x ^ 3] = (uint16_t)GET_DATA_TWO_BYTES(map, tile_x);
        }
        level_row((const unsigned char *)pixGetData(grey) + (size_t)y * bytes, factors,
                  (unsigned char *)pixGetData(level) + (size_t)y * bytes, bytes);
    }
    return level;
}

WIDE static void mark_darker(const unsigned char *row, unsigned threshold, unsigned char *to,
                             size_t bytes)
{
    for (size_t x = 0; x < bytes; x++)
        to[x] = row[x] < threshold;
}

PIX *pix_darker(PIX *grey, int threshold)
{
    size_t words = (size_t)pixGetWpl(grey);
    AUTO_FREE uint32_t *marks = mem_alloc_array(words + 8, sizeof *marks);
    PIX *ink = pixCreate(pixGetWidth(grey), pixGetHeight(grey), 1);

    for (int y = 0; ink && y < pixGetHeight(grey); y++) {
        uint32_t *to = pixGetData(ink) + (size_t)y * (size_t)pixGetWpl(ink);

        mark_darker((const unsigned char *)(pixGetData(grey) + (size_t)y * words),
                    (unsigned)threshold, (unsigned char *)marks, 4 * words);
        for (size_t i = 0; i < words; i++) /* four bytes of 0 or 1 into four bits */
            to[i / 8] |= (marks[i] * 0x10204080u) >> 28 << (28 - 4 * (i & 7));
    }
    if (ink)
        pixSetPadBits(ink, 0);
    return ink;
}
