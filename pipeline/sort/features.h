/*
 * What the type classifier sees of a document: its words and pairs of words hashed to a fixed
 * number of buckets, those of the title zone a second time, and a few facts of layout.
 *
 * The order and meaning of features is part of the weights: raise FEATURES_VERSION with any change.
 */
#ifndef SORT_FEATURES_H
#define SORT_FEATURES_H

#include "pipeline/extract/sheet.h"

enum {
    FEATURES_VERSION = 2,
    FEATURE_BITS = 13,
    HASHED_FEATURES = 1 << FEATURE_BITS,
    LAYOUT_FEATURES = 16,
    CONCEPT_FEATURES = 2 * CONCEPT_COUNT, /* anywhere; as a title */
    FEATURE_COUNT = HASHED_FEATURES + LAYOUT_FEATURES + CONCEPT_FEATURES
};

/* Dense values; hashed ones are scaled to length 1 together. */
struct features {
    float value[FEATURE_COUNT];
};

/* Fills `f` from the whole sheet. */
void features_find(struct features *f, const struct sheet *s);

#endif
