/*
 * Tesseract behind one small door: a picture goes in, words in pixels come out.
 */
#ifndef PIPELINE_READ_ENGINE_H
#define PIPELINE_READ_ENGINE_H

#include "pipeline/read/read.h"

/* A word as recognised: `box` in pixels of the picture, text cleaned, line and block as found. */
struct found_words {
    struct word *words; /* in arena */
    size_t count;
};

/* Recognises a whole picture with the engine's own page mode. ERR_INTERNAL when Tesseract gives
 * up. */
int engine_read(struct arena *a, struct engine *engine, struct Pix *pix, int dpi,
                struct found_words *ret, struct err *err);

/* How sure the engine is of a picture of one line: mean confidence, 0 to 1; 0 when it sees
 * nothing. */
float engine_line_confidence(struct engine *engine, struct Pix *line, int dpi);

#endif
