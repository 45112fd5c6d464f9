/*
 * Bad lines and lying servers. Through a proxy, every answer is cut after every possible number of
 * bytes, and answers arrive after their question was given up: no stale answer may ever be taken
 * for another's, and no job may get lost or be in two hands. Then a server that talks nonsense.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "tests/unit/queues/private_redis.h"
#include "tests/unit/queues/proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct private_redis server;
static struct proxy proxy;
static struct queue *q, *direct; /* through the proxy; past it */
static struct arena arena;
static struct err e;

static int set_up(void **state)
{
    struct queue_options o = server.user;

    (void)state;
    proxy.orders->cut_after = -1;
    proxy.orders->is_stalled = proxy.orders->is_slicing = false;
    private_redis_order(&server, "FLUSHALL");
    arena_init(&arena, 8 << 20);
    if (queue_open_redis(&o, &direct, &e) < 0)
        return -1;
    o.socket_path = proxy.socket_path;
    return queue_open_redis(&o, &q, &e);
}

static int tear_down(void **state)
{
    (void)state;
    queue_close(q);
    queue_close(direct);
    arena_release(&arena);
    return 0;
}

/* ---- what can be asked: each returns its code and checks that an answer fits the question ---- */

static struct job held;

static int ask_add(struct queue *from)
{
    struct queue_item item = {.id = {STAGE_READ, 5, 5}};
    size_t added = 77;
    int r = queue_add(from, &item, 1, &added, &e);

    assert_true(r < 0 ? added == 77 : added <= 1);
    return r;
}

static int ask_take(struct queue *from)
{
    struct job job = {.fence = -7};
    int r = queue_take(from, QUEUE_ALL_STAGES, 0, &job, &e);

    if (r < 1)
        assert_int_equal(job.fence, -7);
    else
        assert_int_equal(job.id.object, 1);
    return r < 0 ? r : 0;
}

static int ask_beat(struct queue *from)
{
    return queue_beat(from, &held, &e);
}

static int ask_finish(struct queue *from)
{
    struct queue_item next = {.id = {STAGE_SORT, 1, 0}};
    int r = queue_finish(from, &held, &next, 1, &e);

    return r == ERR_STALE ? 0 : r; /* done by the first asking, whose answer was cut */
}

static int ask_pass(struct queue *from)
{
    struct queue_item next = {.id = {STAGE_SORT, 1, 0}};
    struct queue_finished done = {held, &next, 1};
    struct job job = {.fence = -7};
    int code = -77, r = queue_pass(from, &done, QUEUE_ALL_STAGES, &code, &job, &e);

    assert_true(r < 0 ? code == -77 : code == 0 || code == ERR_STALE);
    if (r < 1)
        assert_int_equal(job.fence, -7);
    else
        assert_int_equal(job.id.object, 1);
    return r < 0 ? r : 0;
}

static int ask_fail(struct queue *from)
{
    enum queue_verdict verdict;
    int r = queue_fail(from, &held, QUEUE_FAILURE, "why", &verdict, &e);

    return r == ERR_STALE ? 0 : r;
}

static int ask_find(struct queue *from)
{
    struct job_id id = {STAGE_READ, 1, 2};
    struct queue_entry entry = {0};
    int r = queue_find(from, &id, &arena, &entry, &e);

    if (r == 0) {
        assert_int_equal(entry.job.id.object, 1);
        assert_int_equal(entry.job.id.page, 2);
    }
    return r;
}

static int ask_counts(struct queue *from)
{
    struct queue_count counts[STAGE_COUNT];

    return queue_counts(from, counts, &e);
}

static int ask_reap(struct queue *from)
{
    return queue_reap(from, NULL, &e);
}

static const struct {
    const char *name;
    int (*ask)(struct queue *from);
} questions[] = {
    {"add", ask_add},       {"take", ask_take},     {"beat", ask_beat},
    {"finish", ask_finish}, {"pass", ask_pass},     {"fail", ask_fail},
    {"find", ask_find},     {"counts", ask_counts}, {"reap", ask_reap},
};

/* Three pages waiting, one of them held through the proxy. */
static void lay_out(void)
{
    struct queue_item items[3] = {
        {.id = {STAGE_READ, 1, 1}}, {.id = {STAGE_READ, 1, 2}}, {.id = {STAGE_READ, 1, 3}}};

    private_redis_order(&server, "FLUSHALL");
    assert_int_equal(queue_add(direct, items, 3, NULL, &e), 0);
    assert_int_equal(queue_take(q, QUEUE_ALL_STAGES, 0, &held, &e), 1);
    arena_clear(&arena);
}

/* Takes everything: each page (and what followed) exactly once, whatever was cut before. */
static void assert_nothing_lost_or_doubled(const char *name)
{
    struct queue_count c[STAGE_COUNT];
    struct job jobs[16];
    int64_t there;
    int n;

    assert_int_equal(ask_find(q), 0);
    n = queue_take_many(q, QUEUE_ALL_STAGES, 0, jobs, 16, &e);
    assert_true(n >= 0);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(&jobs[i].id, &jobs[k].id, sizeof jobs[i].id);
    assert_int_equal(queue_counts(direct, c, &e), 0);
    there = c[STAGE_READ].active + c[STAGE_READ].delayed + c[STAGE_SORT].active;
    assert_int_equal(there, strcmp(name, "add") == 0 ? 4 : 3);
    assert_int_equal(c[STAGE_READ].waiting + c[STAGE_SORT].waiting, 0);
}

static void an_answer_cut_anywhere_is_no_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(questions); i++) {
        int64_t length;

        lay_out();
        proxy.orders->passed_bytes = 0;
        assert_int_equal(questions[i].ask(q), 0);
        length = proxy.orders->passed_bytes;
        assert_true(length > 0);
        for (int64_t k = 0; k < length; k++) {
            lay_out();
            proxy.orders->cuts = 0;
            proxy.orders->cut_after = k;
            /* An age with a digit less makes an answer shorter: then nothing is cut at its end. */
            if ((questions[i].ask(q) == ERR_UNREACHABLE) != (proxy.orders->cuts == 1) ||
                (proxy.orders->cuts == 0 && k + 8 < length))
                fail_msg("%s, cut after %d bytes", questions[i].name, (int)k);
            proxy.orders->cut_after = -1;
            assert_int_equal(questions[i].ask(q), 0);
            assert_nothing_lost_or_doubled(questions[i].name);
        }
    }
}

static void a_login_cut_anywhere_is_no_connection(void **state)
{
    (void)state;
    for (int k = 0; k < 5; k++) { /* "+OK\r\n" */
        tear_down(state);
        assert_int_equal(set_up(state), 0);
        proxy.orders->cut_after = k;
        assert_int_equal(queue_ping(q, &e), ERR_UNREACHABLE);
        proxy.orders->cut_after = -1;
        assert_int_equal(queue_ping(q, &e), 0);
    }
}

static void bytes_may_come_one_by_one(void **state)
{
    (void)state;
    proxy.orders->is_slicing = true;
    for (size_t i = 0; i < ARRAY_LENGTH(questions); i++) {
        lay_out();
        assert_int_equal(questions[i].ask(q), 0);
    }
}

/* The late answer is let go while the next question is on its way. */
static void a_late_answer_is_nobodys(void **state)
{
    struct job_id second = {STAGE_READ, 1, 2}, third = {STAGE_READ, 1, 3};
    struct queue_options o = server.user;
    struct queue_entry entry;
    struct queue *hasty;

    (void)state;
    lay_out();
    o.socket_path = proxy.socket_path;
    o.command_timeout_ms = 1100;
    assert_int_equal(queue_open_redis(&o, &hasty, &e), 0);
    assert_int_equal(queue_ping(hasty, &e), 0);
    proxy.orders->is_stalled = true;
    assert_int_equal(queue_find(hasty, &second, &arena, &entry, &e), ERR_UNREACHABLE);
    assert_string_equal(e.reason, "queue_gone");
    proxy.orders->is_stalled = false;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(queue_find(hasty, &third, &arena, &entry, &e), 0);
        assert_int_equal(entry.job.id.page, 3);
        assert_int_equal(queue_find(hasty, &second, &arena, &entry, &e), 0);
        assert_int_equal(entry.job.id.page, 2);
    }
    queue_close(hasty);
}

static void several_lost_takings_are_all_given_back(void **state)
{
    struct job jobs[4];
    struct queue_count c[STAGE_COUNT];

    (void)state;
    lay_out();
    for (int i = 0; i < 2; i++) {
        proxy.orders->cut_after = i == 0 ? 1 : 6; /* the second time after the login's answer */
        assert_int_equal(queue_take(q, QUEUE_ALL_STAGES, 0, jobs, &e), ERR_UNREACHABLE);
    }
    proxy.orders->cut_after = -1;
    assert_int_equal(queue_counts(direct, c, &e), 0);
    assert_int_equal(c[STAGE_READ].active, 2); /* the held one and what the last taking got */
    assert_int_equal(queue_take_many(q, QUEUE_ALL_STAGES, 0, jobs, 4, &e), 2);
    assert_int_equal(queue_beat(q, &held, &e), 0); /* what we do hold was left alone */
    assert_int_equal(jobs[0].orphans + jobs[0].failures, 0);
}

/* The second taking never reached the server; what the first one took must still come back. */
static void an_unheard_taking_hides_no_lost_one(void **state)
{
    struct job jobs[4];

    (void)state;
    lay_out();
    proxy.orders->cut_after = 1;
    assert_int_equal(queue_take(q, QUEUE_ALL_STAGES, 0, jobs, &e), ERR_UNREACHABLE);
    proxy.orders->cut_after = -1;
    proxy.orders->is_deaf = true;
    assert_int_equal(queue_take(q, QUEUE_ALL_STAGES, 0, jobs, &e), ERR_UNREACHABLE);
    proxy.orders->is_deaf = false;
    assert_int_equal(queue_take_many(q, QUEUE_ALL_STAGES, 0, jobs, 4, &e), 2);
}

/* ---- a server that lies ---- */

static int listen_alone(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

/* Serves one connection: whatever is asked, this is the answer. Ends with its client. */
static pid_t start_liar(int listener, const char *answer, size_t length)
{
    pid_t pid = fork();
    char question[4096];
    int fd;

    if (pid != 0)
        return pid;
    fd = accept(listener, NULL, NULL);
    while (recv(fd, question, sizeof question, 0) > 0)
        if (send(fd, answer, length, MSG_NOSIGNAL) < 0)
            break;
    _exit(0);
}

static int lie_take(struct queue *from)
{
    struct job job = {.fence = -7};
    int r = queue_take(from, QUEUE_ALL_STAGES, 0, &job, &e);

    if (r < 0)
        assert_int_equal(job.fence, -7);
    return r;
}

static int lie_known(struct queue *from)
{
    struct job_id ids[2] = {{STAGE_SORT, 1, 0}, {STAGE_SORT, 2, 0}};
    bool known[2];

    return queue_is_known(from, ids, 2, known, &e);
}

static int lie_find(struct queue *from)
{
    struct job_id id = {STAGE_READ, 1, 2};
    struct queue_entry entry;

    return queue_find(from, &id, &arena, &entry, &e);
}

#define JOB(id, fence) "*5\r\n$" id "\r\n$1\r\n" fence "\r\n$1\r\n0\r\n$1\r\n0\r\n$1\r\n0\r\n"

#define LIE(text) text, sizeof(text) - 1

static const struct {
    const char *answer;
    size_t length;
    int (*ask)(struct queue *from);
    int code;
    const char *reason;
} lies[] = {
    {LIE(JOB("8\r\nread:1:1", "1")), lie_take, 1, NULL},
    {LIE(JOB("8\r\nread:1:0", "1")), lie_take, ERR_INVALID, "queue_error"},
    {LIE(JOB("8\r\nlead:1:1", "1")), lie_take, ERR_INVALID, "queue_error"},
    {LIE(JOB("9\r\nread:1:1 ", "1")), lie_take, ERR_INVALID, "queue_error"},
    {LIE(JOB("8\r\nreview:1", "1")), lie_take, ERR_INVALID, "queue_error"},
    {LIE(JOB("9\r\nread:1:1\0", "1")), lie_take, ERR_INVALID, "queue_error"},
    {LIE(JOB("8\r\nread:1:1", "0")), lie_take, ERR_INVALID, "queue_error"},
    {LIE(JOB("8\r\nread:1:1", "x")), lie_take, ERR_INVALID, "queue_error"},
    {LIE("*4\r\n$8\r\nread:1:1\r\n:1\r\n:0\r\n:0\r\n"), lie_take, ERR_INVALID, "queue_error"},
    {LIE("*10\r\n$6\r\nsort:1\r\n:1\r\n:0\r\n:0\r\n:0\r\n$6\r\nsort:2\r\n:1\r\n:0\r\n:0\r\n:0\r\n"),
     lie_take, ERR_INVALID, "queue_error"}, /* two for one */
    {LIE("*5\r\n*0\r\n:1\r\n:0\r\n:0\r\n:0\r\n"), lie_take, ERR_INVALID, "queue_error"},
    {LIE("$-1\r\n"), lie_take, ERR_INVALID, "queue_error"},
    {LIE(":1\r\n"), lie_take, ERR_INVALID, "queue_error"},
    {LIE("nonsense\r\n"), lie_take, ERR_UNREACHABLE, "queue_gone"},
    {LIE("*2\r\n:1\r\n:0\r\n"), lie_known, 0, NULL},
    {LIE("*1\r\n:1\r\n"), lie_known, ERR_INVALID, "queue_error"},
    {LIE("*3\r\n:1\r\n:1\r\n:1\r\n"), lie_known, ERR_INVALID, "queue_error"},
    {LIE("*2\r\n:1\r\n:2\r\n"), lie_known, ERR_INVALID, "queue_error"},
    {LIE("*1\r\n$1\r\nx\r\n"), lie_find, ERR_INVALID, "queue_error"},
    {LIE("*0\r\n"), lie_find, ERR_NOT_FOUND, NULL},
    {LIE(":7\r\n"), ask_reap, ERR_INVALID, "queue_error"},
    {LIE(":7\r\n"), ask_add, ERR_INVALID, "queue_error"},
    {LIE("*0\r\n"), ask_counts, ERR_INVALID, "queue_error"},
    {LIE("-LOADING Redis is loading\r\n"), ask_add, ERR_UNREACHABLE, "queue_loading"},
    {LIE("-MISCONF disk\r\n"), ask_add, ERR_UNREACHABLE, "queue_broken"},
    {LIE("-OOM full\r\n"), ask_add, ERR_LIMIT, "queue_full"},
    {LIE("-ERR something new\r\n"), ask_add, ERR_INVALID, "queue_error"},
};

static void lies_are_not_believed(void **state)
{
    struct queue_options o;
    char path[108];
    int listener;

    (void)state;
    snprintf(path, sizeof path, "%s/liar", server.folder);
    listener = listen_alone(path);
    queue_options_init(&o);
    o.socket_path = path;
    for (size_t i = 0; i < ARRAY_LENGTH(lies); i++) {
        pid_t liar = start_liar(listener, lies[i].answer, lies[i].length);
        struct queue *from;
        int r;

        assert_int_equal(queue_open_redis(&o, &from, &e), 0);
        r = lies[i].ask(from);
        if (r != lies[i].code || (lies[i].reason && strcmp(e.reason, lies[i].reason) != 0))
            fail_msg("lie %d: %d %s", (int)i, r, r < 0 ? e.text : "");
        queue_close(from);
        waitpid(liar, NULL, 0);
    }
    close(listener);
}

/* ---- answers with one byte changed ---- */

static int lie_counts(struct queue *from)
{
    struct queue_count counts[STAGE_COUNT];

    return queue_counts(from, counts, &e);
}

static int lie_workers(struct queue *from)
{
    struct queue_worker *workers;
    size_t n;

    return queue_workers(from, &arena, &workers, &n, &e);
}

#define COUNTS "1 2 3 4 5 6 7 0 "

static const struct {
    const char *fields; /* of the true answer */
    int (*ask)(struct queue *from);
} truths[] = {
    {"read:1:1 1 0 0 0", lie_take},
    {"1 0", lie_known},
    {"read:1:2 l 7 0 1 2 1 hr worker:1 reason 100 -5", lie_find},
    {COUNTS COUNTS COUNTS COUNTS COUNTS "1 2 3 4 5 6 7 0", lie_counts},
    {"worker:1 read:1:1 4711 10 20", lie_workers},
};

/* The fields as an array of strings in RESP; gives its length. */
static size_t resp_of(const char *fields, char *out, size_t size)
{
    size_t n = 1, length;

    for (const char *c = fields; *c; c++)
        n += *c == ' ';
    length = (size_t)snprintf(out, size, "*%zu\r\n", n);
    for (const char *c = fields;; c++) {
        size_t field = strcspn(c, " ");

        length += (size_t)snprintf(out + length, size - length, "$%zu\r\n%.*s\r\n", field,
                                   (int)field, c);
        c += field;
        if (!*c)
            return length;
    }
}

static const char changes[] = {'0', '9', '-', '*', '$', ':', 'x', '\0'};

/* One connection for each change of each byte of each answer, in this order. */
static void tell_all_changes(int listener)
{
    char answer[1024], question[4096];

    for (size_t t = 0; t < ARRAY_LENGTH(truths); t++) {
        size_t length = resp_of(truths[t].fields, answer, sizeof answer);

        for (size_t at = 0; at < length; at++)
            for (size_t c = 0; c < sizeof changes; c++) {
                int fd = accept(listener, NULL, NULL);
                char truth = answer[at];

                answer[at] = changes[c];
                if (recv(fd, question, sizeof question, 0) > 0)
                    send(fd, answer, length, MSG_NOSIGNAL);
                answer[at] = truth;
                close(fd);
            }
    }
}

static void a_changed_byte_is_survived(void **state)
{
    struct queue_options o;
    char path[108], answer[1024];
    int listener;
    pid_t liar;

    (void)state;
    snprintf(path, sizeof path, "%s/changer", server.folder);
    listener = listen_alone(path);
    liar = fork();
    if (liar == 0) {
        tell_all_changes(listener);
        _exit(0);
    }
    queue_options_init(&o);
    o.socket_path = path;
    for (size_t t = 0; t < ARRAY_LENGTH(truths); t++) {
        size_t length = resp_of(truths[t].fields, answer, sizeof answer);

        for (size_t i = 0; i < length * sizeof changes; i++) {
            struct queue *from;
            int r;

            arena_clear(&arena);
            assert_int_equal(queue_open_redis(&o, &from, &e), 0);
            r = truths[t].ask(from);
            if (r < 0 && r != ERR_INVALID && r != ERR_UNREACHABLE)
                fail_msg("answer %zu, change %zu: %s", t, i, e.text);
            queue_close(from);
        }
    }
    close(listener);
    waitpid(liar, NULL, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    TEST(an_answer_cut_anywhere_is_no_answer),
    TEST(a_login_cut_anywhere_is_no_connection),
    TEST(bytes_may_come_one_by_one),
    TEST(a_late_answer_is_nobodys),
    TEST(several_lost_takings_are_all_given_back),
    TEST(an_unheard_taking_hides_no_lost_one),
    TEST(lies_are_not_believed),
    TEST(a_changed_byte_is_survived),
};

int main(void)
{
    char path[108];
    int failed;

    if (!private_redis_is_possible()) {
        printf("no redis-server here: nothing tested\n");
        return 0;
    }
    private_redis_init(&server, (size_t)64 << 20);
    private_redis_start(&server);
    snprintf(path, sizeof path, "%s/proxy", server.folder);
    proxy_start(&proxy, path, server.socket_path);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    proxy_stop(&proxy);
    private_redis_release(&server);
    return failed;
}
