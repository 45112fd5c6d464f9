/*
 * Where the queue is, who we are to it, and its limits.
 */
#ifndef QUEUES_QUEUE_OPTIONS_H
#define QUEUES_QUEUE_OPTIONS_H

#include <stdint.h>

#define QUEUE_WORKER_SIZE 64 /* letters, digits and _-.:/@ as in "host:pid:nonce" */

struct queue_options {
    const char *socket_path; /* NULL: host and port */
    const char *host;
    int port;
    const char *user, *password; /* NULL: none */
    const char *prefix;          /* one an installation: "bilag" */
    const char *worker;          /* who takes: leases, locks and heartbeats carry this name */
    int64_t lease_ms;            /* a taken job comes back after this long without a beat */
    int max_failures, max_crashes, max_orphans; /* the try that reaches one makes the job dead */
    int64_t backoff_ms; /* the n-th retry waits backoff x 2^n ± 50 %, an hour at most */
    int64_t max_gap_ms; /* reapings further apart than this are a clock jump */
    int connect_timeout_ms, command_timeout_ms;
};

/* Every field set; strings are borrowed until queue_open_*() returns, which copies them. */
void queue_options_init(struct queue_options *o);

#endif
