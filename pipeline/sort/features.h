/*
 * What the type classifier sees of a document: its words and pairs of words hashed to a fixed
 * number of buckets, those of the title zone a second time, and facts of layout (shape.h), each
 * also in steps.
 *
 * The order and meaning of features is part of the weights: raise FEATURES_VERSION with any change.
 */
#ifndef SORT_FEATURES_H
#define SORT_FEATURES_H

#include "pipeline/sort/shape.h"

#include <stdint.h>

enum {
    FEATURES_VERSION = 5,
    FEATURE_BITS = 13,
    HASHED_FEATURES = 1 << FEATURE_BITS,
    LAYOUT_FAMILIAR = SHAPE_FACTS, /* after those: the share of words that are familiar, */
    LAYOUT_WORDS,                  /* and of all there is that is a word */
    LAYOUT_FEATURES,
    FACT_STEPS = 8,
    CONCEPT_FEATURES = 2 * CONCEPT_COUNT, /* anywhere; as a title */
    FEATURE_COUNT = HASHED_FEATURES + LAYOUT_FEATURES * (1 + FACT_STEPS) + CONCEPT_FEATURES
};

/* Words that are not met often in business papers say nothing of their type, and a page full of
 * them would drown the rest: a bit for each word that is, by its hash. */
enum { FAMILIAR_BITS = 16 };
struct familiar {
    uint8_t bits[1 << (FAMILIAR_BITS - 3)];
};

/* Dense values; hashed ones are scaled to length 1 together. */
struct features {
    float value[FEATURE_COUNT];
};

/* Fills `f` from the whole sheet. With NULL every word is familiar. */
void features_find(struct features *f, const struct sheet *s, const struct familiar *familiar);

/* Scales the hashed values to one length together and draws the steps of the facts; wanted where
 * either was changed after features_find(). */
void features_finish(struct features *f);

/* Marks the words of a sheet, each once: seen[hash] grows by one. */
void features_count_words(const struct sheet *s, uint16_t seen[1 << FAMILIAR_BITS]);

#endif
