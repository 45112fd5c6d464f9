/*
 * A second look at a place on a page: where and for what, and how often which reading was seen.
 *
 * Asked by extract where its checks fail, answered by read, carried by the reader.
 */
#ifndef MODELS_LOOK_H
#define MODELS_LOOK_H

#include "models/page.h"

/* What has to stand there; readings of another form are not given. */
enum look_kind {
    LOOK_AMOUNT,
    LOOK_DATE,
    LOOK_DIGITS,
    LOOK_IDENTIFIER,
    LOOK_IBAN,
    LOOK_NAME,
    LOOK_CAPITALS, /* a name without small letters */
    LOOK_KIND_COUNT
};

enum { LOOK_PLACES_MAX = 8, LOOK_READINGS_MAX = 7 };

struct look_place {
    struct box box; /* of the words, as the page gives them */
    enum look_kind kind;
};

struct look_reading {
    const char *text; /* in arena */
    float share;      /* 0 to 1: its probability, over all looks */
    int votes;        /* looks in which it was the best */
};

/* Best first; none when nothing of that form stands there. */
struct look {
    struct look_reading readings[LOOK_READINGS_MAX];
    int count;
    int looks; /* how often it was looked: as often as it took to agree */
};

#endif
