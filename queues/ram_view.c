/*
 * Looking into the queue in memory: counts, lists, workers. Nothing here can fail but finding a job
 * that is not there.
 */
#include "queues/ram.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#include <stdlib.h>

int ram_counts(struct queue *base, struct queue_count ret[STAGE_COUNT], struct err *err)
{
    struct ram_queue *q = RAM(base);
    int64_t now = clock_now_ms();

    (void)err;
    for (int s = 0; s < STAGE_COUNT; s++)
        ret[s] = (struct queue_count){.done_total = q->done_total[s],
                                      .failed_total = q->failed_total[s],
                                      .is_paused = q->is_paused[s]};
    for (size_t i = 0; i < q->n; i++) {
        const struct ram_job *j = &q->jobs[i];
        struct queue_count *c = &ret[j->job.id.stage];

        c->waiting += j->state == QUEUE_WAITING;
        c->active += j->state == QUEUE_ACTIVE;
        c->delayed += j->state == QUEUE_DELAYED;
        c->dead += j->state == QUEUE_GIVEN_UP;
        if (j->state == QUEUE_WAITING && now - j->added_ms > c->oldest_age_ms)
            c->oldest_age_ms = now - j->added_ms;
    }
    return 0;
}

static void describe(const struct ram_job *j, struct arena *a, struct queue_entry *ret)
{
    bool is_timed = j->state == QUEUE_ACTIVE || j->state == QUEUE_DELAYED;

    *ret = (struct queue_entry){
        .job = j->job,
        .state = j->state,
        .lane = j->lane,
        .department = arena_strdup(a, j->department),
        .worker = arena_strdup(a, j->worker),
        .reason = arena_strdup(a, j->reason),
        .age_ms = clock_now_ms() - j->added_ms,
        .due_ms = is_timed ? j->due_ms - clock_now_ms() : 0,
    };
}

static int lane_rank(enum queue_lane lane)
{
    return lane == QUEUE_EXPRESS ? 0 : lane == QUEUE_NORMAL ? 1 : 2;
}

/* Waiting jobs by lane and then as they came; the others by time. */
static int compare_places(const void *a, const void *b)
{
    const struct ram_job *x = *(const struct ram_job *const *)a;
    const struct ram_job *y = *(const struct ram_job *const *)b;
    int64_t by = x->due_ms - y->due_ms;

    if (x->state == QUEUE_WAITING) {
        by = lane_rank(x->lane) - lane_rank(y->lane);
        if (by == 0)
            by = x->order - y->order;
    }
    return (by > 0) - (by < 0);
}

int ram_list(struct queue *base, enum stage stage, enum queue_state state, size_t limit,
             struct arena *a, struct queue_entry **ret, size_t *ret_n, struct err *err)
{
    struct ram_queue *q = RAM(base);
    const struct ram_job **found = arena_alloc_array(a, q->n, sizeof *found);
    size_t n = 0;

    (void)err;
    for (size_t i = 0; i < q->n; i++)
        if (q->jobs[i].job.id.stage == stage && q->jobs[i].state == state)
            found[n++] = &q->jobs[i];
    qsort(found, n, sizeof *found, compare_places);
    n = n < limit ? n : limit;
    *ret = arena_alloc_array(a, n, sizeof **ret);
    for (size_t i = 0; i < n; i++)
        describe(found[i], a, &(*ret)[i]);
    *ret_n = n;
    return 0;
}

int ram_find(struct queue *base, const struct job_id *id, struct arena *a, struct queue_entry *ret,
             struct err *err)
{
    struct ram_job *j = ram_job_of(RAM(base), id);

    if (!j)
        return queue_unknown(id, err);
    describe(j, a, ret);
    return 0;
}

int ram_workers(struct queue *base, struct arena *a, struct queue_worker **ret, size_t *ret_n,
                struct err *err)
{
    struct ram_queue *q = RAM(base);
    struct queue_worker *workers = arena_alloc_array(a, q->n_workers, sizeof *workers);
    int64_t now = clock_now_ms();
    size_t n = 0;

    (void)err;
    for (size_t i = 0; i < q->n_workers; i++)
        if (now - q->workers[i].seen_ms < QUEUE_SILENT_MS)
            workers[n++] = (struct queue_worker){
                .name = arena_strdup(a, q->workers[i].name),
                .pid = q->workers[i].pid,
                .silent_ms = now - q->workers[i].seen_ms,
            };
    *ret = workers;
    *ret_n = n;
    return 0;
}
