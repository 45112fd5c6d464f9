/*
 * bilag-worker: a list of steps, then the loop. It holds no document longer than one job, retires
 * after some thousand jobs so that nothing can pile up, and leaves cleanly on SIGTERM.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/spawn.h"
#include "pipeline/sort/sort.h"
#include "workers/reader/reader_client.h"
#include "workers/worker.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RETIRE_AFTER_JOBS 5000
#define WAIT_FOR_JOB_MS 2000
#define TROUBLE_FIRST_MS 100
#define TROUBLE_LAST_MS 5000

static volatile sig_atomic_t must_stop;

static void note_stop(int signal)
{
    (void)signal;
    must_stop = 1;
}

struct arguments {
    struct house_flags flags;
    int64_t slot;
};

static bool take_arguments(int argc, char **argv, struct arguments *ret)
{
    static const struct option options[] = {
        HOUSE_LONG_OPTIONS, {"slot", required_argument, NULL, 'n'}, {0}};
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (c == 'n' ? !number_parse(optarg, 0, 100000, &ret->slot)
                     : !house_flag(&ret->flags, c, optarg))
            return false;
    return optind == argc;
}

static void catch_signals(void)
{
    struct sigaction stop = {.sa_handler = note_stop};

    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* One name a slot: what a killed predecessor held is ours to give back. */
static void name_worker(struct worker *w, int64_t slot)
{
    char host[32] = "localhost";

    gethostname(host, sizeof host - 1);
    snprintf(w->name, sizeof w->name, "%s/%lld", host, (long long)slot);
}

static void pause_ms(int64_t ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&t, NULL); /* a signal ends it early, which is what we want */
}

/* The job that came with the last finish, or the next from the queue. */
static int take(struct worker *w, struct job *ret, struct err *err)
{
    if (!w->has_next)
        return queue_take(w->house.queue, QUEUE_ALL_STAGES, WAIT_FOR_JOB_MS, ret, err);
    w->has_next = false;
    *ret = w->next;
    return 1;
}

/* One turn: chores, take, run. */
static int turn(struct worker *w, struct err *err)
{
    struct job job;
    int r = worker_chores(w, err);

    if (r == 0)
        r = take(w, &job, err);
    return r <= 0 ? r : worker_run(w, &job, err);
}

static void loop(struct worker *w)
{
    int64_t trouble_ms = 0;

    while (!must_stop && w->jobs_done < RETIRE_AFTER_JOBS) {
        struct err err = {0};

        if (turn(w, &err) == 0) {
            trouble_ms = 0;
            continue;
        }
        trouble_ms = trouble_ms ? trouble_ms * 2 : TROUBLE_FIRST_MS;
        if (trouble_ms > TROUBLE_LAST_MS)
            trouble_ms = TROUBLE_LAST_MS;
        log_warning("worker", "state=waiting ms=%lld why=%s", (long long)trouble_ms,
                    log_value(err.text).text);
        pause_ms(trouble_ms);
        /* An answer may have been lost: what it gave us goes back. */
        w->has_next = false;
        (void)queue_release(w->house.queue, w->name, NULL, &err);
    }
}

static void start_reader(struct worker *w)
{
    struct reader_options options;

    reader_options_from(&w->house.settings, &options);
    options.tick = worker_tick;
    options.tick_ms = 1000;
    options.user = w;
    w->reader = reader_new(&options);
}

static int start(struct worker *w, const struct arguments *args, struct err *err)
{
    AUTO_FREE char *models = spawn_share_folder();
    int r;

    name_worker(w, args->slot);
    r = house_open(&w->house, &args->flags, HOUSE_STORES | HOUSE_ACCOUNTING | HOUSE_QUEUE, w->name,
                   err);
    if (r < 0)
        return r;
    log_init(w->name, (enum log_level)w->house.settings.log.level);
    start_reader(w);
    r = sorter_new(models, &w->sorter, err);
    return r < 0 ? r : queue_release(w->house.queue, w->name, NULL, err);
}

int main(int argc, char **argv)
{
    static struct worker w;
    struct arguments args = {0};
    struct err err = {0};
    int r;

    if (!take_arguments(argc, argv, &args)) {
        fprintf(stderr, "usage: bilag-worker [--slot N] [--config FILE] [--data DIR]\n");
        return 2;
    }
    catch_signals();
    r = start(&w, &args, &err);
    if (r < 0)
        fprintf(stderr, "bilag-worker: %s\n", err.text);
    else
        loop(&w);
    if (r == 0)
        (void)queue_release(w.house.queue, w.name, NULL, &err);
    reader_free(w.reader);
    sorter_free(w.sorter);
    house_close(&w.house);
    return r < 0 ? err_exit_status(r) : 0;
}
