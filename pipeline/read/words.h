/*
 * What was recognised, brought home: boxes to points, junk dropped, lines merged with trusted text.
 */
#ifndef PIPELINE_READ_WORDS_H
#define PIPELINE_READ_WORDS_H

#include "models/page.h"

struct arena;
struct found_words;
struct sheet;

/* Puts the found words onto the page, in the order found. */
void words_place(struct arena *a, const struct sheet *s, const struct found_words *found,
                 struct page *page);

/* Puts the lines of a trusted text layer between the recognised ones, by their height on the
 * page. */
void words_merge(struct arena *a, const struct page *trusted, struct page *page);

#endif
