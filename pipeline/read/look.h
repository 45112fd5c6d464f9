/*
 * Second looks: single words read again in several ways, by a caller who knows what they must be.
 *
 * Each place is cut out of the page as scanned with other margins, smoothed, sharpened and split
 * into black and white, and decoded under the grammar of its kind. Some 4 ms a place that is read
 * the same three times, 10 ms one that is not.
 */
#ifndef PIPELINE_READ_LOOK_H
#define PIPELINE_READ_LOOK_H

#include "models/look.h"

#include <stddef.h>

struct arena;
struct engine;
struct err;
struct page_image;

/* Answers places[i] in ret[i]; `rotation` and `skew_deg` are those of the page (models/page.h). An
 * engine without a recogniser of our own looks nowhere: looks is 0. */
int look_again(struct arena *a, const struct engine *engine, const struct page_image *image,
               int rotation, float skew_deg, const struct look_place *places, size_t count,
               struct look *ret, struct err *err);

#endif
