/*
 * Where a page shows a picture: coarse cells that hold ink which is no print.
 */
#ifndef PIPELINE_READ_LAYOUT_PICTURES_H
#define PIPELINE_READ_LAYOUT_PICTURES_H

#include "pipeline/read/layout/layout.h"

struct pictures {
    struct bitmap cells; /* a bit for each cell of the page */
    int side;            /* of a cell, pixels */
};

/* No picture yet, in the arena. */
struct pictures pictures_new(struct arena *a, int width, int height, float dpi);

/* Mark i is part of a picture, if there is enough ink in its box: a frame's has little. */
void pictures_add(struct pictures *p, const struct marks *m, int i);

/* So are marks as small as dots that stand closer than letters can: a screen. */
void pictures_add_screens(struct arena *a, struct pictures *p, const struct marks *m);

/* Photographs are rectangles: what their dark parts surround is theirs, however light. */
void pictures_square(struct arena *a, struct pictures *p);

/* Does a line stand in a picture or at its edge? */
bool pictures_hold(const struct pictures *p, const struct layout_box *line);

#endif
