/*
 * The printed rules of a page: found as long runs across and down, told, and taken out of the ink
 * so that no letter hangs on them.
 */
#ifndef PIPELINE_READ_LAYOUT_RULES_H
#define PIPELINE_READ_LAYOUT_RULES_H

#include "pipeline/read/layout/layout.h"

struct rules {
    struct layout_rule
        *at; /* in arena; the ones across from the top, then those down from the left */
    size_t count, across; /* of them, how many run across */
};

/* Takes the rules out of `ink`. Strokes that cross a rule keep their pixels. */
struct rules rules_take(struct arena *a, struct bitmap *ink, float dpi);

/* Takes out the short bars that hang between rules across, as in a comb of boxes for characters:
 * they leave the ink, and their marks have area 0. */
void rules_take_bars(const struct rules *rules, struct bitmap *ink, struct marks *m, float dpi);

/* Does a rule stand between two neighbours, x0 to x1, over most of the height y0 to y1? */
bool rules_part(const struct rules *rules, int x0, int x1, int y0, int y1);

#endif
