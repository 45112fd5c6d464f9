/*
 * The walk through the network: which layer reads what, the memory between them, and the noise
 * that Tesseract's convolution sees outside the image.
 *
 * Lines go through in batches of as many as the kernel runs together. Of each line the
 * convolution makes a grid of columns/3 x rows/3, the column LSTM turns every column of it into
 * one step, the other layers run along the steps of all lines of the batch at once.
 */
#include "recogniser/forward.h"

#include "base/err.h"
#include "base/mem.h"
#include "recogniser/forward_kernel.h"

#include <math.h>

/* Tesseract draws noise with the minimal standard generator, seeded from how far the training came;
 * the same for every line. */
#define RANDOM_MODULUS 0x7fffffffU
#define RANDOM_FACTOR 48271U
#define SEED_FACTOR 0x10000001
#define NOISE_MAX 127.0

enum { NOISE_COUNT = 1 << 14 };

struct forward {
    struct arena arena; /* what the kernel packed */
    const struct model *model;
    const struct forward_kernel *kernel;
    struct curves curves;
    int8_t noise[NOISE_COUNT]; /* the first draws: enough for all but the widest lines */
    uint32_t after_noise;      /* the generator behind them */
    void *convolve, *column, *layers[MODEL_LAYERS_MAX], *softmax;
};

/* Fastest first. */
static const struct forward_kernel *const kernels[] = {
#ifdef __x86_64__
    &forward_vnni,
    &forward_avx_vnni,
    &forward_avx2,
#elif defined(__aarch64__)
    &forward_neon,
#endif
    &forward_portable,
};

/* ---- made once ---- */

const struct forward_kernel *forward_kernel_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kernels); i++)
        if ((!name || strcmp(name, kernels[i]->name) == 0) && kernels[i]->is_supported())
            return kernels[i];
    return NULL;
}

static uint32_t random_next(uint32_t x)
{
    return (uint32_t)((uint64_t)x * RANDOM_FACTOR % RANDOM_MODULUS);
}

static int8_t noise_of(uint32_t random)
{
    return (int8_t)round(NOISE_MAX * 2 * random / RANDOM_MODULUS - NOISE_MAX);
}

/* One draw is thrown away. */
static void noise_init(struct forward *f, int32_t sample_iteration)
{
    uint64_t seed = (uint64_t)((int64_t)sample_iteration * SEED_FACTOR) % RANDOM_MODULUS;
    uint32_t random = random_next(seed ? (uint32_t)seed : 1);

    for (int i = 0; i < NOISE_COUNT; i++) {
        random = random_next(random);
        f->noise[i] = noise_of(random);
    }
    f->after_noise = random;
}

int forward_new(const struct model *m, const char *kernel, struct forward **ret, struct err *err)
{
    const struct forward_kernel *k = forward_kernel_find(kernel);
    const struct network *net = &m->network;
    struct forward *f;

    if (!k)
        return err_set(err, ERR_USAGE, "this processor has no recogniser kernel \"%s\"", kernel);
    f = mem_alloc(sizeof *f);
    f->model = m;
    f->kernel = k;
    noise_init(f, net->sample_iteration);
    arena_init(&f->arena, SIZE_MAX);
    curves_init(&f->curves);
    f->convolve = k->convolve_pack(&f->arena, &net->convolve, &f->curves);
    f->column = k->lstm_pack(&f->arena, &net->column, &f->curves);
    for (int i = 0; i < net->layer_count; i++)
        f->layers[i] = k->lstm_pack(&f->arena, &net->layers[i], &f->curves);
    f->softmax = k->softmax_pack(&f->arena, &net->softmax);
    *ret = f;
    return 0;
}

void forward_free(struct forward *f)
{
    if (!f)
        return;
    arena_release(&f->arena);
    free(f);
}

const char *forward_kernel(const struct forward *f)
{
    return f->kernel->name;
}

int forward_batch(const struct forward *f)
{
    return f->kernel->batch;
}

/* ---- the image and the noise around it ---- */

/*
 * Where each input of each pixel lies. A pixel outside the image is another random number each
 * time one asks, so one copy of the image with a border would be wrong: three copies, shifted by
 * a row, each with a column before and behind; and for the rows above and below the image, which
 * all three columns of inputs ask for, three rows each.
 */
struct padded {
    int width, height;
    ptrdiff_t stride;
    int8_t *images[3];  /* row y of images[dy + 1] is row y + dy of the image, from x = -1 */
    int8_t *outside[2]; /* above, below: three rows, by dx + 1 */
};

static int8_t *input_at(const struct padded *p, int dx, int dy, int x, int y)
{
    if (y + dy < 0 || y + dy >= p->height)
        return p->outside[dy > 0] + (dx + 1) * p->stride + x;
    return p->images[dy + 1] + y * p->stride + 1 + x + dx;
}

/* The draws of one line, in order. */
struct noise {
    const int8_t *next, *end; /* of those made once */
    uint32_t random;          /* for what comes after them */
};

static int8_t noise_next(struct noise *n)
{
    if (n->next < n->end)
        return *n->next++;
    n->random = random_next(n->random);
    return noise_of(n->random);
}

/* The draws for one pixel, in Tesseract's order. */
static void pixel_noise(const struct padded *p, int x, int y, struct noise *n)
{
    for (int dx = -1; dx <= 1; dx++)
        for (int dy = -1; dy <= 1; dy++)
            if (x + dx < 0 || x + dx >= p->width || y + dy < 0 || y + dy >= p->height)
                *input_at(p, dx, dy, x, y) = noise_next(n);
}

static void noise_fill(const struct padded *p, struct noise n)
{
    for (int y = 0; y < p->height; y++) {
        bool is_edge = y == 0 || y == p->height - 1;

        for (int x = 0; x < p->width; x += is_edge ? 1 : p->width - 1)
            pixel_noise(p, x, y, &n);
    }
}

static void padded_init(struct arena *a, const struct line_input *in, struct noise noise,
                        struct padded *ret)
{
    ptrdiff_t stride = in->width + 2;

    *ret = (struct padded){.width = in->width, .height = in->height, .stride = stride};
    for (int i = 0; i < 3; i++) {
        int dy = i - 1;

        ret->images[i] = arena_alloc(a, (size_t)(in->height * stride) + FORWARD_SLACK);
        for (int y = 0; y < in->height; y++)
            if (y + dy >= 0 && y + dy < in->height)
                memcpy(ret->images[i] + y * stride + 1,
                       in->values + (ptrdiff_t)(y + dy) * in->width, (size_t)in->width);
    }
    for (int i = 0; i < 2; i++)
        ret->outside[i] = arena_alloc(a, (size_t)(3 * stride) + FORWARD_SLACK);
    noise_fill(ret, noise);
}

static struct convolve_row row_at(const struct padded *p, int y)
{
    struct convolve_row row;
    int k = 0;

    for (int dx = -1; dx <= 1; dx++)
        for (int dy = -1; dy <= 1; dy++)
            row.inputs[k++] = input_at(p, dx, dy, 0, y);
    return row;
}

/* ---- the layers ---- */

static ptrdiff_t stride_of(const struct forward *f, int width)
{
    return (width + f->kernel->granule - 1) & -f->kernel->granule;
}

static struct activations activations_new(const struct forward *f, struct arena *a, int count,
                                          int width)
{
    struct activations s = {.stride = stride_of(f, width), .steps = count};

    s.values = arena_alloc(a, (size_t)(count * s.stride) + FORWARD_SLACK);
    return s;
}

/* The pooled grid, a column after the other, each from the top. */
static struct activations convolve_line(const struct forward *f, struct arena *a,
                                        const struct line_input *in)
{
    int columns = in->width / POOL_SIDE, rows = in->height / POOL_SIDE;
    struct activations grid = activations_new(f, a, columns * rows,
                                              f->model->network.convolve.rows);
    struct padded p;

    padded_init(a, in, (struct noise){f->noise, f->noise + NOISE_COUNT, f->after_noise}, &p);
    for (int y = 0; y < rows; y++) {
        struct convolve_row three[POOL_SIDE];

        for (int i = 0; i < POOL_SIDE; i++)
            three[i] = row_at(&p, y * POOL_SIDE + i);
        f->kernel->convolve(f->convolve, three, columns, grid.values + y * grid.stride,
                            rows * grid.stride);
    }
    return grid;
}

/* Each column through the column LSTM; its last output is the line's step. The grid is as large as
 * all else together, and gone with the scratch. */
static struct activations columns_run(const struct forward *f, struct arena *a,
                                      struct arena *scratch, const struct line_input *in)
{
    int columns = in->width / POOL_SIDE, rows = in->height / POOL_SIDE, batch = f->kernel->batch;
    int cells = f->model->network.column.cells;
    struct activations grid = convolve_line(f, scratch, in);
    struct activations line = activations_new(f, a, columns, cells);
    struct activations outputs = activations_new(f, scratch, batch * rows, cells);

    for (int x = 0; x < columns; x += batch) {
        struct sequence sequences[FORWARD_BATCH_MAX];
        int count = columns - x < batch ? columns - x : batch;

        for (int i = 0; i < count; i++)
            sequences[i] = (struct sequence){
                .in = grid.values + (ptrdiff_t)(x + i) * rows * grid.stride,
                .out = outputs.values + (ptrdiff_t)i * rows * outputs.stride,
                .in_stride = grid.stride,
                .out_stride = outputs.stride,
                .steps = rows,
            };
        f->kernel->lstm(f->column, sequences, count);
        for (int i = 0; i < count; i++)
            memcpy(line.values + (x + i) * line.stride,
                   sequences[i].out + (rows - 1) * outputs.stride, (size_t)line.stride);
    }
    arena_reuse(scratch);
    return line;
}

static struct sequence sequence_of(const struct activations *in, const struct activations *out,
                                   bool is_reversed)
{
    struct sequence s = {in->values, out->values, in->stride, out->stride, in->steps};

    if (is_reversed) {
        s.in += (in->steps - 1) * in->stride;
        s.out += (in->steps - 1) * out->stride;
        s.in_stride = -in->stride;
        s.out_stride = -out->stride;
    }
    return s;
}

static void layer_run(const struct forward *f, struct arena *a, int layer,
                      struct activations *lines, int count)
{
    const struct lstm_layer *l = &f->model->network.layers[layer];
    struct sequence sequences[FORWARD_BATCH_MAX];
    struct activations out[FORWARD_BATCH_MAX];

    for (int i = 0; i < count; i++) {
        out[i] = activations_new(f, a, lines[i].steps, l->cells);
        sequences[i] = sequence_of(&lines[i], &out[i], l->is_reversed);
    }
    f->kernel->lstm(f->layers[layer], sequences, count);
    memcpy(lines, out, (size_t)count * sizeof *out);
}

/* Inputs longest first, none of them without a step. */
static void batch_run(const struct forward *f, struct arena *a, struct arena *scratch,
                      const struct line_input *const *inputs, int count,
                      struct activations *const *ret)
{
    struct activations lines[FORWARD_BATCH_MAX];

    for (int i = 0; i < count; i++)
        lines[i] = columns_run(f, a, scratch, inputs[i]);
    for (int layer = 0; layer < f->model->network.layer_count; layer++)
        layer_run(f, a, layer, lines, count);
    for (int i = 0; i < count; i++)
        *ret[i] = lines[i];
}

static int order_by_width(const void *a, const void *b)
{
    const struct line_input *const *x = a, *const *y = b;

    return ((*y)->width > (*x)->width) - ((*y)->width < (*x)->width);
}

void forward_walk(const struct forward *f, struct arena *a, const struct line_input *inputs,
                  size_t count, struct activations *ret)
{
    const struct line_input **order = arena_alloc_array(a, count, sizeof *order);
    AUTO_ARENA struct arena scratch = {.max = SIZE_MAX};
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        ret[i] = (struct activations){0};
        if (inputs[i].width >= POOL_SIDE)
            order[n++] = &inputs[i];
    }
    qsort(order, n, sizeof *order, order_by_width);
    for (size_t i = 0; i < n;) {
        struct activations *answers[FORWARD_BATCH_MAX];
        int batch = n - i < (size_t)f->kernel->batch ? (int)(n - i) : f->kernel->batch;

        for (int j = 0; j < batch; j++)
            answers[j] = &ret[order[i + (size_t)j] - inputs];
        batch_run(f, a, &scratch, order + i, batch, answers);
        i += (size_t)batch;
    }
}

void forward_posteriors(const struct forward *f, struct arena *a, const struct activations *line,
                        float scale, struct posteriors *ret)
{
    int classes = f->model->network.classes;

    *ret = (struct posteriors){.classes = classes};
    if (!line->steps)
        return;
    ret->values = arena_alloc(a, (size_t)line->steps * (size_t)classes * sizeof *ret->values +
                                     FORWARD_SLACK);
    ret->steps = line->steps;
    ret->pixels_per_step = POOL_SIDE / scale;
    f->kernel->softmax(f->softmax, line->values, line->stride, line->steps, ret->values);
}

void forward_run(const struct forward *f, struct arena *a, const struct line_input *inputs,
                 size_t count, struct posteriors *ret)
{
    struct activations *lines = arena_alloc_array(a, count, sizeof *lines);

    forward_walk(f, a, inputs, count, lines);
    for (size_t i = 0; i < count; i++)
        forward_posteriors(f, a, &lines[i], inputs[i].scale, &ret[i]);
}
