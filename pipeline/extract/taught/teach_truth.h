/*
 * Where the known values of an example stand among the spans of its document.
 */
#ifndef TEACH_TRUTH_H
#define TEACH_TRUTH_H

#include "pipeline/extract/taught/teach.h"

enum truth_place { TRUTH_NOWHERE, TRUTH_NEARLY, TRUTH_PRINTED };

/* Where an example's value of a field stands. */
struct truth {
    enum truth_place place;
    bool *is_true; /* one a span */
};

/* One an example and field, in the arena. */
struct truth *truths_find(struct arena *a, const struct type *type,
                          const struct teach_example *examples, size_t count);

#endif
