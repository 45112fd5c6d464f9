/*
 * Faint and dotted print breaks letters, and their pieces chain among themselves: two strands then
 * lie over each other. Once lines have a baseline and heights, a strand that stands in the band of
 * another, over it or closer than a word's space, is that line's. Lines sorted from the top are
 * compared with those whose band can reach them only.
 */
#include "pipeline/read/layout/strands.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>

#define INSIDE 0.7f /* of a strand's height, in the band of another */
#define GAP 0.5f    /* capital heights beside it */
#define TALLER 1.4f /* capital heights: more is another type, or a scrawl */
#define LEVEL 0.3f  /* x-heights between baselines, of strands as high as each other */
#define PIECE 0.7f  /* of the capital height: what is lower may be a piece of letters */

enum { STRANDS_MAX = 4000 };

/* A strand and its band: from the tops of capitals to the feet of descenders. */
struct band {
    struct strand *strand;
    int at;
    float top, bottom;
};

static int by_top(const void *one, const void *other)
{
    const struct band *a = one, *b = other;

    return a->top != b->top ? (a->top < b->top ? -1 : 1) : a->at - b->at;
}

static float capital(const struct strand *s)
{
    return s->x_height + s->ascent;
}

/* Is `s` part of the line `of`, which is at least as wide? */
static bool is_part(const struct strand *s, const struct strand *of, const struct rules *rules)
{
    const struct layout_box *b = &s->box;
    float middle = (float)(b->x0 + b->x1) / 2, high = (float)(b->y1 - b->y0);
    float base = of->baseline + of->slope * middle, cap = capital(of);
    float top = base - cap, bottom = base + of->descent;
    float gap = fmaxf((float)(b->x0 - of->box.x1), (float)(of->box.x0 - b->x1));
    float inside = fminf(bottom, (float)b->y1) - fmaxf(top, (float)b->y0);
    int x0 = b->x0 < of->box.x0 ? b->x1 : of->box.x1, x1 = x0 + (int)gap;

    if (gap > GAP * cap || high > TALLER * (cap + of->descent) || inside < INSIDE * high)
        return false;
    if (s->height > PIECE * cap &&
        fabsf(s->baseline + s->slope * middle - base) > LEVEL * of->x_height)
        return false;
    return gap < 2 || !rules_part(rules, x0 - 2, x1 + 2, (int)top, (int)bottom);
}

/* Puts the letters of one chain among those of another, from the left. */
static void merge(struct strands *s, struct strand *to, struct strand *from)
{
    int strand = s->letters[to->first].strand, i = to->first, k = from->first, *link = &to->first;

    while (i >= 0 || k >= 0) {
        int *next = k < 0 || (i >= 0 && s->letters[i].box.x0 <= s->letters[k].box.x0) ? &i : &k;

        *link = to->last = *next;
        s->letters[*next].strand = strand;
        link = &s->letters[*next].next;
        *next = *link;
    }
    *link = -1;
    to->count += from->count;
    box_join(&to->box, &from->box);
    from->count = 0;
    from->first = -1;
}

static int width_of(const struct strand *s)
{
    return s->box.x1 - s->box.x0;
}

/* Small letters follow the strand theirs went to. */
static void follow(struct strands *s, const int *gone)
{
    for (int i = 0; i < s->letter_count; i++) {
        int *strand = &s->letters[i].strand;

        while (*strand >= 0 && gone[*strand])
            *strand = gone[*strand] - 1;
    }
}

bool strands_join(struct arena *a, struct strands *s, const struct rules *rules)
{
    struct band *bands = arena_alloc_array(a, (size_t)s->count + 1, sizeof *bands);
    int *gone = arena_alloc_array(a, (size_t)s->count + 1, sizeof *gone); /* whose it is, + 1 */
    int count = 0;
    bool is_any = false;

    for (int i = 0; i < s->count && s->count <= STRANDS_MAX; i++)
        if (s->at[i].count > 0) {
            const struct layout_box *b = &s->at[i].box;

            bands[count++] = (struct band){&s->at[i], i, (float)b->y0, (float)b->y1};
        }
    qsort(bands, (size_t)count, sizeof *bands, by_top);
    for (int i = 0; i < count; i++)
        for (int k = i + 1; k < count && bands[k].top < bands[i].bottom; k++) {
            bool is_wider = width_of(bands[i].strand) >= width_of(bands[k].strand);
            const struct band *of = &bands[is_wider ? i : k], *part = &bands[is_wider ? k : i];

            if (of->strand->count == 0 || part->strand->count == 0 ||
                !is_part(part->strand, of->strand, rules))
                continue;
            merge(s, of->strand, part->strand);
            gone[part->at] = of->at + 1;
            is_any = true;
        }
    if (is_any)
        follow(s, gone);
    return is_any;
}
