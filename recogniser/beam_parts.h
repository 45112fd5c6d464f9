/*
 * What the search (beam.c), its tables (decoder.c) and the making of words (beam_words.c) share.
 */
#ifndef RECOGNISER_BEAM_PARTS_H
#define RECOGNISER_BEAM_PARTS_H

#include "recogniser/beam.h"
#include "recogniser/dictionary.h"
#include "recogniser/heap.h"

enum { SPACE = 0, NOTHING = -1 }; /* unichar ids */

/* A class that goes on from a prefix, and where to: a unichar when the code ends with it, else a
 * longer prefix. */
struct branch {
    int code, target;
};

/* The first codes of characters that are written with several; prefix 0 is empty. */
struct prefix {
    struct branch *ends, *goes_on;
    int end_count, on_count;
};

struct decoder {
    const struct model *model;
    struct arena arena;
    struct prefix *prefixes;
    int prefix_count;
    int *ranks; /* by code: where it is among prefixes[0].ends, or -1 */
    int classes;
    int null_code;
    int code_range;  /* the greatest code + 1 */
    int code_length; /* of the longest code */
    bool has_dictionary;
};

/* What may follow a node. */
enum continuation {
    ANYTHING,    /* it stood alone */
    ONLY_REPEAT, /* it shared its step with its neighbours before it ever stood alone */
    NO_REPEAT,   /* it shared its step after it had stood alone */
    CONTINUATIONS
};

/* One step of a path. */
struct node {
    uint64_t hash; /* of all codes so far, without nulls and repeats */
    float certainty, score;
    int previous; /* the node a step earlier, or -1 */
    int unichar;  /* what the codes make, with their last; or NOTHING */
    int state;    /* of the letters so far in the dictionary */
    int prefix;   /* of a character half written */
    short code;
    unsigned char permuter;
    bool is_repeat : 1;
    bool starts_list : 1; /* a space after which a word of the dictionary may begin */
    bool starts_word : 1; /* the first letter of a word of the dictionary */
};

/* The best nodes of one kind in the step being made; heap values are indices of nodes. */
struct lane {
    struct heap heap;
    int width;
    struct node nodes[HEAP_SIZE_MAX + 1];
};

struct span {
    int first, count;
};

/* Which classes are tried: the best two and null; when none of them can go on, the rest of the best
 * five; then all others. */
enum group { TOP_TWO, TOP_FIVE, OTHERS, GROUPS };

struct beam {
    const struct decoder *decoder;
    struct dictionary dictionary;

    struct lane *lanes; /* dictionary or not x continuation x length of the prefix */
    struct span *spans; /* by lane: the step before, in nodes */
    int lane_count;
    struct node *nodes; /* all finished steps */
    int *moved;         /* by node: scratch of the compaction */
    int node_count, node_capacity;

    /* The step being made. */
    const float *probabilities;
    enum group group;
    unsigned char *groups;         /* by code: enum group */
    int top[5], top_count;         /* best first */
    float *alone, *joined;         /* by code: certainty; with the probability of null added */
    float bridged[2];              /* of top[0] and top[1] with null's and each other's added */
    struct branch *ends, *goes_on; /* those of prefix 0 that are in the group */
    int end_count, on_count;
    struct branch *inner;              /* the same for a longer prefix, scratch */
    struct node starts[CONTINUATIONS]; /* the best space in front of the dictionary */
    bool has_start[CONTINUATIONS];
};

/* The lane of nodes without a prefix. */
static inline int lane_index(const struct decoder *d, bool is_dictionary, enum continuation c)
{
    return (is_dictionary * CONTINUATIONS + (int)c) * d->code_length;
}

/* The certainty of a probability, as nodes have it. */
float certainty_of(float probability);

/* The classes with the greatest probabilities, best first, at most five; returns how many. */
int classes_best(const float *probabilities, int count, int ret[5]);

/* The path that ends in `best` (an index of nodes, or -1) as words. */
void words_make(const struct beam *b, struct arena *a, int best, const struct posteriors *p,
                int height, struct recognised_line *ret);

#endif
