/*
 * A word is an opening, a core and a closing: the punctuation list has patterns such as `("*").`
 * where * stands for the core, which is in the word or the number list. A state is the set of all
 * places where the letters so far may stand; a letter moves each of them on. The states make a tree
 * that is grown as letters come, with a hash table over (state, letter).
 *
 * The lists may be forged: a state keeps at most 64 places (the real lists: 6) and a line makes at
 * most 65,536 states (a real one: some hundred); behind either limit nothing is a word.
 */
#include "recogniser/dictionary.h"

#include "base/mem.h"

#include <string.h>

enum {
    PLACES_MAX = 64,
    STATES_MAX = 65536,
    STATES_KEPT = 8192, /* more than these are forgotten before the next line */
    SLOTS_MIN = 1024,
};

#define PATTERN 0 /* the letter that stands for the core, or for any digit */
#define NO_EDGE (-1)

/* Core and punctuation are the last edges taken. Without a core the opening is being written; a
 * core without punctuation stands alone. */
struct place {
    const struct dawg *core_list; /* NULL: no core yet */
    int64_t core, punctuation;
    bool is_closing; /* the core is over */
};

struct found {
    struct place places[PLACES_MAX];
    int count;
    enum permuter permuter;
    bool ends_word;
};

bool dictionary_exists(const struct model *m)
{
    return m->punctuation.edges || m->words.edges || m->numbers.edges;
}

static bool place_equal(const struct place *a, const struct place *b)
{
    return a->core_list == b->core_list && a->core == b->core && a->punctuation == b->punctuation &&
           a->is_closing == b->is_closing;
}

static void found_add(struct found *f, struct place p, enum permuter permuter, bool ends_word)
{
    if (permuter > f->permuter)
        f->permuter = permuter;
    f->ends_word |= ends_word;
    for (int i = 0; i < f->count; i++)
        if (place_equal(&f->places[i], &p))
            return;
    if (f->count < PLACES_MAX)
        f->places[f->count++] = p;
}

/* The edge with this letter that follows `edge` (NO_EDGE: the first of a word). */
static int64_t edge_after(const struct dawg *list, int64_t edge, int letter)
{
    int64_t node = edge == NO_EDGE ? 0 : dawg_target(list, edge);

    if (!list->edges || (edge != NO_EDGE && node == 0))
        return NO_EDGE;
    return dawg_find(list, node, letter, false);
}

static int64_t core_after(const struct model *m, const struct dawg *list, int64_t edge, int letter)
{
    bool is_digit = list == &m->numbers && m->charset.unichars[letter].is_digit;

    return edge_after(list, edge, is_digit ? PATTERN : letter);
}

static enum permuter core_permuter(const struct model *m, const struct dawg *list)
{
    return list == &m->words ? PERMUTER_WORD : PERMUTER_NUMBER;
}

/* The opening goes on, or the core begins. */
static void move_opening(const struct model *m, const struct place *p, int letter, struct found *f)
{
    const struct dawg *cores[] = {&m->words, &m->numbers}, *marks = &m->punctuation;
    int64_t pattern = edge_after(marks, p->punctuation, PATTERN);
    int64_t mark = edge_after(marks, p->punctuation, letter);

    for (size_t i = 0; pattern != NO_EDGE && i < ARRAY_LENGTH(cores); i++) {
        int64_t core = core_after(m, cores[i], NO_EDGE, letter);

        if (core != NO_EDGE)
            found_add(f, (struct place){cores[i], core, pattern, false}, core_permuter(m, cores[i]),
                      dawg_ends_word(cores[i], core) && dawg_ends_word(marks, pattern));
    }
    if (mark != NO_EDGE)
        found_add(f, (struct place){NULL, NO_EDGE, mark, false}, PERMUTER_PUNCTUATION,
                  dawg_ends_word(marks, mark));
}

/* The core goes on, or is over and the closing begins or goes on. */
static void move_core(const struct model *m, const struct place *p, int letter, struct found *f)
{
    const struct dawg *list = p->core_list, *marks = &m->punctuation;
    enum permuter permuter = core_permuter(m, list);
    bool has_marks = p->punctuation != NO_EDGE;
    int64_t edge;

    if (has_marks && dawg_ends_word(list, p->core)) {
        edge = edge_after(marks, p->punctuation, letter);
        if (edge != NO_EDGE)
            found_add(f, (struct place){list, p->core, edge, true}, permuter,
                      dawg_ends_word(marks, edge));
    }
    if (p->is_closing)
        return;
    edge = core_after(m, list, p->core, letter);
    if (edge != NO_EDGE)
        found_add(f, (struct place){list, edge, p->punctuation, false}, permuter,
                  dawg_ends_word(list, edge) &&
                      (!has_marks || dawg_ends_word(marks, p->punctuation)));
}

/* Where a word begins: before its opening; without an opening only when the punctuation list does
 * not have the bare core. */
static void places_at_start(const struct model *m, struct found *f)
{
    const struct dawg *marks = &m->punctuation;
    bool has_bare_core = marks->edges && dawg_find(marks, 0, PATTERN, true) != NO_EDGE;

    if (marks->edges)
        found_add(f, (struct place){NULL, NO_EDGE, NO_EDGE, false}, PERMUTER_NONE, false);
    if (!has_bare_core && m->words.edges)
        found_add(f, (struct place){&m->words, NO_EDGE, NO_EDGE, false}, PERMUTER_NONE, false);
    if (!has_bare_core && m->numbers.edges)
        found_add(f, (struct place){&m->numbers, NO_EDGE, NO_EDGE, false}, PERMUTER_NONE, false);
}

static int state_add(struct dictionary *d, int parent, int letter, const struct found *f)
{
    if (d->state_count == d->state_capacity) {
        d->state_capacity = d->state_capacity ? d->state_capacity * 2 : SLOTS_MIN;
        d->states = mem_grow_array(d->states, (size_t)d->state_capacity, sizeof *d->states);
    }
    if (d->place_count + f->count > d->place_capacity) {
        d->place_capacity = d->place_capacity * 2 + PLACES_MAX;
        d->places = mem_grow_array(d->places, (size_t)d->place_capacity, sizeof *d->places);
    }
    if (f->count > 0)
        memcpy(d->places + d->place_count, f->places, (size_t)f->count * sizeof *f->places);
    d->states[d->state_count] = (struct word_state){parent,   letter,      d->place_count,
                                                    f->count, f->permuter, f->ends_word};
    d->place_count += f->count;
    return d->state_count++;
}

/* The slot of this step, or the free one where it belongs. */
static int *slot_find(const struct dictionary *d, int parent, int letter)
{
    uint32_t hash = ((uint32_t)parent * 0x9e3779b1u) ^ ((uint32_t)letter * 0x85ebca6bu);
    uint32_t mask = (uint32_t)d->slot_count - 1;

    for (uint32_t i = (hash ^ hash >> 15) & mask;; i = (i + 1) & mask) {
        const struct word_state *s = &d->states[d->slots[i]];

        if (d->slots[i] == 0 || (s->parent == parent && s->letter == letter))
            return &d->slots[i];
    }
}

static void slots_rebuild(struct dictionary *d, int slot_count)
{
    free(d->slots);
    d->slots = mem_alloc_array((size_t)slot_count, sizeof *d->slots);
    d->slot_count = slot_count;
    for (int i = STATE_FIRST_LETTERS; i < d->state_count; i++)
        *slot_find(d, d->states[i].parent, d->states[i].letter) = i;
}

static void states_restart(struct dictionary *d)
{
    struct found none = {0}, start = {0};

    d->state_count = d->place_count = 0;
    places_at_start(d->model, &start);
    state_add(d, -1, -1, &none);
    state_add(d, -1, -1, &start);
    state_add(d, -1, -1, &start);
    slots_rebuild(d, SLOTS_MIN);
}

void dictionary_init(struct dictionary *d, const struct model *m)
{
    *d = (struct dictionary){.model = m};
    states_restart(d);
}

void dictionary_release(struct dictionary *d)
{
    free(d->states);
    free(d->places);
    free(d->slots);
    *d = (struct dictionary){0};
}

void dictionary_trim(struct dictionary *d)
{
    struct dictionary fresh;

    if (d->state_count <= STATES_KEPT)
        return;
    dictionary_init(&fresh, d->model);
    dictionary_release(d);
    *d = fresh;
}

/* Where the letter leads from all places of the state. */
static int state_grow(struct dictionary *d, int parent, int letter)
{
    struct found f = {.count = 0};

    for (int i = 0; i < d->states[parent].place_count; i++) {
        const struct place *p = &d->places[d->states[parent].first_place + i];

        if (p->core_list)
            move_core(d->model, p, letter, &f);
        else
            move_opening(d->model, p, letter, &f);
    }
    return state_add(d, parent, letter, &f);
}

int dictionary_next(struct dictionary *d, int state, int letter)
{
    int parent = state == STATE_AFTER_SPACE ? STATE_LINE_START : state;
    int *slot = slot_find(d, parent, letter);
    int next = *slot;

    if (next || d->state_count == STATES_MAX)
        return next;
    next = *slot = state_grow(d, parent, letter);
    if (d->state_count * 2 > d->slot_count)
        slots_rebuild(d, d->slot_count * 2);
    return next;
}
