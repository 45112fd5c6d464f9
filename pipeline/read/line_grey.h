/*
 * The grey of a line's picture as other ways of looking see it.
 */
#ifndef PIPELINE_READ_LINE_GREY_H
#define PIPELINE_READ_LINE_GREY_H

#include "recogniser/recogniser.h"

/* The mean of a pixel and its neighbours in the picture. */
static inline int mean_around(const struct line_image *line, int x, int y)
{
    int sum = 0, n = 0;

    for (int v = y > 0 ? y - 1 : 0; v <= y + 1 && v < line->height; v++)
        for (int u = x > 0 ? x - 1 : 0; u <= x + 1 && u < line->width; u++, n++)
            sum += line->pixels[v * line->stride + u];
    return sum / n;
}

#endif
