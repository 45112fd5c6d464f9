/*
 * What is dark and large: blocks with white letters in them, and pictures.
 */
#ifndef PIPELINE_READ_LAYOUT_BLOCKS_H
#define PIPELINE_READ_LAYOUT_BLOCKS_H

#include "pipeline/read/layout/pictures.h"

/* What the look at the large marks found. */
struct large {
    bool has_changed;  /* letters came into the ink: its marks must be found again */
    long turned_area;  /* pixels of dark blocks with white letters */
    long picture_area; /* pixels of the boxes of pictures */
};

/* Turns the white letters of dark blocks dark (`turned`, made when there are any, tells where) and
 * takes pictures out of the ink, remembering where; their marks have area 0. */
struct large blocks_turn(struct arena *a, struct marks *m, float dpi, struct bitmap *ink,
                         struct bitmap *turned, struct pictures *pictures);

#endif
