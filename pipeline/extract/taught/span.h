/*
 * Spans: every run of tokens that could be the value of a taught field, whatever the field means.
 *
 * Dates and amounts are the candidates the house finds anyway; identifiers are words with digits;
 * texts are the runs within a cell and cells stacked on each other.
 */
#ifndef TAUGHT_SPAN_H
#define TAUGHT_SPAN_H

#include "models/field.h"
#include "pipeline/extract/candidate.h"

struct arena;

struct span {
    enum field_kind kind;
    int first, count;  /* tokens of its first row */
    int rows;          /* 1, or how many cells stand on each other */
    const char *value; /* normal form of the kind */
    int64_t amount;    /* FIELD_AMOUNT: ten-thousandths */
    struct box box, printed;
    int page;
    float confidence;
    int range; /* FIELD_DATE: index of the other end of "12/30/19 - 3/29/20", or -1 */
    const struct candidate *candidate; /* FIELD_AMOUNT and FIELD_DATE; else NULL */
};

struct spans {
    struct span *items;
    int count, capacity;
};

/* Appends the spans of one kind found on the sheet; values hang in the arena. */
void spans_find(struct spans *spans, struct arena *a, const struct sheet *s,
                const struct candidates *c, enum field_kind kind);

#endif
