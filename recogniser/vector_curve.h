/* tanh, the logistic function and the step back to bytes; forward_vector.h says how. */
#ifndef RECOGNISER_VECTOR_CURVE_H
#define RECOGNISER_VECTOR_CURVE_H

#include "recogniser/vector_block.h"

/* The curve at the magnitude of x / 256. */
LANE_INLINE floats curve_at(const struct curve_point *curve, floats x)
{
    floats at = lanes_least(lanes_magnitude(x), (floats){0} + CURVE_END), value, step;
    ints index = __builtin_convertvector(at, ints);

    lanes_look_up(curve, index, &value, &step);
    return value + step * (at - __builtin_convertvector(index, floats));
}

/* At x / 256, both. */
LANE_INLINE floats tanh_of(const struct curves *c, floats x)
{
    return lanes_signed(curve_at(c->tanh, x), x);
}

LANE_INLINE floats logistic_of(const struct curves *c, floats x)
{
    return lanes_complement_of_negative(curve_at(c->logistic, x), x);
}

/* -1 to 1 becomes a byte, halves away from zero. */
LANE_INLINE void activations_store(unsigned char *to, floats x)
{
    floats scaled = x * INT8_SCALE;
    floats half = lanes_signed((floats){0} + 0.5F, scaled);

    lanes_store_bytes(to, __builtin_convertvector(scaled + half, ints) + OFFSET);
}

#endif
