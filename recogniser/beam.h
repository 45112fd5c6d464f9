/*
 * Class probabilities become words: Tesseract's beam search over its recoded characters, with the
 * word, punctuation and number lists of the model.
 */
#ifndef RECOGNISER_BEAM_H
#define RECOGNISER_BEAM_H

#include "recogniser/model.h"
#include "recogniser/recogniser.h"

struct decoder; /* tables made once from a model; read-only afterwards */

struct decoder *decoder_new(const struct model *m, bool without_dictionary);
void decoder_free(struct decoder *d);

/* The best reading of one line `width` x `height` pixels. ret->is_inverted is left alone. */
void decoder_read(const struct decoder *d, struct arena *a, const struct posteriors *p, int width,
                  int height, struct recognised_line *ret);

#endif
