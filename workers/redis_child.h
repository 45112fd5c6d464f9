/*
 * The private Redis server: its folder, its passwords, its process.
 */
#ifndef WORKERS_REDIS_CHILD_H
#define WORKERS_REDIS_CHILD_H

#include "workers/supervised.h"

#include <stdbool.h>

struct err;
struct queue;
struct settings;

struct redis_child {
    struct supervised process;
    const struct settings *settings; /* borrowed */
    char *folder, *socket_path, *user_password, *admin_password;
    struct queue *probe; /* our own connection, for the health check */
};

int redis_child_init(struct redis_child *r, const struct settings *settings, struct err *err);
bool redis_child_is_private(const struct redis_child *r);

/* Writes the configuration, starts the server, waits until it answers and installs the functions.
 * Waits for a predecessor that still holds the folder. ERR_UNREACHABLE, ERR_IO. */
int redis_child_start(struct redis_child *r, struct err *err);

/* Answers and has our functions (they are installed again when they are gone). ERR_UNREACHABLE. */
int redis_child_check(struct redis_child *r, struct err *err);

/* Stops the server and waits for it; accepts one that never started. */
void redis_child_stop(struct redis_child *r);

#endif
