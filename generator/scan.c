/*
 * The degradations, in the order the world applies them: the sheet is worn and lies askew (drawn so
 * by cairo, which costs nothing and loses nothing), its back shines through, it is folded and
 * stained, light falls unevenly, the lens blurs, the sensor adds noise and dust, a fax or a
 * threshold leaves black and white. How much of each is drawn once a file, by chances in a table.
 */
#include "generator/scan.h"

#include "generator/wear.h"

#include <math.h>
#include <string.h>

const char *degrade_name(enum degrade level)
{
    static const char *const names[] = {"clean", "office", "poor", "mix"};

    return names[level];
}

enum effect {
    EFFECT_BLUR,
    EFFECT_FOLDS,
    EFFECT_BLOTS,
    EFFECT_STREAKS,
    EFFECT_EDGE,
    EFFECT_FADE,
    EFFECT_BLEED,
    EFFECT_LOW_DPI
};

/* Percent of files that have an effect, in an office and on a bad day. */
static const struct {
    int office, poor;
} chances[] = {
    [EFFECT_BLUR] = {25, 60},   [EFFECT_FOLDS] = {10, 40},   [EFFECT_BLOTS] = {3, 35},
    [EFFECT_STREAKS] = {4, 20}, [EFFECT_EDGE] = {6, 30},     [EFFECT_FADE] = {6, 30},
    [EFFECT_BLEED] = {6, 25},   [EFFECT_LOW_DPI] = {25, 45},
};

static bool has_effect(enum effect effect, bool is_poor, struct rng *rng)
{
    return rng_chance(rng, is_poor ? chances[effect].poor : chances[effect].office);
}

/* Scanners of small offices are set to save space. */
static double low_dpi(bool is_poor, struct rng *rng)
{
    static const double dpis[] = {200, 200, 240, 150};

    return dpis[rng_below(rng, is_poor ? 4 : 3)];
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
                          .ink = 1,
                          .depth = rng_chance(rng, 30) ? DEPTH_BILEVEL : DEPTH_GREY};
    if (level == DEGRADE_CLEAN)
        return;
    is_poor = level == DEGRADE_POOR;
    scan->skew = is_poor ? 2.0 : 0.7;
    scan->scale = rng_real(rng, 0.985, 1.01);
    scan->noise = is_poor ? rng_range(rng, 18, 46) : rng_range(rng, 4, 16);
    scan->shade = is_poor ? rng_range(rng, 20, 70) : rng_range(rng, 0, 20);
    scan->speckles = is_poor ? rng_range(rng, 50, 400) : rng_range(rng, 0, 40);
    scan->quality = is_poor ? rng_range(rng, 28, 55) : rng_range(rng, 65, 88);
    scan->threshold = rng_range(rng, 135, 175);
    scan->has_blur = has_effect(EFFECT_BLUR, is_poor, rng);
    scan->folds = has_effect(EFFECT_FOLDS, is_poor, rng) ? rng_range(rng, 1, 3) : 0;
    scan->blots = has_effect(EFFECT_BLOTS, is_poor, rng) ? rng_range(rng, 1, 4) : 0;
    scan->streaks = has_effect(EFFECT_STREAKS, is_poor, rng) ? rng_range(rng, 1, 3) : 0;
    scan->edge = has_effect(EFFECT_EDGE, is_poor, rng) ? rng_range(rng, 5, 40) : 0;
    scan->ink = has_effect(EFFECT_FADE, is_poor, rng) ? rng_real(rng, 0.5, 0.85) : 1;
    scan->bleed = has_effect(EFFECT_BLEED, is_poor, rng) ? rng_real(rng, 0.04, 0.16) : 0;
    if (has_effect(EFFECT_LOW_DPI, is_poor, rng))
        scan->dpi = low_dpi(is_poor, rng);
    if (scan->depth == DEPTH_BILEVEL) /* a scanner sets its threshold to the paper's grey */
        scan->shade = MIN(scan->shade, 25);
    if (is_poor && rng_chance(rng, 25)) {
        scan->depth = DEPTH_FAX;
        scan->dpi = 200;
        scan->shade = 0;
    }
}

void scan_as_photo(struct scan *scan)
{
    scan->is_photo = true;
    scan->depth = DEPTH_GREY;
    scan->dpi = 200;
    scan->shade = MAX(scan->shade, 40);
}

/* Page points to pixels: about the middle turned, scaled, and back (render_grey draws so). */
static void set_view(struct page *page, PIX *pix, const struct scan *scan, double turn)
{
    double width = pixGetWidth(pix);
    double height = pixGetHeight(pix);
    double a = scan->scale * scan->dpi / 72 * cos(turn);
    double b = scan->scale * scan->dpi / 72 * sin(turn);
    double x = page->width / 2;
    double y = page->height / 2;

    page->view = (struct view){
        .width_px = (int)width,
        .height_px = (int)height,
        .to_pixels = {a, -b, width / 2 - a * x + b * y, b, a, height / 2 - b * x - a * y, 0, 0, 1}};
}

/* The camera's matrix after the scan's. */
static void photograph(PIX **pix, struct page *page, struct rng *rng)
{
    double camera[9];
    double product[9];
    const double *flat = page->view.to_pixels;
    PIX *photo = wear_photo(*pix, rng, camera);

    for (int i = 0; i < 9; i++)
        product[i] = camera[i / 3 * 3] * flat[i % 3] + camera[i / 3 * 3 + 1] * flat[3 + i % 3] +
                     camera[i / 3 * 3 + 2] * flat[6 + i % 3];
    memcpy(page->view.to_pixels, product, sizeof product);
    pixDestroy(pix);
    *pix = photo;
}

static void wear(PIX *pix, const struct scan *scan, struct rng *rng)
{
    if (scan->ink < 1)
        wear_fade(pix, scan->ink);
    if (scan->bleed > 0)
        wear_bleed(pix, scan->bleed);
    wear_folds(pix, scan->folds, rng);
    wear_blots(pix, scan->blots, rng);
}

PIX *scan_page(const struct scan *scan, struct page *page, struct rng *rng)
{
    double turn = rng_real(rng, -scan->skew, scan->skew) * G_PI / 180;
    PIX *pix;

    if (scan->is_upside_down && rng_chance(rng, 30))
        turn += G_PI;
    pix = render_grey(page, scan->dpi, scan->scale, turn);
    set_view(page, pix, scan, turn);
    wear(pix, scan, rng);
    if (scan->is_photo)
        photograph(&pix, page, rng);
    if (scan->has_blur)
        wear_blur(pix);
    if (scan->noise > 0)
        wear_light(pix, scan->shade, scan->noise, rng);
    if (scan->edge > 0 && !scan->is_photo)
        wear_edge(pix, scan->edge, rng);
    wear_streaks(pix, scan->streaks, rng);
    wear_speckle(pix, scan->speckles, rng);
    if (scan->depth != DEPTH_GREY) {
        PIX *bilevel = pixThresholdToBinary(pix, scan->threshold);

        pixDestroy(&pix);
        pix = bilevel;
    }
    pixSetResolution(pix, (l_int32)scan->dpi, (l_int32)scan->dpi);
    return pix;
}
