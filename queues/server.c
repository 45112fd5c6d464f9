/*
 * Text for a private redis-server. Acknowledged means on disk (appendfsync always: 0.3 ms a call
 * here, shared by everyone who asks at the same time); full means refusing new work, never
 * forgetting old (noeviction); no port, only a socket in our own folder.
 *
 * A function runs with the rights of who calls it, so the service user needs the commands that
 * library.lua uses, on our keys alone. It cannot run scripts of its own, change the configuration,
 * load functions or empty the database.
 *
 * The default user may do everything and can never log in. That is no slip: when Redis 7.0 replays
 * its log at start, each transaction is checked against the default user, and one without rights
 * loses every job the log holds, with no more than a line in the server's log.
 */
#include "queues/server.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"

#include <string.h>
#include <sys/un.h>

#define CONFIG_BYTES_MAX 16384

void queue_acl_rules(const char *prefix, struct buf *b)
{
    buf_printf(b,
               "resetkeys ~{%s}:* resetchannels -@all +auth +ping +info +fcall +fcall_ro +blpop "
               "+time +exists +del +get +set +hget +hmget +hset +hdel +hincrby "
               "+lindex +llen +lmove +lpop +lpush +lrange +lrem +rpop +rpush "
               "+sadd +sismember +smembers +srem "
               "+zadd +zcard +zincrby +zrange +zrangebyscore +zrem +zrevrange +zscore",
               prefix);
}

/* Quotes, spaces and newlines would end or split a configuration line. */
static int check_word(const char *what, const char *word, struct err *err)
{
    if (!word || !*word || strpbrk(word, " \t\r\n\"'\\#"))
        return err_set(err, ERR_USAGE, "%s \"%s\" does not fit a Redis configuration", what,
                       word ? word : "");
    return 0;
}

static int check_server(const struct queue_server *s, struct err *err)
{
    int r = check_word("folder", s->folder, err);

    if (r == 0)
        r = check_word("socket", s->socket_path, err);
    if (r == 0)
        r = check_word("prefix", s->prefix, err);
    if (r == 0)
        r = check_word("password", s->user_password, err);
    if (r == 0)
        r = check_word("password", s->admin_password, err);
    if (r == 0 && strlen(s->socket_path) >= sizeof((struct sockaddr_un *)0)->sun_path)
        r = err_set(err, ERR_USAGE, "%s is too long for a socket", s->socket_path);
    return r;
}

static int write_text(const struct queue_server *s, const char *name, struct buf *b,
                      struct err *err)
{
    AUTO_FREE char *path = mem_printf("%s/%s", s->folder, name);

    if (b->is_full)
        return err_set(err, ERR_USAGE, "the Redis configuration grew too long");
    return file_write(path, b->data, b->length, 0600, err);
}

static int write_users(const struct queue_server *s, struct err *err)
{
    AUTO_BUF struct buf b;
    char user[HASH_HEX_SIZE], admin[HASH_HEX_SIZE];

    hash_bytes(s->user_password, strlen(s->user_password), user);
    hash_bytes(s->admin_password, strlen(s->admin_password), admin);
    buf_init(&b, CONFIG_BYTES_MAX);
    buf_add_text(&b, "user default off resetpass ~* &* +@all\n");
    buf_printf(&b, "user " QUEUE_SERVER_ADMIN " on #%s ~* &* +@all\n", admin);
    buf_printf(&b, "user " QUEUE_SERVER_USER " on #%s ", user);
    queue_acl_rules(s->prefix, &b);
    buf_add_char(&b, '\n');
    return write_text(s, "users.acl", &b, err);
}

static int write_settings(const struct queue_server *s, struct err *err)
{
    AUTO_BUF struct buf b;

    buf_init(&b, CONFIG_BYTES_MAX);
    buf_printf(&b,
               "port 0\n"
               "unixsocket %s\n"
               "unixsocketperm 700\n"
               "dir %s\n"
               "logfile %s/redis.log\n"
               "aclfile %s/users.acl\n"
               "daemonize no\n"
               "supervised no\n"
               "databases 1\n"
               "save \"\"\n"
               "appendonly yes\n"
               "appendfsync always\n"
               "aof-load-truncated yes\n"
               "maxmemory %zu\n"
               "maxmemory-policy noeviction\n",
               s->socket_path, s->folder, s->folder, s->folder, s->max_memory_bytes);
    return write_text(s, "redis.conf", &b, err);
}

int queue_server_write_config(const struct queue_server *s, struct err *err)
{
    int r = check_server(s, err);

    if (r == 0)
        r = write_users(s, err);
    return r < 0 ? r : write_settings(s, err);
}
