/*
 * What a PDF page draws, as far as a scanner's program writes it: one picture, and perhaps words
 * that nobody sees. Operators as in ISO 32000-1, annex A.
 */
#ifndef PIPELINE_OPEN_CONTENT_H
#define PIPELINE_OPEN_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#define CONTENT_NAME_BYTES 128
#define CONTENT_STATES_MAX 4

struct content_picture {
    char name[CONTENT_NAME_BYTES]; /* "/Im0", of the page's resources */
    double a, b, c, d, e, f;       /* from the unit square to the page: x' = ax + cy + e */
    double clip_x0, clip_y0, clip_x1, clip_y1;           /* nothing outside is painted */
    bool is_fill_black;                                  /* what a stencil is painted with */
    char states[CONTENT_STATES_MAX][CONTENT_NAME_BYTES]; /* "gs" used anywhere */
    size_t n_states;
};

/* True when the page is one picture and nothing else that can be seen; every doubt is a no. */
bool content_is_picture(const unsigned char *bytes, size_t length, struct content_picture *ret);

#endif
