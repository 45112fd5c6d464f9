/*
 * fork and exec. A pipe that closes on exec tells why an exec failed; without word on
 * it the program runs. Between fork and exec only async-signal-safe calls are made, because the
 * parent may be a library's host.
 */
#include "base/spawn.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_PASSED_FD 3
#define PASSED_FDS_MAX 16

bool spawn_die_with_parent(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return getppid() != parent;
}

/* Moves the passed descriptors to 3, 4, … by way of high numbers, so that none overwrites another,
 * and marks everything above them to be closed by exec. */
static bool place_fds(const struct spawn_options *o, int report)
{
    int high[PASSED_FDS_MAX];
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || o->n_fds > PASSED_FDS_MAX)
        return false;
    if (o->log_fd >= 0 &&
        (dup2(o->log_fd, STDERR_FILENO) < 0 || dup2(o->log_fd, STDOUT_FILENO) < 0))
        return false;
    for (size_t i = 0; i < o->n_fds; i++)
        if ((high[i] = fcntl(o->fds[i], F_DUPFD_CLOEXEC, FIRST_PASSED_FD + PASSED_FDS_MAX)) < 0)
            return false;
    if (fcntl(report, F_SETFD, FD_CLOEXEC) < 0)
        return false;
    for (size_t i = 0; i < o->n_fds; i++)
        if (FIRST_PASSED_FD + (int)i != report && dup2(high[i], FIRST_PASSED_FD + (int)i) < 0)
            return false;
    return close_range(FIRST_PASSED_FD + (unsigned)o->n_fds, ~0u, CLOSE_RANGE_CLOEXEC) == 0;
}

static _Noreturn void become_program(const struct spawn_options *o, pid_t parent, int report)
{
    sigset_t none;
    int saved;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (spawn_die_with_parent(parent))
        _exit(0);
    if (place_fds(o, report))
        execve(o->program, (char *const *)(uintptr_t)o->arguments,
               o->environment ? (char *const *)(uintptr_t)o->environment : environ);
    saved = errno;
    if (write(report, &saved, sizeof saved) < 0)
        _exit(126);
    _exit(127);
}

/* A report pipe whose numbers stay clear of those that the child hands over. */
static int open_report(int ends[2])
{
    int low[2];

    if (pipe2(low, O_CLOEXEC) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, FIRST_PASSED_FD + 2 * PASSED_FDS_MAX);
        close(low[i]);
    }
    return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

int spawn_start(const struct spawn_options *options, struct child *ret, struct err *err)
{
    int ends[2] = {-1, -1}, failed = 0;
    pid_t parent = getpid(), pid;
    ssize_t n;

    if (open_report(ends) < 0)
        return err_errno(err, ERR_IO, "starting %s", options->program);
    pid = fork();
    if (pid == 0)
        become_program(options, parent, ends[1]);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err_errno(err, ERR_IO, "starting %s", options->program);
    }
    do
        n = read(ends[0], &failed, sizeof failed);
    while (n < 0 && errno == EINTR);
    close(ends[0]);
    if (n > 0) {
        waitpid(pid, NULL, 0);
        errno = failed;
        return err_errno(err, ERR_IO, "starting %s", options->program);
    }
    *ret = (struct child){pid, (int)syscall(SYS_pidfd_open, pid, 0)};
    return 0;
}

pid_t spawn_fork(struct child *ret)
{
    pid_t pid = fork();

    if (pid > 0)
        *ret = (struct child){pid, (int)syscall(SYS_pidfd_open, pid, 0)};
    return pid;
}

static void collect(struct child *child, struct child_end *ret)
{
    struct rusage used;
    int status;

    while (wait4(child->pid, &status, 0, &used) < 0)
        if (errno != EINTR)
            BUG("collecting process %d", (int)child->pid);
    if (child->pidfd >= 0)
        close(child->pidfd);
    *child = (struct child){0, -1};
    *ret = (struct child_end){
        .exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .cpu_us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL +
                  used.ru_utime.tv_usec + used.ru_stime.tv_usec,
        .max_rss_kb = used.ru_maxrss,
    };
}

/* A signal that comes to us meanwhile makes the wait neither shorter nor longer. */
static bool ends_within(const struct child *child, int timeout_ms)
{
    struct pollfd ended = {.fd = child->pidfd, .events = POLLIN};
    int64_t until_ms = clock_mono_ms() + timeout_ms;
    int n;

    while ((n = poll(&ended, 1, timeout_ms)) < 0 && errno == EINTR) {
        int64_t left_ms = until_ms - clock_mono_ms();

        timeout_ms = left_ms > 0 ? (int)left_ms : 0;
    }
    return n != 0;
}

int spawn_wait(struct child *child, int timeout_ms, struct child_end *ret, struct err *err)
{
    if (timeout_ms >= 0 && !ends_within(child, timeout_ms))
        return err_set(err, ERR_TIMEOUT, "process %d still runs", (int)child->pid);
    collect(child, ret);
    return 0;
}

void spawn_stop(struct child *child, int grace_ms)
{
    struct child_end end;

    if (child->pid <= 0)
        return;
    kill(child->pid, SIGTERM);
    if (spawn_wait(child, grace_ms, &end, NULL) == 0)
        return;
    kill(child->pid, SIGKILL);
    collect(child, &end);
}

char *spawn_path_beside(const char *name)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);

    while (n > 0 && path[n - 1] != '/')
        n--;
    for (; n > 1 && strncmp(name, "../", 3) == 0; name += 3)
        for (n--; n > 0 && path[n - 1] != '/'; n--)
            ;
    return mem_printf("%.*s%s", n > 0 ? (int)n : 0, path, name);
}

char *spawn_share_folder(void)
{
    AUTO_FREE char *installed = spawn_path_beside("../share/bilag");

    return file_exists(installed) ? take_ptr(&installed) : spawn_path_beside("../share");
}
