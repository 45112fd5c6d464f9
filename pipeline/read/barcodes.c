/*
 * Looks for places that could hold a code and lets zbar read only those: whole pages cost zbar a
 * tenth of a second, and most pages have none.
 *
 * Bars are long strokes side by side: runs of ink across one direction that close up into a block.
 * A QR code has three squares around smaller squares, which are two connected marks with one
 * centre.
 */
#include "pipeline/read/marks.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "pipeline/read/sheet.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>
#include <zbar.h>

#define BAR_INCHES 0.2f        /* how long a bar is at least */
#define BAR_THICK_INCHES 0.13f /* a wide bar of the largest codes in use, ITF-14, has 0.1 */
#define DARK_SHARE_MAX 0.75f   /* of a code; 0.66 was the most seen, 0.4 is usual */
#define GAP_INCHES 0.18f       /* between two bars of one code at most */
#define CODE_INCHES 0.35f      /* how wide a code is at least */
#define BARS_MIN 8             /* seen apart: at low resolution neighbours run together */
#define QUIET_INCHES 0.2f      /* clipped around a place */
#define FINDER_PX_MIN 9
#define FINDER_INCHES_MAX 1.5f
#define QR_REACH_INCHES 1.6f /* from one finder square to the end, if others were missed */
#define HARD_SHARE 0.65f     /* of the paper's grey: darker is black */
/* Smaller pictures may be snippets and photographs: zbar sees all of them, unless so many marks say
 * text: a receipt, whose codes stand out as on a page. */
#define WHOLE_PX_MAX 600000
#define WHOLE_MARKS_MAX 300
#define PLACES_MAX 16

static const zbar_symbol_type_t symbologies[] = {
    ZBAR_QRCODE, ZBAR_CODE39, ZBAR_CODE128, ZBAR_EAN13, ZBAR_EAN8, ZBAR_I25, ZBAR_CODABAR,
};

static zbar_image_scanner_t *make_scanner(void)
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();

    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    for (size_t i = 0; i < ARRAY_LENGTH(symbologies); i++)
        zbar_image_scanner_set_config(scanner, symbologies[i], ZBAR_CFG_ENABLE, 1);
    /* Without a check digit, two or four figures appear in any hatching. */
    zbar_image_scanner_set_config(scanner, ZBAR_I25, ZBAR_CFG_MIN_LEN, 6);
    zbar_image_scanner_set_config(scanner, ZBAR_CODABAR, ZBAR_CFG_MIN_LEN, 5);
    return scanner;
}

/* Where a code is, in pixels. Of a code of bars zbar tells where it crossed them: that is the whole
 * place without the quiet zone around it, unless the place is the whole page. */
static struct box box_of(const zbar_symbol_t *symbol, const struct sheet *s, const BOX *place,
                         float quiet)
{
    struct box at = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    bool is_page = place->w == pixGetWidth(s->pix) && place->h == pixGetHeight(s->pix);

    if (zbar_symbol_get_type(symbol) != ZBAR_QRCODE && !is_page)
        return (struct box){(float)place->x + quiet, (float)place->y + quiet,
                            (float)(place->x + place->w) - quiet,
                            (float)(place->y + place->h) - quiet};
    for (unsigned i = 0; i < zbar_symbol_get_loc_size(symbol); i++) {
        float x = (float)(place->x + zbar_symbol_get_loc_x(symbol, i));
        float y = (float)(place->y + zbar_symbol_get_loc_y(symbol, i));

        at = (struct box){fminf(at.x0, x), fminf(at.y0, y), fmaxf(at.x1, x), fmaxf(at.y1, y)};
    }
    return at;
}

/* The text of a code, safe to store. Its line breaks stay: payment codes hold one field a line. */
static const char *clean_lines(struct arena *a, const char *data, size_t length)
{
    char *text = arena_alloc(a, 3 * length + 1), *to = text;

    for (size_t i = 0, end; i <= length; i = end + 1) {
        const char *newline = memchr(data + i, '\n', length - i);

        end = newline ? (size_t)(newline - data) : length;
        utf8_clean(data + i, end - i, to);
        to += strlen(to);
        if (newline)
            *to++ = '\n';
    }
    *to = '\0';
    return text;
}

static void add_symbol(struct arena *a, const struct sheet *s, struct page *page,
                       const zbar_symbol_t *symbol, const BOX *place)
{
    const char *name = zbar_get_symbol_name(zbar_symbol_get_type(symbol));
    const char *data = zbar_symbol_get_data(symbol);
    const char *text = clean_lines(a, data, strnlen(data, zbar_symbol_get_data_length(symbol)));
    float quiet = s->ink_factor * (float)sheet_ink_px(s, QUIET_INCHES);

    for (size_t i = 0; i < page->n_barcodes; i++)
        if (strcmp(page->barcodes[i].symbology, name) == 0 &&
            strcmp(page->barcodes[i].text, text) == 0)
            return;
    if (page->n_barcodes < LIMIT_BARCODES_A_PAGE)
        page->barcodes[page->n_barcodes++] = (struct barcode){
            .symbology = name,
            .text = text,
            .box = sheet_to_points(s, 1, box_of(symbol, s, place, quiet))};
}

static bool scan(struct arena *a, const struct sheet *s, zbar_image_scanner_t *scanner, PIX *part,
                 const BOX *at, struct page *page)
{
    PIX *grey = pixConvertTo8(part, 0);
    zbar_image_t *image;
    l_uint8 *bytes = NULL;
    size_t size = 0;
    int found = 0;

    if (grey && pixGetRasterData(grey, &bytes, &size) == 0) {
        image = zbar_image_create();
        zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
        zbar_image_set_size(image, (unsigned)pixGetWidth(grey), (unsigned)pixGetHeight(grey));
        zbar_image_set_data(image, bytes, size, NULL);
        found = zbar_scan_image(scanner, image);
        for (const zbar_symbol_t *symbol = zbar_image_first_symbol(image); symbol;
             symbol = zbar_symbol_next(symbol))
            add_symbol(a, s, page, symbol, at);
        zbar_image_destroy(image);
        lept_free(bytes);
    }
    pixDestroy(&grey);
    return found > 0;
}

/* Reads one place, given in pixels of ink: as grey, and if that fails as black and white, which
 * helps when pale seams run through the modules. */
static void read_place(struct arena *a, const struct sheet *s, zbar_image_scanner_t *scanner,
                       const BOX *small, struct page *page)
{
    int quiet = sheet_ink_px(s, QUIET_INCHES);
    float f = s->ink_factor;
    BOX *large = boxCreate(
        (int)(f * (float)(small->x - quiet)), (int)(f * (float)(small->y - quiet)),
        (int)(f * (float)(small->w + 2 * quiet)), (int)(f * (float)(small->h + 2 * quiet)));
    BOX *at = NULL;
    PIX *part = pixClipRectangle(s->pix, large, &at), *hard;

    if (part && !scan(a, s, scanner, part, at, page) && pixGetDepth(part) == 8) {
        hard = pixThresholdToBinary(part, (l_int32)(HARD_SHARE * (float)s->paper));
        if (hard)
            scan(a, s, scanner, hard, at, page);
        pixDestroy(&hard);
    }
    pixDestroy(&part);
    boxDestroy(&at);
    boxDestroy(&large);
}

/* Across the middle of a block, a code has at least a dozen thin bars. A table has its few rules, a
 * dark band with white letters has long stretches of ink. */
static bool has_many_bars(const struct sheet *s, PIX *bars, const BOX *block, bool is_lying)
{
    int end = is_lying ? block->y + block->h : block->x + block->w;
    int across = is_lying ? block->x + block->w / 2 : block->y + block->h / 2;
    int thick = sheet_ink_px(s, BAR_THICK_INCHES), count = 0, thin_px = 0, thick_px = 0, run = 0;

    for (int at = is_lying ? block->y : block->x; at <= end; at++) {
        l_uint32 is_ink = 0;

        if (at < end)
            pixGetPixel(bars, is_lying ? across : at, is_lying ? at : across, &is_ink);
        if (is_ink) {
            run++;
            continue;
        }
        count += run > 0 && run <= thick;
        *(run <= thick ? &thin_px : &thick_px) += run;
        run = 0;
    }
    return count >= BARS_MIN && thin_px > thick_px;
}

/* A noisy band falls into thin bars too, but has little paper between them. */
static bool is_mostly_ink(const struct sheet *s, BOX *block)
{
    PIX *all = pixClipRectangle(s->ink, block, NULL);
    float dark = 1;

    if (all)
        pixForegroundFraction(all, &dark);
    pixDestroy(&all);
    return dark > DARK_SHARE_MAX;
}

static BOXA *barred_blocks(const struct sheet *s, PIX *bars, bool is_lying)
{
    int gap = sheet_ink_px(s, GAP_INCHES);
    PIX *joined = ink_joined(bars, gap, is_lying);
    PIX *blocks = joined ? ink_long_runs(joined, sheet_ink_px(s, CODE_INCHES), is_lying) : NULL;
    BOXA *boxes = blocks ? pixConnCompBB(blocks, 4) : NULL;

    pixDestroy(&joined);
    pixDestroy(&blocks);
    return boxes;
}

/* Blocks of parallel strokes; the strokes stand upright or lie. */
static void add_barred(const struct sheet *s, bool is_lying, BOXA *places)
{
    PIX *bars = ink_long_runs(s->ink, sheet_ink_px(s, BAR_INCHES), !is_lying);
    BOXA *boxes = NULL;
    int is_empty = 1;

    if (bars)
        pixZero(bars, &is_empty);
    if (!is_empty)
        boxes = barred_blocks(s, bars, is_lying);
    for (int i = 0; boxes && i < boxaGetCount(boxes) && boxaGetCount(places) < PLACES_MAX; i++) {
        BOX *block = boxaGetBox(boxes, i, L_CLONE);

        if ((is_lying ? block->w : block->h) > sheet_ink_px(s, BAR_INCHES) / 2 &&
            has_many_bars(s, bars, block, is_lying) && !is_mostly_ink(s, block))
            boxaAddBox(places, block, L_COPY);
        boxDestroy(&block);
    }
    boxaDestroy(&boxes);
    pixDestroy(&bars);
}

/* Is there a mark of 3/7 of the size around the same centre? Marks come in the order of their
 * tops. */
static bool is_finder(BOXA *marks, int i, int x, int y, int w, int h)
{
    for (int j = i + 1; j < boxaGetCount(marks); j++) {
        l_int32 ix, iy, iw, ih;

        boxaGetBoxGeometry(marks, j, &ix, &iy, &iw, &ih);
        if (iy > y + h)
            return false;
        if (abs(2 * (ix - x) + iw - w) * 7 <= 2 * w && abs(2 * (iy - y) + ih - h) * 7 <= 2 * h &&
            iw * 3 > w && iw * 7 < w * 4 && ih * 3 > h && ih * 7 < h * 4)
            return true;
    }
    return false;
}

/* One place around all finder squares of the page. */
static void add_squared(struct sheet *s, BOXA *places)
{
    BOXA *marks = sheet_marks(s), *finders = boxaCreate(8);
    int max = sheet_ink_px(s, FINDER_INCHES_MAX), reach, count;
    BOX *around = NULL;

    for (int i = 0; marks && i < boxaGetCount(marks); i++) {
        l_int32 x, y, w, h;

        boxaGetBoxGeometry(marks, i, &x, &y, &w, &h);
        if (w >= FINDER_PX_MIN && w <= max && abs(w - h) * 5 <= w &&
            is_finder(marks, i, x, y, w, h))
            boxaAddBox(finders, boxCreate(x, y, w, h), L_INSERT);
    }
    count = boxaGetCount(finders);
    if (count > 0 && boxaGetExtent(finders, NULL, NULL, &around) == 0) {
        reach = count < 3 ? sheet_ink_px(s, QR_REACH_INCHES) : 0;
        boxaAddBox(places,
                   boxCreate(around->x - reach, around->y - reach, around->w + 2 * reach,
                             around->h + 2 * reach),
                   L_INSERT);
    }
    boxDestroy(&around);
    boxaDestroy(&finders);
}

/* Photographs of codes have up to 200 marks, receipts from 300 to 2,000. */
static bool is_snippet(struct sheet *s)
{
    BOXA *marks = sheet_marks(s);

    return pixGetWidth(s->ink) * pixGetHeight(s->ink) < WHOLE_PX_MAX &&
           (!marks || boxaGetCount(marks) <= WHOLE_MARKS_MAX);
}

void find_barcodes(struct arena *a, struct sheet *s, struct page *page)
{
    BOXA *places = boxaCreate(PLACES_MAX);

    page->barcodes = arena_alloc_array(a, LIMIT_BARCODES_A_PAGE, sizeof *page->barcodes);
    page->n_barcodes = find_patches(s, page->barcodes, LIMIT_BARCODES_A_PAGE);
    for (size_t i = 0; i < page->n_barcodes; i++)
        sheet_paint_white(s, page->barcodes[i].box); /* else zbar would look at them for long */
    add_barred(s, false, places);
    add_barred(s, true, places);
    add_squared(s, places);
    if (is_snippet(s))
        boxaAddBox(places, boxCreate(0, 0, pixGetWidth(s->ink), pixGetHeight(s->ink)), L_INSERT);
    if (boxaGetCount(places) > 0) {
        zbar_image_scanner_t *scanner = make_scanner();

        for (int i = 0; i < boxaGetCount(places); i++) {
            BOX *place = boxaGetBox(places, i, L_CLONE);

            read_place(a, s, scanner, place, page);
            boxDestroy(&place);
        }
        zbar_image_scanner_destroy(scanner);
        for (size_t i = 0; i < page->n_barcodes; i++)
            sheet_paint_white(s, page->barcodes[i].box); /* else bars would be read as letters */
    }
    boxaDestroy(&places);
}
