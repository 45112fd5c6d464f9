/*
 * The kernel for processors with AVX2: 8 lanes, no dot product of bytes. Activations stay int8.
 *
 * What there is multiplies unsigned by signed bytes, adds pairs in 16 bits and saturates. So the
 * weights' magnitudes are multiplied, and the activations are turned over (~x = -x - 1) where a
 * weight is negative: with both at most 128 a pair is at least -32,768 and never more than 32,258.
 */
#define LANES 8
#include "recogniser/forward_lanes.h"

#include <immintrin.h>

enum { OFFSET = 0, WEIGHT_VECTORS = 2 };

LANE_INLINE ints lanes_dot(ints sum, ints activations, const int8_t *weights)
{
    ints factors = activations ^ ints_load(weights + sizeof(ints));
    __m256i pairs = _mm256_maddubs_epi16((__m256i)ints_load(weights), (__m256i)factors);

    return sum + (ints)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

#include "recogniser/lanes_avx2.h"

#include "recogniser/forward_vector.h"

static bool is_supported(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

const struct forward_kernel forward_avx2 = VECTOR_KERNEL("avx2", is_supported);
