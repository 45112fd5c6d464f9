/*
 * One loop: an order comes, a child is forked, watched until it ends, and reported. Three things
 * can happen to a child from here: its time is up, it prints too much, or our owner is gone; each
 * is SIGKILL. Everything else happens inside it, behind the jail's door.
 */
#include "workers/reader/reader_parent.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/jail.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/spawn.h"
#include "models/fault.h"
#include "workers/reader/reader_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXIT_NO_MEMORY 71 /* base/mem.c */
#define EXIT_LACKS_MORE 72
#define ANSWER_FD 3 /* in the child */

struct reader_parent {
    const struct reader_house *house;
    struct jail *jail;
    struct child child;
    int log_fd; /* what the child prints */
};

static void close_all(int fds[READER_FD_COUNT])
{
    for (int i = 0; i < READER_FD_COUNT; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* Waits for the next order; 0 when the owner is gone. */
static int receive_order(struct reader_order *order, int fds[READER_FD_COUNT])
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * READER_FD_COUNT)];
        struct cmsghdr aligned;
    } control;
    struct iovec body = {order, sizeof *order};
    struct msghdr message = {.msg_iov = &body,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *head;
    ssize_t n;

    do
        n = recvmsg(READER_SOCKET_FD, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    head = n == (ssize_t)sizeof *order ? CMSG_FIRSTHDR(&message) : NULL;
    if (!head || head->cmsg_len != CMSG_LEN(sizeof(int) * READER_FD_COUNT))
        return 0;
    memcpy(fds, CMSG_DATA(head), sizeof(int) * READER_FD_COUNT);
    return 1;
}

static void answer_error(int fd, const struct err *failure)
{
    AUTO_JSON json_t *json = json_object();
    AUTO_FREE char *text = NULL;

    json_set_int(json, "code", failure->code);
    json_set_text(json, "reason", failure->reason);
    json_set_text(json, "text", failure->text);
    text = json_text(json);
    frame_write(fd, FRAME_ERROR, text, strlen(text), NULL);
}

/* Only 0 to 3 stay open: nothing, the log twice, the answer. */
static int place_fds(int answer, int log)
{
    AUTO_CLOSE int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        return -1;
    return dup2(answer, ANSWER_FD);
}

/* The child's whole life. The file is mapped before the door closes; it is sealed, so it cannot
 * shrink under us. */
static _Noreturn void live(const struct reader_parent *parent, const struct reader_order *order,
                           const int fds[READER_FD_COUNT], int log, int parent_pid)
{
    static const int keep[] = {0, 1, 2, ANSWER_FD};
    const struct jail_limits limits = {order->cpu_seconds, (size_t)order->memory_bytes};
    struct arena arena;
    struct err err = {0};
    struct reader_work work = {.verb = (enum reader_verb)order->verb,
                               .answer_fd = ANSWER_FD,
                               .arena = &arena,
                               .user = parent->house->user};
    int r = file_map(fds[READER_FD_FILE], &work.file, &work.file_length, &err);

    arena_init(&arena, LIMIT_JOB_ARENA_BYTES);
    if (r == 0)
        r = file_map(fds[READER_FD_REQUEST], &work.request, &work.request_length, &err);
    if (r < 0 || place_fds(fds[READER_FD_ANSWER], log) < 0)
        _exit(1);
    r = jail_enter(parent->jail, &limits, keep, ARRAY_LENGTH(keep), parent_pid, &err);
    if (r == 0)
        r = parent->house->work(&work, &err);
    if (r < 0 && work.lacks_more)
        _exit(EXIT_LACKS_MORE);
    if (r < 0 && reader_memory_ran_out())
        r = fault_set(&err, FAULT_TOO_BIG_IN_MEMORY, "%s", "");
    if (r < 0)
        answer_error(ANSWER_FD, &err);
    else
        frame_write(ANSWER_FD, FRAME_END, "", 0, NULL);
    _exit(0);
}

static int start_child(struct reader_parent *parent, const struct reader_order *order,
                       const int fds[READER_FD_COUNT], struct err *err)
{
    int log[2], self = getpid();
    pid_t pid;

    if (pipe2(log, O_CLOEXEC) < 0)
        return err_errno(err, ERR_IO, "pipe for the reader's log");
    pid = spawn_fork(&parent->child);
    if (pid == 0)
        live(parent, order, fds, log[1], self);
    close(log[1]);
    parent->log_fd = log[0];
    if (pid < 0) {
        close(log[0]);
        return err_errno(err, ERR_IO, "forking a reader");
    }
    return 0;
}

/* Reads away what the child printed; false at its end. The text itself is dropped, because it comes
 * from hostile bytes and may quote the document, unless somebody looks for forbidden calls. */
static bool drain_log(int fd, bool is_shown, size_t *length)
{
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);

    if (n > 0 && is_shown)
        file_write_fd(STDERR_FILENO, bytes, (size_t)n, NULL);
    *length += n > 0 ? (size_t)n : 0;
    return n > 0;
}

/* Until the child has ended: FAULT_COUNT, or the fault for which it was killed. */
static enum fault watch(struct reader_parent *parent, int64_t deadline_ms)
{
    struct pollfd watched[] = {
        {parent->child.pidfd, POLLIN, 0}, {parent->log_fd, POLLIN, 0}, {READER_SOCKET_FD, 0, 0}};
    enum fault fault = FAULT_COUNT;
    size_t logged = 0;

    for (;;) {
        int64_t left = deadline_ms - clock_mono_ms();

        if (left <= 0 && fault == FAULT_COUNT)
            fault = FAULT_TIMEOUT;
        if (logged > LIMIT_READER_LOG_BYTES)
            fault = FAULT_LOG_FLOOD;
        if (fault != FAULT_COUNT)
            kill(parent->child.pid, SIGKILL);
        if (poll(watched, ARRAY_LENGTH(watched), left > 0 ? (int)left : -1) < 0)
            continue;
        if (watched[2].revents) { /* the owner is gone, and so is the sense of it all */
            kill(parent->child.pid, SIGKILL);
            _exit(0);
        }
        if (watched[1].revents &&
            !drain_log(parent->log_fd, parent->house->jail->names_calls, &logged))
            watched[1].fd = -1;
        if (watched[0].revents)
            return fault;
    }
}

static enum fault fault_of(const struct child_end *end, const struct reader_order *order,
                           enum fault killed_for)
{
    if (killed_for != FAULT_COUNT)
        return killed_for;
    if (end->signal == SIGXCPU || end->cpu_us > (order->cpu_seconds + 1) * 1000000LL)
        return FAULT_TIMEOUT;
    if (end->exit_status == 0)
        return FAULT_COUNT;
    if (end->exit_status == EXIT_NO_MEMORY || reader_memory_ran_out())
        return FAULT_TOO_BIG_IN_MEMORY;
    return FAULT_CRASHED;
}

/* One child from fork to end; what it cost is added to the report. */
static int run_child(struct reader_parent *parent, const struct reader_order *order,
                     const int fds[READER_FD_COUNT], struct reader_report *report,
                     struct child_end *ret)
{
    enum fault fault;
    int r;

    reader_memory_settle();
    reader_memory_begin((size_t)order->memory_bytes);
    r = start_child(parent, order, fds, &report->err);
    if (r < 0)
        return r;
    fault = watch(parent, clock_mono_ms() + order->wall_ms);
    close(parent->log_fd);
    spawn_wait(&parent->child, -1, ret, NULL);
    fault = fault_of(ret, order, fault);
    report->cpu_us += ret->cpu_us;
    if (ret->max_rss_kb > report->max_rss_kb)
        report->max_rss_kb = ret->max_rss_kb;
    snprintf(report->fault, sizeof report->fault, "%s",
             fault == FAULT_COUNT ? "" : fault_info(fault)->name);
    return 0;
}

/* Does one order; what happened is in the report. Closes the descriptors. */
static void serve(struct reader_parent *parent, const struct reader_order *order,
                  int fds[READER_FD_COUNT], struct reader_report *report)
{
    const struct reader_house *house = parent->house;
    struct child_end end = {0};
    int r = house->prepare(house->user, order, &report->err);

    if (r == 0)
        r = run_child(parent, order, fds, report, &end);
    if (r == 0 && end.exit_status == EXIT_LACKS_MORE) {
        r = house->load_more(house->user, &report->err);
        if (r == 0)
            run_child(parent, order, fds, report, &end);
    }
    close_all(fds);
}

int reader_parent_run(const struct reader_house *house)
{
    struct reader_parent parent = {.house = house};
    struct reader_order order;
    int fds[READER_FD_COUNT];
    struct err err = {0};

    jail_isolate();
    reader_memory_init();
    if (jail_new(house->jail, &parent.jail, &err) < 0) {
        fprintf(stderr, "bilag-reader: %s\n", err.text);
        return 1;
    }
    while (receive_order(&order, fds)) {
        struct reader_report report = {0};

        serve(&parent, &order, fds, &report);
        if (send(READER_SOCKET_FD, &report, sizeof report, MSG_NOSIGNAL) < 0)
            break;
    }
    jail_free(parent.jail);
    return 0;
}
