/*
 * Long strokes and closed gaps, found where they are instead of by moving the whole picture over
 * itself: a run of 15 pixels or more has a whole byte of ink in it, and a column of 2n - 1 covers
 * one of the page's strips of n rows. Pages of text have few of either, so most of a page is looked
 * at once and left.
 */
#include "pipeline/read/sheet.h"

#include "base/mem.h"

#include <leptonica/allheaders.h>
#include <string.h>

#define RUN_PX_MIN 15 /* a shorter one may hide between two bytes */

/* Bits from..to-1 of a row, black. */
static void blacken(uint32_t *row, int from, int to)
{
    for (; from < to; from = (from | 31) + 1) {
        int end = (from | 31) + 1 < to ? (from | 31) + 1 : to;

        row[from / 32] |= ~0u >> (from & 31) & ~0u << (31 - ((end - 1) & 31));
    }
}

/* Where the run through the black pixel `x` begins, and where it has ended. */
static int run_begin(const uint32_t *row, int x)
{
    while (x > 0 && GET_DATA_BIT(row, x - 1))
        x -= (x & 31) == 0 && row[x / 32 - 1] == ~0u ? 32 : 1;
    return x;
}

static int run_end(const uint32_t *row, int x, int width)
{
    while (x < width && GET_DATA_BIT(row, x))
        x += (x & 31) == 0 && row[x / 32] == ~0u ? 32 : 1;
    return x < width ? x : width;
}

static bool has_whole_byte(uint32_t word)
{
    return ((~word - 0x01010101u) & word & 0x80808080u) != 0;
}

static void long_runs_of_row(const uint32_t *row, uint32_t *to, int width, int length)
{
    for (int i = 0; 32 * i < width; i++) {
        if (!has_whole_byte(row[i]))
            continue;
        for (int x = 32 * i; x < 32 * i + 32; x += 8) {
            int from, end;

            if (GET_DATA_BYTE(row, x / 8) != 0xff || GET_DATA_BIT(to, x))
                continue;
            from = run_begin(row, x);
            end = run_end(row, x, width);
            if (end - from >= length)
                blacken(to, from, end);
        }
    }
}

/* The column of ink through the black pixel (x, y), when it is long enough. */
static void long_run_of_column(PIX *ink, PIX *to, int x, int y, int length)
{
    int wpl = pixGetWpl(ink), height = pixGetHeight(ink), from = y, end = y + 1;
    const uint32_t *column = pixGetData(ink) + x / 32;
    uint32_t bit = 0x80000000u >> (x & 31);

    while (from > 0 && column[(ptrdiff_t)(from - 1) * wpl] & bit)
        from--;
    while (end < height && column[(ptrdiff_t)end * wpl] & bit)
        end++;
    for (y = from; end - from >= length && y < end; y++)
        pixGetData(to)[(ptrdiff_t)y * wpl + x / 32] |= bit;
}

/* `common` has room for a row. */
static void long_runs_of_strip(PIX *ink, PIX *to, int top, int rows, int length, uint32_t *common)
{
    size_t wpl = (size_t)pixGetWpl(ink);
    const uint32_t *row = pixGetData(ink) + (size_t)top * wpl;
    const uint32_t *done = pixGetData(to) + (size_t)top * wpl;

    memcpy(common, row, wpl * sizeof *common);
    for (int y = 1; y < rows; y++)
        for (size_t i = 0; i < wpl; i++)
            common[i] &= row[(size_t)y * wpl + i];
    for (size_t i = 0; i < wpl; i++)
        for (uint32_t left = common[i] & ~done[i]; left; left &= left - 1)
            long_run_of_column(ink, to, (int)(32 * i) + __builtin_clz(left & -left), top, length);
}

PIX *ink_long_runs(PIX *ink, int length, bool is_vertical)
{
    int width = pixGetWidth(ink), height = pixGetHeight(ink), wpl = pixGetWpl(ink);
    int strip = (length + 1) / 2;
    PIX *to = pixCreate(width, height, 1);

    if (length < RUN_PX_MIN) {
        pixDestroy(&to);
        return pixOpenBrick(NULL, ink, is_vertical ? 1 : length, is_vertical ? length : 1);
    }
    if (to && is_vertical) {
        AUTO_FREE uint32_t *common = mem_alloc_array((size_t)wpl, sizeof *common);

        for (int y = 0; y + strip <= height; y += strip)
            long_runs_of_strip(ink, to, y, strip, length, common);
    }
    for (int y = 0; to && !is_vertical && y < height; y++)
        long_runs_of_row(pixGetData(ink) + (ptrdiff_t)y * wpl, pixGetData(to) + (ptrdiff_t)y * wpl,
                         width, length);
    return to;
}

static void join_row(uint32_t *row, int width, int length)
{
    int end = -1; /* of the run before */

    for (int x = 0; x < width; x++) {
        if (row[x / 32] == 0) {
            x |= 31;
            continue;
        }
        if (!GET_DATA_BIT(row, x))
            continue;
        if (end >= 0 && x - end < length)
            blacken(row, end, x);
        x = end = run_end(row, x, width);
    }
}

/* Row by row: where ink begins in a column, the gap above it is closed if it is short. */
static void join_columns(PIX *pix, int length)
{
    size_t wpl = (size_t)pixGetWpl(pix);
    AUTO_FREE int *ends = mem_alloc_array(32 * wpl, sizeof *ends); /* 0: no ink above yet */
    uint32_t *data = pixGetData(pix);

    for (int y = 0; y < pixGetHeight(pix); y++)
        for (size_t i = 0; i < wpl; i++) {
            uint32_t here = data[(size_t)y * wpl + i],
                     above = y ? data[(size_t)(y - 1) * wpl + i] : 0;

            for (uint32_t left = above & ~here; left; left &= left - 1)
                ends[32 * i + (size_t)__builtin_ctz(left)] = y;
            for (uint32_t left = here & ~above; left; left &= left - 1) {
                int end = ends[32 * i + (size_t)__builtin_ctz(left)];

                for (int gap = end; end && y - end < length && gap < y; gap++)
                    data[(size_t)gap * wpl + i] |= left & -left;
            }
        }
}

PIX *ink_joined(PIX *ink, int length, bool is_vertical)
{
    PIX *joined = pixCopy(NULL, ink);

    if (joined && is_vertical)
        join_columns(joined, length);
    for (int y = 0; joined && !is_vertical && y < pixGetHeight(joined); y++)
        join_row(pixGetData(joined) + (ptrdiff_t)y * pixGetWpl(joined), pixGetWidth(joined),
                 length);
    return joined;
}
