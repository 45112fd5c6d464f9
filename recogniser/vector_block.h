/* Rows of weights in blocks, and the sums of a block for several sequences; forward_vector.h says
 * how. */
#ifndef RECOGNISER_VECTOR_BLOCK_H
#define RECOGNISER_VECTOR_BLOCK_H

#include "recogniser/forward_kernel.h"
#include "recogniser/forward_lanes.h"

#include <stdlib.h>

enum {
    SEQUENCES = 6, /* that share the weights in registers */
    BLOCK_VECTORS = 4,
    QUAD = 4,
    QUAD_BYTES = WEIGHT_VECTORS * LANES * QUAD, /* one vector's weights for a quad */
    INT8_SCALE = 127,
    ALIGNMENT = 64,
};

/* Rows in blocks; two runs of inputs, each filled up to whole quads. */
struct packed {
    int blocks, quads[2];
    int8_t *weights; /* [block][quad][vector of the block][lane][input of the quad] */
    int32_t *starts; /* [block][vector][lane]: the bias, less what lanes_dot() adds */
    float *scales;   /* as starts; 0 for the lanes that fill up the last block */
};

static int whole(int count, int unit)
{
    return (count + unit - 1) / unit;
}

static void *aligned_array(struct arena *a, size_t count, size_t size)
{
    uintptr_t at = (uintptr_t)arena_alloc(a, count * size + ALIGNMENT);

    return (void *)((at + ALIGNMENT - 1) & -(uintptr_t)ALIGNMENT);
}

static struct packed packed_new(struct arena *a, int blocks, int inputs, int previous)
{
    struct packed p = {.blocks = blocks, .quads = {whole(inputs, QUAD), whole(previous, QUAD)}};
    size_t rows = (size_t)blocks * BLOCK_VECTORS * LANES;

    p.weights = aligned_array(a, rows * (size_t)(p.quads[0] + p.quads[1]), WEIGHT_VECTORS * QUAD);
    p.starts = aligned_array(a, rows, sizeof *p.starts);
    p.scales = aligned_array(a, rows, sizeof *p.scales);
    return p;
}

/* A weight as lanes_dot() wants it; returns by how much its products are too great: 128 times, or
 * once where x becomes ~x, which is -x - 1. */
static int weight_place(int8_t *to, int8_t weight)
{
    if (WEIGHT_VECTORS == 1) {
        *to = weight;
        return OFFSET * weight;
    }
    to[0] = (int8_t)abs(weight);
    to[sizeof(ints)] = weight < 0 ? -1 : 0;
    return weight < 0 ? weight : 0;
}

/* `counts` inputs of each run stand in the row, then the bias. */
static void packed_set(struct packed *p, int block, int vector, int lane, const struct weights *w,
                       int row, const int counts[2])
{
    const int8_t *from = w->values + (ptrdiff_t)row * w->cols;
    int at = (block * BLOCK_VECTORS + vector) * LANES + lane,
        quad = block * (p->quads[0] + p->quads[1]);

    p->starts[at] = from[w->cols - 1] * INT8_SCALE;
    p->scales[at] = w->scales[row];
    for (int run = 0; run < 2; quad += p->quads[run++])
        for (int i = 0; i < counts[run]; i++) {
            int vectors = (quad + i / QUAD) * BLOCK_VECTORS + vector;
            int8_t *to = p->weights + vectors * QUAD_BYTES + lane * QUAD + i % QUAD;

            p->starts[at] -= weight_place(to, *from++);
        }
}

/* `scale` is 256 times the row's: a power of two changes no other bit. */
LANE_INLINE floats scaled_sum(ints sum, const float *scale)
{
    return __builtin_convertvector(sum, floats) * floats_load(scale);
}

/* sums[s] += one run of a block's inputs, for `count` sequences; gives the weights behind it. */
LANE_INLINE const int8_t *block_sum(const int8_t *weights, int quads,
                                    const unsigned char *const at[SEQUENCES],
                                    ints sums[SEQUENCES][BLOCK_VECTORS], const int count)
{
    for (ptrdiff_t i = 0; i < quads * QUAD; i += QUAD) {
#pragma GCC unroll 4
        for (int v = 0; v < BLOCK_VECTORS; v++, weights += QUAD_BYTES)
#pragma GCC unroll 8
            for (int s = 0; s < count; s++)
                sums[s][v] = lanes_dot(sums[s][v], quad_everywhere(at[s] + i), weights);
    }
    return weights;
}

LANE_INLINE void block_start(const struct packed *p, int block, ints sums[SEQUENCES][BLOCK_VECTORS],
                             const int count)
{
#pragma GCC unroll 8
    for (int s = 0; s < count; s++)
#pragma GCC unroll 4
        for (int v = 0; v < BLOCK_VECTORS; v++)
            sums[s][v] = ints_load(p->starts + (block * BLOCK_VECTORS + v) * LANES);
}

LANE_INLINE const int8_t *block_weights(const struct packed *p, int block)
{
    ptrdiff_t quads = p->quads[0] + p->quads[1];

    return p->weights + block * quads * BLOCK_VECTORS * QUAD_BYTES;
}

#endif
