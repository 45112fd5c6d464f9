/*
 * The kernel for processors with AVX2 and the dot product of bytes in 256 bits (AVX-VNNI): client
 * processors without AVX-512.
 */
#define LANES 8
#include "recogniser/forward_lanes.h"

#include <cpuid.h>

enum { OFFSET = 128, WEIGHT_VECTORS = 1 };

/* Written out as in forward_vnni.c; the prefix asks for the encoding without AVX-512. */
LANE_INLINE ints lanes_dot(ints sum, ints activations, const int8_t *weights)
{
    __asm__("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(activations), "x"(ints_load(weights)));
    return sum;
}

#include "recogniser/lanes_avx2.h"

#include "recogniser/forward_vector.h"

/* Compilers of Debian 12 do not know the name: leaf 7, subleaf 1, EAX bit 4. */
static bool is_supported(void)
{
    unsigned eax, ebx, ecx, edx;

    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && eax & 1 << 4;
}

const struct forward_kernel forward_avx_vnni = VECTOR_KERNEL("avx-vnni", is_supported);
