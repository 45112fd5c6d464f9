/*
 * The search: one step of probabilities after the other extends the paths that survived the step
 * before. Lanes of the step being made are small heaps; a finished step is copied, heap by heap and
 * in their order, behind all nodes so far, where the next step's nodes point back to.
 *
 * Equal scores happen, so everything that decides between them is Tesseract's: the order of lanes,
 * nodes (from the end of each heap) and classes, the heap's moves, and float sums in its order.
 * Nothing here fails. Probabilities may be any floats, not-a-numbers too: they make a poor reading.
 */
#include "recogniser/beam_parts.h"

#include "base/err.h"
#include "base/mem.h"

#include <string.h>

#define DICTIONARY_MIN (-25.0F / 7.0F) /* a step this uncertain is not in a dictionary word */
#define FREE_RATIO 2.25F               /* a step outside the dictionary costs this much more */

enum { NODES_FIRST = 8192, ENDS_MAX = 4 * HEAP_SIZE_MAX };

static const int lane_widths[CODE_LENGTH_MAX + 1] = {5, 10, 16, 16, 16, 16, 16, 16, 16, 16};

/* What is added to: a node of the step before, or the origin of the line. */
struct extension {
    const struct node *node;
    int index; /* of node; -1: the origin */
    bool in_dictionary;
    enum continuation continuation;
    int length; /* of its prefix */
};

static uint64_t hash_with(const struct decoder *d, uint64_t hash, int code)
{
    uint64_t range = (uint64_t)d->code_range, carry = ((hash >> 32) * range) >> 32;

    return code == d->null_code ? hash : hash * range + carry + (uint64_t)code;
}

/* A node behind another, with its state and permuter. Written field by field where it will stay: a
 * copy made at once waits for the single stores. */
static inline void node_fill(const struct beam *b, const struct extension *e, int code, int unichar,
                             float certainty, struct node *n)
{
    n->hash = hash_with(b->decoder, e->node->hash, code);
    n->certainty = certainty;
    n->score = certainty + e->node->score;
    n->previous = e->index;
    n->unichar = unichar;
    n->state = e->node->state;
    n->prefix = 0;
    n->code = (short)code;
    n->permuter = e->node->permuter;
    n->is_repeat = n->starts_list = n->starts_word = false;
}

static inline struct lane *lane_of(struct beam *b, bool in_dictionary, enum continuation c,
                                   int length)
{
    return &b->lanes[lane_index(b->decoder, in_dictionary, c) + length];
}

static inline bool lane_admits(const struct lane *l, float score)
{
    return l->heap.size < l->width || score > l->heap.items[0].key;
}

/* Where the lane's next node is written, before lane_take(). */
static inline struct node *lane_draft(struct lane *l)
{
    return &l->nodes[l->heap.items[l->heap.size].value];
}

static bool is_same_reading(const struct node *a, const struct node *b)
{
    return a->hash == b->hash && a->code == b->code && a->permuter == b->permuter &&
           a->starts_list == b->starts_list;
}

/* The draft replaces the node of the same reading if it is better; without one it takes a place,
 * from the worst when all are taken. */
static void lane_take(struct lane *l)
{
    struct heap_item *items = l->heap.items;
    int slot = items[l->heap.size].value;
    const struct node *n = &l->nodes[slot];

    for (int i = 0; i < l->heap.size; i++) {
        const struct node *old = &l->nodes[items[i].value];

        if (!is_same_reading(old, n))
            continue;
        if (n->score > old->score) {
            items[l->heap.size].value = items[i].value;
            items[i].value = slot;
            heap_reshuffle(&l->heap, i, n->score);
        }
        return;
    }
    heap_push(&l->heap, n->score, slot);
    if (l->heap.size > l->width)
        heap_pop(&l->heap);
}

/* A class that ends no character: null, a repeat, or one of the first codes of several. */
static inline void offer_part(struct beam *b, const struct extension *e, int code, int unichar,
                              int prefix, int length, bool is_repeat, float certainty,
                              enum continuation c)
{
    struct lane *l = lane_of(b, e->in_dictionary, c, length);
    struct node *n = lane_draft(l);

    if (e->in_dictionary && !(certainty > DICTIONARY_MIN))
        return;
    if (!e->in_dictionary) {
        certainty *= FREE_RATIO;
        if (!(certainty >= CERTAINTY_MIN) && code != b->decoder->null_code)
            return;
    }
    if (!lane_admits(l, certainty + e->node->score))
        return;
    node_fill(b, e, code, unichar, certainty, n);
    n->prefix = prefix;
    n->is_repeat = is_repeat;
    if (is_repeat)
        n->hash = e->node->hash;
    lane_take(l);
}

/* A space after which a word of the dictionary may begin. */
static void offer_start(struct beam *b, const struct extension *e, int code, float certainty,
                        enum permuter permuter, enum continuation c)
{
    struct node *n = &b->starts[c];

    if (b->has_start[c] && !(certainty + e->node->score > n->score))
        return;
    node_fill(b, e, code, SPACE, certainty, n);
    n->state = STATE_AFTER_SPACE;
    n->permuter = (unsigned char)permuter;
    n->starts_list = true;
    b->has_start[c] = true;
}

/* Outside the dictionary. A space leaves a way into it, at its plain cost and marked: the nulls in
 * front of it have paid the higher price already. */
static inline void offer_free(struct beam *b, const struct extension *e, int code, int unichar,
                              float certainty, enum continuation c)
{
    struct lane *l = lane_of(b, false, c, 0);
    float paid = certainty * FREE_RATIO;

    if (lane_admits(l, paid + e->node->score)) {
        struct node *n = lane_draft(l);

        node_fill(b, e, code, unichar, paid, n);
        n->permuter = PERMUTER_FREE;
        lane_take(l);
    }
    if (unichar == SPACE && b->decoder->has_dictionary && certainty > DICTIONARY_MIN)
        offer_start(b, e, code, certainty, PERMUTER_NONE, c);
}

/* A space behind a word of the dictionary: another word of it may follow, or anything. */
static void offer_space(struct beam *b, const struct extension *e, int code, float certainty,
                        enum continuation c)
{
    const struct word_state *state = &b->dictionary.states[e->node->state];
    struct lane *l = lane_of(b, false, c, 0);
    struct node *n = lane_draft(l);

    if (!state->ends_word)
        return;
    offer_start(b, e, code, certainty, state->permuter, c);
    if (!lane_admits(l, certainty + e->node->score))
        return;
    node_fill(b, e, code, SPACE, certainty, n);
    n->state = STATE_NONE;
    n->permuter = (unsigned char)state->permuter;
    lane_take(l);
}

/* Inside the dictionary: null, or a letter that some list goes on with. */
static inline void offer_in_dictionary(struct beam *b, const struct extension *e, int code,
                                       int unichar, float certainty, enum continuation c)
{
    struct lane *l = lane_of(b, true, c, 0);
    struct node *n = lane_draft(l);

    if (!lane_admits(l, certainty + e->node->score))
        return;
    node_fill(b, e, code, unichar, certainty, n);
    n->permuter = PERMUTER_NONE;
    if (unichar != NOTHING) {
        n->state = dictionary_next(&b->dictionary, e->node->state, unichar);
        n->permuter = (unsigned char)b->dictionary.states[n->state].permuter;
        n->starts_word = e->node->state < STATE_FIRST_LETTERS;
        if (n->permuter == PERMUTER_NONE)
            return;
    }
    lane_take(l);
}

static inline void offer_end(struct beam *b, const struct extension *e, int code, int unichar,
                             float certainty, enum continuation c)
{
    if (!e->in_dictionary)
        offer_free(b, e, code, unichar, certainty, c);
    else if (certainty > DICTIONARY_MIN && unichar == SPACE)
        offer_space(b, e, code, certainty, c);
    else if (certainty > DICTIONARY_MIN)
        offer_in_dictionary(b, e, code, unichar, certainty, c);
}

/* The certainty of a class that shares its step with null, and with the class before it when these
 * two are the best. */
static float shared_certainty(const struct extension *e, const struct trial *t)
{
    return e->node->code == t->rival && e->continuation == ANYTHING ? t->bridged : t->joined;
}

static inline const struct trial *trial_of(const struct beam *b, int code)
{
    return b->trial_of[code] ? &b->trials[b->trial_of[code] - 1] : NULL;
}

static inline void extend_by_itself(struct beam *b, const struct extension *e)
{
    const struct node *n = e->node;
    const struct trial *t = trial_of(b, n->code), *null = trial_of(b, b->decoder->null_code);

    if (t && e->continuation != NO_REPEAT)
        offer_part(b, e, n->code, n->unichar, n->prefix, e->length, true, t->alone, ANYTHING);
    if (t && t != null && e->continuation == ANYTHING)
        offer_part(b, e, n->code, n->unichar, n->prefix, e->length, true, t->joined, NO_REPEAT);
    if (t != null && e->length > 0 && e->continuation != ONLY_REPEAT)
        offer_part(b, e, null->code, NOTHING, n->prefix, e->length, false, null->alone, ANYTHING);
}

/* A class makes a character. */
static void extend_by_end(struct beam *b, const struct extension *e, const struct trial *t,
                          int unichar)
{
    bool is_null = t->code == b->decoder->null_code;

    if (e->node->code == t->code || (t->alone < CERTAINTY_MIN && !is_null))
        return;
    offer_end(b, e, t->code, unichar, t->alone, ANYTHING);
    if (!is_null && b->shares_new)
        offer_end(b, e, t->code, unichar, shared_certainty(e, t), ONLY_REPEAT);
}

/* A class is one of the first codes of a character. */
static void extend_by_part(struct beam *b, const struct extension *e, const struct trial *t,
                           int prefix)
{
    if (e->node->code == t->code)
        return;
    offer_part(b, e, t->code, NOTHING, prefix, e->length + 1, false, t->alone, ANYTHING);
    if (t->code != b->decoder->null_code && b->shares_new)
        offer_part(b, e, t->code, NOTHING, prefix, e->length + 1, false, shared_certainty(e, t),
                   ONLY_REPEAT);
}

static void extend(struct beam *b, const struct extension *e)
{
    const struct prefix *p = &b->decoder->prefixes[e->node->prefix];
    const struct trial *t;

    if (e->index >= 0)
        extend_by_itself(b, e);
    if (e->continuation == ONLY_REPEAT)
        return;
    for (int i = 0; e->length == 0 && i < b->trial_count; i++)
        if (b->trials[i].rank >= 0)
            extend_by_end(b, e, &b->trials[i], b->trials[i].unichar);
    for (int i = 0; e->length > 0 && i < p->end_count; i++)
        if ((t = trial_of(b, p->ends[i].code)))
            extend_by_end(b, e, t, p->ends[i].target);
    for (int i = 0; i < p->on_count; i++)
        if ((t = trial_of(b, p->goes_on[i].code)))
            extend_by_part(b, e, t, p->goes_on[i].target);
}

/* Every node of the step before, lane by lane, each heap from its end. */
static void extend_all(struct beam *b)
{
    for (int lane = 0; lane < b->lane_count; lane++) {
        const struct span *s = &b->spans[lane];
        int length = lane % b->decoder->code_length, kind = lane / b->decoder->code_length;

        for (int i = s->first + s->count - 1; i >= s->first; i--)
            extend(b, &(struct extension){&b->nodes[i], i, kind >= CONTINUATIONS,
                                          kind % CONTINUATIONS, length});
    }
}

static void extend_origin(struct beam *b)
{
    struct node origin = {.code = NOTHING, .permuter = PERMUTER_FREE};

    extend(b, &(struct extension){.node = &origin, .index = -1});
    if (!b->decoder->has_dictionary)
        return;
    origin.permuter = PERMUTER_NONE;
    origin.state = STATE_LINE_START;
    extend(b, &(struct extension){.node = &origin, .index = -1, .in_dictionary = true});
}

/* Drops the nodes that the last step does not stand on. */
static void nodes_compact(struct beam *b, int last_step)
{
    int count = 0, dropped;

    memset(b->moved, 0, (size_t)last_step * sizeof *b->moved);
    for (int i = b->node_count - 1; i >= 0; i--)
        if ((i >= last_step || b->moved[i]) && b->nodes[i].previous >= 0)
            b->moved[b->nodes[i].previous] = true;
    for (int i = 0; i < b->node_count; i++) {
        if (i < last_step && !b->moved[i])
            continue;
        b->nodes[count] = b->nodes[i];
        if (b->nodes[i].previous >= 0)
            b->nodes[count].previous = b->moved[b->nodes[i].previous];
        b->moved[i] = count++;
    }
    dropped = b->node_count - count;
    for (int i = 0; i < b->lane_count; i++)
        b->spans[i].first -= dropped;
    b->node_count = count;
}

static void nodes_reserve(struct beam *b, int capacity)
{
    b->nodes = mem_grow_array(b->nodes, (size_t)capacity, sizeof *b->nodes);
    b->moved = mem_grow_array(b->moved, (size_t)capacity, sizeof *b->moved);
    b->node_capacity = capacity;
}

/* The lanes become the last step. */
static void step_close(struct beam *b)
{
    int first = b->node_count, room = b->lane_count * HEAP_SIZE_MAX;

    for (int lane = 0; lane < b->lane_count; lane++) {
        const struct lane *l = &b->lanes[lane];

        b->spans[lane] = (struct span){b->node_count, l->heap.size};
        for (int i = 0; i < l->heap.size; i++)
            b->nodes[b->node_count++] = l->nodes[l->heap.items[i].value];
    }
    if (b->node_count + room <= b->node_capacity)
        return;
    nodes_compact(b, first);
    if (b->node_count + room > b->node_capacity / 2)
        nodes_reserve(b, b->node_capacity * 2);
}

/* Nodes that must be repeated are worth making only when one of their classes is tried in the next
 * step, too. */
static bool can_repeat(const struct decoder *d, struct best_two now, struct best_two next)
{
    for (int i = 0; i < 2; i++)
        if (now.codes[i] != d->null_code &&
            (now.codes[i] == next.codes[0] || now.codes[i] == next.codes[1]))
            return true;
    return false;
}

static void step_make(struct beam *b, bool is_first)
{
    for (int i = 0; i < b->lane_count; i++)
        b->lanes[i].heap.size = 0;
    memset(b->has_start, 0, sizeof b->has_start);
    if (is_first)
        extend_origin(b);
    else
        extend_all(b);
    for (int c = 0; c < CONTINUATIONS && !is_first; c++) {
        struct lane *l = lane_of(b, true, c, 0);

        if (!b->has_start[c] || !lane_admits(l, b->starts[c].score))
            continue;
        *lane_draft(l) = b->starts[c];
        lane_take(l);
    }
    step_close(b);
}

static void steps_make(struct beam *b, const struct posteriors *p)
{
    const float *at = p->values;
    struct best_two now = {{0, 0}}, next = best_two_of(b->decoder, at);

    for (int t = 0; t < p->steps; t++, at += p->classes) {
        bool is_last = t == p->steps - 1;

        now = next;
        if (!is_last)
            next = best_two_of(b->decoder, at + p->classes);
        b->shares_new = !is_last && can_repeat(b->decoder, now, next);
        trials_open(b, at, now);
        step_make(b, t == 0);
    }
}

/* A path of the dictionary must be at the end of a word or behind a space. */
static bool may_end(const struct beam *b, const struct node *n)
{
    return n->state == STATE_NONE || n->state == STATE_AFTER_SPACE ||
           b->dictionary.states[n->state].ends_word;
}

/* The nodes a reading may end with, best first, of equals the first of Tesseract's order. */
static int ends_find(const struct beam *b, int ret[ENDS_MAX])
{
    static const enum continuation last[] = {ANYTHING, NO_REPEAT};
    int count = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(last) * 2; i++) {
        const struct span *s = &b->spans[lane_index(b->decoder, i % 2, last[i / 2])];

        for (int n = s->first; n < s->first + s->count; n++) {
            int at = count;

            if (!may_end(b, &b->nodes[n]))
                continue;
            for (; at > 0 && b->nodes[n].score > b->nodes[ret[at - 1]].score; at--)
                ret[at] = ret[at - 1];
            ret[at] = n;
            count++;
        }
    }
    return count;
}

static int line_search(struct beam *b, const struct posteriors *p, int ret_ends[ENDS_MAX])
{
    if (p->classes != b->decoder->classes)
        BUG("%d classes for a model of %d", p->classes, b->decoder->classes);
    dictionary_trim(&b->dictionary);
    b->node_count = 0;
    memset(b->spans, 0, (size_t)b->lane_count * sizeof *b->spans);
    if (p->steps > 0)
        steps_make(b, p);
    return ends_find(b, ret_ends);
}

void beam_read(struct beam *b, struct arena *a, const struct posteriors *p, int height,
               struct recognised_line *ret)
{
    int ends[ENDS_MAX], count = line_search(b, p, ends);

    words_make(b, a, count ? ends[0] : -1, p, height, ret);
}

static bool is_repetition(const struct beam *b, const int *ends, int i)
{
    for (int j = 0; j < i; j++)
        if (b->nodes[ends[j]].hash == b->nodes[ends[i]].hash)
            return true;
    return false;
}

size_t beam_read_several(struct beam *b, struct arena *a, const struct posteriors *p, int height,
                         struct line_reading *ret, size_t max)
{
    int ends[ENDS_MAX], end_count = line_search(b, p, ends);
    size_t count = 0;

    for (int i = 0; i < end_count && count < max; i++) {
        if (is_repetition(b, ends, i))
            continue;
        ret[count] = (struct line_reading){.score = b->nodes[ends[i]].score};
        words_make(b, a, ends[i], p, height, &ret[count++].line);
    }
    return count;
}

struct beam *beam_new(const struct decoder *d)
{
    struct beam *b = mem_alloc(sizeof *b);

    b->decoder = d;
    dictionary_init(&b->dictionary, d->model);
    b->lane_count = 2 * CONTINUATIONS * d->code_length;
    b->lanes = mem_alloc_array((size_t)b->lane_count, sizeof *b->lanes);
    for (int i = 0; i < b->lane_count; i++) {
        b->lanes[i].width = lane_widths[i % d->code_length];
        for (int j = 0; j <= HEAP_SIZE_MAX; j++)
            b->lanes[i].heap.items[j].value = j;
    }
    b->spans = mem_alloc_array((size_t)b->lane_count, sizeof *b->spans);
    b->trial_of = mem_alloc_array((size_t)d->classes, sizeof *b->trial_of);
    nodes_reserve(b, NODES_FIRST);
    return b;
}

void beam_free(struct beam *b)
{
    if (!b)
        return;
    dictionary_release(&b->dictionary);
    free(b->lanes);
    free(b->spans);
    free(b->nodes);
    free(b->moved);
    free(b->trial_of);
    free(b);
}
