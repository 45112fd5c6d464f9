/* Recognition models: refused with a reason, or every kernel here reads a small line alike. */
#include "recogniser/beam.h"
#include "recogniser/forward.h"

#include "tests/fuzz/fuzz.h"

enum { WIDTH = 31 };

/* Grey steps and noise: nothing sensible, but every value. */
static struct line_input input_make(struct arena *a, int height)
{
    struct line_input in = {arena_alloc_array(a, (size_t)height, WIDTH), WIDTH, height, 1};

    for (int i = 0; i < height * WIDTH; i++)
        in.values[i] = (int8_t)(i * 37 % 255 - 127);
    return in;
}

static void posteriors_check(const struct posteriors *p)
{
    MUST(p->steps == WIDTH / POOL_SIDE);
    for (int t = 0; t < p->steps; t++) {
        double sum = 0;

        for (int i = 0; i < p->classes; i++)
            sum += p->values[t * p->classes + i];
        MUST(sum > 0.999 && sum < 1.001);
    }
}

static void line_read(const struct model *m, struct arena *a, const struct posteriors *p)
{
    struct decoder *d = decoder_new(m, false);
    struct beam *b = beam_new(d);
    struct recognised_line line = {0};

    beam_read(b, a, p, m->network.height, &line);
    for (size_t i = 0; i < line.word_count; i++)
        MUST(line.words[i].symbol_count > 0 && line.words[i].certainty <= 0);
    beam_free(b);
    decoder_free(d);
}

static void kernel_run(const struct model *m, struct arena *a, const char *kernel,
                       struct posteriors *ret)
{
    struct line_input in = input_make(a, m->network.height);
    struct forward *f;

    if (forward_new(m, kernel, &f, NULL) < 0)
        BUG("no kernel");
    forward_run(f, a, &in, 1, ret);
    posteriors_check(ret);
    forward_free(f);
}

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_ARENA struct arena a;
    struct posteriors portable, fastest;
    struct model m = {0};
    struct err err = {0};

    arena_init(&a, (size_t)256 << 20);
    if (model_parse((const unsigned char *)bytes, length, &m, &err) < 0) {
        MUST(err.reason);
        return;
    }
    kernel_run(&m, &a, "portable", &portable);
    kernel_run(&m, &a, NULL, &fastest);
    MUST(memcmp(portable.values, fastest.values,
                (size_t)portable.steps * (size_t)portable.classes * sizeof(float)) == 0);
    line_read(&m, &a, &portable);
    model_close(&m);
}
