/*
 * The jail: what a process that touches hostile bytes gives up before it touches them.
 *
 * In the warm parent: jail_isolate() once (empty network, IPC and UTS namespaces), jail_new() once
 * (compiles the system call filter, opens the landlock rules). In each forked child: jail_enter(),
 * 0.5 ms, no way back. Afterwards the process can compute, allocate up to its cap, write to the
 * descriptors it kept, read files below the listed folders, and end. Everything else kills it.
 */
#ifndef BASE_JAIL_H
#define BASE_JAIL_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct jail;

#define JAIL_ABI_ASK (-1)

struct jail_options {
    const char *const *readable; /* folders and files that may be read; ended by NULL; NULL: none */
    int landlock_abi;            /* JAIL_ABI_ASK, or a lower version than the kernel's, for tests */
    bool names_calls; /* a forbidden call is named on stderr before the end: to find what a new
                         library version needs. Weaker: not for hostile bytes. */
};

struct jail_limits {
    int cpu_seconds;     /* 0: none */
    size_t memory_bytes; /* of address space; 0: none */
};

/* Fails with ERR_IO when the filter cannot be built. Without landlock in the kernel `readable` is
 * not honoured and no file can be opened at all. */
int jail_new(const struct jail_options *options, struct jail **ret, struct err *err);
void jail_free(struct jail *jail);

/* The version of landlock in use; 0: none. */
int jail_landlock_abi(const struct jail *jail);

/* New, empty namespaces for this process and its children, as far as it is allowed to have them:
 * true when the network is gone. The filter refuses sockets either way. */
bool jail_isolate(void);

/* Closes every descriptor not in `keep` (sorted, rising), drops root, sets limits, locks the door.
 * `parent` is who must be alive: this process dies with it. Exits on no account; ERR_IO means the
 * caller must _exit. */
int jail_enter(const struct jail *jail, const struct jail_limits *limits, const int *keep,
               size_t n_keep, int parent, struct err *err);

#endif
