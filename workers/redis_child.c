/*
 * Running a Redis server of our own. The server inherits a locked descriptor, so the lock lasts as
 * long as the server does: a new bilagd cannot start a second one on the same folder while the old
 * one is still writing. The folder may be deleted under our feet: it is made anew at the next
 * start.
 */
#include "workers/redis_child.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "models/settings.h"
#include "queues/queue.h"
#include "queues/server.h"
#include "workers/house.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_WITHIN_MS 30000
#define PASSWORD_DIGITS 48

bool redis_child_is_private(const struct redis_child *r)
{
    return r->folder != NULL;
}

/* A password that outlives restarts, so that commands keep their way in. Made on first use. */
static int keep_password(const struct settings *s, const char *name, char **ret, struct err *err)
{
    AUTO_FREE char *path = house_path(s, name);
    AUTO_BUF struct buf b;
    int r;

    buf_init(&b, PASSWORD_DIGITS);
    r = file_read(path, &b, err);
    if (r == 0 && b.length == PASSWORD_DIGITS) {
        *ret = mem_strdup(b.data);
        return 0;
    }
    *ret = mem_alloc(PASSWORD_DIGITS + 1);
    hash_random_hex(*ret, PASSWORD_DIGITS);
    return file_write(path, *ret, PASSWORD_DIGITS, 0600, err);
}

int redis_child_init(struct redis_child *r, const struct settings *settings, struct err *err)
{
    AUTO_FREE char *config = NULL;
    int e;

    *r = (struct redis_child){.settings = settings};
    if (!house_redis_is_private(settings))
        return 0;
    r->folder = house_path(settings, "redis");
    r->socket_path = house_path(settings, "redis/redis.sock");
    supervised_init(&r->process, "redis", "/usr/bin/redis-server");
    config = mem_printf("%s/redis.conf", r->folder);
    supervised_add_argument(&r->process, config);
    e = keep_password(settings, "redis.password", &r->user_password, err);
    return e < 0 ? e : keep_password(settings, "redis.admin", &r->admin_password, err);
}

/* The lock is taken by us, inherited by the server, and ours is closed when this returns. */
static int take_folder(const struct redis_child *r, struct err *err)
{
    AUTO_FREE char *path = house_path(r->settings, "redis.lock");
    AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_errno(err, ERR_IO, "opening %s", path);
    if (flock(fd, LOCK_EX) < 0)
        return err_errno(err, ERR_IO, "locking %s", path);
    return take_fd(&fd);
}

static void admin_options(const struct redis_child *r, struct queue_options *o)
{
    queue_options_init(o);
    o->socket_path = r->socket_path;
    o->user = QUEUE_SERVER_ADMIN;
    o->password = r->admin_password;
    o->worker = "bilagd";
}

static int install(struct redis_child *r, struct err *err)
{
    struct queue_options o;

    admin_options(r, &o);
    return queue_install(&o, err);
}

static int wait_for_answer(struct redis_child *r, struct err *err)
{
    int64_t deadline = clock_mono_ms() + ANSWER_WITHIN_MS;
    struct timespec pause = {.tv_nsec = 20000000};

    for (;;) {
        int status, e = install(r, err);

        if (e == 0)
            return 0;
        if (waitpid(r->process.pid, &status, WNOHANG) == r->process.pid) {
            supervised_ended(&r->process, r->process.pid, status);
            return err_set(err, ERR_UNREACHABLE, "redis-server ended at once; see %s/redis.log",
                           r->folder);
        }
        if (clock_mono_ms() > deadline)
            return e;
        nanosleep(&pause, NULL);
    }
}

int redis_child_start(struct redis_child *r, struct err *err)
{
    struct queue_server server = {
        .folder = r->folder,
        .socket_path = r->socket_path,
        .prefix = "bilag",
        .user_password = r->user_password,
        .admin_password = r->admin_password,
        .max_memory_bytes = (size_t)r->settings->redis.maxmemory_mb << 20,
    };
    AUTO_CLOSE int lock = take_folder(r, err);
    int e;

    if (lock < 0)
        return lock;
    e = file_make_folder(r->folder, err);
    if (e == 0)
        e = queue_server_write_config(&server, err);
    if (e == 0)
        e = supervised_start(&r->process, lock, err);
    return e < 0 ? e : wait_for_answer(r, err);
}

int redis_child_check(struct redis_child *r, struct err *err)
{
    struct queue_options o;
    int e = 0;

    if (!r->probe) {
        queue_options_init(&o);
        o.socket_path = r->socket_path;
        o.user = QUEUE_SERVER_USER;
        o.password = r->user_password;
        o.worker = "bilagd";
        e = queue_open_redis(&o, &r->probe, err);
    }
    if (e == 0)
        e = queue_ping(r->probe, err);
    if (e < 0 && err->reason && strcmp(err->reason, "queue_functions") == 0)
        e = install(r, err);
    return e;
}

void redis_child_stop(struct redis_child *r)
{
    int status;

    queue_close(r->probe);
    r->probe = NULL;
    if (r->process.pid == 0)
        return;
    kill(r->process.pid, SIGTERM);
    if (waitpid(r->process.pid, &status, 0) == r->process.pid)
        supervised_ended(&r->process, r->process.pid, status);
}
