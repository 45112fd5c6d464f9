/*
 * Values are sorted once a kind; equal ones share a rank. Sums are looked for where people print
 * them: under a column, and as gross = net + the rest. They are facts about figures, not about
 * words, and so hold on papers of senders that no example came from.
 */
#include "pipeline/extract/taught/span_facts.h"

#include "base/arena.h"
#include "base/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_AMOUNTS = 64, LOOK_BACK = 400, PARTS_OF = 300 };

struct sorted_value {
    const char *text;
    int64_t amount;
    int index;
};

static int compare_text(const void *x, const void *y)
{
    const struct sorted_value *a = x, *b = y;

    return strcmp(a->text, b->text);
}

static int compare_amount(const void *x, const void *y)
{
    const struct sorted_value *a = x, *b = y;

    return (a->amount < b->amount) - (a->amount > b->amount);
}

static int take_kind(const struct spans *spans, enum field_kind kind, struct sorted_value *out)
{
    int n = 0;

    for (int i = 0; i < spans->count; i++)
        if (spans->items[i].kind == kind)
            out[n++] = (struct sorted_value){spans->items[i].value, spans->items[i].amount, i};
    return n;
}

/* Values met so far, in a table of twice the room: the first span of each, and how many. */
struct met {
    int first, count;
};

static struct met *meet(struct met *table, uint32_t mask, const struct spans *spans, int i)
{
    const char *value = spans->items[i].value;
    uint32_t at = HASH_SEED;

    for (const char *p = value; *p; p++)
        at = hash_byte(at, *p);
    for (at ^= at >> 15;; at++) {
        struct met *met = &table[at & mask];

        if (met->count == 0)
            met->first = i;
        if (met->first == i || strcmp(spans->items[met->first].value, value) == 0)
            return met;
    }
}

static void count_repetitions(struct span_facts *facts, struct arena *a, const struct spans *spans,
                              const struct sorted_value *v, int n)
{
    uint32_t room = 16;
    struct met *table, **met = arena_alloc_array(a, (size_t)n + 1, sizeof *met);

    while (room < 2 * (uint32_t)n)
        room *= 2;
    table = arena_alloc_array(a, room, sizeof *table);
    for (int i = 0; i < n; i++) {
        met[i] = meet(table, room - 1, spans, v[i].index);
        facts[v[i].index].nth = met[i]->count++;
    }
    for (int i = 0; i < n; i++)
        facts[v[i].index].repeated = met[i]->count;
}

/* Equal values share a rank. ISO dates sort as text. */
static void rank_values(struct span_facts *facts, enum field_kind kind, struct sorted_value *v,
                        int n)
{
    int rank = -1;

    qsort(v, (size_t)n, sizeof *v, kind == FIELD_AMOUNT ? compare_amount : compare_text);
    for (int i = 0; i < n; i++) {
        rank += i == 0 || strcmp(v[i].text, v[i - 1].text) != 0;
        facts[v[i].index].rank = rank;
    }
    for (int i = 0; i < n; i++)
        facts[v[i].index].last = rank - facts[v[i].index].rank;
}

/* Spans stand in the order of their words, so what stands above comes before. */
static int find_column_sum(const struct sheet *s, const struct spans *spans, int index)
{
    const struct span *own = &spans->items[index];
    int64_t sum = 0;
    int n = 0;

    for (int i = index - 1; i >= 0 && i > index - LOOK_BACK && n < COLUMN_AMOUNTS; i--) {
        const struct span *above = &spans->items[i];

        if (above->kind != FIELD_AMOUNT || above->page != own->page)
            return 0;
        if (s->tokens[above->first].row == s->tokens[own->first].row ||
            fabsf(above->box.x1 - own->box.x1) > 2 * box_height(&own->box))
            continue;
        sum += above->amount;
        n++;
        if (sum == own->amount || sum > own->amount)
            return sum == own->amount ? n : 0;
    }
    return 0;
}

/* Two pointers over different values, largest first. */
static void find_parts(unsigned *parts, const int64_t *values, int n)
{
    for (int i = 0; i < n; i++)
        for (int more = i + 1, less = n - 1; more < less;) {
            int64_t sum = values[more] + values[less];

            if (sum == values[i] && values[less] >= values[i] / 100) {
                parts[i] |= IS_SUM_OF_TWO;
                parts[more] |= IS_LARGER_PART;
                parts[less] |= IS_LESSER_PART;
            }
            if (sum >= values[i])
                more++;
            else
                less--;
        }
}

/* `v` is sorted. */
static void find_sums(struct span_facts *facts, const struct sheet *s, const struct spans *spans,
                      const struct sorted_value *v, int n)
{
    int64_t values[PARTS_OF];
    unsigned parts[PARTS_OF] = {0};
    int m = 0;

    for (int i = 0; i < n && m < PARTS_OF && v[i].amount > 0; i++)
        if (m == 0 || values[m - 1] != v[i].amount)
            values[m++] = v[i].amount;
    find_parts(parts, values, m);
    for (int i = 0, at = 0; i < n; i++) {
        while (at < m && values[at] != v[i].amount)
            at++;
        if (at == m)
            break;
        facts[v[i].index].parts = parts[at];
    }
    for (int i = 0; i < n; i++)
        facts[v[i].index].column_sum = find_column_sum(s, spans, v[i].index);
}

struct span_facts *span_facts_find(struct arena *a, const struct sheet *s,
                                   const struct spans *spans)
{
    struct span_facts *facts = arena_alloc_array(a, (size_t)spans->count + 1, sizeof *facts);
    struct sorted_value *v = arena_alloc_array(a, (size_t)spans->count + 1, sizeof *v);

    for (int kind = FIELD_TEXT; kind <= FIELD_ACCOUNT; kind++) {
        int n = take_kind(spans, (enum field_kind)kind, v);

        count_repetitions(facts, a, spans, v, n);
        if (kind == FIELD_AMOUNT || kind == FIELD_DATE)
            rank_values(facts, (enum field_kind)kind, v, n);
        if (kind == FIELD_AMOUNT)
            find_sums(facts, s, spans, v, n);
    }
    return facts;
}
