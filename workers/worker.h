/*
 * The worker: takes jobs, runs the handler of their stage, commits and passes on what follows.
 *
 *   queue_take ─► handler (asks the reader, runs a verb, commits with the fence) ─► queue_finish
 *                     │ fault                                             followers ─┘
 *                     └─► retry later, or set aside in SQL with its reason
 *
 * A handler may be run twice and stopped anywhere: its last act is the one commit that counts.
 */
#ifndef WORKERS_WORKER_H
#define WORKERS_WORKER_H

#include "models/job.h"
#include "stores/records.h"
#include "workers/house.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct err;
struct reader;
struct sorter;

struct worker {
    struct house house;
    struct sorter *sorter;
    struct reader *reader; /* its process starts with the first job that needs it */
    char name[QUEUE_WORKER_SIZE];
    const struct job *job; /* in hand, or NULL */
    struct job next;       /* taken while finishing the last one */
    bool has_next;
    char note[200]; /* what its handler adds to the log line: " words=412" */
    int64_t last_beat_ms;
    int64_t next_chores_ms, next_reconcile_ms;
    int64_t jobs_done;
};

/* Does one job of its stage and commits it. 0 and the followers (in arena); ERR_STALE when the
 * commit came too late; otherwise a negative code whose err->reason tells what to do with it. */
typedef int stage_handler_fn(struct worker *w, const struct job *job, struct arena *a,
                             struct next_jobs *ret_next, struct err *err);

stage_handler_fn stage_open, stage_read, stage_sort, stage_extract, stage_post, stage_file;

/* Runs one job to its end: handler, verdict, log line. ERR_UNREACHABLE when the queue or the
 * records are gone: the caller waits and goes on. */
int worker_run(struct worker *w, const struct job *job, struct err *err);

/* Called while the reader works: renews the lease. */
void worker_tick(void *worker);

/* Reaping, heartbeat, and for one worker of all: what Redis forgot is put back, what it gave up is
 * set aside, pauses are kept. Does nothing until it is due. */
int worker_chores(struct worker *w, struct err *err);

#endif
