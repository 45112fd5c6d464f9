/*
 * What hands leave on a printed page: a rubber stamp, initials, an underline, a tick, a line
 * through. Marks are drawings of the page; they yield no words and hide none of the truth.
 */
#ifndef GENERATOR_MARKS_H
#define GENERATOR_MARKS_H

#include "generator/document.h"

/* Puts a few marks on the document's first page, by chance. */
void marks_leave(struct document *doc, struct rng *rng);

#endif
