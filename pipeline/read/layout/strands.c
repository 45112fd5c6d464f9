/*
 * Letters sorted from the left are appended to the chain that ends beside them. Chains are looked
 * up by height on the page: each slice of the page remembers the last few chains that grew in it,
 * so the work is a constant for each letter whatever the page holds. A chain follows its last
 * letters, so that a skewed line stays one.
 */
#include "pipeline/read/layout/strands.h"

#include "base/arena.h"

#include <math.h>

#define GAP_HEIGHTS 1.6f /* wider gaps part cells: three spaces of common type */
#define OVERLAP 0.5f     /* of the smaller height */
#define RATIO_MAX 2.4f   /* of heights */
#define MIXED 1.5f       /* capitals to small letters, at most: larger marks reach no farther */
#define FOLLOW 0.3f      /* how fast a chain's band follows its letters */
#define RULE_GAP 0.2f    /* of the height: where a rule could stand between */
#define TAIL_GAP 0.6f    /* heights before a comma */
#define TAIL_BAND 1.3f   /* middle heights: beside a picture, text is no comma */
#define TAIL_ABOVE 0.1f
#define TAIL_BELOW 0.35f
#define ATTACH_ABOVE 0.9f
#define ATTACH_BELOW 0.5f
#define ATTACH_ASIDE 1.1f
#define LONE_SHARE 0.6f  /* of the height beside: a comma, a quotation mark */
#define BROKEN_GAP 0.35f /* heights between the pieces of a letter */

enum { SLICE_CHAINS = 8, SLICES_MAX = 24, LOOKS_MAX = 200, SHORT_MAX = 3 };

struct slice {
    int chain[SLICE_CHAINS]; /* + 1; 0 is none */
    int next;
};

struct chainer {
    struct strands *s;
    const struct rules *rules;
    struct slice *slices;
    int slice_count, slice_height;
};

static float height_of(const struct layout_box *b)
{
    return (float)(b->y1 - b->y0);
}

static int slice_at(const struct chainer *c, float y)
{
    int i = (int)y / c->slice_height;

    return i < 0 ? 0 : i >= c->slice_count ? c->slice_count - 1 : i;
}

void box_join(struct layout_box *to, const struct layout_box *from)
{
    to->x0 = from->x0 < to->x0 ? from->x0 : to->x0;
    to->y0 = from->y0 < to->y0 ? from->y0 : to->y0;
    to->x1 = from->x1 > to->x1 ? from->x1 : to->x1;
    to->y1 = from->y1 > to->y1 ? from->y1 : to->y1;
}

/* A comma, quotation mark or dash of a chain of larger letters. */
static bool is_tail(const struct strands *s, const struct strand *chain, const struct layout_box *b)
{
    float band = chain->bottom - chain->top, middle = (float)(b->y0 + b->y1) / 2;

    return height_of(b) < LONE_SHARE * fminf(band, TAIL_BAND * s->height) &&
           middle > chain->top - TAIL_ABOVE * band && middle < chain->bottom + TAIL_BELOW * band;
}

/* How well a letter continues a chain; below 0 it does not. */
static float fit(const struct chainer *c, const struct strand *chain, const struct layout_box *b)
{
    float band = chain->bottom - chain->top, high = height_of(b);
    float small = fminf(band, high), large = fmaxf(band, high);
    float gap = (float)(b->x0 - c->s->letters[chain->last].box.x1);
    float overlap = fminf(chain->bottom, (float)b->y1) - fmaxf(chain->top, (float)b->y0);

    if (is_tail(c->s, chain, b))
        return gap < TAIL_GAP * band && gap > -band ? 1 : -1;
    if (gap > GAP_HEIGHTS * fminf(large, MIXED * small) || gap < -2 * large ||
        overlap < OVERLAP * small || large > RATIO_MAX * small)
        return -1;
    if (c->rules && gap > RULE_GAP * small &&
        rules_part(c->rules, b->x0 - (int)gap - 2, b->x0 + 2, (int)chain->top, (int)chain->bottom))
        return -1;
    return 1 + overlap / small + small / large + (chain->count > 2 ? 0.3f : 0) -
           0.3f * fmaxf(gap, 0) / large;
}

static int best_chain(const struct chainer *c, const struct layout_box *b)
{
    int best = -1, from = slice_at(c, (float)b->y0), to = slice_at(c, (float)b->y1);
    float best_fit = 0;

    for (int i = from; i <= to && i < from + SLICES_MAX; i++)
        for (int k = 0; k < SLICE_CHAINS && c->slices[i].chain[k]; k++) {
            int chain = c->slices[i].chain[k] - 1;
            float f = chain == best ? 0 : fit(c, &c->s->at[chain], b);

            if (f > best_fit) {
                best = chain;
                best_fit = f;
            }
        }
    return best;
}

static void remember(struct chainer *c, int chain)
{
    int from = slice_at(c, c->s->at[chain].top), to = slice_at(c, c->s->at[chain].bottom);

    for (int i = from; i <= to && i < from + SLICES_MAX; i++) {
        struct slice *slice = &c->slices[i];
        bool is_there = false;

        for (int k = 0; k < SLICE_CHAINS; k++)
            is_there |= slice->chain[k] == chain + 1;
        if (!is_there)
            slice->chain[slice->next++ % SLICE_CHAINS] = chain + 1;
    }
}

static void append(struct strands *s, int chain, int letter)
{
    struct strand *to = &s->at[chain];
    const struct layout_box *b = &s->letters[letter].box;

    s->letters[letter].strand = chain;
    s->letters[to->last].next = letter;
    to->last = letter;
    to->count++;
    if (!is_tail(s, to, b)) {
        to->top += FOLLOW * ((float)b->y0 - to->top);
        to->bottom += FOLLOW * ((float)b->y1 - to->bottom);
    }
    box_join(&to->box, b);
}

static void begin(struct strands *s, int letter)
{
    const struct layout_box *b = &s->letters[letter].box;

    s->letters[letter].strand = s->count;
    s->at[s->count++] = (struct strand){.first = letter,
                                        .last = letter,
                                        .count = 1,
                                        .box = *b,
                                        .top = (float)b->y0,
                                        .bottom = (float)b->y1};
}

static int edge_of(const struct letter *l, bool is_left)
{
    return is_left ? l->box.x0 : l->box.y0;
}

/* Counts, for letters have small edges: those with the same one keep their order. */
static void order_by(struct arena *a, const struct letter *from, int count, bool is_left,
                     struct letter *to)
{
    int last = 0, *begin;

    for (int i = 0; i < count; i++)
        last = edge_of(&from[i], is_left) > last ? edge_of(&from[i], is_left) : last;
    begin = arena_alloc_array(a, (size_t)last + 2, sizeof *begin);
    for (int i = 0; i < count; i++)
        begin[edge_of(&from[i], is_left) + 1]++;
    for (int k = 0; k < last; k++)
        begin[k + 1] += begin[k];
    for (int i = 0; i < count; i++)
        to[begin[edge_of(&from[i], is_left)]++] = from[i];
}

/* From the left, and where that is the same from the top. */
static void order_letters(struct arena *a, struct strands *s)
{
    struct letter *by_top = arena_alloc_array(a, (size_t)s->letter_count + 1, sizeof *by_top);

    order_by(a, s->letters, s->letter_count, false, by_top);
    order_by(a, by_top, s->letter_count, true, s->letters);
}

void strands_chain(struct arena *a, struct strands *s, const struct rules *rules)
{
    struct chainer c = {.s = s, .rules = rules, .slice_height = (int)fmaxf(4, s->height / 2)};
    int bottom = 0;

    order_letters(a, s);
    for (int i = 0; i < s->letter_count; i++)
        bottom = s->letters[i].box.y1 > bottom ? s->letters[i].box.y1 : bottom;
    c.slice_count = bottom / c.slice_height + 1;
    c.slices = arena_alloc_array(a, (size_t)c.slice_count, sizeof *c.slices);
    s->at = arena_alloc_array(a, (size_t)s->letter_count + 1, sizeof *s->at);
    s->count = 0;
    for (int i = 0; i < s->letter_count; i++) {
        struct letter *letter = &s->letters[i];
        int chain;

        letter->strand = letter->next = -1;
        if (letter->is_small)
            continue;
        chain = best_chain(&c, &letter->box);
        if (chain < 0)
            begin(s, i);
        else
            append(s, chain, i);
        remember(&c, letter->strand);
    }
}

/* Letters by the cell of a grid their middle lies in. */
struct grid {
    int *head, *next; /* letter + 1 */
    int side, columns, rows;
};

static int cell_of(const struct grid *g, const struct layout_box *b)
{
    return (b->y0 + b->y1) / 2 / g->side * g->columns + (b->x0 + b->x1) / 2 / g->side;
}

static struct grid grid_new(struct arena *a, const struct strands *s)
{
    struct grid g = {.side = (int)fmaxf(8, s->height)};
    int right = 0, bottom = 0;

    for (int i = 0; i < s->letter_count; i++) {
        right = s->letters[i].box.x1 > right ? s->letters[i].box.x1 : right;
        bottom = s->letters[i].box.y1 > bottom ? s->letters[i].box.y1 : bottom;
    }
    g.columns = right / g.side + 1;
    g.rows = bottom / g.side + 1;
    g.head = arena_alloc_array(a, (size_t)g.columns * (size_t)g.rows, sizeof *g.head);
    g.next = arena_alloc_array(a, (size_t)s->letter_count + 1, sizeof *g.next);
    for (int i = 0; i < s->letter_count; i++)
        if (!s->letters[i].is_small) {
            int cell = cell_of(&g, &s->letters[i].box);

            g.next[i] = g.head[cell];
            g.head[cell] = i + 1;
        }
    return g;
}

/* How far a small mark stands from a letter, in the letter's heights; above 1 it does not
 * belong. */
static float distance(const struct layout_box *small, const struct layout_box *letter)
{
    float high = height_of(letter);
    float aside = fmaxf((float)(small->x0 - letter->x1), (float)(letter->x0 - small->x1));
    float above = (float)(letter->y0 - small->y1), below = (float)(small->y0 - letter->y1);

    aside = fmaxf(aside, 0) / (ATTACH_ASIDE * high);
    above = fmaxf(above, 0) / (ATTACH_ABOVE * high);
    below = fmaxf(below, 0) / (ATTACH_BELOW * high);
    return aside + 1.5f * above + 2 * below;
}

/* The nearest letter of a strand longer than `count`; NULL when none is near. */
static const struct letter *nearest(const struct strands *s, const struct grid *g,
                                    const struct layout_box *b, int count)
{
    int cell = cell_of(g, b), column = cell % g->columns, row = cell / g->columns;
    const struct letter *best = NULL;
    float best_distance = 1;
    int looked = 0;

    for (int y = row > 1 ? row - 2 : 0; y <= row + 2 && y < g->rows; y++)
        for (int x = column > 1 ? column - 2 : 0; x <= column + 2 && x < g->columns; x++)
            for (int i = g->head[y * g->columns + x]; i && looked < LOOKS_MAX; i = g->next[i - 1]) {
                const struct letter *l = &s->letters[i - 1];
                float d = distance(b, &l->box);

                looked++;
                if (d < best_distance && s->at[l->strand].count > count) {
                    best_distance = d;
                    best = l;
                }
            }
    return best;
}

/* Is a short strand a mark over or behind a letter, or a broken piece beside or under it? */
static bool belongs(const struct layout_box *b, const struct layout_box *letter)
{
    float high = height_of(b), by = height_of(letter);
    float wide = fminf((float)(b->x1 - b->x0), (float)(letter->x1 - letter->x0));
    float beside = (float)((b->y1 < letter->y1 ? b->y1 : letter->y1) -
                           (b->y0 > letter->y0 ? b->y0 : letter->y0));
    float over = (float)((b->x1 < letter->x1 ? b->x1 : letter->x1) -
                         (b->x0 > letter->x0 ? b->x0 : letter->x0));

    return high < LONE_SHARE * by ||
           (beside > OVERLAP * fminf(high, by) && -over < BROKEN_GAP * by) ||
           (over > OVERLAP * wide && -beside < BROKEN_GAP * fminf(high, by));
}

/* Hands all that a short strand has over to another. */
static void dissolve(struct strands *s, int from, int to)
{
    for (int i = s->at[from].first; i >= 0; i = s->letters[i].next) {
        s->letters[i].is_small = true;
        s->letters[i].strand = to;
    }
    box_join(&s->at[to].box, &s->at[from].box);
    s->at[from].count = 0;
}

void strands_attach(struct arena *a, struct strands *s)
{
    struct grid g = grid_new(a, s);

    for (int i = 0; i < s->count; i++) {
        const struct strand *strand = &s->at[i];
        const struct letter *by = strand->count > SHORT_MAX
                                      ? NULL
                                      : nearest(s, &g, &strand->box, strand->count);

        if (by && belongs(&strand->box, &by->box))
            dissolve(s, i, by->strand);
    }
    for (int i = 0; i < s->letter_count; i++) {
        struct letter *small = &s->letters[i];
        const struct letter *by = small->strand < 0 ? nearest(s, &g, &small->box, 0) : NULL;

        if (!by)
            continue;
        small->strand = by->strand;
        box_join(&s->at[by->strand].box, &small->box);
    }
}
