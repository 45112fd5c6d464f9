/*
 * The to-do list: which job is ready, who holds it until when, what waits for a second try, what
 * was given up. Redis keeps it (queue_open_redis); a ram version with the same behaviour serves
 * tests and one-process runs (queue_open_ram). docs/QUEUE.md draws a job's life.
 *
 * The list may vanish at any time; SQL is the truth. So: every call may be repeated, queue_add()
 * forgets nothing that is known, and every taking gives the job a higher fence, which the caller
 * commits with its result. A worker that lost its lease hears ERR_STALE and drops what it did.
 *
 * Any call may fail with ERR_UNREACHABLE: the outcome is unknown, the connection is gone, the next
 * call makes a new one (the caller waits in between, longer each time). Then repeat (ERR_STALE now
 * means it was done, or is someone else's: stop): what a lost answer gave us is given back by the
 * next taking. err->reason tells more: "queue_gone" (no answer), "queue_loading", "queue_functions"
 * (no library), "queue_refused" (password or rights), "queue_broken" (Redis cannot write). Other
 * failures of any call: ERR_INVALID (Redis answered nonsense), and ERR_LIMIT with reason
 * "queue_full" from queue_add (Redis is full; everything else goes on working, so it drains).
 * One handle belongs to one thread.
 */
#ifndef QUEUES_QUEUE_H
#define QUEUES_QUEUE_H

#include "models/job.h"
#include "models/stage.h"
#include "queues/queue_options.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct queue;

#define QUEUE_DEPARTMENT_SIZE 33 /* letters, digits, _ and -; at most 32 of them */
#define QUEUE_REASON_SIZE 160    /* longer reasons are cut */
#define QUEUE_BATCH_MAX 256      /* jobs in one take, one finish */
#define QUEUE_LIST_MAX 1000      /* jobs in one list: a few screens; Lua unpacks them at once */

/* Does not connect: the first call does. ERR_USAGE when the options make no sense. */
int queue_open_redis(const struct queue_options *o, struct queue **ret, struct err *err);

/* Reads base/clock.h, so a fake clock rules it. Never waits: nobody else could add meanwhile. */
int queue_open_ram(const struct queue_options *o, struct queue **ret, struct err *err);

void queue_close(struct queue *q); /* accepts NULL; keeps the jobs (ram: frees them) */

enum queue_lane { QUEUE_NORMAL, QUEUE_EXPRESS, QUEUE_SLOW, QUEUE_LANE_COUNT };
const char *queue_lane_name(enum queue_lane lane); /* "normal", "express", "slow" */

struct queue_item {
    struct job_id id;
    int64_t min_fence; /* the fence SQL knows: takings get higher ones */
    int64_t delay_ms;  /* 0: ready now */
    enum queue_lane lane;
    const char *department; /* NULL or "": none */
};

/* Adds what is not known yet; a job known in any state stays as it is. One atomic call for every
 * QUEUE_BATCH_MAX items. `*ret_added` (may be NULL) counts the new ones. */
int queue_add(struct queue *q, const struct queue_item *items, size_t n, size_t *ret_added,
              struct err *err);

#define QUEUE_STAGE(stage) (1u << (stage))
#define QUEUE_ALL_STAGES                                                                           \
    (QUEUE_STAGE(STAGE_OPEN) | QUEUE_STAGE(STAGE_READ) | QUEUE_STAGE(STAGE_SORT) |                 \
     QUEUE_STAGE(STAGE_EXTRACT) | QUEUE_STAGE(STAGE_POST) | QUEUE_STAGE(STAGE_FILE))

/*
 * Takes the next job of these stages: 1 and a job whose lease runs from now, or 0 when nothing
 * became ready within wait_ms (it may return a little early). Express before normal before slow;
 * within a lane late stages first, so that what is begun gets finished; within a stage the
 * departments in turn, each its oldest first. Paused stages are passed over.
 */
int queue_take(struct queue *q, unsigned stage_mask, int64_t wait_ms, struct job *ret,
               struct err *err);

/* Up to `max` (at most QUEUE_BATCH_MAX) jobs in one call; returns how many, 0 as above. */
int queue_take_many(struct queue *q, unsigned stage_mask, int64_t wait_ms, struct job *ret,
                    size_t max, struct err *err);

/* The lease runs anew from now: every lease_ms / 3, while its work is alive. ERR_STALE. */
int queue_beat(struct queue *q, const struct job *job, struct err *err);

/* Forgets the job and adds what follows, in one atomic call. ERR_STALE: no longer ours, and
 * nothing was added. A following job that is known already stays as it is. */
int queue_finish(struct queue *q, const struct job *job, const struct queue_item *next,
                 size_t n_next, struct err *err);

struct queue_finished {
    struct job job;
    const struct queue_item *next;
    size_t n_next;
};

/* Up to QUEUE_BATCH_MAX in one atomic call; `ret_codes[i]` is 0 or ERR_STALE. */
int queue_finish_many(struct queue *q, const struct queue_finished *done, size_t n, int *ret_codes,
                      struct err *err);

/* A finish and a take without waiting in one atomic call, for a worker that goes on: 1 and the next
 * job, or 0. `*ret_code` is 0, or ERR_STALE as from queue_finish; it hinders no taking. */
int queue_pass(struct queue *q, const struct queue_finished *done, unsigned stage_mask,
               int *ret_code, struct job *ret, struct err *err);

enum queue_fault {
    QUEUE_FAILURE, /* an error came back */
    QUEUE_CRASH,   /* the reader's child died */
    QUEUE_TIMEOUT  /* it was killed for taking too long: a crash, and on to the slow lane */
};

enum queue_verdict { QUEUE_RETRY, QUEUE_DEAD };

/* Counts the fault; the job waits for another try, or is dead when its limit is reached. `reason`
 * is kept with it and must hold no document text. ERR_STALE: no longer ours. */
int queue_fail(struct queue *q, const struct job *job, enum queue_fault fault, const char *reason,
               enum queue_verdict *ret, struct err *err);

/* Gives back everything that name holds, uncounted, to the front: at start for the predecessor that
 * was killed, at the end for ourselves. `*ret_released` may be NULL. */
int queue_release(struct queue *q, const char *worker, size_t *ret_released, struct err *err);

struct queue_reaped {
    size_t reclaimed;   /* leases that ran out: an orphan more, ready again */
    size_t dead;        /* leases that ran out once too often */
    size_t due;         /* delays that are over */
    bool is_clock_jump; /* it stepped, or nobody reaped for max_gap_ms: leases renewed once */
};

/* Brings back jobs whose worker died and jobs whose delay is over, a bounded number at a time.
 * Every worker calls it every few seconds. `ret` may be NULL. */
int queue_reap(struct queue *q, struct queue_reaped *ret, struct err *err);

/* For the housekeeper: ret_known[i] says whether ids[i] is in the list in any state. */
int queue_is_known(struct queue *q, const struct job_id *ids, size_t n, bool *ret_known,
                   struct err *err);

struct queue_count {
    int64_t waiting, active, delayed, dead;
    int64_t oldest_age_ms;            /* of the longest-waiting ready job; 0 when none waits */
    int64_t done_total, failed_total; /* jobs finished, tries failed, since the list was made */
    bool is_paused;
};

/* Costs the same with ten jobs or a million. Stages without a queue count zero. */
int queue_counts(struct queue *q, struct queue_count ret[STAGE_COUNT], struct err *err);

enum queue_state { QUEUE_WAITING, QUEUE_ACTIVE, QUEUE_DELAYED, QUEUE_GIVEN_UP, QUEUE_STATE_COUNT };
const char *queue_state_name(enum queue_state state); /* "waiting", "active", "delayed", "dead" */

struct queue_entry {
    struct job job;
    enum queue_state state;
    enum queue_lane lane;
    const char *department; /* "" for none */
    const char *worker;     /* who holds it or held it last, "" for nobody */
    const char *reason;     /* of the last failure, "" for none */
    int64_t age_ms;         /* since it was added */
    int64_t due_ms;         /* active: until its lease ends; delayed: until ready; may be below 0 */
};

/* The first `limit` (at most QUEUE_LIST_MAX) jobs of a stage in a state: waiting by lane, active by
 * the end of their lease, delayed and dead by when they are due or died. In arena. */
int queue_list(struct queue *q, enum stage stage, enum queue_state state, size_t limit,
               struct arena *a, struct queue_entry **ret, size_t *ret_n, struct err *err);

/* One job; ERR_NOT_FOUND. In arena. */
int queue_find(struct queue *q, const struct job_id *id, struct arena *a, struct queue_entry *ret,
               struct err *err);

/* Ready now: a delayed job at once, a dead one with its counters back at zero; one that is ready
 * stays so. ERR_NOT_FOUND, ERR_CONFLICT while someone holds it. */
int queue_retry(struct queue *q, const struct job_id *id, struct err *err);

/* Forgets a job in any state; who holds it hears ERR_STALE. ERR_NOT_FOUND. */
int queue_drop(struct queue *q, const struct job_id *id, struct err *err);

int queue_pause(struct queue *q, enum stage stage, struct err *err); /* takes skip it */
int queue_resume(struct queue *q, enum stage stage, struct err *err);

/* A named lease for chores only one may do; asking again prolongs it. Everyone asks for the same
 * ttl_ms. */
int queue_lock(struct queue *q, const char *name, int64_t ttl_ms, bool *ret_is_mine,
               struct err *err);

struct queue_worker {
    const char *name;
    int64_t pid;
    int64_t silent_ms; /* since it was last heard; forgotten after five minutes */
};

/* "I am alive." Every few seconds, between jobs. */
int queue_heartbeat(struct queue *q, int64_t pid, struct err *err);
/* In arena, by name. */
int queue_workers(struct queue *q, struct arena *a, struct queue_worker **ret, size_t *ret_n,
                  struct err *err);

/* Is it there, are we let in, is the function library installed? */
int queue_ping(struct queue *q, struct err *err);

#endif
