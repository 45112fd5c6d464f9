/*
 * What a kernel does for the forward pass: three kinds of layer, on weights it packed itself.
 *
 * forward.c walks the network, owns all memory and draws the noise around the image; a kernel
 * only computes. The portable one is the definition: another must give the same bytes and
 * floats for every input. So: integer sums are exact in any order; a sum times its scale is
 * rounded to float; then every float operation once, in the portable order, uncontracted (only
 * natural_exp.h fuses, and says where).
 *
 * Activations between layers are bytes in the kernel's own form (int8, or int8 + 128), a step
 * (of a line) or a row (of a column) after the other, each padded to a multiple of `granule`.
 * A kernel may read and write its padding, and read FORWARD_SLACK bytes past any buffer.
 */
#ifndef RECOGNISER_FORWARD_KERNEL_H
#define RECOGNISER_FORWARD_KERNEL_H

#include "recogniser/model.h"

enum {
    FORWARD_SLACK = 64,
    FORWARD_BATCH_MAX = 24,
    CURVE_POINTS = 4096,
    CURVE_END = CURVE_POINTS - 1,
    CURVE_POINTS_A_UNIT = 256,
    STATE_MAX = 100, /* a cell's state is clamped to ± this */
};

/* tanh and the logistic function from 0 up, by linear interpolation: at 256 x = i + fraction the
 * value is value[i] + step[i] * fraction, and 1 from the last point on. Negative x by symmetry. The
 * error (1.5e-6) is part of the models: an exact tanh flips roundings. */
struct curve_point {
    float value, step; /* step[i] = value[i + 1] - value[i], rounded to float */
} __attribute__((aligned(8)));

struct curves {
    struct curve_point tanh[CURVE_POINTS], logistic[CURVE_POINTS];
};

void curves_init(struct curves *c);

/* One line, or one column of one, through an LSTM. Outputs and state start at 0. */
struct sequence {
    const unsigned char *in; /* of the first step in running order */
    unsigned char *out;
    ptrdiff_t in_stride, out_stride; /* to the next step; negative from the right end */
    int steps;
};

/* A row of pixels as the convolution sees it: inputs[k][x] is input k of pixel x. */
struct convolve_row {
    const int8_t *inputs[CONVOLVE_INPUTS];
};

struct forward_kernel {
    const char *name;
    bool (*is_supported)(void); /* by this processor */
    int batch;   /* sequences it likes to be given together, at most FORWARD_BATCH_MAX */
    int granule; /* of activations, in bytes: a power of two, at most FORWARD_SLACK */

    /* Weights in its order, in the arena with everything else that run needs; model and curves
     * outlive it. */
    void *(*convolve_pack)(struct arena *a, const struct weights *w, const struct curves *c);
    void *(*lstm_pack)(struct arena *a, const struct lstm_layer *layer, const struct curves *c);
    void *(*softmax_pack)(struct arena *a, const struct weights *w);

    /* The maximum over 3 x 3 pixels of each filter, then its tanh: `columns` results from three
     * rows of at least 3 x columns pixels, `stride` bytes apart. */
    void (*convolve)(const void *packed, const struct convolve_row rows[POOL_SIDE], int columns,
                     unsigned char *out, ptrdiff_t stride);

    /* `count` sequences, at most `batch`, longest first. */
    void (*lstm)(const void *packed, const struct sequence *sequences, int count);

    /* Probabilities of `steps` steps of the last layer, `stride` bytes apart; rows of `out` have no
     * padding (FORWARD_SLACK bytes behind the last one may be written). */
    void (*softmax)(const void *packed, const unsigned char *in, ptrdiff_t stride, int steps,
                    float *out);
};

extern const struct forward_kernel forward_portable, forward_vnni, forward_avx_vnni, forward_avx2,
    forward_neon;

/* The one of that name, or the fastest; NULL when this processor has none such. */
const struct forward_kernel *forward_kernel_find(const char *name);

/* Row results become probabilities in place, in the one order that gives Tesseract's bits: subtract
 * the maximum, not below -86, exp, sum in class order, divide. */
void softmax_finish(float *row, int classes);

#endif
