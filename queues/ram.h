/*
 * What ram.c (moving) and ram_view.c (looking) share.
 */
#ifndef QUEUES_RAM_H
#define QUEUES_RAM_H

#include "queues/ops.h"

struct ram_job {
    struct job job;
    enum queue_state state;
    enum queue_lane lane;
    int64_t added_ms;
    int64_t due_ms; /* active: end of the lease; delayed: ready again; dead: since */
    int64_t order;  /* waiting: the lowest of a department is taken first */
    char department[QUEUE_DEPARTMENT_SIZE];
    char worker[QUEUE_WORKER_SIZE];
    char reason[QUEUE_REASON_SIZE];
};

/* Departments with waiting jobs, the next one first. */
struct ring {
    char (*departments)[QUEUE_DEPARTMENT_SIZE];
    size_t n;
};

struct ram_lock {
    char name[33], owner[QUEUE_WORKER_SIZE];
    int64_t until_ms;
};

struct ram_worker {
    char name[QUEUE_WORKER_SIZE];
    int64_t pid, seen_ms;
};

struct ram_queue {
    struct queue base;
    struct ram_job *jobs;
    size_t n, capacity;
    struct ring rings[QUEUE_LANE_COUNT][STAGE_COUNT];
    int64_t front, back; /* orders given last at either end */
    int64_t tick_ms;     /* of the last reaping; 0 before the first */
    int64_t done_total[STAGE_COUNT], failed_total[STAGE_COUNT];
    bool is_paused[STAGE_COUNT];
    struct ram_lock *locks;
    struct ram_worker *workers;
    size_t n_locks, n_workers;
};

#define RAM(q) ((struct ram_queue *)(q)) /* base is its first member */

/* The job of that name, or NULL. */
struct ram_job *ram_job_of(struct ram_queue *q, const struct job_id *id);

int ram_counts(struct queue *q, struct queue_count ret[STAGE_COUNT], struct err *err);
int ram_list(struct queue *q, enum stage stage, enum queue_state state, size_t limit,
             struct arena *a, struct queue_entry **ret, size_t *ret_n, struct err *err);
int ram_find(struct queue *q, const struct job_id *id, struct arena *a, struct queue_entry *ret,
             struct err *err);
int ram_workers(struct queue *q, struct arena *a, struct queue_worker **ret, size_t *ret_n,
                struct err *err);

#endif
