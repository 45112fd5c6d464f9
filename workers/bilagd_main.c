/*
 * bilagd, the supervisor: starts, watches and stops the others, and touches no document.
 *
 *   bilagd ─┬─ redis-server (only when none is configured; unix socket under the data folder)
 *           ├─ bilag-worker --slot 0 ── bilag-reader ── one child a job
 *           └─ bilag-worker --slot 1 ── bilag-reader ── …
 *
 * A child that dies is started again, at once the first time, then after 1, 2, 4 … 30 seconds; five
 * seconds of life forgive it. SIGTERM drains: workers finish their job and leave, Redis goes last.
 * A child whose parent was killed is killed by the kernel, so a new bilagd finds a clean house; it
 * waits for the lock that the old Redis inherited.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "workers/house.h"
#include "workers/redis_child.h"
#include "workers/supervised.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define TICK_MS 1000
#define PING_EVERY_MS 2000
#define PINGS_LOST_MAX 5
#define WORKERS_MAX 256

struct supervisor {
    struct house_flags flags;
    struct settings settings;
    struct redis_child redis;
    struct supervised workers[WORKERS_MAX];
    int n_workers;
    int64_t next_ping_ms;
    int pings_lost;
    bool is_stopping;
};

static bool take_arguments(int argc, char **argv, struct house_flags *flags)
{
    static const struct option options[] = {HOUSE_LONG_OPTIONS, {0}};
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!house_flag(flags, c, optarg))
            return false;
    return optind == argc;
}

/* One bilagd a data folder. The lock file stays open for our life and is not inherited. */
static int lock_data_folder(const struct settings *s, struct err *err)
{
    AUTO_FREE char *path = house_path(s, "bilagd.lock");
    AUTO_CLOSE int fd = -1;
    int r = file_make_folder(s->data_dir, err);

    if (r < 0)
        return r;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(err, ERR_IO, "opening %s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return err_set(err, ERR_CONFLICT, "another bilagd runs on %s; stop it first", s->data_dir);
    return take_fd(&fd);
}

static int worker_count(const struct settings *s)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t n = s->workers > 0 ? s->workers : cores > 0 ? cores : 1;

    return n > WORKERS_MAX ? WORKERS_MAX : (int)n;
}

/* bilag-worker --slot N with our own --config, --data and --set words behind it. */
static void prepare_workers(struct supervisor *v)
{
    v->n_workers = worker_count(&v->settings);
    for (int i = 0; i < v->n_workers; i++) {
        struct supervised *w = &v->workers[i];
        char slot[12];

        snprintf(slot, sizeof slot, "%d", i);
        supervised_init(w, mem_printf("worker/%d", i), "bilag-worker");
        supervised_add_argument(w, "--slot");
        supervised_add_argument(w, slot);
        if (v->flags.config_file) {
            supervised_add_argument(w, "--config");
            supervised_add_argument(w, v->flags.config_file);
        }
        if (v->flags.data_folder) {
            supervised_add_argument(w, "--data");
            supervised_add_argument(w, v->flags.data_folder);
        }
        for (size_t f = 0; f < v->flags.n_flags; f++) {
            supervised_add_argument(w, "--set");
            supervised_add_argument(w, v->flags.flags[f]);
        }
    }
}

/* Is Redis alive and are our functions in it? A silent server is killed and comes back. */
static void check_redis(struct supervisor *v)
{
    int64_t now = clock_mono_ms();
    struct err err = {0};

    if (!redis_child_is_private(&v->redis) || now < v->next_ping_ms || !v->redis.process.pid)
        return;
    v->next_ping_ms = now + PING_EVERY_MS;
    if (redis_child_check(&v->redis, &err) == 0) {
        v->pings_lost = 0;
        return;
    }
    log_warning("redis", "state=silent lost=%d why=%s", ++v->pings_lost, log_value(err.text).text);
    if (v->pings_lost < PINGS_LOST_MAX)
        return;
    v->pings_lost = 0;
    kill(v->redis.process.pid, SIGKILL);
}

static void reap_children(struct supervisor *v)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (supervised_ended(&v->redis.process, pid, status))
            continue;
        for (int i = 0; i < v->n_workers; i++)
            if (supervised_ended(&v->workers[i], pid, status))
                break;
    }
}

/* Starts whoever is due. Workers wait until the queue answers. */
static void start_children(struct supervisor *v)
{
    struct err err = {0};

    if (redis_child_is_private(&v->redis) && supervised_is_due(&v->redis.process) &&
        redis_child_start(&v->redis, &err) < 0)
        log_error("redis", "state=not_started why=%s", log_value(err.text).text);
    for (int i = 0; i < v->n_workers; i++)
        if (supervised_is_due(&v->workers[i]) && supervised_start(&v->workers[i], -1, &err) < 0)
            log_error("worker", "state=not_started why=%s", log_value(err.text).text);
}

static bool any_worker_lives(const struct supervisor *v)
{
    for (int i = 0; i < v->n_workers; i++)
        if (v->workers[i].pid)
            return true;
    return false;
}

static void signal_workers(struct supervisor *v, int signal)
{
    for (int i = 0; i < v->n_workers; i++)
        if (v->workers[i].pid)
            kill(v->workers[i].pid, signal);
}

/* The next signal, or 0 after a tick. */
static int wait_for_signal(const sigset_t *set)
{
    struct timespec tick = {.tv_sec = TICK_MS / 1000, .tv_nsec = TICK_MS % 1000 * 1000000};
    int signal = sigtimedwait(set, NULL, &tick);

    return signal < 0 ? 0 : signal;
}

static void run(struct supervisor *v, const sigset_t *set)
{
    while (!v->is_stopping) {
        int signal;

        start_children(v);
        check_redis(v);
        sd_notify(0, "WATCHDOG=1");
        signal = wait_for_signal(set);
        if (signal == SIGTERM || signal == SIGINT)
            v->is_stopping = true;
        reap_children(v);
    }
}

/* Workers get the time of the longest job, then no more. */
static void drain(struct supervisor *v, const sigset_t *set)
{
    int64_t deadline = clock_mono_ms() + (v->settings.limits.page_seconds + 5) * 1000;

    sd_notify(0, "STOPPING=1");
    log_info("supervisor", "state=draining");
    signal_workers(v, SIGTERM);
    while (any_worker_lives(v)) {
        if (clock_mono_ms() > deadline)
            signal_workers(v, SIGKILL);
        sd_notify(0, "WATCHDOG=1");
        wait_for_signal(set);
        reap_children(v);
    }
    redis_child_stop(&v->redis);
    log_info("supervisor", "state=stopped");
}

static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGCHLD);
    sigprocmask(SIG_BLOCK, set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int start(struct supervisor *v, struct err *err)
{
    int r = house_load_settings(&v->flags, &v->settings, err);

    if (r < 0)
        return r;
    log_init("bilagd", (enum log_level)v->settings.log.level);
    r = lock_data_folder(&v->settings, err);
    if (r < 0)
        return r;
    r = redis_child_init(&v->redis, &v->settings, err);
    if (r == 0 && redis_child_is_private(&v->redis))
        r = redis_child_start(&v->redis, err);
    if (r < 0)
        return r;
    prepare_workers(v);
    return 0;
}

int main(int argc, char **argv)
{
    static struct supervisor v;
    struct err err = {0};
    sigset_t set;
    int r;

    if (!take_arguments(argc, argv, &v.flags)) {
        fprintf(stderr, "usage: bilagd [--config FILE] [--data DIR] [--set PATH=VALUE]…\n");
        return 2;
    }
    block_signals(&set);
    r = start(&v, &err);
    if (r < 0) {
        fprintf(stderr, "bilagd: %s\n", err.text);
        redis_child_stop(&v.redis);
        return err_exit_status(r);
    }
    log_info("supervisor", "state=ready workers=%d data=%s", v.n_workers,
             log_value(v.settings.data_dir).text);
    sd_notify(0, "READY=1");
    run(&v, &set);
    drain(&v, &set);
    settings_release(&v.settings);
    return 0;
}
