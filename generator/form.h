/* Forms are drawn in two ways: in parts, one below the other (form.c), or as a grid. */
#ifndef GENERATOR_FORM_H
#define GENERATOR_FORM_H

#include "generator/document.h"

/* Draws the fields the truth of a form has, among much that is none. */
void form_draw_grid(struct document *doc);

#endif
