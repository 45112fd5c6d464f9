/* What a processor with AVX2 does with 8 lanes in its own way, but for the dot product. */
#ifndef RECOGNISER_LANES_AVX2_H
#define RECOGNISER_LANES_AVX2_H

#include "recogniser/forward_kernel.h"
#include "recogniser/forward_lanes.h"
#include "recogniser/natural_exp.h"

#include <immintrin.h>

/* Point and step lie together, so a gather of 64 bits brings both: of lanes 0 1 4 5 and 2 3 6 7,
 * as the shuffle that parts points from steps wants them. */
LANE_INLINE void lanes_look_up(const struct curve_point *curve, ints index, floats *ret_value,
                               floats *ret_step)
{
    __m256i order = _mm256_permute4x64_epi64((__m256i)index, _MM_SHUFFLE(3, 1, 2, 0));
    const long long *points = (const void *)curve;
    __m256 a = (__m256)_mm256_i32gather_epi64(points, _mm256_castsi256_si128(order), 8);
    __m256 b = (__m256)_mm256_i32gather_epi64(points, _mm256_extracti128_si256(order, 1), 8);

    *ret_value = (floats)_mm256_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0));
    *ret_step = (floats)_mm256_shuffle_ps(a, b, _MM_SHUFFLE(3, 1, 3, 1));
}

LANE_INLINE longs lanes_exp_table(longs index)
{
    return (longs)_mm256_i64gather_epi64((const long long *)(const void *)exp_table, (__m256i)index,
                                         sizeof *exp_table);
}

LANE_INLINE floats lanes_least(floats a, floats b)
{
    return (floats)_mm256_min_ps((__m256)a, (__m256)b);
}

LANE_INLINE floats lanes_most(floats a, floats b)
{
    return (floats)_mm256_max_ps((__m256)a, (__m256)b);
}

LANE_INLINE ints lanes_larger(ints a, ints b)
{
    return (ints)_mm256_max_epi32((__m256i)a, (__m256i)b);
}

LANE_INLINE floats lanes_complement_of_negative(floats x, floats sign)
{
    return (floats)_mm256_blendv_ps((__m256)x, (__m256)(1 - x), (__m256)sign);
}

LANE_INLINE doubles lanes_fused(doubles a, doubles b, doubles c)
{
    return (doubles)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}

LANE_INLINE ints lanes_load_bytes(const int8_t *from)
{
    return (ints)_mm256_cvtepu8_epi32(_mm_loadu_si64(from));
}

/* The low byte of each lane. */
LANE_INLINE void lanes_store_bytes(unsigned char *to, ints values)
{
    const __m256i low = _mm256_set1_epi32(0x0c080400);
    __m256i bytes = _mm256_shuffle_epi8((__m256i)values, low);
    int32_t halves[2] = {_mm256_extract_epi32(bytes, 0), _mm256_extract_epi32(bytes, 4)};

    memcpy(to, halves, sizeof halves);
}

#endif
