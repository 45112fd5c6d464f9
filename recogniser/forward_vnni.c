/*
 * The kernel for processors with AVX-512 and its dot product of bytes (VNNI): 16 lanes, six
 * sequences times four gates in 24 of the 32 registers.
 */
#define LANES 16
#include "recogniser/forward_lanes.h"

#include "recogniser/forward_kernel.h"
#include "recogniser/natural_exp.h"

#include <immintrin.h>

enum { OFFSET = 128, WEIGHT_VECTORS = 1 };

/* Written out because gcc 12 copies the sum before the intrinsic's, and runs out of registers. */
LANE_INLINE ints lanes_dot(ints sum, ints activations, const int8_t *weights)
{
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(activations), "v"(ints_load(weights)));
    return sum;
}

/* Point and step lie together, so a gather of 64 bits brings both. */
LANE_INLINE void lanes_look_up(const struct curve_point *curve, ints index, floats *ret_value,
                               floats *ret_step)
{
    const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                           30);
    __m256i low = _mm512_castsi512_si256((__m512i)index);
    __m256i high = _mm512_extracti64x4_epi64((__m512i)index, 1);
    __m512i a = _mm512_i32gather_epi64(low, curve, sizeof *curve);
    __m512i b = _mm512_i32gather_epi64(high, curve, sizeof *curve);

    *ret_value = (floats)_mm512_permutex2var_epi32(a, even, b);
    *ret_step = (floats)_mm512_permutex2var_epi32(a, _mm512_or_si512(even, _mm512_set1_epi32(1)),
                                                  b);
}

LANE_INLINE longs lanes_exp_table(longs index)
{
    return (longs)_mm512_i64gather_epi64((__m512i)index, exp_table, sizeof *exp_table);
}

LANE_INLINE floats lanes_least(floats a, floats b)
{
    return (floats)_mm512_min_ps((__m512)a, (__m512)b);
}

LANE_INLINE floats lanes_complement_of_negative(floats x, floats sign)
{
    __mmask16 is_negative = _mm512_movepi32_mask((__m512i)sign);

    return (floats)_mm512_mask_sub_ps((__m512)x, is_negative, _mm512_set1_ps(1), (__m512)x);
}

LANE_INLINE floats lanes_most(floats a, floats b)
{
    return (floats)_mm512_max_ps((__m512)a, (__m512)b);
}

LANE_INLINE ints lanes_larger(ints a, ints b)
{
    return (ints)_mm512_max_epi32((__m512i)a, (__m512i)b);
}

LANE_INLINE doubles lanes_fused(doubles a, doubles b, doubles c)
{
    return (doubles)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}

LANE_INLINE ints lanes_load_bytes(const int8_t *from)
{
    return (ints)_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)from));
}

LANE_INLINE void lanes_store_bytes(unsigned char *to, ints values)
{
    _mm_storeu_si128((__m128i *)to, _mm512_cvtepi32_epi8((__m512i)values));
}

#include "recogniser/forward_vector.h"

static bool is_supported(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni");
}

const struct forward_kernel forward_vnni = VECTOR_KERNEL("vnni", is_supported);
