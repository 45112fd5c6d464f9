/*
 * The parts a record is made of: the picture of a page, its invisible text, and what the file says
 * of itself.
 */
#ifndef PIPELINE_FILE_RECORD_PARTS_H
#define PIPELINE_FILE_RECORD_PARTS_H

#include "pipeline/file/file_record.h"

#include <stdbool.h>

struct buf;

/* A picture as a PDF image wants it: compressed bytes and how to undo it. */
struct record_image {
    const unsigned char *bytes;
    unsigned char *owned; /* what to free, or NULL when `bytes` are the caller's */
    size_t length;
    int width, height, bits;
    bool is_inverted;    /* CCITT: its white runs are black */
    const char *filter;  /* "/DCTDecode" or "/CCITTFaxDecode" */
    const char *colours; /* "/DeviceGray" or "/DeviceRGB" */
};

/* The stored JPEG untouched when it fits, else CCITT G4 for black and white and JPEG for the rest.
 * ERR_INTERNAL when the encoder gives up. */
int record_image_make(const struct page_image *image, struct record_image *ret, struct err *err);
void record_image_release(struct record_image *image);

/* The picture "/Im" of a page, so that it stands upright. */
void record_picture(struct buf *out, const struct page *page);

/* The words of an upright page, in a font without shapes: all, or those that were recognised and do
 * not come from a text layer (these are sure). */
#define RECORD_FONT "/BilagF"
void record_words(struct buf *out, const struct page *page, bool only_recognised);

/* How many characters that font must know: one more than the highest in use. */
#define RECORD_CHARACTERS_MAX 65536
size_t record_characters(const struct page *page);

/* The two fixed parts of the font: every character is one glyph, and stands for itself. */
void record_glyph_map(struct buf *out, size_t n_characters);
const char *record_unicode_map(void);

/* The XMP packet: title, dates, producer and the claim to be PDF/A. */
void record_xmp(struct buf *out, const struct record_options *options);

/* "D:20261121140359Z" for the information dictionary. */
void record_pdf_date(int64_t unix_ms, char text[24]);

#endif
