/*
 * Words that names of shops and companies are made of. A misread letter in one of them can be put
 * right, as in a label, for there are few; the other words of a name are anybody's.
 */
#ifndef EXTRACT_PARTY_WORDS_H
#define EXTRACT_PARTY_WORDS_H

#include <stdbool.h>

struct arena;

/* Whether a word is one of them: "Hardware", "BAKERY:" */
bool party_words_is_trade(const char *word);

/* The name as recognised, with the letters of its trade words ("BAKERTES", "Restaurani"), initials
 * ("A.1.B.") and brackets put right; in the arena. */
const char *party_words_repair(struct arena *a, const char *name);

#endif
