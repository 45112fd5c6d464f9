/*
 * A PDF in qpdf's hands, whether begun empty (record.c) or somebody's (overlay.c): new objects, the
 * font without shapes, and the bytes at the end. Handles live as long as `pdf`.
 */
#ifndef PIPELINE_FILE_OBJECTS_H
#define PIPELINE_FILE_OBJECTS_H

#include "pipeline/file/record.h"

#include <qpdf/qpdf-c.h>

#define RESOURCE_BYTES_MAX ((size_t)4 << 20) /* font, colour profile */
#define CONTENT_BYTES_MAX ((size_t)16 << 20) /* of one page: 20,000 words need about 2 MB */
#define DICTIONARY_BYTES_MAX ((size_t)65536)

struct record {
    qpdf_data pdf;
    const struct record_options *options;
    int font_id; /* object number of the one font all pages share */
};

void record_init(struct record *r, const struct record_options *options);
void record_release(struct record *r);

/* An object from its PDF source; without references, which the C interface does not parse. */
qpdf_oh record_parse(struct record *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A new object in the file; returns its number. */
int record_add(struct record *r, qpdf_oh object);
qpdf_oh record_reference(struct record *r, int id);

/* Sets dictionary[key] to a reference; returns the dictionary. */
qpdf_oh record_refer(struct record *r, qpdf_oh dictionary, const char *key, int id);

/* Every key of `from` into `to`. */
void record_copy_keys(struct record *r, qpdf_oh from, qpdf_oh to);

/* A new stream with this dictionary; `filter` is NULL for bytes that are not compressed yet.
 * Returns its number. */
int record_add_stream(struct record *r, qpdf_oh dictionary, const void *bytes, size_t length,
                      const char *filter, const char *parameters);

/* The font for so many characters into `font_id`. */
int record_add_font(struct record *r, size_t n_characters, struct err *err);

/* qpdf's own words as ERR_INTERNAL. */
int record_fail(struct record *r, struct err *err);

/* The whole file, owned (free). ERR_INTERNAL when qpdf refuses. Settings that both kinds of record
 * want are made here, after record_begin_writing(). */
int record_begin_writing(struct record *r, struct err *err);
int record_write(struct record *r, unsigned char **ret_bytes, size_t *ret_length, struct err *err);

#endif
