/*
 * Trains the field scorer: a line of weights a field, so that of all candidates of a paper, and of
 * "none of them", the true one is likeliest (softmax over scores, log loss). Several candidates may
 * carry the true value: their probabilities count together.
 *
 * The prior's weights, set by hand, are what the weights are drawn to (ridge): evidence that few
 * papers show keeps its weight. Each paper is seen twice, the second time with a fifth of its
 * labels forgotten, as a house that writes words we do not know would look.
 */
#include "pipeline/sort/train_fields.h"
#include "pipeline/extract/extract.h"
#include "pipeline/extract/score.h"
#include "pipeline/sort/training.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 256 << 20, MODEL_BYTES = 1 << 20, STEPS = 8, FORGOTTEN = 5 };

#define SHARPNESS 20.0   /* log odds of a score's unit: sharp, for the highest is chosen */
#define RIDGE 10000.0    /* how hard the prior holds: 1000 unlearnt labels on the test part */
#define LONGEST_STEP 0.3 /* of a weight in one iteration */
#define GAIN 0.01        /* of F1, that a longer way from the prior must bring */

/* One option's features, and whether it is the truth. */
struct sample {
    float features[SCORE_FEATURES];
    bool is_right;
};

/* All papers' options for one field; those of paper i are first[i] to first[i + 1]. */
struct samples {
    struct sample *items;
    size_t *first;
    size_t n, capacity, papers, papers_capacity, printed;
};

/* ---- what the papers say ---- */

static const char *printed_truth(const struct json_t *truth, const char *field)
{
    const json_t *visible = json_object_get(truth, "visible"), *name;
    size_t i;

    json_array_foreach(visible, i, name)
        if (strcmp(json_string_value(name), field) == 0)
            return json_get_text(truth, field, NULL);
    return NULL;
}

/* The same letters and digits, as scripts/score compares. */
static bool is_same(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a && isascii(*a) && !isalnum((unsigned char)*a))
            a++;
        while (*b && isascii(*b) && !isalnum((unsigned char)*b))
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b) || !*a)
            return *a == *b;
    }
}

static void add_paper(struct samples *s, const struct score_rule *rule, const struct score_view *v,
                      const char *value)
{
    if (s->papers + 1 >= s->papers_capacity) {
        s->papers_capacity = 2 * s->papers_capacity + 1024;
        s->first = mem_grow_array(s->first, s->papers_capacity, sizeof *s->first);
    }
    s->first[s->papers] = s->n;
    for (int i = 0; i < v->c->count; i++) {
        if (!score_may_fill(rule, v, i))
            continue;
        if (s->n == s->capacity) {
            s->capacity = 2 * s->capacity + 1024;
            s->items = mem_grow_array(s->items, s->capacity, sizeof *s->items);
        }
        score_features(rule, v, i, s->items[s->n].features);
        s->items[s->n++].is_right = value && is_same(v->c->items[i].value, value);
    }
    s->papers++;
    s->printed += value != NULL;
    s->first[s->papers] = s->n;
}

static void add_papers(struct samples all[FIELD_COUNT], const struct score_view *v,
                       const struct json_t *truth)
{
    for (int r = 0; r < score_rule_count; r++) {
        enum field_id id = score_rules[r].field;

        add_paper(&all[id], &score_rules[r], v, printed_truth(truth, field_info(id)->name));
    }
}

static void forget_labels(struct sheet *s, uint32_t seed)
{
    uint32_t state = seed * 2654435761u + 1;

    for (int i = 0; i < s->n_mentions; i++)
        if (training_roll(&state) % FORGOTTEN == 0)
            s->mentions[i].concepts = 0;
}

static void add_document(struct samples all[FIELD_COUNT], struct arena *a,
                         const struct training_document *t, uint32_t seed)
{
    const struct company nobody = {"", "", "", "", ""};
    struct document *d = document_new(a);
    struct candidates candidates;
    struct parties parties;
    struct score_view view;
    struct sheet sheet;

    d->type = t->type;
    d->n_pages = (size_t)t->n_pages;
    sheet_init(&sheet, a, t->pages, d->n_pages);
    candidates_find(&candidates, a, &sheet, sheet_writes_month_first(&sheet));
    parties_find(&parties, &sheet, &nobody, a, d);
    view = score_view_of(a, &candidates, &sheet, &parties);
    add_papers(all, &view, t->truth);
    forget_labels(&sheet, seed);
    add_papers(all, &view, t->truth);
}

static int read_samples(const char *input, struct samples all[FIELD_COUNT], struct err *err)
{
    AUTO_FCLOSE FILE *in = fopen(input, "r");
    struct training_document t;
    struct arena arena;
    uint32_t seed = 0;
    int r;

    if (!in)
        return err_errno(err, ERR_IO, "opening %s", input);
    arena_init(&arena, ARENA_BYTES);
    while ((r = training_read(&arena, in, &t, err)) > 0) {
        add_document(all, &arena, &t, seed++);
        arena_clear(&arena);
    }
    arena_release(&arena);
    return r;
}

/* ---- fitting ---- */

/* One paper in five, with both its copies. */
static bool is_held_out(size_t paper)
{
    return paper / 2 % 5 == 4;
}

/* The gradient and minus the second derivatives at some weights. */
struct slope {
    double gradient[SCORE_FEATURES], curve[SCORE_FEATURES][SCORE_FEATURES];
};

static double score_of(const double w[SCORE_FEATURES], const struct sample *s)
{
    double sum = 0;

    for (int k = 0; k < SCORE_FEATURES; k++)
        sum += w[k] * (double)s->features[k];
    return SHARPNESS * sum;
}

static void add_curve(struct slope *slope, const double x[SCORE_FEATURES], double weight)
{
    for (int i = 0; i < SCORE_FEATURES; i++)
        for (int k = 0; x[i] != 0 && k < SCORE_FEATURES; k++)
            slope->curve[i][k] += weight * x[i] * x[k];
}

/* One paper: what is expected of the right options (if there are none, of "none", whose features
 * are all 0), less what is expected of all. */
static void add_slope(const double w[SCORE_FEATURES], const struct sample *s, size_t n,
                      struct slope *slope)
{
    double top = SHARPNESS * (double)SCORE_ACCEPTED, all, right = 0, mean[SCORE_FEATURES] = {0};

    for (size_t i = 0; i < n; i++)
        top = fmax(top, score_of(w, &s[i]));
    all = exp(SHARPNESS * (double)SCORE_ACCEPTED - top);
    for (size_t i = 0; i < n; i++) {
        double part = exp(score_of(w, &s[i]) - top);

        all += part;
        right += s[i].is_right ? part : 0;
    }
    for (size_t i = 0; i < n; i++) {
        double part = exp(score_of(w, &s[i]) - top), x[SCORE_FEATURES];
        double push = (s[i].is_right ? part / right : 0) - part / all;

        for (int k = 0; k < SCORE_FEATURES; k++) {
            x[k] = SHARPNESS * (double)s[i].features[k];
            slope->gradient[k] += push * x[k];
            mean[k] += part / all * x[k];
        }
        if (part > 1e-9 * all)
            add_curve(slope, x, part / all);
    }
    add_curve(slope, mean, -1);
}

/* Solves curve × step = gradient in place, by Gauss: the ridge makes it positive definite. */
static void solve(struct slope *slope)
{
    double *x = slope->gradient;

    for (int i = 0; i < SCORE_FEATURES; i++)
        for (int r = i + 1; r < SCORE_FEATURES; r++) {
            double factor = slope->curve[r][i] / slope->curve[i][i];

            for (int k = i; k < SCORE_FEATURES; k++)
                slope->curve[r][k] -= factor * slope->curve[i][k];
            x[r] -= factor * x[i];
        }
    for (int i = SCORE_FEATURES - 1; i >= 0; i--) {
        for (int k = i + 1; k < SCORE_FEATURES; k++)
            x[i] -= slope->curve[i][k] * x[k];
        x[i] /= slope->curve[i][i];
    }
}

/* Newton's method, from the prior; no step is longer than LONGEST_STEP. */
static void fit(const struct samples *s, const float prior[SCORE_FEATURES],
                double w[SCORE_FEATURES])
{
    for (int k = 0; k < SCORE_FEATURES; k++)
        w[k] = (double)prior[k];
    for (int step = 0; step < STEPS; step++) {
        struct slope slope = {0};
        double longest = LONGEST_STEP;

        for (int k = 0; k < SCORE_FEATURES; k++) {
            slope.gradient[k] = RIDGE * ((double)prior[k] - w[k]);
            slope.curve[k][k] = RIDGE;
        }
        for (size_t i = 0; i < s->papers; i++)
            if (!is_held_out(i))
                add_slope(w, s->items + s->first[i], s->first[i + 1] - s->first[i], &slope);
        solve(&slope);
        for (int k = 0; k < SCORE_FEATURES; k++)
            longest = fmax(longest, fabs(slope.gradient[k]));
        for (int k = 0; k < SCORE_FEATURES; k++)
            w[k] += slope.gradient[k] * LONGEST_STEP / longest;
    }
}

/* F1 of choosing by these weights on the papers held out; of all, or of those that forgot nothing.
 */
static double judge(const struct samples *s, const double w[SCORE_FEATURES], bool is_whole)
{
    double right = 0, answers = 0, wanted = 0;

    for (size_t i = 0; i < s->papers; i += is_whole ? 2 : 1) {
        double top = SHARPNESS * (double)SCORE_ACCEPTED;
        const struct sample *best = NULL;
        bool has_right = false;

        for (size_t k = s->first[i]; is_held_out(i) && k < s->first[i + 1]; k++) {
            double score = score_of(w, &s->items[k]);

            has_right |= s->items[k].is_right;
            if (score > top) {
                top = score;
                best = &s->items[k];
            }
        }
        wanted += has_right;
        answers += best != NULL;
        right += best && best->is_right;
    }
    return wanted > 0 ? 2 * right / (wanted + answers) : 0;
}

/* How far to go from the prior to what was fitted: an eighth of the way, a quarter … as long as the
 * papers held out gain by it and those that forgot nothing do not lose. What our generator's papers
 * do not clearly ask for, papers laid out otherwise would not repay. */
static void settle(const struct samples *s, const float prior[SCORE_FEATURES],
                   double w[SCORE_FEATURES], const char *name)
{
    double best[SCORE_FEATURES], tried[SCORE_FEATURES], before, whole, top, kept = 0;

    for (int k = 0; k < SCORE_FEATURES; k++)
        best[k] = (double)prior[k];
    before = top = judge(s, best, false);
    whole = judge(s, best, true);
    for (double share = 0.125; share <= 1; share *= 2) {
        for (int k = 0; k < SCORE_FEATURES; k++)
            tried[k] = (double)prior[k] + share * (w[k] - (double)prior[k]);
        if (judge(s, tried, false) < top + GAIN || judge(s, tried, true) < whole)
            continue;
        top = judge(s, tried, false);
        memcpy(best, tried, sizeof best);
        kept = share;
    }
    memcpy(w, best, sizeof best);
    printf("%-24s%8zu printed, held out F1 %.4f to %.4f, %g of the way\n", name, s->printed / 2,
           before, top, kept);
}

static void print_model(const struct scorer *prior, const struct samples all[FIELD_COUNT],
                        const char *how, struct buf *out)
{
    buf_printf(out, "%s\nmade: %s\nfeatures", SCORE_MAGIC, how);
    for (int k = 0; k < SCORE_FEATURES; k++)
        buf_printf(out, " %s", score_feature_name(k));
    buf_add_text(out, "\n");
    for (int r = 0; r < score_rule_count; r++) {
        enum field_id id = score_rules[r].field;
        const char *name = field_info(id)->name;
        double w[SCORE_FEATURES];

        fit(&all[id], prior->weights[id], w);
        settle(&all[id], prior->weights[id], w, name);
        buf_printf(out, "field %s %zu %zu", name, all[id].papers / 2, all[id].printed / 2);
        for (int k = 0; k < SCORE_FEATURES; k++)
            buf_printf(out, " %.3f", w[k]);
        buf_add_text(out, "\n");
    }
}

int train_fields(const char *prior_path, const char *input, const char *output, const char *how,
                 struct err *err)
{
    static struct samples all[FIELD_COUNT];
    struct scorer prior;
    AUTO_BUF struct buf bytes, model;
    int r;

    buf_init(&bytes, MODEL_BYTES);
    buf_init(&model, MODEL_BYTES);
    r = file_read(prior_path, &bytes, err);
    if (r == 0)
        r = scorer_parse(&prior, bytes.data, bytes.length, err);
    if (r == 0)
        r = read_samples(input, all, err);
    if (r == 0) {
        print_model(&prior, all, how, &model);
        r = file_write(output, model.data, model.length, 0644, err);
    }
    for (int i = 0; i < FIELD_COUNT; i++) {
        free(all[i].items);
        free(all[i].first);
    }
    return r;
}
