/* The last layer and its probabilities; forward_vector.h says how. */
#ifndef RECOGNISER_VECTOR_SOFTMAX_H
#define RECOGNISER_VECTOR_SOFTMAX_H

#include "base/mem.h"
#include "recogniser/natural_exp.h"
#include "recogniser/vector_block.h"

#include <float.h>

#define EXPONENT_MIN (-86.0F)

struct vector_softmax {
    struct packed rows;
    int classes;
};

static void *softmax_pack(struct arena *a, const struct weights *w)
{
    struct vector_softmax *p = arena_alloc(a, sizeof *p);
    int counts[2] = {w->cols - 1, 0}, block = BLOCK_VECTORS * LANES;

    p->classes = w->rows;
    p->rows = packed_new(a, whole(w->rows, block), w->cols - 1, 0);
    for (int i = 0; i < w->rows; i++)
        packed_set(&p->rows, i / block, i % block / LANES, i % LANES, w, i, counts);
    return p;
}

LANE_INLINE half_floats half_exp(half_floats exponent)
{
    const doubles scale = (doubles){0} + EXP_SCALE, shift = (doubles){0} + EXP_SHIFT;
    doubles x = __builtin_convertvector(exponent, doubles);
    doubles shifted = lanes_fused(scale, x, shift);
    doubles r = lanes_fused(scale, x, -(shifted - shift));
    longs k = (longs)shifted;
    doubles power = (doubles)(lanes_exp_table(k & (EXP_TABLE_COUNT - 1)) +
                              (k << (52 - EXP_TABLE_BITS)));
    doubles high = lanes_fused((doubles){0} + EXP_A, r, (doubles){0} + EXP_B);
    doubles low = lanes_fused((doubles){0} + EXP_C, r, (doubles){0} + 1);

    return __builtin_convertvector(lanes_fused(high, r * r, low) * power, half_floats);
}

static float row_maximum(const float *row, int vectors)
{
    floats best = floats_load(row);
    float max;

    for (int i = 1; i < vectors; i++)
        best = lanes_most(best, floats_load(row + i * LANES));
    max = best[0];
    for (int i = 1; i < LANES; i++)
        max = best[i] > max ? best[i] : max;
    return max;
}

/* e to the power of each less the row's maximum, in place. */
static void row_exp(float *row, int vectors)
{
    float max = row_maximum(row, vectors);

    for (int i = 0; i < vectors; i++) {
        floats exponent = lanes_most(floats_load(row + i * LANES) - max,
                                     (floats){0} + EXPONENT_MIN);
        half_floats halves[2];

        memcpy(halves, &exponent, sizeof halves);
        halves[0] = half_exp(halves[0]);
        halves[1] = half_exp(halves[1]);
        memcpy(row + i * LANES, halves, sizeof halves);
    }
}

/* The sums of several rows, each in class order: their additions wait for each other. */
LANE_INLINE void rows_sum(const float *rows, ptrdiff_t width, int classes, float sums[SEQUENCES])
{
    for (int s = 0; s < SEQUENCES; s++)
        sums[s] = 0;
    for (int i = 0; i < classes; i++)
#pragma GCC unroll 8
        for (int s = 0; s < SEQUENCES; s++)
            sums[s] += rows[s * width + i];
}

/* Row results of SEQUENCES steps at once. */
static void softmax_rows(const struct vector_softmax *p, const unsigned char *const at[SEQUENCES],
                         float *rows, ptrdiff_t width)
{
    for (int block = 0; block < p->rows.blocks; block++) {
        ints sums[SEQUENCES][BLOCK_VECTORS];

        block_start(&p->rows, block, sums, SEQUENCES);
        block_sum(block_weights(&p->rows, block), p->rows.quads[0], at, sums, SEQUENCES);
#pragma GCC unroll 8
        for (int s = 0; s < SEQUENCES; s++)
#pragma GCC unroll 4
            for (int v = 0; v < BLOCK_VECTORS; v++) {
                int first = (block * BLOCK_VECTORS + v) * LANES;
                floats x = scaled_sum(sums[s][v], p->rows.scales + first);

                memcpy(rows + s * width + first, &x, sizeof x);
            }
    }
}

/* Steps that are missing in the last group repeat its first. */
static void softmax(const void *packed, const unsigned char *in, ptrdiff_t stride, int steps,
                    float *out)
{
    const struct vector_softmax *p = packed;
    int width = p->rows.blocks * BLOCK_VECTORS * LANES;
    AUTO_FREE float *rows = mem_alloc_array((size_t)(SEQUENCES * width), sizeof *rows);

    for (int t = 0; t < steps; t += SEQUENCES) {
        int count = steps - t < SEQUENCES ? steps - t : SEQUENCES;
        const unsigned char *at[SEQUENCES];
        float sums[SEQUENCES];

        for (int s = 0; s < SEQUENCES; s++)
            at[s] = in + (t + (s < count ? s : 0)) * stride;
        softmax_rows(p, at, rows, width);
        for (int s = 0; s < count; s++) {
            for (int i = p->classes; i < width; i++)
                rows[s * width + i] = -FLT_MAX;
            row_exp(rows + s * width, whole(p->classes, LANES));
        }
        rows_sum(rows, width, p->classes, sums);
        for (int s = 0; s < count; s++, out += p->classes)
            for (int i = 0; i < p->classes; i++)
                out[i] = rows[s * width + i] / sums[s];
    }
}

#endif
