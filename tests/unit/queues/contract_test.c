/*
 * One contract, two implementations: every test here runs against ram and against a real
 * redis-server. Time passes by order (the fake clock for ram, shifted times in Redis), so nothing
 * sleeps and nothing is timed.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "tests/unit/queues/private_redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define START_MS 1700000000000

static struct private_redis server;

struct fixture {
    bool is_redis;
    struct queue *q;
    struct arena arena;
    struct err err;
    int64_t now_ms; /* ram's */
};

static struct fixture ram_fixture = {.is_redis = false}, redis_fixture = {.is_redis = true};

static int set_up(void **state)
{
    struct fixture *f = *state;
    struct queue_options o;

    arena_init(&f->arena, 1 << 20);
    f->now_ms = START_MS;
    queue_options_init(&o);
    o.worker = "here:1";
    if (f->is_redis) {
        private_redis_order(&server, "FLUSHALL");
        clock_fake(-1, -1);
        return queue_open_redis(&server.user, &f->q, &f->err);
    }
    clock_fake(START_MS, 0);
    return queue_open_ram(&o, &f->q, &f->err);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    queue_close(f->q);
    arena_release(&f->arena);
    clock_fake(-1, -1);
    return 0;
}

static void advance(struct fixture *f, int64_t ms)
{
    f->now_ms += ms;
    if (f->is_redis)
        private_redis_advance(&server, ms);
    else
        clock_fake(f->now_ms, 0);
}

/* ---- saying it shortly ---- */

#define assert_ok(f, call)                                                                         \
    do {                                                                                           \
        int r_ = (call);                                                                           \
        if (r_ < 0)                                                                                \
            fail_msg("%s: %s", #call, (f)->err.text);                                              \
    } while (0)

static struct job_id id_of(const char *text)
{
    struct job_id id;

    if (!job_id_parse(text, &id))
        fail_msg("no job id: %s", text);
    return id;
}

static size_t add(struct fixture *f, const char *id, enum queue_lane lane, const char *department)
{
    struct queue_item item = {.id = id_of(id), .lane = lane, .department = department};
    size_t added = 99;

    assert_ok(f, queue_add(f->q, &item, 1, &added, &f->err));
    return added;
}

static struct job take(struct fixture *f, const char *expected)
{
    struct job job = {0};
    char text[JOB_ID_SIZE];
    int r = queue_take(f->q, QUEUE_ALL_STAGES, 0, &job, &f->err);

    assert_ok(f, r);
    if (r == 0)
        fail_msg("nothing to take, expected %s", expected);
    job_id_format(&job.id, text);
    assert_string_equal(text, expected);
    return job;
}

static void take_nothing(struct fixture *f)
{
    struct job job;

    assert_int_equal(queue_take(f->q, QUEUE_ALL_STAGES, 0, &job, &f->err), 0);
}

static void finish(struct fixture *f, const struct job *job)
{
    assert_ok(f, queue_finish(f->q, job, NULL, 0, &f->err));
}

static struct queue_reaped reap(struct fixture *f)
{
    struct queue_reaped reaped = {99, 99, 99, true};

    assert_ok(f, queue_reap(f->q, &reaped, &f->err));
    return reaped;
}

/* Reaps often enough to be no clock jump; gives the sum. */
static struct queue_reaped reap_through(struct fixture *f, int64_t ms)
{
    struct queue_reaped sum = reap(f);

    for (; ms > 0; ms -= 20000) {
        struct queue_reaped now;

        advance(f, ms < 20000 ? ms : 20000);
        now = reap(f);
        sum.reclaimed += now.reclaimed;
        sum.dead += now.dead;
        sum.due += now.due;
        sum.is_clock_jump |= now.is_clock_jump;
    }
    return sum;
}

static struct queue_entry find(struct fixture *f, const char *text)
{
    struct job_id id = id_of(text);
    struct queue_entry entry = {0};

    assert_ok(f, queue_find(f->q, &id, &f->arena, &entry, &f->err));
    return entry;
}

static bool is_known(struct fixture *f, const char *text)
{
    struct job_id id = id_of(text);
    bool known = false;

    assert_ok(f, queue_is_known(f->q, &id, 1, &known, &f->err));
    return known;
}

static struct queue_count count(struct fixture *f, enum stage stage)
{
    struct queue_count counts[STAGE_COUNT];

    assert_ok(f, queue_counts(f->q, counts, &f->err));
    return counts[stage];
}

static enum queue_verdict fail_job(struct fixture *f, const struct job *job, enum queue_fault fault)
{
    enum queue_verdict verdict = 99;

    assert_ok(f, queue_fail(f->q, job, fault, "reader died", &verdict, &f->err));
    return verdict;
}

/* ---- adding and taking ---- */

static void an_add_forgets_nothing_and_doubles_nothing(void **state)
{
    struct fixture *f = *state;
    struct job job;

    assert_int_equal(add(f, "read:1:1", QUEUE_NORMAL, ""), 1);
    assert_int_equal(add(f, "read:1:1", QUEUE_NORMAL, ""), 0);
    job = take(f, "read:1:1");
    assert_int_equal(add(f, "read:1:1", QUEUE_NORMAL, ""), 0);
    take_nothing(f);
    finish(f, &job);
    assert_int_equal(add(f, "read:1:1", QUEUE_NORMAL, ""), 1);
    take(f, "read:1:1");
}

static void late_stages_come_first(void **state)
{
    struct fixture *f = *state;
    static const char *const early_first[] = {"open:1",    "read:2:1", "sort:2",
                                              "extract:3", "post:4",   "file:5"};

    for (int i = 0; i < 6; i++)
        add(f, early_first[i], QUEUE_NORMAL, "");
    for (int i = 5; i >= 0; i--)
        take(f, early_first[i]);
    take_nothing(f);
}

static void a_take_asks_for_stages(void **state)
{
    struct fixture *f = *state;
    struct job job;

    add(f, "open:1", QUEUE_NORMAL, "");
    assert_int_equal(queue_take(f->q, QUEUE_STAGE(STAGE_READ), 0, &job, &f->err), 0);
    assert_int_equal(queue_take(f->q, QUEUE_STAGE(STAGE_OPEN), 0, &job, &f->err), 1);
}

static void express_before_normal_before_slow(void **state)
{
    struct fixture *f = *state;

    add(f, "post:1", QUEUE_SLOW, "");
    add(f, "post:2", QUEUE_NORMAL, "");
    add(f, "open:3", QUEUE_EXPRESS, "");
    take(f, "open:3");
    take(f, "post:2");
    take(f, "post:1");
}

static void departments_take_turns(void **state)
{
    struct fixture *f = *state;
    char id[JOB_ID_SIZE];

    for (int page = 1; page <= 4; page++) {
        snprintf(id, sizeof id, "read:1:%d", page);
        add(f, id, QUEUE_NORMAL, "flood");
    }
    add(f, "read:2:1", QUEUE_NORMAL, "hr");
    add(f, "read:2:2", QUEUE_NORMAL, "hr");
    take(f, "read:1:1");
    take(f, "read:2:1");
    take(f, "read:1:2");
    take(f, "read:2:2");
    take(f, "read:1:3");
    take(f, "read:1:4");
    take_nothing(f);
}

static void many_are_taken_and_finished_at_once(void **state)
{
    struct fixture *f = *state;
    struct queue_item items[300] = {0};
    struct queue_finished done[QUEUE_BATCH_MAX] = {0};
    struct job jobs[QUEUE_BATCH_MAX];
    int codes[QUEUE_BATCH_MAX];
    size_t added;

    for (int i = 0; i < 300; i++)
        items[i].id = (struct job_id){STAGE_READ, 7, i + 1};
    assert_ok(f, queue_add(f->q, items, 300, &added, &f->err));
    assert_int_equal(added, 300);
    assert_int_equal(queue_take_many(f->q, QUEUE_ALL_STAGES, 0, jobs, 256, &f->err), 256);
    for (int i = 0; i < 256; i++) {
        assert_int_equal(jobs[i].id.page, i + 1);
        done[i].job = jobs[i];
    }
    done[3].job.fence++;
    assert_ok(f, queue_finish_many(f->q, done, 256, codes, &f->err));
    for (int i = 0; i < 256; i++)
        assert_int_equal(codes[i], i == 3 ? ERR_STALE : 0);
    assert_int_equal(queue_take_many(f->q, QUEUE_ALL_STAGES, 0, jobs, 256, &f->err), 44);
    assert_int_equal(count(f, STAGE_READ).done_total, 255);
    assert_int_equal(count(f, STAGE_READ).active, 45);
}

static void a_delayed_job_waits_its_time(void **state)
{
    struct fixture *f = *state;
    struct queue_item item = {.id = id_of("post:1"), .delay_ms = 10000};

    assert_ok(f, queue_add(f->q, &item, 1, NULL, &f->err));
    take_nothing(f);
    assert_int_equal(count(f, STAGE_POST).delayed, 1);
    advance(f, 10000);
    take(f, "post:1");
}

static void a_delay_over_is_seen_by_the_reaper(void **state)
{
    struct fixture *f = *state;
    struct queue_item item = {.id = id_of("post:1"), .delay_ms = 10000};

    assert_ok(f, queue_add(f->q, &item, 1, NULL, &f->err));
    assert_int_equal(reap_through(f, 5000).due, 0);
    assert_int_equal(reap_through(f, 5000).due, 1);
    assert_int_equal(count(f, STAGE_POST).waiting, 1);
}

/* ---- leases and fences ---- */

static void fences_grow_above_what_sql_knows(void **state)
{
    struct fixture *f = *state;
    struct queue_item item = {.id = id_of("extract:9"), .min_fence = 41};
    struct job job;

    assert_ok(f, queue_add(f->q, &item, 1, NULL, &f->err));
    job = take(f, "extract:9");
    assert_int_equal(job.fence, 42);
    assert_ok(f, queue_release(f->q, "here:1", NULL, &f->err));
    job = take(f, "extract:9");
    assert_int_equal(job.fence, 43);
}

static void an_old_fence_moves_nothing(void **state)
{
    struct fixture *f = *state;
    struct queue_item next = {.id = id_of("sort:1")};
    enum queue_verdict verdict = 99;
    struct job old, job;

    add(f, "read:1:1", QUEUE_NORMAL, "");
    old = take(f, "read:1:1");
    assert_int_equal(reap_through(f, 60001).reclaimed, 1);
    job = take(f, "read:1:1");
    assert_int_equal(job.orphans, 1);
    assert_int_equal(queue_beat(f->q, &old, &f->err), ERR_STALE);
    assert_int_equal(queue_finish(f->q, &old, &next, 1, &f->err), ERR_STALE);
    assert_int_equal(queue_fail(f->q, &old, QUEUE_CRASH, "", &verdict, &f->err), ERR_STALE);
    assert_int_equal(verdict, 99);
    assert_false(is_known(f, "sort:1"));
    assert_ok(f, queue_beat(f->q, &job, &f->err));
    assert_int_equal(count(f, STAGE_READ).active, 1);
}

static void a_beat_prolongs_the_lease(void **state)
{
    struct fixture *f = *state;
    struct job job;

    add(f, "read:1:1", QUEUE_NORMAL, "");
    job = take(f, "read:1:1");
    assert_int_equal(reap_through(f, 50000).reclaimed, 0);
    assert_ok(f, queue_beat(f->q, &job, &f->err));
    assert_int_equal(reap_through(f, 50000).reclaimed, 0);
    assert_int_equal(reap_through(f, 10001).reclaimed, 1);
}

static void the_last_orphan_is_dead(void **state)
{
    struct fixture *f = *state;

    add(f, "read:1:1", QUEUE_NORMAL, "");
    for (int i = 0; i < 4; i++) {
        take(f, "read:1:1");
        assert_int_equal(reap_through(f, 60001).reclaimed, 1);
    }
    take(f, "read:1:1");
    assert_int_equal(reap_through(f, 60001).dead, 1);
    assert_int_equal(find(f, "read:1:1").state, QUEUE_GIVEN_UP);
    assert_string_equal(find(f, "read:1:1").reason, "orphan");
    take_nothing(f);
}

static void a_reclaimed_job_goes_to_the_front(void **state)
{
    struct fixture *f = *state;

    add(f, "read:1:1", QUEUE_NORMAL, "");
    add(f, "read:1:2", QUEUE_NORMAL, "");
    take(f, "read:1:1");
    reap_through(f, 60001);
    take(f, "read:1:1");
}

static void a_clock_jump_renews_leases_once(void **state)
{
    struct fixture *f = *state;
    struct queue_reaped reaped;

    add(f, "read:1:1", QUEUE_NORMAL, "");
    take(f, "read:1:1");
    reap(f);
    advance(f, 86400000);
    reaped = reap(f);
    assert_true(reaped.is_clock_jump);
    assert_int_equal(reaped.reclaimed, 0);
    assert_int_equal(reap_through(f, 40000).reclaimed, 0);
    assert_int_equal(reap_through(f, 20001).reclaimed, 1);
}

static void delays_follow_a_clock_that_went_back(void **state)
{
    struct fixture *f = *state;
    struct queue_item item = {.id = id_of("post:1"), .delay_ms = 10000};

    assert_ok(f, queue_add(f->q, &item, 1, NULL, &f->err));
    reap(f);
    advance(f, -3600000);
    assert_true(reap(f).is_clock_jump);
    take_nothing(f);
    advance(f, 10001);
    take(f, "post:1");
}

static void release_gives_back_what_one_name_holds(void **state)
{
    struct fixture *f = *state;
    size_t released = 99;
    struct job old;

    add(f, "read:1:1", QUEUE_NORMAL, "");
    add(f, "read:1:2", QUEUE_NORMAL, "");
    add(f, "read:1:3", QUEUE_NORMAL, "");
    add(f, "sort:2", QUEUE_NORMAL, "");
    take(f, "sort:2");
    old = take(f, "read:1:1");
    take(f, "read:1:2");
    assert_ok(f, queue_release(f->q, "elsewhere:1", &released, &f->err));
    assert_int_equal(released, 0);
    assert_ok(f, queue_release(f->q, "here:1", &released, &f->err));
    assert_int_equal(released, 3);
    assert_int_equal(queue_beat(f->q, &old, &f->err), ERR_STALE);
    assert_int_equal(count(f, STAGE_READ).waiting, 3);
    take(f, "sort:2");
    assert_int_equal(take(f, "read:1:1").orphans, 0);
    take(f, "read:1:2");
    take(f, "read:1:3");
}

/* ---- finishing and failing ---- */

static void finish_adds_what_follows(void **state)
{
    struct fixture *f = *state;
    struct queue_item next[] = {{.id = {STAGE_READ, 1, 1}, .department = "hr"},
                                {.id = {STAGE_READ, 1, 2}, .lane = QUEUE_EXPRESS},
                                {.id = {STAGE_SORT, 1, 0}, .min_fence = 7}};
    struct job job;

    add(f, "open:1", QUEUE_NORMAL, "");
    add(f, "sort:1", QUEUE_NORMAL, "");
    job = take(f, "sort:1");
    finish(f, &job);
    job = take(f, "open:1");
    assert_ok(f, queue_finish(f->q, &job, next, 3, &f->err));
    assert_false(is_known(f, "open:1"));
    take(f, "read:1:2");
    assert_int_equal(take(f, "sort:1").fence, 8);
    take(f, "read:1:1");
    assert_int_equal(queue_finish(f->q, &job, next, 3, &f->err), ERR_STALE);
}

static void passing_finishes_and_takes(void **state)
{
    struct fixture *f = *state;
    struct queue_item next = {.id = id_of("sort:1"), .min_fence = 7};
    struct queue_finished done = {.next = &next, .n_next = 1};
    struct job job;
    int code = 7;

    add(f, "open:1", QUEUE_NORMAL, "");
    done.job = take(f, "open:1");
    assert_int_equal(queue_pass(f->q, &done, QUEUE_STAGE(STAGE_READ), &code, &job, &f->err), 0);
    assert_int_equal(code, 0);
    assert_false(is_known(f, "open:1"));
    add(f, "open:2", QUEUE_NORMAL, "");
    /* What is no longer ours adds nothing, and hinders no taking. */
    assert_int_equal(queue_pass(f->q, &done, QUEUE_ALL_STAGES, &code, &job, &f->err), 1);
    assert_int_equal(code, ERR_STALE);
    assert_int_equal(job.id.stage, STAGE_SORT);
    assert_int_equal(job.fence, 8);
    done = (struct queue_finished){.job = job};
    assert_int_equal(queue_pass(f->q, &done, QUEUE_ALL_STAGES, &code, &job, &f->err), 1);
    assert_int_equal(code, 0);
    assert_int_equal(job.id.object, 2);
    assert_int_equal(queue_pass(f->q, &done, 0, &code, &job, &f->err), ERR_USAGE);
}

static void a_job_may_follow_itself(void **state)
{
    struct fixture *f = *state;
    struct queue_item again = {.id = id_of("extract:4"), .min_fence = 1};
    struct job job;

    add(f, "extract:4", QUEUE_NORMAL, "");
    job = take(f, "extract:4");
    assert_ok(f, queue_finish(f->q, &job, &again, 1, &f->err));
    assert_int_equal(take(f, "extract:4").fence, 2);
}

static void failures_are_retried_later_and_later_then_dead(void **state)
{
    struct fixture *f = *state;
    int64_t slack = f->is_redis ? 20000 : 0; /* its clock runs on while we look */

    add(f, "read:1:1", QUEUE_NORMAL, "");
    for (int tries = 1; tries <= 4; tries++) {
        int64_t wait = 1000 << tries;
        struct job job = take(f, "read:1:1");
        struct queue_entry entry;

        assert_int_equal(job.failures, tries - 1);
        assert_int_equal(fail_job(f, &job, QUEUE_FAILURE), QUEUE_RETRY);
        entry = find(f, "read:1:1");
        assert_int_equal(entry.state, QUEUE_DELAYED);
        assert_in_range(entry.due_ms + slack, wait / 2, wait * 3 / 2 + slack);
        assert_string_equal(entry.reason, "reader died");
        advance(f, wait * 3 / 2 + 1);
    }
    struct job job = take(f, "read:1:1");
    assert_int_equal(fail_job(f, &job, QUEUE_FAILURE), QUEUE_DEAD);
    assert_int_equal(find(f, "read:1:1").state, QUEUE_GIVEN_UP);
    assert_int_equal(count(f, STAGE_READ).failed_total, 5);
    advance(f, 86400000);
    take_nothing(f);
    assert_int_equal(add(f, "read:1:1", QUEUE_NORMAL, ""), 0);
}

static void two_crashes_are_enough(void **state)
{
    struct fixture *f = *state;
    struct job job;

    add(f, "read:1:1", QUEUE_NORMAL, "");
    job = take(f, "read:1:1");
    assert_int_equal(fail_job(f, &job, QUEUE_CRASH), QUEUE_RETRY);
    advance(f, 3001);
    job = take(f, "read:1:1");
    assert_int_equal(job.crashes, 1);
    assert_int_equal(job.failures, 0);
    assert_int_equal(fail_job(f, &job, QUEUE_CRASH), QUEUE_DEAD);
}

static void a_timeout_moves_to_the_slow_lane(void **state)
{
    struct fixture *f = *state;
    struct job job;

    add(f, "read:1:1", QUEUE_EXPRESS, "hr");
    job = take(f, "read:1:1");
    assert_int_equal(fail_job(f, &job, QUEUE_TIMEOUT), QUEUE_RETRY);
    assert_int_equal(find(f, "read:1:1").lane, QUEUE_SLOW);
    advance(f, 3001);
    add(f, "read:1:2", QUEUE_NORMAL, "hr");
    reap(f);
    take(f, "read:1:2");
    assert_int_equal(take(f, "read:1:1").crashes, 1);
}

/* ---- acting and looking ---- */

static void a_paused_stage_is_passed_over(void **state)
{
    struct fixture *f = *state;

    add(f, "file:1", QUEUE_NORMAL, "");
    add(f, "read:1:1", QUEUE_NORMAL, "");
    assert_ok(f, queue_pause(f->q, STAGE_FILE, &f->err));
    assert_true(count(f, STAGE_FILE).is_paused);
    assert_false(count(f, STAGE_READ).is_paused);
    take(f, "read:1:1");
    take_nothing(f);
    assert_ok(f, queue_resume(f->q, STAGE_FILE, &f->err));
    assert_false(count(f, STAGE_FILE).is_paused);
    take(f, "file:1");
}

static void retry_makes_ready_now(void **state)
{
    struct fixture *f = *state;
    struct job_id id = id_of("read:1:1"), unknown = id_of("read:1:2");
    struct job job;

    assert_int_equal(queue_retry(f->q, &unknown, &f->err), ERR_NOT_FOUND);
    add(f, "read:1:1", QUEUE_NORMAL, "hr");
    assert_ok(f, queue_retry(f->q, &id, &f->err));
    take(f, "read:1:1");
    reap_through(f, 60001);
    job = take(f, "read:1:1");
    assert_int_equal(queue_retry(f->q, &id, &f->err), ERR_CONFLICT);
    fail_job(f, &job, QUEUE_CRASH);
    assert_ok(f, queue_retry(f->q, &id, &f->err));
    job = take(f, "read:1:1");
    assert_int_equal(job.crashes, 1);
    assert_int_equal(fail_job(f, &job, QUEUE_CRASH), QUEUE_DEAD);
    assert_ok(f, queue_retry(f->q, &id, &f->err));
    assert_int_equal(count(f, STAGE_READ).dead, 0);
    job = take(f, "read:1:1");
    assert_int_equal(job.crashes + job.orphans, 0);
    assert_int_equal(job.fence, 4);
    take_nothing(f);
}

static void drop_forgets_in_any_state(void **state)
{
    struct fixture *f = *state;
    struct job_id first = id_of("read:1:1"), second = id_of("read:1:2");
    struct job job;

    assert_int_equal(queue_drop(f->q, &first, &f->err), ERR_NOT_FOUND);
    add(f, "read:1:1", QUEUE_NORMAL, "hr");
    assert_ok(f, queue_drop(f->q, &first, &f->err));
    take_nothing(f);
    assert_int_equal(count(f, STAGE_READ).waiting, 0);

    add(f, "read:1:1", QUEUE_NORMAL, "hr");
    add(f, "read:1:2", QUEUE_NORMAL, "hr");
    assert_ok(f, queue_drop(f->q, &first, &f->err));
    job = take(f, "read:1:2");
    assert_ok(f, queue_drop(f->q, &second, &f->err));
    assert_int_equal(queue_finish(f->q, &job, NULL, 0, &f->err), ERR_STALE);
    assert_int_equal(count(f, STAGE_READ).active, 0);
    assert_false(is_known(f, "read:1:2"));
}

static void known_means_in_any_state(void **state)
{
    struct fixture *f = *state;
    struct job_id ids[600];
    bool known[600];
    struct job job;

    for (int i = 0; i < 600; i++)
        ids[i] = (struct job_id){STAGE_READ, 3, i + 1};
    add(f, "read:3:600", QUEUE_NORMAL, "");
    add(f, "read:3:300", QUEUE_EXPRESS, "");
    job = take(f, "read:3:300");
    fail_job(f, &job, QUEUE_FAILURE);
    add(f, "read:3:1", QUEUE_EXPRESS, "");
    take(f, "read:3:1");
    assert_ok(f, queue_is_known(f->q, ids, 600, known, &f->err));
    for (int i = 0; i < 600; i++)
        assert_int_equal(known[i], i == 0 || i == 299 || i == 599);
}

static void counts_add_up(void **state)
{
    struct fixture *f = *state;
    struct queue_count c = count(f, STAGE_READ);

    assert_int_equal(c.waiting + c.active + c.delayed + c.dead + c.oldest_age_ms, 0);
    add(f, "read:1:1", QUEUE_NORMAL, "");
    advance(f, 5000);
    add(f, "read:1:2", QUEUE_SLOW, "hr");
    add(f, "read:1:3", QUEUE_SLOW, "hr");
    c = count(f, STAGE_READ);
    assert_int_equal(c.waiting, 3);
    assert_in_range(c.oldest_age_ms, 5000, 65000);
    take(f, "read:1:1");
    c = count(f, STAGE_READ);
    assert_int_equal(c.waiting, 2);
    assert_int_equal(c.active, 1);
    assert_in_range(c.oldest_age_ms, 0, 4999);
    assert_int_equal(count(f, STAGE_REVIEW).waiting, 0);
}

static void a_list_shows_each_state(void **state)
{
    struct fixture *f = *state;
    struct queue_entry *entries;
    size_t n;

    add(f, "read:1:1", QUEUE_NORMAL, "");
    add(f, "read:1:2", QUEUE_EXPRESS, "hr");
    add(f, "read:1:3", QUEUE_NORMAL, "");
    assert_ok(f, queue_list(f->q, STAGE_READ, QUEUE_WAITING, 2, &f->arena, &entries, &n, &f->err));
    assert_int_equal(n, 2);
    assert_int_equal(entries[0].job.id.page, 2);
    assert_string_equal(entries[0].department, "hr");
    assert_int_equal(entries[0].lane, QUEUE_EXPRESS);
    assert_string_equal(entries[0].worker, "");
    assert_int_equal(entries[1].job.id.page, 1);

    take(f, "read:1:2");
    assert_ok(f, queue_list(f->q, STAGE_READ, QUEUE_ACTIVE, 9, &f->arena, &entries, &n, &f->err));
    assert_int_equal(n, 1);
    assert_string_equal(entries[0].worker, "here:1");
    assert_int_equal(entries[0].job.fence, 1);
    assert_in_range(entries[0].due_ms, 1, 60000);
    assert_ok(f, queue_list(f->q, STAGE_READ, QUEUE_DELAYED, 9, &f->arena, &entries, &n, &f->err));
    assert_int_equal(n, 0);
}

static void a_lock_is_kept_by_asking_again(void **state)
{
    struct fixture *f = *state;
    bool is_mine = false;

    assert_ok(f, queue_lock(f->q, "housekeeper", 1000, &is_mine, &f->err));
    assert_true(is_mine);
    is_mine = false;
    assert_ok(f, queue_lock(f->q, "housekeeper", 1000, &is_mine, &f->err));
    assert_true(is_mine);
}

static void workers_are_seen_and_forgotten(void **state)
{
    struct fixture *f = *state;
    struct queue_worker *workers;
    size_t n;

    assert_ok(f, queue_heartbeat(f->q, 4711, &f->err));
    advance(f, 8000);
    assert_ok(f, queue_heartbeat(f->q, 4711, &f->err));
    advance(f, 2000);
    assert_ok(f, queue_workers(f->q, &f->arena, &workers, &n, &f->err));
    assert_int_equal(n, 1);
    assert_string_equal(workers[0].name, "here:1");
    assert_int_equal(workers[0].pid, 4711);
    assert_in_range(workers[0].silent_ms, 2000, 9999);
    advance(f, 300000);
    assert_ok(f, queue_workers(f->q, &f->arena, &workers, &n, &f->err));
    assert_int_equal(n, 0);
}

static void wrong_words_are_refused(void **state)
{
    struct fixture *f = *state;
    struct queue_item item = {.id = {STAGE_REVIEW, 1, 0}};
    struct job_id no_page = {STAGE_READ, 1, 0};
    struct job job;

    assert_int_equal(queue_add(f->q, &item, 1, NULL, &f->err), ERR_USAGE);
    item = (struct queue_item){.id = {STAGE_SORT, 1, 0}, .department = "two words"};
    assert_int_equal(queue_add(f->q, &item, 1, NULL, &f->err), ERR_USAGE);
    item = (struct queue_item){.id = {STAGE_SORT, 1, 0}, .min_fence = -1};
    assert_int_equal(queue_add(f->q, &item, 1, NULL, &f->err), ERR_USAGE);
    assert_int_equal(queue_drop(f->q, &no_page, &f->err), ERR_USAGE);
    assert_int_equal(queue_take(f->q, 0, 0, &job, &f->err), ERR_USAGE);
    assert_int_equal(queue_pause(f->q, STAGE_DONE, &f->err), ERR_USAGE);
    assert_int_equal(queue_release(f->q, "not#a name", NULL, &f->err), ERR_USAGE);
    take_nothing(f);
}

/* ---- both ---- */

#define BOTH(test)                                                                                 \
    {"ram " #test, test, set_up, tear_down, &ram_fixture},                                         \
    {                                                                                              \
        "redis " #test, test, set_up, tear_down, &redis_fixture                                    \
    }

static const struct CMUnitTest tests[] = {
    BOTH(an_add_forgets_nothing_and_doubles_nothing),
    BOTH(late_stages_come_first),
    BOTH(a_take_asks_for_stages),
    BOTH(express_before_normal_before_slow),
    BOTH(departments_take_turns),
    BOTH(many_are_taken_and_finished_at_once),
    BOTH(a_delayed_job_waits_its_time),
    BOTH(a_delay_over_is_seen_by_the_reaper),
    BOTH(fences_grow_above_what_sql_knows),
    BOTH(an_old_fence_moves_nothing),
    BOTH(a_beat_prolongs_the_lease),
    BOTH(the_last_orphan_is_dead),
    BOTH(a_reclaimed_job_goes_to_the_front),
    BOTH(a_clock_jump_renews_leases_once),
    BOTH(delays_follow_a_clock_that_went_back),
    BOTH(release_gives_back_what_one_name_holds),
    BOTH(finish_adds_what_follows),
    BOTH(passing_finishes_and_takes),
    BOTH(a_job_may_follow_itself),
    BOTH(failures_are_retried_later_and_later_then_dead),
    BOTH(two_crashes_are_enough),
    BOTH(a_timeout_moves_to_the_slow_lane),
    BOTH(a_paused_stage_is_passed_over),
    BOTH(retry_makes_ready_now),
    BOTH(drop_forgets_in_any_state),
    BOTH(known_means_in_any_state),
    BOTH(counts_add_up),
    BOTH(a_list_shows_each_state),
    BOTH(a_lock_is_kept_by_asking_again),
    BOTH(workers_are_seen_and_forgotten),
    BOTH(wrong_words_are_refused),
};

int main(void)
{
    int failed;

    if (!private_redis_is_possible()) {
        printf("no redis-server here: only ram is tested\n");
        cmocka_set_test_filter("ram *");
        return cmocka_run_group_tests(tests, NULL, NULL);
    }
    private_redis_init(&server, (size_t)64 << 20);
    private_redis_start(&server);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    private_redis_release(&server);
    return failed;
}
