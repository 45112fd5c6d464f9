/*
 * Which system calls a jailed process may make, as one table.
 *
 * The default is death. Three kinds of exception: calls that computing needs (allowed), calls that
 * are harmless in one form only (allowed with a condition on an argument), and calls with which
 * libraries look around and take no for an answer (refused with an errno, so that a probe for a
 * terminal does not cost the page). The set was found with `names_calls` over the test corpora.
 */
#include "base/jail_calls.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALL(name) SCMP_SYS(name)

static const int allowed[] = {
    CALL(brk),
    CALL(mremap),
    CALL(munmap),
    CALL(madvise),
    CALL(read),
    CALL(readv),
    CALL(pread64),
    CALL(lseek),
    CALL(write),
    CALL(writev),
    CALL(close),
    CALL(fstat),
    CALL(newfstatat),
    CALL(getdents64),
    CALL(fadvise64),
    CALL(futex),
    CALL(clock_gettime),
    CALL(clock_getres),
    CALL(gettimeofday),
    CALL(time),
    CALL(getpid),
    CALL(gettid),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(getrusage),
    CALL(times),
    CALL(sysinfo),
    CALL(sched_getaffinity),
    CALL(sched_yield),
    CALL(getrandom),
    CALL(rt_sigaction),
    CALL(rt_sigprocmask),
    CALL(rt_sigreturn),
    CALL(sigaltstack),
    CALL(restart_syscall),
    CALL(exit),
    CALL(exit_group),
};

static const struct {
    int call, errno_value;
} refused[] = {
    {CALL(ioctl), ENOTTY},      {CALL(access), EACCES},   {CALL(faccessat), EACCES},
    {CALL(faccessat2), EACCES}, {CALL(readlink), EACCES}, {CALL(readlinkat), EACCES},
    {CALL(stat), EACCES},       {CALL(lstat), EACCES},    {CALL(statx), ENOSYS},
    {CALL(getcwd), EACCES},     {CALL(uname), EPERM},     {CALL(unlink), EACCES},
    {CALL(mkdir), EACCES},      {CALL(tgkill), EPERM},    {CALL(statfs), EACCES},
    {CALL(fstatfs), EACCES},
};

/* Bits that turn an open for reading into something else. O_TMPFILE contains O_DIRECTORY. */
#define OPEN_FORBIDDEN (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_PATH)

static int allow_forms(scmp_filter_ctx filter, bool may_open)
{
    struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    struct scmp_arg_cmp only_read = SCMP_A1(SCMP_CMP_MASKED_EQ, OPEN_FORBIDDEN, 0);
    struct scmp_arg_cmp only_read_at = SCMP_A2(SCMP_CMP_MASKED_EQ, OPEN_FORBIDDEN, 0);
    struct scmp_arg_cmp get_flags = SCMP_A1(SCMP_CMP_EQ, F_GETFL);
    struct scmp_arg_cmp get_fd = SCMP_A1(SCMP_CMP_EQ, F_GETFD);
    struct scmp_arg_cmp set_fd = SCMP_A1(SCMP_CMP_EQ, F_SETFD);
    struct scmp_arg_cmp only_ask[] = {SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)};
    int r = 0;

    r |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALL(mmap), 1, &no_exec);
    r |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALL(mprotect), 1, &no_exec);
    r |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALL(fcntl), 1, &get_flags);
    r |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALL(fcntl), 1, &get_fd);
    r |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALL(fcntl), 1, &set_fd);
    r |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALL(prlimit64), 2, only_ask);
    if (!may_open) {
        r |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), CALL(open), 0);
        return r | seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), CALL(openat), 0);
    }
    r |= seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALL(open), 1, &only_read);
    return r | seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALL(openat), 1, &only_read_at);
}

static int add_rules(scmp_filter_ctx filter, bool may_open)
{
    int r = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(allowed); i++)
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
        r |= seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint16_t)refused[i].errno_value),
                              refused[i].call, 0);
    r |= allow_forms(filter, may_open);
    r |= seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree of calls */
    return r;
}

/* libseccomp writes programs to descriptors only. */
static int export_program(scmp_filter_ctx filter, struct sock_fprog *ret)
{
    AUTO_CLOSE int fd = memfd_create("filter", MFD_CLOEXEC);
    struct stat st;
    struct sock_filter *code;

    if (fd < 0 || seccomp_export_bpf(filter, fd) < 0 || fstat(fd, &st) < 0)
        return -1;
    code = mem_alloc((size_t)st.st_size);
    if (pread(fd, code, (size_t)st.st_size, 0) != st.st_size) {
        free(code);
        return -1;
    }
    *ret = (struct sock_fprog){(unsigned short)((size_t)st.st_size / sizeof *code), code};
    return 0;
}

int jail_calls_build(bool may_open, bool names_calls, struct sock_fprog *ret, struct err *err)
{
    scmp_filter_ctx filter = seccomp_init(names_calls ? SCMP_ACT_TRAP : SCMP_ACT_KILL_PROCESS);
    int r = filter ? add_rules(filter, may_open) : -1;

    if (r == 0)
        r = export_program(filter, ret);
    seccomp_release(filter);
    return r < 0 ? err_set(err, ERR_IO, "building the system call filter") : 0;
}

static void name_and_end(int signal, siginfo_t *info, void *context)
{
    char *name = seccomp_syscall_resolve_num_arch(info->si_arch, info->si_syscall);
    char text[80];
    int n = snprintf(text, sizeof text, "jail: %s is forbidden\n", name ? name : "?");

    (void)context;
    if (write(STDERR_FILENO, text, (size_t)n) < 0)
        _exit(128 + signal);
    _exit(128 + signal);
}

void jail_calls_name_on_trap(void)
{
    struct sigaction action = {.sa_sigaction = name_and_end, .sa_flags = SA_SIGINFO};

    sigaction(SIGSYS, &action, NULL);
}
