/* Makes models/trained/score.model (pipeline/extract/score.h). */
#ifndef SORT_TRAIN_FIELDS_H
#define SORT_TRAIN_FIELDS_H

struct err;

/* Trains on the documents of `input` (training.h), starting from and drawn to the weights of the
 * file `prior`, and writes `output`; `how` says what the papers are. */
int train_fields(const char *prior, const char *input, const char *output, const char *how,
                 struct err *err);

#endif
