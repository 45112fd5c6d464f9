/*
 * The part of the queue that is policy and not storage: what a caller may ask, how batches are cut,
 * how long a failed job waits, when it is given up. Storage is redis.c or ram.c behind queue_ops.
 *
 * A wrong argument is ERR_USAGE and reaches no storage; everything else fails as storage does.
 */
#include "queues/ops.h"

#include "base/err.h"
#include "base/mem.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

enum {
    POLL_MS = 1000, /* the longest a lost wake-up can delay a taking */
    BACKOFF_MAX_MS = 3600 * 1000,
    BACKOFF_DOUBLINGS = 20 /* far beyond the maximum; keeps the shift in range */
};

const enum stage queue_late_first[QUEUE_STAGES] = {STAGE_FILE, STAGE_POST, STAGE_EXTRACT,
                                                   STAGE_SORT, STAGE_READ, STAGE_OPEN};
const enum queue_lane queue_lane_order[QUEUE_LANE_COUNT] = {QUEUE_EXPRESS, QUEUE_NORMAL,
                                                            QUEUE_SLOW};

static const char *const lane_names[QUEUE_LANE_COUNT] = {"normal", "express", "slow"};
static const char *const state_names[QUEUE_STATE_COUNT] = {"waiting", "active", "delayed", "dead"};

const char *queue_lane_name(enum queue_lane lane)
{
    if ((unsigned)lane >= QUEUE_LANE_COUNT)
        BUG("lane %d", lane);
    return lane_names[lane];
}

const char *queue_state_name(enum queue_state state)
{
    if ((unsigned)state >= QUEUE_STATE_COUNT)
        BUG("state %d", state);
    return state_names[state];
}

int queue_stale(const struct job_id *id, struct err *err)
{
    char text[JOB_ID_SIZE];

    job_id_format(id, text);
    return err_set(err, ERR_STALE, "job %s is no longer ours", text);
}

int queue_unknown(const struct job_id *id, struct err *err)
{
    char text[JOB_ID_SIZE];

    job_id_format(id, text);
    return err_set(err, ERR_NOT_FOUND, "no job %s in the queue", text);
}

int queue_held(const struct job_id *id, struct err *err)
{
    char text[JOB_ID_SIZE];

    job_id_format(id, text);
    return err_set(err, ERR_CONFLICT, "job %s is being worked on", text);
}

/* ---- what a caller may ask ---- */

/* Letters, digits and `extra`: no spaces, no braces, and never the '#' behind a holder's name. */
static bool is_token(const char *text, size_t size, const char *extra)
{
    if (strlen(text) >= size)
        return false;
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr(extra, *c))
            return false;
    return true;
}

static bool is_worker(const char *name)
{
    return name && *name && is_token(name, QUEUE_WORKER_SIZE, "_-.:/@");
}

static int check_stage(enum stage stage, struct err *err)
{
    if ((unsigned)stage >= STAGE_COUNT || !stage_info(stage)->has_queue)
        return err_set(err, ERR_USAGE, "stage %d has no queue", (int)stage);
    return 0;
}

static int check_id(const struct job_id *id, struct err *err)
{
    int r = check_stage(id->stage, err);

    if (r < 0)
        return r;
    if (id->object < 1 || (stage_info(id->stage)->object == STAGE_OF_PAGE) != (id->page > 0))
        return err_set(err, ERR_USAGE, "no such %s job: %" PRId64 ", page %d",
                       stage_name(id->stage), id->object, id->page);
    return 0;
}

static int check_items(const struct queue_item *items, size_t n, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        const struct queue_item *item = &items[i];
        int r = check_id(&item->id, err);

        if (r < 0)
            return r;
        if (item->min_fence < 0 || item->min_fence > QUEUE_FENCE_MAX || item->delay_ms < 0 ||
            item->delay_ms > QUEUE_FENCE_MAX / 2 || (unsigned)item->lane >= QUEUE_LANE_COUNT)
            return err_set(err, ERR_USAGE, "fence, delay or lane out of range");
        if (!is_token(QUEUE_DEPARTMENT(item), QUEUE_DEPARTMENT_SIZE, "_-"))
            return err_set(err, ERR_USAGE, "a department is letters, digits, _ and -");
    }
    return 0;
}

/* ---- options ---- */

void queue_options_init(struct queue_options *o)
{
    *o = (struct queue_options){
        .host = "127.0.0.1",
        .port = 6379,
        .prefix = "bilag",
        .worker = "nobody",
        .lease_ms = 60000,
        .max_failures = 5,
        .max_crashes = 2,
        .max_orphans = 5,
        .backoff_ms = 1000,
        .max_gap_ms = 30000,
        .connect_timeout_ms = 2000,
        .command_timeout_ms = 5000,
    };
}

static int check_options(const struct queue_options *o, struct err *err)
{
    if (!o->socket_path && (!o->host || o->port < 1 || o->port > 65535))
        return err_set(err, ERR_USAGE, "a queue needs a socket, or a host and a port");
    if (!o->prefix || !*o->prefix || !is_token(o->prefix, 33, "_-"))
        return err_set(err, ERR_USAGE, "a queue's prefix is letters, digits, _ and -");
    if (!is_worker(o->worker))
        return err_set(err, ERR_USAGE, "a worker's name is letters, digits and _-.:/@");
    if (o->lease_ms < 1 || o->backoff_ms < 0 || o->max_gap_ms < 1 || o->max_failures < 1 ||
        o->max_crashes < 1 || o->max_orphans < 1 || o->connect_timeout_ms < 1)
        return err_set(err, ERR_USAGE, "a queue's times and limits must be positive");
    if (o->command_timeout_ms <= POLL_MS)
        return err_set(err, ERR_USAGE, "a queue's command timeout must be above %d ms", POLL_MS);
    return 0;
}

int queue_init_base(struct queue *q, const struct queue_ops *ops, const struct queue_options *o,
                    struct err *err)
{
    int r = check_options(o, err);

    if (r < 0)
        return r;
    q->ops = ops;
    q->options = *o;
    q->options.socket_path = mem_strdup(o->socket_path);
    q->options.host = mem_strdup(o->host);
    q->options.user = mem_strdup(o->user);
    q->options.password = mem_strdup(o->password);
    q->options.prefix = mem_strdup(o->prefix);
    q->options.worker = mem_strdup(o->worker);
    return 0;
}

void queue_release_base(struct queue *q)
{
    free((char *)q->options.socket_path);
    free((char *)q->options.host);
    free((char *)q->options.user);
    free((char *)q->options.password);
    free((char *)q->options.prefix);
    free((char *)q->options.worker);
}

void queue_close(struct queue *q)
{
    if (q)
        q->ops->close(q);
}

/* ---- moving ---- */

int queue_add(struct queue *q, const struct queue_item *items, size_t n, size_t *ret_added,
              struct err *err)
{
    size_t added = 0, now;
    int r = check_items(items, n, err);

    for (size_t i = 0; r == 0 && i < n; i += QUEUE_BATCH_MAX) {
        size_t batch = n - i < QUEUE_BATCH_MAX ? n - i : QUEUE_BATCH_MAX;

        r = q->ops->add(q, items + i, batch, &now, err);
        if (r == 0)
            added += now;
    }
    if (r == 0 && ret_added)
        *ret_added = added;
    return r;
}

int queue_take(struct queue *q, unsigned stage_mask, int64_t wait_ms, struct job *ret,
               struct err *err)
{
    return queue_take_many(q, stage_mask, wait_ms, ret, 1, err);
}

static int check_taking(unsigned stage_mask, size_t max, struct err *err)
{
    if (max < 1 || max > QUEUE_BATCH_MAX || !stage_mask || (stage_mask & ~QUEUE_ALL_STAGES))
        return err_set(err, ERR_USAGE, "taking %zu jobs of stages %#x", max, stage_mask);
    return 0;
}

int queue_take_many(struct queue *q, unsigned stage_mask, int64_t wait_ms, struct job *ret,
                    size_t max, struct err *err)
{
    int r = check_taking(stage_mask, max, err);

    if (r < 0)
        return r;
    for (;;) {
        int64_t slice = wait_ms < POLL_MS ? wait_ms : POLL_MS;

        r = q->ops->take(q, stage_mask, ret, max, err);

        if (r != 0 || slice <= 0)
            return r;
        r = q->ops->wait(q, stage_mask, slice, err);
        if (r <= 0)
            return r;
        wait_ms -= slice;
    }
}

int queue_beat(struct queue *q, const struct job *job, struct err *err)
{
    int r = check_id(&job->id, err);

    return r < 0 ? r : q->ops->beat(q, job, err);
}

int queue_finish(struct queue *q, const struct job *job, const struct queue_item *next,
                 size_t n_next, struct err *err)
{
    struct queue_finished done = {*job, next, n_next};
    int code, r = queue_finish_many(q, &done, 1, &code, err);

    if (r < 0)
        return r;
    return code < 0 ? queue_stale(&job->id, err) : 0;
}

static int check_finished(const struct queue_finished *done, struct err *err)
{
    int r = check_id(&done->job.id, err);

    return r < 0 ? r : check_items(done->next, done->n_next, err);
}

int queue_finish_many(struct queue *q, const struct queue_finished *done, size_t n, int *ret_codes,
                      struct err *err)
{
    if (n > QUEUE_BATCH_MAX)
        return err_set(err, ERR_USAGE, "finishing %zu jobs at once", n);
    for (size_t i = 0; i < n; i++) {
        int r = check_finished(&done[i], err);

        if (r < 0)
            return r;
    }
    return n == 0 ? 0 : q->ops->finish(q, done, n, ret_codes, err);
}

int queue_pass(struct queue *q, const struct queue_finished *done, unsigned stage_mask,
               int *ret_code, struct job *ret, struct err *err)
{
    int r = check_taking(stage_mask, 1, err);

    if (r == 0)
        r = check_finished(done, err);
    return r < 0 ? r : q->ops->pass(q, done, stage_mask, ret_code, ret, err);
}

/* backoff x 2^tries, half to one and a half times that, so that jobs that failed together do not
 * come back together. */
static int64_t backoff_ms(int64_t base_ms, int tries)
{
    int doublings = tries < BACKOFF_DOUBLINGS ? tries : BACKOFF_DOUBLINGS;
    int64_t whole = base_ms > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : base_ms << doublings;
    uint32_t random = 0;

    if (whole > BACKOFF_MAX_MS)
        whole = BACKOFF_MAX_MS;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        random = UINT32_MAX / 2;
    return whole / 2 + (int64_t)((double)whole * random / UINT32_MAX);
}

int queue_fail(struct queue *q, const struct job *job, enum queue_fault fault, const char *reason,
               enum queue_verdict *ret, struct err *err)
{
    bool is_failure = fault == QUEUE_FAILURE;
    char cut[QUEUE_REASON_SIZE];
    struct queue_failed failed = {
        .fault = fault,
        .limit = is_failure ? q->options.max_failures : q->options.max_crashes,
        .delay_ms = backoff_ms(q->options.backoff_ms,
                               (is_failure ? job->failures : job->crashes) + 1),
        .reason = cut,
    };
    int r = check_id(&job->id, err);

    snprintf(cut, sizeof cut, "%s", reason ? reason : "");
    return r < 0 ? r : q->ops->fail(q, job, &failed, ret, err);
}

int queue_release(struct queue *q, const char *worker, size_t *ret_released, struct err *err)
{
    size_t released;
    int r;

    if (!is_worker(worker))
        return err_set(err, ERR_USAGE, "releasing the jobs of a worker without a proper name");
    r = q->ops->release(q, worker, &released, err);
    if (r == 0 && ret_released)
        *ret_released = released;
    return r;
}

int queue_reap(struct queue *q, struct queue_reaped *ret, struct err *err)
{
    struct queue_reaped reaped;
    int r = q->ops->reap(q, &reaped, err);

    if (r == 0 && ret)
        *ret = reaped;
    return r;
}

int queue_is_known(struct queue *q, const struct job_id *ids, size_t n, bool *ret_known,
                   struct err *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < n; i++)
        r = check_id(&ids[i], err);
    for (size_t i = 0; r == 0 && i < n; i += QUEUE_BATCH_MAX)
        r = q->ops->known(q, ids + i, n - i < QUEUE_BATCH_MAX ? n - i : QUEUE_BATCH_MAX,
                          ret_known + i, err);
    return r;
}

/* ---- looking ---- */

int queue_counts(struct queue *q, struct queue_count ret[STAGE_COUNT], struct err *err)
{
    return q->ops->counts(q, ret, err);
}

int queue_list(struct queue *q, enum stage stage, enum queue_state state, size_t limit,
               struct arena *a, struct queue_entry **ret, size_t *ret_n, struct err *err)
{
    int r = check_stage(stage, err);

    if (r < 0)
        return r;
    if ((unsigned)state >= QUEUE_STATE_COUNT || limit < 1 || limit > QUEUE_LIST_MAX)
        return err_set(err, ERR_USAGE, "a list shows 1 to %d jobs of one state", QUEUE_LIST_MAX);
    return q->ops->list(q, stage, state, limit, a, ret, ret_n, err);
}

int queue_find(struct queue *q, const struct job_id *id, struct arena *a, struct queue_entry *ret,
               struct err *err)
{
    int r = check_id(id, err);

    return r < 0 ? r : q->ops->find(q, id, a, ret, err);
}

int queue_workers(struct queue *q, struct arena *a, struct queue_worker **ret, size_t *ret_n,
                  struct err *err)
{
    return q->ops->workers(q, a, ret, ret_n, err);
}

int queue_ping(struct queue *q, struct err *err)
{
    return q->ops->ping(q, err);
}

/* ---- acting ---- */

int queue_retry(struct queue *q, const struct job_id *id, struct err *err)
{
    int r = check_id(id, err);

    return r < 0 ? r : q->ops->retry(q, id, err);
}

int queue_drop(struct queue *q, const struct job_id *id, struct err *err)
{
    int r = check_id(id, err);

    return r < 0 ? r : q->ops->drop(q, id, err);
}

int queue_pause(struct queue *q, enum stage stage, struct err *err)
{
    int r = check_stage(stage, err);

    return r < 0 ? r : q->ops->pause(q, stage, true, err);
}

int queue_resume(struct queue *q, enum stage stage, struct err *err)
{
    int r = check_stage(stage, err);

    return r < 0 ? r : q->ops->pause(q, stage, false, err);
}

int queue_lock(struct queue *q, const char *name, int64_t ttl_ms, bool *ret_is_mine,
               struct err *err)
{
    if (!name || !*name || !is_token(name, 33, "_-") || ttl_ms < 1)
        return err_set(err, ERR_USAGE, "a lock needs a name of letters, digits, _ and -");
    return q->ops->lock(q, name, ttl_ms, ret_is_mine, err);
}

int queue_heartbeat(struct queue *q, int64_t pid, struct err *err)
{
    return q->ops->heartbeat(q, pid, err);
}
