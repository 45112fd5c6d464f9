/* tanh, the logistic function and the step back to bytes; forward_vector.h says how. */
#ifndef RECOGNISER_VECTOR_CURVE_H
#define RECOGNISER_VECTOR_CURVE_H

#include "recogniser/vector_block.h"

enum { CURVE_END = CURVE_POINTS - 1 };

/* The curves with their ends: where one has become 1, or -1. tanh is there for both signs, so that
 * neither its index nor its fraction needs a magnitude; near 0 the logistic function would need to
 * know the sign of index 0. */
struct vector_curves {
    struct curve_point tanh[2 * CURVE_END + 1]; /* from -CURVE_END */
    struct curve_point logistic[CURVE_END + 1];
};

static struct vector_curves *vector_curves_new(struct arena *a, const struct curves *from)
{
    struct vector_curves *c = aligned_array(a, 1, sizeof *c);

    for (int i = 0; i < CURVE_END; i++) {
        c->tanh[CURVE_END - i] = (struct curve_point){-from->tanh[i].value, from->tanh[i].step};
        c->tanh[CURVE_END + i] = from->tanh[i];
        c->logistic[i] = from->logistic[i];
    }
    c->tanh[0].value = -1;
    c->tanh[2 * CURVE_END].value = c->logistic[CURVE_END].value = 1;
    return c;
}

/* Not beyond ±limit. */
LANE_INLINE floats lanes_limited(floats x, float limit)
{
    return lanes_most(lanes_least(x, (floats){0} + limit), (floats){0} - limit);
}

LANE_INLINE floats curve_at(const struct curve_point *curve, floats x)
{
    floats fraction, value, step;
    ints index = __builtin_convertvector(x, ints);

    fraction = x - __builtin_convertvector(index, floats);
    lanes_look_up(curve, index, &value, &step);
    return value + step * fraction;
}

/* At x / 256, both. */
LANE_INLINE floats tanh_of(const struct vector_curves *c, floats x)
{
    return curve_at(c->tanh + CURVE_END, lanes_limited(x, CURVE_END));
}

LANE_INLINE floats logistic_of(const struct vector_curves *c, floats x)
{
    floats value = curve_at(c->logistic, lanes_least(lanes_magnitude(x), (floats){0} + CURVE_END));

    return lanes_complement_of_negative(value, x);
}

/* -1 to 1 becomes a byte, halves away from zero. */
LANE_INLINE void activations_store(unsigned char *to, floats x)
{
    floats scaled = x * INT8_SCALE;
    floats half = lanes_signed((floats){0} + 0.5F, scaled);

    lanes_store_bytes(to, __builtin_convertvector(scaled + half, ints) + OFFSET);
}

#endif
