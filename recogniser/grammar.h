/*
 * Reading under a grammar: for a caller who knows what a word has to look like (an amount, a
 * date, an account number), the most probable string of that language instead of the most
 * probable at all. A blurred "1 Z34,5O" has a reading as an amount; how much less probable that
 * is than the free reading says whether to believe it.
 *
 * A language is a pattern over the model's characters:
 *
 *   x  \x        the character; \ before ( ) [ ] { } | * + ? \ takes away their meaning
 *   [0-9,.]      one of these; a range goes by code point
 *   ab  a|b  ()  one after the other, one or the other, a group
 *   a* a+ a?     any number, at least one, perhaps
 *   a{3} a{1,3}  so many; a{2,} at least so many
 *
 * "." is a full stop: nothing stands for any character. One that the model cannot write matches
 * nothing. The whole line must match, so allow for spaces around.
 */
#ifndef RECOGNISER_GRAMMAR_H
#define RECOGNISER_GRAMMAR_H

#include "recogniser/recogniser.h"

struct grammar; /* a pattern made ready for one model; read-only: threads may share it */

/* The model must outlive it: see recogniser_model(). ERR_USAGE for a pattern that is none,
 * ERR_LIMIT for one with more than 512 places. */
int grammar_new(const struct model *m, const char *pattern, struct grammar **ret, struct err *err);
void grammar_free(struct grammar *g);

struct grammar_reading {
    const char *text;      /* in arena */
    float log_probability; /* of this text: 0 is certain */
    float margin;          /* by how much the free reading's is higher; 0: it reads the same */
};

/* False when no text of the language has a probability, as when the line is too short for it. */
bool grammar_read(const struct grammar *g, struct arena *a, const struct posteriors *p,
                  struct grammar_reading *ret);

#endif
