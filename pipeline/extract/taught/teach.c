/*
 * The first scorer of a field is learnt twice: from the true spans and some of the others, then
 * again with the false ones the first weights liked best. That is enough negatives to be sharp and
 * few enough to be quick. The second scorer must see first guesses as wrong as they will be on new
 * paper: each half of the examples is guessed at by first scorers learnt from the other half.
 */
#include "pipeline/extract/taught/teach.h"
#include "pipeline/extract/taught/places.h"
#include "pipeline/extract/taught/teach_lesson.h"
#include "pipeline/extract/taught/teach_truth.h"

#include "base/arena.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EASY_NEGATIVES = 120 };

struct task {
    struct arena *arena;
    const struct type *type;
    const struct teach_example *examples;
    size_t count;
    const int *groups;          /* one an example, from 1 */
    const int *folds;           /* one an example */
    const struct truth *truths; /* examples x fields */
};

static const struct truth *truth_of(const struct task *t, size_t example, size_t field)
{
    return &t->truths[example * t->type->n_fields + field];
}

/* --- what is learnt of one example -------------------------------------------------------- */

/* A generator of our own: rand() differs between libraries, and weights must not. */
static uint32_t roll(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static bool touches(const struct span *a, const struct span *b)
{
    return a->first < b->first + b->count && b->first < a->first + a->count;
}

/* One field's truth in one example while it is learnt from. */
struct study {
    struct arena scratch;
    const struct task *task;
    const struct teach_example *example;
    size_t field;
    int group; /* from 1 */
    enum field_kind kind;
    const bool *is_true; /* one a span */
};

static void study_add(struct study *y, struct lesson *l, const struct standing *standing,
                      const struct span *const *others)
{
    struct span_features features = taught_features(&y->scratch, y->example->sheet, y->task->type,
                                                    y->field, standing, others);

    lesson_add(l, &features, y->group, y->is_true[standing->span - y->example->sheet->spans.items]);
}

static void add_easy(struct study *y, struct lesson *l)
{
    const struct spans *spans = &y->example->sheet->spans;
    uint32_t state = 1, of_kind = 0;

    for (int i = 0; i < spans->count; i++)
        of_kind += spans->items[i].kind == y->kind;
    for (int i = 0; i < spans->count; i++) {
        const struct standing standing = {.span = &spans->items[i]};
        bool is_near = false;

        if (spans->items[i].kind != y->kind)
            continue;
        for (int k = i - 60; k < i + 60 && !is_near; k++)
            is_near = k >= 0 && k < spans->count && y->is_true[k] &&
                      touches(&spans->items[i], &spans->items[k]);
        if (y->is_true[i] || is_near || roll(&state) % of_kind < EASY_NEGATIVES)
            study_add(y, l, &standing, NULL);
    }
}

/* The best that are false; with `others`, all of the best. */
static void add_best(struct study *y, struct lesson *l, const struct taught_weights *first,
                     const struct span *const *others)
{
    struct standing standings[STANDINGS_MAX];
    int n = taught_stand(first, y->example->sheet, y->task->type, y->field, standings);

    for (int i = 0; i < n; i++)
        if (others || !y->is_true[standings[i].span - y->example->sheet->spans.items])
            study_add(y, l, &standings[i], others);
}

static void add_choices(struct lesson *l, struct arena *a, const struct teach_example *e, int group,
                        const struct type_field *declared, const char *truth)
{
    for (size_t i = 0; i < declared->n_choices; i++) {
        struct span_features f = choice_features_find(&e->sheet->sheet, a, (int)i);

        lesson_add(l, &f, group, strcmp(declared->choices[i], truth) == 0);
    }
}

/* Which examples are learnt from: all, but one fold or one half of the folds. */
struct share {
    int left_out_fold, left_out_half; /* -1: none */
};

static bool is_in(const struct task *t, const struct share *share, size_t example)
{
    return t->folds[example] != share->left_out_fold &&
           t->folds[example] % 2 != share->left_out_half;
}

/* False when there is nothing to learn: the example's value stands nowhere, so its spans are
 * neither true nor false. Of a choice, not to be any is no lesson. */
static bool can_learn(const struct task *t, size_t example, size_t field)
{
    bool has_value = t->examples[example].values[field] != NULL;

    if (t->type->fields[field].kind == FIELD_CODE)
        return has_value;
    return !has_value || truth_of(t, example, field)->place != TRUTH_NOWHERE;
}

static void study_begin(struct study *y, const struct task *t, size_t example, size_t field)
{
    *y = (struct study){.task = t,
                        .example = &t->examples[example],
                        .field = field,
                        .group = t->groups[example],
                        .kind = t->type->fields[field].kind,
                        .is_true = truth_of(t, example, field)->is_true};
    arena_init(&y->scratch, 256 << 20);
}

static void study_first(struct study *y, struct lesson *l, int round,
                        const struct taught_weights *so_far)
{
    const struct type_field *declared = &y->task->type->fields[y->field];

    if (y->kind == FIELD_CODE)
        add_choices(l, &y->scratch, y->example, y->group, declared, y->example->values[y->field]);
    else if (round == 0)
        add_easy(y, l);
    else
        add_best(y, l, so_far, NULL);
}

static void learn_first(const struct task *t, size_t field, const struct share *share,
                        struct taught_weights *ret)
{
    struct lesson lesson = {0};
    int rounds = t->type->fields[field].kind == FIELD_CODE ? 1 : 2;

    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < t->count; i++) {
            struct study study;

            if (!is_in(t, share, i) || !can_learn(t, i, field))
                continue;
            study_begin(&study, t, i, field);
            study_first(&study, &lesson, round, ret);
            arena_release(&study.scratch);
        }
        lesson_learn(&lesson, ret);
    }
    lesson_release(&lesson);
}

/* What each field of an example is first thought to be. */
static void guess(const struct task *t, size_t example, const struct taught *by,
                  const struct span **ret)
{
    for (size_t f = 0; f < t->type->n_fields; f++) {
        struct standing standings[STANDINGS_MAX];
        int n = taught_stand(&by->fields[f].first, t->examples[example].sheet, t->type, f,
                             standings);

        ret[f] = n ? standings[0].span : NULL;
    }
}

/* `halves` were learnt without the even and without the odd folds. */
static void learn_second(const struct task *t, size_t field, const struct share *share,
                         const struct taught halves[2], const struct span **guesses,
                         struct taught_weights *ret)
{
    struct lesson lesson = {0};

    for (size_t i = 0; i < t->count; i++) {
        struct study study;

        if (!is_in(t, share, i) || !can_learn(t, i, field))
            continue;
        study_begin(&study, t, i, field);
        add_best(&study, &lesson, &halves[t->folds[i] % 2].fields[field].first,
                 &guesses[i * t->type->n_fields]);
        arena_release(&study.scratch);
    }
    lesson_learn(&lesson, ret);
    lesson_release(&lesson);
}

/* --- folds and calibration ---------------------------------------------------------------- */

static int *number_groups(struct arena *a, const struct teach_example *examples, size_t count)
{
    int *groups = arena_alloc_array(a, count + 1, sizeof *groups), n = 0;

    for (size_t i = 0; i < count; i++) {
        size_t same = 0;

        while (same < i && strcmp(examples[same].group, examples[i].group) != 0)
            same++;
        groups[i] = same < i ? groups[same] : ++n;
    }
    return groups;
}

/* Groups go to folds in the order they appear, always to the emptiest one. */
static int *make_folds(struct arena *a, const int *groups, size_t count)
{
    int *folds = arena_alloc_array(a, count + 1, sizeof *folds), sizes[TEACH_FOLDS] = {0};

    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        int least = 0;

        while (groups[same] != groups[i])
            same++;
        for (int k = 1; k < TEACH_FOLDS; k++)
            if (sizes[k] < sizes[least])
                least = k;
        folds[i] = same < i ? folds[same] : least;
        sizes[folds[i]]++;
    }
    return folds;
}

static void taught_init(struct taught *t, struct arena *a, const struct type *type)
{
    *t = (struct taught){.declared = type, .type = type};
    t->fields = arena_alloc_array(a, type->n_fields, sizeof *t->fields);
    for (size_t i = 0; i < type->n_fields; i++) {
        t->fields[i].name = type->fields[i].name;
        t->fields[i].range_end = -1;
        t->fields[i].first.values = arena_alloc(a, SPAN_BUCKETS);
        t->fields[i].second.values = arena_alloc(a, SPAN_BUCKETS);
    }
}

static void learn_places(const struct task *t, int left_out, struct taught *ret)
{
    const struct teach_example **share = arena_alloc_array(t->arena, t->count + 1, sizeof *share);
    size_t n = 0;

    for (size_t i = 0; i < t->count; i++)
        if (t->folds[i] != left_out)
            share[n++] = &t->examples[i];
    ret->type = places_learn(t->arena, t->type, share, n);
}

/* In how many of the share's examples that print both values a range begins with the one and ends
 * with the other. */
static int count_ranges(const struct task *t, int left_out, size_t from, size_t to, int *ret_both)
{
    int count = 0;

    *ret_both = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct truth *begin = truth_of(t, i, from), *end = truth_of(t, i, to);
        const struct spans *spans = &t->examples[i].sheet->spans;
        bool is_range = false;

        if (t->folds[i] == left_out || begin->place != TRUTH_PRINTED || end->place != TRUTH_PRINTED)
            continue;
        for (int k = 0; k < spans->count && !is_range; k++)
            is_range = begin->is_true[k] && spans->items[k].range > k &&
                       end->is_true[spans->items[k].range];
        count += is_range;
        ++*ret_both;
    }
    return count;
}

/* Pairs of dates that are mostly the two ends of a range; the bonus is the log of the odds. */
static void learn_ranges(const struct task *t, int left_out, struct taught *ret)
{
    for (size_t i = 0; i < t->type->n_fields; i++)
        for (size_t k = 0; k < t->type->n_fields; k++) {
            int both, count;

            if (i == k || t->type->fields[i].kind != FIELD_DATE ||
                t->type->fields[k].kind != FIELD_DATE)
                continue;
            count = count_ranges(t, left_out, i, k, &both);
            if (2 * count > both) {
                ret->fields[i].range_end = (int)k;
                ret->fields[i].range_bonus = logf((float)(count + 1) / (float)(both - count + 1));
            }
        }
}

/* Learns everything from the examples outside fold `left_out` (-1: from all). */
static void learn(const struct task *t, int left_out, struct taught *ret)
{
    size_t n = t->type->n_fields;
    struct share share = {left_out, -1};
    const struct span **guesses = arena_alloc_array(t->arena, t->count * n + 1, sizeof *guesses);
    struct taught halves[2];

    learn_places(t, left_out, ret);
    learn_ranges(t, left_out, ret);
    for (int h = 0; h < 2; h++) {
        const struct share half = {left_out, h};

        taught_init(&halves[h], t->arena, t->type);
        for (size_t f = 0; f < n; f++)
            learn_first(t, f, &half, &halves[h].fields[f].first);
    }
    for (size_t i = 0; i < t->count; i++)
        guess(t, i, &halves[t->folds[i] % 2], &guesses[i * n]);
    for (size_t f = 0; f < n; f++) {
        learn_first(t, f, &share, &ret->fields[f].first);
        if (t->type->fields[f].kind != FIELD_CODE)
            learn_second(t, f, &share, halves, guesses, &ret->fields[f].second);
    }
}

/* Three numbers from (score, lead) → right, by the same solver. */
static void calibrate(const struct task *t, size_t field, const struct taught_answer *answers,
                      struct taught_sureness *ret)
{
    struct parameter parameter = {.solver_type = L2R_LR, .eps = 0.001, .C = 1, .p = 0.1};
    struct problem p = {.n = 3, .bias = -1};
    struct feature_node *x = mem_alloc_array(4 * t->count + 1, sizeof *x);

    p.x = mem_alloc_array(t->count + 1, sizeof *p.x);
    p.y = mem_alloc_array(t->count + 1, sizeof *p.y);
    for (size_t i = 0; i < t->count; i++) {
        const struct taught_answer *answer = &answers[i * t->type->n_fields + field];
        const char *truth = t->examples[i].values[field];
        struct feature_node *row = x + 4 * p.l;

        if (!answer->value || answer->is_from_form || !can_learn(t, i, field))
            continue;
        row[0] = (struct feature_node){1, 1};
        row[1] = (struct feature_node){2, (double)answer->score};
        row[2] = (struct feature_node){3, (double)answer->lead};
        row[3] = (struct feature_node){-1, 0};
        p.x[p.l] = row;
        p.y[p.l++] = truth && teach_is_same(t->type->fields[field].kind, truth, answer->value) ? 1
                                                                                               : -1;
    }
    *ret = (struct taught_sureness){.bias = -3};
    if (p.l > 0) {
        struct model *model = train(&p, &parameter);
        double sign = model->label[0] == 1 ? 1 : -1;

        *ret = model->nr_class == 2 ? (struct taught_sureness){(float)(sign * model->w[0]),
                                                               (float)(sign * model->w[1]),
                                                               (float)(sign * model->w[2])}
                                    : (struct taught_sureness){.bias = sign > 0 ? 3 : -3};
        free_and_destroy_model(&model);
    }
    free(p.x);
    free(p.y);
    free(x);
}

static void count_outcome(const struct task *t, struct teach_outcome *o)
{
    size_t n = t->type->n_fields;

    for (size_t f = 0; f < n; f++)
        for (size_t i = 0; i < t->count; i++) {
            const struct teach_example *e = &t->examples[i];
            const struct taught_answer *answer = &o->answers[i * n + f];
            enum field_kind kind = t->type->fields[f].kind;

            if (!e->values[f])
                continue;
            o->seen[f]++;
            o->findable[f] += truth_of(t, i, f)->place == TRUTH_PRINTED;
            if (!taught_is_given(answer))
                o->silent[f]++;
            else if (teach_is_same(kind, e->values[f], answer->value))
                o->right[f]++;
            else
                o->wrong[f]++;
        }
}

static void outcome_init(struct teach_outcome *o, struct arena *a, const struct task *t)
{
    size_t n = t->type->n_fields;

    *o = (struct teach_outcome){
        .answers = arena_alloc_array(a, t->count * n + 1, sizeof *o->answers),
        .seen = arena_alloc_array(a, n, sizeof(int)),
        .findable = arena_alloc_array(a, n, sizeof(int)),
        .right = arena_alloc_array(a, n, sizeof(int)),
        .wrong = arena_alloc_array(a, n, sizeof(int)),
        .silent = arena_alloc_array(a, n, sizeof(int)),
    };
}

void teach_type(struct arena *a, const struct type *type, const struct teach_example *examples,
                size_t count, struct taught *ret, struct teach_outcome *o)
{
    struct task t = {.arena = a, .type = type, .examples = examples, .count = count};
    size_t n = type->n_fields;

    t.groups = number_groups(a, examples, count);
    t.folds = make_folds(a, t.groups, count);
    t.truths = truths_find(a, type, examples, count);

    taught_init(ret, a, type);
    outcome_init(o, a, &t);
    for (int k = 0; k < TEACH_FOLDS; k++) {
        learn(&t, k, ret);
        for (size_t i = 0; i < count; i++)
            if (t.folds[i] == k)
                taught_answer(ret, a, examples[i].sheet, &o->answers[i * n]);
    }
    for (size_t f = 0; f < n; f++) {
        calibrate(&t, f, o->answers, &ret->fields[f].sureness);
        for (size_t i = 0; i < count; i++)
            taught_be_sure(&ret->fields[f], &o->answers[i * n + f]);
    }
    count_outcome(&t, o);
    learn(&t, -1, ret);
}
