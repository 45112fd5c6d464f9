/*
 * One job from taking to finishing. The verdict table is here:
 *
 *   committed                 done: forgotten, followers added, the next job taken, in one call
 *   stale                     done before, or someone else's: its followers are made sure of
 *   permanent fault           set aside at once: the same bytes fail the same way
 *   timeout, crash, memory …  tried again; set aside with the last try
 *   disk                      tried again later, while a probe can be written
 *   queue, records, disk gone given back uncounted; the caller waits
 *   anything else             set aside: a person or an operator sees the reason
 */
#include "workers/worker.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "models/fault.h"
#include "stores/records_work.h"
#include "workers/reader/reader_client.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static stage_handler_fn *const handlers[STAGE_COUNT] = {
    [STAGE_OPEN] = stage_open,       [STAGE_READ] = stage_read, [STAGE_SORT] = stage_sort,
    [STAGE_EXTRACT] = stage_extract, [STAGE_POST] = stage_post, [STAGE_FILE] = stage_file,
};

/* Done: the next job comes with the answer, which spares a question and a sync a job. */
static int finish(struct worker *w, const struct job *job, struct arena *a,
                  const struct next_jobs *next, struct err *err)
{
    const struct queue_finished done = {*job, house_queue_items(a, next), next->n};
    int code, r = queue_pass(w->house.queue, &done, QUEUE_ALL_STAGES, &code, &w->next, err);

    w->has_next = r == 1; /* stale: the housekeeper adds what we could not */
    return r < 0 ? r : 0;
}

/* The commit was refused. Either the work is done already, or our fence is too low because Redis
 * lost its memory: then the job goes back with the fence SQL asks for. */
static int finish_stale(struct worker *w, const struct job *job, struct arena *a, struct err *err)
{
    struct job_status status = {0};
    struct next_job again;
    int r = records_find_job(w->house.records, &job->id, a, &status, err);

    if (r == ERR_NOT_FOUND)
        status = (struct job_status){0};
    else if (r < 0)
        return r;
    if (status.is_wanted) {
        again = (struct next_job){.id = job->id, .min_fence = status.fence, .department = ""};
        status.followers = (struct next_jobs){&again, 1};
    }
    return finish(w, job, a, &status.followers, err);
}

static int set_aside(struct worker *w, const struct job *job, struct arena *a,
                     const struct err *why, struct err *err)
{
    const char *reason = why->reason ? why->reason : err_name(why->code);
    struct next_jobs next = {0};
    int r = records_set_aside(w->house.records, job, reason, why->text, a, &next, err);

    if (r == ERR_STALE)
        return finish_stale(w, job, a, err);
    return r < 0 ? r : finish(w, job, a, &next, err);
}

static int try_later(struct worker *w, const struct job *job, enum queue_fault fault,
                     const struct err *why, struct err *err)
{
    enum queue_verdict verdict;
    int r = queue_fail(w->house.queue, job, fault, why->text, &verdict, err);

    return r == ERR_STALE ? 0 : r; /* the housekeeper sets aside what died */
}

/* Can anything be kept at all? A full disk is the world's trouble, not this job's. */
static bool disk_is_well(const struct worker *w)
{
    AUTO_FREE char *path = house_path(&w->house.settings, "probe");
    struct err ignored;
    bool is_well = file_write(path, "?", 1, 0600, &ignored) == 0;

    unlink(path);
    return is_well;
}

static bool is_world_trouble(const struct worker *w, const struct err *why)
{
    return why->code == ERR_UNREACHABLE || (why->code == ERR_IO && !disk_is_well(w));
}

/* What to do with a job whose handler failed; *ret_verdict is for the log. */
static int judge(struct worker *w, const struct job *job, struct arena *a, const struct err *why,
                 const char **ret_verdict, struct err *err)
{
    const struct fault_info *fault = fault_find(why->reason);
    const struct settings *s = &w->house.settings;
    bool is_timeout = why->reason && strcmp(why->reason, "timeout") == 0;

    *ret_verdict = "set_aside";
    if (why->code == ERR_STALE) {
        *ret_verdict = "stale";
        return finish_stale(w, job, a, err);
    }
    if (is_world_trouble(w, why)) {
        *ret_verdict = "given_back";
        *err = *why;
        return why->code;
    }
    if (fault && !fault->is_permanent && job->crashes + 1 < s->queue.crashes) {
        *ret_verdict = "retry";
        return try_later(w, job, is_timeout ? QUEUE_TIMEOUT : QUEUE_CRASH, why, err);
    }
    if (!fault && why->code == ERR_IO && job->failures + 1 < s->queue.failures) {
        *ret_verdict = "retry";
        return try_later(w, job, QUEUE_FAILURE, why, err);
    }
    return set_aside(w, job, a, why, err);
}

/* Time by the wall, and CPU of this process and of the reader's child. */
struct meter {
    int64_t wall_ms, own_us;
};

static struct meter meter_start(void)
{
    return (struct meter){clock_mono_ms(), clock_cpu_us()};
}

static void log_job(const struct worker *w, const struct job *job, struct meter began,
                    const char *verdict, const struct err *why)
{
    struct reader_usage reader = reader_take_usage(w->reader);
    char id[JOB_ID_SIZE];

    job_id_format(&job->id, id);
    log_info("job",
             "stage=%s job=%s fence=%" PRId64 " try=%d ms=%" PRId64 " cpu_us=%" PRId64
             " reader_us=%" PRId64 " reader_kb=%" PRId64 "%s verdict=%s%s%s",
             stage_name(job->id.stage), id, job->fence, 1 + job->failures + job->crashes,
             clock_mono_ms() - began.wall_ms, clock_cpu_us() - began.own_us, reader.cpu_us,
             reader.max_rss_kb, w->note, verdict, why->code ? " why=" : "",
             why->code ? log_value(why->text).text : "");
}

int worker_run(struct worker *w, const struct job *job, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct next_jobs next = {0};
    struct err why = {0};
    const char *verdict = "done";
    struct meter began = meter_start();
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    w->job = job;
    w->note[0] = '\0';
    w->last_beat_ms = began.wall_ms;
    r = handlers[job->id.stage](w, job, &a, &next, &why);
    if (r == 0)
        r = finish(w, job, &a, &next, err);
    else
        r = judge(w, job, &a, &why, &verdict, err);
    w->job = NULL;
    w->jobs_done++;
    log_job(w, job, began, verdict, &why);
    return r;
}

void worker_tick(void *worker)
{
    struct worker *w = worker;
    int64_t now = clock_mono_ms();
    struct err ignored;

    if (!w->job || now - w->last_beat_ms < w->house.settings.queue.lease_seconds * 1000 / 3)
        return;
    w->last_beat_ms = now;
    /* A lost lease shows at the commit, which the fence refuses. */
    (void)queue_beat(w->house.queue, w->job, &ignored);
}
