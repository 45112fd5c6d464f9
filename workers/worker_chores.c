/*
 * What keeps the line honest while nothing seems to happen. Every worker reaps and tells it is
 * alive; one of them, by a lease in the queue, also reconciles: SQL says which jobs should exist,
 * and those the queue does not know are added. A FLUSHALL is thereby a delay of some seconds.
 */
#include "workers/worker.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "stores/records_work.h"

#include <unistd.h>

#define CHORES_EVERY_MS 3000
#define RECONCILE_EVERY_MS 5000
#define HOUSEKEEPER_LEASE_MS 15000
#define PAGE_OF_JOBS 256
#define DEAD_AT_ONCE 100

/* Jobs SQL wants and the queue does not know are added. */
static int restore_page(struct worker *w, struct arena *a, const struct next_jobs *jobs,
                        size_t *restored, struct err *err)
{
    struct queue_item *items = house_queue_items(a, jobs);
    struct job_id *ids = arena_alloc_array(a, jobs->n, sizeof *ids);
    bool *known = arena_alloc_array(a, jobs->n, sizeof *known);
    size_t n = 0, added = 0;
    int r;

    for (size_t i = 0; i < jobs->n; i++)
        ids[i] = jobs->items[i].id;
    r = queue_is_known(w->house.queue, ids, jobs->n, known, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < jobs->n; i++)
        if (!known[i])
            items[n++] = items[i];
    r = n ? queue_add(w->house.queue, items, n, &added, err) : 0;
    *restored += added;
    return r;
}

static int restore_forgotten(struct worker *w, struct err *err)
{
    struct pending_cursor cursor = {0};
    size_t restored = 0;

    for (;;) {
        AUTO_ARENA struct arena a;
        struct next_jobs jobs = {0};
        int r;

        arena_init(&a, LIMIT_JOB_ARENA_BYTES);
        r = records_pending_jobs(w->house.records, &cursor, PAGE_OF_JOBS, &a, &jobs, err);
        if (r == 0 && jobs.n)
            r = restore_page(w, &a, &jobs, &restored, err);
        if (r < 0)
            return r;
        if (jobs.n == 0)
            break;
    }
    if (restored)
        log_info("reconcile", "restored=%zu", restored);
    return 0;
}

/* A job that died in the queue: its object is set aside in SQL, which is what people look at. */
static int bury(struct worker *w, struct arena *a, const struct queue_entry *entry, struct err *err)
{
    const char *reason = entry->job.orphans ? "crashed" : "given_up";
    struct next_jobs next = {0};
    int r = records_set_aside(w->house.records, &entry->job, reason,
                              entry->reason[0] ? entry->reason : "its worker died on it too often",
                              a, &next, err);

    if (r < 0 && r != ERR_STALE && r != ERR_NOT_FOUND)
        return r;
    r = queue_drop(w->house.queue, &entry->job.id, err);
    if (r == 0 && next.n)
        r = queue_add(w->house.queue, house_queue_items(a, &next), next.n, NULL, err);
    return r == ERR_NOT_FOUND ? 0 : r;
}

static int bury_dead(struct worker *w, struct err *err)
{
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        AUTO_ARENA struct arena a;
        struct queue_entry *entries;
        size_t n = 0;
        int r;

        if (!stage_info((enum stage)stage)->has_queue)
            continue;
        arena_init(&a, LIMIT_JOB_ARENA_BYTES);
        r = queue_list(w->house.queue, (enum stage)stage, QUEUE_GIVEN_UP, DEAD_AT_ONCE, &a,
                       &entries, &n, err);
        for (size_t i = 0; r == 0 && i < n; i++)
            r = bury(w, &a, &entries[i], err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* The operator's pauses rest in SQL; a queue that lost its memory is told again. */
static int keep_pauses(struct worker *w, struct err *err)
{
    struct queue_count counts[STAGE_COUNT];
    bool paused[STAGE_COUNT];
    int r = records_paused(w->house.records, paused, err);

    if (r == 0)
        r = queue_counts(w->house.queue, counts, err);
    for (int i = 0; r == 0 && i < STAGE_COUNT; i++) {
        enum stage stage = (enum stage)i;

        if (!stage_info(stage)->has_queue || paused[i] == counts[i].is_paused)
            continue;
        r = paused[i] ? queue_pause(w->house.queue, stage, err)
                      : queue_resume(w->house.queue, stage, err);
    }
    return r;
}

static int keep_house(struct worker *w, struct err *err)
{
    bool is_mine = false;
    int r = queue_lock(w->house.queue, "housekeeper", HOUSEKEEPER_LEASE_MS, &is_mine, err);

    if (r < 0 || !is_mine)
        return r;
    r = keep_pauses(w, err);
    if (r == 0)
        r = bury_dead(w, err);
    return r < 0 ? r : restore_forgotten(w, err);
}

int worker_chores(struct worker *w, struct err *err)
{
    struct queue_reaped reaped = {0};
    int64_t now = clock_mono_ms();
    int r;

    if (now < w->next_chores_ms)
        return 0;
    w->next_chores_ms = now + CHORES_EVERY_MS;
    r = queue_heartbeat(w->house.queue, getpid(), err);
    if (r == 0)
        r = queue_reap(w->house.queue, &reaped, err);
    if (r == 0 && (reaped.reclaimed || reaped.dead || reaped.is_clock_jump))
        log_warning("reap", "reclaimed=%zu dead=%zu clock_jump=%d", reaped.reclaimed, reaped.dead,
                    reaped.is_clock_jump);
    if (r < 0 || now < w->next_reconcile_ms)
        return r;
    w->next_reconcile_ms = now + RECONCILE_EVERY_MS;
    return keep_house(w, err);
}
