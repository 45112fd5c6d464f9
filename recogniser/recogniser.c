/*
 * The public front: lines are scaled, run through the network a few at a time, tried again white
 * for black when they read badly, and decoded.
 *
 * Lines of one width run together (sorted, as many as the kernel takes), and everything between
 * the line and its words lies in memory that is used again, for the next group or, where it is
 * large, the next line: so it does not grow with the page, and stays in the cache. Width is what it
 * follows (250 bytes a scaled pixel in Latin, twice that where a second try is made): so a group
 * has a share of it, and what is 340 times as wide as high is no line.
 */
#include "recogniser/recogniser.h"

#include "base/err.h"
#include "base/mem.h"
#include "recogniser/beam.h"
#include "recogniser/forward.h"

enum {
    GROUP_LINES_MAX = 24,
    GROUP_WIDTH_MAX = 8192, /* scaled pixels; twice as many were no faster */
    LINE_WIDTH_MAX = 16384,
};

/* Tesseract's own threshold of how well a line must read to be spared a second try. */
#define MEAN_ENOUGH 0.7F
#define MEAN_BUCKETS 127
#define TIE_MAX 0.6F /* two of a row's probabilities are not both above a half */

struct recogniser {
    struct model model;
    struct forward *forward;
    struct decoder *decoder;
};

/* A line on its way. */
struct reading {
    size_t index; /* of the caller's line */
    struct line_image scaled;
    float scale; /* scaled pixels for a pixel of the line */
    struct activations activations;
    float mean;
    bool is_inverted;
};

/* The memory of one call, and what becomes of each line that is read. */
struct work {
    const struct recogniser *r;
    struct arena group, line; /* emptied after each */
    void (*take)(const struct work *w, const struct reading *reading, const struct posteriors *p);
    struct arena *answers;
    const struct line_image *lines;
    union {
        struct recognised_line *texts;
        struct posteriors *posteriors;
    };
    struct beam *beam;
};

int recogniser_new(const struct recogniser_options *options, struct recogniser **ret,
                   struct err *err)
{
    struct recogniser *r = mem_alloc(sizeof *r);
    int status = model_open(options->path, &r->model, err);

    if (status == 0)
        status = forward_new(&r->model, options->kernel, &r->forward, err);
    if (status < 0) {
        recogniser_free(r);
        return status;
    }
    r->decoder = decoder_new(&r->model, options->without_dictionary);
    *ret = r;
    return 0;
}

void recogniser_free(struct recogniser *r)
{
    if (!r)
        return;
    decoder_free(r->decoder);
    forward_free(r->forward);
    model_close(&r->model);
    free(r);
}

const char *recogniser_kernel(const struct recogniser *r)
{
    return forward_kernel(r->forward);
}

int recogniser_height(const struct recogniser *r)
{
    return r->model.network.height;
}

const struct model *recogniser_model(const struct recogniser *r)
{
    return &r->model;
}

/* ---- a group of lines through the network ---- */

/* The largest probability. Floats that are not negative are in the order of their bits, and whole
 * numbers are what the compiler compares many at a time. */
static float row_best(const float *row, int classes)
{
    int32_t best = 0;
    float value;

    for (int i = 0; i < classes; i++) {
        int32_t bits;

        memcpy(&bits, &row[i], sizeof bits);
        best = bits > best ? bits : best;
    }
    memcpy(&value, &best, sizeof value);
    return value;
}

/* Whether class `i` has the value `best`, and none before it. */
static bool is_first_best(const float *row, int i, float best)
{
    if (row[i] < best)
        return false;
    for (int before = 0; before < i && best < TIE_MAX; before++)
        if (row[before] == best)
            return false;
    return true;
}

/* How sure the network is of the characters it sees: the mean of its best probabilities where the
 * best is a character, in Tesseract's 128 steps; 0 when it sees none. */
static float mean_of(const struct posteriors *p, int null_class)
{
    int sum = 0, count = 0;

    for (int t = 0; t < p->steps; t++) {
        const float *row = p->values + (ptrdiff_t)t * p->classes;
        float best = row_best(row, p->classes);

        if (is_first_best(row, null_class, best))
            continue;
        sum += (int)(MEAN_BUCKETS * best);
        count++;
    }
    return count ? (float)((double)sum / count / MEAN_BUCKETS) : 0;
}

/* Runs the network over some readings as they are now. */
static void pass_run(struct work *w, struct reading *readings, size_t count)
{
    struct line_input inputs[GROUP_LINES_MAX] = {0};
    struct activations activations[GROUP_LINES_MAX];

    for (size_t i = 0; i < count; i++)
        line_normalise(&w->group, &readings[i].scaled, readings[i].scale, &inputs[i]);
    forward_walk(w->r->forward, &w->group, inputs, count, activations);
    for (size_t i = 0; i < count; i++)
        readings[i].activations = activations[i];
}

/* They are large, so they are made a line at a time, in place of the last one's. */
static struct posteriors posteriors_of(struct work *w, struct reading *reading)
{
    struct posteriors p;

    arena_reuse(&w->line);
    forward_posteriors(w->r->forward, &w->line, &reading->activations, reading->scale, &p);
    reading->mean = mean_of(&p, w->r->model.network.null_class);
    return p;
}

/* The second try, white for black, for those that read badly; the better is taken. */
static void inverted_run(struct work *w, struct reading *const *first, size_t count)
{
    struct reading inverted[GROUP_LINES_MAX] = {0};

    for (size_t i = 0; i < count; i++) {
        inverted[i] = *first[i];
        inverted[i].scaled = line_invert(&w->group, &first[i]->scaled);
        inverted[i].is_inverted = true;
    }
    pass_run(w, inverted, count);
    for (size_t i = 0; i < count; i++) {
        struct posteriors p = posteriors_of(w, &inverted[i]);
        bool is_better = inverted[i].mean > first[i]->mean;

        if (!is_better)
            p = posteriors_of(w, first[i]);
        w->take(w, is_better ? &inverted[i] : first[i], &p);
    }
}

static void group_run(struct work *w, struct reading *readings, size_t count)
{
    struct reading *again[GROUP_LINES_MAX];
    size_t n = 0;

    pass_run(w, readings, count);
    for (size_t i = 0; i < count; i++) {
        struct posteriors p = posteriors_of(w, &readings[i]);

        if (readings[i].mean >= MEAN_ENOUGH)
            w->take(w, &readings[i], &p);
        else
            again[n++] = &readings[i];
    }
    inverted_run(w, again, n);
    arena_reuse(&w->group);
}

/* ---- many lines ---- */

static int line_check(const struct line_image *line, struct err *err)
{
    if (line->width < 1 || line->height < 1 || line->stride < line->width)
        return err_set(err, ERR_USAGE, "a line image of %d x %d pixels, %d bytes a row",
                       line->width, line->height, line->stride);
    return 0;
}

/* In pixels of the network's input, before rounding; false: too wide to be a line. */
static bool is_readable(const struct recogniser *r, const struct line_image *line)
{
    return (double)line->width * r->model.network.height / line->height < LINE_WIDTH_MAX;
}

/* Scales one line; false when it is too narrow or too wide to read. */
static bool reading_init(struct work *w, size_t index, struct reading *ret)
{
    const struct line_image *line = &w->lines[index];
    int height = w->r->model.network.height;

    if (!is_readable(w->r, line))
        return false;
    *ret = (struct reading){
        .index = index,
        .scaled = line_scale(&w->group, line, height),
        .scale = (float)height / (float)line->height,
    };
    return ret->scaled.width > 0;
}

struct by_shape {
    size_t index;
    double shape; /* width by height: what the scaled width follows */
};

static int shape_compare(const void *a, const void *b)
{
    const struct by_shape *x = a, *y = b;

    return (x->shape < y->shape) - (x->shape > y->shape);
}

static struct by_shape *lines_sort(const struct line_image *lines, size_t count)
{
    struct by_shape *order = mem_alloc_array(count, sizeof *order);

    for (size_t i = 0; i < count; i++)
        order[i] = (struct by_shape){i, (double)lines[i].width / lines[i].height};
    qsort(order, count, sizeof *order, shape_compare);
    return order;
}

/* Scales lines from *next on until the group is full. */
static size_t group_fill(struct work *w, const struct by_shape *order, size_t count, size_t *next,
                         struct reading readings[GROUP_LINES_MAX])
{
    int height = w->r->model.network.height, batch = forward_batch(w->r->forward);
    size_t n = 0, full = batch < GROUP_LINES_MAX ? (size_t)batch : GROUP_LINES_MAX;
    double width = 0;

    for (; *next < count && n < full; ++*next) {
        const struct by_shape *o = &order[*next];

        if (n && width + o->shape * height >= GROUP_WIDTH_MAX)
            break;
        if (!reading_init(w, o->index, &readings[n]))
            continue;
        width += o->shape * height;
        n++;
    }
    return n;
}

static void words_take(const struct work *w, const struct reading *reading,
                       const struct posteriors *p)
{
    struct recognised_line *text = &w->texts[reading->index];

    beam_read(w->beam, w->answers, p, w->lines[reading->index].height, text);
    text->is_inverted = reading->is_inverted;
}

static void work_release(struct work *w)
{
    arena_release(&w->group);
    arena_release(&w->line);
    beam_free(w->beam);
}

int recogniser_read(const struct recogniser *r, struct arena *a, const struct line_image *lines,
                    size_t count, struct recognised_line *texts, struct err *err)
{
    AUTO_FREE struct by_shape *order = NULL;
    struct work w = {r, {.max = SIZE_MAX}, {.max = SIZE_MAX}, words_take, a, lines, .texts = texts};

    for (size_t i = 0; i < count; i++)
        if (line_check(&lines[i], err) < 0)
            return err_wrap(err, ERR_USAGE, "line %zu", i);
    for (size_t i = 0; i < count; i++)
        texts[i] = (struct recognised_line){0};
    order = lines_sort(lines, count);
    w.beam = beam_new(r->decoder);
    for (size_t next = 0; next < count;) {
        struct reading readings[GROUP_LINES_MAX];

        group_run(&w, readings, group_fill(&w, order, count, &next, readings));
    }
    work_release(&w);
    return 0;
}

static void posteriors_take(const struct work *w, const struct reading *reading,
                            const struct posteriors *p)
{
    size_t size = (size_t)p->steps * (size_t)p->classes;

    (void)reading;
    *w->posteriors = *p;
    w->posteriors->values = arena_alloc_array(w->answers, size, sizeof *p->values);
    memcpy(w->posteriors->values, p->values, size * sizeof *p->values);
}

int recogniser_posteriors(const struct recogniser *r, struct arena *a,
                          const struct line_image *line, struct posteriors *ret, struct err *err)
{
    struct work w = {r,    {.max = SIZE_MAX}, {.max = SIZE_MAX}, posteriors_take, a,
                     line, .posteriors = ret};
    struct reading reading;

    if (line_check(line, err) < 0)
        return ERR_USAGE;
    *ret = (struct posteriors){.classes = r->model.network.classes};
    if (reading_init(&w, 0, &reading))
        group_run(&w, &reading, 1);
    work_release(&w);
    return 0;
}

size_t recogniser_alternatives(const struct recogniser *r, struct arena *a,
                               const struct posteriors *p, int height, struct line_reading *ret,
                               size_t max)
{
    struct beam *b = beam_new(r->decoder);
    size_t count = beam_read_several(b, a, p, height, ret, max);

    beam_free(b);
    return count;
}
