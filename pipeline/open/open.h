/*
 * open: a file's bytes become a list of pages, attachments, and the fields of an e-invoice.
 *
 * Runs in the jail: every byte is hostile. The kind is decided by content, never by name. Nothing
 * here writes, connects or asks the clock. Order: open_file() once; then open_page_image() for each
 * page that `needs_reading`, in this or another process (it opens the bytes again).
 */
#ifndef PIPELINE_OPEN_H
#define PIPELINE_OPEN_H

#include "models/document.h"
#include "models/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct Pix;

enum file_kind {
    FILE_PDF,
    FILE_TIFF,
    FILE_PNG,
    FILE_JPEG,
    FILE_WEBP,
    FILE_JP2,
    FILE_XML,
    FILE_MAIL,
    FILE_KIND_COUNT
};
const char *file_kind_name(enum file_kind kind); /* "pdf", "tiff" … */

struct open_limits {
    size_t file_bytes; /* defaults 50 MB, 500, 100 MP, 200 */
    int pages;
    int64_t pixels; /* of one page, as decoded or rendered */
    int attachments;
    int render_dpi; /* for PDF pages that must be recognised: 300 */
    bool trust_text_layer;
};

/* One page as open found it. `page->words` are there when a trusted text layer covers it. */
struct opened_page {
    struct page *page;
    bool needs_reading;   /* some or all of it must be recognised */
    const char *why_read; /* "scan", "invisible_text", "garbage_text", "mixed" or NULL */
};

struct attachment {
    const char *name; /* as the mail or PDF calls it; may be "" */
    const char *media_type;
    const void *bytes;
    size_t length;
};

struct opened {
    enum file_kind kind;
    struct opened_page *pages;
    size_t n_pages;
    struct attachment *attachments; /* each becomes a file of its own; the invoice XML of a PDF is
                                       not among them, it is read here */
    size_t n_attachments;
    struct document *einvoice; /* from UBL or CII, alone or embedded; NULL otherwise */
    const char *producer;      /* the program that made a PDF, cleaned; or "" */
    bool has_outline;          /* a PDF with bookmarks */
};

/* Once in the warm parent, before the jail: loads what the libraries would load late (fonts, colour
 * tables, mail's tables) and silences them. Optional; without it the first file pays 10 ms. */
void open_warm(void);

/* 0, or a negative ERR_* with a token from models/fault.h. Results hang in the arena. */
int open_file(struct arena *a, const unsigned char *bytes, size_t length,
              const struct open_limits *limits, struct opened *ret, struct err *err);

/* A page's picture compressed as its file has it, so that a record can hold the very same bytes. */
enum stored_form { STORED_NOTHING, STORED_JPEG, STORED_FAX }; /* FAX: ITU-T T.6, "G4" */
struct stored_image {
    enum stored_form form;
    const unsigned char *bytes; /* of the file, or in the arena */
    size_t length;
    int width_px, height_px;
    int n_colours;    /* JPEG: 1 or 3 */
    bool is_inverted; /* FAX: its white runs are black */
};

/* What one page looks like, for recognising, the screen and the record. */
struct page_image {
    struct Pix *pix;    /* released with the arena; 1, 8 or 32 bits a pixel */
    float dpi_x, dpi_y; /* as stored; 0 when the file does not say */
    float width_pt, height_pt;
    int lost_percent;           /* of its rows, from the first damage on; 0: it is whole */
    struct stored_image stored; /* when the page is one such picture, upright and undamaged */
    /* For mixed pages: words of the trusted layer, and the boxes (points) that need recognising. */
    struct page *text;
    struct box *regions;
    size_t n_regions;
};

/* Decodes or renders page `number` (from 1). A damaged JPEG or TIFF strip keeps its good part;
 * the JPEG tells what it lacks. */
int open_page_image(struct arena *a, const unsigned char *bytes, size_t length, int number,
                    const struct open_limits *limits, struct page_image *ret, struct err *err);

/* The same for recognising and for the screen, which need no colours: 8 bits of grey may stand for
 * them. */
int open_page_grey(struct arena *a, const unsigned char *bytes, size_t length, int number,
                   const struct open_limits *limits, struct page_image *ret, struct err *err);

/* A page whose picture is known to be undamaged, because reading it filled `stored`: fills `stored`
 * and decodes nothing, `pix` is NULL. ERR_NOT_FOUND when it has no such picture. */
int open_page_stored(struct arena *a, const unsigned char *bytes, size_t length, int number,
                     const struct open_limits *limits, struct page_image *ret, struct err *err);

/* A picture of a born-digital page for the screen: renders at `height_px` grey or colour. */
int open_page_preview(struct arena *a, const unsigned char *bytes, size_t length, int number,
                      int height_px, const struct open_limits *limits, struct Pix **ret,
                      struct err *err);

/* Parses UBL 2.1 (Invoice, CreditNote) or UN/CEFACT CII bytes: every EN 16931 field present, lines
 * and VAT breakdown included, source "xml". No DTD, no entities, no network, no files. */
int einvoice_parse(struct arena *a, const unsigned char *bytes, size_t length,
                   struct document **ret, struct err *err);

#endif
