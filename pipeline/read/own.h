/*
 * Our own reading of a page: the line finder, the recogniser, and words tight around their ink.
 */
#ifndef PIPELINE_READ_OWN_H
#define PIPELINE_READ_OWN_H

#include "pipeline/read/engine.h"

struct recogniser;

/* Reads the sheet; ret->fallback is set, and no words, when the page is not one for us. */
int own_read(struct arena *a, const struct recogniser *r, struct sheet *s, struct found_words *ret,
             struct err *err);

/* As engine_line_confidence(). */
float own_line_confidence(const struct recogniser *r, struct Pix *line);

#endif
