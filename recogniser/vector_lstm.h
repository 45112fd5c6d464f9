/* An LSTM along several sequences at once; forward_vector.h says how. */
#ifndef RECOGNISER_VECTOR_LSTM_H
#define RECOGNISER_VECTOR_LSTM_H

#include "recogniser/vector_curve.h"

#include <assert.h>

struct vector_lstm {
    struct packed gates;
    const struct curves *curves;
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
    p->curves = c;
    p->zeros = arena_alloc(a, (size_t)width);
    memset(p->zeros, OFFSET, (size_t)width);
    return p;
}

/* Where the running sequences are. */
struct running {
    int count, left[SEQUENCES]; /* left: steps */
    const unsigned char *in[SEQUENCES], *previous[SEQUENCES];
    unsigned char *out[SEQUENCES];
    ptrdiff_t in_stride[SEQUENCES], out_stride[SEQUENCES];
    floats state[SEQUENCES][NETWORK_CELLS_MAX / LANES];
};

/* The new state; gives how much of it is let out. */
LANE_INLINE floats cells_update(const struct vector_lstm *p, int block, const ints sums[GATE_COUNT],
                                floats *state)
{
    const float *scales = p->gates.scales + block * GATE_COUNT * LANES;
    floats x[GATE_COUNT], kept, input;

#pragma GCC unroll 4
    for (int gate = 0; gate < GATE_COUNT; gate++)
        x[gate] = scaled_sum(sums[gate], scales + gate * LANES);
    kept = *state * logistic_of(p->curves, x[GATE_FORGET]);
    input = tanh_of(p->curves, x[GATE_CELL]) * logistic_of(p->curves, x[GATE_INPUT]);
    *state = lanes_least(lanes_most(kept + input, (floats){0} - STATE_MAX),
                         (floats){0} + STATE_MAX);
    return logistic_of(p->curves, x[GATE_OUTPUT]);
}

/* What is let out waits for the state, so the states of all sequences are made first: the waits
 * overlap. */
LANE_INLINE void lstm_steps(const struct vector_lstm *p, struct running *r, int steps,
                            const int count)
{
    for (int t = 0; t < steps; t++) {
        for (int block = 0; block < p->gates.blocks; block++) {
            const int8_t *weights = block_weights(&p->gates, block);
            ints sums[SEQUENCES][GATE_COUNT];
            floats open[SEQUENCES];

            block_start(&p->gates, block, sums, count);
            weights = block_sum(weights, p->gates.quads[0], r->in, sums, count);
            block_sum(weights, p->gates.quads[1], r->previous, sums, count);
#pragma GCC unroll 8
            for (int s = 0; s < count; s++)
                open[s] = cells_update(p, block, sums[s], &r->state[s][block]);
#pragma GCC unroll 8
            for (int s = 0; s < count; s++)
                activations_store(r->out[s] + block * LANES,
                                  tanh_of(p->curves, r->state[s][block] * CURVE_POINTS_A_UNIT) *
                                      open[s]);
        }
        for (int s = 0; s < count; s++) {
            r->previous[s] = r->out[s];
            r->in[s] += r->in_stride[s];
            r->out[s] += r->out_stride[s];
        }
    }
}

/* A loop for each number of sequences, so that the compiler can keep all sums in registers. */
static void lstm_steps_of(const struct vector_lstm *p, struct running *r, int steps)
{
    static_assert(SEQUENCES == 6, "a case for each");
    switch (r->count) {
    case 6:
        return lstm_steps(p, r, steps, 6);
    case 5:
        return lstm_steps(p, r, steps, 5);
    case 4:
        return lstm_steps(p, r, steps, 4);
    case 3:
        return lstm_steps(p, r, steps, 3);
    case 2:
        return lstm_steps(p, r, steps, 2);
    default:
        return lstm_steps(p, r, steps, 1);
    }
}

static void running_start(const struct vector_lstm *p, struct running *r, int s,
                          const struct sequence *sequence)
{
    r->left[s] = sequence->steps;
    r->in[s] = sequence->in;
    r->out[s] = sequence->out;
    r->in_stride[s] = sequence->in_stride;
    r->out_stride[s] = sequence->out_stride;
    r->previous[s] = p->zeros;
    memset(r->state[s], 0, (size_t)p->gates.blocks * sizeof *r->state[s]);
}

static void running_move(const struct vector_lstm *p, struct running *r, int to, int from)
{
    r->left[to] = r->left[from];
    r->in[to] = r->in[from];
    r->out[to] = r->out[from];
    r->in_stride[to] = r->in_stride[from];
    r->out_stride[to] = r->out_stride[from];
    r->previous[to] = r->previous[from];
    memmove(r->state[to], r->state[from], (size_t)p->gates.blocks * sizeof *r->state[to]);
}

/* Until the first of the running sequences ends. */
static void running_advance(const struct vector_lstm *p, struct running *r)
{
    int steps = r->left[0];

    for (int s = 1; s < r->count; s++)
        steps = r->left[s] < steps ? r->left[s] : steps;
    lstm_steps_of(p, r, steps);
    for (int s = 0; s < r->count; s++)
        r->left[s] -= steps;
}

/* As one sequence ends the next takes its place. */
static void lstm(const void *packed, const struct sequence *sequences, int count)
{
    struct running r;
    int next = 0;

    for (r.count = 0; r.count < SEQUENCES && next < count; r.count++)
        running_start(packed, &r, r.count, &sequences[next++]);
    while (r.count) {
        running_advance(packed, &r);
        for (int s = r.count - 1; s >= 0; s--)
            if (r.left[s] == 0 && next < count)
                running_start(packed, &r, s, &sequences[next++]);
            else if (r.left[s] == 0)
                running_move(packed, &r, s, --r.count);
    }
}

#endif
