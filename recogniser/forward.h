/*
 * The network's forward pass: int8 pictures of lines become class probabilities.
 *
 * One portable version says what is right; kernels for the processor's vectors compute the
 * same bits faster. Integer sums are exact whatever their order; every float operation is done
 * once, in the order the portable version has, with no contraction.
 */
#ifndef RECOGNISER_FORWARD_H
#define RECOGNISER_FORWARD_H

#include "recogniser/line_input.h"
#include "recogniser/model.h"

struct forward; /* weights in the order a kernel likes them; read-only once made */

/* `kernel` as in struct recogniser_options. ERR_USAGE when this processor has no such kernel. The
 * model must outlive it. */
int forward_new(const struct model *m, const char *kernel, struct forward **ret, struct err *err);
void forward_free(struct forward *f);
const char *forward_kernel(const struct forward *f);
int forward_batch(const struct forward *f); /* lines it runs together: feed it as many at a time */

/* What all layers but the last make of a line. */
struct activations {
    unsigned char *values; /* in the kernel's own form, `stride` bytes a step; in arena */
    ptrdiff_t stride;
    int steps; /* a third of the input's width */
};

/* inputs[i], of the model's height, becomes ret[i]. Takes some 500 bytes a step of the arena. */
void forward_walk(const struct forward *f, struct arena *a, const struct line_input *inputs,
                  size_t count, struct activations *ret);

/* The last layer; values are NULL without a step. `scale` is the input's. */
void forward_posteriors(const struct forward *f, struct arena *a, const struct activations *line,
                        float scale, struct posteriors *ret);

/* Both, for all lines. */
void forward_run(const struct forward *f, struct arena *a, const struct line_input *inputs,
                 size_t count, struct posteriors *ret);

#endif
