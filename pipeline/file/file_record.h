/*
 * file: what the records keep. A scan becomes a searchable PDF/A (the picture as scanned, invisible
 * text under it); a born-digital original is kept byte for byte and needs nothing from here.
 *
 * Runs in the jail, because it decodes the original again.
 */
#ifndef PIPELINE_FILE_RECORD_H
#define PIPELINE_FILE_RECORD_H

#include "models/page.h"

#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct page_image;

struct record_page {
    const struct page *page;        /* words and rotation */
    const struct page_image *image; /* as stored, and then embedded untouched; else as decoded */
};

struct record_options {
    int part;              /* PDF/A part: 1 or 2, always level b */
    const char *title;     /* "Invoice 10482, Nordlys Kontor AS" */
    const char *language;  /* BCP 47, or "" */
    int64_t created_ms;    /* passed in: the same input gives the same bytes */
    const char *icc_path;  /* sRGB profile of icc-profiles-free */
    const char *font_path; /* Tesseract's pdf.ttf */
};

/* Owned by the caller (free). One PDF of all pages. */
int record_pdf(const struct record_page *pages, size_t n_pages,
               const struct record_options *options, unsigned char **ret_bytes, size_t *ret_length,
               struct err *err);

#endif
