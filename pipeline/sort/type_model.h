/*
 * The document type model: one linear scorer a type over features.h, trained by scripts/train.
 *
 * The file is text to its first empty line (what it is, how it was made, one "scale" a type), then
 * the bits of familiar words, then FEATURE_COUNT signed bytes a type. Weights are byte x scale of
 * their type.
 */
#ifndef SORT_TYPE_MODEL_H
#define SORT_TYPE_MODEL_H

#include "models/document.h"
#include "pipeline/sort/features.h"

#include <stdint.h>

#define TYPE_MODEL_FILE "type.model"

struct buf;
struct err;

struct type_model {
    float scale[DOCUMENT_TYPE_COUNT]; /* 0: the type was not trained */
    struct familiar familiar;
    int8_t weight[DOCUMENT_TYPE_COUNT][FEATURE_COUNT];
};

/* Reads a model; ERR_INVALID when it is none or of other features. */
int type_model_parse(struct type_model *m, const char *bytes, size_t length, struct err *err);

/* Writes `weights` as a model; `provenance` are whole lines of "key: value". */
void type_model_print(const struct familiar *familiar,
                      const float weights[DOCUMENT_TYPE_COUNT][FEATURE_COUNT],
                      const char *provenance, struct buf *out);

/* The likeliest type and its share of the odds of all; unknown when none stands out, with what
 * is left by the likeliest known type. */
enum document_type type_model_predict(const struct type_model *m, const struct features *f,
                                      float *ret_confidence);

#endif
