/*
 * Leptonica keeps pixels in 32-bit words, the leftmost in the highest bits, so a row of bytes is
 * not in order in memory. The loops below work on words, or where order does not matter on bytes,
 * and are compiled twice: for any machine and for AVX2.
 */
#include "pipeline/read/pixels.h"

#include "base/mem.h"
#include "base/wide.h"
#include "pipeline/read/layout/darker.h"

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

/* The sum of all columns left of a place in 1/256 pixel, modulo 2^32: what lies between two places
 * is less. `before` has the sum of the whole columns before each. */
static inline uint32_t sum_until(const uint32_t *sums, const uint32_t *before, uint32_t place)
{
    uint32_t i = place >> 8;

    return 256 * before[i] + (place & 255) * sums[i ^ 3];
}

/* An output row from its columns' sums; `before` is room for one more number than there are. */
static void shrink_row(const uint32_t *sums, uint32_t *before, uint32_t columns, uint32_t step,
                       PIX *small, int y)
{
    uint64_t inverse = ((uint64_t)1 << 40) / ((uint64_t)step * step) + 1;
    l_uint32 *row = pixGetData(small) + (size_t)y * (size_t)pixGetWpl(small);
    uint32_t width = (uint32_t)pixGetWidth(small), left = 0, right;

    for (uint32_t x = 0; x < columns; x++)
        before[x + 1] = before[x] + sums[x ^ 3];
    for (uint32_t x = 0; x < width; x++, left = right) {
        right = sum_until(sums, before, (x + 1) * step);
        SET_DATA_BYTE(row, x, (right - left) * inverse >> 40);
    }
}

PIX *pix_shrink(PIX *grey, int height)
{
    uint32_t step = (uint32_t)(((int64_t)pixGetHeight(grey) << 8) / height);
    int width = (int)(((int64_t)pixGetWidth(grey) << 8) / step);
    size_t columns = 4 * (size_t)pixGetWpl(grey);
    AUTO_FREE uint32_t *sums = mem_alloc_array(columns + 4, sizeof *sums); /* a word to spare */
    AUTO_FREE uint32_t *before = mem_alloc_array(columns + 1, sizeof *before);
    PIX *small = width > 0 ? pixCreateNoInit(width, height, 8) : NULL;

    for (int y = 0; small && y < height; y++) {
        sum_rows(grey, (int64_t)y * step, (int64_t)(y + 1) * step, sums);
        shrink_row(sums, before, (uint32_t)columns, step, small, y);
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

PIX *pix_darker(PIX *grey, int threshold)
{
    PIX *ink = pixCreate(pixGetWidth(grey), pixGetHeight(grey), 1);
    int words = pixGetWpl(grey), ink_words = ink ? pixGetWpl(ink) : 0;

    for (int y = 0; ink && y < pixGetHeight(grey); y++)
        for (int i = 0; i < ink_words; i++)
            pixGetData(ink)[(ptrdiff_t)y * ink_words + i] = ink_word(
                pixGetData(grey) + (ptrdiff_t)y * words, words, i, (unsigned char)threshold);
    if (ink)
        pixSetPadBits(ink, 0);
    return ink;
}

/* Four bits of a word as four bytes of 0 or 1, in the order of a Pix. */
static inline uint32_t spread(const uint32_t *bits, size_t i)
{
    return ((bits[i / 8] >> (28 - 4 * (i & 7)) & 15) * 0x00204081u) & 0x01010101u;
}

/* Of a row, what is not under the mask, and how often that was. */
WIDE static void keep_bare(const uint32_t *row, const uint32_t *mask, uint32_t *kept,
                           uint32_t *counts, size_t words)
{
    for (size_t i = 0; i < words; i++) {
        uint32_t is_under = spread(mask, i);

        kept[i] = row[i] & ~(is_under * 255);
        counts[i] += is_under ^ 0x01010101u;
    }
}

WIDE static void add_bytes(const unsigned char *row, uint16_t *sums, size_t bytes)
{
    for (size_t x = 0; x < bytes; x++)
        sums[x] = (uint16_t)(sums[x] + row[x]);
}

/* The means of a row of tiles from the sums and counts of its columns; both are zero after. */
static void tile_means(uint16_t *sums, unsigned char *counts, size_t bytes, int width, int tiles,
                       int count_min, l_uint32 *to)
{
    for (int tile = 0; tile < tiles; tile++) {
        int sum = 0, count = 0;

        for (int x = tile * width; x < (tile + 1) * width; x++) {
            sum += sums[x ^ 3];
            count += counts[x ^ 3];
        }
        if (count >= count_min)
            SET_DATA_BYTE(to, tile, sum / count);
    }
    memset(sums, 0, bytes * sizeof *sums);
    memset(counts, 0, bytes);
}

PIX *pix_tile_means(PIX *grey, PIX *mask, int tile_width, int tile_height, int count_min)
{
    int width = pixGetWidth(grey), height = pixGetHeight(grey), tiles = width / tile_width;
    size_t words = (size_t)pixGetWpl(grey);
    AUTO_FREE uint32_t *kept = mem_alloc_array(words, sizeof *kept);
    AUTO_FREE uint32_t *counts = mem_alloc_array(words, sizeof *counts);
    AUTO_FREE uint16_t *sums = mem_alloc_array(4 * words, sizeof *sums);
    PIX *means = pixCreate((width + tile_width - 1) / tile_width,
                           (height + tile_height - 1) / tile_height, 8);

    for (int y = 0; means && y < height - height % tile_height; y++) {
        keep_bare(pixGetData(grey) + (size_t)y * words,
                  pixGetData(mask) + (size_t)y * (size_t)pixGetWpl(mask), kept, counts, words);
        add_bytes((const unsigned char *)kept, sums, 4 * words);
        if (y % tile_height == tile_height - 1)
            tile_means(sums, (unsigned char *)counts, 4 * words, tile_width, tiles, count_min,
                       pixGetData(means) + (size_t)(y / tile_height) * (size_t)pixGetWpl(means));
    }
    return means;
}
