/* Pages drawn for a test with cairo, and the words they hold. */
#ifndef TESTS_DRAWN_H
#define TESTS_DRAWN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "pipeline/open/open.h"
#include "pipeline/read/read.h"
#include "tests/unit/unit.h"

#include <cairo.h>
#include <leptonica/allheaders.h>
#include <math.h>

#define A4_WIDTH_PT 595.0
#define A4_HEIGHT_PT 842.0
#define TEXT_PT 10.5
#define LEADING_PT 21.0
#define LEFT_PT 60.0
#define TOP_PT 90.0

struct drawn {
    cairo_surface_t *surface;
    cairo_t *cairo; /* in points */
    float dpi;
};

/* As wide as A4; most tests need only as much of the sheet as they draw on, and it costs time. */
static inline struct drawn drawn_sheet_new(float dpi, double height_pt)
{
    struct drawn d = {.dpi = dpi};

    d.surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(A4_WIDTH_PT * dpi / 72),
                                           (int)(height_pt * dpi / 72));
    d.cairo = cairo_create(d.surface);
    cairo_scale(d.cairo, dpi / 72, dpi / 72);
    cairo_set_source_rgb(d.cairo, 1, 1, 1);
    cairo_paint(d.cairo);
    cairo_set_source_rgb(d.cairo, 0, 0, 0);
    cairo_select_font_face(d.cairo, "Liberation Sans", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(d.cairo, TEXT_PT);
    return d;
}

static inline struct drawn drawn_new(float dpi)
{
    return drawn_sheet_new(dpi, A4_HEIGHT_PT);
}

static inline void drawn_text(struct drawn *d, double x, double y, const char *text)
{
    cairo_move_to(d->cairo, x, y);
    cairo_show_text(d->cairo, text);
}

/* Lines parted by '\n' from the top left, the first on TOP_PT. */
static inline void drawn_lines(struct drawn *d, const char *text)
{
    AUTO_FREE char *copy = mem_strdup(text);
    char *rest = copy, *line;
    double y = TOP_PT;

    while ((line = strsep(&rest, "\n"))) {
        drawn_text(d, LEFT_PT, y, line);
        y += LEADING_PT;
    }
}

static inline void drawn_box(struct drawn *d, double x, double y, double w, double h)
{
    cairo_rectangle(d->cairo, x, y, w, h);
    cairo_fill(d->cairo);
}

/* The finished page as grey pixels; the drawing is gone. Owned. */
static inline PIX *drawn_pix(struct drawn *d)
{
    int width = cairo_image_surface_get_width(d->surface);
    int height = cairo_image_surface_get_height(d->surface);
    int stride = cairo_image_surface_get_stride(d->surface);
    const unsigned char *from = cairo_image_surface_get_data(d->surface);
    PIX *grey = pixCreate(width, height, 8);

    cairo_surface_flush(d->surface);
    for (int y = 0; y < height; y++) {
        l_uint32 *row = pixGetData(grey) + y * pixGetWpl(grey);

        for (int x = 0; x < width; x++)
            SET_DATA_BYTE(row, x, from[y * stride + 4 * x + 1]);
    }
    cairo_destroy(d->cairo);
    cairo_surface_destroy(d->surface);
    return grey;
}

static inline struct page_image drawn_image(PIX *pix, float dpi)
{
    return (struct page_image){.pix = pix,
                               .dpi_x = dpi,
                               .dpi_y = dpi,
                               .width_pt = (float)pixGetWidth(pix) * 72 / dpi,
                               .height_pt = (float)pixGetHeight(pix) * 72 / dpi};
}

/* The share of the words of `text` that the page holds, each counted once. */
static inline double word_recall(const struct page *page, const char *text)
{
    AUTO_FREE char *copy = mem_strdup(text);
    AUTO_FREE bool *taken = mem_alloc(page->n_words + 1);
    char *rest = copy, *word;
    int all = 0, found = 0;

    while ((word = strsep(&rest, " \n"))) {
        if (!*word)
            continue;
        all++;
        for (size_t i = 0; i < page->n_words; i++)
            if (!taken[i] && strcmp(page->words[i].text, word) == 0) {
                taken[i] = true;
                found++;
                break;
            }
    }
    return all ? (double)found / all : 1;
}

static inline const struct word *find_word(const struct page *page, const char *text)
{
    for (size_t i = 0; i < page->n_words; i++)
        if (strcmp(page->words[i].text, text) == 0)
            return &page->words[i];
    return NULL;
}

/* One engine for all tests of a program, as in the warm parent. */
static inline struct engine *test_engine(void)
{
    static struct engine *engine;
    struct engine_options options = {TEST_MODEL_FOLDER "/Latin.traineddata", false};
    struct err err = {0};

    if (!engine && (engine_load_tesseract(&err) < 0 || engine_new(&options, &engine, &err) < 0))
        fail_msg("%s", err.text);
    return engine;
}

static inline struct read_result read_drawn(struct arena *a, PIX *pix, float dpi)
{
    struct page_image image = drawn_image(pix, dpi);
    struct read_options options = {0};
    struct read_result result = {0};
    struct err err = {0};

    if (read_page(a, test_engine(), &image, 1, &options, &result, &err) < 0)
        fail_msg("%s", err.text);
    return result;
}

#endif
