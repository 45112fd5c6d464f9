/*
 * A file of trained weights, a line a field, as scripts/train writes them:
 *
 *   bilag calibration, features 1
 *   made: …                                        free text, any number of lines
 *   features bias raw scan …                       the order of the weights
 *   field invoice_number 5012 31 -0.120 0.985 …    two counts of what was seen, weights
 */
#ifndef EXTRACT_WEIGHTS_H
#define EXTRACT_WEIGHTS_H

#include "models/field.h"

#include <stddef.h>

struct err;

struct weight_format {
    const char *magic; /* the first line */
    int count;
    const char *(*feature_name)(int feature);
};

/* Reads rows of `format->count` weights, FIELD_COUNT of them, and which fields have one; the others
 * are zero. ERR_INVALID, and the outputs in no known state, on anything but such a file with these
 * features. */
int weights_parse(const struct weight_format *format, const char *bytes, size_t length,
                  float *weights, bool is_fitted[FIELD_COUNT], struct err *err);

#endif
