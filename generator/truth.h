/*
 * The truth of a document as one line of JSON, and its pages as words with boxes.
 */
#ifndef GENERATOR_TRUTH_H
#define GENERATOR_TRUTH_H

#include "generator/document.h"

/* Writes the truth object and a newline. `first_page` is where the document starts in the file. */
void truth_write(FILE *out, const struct document *doc, const char *file, int first_page,
                 const char *scan);

/* Writes one line a page: its words as [text, x0, y0, x1, y1, field, row], the matrix from points
 * to pixels where there is a picture of it, and the truth. Words a stamp hides are still
 * printed. */
void truth_write_pages(FILE *out, const struct document *doc, const char *file);

#endif
