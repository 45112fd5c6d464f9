/*
 * One connection to Redis, made when first needed and thrown away at the first doubt: after a lost
 * or late answer the next bytes could belong to an older question, so no context is ever reused.
 */
#ifndef QUEUES_LINK_H
#define QUEUES_LINK_H

#include "base/buf.h"
#include "models/job.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct queue_options;

/* A command as counted strings: nothing in it is ever parsed for spaces. Reused between calls. */
struct command {
    struct buf bytes;
    size_t *ends; /* of each argument within bytes */
    size_t n, capacity;
};

void command_init(struct command *c);
void command_release(struct command *c);
void command_begin(struct command *c, const char *name); /* empties it */
void command_add(struct command *c, const char *text);
void command_add_bytes(struct command *c, const char *bytes, size_t length);
void command_add_int(struct command *c, int64_t value);
void command_add_id(struct command *c, const struct job_id *id);

struct link {
    const struct queue_options *options; /* borrowed */
    redisContext *context;               /* NULL while there is no connection */
};

void link_close(struct link *l);

/*
 * Sends the command and waits for its answer (owned: freeReplyObject), connecting first if need be.
 * An answer that is an error becomes ours: ERR_UNREACHABLE for a server that cannot serve now,
 * ERR_LIMIT when it is full, ERR_INVALID otherwise. *ret_is_lost (may be NULL) tells that the
 * command may have been carried out although no answer came.
 */
int link_call(struct link *l, const struct command *c, redisReply **ret, bool *ret_is_lost,
              struct err *err);

/* An answer of a shape we did not ask for: closes the link, ERR_INVALID. */
int link_nonsense(struct link *l, const struct command *c, struct err *err);

static inline void link_reply_release_at(redisReply **reply)
{
    if (*reply)
        freeReplyObject(*reply);
}
#define AUTO_REPLY __attribute__((cleanup(link_reply_release_at)))

/* Strict reading: false unless the reply is exactly that. Text is borrowed from the reply. */
bool reply_int(const redisReply *reply, int64_t min, int64_t max, int64_t *ret);
bool reply_text(const redisReply *reply, const char **ret);
bool reply_array(const redisReply *reply, size_t multiple_of, size_t max, size_t *ret_n);

#endif
