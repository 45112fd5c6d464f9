/*
 * Features on their way: the numbers of the questions, and how a question and its answer become a
 * bucket. Private to the files that make features.
 */
#ifndef TAUGHT_SPAN_DRAFT_H
#define TAUGHT_SPAN_DRAFT_H

#include "pipeline/extract/taught/span_features.h"

/* Which question a feature answers. The numbers are hashed into the weights: append only. */
enum template {
    T_ONE,
    T_LEFT,
    T_LEFT_PAIR,
    T_LEFT_ANY,
    T_RIGHT,
    T_RIGHT_PAIR,
    T_RIGHT_ANY,
    T_ROW_FIRST,
    T_ROW_ABOVE,
    T_ABOVE,
    T_ABOVE_SECOND,
    T_BELOW,
    T_CELL_START,
    T_CELL_END,
    T_SHAPE,
    T_LENGTH,
    T_TOKENS,
    T_OWN_WORD,
    T_OWN_FIRST,
    T_OWN_LAST,
    T_CASE,
    T_MENTION,
    T_PLACE,
    T_PLACE_X,
    T_PLACE_Y,
    T_PAGE,
    T_ROW_FROM_TOP,
    T_ROW_FROM_BOTTOM,
    T_HEIGHT,
    T_REPEATED,
    T_NTH,
    T_RANK,
    T_EQUALS,
    T_AMOUNT_FORM,
    T_DATE_ORDER,
    T_MARK_BEFORE,
    T_MARK_AFTER,
    T_LEFT_AND_SHAPE,
    T_ROWS,
    T_ABOVE_AND_LEFT,
    T_CHOICE,
    T_CHOICE_TOP,
    T_CHOICE_PAIR,
    T_LABEL,
    T_RANGE,
    T_RANGE_LEFT,
    T_RANGE_ABOVE,
    T_FIRST_SHAPE,
    T_LAST_SHAPE,
    T_BEFORE_SHAPE,
    T_AFTER_SHAPE,
    T_WHOLE_CELL,
    T_ORDER,
    T_SAME_ROW,
    T_ROWS_APART,
    T_COLUMN,
    T_TOUCHES,
    T_FIRST_RANK,
    T_FIRST_BEHIND,
    T_CELL_LEFT,
    T_CELL_ABOVE,
    T_CELL_ABOVE_START,
    T_CELL_ABOVE_END,
    T_CELL_ABOVE_WORD,
    T_COLUMN_SUM,
    T_PARTS,
};

/* Features on their way. */
struct draft {
    uint16_t buckets[SPAN_FEATURES_MAX];
    int count;
};

static inline uint32_t mix(uint32_t h, uint32_t value)
{
    h = (h ^ value) * 0x9e3779b1u;
    return h ^ h >> 15;
}

static inline void put(struct draft *f, enum template t, uint32_t value)
{
    uint32_t h = mix(mix(0x51ed270bu, (uint32_t)t), value);

    if (f->count < SPAN_FEATURES_MAX)
        f->buckets[f->count++] = (uint16_t)(h ^ h >> 16);
}

static inline void put_pair(struct draft *f, enum template t, uint32_t one, uint32_t other)
{
    put(f, t, mix(one, other));
}

/* Small numbers by themselves, larger ones by octave. */
static inline uint32_t bin(int n)
{
    return n < 8 ? (uint32_t)(n < 0 ? 0 : n) : 36 - (uint32_t)__builtin_clz((unsigned)n);
}

#endif
