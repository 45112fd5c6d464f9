/*
 * Holds our recogniser against recordings of libtesseract's:
 *
 *   bilag-oracle-compare [--models FOLDER] [--kernel NAME] [--all] RECORDING…
 *
 * Every stage gets what Tesseract's got (when the recording has it), so that a difference is told
 * where it begins; the words are read from the crop alone, end to end. Floats are compared by their
 * bits. The first difference of each stage is explained, with --all every one. Exits 0 when all is
 * equal, 1 when not, 77 when the model of the recording is not installed or the processor lacks the
 * kernel, 2 for anything else.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "recogniser/forward.h"
#include "recogniser/line_input.h"
#include "recogniser/model.h"
#include "recogniser/recogniser.h"
#include "tests/oracle/recording.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BATCH_ARENA_BYTES ((size_t)4 << 30)

enum { BATCH = 32, PASSES = 2 * BATCH, EXIT_SKIPPED = 77 };

enum stage { SCALED, INPUT, POSTERIORS, INVERTED, WORDS, BOXES, CERTAINTIES, PERMUTERS, SYMBOLS };

static const char *const stage_names[] = {
    [SCALED] = "scaled",           [INPUT] = "input",         [POSTERIORS] = "posteriors",
    [INVERTED] = "inverted",       [WORDS] = "words",         [BOXES] = "boxes",
    [CERTAINTIES] = "certainties", [PERMUTERS] = "permuters", [SYMBOLS] = "symbols",
};

struct comparison {
    const char *models, *kernel;
    bool tells_all;
    struct model model;
    struct forward *forward;
    struct recogniser *recogniser;
    struct tally {
        size_t equal, total;
    } tally[ARRAY_LENGTH(stage_names)];
    size_t line_count;                /* of the batches before */
    const struct recorded_line *line; /* the one looked at */
    size_t number;                    /* … of its batch */
    struct recorded_cost tess_ns;
    int64_t our_us;
};

/* What the network gets of a batch; one or two passes a line. */
struct passes {
    struct line_input inputs[PASSES];
    size_t lines[PASSES]; /* of the batch */
    size_t n;
};

static void at_line(struct comparison *c, const struct recorded_line *lines, size_t i)
{
    c->line = &lines[i];
    c->number = i;
}

/* Counts one more result of a stage; says what differs unless a difference was told before. */
static void count(struct comparison *c, enum stage stage, bool is_equal, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void count(struct comparison *c, enum stage stage, bool is_equal, const char *format, ...)
{
    struct tally *t = &c->tally[stage];
    va_list args;

    t->total++;
    t->equal += is_equal;
    if (is_equal || (t->total - t->equal > 1 && !c->tells_all))
        return;
    printf("%s of line %zu (%s, %d,%d, %dx%d): ", stage_names[stage], c->line_count + c->number + 1,
           c->line->page, c->line->left, c->line->top, c->line->crop.width, c->line->crop.height);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* Bytes of ours against the recording's, or against its hash when it left them out. */
static bool is_same(const void *ours, const void *theirs, uint64_t hash, size_t length)
{
    if (length == 0)
        return true;
    if (!theirs)
        return recording_hash(ours, length) == hash;
    return memcmp(ours, theirs, length) == 0;
}

/* The same bits: 0 is not -0, and a NaN is itself. */
static bool is_same_float(float ours, float theirs)
{
    union {
        float value;
        uint32_t bits;
    } a = {ours}, b = {theirs};

    return a.bits == b.bits;
}

static size_t first_difference(const void *ours, const void *theirs, size_t value_bytes)
{
    const char *a = ours, *b = theirs;
    size_t i = 0;

    while (theirs && memcmp(a + i * value_bytes, b + i * value_bytes, value_bytes) == 0)
        i++;
    return i;
}

static void compare_scaled(struct comparison *c, struct arena *a, struct line_image *ret)
{
    const struct line_image *theirs = &c->line->scaled;
    size_t length, at;

    *ret = line_scale(a, &c->line->crop, c->model.network.height);
    if (ret->width != theirs->width || (ret->width && ret->height != theirs->height)) {
        count(c, SCALED, c->line->pass_count == 0 && ret->width == 0, "%dx%d, not %dx%d",
              ret->width, ret->height, theirs->width, theirs->height);
        return;
    }
    length = (size_t)ret->width * (size_t)ret->height;
    if (is_same(ret->pixels, theirs->pixels, c->line->scaled_hash, length)) {
        count(c, SCALED, true, "equal");
        return;
    }
    at = first_difference(ret->pixels, theirs->pixels, 1);
    count(c, SCALED, false, "pixel %zu,%zu is %d, not %d", at % (size_t)ret->width,
          at / (size_t)ret->width, ret->pixels[at], theirs->pixels ? theirs->pixels[at] : -1);
}

static void compare_input(struct comparison *c, const struct line_input *ours,
                          const struct recorded_pass *pass)
{
    const struct line_input *theirs = &pass->input;
    size_t length = (size_t)theirs->width * (size_t)theirs->height, at;

    if (ours->width != theirs->width || ours->height != theirs->height) {
        count(c, INPUT, false, "%dx%d, not %dx%d", ours->width, ours->height, theirs->width,
              theirs->height);
        return;
    }
    if (is_same(ours->values, theirs->values, pass->input_hash, length)) {
        count(c, INPUT, true, "equal");
        return;
    }
    at = first_difference(ours->values, theirs->values, 1);
    count(c, INPUT, false, "pass %d, value %zu,%zu is %d, not %d", (int)(pass - c->line->passes),
          at % (size_t)ours->width, at / (size_t)ours->width, ours->values[at],
          theirs->values ? theirs->values[at] : -128);
}

static void compare_posteriors(struct comparison *c, const struct posteriors *ours,
                               const struct recorded_pass *pass)
{
    const struct posteriors *theirs = &pass->posteriors;
    size_t length = (size_t)theirs->steps * (size_t)theirs->classes * sizeof(float), at;

    if (ours->steps != theirs->steps || ours->classes != theirs->classes) {
        count(c, POSTERIORS, false, "%d steps of %d classes, not %d of %d", ours->steps,
              ours->classes, theirs->steps, theirs->classes);
        return;
    }
    if (is_same(ours->values, theirs->values, pass->posteriors_hash, length)) {
        count(c, POSTERIORS, true, "equal");
        return;
    }
    at = first_difference(ours->values, theirs->values, sizeof(float));
    count(c, POSTERIORS, false, "pass %d, step %zu, class %zu is %a, not %a",
          (int)(pass - c->line->passes), at / (size_t)ours->classes, at % (size_t)ours->classes,
          (double)ours->values[at], theirs->values ? (double)theirs->values[at] : 0.0);
}

/* Scaling and normalising, each on what Tesseract's had; adds what the network is to get. */
static void compare_inputs(struct comparison *c, struct arena *a, struct passes *passes)
{
    const struct recorded_line *line = c->line;
    struct line_image scaled;
    struct line_input inputs[2];

    compare_scaled(c, a, &scaled);
    if (line->scaled.pixels)
        scaled = line->scaled;
    if (line->pass_count == 0 || scaled.width == 0)
        return;
    line_normalise(a, &scaled, line->scale, &inputs[0]);
    scaled = line_invert(a, &scaled);
    line_normalise(a, &scaled, line->scale, &inputs[1]);
    for (int i = 0; i < line->pass_count; i++) {
        const struct recorded_pass *pass = &line->passes[i];

        compare_input(c, &inputs[i], pass);
        passes->inputs[passes->n] = pass->input.values ? pass->input : inputs[i];
        passes->lines[passes->n++] = c->number;
    }
}

/* The network, on all lines together: it is several times as fast as on one after the other. */
static void compare_network(struct comparison *c, struct arena *a, const struct passes *passes,
                            const struct recorded_line *lines)
{
    struct posteriors posteriors[PASSES];

    forward_run(c->forward, a, passes->inputs, passes->n, posteriors);
    for (size_t i = 0; i < passes->n; i++) {
        bool is_second = i > 0 && passes->lines[i] == passes->lines[i - 1];

        at_line(c, lines, passes->lines[i]);
        compare_posteriors(c, &posteriors[i], &c->line->passes[is_second]);
    }
}

static void compare_symbols(struct comparison *c, const struct recognised_word *ours,
                            const struct recognised_word *theirs)
{
    size_t n = ours->symbol_count;

    if (n != theirs->symbol_count) {
        count(c, SYMBOLS, false, "“%s” of %zu characters, not %zu", ours->text, n,
              theirs->symbol_count);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct recognised_symbol *x = &ours->symbols[i], *y = &theirs->symbols[i];

        count(c, SYMBOLS,
              strcmp(x->text, y->text) == 0 && x->left == y->left && x->right == y->right &&
                  is_same_float(x->certainty, y->certainty),
              "“%s” in “%s”: %d to %d, certainty %a; not “%s”, %d to %d, %a", x->text, ours->text,
              x->left, x->right, (double)x->certainty, y->text, y->left, y->right,
              (double)y->certainty);
    }
}

static void compare_word(struct comparison *c, const struct recognised_word *ours,
                         const struct recognised_word *theirs)
{
    const struct line_box *x = &ours->box, *y = &theirs->box;

    count(c, WORDS, strcmp(ours->text, theirs->text) == 0, "“%s”, not “%s”", ours->text,
          theirs->text);
    count(c, BOXES, memcmp(x, y, sizeof(*x)) == 0, "“%s” at %d,%d to %d,%d, not %d,%d to %d,%d",
          ours->text, x->left, x->top, x->right, x->bottom, y->left, y->top, y->right, y->bottom);
    count(c, CERTAINTIES,
          is_same_float(ours->certainty, theirs->certainty) &&
              is_same_float(ours->space_certainty, theirs->space_certainty),
          "“%s” %a, space %a; not %a, space %a", ours->text, (double)ours->certainty,
          (double)ours->space_certainty, (double)theirs->certainty,
          (double)theirs->space_certainty);
    count(c, PERMUTERS, ours->permuter == theirs->permuter, "“%s” %d, not %d", ours->text,
          ours->permuter, theirs->permuter);
    compare_symbols(c, ours, theirs);
}

static const char *line_text(struct arena *a, const struct recognised_line *line)
{
    const char *text = "";

    for (size_t i = 0; i < line->word_count; i++)
        text = arena_printf(a, "%s%s%s", text, i ? " " : "", line->words[i].text);
    return text;
}

static void compare_text(struct comparison *c, struct arena *a, const struct recognised_line *ours)
{
    const struct recognised_line *theirs = &c->line->text;

    count(c, INVERTED, ours->is_inverted == theirs->is_inverted, "%d, not %d", ours->is_inverted,
          theirs->is_inverted);
    if (ours->word_count != theirs->word_count) {
        count(c, WORDS, false, "“%s”, not “%s”", line_text(a, ours), line_text(a, theirs));
        return;
    }
    for (size_t i = 0; i < ours->word_count; i++)
        compare_word(c, &ours->words[i], &theirs->words[i]);
}

static void add_cost(struct recorded_cost *sum, const struct recorded_cost *cost)
{
    sum->scale += cost->scale;
    sum->input += cost->input;
    sum->forward += cost->forward;
    sum->decode += cost->decode;
    sum->line += cost->line;
}

static int compare_batch(struct comparison *c, struct arena *a, const struct recorded_line *lines,
                         size_t n, struct err *err)
{
    struct line_image crops[BATCH];
    struct recognised_line texts[BATCH];
    struct passes passes = {.n = 0};
    int64_t begun_us;
    int r;

    for (size_t i = 0; i < n; i++)
        crops[i] = lines[i].crop;
    begun_us = clock_cpu_us();
    r = recogniser_read(c->recogniser, a, crops, n, texts, err);
    c->our_us += clock_cpu_us() - begun_us;
    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++) {
        at_line(c, lines, i);
        add_cost(&c->tess_ns, &lines[i].cost);
        compare_inputs(c, a, &passes);
        compare_text(c, a, &texts[i]);
    }
    compare_network(c, a, &passes, lines);
    c->line_count += n;
    return 0;
}

static int compare_lines(struct comparison *c, struct recording_reader *reader, struct err *err)
{
    struct recorded_line lines[BATCH];
    int r, more = 1;

    while (more) {
        struct arena a AUTO_ARENA;
        size_t n = 0;

        arena_init(&a, BATCH_ARENA_BYTES);
        while (n < BATCH && (more = recording_next(reader, &a, &lines[n], err)) > 0)
            n++;
        if (more < 0)
            return more;
        r = compare_batch(c, &a, lines, n, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int load(struct comparison *c, const char *path, bool without_dictionary, struct err *err)
{
    const struct recogniser_options options = {
        .path = path, .kernel = c->kernel, .without_dictionary = without_dictionary};
    int r = model_open(path, &c->model, err);

    if (r == 0)
        r = forward_new(&c->model, c->kernel, &c->forward, err);
    if (r == 0)
        r = recogniser_new(&options, &c->recogniser, err);
    return r;
}

static void unload(struct comparison *c)
{
    recogniser_free(c->recogniser);
    forward_free(c->forward);
    model_close(&c->model);
    c->recogniser = NULL;
    c->forward = NULL;
}

/* 0, an error, or 1 with a reason in `err` when it cannot be tried here. */
static int compare_recording(struct comparison *c, struct recording_reader *reader, struct err *err)
{
    const struct recording_head *head = recording_reader_head(reader);
    struct arena a AUTO_ARENA;
    const char *path;
    int r;

    arena_init(&a, BATCH_ARENA_BYTES);
    path = recording_find_model(&a, head, c->models);
    if (!path) {
        err_set(err, ERR_NOT_FOUND, "the %s model with SHA-256 %s is not installed", head->model,
                head->model_sha256);
        return 1;
    }
    r = load(c, path, head->without_dictionary, err);
    if (r == ERR_USAGE)
        r = 1;
    if (r == 0) {
        printf("%s%s, %s\n", head->model, head->without_dictionary ? " without dictionary" : "",
               recogniser_kernel(c->recogniser));
        r = compare_lines(c, reader, err);
    }
    unload(c);
    return r;
}

static bool report(const struct comparison *c)
{
    const struct recorded_cost *t = &c->tess_ns;
    bool is_equal = c->line_count > 0;

    for (size_t i = 0; i < ARRAY_LENGTH(stage_names); i++) {
        const struct tally *s = &c->tally[i];

        printf("%-12s %8zu of %8zu equal\n", stage_names[i], s->equal, s->total);
        is_equal &= s->equal == s->total;
    }
    printf("%zu lines, CPU ms: ours %.1f, Tesseract's %.1f (scale %.1f, input %.1f, forward %.1f, "
           "decode %.1f)\n",
           c->line_count, (double)c->our_us / 1e3, (double)t->line / 1e6, (double)t->scale / 1e6,
           (double)t->input / 1e6, (double)t->forward / 1e6, (double)t->decode / 1e6);
    return is_equal;
}

static bool take_options(int argc, char **argv, struct comparison *c)
{
    static const struct option options[] = {
        {"models", required_argument, NULL, 'm'},
        {"kernel", required_argument, NULL, 'k'},
        {"all", no_argument, NULL, 'a'},
        {0},
    };
    int o;

    while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (o == 'm')
            c->models = optarg;
        else if (o == 'k')
            c->kernel = optarg;
        else if (o == 'a')
            c->tells_all = true;
        else
            return false;
    }
    return optind < argc;
}

int main(int argc, char **argv)
{
    struct comparison c = {0};
    struct err err = {0};
    int r = 0;

    if (!take_options(argc, argv, &c)) {
        fprintf(stderr, "usage: bilag-oracle-compare [--models FOLDER] [--kernel NAME] [--all] "
                        "RECORDING…\n");
        return 2;
    }
    for (int i = optind; i < argc && r == 0; i++) {
        struct recording_reader *reader = NULL;

        r = recording_open(argv[i], &reader, &err);
        if (r == 0)
            r = compare_recording(&c, reader, &err);
        recording_close(reader);
    }
    if (r != 0) {
        fprintf(stderr, "bilag-oracle-compare: %s\n", err.text);
        return r > 0 ? EXIT_SKIPPED : 2;
    }
    return report(&c) ? 0 : 1;
}
