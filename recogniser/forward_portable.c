/*
 * The forward pass in plain C: the definition the other kernels are held against, and what runs
 * where none of them can.
 */
#include "recogniser/forward_kernel.h"

#include "recogniser/natural_exp.h"

enum { INT8_SCALE = 127 };

#define EXPONENT_MIN (-86.0F)

struct portable_convolve {
    const struct weights *weights;
    const struct curves *curves;
};

struct portable_lstm {
    const struct lstm_layer *layer;
    const struct curves *curves;
};

/* ---- arithmetic ---- */

static float curve_at(const struct curve_point *curve, float x)
{
    unsigned i;

    x *= CURVE_POINTS_A_UNIT;
    x = x < CURVE_END ? x : CURVE_END;
    i = (unsigned)x;
    return curve[i].value + curve[i].step * (x - (float)i);
}

static float tanh_of(const struct curves *c, float x)
{
    return x < 0 ? -curve_at(c->tanh, -x) : curve_at(c->tanh, x);
}

static float logistic_of(const struct curves *c, float x)
{
    return x < 0 ? 1 - curve_at(c->logistic, -x) : curve_at(c->logistic, x);
}

/* -1 to 1 becomes -127 to 127, halves away from zero. */
static int8_t activation(float x)
{
    float scaled = x * INT8_SCALE;
    int rounded = scaled >= 0 ? (int)(scaled + 0.5F) : -(int)(-scaled + 0.5F);

    if (rounded > INT8_SCALE)
        return INT8_SCALE;
    return (int8_t)(rounded < -INT8_SCALE ? -INT8_SCALE : rounded);
}

static int32_t dot(const int8_t *weights, const int8_t *values, int count)
{
    int32_t sum = 0;

    for (int i = 0; i < count; i++)
        sum += weights[i] * values[i];
    return sum;
}

static float scaled(const struct weights *w, int row, int32_t sum)
{
    return (float)sum * w->scales[row];
}

/* ---- convolution ---- */

static void *convolve_pack(struct arena *a, const struct weights *w, const struct curves *c)
{
    struct portable_convolve *p = arena_alloc(a, sizeof *p);

    *p = (struct portable_convolve){w, c};
    return p;
}

static int32_t pixel_sum(const int8_t *weights, const struct convolve_row *row, int x)
{
    int32_t sum = weights[CONVOLVE_INPUTS] * INT8_SCALE;

    for (int k = 0; k < CONVOLVE_INPUTS; k++)
        sum += weights[k] * row->inputs[k][x];
    return sum;
}

/* tanh, scale and rounding keep order, so the maximum of the sums is the sum of the maximum. */
static int32_t pooled_sum(const int8_t *weights, const struct convolve_row rows[POOL_SIDE],
                          int column)
{
    int32_t best = INT32_MIN;

    for (int y = 0; y < POOL_SIDE; y++)
        for (int x = column * POOL_SIDE; x < (column + 1) * POOL_SIDE; x++) {
            int32_t sum = pixel_sum(weights, &rows[y], x);

            best = sum > best ? sum : best;
        }
    return best;
}

static void convolve(const void *packed, const struct convolve_row rows[POOL_SIDE], int columns,
                     unsigned char *out, ptrdiff_t stride)
{
    const struct portable_convolve *p = packed;
    const struct weights *w = p->weights;

    for (int column = 0; column < columns; column++, out += stride)
        for (int f = 0; f < w->rows; f++) {
            int32_t sum = pooled_sum(w->values + f * w->cols, rows, column);

            out[f] = (unsigned char)activation(tanh_of(p->curves, scaled(w, f, sum)));
        }
}

/* ---- LSTM ---- */

static void *lstm_pack(struct arena *a, const struct lstm_layer *layer, const struct curves *c)
{
    struct portable_lstm *p = arena_alloc(a, sizeof *p);

    *p = (struct portable_lstm){layer, c};
    return p;
}

static float gate_sum(const struct lstm_layer *layer, int gate, int cell, const int8_t *in,
                      const int8_t *previous)
{
    const struct weights *w = &layer->gates[gate];
    const int8_t *row = w->values + (ptrdiff_t)cell * w->cols;

    return scaled(w, cell,
                  dot(row, in, layer->inputs) + dot(row + layer->inputs, previous, layer->cells) +
                      row[w->cols - 1] * INT8_SCALE);
}

static int8_t cell_step(const struct portable_lstm *p, int cell, const int8_t *in,
                        const int8_t *previous, float *state)
{
    const struct lstm_layer *layer = p->layer;
    const struct curves *c = p->curves;
    float input = tanh_of(c, gate_sum(layer, GATE_CELL, cell, in, previous));
    float kept;

    kept = *state * logistic_of(c, gate_sum(layer, GATE_FORGET, cell, in, previous));
    input *= logistic_of(c, gate_sum(layer, GATE_INPUT, cell, in, previous));
    *state = kept + input;
    if (*state > STATE_MAX)
        *state = STATE_MAX;
    if (*state < -STATE_MAX)
        *state = -STATE_MAX;
    return activation(tanh_of(c, *state) *
                      logistic_of(c, gate_sum(layer, GATE_OUTPUT, cell, in, previous)));
}

static void sequence_run(const struct portable_lstm *p, const struct sequence *s)
{
    static const int8_t zeros[NETWORK_CELLS_MAX];
    float state[NETWORK_CELLS_MAX] = {0};
    const int8_t *in = (const int8_t *)s->in, *previous = zeros;
    int8_t *out = (int8_t *)s->out;

    for (int t = 0; t < s->steps; t++) {
        for (int cell = 0; cell < p->layer->cells; cell++)
            out[cell] = cell_step(p, cell, in, previous, &state[cell]);
        previous = out;
        in += s->in_stride;
        out += s->out_stride;
    }
}

static void lstm(const void *packed, const struct sequence *sequences, int count)
{
    for (int i = 0; i < count; i++)
        sequence_run(packed, &sequences[i]);
}

/* ---- softmax ---- */

static void *softmax_pack(struct arena *a, const struct weights *w)
{
    struct weights *p = arena_alloc(a, sizeof *p);

    *p = *w;
    return p;
}

void softmax_finish(float *row, int classes)
{
    float max = row[0], sum = 0;

    for (int i = 1; i < classes; i++)
        max = row[i] > max ? row[i] : max;
    for (int i = 0; i < classes; i++) {
        float exponent = row[i] - max;

        row[i] = natural_exp(exponent < EXPONENT_MIN ? EXPONENT_MIN : exponent);
        sum += row[i];
    }
    for (int i = 0; i < classes; i++)
        row[i] /= sum;
}

static void softmax(const void *packed, const unsigned char *in, ptrdiff_t stride, int steps,
                    float *out)
{
    const struct weights *w = packed;

    for (int t = 0; t < steps; t++, in += stride, out += w->rows) {
        for (int i = 0; i < w->rows; i++) {
            const int8_t *row = w->values + (ptrdiff_t)i * w->cols;

            out[i] = scaled(
                w, i, dot(row, (const int8_t *)in, w->cols - 1) + row[w->cols - 1] * INT8_SCALE);
        }
        softmax_finish(out, w->rows);
    }
}

static bool is_supported(void)
{
    return true;
}

const struct forward_kernel forward_portable = {
    .name = "portable",
    .is_supported = is_supported,
    .batch = 1,
    .granule = 1,
    .convolve_pack = convolve_pack,
    .lstm_pack = lstm_pack,
    .softmax_pack = softmax_pack,
    .convolve = convolve,
    .lstm = lstm,
    .softmax = softmax,
};
