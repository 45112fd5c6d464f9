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
    bool is_label; /* nothing but key phrases */
    bool is_wordy; /* mostly letters, fit to be a name */
};

struct party_lines {
    struct party_line *items;
    int count;
};

void party_lines_find(struct party_lines *lines, struct arena *a, const struct sheet *s);

#endif
