/*
 * exp of a float with the bits of Debian 12's C library (glibc 2.36, expf), so that probabilities
 * do not depend on the C library of the day.
 *
 *   x * EXP_SCALE = k + r with k whole, r within ±1/2 (adding EXP_SHIFT rounds to k)
 *   exp(x) = 2^(k/32) * ((A r + B) r^2 + (C r + 1)), in double, rounded once
 *
 * The steps are told here because kernels take them eight at a time. The coefficients are those of
 * Arm's optimized routines (expf, MIT licence), which glibc took over. Each multiplication that is
 * followed by an addition is fused with it, as in glibc's build for processors that can: all of
 * the 296,484,865 floats from -86 to -2e-9 are equal to it. Unfused one differs, -63.0994606, and
 * ordinary lines meet it.
 */
#ifndef RECOGNISER_NATURAL_EXP_H
#define RECOGNISER_NATURAL_EXP_H

#include <stdint.h>

enum { EXP_TABLE_BITS = 5, EXP_TABLE_COUNT = 1 << EXP_TABLE_BITS };

#define EXP_SCALE (0x1.71547652b82fep+0 * EXP_TABLE_COUNT)
#define EXP_SHIFT 0x1.8p52
#define EXP_A (0x1.c6af84b912394p-5 / EXP_TABLE_COUNT / EXP_TABLE_COUNT / EXP_TABLE_COUNT)
#define EXP_B (0x1.ebfce50fac4f3p-3 / EXP_TABLE_COUNT / EXP_TABLE_COUNT)
#define EXP_C (0x1.62e42ff0c52d6p-1 / EXP_TABLE_COUNT)

/* The bits of 2^(i/32), correctly rounded, less i << 47: those of 2^(k/32) are
 * exp_table[k % 32] + (k << 47). */
extern const uint64_t exp_table[EXP_TABLE_COUNT];

float natural_exp(float x); /* -86 to 86 */

#endif
