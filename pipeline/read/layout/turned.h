/*
 * Lines that read up or down the page: beside a form's edge, or in a narrow table head.
 */
#ifndef PIPELINE_READ_LAYOUT_TURNED_H
#define PIPELINE_READ_LAYOUT_TURNED_H

#include "pipeline/read/layout/strands.h"

/* Chains what stands nearly alone in `upright` up and down the page. Letters that make such a line
 * leave their upright strand (its count becomes 0). `lines` has room for upright->count; returns
 * how many were added. */
size_t turned_find(struct arena *a, struct strands *upright, int width, int height,
                   struct layout_line *lines);

/* The crop of a strand: from ascenders to descenders whatever letters it has, padded, clipped. */
struct layout_line line_of(const struct strand *s, int width, int height);

#endif
