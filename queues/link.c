/*
 * The one place that speaks to hiredis (0.14: blocking, RESP2). A context lives until anything goes
 * wrong with it: a time-out, an end of file, bytes that are no RESP. Then it is freed and the
 * caller hears ERR_UNREACHABLE; the next call connects, logs in and sets its time-outs again.
 * Waiting between attempts is the caller's, who knows what else there is to do.
 */
#include "queues/link.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/number.h"
#include "queues/queue_options.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#define COMMAND_BYTES_MAX ((size_t)64 << 20)

/* ---- commands ---- */

void command_init(struct command *c)
{
    *c = (struct command){0};
    buf_init(&c->bytes, COMMAND_BYTES_MAX);
}

void command_release(struct command *c)
{
    buf_release(&c->bytes);
    free(c->ends);
    *c = (struct command){0};
}

void command_begin(struct command *c, const char *name)
{
    buf_clear(&c->bytes);
    c->n = 0;
    command_add(c, name);
}

void command_add_bytes(struct command *c, const char *bytes, size_t length)
{
    if (c->n == c->capacity) {
        c->capacity = c->capacity ? c->capacity * 2 : 64;
        c->ends = mem_grow_array(c->ends, c->capacity, sizeof *c->ends);
    }
    buf_add(&c->bytes, bytes, length);
    c->ends[c->n++] = c->bytes.length;
}

void command_add(struct command *c, const char *text)
{
    command_add_bytes(c, text, strlen(text));
}

void command_add_int(struct command *c, int64_t value)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%" PRId64, value);

    command_add_bytes(c, text, (size_t)length);
}

void command_add_id(struct command *c, const struct job_id *id)
{
    char text[JOB_ID_SIZE];

    job_id_format(id, text);
    command_add(c, text);
}

/* ---- the connection ---- */

void link_close(struct link *l)
{
    if (l->context)
        redisFree(take_ptr(&l->context));
}

static struct timeval timeval_of_ms(int ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static int link_gone(struct link *l, struct err *err)
{
    const char *what = l->context ? l->context->errstr : "no memory";
    int r = err_set(err, ERR_UNREACHABLE, "Redis at %s: %s",
                    l->options->socket_path ? l->options->socket_path : l->options->host, what);

    if (err)
        err->reason = "queue_gone";
    link_close(l);
    return r;
}

/* What the words at the start of an error answer mean to us. */
static const struct {
    const char *start;
    int code;
    const char *reason;
} refusals[] = {
    {"OOM ", ERR_LIMIT, "queue_full"},
    {"LOADING ", ERR_UNREACHABLE, "queue_loading"},
    {"BUSY ", ERR_UNREACHABLE, "queue_loading"},
    {"ERR Function not found", ERR_UNREACHABLE, "queue_functions"},
    {"MISCONF ", ERR_UNREACHABLE, "queue_broken"},
    {"READONLY ", ERR_UNREACHABLE, "queue_broken"},
    {"MASTERDOWN ", ERR_UNREACHABLE, "queue_broken"},
    {"NOAUTH ", ERR_UNREACHABLE, "queue_refused"},
    {"WRONGPASS ", ERR_UNREACHABLE, "queue_refused"},
    {"NOPERM ", ERR_UNREACHABLE, "queue_refused"},
    {"ERR AUTH ", ERR_UNREACHABLE, "queue_refused"},
    {"ERR max number of clients", ERR_UNREACHABLE, "queue_refused"},
};

static int link_refused(const redisReply *reply, struct err *err)
{
    int code = ERR_INVALID;
    const char *reason = "queue_error";

    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
        if (strncmp(reply->str, refusals[i].start, strlen(refusals[i].start)) == 0) {
            code = refusals[i].code;
            reason = refusals[i].reason;
            break;
        }
    err_set(err, code, "Redis answers: %s", reply->str);
    if (err)
        err->reason = reason;
    return code;
}

/* One question, one answer, on the connection there is. */
static int link_ask(struct link *l, const struct command *c, redisReply **ret, struct err *err)
{
    AUTO_FREE const char **argv = mem_alloc_array(c->n, sizeof *argv);
    AUTO_FREE size_t *lengths = mem_alloc_array(c->n, sizeof *lengths);
    redisReply *reply;
    int r;

    for (size_t i = 0; i < c->n; i++) {
        size_t start = i ? c->ends[i - 1] : 0;

        argv[i] = c->bytes.data + start;
        lengths[i] = c->ends[i] - start;
    }
    reply = redisCommandArgv(l->context, (int)c->n, argv, lengths);
    if (!reply)
        return link_gone(l, err);
    if (reply->type == REDIS_REPLY_ERROR) {
        r = link_refused(reply, err);
        freeReplyObject(reply);
        return r;
    }
    *ret = reply;
    return 0;
}

static int link_log_in(struct link *l, struct err *err)
{
    AUTO_REPLY redisReply *reply = NULL;
    struct command auth;
    int r;

    if (!l->options->password)
        return 0;
    command_init(&auth);
    command_begin(&auth, "AUTH");
    if (l->options->user)
        command_add(&auth, l->options->user);
    command_add(&auth, l->options->password);
    r = link_ask(l, &auth, &reply, err);
    command_release(&auth);
    if (r < 0)
        link_close(l);
    return r;
}

static int link_open(struct link *l, struct err *err)
{
    const struct queue_options *o = l->options;
    struct timeval connect_time = timeval_of_ms(o->connect_timeout_ms);

    signal(SIGPIPE, SIG_IGN); /* hiredis writes without MSG_NOSIGNAL: a dead server would kill us */
    l->context = o->socket_path ? redisConnectUnixWithTimeout(o->socket_path, connect_time)
                                : redisConnectWithTimeout(o->host, o->port, connect_time);
    if (!l->context || l->context->err)
        return link_gone(l, err);
    if (redisSetTimeout(l->context, timeval_of_ms(o->command_timeout_ms)) != REDIS_OK)
        return link_gone(l, err);
    return link_log_in(l, err);
}

int link_call(struct link *l, const struct command *c, redisReply **ret, bool *ret_is_lost,
              struct err *err)
{
    int r;

    if (c->bytes.is_full)
        return err_set(err, ERR_LIMIT, "a queue command of more than %zu bytes", COMMAND_BYTES_MAX);
    if (ret_is_lost)
        *ret_is_lost = false;
    if (!l->context) {
        r = link_open(l, err);
        if (r < 0)
            return r;
    }
    r = link_ask(l, c, ret, err);
    if (ret_is_lost)
        *ret_is_lost = !l->context;
    return r;
}

int link_nonsense(struct link *l, const struct command *c, struct err *err)
{
    size_t start = c->n > 1 ? c->ends[0] : 0, end = c->ends[c->n > 1 ? 1 : 0];

    link_close(l);
    err_set(err, ERR_INVALID, "Redis answers %.*s with something else", (int)(end - start),
            c->bytes.data + start);
    if (err)
        err->reason = "queue_error";
    return ERR_INVALID;
}

/* ---- answers ---- */

bool reply_text(const redisReply *reply, const char **ret)
{
    if (reply->type != REDIS_REPLY_STRING || strlen(reply->str) != (size_t)reply->len)
        return false;
    *ret = reply->str;
    return true;
}

bool reply_int(const redisReply *reply, int64_t min, int64_t max, int64_t *ret)
{
    const char *text;

    if (reply_text(reply, &text))
        return number_parse(text, min, max, ret);
    if (reply->type != REDIS_REPLY_INTEGER || reply->integer < min || reply->integer > max)
        return false;
    *ret = reply->integer;
    return true;
}

bool reply_array(const redisReply *reply, size_t multiple_of, size_t max, size_t *ret_n)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements % multiple_of ||
        reply->elements / multiple_of > max)
        return false;
    *ret_n = reply->elements / multiple_of;
    return true;
}
