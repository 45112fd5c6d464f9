/*
 * The kernel for 64-bit Arm processors with the dot product of bytes (Armv8.2 asimddp): 4 lanes,
 * six sequences times four gates in 24 of the 32 registers. Its product takes signed bytes, so
 * activations stay int8.
 */
#define LANES 4
#include "recogniser/forward_lanes.h"

#include "recogniser/forward_kernel.h"
#include "recogniser/natural_exp.h"

#include <arm_neon.h>
#include <sys/auxv.h>

enum { OFFSET = 0, WEIGHT_VECTORS = 1 };

LANE_INLINE ints lanes_dot(ints sum, ints activations, const int8_t *weights)
{
    return (ints)vdotq_s32((int32x4_t)sum, (int8x16_t)activations, vld1q_s8(weights));
}

/* Points and steps come as four pairs and are parted. */
LANE_INLINE void lanes_look_up(const struct curve_point *curve, ints index, floats *ret_value,
                               floats *ret_step)
{
    struct curve_point points[LANES];
    float32x4x2_t parted;

    for (int i = 0; i < LANES; i++)
        points[i] = curve[index[i]];
    parted = vld2q_f32(&points[0].value);
    *ret_value = (floats)parted.val[0];
    *ret_step = (floats)parted.val[1];
}

LANE_INLINE longs lanes_exp_table(longs index)
{
    return (longs){(int64_t)exp_table[index[0]], (int64_t)exp_table[index[1]]};
}

LANE_INLINE floats lanes_least(floats a, floats b)
{
    return (floats)vminq_f32((float32x4_t)a, (float32x4_t)b);
}

LANE_INLINE floats lanes_most(floats a, floats b)
{
    return (floats)vmaxq_f32((float32x4_t)a, (float32x4_t)b);
}

LANE_INLINE ints lanes_larger(ints a, ints b)
{
    return (ints)vmaxq_s32((int32x4_t)a, (int32x4_t)b);
}

LANE_INLINE floats lanes_complement_of_negative(floats x, floats sign)
{
    uint32x4_t is_negative = vreinterpretq_u32_s32((int32x4_t)((ints)sign >> 31));

    return (floats)vbslq_f32(is_negative, (float32x4_t)(1 - x), (float32x4_t)x);
}

LANE_INLINE doubles lanes_fused(doubles a, doubles b, doubles c)
{
    return (doubles)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}

LANE_INLINE ints lanes_load_bytes(const int8_t *from)
{
    uint8x8_t bytes = vld1_u8((const uint8_t *)from);

    return (ints)vmovl_u16(vget_low_u16(vmovl_u8(bytes)));
}

/* The low byte of each lane. */
LANE_INLINE void lanes_store_bytes(unsigned char *to, ints values)
{
    int16x4_t words = vmovn_s32((int32x4_t)values);
    int8x8_t bytes = vmovn_s16(vcombine_s16(words, words));

    vst1_lane_s32((void *)to, vreinterpret_s32_s8(bytes), 0);
}

#include "recogniser/forward_vector.h"

static bool is_supported(void)
{
    return getauxval(AT_HWCAP) & HWCAP_ASIMDDP;
}

const struct forward_kernel forward_neon = VECTOR_KERNEL("neon", is_supported);
