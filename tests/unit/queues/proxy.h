/*
 * A unix-socket proxy that does harm on order: passes bytes one at a time, cuts the connection
 * after so many bytes of answers, or holds answers back and lets them go when nobody asks any more.
 * It runs in a process of its own; orders go through shared memory.
 */
#ifndef TESTS_UNIT_QUEUES_PROXY_H
#define TESTS_UNIT_QUEUES_PROXY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct proxy_orders {
    volatile int64_t cut_after;    /* bytes of answers still let through; below 0: no limit */
    volatile bool is_stalled;      /* answers are held back */
    volatile bool is_slicing;      /* answers go out one byte at a time */
    volatile bool is_deaf;         /* calls end their connection unheard; logins pass */
    volatile int64_t cuts;         /* how often that was done, since somebody set it to 0 */
    volatile int64_t passed_bytes; /* of answers, since somebody set it to 0 */
};

struct proxy {
    char socket_path[108];
    pid_t pid;
    struct proxy_orders *orders;
};

/* Listens at `socket_path` for connections to `server_path`; ends the program when it cannot. */
void proxy_start(struct proxy *p, const char *socket_path, const char *server_path);
void proxy_stop(struct proxy *p);

#endif
