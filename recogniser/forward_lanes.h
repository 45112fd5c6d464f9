/*
 * Vectors of LANES numbers of 32 bits, in the compiler's own notation: + - * & are lane by lane.
 * The includer defines LANES; what a processor does in its own way stands in the kernel's file.
 */
#ifndef RECOGNISER_FORWARD_LANES_H
#define RECOGNISER_FORWARD_LANES_H

#include <stdint.h>
#include <string.h>

typedef int32_t ints __attribute__((vector_size(4 * LANES)));
typedef float floats __attribute__((vector_size(4 * LANES)));

/* Half as many, twice as wide; and half as many floats. */
typedef int64_t longs __attribute__((vector_size(4 * LANES)));
typedef double doubles __attribute__((vector_size(4 * LANES)));
typedef float half_floats __attribute__((vector_size(2 * LANES)));

#define LANE_INLINE static inline __attribute__((always_inline))

LANE_INLINE ints ints_load(const void *from)
{
    ints v;

    memcpy(&v, from, sizeof v);
    return v;
}

LANE_INLINE floats floats_load(const void *from)
{
    return (floats)ints_load(from);
}

LANE_INLINE ints quad_everywhere(const unsigned char *from)
{
    int32_t quad;

    memcpy(&quad, from, sizeof quad);
    return (ints){0} + quad;
}

LANE_INLINE floats lanes_magnitude(floats x)
{
    return (floats)((ints)x & INT32_MAX);
}

/* A magnitude with another's sign. */
LANE_INLINE floats lanes_signed(floats magnitude, floats sign)
{
    return (floats)((ints)magnitude | ((ints)sign & INT32_MIN));
}

#endif
