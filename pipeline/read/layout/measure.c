/*
 * The measures a crop needs. The baseline is a straight line through the feet of most letters: a
 * least-squares fit that drops what hangs below (commas, descenders) and tries again. Heights above
 * it fall into two heaps, small letters and ascenders or capitals; a line with one heap only
 * borrows the proportions of the nearest line of its size, and is capitals or digits when there is
 * none.
 */
#include "pipeline/read/layout/strands.h"

#include "base/arena.h"
#include "base/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DESCENT 0.5f  /* of the x-height, when not seen: Tesseract's proportion */
#define CAPITAL 1.4f  /* capitals and digits to x-height in common type */
#define RISE_MIN 1.2f /* ascender to x-height */
#define RISE_MAX 2.0f
#define ALIKE 0.1f
#define NEIGHBOURS 60 /* lines asked for proportions */
#define UP_MAX 2.6f   /* x-heights kept above the baseline: accents on capitals */
#define DOWN_MAX 1.2f
#define TOUCHING 1.5f /* heights of a line: no letter is as tall */
#define SLOPE_LETTERS 8
#define SLOPE_MAX 0.15f
#define SLOPE_APART 0.008f /* half a degree: a line leaning otherwise than the page is misfitted */

enum { SAMPLE_MAX = 400 };

static float middle_of(float *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_floats);
    return count ? values[count / 2] : 0;
}

/* The letters' middles and feet; at most SAMPLE_MAX of them. */
struct sample {
    float x[SAMPLE_MAX], top[SAMPLE_MAX], foot[SAMPLE_MAX];
    int count;
};

static void take_sample(const struct strands *s, const struct strand *strand, struct sample *ret)
{
    ret->count = 0;
    for (int i = strand->first; i >= 0 && ret->count < SAMPLE_MAX; i = s->letters[i].next) {
        const struct layout_box *b = &s->letters[i].box;

        ret->x[ret->count] = (float)(b->x0 + b->x1) / 2;
        ret->top[ret->count] = (float)b->y0;
        ret->foot[ret->count++] = (float)b->y1;
    }
}

/* The middle foot, seen along `slope`. */
static float middle_foot(const struct sample *p, float slope)
{
    float feet[SAMPLE_MAX];

    for (int i = 0; i < p->count; i++)
        feet[i] = p->foot[i] - slope * p->x[i];
    return middle_of(feet, p->count);
}

/* One least-squares step over the feet within `margin` of the line so far. */
static bool refit(const struct sample *p, float margin, float *slope, float *base)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, d;

    for (int i = 0; i < p->count; i++)
        if (fabsf(p->foot[i] - *base - *slope * p->x[i]) <= margin) {
            n++;
            sx += p->x[i];
            sy += p->foot[i];
            sxx += (double)p->x[i] * p->x[i];
            sxy += (double)p->x[i] * p->foot[i];
        }
    d = n * sxx - sx * sx;
    if (n < 4 || d < 1)
        return false;
    *slope = (float)((n * sxy - sx * sy) / d);
    *base = (float)((sy - *slope * sx) / n);
    return fabsf(*slope) <= SLOPE_MAX;
}

static void fit_baseline(const struct sample *p, struct strand *strand)
{
    float width = (float)(strand->box.x1 - strand->box.x0), slope = 0, base;

    strand->has_slope = false;
    if (p->count >= SLOPE_LETTERS && width > 6 * strand->height) {
        float rise = (p->foot[p->count - 1] + p->foot[p->count - 2] - p->foot[0] - p->foot[1]) / 2;

        slope = fabsf(rise) > strand->height ? rise / width : 0;
        base = middle_foot(p, slope);
        strand->has_slope = refit(p, 0.5f * strand->height, &slope, &base) &&
                            refit(p, 0.2f * strand->height, &slope, &base) &&
                            refit(p, 0.1f * strand->height + 1, &slope, &base);
    }
    strand->slope = strand->has_slope ? slope : 0;
    strand->baseline = strand->has_slope ? base : middle_foot(p, 0);
}

/* The feet's most common height along a given slope: half of them may hang below. */
static void settle_baseline(const struct sample *p, struct strand *strand)
{
    float feet[SAMPLE_MAX], margin = 0.06f * strand->height + 0.75f, best = -1;
    int best_count = 0;

    for (int i = 0; i < p->count; i++)
        feet[i] = p->foot[i] - strand->slope * p->x[i];
    qsort(feet, (size_t)p->count, sizeof *feet, compare_floats);
    for (int from = 0, to = 0; from < p->count; from++) {
        while (to < p->count && feet[to] - feet[from] <= 2 * margin)
            to++;
        if (to - from > best_count) { /* of two heaps alike the upper: the lower are descenders */
            best_count = to - from;
            best = feet[(from + to - 1) / 2];
        }
    }
    strand->baseline = best;
}

/* Splits sorted heights into a lower and an upper heap; the share of the upper one. */
static float split_heights(const float *heights, int count, float *low, float *high)
{
    double total = 0, below = 0, best = 0;
    int at = 0;

    for (int i = 0; i < count; i++)
        total += heights[i];
    for (int i = 1; i < count; i++) {
        double mean_low, mean_high, between;

        below += heights[i - 1];
        mean_low = below / i;
        mean_high = (total - below) / (count - i);
        between = (mean_high - mean_low) * (mean_high - mean_low) * i * (count - i);
        if (between > best) {
            best = between;
            at = i;
        }
    }
    *low = heights[at / 2];
    *high = heights[at + (count - at) / 2];
    return (float)(count - at) / (float)count;
}

static void measure_heights(const struct sample *p, struct strand *strand)
{
    float heights[SAMPLE_MAX], hang[SAMPLE_MAX], low, high, share;
    int count = 0, hanging = 0;

    for (int i = 0; i < p->count; i++) {
        float base = strand->baseline + strand->slope * p->x[i];
        float height = base - p->top[i], below = p->foot[i] - base;

        if (height > 0.4f * strand->height && below > -0.25f * strand->height)
            heights[count++] = height;
        if (below > 0.12f * strand->height && below < 0.6f * strand->height && height > 0)
            hang[hanging++] = below;
    }
    strand->has_ascent = false;
    strand->x_height = strand->height;
    strand->descent = hanging ? middle_of(hang, hanging) : 0;
    if (count == 0)
        return;
    qsort(heights, (size_t)count, sizeof *heights, compare_floats);
    strand->x_height = heights[count / 2];
    share = split_heights(heights, count, &low, &high);
    if (count >= 5 && share >= 0.08f && share <= 0.92f && high >= RISE_MIN * low &&
        high <= RISE_MAX * low) {
        strand->has_ascent = true;
        strand->x_height = low;
        strand->ascent = high - low;
    }
}

static bool is_alike(float one, float other)
{
    return fabsf(one - other) <= ALIKE * other;
}

/* Takes the proportions of a neighbour whose capitals, or small letters, are as high. */
static bool borrow(struct strand *to, const struct strand *from)
{
    float capital = from->x_height + from->ascent;

    if (!from->has_ascent)
        return false;
    if (is_alike(to->x_height, capital)) {
        to->ascent = to->x_height * from->ascent / capital;
        to->x_height -= to->ascent;
    } else if (is_alike(to->x_height, from->x_height)) {
        to->ascent = from->ascent;
    } else {
        return false;
    }
    if (to->descent <= 0)
        to->descent = from->descent;
    return true;
}

static int by_top(const void *one, const void *other)
{
    const struct strand *a = *(struct strand *const *)one, *b = *(struct strand *const *)other;

    return a->box.y0 != b->box.y0 ? (a->box.y0 < b->box.y0 ? -1 : 1)
                                  : (a->first > b->first) - (a->first < b->first);
}

/* What a line does not show itself comes from the nearest line of its size, or from common type. */
static void guess_heights(struct strand **sorted, int count)
{
    for (int i = 0; i < count; i++) {
        struct strand *s = sorted[i];
        bool is_known = s->has_ascent;

        for (int k = 1; k <= NEIGHBOURS && !is_known; k++)
            is_known = (i >= k && borrow(s, sorted[i - k])) ||
                       (i + k < count && borrow(s, sorted[i + k]));
        if (!is_known) {
            s->ascent = s->x_height * (1 - 1 / CAPITAL);
            s->x_height /= CAPITAL;
        }
        if (s->descent < 0.2f * s->x_height)
            s->descent = DESCENT * s->x_height;
    }
}

/* How far anything of a strand reaches above and below its baseline. */
static void reach(struct strands *s)
{
    for (int i = 0; i < s->count; i++) {
        s->at[i].up = s->at[i].x_height + s->at[i].ascent;
        s->at[i].down = s->at[i].descent;
    }
    for (int i = 0; i < s->letter_count; i++) {
        const struct letter *l = &s->letters[i];
        struct strand *to = l->strand < 0 ? NULL : &s->at[l->strand];
        float base;

        if (!to ||
            (float)(l->box.y1 - l->box.y0) > TOUCHING * (to->x_height + to->ascent + to->descent))
            continue; /* letters of two lines that touch would draw the other line in */
        base = to->baseline + to->slope * (float)(l->box.x0 + l->box.x1) / 2;
        to->up = fmaxf(to->up, base - (float)l->box.y0);
        to->down = fmaxf(to->down, (float)l->box.y1 - base);
    }
    for (int i = 0; i < s->count; i++) {
        s->at[i].up = fminf(s->at[i].up, UP_MAX * s->at[i].x_height);
        s->at[i].down = fminf(s->at[i].down, DOWN_MAX * s->at[i].x_height);
    }
}

/* The slope of the page: the middle of its longer lines', each weighing what it is wide. */
static float page_slope(struct arena *a, const struct strands *s)
{
    float *slopes = arena_alloc_array(a, (size_t)s->count + 1, sizeof *slopes);
    int count = 0;

    for (int i = 0; i < s->count; i++)
        if (s->at[i].has_slope && s->at[i].count >= 2 * SLOPE_LETTERS)
            slopes[count++] = s->at[i].slope;
    return middle_of(slopes, count);
}

float strands_measure(struct arena *a, struct strands *s)
{
    struct strand **sorted = arena_alloc_array(a, (size_t)s->count + 1, sizeof(struct strand *));
    struct sample *p = arena_alloc(a, sizeof *p);
    float slope;

    for (int i = 0; i < s->count; i++) {
        float heights[SAMPLE_MAX];

        take_sample(s, &s->at[i], p);
        for (int k = 0; k < p->count; k++)
            heights[k] = p->foot[k] - p->top[k];
        s->at[i].height = middle_of(heights, p->count);
        fit_baseline(p, &s->at[i]);
        sorted[i] = &s->at[i];
    }
    slope = page_slope(a, s);
    for (int i = 0; i < s->count; i++) {
        struct strand *strand = &s->at[i];

        take_sample(s, strand, p);
        if (!strand->has_slope || fabsf(strand->slope - slope) > SLOPE_APART)
            strand->slope = slope;
        settle_baseline(p, strand);
        measure_heights(p, strand);
    }
    qsort(sorted, (size_t)s->count, sizeof *sorted, by_top);
    guess_heights(sorted, s->count);
    reach(s);
    return slope;
}
