/*
 * What turns a cleaned page into words: our own line finder and recogniser, or libtesseract where
 * these refuse the page or the settings say so.
 */
#ifndef PIPELINE_READ_ENGINE_H
#define PIPELINE_READ_ENGINE_H

#include "pipeline/read/read.h"

struct recogniser;
struct sheet;

/* Our own recogniser, or NULL when libtesseract reads everything. */
const struct recogniser *engine_recogniser(const struct engine *engine);

/* A word as recognised: `box` in pixels of the picture, text cleaned, line and block as found. */
struct found_words {
    struct word *words; /* in arena */
    size_t count;
    struct rule *rules; /* the same pixels; those the line finder saw */
    size_t n_rules;
    const char *fallback; /* why libtesseract read it instead, a static token; NULL: it did not */
};

/* Recognises the sheet. ERR_INTERNAL when libtesseract had to and gave up. */
int engine_read(struct arena *a, struct engine *engine, struct sheet *s, struct found_words *ret,
                struct err *err);

/* How sure the engine is of a picture of one line: mean confidence, 0 to 1; 0 when it sees
 * nothing. */
float engine_line_confidence(struct engine *engine, struct Pix *line, int dpi);

#endif
