/* Started programs: what they are given, how their end is told, and that they do not outlive us. */
#include "base/spawn.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>

#define LONG_MS 60000 /* an end that a healthy machine never reaches */

/* Runs a shell line; descriptor 3 of the child is `fd` when that is not negative. */
static struct child start(const char *line, int fd, int log_fd)
{
    const char *arguments[] = {"sh", "-c", line, NULL}, *environment[] = {"WORD=bilag", NULL};
    struct spawn_options o = {.program = "/bin/sh",
                              .arguments = arguments,
                              .environment = environment,
                              .fds = &fd,
                              .n_fds = fd >= 0,
                              .log_fd = log_fd};
    struct child child;

    assert_int_equal(spawn_start(&o, &child, NULL), 0);
    assert_true(child.pid > 0 && child.pidfd >= 0);
    return child;
}

static struct child_end end_of(struct child *child)
{
    struct child_end end;

    assert_int_equal(spawn_wait(child, LONG_MS, &end, NULL), 0);
    assert_int_equal(child->pid, 0);
    return end;
}

static void ends_are_told(void **state)
{
    struct child child = start("exit 7", -1, -1);
    struct child_end end = end_of(&child);

    (void)state;
    assert_int_equal(end.exit_status, 7);
    assert_int_equal(end.signal, 0);
    assert_true(end.max_rss_kb > 0);
    child = start("kill -SEGV $$", -1, -1);
    end = end_of(&child);
    assert_int_equal(end.exit_status, -1);
    assert_int_equal(end.signal, SIGSEGV);
}

/* The child has 0, 1, 2 and what it was given; a descriptor we hold open by accident stays ours. */
static void a_child_holds_what_it_was_given(void **state)
{
    AUTO_CLOSE int secret = fcntl(STDIN_FILENO, F_DUPFD, 20);
    AUTO_BUF struct buf said;
    struct child child;
    int ends[2];

    (void)state;
    buf_init(&said, 1000);
    assert_int_equal(pipe(ends), 0);
    child = start("exec >&3; echo $WORD; cd /proc/self/fd;"
                  " for fd in [0-9]*; do [ -e $fd ] && printf '%s ' $fd; done; :",
                  ends[1], -1);
    close(ends[1]);
    assert_int_equal(end_of(&child).exit_status, 0);
    assert_int_equal(file_read_fd(ends[0], &said, NULL), 0);
    close(ends[0]);
    assert_true(secret >= 0);
    assert_string_equal(said.data, "bilag\n0 1 2 3 ");
}

static void a_missing_program_is_told_at_once(void **state)
{
    const char *arguments[] = {"none", NULL};
    struct spawn_options o = {.program = "/none/such", .arguments = arguments, .log_fd = -1};
    struct child child = {77, 77};
    struct err err = {0};

    (void)state;
    assert_int_equal(spawn_start(&o, &child, &err), ERR_IO);
    assert_string_equal(err.text, "starting /none/such: No such file or directory");
    assert_int_equal(child.pid, 77);
}

static void ignore_alarm(int number)
{
    (void)number;
}

/* While we wait, signals reach us every millisecond: the wait must still run out, and only then. */
static void a_wait_runs_out_through_signals(void **state)
{
    const struct sigaction quiet = {.sa_handler = ignore_alarm};
    const struct itimerval often = {{0, 1000}, {0, 1000}}, never = {0};
    struct child child = start("exec tail -f /dev/null", -1, -1);
    struct child_end end;
    int r;

    (void)state;
    sigaction(SIGALRM, &quiet, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    r = spawn_wait(&child, 30, &end, NULL);
    setitimer(ITIMER_REAL, &never, NULL);
    assert_int_equal(r, ERR_TIMEOUT);
    assert_true(child.pid > 0);
    kill(child.pid, SIGKILL);
    assert_int_equal(end_of(&child).signal, SIGKILL);
}

/* The child says when it has learnt to ignore SIGTERM; then only SIGKILL is left. */
static void a_stubborn_child_is_killed(void **state)
{
    struct child child;
    int ends[2];
    char ready;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    child = start("trap '' TERM; echo >&3; while :; do :; done", ends[1], -1);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    spawn_stop(&child, 10);
    assert_int_equal(child.pid, 0);
    close(ends[0]);
    close(ends[1]);
    spawn_stop(&child, 10); /* none: nothing happens */
}

/* A parent is killed; the end of the pipe its child held tells that the child went with it. */
static void a_child_dies_with_its_parent(void **state)
{
    struct child parent, child;
    struct pollfd closed;
    int ends[2];
    char ready;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    if (spawn_fork(&parent) == 0) {
        child = start("echo >&3; exec tail -f /dev/null", ends[1], -1);
        pause();
        _exit(child.pid > 0);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    kill(parent.pid, SIGKILL);
    assert_int_equal(end_of(&parent).signal, SIGKILL);
    closed = (struct pollfd){.fd = ends[0]};
    assert_int_equal(poll(&closed, 1, LONG_MS), 1);
    assert_true(closed.revents & POLLHUP);
    close(ends[0]);
}

static void programs_lie_beside_ours(void **state)
{
    AUTO_FREE char *path = spawn_path_beside("test-base-spawn");
    AUTO_FREE char *around = spawn_path_beside("../bin/test-base-spawn");

    (void)state;
    assert_int_equal(access(path, X_OK), 0);
    assert_string_equal(around, path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_told),
        cmocka_unit_test(a_child_holds_what_it_was_given),
        cmocka_unit_test(a_missing_program_is_told_at_once),
        cmocka_unit_test(a_wait_runs_out_through_signals),
        cmocka_unit_test(a_stubborn_child_is_killed),
        cmocka_unit_test(a_child_dies_with_its_parent),
        cmocka_unit_test(programs_lie_beside_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
