/*
 * Lines of goods without a header (printed white on black, or lost in a scan). A row where two
 * numbers multiply to a third is a line for certain; rows between such rows whose last amount ends
 * at the same edge are lines too. Where nothing multiplies, the longest column of amounts whose sum
 * is printed below it is the lines.
 */
#include "pipeline/extract/items.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>

enum { ROW_NUMBERS = 8, COLUMN_MAX = 200, STARTS_MAX = 64 };

/* The numbers of one row, left to right, and which of them multiply. */
struct row_numbers {
    const struct candidate *items[ROW_NUMBERS];
    int count;
    int quantity, price, amount; /* indices, or -1 */
};

static bool multiplies(const struct row_numbers *row, int quantity, int price, int amount)
{
    return amount_multiplies(row->items[quantity]->amount.value, row->items[price]->amount.value,
                             row->items[amount]->amount.value);
}

static void read_row(const struct candidates *c, int row, struct row_numbers *out)
{
    *out = (struct row_numbers){.quantity = -1, .price = -1, .amount = -1};
    for (int i = 0; i < c->count && c->items[i].kind == CANDIDATE_AMOUNT; i++)
        if (c->items[i].row == row && !c->items[i].amount.is_percent && !c->items[i].is_second &&
            out->count < ROW_NUMBERS)
            out->items[out->count++] = &c->items[i];
    for (int q = 0; q + 2 < out->count; q++)
        for (int p = q + 1; p + 1 < out->count; p++)
            for (int m = p + 1; m < out->count; m++) /* a sum with VAT may stand behind */
                if (multiplies(out, q, p, m)) {
                    out->quantity = q;
                    out->price = p;
                    out->amount = m;
                    return;
                }
}

static void add_item(struct items *items, const struct sheet *s, struct arena *a, int row,
                     const struct row_numbers *numbers, const struct candidate *amount)
{
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

static bool is_money(const struct candidate *c)
{
    return c->kind == CANDIDATE_AMOUNT && !c->amount.is_percent && c->amount.value != 0 &&
           (c->amount.decimals >= 0 || c->amount.has_group);
}

static bool is_carried(const struct sheet *s, const struct candidate *c)
{
    return candidate_evidence(c, s, CONCEPT_BIT(carried)) != NULL;
}

/* VAT and rounding stand behind the lines; they add up as well, to what is to pay. */
static bool is_behind_lines(const struct sheet *s, const struct candidate *c)
{
    const struct evidence *label = candidate_evidence(c, s,
                                                      CONCEPT_BIT(vat) | CONCEPT_BIT(rounding));

    return label && label->direction <= LEFT && label->strength > 0.5f;
}

static bool is_printed_below(const struct candidates *c, int row, int64_t sum)
{
    for (int i = 0; i < c->count && c->items[i].kind == CANDIDATE_AMOUNT; i++)
        if (c->items[i].row > row && llabs(c->items[i].amount.value) == llabs(sum))
            return true;
    return false;
}

/* A column of amounts with one right edge, down from its first. */
struct amount_column {
    const struct candidate *items[COLUMN_MAX];
    int count;
};

/* Gives how many of the column's amounts make a sum that is printed below them, or 0. */
static int read_column(const struct candidates *c, const struct sheet *s, int first,
                       struct amount_column *column)
{
    const struct candidate *top = &c->items[first];
    int64_t sum = 0;
    int closed = 0;

    column->count = 0;
    for (int i = first; i < c->count && column->count < COLUMN_MAX; i++) {
        const struct candidate *item = &c->items[i];

        if (item->kind != CANDIDATE_AMOUNT || is_behind_lines(s, item))
            break;
        if (!is_money(item) || fabsf(item->box.x1 - top->box.x1) > s->rows[item->row].height ||
            is_carried(s, item))
            continue;
        column->items[column->count++] = item;
        sum += item->amount.value;
        if (column->count > 1 && is_printed_below(c, item->row, sum))
            closed = column->count;
    }
    return closed;
}

/* The rows whose amounts add up to a sum printed below: lines, whatever else they hold. */
static void find_closed_column(struct items *items, const struct candidates *c,
                               const struct sheet *s, struct arena *a)
{
    struct amount_column *column = arena_alloc(a, sizeof *column);
    int best = 1, first = -1, starts = 0;

    for (int i = 0; i < c->count && c->items[i].kind == CANDIDATE_AMOUNT; i++) {
        int closed;

        if (!is_money(&c->items[i]) || starts++ == STARTS_MAX)
            continue;
        closed = read_column(c, s, i, column);
        if (closed > best) {
            best = closed;
            first = i;
        }
    }
    if (first < 0)
        return;
    read_column(c, s, first, column);
    for (int i = 0; i < best; i++) {
        struct row_numbers numbers;

        read_row(c, column->items[i]->row, &numbers);
        numbers.quantity = numbers.price = -1;
        if (numbers.count > 0)
            add_item(items, s, a, column->items[i]->row, &numbers, column->items[i]);
    }
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
        edge = numbers.items[numbers.amount]->box.x1;
        first = first < 0 ? row : first;
        last = row;
    }
    for (int row = first; row >= 0 && row <= last && items->count < ITEMS_MAX; row++) {
        read_row(c, row, &numbers);
        if (numbers.quantity >= 0)
            add_item(items, s, a, row, &numbers, numbers.items[numbers.amount]);
        else if (is_in_line(&numbers, edge, s->rows[row].height))
            add_item(items, s, a, row, &numbers, numbers.items[numbers.count - 1]);
    }
    if (items->count == 0)
        find_closed_column(items, c, s, a);
}
