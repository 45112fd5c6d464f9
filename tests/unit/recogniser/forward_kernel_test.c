/*
 * Every kernel beside the portable one: random networks of odd sizes, extreme weights, lines of all
 * widths together and alone. Equal means every bit. The shipped models' lines are tests/oracle's.
 */
#include "recogniser/forward_kernel.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "recogniser/forward.h"
#include "tests/unit/unit.h"

#define ARENA_MAX ((size_t)1 << 30)

static uint32_t random_next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

/* Mostly small, sometimes the extremes; -128 too, which no shipped model has. */
static int8_t random_weight(uint32_t *seed)
{
    uint32_t r = random_next(seed);

    if (r % 16 == 0)
        return r & 64 ? INT8_MAX : INT8_MIN;
    return (int8_t)(random_next(seed) % 81) - 40;
}

static struct weights weights_random(struct arena *a, int rows, int cols, float scale,
                                     uint32_t *seed)
{
    int8_t *values = arena_alloc_array(a, (size_t)rows, (size_t)cols);
    float *scales = arena_alloc_array(a, (size_t)rows, sizeof *scales);

    for (int i = 0; i < rows * cols; i++)
        values[i] = random_weight(seed);
    for (int i = 0; i < rows; i++)
        scales[i] = scale * (float)(1 + random_next(seed) % 1000) / 1000;
    return (struct weights){rows, cols, values, scales};
}

static struct lstm_layer layer_random(struct arena *a, int inputs, int cells, bool is_reversed,
                                      uint32_t *seed)
{
    struct lstm_layer layer = {.inputs = inputs, .cells = cells, .is_reversed = is_reversed};

    for (int gate = 0; gate < GATE_COUNT; gate++)
        layer.gates[gate] = weights_random(a, cells, inputs + cells + 1, 0.002f, seed);
    return layer;
}

struct sizes {
    int height, filters, column, layers[3], classes;
};

static void network_random(struct arena *a, const struct sizes *s, uint32_t *seed,
                           struct network *ret)
{
    int inputs = s->column;

    *ret = (struct network){
        .height = s->height,
        .convolve = weights_random(a, s->filters, CONVOLVE_INPUTS + 1, 0.0005f, seed),
        .column = layer_random(a, s->filters, s->column, false, seed),
        .classes = s->classes,
        .sample_iteration = (int32_t)random_next(seed),
    };
    for (int i = 0; i < 3 && s->layers[i]; i++) {
        ret->layers[ret->layer_count++] = layer_random(a, inputs, s->layers[i], i == 1, seed);
        inputs = s->layers[i];
    }
    ret->softmax = weights_random(a, s->classes, inputs + 1, 0.005f, seed);
}

static struct line_input input_random(struct arena *a, int width, int height, uint32_t *seed)
{
    struct line_input in = {arena_alloc_array(a, (size_t)width, (size_t)height), width, height, 1};

    for (int i = 0; i < width * height; i++)
        in.values[i] = (int8_t)(random_next(seed) % 255) - 127;
    return in;
}

static struct forward *forward_of(const struct model *m, const char *kernel)
{
    struct forward *f;

    assert_int_equal(forward_new(m, kernel, &f, NULL), 0);
    assert_string_equal(forward_kernel(f), kernel);
    return f;
}

static void assert_same(const struct posteriors *p, const struct posteriors *truth, size_t line)
{
    size_t size = (size_t)truth->steps * (size_t)truth->classes * sizeof *truth->values;

    assert_int_equal(p->steps, truth->steps);
    assert_int_equal(p->classes, truth->classes);
    if (size && memcmp(p->values, truth->values, size) != 0)
        fail_msg("line %zu of %d steps differs", line, truth->steps);
}

static const struct sizes networks[] = {
    {36, 16, 48, {96, 96, 192}, 111}, /* as English */
    {48, 16, 64, {96, 96, 128}, 96},  /* as Danish */
    {36, 5, 7, {33}, 3},              /* nothing is a multiple of anything */
    {39, 17, 50, {1, 66}, 129},
};

enum { LINES = 26 }; /* more than any kernel takes together */

/* One network and what the portable kernel makes of its lines; made once for all kernels. */
struct example {
    struct model model;
    struct line_input inputs[LINES];
    struct posteriors truths[LINES];
};

static struct arena shared_arena = {.max = ARENA_MAX};
static struct example examples[ARRAY_LENGTH(networks)];

/* All lines at once, and each by itself. */
static void networks_compare(const char *kernel)
{
    for (size_t i = 0; i < ARRAY_LENGTH(networks); i++) {
        AUTO_ARENA struct arena a = {.max = ARENA_MAX};
        const struct example *e = &examples[i];
        struct forward *forward = forward_of(&e->model, kernel);
        struct posteriors together[LINES], alone;

        forward_run(forward, &a, e->inputs, LINES, together);
        for (size_t line = 0; line < LINES; line++) {
            forward_run(forward, &a, &e->inputs[line], 1, &alone);
            assert_same(&together[line], &e->truths[line], line);
            assert_same(&alone, &e->truths[line], line);
        }
        forward_free(forward);
    }
}

static int shared_make(void **state)
{
    struct arena *a = &shared_arena;
    uint32_t seed = 3;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(networks); i++) {
        struct example *e = &examples[i];
        struct forward *forward;

        network_random(a, &networks[i], &seed, &e->model.network);
        for (int line = 0; line < LINES; line++)
            e->inputs[line] = input_random(a, line < 4 ? line + 1 : (int)(random_next(&seed) % 48),
                                           networks[i].height, &seed);
        forward = forward_of(&e->model, "portable");
        forward_run(forward, a, e->inputs, LINES, e->truths);
        forward_free(forward);
    }
    return 0;
}

static int shared_release(void **state)
{
    (void)state;
    arena_release(&shared_arena);
    return 0;
}

static void kernel_compare(const char *name)
{
    if (!forward_kernel_find(name)) {
        print_message("this processor has no kernel %s\n", name);
        skip();
    }
    networks_compare(name);
}

static void vnni_gives_the_portable_bits(void **state)
{
    (void)state;
    kernel_compare("vnni");
}

static void avx_vnni_gives_the_portable_bits(void **state)
{
    (void)state;
    kernel_compare("avx-vnni");
}

static void avx2_gives_the_portable_bits(void **state)
{
    (void)state;
    kernel_compare("avx2");
}

static void neon_gives_the_portable_bits(void **state)
{
    (void)state;
    kernel_compare("neon");
}

static void the_fastest_kernel_is_found_first(void **state)
{
    (void)state;
    assert_non_null(forward_kernel_find(NULL));
    assert_non_null(forward_kernel_find("portable"));
    assert_null(forward_kernel_find("abacus"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(vnni_gives_the_portable_bits),
        cmocka_unit_test(avx_vnni_gives_the_portable_bits),
        cmocka_unit_test(avx2_gives_the_portable_bits),
        cmocka_unit_test(neon_gives_the_portable_bits),
        cmocka_unit_test(the_fastest_kernel_is_found_first),
    };

    return cmocka_run_group_tests(tests, shared_make, shared_release);
}
