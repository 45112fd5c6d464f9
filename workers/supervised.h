/*
 * A child the supervisor keeps alive: its arguments, its pid, and when to start it again.
 */
#ifndef WORKERS_SUPERVISED_H
#define WORKERS_SUPERVISED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

#define SUPERVISED_ARGUMENTS_MAX 160

struct supervised {
    const char *name;                              /* borrowed: for the log */
    char *arguments[SUPERVISED_ARGUMENTS_MAX + 1]; /* owned; [0] is the path of the program */
    int n_arguments;
    pid_t pid; /* 0 while it does not run */
    int64_t started_ms, due_ms;
    int64_t backoff_ms;
};

/* `program` is found beside our own binary; a path with a slash is taken as it is. */
void supervised_init(struct supervised *s, const char *name, const char *program);
void supervised_add_argument(struct supervised *s, const char *argument); /* copied */

/* Not running, and its back-off is over. */
bool supervised_is_due(const struct supervised *s);

/* Forks and executes; `inherit_fd` (or -1) stays open in the child, as descriptor 3. The kernel
 * kills the child when we die. ERR_IO. */
int supervised_start(struct supervised *s, int inherit_fd, struct err *err);

/* True when `pid` was this child: logs how it ended and sets the time of its return. */
bool supervised_ended(struct supervised *s, pid_t pid, int status);

#endif
