/*
 * VAT by rate, found by arithmetic: a row counts when one of its amounts is the rate's share of
 * another, give or take two minor units (some programs add up rounded lines).
 */
#include "pipeline/extract/vat_table.h"
#include "pipeline/extract/vat_rates.h"

#include "base/arena.h"
#include "models/civil_date.h"
#include "models/money.h"

#include <stdlib.h>

enum { ROW_AMOUNTS = 8, HITS_MAX = 64 };

struct row_amounts {
    int64_t minor[ROW_AMOUNTS];
    int count;
    int rates[4];
    int n_rates;
    bool has_vat_label;
};

static void note_rate(struct row_amounts *row, int64_t value)
{
    if (row->n_rates < 4 && value >= 0 && value <= 30 * AMOUNT_SCALE)
        row->rates[row->n_rates++] = (int)(value / 100);
}

static void read_row(const struct candidates *c, const struct sheet *s, int index,
                     struct row_amounts *row)
{
    const uint64_t vat_words = CONCEPT_BIT(vat) | CONCEPT_BIT(vat_base) | CONCEPT_BIT(col_vat_rate);

    *row = (struct row_amounts){0};
    for (int i = 0; i < c->count && c->items[i].kind == CANDIDATE_AMOUNT; i++) {
        const struct candidate *item = &c->items[i];
        bool is_bare = item->amount.decimals < 0 && !item->amount.has_group;

        if (item->row != index || item->is_second)
            continue;
        row->has_vat_label |= candidate_evidence(item, s, vat_words) != NULL;
        if (item->amount.is_percent ||
            (item->amount.value <= 30 * AMOUNT_SCALE && item->amount.decimals <= 2 &&
             candidate_evidence(item, s, CONCEPT_BIT(col_vat_rate))))
            note_rate(row, item->amount.value);
        if (item->amount.is_percent || row->count == ROW_AMOUNTS || (is_bare && item->amount.value))
            continue;
        row->minor[row->count++] = amount_to_minor(item->amount.value);
    }
}

static bool add_hit(struct vat_hits *hits, const struct row_amounts *row, int index, int rate_bp)
{
    for (int n = 0; n < row->count && hits->count < HITS_MAX; n++)
        for (int v = 0; v < row->count; v++) {
            int64_t net = row->minor[n], vat = row->minor[v];

            if (n == v || net == 0 || !vat_rate_fits(net, vat, rate_bp) ||
                (rate_bp > 0 && llabs(vat) < 5))
                continue;
            hits->items[hits->count++] = (struct vat_hit){rate_bp, index, net, vat};
            return true;
        }
    return false;
}

void vat_hits_find(struct vat_hits *hits, const struct candidates *c, const struct sheet *s,
                   const bool *is_item_row, struct arena *a)
{
    *hits = (struct vat_hits){.items = arena_alloc_array(a, HITS_MAX, sizeof *hits->items)};
    for (int index = 0; index < s->n_rows; index++) {
        struct row_amounts row;
        bool is_found = false;

        if (is_item_row[index])
            continue;
        read_row(c, s, index, &row);
        for (int r = 0; r < row.n_rates && !is_found; r++)
            is_found = add_hit(hits, &row, index, row.rates[r]);
        for (const int *known = vat_rates_known(); *known > 0 && !is_found; known++)
            is_found = row.n_rates == 0 && row.has_vat_label && add_hit(hits, &row, index, *known);
    }
}

int vat_hits_window(const struct vat_hits *hits, int64_t net, int64_t vat, int *ret_count)
{
    for (int first = 0; first < hits->count; first++) {
        int64_t nets = 0, vats = 0;

        for (int last = first; last < hits->count; last++) {
            nets += hits->items[last].net;
            vats += hits->items[last].vat;
            if (nets == net && vats == vat) {
                *ret_count = last - first + 1;
                return first;
            }
        }
    }
    return -1;
}
