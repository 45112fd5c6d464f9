/*
 * The warm parent: loads what is dear once, forks a jailed child an order, watches it, reports.
 * It never looks at a file's bytes. What the child does is given by the caller, so that tests run
 * the same parent with children that misbehave.
 */
#ifndef WORKERS_READER_PARENT_H
#define WORKERS_READER_PARENT_H

#include "workers/reader/reader.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct jail_options;
struct json_t;

/* One order as the jailed child sees it. */
struct reader_work {
    enum reader_verb verb;
    const unsigned char *file; /* NULL when empty */
    size_t file_length;
    const unsigned char *request; /* frames: the head, then pages */
    size_t request_length;
    int answer_fd;
    struct arena *arena;
    void *user;
    bool lacks_more; /* out, on failure and before any frame: load_more() would help */
};

struct reader_house {
    /* In the parent before the fork: loads what this order needs, once. */
    int (*prepare)(void *user, const struct reader_order *order, struct err *err);
    /* In the child, inside the jail: writes the answer's frames but the last. On failure the
     * parent's code writes the error frame. */
    int (*work)(struct reader_work *work, struct err *err);
    /* In the parent when a child lacked something dear and rare; another child then does the order
     * from its beginning. */
    int (*load_more)(void *user, struct err *err);
    const struct jail_options *jail;
    void *user;
};

/* Serves the orders on READER_SOCKET_FD until the owner is gone; the program's exit status. */
int reader_parent_run(const struct reader_house *house);

#endif
