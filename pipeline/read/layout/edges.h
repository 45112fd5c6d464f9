/*
 * The dark edges beside the paper.
 */
#ifndef PIPELINE_READ_LAYOUT_EDGES_H
#define PIPELINE_READ_LAYOUT_EDGES_H

#include "pipeline/read/layout/bitmap.h"

/* Takes out of the ink what a scanner's lid left at the left and the right. */
void edges_take(struct arena *a, struct bitmap *ink, float dpi);

#endif
