/*
 * A grey line as the network wants it: scaled to the model's height, its contrast stretched,
 * int8. The scaling gives the bytes of Leptonica's pixScale (1.82) without Leptonica.
 */
#ifndef RECOGNISER_LINE_INPUT_H
#define RECOGNISER_LINE_INPUT_H

#include "recogniser/recogniser.h"

#include <stdint.h>

struct line_input {
    int8_t *values; /* height rows of width, from the top, no padding; in arena */
    int width, height;
    float scale; /* input pixels for a pixel of the line image */
};

/* The line scaled to `height` rows, still grey: what Leptonica's pixScale makes of it. Width 0 when
 * the line is too narrow to read. */
struct line_image line_scale(struct arena *a, const struct line_image *line, int height);

/* Grey becomes -127 to 127 around the line's own black and white. */
void line_normalise(struct arena *a, const struct line_image *scaled, float scale,
                    struct line_input *ret);

/* White for black, for the second try. It is grey again: normalising what is inverted is not
 * inverting what is normalised, as the quantiles lean to one side. */
struct line_image line_invert(struct arena *a, const struct line_image *scaled);

#endif
