/*
 * The queue in Redis. Every move is one call of a function in library.lua, so it happens whole or
 * not at all; this file puts arguments in order and reads answers strictly (a job id is parsed
 * again, a number must be in range, an array must have the length it should).
 *
 * A taking whose answer is lost may have given us jobs we never heard of. Takings are numbered, and
 * the next one names the first lost number, so the server gives those jobs back by itself. Nothing
 * else needs memory: adds are idempotent, and a repeated finish or fail finds its fence gone.
 */
#include "queues/redis.h"

#include "base/err.h"
#include "base/mem.h"
#include "queues/server.h"

#include <string.h>

#define REDIS(q) ((struct redis_queue *)(q)) /* base is its first member */

extern const unsigned char queue_library[];
extern const size_t queue_library_length;

/* ---- calling ---- */

void redis_begin(struct redis_queue *q, const char *function)
{
    command_begin(&q->command, "FCALL");
    command_add(&q->command, function);
    command_add_int(&q->command, 1);
    command_add(&q->command, q->prefix);
}

void redis_add_stages(struct redis_queue *q, unsigned stage_mask)
{
    for (int i = 0; i < QUEUE_STAGES; i++)
        if (stage_mask & QUEUE_STAGE(queue_late_first[i]))
            command_add(&q->command, stage_name(queue_late_first[i]));
}

int redis_call(struct redis_queue *q, redisReply **ret, struct err *err)
{
    return link_call(&q->link, &q->command, ret, NULL, err);
}

int redis_nonsense(struct redis_queue *q, struct err *err)
{
    return link_nonsense(&q->link, &q->command, err);
}

int redis_call_int(struct redis_queue *q, int64_t min, int64_t max, int64_t *ret, struct err *err)
{
    AUTO_REPLY redisReply *reply = NULL;
    int r = redis_call(q, &reply, err);

    if (r < 0)
        return r;
    return reply_int(reply, min, max, ret) ? 0 : redis_nonsense(q, err);
}

static void add_items(struct command *c, const struct queue_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        command_add_id(c, &items[i].id);
        command_add_int(c, items[i].min_fence);
        command_add_int(c, items[i].delay_ms);
        command_add_int(c, items[i].lane);
        command_add(c, QUEUE_DEPARTMENT(&items[i]));
    }
}

/* Worker, id and fence: how a holder names its job. */
static void begin_held(struct redis_queue *q, const char *function, const struct job *job)
{
    redis_begin(q, function);
    command_add(&q->command, q->base.options.worker);
    command_add_id(&q->command, &job->id);
    command_add_int(&q->command, job->fence);
}

/* ---- moving ---- */

static int redis_add(struct queue *base, const struct queue_item *items, size_t n,
                     size_t *ret_added, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    int64_t added;
    int r;

    redis_begin(q, "bilag2_add");
    add_items(&q->command, items, n);
    r = redis_call_int(q, 0, (int64_t)n, &added, err);
    if (r == 0)
        *ret_added = (size_t)added;
    return r;
}

static bool read_job(redisReply *const *part, struct job *job)
{
    const char *id;
    int64_t failures, crashes, orphans;

    if (!reply_text(part[0], &id) || !job_id_parse(id, &job->id) ||
        !reply_int(part[1], 1, QUEUE_FENCE_MAX, &job->fence) ||
        !reply_int(part[2], 0, INT32_MAX, &failures) ||
        !reply_int(part[3], 0, INT32_MAX, &crashes) || !reply_int(part[4], 0, INT32_MAX, &orphans))
        return false;
    job->failures = (int)failures;
    job->crashes = (int)crashes;
    job->orphans = (int)orphans;
    return true;
}

/* Jobs from element `at` on. */
static bool read_jobs(const redisReply *reply, size_t at, unsigned stage_mask, struct job *jobs,
                      size_t max, size_t *ret_n)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < at || (reply->elements - at) % 5 ||
        (reply->elements - at) / 5 > max)
        return false;
    *ret_n = (reply->elements - at) / 5;
    for (size_t i = 0; i < *ret_n; i++)
        if (!read_job(reply->element + at + i * 5, &jobs[i]) ||
            !(stage_mask & QUEUE_STAGE(jobs[i].id.stage)))
            return false;
    return true;
}

static void add_taking(struct redis_queue *q, unsigned stage_mask, size_t max)
{
    command_add(&q->command, q->base.options.worker);
    command_add_int(&q->command, ++q->taking);
    command_add_int(&q->command, q->first_lost);
    command_add_int(&q->command, q->base.options.lease_ms);
    command_add_int(&q->command, (int64_t)max);
    redis_add_stages(q, stage_mask);
}

/* Ends a call that takes, and that finishes one job before where ret_code is given. How many jobs
 * were taken, or below 0. */
static int call_taking(struct redis_queue *q, unsigned stage_mask, int *ret_code, struct job *ret,
                       size_t max, struct err *err)
{
    AUTO_REPLY redisReply *reply = NULL;
    struct job jobs[QUEUE_BATCH_MAX];
    int64_t is_ours = 1;
    bool is_lost;
    size_t n = 0;
    int r = link_call(&q->link, &q->command, &reply, &is_lost, err);

    if (r == 0 && (!read_jobs(reply, ret_code != NULL, stage_mask, jobs, max, &n) ||
                   (ret_code && !reply_int(reply->element[0], 0, 1, &is_ours)))) {
        r = redis_nonsense(q, err);
        is_lost = true;
    }
    if (is_lost && !q->first_lost)
        q->first_lost = q->taking;
    if (r < 0)
        return r;
    q->first_lost = 0;
    memcpy(ret, jobs, n * sizeof *jobs);
    if (ret_code)
        *ret_code = is_ours ? 0 : ERR_STALE;
    return (int)n;
}

static int redis_take(struct queue *base, unsigned stage_mask, struct job *ret, size_t max,
                      struct err *err)
{
    struct redis_queue *q = REDIS(base);

    redis_begin(q, "bilag2_take");
    add_taking(q, stage_mask, max);
    return call_taking(q, stage_mask, NULL, ret, max, err);
}

/* What it pops is only a token; a lost or stolen one costs no more than this wait. */
static int redis_wait(struct queue *base, unsigned stage_mask, int64_t ms, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    AUTO_REPLY redisReply *reply = NULL;
    char seconds[32], key[80];
    int r;

    command_begin(&q->command, "BLPOP");
    for (int i = 0; i < QUEUE_STAGES; i++)
        if (stage_mask & QUEUE_STAGE(queue_late_first[i])) {
            snprintf(key, sizeof key, "%swake:%s", q->prefix, stage_name(queue_late_first[i]));
            command_add(&q->command, key);
        }
    snprintf(seconds, sizeof seconds, "%d.%03d", (int)(ms / 1000), (int)(ms % 1000));
    command_add(&q->command, seconds);
    r = redis_call(q, &reply, err);
    return r < 0 ? r : 1;
}

static int redis_beat(struct queue *base, const struct job *job, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    int64_t is_ours;
    int r;

    begin_held(q, "bilag2_beat", job);
    command_add_int(&q->command, base->options.lease_ms);
    r = redis_call_int(q, 0, 1, &is_ours, err);
    if (r < 0)
        return r;
    return is_ours ? 0 : queue_stale(&job->id, err);
}

/* Fills `ret` (NULL: only checks) from an array of `n` zeros and ones. */
static bool read_bits(const redisReply *reply, size_t n, bool *ret)
{
    size_t length;
    int64_t bit;

    if (!reply_array(reply, 1, n, &length) || length != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!reply_int(reply->element[i], 0, 1, &bit))
            return false;
        if (ret)
            ret[i] = bit == 1;
    }
    return true;
}

static void add_finished(struct command *c, const struct queue_finished *done)
{
    command_add_id(c, &done->job.id);
    command_add_int(c, done->job.fence);
    command_add_int(c, (int64_t)done->n_next);
    add_items(c, done->next, done->n_next);
}

static int redis_finish(struct queue *base, const struct queue_finished *done, size_t n,
                        int *ret_codes, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    AUTO_REPLY redisReply *reply = NULL;
    bool is_ours[QUEUE_BATCH_MAX];
    int r;

    redis_begin(q, "bilag2_finish");
    command_add(&q->command, base->options.worker);
    for (size_t i = 0; i < n; i++)
        add_finished(&q->command, &done[i]);
    r = redis_call(q, &reply, err);
    if (r < 0)
        return r;
    if (!read_bits(reply, n, is_ours))
        return redis_nonsense(q, err);
    for (size_t i = 0; i < n; i++)
        ret_codes[i] = is_ours[i] ? 0 : ERR_STALE;
    return 0;
}

static int redis_pass(struct queue *base, const struct queue_finished *done, unsigned stage_mask,
                      int *ret_code, struct job *ret, struct err *err)
{
    struct redis_queue *q = REDIS(base);

    redis_begin(q, "bilag2_pass");
    command_add(&q->command, base->options.worker);
    add_finished(&q->command, done);
    add_taking(q, stage_mask, 1);
    return call_taking(q, stage_mask, ret_code, ret, 1, err);
}

static int redis_fail(struct queue *base, const struct job *job, const struct queue_failed *failed,
                      enum queue_verdict *ret, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    int64_t verdict;
    int r;

    begin_held(q, "bilag2_fail", job);
    command_add(&q->command, failed->fault == QUEUE_FAILURE ? "n" : "c");
    command_add_int(&q->command, failed->limit);
    command_add_int(&q->command, failed->delay_ms);
    if (failed->fault == QUEUE_TIMEOUT)
        command_add_int(&q->command, QUEUE_SLOW);
    else
        command_add(&q->command, "");
    command_add(&q->command, failed->reason);
    r = redis_call_int(q, 0, 2, &verdict, err);
    if (r < 0)
        return r;
    if (verdict == 0)
        return queue_stale(&job->id, err);
    *ret = verdict == 1 ? QUEUE_RETRY : QUEUE_DEAD;
    return 0;
}

static int redis_release(struct queue *base, const char *worker, size_t *ret_released,
                         struct err *err)
{
    struct redis_queue *q = REDIS(base);
    int64_t released;
    int r;

    redis_begin(q, "bilag2_release");
    command_add(&q->command, worker);
    redis_add_stages(q, QUEUE_ALL_STAGES);
    r = redis_call_int(q, 0, INT32_MAX, &released, err);
    if (r == 0)
        *ret_released = (size_t)released;
    return r;
}

static int redis_reap(struct queue *base, struct queue_reaped *ret, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    AUTO_REPLY redisReply *reply = NULL;
    int64_t sum[4];
    size_t n;
    int r;

    redis_begin(q, "bilag2_reap");
    command_add_int(&q->command, QUEUE_REAP_BATCH);
    command_add_int(&q->command, base->options.max_orphans);
    command_add_int(&q->command, base->options.lease_ms);
    command_add_int(&q->command, base->options.max_gap_ms);
    redis_add_stages(q, QUEUE_ALL_STAGES);
    r = redis_call(q, &reply, err);
    if (r < 0)
        return r;
    if (!reply_array(reply, 4, 1, &n) || n != 1)
        return redis_nonsense(q, err);
    for (int i = 0; i < 4; i++)
        if (!reply_int(reply->element[i], 0, INT32_MAX, &sum[i]))
            return redis_nonsense(q, err);
    *ret = (struct queue_reaped){(size_t)sum[0], (size_t)sum[1], (size_t)sum[2], sum[3] == 1};
    return 0;
}

static int redis_known(struct queue *base, const struct job_id *ids, size_t n, bool *ret,
                       struct err *err)
{
    struct redis_queue *q = REDIS(base);
    AUTO_REPLY redisReply *reply = NULL;
    int r;

    redis_begin(q, "bilag2_known");
    for (size_t i = 0; i < n; i++)
        command_add_id(&q->command, &ids[i]);
    r = redis_call(q, &reply, err);
    if (r < 0)
        return r;
    if (!read_bits(reply, n, NULL))
        return redis_nonsense(q, err);
    read_bits(reply, n, ret);
    return 0;
}

/* ---- acting ---- */

static int redis_retry(struct queue *base, const struct job_id *id, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    int64_t outcome;
    int r;

    redis_begin(q, "bilag2_retry");
    command_add_id(&q->command, id);
    r = redis_call_int(q, -1, 1, &outcome, err);
    if (r < 0)
        return r;
    if (outcome < 0)
        return queue_held(id, err);
    return outcome ? 0 : queue_unknown(id, err);
}

static int redis_drop(struct queue *base, const struct job_id *id, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    int64_t is_known;
    int r;

    redis_begin(q, "bilag2_drop");
    command_add_id(&q->command, id);
    r = redis_call_int(q, 0, 1, &is_known, err);
    if (r < 0)
        return r;
    return is_known ? 0 : queue_unknown(id, err);
}

static int redis_pause(struct queue *base, enum stage stage, bool is_paused, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    int64_t ok;

    redis_begin(q, "bilag2_pause");
    command_add(&q->command, stage_name(stage));
    command_add_int(&q->command, is_paused);
    return redis_call_int(q, 1, 1, &ok, err);
}

static int redis_lock(struct queue *base, const char *name, int64_t ttl_ms, bool *ret_is_mine,
                      struct err *err)
{
    struct redis_queue *q = REDIS(base);
    int64_t is_mine;
    int r;

    redis_begin(q, "bilag2_lock");
    command_add(&q->command, base->options.worker);
    command_add(&q->command, name);
    command_add_int(&q->command, ttl_ms);
    r = redis_call_int(q, 0, 1, &is_mine, err);
    if (r == 0)
        *ret_is_mine = is_mine == 1;
    return r;
}

static int redis_heartbeat(struct queue *base, int64_t pid, struct err *err)
{
    struct redis_queue *q = REDIS(base);
    int64_t ok;

    redis_begin(q, "bilag2_heartbeat");
    command_add(&q->command, base->options.worker);
    command_add_int(&q->command, pid);
    return redis_call_int(q, 1, 1, &ok, err);
}

static int redis_ping(struct queue *base, struct err *err)
{
    int64_t ok;

    redis_begin(REDIS(base), "bilag2_ping");
    return redis_call_int(REDIS(base), 1, 1, &ok, err);
}

/* ---- opening ---- */

static void redis_close(struct queue *base)
{
    struct redis_queue *q = REDIS(base);

    link_close(&q->link);
    command_release(&q->command);
    free(q->prefix);
    queue_release_base(base);
    free(q);
}

static const struct queue_ops ops = {
    .close = redis_close,
    .add = redis_add,
    .take = redis_take,
    .wait = redis_wait,
    .beat = redis_beat,
    .finish = redis_finish,
    .pass = redis_pass,
    .fail = redis_fail,
    .release = redis_release,
    .reap = redis_reap,
    .known = redis_known,
    .counts = redis_counts,
    .list = redis_list,
    .find = redis_find,
    .retry = redis_retry,
    .drop = redis_drop,
    .pause = redis_pause,
    .lock = redis_lock,
    .heartbeat = redis_heartbeat,
    .workers = redis_workers,
    .ping = redis_ping,
};

int queue_open_redis(const struct queue_options *o, struct queue **ret, struct err *err)
{
    struct redis_queue *q = mem_alloc(sizeof *q);
    int r = queue_init_base(&q->base, &ops, o, err);

    if (r < 0) {
        free(q);
        return r;
    }
    q->link.options = &q->base.options;
    q->prefix = mem_printf("{%s}:", o->prefix);
    command_init(&q->command);
    *ret = &q->base;
    return 0;
}

int queue_install(const struct queue_options *admin, struct err *err)
{
    AUTO_REPLY redisReply *reply = NULL;
    struct queue *base;
    struct redis_queue *q;
    int r = queue_open_redis(admin, &base, err);

    if (r < 0)
        return r;
    q = REDIS(base);
    command_begin(&q->command, "FUNCTION");
    command_add(&q->command, "LOAD");
    command_add(&q->command, "REPLACE");
    command_add_bytes(&q->command, (const char *)queue_library, queue_library_length);
    r = redis_call(q, &reply, err);
    queue_close(base);
    return r < 0 ? err_wrap(err, r, "installing the queue's functions") : 0;
}
