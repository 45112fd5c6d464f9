/*
 * file: what the records keep. A scan becomes a searchable PDF/A (the picture as scanned, invisible
 * text under it); a born-digital original is kept byte for byte and needs nothing from here.
 *
 * Runs in the jail, because it decodes the original again.
 */
#ifndef PIPELINE_FILE_RECORD_H
#define PIPELINE_FILE_RECORD_H

#include "models/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct page_image;

struct record_page {
    const struct page *page;        /* words and rotation */
    const struct page_image *image; /* as stored, then embedded untouched; else as decoded */
};

struct record_options {
    int part;              /* PDF/A part: 1 or 2, always level b */
    const char *title;     /* "Invoice 10482, Nordlys Kontor AS" */
    const char *language;  /* BCP 47, or "" */
    int64_t created_ms;    /* passed in: the same input gives the same bytes */
    const char *icc_path;  /* sRGB profile of icc-profiles-free */
    const char *font_path; /* Tesseract's pdf.ttf */
    /* What the original said of itself: record_read_metadata(). NULL or "" where nothing. */
    const char *author, *subject, *keywords;
    /* For whoever asks another process to make it: record_overlay() instead of record_pdf(), and
     * record_read_metadata() first. */
    bool keeps_file, keeps_metadata;
};

/* A PDF with the recognised words of these pages laid under them, invisible; all else of the file
 * stays, and a page that lay on its side is turned. Owned by the caller (free). ERR_INVALID for a
 * signed file. Uses of the options: `font_path`. */
int record_overlay(const unsigned char *bytes, size_t length, const struct record_page *pages,
                   size_t n_pages, const struct record_options *options, unsigned char **ret_bytes,
                   size_t *ret_length, struct err *err);

/* Title, author, subject and keywords of a PDF into the options, in the arena; what it does not say
 * stays as it is. Never fails: other files say nothing. */
void record_read_metadata(struct arena *a, const unsigned char *bytes, size_t length,
                          struct record_options *options);

/* Owned by the caller (free). One PDF of all pages. */
int record_pdf(const struct record_page *pages, size_t n_pages,
               const struct record_options *options, unsigned char **ret_bytes, size_t *ret_length,
               struct err *err);

#endif
