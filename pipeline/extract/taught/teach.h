/*
 * Teaching: documents with known values become the weights of a type, and an honest estimate of how
 * often they will be right.
 */
#ifndef TEACH_H
#define TEACH_H

#include "pipeline/extract/taught/taught.h"

/* A document whose values are known; NULL where it has none. */
struct teach_example {
    const char *file;
    const char *group;   /* a supplier, a station: never learnt from and tested on at once */
    const char **values; /* one a field of the type, in the field's normal form */
    const struct taught_sheet *sheet;
};

/* Out of the folds: what was answered for each example by weights that had not seen its group. */
struct teach_outcome {
    struct taught_answer *answers; /* examples x fields */
    int *seen;                     /* one a field: examples with a value */
    int *findable;                 /* of these, where some span has the value */
    int *right, *wrong, *silent;   /* with the confidence limit applied */
};

enum { TEACH_FOLDS = 5 };

/* Learns from all examples, measures on folds of whole groups, and calibrates on the measurement.
 * The same examples give the same weights. Everything hangs in the arena. */
void teach_type(struct arena *a, const struct type *type, const struct teach_example *examples,
                size_t count, struct taught *ret, struct teach_outcome *ret_outcome);

/* Whether two values of a kind are the same for a clerk: letters and digits, amounts, days. */
bool teach_is_same(enum field_kind kind, const char *truth, const char *value);

#endif
