/*
 * The steps between a scanner's picture and one that is easy to read. Each does nothing on a page
 * that does not need it.
 */
#ifndef PIPELINE_READ_CLEAN_H
#define PIPELINE_READ_CLEAN_H

#include "models/page.h"

#include <stdbool.h>

struct arena;
struct engine;
struct sheet;

/* Paints the dark edge that a scanner's lid leaves around the paper white. */
void clean_edges(struct sheet *s);

/* Turns the page upright; the engine reads a few lines both ways when their shapes do not tell. */
void clean_orientation(struct sheet *s, struct engine *engine);

/* Takes out dust; a page of nothing but dots is read from its reduced ink. */
void clean_specks(struct sheet *s);

/* Rotates away a skew that hurts and brings letters to the recogniser's favourite height. */
void clean_skew_and_height(struct sheet *s);

/* Turns white text on dark blocks into dark text on white. */
void clean_inverse(struct sheet *s);

/* Finds ruled lines, tells them, and takes them out of the picture (letters they cross stay). */
void clean_rules(struct arena *a, struct sheet *s, struct rule **ret, size_t *ret_count);

#endif
