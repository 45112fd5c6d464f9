/*
 * The effects. Those on every pixel walk rows with Leptonica's byte macros; random numbers come
 * eight to a draw, so that a page of nine million pixels stays below a tenth of a second.
 */
#include "generator/wear.h"

#include <math.h>
#include <stdint.h>

static unsigned clamp(int value)
{
    return value < 0 ? 0 : value > 255 ? 255 : (unsigned)value;
}

static l_uint32 *row_of(PIX *pix, int y)
{
    return pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);
}

static void darken(PIX *pix, int x, int y, int levels)
{
    l_uint32 *row;

    if (x < 0 || y < 0 || x >= pixGetWidth(pix) || y >= pixGetHeight(pix))
        return;
    row = row_of(pix, y);
    SET_DATA_BYTE(row, x, clamp((int)GET_DATA_BYTE(row, x) - levels));
}

void wear_blur(PIX *pix)
{
    int width = pixGetWidth(pix);

    for (int y = 0; y + 1 < pixGetHeight(pix); y++) {
        l_uint32 *row = row_of(pix, y);
        const l_uint32 *next = row_of(pix, y + 1);

        for (int x = 0; x + 1 < width; x++) {
            unsigned sum = GET_DATA_BYTE(row, x) + GET_DATA_BYTE(row, x + 1) +
                           GET_DATA_BYTE(next, x) + GET_DATA_BYTE(next, x + 1);

            SET_DATA_BYTE(row, x, sum / 4);
        }
    }
}

void wear_light(PIX *pix, int shade, int noise, struct rng *rng)
{
    int width = pixGetWidth(pix);
    int height = pixGetHeight(pix);
    double across = rng_real(rng, -1, 1) * shade;
    double down = rng_real(rng, -1, 1) * shade;
    uint64_t bits = 0;

    for (int y = 0; y < height; y++) {
        l_uint32 *row = row_of(pix, y);
        int start = (int)((fabs(across) + fabs(down)) * -256 / 2 + down * 256 * y / height);
        int step = (int)(across * 256 / width * 256);

        for (int x = 0; x < width; x++) {
            int light = (start + (int)((int64_t)step * x / 256)) / 256;
            int grain;

            if (x % 8 == 0)
                bits = rng_next(rng);
            grain = ((int)(bits & 255) - 128) * noise / 128;
            bits >>= 8;
            SET_DATA_BYTE(row, x,
                          clamp((int)GET_DATA_BYTE(row, x) * 244 / 255 + 6 + light + grain));
        }
    }
}

void wear_speckle(PIX *pix, int count, struct rng *rng)
{
    for (int i = 0; i < count; i++) {
        int size = rng_range(rng, 1, 4);
        int x = rng_below(rng, pixGetWidth(pix) - size);
        int y = rng_below(rng, pixGetHeight(pix) - size);
        unsigned value = rng_chance(rng, 70) ? 40 : 250;

        for (int n = 0; n < size * size; n++)
            pixSetPixel(pix, x + n % size, y + n / size, value);
    }
}

void wear_blots(PIX *pix, int count, struct rng *rng)
{
    for (int i = 0; i < count; i++) {
        int radius = rng_range(rng, 12, 12 + pixGetWidth(pix) / 14);
        int x0 = rng_below(rng, pixGetWidth(pix));
        int y0 = rng_below(rng, pixGetHeight(pix));
        bool is_ring = rng_chance(rng, 40); /* a cup's foot */
        int levels = rng_range(rng, 12, 60);

        for (int y = -radius; y <= radius; y++) {
            for (int x = -radius; x <= radius; x++) {
                double far = sqrt((double)x * x + (double)y * y) / radius;

                if (far < 1 && (!is_ring || far > 0.86))
                    darken(pix, x0 + x, y0 + y, levels);
            }
        }
    }
}

void wear_folds(PIX *pix, int count, struct rng *rng)
{
    int width = pixGetWidth(pix);
    int height = pixGetHeight(pix);

    for (int i = 1; i <= count; i++) {
        int y0 = height * i / (count + 1) + rng_range(rng, -height / 40, height / 40);
        double slope = rng_real(rng, -0.01, 0.01);
        int levels = rng_range(rng, 25, 90);

        for (int x = 0; x < width; x++) {
            int y = y0 + (int)(slope * x);

            for (int n = -8; n <= 8; n++)
                darken(pix, x, y + n, n < 0 ? -levels / 3 / (1 - n) : levels / (1 + n));
        }
    }
}

void wear_streaks(PIX *pix, int count, struct rng *rng)
{
    for (int i = 0; i < count; i++) {
        int x = rng_below(rng, pixGetWidth(pix));
        int wide = rng_range(rng, 1, 3);
        int levels = rng_chance(rng, 70) ? rng_range(rng, 30, 160) : -rng_range(rng, 60, 200);

        for (int y = 0; y < pixGetHeight(pix); y++) {
            for (int n = 0; n < wide; n++)
                darken(pix, x + n, y, levels);
        }
    }
}

void wear_edge(PIX *pix, int width, struct rng *rng)
{
    bool is_left = rng_chance(rng, 50);
    int last = pixGetWidth(pix) - 1;

    for (int y = 0; y < pixGetHeight(pix); y++) {
        int end = width + rng_range(rng, -2, 2);

        for (int x = 0; x < end; x++)
            darken(pix, is_left ? x : last - x, y, 220 - 180 * x / end);
    }
}

void wear_fade(PIX *pix, double ink)
{
    int share = (int)(ink * 256);

    for (int y = 0; y < pixGetHeight(pix); y++) {
        l_uint32 *row = row_of(pix, y);

        for (int x = 0; x < pixGetWidth(pix); x++) {
            int dark = 255 - (int)GET_DATA_BYTE(row, x);

            SET_DATA_BYTE(row, x, clamp(255 - dark * share / 256));
        }
    }
}

void wear_bleed(PIX *pix, double share)
{
    PIX *back = pixFlipLR(NULL, pix);
    int height = pixGetHeight(pix);
    int down = height / 37;
    int part = (int)(share * 256);

    for (int y = down; y < height; y++) {
        l_uint32 *row = row_of(pix, y);
        const l_uint32 *other = row_of(back, y - down);

        for (int x = 0; x < pixGetWidth(pix); x++) {
            int dark = (255 - (int)GET_DATA_BYTE(other, x)) * part / 256;

            SET_DATA_BYTE(row, x, clamp((int)GET_DATA_BYTE(row, x) - dark));
        }
    }
    pixDestroy(&back);
}

/* The corners move inwards by up to a fourteenth of the width: a hand-held camera, roughly
 * level. */
PIX *wear_photo(PIX *pix, struct rng *rng, double ret_matrix[9])
{
    int width = pixGetWidth(pix);
    int height = pixGetHeight(pix);
    PTA *from = ptaCreate(4);
    PTA *to = ptaCreate(4);
    l_float32 *forth = NULL;
    PIX *photo;

    for (int i = 0; i < 4; i++) {
        double x = i % 2 * width;
        double y = i / 2 * height;
        double in_x = rng_real(rng, 0.01, 0.07) * width * (i % 2 == 0 ? 1 : -1);
        double in_y = rng_real(rng, 0.01, 0.05) * height * (i / 2 == 0 ? 1 : -1);

        ptaAddPt(from, (l_float32)x, (l_float32)y);
        ptaAddPt(to, (l_float32)(x + in_x), (l_float32)(y + in_y));
    }
    photo = pixProjectivePta(pix, to, from, L_BRING_IN_BLACK);
    getProjectiveXformCoeffs(from, to, &forth);
    for (int i = 0; i < 8; i++)
        ret_matrix[i] = (double)forth[i];
    ret_matrix[8] = 1;
    LEPT_FREE(forth);
    ptaDestroy(&from);
    ptaDestroy(&to);
    return photo;
}
