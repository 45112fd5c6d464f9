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
#include "recogniser/natural_log.h"

#include <string.h>

#define CERTAINTY_MIN (-20.0f)
#define PROBABILITY_MIN 0x1.1b4866p-29f /* exp(-20) */
#define CERTAINTY_OFFSET (-0.085)       /* added in double */
#define DICTIONARY_MIN (-25.0f / 7.0f)  /* a step this uncertain is not in a dictionary word */
#define FREE_RATIO 2.25f                /* a step outside the dictionary costs this much more */

enum { NODES_FIRST = 8192 };

static const int lane_widths[CODE_LENGTH_MAX + 1] = {5, 10, 16, 16, 16, 16, 16, 16, 16, 16};

float certainty_of(float probability)
{
    float log = probability > PROBABILITY_MIN ? natural_log(probability) : CERTAINTY_MIN;

    return (float)(log + CERTAINTY_OFFSET);
}

/* Where a node is added: what it continues, and into which kind of lane. */
struct extension {
    const struct node *node; /* NULL at the line's start */
    int index;               /* of node, or -1 */
    bool in_dictionary;
    enum continuation continuation;
    int length; /* of its prefix */
    int state, prefix;
    float score;
};

static uint64_t hash_with(const struct beam *b, int previous, int code, bool is_repeat)
{
    uint64_t hash = previous < 0 ? 0 : b->nodes[previous].hash, range, carry;

    if (is_repeat || code == b->decoder->null_code)
        return hash;
    range = (uint64_t)b->decoder->code_range;
    carry = ((hash >> 32) * range) >> 32;
    return hash * range + carry + (uint64_t)code;
}

static bool lane_admits(const struct lane *l, float score)
{
    return l->heap.size < l->width || score > l->heap.items[0].key;
}

static bool is_same_reading(const struct node *a, const struct node *b)
{
    return a->hash == b->hash && a->code == b->code && a->permuter == b->permuter &&
           a->starts_list == b->starts_list;
}

/* Replaces the node of the same reading if this one is better; else takes a place, from the worst
 * when all are taken. */
static void lane_take(struct lane *l, const struct node *n)
{
    int slot;

    for (int i = 0; i < l->heap.size; i++) {
        struct node *old = &l->nodes[l->heap.items[i].value];

        if (!is_same_reading(old, n))
            continue;
        if (n->score > old->score) {
            *old = *n;
            heap_reshuffle(&l->heap, i, n->score);
        }
        return;
    }
    slot = l->heap.items[l->heap.size].value;
    l->nodes[slot] = *n;
    heap_push(&l->heap, n->score, slot);
    if (l->heap.size > l->width)
        heap_pop(&l->heap);
}

static struct lane *lane_of(struct beam *b, bool in_dictionary, enum continuation c, int length)
{
    return &b->lanes[lane_index(b->decoder, in_dictionary, c) + length];
}

static inline void lane_offer(struct beam *b, struct lane *l, struct node n)
{
    if (!lane_admits(l, n.score))
        return;
    n.hash = hash_with(b, n.previous, n.code, n.is_repeat);
    lane_take(l, &n);
}

/* A class that ends no character: null, a repeat, or one of the first codes of several. */
static inline void offer_part(struct beam *b, const struct extension *e, int code, int unichar,
                              int prefix, int length, bool is_repeat, float certainty,
                              enum continuation c)
{
    unsigned char permuter = e->in_dictionary ? PERMUTER_NONE : PERMUTER_FREE;

    if (e->in_dictionary && !(certainty > DICTIONARY_MIN))
        return;
    if (!e->in_dictionary) {
        certainty *= FREE_RATIO;
        if (!(certainty >= CERTAINTY_MIN) && code != b->decoder->null_code)
            return;
    }
    lane_offer(b, lane_of(b, e->in_dictionary, c, length),
               (struct node){
                   .certainty = certainty,
                   .score = certainty + e->score,
                   .previous = e->index,
                   .unichar = unichar,
                   .state = e->state,
                   .prefix = prefix,
                   .code = (short)code,
                   .permuter = e->node ? e->node->permuter : permuter,
                   .is_repeat = is_repeat,
               });
}

static void offer_start(struct beam *b, const struct extension *e, struct node n,
                        enum continuation c)
{
    if (b->has_start[c] && !(n.score > b->starts[c].score))
        return;
    n.state = STATE_AFTER_SPACE;
    n.starts_list = true;
    n.hash = hash_with(b, e->index, n.code, false);
    b->starts[c] = n;
    b->has_start[c] = true;
}

/* Outside the dictionary. A space leaves a way into it, at its plain cost and marked: the nulls in
 * front of it have paid the higher price already. */
static void offer_free(struct beam *b, const struct extension *e, struct node n,
                       enum continuation c)
{
    struct node start = n;

    n.certainty *= FREE_RATIO;
    n.score = n.certainty + e->score;
    n.permuter = PERMUTER_FREE;
    lane_offer(b, lane_of(b, false, c, 0), n);
    if (n.unichar == SPACE && b->decoder->has_dictionary && start.certainty > DICTIONARY_MIN) {
        start.permuter = PERMUTER_NONE;
        offer_start(b, e, start, c);
    }
}

/* Inside the dictionary: null, a letter that some list goes on with, or a space behind a word. */
static void offer_in_dictionary(struct beam *b, const struct extension *e, struct node n,
                                enum continuation c)
{
    const struct word_state *state;
    struct lane *l = lane_of(b, true, c, 0);

    if (n.unichar == SPACE) {
        state = &b->dictionary.states[e->state];
        if (!state->ends_word)
            return;
        n.permuter = (unsigned char)state->permuter;
        offer_start(b, e, n, c);
        n.state = STATE_NONE;
        lane_offer(b, lane_of(b, false, c, 0), n);
        return;
    }
    if (n.unichar != NOTHING && lane_admits(l, n.score)) {
        n.state = dictionary_next(&b->dictionary, e->state, n.unichar);
        n.permuter = (unsigned char)b->dictionary.states[n.state].permuter;
        n.starts_word = e->state < STATE_FIRST_LETTERS;
        if (n.permuter == PERMUTER_NONE)
            return;
    }
    lane_offer(b, l, n);
}

static void offer_end(struct beam *b, const struct extension *e, const struct branch *end,
                      float certainty, enum continuation c)
{
    struct node n = {
        .certainty = certainty,
        .score = certainty + e->score,
        .previous = e->index,
        .unichar = end->target,
        .state = e->state,
        .code = (short)end->code,
    };

    if (!e->in_dictionary)
        offer_free(b, e, n, c);
    else if (certainty > DICTIONARY_MIN)
        offer_in_dictionary(b, e, n, c);
}

/* The certainty of a class that shares its step with null, and with the class before it when these
 * two are the best. */
static float shared_certainty(const struct beam *b, const struct extension *e, int code)
{
    if (e->node && e->continuation == ANYTHING && b->top_count > 1 &&
        e->node->code != b->decoder->null_code) {
        if (code == b->top[0] && e->node->code == b->top[1])
            return b->bridged[0];
        if (code == b->top[1] && e->node->code == b->top[0])
            return b->bridged[1];
    }
    return b->joined[code];
}

static void extend_by_itself(struct beam *b, const struct extension *e)
{
    int null_code = b->decoder->null_code, code = e->node->code;

    if (b->groups[code] == b->group) {
        if (e->continuation != NO_REPEAT)
            offer_part(b, e, code, e->node->unichar, e->prefix, e->length, true, b->alone[code],
                       ANYTHING);
        if (e->continuation == ANYTHING && b->group == TOP_TWO && code != null_code)
            offer_part(b, e, code, e->node->unichar, e->prefix, e->length, true, b->joined[code],
                       NO_REPEAT);
    }
    if (e->continuation != ONLY_REPEAT && code != null_code && e->length > 0 &&
        b->groups[null_code] == b->group)
        offer_part(b, e, null_code, NOTHING, e->prefix, e->length, false, b->alone[null_code],
                   ANYTHING);
}

static void extend_by_ends(struct beam *b, const struct extension *e, const struct branch *ends,
                           int count)
{
    int null_code = b->decoder->null_code;

    for (int i = 0; i < count; i++) {
        int code = ends[i].code;

        if ((e->node && e->node->code == code) ||
            (b->alone[code] < CERTAINTY_MIN && code != null_code))
            continue;
        offer_end(b, e, &ends[i], b->alone[code], ANYTHING);
        if (b->group == TOP_TWO && code != null_code)
            offer_end(b, e, &ends[i], shared_certainty(b, e, code), ONLY_REPEAT);
    }
}

static void extend_by_parts(struct beam *b, const struct extension *e, const struct branch *parts,
                            int count)
{
    for (int i = 0; i < count; i++) {
        int code = parts[i].code;

        if (e->node && e->node->code == code)
            continue;
        offer_part(b, e, code, NOTHING, parts[i].target, e->length + 1, false, b->alone[code],
                   ANYTHING);
        if (b->group == TOP_TWO && code != b->decoder->null_code)
            offer_part(b, e, code, NOTHING, parts[i].target, e->length + 1, false,
                       shared_certainty(b, e, code), ONLY_REPEAT);
    }
}

/* Those of the branches whose class is in the group. */
static int branches_in_group(const struct beam *b, const struct branch *from, int count,
                             struct branch *to)
{
    int n = 0;

    for (int i = 0; i < count; i++)
        if (b->groups[from[i].code] == b->group)
            to[n++] = from[i];
    return n;
}

static void extend(struct beam *b, const struct extension *e)
{
    const struct prefix *p = &b->decoder->prefixes[e->prefix];

    if (e->node) {
        extend_by_itself(b, e);
        if (e->continuation == ONLY_REPEAT)
            return;
    }
    if (e->length == 0) {
        extend_by_ends(b, e, b->ends, b->end_count);
        extend_by_parts(b, e, b->goes_on, b->on_count);
    } else {
        extend_by_ends(b, e, b->inner, branches_in_group(b, p->ends, p->end_count, b->inner));
        extend_by_parts(b, e, b->inner, branches_in_group(b, p->goes_on, p->on_count, b->inner));
    }
}

/* Every node of the step before, lane by lane, each heap from its end. */
static void extend_all(struct beam *b)
{
    for (int lane = 0; lane < b->lane_count; lane++) {
        const struct span *s = &b->spans[lane];
        int length = lane % b->decoder->code_length, kind = lane / b->decoder->code_length;

        for (int i = s->first + s->count - 1; i >= s->first; i--) {
            const struct node *n = &b->nodes[i];

            extend(b, &(struct extension){n, i, kind >= CONTINUATIONS, kind % CONTINUATIONS, length,
                                          n->state, n->prefix, n->score});
        }
    }
}

static void extend_nothing(struct beam *b)
{
    extend(b, &(struct extension){.index = -1});
    if (b->decoder->has_dictionary)
        extend(b,
               &(struct extension){.index = -1, .in_dictionary = true, .state = STATE_LINE_START});
}

int classes_best(const float *probabilities, int count, int ret[5])
{
    struct heap h = {0};
    int n;

    for (int i = 0; i < count; i++) {
        if (h.size == 5 && !(probabilities[i] > h.items[0].key))
            continue;
        heap_push(&h, probabilities[i], i);
        if (h.size > 5)
            heap_pop(&h);
    }
    n = h.size;
    while (h.size > 0) {
        int class = heap_pop(&h).value;

        ret[h.size] = class;
    }
    return n;
}

/* The branches of prefix 0 in the group. The best two and null are looked up: there are hundreds of
 * others. */
static void root_branches_choose(struct beam *b)
{
    const struct prefix *root = &b->decoder->prefixes[0];
    int codes[] = {b->top[0], b->top_count > 1 ? b->top[1] : b->top[0], b->decoder->null_code};

    b->on_count = branches_in_group(b, root->goes_on, root->on_count, b->goes_on);
    if (b->group != TOP_TWO) {
        b->end_count = branches_in_group(b, root->ends, root->end_count, b->ends);
        return;
    }
    b->end_count = 0;
    for (int i = 0; i < 3; i++) {
        int rank = b->decoder->ranks[codes[i]], at = b->end_count;

        if (rank < 0 || (i > 0 && codes[i] == codes[i - 1]) || (i > 1 && codes[i] == codes[0]))
            continue;
        for (; at > 0 && b->decoder->ranks[b->ends[at - 1].code] > rank; at--)
            b->ends[at] = b->ends[at - 1];
        b->ends[at] = root->ends[rank];
        if (codes[i] == b->decoder->null_code)
            b->ends[at].target = NOTHING;
        b->end_count++;
    }
}

/* The certainties of the group's classes. */
static void group_open(struct beam *b, enum group group)
{
    const float *p = b->probabilities;
    int null_code = b->decoder->null_code;

    b->group = group;
    for (int i = 0; group != TOP_TWO && i < b->decoder->classes; i++)
        if (b->groups[i] == group)
            b->alone[i] = certainty_of(p[i]);
    for (int i = 0; group == TOP_TWO && i < 2 && i < b->top_count; i++) {
        int code = b->top[i];

        b->alone[code] = certainty_of(p[code]);
        b->joined[code] = certainty_of(p[code] + p[null_code]);
        if (b->top_count > 1)
            b->bridged[i] = certainty_of(p[code] + p[null_code] + p[b->top[1 - i]]);
    }
    if (group == TOP_TWO)
        b->alone[null_code] = certainty_of(p[null_code]);
    root_branches_choose(b);
}

static void step_open(struct beam *b, const float *probabilities)
{
    b->probabilities = probabilities;
    b->top_count = classes_best(probabilities, b->decoder->classes, b->top);
    memset(b->groups, OTHERS, (size_t)b->decoder->classes);
    for (int i = 0; i < b->top_count; i++)
        b->groups[b->top[i]] = i < 2 ? TOP_TWO : TOP_FIVE;
    b->groups[b->decoder->null_code] = TOP_TWO;
    for (int i = 0; i < b->lane_count; i++)
        b->lanes[i].heap.size = 0;
    memset(b->has_start, 0, sizeof b->has_start);
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

static bool any_goes_on(const struct beam *b)
{
    for (int is_dictionary = 0; is_dictionary < 2; is_dictionary++)
        for (int i = 0; i < b->decoder->code_length; i++)
            if (b->lanes[lane_index(b->decoder, is_dictionary, ANYTHING) + i].heap.size > 0)
                return true;
    return false;
}

static void step_make(struct beam *b, const float *probabilities, bool is_first)
{
    bool is_done = false;

    step_open(b, probabilities);
    for (enum group g = TOP_TWO; g < GROUPS && !is_done; g++) {
        group_open(b, g);
        if (is_first)
            extend_nothing(b);
        else
            extend_all(b);
        is_done = is_first || any_goes_on(b);
    }
    for (int c = 0; c < CONTINUATIONS && !is_first; c++) {
        struct lane *l = lane_of(b, true, c, 0);

        if (b->has_start[c] && lane_admits(l, b->starts[c].score))
            lane_take(l, &b->starts[c]);
    }
    step_close(b);
}

/* A path of the dictionary must be at the end of a word or behind a space. */
static bool may_end(const struct beam *b, const struct node *n)
{
    return n->state == STATE_NONE || n->state == STATE_AFTER_SPACE ||
           b->dictionary.states[n->state].ends_word;
}

static int best_of_last_step(const struct beam *b)
{
    static const enum continuation ends[] = {ANYTHING, NO_REPEAT};
    int best = -1;

    for (size_t c = 0; c < ARRAY_LENGTH(ends); c++)
        for (int is_dictionary = 0; is_dictionary < 2; is_dictionary++) {
            const struct span *s = &b->spans[lane_index(b->decoder, is_dictionary, ends[c])];

            for (int i = s->first; i < s->first + s->count; i++)
                if (may_end(b, &b->nodes[i]) &&
                    (best < 0 || b->nodes[i].score > b->nodes[best].score))
                    best = i;
        }
    return best;
}

void beam_read(struct beam *b, struct arena *a, const struct posteriors *p, int height,
               struct recognised_line *ret)
{
    if (p->classes != b->decoder->classes)
        BUG("%d classes for a model of %d", p->classes, b->decoder->classes);
    dictionary_trim(&b->dictionary);
    b->node_count = 0;
    memset(b->spans, 0, (size_t)b->lane_count * sizeof *b->spans);
    for (int t = 0; t < p->steps; t++)
        step_make(b, p->values + (size_t)t * (size_t)p->classes, t == 0);
    words_make(b, a, best_of_last_step(b), p, height, ret);
}

struct beam *beam_new(const struct decoder *d)
{
    struct beam *b = mem_alloc(sizeof *b);
    size_t classes = (size_t)d->classes;

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
    b->groups = mem_alloc_array(classes, sizeof *b->groups);
    b->alone = mem_alloc_array(classes, sizeof *b->alone);
    b->joined = mem_alloc_array(classes, sizeof *b->joined);
    b->ends = mem_alloc_array(classes, sizeof *b->ends);
    b->goes_on = mem_alloc_array(classes, sizeof *b->goes_on);
    b->inner = mem_alloc_array(classes, sizeof *b->inner);
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
    free(b->groups);
    free(b->alone);
    free(b->joined);
    free(b->ends);
    free(b->goes_on);
    free(b->inner);
    free(b);
}
