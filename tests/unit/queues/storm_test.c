/*
 * A storm: workers that fail, and die in the middle of jobs, on a server that is killed again and
 * again. At the end every job was done, none was finished twice, and no fence was given twice.
 *
 * Order and timing differ from run to run; what must hold does not. The workers' choices come from
 * a seed.
 */
#include "base/err.h"
#include "tests/unit/queues/private_redis.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    WORKERS = 3,
    PAGES = 300, /* each is read, then sorted: two jobs */
    SERVER_KILLS = 6,
    FENCES = 64, /* no job is taken so often here */
    TICK_MS = 5,
    TICKS_MAX = 12000 /* a job that is lost would be waited for for ever */
};

/* One for each job; indexes are stage (0 read, 1 sort) and page. */
struct story {
    _Atomic int finished;       /* the queue said yes */
    _Atomic int maybe_finished; /* the answer was lost, and asking again said "stale" */
    _Atomic int taken[FENCES];
};

struct shared {
    struct story stories[2][PAGES + 1];
    _Atomic int done;
    _Atomic bool is_over;
};

static struct private_redis server;
static struct shared *shared;
static struct err e;

static struct story *story_of(const struct job *job)
{
    return job->id.stage == STAGE_READ ? &shared->stories[0][job->id.page]
                                       : &shared->stories[1][job->id.object];
}

/* Backing off: the server is being killed or started. */
static void pause_a_little(void)
{
    poll(NULL, 0, TICK_MS);
}

/* Finishes, every other job by passing on: whether the next one is in `*ret_next`, which may be
 * where `job` is. */
static bool finish(struct queue *q, const struct job *job, struct job *ret_next)
{
    struct queue_item next = {.id = {STAGE_SORT, job->id.page, 0}};
    struct queue_finished done = {*job, &next, job->id.stage == STAGE_READ};
    bool was_lost = false, passes = job->fence % 2;
    int r, code;

    while ((r = passes ? queue_pass(q, &done, QUEUE_ALL_STAGES, &code, ret_next, &e)
                       : queue_finish_many(q, &done, 1, &code, &e)) == ERR_UNREACHABLE) {
        was_lost = true;
        pause_a_little();
    }
    if (r >= 0 && code == 0)
        story_of(&done.job)->finished++;
    else if (r >= 0 && was_lost)
        story_of(&done.job)->maybe_finished++;
    else
        _exit(90); /* nobody else may have had it: our lease cannot run out here */
    shared->done++;
    return r == 1;
}

static void give_up(struct queue *q, const struct job *job)
{
    enum queue_verdict verdict;

    while (queue_fail(q, job, QUEUE_FAILURE, "storm", &verdict, &e) == ERR_UNREACHABLE)
        pause_a_little();
}

static _Noreturn void work(int number, unsigned seed)
{
    struct queue_options o = server.user;
    char name[16];
    struct queue *q;
    struct job job;
    bool has_job = false;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    snprintf(name, sizeof name, "worker:%d", number);
    o.worker = name;
    o.backoff_ms = 0;
    o.max_failures = o.max_crashes = o.max_orphans = 1000;
    if (queue_open_redis(&o, &q, &e) < 0)
        _exit(91);
    while (queue_release(q, name, NULL, &e) < 0)
        pause_a_little();
    while (!shared->is_over) {
        int chance = rand_r(&seed) % 20;

        if (!has_job && queue_take(q, QUEUE_ALL_STAGES, 0, &job, &e) != 1) {
            pause_a_little();
            continue;
        }
        has_job = false;
        if (job.fence >= FENCES || story_of(&job)->taken[job.fence]++ > 0)
            _exit(92); /* the same fence in two hands */
        if (chance == 0)
            raise(SIGKILL);
        else if (chance < 3)
            give_up(q, &job);
        else
            has_job = finish(q, &job, &job);
    }
    queue_close(q);
    _exit(0);
}

static pid_t start_worker(int number, unsigned seed)
{
    pid_t pid = fork();

    if (pid == 0)
        work(number, seed);
    assert_true(pid > 0);
    return pid;
}

static void add_pages(void)
{
    struct queue_item items[PAGES] = {0};
    struct queue *q;

    for (int i = 0; i < PAGES; i++)
        items[i].id = (struct job_id){STAGE_READ, 1, i + 1};
    assert_int_equal(queue_open_redis(&server.user, &q, &e), 0);
    assert_int_equal(queue_add(q, items, PAGES, NULL, &e), 0);
    queue_close(q);
}

/* Replaces a worker that killed itself; any other end is a finding. */
static void look_after(pid_t *pid, int number, unsigned *seed)
{
    int status;

    if (waitpid(*pid, &status, WNOHANG) != *pid)
        return;
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        fail_msg("worker %d ended with %#x", number, (unsigned)status);
    *pid = start_worker(number, ++*seed);
}

static bool is_empty(void)
{
    struct queue_count counts[STAGE_COUNT];
    int64_t left = 0;
    struct queue *q;

    assert_int_equal(queue_open_redis(&server.user, &q, &e), 0);
    assert_int_equal(queue_counts(q, counts, &e), 0);
    for (int i = 0; i < STAGE_COUNT; i++)
        left += counts[i].waiting + counts[i].active + counts[i].delayed + counts[i].dead;
    queue_close(q);
    return left == 0;
}

static void nothing_is_lost_or_doubled_in_a_storm(void **state)
{
    unsigned seed = (unsigned)getpid() * 1000;
    pid_t workers[WORKERS];
    int kills = 0, ticks = 0;

    (void)state;
    print_message("seed %u\n", seed);
    add_pages();
    for (int i = 0; i < WORKERS; i++)
        workers[i] = start_worker(i, ++seed);
    while (kills < SERVER_KILLS || !is_empty()) {
        if (++ticks > TICKS_MAX)
            fail_msg("%d jobs done and no end", shared->done);
        for (int i = 0; i < WORKERS; i++)
            look_after(&workers[i], i, &seed);
        if (kills < SERVER_KILLS && shared->done >= (kills + 1) * 2 * PAGES / (SERVER_KILLS + 1)) {
            private_redis_kill(&server);
            private_redis_start(&server);
            kills++;
        }
        pause_a_little();
    }
    shared->is_over = true;
    for (int i = 0; i < WORKERS; i++)
        waitpid(workers[i], NULL, 0);

    for (int stage = 0; stage < 2; stage++)
        for (int page = 1; page <= PAGES; page++) {
            const struct story *s = &shared->stories[stage][page];

            assert_in_range(s->finished, 0, 1);
            assert_in_range(s->finished + s->maybe_finished, 1, 2);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_or_doubled_in_a_storm),
    };
    int failed;

    if (!private_redis_is_possible()) {
        printf("no redis-server here: nothing tested\n");
        return 0;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    private_redis_init(&server, (size_t)64 << 20);
    private_redis_start(&server);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    private_redis_release(&server);
    return failed;
}
