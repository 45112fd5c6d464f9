/*
 * The order in which a person reads the lines of a page.
 */
#ifndef PIPELINE_READ_LAYOUT_ORDER_H
#define PIPELINE_READ_LAYOUT_ORDER_H

#include "pipeline/read/layout/layout.h"

/* Sorts lines into reading order and numbers rows and blocks; `slope` is the page's. Lines that
 * read up or down come last, each a block of its own. */
void order_lines(struct arena *a, struct layout_line *lines, size_t count, float slope);

#endif
