/*
 * What a taught scorer sees of a span: the words around it, its own shape, its place on the page,
 * the key phrases that speak for it, and its rank among its kind. All are yes or no, hashed into
 * buckets.
 *
 * The meaning of features is part of the weights: raise SPAN_FEATURES_VERSION with any change.
 */
#ifndef TAUGHT_SPAN_FEATURES_H
#define TAUGHT_SPAN_FEATURES_H

#include "pipeline/extract/taught/span.h"

#include <stdint.h>

enum {
    SPAN_FEATURES_VERSION = 4,
    SPAN_FEATURE_BITS = 16,
    SPAN_BUCKETS = 1 << SPAN_FEATURE_BITS,
    SPAN_FEATURES_MAX = 1200
};

struct span_features {
    uint16_t *buckets; /* in arena; may repeat */
    int count;
};

/* What is computed once a document: ranks, repetitions, the body's height. */
struct span_context;

struct span_context *span_context_new(struct arena *a, const struct sheet *s,
                                      const struct spans *spans);

/* The features of spans->items[i]. */
struct span_features span_features_find(const struct span_context *context, struct arena *a, int i);

/* The features that speak for the n-th choice of a FIELD_CODE: the words of the first page. */
struct span_features choice_features_find(const struct sheet *s, struct arena *a, int choice);

#endif
