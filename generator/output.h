/*
 * The files a document can become.
 */
#ifndef GENERATOR_OUTPUT_H
#define GENERATOR_OUTPUT_H

#include "generator/document.h"
#include "generator/scan.h"

enum form {
    FORM_PDF,
    FORM_TIFF,
    FORM_SCANPDF,
    FORM_JPEG,
    FORM_PNG,
    FORM_UBL,
    FORM_CII,
    FORM_FACTURX,
    FORM_COUNT
};

/* The form with this name, or FORM_COUNT. */
enum form form_named(const char *name);
const char *form_extension(enum form form);
bool form_is_scan(enum form form);

/* Whether a document of this type can take the form: only invoices and credit notes are XML. */
bool form_suits(enum form form, enum type type);

/* Writes the document to `path`. Returns 0, or -1 after telling why on stderr. A form of one
 * picture (JPEG, PNG) shows the first page only; XML makes visible what it carries. */
int output_write(struct document *doc, enum form form, const struct scan *scan, struct rng *rng,
                 const char *path);

/* Writes pictures of pages as one multi-page TIFF, each compressed as its depth wants. */
int output_tiff(const GPtrArray *pages, const struct scan *scan, struct rng *rng, const char *path);

#endif
