/*
 * read: the picture of one page becomes words, bar codes, "blank", and a picture for the screen.
 *
 * Order: engine_new() once in the warm parent (it maps the model), then read_page() in a child that
 * is forked for each page. Pure: the same image gives the same words, every time.
 */
#ifndef PIPELINE_READ_H
#define PIPELINE_READ_H

#include "models/page.h"

#include <stdbool.h>
#include <stddef.h>

struct Pix;
struct arena;
struct engine;
struct err;
struct page_image;

struct engine_options {
    const char *model; /* path of a .traineddata file; "Latin" serves all six languages */
    bool is_tesseract; /* libtesseract reads every page, not only those our own refuses */
};

/* `options` need not outlive the call. ERR_NOT_FOUND and ERR_IO of the model, ERR_INVALID when it
 * is damaged; ERR_NOT_FOUND too when only libtesseract could run it and is not installed. */
int engine_new(const struct engine_options *options, struct engine **ret, struct err *err);
void engine_free(struct engine *engine);

/* A page that our own recogniser refuses needs a library that is loaded late, and not from within a
 * jail. Where it is missing read_page() fails and engine_lacks_tesseract() says why; read again in
 * a process that was forked after engine_load_tesseract() (ERR_NOT_FOUND: not installed). */
bool engine_lacks_tesseract(const struct engine *engine);
int engine_load_tesseract(struct err *err);

/* How a page is shown to the recogniser. The first way is the best there is; another errs in other
 * places, so that readings of a page whose fields fail their checks can vote. */
enum read_way { READ_FIRST, READ_LARGE, READ_WAY_COUNT };

struct read_options {
    enum read_way way;
    int picture_height_px; /* 0: no picture */
    bool picture_is_webp;  /* else JPEG */
    int picture_quality;
};

/* CPU time of each step in microseconds, for the bench's table of shares. */
struct read_times {
    long clean_us, barcode_us, recognise_us, picture_us;
};

struct read_result {
    struct page *page;
    const unsigned char *picture; /* in the arena */
    size_t picture_length;
    struct read_times times;
};

/* Grey, crop, orientation, deskew, background, rules, height, recognition. Boxes come back in
 * points of the upright, undeskewed page. A blank page is a success with is_blank set. */
int read_page(struct arena *a, struct engine *engine, const struct page_image *image, int number,
              const struct read_options *options, struct read_result *ret, struct err *err);

/* Encodes any picture for the screen, scaled to `height_px`. */
int read_picture(struct arena *a, struct Pix *pix, const struct read_options *options,
                 const unsigned char **ret_bytes, size_t *ret_length, struct err *err);

/* Word output: hOCR 1.2 for one page (the caller prints head and tail with hocr_begin/end). The
 * language is a tag of BCP 47, or "". */
struct buf;
void hocr_begin(struct buf *out, const char *title, const char *language);
void hocr_page(struct buf *out, const struct page *page);
void hocr_end(struct buf *out);

#endif
