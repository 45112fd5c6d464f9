/*
 * What an implementation of the queue provides. queue.c has checked every argument, cut batches to
 * size and decided delays and limits before one of these is called; an implementation only moves.
 * Each does what the function of that name in queue.h says, atomically.
 */
#ifndef QUEUES_OPS_H
#define QUEUES_OPS_H

#include "queues/queue.h"

#define QUEUE_FENCE_MAX (((int64_t)1 << 53) - 1) /* Lua counts in doubles */
#define QUEUE_SILENT_MS 300000                   /* a worker unheard for so long is forgotten */
#define QUEUE_REAP_BATCH 100
#define QUEUE_DEPARTMENT(item) ((item)->department ? (item)->department : "")

/* A failed try, decided: which counter grows to which limit, and how long to wait if below it. */
struct queue_failed {
    enum queue_fault fault;
    int limit;
    int64_t delay_ms;
    const char *reason;
};

struct queue_ops {
    void (*close)(struct queue *q);
    int (*add)(struct queue *q, const struct queue_item *items, size_t n, size_t *ret_added,
               struct err *err);
    int (*take)(struct queue *q, unsigned stage_mask, struct job *ret, size_t max, struct err *err);
    int (*wait)(struct queue *q, unsigned stage_mask, int64_t ms, struct err *err); /* 1: look */
    int (*beat)(struct queue *q, const struct job *job, struct err *err);
    int (*finish)(struct queue *q, const struct queue_finished *done, size_t n, int *ret_codes,
                  struct err *err);
    int (*pass)(struct queue *q, const struct queue_finished *done, unsigned stage_mask,
                int *ret_code, struct job *ret, struct err *err);
    int (*fail)(struct queue *q, const struct job *job, const struct queue_failed *failed,
                enum queue_verdict *ret, struct err *err);
    int (*release)(struct queue *q, const char *worker, size_t *ret_released, struct err *err);
    int (*reap)(struct queue *q, struct queue_reaped *ret, struct err *err);
    int (*known)(struct queue *q, const struct job_id *ids, size_t n, bool *ret, struct err *err);
    int (*counts)(struct queue *q, struct queue_count ret[STAGE_COUNT], struct err *err);
    int (*list)(struct queue *q, enum stage stage, enum queue_state state, size_t limit,
                struct arena *a, struct queue_entry **ret, size_t *ret_n, struct err *err);
    int (*find)(struct queue *q, const struct job_id *id, struct arena *a, struct queue_entry *ret,
                struct err *err);
    int (*retry)(struct queue *q, const struct job_id *id, struct err *err);
    int (*drop)(struct queue *q, const struct job_id *id, struct err *err);
    int (*pause)(struct queue *q, enum stage stage, bool is_paused, struct err *err);
    int (*lock)(struct queue *q, const char *name, int64_t ttl_ms, bool *ret_is_mine,
                struct err *err);
    int (*heartbeat)(struct queue *q, int64_t pid, struct err *err);
    int (*workers)(struct queue *q, struct arena *a, struct queue_worker **ret, size_t *ret_n,
                   struct err *err);
    int (*ping)(struct queue *q, struct err *err);
};

/* The first member of every implementation's own struct. `options` holds owned strings. */
struct queue {
    const struct queue_ops *ops;
    struct queue_options options;
};

/* Checks and copies the options into a fresh queue; queue_release_base frees the copies. */
int queue_init_base(struct queue *q, const struct queue_ops *ops, const struct queue_options *o,
                    struct err *err);
void queue_release_base(struct queue *q);

/* The errors every implementation tells in the same words. */
int queue_stale(const struct job_id *id, struct err *err);
int queue_unknown(const struct job_id *id, struct err *err);
int queue_held(const struct job_id *id, struct err *err);

/* The stages with a queue, late ones first. */
#define QUEUE_STAGES 6
extern const enum stage queue_late_first[QUEUE_STAGES];

/* The order of lanes when taking. */
extern const enum queue_lane queue_lane_order[QUEUE_LANE_COUNT];

#endif
