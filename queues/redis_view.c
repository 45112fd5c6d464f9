/*
 * Looking into the queue in Redis: counts, lists, workers. Answers come as one flat array, so many
 * fields a row; a row that is not what it should be makes the whole answer ERR_INVALID.
 */
#include "queues/redis.h"

#include "base/arena.h"
#include "base/err.h"

#include <string.h>

enum { COUNT_FIELDS = 8, ENTRY_FIELDS = 12, WORKER_FIELDS = 3, WORKERS_MAX = 100000 };

#define AGE_MAX INT64_MAX

static bool read_count(redisReply *const *part, struct queue_count *c)
{
    int64_t is_paused;

    if (!reply_int(part[0], 0, INT64_MAX, &c->waiting) ||
        !reply_int(part[1], 0, INT64_MAX, &c->active) ||
        !reply_int(part[2], 0, INT64_MAX, &c->delayed) ||
        !reply_int(part[3], 0, INT64_MAX, &c->dead) ||
        !reply_int(part[4], 0, AGE_MAX, &c->oldest_age_ms) ||
        !reply_int(part[5], 0, INT64_MAX, &c->done_total) ||
        !reply_int(part[6], 0, INT64_MAX, &c->failed_total) ||
        !reply_int(part[7], 0, 1, &is_paused))
        return false;
    c->is_paused = is_paused == 1;
    return true;
}

int redis_counts(struct queue *base, struct queue_count ret[STAGE_COUNT], struct err *err)
{
    struct redis_queue *q = (struct redis_queue *)base;
    AUTO_REPLY redisReply *reply = NULL;
    struct queue_count counts[STAGE_COUNT] = {0};
    size_t n;
    int r;

    redis_begin(q, "bilag2_counts");
    redis_add_stages(q, QUEUE_ALL_STAGES);
    r = redis_call(q, &reply, err);
    if (r < 0)
        return r;
    if (!reply_array(reply, COUNT_FIELDS, QUEUE_STAGES, &n) || n != QUEUE_STAGES)
        return redis_nonsense(q, err);
    for (size_t i = 0; i < n; i++)
        if (!read_count(reply->element + i * COUNT_FIELDS, &counts[queue_late_first[i]]))
            return redis_nonsense(q, err);
    memcpy(ret, counts, sizeof counts);
    return 0;
}

static const char state_letters[QUEUE_STATE_COUNT + 1] = "rlzd";

static bool read_state(const redisReply *reply, enum queue_state *ret)
{
    const char *text, *letter;

    if (!reply_text(reply, &text) || strlen(text) != 1)
        return false;
    letter = strchr(state_letters, *text);
    if (!letter)
        return false;
    *ret = (enum queue_state)(letter - state_letters);
    return true;
}

static bool read_entry(redisReply *const *part, struct arena *a, struct queue_entry *e)
{
    const char *id, *department, *worker, *reason;
    int64_t failures, crashes, orphans, lane;

    if (!reply_text(part[0], &id) || !job_id_parse(id, &e->job.id) ||
        !read_state(part[1], &e->state) || !reply_int(part[2], 0, QUEUE_FENCE_MAX, &e->job.fence) ||
        !reply_int(part[3], 0, INT32_MAX, &failures) ||
        !reply_int(part[4], 0, INT32_MAX, &crashes) ||
        !reply_int(part[5], 0, INT32_MAX, &orphans) ||
        !reply_int(part[6], 0, QUEUE_LANE_COUNT - 1, &lane) || !reply_text(part[7], &department) ||
        !reply_text(part[8], &worker) || !reply_text(part[9], &reason) ||
        !reply_int(part[10], INT64_MIN, INT64_MAX, &e->age_ms) ||
        !reply_int(part[11], INT64_MIN, INT64_MAX, &e->due_ms))
        return false;
    e->job.failures = (int)failures;
    e->job.crashes = (int)crashes;
    e->job.orphans = (int)orphans;
    e->lane = (enum queue_lane)lane;
    e->department = arena_strdup(a, department);
    e->worker = arena_strdup(a, worker);
    e->reason = arena_strdup(a, reason);
    return true;
}

/* Ends a call that answers with entries, at most `limit`. */
static int call_entries(struct redis_queue *q, size_t limit, struct arena *a,
                        struct queue_entry **ret, size_t *ret_n, struct err *err)
{
    AUTO_REPLY redisReply *reply = NULL;
    struct queue_entry *entries;
    size_t n;
    int r = redis_call(q, &reply, err);

    if (r < 0)
        return r;
    if (!reply_array(reply, ENTRY_FIELDS, limit, &n))
        return redis_nonsense(q, err);
    entries = arena_alloc_array(a, n, sizeof *entries);
    for (size_t i = 0; i < n; i++)
        if (!read_entry(reply->element + i * ENTRY_FIELDS, a, &entries[i]))
            return redis_nonsense(q, err);
    *ret = entries;
    *ret_n = n;
    return 0;
}

int redis_list(struct queue *base, enum stage stage, enum queue_state state, size_t limit,
               struct arena *a, struct queue_entry **ret, size_t *ret_n, struct err *err)
{
    struct redis_queue *q = (struct redis_queue *)base;

    redis_begin(q, "bilag2_list");
    command_add(&q->command, stage_name(stage));
    command_add_bytes(&q->command, &state_letters[state], 1);
    command_add_int(&q->command, (int64_t)limit);
    return call_entries(q, limit, a, ret, ret_n, err);
}

int redis_find(struct queue *base, const struct job_id *id, struct arena *a,
               struct queue_entry *ret, struct err *err)
{
    struct redis_queue *q = (struct redis_queue *)base;
    struct queue_entry *entries;
    size_t n;
    int r;

    redis_begin(q, "bilag2_find");
    command_add_id(&q->command, id);
    r = call_entries(q, 1, a, &entries, &n, err);
    if (r < 0)
        return r;
    if (n == 0)
        return queue_unknown(id, err);
    *ret = entries[0];
    return 0;
}

static bool read_worker(redisReply *const *part, struct arena *a, struct queue_worker *w)
{
    const char *name;

    if (!reply_text(part[0], &name) || !reply_int(part[1], 0, INT64_MAX, &w->pid) ||
        !reply_int(part[2], INT64_MIN, INT64_MAX, &w->silent_ms))
        return false;
    w->name = arena_strdup(a, name);
    return true;
}

int redis_workers(struct queue *base, struct arena *a, struct queue_worker **ret, size_t *ret_n,
                  struct err *err)
{
    struct redis_queue *q = (struct redis_queue *)base;
    AUTO_REPLY redisReply *reply = NULL;
    struct queue_worker *workers;
    size_t n;
    int r;

    redis_begin(q, "bilag2_workers");
    r = redis_call(q, &reply, err);
    if (r < 0)
        return r;
    if (!reply_array(reply, WORKER_FIELDS, WORKERS_MAX, &n))
        return redis_nonsense(q, err);
    workers = arena_alloc_array(a, n, sizeof *workers);
    for (size_t i = 0; i < n; i++)
        if (!read_worker(reply->element + i * WORKER_FIELDS, a, &workers[i]))
            return redis_nonsense(q, err);
    *ret = workers;
    *ret_n = n;
    return 0;
}
