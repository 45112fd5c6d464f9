/*
 * A lesson: features with their verdicts, on their way to become the weights of one scorer.
 *
 *     struct lesson lesson = {0};
 *     lesson_add(&lesson, &features, group, is_true);   as often as there is something to say
 *     lesson_learn(&lesson, &weights);                  more may be added, and learnt again
 *     lesson_release(&lesson);
 */
#ifndef TEACH_LESSON_H
#define TEACH_LESSON_H

#include "pipeline/extract/taught/taught.h"

#include <linear.h>

/* liblinear's problem as it grows. Few buckets are ever seen: they are numbered as they come. */
struct lesson {
    struct problem problem;
    int capacity;
    int *number;  /* one a bucket: its number from 1, or 0 */
    int *seen_in; /* one a bucket: the last row that has it, from 1 */
    int *group;   /* one a bucket: the only group that has it, from 1; -1: several */
};

/* Groups are numbered from 1. */
void lesson_add(struct lesson *l, const struct span_features *f, int group, bool is_true);

/* Weights as signed bytes with one scale; all zero when there is nothing to learn from. What only
 * one group has is left out: it says who, not what. */
void lesson_learn(struct lesson *l, struct taught_weights *w);

void lesson_release(struct lesson *l);

#endif
