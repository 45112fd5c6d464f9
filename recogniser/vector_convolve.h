/* The convolution with its maximum; forward_vector.h says how. */
#ifndef RECOGNISER_VECTOR_CONVOLVE_H
#define RECOGNISER_VECTOR_CONVOLVE_H

#include "recogniser/vector_curve.h"

enum {
    CONVOLVE_QUADS = (CONVOLVE_INPUTS + QUAD - 1) / QUAD,
    CONVOLVE_COLUMNS = 64,
    CONVOLVE_PIXELS = CONVOLVE_COLUMNS * POOL_SIDE,
};

/* The inputs of some pixels of one row, four of a pixel together. */
struct pixel_quads {
    uint32_t quads[CONVOLVE_QUADS][CONVOLVE_PIXELS];
};

struct vector_convolve {
    struct packed filters; /* only the first vector of a block is used */
    const struct curves *curves;
};

static void *convolve_pack(struct arena *a, const struct weights *w, const struct curves *c)
{
    struct vector_convolve *p = arena_alloc(a, sizeof *p);
    int counts[2] = {CONVOLVE_INPUTS, 0};

    p->filters = packed_new(a, whole(w->rows, LANES), CONVOLVE_INPUTS, 0);
    for (int i = 0; i < w->rows; i++) {
        packed_set(&p->filters, i / LANES, 0, i % LANES, w, i, counts);
        p->filters.scales[i / LANES * BLOCK_VECTORS * LANES + i % LANES] *= CURVE_POINTS_A_UNIT;
    }
    p->curves = c;
    return p;
}

/* Up to LANES - 1 pixels too many. */
static void pixel_quads_fill(const struct convolve_row *row, int x, int count,
                             struct pixel_quads *ret)
{
    const ints offsets = (ints){0} + (int32_t)(0x01010101U * OFFSET);

    for (int i = 0; i < count; i += LANES)
#pragma GCC unroll 3
        for (int quad = 0; quad < CONVOLVE_QUADS; quad++) {
            ints four = offsets;

#pragma GCC unroll 4
            for (int k = 0; k < QUAD; k++)
                if (quad * QUAD + k < CONVOLVE_INPUTS)
                    four ^= lanes_load_bytes(row->inputs[quad * QUAD + k] + x + i) << (8 * k);
            memcpy(&ret->quads[quad][i], &four, sizeof four);
        }
}

/* tanh, scale and rounding keep order, so the maximum of the sums is the sum of the maximum. */
LANE_INLINE ints pooled_sum(const struct pixel_quads rows[POOL_SIDE], int x, ints start,
                            const int8_t *weights)
{
    ints best = (ints){0} + INT32_MIN;

#pragma GCC unroll 3
    for (int y = 0; y < POOL_SIDE; y++)
#pragma GCC unroll 3
        for (int i = x; i < x + POOL_SIDE; i++) {
            ints sum = start;

#pragma GCC unroll 3
            for (int quad = 0; quad < CONVOLVE_QUADS; quad++)
                sum = lanes_dot(sum, quad_everywhere((const void *)&rows[y].quads[quad][i]),
                                weights + quad * BLOCK_VECTORS * QUAD_BYTES);
            best = lanes_larger(best, sum);
        }
    return best;
}

static void convolve_columns(const struct vector_convolve *p,
                             const struct pixel_quads rows[POOL_SIDE], int columns,
                             unsigned char *out, ptrdiff_t stride)
{
    for (int block = 0; block < p->filters.blocks; block++, out += LANES) {
        const int8_t *weights = block_weights(&p->filters, block);
        int at = block * BLOCK_VECTORS * LANES;

        for (int column = 0; column < columns; column++) {
            ints sum = pooled_sum(rows, column * POOL_SIDE, ints_load(p->filters.starts + at),
                                  weights);

            activations_store(out + column * stride,
                              tanh_of(p->curves, scaled_sum(sum, p->filters.scales + at)));
        }
    }
}

static void convolve(const void *packed, const struct convolve_row rows[POOL_SIDE], int columns,
                     unsigned char *out, ptrdiff_t stride)
{
    struct pixel_quads quads[POOL_SIDE];

    for (int from = 0; from < columns; from += CONVOLVE_COLUMNS) {
        int count = columns - from < CONVOLVE_COLUMNS ? columns - from : CONVOLVE_COLUMNS;

        for (int y = 0; y < POOL_SIDE; y++)
            pixel_quads_fill(&rows[y], from * POOL_SIDE, count * POOL_SIDE, &quads[y]);
        convolve_columns(packed, quads, count, out + from * stride, stride);
    }
}

#endif
