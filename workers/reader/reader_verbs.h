/* What the reader's child does for each order: the pipeline's verbs between request and answer. */
#ifndef WORKERS_READER_VERBS_H
#define WORKERS_READER_VERBS_H

#include "workers/reader/reader_parent.h"

struct engine;

enum { READER_LANGUAGES_MAX = 6 };

/* The warm parent's belongings: `user` of the house. What it loaded stays for the next orders. */
struct reader_tools {
    const char *model;     /* path of the .traineddata file */
    const char *models;    /* folder of the models of one language each */
    bool is_tesseract;     /* no recogniser of our own */
    struct engine *engine; /* NULL until the first page is read */
    struct language_engine {
        char language[READER_LANGUAGE_BYTES];
        struct engine *engine;
    } others[READER_LANGUAGES_MAX];
    struct engine *chosen; /* whom this order wants, borrowed from the above */
};

int reader_verbs_prepare(void *tools, const struct reader_order *order, struct err *err);
int reader_verbs_load_more(void *tools, struct err *err);
int reader_verbs_work(struct reader_work *work, struct err *err);

#endif
