/*
 * What redis.c (moving) and redis_view.c (looking) share.
 */
#ifndef QUEUES_REDIS_H
#define QUEUES_REDIS_H

#include "queues/link.h"
#include "queues/ops.h"

struct redis_queue {
    struct queue base;
    struct link link;
    struct command command;
    char *prefix;       /* "{bilag}:" */
    int64_t taking;     /* number of our last taking */
    int64_t first_lost; /* the first taking whose answer never came; 0 when all came */
};

/* Begins a call of a library function; its arguments follow with command_add_*. */
void redis_begin(struct redis_queue *q, const char *function);
void redis_add_stages(struct redis_queue *q, unsigned stage_mask);

/* Ends it: the answer, owned. */
int redis_call(struct redis_queue *q, redisReply **ret, struct err *err);

/* Ends it: the answer, which must be a whole number from min to max. */
int redis_call_int(struct redis_queue *q, int64_t min, int64_t max, int64_t *ret, struct err *err);

int redis_nonsense(struct redis_queue *q, struct err *err);

int redis_counts(struct queue *q, struct queue_count ret[STAGE_COUNT], struct err *err);
int redis_list(struct queue *q, enum stage stage, enum queue_state state, size_t limit,
               struct arena *a, struct queue_entry **ret, size_t *ret_n, struct err *err);
int redis_find(struct queue *q, const struct job_id *id, struct arena *a, struct queue_entry *ret,
               struct err *err);
int redis_workers(struct queue *q, struct arena *a, struct queue_worker **ret, size_t *ret_n,
                  struct err *err);

#endif
