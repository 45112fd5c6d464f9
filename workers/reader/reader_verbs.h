/* What the reader's child does for each order: the pipeline's verbs between request and answer. */
#ifndef WORKERS_READER_VERBS_H
#define WORKERS_READER_VERBS_H

#include "workers/reader/reader_parent.h"

struct engine;

/* The warm parent's belongings: `user` of the house. */
struct reader_tools {
    const char *model;     /* path of the .traineddata file */
    bool is_tesseract;     /* no recogniser of our own */
    struct engine *engine; /* NULL until the first page is read */
};

int reader_verbs_prepare(void *tools, enum reader_verb verb, struct err *err);
int reader_verbs_work(struct reader_work *work, struct err *err);

#endif
