/*
 * The search goes through the steps once and keeps for every place in the grammar the most
 * probable text that ends there. Ways to write the same text (a class held longer, "nothing"
 * before it or not) are summed, different texts compete; that a text which loses early might have
 * gained more ways later is the approximation. The winner's probability is then summed exactly.
 *
 * A repeated class without "nothing" between is one character, so what may follow depends on the
 * class written last. Of a position's texts the best two on different classes are passed on:
 * whatever comes next, one of them may go on.
 */
#include "recogniser/grammar_parts.h"

#include "base/buf.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

#define NO_NODE (-1)

/* A character's class written, and what was written before. */
struct node {
    int before; /* a node, or NO_NODE */
    const struct grammar_choice *choice;
};

/* A text so far. Scores are probabilities by the best of the step before, so that they neither
 * vanish nor need logarithms. */
struct token {
    double score;
    int node;
};

/* The best tokens that stand on a class: the best of all, and the best on another class than it. */
struct two_best {
    struct token best, other;
};

/* Where everything stands after a step, and after the next while it is made. */
struct search {
    const struct grammar *g;
    struct token *cells;                /* on the class of each choice */
    struct token *blanks, *next_blanks; /* on "nothing" behind each position; 0: at the start */
    struct two_best *tops, *next_tops;  /* of each position's cells */
    struct node *nodes;
    int node_count, node_room;
    double *row; /* this step's probabilities, divided by best */
    double best; /* the highest score of the step before */
};

static const struct token nowhere = {0, NO_NODE};

static void token_offer(struct token *best, struct token t)
{
    if (t.node == best->node)
        best->score += t.score;
    else if (t.score > best->score)
        *best = t;
}

static int class_of(const struct search *s, struct token t)
{
    return t.node == NO_NODE ? -1 : s->nodes[t.node].choice->class;
}

static void top_offer(const struct search *s, struct two_best *two, struct token t)
{
    if (class_of(s, t) == class_of(s, two->best)) {
        token_offer(&two->best, t);
    } else if (t.score > two->best.score) {
        two->other = two->best;
        two->best = t;
    } else {
        token_offer(&two->other, t);
    }
}

static int node_new(struct search *s, int before, const struct grammar_choice *choice)
{
    if (s->node_count == s->node_room) {
        s->node_room = s->node_room ? s->node_room * 2 : 1024;
        s->nodes = mem_grow_array(s->nodes, (size_t)s->node_room, sizeof *s->nodes);
    }
    s->nodes[s->node_count] = (struct node){before, choice};
    return s->node_count++;
}

/* One choice of a position: its class goes on, or is written anew after nothing or another. */
static void cell_step(struct search *s, const struct grammar_choice *choice, struct token *cell,
                      struct token blank, const struct two_best *before)
{
    struct token enter = blank;

    token_offer(&enter, choice->class == class_of(s, before->best) ? before->other : before->best);
    if (cell->score > 0 && s->nodes[cell->node].before == enter.node)
        cell->score += enter.score;
    else if (enter.score > cell->score)
        *cell = (struct token){enter.score, node_new(s, enter.node, choice)};
    cell->score *= s->row[choice->class];
}

static void position_step(struct search *s, int index)
{
    const struct grammar_position *position = &s->g->positions[index];
    struct two_best before = {nowhere, nowhere}, *now = &s->next_tops[index];
    struct token blank = nowhere, *stay = &s->next_blanks[index];

    for (int i = 0; i < position->before_count; i++) {
        int b = position->before[i];

        token_offer(&blank, s->blanks[b]);
        top_offer(s, &before, s->tops[b].best);
        top_offer(s, &before, s->tops[b].other);
    }
    *stay = s->blanks[index];
    token_offer(stay, s->tops[index].best);
    stay->score *= s->row[s->g->model->network.null_class];
    *now = (struct two_best){nowhere, nowhere};
    for (int i = 0; i < position->choice_count; i++) {
        struct token *cell = &s->cells[position->first_cell + i];

        cell_step(s, &position->choices[i], cell, blank, &before);
        top_offer(s, now, *cell);
    }
}

/* False when nothing in the language is left. */
static bool search_step(struct search *s, const float *row, int classes)
{
    struct token *blanks = s->blanks;
    struct two_best *tops = s->tops;

    for (int i = 0; i < classes; i++)
        s->row[i] = (double)row[i] / s->best;
    s->next_blanks[0] = s->blanks[0];
    s->next_blanks[0].score *= s->row[s->g->model->network.null_class];
    s->next_tops[0] = (struct two_best){nowhere, nowhere};
    s->best = s->next_blanks[0].score;
    for (int i = 1; i <= s->g->position_count; i++) {
        position_step(s, i);
        s->best = fmax(s->best, fmax(s->next_blanks[i].score, s->next_tops[i].best.score));
    }
    s->blanks = s->next_blanks;
    s->next_blanks = blanks;
    s->tops = s->next_tops;
    s->next_tops = tops;
    return s->best > 0;
}

static void search_init(struct search *s, const struct grammar *g, struct arena *a, int classes)
{
    size_t positions = (size_t)g->position_count + 1;

    *s = (struct search){.g = g, .best = 1};
    s->cells = arena_alloc_array(a, (size_t)g->cell_count, sizeof *s->cells);
    s->blanks = arena_alloc_array(a, positions, sizeof *s->blanks);
    s->next_blanks = arena_alloc_array(a, positions, sizeof *s->blanks);
    s->tops = arena_alloc_array(a, positions, sizeof *s->tops);
    s->next_tops = arena_alloc_array(a, positions, sizeof *s->tops);
    s->row = arena_alloc_array(a, (size_t)classes, sizeof *s->row);
    for (int i = 0; i < g->cell_count; i++)
        s->cells[i] = nowhere;
    for (size_t i = 0; i < positions; i++) {
        s->blanks[i] = nowhere;
        s->tops[i] = (struct two_best){nowhere, nowhere};
    }
    s->blanks[0].score = 1;
}

static struct token search_end(const struct search *s)
{
    struct token best = s->g->takes_nothing ? s->blanks[0] : nowhere;

    for (int i = 1; i <= s->g->position_count; i++)
        if (s->g->positions[i].is_last) {
            token_offer(&best, s->blanks[i]);
            token_offer(&best, s->tops[i].best);
        }
    return best;
}

/* ---- texts and their probabilities ---- */

/* The classes a text is written with, in order. */
struct spelling {
    int *classes;
    int count;
};

static const char *written(const struct search *s, int last, struct arena *a,
                           struct spelling *ret_spelling)
{
    const struct unichar *unichars = s->g->model->charset.unichars;
    AUTO_BUF struct buf text;
    int count = 0;
    int *path;

    for (int i = last; i != NO_NODE; i = s->nodes[i].before)
        count++;
    path = arena_alloc_array(a, (size_t)count, sizeof *path);
    for (int i = last, k = count; i != NO_NODE; i = s->nodes[i].before)
        path[--k] = i;
    buf_init(&text, SIZE_MAX / 2);
    for (int k = 0; k < count; k++) {
        const struct grammar_choice *choice = s->nodes[path[k]].choice;

        if (choice->unichar >= 0)
            buf_add_text(&text, unichars[choice->unichar].text);
        path[k] = choice->class;
    }
    *ret_spelling = (struct spelling){path, count};
    return arena_strndup(a, text.data, text.length);
}

/* What the best class of each step writes. */
static struct spelling free_reading(const struct posteriors *p, int null_class, struct arena *a)
{
    struct spelling s = {arena_alloc_array(a, (size_t)p->steps, sizeof *s.classes), 0};
    int last = null_class;

    for (int t = 0; t < p->steps; t++) {
        const float *row = p->values + (ptrdiff_t)t * p->classes;
        int best = 0;

        for (int i = 1; i < p->classes; i++)
            best = row[i] > row[best] ? i : best;
        if (best != last && best != null_class)
            s.classes[s.count++] = best;
        last = best;
    }
    return s;
}

/* One step: state 2k + 1 stands on the k-th class, state 2k on nothing before it. Backwards, since
 * a state takes from those before it as they were. Returns the sum. */
static double ways_step(double *ways, const struct spelling *s, const float *row, int null_class)
{
    double sum = 0;

    for (int i = 2 * s->count; i >= 0; i--) {
        int class = i % 2 ? s->classes[i / 2] : null_class;

        if (i > 0)
            ways[i] += ways[i - 1];
        if (i % 2 && i > 1 && class != s->classes[i / 2 - 1])
            ways[i] += ways[i - 2];
        ways[i] *= (double)row[class];
        sum += ways[i];
    }
    return sum;
}

/* The logarithm of the sum over all paths that write this: scaled to 1 after each step. */
static double spelling_log(const struct posteriors *p, const struct spelling *s, int null_class,
                           struct arena *a)
{
    int states = 2 * s->count + 1;
    double *ways = arena_alloc_array(a, (size_t)states, sizeof *ways), total = 0;

    ways[0] = 1;
    for (int t = 0; t < p->steps; t++) {
        double sum = ways_step(ways, s, p->values + (ptrdiff_t)t * p->classes, null_class);

        if (sum <= 0)
            return -INFINITY;
        for (int i = 0; i < states; i++)
            ways[i] /= sum;
        total += log(sum);
    }
    return total + log(ways[states - 1] + (s->count ? ways[states - 2] : 0));
}

bool grammar_read(const struct grammar *g, struct arena *a, const struct posteriors *p,
                  struct grammar_reading *ret)
{
    int null_class = g->model->network.null_class;
    AUTO_ARENA struct arena scratch;
    struct spelling bound, free_one;
    struct search s;
    struct token end;
    const char *text;
    bool is_alive = true;
    double here, there;

    arena_init(&scratch, SIZE_MAX);
    search_init(&s, g, &scratch, p->classes);
    for (int t = 0; t < p->steps && is_alive; t++)
        is_alive = search_step(&s, p->values + (ptrdiff_t)t * p->classes, p->classes);
    end = search_end(&s);
    text = end.score > 0 ? written(&s, end.node, &scratch, &bound) : NULL;
    free(s.nodes);
    if (!text)
        return false;
    free_one = free_reading(p, null_class, &scratch);
    here = spelling_log(p, &bound, null_class, &scratch);
    there = spelling_log(p, &free_one, null_class, &scratch);
    *ret = (struct grammar_reading){
        .text = arena_strdup(a, text),
        .log_probability = (float)here,
        .margin = there > here ? (float)(there - here) : 0,
    };
    return true;
}
