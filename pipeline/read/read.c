/*
 * One page, step by step. Every picture is hostile: too small ones are blank, and Leptonica's refusals
 * leave a step undone. Fails only when the recogniser or the encoder gives up.
 */
#include "pipeline/read/read.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "pipeline/open/open.h"
#include "pipeline/read/clean.h"
#include "pipeline/read/engine.h"
#include "pipeline/read/sheet.h"
#include "pipeline/read/words.h"

#include <leptonica/allheaders.h>

#define SIDE_PX_MIN 16

/* Adds what passed since `*from` to `*sum` and starts again. */
static void count_time(int64_t *from, long *sum)
{
    int64_t now = clock_cpu_us();

    *sum += (long)(now - *from);
    *from = now;
}

/* Leaves only the regions that have no trusted text, so that one pass reads them all. */
static void keep_regions(struct sheet *s, const struct page_image *image)
{
    PIX *kept = pixCreateTemplate(s->pix);

    if (!kept)
        return;
    if (pixGetDepth(kept) > 1)
        pixSetAll(kept);
    for (size_t i = 0; i < image->n_regions; i++) {
        struct box at = sheet_from_points(s, image->regions[i]);

        pixRasterop(kept, (int)at.x0, (int)at.y0, (int)(at.x1 - at.x0), (int)(at.y1 - at.y0),
                    PIX_SRC, s->pix, (int)at.x0, (int)at.y0);
    }
    pix_replace(&s->pix, kept);
}

static int recognise(struct arena *a, struct engine *engine, struct sheet *s, struct page *page,
                     struct err *err)
{
    struct found_words found;
    int r = engine_read(a, engine, s->pix, (int)(s->dpi + 0.5f), &found, err);

    if (r < 0)
        return r;
    words_place(a, s, &found, page);
    page->source = PAGE_OCR;
    return 0;
}

/* A rendered page of which some has trusted text: it stands upright and straight already. */
static int read_mixed(struct arena *a, struct engine *engine, const struct page_image *image,
                      struct sheet *s, struct page *page, struct err *err)
{
    int r;

    clean_inverse(s);
    keep_regions(s, image);
    r = recognise(a, engine, s, page, err);
    if (r < 0)
        return r;
    words_merge(a, image->text, page);
    page->source = PAGE_MIXED;
    return 0;
}

static void clean(struct arena *a, struct sheet *s, struct engine *engine, struct page *page)
{
    clean_edges(s);
    clean_specks(s);
    clean_orientation(s, engine);
    clean_skew_and_height(s);
    clean_inverse(s);
    clean_rules(a, s, &page->rules, &page->n_rules);
    page->rotation = s->rotation;
    page->skew_deg = s->skew_deg;
    page->width_pt = s->width_pt;
    page->height_pt = s->height_pt;
}

/* The picture for the screen is the page as scanned, upright. */
static int make_picture(struct arena *a, const struct page_image *image, const struct page *page,
                        const struct read_options *options, struct read_result *ret,
                        struct err *err)
{
    PIX *upright = pixRotateOrth(image->pix, page->rotation / 90);
    int r = read_picture(a, upright, options, &ret->picture, &ret->picture_length, err);

    pixDestroy(&upright);
    return r;
}

int read_page(struct arena *a, struct engine *engine, const struct page_image *image, int number,
              const struct read_options *options, struct read_result *ret, struct err *err)
{
    struct read_result result = {.page = page_new(a, number, image->width_pt, image->height_pt)};
    int64_t at = clock_cpu_us();
    struct sheet *s;
    int r = 0;

    if (pixGetWidth(image->pix) < SIDE_PX_MIN || pixGetHeight(image->pix) < SIDE_PX_MIN) {
        result.page->is_blank = true;
        *ret = result;
        return 0;
    }
    s = sheet_new(a, image);
    if (!image->text)
        clean(a, s, engine, result.page);
    count_time(&at, &result.times.clean_us);
    r = image->text ? read_mixed(a, engine, image, s, result.page, err)
                    : recognise(a, engine, s, result.page, err);
    count_time(&at, &result.times.recognise_us);
    if (r == 0 && options->picture_height_px > 0)
        r = make_picture(a, image, result.page, options, &result, err);
    count_time(&at, &result.times.picture_us);
    if (r < 0)
        return err_wrap(err, r, "reading page %d", number);
    *ret = result;
    return 0;
}
