/*
 * The table of goods: header words give columns their roles, every row with an amount in the amount
 * column is a line, rows without one continue the line above.
 */
#ifndef EXTRACT_ITEMS_H
#define EXTRACT_ITEMS_H

#include "models/document.h"
#include "pipeline/extract/candidate.h"

struct arena;

struct item {
    struct line_item line;
    int64_t amount_minor;
    bool is_proved;  /* quantity x price = amount */
    int first, last; /* rows it covers */
};

enum { ITEMS_MAX = 600 };

struct items {
    struct item *items;
    int count;
    int64_t sum_minor;
};

/* For tables whose header nobody can read: rows that multiply, and those in line with them. */
void items_find_headless(struct items *items, const struct candidates *c, const struct sheet *s,
                         struct arena *a);

/* Finds the lines on all pages. */
void items_find(struct items *items, const struct candidates *c, const struct sheet *s,
                struct arena *a);

#endif
