/*
 * Which classes a step tries: the best two and null, and how certain each is alone and shared.
 * (Tesseract would try the others when none of these can go on. It never comes to that: null can.)
 */
#include "recogniser/beam_parts.h"

#include "recogniser/natural_log.h"

#include <string.h>

#define PROBABILITY_MIN 0x1.1b4866p-29f /* exp(-20) */
#define CERTAINTY_OFFSET (-0.085)       /* added in double */

typedef float float4 __attribute__((vector_size(16)));
typedef int int4 __attribute__((vector_size(16)));
typedef long long2 __attribute__((vector_size(16)));

enum { STRIDE = 16 };

float certainty_of(float probability)
{
    float log = probability > PROBABILITY_MIN ? natural_log(probability) : CERTAINTY_MIN;

    return (float)(log + CERTAINTY_OFFSET);
}

int classes_best(const float *probabilities, int count, int ret[CLASSES_BEST])
{
    struct heap h = {0};
    int n;

    for (int i = 0; i < count; i++) {
        if (h.size == CLASSES_BEST && !(probabilities[i] > h.items[0].key))
            continue;
        heap_push(&h, probabilities[i], i);
        if (h.size > CLASSES_BEST)
            heap_pop(&h);
    }
    n = h.size;
    while (h.size > 0) {
        int class = heap_pop(&h).value;

        ret[h.size] = class;
    }
    return n;
}

/* Whether one of STRIDE is at least the limit. */
static bool any_reaches(const float *p, float limit)
{
    int4 reach = {0};

    for (int i = 0; i < STRIDE; i += 4) {
        float4 four;

        memcpy(&four, p + i, sizeof four);
        reach |= four >= limit;
    }
    return ((long2)reach)[0] | ((long2)reach)[1];
}

/* The best two, at a tenth of the cost; false when probabilities are equal (or no numbers) and the
 * heap must say which is better. Null is nearly always one of them, so it begins. */
static bool best_two_find(const float *p, int count, int null_code, struct best_two *ret)
{
    int first = null_code, second = null_code > 0 ? 0 : 1;

    if (count < 2 || p[first] == p[second])
        return false;
    if (p[second] > p[first]) {
        first = second;
        second = null_code;
    }
    for (int i = 0; i < count; i++) {
        if (i % STRIDE == 0 && i + STRIDE <= count && !any_reaches(p + i, p[second])) {
            i += STRIDE - 1;
            continue;
        }
        if (!(p[i] >= p[second]) || i == first || i == second)
            continue;
        if (p[i] == p[second] || p[i] == p[first])
            return false;
        second = p[i] > p[first] ? first : i;
        first = p[i] > p[first] ? i : first;
    }
    *ret = (struct best_two){{first, second}};
    return p[first] > p[second];
}

struct best_two best_two_of(const struct decoder *d, const float *probabilities)
{
    struct best_two best;
    int codes[CLASSES_BEST];

    if (best_two_find(probabilities, d->classes, d->null_code, &best))
        return best;
    codes[1] = codes[0] = 0;
    classes_best(probabilities, d->classes, codes);
    return (struct best_two){{codes[0], codes[1]}};
}

static void trial_fill(const struct decoder *d, const float *p, int code, int rival,
                       struct trial *ret)
{
    int rank = d->ranks[code], null_code = d->null_code;

    *ret = (struct trial){.code = code, .unichar = NOTHING, .rival = NOTHING, .rank = rank};
    ret->alone = certainty_of(p[code]);
    if (code == null_code)
        return;
    ret->joined = ret->bridged = certainty_of(p[code] + p[null_code]);
    ret->unichar = rank < 0 ? NOTHING : d->prefixes[0].ends[rank].target;
    if (rival != null_code && rival != code) {
        ret->rival = rival;
        ret->bridged = certainty_of(p[code] + p[null_code] + p[rival]);
    }
}

void trials_open(struct beam *b, const float *probabilities, struct best_two best)
{
    const struct decoder *d = b->decoder;
    int codes[] = {best.codes[0], best.codes[1], d->null_code};

    for (int i = 0; i < b->trial_count; i++)
        b->trial_of[b->trials[i].code] = 0;
    b->trial_count = 0;
    for (int i = 0; i < 3; i++) {
        int code = codes[i], at = b->trial_count;

        if ((i > 0 && code == codes[0]) || (i > 1 && code == codes[1]))
            continue;
        for (; at > 0 && b->trials[at - 1].rank > d->ranks[code]; at--)
            b->trials[at] = b->trials[at - 1];
        trial_fill(d, probabilities, code, i < 2 ? codes[1 - i] : d->null_code, &b->trials[at]);
        b->trial_count++;
    }
    for (int i = 0; i < b->trial_count; i++)
        b->trial_of[b->trials[i].code] = (unsigned char)(i + 1);
}
