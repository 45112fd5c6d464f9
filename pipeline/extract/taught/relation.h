/*
 * What depends on the field asked for: does a label of its declaration stand beside or above the
 * span, and how does the span stand to what the other fields were first thought to be?
 */
#ifndef TAUGHT_RELATION_H
#define TAUGHT_RELATION_H

#include "models/type.h"
#include "pipeline/extract/taught/span_features.h"

enum label_relation {
    LABEL_NONE,
    LABEL_IN_ROW, /* left of it, with other words between */
    LABEL_ABOVE,  /* over it, with nothing between */
    LABEL_BESIDE, /* left of it, with at most punctuation between */
    LABEL_RELATION_COUNT
};

/* One relation a span, the strongest there is; in arena. */
uint8_t *labels_find(struct arena *a, const struct sheet *s, const struct spans *spans,
                     const struct type_field *field);

/* The bucket of a label's relation, and of whether a span goes on to the end of its cell: what an
 * untaught type is read by. */
uint16_t label_bucket(enum label_relation relation);
uint16_t cell_end_bucket(void);

/* A span among those a field was first thought to be. */
struct standing {
    const struct span *span;
    int index;    /* of the span */
    int rank;     /* 0 is the best */
    float behind; /* its score's distance to the best */
};

enum { RELATIONS_MAX = 512 };

/* Writes the buckets of a standing; `others` has what each field was first thought to be (NULL
 * where nothing), and the own field's place in it is not looked at. */
int relations_find(const struct sheet *s, const struct standing *standing, int field,
                   const struct span *const *others, int n_fields, uint16_t out[RELATIONS_MAX]);

#endif
