/*
 * The lines party.c judges: cells cut at bullets and bars ("Name · Street · Town"), with what each
 * looks like. Private to party*.c.
 */
#ifndef EXTRACT_PARTY_LINES_H
#define EXTRACT_PARTY_LINES_H

#include "pipeline/extract/sheet.h"

struct party_line {
    int first, count, cell, row, page;
    struct box box;
    bool is_town; /* holds a postcode and a town */
    bool has_legal_form;
    bool ends_in_form; /* its last word is a legal form, be it the only one */
    bool has_digit;
    bool is_label; /* nothing but key phrases, or ends in a colon */
    bool is_wordy; /* mostly letters, fit to be a name */
};

struct party_lines {
    struct party_line *items;
    int count;
};

/* "AS", "GmbH", "Bhd.": whether a word is a company's legal form, in the capitals it is written in.
 */
bool is_legal_form(const char *token);

void party_lines_find(struct party_lines *lines, struct arena *a, const struct sheet *s);

/* The line right above `at` in the same column, or the one before it in the same cell; -1. */
int party_line_above(const struct party_lines *lines, int at);

/* Whether two boxes share a left edge, a right edge or a middle, within letters of this height. */
bool party_same_column(const struct box *a, const struct box *b, float height);

/* Appends the line's comparing form to `key`, which is `used` long and holds PHRASE_KEY_SIZE;
 * returns the new length. Words that have no room are left out. */
size_t party_line_key(const struct sheet *s, const struct party_line *line, char *key, size_t used);

#endif
