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

/* inputs[i], of the model's height, becomes ret[i]; steps are a third of the width, and 0 leaves
 * values NULL. pixels_per_step is 3 / inputs[i].scale. The walk takes some 3 KB a step besides. */
void forward_run(const struct forward *f, struct arena *a, const struct line_input *inputs,
                 size_t count, struct posteriors *ret);

#endif
