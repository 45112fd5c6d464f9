/*
 * Rows that print VAT by rate: a base, its VAT, and the rate that links them.
 */
#ifndef EXTRACT_VAT_TABLE_H
#define EXTRACT_VAT_TABLE_H

#include "pipeline/extract/candidate.h"

struct arena;

struct vat_hit {
    int rate_bp, row;
    int64_t net, vat; /* minor units */
};

struct vat_hits {
    struct vat_hit *items;
    int count;
};

/* Every row where two amounts are base and VAT of a printed rate, or of a known rate under or
 * beside a VAT label. `is_item_row` says which rows are lines of goods and do not count. */
void vat_hits_find(struct vat_hits *hits, const struct candidates *c, const struct sheet *s,
                   const bool *is_item_row, struct arena *a);

/* The run of hits whose sums are `net` and `vat`: its first index and *ret_count, or -1. */
int vat_hits_window(const struct vat_hits *hits, int64_t net, int64_t vat, int *ret_count);

#endif
