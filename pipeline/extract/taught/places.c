/*
 * Two steps. What is printed once on a page, and on most examples, is an anchor; the example that
 * has most of these gives the frame that all others are laid over. Then the check boxes of all
 * examples are laid on one another, and each field gets the heap whose ink agrees with what was
 * told of it. One box that contradicts counts more than one that agrees, which may be chance.
 */
#include "pipeline/extract/taught/places.h"
#include "pipeline/extract/taught/form.h"

#include "base/arena.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANCHORS_A_PAGE = 40,
    ANCHOR_LETTERS = 4, /* shorter words repeat */
    HEAPS_MAX = 400,
    CONTRADICTION = 3,
};

static const float HEAP_PT = 6;    /* boxes this near are one; they are 8 wide and more */
static const float LABEL_PT = 150; /* from a box to its label */

/* --- anchors ------------------------------------------------------------------------------ */

struct page_word {
    const struct token *token;
    int papers; /* examples that print it once on that page */
};

/* The words of a page; sorted, and each that stands there once. */
struct page_words {
    struct page_word *items;
    int count, shared;
};

static int compare_keys(const void *x, const void *y)
{
    const struct page_word *a = x, *b = y;

    return strcmp(a->token->key, b->token->key);
}

static bool is_wordy(const struct token *token)
{
    int letters = 0;

    for (const char *p = token->text; *p; p++)
        letters += isalpha((unsigned char)*p) || (unsigned char)*p >= 0xc0;
    return letters >= ANCHOR_LETTERS && strlen(token->key) >= ANCHOR_LETTERS;
}

static struct page_words find_words(struct arena *a, const struct sheet *s, int page)
{
    struct page_words ret = {arena_alloc_array(a, (size_t)s->n_tokens + 1, sizeof *ret.items), 0,
                             0};
    int n = 0;

    for (int i = 0; i < s->n_tokens; i++)
        if (s->tokens[i].page == page && is_wordy(&s->tokens[i]))
            ret.items[n++] = (struct page_word){&s->tokens[i], 1};
    qsort(ret.items, (size_t)n, sizeof *ret.items, compare_keys);
    for (int i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && compare_keys(&ret.items[i], &ret.items[end]) == 0; end++)
            ;
        if (end == i + 1)
            ret.items[ret.count++] = ret.items[i];
    }
    return ret;
}

static void count_shared(struct page_words *words, size_t count, size_t example)
{
    struct page_words *own = &words[example];

    for (size_t k = 0; k < count; k++)
        for (int i = 0; i < own->count && k != example; i++)
            if (bsearch(&own->items[i], words[k].items, (size_t)words[k].count, sizeof *own->items,
                        compare_keys)) {
                own->items[i].papers++;
                own->shared++;
            }
}

/* Printed on most papers first, then from the longest down. */
static int compare_worth(const void *x, const void *y)
{
    const struct page_word *a = x, *b = y;
    size_t m = strlen(a->token->key), n = strlen(b->token->key);

    if (a->papers != b->papers)
        return b->papers - a->papers;
    return m != n ? (m < n ? 1 : -1) : compare_keys(x, y);
}

static void find_anchors(struct arena *a, struct type *type,
                         const struct teach_example *const *examples, size_t count, int page)
{
    struct page_words *words = arena_alloc_array(a, count, sizeof *words), *best = words;

    for (size_t i = 0; i < count; i++)
        words[i] = find_words(a, &examples[i]->sheet->sheet, page);
    for (size_t i = 0; i < count; i++) {
        count_shared(words, count, i);
        if (words[i].shared > best->shared)
            best = &words[i];
    }
    qsort(best->items, (size_t)best->count, sizeof *best->items, compare_worth);
    for (int i = 0; i < best->count && i < ANCHORS_A_PAGE && type->n_anchors < TYPE_ANCHORS_MAX;
         i++) {
        const struct token *token = best->items[i].token;

        if (2 * (size_t)best->items[i].papers > count)
            type->anchors[type->n_anchors++] = (struct type_anchor){
                token->text, page + 1, token->printed.x0,
                (token->printed.y0 + token->printed.y1) / 2};
    }
}

/* --- boxes -------------------------------------------------------------------------------- */

/* Check boxes of many examples that fall on one place of the form. */
struct heap {
    float x, y, side; /* middle and width of the first */
    float *inks;      /* one an example; negative where it has none */
};

struct boxes {
    struct heap *heaps;
    int n_heaps;
    struct form_fit *fits; /* one an example: from its page to the form; no anchors: it has none */
    const struct teach_example *const *examples;
    size_t count;
    int page;
};

static struct box to_form(const struct boxes *b, size_t example, const struct box *box)
{
    return form_place(&b->fits[example], box);
}

static struct heap *heap_at(struct boxes *b, struct arena *a, const struct box *box)
{
    float x = (box->x0 + box->x1) / 2, y = (box->y0 + box->y1) / 2;
    struct heap *heap;

    for (int i = 0; i < b->n_heaps; i++)
        if (fabsf(b->heaps[i].x - x) < HEAP_PT && fabsf(b->heaps[i].y - y) < HEAP_PT)
            return &b->heaps[i];
    if (b->n_heaps == HEAPS_MAX)
        return NULL;
    heap = &b->heaps[b->n_heaps++];
    *heap = (struct heap){x, y, box->x1 - box->x0,
                          arena_alloc_array(a, b->count, sizeof *heap->inks)};
    for (size_t i = 0; i < b->count; i++)
        heap->inks[i] = -1;
    return heap;
}

static void pile_up(struct boxes *b, struct arena *a, const struct type *type)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct sheet *s = &b->examples[i]->sheet->sheet;
        struct form_fit fit;

        if (b->page >= s->n_pages || !s->pages[b->page] || !form_fit(type, s, b->page + 1, &fit))
            continue;
        b->fits[i] = form_back(&fit);
        b->fits[i].anchors = fit.anchors;
        for (size_t k = 0; k < s->pages[b->page]->n_check_boxes; k++) {
            const struct check_box *mark = &s->pages[b->page]->check_boxes[k];
            struct box at = to_form(b, i, &mark->box);
            struct heap *heap = heap_at(b, a, &at);

            if (heap)
                heap->inks[i] = mark->ink;
        }
    }
}

/* How well a heap's ink agrees with what was told of the field; a doubtful one says nothing. */
static int agreement(const struct boxes *b, const struct heap *heap, size_t field)
{
    int sum = 0;

    for (size_t i = 0; i < b->count; i++) {
        const char *told = b->examples[i]->values[field], *seen;

        if (!told || heap->inks[i] < 0)
            continue;
        seen = form_mark_state(heap->inks[i]);
        if (strcmp(told, "doubtful") != 0 && strcmp(seen, "doubtful") != 0)
            sum += strcmp(told, seen) == 0 ? 1 : -CONTRADICTION;
    }
    return sum;
}

/* How far the heap is from the nearest label of the field in its row. */
static float label_distance(const struct boxes *b, const struct heap *heap,
                            const struct type_field *field)
{
    float least = LABEL_PT;

    for (size_t i = 0; i < b->count; i++) {
        const struct sheet *s = &b->examples[i]->sheet->sheet;

        for (size_t k = 0; k < field->n_labels && b->fits[i].anchors; k++)
            for (int n, at = 0; (at = sheet_find_phrase(s, field->labels[k], at, &n)) >= 0; at++) {
                struct box first = to_form(b, i, &s->tokens[at].printed);
                struct box last = to_form(b, i, &s->tokens[at + n - 1].printed);
                float off = fminf(fabsf(first.x0 - heap->x), fabsf(last.x1 - heap->x));

                if (s->tokens[at].page == b->page && heap->y > first.y0 - 2 &&
                    heap->y < first.y1 + 2)
                    least = fminf(least, off);
            }
    }
    return least;
}

/* The heap that agrees best; of several the one nearest to a label; NULL when it cannot be told. */
static const struct heap *find_heap(const struct boxes *b, size_t field,
                                    const struct type_field *declared)
{
    const struct heap *best = NULL;
    float nearest = LABEL_PT;
    int most = 0;

    for (int i = 0; i < b->n_heaps; i++) {
        int sum = agreement(b, &b->heaps[i], field);
        float off = sum < most || sum == 0 ? LABEL_PT : label_distance(b, &b->heaps[i], declared);

        if (sum > most) {
            best = &b->heaps[i];
            nearest = off;
            most = sum;
        } else if (sum == most && sum > 0 && off < nearest) {
            best = &b->heaps[i];
            nearest = off;
        } else if (sum == most && sum > 0 && nearest == LABEL_PT) {
            best = NULL;
        }
    }
    return best;
}

static bool is_unplaced(const struct type_field *f)
{
    return f->kind == FIELD_MARK && !f->page;
}

static void place_marks(struct arena *a, struct type *type,
                        const struct teach_example *const *examples, size_t count, int page)
{
    struct boxes b = {.heaps = arena_alloc_array(a, HEAPS_MAX, sizeof *b.heaps),
                      .fits = arena_alloc_array(a, count, sizeof *b.fits),
                      .examples = examples,
                      .count = count,
                      .page = page};

    pile_up(&b, a, type);
    for (size_t i = 0; i < type->n_fields; i++) {
        const struct heap *heap = is_unplaced(&type->fields[i]) ? find_heap(&b, i, &type->fields[i])
                                                                : NULL;

        if (!heap)
            continue;
        type->fields[i].page = page + 1;
        type->fields[i].box = (struct box){heap->x - heap->side / 2, heap->y - heap->side / 2,
                                           heap->x + heap->side / 2, heap->y + heap->side / 2};
    }
}

const struct type *places_learn(struct arena *a, const struct type *type,
                                const struct teach_example *const *examples, size_t count)
{
    struct type *placed;
    int n_pages = 0;
    bool is_needed = false;

    for (size_t i = 0; i < type->n_fields; i++)
        is_needed |= is_unplaced(&type->fields[i]);
    if (!is_needed)
        return type;
    placed = type_copy(a, type);
    for (size_t i = 0; i < count; i++)
        if (examples[i]->sheet->sheet.n_pages > n_pages)
            n_pages = examples[i]->sheet->sheet.n_pages;
    for (int page = 0; page < n_pages; page++) {
        if (!type->n_anchors)
            find_anchors(a, placed, examples, count, page);
        place_marks(a, placed, examples, count, page);
    }
    return placed;
}
