/*
 * Second looks: single words read again in several ways, by a caller who knows what they must be.
 *
 * Each place is cut out of the page as scanned with other margins, smoothed, sharpened and split
 * into black and white, and decoded under the grammar of its kind. Some 3 ms a place.
 */
#ifndef PIPELINE_READ_LOOK_H
#define PIPELINE_READ_LOOK_H

#include "models/look.h"

#include <stddef.h>

struct arena;
struct engine;
struct err;
struct page_image;

/* Answers places[i] in ret[i]; `rotation` is what made the page upright (struct page). An engine
 * without a recogniser of our own looks nowhere: looks is 0. */
int look_again(struct arena *a, const struct engine *engine, const struct page_image *image,
               int rotation, const struct look_place *places, size_t count, struct look *ret,
               struct err *err);

#endif
