/*
 * What a type was taught: two linear scorers a field over hashed features, how sure its best answer
 * is, and the file it rests in.
 *
 * The first scorer looks at a span alone and picks the few that come into question; the second
 * looks at these again, beside what every other field was first thought to be. Two dates that are
 * mostly the ends of one printed range help each other. A field's answer is the value whose span
 * scores best; its confidence is the probability, measured on documents the weights had not seen,
 * that such an answer is right.
 */
#ifndef TAUGHT_H
#define TAUGHT_H

#include "models/type.h"
#include "pipeline/extract/taught/relation.h"

struct arena;
struct buf;
struct err;

/* An answer less sure than this is none. */
#define TAUGHT_CONFIDENCE 0.35f

/* p = 1 / (1 + exp(-(bias + score x + lead y))) of the best span's score and its lead over the best
 * of another value. */
struct taught_sureness {
    float bias, score, lead;
};

struct taught_weights {
    float scale;
    int8_t *values; /* SPAN_BUCKETS */
};

struct taught_field {
    const char *name;
    struct taught_weights first, second;
    struct taught_sureness sureness;
    int range_end;     /* the field that ends the printed range which this one begins, or -1 */
    float range_bonus; /* what it is worth to both that they do */
};

struct taught {
    const struct type *declared;
    const struct type *type;     /* the declared one with the places that were learnt */
    struct taught_field *fields; /* one a field of the type */
    bool is_untaught;            /* only its labels speak */
};

/* A type before any teaching: what stands beside or under a label is its value, with little
 * confidence. Hangs in the arena. */
void taught_init_untaught(struct taught *t, struct arena *a, const struct type *type);

/* A document laid out once for all its fields. */
struct taught_sheet {
    struct sheet sheet;
    struct candidates candidates;
    struct spans spans;
    struct span_features *features; /* one a span */
    uint8_t **labels;               /* one a field and span: enum label_relation */
};

void taught_sheet_init(struct taught_sheet *t, struct arena *a, struct page *const *pages,
                       size_t n_pages, const struct type *type);

/* The same of what was laid out and found already; both are borrowed. */
void taught_sheet_take(struct taught_sheet *t, struct arena *a, const struct sheet *s,
                       const struct candidates *c, const struct type *type);

/* One field's answer; value NULL when there is no span at all, or its box on the form is empty. */
struct taught_answer {
    const char *value;
    const struct span *span; /* NULL for a choice, and for what was read from the form */
    bool is_from_form;
    struct box box; /* of what was read from the form */
    float score, lead, confidence;
};

/* Fills `answers`, one a field of the type. */
void taught_answer(const struct taught *t, struct arena *a, const struct taught_sheet *sheet,
                   struct taught_answer *answers);

/* Sets the confidence from the score and the lead. */
void taught_be_sure(const struct taught_field *f, struct taught_answer *answer);

/* Whether it is sure enough to be given. */
bool taught_is_given(const struct taught_answer *answer);

/* The spans of a field that its first scorer likes best, best first. */
enum { STANDINGS_MAX = 20 };
int taught_stand(const struct taught_weights *first, const struct taught_sheet *sheet,
                 const struct type *type, size_t field, struct standing out[STANDINGS_MAX]);

/* All features of a span for a field; `others` NULL leaves out how it stands to other fields. In
 * arena. */
struct span_features taught_features(struct arena *a, const struct taught_sheet *sheet,
                                     const struct type *type, size_t field,
                                     const struct standing *standing,
                                     const struct span *const *others);

/* The file: text to the first empty line, then twice SPAN_BUCKETS signed bytes a field. */
void taught_print(const struct taught *t, const char *provenance, struct buf *out);

/* The weights are copied. ERR_INVALID when they are not this type's. */
int taught_parse(struct arena *a, const struct type *type, const char *bytes, size_t length,
                 struct taught *ret, struct err *err);

#endif
