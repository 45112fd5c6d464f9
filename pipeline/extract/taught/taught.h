/*
 * What a type was taught: one linear scorer a field over hashed features, how sure its best answer
 * is, and the file it rests in.
 *
 * A field's answer is the value whose spans score best; its confidence is the probability, measured
 * on documents the weights had not seen, that such an answer is right.
 */
#ifndef TAUGHT_H
#define TAUGHT_H

#include "models/type.h"
#include "pipeline/extract/taught/span_features.h"

struct arena;
struct buf;
struct err;

/* An answer less sure than this is none. */
#define TAUGHT_CONFIDENCE 0.5f

/* p = 1 / (1 + exp(-(bias + score x + lead y))) of the best span's score and its lead over the best
 * of another value. */
struct taught_sureness {
    float bias, score, lead;
};

struct taught_field {
    const char *name;
    float scale;     /* of the weights */
    int8_t *weights; /* SPAN_BUCKETS */
    struct taught_sureness sureness;
};

struct taught {
    const struct type *type;
    struct taught_field *fields; /* one a field of the type */
};

/* A document laid out once for all its fields. */
struct taught_sheet {
    struct sheet sheet;
    struct candidates candidates;
    struct spans spans;
    struct span_features *features; /* one a span */
};

void taught_sheet_init(struct taught_sheet *t, struct arena *a, struct page *const *pages,
                       size_t n_pages, const struct type *type);

/* One field's answer; value NULL when there is no span at all. */
struct taught_answer {
    const char *value;
    const struct span *span; /* NULL for a choice */
    float score, lead, confidence;
};

/* Fills `answers`, one a field of the type. */
void taught_answer(const struct taught *t, struct arena *a, const struct taught_sheet *sheet,
                   struct taught_answer *answers);

/* Sets the confidence from the score and the lead. */
void taught_be_sure(const struct taught_field *f, struct taught_answer *answer);

/* The score of one span under a field's weights. */
float taught_score(const struct taught_field *f, const struct span_features *features);

/* The file: text to the first empty line, then SPAN_BUCKETS signed bytes a field. */
void taught_print(const struct taught *t, const char *provenance, struct buf *out);

/* The weights are copied. ERR_INVALID when they are not this type's. */
int taught_parse(struct arena *a, const struct type *type, const char *bytes, size_t length,
                 struct taught *ret, struct err *err);

#endif
