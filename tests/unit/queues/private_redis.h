/*
 * A redis-server of the test's own: a new folder, a unix socket, the configuration the supervisor
 * writes, but that it does not wait for the disk (it dies here, the machine does not). It can be
 * killed, started again on what it left, and given orders as its admin.
 */
#ifndef TESTS_UNIT_QUEUES_PRIVATE_REDIS_H
#define TESTS_UNIT_QUEUES_PRIVATE_REDIS_H

#include "queues/queue.h"

#include <hiredis/hiredis.h>
#include <sys/types.h>

struct private_redis {
    char folder[96], socket_path[108]; /* the folder is in TMPDIR, or in /tmp */
    pid_t pid;
    int log_fd;         /* what it prints, from "ready" on */
    redisContext *link; /* as admin, while it runs */
    struct queue_options user, admin;
};

bool private_redis_is_possible(void); /* is there a redis-server on this machine? */

/* Ends the test program with a message when anything goes wrong. */
void private_redis_init(struct private_redis *s, size_t max_memory_bytes);
void private_redis_start(struct private_redis *s);   /* returns when it is ready */
void private_redis_kill(struct private_redis *s);    /* SIGKILL, and waits for its end */
void private_redis_release(struct private_redis *s); /* killed, and its folder removed */

/* Sends one command (as redisCommand formats it) as admin; the answer is owned. */
redisReply *private_redis_command(struct private_redis *s, const char *format, ...);
void private_redis_order(struct private_redis *s, const char *format, ...); /* must succeed */
int64_t private_redis_info(struct private_redis *s, const char *field);     /* a number in INFO */

/* To the queue it is `ms` later: every time it keeps is moved back. */
void private_redis_advance(struct private_redis *s, int64_t ms);

#endif
