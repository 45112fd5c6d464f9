/*
 * What is known of a span among all of its kind in the document: how often its value is printed,
 * where it stands in the order of values, which amounts add up to it.
 */
#ifndef TAUGHT_SPAN_FACTS_H
#define TAUGHT_SPAN_FACTS_H

#include "pipeline/extract/taught/span.h"

/* How an amount stands to two others of the document, the lesser at least a hundredth of it. */
enum { IS_SUM_OF_TWO = 1, IS_LARGER_PART = 2, IS_LESSER_PART = 4 };

struct span_facts {
    int repeated; /* how often its value stands in the document */
    int nth;      /* which of them it is, from 0 */
    int rank;     /* amounts: 0 is the largest value; dates: 0 is the earliest */
    int last;     /* dates: 0 is the latest */

    int column_sum; /* so many amounts straight above add up to it, or 0 */
    unsigned parts; /* IS_… */
};

/* One a span, in the arena. */
struct span_facts *span_facts_find(struct arena *a, const struct sheet *s,
                                   const struct spans *spans);

#endif
