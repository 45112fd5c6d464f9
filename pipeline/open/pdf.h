/*
 * PDF, in seven parts: the file (pdf.c), its bytes (pdf_bytes.c), a page's text layer (pdf_text.c),
 * what was filled in (pdf_form.c), whether to believe it (pdf_trust.c), a scanned page as it is
 * stored (pdf_scan.c), and any page's picture (pdf_image.c). Poppler's types stay inside these.
 */
#ifndef PIPELINE_OPEN_PDF_H
#define PIPELINE_OPEN_PDF_H

#include "pipeline/open/source.h"

#include <cairo.h>
#include <poppler.h>

struct complaints;

struct pdf {
    const struct source *src;
    PopplerDocument *doc;          /* lives as long as the arena */
    struct complaints *complaints; /* of poppler, so far */
    bool has_images;               /* at least one image object lies in the file */
};

int pdf_load(const struct source *src, struct pdf *ret, struct err *err);

/* Page `number` (from 1), alive as long as the arena. FAULT_CORRUPT where the tree has a hole,
 * FAULT_TOO_MANY_PIXELS for a page box no scanner or printer makes. */
int pdf_page(const struct pdf *pdf, int number, PopplerPage **ret, struct err *err);

/* A word of the text layer and what makes it suspect. */
struct layer_word {
    struct word word;
    bool is_pale;   /* painted white or nearly so */
    bool is_hidden; /* nobody looking at the page sees it */
};

struct text_layer {
    struct layer_word *words; /* in reading order */
    size_t n_words;
    size_t n_dropped; /* outside the page, or too small for any eye */
    bool is_garbage;  /* characters without meaning: no Unicode map, private use, no vowels */
    bool is_ocr_font; /* set in a font that recognisers use for their hidden layers */
};

/* What poppler says of a page's text. */
struct page_text {
    const char *text;
    const PopplerRectangle *boxes; /* one a character */
    unsigned n_boxes;
    GList *runs; /* of PopplerTextAttributes */
    float width_pt, height_pt;
};

void pdf_text_words(struct arena *a, const struct page_text *in, struct text_layer *ret);
void pdf_text_read(struct arena *a, PopplerPage *page, struct text_layer *ret);

/* Adds what was filled in or typed upon the page: poppler's text leaves it out. */
void pdf_form_read(struct arena *a, PopplerPage *page, struct text_layer *layer);

/* Sorts words into printed lines from the top down, left to right within a line, and numbers lines
 * and blocks (runs of lines that stand under one another without a gap). */
void reading_order(struct arena *a, struct layer_word *words, size_t count);

/* What to do with a page. */
struct page_plan {
    struct word *words; /* the trusted words */
    size_t n_words;
    bool is_blank;
    const char *why_read; /* why it must be recognised, or NULL */
    struct box *regions;  /* to recognise, when why_read is "mixed" */
    size_t n_regions;
};

void pdf_plan(const struct pdf *pdf, PopplerPage *page, struct page_plan *ret);

/* The share of the page its images cover (0 to 1), and the largest of them. */
float pdf_picture_share(const struct pdf *pdf, PopplerPage *page, struct box *ret_largest);
#define PICTURE_SHARE 0.5f /* from here on a page is a picture, perhaps with text upon it */

/* A scan's own pixels are used between these counts, whatever size its page claims (pages of 800 mm
 * by programs that know no resolution are common): A4 at 85 dpi, and at 420 dpi. Smaller ones gain
 * from smoothing, larger ones only cost time. */
#define PDF_SCAN_PIXELS_MIN 700000.0
#define PDF_SCAN_PIXELS_MAX 17000000.0
#define PDF_MISFIT_MAX 0.002 /* of the proportions: page sizes are rounded, images are not */
#define PDF_SCAN_SHARE 0.9f  /* of the page that a single image covers */

/* A page that is nothing but one such scan, taken out as it is stored; false for any other. */
bool pdf_scan_image(const struct source *src, int number, struct page_image *ret);

/* Does the end of the file miss? Poppler would repair it into fewer pages. */
bool pdf_is_cut(const struct source *src);

/* Is every object defined but once, and is there but one root? Then a lost table of objects can be
 * made anew in one way only. A file with packed objects is never called so. */
bool pdf_is_unambiguous(const struct source *src);

bool pdf_has_images(const struct source *src);

/* Sizes of the images in the file. */
struct pdf_image_size {
    int width_px, height_px;
};
size_t pdf_image_sizes(const struct source *src, struct pdf_image_size *sizes, size_t max);

/* The page painted on white, as wide and high as asked; destroy it. NULL when cairo refuses. */
cairo_surface_t *pdf_paint(PopplerPage *page, int width_px, int height_px);

/* A part of it, `scale` pixels a point: costs what lies there, not what the page holds. */
cairo_surface_t *pdf_paint_part(PopplerPage *page, const struct box *part, double scale);

#endif
