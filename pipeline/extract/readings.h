/*
 * Every printed amount as it may be read, with a score for every role it may play in the totals.
 * Private to the money solver.
 */
#ifndef EXTRACT_READINGS_H
#define EXTRACT_READINGS_H

#include "models/field.h"
#include "pipeline/extract/candidate.h"
#include "pipeline/extract/vat_table.h"

struct arena;

enum role { NET, VAT, GROSS, DUE, PREPAID, ROUNDING, LINES, ALLOWANCES, CHARGES, ROLE_COUNT };

enum field_id role_field(enum role role);

/* One way to read one printed amount; candidate -1 is a sum of rows that is printed nowhere. */
struct reading {
    int candidate;
    int64_t minor;
    float score[ROLE_COUNT];
    bool fits_rate;  /* net, VAT or gross of a triple at a known rate */
    bool is_item;    /* stands in a row of goods */
    bool is_unusual; /* the mark of "1.234" read as a decimal mark */
};

struct readings {
    struct reading *items;
    int count;
};

/* Fills `r` from the amounts of the sheet; amounts in rows of goods count little. `lines_minor` is
 * the sum of those rows, 0 for none. */
void readings_find(struct readings *r, struct arena *a, const struct candidates *c,
                   const struct sheet *s, const bool *is_item_row, const struct vat_hits *hits,
                   int64_t lines_minor);

#endif
