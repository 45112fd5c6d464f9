/*
 * The kernel for processors with AVX2: 8 lanes, three sequences times four gates in 12 of the 16
 * registers. Activations stay int8; there is no dot product of bytes.
 */
#define LANES 8
#include "recogniser/forward_lanes.h"

#include <immintrin.h>

enum { SEQUENCES = 3, OFFSET = 0 };

/* The product of unsigned and signed bytes adds pairs in 16 bits and saturates at 32,767: with
 * magnitudes of weights (at most 128) and activations of the products' sign (at most 127) the
 * greatest is 32,512. */
LANE_INLINE ints lanes_dot(ints sum, ints activations, ints weights)
{
    __m256i magnitudes = _mm256_abs_epi8((__m256i)weights);
    __m256i factors = _mm256_sign_epi8((__m256i)activations, (__m256i)weights);
    __m256i pairs = _mm256_maddubs_epi16(magnitudes, factors);

    return sum + (ints)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

#include "recogniser/lanes_avx2.h"

#include "recogniser/forward_vector.h"

static bool is_supported(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

const struct forward_kernel forward_avx2 = VECTOR_KERNEL("avx2", is_supported);
