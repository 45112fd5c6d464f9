/*
 * Where a word stands in the model's word lists, letter by letter.
 *
 * A state is a number; it means all the letters since the word began. The same letters lead to the
 * same state and are looked up in the lists only the first time. What is kept grows with the
 * different beginnings of words seen; dictionary_trim() forgets them all when they are many.
 */
#ifndef RECOGNISER_DICTIONARY_H
#define RECOGNISER_DICTIONARY_H

#include "recogniser/model.h"

/* Tesseract's codes for what a word is (ccstruct/ratngs.h). */
enum permuter {
    PERMUTER_NONE = 0,
    PERMUTER_PUNCTUATION = 1,
    PERMUTER_FREE = 2, /* not from a list */
    PERMUTER_NUMBER = 6,
    PERMUTER_WORD = 8,
};

enum {
    STATE_NONE,        /* not in any list */
    STATE_LINE_START,  /* no letter yet */
    STATE_AFTER_SPACE, /* the same behind a space */
    STATE_FIRST_LETTERS
};

struct place;

struct word_state {
    int parent, letter; /* it is `letter` behind `parent` */
    int first_place, place_count;
    enum permuter permuter; /* PERMUTER_NONE: no list goes on like this */
    bool ends_word;         /* it may end here */
};

struct dictionary {
    const struct model *model;
    struct word_state *states;
    int state_count, state_capacity;
    struct place *places;
    int place_count, place_capacity;
    int *slots; /* hash table of state numbers */
    int slot_count;
};

/* Whether the model has any list. */
bool dictionary_exists(const struct model *m);

void dictionary_init(struct dictionary *d, const struct model *m);
void dictionary_release(struct dictionary *d); /* accepts a zeroed one */

/* Call between lines: states do not survive it. */
void dictionary_trim(struct dictionary *d);

/* The state a letter (not a space) leads to. */
int dictionary_next(struct dictionary *d, int state, int letter);

#endif
