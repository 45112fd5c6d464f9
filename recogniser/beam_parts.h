/*
 * What the search shares with its tables (decoder.c), the classes it tries (beam_trials.c) and the
 * making of words (beam_words.c).
 */
#ifndef RECOGNISER_BEAM_PARTS_H
#define RECOGNISER_BEAM_PARTS_H

#include "recogniser/beam.h"
#include "recogniser/dictionary.h"
#include "recogniser/heap.h"

enum { SPACE = 0, NOTHING = -1 }; /* unichar ids */

#define CERTAINTY_MIN (-20.0F)

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
    int *ranks; /* by code: where it is among prefixes[0].ends, or -1; null always is there */
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
    bool is_repeat;
    bool starts_list; /* a space after which a word of the dictionary may begin */
    bool starts_word; /* the first letter of a word of the dictionary */
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

struct best_two {
    int codes[2]; /* the same when there is only one class */
};

/* A class the step tries. */
struct trial {
    int code;
    int unichar;   /* that it makes by itself, NOTHING for null */
    int rank;      /* < 0: it makes none */
    float alone;   /* certainties: its own … */
    float joined;  /* … with the probability of null added … */
    float bridged; /* … and of the rival: the other of the best two, */
    int rival;     /* NOTHING when that is null */
};

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
    struct trial trials[3]; /* by rank */
    int trial_count;
    unsigned char *trial_of; /* by code: its trial + 1, or 0 */
    bool shares_new;         /* whether a node that must be repeated can be, in the next step */
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

/* The classes with the greatest probabilities, best first; returns how many. */
enum { CLASSES_BEST = 5 };
int classes_best(const float *probabilities, int count, int ret[CLASSES_BEST]);

struct best_two best_two_of(const struct decoder *d, const float *probabilities);
void trials_open(struct beam *b, const float *probabilities, struct best_two best);

/* The path that ends in `best` (an index of nodes, or -1) as words. */
void words_make(const struct beam *b, struct arena *a, int best, const struct posteriors *p,
                int height, struct recognised_line *ret);

#endif
