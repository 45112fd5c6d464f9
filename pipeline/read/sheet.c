/*
 * Grey by luminance, ink by a threshold on a levelled, reduced copy. A page whose paper is even
 * keeps its own pixels; only one with shadows or a tint is levelled in full, because that is one
 * more pass over every pixel. Steps that Leptonica refuses (pictures of a few pixels) leave things
 * as they are.
 */
#include "pipeline/read/sheet.h"

#include "base/arena.h"
#include "base/limits.h"
#include "pipeline/open/open.h"
#include "pipeline/read/layout/bitmap.h"
#include "pipeline/read/pixels.h"

#include <leptonica/allheaders.h>
#include <math.h>

#define INK_DPI_MAX 220 /* reduce until below: between 110 and 220 the tests on ink agree */
#define BELIEVABLE_DPI_MIN 90
#define BELIEVABLE_DPI_MAX 1300
#define A4_INCHES 8.27f
#define PAPER_RANK 0.8f /* of a page's pixels are darker than its paper, or as light */
#define DARK_PAPER 0.5f /* of the page's paper: darker is a block of its own */
#define LEVEL 200       /* grey of levelled paper */
#define TILE_WIDTH 10   /* of the background map, pixels of ink */
#define TILE_HEIGHT 15
#define TILE_MARGIN 3        /* around ink, pixels that are not paper */
#define TILE_DARK 60         /* below this grey is never paper */
#define TILE_PAPER_PIXELS 40 /* of 150: fewer, and the tile takes its neighbours' paper */
#define INK_GREY_MIN 90      /* of LEVEL */
#define INK_GREY_MAX 150     /* what shines through from the other side is lighter */
#define PALE_BLACK 0.67f     /* of the paper, becomes black: print of 0.91 is ink, grain is not */
#define UNEVEN_GREY 24       /* between the darkest and lightest paper, else left alone */

static void sheet_release(void *thing)
{
    struct sheet *s = thing;

    pixDestroy(&s->pix);
    pixDestroy(&s->ink);
    boxaDestroy(&s->marks);
}

void pix_replace(PIX **at, PIX *made)
{
    if (!made)
        return;
    pixDestroy(at);
    *at = made;
}

void sheet_new_ink(struct sheet *s, PIX *made)
{
    pix_replace(&s->ink, made);
    boxaDestroy(&s->marks);
}

/* In the order of their first pixel, as pixConnCompBB() has them, which takes several times as
 * long; a picture of noise is left to it. */
static BOXA *find_marks(PIX *ink)
{
    AUTO_ARENA struct arena a;
    struct bitmap bits;
    struct marks m;
    BOXA *boxes;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    bits = bitmap_load(&a, pixGetData(ink), pixGetWpl(ink), pixGetWidth(ink), pixGetHeight(ink));
    if (!marks_find(&a, &bits, 1, &m))
        return pixConnCompBB(ink, 8);
    boxes = boxaCreate(m.count);
    for (int i = 0; boxes && i < m.count; i++)
        boxaAddBox(boxes,
                   boxCreate(m.marks[i].x0, m.marks[i].y0, mark_width(&m.marks[i]),
                             mark_height(&m.marks[i])),
                   L_INSERT);
    return boxes;
}

BOXA *sheet_marks(struct sheet *s)
{
    if (!s->marks)
        s->marks = find_marks(s->ink);
    return s->marks;
}

static PIX *grey_from_colour(PIX *colour)
{
    int width = pixGetWidth(colour), height = pixGetHeight(colour);
    PIX *grey = pixCreateNoInit(width, height, 8);

    for (int y = 0; grey && y < height; y++) {
        const l_uint32 *from = pixGetData(colour) + (size_t)y * (size_t)pixGetWpl(colour);
        l_uint32 *to = pixGetData(grey) + (size_t)y * (size_t)pixGetWpl(grey);

        for (int x = 0; x < width; x++) {
            l_uint32 p = from[x];
            l_uint32 g = 77 * (p >> 24) + 151 * (p >> 16 & 255) + 28 * (p >> 8 & 255);

            SET_DATA_BYTE(to, x, g >> 8);
        }
    }
    return grey;
}

PIX *pix_grey(PIX *pix)
{
    if (pixGetColormap(pix))
        return pixRemoveColormap(pix, REMOVE_CMAP_TO_GRAYSCALE);
    if (pixGetDepth(pix) == 32)
        return grey_from_colour(pix);
    return pixGetDepth(pix) == 1 || pixGetDepth(pix) == 8 ? pixClone(pix) : pixConvertTo8(pix, 0);
}

static PIX *reduced(PIX *pix, float dpi, int *ret_factor)
{
    PIX *small = pixClone(pix);
    int factor = 1;

    for (; dpi / (float)factor > INK_DPI_MAX; factor *= 2) {
        PIX *half = pixGetDepth(small) == 1 ? pixReduceRankBinary2(small, 2, NULL)
                                            : pix_half(small);

        if (!half)
            break;
        pix_replace(&small, half);
    }
    *ret_factor = factor;
    return small;
}

/* The mean grey of what is no ink in each tile, nor near ink; as pixGetBackgroundGrayMap() has it,
 * much quicker. NULL when there is no tile of paper. */
static PIX *tile_map(PIX *small, int dark)
{
    PIX *ink = pix_darker(small, dark), *map = NULL;
    int columns = pixGetWidth(small) / TILE_WIDTH, rows = pixGetHeight(small) / TILE_HEIGHT;

    if (ink && pixDilateBrick(ink, ink, 2 * TILE_MARGIN + 1, 2 * TILE_MARGIN + 1))
        map = pix_tile_means(small, ink, TILE_WIDTH, TILE_HEIGHT, TILE_PAPER_PIXELS);
    if (map && pixFillMapHoles(map, columns, rows, L_FILL_BLACK) != 0)
        pixDestroy(&map);
    pixDestroy(&ink);
    return map;
}

/* The grey of the paper in each tile, how far apart its darkest and lightest places are, and its
 * middle. A dark block is not paper in the shade: levelled, its white letters would drown. */
static PIX *paper_map(PIX *small, int *ret_spread, int *ret_paper)
{
    float dark = 0, middle = 255, light = 0, paper = 0;
    PIX *map;

    pixGetRankValueMasked(small, NULL, 0, 0, 8, PAPER_RANK, &paper, NULL);
    map = tile_map(small, (int)fmaxf(DARK_PAPER * paper, TILE_DARK));
    if (!map)
        return NULL;
    pixGetRankValueMasked(map, NULL, 0, 0, 1, 0.03f, &dark, NULL);
    pixGetRankValueMasked(map, NULL, 0, 0, 1, 0.5f, &middle, NULL);
    pixGetRankValueMasked(map, NULL, 0, 0, 1, 0.97f, &light, NULL);
    *ret_paper = (int)middle;
    *ret_spread = (int)(light - dark);
    return map;
}

/* Otsu's split of the levelled greys, kept within reason: on an empty page it would split the noise
 * of the paper, and bleed-through is not ink. */
static int ink_threshold(PIX *levelled)
{
    int threshold = 0;

    pixSplitDistributionFgBg(levelled, 0.1f, 2, &threshold, NULL, NULL, NULL);
    if (threshold < INK_GREY_MIN)
        return INK_GREY_MIN;
    return threshold > INK_GREY_MAX ? INK_GREY_MAX : threshold;
}

static void find_ink(struct sheet *s)
{
    int factor, spread = 0;
    PIX *small = reduced(s->pix, s->dpi, &factor), *map, *inverse, *level;

    s->ink_factor = (float)factor;
    s->paper = 255;
    if (pixGetDepth(small) == 1) {
        s->ink = small;
        return;
    }
    map = paper_map(small, &spread, &s->paper);
    inverse = map ? pixGetInvBackgroundMap(map, LEVEL, 2, 1) : NULL;
    level = inverse ? pix_level(small, inverse, TILE_WIDTH, TILE_HEIGHT) : NULL;
    s->ink = pix_darker(level ? level : small, level ? ink_threshold(level) : 128);
    if (level && spread > UNEVEN_GREY) {
        s->paper = LEVEL;
        pix_replace(&s->pix, factor == 1 ? pixClone(level)
                                         : pix_level(s->pix, inverse, TILE_WIDTH * factor,
                                                     TILE_HEIGHT * factor));
    }
    pixDestroy(&map);
    pixDestroy(&inverse);
    pixDestroy(&level);
    pixDestroy(&small);
}

/* A scanner's 72 or 1 dot an inch is a default, not a fact: a page is then as wide as A4. */
static float believable_dpi(const struct page_image *image, PIX *pix)
{
    int width = pixGetWidth(pix), height = pixGetHeight(pix);
    float dpi = 72 * (float)width / image->width_pt;

    if (dpi < BELIEVABLE_DPI_MIN || dpi > BELIEVABLE_DPI_MAX)
        dpi = (float)(width < height ? width : height) / A4_INCHES;
    return dpi;
}

struct sheet *sheet_new(struct arena *a, const struct page_image *image)
{
    struct sheet *s = arena_alloc(a, sizeof *s);

    arena_defer(a, sheet_release, s);
    s->pix = pix_grey(image->pix);
    s->width_pt = image->width_pt;
    s->height_pt = image->height_pt;
    s->to_points = (struct affine){
        .xx = image->width_pt / (float)pixGetWidth(s->pix),
        .yy = image->height_pt / (float)pixGetHeight(s->pix),
    };
    s->dpi = believable_dpi(image, s->pix);
    find_ink(s);
    return s;
}

struct sheet *sheet_new_pale(struct arena *a, const struct page_image *image, bool is_mirrored)
{
    struct sheet *s = sheet_new(a, image);
    int black = (int)(PALE_BLACK * (float)s->paper);

    pix_replace(&s->pix, pixGammaTRC(NULL, s->pix, 1, black, s->paper));
    if (is_mirrored)
        pix_replace(&s->pix, pixFlipLR(NULL, s->pix));
    pixDestroy(&s->ink);
    find_ink(s);
    s->is_pale = true;
    return s;
}

int sheet_ink_px(const struct sheet *s, float inches)
{
    int px = (int)(inches * s->dpi / s->ink_factor + 0.5f);

    return px > 1 ? px : 1;
}

unsigned sheet_paper_value(const struct sheet *s)
{
    return pixGetDepth(s->pix) == 1 ? 0 : (unsigned)s->paper;
}

void sheet_make_writable(struct sheet *s)
{
    if (pixGetRefcount(s->pix) > 1)
        pix_replace(&s->pix, pixCopy(NULL, s->pix));
    if (pixGetRefcount(s->ink) > 1)
        pix_replace(&s->ink, pixCopy(NULL, s->ink));
}

void sheet_paint_mask(struct sheet *s, PIX *mask, int x, int y)
{
    PIX *large = pixScaleBySampling(mask, s->ink_factor, s->ink_factor);

    sheet_make_writable(s);
    pixPaintThroughMask(s->ink, mask, x, y, 0);
    if (large)
        pixPaintThroughMask(s->pix, large, (int)((float)x * s->ink_factor),
                            (int)((float)y * s->ink_factor), sheet_paper_value(s));
    pixDestroy(&large);
}

void sheet_paint_white(struct sheet *s, struct box points)
{
    struct box at = sheet_from_points(s, points);
    int w = (int)((at.x1 - at.x0) / s->ink_factor), h = (int)((at.y1 - at.y0) / s->ink_factor);
    PIX *mask = pixCreate(w > 0 ? w : 1, h > 0 ? h : 1, 1);

    if (!mask)
        return;
    pixSetAll(mask);
    sheet_paint_mask(s, mask, (int)(at.x0 / s->ink_factor), (int)(at.y0 / s->ink_factor));
    boxaDestroy(&s->marks);
    pixDestroy(&mask);
}

void sheet_turn(struct sheet *s, int quarters)
{
    struct affine *t = &s->to_points;

    if (quarters == 0)
        return;
    pix_replace(&s->pix, pixRotateOrth(s->pix, quarters));
    sheet_new_ink(s, pixRotateOrth(s->ink, quarters));
    if (quarters % 2 == 1) {
        float width = s->width_pt;

        s->width_pt = s->height_pt;
        s->height_pt = width;
    }
    *t = (struct affine){.xx = s->width_pt / (float)pixGetWidth(s->pix),
                         .yy = s->height_pt / (float)pixGetHeight(s->pix)};
    s->rotation = (s->rotation + 90 * quarters) % 360;
}

static struct affine after(struct affine outer, struct affine inner)
{
    return (struct affine){
        .xx = outer.xx * inner.xx + outer.xy * inner.yx,
        .xy = outer.xx * inner.xy + outer.xy * inner.yy,
        .x0 = outer.xx * inner.x0 + outer.xy * inner.y0 + outer.x0,
        .yx = outer.yx * inner.xx + outer.yy * inner.yx,
        .yy = outer.yx * inner.xy + outer.yy * inner.yy,
        .y0 = outer.yx * inner.x0 + outer.yy * inner.y0 + outer.y0,
    };
}

void sheet_resample(struct sheet *s, float deg, float scale)
{
    float width = (float)pixGetWidth(s->pix), height = (float)pixGetHeight(s->pix);
    float rad = deg * (float)M_PI / 180, c = cosf(rad), n = sinf(rad);
    float to_width = width * scale, to_height = height * scale;
    struct affine m = {c / scale, n / scale, 0, -n / scale, c / scale, 0};
    PIX *made;

    m.x0 = width / 2 - (m.xx * to_width + m.xy * to_height) / 2;
    m.y0 = height / 2 - (m.yx * to_width + m.yy * to_height) / 2;
    if (pixGetDepth(s->pix) == 1)
        pix_replace(&s->pix, pixConvert1To8(NULL, s->pix, 255, 0));
    made = pix_resample(s->pix, m, (int)to_width, (int)to_height, s->paper);
    if (!made)
        return;
    pix_replace(&s->pix, made);
    if (deg != 0)
        sheet_new_ink(s, pixRotate(s->ink, rad, L_ROTATE_SHEAR, L_BRING_IN_WHITE,
                                   pixGetWidth(s->ink), pixGetHeight(s->ink)));
    s->to_points = after(s->to_points, m);
    s->dpi *= scale;
    s->ink_factor *= scale;
    s->skew_deg -= deg;
}

struct box sheet_to_points(const struct sheet *s, float factor, struct box pixels)
{
    struct affine t = s->to_points;
    float x = factor * (pixels.x0 + pixels.x1) / 2, y = factor * (pixels.y0 + pixels.y1) / 2;
    float half_width = factor * (pixels.x1 - pixels.x0) / 2 * hypotf(t.xx, t.xy);
    float half_height = factor * (pixels.y1 - pixels.y0) / 2 * hypotf(t.yx, t.yy);
    float to_x = t.xx * x + t.xy * y + t.x0, to_y = t.yx * x + t.yy * y + t.y0;

    return (struct box){to_x - half_width, to_y - half_height, to_x + half_width,
                        to_y + half_height};
}

struct box sheet_from_points(const struct sheet *s, struct box points)
{
    struct affine t = s->to_points;
    float det = t.xx * t.yy - t.xy * t.yx;
    float x = (points.x0 + points.x1) / 2 - t.x0, y = (points.y0 + points.y1) / 2 - t.y0;
    float at_x = (t.yy * x - t.xy * y) / det, at_y = (t.xx * y - t.yx * x) / det;
    float half_width = (points.x1 - points.x0) / 2 / hypotf(t.xx, t.xy);
    float half_height = (points.y1 - points.y0) / 2 / hypotf(t.yx, t.yy);

    return (struct box){at_x - half_width, at_y - half_height, at_x + half_width,
                        at_y + half_height};
}
