/*
 * Lines of goods without a header (printed white on black, or lost in a scan). A row where two
 * numbers multiply to the last one is a line for certain; rows between such rows whose last amount
 * ends at the same edge are lines too.
 */
#include "pipeline/extract/items.h"

#include "base/arena.h"

#include <math.h>

enum { ROW_NUMBERS = 8 };

/* The numbers of one row, left to right, and which of them multiply. */
struct row_numbers {
    const struct candidate *items[ROW_NUMBERS];
    int count;
    int quantity, price; /* indices, or -1 */
};

static void read_row(const struct candidates *c, int row, struct row_numbers *out)
{
    *out = (struct row_numbers){.quantity = -1, .price = -1};
    for (int i = 0; i < c->count && c->items[i].kind == CANDIDATE_AMOUNT; i++)
        if (c->items[i].row == row && !c->items[i].amount.is_percent && out->count < ROW_NUMBERS)
            out->items[out->count++] = &c->items[i];
    for (int q = 0; q + 2 < out->count; q++)
        for (int p = q + 1; p + 1 < out->count; p++)
            if (amount_multiplies(out->items[q]->amount.value, out->items[p]->amount.value,
                                  out->items[out->count - 1]->amount.value)) {
                out->quantity = q;
                out->price = p;
                return;
            }
}

static void add_item(struct items *items, const struct sheet *s, struct arena *a, int row,
                     const struct row_numbers *numbers)
{
    const struct candidate *amount = numbers->items[numbers->count - 1];
    int first = s->rows[row].first, end = numbers->items[0]->first;
    struct item *item = &items->items[items->count++];

    if (numbers->quantity > 0) /* a position or number of goods may stand before the text */
        end = numbers->items[numbers->quantity]->first;
    *item = (struct item){.amount_minor = amount_to_minor(amount->amount.value),
                          .is_proved = numbers->quantity >= 0,
                          .first = row,
                          .last = row};
    item->line.page = s->pages[s->rows[row].page]->number;
    item->line.box = s->rows[row].box;
    item->line.amount = amount_text(a, amount->amount.value, 2);
    if (end > first)
        item->line.description = sheet_text(s, a, first, end - first);
    if (numbers->quantity >= 0) {
        item->line.quantity = amount_text(a, numbers->items[numbers->quantity]->amount.value, 0);
        item->line.unit_price = amount_text(a, numbers->items[numbers->price]->amount.value, 2);
    }
    items->sum_minor += item->amount_minor;
}

/* Whether the row's last amount is money that ends at the proved ones' right edge. */
static bool is_in_line(const struct row_numbers *numbers, float edge, float height)
{
    const struct candidate *last = numbers->count ? numbers->items[numbers->count - 1] : NULL;

    return last && numbers->count >= 2 && last->amount.decimals >= 0 &&
           fabsf(last->box.x1 - edge) < height;
}

void items_find_headless(struct items *items, const struct candidates *c, const struct sheet *s,
                         struct arena *a)
{
    int first = -1, last = -1;
    float edge = 0;
    struct row_numbers numbers;

    for (int row = 0; row < s->n_rows; row++) {
        read_row(c, row, &numbers);
        if (numbers.quantity < 0)
            continue;
        edge = numbers.items[numbers.count - 1]->box.x1;
        first = first < 0 ? row : first;
        last = row;
    }
    for (int row = first; row >= 0 && row <= last && items->count < ITEMS_MAX; row++) {
        read_row(c, row, &numbers);
        if (numbers.quantity >= 0 || is_in_line(&numbers, edge, s->rows[row].height))
            add_item(items, s, a, row, &numbers);
    }
}
