/*
 * A job: one stage to be done on one file, page or document. It travels as a short id, never as a
 * document:  open:12  read:12:3  sort:12  extract:40  post:40  file:40
 */
#ifndef MODELS_JOB_H
#define MODELS_JOB_H

#include "models/stage.h"

#include <stdbool.h>
#include <stdint.h>

#define JOB_ID_SIZE 48

struct job_id {
    enum stage stage;
    int64_t object; /* id of the file or document in the records store, above 0 */
    int page;       /* from 1, for stages of pages; otherwise 0 */
};

/* What a queue hands to a worker. */
struct job {
    struct job_id id;
    int64_t fence; /* grows with every taking; a commit with an older fence is refused */
    int failures;  /* tries that ended in an error */
    int crashes;   /* tries in which the reader's child died */
    int orphans;   /* leases that ran out: the worker died or stopped */
};

void job_id_format(const struct job_id *id, char text[JOB_ID_SIZE]);

/* Whole string or nothing: false, and *ret_id untouched, on anything else. */
bool job_id_parse(const char *text, struct job_id *ret_id);

#endif
