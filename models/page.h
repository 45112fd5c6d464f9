/*
 * A page as the pipeline sees it: words with boxes, bar codes, ruled lines.
 *
 * Boxes are in points (1/72 inch) from the top left of the page as a person holds it upright.
 * Everything hangs in the arena the page was made in; strings are UTF-8 and never NULL.
 */
#ifndef MODELS_PAGE_H
#define MODELS_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct buf;
struct err;

struct box {
    float x0, y0, x1, y1;
};

struct word {
    const char *text;
    struct box box;
    float confidence; /* 0 to 1: 1 for a text layer, the recogniser's word for a scan */
    uint16_t line;    /* words of one printed line share it; lines count from 0 down the page */
    uint16_t block;   /* words of one block share it */
};

struct barcode {
    const char *symbology; /* "QR-Code", "CODE-128", "EAN-13", "PATCH-T" … */
    const char *text;
    struct box box;
};

/* A printed line: a table's rule or frame. Thin boxes. */
struct rule {
    struct box box;
    bool is_vertical;
};

/* A small empty square to be ticked, and how much of its inside is ink: 0 to 1. */
struct check_box {
    struct box box;
    float ink;
};

/* What sorting made of a sheet of paper. */
enum sheet_fate { SHEET_IN_DOCUMENT, SHEET_BLANK, SHEET_SEPARATOR, SHEET_UNREAD };

/* Where the words came from. */
enum page_source {
    PAGE_NO_WORDS, /* nothing read (yet), or nothing to read */
    PAGE_TEXT,     /* a trusted text layer */
    PAGE_OCR,      /* recognised from the picture */
    PAGE_MIXED,    /* text layer, and recognised where it had none */
    PAGE_XML,      /* an e-invoice: no picture and no words, fields only */
    PAGE_SOURCE_COUNT
};

struct page {
    int number;                /* from 1, within its file */
    float width_pt, height_pt; /* upright */
    int rotation;              /* clockwise degrees that made it upright: 0, 90, 180, 270 */
    float skew_deg;            /* what deskewing found, clockwise; boxes are as before it */
    enum page_source source;
    bool is_blank;
    bool is_stored; /* the file has its picture undamaged, in a form a record can take untouched */
    int lost_percent; /* of its picture's rows, from where a cut or damaged file stops making sense:
                         such a page is never blank, and waits for a person; 0: none */
    const char *fallback; /* why libtesseract read it and not our own recogniser; NULL: it did not,
                             or nobody remembers */
    struct word *words;   /* in reading order */
    size_t n_words;
    struct barcode *barcodes;
    size_t n_barcodes;
    struct rule *rules;
    size_t n_rules;
    struct check_box *check_boxes; /* only of pages that were recognised */
    size_t n_check_boxes;
};

const char *page_source_name(enum page_source source); /* "none", "text", "ocr", "mixed", "xml" */

/* An empty page in the arena. */
struct page *page_new(struct arena *a, int number, float width_pt, float height_pt);

/* The words with spaces and line breaks between, as an owned string. */
char *page_text(const struct page *page);

/* The page as bytes, appended to `b`, and back. What comes from outside is checked: counts against
 * base/limits.h, boxes, UTF-8; ERR_INVALID when anything is wrong. Lengths are kept to a tenth of a
 * point, confidences to a thousandth. */
void page_pack(const struct page *page, struct buf *b);
int page_unpack(struct arena *a, const void *bytes, size_t length, struct page **ret_page,
                struct err *err);

#endif
