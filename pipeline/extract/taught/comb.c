/*
 * What was read is laid along what is printed: bar, cell, bar, cell … bar. Of all ways to do so in
 * order, the cheapest is taken: characters should fall near their place, cells hold letters and
 * digits, and bars be read as one of the upright characters or not at all. Where exactly a glued
 * character stood is not known, so order tells more than place.
 */
#include "pipeline/extract/taught/comb.h"

#include "base/err.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { SLOTS_MAX = 3 * COMB_CHARACTERS_MAX / 2 };

/* Costs. */
static const float OFF = 0.5f;       /* a cell's width off its place */
static const float NO_CHARACTER = 2; /* a mark in a cell */
static const float UPRIGHT = 0.5f;   /* what a bar is read as, in a cell: a 1 it may be */
static const float NO_BAR = 2;       /* something else on a bar */
static const float EMPTY_CELL = 1.5f, UNREAD_BAR = 0.2f;
static const float TOO_MANY = 2.5f, BAR_TOO_MANY = 0.7f; /* a character that has no place */
static const float TWICE = 0.9f;                         /* as the one before, read twice */

struct slot {
    float x;
    int cell; /* -1: a bar */
};

static int make_slots(const float *middles, int n, float pitch, struct slot *out)
{
    int count = 0;

    for (int i = 0; i < n; i++) {
        out[count++] = (struct slot){middles[i] - pitch / 2, -1};
        out[count++] = (struct slot){middles[i], i};
        if (i + 1 == n || middles[i + 1] - middles[i] > 1.5f * pitch)
            out[count++] = (struct slot){middles[i] + pitch / 2, -1};
    }
    return count;
}

static float pitch_of(const float *middles, int n)
{
    float pitch = INFINITY;

    for (int i = 1; i < n; i++)
        pitch = fminf(pitch, middles[i] - middles[i - 1]);
    return pitch;
}

static bool is_upright(char c)
{
    return strchr("1|lI()[]{}/\\!", c) != NULL;
}

static float cost_of(const struct comb_character *c, const struct slot *slot, float pitch)
{
    float off = OFF * fabsf(c->x - slot->x) / pitch;

    if (slot->cell < 0)
        return off + (is_upright(c->c) ? 0 : NO_BAR);
    return off + (is_upright(c->c) ? UPRIGHT : isalnum((unsigned char)c->c) ? 0 : NO_CHARACTER);
}

enum move { SKIP_SLOT, DROP_CHARACTER, MATCH };

struct laying {
    const struct comb_character *read;
    struct slot slots[SLOTS_MAX];
    int n_slots;
    float pitch;
    float cost[SLOTS_MAX + 1]; /* of the characters so far, laid on so many slots */
    unsigned char moves[COMB_CHARACTERS_MAX + 1][SLOTS_MAX + 1];
};

static float cost_of_skipping(const struct slot *slot)
{
    return slot->cell < 0 ? UNREAD_BAR : EMPTY_CELL;
}

static void lay_none(struct laying *l)
{
    l->cost[0] = 0;
    for (int j = 0; j < l->n_slots; j++) {
        l->cost[j + 1] = l->cost[j] + cost_of_skipping(&l->slots[j]);
        l->moves[0][j + 1] = SKIP_SLOT;
    }
}

static void lay(struct laying *l, int i)
{
    const struct comb_character *c = &l->read[i];
    float dropped = is_upright(c->c) ? BAR_TOO_MANY : i > 0 && c->c == c[-1].c ? TWICE : TOO_MANY;
    float before = l->cost[0];

    l->cost[0] += dropped;
    l->moves[i + 1][0] = DROP_CHARACTER;
    for (int j = 0; j < l->n_slots; j++) {
        float match = before + cost_of(c, &l->slots[j], l->pitch);
        float skip = l->cost[j] + cost_of_skipping(&l->slots[j]);
        float drop = l->cost[j + 1] + dropped, least = fminf(match, fminf(skip, drop));

        before = l->cost[j + 1];
        l->cost[j + 1] = least;
        l->moves[i + 1][j + 1] = least >= match  ? MATCH
                                 : least >= skip ? SKIP_SLOT
                                                 : DROP_CHARACTER;
    }
}

void comb_read(const struct comb_character *read, int n_read, const float *middles, int n_cells,
               char *ret)
{
    struct laying l = {.read = read, .pitch = pitch_of(middles, n_cells)};

    if (n_cells < 2 || n_cells > COMB_CHARACTERS_MAX / 2)
        BUG("a comb of %d cells", n_cells);
    n_read = n_read < COMB_CHARACTERS_MAX ? n_read : COMB_CHARACTERS_MAX;
    l.n_slots = make_slots(middles, n_cells, l.pitch, l.slots);
    lay_none(&l);
    for (int i = 0; i < n_read; i++)
        lay(&l, i);
    memset(ret, 0, (size_t)n_cells);
    for (int i = n_read, j = l.n_slots; i > 0 || j > 0;) {
        enum move move = (enum move)l.moves[i][j];

        if (move == MATCH && l.slots[j - 1].cell >= 0 && isalnum((unsigned char)read[i - 1].c))
            ret[l.slots[j - 1].cell] = read[i - 1].c;
        i -= move != SKIP_SLOT;
        j -= move != DROP_CHARACTER;
    }
}
