/*
 * A socket a process: item numbers go in, one frame an item comes out. The frame's kind is '+' or
 * '-', its payload what was printed. A process holds one item at a time, so a slow file delays
 * nobody; answers that come early wait in memory for their turn.
 */
#include "workers/command/read_pool.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/spawn.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>

#define STOP_GRACE_MS 2000
#define READ_STEP_BYTES ((size_t)64 << 10)

struct member {
    struct child child;
    int socket;  /* -1: not running */
    size_t item; /* in hand, valid while is_busy */
    bool is_busy;
    struct buf in;
};

struct answer {
    bool is_here;
    enum pool_end end;
    char *bytes; /* owned */
    size_t length;
};

struct run {
    const struct pool *pool;
    struct member *members;
    struct answer *answers;
    size_t next_item;  /* to hand out */
    size_t next_print; /* to report */
    size_t finished;
};

/* The life of a process of the pool: until the socket closes. */
static _Noreturn void serve(const struct pool *pool, int socket)
{
    struct buf out;
    uint64_t item;

    buf_init(&out, LIMIT_FRAME_BYTES);
    pool->begin(pool->user);
    while (recv(socket, &item, sizeof item, MSG_WAITALL) == (ssize_t)sizeof item) {
        bool is_fine = pool->work(pool->user, item, &out);

        if (out.is_full)
            BUG("more than %zu bytes of output for one file", out.max);
        if (frame_write(socket, is_fine ? '+' : '-', out.data, out.length, NULL) < 0)
            break;
        buf_clear(&out);
    }
    pool->end(pool->user);
    _exit(0);
}

static int start(struct run *run, struct member *member, struct err *err)
{
    pid_t self = getpid(), pid;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return err_errno(err, ERR_IO, "socket for a process");
    pid = spawn_fork(&member->child);
    if (pid == 0) {
        if (spawn_die_with_parent(self))
            _exit(0);
        for (int i = 0; i < run->pool->processes; i++)
            if (run->members[i].socket >= 0)
                close(run->members[i].socket);
        close(ends[0]);
        serve(run->pool, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err_errno(err, ERR_IO, "starting a process");
    }
    member->socket = ends[0];
    return 0;
}

static void stop(struct member *member)
{
    struct child_end end;

    if (member->socket < 0)
        return;
    close(member->socket);
    member->socket = -1;
    buf_clear(&member->in);
    if (spawn_wait(&member->child, STOP_GRACE_MS, &end, NULL) < 0)
        spawn_stop(&member->child, 0);
}

static void keep(struct run *run, struct member *member, enum pool_end end, const char *bytes,
                 size_t length)
{
    struct answer *answer = &run->answers[member->item];

    *answer = (struct answer){true, end, mem_strndup(bytes, length), length};
    member->is_busy = false;
    run->finished++;
    if (run->pool->progress)
        run->pool->progress(run->pool->user, run->finished);
    while (run->next_print < run->pool->count && run->answers[run->next_print].is_here) {
        answer = &run->answers[run->next_print];
        run->pool->done(run->pool->user, run->next_print++, answer->end, answer->bytes,
                        answer->length);
        free(take_ptr(&answer->bytes));
    }
}

/* Gives the member its next item, starting it if need be. */
static int hand_out(struct run *run, struct member *member, struct err *err)
{
    uint64_t item = run->next_item;
    int r = member->socket < 0 ? start(run, member, err) : 0;

    if (r < 0)
        return r;
    member->item = run->next_item++;
    member->is_busy = true;
    if (send(member->socket, &item, sizeof item, MSG_NOSIGNAL) != (ssize_t)sizeof item) {
        stop(member);
        keep(run, member, POOL_DIED, "", 0);
    }
    return 0;
}

static void receive(struct run *run, struct member *member)
{
    char *at = buf_reserve(&member->in, READ_STEP_BYTES);
    ssize_t n = at ? read(member->socket, at, READ_STEP_BYTES) : 0;
    const char *payload;
    size_t length;
    char kind;

    if (n < 0 && errno == EINTR)
        return;
    if (n > 0)
        member->in.length += (size_t)n;
    if (n > 0 && frame_take(&member->in, 0, &kind, &payload, &length, NULL) == 0)
        return;
    if (n > 0 && frame_take(&member->in, 0, &kind, &payload, &length, NULL) == 1) {
        keep(run, member, kind == '+' ? POOL_OK : POOL_FAILED, payload, length);
        buf_clear(&member->in);
        return;
    }
    stop(member);
    keep(run, member, POOL_DIED, "", 0);
}

static int turn(struct run *run, struct pollfd *watched, struct err *err)
{
    int n = run->pool->processes;

    for (int i = 0; i < n; i++) {
        struct member *member = &run->members[i];
        int r = !member->is_busy && run->next_item < run->pool->count ? hand_out(run, member, err)
                                                                      : 0;

        if (r < 0)
            return r;
        watched[i] = (struct pollfd){member->is_busy ? member->socket : -1, POLLIN, 0};
    }
    if (run->finished == run->pool->count)
        return 0;
    if (poll(watched, (nfds_t)n, -1) < 0 && errno != EINTR)
        return err_errno(err, ERR_IO, "waiting for the processes");
    for (int i = 0; i < n; i++)
        if (watched[i].fd >= 0 && watched[i].revents)
            receive(run, &run->members[i]);
    return 0;
}

int pool_run(const struct pool *pool, struct err *err)
{
    size_t n = (size_t)pool->processes;
    struct run run = {.pool = pool};
    AUTO_FREE struct pollfd *watched = mem_alloc_array(n, sizeof *watched);
    AUTO_FREE struct member *members = mem_alloc_array(n, sizeof *members);
    AUTO_FREE struct answer *answers = mem_alloc_array(pool->count, sizeof *answers);
    int r = 0;

    run.members = members;
    run.answers = answers;
    for (size_t i = 0; i < n; i++) {
        members[i].socket = -1;
        buf_init(&members[i].in, LIMIT_FRAME_BYTES + FRAME_HEAD_BYTES + READ_STEP_BYTES);
    }
    while (r == 0 && run.finished < pool->count)
        r = turn(&run, watched, err);
    for (size_t i = 0; i < n; i++) {
        stop(&members[i]);
        buf_release(&members[i].in);
    }
    for (size_t i = 0; i < pool->count; i++)
        free(answers[i].bytes);
    return r;
}
