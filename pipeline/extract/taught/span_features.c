/*
 * A feature is a template's number and what it found, hashed together. Words are phrase keys
 * (folded, confusable letters made equal), so one misread letter does not make a new word; digits
 * become 0, so that numbers teach shapes and not values.
 */
#include "pipeline/extract/taught/span_features.h"

#include "base/arena.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEIGHBOURS = 3, ROW_WORDS = 6, SHAPE_SIZE = 24 };

/* Which question a feature answers. The numbers are hashed into the weights: append only. */
enum template {
    T_ONE,
    T_LEFT,
    T_LEFT_PAIR,
    T_LEFT_ANY,
    T_RIGHT,
    T_RIGHT_PAIR,
    T_RIGHT_ANY,
    T_ROW_FIRST,
    T_ROW_ABOVE,
    T_ABOVE,
    T_ABOVE_SECOND,
    T_BELOW,
    T_CELL_START,
    T_CELL_END,
    T_SHAPE,
    T_LENGTH,
    T_TOKENS,
    T_OWN_WORD,
    T_OWN_FIRST,
    T_OWN_LAST,
    T_CASE,
    T_MENTION,
    T_PLACE,
    T_PLACE_X,
    T_PLACE_Y,
    T_PAGE,
    T_ROW_FROM_TOP,
    T_ROW_FROM_BOTTOM,
    T_HEIGHT,
    T_REPEATED,
    T_NTH,
    T_RANK,
    T_EQUALS,
    T_AMOUNT_FORM,
    T_DATE_ORDER,
    T_MARK_BEFORE,
    T_MARK_AFTER,
    T_LEFT_AND_SHAPE,
    T_ROWS,
    T_ABOVE_AND_LEFT,
    T_CHOICE,
    T_CHOICE_TOP,
    T_CHOICE_PAIR,
};

/* Features on their way. */
struct draft {
    uint16_t buckets[SPAN_FEATURES_MAX];
    int count;
};

struct span_facts {
    int repeated; /* how often its value stands in the document */
    int nth;      /* which of them it is, from 0 */
    int rank;     /* amounts: 0 is the largest value; dates: 0 is the earliest */
    int last;     /* dates: 0 is the latest */
};

struct span_context {
    const struct sheet *sheet;
    const struct spans *spans;
    struct span_facts *facts;
    int *page_first_row, *page_end_row; /* by page index */
    float body;                         /* height of most words */
};

static uint32_t mix(uint32_t h, uint32_t value)
{
    h = (h ^ value) * 0x9e3779b1u;
    return h ^ h >> 15;
}

static uint32_t hash_text(const char *text)
{
    uint32_t h = 2166136261u;

    for (; *text; text++) {
        char c = isdigit((unsigned char)*text) ? '0' : *text;

        h = (h ^ (unsigned char)c) * 16777619u;
    }
    return h;
}

static void put(struct draft *f, enum template t, uint32_t value)
{
    uint32_t h = mix(mix(0x51ed270bu, (uint32_t)t), value);

    if (f->count < SPAN_FEATURES_MAX)
        f->buckets[f->count++] = (uint16_t)(h ^ h >> 16);
}

static void put_pair(struct draft *f, enum template t, uint32_t one, uint32_t other)
{
    put(f, t, mix(one, other));
}

static struct span_features finished(const struct draft *f, struct arena *a)
{
    struct span_features ret = {arena_alloc_array(a, (size_t)f->count, sizeof *ret.buckets),
                                f->count};

    memcpy(ret.buckets, f->buckets, (size_t)f->count * sizeof *ret.buckets);
    return ret;
}

/* Small numbers by themselves, larger ones by octave. */
static uint32_t bin(int n)
{
    return n < 8 ? (uint32_t)(n < 0 ? 0 : n) : 5 + (uint32_t)log2f((float)n);
}

/* --- once a document ---------------------------------------------------------------------- */

struct sorted_value {
    const char *text;
    int64_t amount;
    int index;
};

static int compare_text(const void *x, const void *y)
{
    const struct sorted_value *a = x, *b = y;
    int order = strcmp(a->text, b->text);

    return order ? order : (a->index > b->index) - (a->index < b->index);
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

static void count_repetitions(struct span_context *k, struct sorted_value *v, int n)
{
    for (int i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && strcmp(v[end].text, v[i].text) == 0; end++)
            ;
        for (int j = i; j < end; j++) {
            k->facts[v[j].index].repeated = end - i;
            k->facts[v[j].index].nth = j - i;
        }
    }
}

/* Equal values share a rank. ISO dates sort as text. */
static void rank_values(struct span_context *k, enum field_kind kind, struct sorted_value *v, int n)
{
    int rank = -1;

    if (kind == FIELD_AMOUNT)
        qsort(v, (size_t)n, sizeof *v, compare_amount);
    for (int i = 0; i < n; i++) {
        rank += i == 0 || strcmp(v[i].text, v[i - 1].text) != 0;
        k->facts[v[i].index].rank = rank;
    }
    for (int i = 0; i < n; i++)
        k->facts[v[i].index].last = rank - k->facts[v[i].index].rank;
}

static void find_facts(struct span_context *k, struct arena *a)
{
    struct sorted_value *v = arena_alloc_array(a, (size_t)k->spans->count + 1, sizeof *v);

    for (int kind = FIELD_TEXT; kind <= FIELD_ACCOUNT; kind++) {
        int n = take_kind(k->spans, (enum field_kind)kind, v);

        qsort(v, (size_t)n, sizeof *v, compare_text);
        count_repetitions(k, v, n);
        if (kind == FIELD_AMOUNT || kind == FIELD_DATE)
            rank_values(k, (enum field_kind)kind, v, n);
    }
}

static int compare_floats(const void *x, const void *y)
{
    float a = *(const float *)x, b = *(const float *)y;

    return (a > b) - (a < b);
}

static float median_height(struct arena *a, const struct sheet *s)
{
    float *heights = arena_alloc_array(a, (size_t)s->n_rows + 1, sizeof *heights);

    for (int r = 0; r < s->n_rows; r++)
        heights[r] = s->rows[r].height;
    qsort(heights, (size_t)s->n_rows, sizeof *heights, compare_floats);
    return s->n_rows ? heights[s->n_rows / 2] : 10;
}

struct span_context *span_context_new(struct arena *a, const struct sheet *s,
                                      const struct spans *spans)
{
    struct span_context *k = arena_alloc(a, sizeof *k);

    k->sheet = s;
    k->spans = spans;
    k->facts = arena_alloc_array(a, (size_t)spans->count + 1, sizeof *k->facts);
    k->page_first_row = arena_alloc_array(a, (size_t)s->n_pages + 1, sizeof(int));
    k->page_end_row = arena_alloc_array(a, (size_t)s->n_pages + 1, sizeof(int));
    for (int r = 0; r < s->n_rows; r++) {
        if (!k->page_end_row[s->rows[r].page])
            k->page_first_row[s->rows[r].page] = r;
        k->page_end_row[s->rows[r].page] = r + 1;
    }
    k->body = median_height(a, s);
    find_facts(k, a);
    return k;
}

/* --- one span ----------------------------------------------------------------------------- */

static uint32_t word_hash(const struct token *token)
{
    return token->key[0] ? hash_text(token->key) : hash_text(token->text);
}

static void find_left(struct draft *f, const struct sheet *s, const struct span *span)
{
    const struct row *row = &s->rows[s->tokens[span->first].row];
    uint32_t before = 0;

    for (int i = span->first - 1, n = 0; i >= row->first && n < ROW_WORDS; i--, n++) {
        uint32_t hash = word_hash(&s->tokens[i]);
        uint32_t is_same_cell = s->tokens[i].cell == s->tokens[span->first].cell;

        put(f, T_LEFT_ANY, hash);
        if (n < NEIGHBOURS)
            put_pair(f, T_LEFT, hash, (uint32_t)n * 2 + is_same_cell);
        if (n == 1)
            put_pair(f, T_LEFT_PAIR, hash, before);
        before = hash;
    }
    if (span->first > row->first) {
        const char *text = s->tokens[span->first - 1].text;

        put(f, T_MARK_BEFORE,
            (unsigned char)text[strlen(text) - 1] * !isalnum((unsigned char)*text));
    }
}

static void find_right(struct draft *f, const struct sheet *s, const struct span *span)
{
    const struct row *row = &s->rows[s->tokens[span->first].row];
    int end = span->first + span->count;
    const char *last = s->tokens[end - 1].text;
    uint32_t before = 0;

    for (int i = end, n = 0; i < row->first + row->count && n < ROW_WORDS; i++, n++) {
        uint32_t hash = word_hash(&s->tokens[i]);
        uint32_t is_same_cell = s->tokens[i].cell == s->tokens[end - 1].cell;

        put(f, T_RIGHT_ANY, hash);
        if (n < NEIGHBOURS)
            put_pair(f, T_RIGHT, hash, (uint32_t)n * 2 + is_same_cell);
        if (n == 1)
            put_pair(f, T_RIGHT_PAIR, before, hash);
        before = hash;
    }
    put(f, T_MARK_AFTER,
        ispunct((unsigned char)last[strlen(last) - 1]) ? (unsigned char)last[strlen(last) - 1] : 0);
}

/* Words of the `skip`-th row above or below (direction) that share columns with the span. */
static uint32_t find_across(struct draft *f, const struct span_context *k, const struct span *span,
                            int direction, enum template t, enum template second)
{
    const struct sheet *s = k->sheet;
    int at = s->tokens[span->first].row, found = 0;
    uint32_t nearest = 0;

    if (direction > 0)
        at += span->rows - 1;
    for (int r = at + direction; r >= k->page_first_row[span->page] &&
                                 r < k->page_end_row[span->page] && abs(r - at) < 8 && found < 2;
         r += direction) {
        bool has_any = false;

        for (int i = s->rows[r].first; i < s->rows[r].first + s->rows[r].count; i++) {
            if (box_overlap_x(&s->tokens[i].box, &span->box) < 0.2f)
                continue;
            put(f, found ? second : t, word_hash(&s->tokens[i]));
            if (!found)
                nearest = word_hash(&s->tokens[i]);
            has_any = true;
        }
        found += has_any;
    }
    return nearest;
}

static void find_row(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct sheet *s = k->sheet;
    int r = s->tokens[span->first].row;
    const struct row *row = &s->rows[r];

    for (int i = row->first; i < row->first + row->count && i < row->first + 2; i++)
        put_pair(f, T_ROW_FIRST, word_hash(&s->tokens[i]), (uint32_t)(i - row->first));
    if (r > k->page_first_row[span->page]) {
        const struct row *above = &s->rows[r - 1];

        for (int i = above->first; i < above->first + above->count && i < above->first + 3; i++)
            put(f, T_ROW_ABOVE, word_hash(&s->tokens[i]));
    }
    put(f, T_ROW_FROM_TOP, bin(r - k->page_first_row[span->page]));
    put(f, T_ROW_FROM_BOTTOM, bin(k->page_end_row[span->page] - r));
}

/* "AB-1234" is "A-9": runs collapse, short ones keep their length. */
static uint32_t shape_of(const char *text, uint32_t *ret_case)
{
    char shape[SHAPE_SIZE];
    int n = 0, run = 0, upper = 0, lower = 0, digits = 0;
    char last = 0;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        char kind = isdigit(c) ? '9' : isupper(c) ? 'A' : islower(c) || c >= 0x80 ? 'a' : *text;

        upper += kind == 'A';
        lower += kind == 'a';
        digits += kind == '9';
        run = kind == last ? run + 1 : 1;
        if (n < SHAPE_SIZE && (run <= 1 || (kind == '9' && run <= 9)))
            shape[n++] = kind;
        last = kind;
    }
    *ret_case = (upper > 0) | (lower > 0) << 1 | (digits > 0) << 2;
    {
        uint32_t h = 2166136261u;

        for (int i = 0; i < n; i++)
            h = (h ^ (unsigned char)shape[i]) * 16777619u;
        return h;
    }
}

static void find_self(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct sheet *s = k->sheet;
    const struct cell *cell = &s->cells[s->tokens[span->first].cell];
    uint32_t letter_case, shape = shape_of(span->value, &letter_case);

    put(f, T_SHAPE, shape);
    put(f, T_CASE, letter_case);
    put(f, T_LENGTH, bin((int)strlen(span->value)));
    put(f, T_TOKENS, (uint32_t)span->count);
    put(f, T_ROWS, (uint32_t)span->rows);
    put(f, T_CELL_START, span->first == cell->first);
    put(f, T_CELL_END, span->first + span->count == cell->first + cell->count);
    put(f, T_HEIGHT, (uint32_t)fminf(4 * box_height(&s->tokens[span->first].box) / k->body, 16));
    if (span->kind == FIELD_TEXT) {
        for (int i = span->first; i < span->first + span->count; i++)
            put(f, T_OWN_WORD, word_hash(&s->tokens[i]));
        put(f, T_OWN_FIRST, word_hash(&s->tokens[span->first]));
        put(f, T_OWN_LAST, word_hash(&s->tokens[span->first + span->count - 1]));
    }
    if (span->first > cell->first || span->first > s->rows[cell->row].first)
        put_pair(f, T_LEFT_AND_SHAPE, word_hash(&s->tokens[span->first - 1]), shape);
}

static void find_place(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct page *page = k->sheet->pages[span->page];
    uint32_t x = (uint32_t)fmaxf(0, fminf(11, 12 * span->box.x0 / page->width_pt));
    uint32_t y = (uint32_t)fmaxf(0, fminf(19, 20 * span->box.y0 / page->height_pt));
    uint32_t which = span->page == 0 ? 0 : span->page + 1 == k->sheet->n_pages ? 2 : 1;

    put(f, T_PAGE, which);
    put_pair(f, T_PLACE_X, x, which);
    put_pair(f, T_PLACE_Y, y, which);
    put_pair(f, T_PLACE, y / 2 * 12 + x, which);
}

static void find_mentions(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct candidate *c = span->candidate;

    for (int i = 0; c && i < c->n_evidence; i++) {
        uint64_t concepts = k->sheet->mentions[c->evidence[i].mention].concepts;
        uint32_t how = (uint32_t)c->evidence[i].direction * 2 + (c->evidence[i].strength > 0.5f);

        for (; concepts; concepts &= concepts - 1)
            put_pair(f, T_MENTION, (uint32_t)__builtin_ctzll(concepts), how);
    }
}

static void find_rank(struct draft *f, const struct span_context *k, int index)
{
    const struct span *span = &k->spans->items[index];
    const struct span_facts *facts = &k->facts[index];

    put(f, T_REPEATED, bin(facts->repeated));
    put(f, T_NTH, bin(facts->nth) * 2 + (facts->nth + 1 == facts->repeated));
    if (span->kind == FIELD_AMOUNT) {
        const struct amount *amount = &span->candidate->amount;

        put(f, T_RANK, bin(facts->rank));
        put_pair(f, T_EQUALS, bin(facts->repeated), bin(facts->rank));
        put(f, T_AMOUNT_FORM,
            (uint32_t)(amount->decimals + 1) * 4 + !!amount->currency * 2 +
                span->candidate->is_last_in_row);
    } else if (span->kind == FIELD_DATE) {
        put_pair(f, T_DATE_ORDER, bin(facts->rank), 0);
        put_pair(f, T_DATE_ORDER, bin(facts->last), 1);
    }
}

struct span_features span_features_find(const struct span_context *k, struct arena *a, int i)
{
    const struct span *span = &k->spans->items[i];
    int row = k->sheet->tokens[span->first].row;
    struct draft f = {.count = 0};
    uint32_t above;

    put(&f, T_ONE, 0);
    find_left(&f, k->sheet, span);
    find_right(&f, k->sheet, span);
    find_row(&f, k, span);
    above = find_across(&f, k, span, -1, T_ABOVE, T_ABOVE_SECOND);
    find_across(&f, k, span, 1, T_BELOW, T_BELOW);
    if (span->first > k->sheet->rows[row].first)
        put_pair(&f, T_ABOVE_AND_LEFT, above, word_hash(&k->sheet->tokens[span->first - 1]));
    find_self(&f, k, span);
    find_place(&f, k, span);
    find_mentions(&f, k, span);
    find_rank(&f, k, i);
    return finished(&f, a);
}

struct span_features choice_features_find(const struct sheet *s, struct arena *a, int choice)
{
    struct draft f = {.count = 0};
    uint32_t before = 0;

    for (int i = 0; i < s->n_tokens && s->tokens[i].page == 0; i++) {
        uint32_t hash = word_hash(&s->tokens[i]);

        if (!s->tokens[i].key[0])
            continue;
        put_pair(&f, T_CHOICE, hash, (uint32_t)choice);
        if (s->tokens[i].box.y0 < 0.4f * s->pages[0]->height_pt)
            put_pair(&f, T_CHOICE_TOP, hash, (uint32_t)choice);
        put_pair(&f, T_CHOICE_PAIR, mix(before, hash), (uint32_t)choice);
        before = hash;
    }
    return finished(&f, a);
}
