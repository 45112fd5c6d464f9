/*
 * Starting and stopping other programs.
 *
 * A started child holds nothing of ours but the descriptors it was given, dies when we die, and is
 * watched through a pidfd (readable once it has ended), so no signal handler is needed and a
 * recycled process id is never hit.
 */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

struct spawn_options {
    const char *program;            /* a path; nothing is searched */
    const char *const *arguments;   /* ended by NULL, argv[0] included */
    const char *const *environment; /* ended by NULL; NULL: ours */
    const int *fds;                 /* become 3, 4, … in the child; borrowed */
    size_t n_fds;
    int log_fd; /* becomes its stderr and stdout; -1: ours */
};

struct child {
    pid_t pid; /* 0: none */
    int pidfd; /* readable when it has ended */
};

/* How a child ended. */
struct child_end {
    int exit_status; /* -1 when a signal ended it */
    int signal;      /* 0 when it exited */
    int64_t cpu_us;  /* its own and that of the children it waited for */
    int64_t max_rss_kb;
};

/* ERR_IO when the program cannot be executed: its reason is told by the child before it ends. */
int spawn_start(const struct spawn_options *options, struct child *ret, struct err *err);

/* fork, with the child's handle in the parent: 0 in the child, its id in the parent, or -1. */
pid_t spawn_fork(struct child *ret);

/* Waits up to `timeout_ms` (-1: for ever) for the end and collects it; ERR_TIMEOUT while it still
 * runs. Afterwards the child is none. */
int spawn_wait(struct child *child, int timeout_ms, struct child_end *ret, struct err *err);

/* Sends SIGTERM, waits `grace_ms`, then SIGKILL; collects it. Accepts none. */
void spawn_stop(struct child *child, int grace_ms);

/* Asks the kernel to kill this process when its parent ends; true when that happened already. */
bool spawn_die_with_parent(pid_t parent);

/* <folder of the running program>/<name>, owned; each "../" a name begins with is one folder up. */
char *spawn_path_beside(const char *name);

/* Where the data that belongs to the programs is, owned: share/bilag beside their folder when they
 * are installed, share in a build tree. */
char *spawn_share_folder(void);

#endif
