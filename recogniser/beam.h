/*
 * Class probabilities become words: Tesseract's beam search over its recoded characters, with the
 * word, punctuation and number lists of the model (lstm/recodebeam.cpp, dict/dict.cpp of 5.3.0).
 *
 * The rules, in short. A path says at every step "null" or a class; repeats and nulls fall out. The
 * steps between characters may add the probabilities of null and of both neighbours, so three
 * kinds of paths are kept apart by what may follow them, and paths through the word lists apart
 * from the others, which pay for every step 2.25 times. Five paths of each kind survive a step.
 */
#ifndef RECOGNISER_BEAM_H
#define RECOGNISER_BEAM_H

#include "recogniser/model.h"
#include "recogniser/recogniser.h"

/* Tables made once from a model, which must outlive them; read-only: threads may share them. */
struct decoder;

struct decoder *decoder_new(const struct model *m, bool without_dictionary);
void decoder_free(struct decoder *d);

/* One thread's working memory for any number of lines, some 500 KB; the decoder must outlive it. */
struct beam;

struct beam *beam_new(const struct decoder *d);
void beam_free(struct beam *b);

/* The best reading of one line, in `a`; texts are borrowed from the model. `height` is the line
 * image's. ret->is_inverted is left alone. */
void beam_read(struct beam *b, struct arena *a, const struct posteriors *p, int height,
               struct recognised_line *ret);

/* As recogniser_alternatives(). */
size_t beam_read_several(struct beam *b, struct arena *a, const struct posteriors *p, int height,
                         struct line_reading *ret, size_t max);

#endif
