/*
 * One page after the other through one reader, or through a pool of processes with a reader each.
 * Pages come back packed, which rounds them as the way from the reader does: to the same values.
 */
#include "workers/command/read_pages.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "models/page.h"
#include "workers/command/read_pool.h"
#include "workers/reader/reader_client.h"

#include <string.h>

struct run {
    const struct page_crew *crew;
    struct reader *reader; /* of this process */
    struct arena *arena;
    struct page_task *tasks;
    size_t count;
    int file_fd;
};

static void begin(void *user)
{
    struct run *run = user;

    run->reader = reader_new(run->crew->options);
}

static void end(void *user)
{
    struct run *run = user;

    reader_free(run->reader);
}

/* A page, or the error as it lies in memory: the reader of these bytes was forked from us. */
static bool work(void *user, size_t item, struct buf *out)
{
    const struct run *run = user;
    AUTO_ARENA struct arena a;
    struct read_result result = {0};
    struct err err = {0};
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = reader_read(run->reader, run->file_fd, run->tasks[item].number, &a, &result, &err);
    if (r < 0)
        buf_add(out, &err, sizeof err);
    else
        page_pack(result.page, out);
    return r == 0;
}

static void done(void *user, size_t item, enum pool_end how, const char *bytes, size_t length)
{
    struct run *run = user;
    struct page_task *task = &run->tasks[item];

    if (how == POOL_OK)
        page_unpack(run->arena, bytes, length, &task->page, &task->why);
    else if (how == POOL_FAILED && length == sizeof task->why)
        memcpy(&task->why, bytes, length);
    else
        err_set(&task->why, ERR_INTERNAL, "bilag itself failed on page %d", task->number);
}

static void progress(void *user, size_t finished)
{
    const struct run *run = user;

    if (run->crew->progress)
        run->crew->progress(finished, run->count);
}

static void read_in_turn(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        struct page_task *task = &run->tasks[i];
        struct read_result result = {0};

        if (reader_read(run->reader, run->file_fd, task->number, run->arena, &result, &task->why) ==
            0)
            task->page = result.page;
        progress(run, i + 1);
    }
}

void read_pages(const struct page_crew *crew, int file_fd, struct arena *a, struct page_task *tasks,
                size_t count)
{
    struct run run = {crew, crew->reader, a, tasks, count, file_fd};
    const struct pool pool = {
        .processes = (size_t)crew->processes < count ? crew->processes : (int)count,
        .count = count,
        .begin = begin,
        .work = work,
        .end = end,
        .done = done,
        .progress = progress,
        .user = &run,
    };
    struct err err = {0};

    if (pool.processes < 2) {
        read_in_turn(&run);
        return;
    }
    if (pool_run(&pool, &err) == 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (!tasks[i].page && tasks[i].why.code == 0)
            tasks[i].why = err;
}
