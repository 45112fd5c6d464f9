/*
 * Many files through a few processes, answers in the order of the files.
 *
 * Each process is forked from this one with everything loaded, works alone, and is replaced when it
 * dies; what it was doing is reported as died. Nothing is shared and nothing is locked.
 */
#ifndef WORKERS_READ_POOL_H
#define WORKERS_READ_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

enum pool_end { POOL_OK, POOL_FAILED, POOL_DIED };

struct pool {
    int processes;
    size_t count; /* of items */
    /* In a process of the pool: begin once, work for each item, end once. */
    void (*begin)(void *user);
    bool (*work)(void *user, size_t item, struct buf *out); /* false: POOL_FAILED */
    void (*end)(void *user);
    /* Here, by rising item. */
    void (*done)(void *user, size_t item, enum pool_end end, const char *bytes, size_t length);
    void (*progress)(void *user, size_t finished); /* after each item, in any order; or NULL */
    void *user;
};

/* Returns when every item is done. ERR_IO when no process can be started. */
int pool_run(const struct pool *pool, struct err *err);

#endif
