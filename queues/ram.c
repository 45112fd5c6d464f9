/*
 * The queue in memory, for tests and for runs of one process: the same moves as library.lua, on
 * plain arrays searched from end to end, so it suits thousands of jobs and not millions.
 *
 * Time is base/clock.h's. Nothing here can fail but what the caller asks for.
 */
#include "queues/ram.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"

#include <string.h>

/* ---- jobs and rings ---- */

static bool is_same(const struct job_id *a, const struct job_id *b)
{
    return a->stage == b->stage && a->object == b->object && a->page == b->page;
}

struct ram_job *ram_job_of(struct ram_queue *q, const struct job_id *id)
{
    for (size_t i = 0; i < q->n; i++)
        if (is_same(&q->jobs[i].job.id, id))
            return &q->jobs[i];
    return NULL;
}

static struct ram_job *find_held(struct ram_queue *q, const struct job *job)
{
    struct ram_job *j = ram_job_of(q, &job->id);

    return j && j->state == QUEUE_ACTIVE && j->job.fence == job->fence &&
                   strcmp(j->worker, q->base.options.worker) == 0
               ? j
               : NULL;
}

static struct ring *ring_of(struct ram_queue *q, const struct ram_job *j)
{
    return &q->rings[j->lane][j->job.id.stage];
}

static void ring_add(struct ring *ring, const char *department)
{
    for (size_t i = 0; i < ring->n; i++)
        if (strcmp(ring->departments[i], department) == 0)
            return;
    ring->departments = mem_grow_array(ring->departments, ring->n + 1, QUEUE_DEPARTMENT_SIZE);
    snprintf(ring->departments[ring->n++], QUEUE_DEPARTMENT_SIZE, "%s", department);
}

static void ring_remove(struct ring *ring, const char *department)
{
    for (size_t i = 0; i < ring->n; i++)
        if (strcmp(ring->departments[i], department) == 0) {
            memmove(ring->departments + i, ring->departments + i + 1,
                    (ring->n - i - 1) * QUEUE_DEPARTMENT_SIZE);
            ring->n--;
            return;
        }
}

/* The first waiting job of one department, or NULL. */
static struct ram_job *first_ready(struct ram_queue *q, enum queue_lane lane, enum stage stage,
                                   const char *department)
{
    struct ram_job *first = NULL;

    for (size_t i = 0; i < q->n; i++) {
        struct ram_job *j = &q->jobs[i];

        if (j->state == QUEUE_WAITING && j->lane == lane && j->job.id.stage == stage &&
            strcmp(j->department, department) == 0 && (!first || j->order < first->order))
            first = j;
    }
    return first;
}

static void make_ready(struct ram_queue *q, struct ram_job *j, bool to_front)
{
    j->state = QUEUE_WAITING;
    j->order = to_front ? --q->front : ++q->back;
    ring_add(ring_of(q, j), j->department);
}

/* After a job stopped waiting: its department leaves the ring when it was the last. */
static void settle_ring(struct ram_queue *q, const struct ram_job *j)
{
    if (!first_ready(q, j->lane, j->job.id.stage, j->department))
        ring_remove(ring_of(q, j), j->department);
}

static void forget(struct ram_queue *q, struct ram_job *j)
{
    *j = q->jobs[--q->n];
}

static bool add_item(struct ram_queue *q, const struct queue_item *item)
{
    struct ram_job *j;

    if (ram_job_of(q, &item->id))
        return false;
    if (q->n == q->capacity) {
        q->capacity = q->capacity ? q->capacity * 2 : 64;
        q->jobs = mem_grow_array(q->jobs, q->capacity, sizeof *q->jobs);
    }
    j = &q->jobs[q->n++];
    *j = (struct ram_job){
        .job = {.id = item->id, .fence = item->min_fence},
        .state = QUEUE_DELAYED,
        .lane = item->lane,
        .added_ms = clock_now_ms(),
        .due_ms = clock_now_ms() + item->delay_ms,
    };
    snprintf(j->department, sizeof j->department, "%s", QUEUE_DEPARTMENT(item));
    if (item->delay_ms == 0)
        make_ready(q, j, false);
    return true;
}

/* ---- moving ---- */

static int ram_add(struct queue *base, const struct queue_item *items, size_t n, size_t *ret_added,
                   struct err *err)
{
    size_t added = 0;

    (void)err;
    for (size_t i = 0; i < n; i++)
        added += add_item(RAM(base), &items[i]);
    *ret_added = added;
    return 0;
}

static void lease(struct ram_queue *q, struct ram_job *j, struct job *ret)
{
    j->state = QUEUE_ACTIVE;
    j->job.fence++;
    j->due_ms = clock_now_ms() + q->base.options.lease_ms;
    snprintf(j->worker, sizeof j->worker, "%s", q->base.options.worker);
    *ret = j->job;
}

/* Takes from the department whose turn it is and moves that to the end of the ring. */
static bool take_one(struct ram_queue *q, enum queue_lane lane, enum stage stage, struct job *ret)
{
    struct ring *ring = &q->rings[lane][stage];
    char department[QUEUE_DEPARTMENT_SIZE];
    struct ram_job *j;

    if (ring->n == 0)
        return false;
    memcpy(department, ring->departments[0], sizeof department);
    ring_remove(ring, department);
    j = first_ready(q, lane, stage, department);
    if (!j)
        BUG("department \"%s\" in the ring without a job", department);
    lease(q, j, ret);
    if (first_ready(q, lane, stage, department))
        ring_add(ring, department);
    return true;
}

static size_t take_ready(struct ram_queue *q, unsigned stage_mask, struct job *ret, size_t max)
{
    size_t n = 0;

    for (int l = 0; l < QUEUE_LANE_COUNT; l++)
        for (int s = 0; s < QUEUE_STAGES; s++) {
            enum stage stage = queue_late_first[s];

            if (!(stage_mask & QUEUE_STAGE(stage)) || q->is_paused[stage])
                continue;
            while (n < max && take_one(q, queue_lane_order[l], stage, &ret[n]))
                n++;
        }
    return n;
}

static struct ram_job *earliest(struct ram_queue *q, enum queue_state state, int64_t until_ms)
{
    struct ram_job *first = NULL;

    for (size_t i = 0; i < q->n; i++)
        if (q->jobs[i].state == state && q->jobs[i].due_ms <= until_ms &&
            (!first || q->jobs[i].due_ms < first->due_ms))
            first = &q->jobs[i];
    return first;
}

static size_t bring_due(struct ram_queue *q)
{
    struct ram_job *j;
    size_t due = 0;

    for (; (j = earliest(q, QUEUE_DELAYED, clock_now_ms())); due++)
        make_ready(q, j, false);
    return due;
}

static int ram_take(struct queue *base, unsigned stage_mask, struct job *ret, size_t max,
                    struct err *err)
{
    struct ram_queue *q = RAM(base);
    size_t n = take_ready(q, stage_mask, ret, max);

    (void)err;
    if (n == 0 && bring_due(q) > 0)
        n = take_ready(q, stage_mask, ret, max);
    return (int)n;
}

static int ram_wait(struct queue *base, unsigned stage_mask, int64_t ms, struct err *err)
{
    (void)base, (void)stage_mask, (void)ms, (void)err;
    return 0; /* one thread: nobody adds while it waits */
}

static int ram_beat(struct queue *base, const struct job *job, struct err *err)
{
    struct ram_job *j = find_held(RAM(base), job);

    if (!j)
        return queue_stale(&job->id, err);
    j->due_ms = clock_now_ms() + base->options.lease_ms;
    return 0;
}

static int ram_finish(struct queue *base, const struct queue_finished *done, size_t n,
                      int *ret_codes, struct err *err)
{
    struct ram_queue *q = RAM(base);

    (void)err;
    for (size_t i = 0; i < n; i++) {
        struct ram_job *j = find_held(q, &done[i].job);

        ret_codes[i] = j ? 0 : ERR_STALE;
        if (!j)
            continue;
        q->done_total[j->job.id.stage]++;
        forget(q, j);
        for (size_t k = 0; k < done[i].n_next; k++)
            add_item(q, &done[i].next[k]);
    }
    return 0;
}

static int ram_pass(struct queue *base, const struct queue_finished *done, unsigned stage_mask,
                    int *ret_code, struct job *ret, struct err *err)
{
    int r = ram_finish(base, done, 1, ret_code, err);

    return r < 0 ? r : ram_take(base, stage_mask, ret, 1, err);
}

static void bury(struct ram_job *j, const char *reason)
{
    j->state = QUEUE_GIVEN_UP;
    j->due_ms = clock_now_ms();
    snprintf(j->reason, sizeof j->reason, "%s", reason);
}

static int ram_fail(struct queue *base, const struct job *job, const struct queue_failed *failed,
                    enum queue_verdict *ret, struct err *err)
{
    struct ram_queue *q = RAM(base);
    struct ram_job *j = find_held(q, job);
    int *counter;

    if (!j)
        return queue_stale(&job->id, err);
    q->failed_total[j->job.id.stage]++;
    counter = failed->fault == QUEUE_FAILURE ? &j->job.failures : &j->job.crashes;
    if (++*counter >= failed->limit) {
        bury(j, failed->reason);
        *ret = QUEUE_DEAD;
        return 0;
    }
    j->state = QUEUE_DELAYED;
    j->due_ms = clock_now_ms() + failed->delay_ms;
    snprintf(j->reason, sizeof j->reason, "%s", failed->reason);
    if (failed->fault == QUEUE_TIMEOUT)
        j->lane = QUEUE_SLOW;
    *ret = QUEUE_RETRY;
    return 0;
}

static int ram_release(struct queue *base, const char *worker, size_t *ret_released,
                       struct err *err)
{
    struct ram_queue *q = RAM(base);

    (void)err;
    *ret_released = 0;
    for (size_t i = q->n; i-- > 0;)
        if (q->jobs[i].state == QUEUE_ACTIVE && strcmp(q->jobs[i].worker, worker) == 0) {
            make_ready(q, &q->jobs[i], true);
            ++*ret_released;
        }
    return 0;
}

static void renew(struct ram_queue *q, int64_t now, int64_t step)
{
    for (size_t i = 0; i < q->n; i++) {
        if (q->jobs[i].state == QUEUE_ACTIVE)
            q->jobs[i].due_ms = now + q->base.options.lease_ms;
        if (q->jobs[i].state == QUEUE_DELAYED && step < 0)
            q->jobs[i].due_ms += step;
    }
}

static int ram_reap(struct queue *base, struct queue_reaped *ret, struct err *err)
{
    struct ram_queue *q = RAM(base);
    int64_t now = clock_now_ms(), step = q->tick_ms ? now - q->tick_ms : 0;
    struct ram_job *j;

    (void)err;
    *ret = (struct queue_reaped){.is_clock_jump = step < 0 || step > base->options.max_gap_ms};
    q->tick_ms = now;
    if (ret->is_clock_jump) {
        renew(q, now, step);
        return 0;
    }
    while ((j = earliest(q, QUEUE_ACTIVE, now))) {
        q->failed_total[j->job.id.stage]++;
        if (++j->job.orphans >= base->options.max_orphans) {
            bury(j, "orphan");
            ret->dead++;
        } else {
            make_ready(q, j, true);
            ret->reclaimed++;
        }
    }
    ret->due = bring_due(q);
    return 0;
}

static int ram_known(struct queue *base, const struct job_id *ids, size_t n, bool *ret,
                     struct err *err)
{
    (void)err;
    for (size_t i = 0; i < n; i++)
        ret[i] = ram_job_of(RAM(base), &ids[i]) != NULL;
    return 0;
}

/* ---- acting ---- */

static int ram_retry(struct queue *base, const struct job_id *id, struct err *err)
{
    struct ram_queue *q = RAM(base);
    struct ram_job *j = ram_job_of(q, id);

    if (!j)
        return queue_unknown(id, err);
    if (j->state == QUEUE_ACTIVE)
        return queue_held(id, err);
    if (j->state == QUEUE_GIVEN_UP)
        j->job.failures = j->job.crashes = j->job.orphans = 0;
    if (j->state != QUEUE_WAITING)
        make_ready(q, j, false);
    return 0;
}

static int ram_drop(struct queue *base, const struct job_id *id, struct err *err)
{
    struct ram_queue *q = RAM(base);
    struct ram_job *j = ram_job_of(q, id), dropped;

    if (!j)
        return queue_unknown(id, err);
    dropped = *j;
    forget(q, j);
    if (dropped.state == QUEUE_WAITING)
        settle_ring(q, &dropped);
    return 0;
}

static int ram_pause(struct queue *base, enum stage stage, bool is_paused, struct err *err)
{
    (void)err;
    RAM(base)->is_paused[stage] = is_paused;
    return 0;
}

static int ram_lock(struct queue *base, const char *name, int64_t ttl_ms, bool *ret_is_mine,
                    struct err *err)
{
    struct ram_queue *q = RAM(base);
    const char *me = base->options.worker;
    int64_t now = clock_now_ms();
    struct ram_lock *lock = NULL;

    (void)err;
    for (size_t i = 0; i < q->n_locks; i++)
        if (strcmp(q->locks[i].name, name) == 0)
            lock = &q->locks[i];
    if (!lock) {
        q->locks = mem_grow_array(q->locks, q->n_locks + 1, sizeof *q->locks);
        lock = &q->locks[q->n_locks++];
        *lock = (struct ram_lock){0};
        snprintf(lock->name, sizeof lock->name, "%s", name);
    }
    *ret_is_mine = strcmp(lock->owner, me) == 0 || lock->until_ms <= now ||
                   lock->until_ms > now + ttl_ms;
    if (*ret_is_mine) {
        snprintf(lock->owner, sizeof lock->owner, "%s", me);
        lock->until_ms = now + ttl_ms;
    }
    return 0;
}

static int ram_heartbeat(struct queue *base, int64_t pid, struct err *err)
{
    struct ram_queue *q = RAM(base);
    struct ram_worker *w = NULL;

    (void)err;
    for (size_t i = 0; i < q->n_workers; i++)
        if (strcmp(q->workers[i].name, base->options.worker) == 0)
            w = &q->workers[i];
    if (!w) {
        q->workers = mem_grow_array(q->workers, q->n_workers + 1, sizeof *q->workers);
        w = &q->workers[q->n_workers++];
        *w = (struct ram_worker){0};
        snprintf(w->name, sizeof w->name, "%s", base->options.worker);
    }
    w->pid = pid;
    w->seen_ms = clock_now_ms();
    return 0;
}

static int ram_ping(struct queue *base, struct err *err)
{
    (void)base, (void)err;
    return 0;
}

/* ---- opening ---- */

static void ram_close(struct queue *base)
{
    struct ram_queue *q = RAM(base);

    for (int lane = 0; lane < QUEUE_LANE_COUNT; lane++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            free(q->rings[lane][stage].departments);
    free(q->workers);
    free(q->locks);
    free(q->jobs);
    queue_release_base(base);
    free(q);
}

static const struct queue_ops ops = {
    .close = ram_close,
    .add = ram_add,
    .take = ram_take,
    .wait = ram_wait,
    .beat = ram_beat,
    .finish = ram_finish,
    .pass = ram_pass,
    .fail = ram_fail,
    .release = ram_release,
    .reap = ram_reap,
    .known = ram_known,
    .counts = ram_counts,
    .list = ram_list,
    .find = ram_find,
    .retry = ram_retry,
    .drop = ram_drop,
    .pause = ram_pause,
    .lock = ram_lock,
    .heartbeat = ram_heartbeat,
    .workers = ram_workers,
    .ping = ram_ping,
};

int queue_open_ram(const struct queue_options *o, struct queue **ret, struct err *err)
{
    struct ram_queue *q = mem_alloc(sizeof *q);
    int r = queue_init_base(&q->base, &ops, o, err);

    if (r < 0) {
        free(q);
        return r;
    }
    *ret = &q->base;
    return 0;
}
