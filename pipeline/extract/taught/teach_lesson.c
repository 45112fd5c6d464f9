/* Logistic regression by liblinear, over buckets numbered as they come. */
#include "pipeline/extract/taught/teach_lesson.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY_GROUPS = -1 };

/* Cost of a misjudged span; strong regularisation, as examples are few. */
static const double COST = 0.5;

void lesson_add(struct lesson *l, const struct span_features *f, int group, bool is_true)
{
    struct feature_node *nodes = mem_alloc_array((size_t)f->count + 1, sizeof *nodes);
    int n = 0, row = l->problem.l + 1;

    if (!l->number) {
        l->number = mem_alloc_array(SPAN_BUCKETS, sizeof *l->number);
        l->seen_in = mem_alloc_array(SPAN_BUCKETS, sizeof *l->seen_in);
        l->group = mem_alloc_array(SPAN_BUCKETS + 1, sizeof *l->group);
    }

    if (l->problem.l == l->capacity) {
        l->capacity = l->capacity ? 2 * l->capacity : 1024;
        l->problem.x = mem_grow_array(l->problem.x, (size_t)l->capacity, sizeof *l->problem.x);
        l->problem.y = mem_grow_array(l->problem.y, (size_t)l->capacity, sizeof *l->problem.y);
    }
    for (int i = 0; i < f->count; i++) {
        int bucket = f->buckets[i];

        if (l->seen_in[bucket] == row)
            continue;
        if (!l->number[bucket])
            l->number[bucket] = ++l->problem.n;
        l->seen_in[bucket] = row;
        nodes[n++] = (struct feature_node){l->number[bucket], 1};
        l->group[l->number[bucket]] = l->group[l->number[bucket]] == 0       ? group
                                      : l->group[l->number[bucket]] == group ? group
                                                                             : MANY_GROUPS;
    }
    nodes[n].index = -1;
    l->problem.x[l->problem.l] = nodes;
    l->problem.y[l->problem.l++] = is_true ? 1 : -1;
}

void lesson_release(struct lesson *l)
{
    for (int i = 0; i < l->problem.l; i++)
        free(l->problem.x[i]);
    free(l->problem.x);
    free(l->problem.y);
    free(l->number);
    free(l->seen_in);
    free(l->group);
}

static void silent(const char *text)
{
    (void)text;
}

void lesson_learn(struct lesson *l, struct taught_weights *w)
{
    struct parameter parameter = {.solver_type = L2R_LR, .eps = 0.01, .C = COST, .p = 0.1};
    struct model *model;
    double top = 0, sign;

    memset(w->values, 0, SPAN_BUCKETS);
    w->scale = 0;
    if (l->problem.l == 0)
        return;
    for (int i = 0; i < l->problem.l; i++)
        for (struct feature_node *x = l->problem.x[i]; x->index > 0; x++)
            x->value = l->group[x->index] == MANY_GROUPS;
    l->problem.bias = -1;
    set_print_string_function(silent);
    model = train(&l->problem, &parameter);
    sign = model->label[0] == 1 ? 1 : -1;
    for (int i = 0; i < l->problem.n && model->nr_class == 2; i++)
        top = fmax(top, fabs(model->w[i]));
    w->scale = (float)(top / 127);
    for (int i = 0; i < SPAN_BUCKETS && top > 0; i++)
        if (l->number[i])
            w->values[i] = (int8_t)lrint(sign * model->w[l->number[i] - 1] * 127 / top);
    free_and_destroy_model(&model);
}
