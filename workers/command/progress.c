/* A progress bar of sheets: what is explained out of what came in. */
#include "workers/command/progress.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/number.h"
#include "stores/records_query.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 200
#define LOOK_LATEST_MS 1000
#define LOOK_SHARE 50 /* of the time a look took: at a large batch it keeps commits waiting */
#define LINE_EVERY_MS 5000
#define BAR_CELLS 30

void progress_draw(int64_t done, int64_t all, const char *things)
{
    int cells = all ? (int)(done * BAR_CELLS / all) : 0;

    fputs("\r[", stderr);
    for (int i = 0; i < BAR_CELLS; i++)
        fputs(i < cells ? "█" : "·", stderr);
    fprintf(stderr, "] %" PRId64 " of %" PRId64 " %s ", done, all, things);
}

static void draw(const struct balance *b, bool is_terminal)
{
    int64_t done = b->sheets_in - b->in_work;

    if (is_terminal)
        progress_draw(done, b->sheets_in, "sheets");
    else
        fprintf(stderr, "%" PRId64 " of %" PRId64 " sheets\n", done, b->sheets_in);
}

static int load(struct records *records, int64_t batch_id, struct balance *ret, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct batch_row row;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = records_load_batch(records, batch_id, &a, &row, err);
    if (r == 0)
        *ret = row.balance;
    return r;
}

static void wait_ms(int64_t ms)
{
    struct timespec nap;

    ms = ms < LOOK_MS ? LOOK_MS : ms > LOOK_LATEST_MS ? LOOK_LATEST_MS : ms;
    nap = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&nap, NULL);
}

int progress_wait(struct records *records, int64_t batch_id, const char *seconds, struct err *err)
{
    bool is_terminal = isatty(STDERR_FILENO);
    int64_t began = clock_mono_ms(), limit = 0,
            next_draw = began + (is_terminal ? 0 : LINE_EVERY_MS);
    struct balance balance = {0};

    if (seconds && !number_parse(seconds, 1, 1000000, &limit))
        return err_set(err, ERR_USAGE, "--timeout takes whole seconds");
    for (;;) {
        int64_t looked = clock_mono_ms();
        int r = load(records, batch_id, &balance, err);
        int64_t now = clock_mono_ms();

        if (r < 0)
            return r;
        if (now >= next_draw || (is_terminal && balance.is_finished)) {
            draw(&balance, is_terminal);
            next_draw = now + (is_terminal ? 0 : LINE_EVERY_MS);
        }
        if (balance.is_finished) {
            if (is_terminal)
                fputc('\n', stderr);
            return 0;
        }
        if (limit && now - began > limit * 1000)
            return err_set(err, ERR_TIMEOUT,
                           "%" PRId64 " sheets are still in work; `bilag status` tells why",
                           balance.in_work);
        wait_ms((now - looked) * LOOK_SHARE);
    }
}
