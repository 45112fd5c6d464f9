/*
 * The degradations, in the order the world applies them: the sheet lies askew (drawn so by cairo,
 * which costs nothing and loses nothing), the lens blurs, light falls unevenly, the sensor adds
 * noise and dust, a fax or a threshold leaves black and white. Everything but dust is one pass
 * over the pixels: a page takes some 60 ms.
 */
#include "generator/scan.h"

#include <math.h>

const char *degrade_name(enum degrade level)
{
    static const char *const names[] = {"clean", "office", "poor", "mix"};

    return names[level];
}

void scan_choose(struct scan *scan, enum degrade level, struct rng *rng)
{
    bool is_poor;

    if (level == DEGRADE_MIX)
        level = (enum degrade)rng_below(rng, 3);
    *scan = (struct scan){.level = level,
                          .dpi = 300,
                          .scale = 1,
                          .quality = 85,
                          .threshold = 160,
                          .depth = rng_chance(rng, 30) ? DEPTH_BILEVEL : DEPTH_GREY};
    if (level == DEGRADE_CLEAN)
        return;
    is_poor = level == DEGRADE_POOR;
    scan->skew = is_poor ? 2.0 : 0.7;
    scan->scale = rng_real(rng, 0.985, 1.01);
    scan->noise = is_poor ? rng_range(rng, 18, 46) : rng_range(rng, 4, 16);
    scan->has_blur = rng_chance(rng, is_poor ? 60 : 25);
    scan->shade = is_poor ? rng_range(rng, 20, 70) : rng_range(rng, 0, 20);
    scan->speckles = is_poor ? rng_range(rng, 50, 400) : rng_range(rng, 0, 40);
    scan->quality = is_poor ? rng_range(rng, 28, 55) : rng_range(rng, 65, 88);
    scan->threshold = rng_range(rng, 135, 175);
    if (is_poor && rng_chance(rng, 25)) {
        scan->depth = DEPTH_FAX;
        scan->dpi = 200;
        scan->shade = 0;
    }
}

/* The mean of each pixel and its right and lower neighbours: a soft lens. */
static void blur(PIX *pix)
{
    l_int32 width = pixGetWidth(pix);
    l_int32 height = pixGetHeight(pix);
    size_t stride = (size_t)pixGetWpl(pix);

    for (l_int32 y = 0; y + 1 < height; y++) {
        l_uint32 *row = pixGetData(pix) + (size_t)y * stride;
        l_uint32 *next = row + stride;

        for (l_int32 x = 0; x + 1 < width; x++) {
            unsigned sum = GET_DATA_BYTE(row, x) + GET_DATA_BYTE(row, x + 1) +
                           GET_DATA_BYTE(next, x) + GET_DATA_BYTE(next, x + 1);

            SET_DATA_BYTE(row, x, sum / 4);
        }
    }
}

static unsigned clamp(int value)
{
    return value < 0 ? 0 : value > 255 ? 255 : (unsigned)value;
}

/* Light and noise. The noise of eight neighbours comes from one random number. */
static void shade(PIX *pix, const struct scan *scan, struct rng *rng)
{
    l_int32 width = pixGetWidth(pix);
    l_int32 height = pixGetHeight(pix);
    double across = rng_real(rng, -1, 1) * scan->shade;
    double down = rng_real(rng, -1, 1) * scan->shade;
    uint64_t bits = 0;

    for (l_int32 y = 0; y < height; y++) {
        l_uint32 *row = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);
        int start = (int)((fabs(across) + fabs(down)) * -256 / 2 + down * 256 * y / height);
        int step = (int)(across * 256 / width * 256);

        for (l_int32 x = 0; x < width; x++) {
            int light = (start + (int)((int64_t)step * x / 256)) / 256;
            int noise;

            if (x % 8 == 0)
                bits = rng_next(rng);
            noise = ((int)(bits & 255) - 128) * scan->noise / 128;
            bits >>= 8;
            SET_DATA_BYTE(row, x,
                          clamp((int)GET_DATA_BYTE(row, x) * 244 / 255 + 6 + light + noise));
        }
    }
}

/* Dust, dark and light, one to four pixels wide. */
static void speckle(PIX *pix, int count, struct rng *rng)
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

/* Page points to pixels: about the middle turned, scaled, and back (render_grey draws so). */
static void set_view(struct page *page, const PIX *pix, double dpi, double scale, double turn)
{
    double width = pixGetWidth(pix);
    double height = pixGetHeight(pix);
    double a = scale * dpi / 72 * cos(turn);
    double b = scale * dpi / 72 * sin(turn);
    double x = page->width / 2;
    double y = page->height / 2;

    page->view = (struct view){
        .width_px = (int)width,
        .height_px = (int)height,
        .to_pixels = {a, -b, width / 2 - a * x + b * y, b, a, height / 2 - b * x - a * y, 0, 0, 1}};
}

PIX *scan_page(const struct scan *scan, struct page *page, struct rng *rng)
{
    double turn = rng_real(rng, -scan->skew, scan->skew) * G_PI / 180;
    PIX *pix;

    if (scan->is_upside_down && rng_chance(rng, 30))
        turn += G_PI;
    pix = render_grey(page, scan->dpi, scan->scale, turn);
    set_view(page, pix, scan->dpi, scan->scale, turn);
    if (scan->has_blur)
        blur(pix);
    if (scan->noise > 0)
        shade(pix, scan, rng);
    if (scan->speckles > 0)
        speckle(pix, scan->speckles, rng);
    if (scan->depth != DEPTH_GREY) {
        PIX *bilevel = pixThresholdToBinary(pix, scan->threshold);

        pixDestroy(&pix);
        pix = bilevel;
    }
    pixSetResolution(pix, (l_int32)scan->dpi, (l_int32)scan->dpi);
    return pix;
}
