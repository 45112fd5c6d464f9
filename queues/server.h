/*
 * The files a private redis-server needs: a configuration that keeps every acknowledged job over a
 * kill -9, and two users. "bilag" may run our functions and look; "admin" may install them.
 * The supervisor writes the files, starts `redis-server <folder>/redis.conf`, then queue_install().
 */
#ifndef QUEUES_SERVER_H
#define QUEUES_SERVER_H

#include <stddef.h>

struct buf;
struct err;
struct queue_options;

struct queue_server {
    const char *folder;      /* absolute: data, log and configuration live here */
    const char *socket_path; /* absolute, at most 107 bytes */
    const char *prefix;      /* as in queue_options */
    const char *user_password, *admin_password; /* hex digits, fresh ones for every start will do */
    size_t max_memory_bytes;
};

#define QUEUE_SERVER_USER "bilag"
#define QUEUE_SERVER_ADMIN "admin"

/* Writes <folder>/redis.conf and <folder>/users.acl, readable by us alone. ERR_USAGE for values
 * that do not fit a configuration line, ERR_IO. */
int queue_server_write_config(const struct queue_server *s, struct err *err);

/* Appends the rights of the service user, as they follow "user NAME on >PASSWORD " in an ACL file,
 * for installations that run their own Redis. */
void queue_acl_rules(const char *prefix, struct buf *b);

/* Loads the function library; `admin` needs the right to. Safe to repeat at any time. */
int queue_install(const struct queue_options *admin, struct err *err);

#endif
