/*
 * One page, step by step. Every picture is hostile: too small ones are blank, and Leptonica's
 * refusals leave a step undone. Fails only when the recogniser or the encoder gives up.
 */
#include "pipeline/read/read.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "pipeline/open/open.h"
#include "pipeline/read/clean.h"
#include "pipeline/read/engine.h"
#include "pipeline/read/marks.h"
#include "pipeline/read/sheet.h"
#include "pipeline/read/words.h"

#include <leptonica/allheaders.h>

#define SIDE_PX_MIN 16
#define SURE_WORD 0.95f /* confidence: of print 95 in 100 words have it, in a mirror up to 36 */
#define SURE_LETTERS 3  /* shorter words are sure either way */
#define SURE_WORDS_MIN 3
#define MIRROR_FACTOR 2
#define LARGE_SCALE 2 /* finds lines and cuts letters elsewhere than at the first reading */

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
    pixSetAllArbitrary(kept, sheet_paper_value(s));
    for (size_t i = 0; i < image->n_regions; i++) {
        struct box at = sheet_from_points(s, image->regions[i]);

        pixRasterop(kept, (int)at.x0, (int)at.y0, (int)(at.x1 - at.x0), (int)(at.y1 - at.y0),
                    PIX_SRC, s->pix, (int)at.x0, (int)at.y0);
    }
    pix_replace(&s->pix, kept);
}

static int recognise(struct arena *a, struct engine *engine, struct sheet *s,
                     struct read_result *result, struct err *err)
{
    struct found_words found;
    int r = engine_read(a, engine, s, &found, err);

    if (r < 0)
        return r;
    words_place(a, s, &found, result->page);
    result->page->source = PAGE_OCR;
    result->page->rules = found.rules;
    result->page->n_rules = found.n_rules;
    result->page->fallback = found.fallback;
    return 0;
}

/* Upright and straight; after this the ink can be looked at. */
static void straighten(struct sheet *s, struct engine *engine, struct page *page)
{
    clean_edges(s);
    clean_specks(s);
    clean_orientation(s, engine);
    clean_skew_and_height(s);
    page->rotation = s->rotation;
    page->skew_deg = s->skew_deg;
    page->width_pt = s->width_pt;
    page->height_pt = s->height_pt;
}

static int read_sheet(struct arena *a, struct engine *engine, struct sheet *s, enum read_way way,
                      struct read_result *result, struct err *err)
{
    int64_t at = clock_cpu_us();
    struct page *page = result->page;
    bool is_empty;
    int r = 0;

    straighten(s, engine, page);
    count_time(&at, &result->times.clean_us);
    find_barcodes(a, s, page);
    count_time(&at, &result->times.barcode_us);
    is_empty = sheet_is_blank(s); /* a separator sheet may hold nothing but codes */
    page->is_blank = is_empty && page->n_barcodes == 0 && page->lost_percent == 0;
    if (!is_empty) {
        find_check_boxes(a, s, page);
        if (way == READ_LARGE)
            sheet_resample(s, 0, LARGE_SCALE);
        count_time(&at, &result->times.clean_us);
        r = recognise(a, engine, s, result, err);
    }
    count_time(&at, &result->times.recognise_us);
    return r;
}

static int count_sure_words(const struct page *page)
{
    int sure = 0;

    for (size_t i = 0; i < page->n_words; i++)
        sure += page->words[i].confidence >= SURE_WORD &&
                utf8_count(page->words[i].text) >= SURE_LETTERS;
    return sure;
}

/* A new page with what reads when pale print is made dark, its times added to `result`. */
static int read_darkened(struct arena *a, struct engine *engine, const struct page_image *image,
                         bool is_mirrored, enum read_way way, struct read_result *result,
                         struct page **ret, struct err *err)
{
    struct page *page = arena_alloc(a, sizeof *page);
    struct read_result darkened = {.page = page, .times = result->times};
    int r;

    *page = *result->page;
    r = read_sheet(a, engine, sheet_new_pale(a, image, is_mirrored), way, &darkened, err);
    result->times = darkened.times;
    *ret = page;
    return r;
}

/* Print may fade until no ink is left by the common measure: before a page is thrown away as blank
 * it is read once more with its palest greys made dark. What shines through from the other side is
 * as pale, and its letters resemble others: it is what reads better in a mirror. */
static int read_pale(struct arena *a, struct engine *engine, const struct page_image *image,
                     enum read_way way, struct read_result *result, struct err *err)
{
    struct page *page, *mirrored;
    int sure, r = read_darkened(a, engine, image, false, way, result, &page, err);

    if (r < 0)
        return r;
    sure = count_sure_words(page);
    if (sure < SURE_WORDS_MIN)
        return 0;
    r = read_darkened(a, engine, image, true, way, result, &mirrored, err);
    if (r == 0 && count_sure_words(mirrored) <= MIRROR_FACTOR * sure)
        result->page = page;
    return r;
}

static int read_scan(struct arena *a, struct engine *engine, const struct page_image *image,
                     enum read_way way, struct read_result *result, struct err *err)
{
    int64_t at = clock_cpu_us();
    struct sheet *s = sheet_new(a, image);
    int r;

    count_time(&at, &result->times.clean_us);
    r = read_sheet(a, engine, s, way, result, err);
    if (r == 0 && result->page->is_blank && pixGetDepth(image->pix) > 1)
        r = read_pale(a, engine, image, way, result, err);
    return r;
}

/* A rendered page of which some has trusted text: it stands upright and straight already. */
static int read_mixed(struct arena *a, struct engine *engine, const struct page_image *image,
                      struct read_result *result, struct err *err)
{
    int64_t at = clock_cpu_us();
    struct sheet *s = sheet_new(a, image);
    int r;

    find_barcodes(a, s, result->page);
    count_time(&at, &result->times.barcode_us);
    keep_regions(s, image);
    count_time(&at, &result->times.clean_us);
    r = recognise(a, engine, s, result, err);
    count_time(&at, &result->times.recognise_us);
    if (r < 0)
        return r;
    words_merge(a, image->text, result->page);
    result->page->source = PAGE_MIXED;
    return 0;
}

/* The picture for the screen is the page as scanned, upright. */
static int make_picture(struct arena *a, const struct page_image *image, const struct page *page,
                        const struct read_options *options, struct read_result *ret,
                        struct err *err)
{
    PIX *upright = page->rotation ? pixRotateOrth(image->pix, page->rotation / 90)
                                  : pixClone(image->pix);
    int r = read_picture(a, upright, options, &ret->picture, &ret->picture_length, err);

    pixDestroy(&upright);
    return r;
}

int read_page(struct arena *a, struct engine *engine, const struct page_image *image, int number,
              const struct read_options *options, struct read_result *ret, struct err *err)
{
    struct read_result result = {.page = page_new(a, number, image->width_pt, image->height_pt)};
    int64_t at;
    int r = 0;

    result.page->lost_percent = image->lost_percent;
    result.page->is_stored = image->stored.form != STORED_NOTHING;
    if (pixGetWidth(image->pix) < SIDE_PX_MIN || pixGetHeight(image->pix) < SIDE_PX_MIN) {
        result.page->is_blank = image->lost_percent == 0;
        *ret = result;
        return 0;
    }
    r = image->text ? read_mixed(a, engine, image, &result, err)
                    : read_scan(a, engine, image, options->way, &result, err);
    at = clock_cpu_us();
    if (r == 0 && options->picture_height_px > 0)
        r = make_picture(a, image, result.page, options, &result, err);
    count_time(&at, &result.times.picture_us);
    if (r < 0)
        return err_wrap(err, r, "reading page %d", number);
    *ret = result;
    return 0;
}
