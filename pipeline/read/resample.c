/*
 * A grey picture turned and scaled at once: each pixel is a bilinear mean of four, whose place
 * moves in steps of 1/65536 pixel along a row. Rows are put in the order of memory first, so that
 * the two pixels beside each other are one load, and eight pixels are worked on at a time.
 */
#include "pipeline/read/sheet.h"

#include "base/wide.h"

#include <endian.h>
#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>

#define SIDE_PX_MAX 65535 /* places have 16 bits of whole pixels */

/* Where a pixel comes from, in 1/65536 pixel, and how far on the next one does. */
struct walk {
    int64_t x, y, step_x, step_y;
};

/* Narrows first..last so that start + x * step stays within 0..limit - 1 for all x between. */
static void clip_range(int64_t start, int64_t step, int64_t limit, int64_t *first, int64_t *last)
{
    int64_t end = (limit << 16) - 1, at_zero, at_end;

    if (step == 0) {
        if (start < 0 || start > end)
            *last = -1;
        return;
    }
    at_zero = -start / step;
    at_end = (end - start) / step;
    if (step < 0) {
        int64_t swap = at_zero;

        at_zero = at_end;
        at_end = swap;
    }
    *first = at_zero + 1 > *first ? at_zero + 1 : *first;
    *last = at_end - 1 < *last ? at_end - 1 : *last;
}

/* The pixel at a place in the lowest byte, the one right of it in the next. */
static inline uint32_t two_at(const unsigned char *place)
{
    uint32_t four;

    memcpy(&four, place, sizeof four);
    return le32toh(four);
}

/* Of two pixels: 256 times their mean. */
static inline uint32_t mean(uint32_t two, uint32_t right)
{
    return (two & 255) * (256 - right) + (two >> 8 & 255) * right;
}

WIDE static void blend_row(const unsigned char *restrict data, uint32_t stride, uint32_t x,
                           uint32_t y, uint32_t step_x, uint32_t step_y, uint32_t count,
                           unsigned char *restrict to)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t px = x + i * step_x, py = y + i * step_y;
        int32_t at = (int32_t)((py >> 16) * stride + (px >> 16));
        uint32_t right = px >> 8 & 255, below = py >> 8 & 255;
        uint32_t top = mean(two_at(data + at), right);
        uint32_t bottom = mean(two_at(data + stride + at), right);

        to[i] = (unsigned char)((top * (256 - below) + bottom * below) >> 16);
    }
}

/* Row `y` of the new picture, in the order of memory; what comes from outside the old is paper. */
static void fill_row(PIX *grey, PIX *data, struct affine m, int y, int paper, PIX *made)
{
    struct walk at = {llroundf((m.xy * (float)y + m.x0) * 65536),
                      llroundf((m.yy * (float)y + m.y0) * 65536), llroundf(m.xx * 65536),
                      llroundf(m.yx * 65536)};
    unsigned char *to = (unsigned char *)(pixGetData(made) + (size_t)y * (size_t)pixGetWpl(made));
    int64_t first = 0, last = pixGetWidth(made) - 1;

    memset(to, paper, 4 * (size_t)pixGetWpl(made));
    clip_range(at.x, at.step_x, pixGetWidth(grey) - 1, &first, &last);
    clip_range(at.y, at.step_y, pixGetHeight(grey) - 1, &first, &last);
    if (first <= last)
        blend_row((const unsigned char *)pixGetData(data), 4 * (uint32_t)pixGetWpl(data),
                  (uint32_t)(at.x + first * at.step_x), (uint32_t)(at.y + first * at.step_y),
                  (uint32_t)at.step_x, (uint32_t)at.step_y, (uint32_t)(last - first + 1),
                  to + first);
}

/* Words of a Pix to bytes in the order of memory, or back. */
WIDE static void swap_words(const uint32_t *from, uint32_t *to, size_t words)
{
    for (size_t i = 0; i < words; i++)
        to[i] = htobe32(from[i]);
}

/* `grey` has sides up to SIDE_PX_MAX. */
static PIX *resample(PIX *grey, struct affine m, int width, int height, int paper)
{
    PIX *data = pixCreateNoInit(pixGetWidth(grey), pixGetHeight(grey) + 1, 8); /* loads go beyond */
    PIX *made = data ? pixCreateNoInit(width, height, 8) : NULL;

    if (made) {
        swap_words(pixGetData(grey), pixGetData(data),
                   (size_t)pixGetWpl(grey) * (size_t)pixGetHeight(grey));
        for (int y = 0; y < height; y++)
            fill_row(grey, data, m, y, paper, made);
        swap_words(pixGetData(made), pixGetData(made), (size_t)pixGetWpl(made) * (size_t)height);
    }
    pixDestroy(&data);
    return made;
}

PIX *pix_resample(PIX *grey, struct affine m, int width, int height, int paper)
{
    if (pixGetWidth(grey) > SIDE_PX_MAX || pixGetHeight(grey) > SIDE_PX_MAX)
        return NULL;
    return resample(grey, m, width, height, paper);
}
