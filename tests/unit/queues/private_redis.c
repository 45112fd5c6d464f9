/* Starting, killing and ordering about a redis-server that belongs to one test program. */
#include "tests/unit/queues/private_redis.h"

#include "base/err.h"
#include "queues/server.h"
#include "tests/unit/unit.h"

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/prctl.h>

static const char user_password[] = "5ca1ab1e", admin_password[] = "0ddba11";

/* Moves every time kept; the only place outside library.lua that knows the keys. */
static const char advance_script[] =
    "local by = -tonumber(ARGV[1]) "
    "for _, key in ipairs(redis.call('KEYS', '*')) do "
    "  local kind = redis.call('TYPE', key).ok "
    "  if kind == 'zset' then "
    "    for _, m in ipairs(redis.call('ZRANGE', key, 0, -1)) do "
    "      redis.call('ZINCRBY', key, by, m) end "
    "  elseif key:find(':tick$') then redis.call('INCRBY', key, by) "
    "  elseif kind == 'hash' then "
    "    for _, f in ipairs(redis.call('HKEYS', key)) do "
    "      if f == 't' or f == 'since' or f:find(':until$') then "
    "        redis.call('HINCRBY', key, f, by) end end "
    "  end end return 1";

bool private_redis_is_possible(void)
{
    return access("/usr/bin/redis-server", X_OK) == 0;
}

void private_redis_init(struct private_redis *s, size_t max_memory_bytes)
{
    struct err e;
    struct queue_server config = {0};
    const char *base = getenv("TMPDIR");

    *s = (struct private_redis){.log_fd = -1};
    snprintf(s->folder, sizeof s->folder, "%s/bilag-queue-test-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(s->folder))
        err(1, "mkdtemp");
    snprintf(s->socket_path, sizeof s->socket_path, "%s/socket", s->folder);
    config.folder = s->folder;
    config.socket_path = s->socket_path;
    config.prefix = "bilag";
    config.user_password = user_password;
    config.admin_password = admin_password;
    config.max_memory_bytes = max_memory_bytes;
    if (queue_server_write_config(&config, &e) < 0)
        errx(1, "%s", e.text);

    queue_options_init(&s->user);
    s->user.socket_path = s->socket_path;
    s->user.worker = "here:1";
    s->admin = s->user;
    s->user.user = QUEUE_SERVER_USER;
    s->user.password = user_password;
    s->admin.user = QUEUE_SERVER_ADMIN;
    s->admin.password = admin_password;
}

static void run_server(const struct private_redis *s, int out)
{
    char config[128];

    snprintf(config, sizeof config, "%s/redis.conf", s->folder);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execl("/usr/bin/redis-server", "redis-server", config, "--logfile", "", (char *)NULL);
    _exit(127);
}

/* It prints "ready to accept connections" once it has loaded what it left behind. */
static void wait_until_ready(struct private_redis *s)
{
    char log[65536];
    size_t length = 0;

    for (;;) {
        ssize_t n = read(s->log_fd, log + length, sizeof log - length - 1);

        if (n <= 0)
            errx(1, "redis-server did not start:\n%.*s", (int)length, log);
        length += (size_t)n;
        log[length] = '\0';
        if (strstr(log, "ready to accept connections"))
            return;
    }
}

static void log_in(struct private_redis *s)
{
    s->link = redisConnectUnix(s->socket_path);
    if (!s->link || s->link->err)
        errx(1, "cannot reach the test's redis-server");
    private_redis_order(s, "AUTH %s %s", QUEUE_SERVER_ADMIN, admin_password);
}

void private_redis_start(struct private_redis *s)
{
    struct err e;
    int out[2];

    if (pipe2(out, O_CLOEXEC) < 0)
        err(1, "pipe");
    s->pid = fork();
    if (s->pid < 0)
        err(1, "fork");
    if (s->pid == 0)
        run_server(s, out[1]);
    close(out[1]);
    s->log_fd = out[0];
    wait_until_ready(s);
    log_in(s);
    private_redis_order(s, "CONFIG SET appendfsync no");
    if (queue_install(&s->admin, &e) < 0)
        errx(1, "%s", e.text);
}

void private_redis_kill(struct private_redis *s)
{
    if (s->pid > 0) {
        kill(s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
    }
    if (s->log_fd >= 0)
        close(s->log_fd);
    if (s->link)
        redisFree(s->link);
    s->link = NULL;
    s->pid = 0;
    s->log_fd = -1;
}

void private_redis_release(struct private_redis *s)
{
    private_redis_kill(s);
    folder_remove(s->folder);
}

static redisReply *command(struct private_redis *s, const char *format, va_list args)
{
    redisReply *reply = redisvCommand(s->link, format, args);

    if (!reply)
        errx(1, "%s: %s", format, s->link->errstr);
    return reply;
}

redisReply *private_redis_command(struct private_redis *s, const char *format, ...)
{
    redisReply *reply;
    va_list args;

    va_start(args, format);
    reply = command(s, format, args);
    va_end(args);
    return reply;
}

void private_redis_order(struct private_redis *s, const char *format, ...)
{
    redisReply *reply;
    va_list args;

    va_start(args, format);
    reply = command(s, format, args);
    va_end(args);
    if (reply->type == REDIS_REPLY_ERROR)
        errx(1, "%s: %s", format, reply->str);
    freeReplyObject(reply);
}

int64_t private_redis_info(struct private_redis *s, const char *field)
{
    redisReply *reply = private_redis_command(s, "INFO everything");
    const char *at = strstr(reply->str, field);
    int64_t value = -1;

    if (!at || sscanf(at + strlen(field), ":%" SCNd64, &value) != 1)
        errx(1, "no %s in INFO", field);
    freeReplyObject(reply);
    return value;
}

void private_redis_advance(struct private_redis *s, int64_t ms)
{
    private_redis_order(s, "EVAL %s 0 %lld", advance_script, (long long)ms);
}
