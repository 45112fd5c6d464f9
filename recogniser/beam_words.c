/*
 * A path becomes words. Nodes that make a character stand for it, with the repeats behind them;
 * nulls and first codes in front of a character count towards its certainty, those in front of a
 * space towards the character before the space. A character's box reaches from the middle between
 * its neighbour's end and its start to the next such middle.
 */
#include "recogniser/beam_parts.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHOICE_PROBABILITY_MIN 0.001f

struct character {
    int unichar;
    int start, end; /* steps */
    int left;       /* the step its box begins with; the box ends where the next one begins */
    float certainty;
    enum permuter permuter;
    bool starts_word;
};

/* The characters of a path and one more, which marks the end. */
struct reading {
    const struct decoder *decoder;
    const struct posteriors *posteriors;
    const struct node **path; /* steps of them */
    struct character *characters;
    int count;
};

static float least(float a, float b)
{
    return b < a ? b : a;
}

/* The character at step t, where `certainty` is that of what stands in front; returns the step
 * behind it. */
static int character_add(struct reading *r, int t, float certainty)
{
    const struct node *n = r->path[t];
    bool forgets = n->unichar == SPACE && n->permuter == PERMUTER_NONE;
    struct character *c = &r->characters[r->count++];

    if (n->unichar == SPACE && r->count > 1 && !forgets) {
        c[-1].certainty = least(c[-1].certainty, certainty);
        certainty = 0;
    }
    *c = (struct character){
        .unichar = n->unichar, .start = t, .permuter = n->permuter, .starts_word = n->starts_word};
    do {
        n = r->path[t++];
        forgets = c->unichar == SPACE && n->permuter == PERMUTER_NONE;
        certainty = forgets ? n->certainty : least(certainty, n->certainty);
    } while (t < r->posteriors->steps && r->path[t]->is_repeat);
    c->certainty = certainty;
    c->end = t;
    return t;
}

static void characters_find(struct reading *r)
{
    int steps = r->posteriors->steps;

    for (int t = 0; t < steps;) {
        float certainty = 0;

        for (; t < steps && r->path[t]->unichar == NOTHING; t++)
            certainty = least(certainty, r->path[t]->certainty);
        if (t < steps)
            t = character_add(r, t, certainty);
        else if (r->count > 0)
            r->characters[r->count - 1].certainty = least(r->characters[r->count - 1].certainty,
                                                          certainty);
    }
    for (int i = 1; i < r->count; i++) {
        const struct character *before = &r->characters[i - 1];

        r->characters[i].left = before->end + (r->characters[i].start - before->end) / 2;
    }
    r->characters[r->count].left = steps;
}

/* Where the word that begins with character i ends. */
static int word_end(const struct reading *r, int i)
{
    for (i++; i < r->count; i++)
        if (r->characters[i].unichar == SPACE || r->characters[i].starts_word)
            break;
    return i;
}

/* The step of the character at which the network was surest of it. */
static int peak(const struct reading *r, const struct character *c)
{
    int best = c->start;

    for (int t = c->start; t < c->end; t++) {
        const float *p = r->posteriors->values + (size_t)t * (size_t)r->posteriors->classes;
        const float *q = r->posteriors->values + (size_t)best * (size_t)r->posteriors->classes;

        if (p[r->path[t]->code] > q[r->path[best]->code])
            best = t;
    }
    return best;
}

static void choices_find(const struct reading *r, struct arena *a, const struct character *c,
                         struct recognised_symbol *ret)
{
    const struct decoder *d = r->decoder;
    int step = peak(r, c), codes[CLASSES_BEST], count;
    const float *p = r->posteriors->values + (size_t)step * (size_t)d->classes;
    struct symbol_choice found[CLASSES_BEST];

    if (p[r->path[step]->code] + p[d->null_code] > 1 - CHOICE_PROBABILITY_MIN)
        return;
    count = classes_best(p, d->classes, codes);
    for (int i = 0; i < count && p[codes[i]] > CHOICE_PROBABILITY_MIN; i++) {
        int code = codes[i], unichar;

        if (code == d->null_code || code == r->path[step]->code || d->ranks[code] < 0)
            continue;
        unichar = d->prefixes[0].ends[d->ranks[code]].target;
        found[ret->choice_count++] = (struct symbol_choice){
            d->model->charset.unichars[unichar].text, certainty_of(p[code])};
    }
    if (ret->choice_count == 0)
        return;
    ret->choices = arena_alloc_array(a, ret->choice_count, sizeof *ret->choices);
    memcpy(ret->choices, found, ret->choice_count * sizeof *found);
}

static void symbol_make(const struct reading *r, struct arena *a, int i,
                        struct recognised_symbol *ret)
{
    const struct character *c = &r->characters[i];
    float scale = r->posteriors->pixels_per_step;

    *ret = (struct recognised_symbol){
        .text = r->decoder->model->charset.unichars[c->unichar].text,
        .certainty = c->certainty,
        .left = (int)floorf((float)c->left * scale),
        .right = (int)ceilf((float)c[1].left * scale),
    };
    choices_find(r, a, c, ret);
}

static const char *text_join(struct arena *a, const struct recognised_symbol *symbols, size_t count)
{
    size_t length = 0;
    char *text, *at;

    for (size_t i = 0; i < count; i++)
        length += strlen(symbols[i].text);
    text = at = arena_alloc(a, length + 1);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, symbols[i].text);
    return text;
}

static void word_make(const struct reading *r, struct arena *a, int first, int end, int height,
                      struct recognised_word *ret)
{
    struct recognised_symbol *symbols = arena_alloc_array(a, (size_t)(end - first),
                                                          sizeof *symbols);
    float certainty = 0;

    for (int i = first; i < end; i++) {
        symbol_make(r, a, i, &symbols[i - first]);
        certainty = i == first ? symbols[0].certainty
                               : least(certainty, symbols[i - first].certainty);
    }
    *ret = (struct recognised_word){
        .text = text_join(a, symbols, (size_t)(end - first)),
        .box = {symbols[0].left, 0, symbols[end - first - 1].right, height},
        .certainty = certainty,
        .permuter = r->characters[end - 1].permuter,
        .symbols = symbols,
        .symbol_count = (size_t)(end - first),
    };
}

static size_t words_count(const struct reading *r)
{
    size_t count = 0;

    for (int i = 0; i < r->count; count++) {
        i = word_end(r, i);
        if (i < r->count && r->characters[i].unichar == SPACE)
            i++;
    }
    return count;
}

static void words_split(const struct reading *r, struct arena *a, int height,
                        struct recognised_line *ret)
{
    float space_before = 0, space_behind;

    ret->word_count = 0;
    ret->words = arena_alloc_array(a, words_count(r), sizeof *ret->words);
    for (int first = 0, end; first < r->count; first = end) {
        struct recognised_word *w = &ret->words[ret->word_count++];

        end = word_end(r, first);
        word_make(r, a, first, end, height, w);
        space_behind = 0;
        if (end < r->count && r->characters[end].unichar == SPACE)
            space_behind = r->characters[end++].certainty;
        w->space_certainty = least(space_behind, space_before);
        space_before = space_behind;
    }
}

void words_make(const struct beam *b, struct arena *a, int best, const struct posteriors *p,
                int height, struct recognised_line *ret)
{
    AUTO_FREE const struct node **path = NULL;
    AUTO_FREE struct character *characters = NULL;
    struct reading r = {.decoder = b->decoder, .posteriors = p};

    *ret = (struct recognised_line){.is_inverted = ret->is_inverted};
    if (best < 0)
        return;
    r.path = path = mem_alloc_array((size_t)p->steps, sizeof *path);
    r.characters = characters = mem_alloc_array((size_t)p->steps + 1, sizeof *characters);
    for (int t = p->steps - 1; t >= 0; t--, best = b->nodes[best].previous)
        path[t] = &b->nodes[best];
    characters_find(&r);
    words_split(&r, a, height, ret);
}
