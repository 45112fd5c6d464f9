/*
 * What only a real server can do: be killed, emptied, filled, robbed of its functions, asked by
 * strangers and by several workers at once.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "queues/server.h"
#include "tests/unit/queues/private_redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cmocka.h>

#define MEMORY_BYTES ((size_t)64 << 20)

static struct private_redis server;
static struct queue *q, *other; /* of the workers here:1 and there:2 */
static struct err e;

static struct queue *open_as(const char *worker)
{
    struct queue_options o = server.user;
    struct queue *opened;

    o.worker = worker;
    if (queue_open_redis(&o, &opened, &e) < 0)
        fail_msg("%s", e.text);
    return opened;
}

static int set_up(void **state)
{
    (void)state;
    private_redis_order(&server, "FLUSHALL");
    q = open_as("here:1");
    other = open_as("there:2");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    queue_close(q);
    queue_close(other);
    return 0;
}

static void assert_reason(int r, int code, const char *reason)
{
    if (r != code)
        fail_msg("%s: %s, expected %s", err_name(r), r < 0 ? e.text : "", err_name(code));
    assert_string_equal(e.reason, reason);
}

static void add_pages(int from, int to)
{
    for (int page = from; page <= to; page++) {
        struct queue_item item = {.id = {STAGE_READ, 1, page}};

        if (queue_add(q, &item, 1, NULL, &e) < 0)
            fail_msg("%s", e.text);
    }
}

static struct job take(struct queue *from, int page)
{
    struct job job = {0};

    if (queue_take(from, QUEUE_ALL_STAGES, 0, &job, &e) != 1)
        fail_msg("page %d was not there to take", page);
    assert_int_equal(job.id.page, page);
    return job;
}

static void jobs_survive_a_killed_server(void **state)
{
    struct job job;
    struct queue_count counts[STAGE_COUNT];

    (void)state;
    add_pages(1, 50);
    job = take(q, 1);
    private_redis_kill(&server);
    assert_reason(queue_ping(q, &e), ERR_UNREACHABLE, "queue_gone");
    assert_reason(queue_ping(q, &e), ERR_UNREACHABLE, "queue_gone");
    private_redis_start(&server);
    assert_int_equal(queue_counts(q, counts, &e), 0);
    assert_int_equal(counts[STAGE_READ].waiting, 49);
    assert_int_equal(counts[STAGE_READ].active, 1);
    assert_int_equal(queue_finish(q, &job, NULL, 0, &e), 0);
    take(q, 2);
}

static void an_emptied_server_knows_nothing_and_works(void **state)
{
    struct queue_item again = {.id = {STAGE_READ, 1, 1}, .min_fence = 1};
    bool known = true;
    struct job old, job;

    (void)state;
    add_pages(1, 1);
    old = take(other, 1);
    private_redis_order(&server, "FLUSHALL");
    assert_int_equal(queue_is_known(q, &again.id, 1, &known, &e), 0);
    assert_false(known);
    assert_int_equal(queue_finish(other, &old, NULL, 0, &e), ERR_STALE);
    assert_int_equal(queue_add(q, &again, 1, NULL, &e), 0);
    job = take(q, 1);
    assert_int_equal(job.fence, 2);
    assert_int_equal(queue_finish(other, &old, NULL, 0, &e), ERR_STALE);
}

static void the_same_fence_in_two_hands_moves_nothing(void **state)
{
    struct queue_item item = {.id = {STAGE_READ, 1, 1}};
    struct job old, job;

    (void)state;
    add_pages(1, 1);
    old = take(other, 1);
    private_redis_order(&server, "FLUSHALL");
    assert_int_equal(queue_add(q, &item, 1, NULL, &e), 0);
    job = take(q, 1);
    assert_int_equal(job.fence, old.fence);
    assert_int_equal(queue_beat(other, &old, &e), ERR_STALE);
    assert_int_equal(queue_beat(q, &job, &e), 0);
}

static void a_full_server_refuses_work_but_drains(void **state)
{
    struct queue_item next = {.id = {STAGE_SORT, 1, 0}}, more = {.id = {STAGE_READ, 2, 1}};
    enum queue_verdict verdict;
    struct job job;

    (void)state;
    add_pages(1, 3);
    private_redis_order(&server, "CONFIG SET maxmemory 1");
    assert_reason(queue_add(q, &more, 1, NULL, &e), ERR_LIMIT, "queue_full");
    job = take(q, 1);
    assert_int_equal(queue_beat(q, &job, &e), 0);
    assert_int_equal(queue_finish(q, &job, &next, 1, &e), 0);
    assert_int_equal(queue_take(q, QUEUE_STAGE(STAGE_READ), 0, &job, &e), 1);
    assert_int_equal(queue_fail(q, &job, QUEUE_FAILURE, "no", &verdict, &e), 0);
    assert_int_equal(queue_reap(q, NULL, &e), 0);
    assert_int_equal(queue_retry(q, &job.id, &e), 0);
    assert_int_equal(queue_drop(q, &job.id, &e), 0);
    private_redis_order(&server, "CONFIG SET maxmemory %lld", (long long)MEMORY_BYTES);
    assert_int_equal(queue_add(q, &more, 1, NULL, &e), 0);
}

static void lost_functions_are_told_and_put_back(void **state)
{
    (void)state;
    add_pages(1, 1);
    private_redis_order(&server, "FUNCTION FLUSH");
    assert_reason(queue_ping(q, &e), ERR_UNREACHABLE, "queue_functions");
    assert_int_equal(queue_install(&server.admin, &e), 0);
    assert_int_equal(queue_install(&server.admin, &e), 0);
    assert_int_equal(queue_ping(q, &e), 0);
    take(q, 1);
}

/* ---- rights ---- */

static void assert_refused(redisContext *c, const char *command)
{
    redisReply *reply = redisCommand(c, command);

    if (!reply || reply->type != REDIS_REPLY_ERROR || strncmp(reply->str, "NOPERM", 6) != 0)
        fail_msg("the service user may: %s", command);
    freeReplyObject(reply);
}

static void the_service_user_may_only_work(void **state)
{
    static const char *const forbidden[] = {
        "EVAL return 0",
        "SCRIPT LOAD x",
        "FUNCTION FLUSH",
        "FUNCTION LOAD x",
        "CONFIG GET *",
        "SLAVEOF h 1",
        "KEYS *",
        "FLUSHALL",
        "FLUSHDB",
        "SHUTDOWN",
        "GET foreign",
        "BLPOP foreign 1",
        "SCAN 0",
        "RESTORE k 0 x",
        "ACL LIST",
        "REPLICAOF h 1",
        "MONITOR",
        "CLIENT LIST",
        "SAVE",
        "SWAPDB 0 1",
        "FCALL bilag2_ping 1 foreign",
    };
    redisContext *c = redisConnectUnix(server.socket_path);
    redisReply *reply;

    (void)state;
    reply = redisCommand(c, "PING");
    assert_int_equal(reply->type, REDIS_REPLY_ERROR); /* nobody gets in without a name */
    freeReplyObject(reply);
    reply = redisCommand(c, "AUTH %s %s", server.user.user, server.user.password);
    assert_int_equal(reply->type, REDIS_REPLY_STATUS);
    freeReplyObject(reply);
    for (size_t i = 0; i < ARRAY_LENGTH(forbidden); i++)
        assert_refused(c, forbidden[i]);
    redisFree(c);
}

static void strangers_are_told_so(void **state)
{
    struct queue_options o = server.user;
    struct queue *stranger;

    (void)state;
    o.password = "wrong";
    assert_int_equal(queue_open_redis(&o, &stranger, &e), 0);
    assert_reason(queue_ping(stranger, &e), ERR_UNREACHABLE, "queue_refused");
    queue_close(stranger);
    o.password = NULL;
    assert_int_equal(queue_open_redis(&o, &stranger, &e), 0);
    assert_reason(queue_ping(stranger, &e), ERR_UNREACHABLE, "queue_refused");
    queue_close(stranger);
    o.socket_path = "/nonexistent/socket";
    assert_int_equal(queue_open_redis(&o, &stranger, &e), 0);
    assert_reason(queue_ping(stranger, &e), ERR_UNREACHABLE, "queue_gone");
    queue_close(stranger);
    assert_reason(queue_install(&server.user, &e), ERR_UNREACHABLE, "queue_refused");
}

static void junk_in_the_keys_is_an_error_and_no_more(void **state)
{
    struct job_id id = {STAGE_READ, 1, 1};
    struct job job;
    bool known;

    (void)state;
    add_pages(1, 2);
    private_redis_order(&server, "SET {bilag}:job:read:1:1 junk");
    assert_reason(queue_take(q, QUEUE_ALL_STAGES, 0, &job, &e), ERR_INVALID, "queue_error");
    assert_int_equal(queue_is_known(q, &id, 1, &known, &e), 0);
    take(q, 2);
    private_redis_order(&server, "RPUSH {bilag}:ready:sort:0:hr sort:x");
    private_redis_order(&server, "RPUSH {bilag}:ring:sort:0 hr");
    private_redis_order(&server, "HSET {bilag}:job:sort:x s r f 0 t 0");
    assert_reason(queue_take(q, QUEUE_ALL_STAGES, 0, &job, &e), ERR_INVALID, "queue_error");
    assert_int_equal(queue_ping(q, &e), 0);
}

/* ---- several workers ---- */

static void workers_do_not_take_each_others_jobs(void **state)
{
    struct job mine, theirs;
    size_t released;
    bool is_mine;

    (void)state;
    add_pages(1, 2);
    mine = take(q, 1);
    theirs = take(other, 2);
    assert_int_equal(queue_finish(other, &mine, NULL, 0, &e), ERR_STALE);
    assert_int_equal(queue_release(q, "there:2", &released, &e), 0);
    assert_int_equal(released, 1);
    assert_int_equal(queue_finish(other, &theirs, NULL, 0, &e), ERR_STALE);
    assert_int_equal(queue_finish(q, &mine, NULL, 0, &e), 0);

    assert_int_equal(queue_lock(q, "chores", 5000, &is_mine, &e), 0);
    assert_true(is_mine);
    assert_int_equal(queue_lock(other, "chores", 5000, &is_mine, &e), 0);
    assert_false(is_mine);
    private_redis_advance(&server, 5001);
    assert_int_equal(queue_lock(other, "chores", 5000, &is_mine, &e), 0);
    assert_true(is_mine);
}

/* Ends with the page it got, or 0; waits until the server serves it or half a minute is over. */
static pid_t start_waiter(void)
{
    pid_t pid = fork();
    struct queue *mine;
    struct job job;

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    mine = open_as("waiter:3");
    _exit(queue_take(mine, QUEUE_ALL_STAGES, 30000, &job, &e) == 1 ? job.id.page : 0);
}

static void a_waiting_worker_is_woken(void **state)
{
    pid_t pid = start_waiter();
    int status;

    (void)state;
    while (private_redis_info(&server, "blocked_clients") == 0)
        ;
    add_pages(7, 7);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), 7);
}

/* A wake-up list that lies: full of tokens although nothing is ready. */
static void false_wake_ups_do_no_harm(void **state)
{
    struct job job;

    (void)state;
    for (int i = 0; i < 8; i++)
        private_redis_order(&server, "RPUSH {bilag}:wake:read 1");
    assert_int_equal(queue_take(q, QUEUE_STAGE(STAGE_READ), 3000, &job, &e), 0);
    add_pages(1, 1);
    take(q, 1);
}

static void a_job_is_small(void **state)
{
    struct queue_item items[10000] = {0};
    int64_t before = private_redis_info(&server, "used_memory"), after;

    (void)state;
    for (int i = 0; i < 10000; i++)
        items[i] = (struct queue_item){.id = {STAGE_READ, 123456, i + 1}, .department = "accounts"};
    assert_int_equal(queue_add(q, items, 10000, NULL, &e), 0);
    after = private_redis_info(&server, "used_memory");
    print_message("%lld bytes a job\n", (long long)(after - before) / 10000);
    assert_in_range(after - before, 1, 10000 * 350);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    TEST(jobs_survive_a_killed_server),
    TEST(an_emptied_server_knows_nothing_and_works),
    TEST(the_same_fence_in_two_hands_moves_nothing),
    TEST(a_full_server_refuses_work_but_drains),
    TEST(lost_functions_are_told_and_put_back),
    TEST(the_service_user_may_only_work),
    TEST(strangers_are_told_so),
    TEST(junk_in_the_keys_is_an_error_and_no_more),
    TEST(workers_do_not_take_each_others_jobs),
    TEST(a_waiting_worker_is_woken),
    TEST(false_wake_ups_do_no_harm),
    TEST(a_job_is_small),
};

int main(void)
{
    int failed;

    if (!private_redis_is_possible()) {
        printf("no redis-server here: nothing tested\n");
        return 0;
    }
    private_redis_init(&server, MEMORY_BYTES);
    private_redis_start(&server);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    private_redis_release(&server);
    return failed;
}
