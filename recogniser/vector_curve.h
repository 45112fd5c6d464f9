/* tanh, the logistic function and the step back to bytes; forward_vector.h says how. */
#ifndef RECOGNISER_VECTOR_CURVE_H
#define RECOGNISER_VECTOR_CURVE_H

#include "recogniser/vector_block.h"

/* The table's last point is where a curve has become 1. */
static struct curves *curves_ending(struct arena *a, const struct curves *from)
{
    struct curves *c = aligned_array(a, 1, sizeof *c);

    *c = *from;
    c->tanh[CURVE_POINTS - 1] = c->logistic[CURVE_POINTS - 1] = (struct curve_point){1, 0};
    return c;
}

/* The curve at |x| / 256. */
LANE_INLINE floats curve_at(const struct curve_point *curve, floats x)
{
    floats magnitude = (floats)((ints)x & INT32_MAX), value, step;
    ints index;

    magnitude = lanes_least(magnitude, (floats){0} + (CURVE_POINTS - 1));
    index = __builtin_convertvector(magnitude, ints);
    lanes_look_up(curve, index, &value, &step);
    return value + step * (magnitude - __builtin_convertvector(index, floats));
}

LANE_INLINE floats tanh_of(const struct curves *c, floats x)
{
    return (floats)((ints)curve_at(c->tanh, x) | ((ints)x & INT32_MIN));
}

LANE_INLINE floats logistic_of(const struct curves *c, floats x)
{
    floats value = curve_at(c->logistic, x);

    return lanes_by_sign(x, value, 1 - value);
}

/* -1 to 1 becomes a byte, halves away from zero. */
LANE_INLINE void activations_store(unsigned char *to, floats x)
{
    floats scaled = x * INT8_SCALE;
    floats half = (floats)((ints)((floats){0} + 0.5F) | ((ints)scaled & INT32_MIN));

    lanes_store_bytes(to, __builtin_convertvector(scaled + half, ints) + OFFSET);
}

#endif
