/*
 * What reading recorded lines costs, part by part, beside what it cost libtesseract when it was
 * recorded; and whether every byte and float is the same.
 *
 *   recogniser-bench RECORDING MODEL_FOLDER [KERNEL …]     kernels by name: vnni, avx2 …
 *
 * Milliseconds of process CPU a page: of each page the least of some rounds, as other programs are
 * running. "read" is all of it, crops to words, as a caller of the room has it; the parts are timed
 * on their own, a page at a time. All of a line's passes count, as they do for libtesseract. Layers
 * are timed on random activations, as many steps as a page has, all lines equally long. The
 * recording must be a whole one: tests/oracle/recordings are picked.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "recogniser/beam.h"
#include "recogniser/forward.h"
#include "recogniser/forward_kernel.h"
#include "tests/oracle/recording.h"

#include <string.h>
#include <time.h>

enum { ROUNDS = 10, LINE_STEPS = 110 };

struct bench {
    struct arena arena;
    struct recording_head head;
    struct recorded_line *lines;
    size_t count, *pages, page_count; /* pages: where each begins, and the end */
    int steps;                        /* a page, of all passes */
    const char *path;                 /* of the model */
    struct model model;
};

static double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* Some work on one page, in an empty arena. */
typedef void (*page_work)(const struct bench *b, size_t page, struct arena *a, void *with);

static double least_ms(const struct bench *b, page_work work, size_t page, void *with)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 32};
    double best = 1e9;

    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_ms(), took;

        work(b, page, &a, with);
        took = cpu_ms() - start;
        arena_clear(&a);
        best = took < best ? took : best;
    }
    return best;
}

static double page_ms(const struct bench *b, page_work work, void *with)
{
    double sum = 0;

    for (size_t page = 0; page < b->page_count; page++)
        sum += least_ms(b, work, page, with);
    return sum / (double)b->page_count;
}

/* Whether it holds what each part is given and gives; a picked recording leaves most out. */
static bool is_whole(const struct recorded_line *line)
{
    for (int pass = 0; pass < line->pass_count; pass++)
        if (!line->passes[pass].input.values || !line->passes[pass].posteriors.values)
            return false;
    return line->scaled.pixels || line->scaled.width == 0;
}

static int bench_open(struct bench *b, const char *path, const char *folder, struct err *err)
{
    int r = recording_read(&b->arena, path, &b->head, &b->lines, &b->count, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < b->count; i++)
        if (!is_whole(&b->lines[i]))
            return err_set(err, ERR_INVALID,
                           "%s leaves values out, as bilag-oracle-pick does; "
                           "bilag-oracle-record writes all of them",
                           path);
    b->path = recording_find_model(&b->arena, &b->head, folder);
    if (!b->path)
        return err_set(err, ERR_NOT_FOUND, "model %s is not installed", b->head.model);
    r = model_open(b->path, &b->model, err);
    if (r < 0)
        return r;
    b->pages = arena_alloc_array(&b->arena, b->count + 1, sizeof *b->pages);
    for (size_t i = 0; i < b->count; i++) {
        if (!i || strcmp(b->lines[i].page, b->lines[i - 1].page) != 0)
            b->pages[b->page_count++] = i;
        for (int pass = 0; pass < b->lines[i].pass_count; pass++)
            b->steps += b->lines[i].passes[pass].posteriors.steps;
    }
    b->pages[b->page_count] = b->count;
    b->steps /= (int)b->page_count;
    return 0;
}

/* ---- the oracle's figures ---- */

static void print_tesseract(const struct bench *b)
{
    struct recorded_cost sum = {0};
    double page = 1e6 * (double)b->page_count;

    for (size_t i = 0; i < b->count; i++) {
        const struct recorded_cost *c = &b->lines[i].cost;

        sum = (struct recorded_cost){sum.scale + c->scale, sum.input + c->input,
                                     sum.forward + c->forward, sum.decode + c->decode,
                                     sum.line + c->line};
    }
    printf("%s: %zu pages, %.1f lines and %d steps a page\n", b->head.model, b->page_count,
           (double)b->count / (double)b->page_count, b->steps);
    printf("%-10s scale %7.2f  input %5.2f  forward %7.2f  decode %6.2f  lines %7.2f ms a page\n",
           "tesseract", (double)sum.scale / page, (double)sum.input / page,
           (double)sum.forward / page, (double)sum.decode / page, (double)sum.line / page);
}

/* ---- the parts ---- */

static void scale_page(const struct bench *b, size_t page, struct arena *a, void *with)
{
    (void)with;
    for (size_t i = b->pages[page]; i < b->pages[page + 1]; i++)
        line_scale(a, &b->lines[i].crop, b->model.network.height);
}

static void normalise_page(const struct bench *b, size_t page, struct arena *a, void *with)
{
    (void)with;
    for (size_t i = b->pages[page]; i < b->pages[page + 1]; i++) {
        struct line_image scaled = b->lines[i].scaled;

        for (int pass = 0; pass < b->lines[i].pass_count; pass++) {
            struct line_input input;

            if (pass)
                scaled = line_invert(a, &scaled);
            line_normalise(a, &scaled, b->lines[i].scale, &input);
        }
    }
}

/* Lines whose scaled image or any pass's input is not the recorded one. */
static size_t inputs_differ(struct bench *b)
{
    size_t differences = 0;

    for (size_t i = 0; i < b->count; i++) {
        AUTO_ARENA struct arena a = {.max = 100000000};
        const struct recorded_line *line = &b->lines[i];
        struct line_image scaled = line_scale(&a, &line->crop, b->model.network.height);
        bool is_same = scaled.width == line->scaled.width;

        for (int y = 0; is_same && y < scaled.height; y++)
            is_same = memcmp(scaled.pixels + y * scaled.stride,
                             line->scaled.pixels + y * line->scaled.stride,
                             (size_t)scaled.width) == 0;
        for (int pass = 0; is_same && pass < line->pass_count; pass++) {
            struct line_input input;

            if (pass)
                scaled = line_invert(&a, &scaled);
            line_normalise(&a, &scaled, line->scale, &input);
            is_same = memcmp(input.values, line->passes[pass].input.values,
                             (size_t)input.width * (size_t)input.height) == 0;
        }
        differences += !is_same;
    }
    return differences;
}

static void forward_page(const struct bench *b, size_t page, struct arena *a, void *with)
{
    size_t first = b->pages[page], count = b->pages[page + 1] - first, passes = 0;
    struct line_input *inputs = arena_alloc_array(a, count * ARRAY_LENGTH(b->lines->passes),
                                                  sizeof *inputs);

    for (size_t i = first; i < first + count; i++)
        for (int pass = 0; pass < b->lines[i].pass_count; pass++)
            inputs[passes++] = b->lines[i].passes[pass].input;
    forward_run(with, a, inputs, passes, arena_alloc_array(a, passes, sizeof(struct posteriors)));
}

static size_t posteriors_differ(const struct bench *b, const struct forward *f)
{
    size_t differences = 0;

    for (size_t i = 0; i < b->count; i++)
        for (int pass = 0; pass < b->lines[i].pass_count; pass++) {
            AUTO_ARENA struct arena a = {.max = (size_t)1 << 32};
            const struct recorded_pass *truth = &b->lines[i].passes[pass];
            struct posteriors p;

            forward_run(f, &a, &truth->input, 1, &p);
            differences += p.steps != truth->posteriors.steps ||
                           memcmp(p.values, truth->posteriors.values,
                                  (size_t)p.steps * (size_t)p.classes * sizeof *p.values) != 0;
        }
    return differences;
}

static void decode_page(const struct bench *b, size_t page, struct arena *a, void *with)
{
    struct recognised_line text;

    for (size_t i = b->pages[page]; i < b->pages[page + 1]; i++)
        beam_read(with, a, &b->lines[i].passes[b->lines[i].kept].posteriors,
                  b->lines[i].crop.height, &text);
}

/* ---- layers ---- */

struct layer_work {
    const struct forward_kernel *kernel;
    const void *packed;
    int steps, line_steps;
};

static void lstm_page(const struct bench *b, size_t page, struct arena *a, void *with)
{
    static unsigned char in[FORWARD_BATCH_MAX * LINE_STEPS * NETWORK_CELLS_MAX];
    static unsigned char out[FORWARD_BATCH_MAX * LINE_STEPS * NETWORK_CELLS_MAX];
    const struct layer_work *w = with;
    struct sequence sequences[FORWARD_BATCH_MAX];
    int stride = NETWORK_CELLS_MAX, batch = w->kernel->batch;

    (void)b, (void)page, (void)a;
    if (!in[0])
        for (size_t i = 0; i < sizeof in; i++)
            in[i] = (unsigned char)(1 + rand() % 255);
    for (int i = 0; i < batch; i++)
        sequences[i] = (struct sequence){in + i * LINE_STEPS * stride,
                                         out + i * LINE_STEPS * stride, stride, stride,
                                         w->line_steps};
    for (int done = 0; done < w->steps; done += batch * w->line_steps)
        w->kernel->lstm(w->packed, sequences, batch);
}

static double lstm_ms(const struct bench *b, const struct forward_kernel *k,
                      const struct curves *curves, const struct lstm_layer *layer, int steps,
                      int line_steps)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 32};
    struct layer_work work = {k, k->lstm_pack(&a, layer, curves), steps, line_steps};

    return least_ms(b, lstm_page, 0, &work);
}

static void softmax_page(const struct bench *b, size_t page, struct arena *a, void *with)
{
    static unsigned char in[LINE_STEPS * NETWORK_CELLS_MAX + FORWARD_SLACK];
    const struct layer_work *w = with;
    float *out = arena_alloc(
        a, (size_t)w->line_steps * (size_t)b->model.network.classes * sizeof *out + FORWARD_SLACK);

    (void)page;
    if (!in[0])
        for (size_t i = 0; i < sizeof in; i++)
            in[i] = (unsigned char)(64 + rand() % 128);
    for (int done = 0; done < w->steps; done += w->line_steps)
        w->kernel->softmax(w->packed, in, NETWORK_CELLS_MAX, w->line_steps, out);
}

static double softmax_ms(const struct bench *b, const struct forward_kernel *k)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 32};
    struct layer_work work = {k, k->softmax_pack(&a, &b->model.network.softmax), b->steps,
                              LINE_STEPS};

    return least_ms(b, softmax_page, 0, &work);
}

static void print_layers(const struct bench *b, const struct forward_kernel *k)
{
    static struct curves curves;
    const struct network *net = &b->model.network;
    int rows = net->height / POOL_SIDE;

    curves_init(&curves);
    printf("%-10s column %5.2f ", "", lstm_ms(b, k, &curves, &net->column, b->steps * rows, rows));
    for (int i = 0; i < net->layer_count; i++)
        printf(" %s%d %5.2f ", net->layers[i].is_reversed ? "Lrx" : "Lfx", net->layers[i].cells,
               lstm_ms(b, k, &curves, &net->layers[i], b->steps, LINE_STEPS));
    printf(" softmax %5.2f\n", softmax_ms(b, k));
}

/* ---- all of it ---- */

static void read_page(const struct bench *b, size_t page, struct arena *a, void *with)
{
    size_t first = b->pages[page], count = b->pages[page + 1] - first;
    struct recognised_line *texts = arena_alloc_array(a, count, sizeof *texts);
    struct line_image *crops = arena_alloc_array(a, count, sizeof *crops);

    for (size_t i = 0; i < count; i++)
        crops[i] = b->lines[first + i].crop;
    if (recogniser_read(with, a, crops, count, texts, NULL) < 0)
        BUG("a recorded line is refused");
}

static int read_measure(const struct bench *b, const char *kernel, struct err *err)
{
    struct recogniser_options options = {b->path, kernel, b->head.without_dictionary};
    struct recogniser *recogniser;
    int r = recogniser_new(&options, &recogniser, err);

    if (r < 0)
        return r;
    printf("%-10s read    %6.2f ms a page\n", kernel, page_ms(b, read_page, recogniser));
    recogniser_free(recogniser);
    return 0;
}

static int kernel_measure(struct bench *b, const char *name, struct err *err)
{
    struct forward *f;
    int r = read_measure(b, name, err);

    if (r == 0)
        r = forward_new(&b->model, name, &f, err);
    if (r < 0)
        return r;
    printf("%-10s forward %6.2f ms a page, %zu passes differ\n", name, page_ms(b, forward_page, f),
           posteriors_differ(b, f));
    print_layers(b, forward_kernel_find(name));
    forward_free(f);
    return 0;
}

/* The parts that no kernel computes. */
static void print_common(struct bench *b)
{
    struct decoder *decoder = decoder_new(&b->model, b->head.without_dictionary);
    struct beam *beam = beam_new(decoder);

    printf("%-10s scale %7.2f ", "bilag", page_ms(b, scale_page, NULL));
    printf(" input %5.2f ", page_ms(b, normalise_page, NULL));
    printf(" decode %6.2f ms a page, %zu lines' inputs differ\n", page_ms(b, decode_page, beam),
           inputs_differ(b));
    beam_free(beam);
    decoder_free(decoder);
}

int main(int argc, char **argv)
{
    struct bench b = {.arena.max = (size_t)1 << 33};
    struct err err = {0};
    int r;

    if (argc < 3) {
        fprintf(stderr, "usage: recogniser-bench RECORDING MODEL_FOLDER [KERNEL …]\n");
        return 2;
    }
    r = bench_open(&b, argv[1], argv[2], &err);
    if (r == 0) {
        print_tesseract(&b);
        print_common(&b);
    }
    for (int i = 3; i < argc && r == 0; i++)
        r = kernel_measure(&b, argv[i], &err);
    if (r < 0)
        fprintf(stderr, "recogniser-bench: %s\n", err.text);
    model_close(&b.model);
    arena_release(&b.arena);
    return r < 0;
}
