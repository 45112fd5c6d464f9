/*
 * A run: which documents are made, and the files they become.
 */
#ifndef GENERATOR_RUN_H
#define GENERATOR_RUN_H

#include "generator/output.h"
#include "generator/separator.h"

/* What a run makes. The n-th document takes its language, type and form in turn from the lists. */
struct plan {
    uint64_t seed;
    int count;
    enum type types[TYPE_COUNT];
    int type_count;
    enum language languages[LANG_COUNT];
    int language_count;
    enum form forms[FORM_COUNT];
    int form_count;
    enum degrade degrade;
    bool has_upside_down;
    bool has_giro;            /* only papers with a payment slip */
    bool has_words;           /* words.jsonl is wanted */
    bool is_batched;          /* several documents a file */
    enum separator separator; /* between the documents of a batch; COUNT takes all kinds in turn */
};

struct run {
    struct world **worlds; /* a document comes from one of them by chance */
    int world_count;
    struct pen *pen;
    const char *dir;
    FILE *truth;
    FILE *words;   /* NULL unless wanted */
    FILE *batches; /* NULL unless batched */
};

/* Each returns 0, or -1 after telling why on stderr. */
int run_files(struct run *run, const struct plan *plan);
int run_sample(struct run *run);
int run_training(struct run *run, const struct plan *plan, const char *path);

/* batch.c: packs the plan's documents into multi-page TIFFs, a line of batches.jsonl each. */
int run_batches(struct run *run, const struct plan *plan);

/* The n-th document of a plan, or from attempt 1 on another in its place (document_free). */
struct document *plan_document(const struct run *run, const struct plan *plan, int n, int attempt);

#endif
