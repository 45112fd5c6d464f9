/*
 * A pattern as its positions (Glushkov's automaton): every place where a class is read is one, and
 * a text of the language is a walk from position to position. There are no other states, so a
 * search needs no empty steps.
 */
#ifndef RECOGNISER_GRAMMAR_PARTS_H
#define RECOGNISER_GRAMMAR_PARTS_H

#include "recogniser/grammar.h"
#include "recogniser/model.h"

enum { GRAMMAR_POSITIONS_MAX = 512 };

/* One class that a position takes. */
struct grammar_choice {
    int class;
    int unichar; /* what has been written with it, or -1 within a character of several codes */
};

struct grammar_position {
    struct grammar_choice *choices; /* of different classes */
    int choice_count;
    int first_cell; /* its choices are cells first_cell + i of the search */
    int *before;    /* what may come before: positions from 1 on, 0 is the start */
    int before_count;
    bool is_last;
};

struct grammar {
    struct arena arena;
    const struct model *model;
    struct grammar_position positions[GRAMMAR_POSITIONS_MAX + 1]; /* from 1 */
    int position_count, cell_count;
    bool takes_nothing; /* the empty text */
};

#endif
