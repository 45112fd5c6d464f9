/*
 * A feature is a template's number and what it found, hashed together. Words are phrase keys
 * (folded, confusable letters made equal), so one misread letter does not make a new word; digits
 * become 0, so that numbers teach shapes and not values.
 */
#include "pipeline/extract/taught/span_features.h"
#include "pipeline/extract/taught/span_draft.h"
#include "pipeline/extract/taught/span_facts.h"

#include "base/arena.h"
#include "base/compare.h"
#include "base/hash.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEIGHBOURS = 3, ROW_WORDS = 6, SHAPE_SIZE = 24 };

/* What every span with the token asks of it. */
struct token_facts {
    uint32_t word, shape;
};

struct span_context {
    const struct sheet *sheet;
    const struct spans *spans;
    struct token_facts *tokens;
    const struct span_facts *facts;
    int *page_first_row, *page_end_row; /* by page index */
    float body;                         /* height of most words */
};

static struct span_features finished(const struct draft *f, struct arena *a)
{
    struct span_features ret = {arena_alloc_array(a, (size_t)f->count, sizeof *ret.buckets),
                                f->count};

    memcpy(ret.buckets, f->buckets, (size_t)f->count * sizeof *ret.buckets);
    return ret;
}

/* --- once a token ------------------------------------------------------------------------- */

/* A key makes letters of digits: what is mostly number is told by its own form. */
static uint32_t word_hash(const struct token *token)
{
    return phrase_hash(token->key[0] && !text_is_number(token->text) ? token->key : token->text);
}

/* "AB-1234" is "A-9": runs collapse, short ones keep their length. */
static uint32_t shape_of(const char *text, uint32_t *ret_case)
{
    uint32_t hash = HASH_SEED;
    int n = 0, run = 0, upper = 0, lower = 0, digits = 0;
    char last = 0;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        char kind = isdigit(c) ? '9' : isupper(c) ? 'A' : islower(c) || c >= 0x80 ? 'a' : *text;

        upper += kind == 'A';
        lower += kind == 'a';
        digits += kind == '9';
        run = kind == last ? run + 1 : 1;
        if (n < SHAPE_SIZE && (run <= 1 || (kind == '9' && run <= 9))) {
            hash = hash_byte(hash, kind);
            n++;
        }
        last = kind;
    }
    *ret_case = (upper > 0) | (lower > 0) << 1 | (digits > 0) << 2;
    return hash;
}

/* --- once a document ---------------------------------------------------------------------- */

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
    k->tokens = arena_alloc_array(a, (size_t)s->n_tokens + 1, sizeof *k->tokens);
    for (int i = 0; i < s->n_tokens; i++) {
        uint32_t unused;

        k->tokens[i].word = word_hash(&s->tokens[i]);
        k->tokens[i].shape = shape_of(s->tokens[i].text, &unused);
    }
    k->facts = span_facts_find(a, s, spans);
    k->page_first_row = arena_alloc_array(a, (size_t)s->n_pages + 1, sizeof(int));
    k->page_end_row = arena_alloc_array(a, (size_t)s->n_pages + 1, sizeof(int));
    for (int r = 0; r < s->n_rows; r++) {
        if (!k->page_end_row[s->rows[r].page])
            k->page_first_row[s->rows[r].page] = r;
        k->page_end_row[s->rows[r].page] = r + 1;
    }
    k->body = median_height(a, s);
    return k;
}

/* --- one span ----------------------------------------------------------------------------- */

static void find_left(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct sheet *s = k->sheet;
    const struct row *row = &s->rows[s->tokens[span->first].row];
    uint32_t before = 0;

    for (int i = span->first - 1, n = 0; i >= row->first && n < ROW_WORDS; i--, n++) {
        uint32_t hash = k->tokens[i].word;
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

static void find_right(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct sheet *s = k->sheet;
    const struct row *row = &s->rows[s->tokens[span->first].row];
    int end = span->first + span->count;
    const char *last = s->tokens[end - 1].text;
    uint32_t before = 0;

    for (int i = end, n = 0; i < row->first + row->count && n < ROW_WORDS; i++, n++) {
        uint32_t hash = k->tokens[i].word;
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

/* Words of the nearest rows above or below (direction) that share columns with the span; the last
 * of the nearest row is returned. `f` may be NULL. */
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
            if (f)
                put(f, found ? second : t, k->tokens[i].word);
            if (!found)
                nearest = k->tokens[i].word;
            has_any = true;
        }
        found += has_any;
    }
    return nearest;
}

/* All words of a cell as one: what a label says does not depend on which of them stand over the
 * value. */
static uint32_t hash_cell(const struct span_context *k, const struct cell *cell)
{
    uint32_t h = 0;

    for (int i = cell->first; i < cell->first + cell->count; i++)
        if (k->sheet->tokens[i].key[0])
            h = mix(h, k->tokens[i].word);
    return h;
}

/* The cells beside and above the span's own: labels, mostly. */
static void find_cells(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct sheet *s = k->sheet;
    const struct cell *own = &s->cells[s->tokens[span->first].cell];

    if (own > s->cells && own[-1].row == own->row)
        put(f, T_CELL_LEFT, hash_cell(k, own - 1));
    for (const struct cell *cell = own - 1;
         cell >= s->cells && cell->row > own->row - 4 && s->rows[cell->row].page == span->page;
         cell--) {
        int end = cell->first + cell->count;

        if (cell->row == own->row || box_overlap_x(&cell->box, &own->box) < 0.2f)
            continue;
        put(f, T_CELL_ABOVE, hash_cell(k, cell));
        put_pair(f, T_CELL_ABOVE_START, k->tokens[cell->first].word,
                 cell->count > 1 ? k->tokens[cell->first + 1].word : 0);
        put_pair(f, T_CELL_ABOVE_END, k->tokens[end - 1].word,
                 cell->count > 1 ? k->tokens[end - 2].word : 0);
        for (int i = cell->first; i < end && i < cell->first + ROW_WORDS; i++)
            put(f, T_CELL_ABOVE_WORD, k->tokens[i].word);
        return;
    }
}

static void find_row(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct sheet *s = k->sheet;
    int r = s->tokens[span->first].row;
    const struct row *row = &s->rows[r];

    for (int i = row->first; i < row->first + row->count && i < row->first + 2; i++)
        put_pair(f, T_ROW_FIRST, k->tokens[i].word, (uint32_t)(i - row->first));
    if (r > k->page_first_row[span->page]) {
        const struct row *above = &s->rows[r - 1];

        for (int i = above->first; i < above->first + above->count && i < above->first + 3; i++)
            put(f, T_ROW_ABOVE, k->tokens[i].word);
    }
    put(f, T_ROW_FROM_TOP, bin(r - k->page_first_row[span->page]));
    put(f, T_ROW_FROM_BOTTOM, bin(k->page_end_row[span->page] - r));
}

/* The forms of its first and last word and of their neighbours: "(72141)" ends a name or not. */
static void find_edges(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct sheet *s = k->sheet;
    const struct cell *cell = &s->cells[s->tokens[span->first].cell];
    int end = span->first + span->count, cell_end = cell->first + cell->count;

    put(f, T_FIRST_SHAPE, k->tokens[span->first].shape);
    put(f, T_LAST_SHAPE, k->tokens[end - 1].shape);
    put(f, T_BEFORE_SHAPE, span->first > cell->first ? k->tokens[span->first - 1].shape : 0);
    put(f, T_AFTER_SHAPE, end < cell_end ? k->tokens[end].shape : 0);
    put(f, T_WHOLE_CELL, (uint32_t)(span->first == cell->first) * 2 + (end == cell_end));
}

static void find_self(struct draft *f, const struct span_context *k, const struct span *span)
{
    const struct sheet *s = k->sheet;
    const struct cell *cell = &s->cells[s->tokens[span->first].cell];
    uint32_t letter_case, shape = shape_of(span->value, &letter_case);

    put(f, T_SHAPE, shape);
    find_edges(f, k, span);
    put(f, T_CASE, letter_case);
    put(f, T_LENGTH, bin((int)strlen(span->value)));
    put(f, T_TOKENS, (uint32_t)span->count);
    put(f, T_ROWS, (uint32_t)span->rows);
    put(f, T_CELL_START, span->first == cell->first);
    put(f, T_CELL_END, span->first + span->count == cell->first + cell->count);
    put(f, T_HEIGHT, (uint32_t)fminf(4 * box_height(&s->tokens[span->first].box) / k->body, 16));
    if (span->kind == FIELD_TEXT) {
        for (int i = span->first; i < span->first + span->count; i++)
            put(f, T_OWN_WORD, k->tokens[i].word);
        put(f, T_OWN_FIRST, k->tokens[span->first].word);
        put(f, T_OWN_LAST, k->tokens[span->first + span->count - 1].word);
    }
    if (span->first > cell->first || span->first > s->rows[cell->row].first)
        put_pair(f, T_LEFT_AND_SHAPE, k->tokens[span->first - 1].word, shape);
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
        put(f, T_COLUMN_SUM, bin(facts->column_sum));
        put(f, T_PARTS, facts->parts);
    } else if (span->kind == FIELD_DATE) {
        put_pair(f, T_DATE_ORDER, bin(facts->rank), 0);
        put_pair(f, T_DATE_ORDER, bin(facts->last), 1);
    }
}

/* The second date of a range is told by what stands before the first. */
static void find_range(struct draft *f, const struct span_context *k, int index)
{
    int partner = k->spans->items[index].range;
    const struct span *first = partner >= 0 ? &k->spans->items[partner < index ? partner : index]
                                            : NULL;
    uint32_t role = !first ? 0 : partner > index ? 1 : 2;

    if (k->spans->items[index].kind != FIELD_DATE)
        return;
    put(f, T_RANGE, role);
    if (!first)
        return;
    for (int i = first->first - 1, n = 0;
         i >= k->sheet->rows[k->sheet->tokens[first->first].row].first && n < NEIGHBOURS; i--, n++)
        put_pair(f, T_RANGE_LEFT, k->tokens[i].word, role);
    put_pair(f, T_RANGE_ABOVE, find_across(NULL, k, first, -1, T_ABOVE, T_ABOVE), role);
}

struct span_features span_features_find(const struct span_context *k, struct arena *a, int i)
{
    const struct span *span = &k->spans->items[i];
    int row = k->sheet->tokens[span->first].row;
    struct draft f = {.count = 0};
    uint32_t above;

    put(&f, T_ONE, 0);
    find_left(&f, k, span);
    find_right(&f, k, span);
    find_row(&f, k, span);
    find_cells(&f, k, span);
    above = find_across(&f, k, span, -1, T_ABOVE, T_ABOVE_SECOND);
    find_across(&f, k, span, 1, T_BELOW, T_BELOW);
    if (span->first > k->sheet->rows[row].first)
        put_pair(&f, T_ABOVE_AND_LEFT, above, k->tokens[span->first - 1].word);
    find_self(&f, k, span);
    find_place(&f, k, span);
    find_mentions(&f, k, span);
    find_rank(&f, k, i);
    find_range(&f, k, i);
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
