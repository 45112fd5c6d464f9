/*
 * Lines of goods. A header is a row (or two close ones) with at least two column words, one of them
 * a description or an amount. Below it each token belongs to the column whose edge or centre it
 * lines up with; the table ends at the words of the totals. Quantity x price = amount proves a
 * line, and decides which of two readings of a number was meant.
 */
#include "pipeline/extract/items.h"

#include "base/arena.h"
#include "base/mem.h"
#include "models/money.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 12, CONTINUATIONS = 4, CHOICES_MAX = 6 };

static const uint64_t roles[] = {
    CONCEPT_BIT(col_description), CONCEPT_BIT(col_price),    CONCEPT_BIT(col_quantity),
    CONCEPT_BIT(col_unit),        CONCEPT_BIT(col_vat_rate), CONCEPT_BIT(col_discount),
    CONCEPT_BIT(col_article),     CONCEPT_BIT(col_position), CONCEPT_BIT(col_amount),
};
static const uint64_t ANY_ROLE = CONCEPT_BIT(col_description) | CONCEPT_BIT(col_price) |
                                 CONCEPT_BIT(col_quantity) | CONCEPT_BIT(col_unit) |
                                 CONCEPT_BIT(col_vat_rate) | CONCEPT_BIT(col_discount) |
                                 CONCEPT_BIT(col_article) | CONCEPT_BIT(col_position) |
                                 CONCEPT_BIT(col_amount);
static const uint64_t END_OF_TABLE = CONCEPT_BIT(total_lines) | CONCEPT_BIT(net) |
                                     CONCEPT_BIT(vat) | CONCEPT_BIT(gross) | CONCEPT_BIT(total) |
                                     CONCEPT_BIT(amount_due) | CONCEPT_BIT(rounding) |
                                     CONCEPT_BIT(prepaid) | CONCEPT_BIT(allowance);

struct column {
    uint64_t role;
    struct box box;
    bool is_gross; /* headed as with VAT */
};

struct table {
    struct column columns[COLUMNS_MAX];
    int count, page;
    int first_row; /* below the header */
};

struct reader {
    const struct sheet *s;
    const struct candidates *c;
    struct arena *a;
    struct items *items;
};

static bool has_role(const struct table *t, uint64_t role)
{
    for (int i = 0; i < t->count; i++)
        if (t->columns[i].role == role)
            return true;
    return false;
}

static bool is_over(const struct table *t, const struct box *box)
{
    for (int i = 0; i < t->count; i++)
        if (box_overlap_x(&t->columns[i].box, box) > 0.2f)
            return true;
    return false;
}

/* Column words of one row; roles are given once, but several amount columns are settled later. What
 * stands under a word of the row before ("Price" over "net") only says more of that column. */
static int read_header_row(const struct sheet *s, int row, struct table *t)
{
    const struct table above = *t;
    int found = 0;

    for (int m = 0; m < s->n_mentions; m++) {
        const struct mention *mention = &s->mentions[m];
        bool is_with_vat = (mention->concepts & (CONCEPT_BIT(gross) | CONCEPT_BIT(net))) ==
                           CONCEPT_BIT(gross);
        uint64_t concepts = mention->concepts | (is_with_vat ? CONCEPT_BIT(col_amount) : 0);
        bool is_alone = mention->row == row && (concepts & ANY_ROLE) && !mention->is_inside &&
                        !is_over(&above, &mention->box);

        for (size_t r = 0; is_alone && r < ARRAY_LENGTH(roles); r++) {
            if (!(concepts & roles[r]) || t->count == COLUMNS_MAX)
                continue;
            if (has_role(t, roles[r]) && roles[r] != CONCEPT_BIT(col_amount))
                continue;
            t->columns[t->count++] = (struct column){roles[r], mention->box, is_with_vat};
            found++;
            break;
        }
    }
    return found;
}

/* Words under the header that only say more of its columns: no digits, each under a column. */
static bool continues_header(const struct sheet *s, int row, const struct table *t)
{
    const struct row *r = &s->rows[row];

    for (int i = r->first; i < r->first + r->count; i++)
        if (strpbrk(s->tokens[i].text, "0123456789") ||
            !is_over(t, &s->cells[s->tokens[i].cell].box))
            return false;
    return s->tokens[r->first].box.x0 > t->columns[0].box.x1 || r->count <= 3;
}

/* Of several amount columns the rightmost without VAT is the line's amount; the others hold other
 * sums. */
static void settle_amount_column(struct table *t)
{
    int last = -1;
    bool has_net = false;

    for (int i = 0; i < t->count; i++)
        has_net |= t->columns[i].role == CONCEPT_BIT(col_amount) && !t->columns[i].is_gross;
    for (int i = 0; has_net && i < t->count; i++)
        if (t->columns[i].role == CONCEPT_BIT(col_amount) && t->columns[i].is_gross)
            t->columns[i].role = 0;

    for (int i = 0; i < t->count; i++) {
        if (t->columns[i].role != CONCEPT_BIT(col_amount))
            continue;
        if (last >= 0 && t->columns[last].box.x1 > t->columns[i].box.x1) {
            t->columns[i].role = 0;
            continue;
        }
        if (last >= 0)
            t->columns[last].role = 0;
        last = i;
    }
}

static bool row_has_amounts(const struct reader *q, int row)
{
    for (int i = 0; i < q->c->count; i++)
        if (q->c->items[i].kind == CANDIDATE_AMOUNT && q->c->items[i].row == row &&
            q->c->items[i].amount.decimals >= 0 && !q->c->items[i].amount.is_percent)
            return true;
    return false;
}

/* "Whatever | Amount": words nobody knows, far left of a word for amounts, name the goods. */
static bool add_unknown_description(const struct sheet *s, int row, struct table *t)
{
    const struct cell *cell = &s->cells[s->tokens[s->rows[row].first].cell];
    bool is_last = t->columns[0].box.x1 > s->rows[row].box.x1 - 2;

    if (!is_last || cell->count > 4 ||
        cell->box.x1 + 8 * s->rows[row].height > t->columns[0].box.x0)
        return false;
    for (int m = 0; m < s->n_mentions; m++)
        if (s->mentions[m].first >= cell->first && s->mentions[m].first < cell->first + cell->count)
            return false;
    t->columns[t->count++] = (struct column){CONCEPT_BIT(col_description), cell->box, false};
    return true;
}

/* Words of the totals side by side, their amounts below: two that head no column of goods. */
static bool heads_totals(const struct sheet *s, int row)
{
    int found = 0;

    for (int m = 0; m < s->n_mentions; m++)
        found += s->mentions[m].row == row && (s->mentions[m].concepts & END_OF_TABLE) &&
                 !(s->mentions[m].concepts & ANY_ROLE);
    return found >= 2;
}

static bool read_header(const struct reader *q, int row, struct table *t)
{
    const uint64_t goods = CONCEPT_BIT(col_description) | CONCEPT_BIT(col_price) |
                           CONCEPT_BIT(col_quantity) | CONCEPT_BIT(col_discount) |
                           CONCEPT_BIT(col_article) | CONCEPT_BIT(col_unit);
    const struct sheet *s = q->s;
    int end = row + 1;
    bool is_goods = false;

    *t = (struct table){.page = s->rows[row].page};
    if (row_has_amounts(q, row) || heads_totals(s, row) || read_header_row(s, row, t) < 1)
        return false;
    while (end < s->n_rows && end <= row + 2 && s->rows[end].page == t->page &&
           s->rows[end].box.y0 - s->rows[end - 1].box.y1 < 0.9f * s->rows[row].height &&
           !row_has_amounts(q, end) &&
           (read_header_row(s, end, t) > 0 || continues_header(s, end, t)))
        end++;
    t->first_row = end;
    settle_amount_column(t);
    if (has_role(t, CONCEPT_BIT(col_amount)) && t->count == 1)
        is_goods = add_unknown_description(s, row, t);
    for (int i = 0; i < t->count; i++) /* a rate and an amount alone are a table of VAT */
        is_goods |= (t->columns[i].role & goods) != 0;
    return is_goods && has_role(t, CONCEPT_BIT(col_amount));
}

static float distance_x(const struct box *a, const struct box *b)
{
    float left = fabsf(a->x0 - b->x0), right = fabsf(a->x1 - b->x1);
    float centre = fabsf(a->x0 + a->x1 - b->x0 - b->x1) / 2;
    float nearest = fminf(left, fminf(right, centre));

    return box_overlap_x(a, b) > 0.2f ? nearest * 0.5f : nearest;
}

static uint64_t column_of(const struct table *t, const struct box *box)
{
    uint64_t role = 0;
    float best = 1e9f;

    for (int i = 0; i < t->count; i++) {
        float distance = distance_x(box, &t->columns[i].box);

        if (distance < best) {
            best = distance;
            role = t->columns[i].role;
        }
    }
    return role;
}

/* The cells of one row by role. */
struct row_cells {
    const struct candidate *quantity, *price, *amount, *rate;
    int text_first, text_count;
    const char *unit;
};

static bool is_amount_token(const struct reader *q, int token, const struct candidate **ret)
{
    for (int i = 0; i < q->c->count; i++) {
        const struct candidate *item = &q->c->items[i];

        if (item->kind != CANDIDATE_AMOUNT)
            break; /* amounts come first in the list */
        if (token >= item->first && token < item->first + item->count) {
            *ret = item;
            return true;
        }
    }
    return false;
}

static bool is_number_role(uint64_t role)
{
    return role & (CONCEPT_BIT(col_quantity) | CONCEPT_BIT(col_price) | CONCEPT_BIT(col_vat_rate) |
                   CONCEPT_BIT(col_amount) | CONCEPT_BIT(col_discount));
}

static void read_number(const struct table *t, const struct candidate *number,
                        struct row_cells *out)
{
    uint64_t role = column_of(t, &number->box);

    if (number->amount.is_percent)
        role = CONCEPT_BIT(col_vat_rate);
    if (role == CONCEPT_BIT(col_quantity) && !out->quantity)
        out->quantity = number;
    else if (role == CONCEPT_BIT(col_price))
        out->price = number;
    else if (role == CONCEPT_BIT(col_vat_rate))
        out->rate = number;
    else if (role == CONCEPT_BIT(col_amount))
        out->amount = number;
}

static void read_row(const struct reader *q, const struct table *t, int row, struct row_cells *out)
{
    const struct row *r = &q->s->rows[row];

    *out = (struct row_cells){.text_first = -1};
    for (int i = r->first; i < r->first + r->count; i++) {
        const struct token *token = &q->s->tokens[i];
        const struct cell *cell = &q->s->cells[token->cell];
        const struct candidate *number = NULL;
        uint64_t role;

        if (is_amount_token(q, i, &number)) {
            bool stands_alone = number->first == cell->first ||
                                is_number_role(column_of(t, &number->box));

            if (stands_alone && column_of(t, &number->box) != CONCEPT_BIT(col_description)) {
                read_number(t, number, out);
                i = number->first + number->count - 1;
                continue;
            }
        }
        role = column_of(t, &cell->box);
        if (role == CONCEPT_BIT(col_unit) || role == CONCEPT_BIT(col_quantity)) {
            if (isalpha((unsigned char)token->text[0]))
                out->unit = token->text;
            continue;
        }
        if (role != CONCEPT_BIT(col_description) && is_number_role(role))
            continue;
        if (role == CONCEPT_BIT(col_article) || role == CONCEPT_BIT(col_position))
            continue;
        if (out->text_first < 0)
            out->text_first = i;
        out->text_count = i - out->text_first + 1;
    }
}

static bool ends_table(const struct reader *q, int row, const struct row_cells *cells)
{
    const struct row *r = &q->s->rows[row];

    if (cells->quantity && cells->price && cells->amount)
        return false;
    for (int m = 0; m < q->s->n_mentions; m++) {
        const struct mention *mention = &q->s->mentions[m];

        if (mention->row == row && (mention->concepts & END_OF_TABLE) && !mention->is_inside &&
            mention->first < r->first + r->count && mention->count >= 1 &&
            mention->first == q->s->cells[q->s->tokens[mention->first].cell].first)
            return true;
    }
    return false;
}

static bool is_carry(const struct reader *q, int row)
{
    for (int m = 0; m < q->s->n_mentions; m++)
        if (q->s->mentions[m].row == row && (q->s->mentions[m].concepts & CONCEPT_BIT(carried)))
            return true;
    return false;
}

/* The values that one number of a line may have, the likeliest first. */
struct choices {
    int64_t values[CHOICES_MAX];
    int count;
};

static void choices_find(const struct reader *q, const struct candidate *part, struct choices *ret)
{
    *ret = (struct choices){.count = 1};
    if (!part)
        return;
    ret->values[0] = part->amount.value;
    if (part->amount.is_ambiguous)
        ret->values[ret->count++] = part->amount.other;
    for (int i = 0; i < q->c->count && q->c->items[i].kind == CANDIDATE_AMOUNT; i++) {
        const struct candidate *item = &q->c->items[i];

        if (item->is_second && item->first == part->first && ret->count < CHOICES_MAX)
            ret->values[ret->count++] = item->amount.value;
    }
}

/* Chooses among readings of the three numbers so that the line multiplies. */
static bool settle_readings(const struct reader *q, const struct row_cells *cells, int64_t value[3])
{
    const struct candidate *parts[3] = {cells->quantity, cells->price, cells->amount};
    struct choices choices[3];

    for (int i = 0; i < 3; i++) {
        choices_find(q, parts[i], &choices[i]);
        value[i] = choices[i].values[0];
    }
    if (!parts[0] || !parts[1] || !parts[2])
        return false;
    for (int x = 0; x < choices[0].count; x++)
        for (int y = 0; y < choices[1].count; y++)
            for (int z = 0; z < choices[2].count; z++) {
                int64_t v[3] = {choices[0].values[x], choices[1].values[y], choices[2].values[z]};

                if (amount_multiplies(v[0], v[1], v[2])) {
                    memcpy(value, v, sizeof v);
                    return true;
                }
            }
    return false;
}

static void add_item(const struct reader *q, int row, const struct row_cells *cells)
{
    struct items *items = q->items;
    struct item *item;
    int64_t value[3];
    bool is_proved = settle_readings(q, cells, value);

    if (items->count == ITEMS_MAX)
        return;
    item = &items->items[items->count++];
    *item = (struct item){.first = row,
                          .last = row,
                          .is_proved = is_proved,
                          .amount_minor = amount_to_minor(value[2])};
    item->line = (struct line_item){
        .page = q->s->pages[q->s->rows[row].page]->number,
        .box = q->s->rows[row].box,
        .unit = cells->unit,
        .quantity = cells->quantity ? amount_text(q->a, value[0], 0) : NULL,
        .unit_price = cells->price ? amount_text(q->a, value[1], 2) : NULL,
        .vat_rate = cells->rate ? amount_text(q->a, cells->rate->amount.value, 0) : NULL,
        .amount = amount_text(q->a, value[2], 2)};
    if (cells->text_first >= 0)
        item->line.description = sheet_text(q->s, q->a, cells->text_first, cells->text_count);
    items->sum_minor += item->amount_minor;
}

static void continue_item(const struct reader *q, int row, const struct row_cells *cells)
{
    struct item *item = q->items->count ? &q->items->items[q->items->count - 1] : NULL;
    const struct row *r = &q->s->rows[row];

    if (!item || cells->text_first < 0 || row - item->last > 1 ||
        item->last - item->first >= CONTINUATIONS || r->page != q->s->rows[item->last].page ||
        r->box.y0 - q->s->rows[item->last].box.y1 > 1.2f * r->height)
        return;
    item->last = row;
    item->line.description = item->line.description
                                 ? arena_printf(
                                       q->a, "%s %s", item->line.description,
                                       sheet_text(q->s, q->a, cells->text_first, cells->text_count))
                                 : sheet_text(q->s, q->a, cells->text_first, cells->text_count);
}

/* An amount alone on the next row belongs to the quantity and price before it. */
static void borrow(struct row_cells *cells, const struct row_cells *before)
{
    if (!cells->quantity)
        cells->quantity = before->quantity;
    if (!cells->price)
        cells->price = before->price;
    if (!cells->rate)
        cells->rate = before->rate;
    if (cells->text_first < 0) {
        cells->text_first = before->text_first;
        cells->text_count = before->text_count;
    }
}

/* The sum of the lines so far, whatever it is called. */
static bool is_running_sum(const struct reader *q, const struct row_cells *cells)
{
    int64_t minor = cells->amount ? amount_to_minor(cells->amount->amount.value) : 0;

    return q->items->count > 1 && !cells->quantity && !cells->price && minor != 0 &&
           llabs(minor) == llabs(q->items->sum_minor);
}

/* Reads the rows under one header; gives the row behind the table. */
static int read_table(const struct reader *q, const struct table *t)
{
    struct row_cells cells, before = {.text_first = -1};
    bool is_waiting = false; /* `before` has a quantity or price and no amount yet */
    int row, count = q->items->count;

    for (row = t->first_row; row < q->s->n_rows && q->s->rows[row].page == t->page; row++) {
        struct table next;

        if (is_carry(q, row))
            continue;
        read_row(q, t, row, &cells);
        if (ends_table(q, row, &cells) || (row > t->first_row && read_header(q, row, &next)))
            break;
        if (!is_waiting && is_running_sum(q, &cells)) {
            if (q->items->count == count)
                continue; /* brought forward from the page before */
            break;
        }
        if (cells.amount) {
            if (is_waiting)
                borrow(&cells, &before);
            add_item(q, row, &cells);
            is_waiting = false;
        } else if (cells.price || (cells.quantity && cells.text_first >= 0)) {
            before = cells;
            is_waiting = true;
        } else {
            continue_item(q, row, &cells);
        }
    }
    return row;
}

void items_find(struct items *items, const struct candidates *c, const struct sheet *s,
                struct arena *a)
{
    struct reader q = {s, c, a, items};

    *items = (struct items){.items = arena_alloc_array(a, ITEMS_MAX, sizeof *items->items)};
    for (int row = 0; row < s->n_rows;) {
        struct table table;

        row = read_header(&q, row, &table) ? read_table(&q, &table) : row + 1;
    }
    if (items->count == 0)
        items_find_headless(items, c, s, a);
}
