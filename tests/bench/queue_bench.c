/*
 * How many no-op jobs a second the queue moves, on a redis-server of its own that keeps every
 * acknowledged job (appendfsync always).
 *
 *   queue-bench run WORKERS HELD JOBS WAITING   prints jobs added a second, jobs done a second,
 *                                               and the server's CPU time for each done, in us
 *   queue-bench serve COMMAND…                  runs a command against a server with the same
 *                                               settings, told by BENCH_SOCKET, _USER, _PASSWORD
 *
 * WORKERS processes each hold up to HELD jobs at a time: they take that many and finish that many.
 * JOBS + WAITING jobs are added first and JOBS are done, so WAITING is what stands behind them.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/number.h"
#include "tests/unit/queues/private_redis.h"

#include <err.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY_BYTES ((size_t)2 << 30)

struct plan {
    int64_t workers, held, jobs, waiting;
};

static struct private_redis server;

static void must(int r, const struct err *e)
{
    if (r < 0)
        errx(1, "%s", e->text);
}

static struct queue *open_as(const char *worker)
{
    struct queue_options o = server.user;
    struct queue *q;
    struct err e;

    o.worker = worker;
    must(queue_open_redis(&o, &q, &e), &e);
    return q;
}

static void add_jobs(int64_t n)
{
    struct queue *q = open_as("adder");
    struct queue_item items[QUEUE_BATCH_MAX] = {0};
    struct err e;

    for (int64_t done = 0; done < n; done += QUEUE_BATCH_MAX) {
        size_t batch = n - done < QUEUE_BATCH_MAX ? (size_t)(n - done) : QUEUE_BATCH_MAX;

        for (size_t i = 0; i < batch; i++)
            items[i].id = (struct job_id){STAGE_SORT, done + (int64_t)i + 1, 0};
        must(queue_add(q, items, batch, NULL, &e), &e);
    }
    queue_close(q);
}

/* `left` is shared by all workers: how many jobs nobody has claimed yet. */
static void work(int number, int64_t held, _Atomic int64_t *left)
{
    struct queue_finished done[QUEUE_BATCH_MAX] = {0};
    struct job jobs[QUEUE_BATCH_MAX];
    int codes[QUEUE_BATCH_MAX];
    char name[16];
    struct queue *q;
    struct err e;

    snprintf(name, sizeof name, "worker:%d", number);
    q = open_as(name);
    while (atomic_fetch_sub(left, held) > 0) {
        int n = queue_take_many(q, QUEUE_ALL_STAGES, 1000, jobs, (size_t)held, &e);

        must(n, &e);
        for (int i = 0; i < n; i++)
            done[i].job = jobs[i];
        must(queue_finish_many(q, done, (size_t)n, codes, &e), &e);
        for (int i = 0; i < n; i++)
            must(codes[i], &e);
    }
    queue_close(q);
}

static void do_jobs(const struct plan *p)
{
    _Atomic int64_t *left = mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (left == MAP_FAILED)
        err(1, "mmap");
    *left = p->jobs;
    for (int i = 0; i < p->workers; i++) {
        pid_t pid = fork();

        if (pid < 0)
            err(1, "fork");
        if (pid == 0) {
            work(i, p->held, left);
            _exit(0);
        }
    }
    for (int i = 0; i < p->workers; i++) {
        int status;

        if (wait(&status) < 0 || status != 0)
            errx(1, "a worker failed");
    }
}

static int64_t a_second(int64_t n, int64_t since_ms)
{
    int64_t ms = clock_mono_ms() - since_ms;

    return n * 1000 / (ms > 0 ? ms : 1);
}

/* What the server used so far: a figure that other programs on the machine hardly change. */
static double server_cpu_us(void)
{
    redisReply *reply = private_redis_command(&server, "INFO cpu");
    double us = 0, seconds;

    for (const char *at = reply->str; (at = strstr(at, "used_cpu_")); at++)
        if (sscanf(at, "used_cpu_user:%lf", &seconds) == 1 ||
            sscanf(at, "used_cpu_sys:%lf", &seconds) == 1)
            us += seconds * 1e6;
    freeReplyObject(reply);
    return us;
}

static void run(const struct plan *p)
{
    int64_t start = clock_mono_ms(), added, done;
    double cpu_us;

    add_jobs(p->jobs + p->waiting);
    added = a_second(p->jobs + p->waiting, start);
    cpu_us = server_cpu_us();
    start = clock_mono_ms();
    do_jobs(p);
    done = a_second(p->jobs, start);
    cpu_us = server_cpu_us() - cpu_us;
    printf("%" PRId64 " %" PRId64 " %.1f\n", added, done, cpu_us / (double)p->jobs);
}

static int serve(char **command)
{
    int status = 1;
    pid_t pid;

    setenv("BENCH_SOCKET", server.socket_path, 1);
    setenv("BENCH_USER", server.admin.user, 1);
    setenv("BENCH_PASSWORD", server.admin.password, 1);
    pid = fork();
    if (pid == 0) {
        execvp(command[0], command);
        err(127, "%s", command[0]);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        err(1, "%s", command[0]);
    return status != 0;
}

int main(int argc, char **argv)
{
    struct plan p;
    bool is_run = argc == 6 && strcmp(argv[1], "run") == 0 &&
                  number_parse(argv[2], 1, 64, &p.workers) &&
                  number_parse(argv[3], 1, QUEUE_BATCH_MAX, &p.held) &&
                  number_parse(argv[4], 1, 10000000, &p.jobs) &&
                  number_parse(argv[5], 0, 10000000, &p.waiting);
    int status = 0;

    if (!is_run && !(argc > 2 && strcmp(argv[1], "serve") == 0))
        errx(2, "usage: queue-bench run WORKERS HELD JOBS WAITING | serve COMMAND...");
    private_redis_init(&server, MEMORY_BYTES);
    private_redis_start(&server);
    private_redis_order(&server, "CONFIG SET appendfsync always"); /* as the supervisor has it */
    if (is_run)
        run(&p);
    else
        status = serve(argv + 2);
    private_redis_release(&server);
    return status;
}
