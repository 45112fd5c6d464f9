/*
 * Pictures: one page each, many for TIFF. PNG, WebP and JPEG 2000 go through Leptonica; TIFF and
 * JPEG have decoders of their own (tiff.c, jpeg.c) that keep the good part of a damaged file.
 *
 * Width and height are read from the header and held against the limit before anything is decoded.
 * A file that stops early fails as "truncated", any other refusal of the decoder as "corrupt".
 */
#include "pipeline/open/image.h"

#include "base/arena.h"
#include "base/err.h"
#include "models/fault.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>

#define A4_WIDTH_PT 595.28f
#define A4_HEIGHT_PT 841.89f
#define LETTER_WIDTH_PT 612.0f
#define LETTER_HEIGHT_PT 792.0f
#define RECEIPT_WIDTH_PT 226.8f /* 80 mm, the usual till roll */

/* 72 and 96 dpi are what cameras and editors write when they know nothing. They are believed only
 * where the page then is at most A3. */
#define DPI_SURE 100.0f
#define UNSURE_SIDE_MAX_PT 1300.0f
#define DPI_MIN 20.0f
#define DPI_MAX 4800.0f

int image_head_check(const struct image_head *head, const struct open_limits *limits,
                     struct err *err)
{
    if (head->width_px <= 0 || head->height_px <= 0)
        return fault_set(err, FAULT_CORRUPT, "%d x %d pixels", head->width_px, head->height_px);
    if ((int64_t)head->width_px * head->height_px > limits->pixels)
        return fault_set(err, FAULT_TOO_MANY_PIXELS, "%d x %d pixels", head->width_px,
                         head->height_px);
    return 0;
}

static bool is_turned(const struct image_head *head)
{
    return head->orientation >= 5;
}

static bool is_resolution_believed(const struct image_head *head)
{
    float width_pt, height_pt;

    if (head->dpi_x < DPI_MIN || head->dpi_x > DPI_MAX || head->dpi_y < DPI_MIN ||
        head->dpi_y > DPI_MAX)
        return false;
    width_pt = (float)head->width_px * 72 / head->dpi_x;
    height_pt = (float)head->height_px * 72 / head->dpi_y;
    return head->dpi_x >= DPI_SURE || fmaxf(width_pt, height_pt) <= UNSURE_SIDE_MAX_PT;
}

/* The width of an upright sheet with these proportions: US letter is within 2.5 % of 1.294, a till
 * roll is longer than two widths, everything else fits A4. */
static float guess_width_pt(float proportion)
{
    if (fabsf(proportion - LETTER_HEIGHT_PT / LETTER_WIDTH_PT) < 0.03f)
        return LETTER_WIDTH_PT;
    if (proportion > 2)
        return RECEIPT_WIDTH_PT;
    return fminf(A4_WIDTH_PT, A4_HEIGHT_PT / proportion);
}

void image_page_size(const struct image_head *head, float *ret_width_pt, float *ret_height_pt)
{
    float width = (float)head->width_px, height = (float)head->height_px, scale;
    bool is_upright;

    if (is_resolution_believed(head)) {
        width *= 72 / head->dpi_x;
        height *= 72 / head->dpi_y;
    } else {
        is_upright = (height >= width) != is_turned(head);
        scale = is_upright ? guess_width_pt(fmaxf(width, height) / fminf(width, height)) /
                                 fminf(width, height)
                           : A4_HEIGHT_PT / fmaxf(width, height);
        width *= scale;
        height *= scale;
    }
    *ret_width_pt = is_turned(head) ? height : width;
    *ret_height_pt = is_turned(head) ? width : height;
}

/* Replaces *pix by `next`. */
static void replace(PIX **pix, PIX *next)
{
    pixDestroy(pix);
    *pix = next;
}

static PIX *plain_depth(PIX *pix)
{
    if (pixGetSpp(pix) == 4 && pixGetDepth(pix) == 32)
        replace(&pix, pixAlphaBlendUniform(pix, 0xffffff00));
    if (pix && pixGetColormap(pix))
        replace(&pix, pixRemoveColormap(pix, REMOVE_CMAP_BASED_ON_SRC));
    if (pix && pixGetDepth(pix) != 1 && pixGetDepth(pix) != 8 && pixGetDepth(pix) != 32)
        replace(&pix, pixConvertTo8(pix, 0));
    return pix;
}

/* `turns` quarter turns clockwise after mirroring left to right: the eight orientations. */
static PIX *upright(PIX *pix, int orientation)
{
    static const struct {
        bool is_mirrored;
        int turns;
    } steps[9] = {[2] = {true, 0},  [3] = {false, 2}, [4] = {true, 2}, [5] = {true, 3},
                  [6] = {false, 1}, [7] = {true, 1},  [8] = {false, 3}};

    if (orientation < 2 || orientation > 8)
        return pix;
    if (steps[orientation].is_mirrored)
        replace(&pix, pixFlipLR(NULL, pix));
    if (pix && steps[orientation].turns)
        replace(&pix, pixRotateOrth(pix, steps[orientation].turns));
    return pix;
}

int image_finish(const struct source *src, const struct image_head *head, PIX *pix,
                 struct page_image *ret, struct err *err)
{
    pix = pix ? plain_depth(pix) : NULL;
    if (pix)
        pix = upright(pix, head->orientation);
    if (pix)
        ret->pix = pix_keep(src->arena, pix);
    else if (src->use != IMAGE_AS_STORED)
        return fault_set(err, FAULT_CORRUPT, "pixels of no known form");
    ret->dpi_x = is_turned(head) ? head->dpi_y : head->dpi_x;
    ret->dpi_y = is_turned(head) ? head->dpi_x : head->dpi_y;
    image_page_size(head, &ret->width_pt, &ret->height_pt);
    return 0;
}

static bool is_cut(enum file_kind kind, const struct source *src)
{
    const unsigned char *b = src->bytes;

    if (kind == FILE_PNG)
        return src->length < 12 || memcmp(b + src->length - 8, "IEND", 4) != 0;
    if (kind == FILE_WEBP)
        return src->length < 12 ||
               (b[4] | (size_t)b[5] << 8 | (size_t)b[6] << 16 | (size_t)b[7] << 24) + 8 >
                   src->length;
    return src->length < 2 || b[src->length - 2] != 0xff || b[src->length - 1] != 0xd9;
}

static int refuse(enum file_kind kind, const struct source *src, struct err *err)
{
    return fault_set(err, is_cut(kind, src) ? FAULT_TRUNCATED : FAULT_CORRUPT, "%s",
                     file_kind_name(kind));
}

static int read_head(enum file_kind kind, const struct source *src, struct image_head *ret,
                     struct err *err)
{
    struct image_head head = {.orientation = 1};
    l_int32 format, bits, samples, has_map;
    int r;

    if (kind == FILE_JPEG) {
        r = jpeg_head(src, &head, err);
        if (r < 0)
            return r;
    } else if (pixReadHeaderMem(src->bytes, src->length, &format, &head.width_px, &head.height_px,
                                &bits, &samples, &has_map) != 0) {
        return refuse(kind, src, err);
    }
    r = image_head_check(&head, src->limits, err);
    if (r < 0)
        return r;
    *ret = head;
    return 0;
}

/* A PNG keeps its resolution in a chunk ahead of the pixels; WebP and JPEG 2000 keep none. */
static void read_resolution(enum file_kind kind, const struct source *src, struct image_head *head)
{
    const unsigned char *p;
    uint32_t per_metre_x, per_metre_y;

    if (kind != FILE_PNG)
        return;
    p = memmem(src->bytes, src->length < 4096 ? src->length : 4096, "pHYs", 4);
    if (!p || (size_t)(p - src->bytes) + 13 > src->length || p[12] != 1)
        return;
    per_metre_x = (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 | p[7];
    per_metre_y = (uint32_t)p[8] << 24 | (uint32_t)p[9] << 16 | (uint32_t)p[10] << 8 | p[11];
    head->dpi_x = (float)per_metre_x * 0.0254f;
    head->dpi_y = (float)per_metre_y * 0.0254f;
}

int image_open(const struct source *src, struct opened *ret, struct err *err)
{
    struct image_head head;
    float width_pt, height_pt;
    int r;

    if (ret->kind == FILE_TIFF)
        return tiff_open(src, ret, err);
    r = read_head(ret->kind, src, &head, err);
    if (r < 0)
        return r;
    read_resolution(ret->kind, src, &head);
    image_page_size(&head, &width_pt, &height_pt);
    ret->pages = arena_alloc(src->arena, sizeof *ret->pages);
    ret->pages[0] = (struct opened_page){.page = page_new(src->arena, 1, width_pt, height_pt),
                                         .needs_reading = true,
                                         .why_read = "scan"};
    ret->n_pages = 1;
    return 0;
}

int image_page_image(const struct source *src, int number, struct page_image *ret, struct err *err)
{
    struct image_head head;
    enum file_kind kind;
    PIX *pix;
    int r = kind_detect(src->bytes, src->length, &kind, err);

    if (r < 0)
        return r;
    if (kind == FILE_TIFF)
        return tiff_page_image(src, number, ret, err);
    if (number != 1)
        return err_set(err, ERR_NOT_FOUND, "page %d of 1", number);
    r = read_head(kind, src, &head, err);
    if (r < 0)
        return r;
    if (kind == FILE_JPEG)
        return jpeg_page_image(src, ret, err);
    read_resolution(kind, src, &head);
    pix = pixReadMem(src->bytes, src->length);
    if (!pix)
        return refuse(kind, src, err);
    return image_finish(src, &head, pix, ret, err);
}
