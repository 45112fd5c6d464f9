/*
 * x = 2^k z with z in [0.7, 1.4): log x = k log 2 + log c + log(z / c), where c is close to z,
 * 1/c from a table of 16 and the last term a polynomial of degree 4, in double, rounded once. The
 * reciprocals and coefficients are those of Arm's optimized routines (logf, MIT licence), which
 * glibc took over; log c is the correctly rounded logarithm. Compared with logf() for each of the
 * 254,958,542 floats from exp(-20) to 3, with and without fused multiply-add: all equal.
 */
#include "recogniser/natural_log.h"

#include <stdint.h>
#include <string.h>

#define LOG_2 0x1.62e42fefa39efp-1

enum { MANTISSA_BITS = 23, TABLE_BITS = 4, FIRST_Z = 0x3f330000 };

static const struct {
    double reciprocal, log;
} centres[1 << TABLE_BITS] = {
    {0x1.661ec79f8f3bep+0, -0x1.57bf7808caadep-2}, {0x1.571ed4aaf883dp+0, -0x1.2bef0a7c06ddbp-2},
    {0x1.49539f0f010bp+0, -0x1.01eae7f513a67p-2},  {0x1.3c995b0b80385p+0, -0x1.b31d8a68224e9p-3},
    {0x1.30d190c8864a5p+0, -0x1.6574f0ac07758p-3}, {0x1.25e227b0b8eap+0, -0x1.1aa2bc79c81p-3},
    {0x1.1bb4a4a1a343fp+0, -0x1.a4e76ce8c0e5ep-4}, {0x1.12358f08ae5bap+0, -0x1.1973c5a611cccp-4},
    {0x1.0953f419900a7p+0, -0x1.252f438e10c1ep-5}, {1, 0},
    {0x1.e608cfd9a47acp-1, 0x1.aa5aa5df25984p-5},  {0x1.ca4b31f026aap-1, 0x1.c5e53aa362eb4p-4},
    {0x1.b2036576afce6p-1, 0x1.526e57720db08p-3},  {0x1.9c2d163a1aa2dp-1, 0x1.bc2860d22477p-3},
    {0x1.886e6037841edp-1, 0x1.1058bc8a07ee1p-2},  {0x1.767dcf5534862p-1, 0x1.4043057b6ee09p-2},
};

float natural_log(float x)
{
    uint32_t bits, above;
    int i, exponent;
    float z;
    double r, r2, log_c;

    memcpy(&bits, &x, sizeof bits);
    above = bits - FIRST_Z;
    i = above >> (MANTISSA_BITS - TABLE_BITS) & ((1 << TABLE_BITS) - 1);
    exponent = (int32_t)above >> MANTISSA_BITS;
    bits -= (uint32_t)exponent << MANTISSA_BITS;
    memcpy(&z, &bits, sizeof z);
    r = (double)z * centres[i].reciprocal - 1;
    r2 = r * r;
    log_c = centres[i].log + exponent * LOG_2;
    return (
        float)((-0x1.00ea348b88334p-2 * r2 + (0x1.5575b0be00b6ap-2 * r - 0x1.ffffef20a4123p-2)) *
                   r2 +
               (log_c + r));
}
