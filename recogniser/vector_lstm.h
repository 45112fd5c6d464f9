/* An LSTM along several sequences at once; forward_vector.h says how. */
#ifndef RECOGNISER_VECTOR_LSTM_H
#define RECOGNISER_VECTOR_LSTM_H

#include "recogniser/vector_curve.h"

#include <assert.h>

struct vector_lstm {
    struct packed gates;
    const struct vector_curves *curves;
    unsigned char *zeros; /* the activations before the first step */
};

static void *lstm_pack(struct arena *a, const struct lstm_layer *layer, const struct curves *c)
{
    struct vector_lstm *p = arena_alloc(a, sizeof *p);
    int counts[2] = {layer->inputs, layer->cells};
    int width = whole(layer->cells, LANES) * LANES;

    p->gates = packed_new(a, width / LANES, layer->inputs, layer->cells);
    for (int cell = 0; cell < layer->cells; cell++)
        for (int gate = 0; gate < GATE_COUNT; gate++)
            packed_set(&p->gates, cell / LANES, gate, cell % LANES, &layer->gates[gate], cell,
                       counts);
    for (int i = 0; i < width * GATE_COUNT; i++)
        p->gates.scales[i] *= CURVE_POINTS_A_UNIT;
    p->curves = vector_curves_new(a, c);
    p->zeros = arena_alloc(a, (size_t)width);
    memset(p->zeros, OFFSET, (size_t)width);
    return p;
}

/* Where each sequence is. */
struct running {
    const unsigned char *in[SEQUENCES], *previous[SEQUENCES];
    unsigned char *out[SEQUENCES];
    floats state[SEQUENCES][NETWORK_CELLS_MAX / LANES];
};

LANE_INLINE void cells_step(const struct vector_lstm *p, int block, const ints sums[GATE_COUNT],
                            floats *state, unsigned char *out)
{
    const float *scales = p->gates.scales + block * GATE_COUNT * LANES;
    floats x[GATE_COUNT], kept, input;

#pragma GCC unroll 4
    for (int gate = 0; gate < GATE_COUNT; gate++)
        x[gate] = scaled_sum(sums[gate], scales + gate * LANES);
    kept = *state * logistic_of(p->curves, x[GATE_FORGET]);
    input = tanh_of(p->curves, x[GATE_CELL]) * logistic_of(p->curves, x[GATE_INPUT]);
    *state = lanes_limited(kept + input, STATE_MAX);
    activations_store(out, tanh_of(p->curves, *state * CURVE_POINTS_A_UNIT) *
                               logistic_of(p->curves, x[GATE_OUTPUT]));
}

LANE_INLINE void lstm_steps(const struct vector_lstm *p, const struct sequence *sequences,
                            struct running *r, int steps, const int count)
{
    for (int t = 0; t < steps; t++) {
        for (int block = 0; block < p->gates.blocks; block++) {
            const int8_t *weights = block_weights(&p->gates, block);
            ints sums[SEQUENCES][GATE_COUNT];

            block_start(&p->gates, block, sums, count);
            weights = block_sum(weights, p->gates.quads[0], r->in, sums, count);
            block_sum(weights, p->gates.quads[1], r->previous, sums, count);
#pragma GCC unroll 8
            for (int s = 0; s < count; s++)
                cells_step(p, block, sums[s], &r->state[s][block], r->out[s] + block * LANES);
        }
        for (int s = 0; s < count; s++) {
            r->previous[s] = r->out[s];
            r->in[s] += sequences[s].in_stride;
            r->out[s] += sequences[s].out_stride;
        }
    }
}

/* A loop for each number of sequences, so that the compiler can keep all sums in registers. */
static void lstm_steps_of(const struct vector_lstm *p, const struct sequence *sequences,
                          struct running *r, int steps, int count)
{
    static_assert(SEQUENCES <= 6, "a case for each");
    switch (count) {
    case 6:
        return lstm_steps(p, sequences, r, steps, SEQUENCES < 6 ? SEQUENCES : 6);
    case 5:
        return lstm_steps(p, sequences, r, steps, SEQUENCES < 5 ? SEQUENCES : 5);
    case 4:
        return lstm_steps(p, sequences, r, steps, SEQUENCES < 4 ? SEQUENCES : 4);
    case 3:
        return lstm_steps(p, sequences, r, steps, SEQUENCES < 3 ? SEQUENCES : 3);
    case 2:
        return lstm_steps(p, sequences, r, steps, 2);
    default:
        return lstm_steps(p, sequences, r, steps, 1);
    }
}

static void lstm(const void *packed, const struct sequence *sequences, int count)
{
    const struct vector_lstm *p = packed;
    struct running r;
    int done = 0;

    for (int s = 0; s < count; s++) {
        r.in[s] = sequences[s].in;
        r.out[s] = sequences[s].out;
        r.previous[s] = p->zeros;
        memset(r.state[s], 0, (size_t)p->gates.blocks * sizeof *r.state[s]);
    }
    while (count) {
        int steps = sequences[count - 1].steps;

        lstm_steps_of(p, sequences, &r, steps - done, count);
        for (done = steps; count && sequences[count - 1].steps == done;)
            count--;
    }
}

#endif
