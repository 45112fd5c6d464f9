/*
 * Starting children and remembering when to start them again. Back-off doubles from nothing over
 * one second to thirty, and is forgotten after five seconds of life: a bad configuration cannot
 * fork-bomb the machine, one crash costs nothing.
 */
#include "workers/supervised.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/spawn.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BACKOFF_FIRST_MS 1000
#define BACKOFF_LAST_MS 30000
#define FORGIVEN_AFTER_MS 5000

void supervised_init(struct supervised *s, const char *name, const char *program)
{
    *s = (struct supervised){.name = name};
    s->arguments[s->n_arguments++] = strchr(program, '/') ? mem_strdup(program)
                                                          : spawn_path_beside(program);
}

void supervised_add_argument(struct supervised *s, const char *argument)
{
    if (s->n_arguments == SUPERVISED_ARGUMENTS_MAX)
        BUG("too many arguments for %s", s->name);
    s->arguments[s->n_arguments++] = mem_strdup(argument);
}

bool supervised_is_due(const struct supervised *s)
{
    return s->pid == 0 && clock_mono_ms() >= s->due_ms;
}

int supervised_start(struct supervised *s, int inherit_fd, struct err *err)
{
    struct spawn_options options = {
        .program = s->arguments[0],
        .arguments = (const char *const *)s->arguments,
        .fds = &inherit_fd,
        .n_fds = inherit_fd >= 0,
        .log_fd = -1,
    };
    struct child child;
    int r = spawn_start(&options, &child, err);

    if (r < 0)
        return r;
    close(child.pidfd); /* SIGCHLD tells the supervisor */
    s->pid = child.pid;
    s->started_ms = clock_mono_ms();
    log_info("child", "name=%s pid=%d state=started", s->name, (int)s->pid);
    return 0;
}

bool supervised_ended(struct supervised *s, pid_t pid, int status)
{
    int64_t now = clock_mono_ms();
    bool is_clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;

    if (s->pid == 0 || s->pid != pid)
        return false;
    if (now - s->started_ms > FORGIVEN_AFTER_MS || is_clean)
        s->backoff_ms = 0;
    s->due_ms = now + s->backoff_ms;
    log_info("child", "name=%s pid=%d state=ended %s=%d restart_in_ms=%lld", s->name, (int)pid,
             WIFSIGNALED(status) ? "signal" : "exit",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
             (long long)s->backoff_ms);
    if (!is_clean)
        s->backoff_ms = s->backoff_ms ? s->backoff_ms * 2 : BACKOFF_FIRST_MS;
    if (s->backoff_ms > BACKOFF_LAST_MS)
        s->backoff_ms = BACKOFF_LAST_MS;
    s->pid = 0;
    return true;
}
