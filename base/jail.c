/*
 * Rlimits, landlock, seccomp, a nobody's identity. What costs time is made once in the warm parent:
 * the filter is compiled to BPF and the landlock rules are a descriptor that children restrict
 * themselves by. Landlock is asked for its version and given only what that version knows; where
 * it is missing the filter refuses to open anything.
 */
#include "base/jail.h"

#include "base/err.h"
#include "base/jail_calls.h"
#include "base/mem.h"
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534
#define OPEN_FILES 64 /* fonts and maps that one page opens at a time */
#define STACK_BYTES ((rlim_t)8 << 20)

/* Landlock as of version 6; Debian 12's headers know version 2. */
#define RIGHT_READ_FILE (1ull << 2)
#define RIGHT_READ_DIR (1ull << 3)
#define RULE_PATH_BENEATH 1
#define ASK_VERSION 1u

struct landlock_rules {
    uint64_t fs, net, scoped;
};

struct landlock_path {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

struct jail {
    struct sock_fprog filter;
    int landlock_fd; /* -1: the kernel has none */
    int landlock_abi;
    bool names_calls;
};

static int ask_abi(int wanted)
{
    int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);

    if (abi < 0)
        abi = 0;
    return wanted >= 0 && wanted < abi ? wanted : abi;
}

/* Everything a version can forbid is forbidden: 13 rights to files in version 1, then moving
 * between folders, cutting, device ioctls; TCP from 4; abstract sockets and signals from 6. */
static int create_rules(int abi)
{
    struct landlock_rules rules = {
        .fs = (1ull << (abi >= 5   ? 16
                        : abi >= 3 ? 15
                        : abi == 2 ? 14
                                   : 13)) -
              1,
        .net = 3,
        .scoped = 3,
    };
    size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;

    return (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0u);
}

static int allow_reading(int rules, const char *path)
{
    AUTO_CLOSE int fd = open(path, O_PATH | O_CLOEXEC);
    struct landlock_path rule = {.allowed = RIGHT_READ_FILE, .parent_fd = fd};
    struct stat st;

    if (fd < 0)
        return 0; /* a folder this machine does not have needs no rule */
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        rule.allowed |= RIGHT_READ_DIR;
    return (int)syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0u);
}

static int open_landlock(struct jail *jail, const struct jail_options *o, struct err *err)
{
    jail->landlock_abi = ask_abi(o->landlock_abi);
    if (jail->landlock_abi == 0)
        return 0;
    jail->landlock_fd = create_rules(jail->landlock_abi);
    if (jail->landlock_fd < 0)
        return err_errno(err, ERR_IO, "landlock version %d", jail->landlock_abi);
    for (size_t i = 0; o->readable && o->readable[i]; i++)
        if (allow_reading(jail->landlock_fd, o->readable[i]) < 0)
            return err_errno(err, ERR_IO, "landlock rule for %s", o->readable[i]);
    return 0;
}

int jail_new(const struct jail_options *options, struct jail **ret, struct err *err)
{
    struct jail *jail = mem_alloc(sizeof *jail);
    int r;

    jail->landlock_fd = -1;
    jail->names_calls = options->names_calls;
    r = open_landlock(jail, options, err);
    if (r == 0)
        r = jail_calls_build(options->readable && jail->landlock_abi > 0, options->names_calls,
                             &jail->filter, err);
    if (r < 0) {
        jail_free(jail);
        return r;
    }
    *ret = jail;
    return 0;
}

void jail_free(struct jail *jail)
{
    if (!jail)
        return;
    if (jail->landlock_fd >= 0)
        close(jail->landlock_fd);
    free(jail->filter.filter);
    free(jail);
}

int jail_landlock_abi(const struct jail *jail)
{
    return jail->landlock_abi;
}

bool jail_isolate(void)
{
    int spaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

    return unshare(spaces) == 0 || unshare(spaces | CLONE_NEWUSER) == 0;
}

static int close_others(const int *keep, size_t n_keep, struct err *err)
{
    unsigned next = 0;

    for (size_t i = 0; i < n_keep; next = (unsigned)keep[i++] + 1)
        if (next < (unsigned)keep[i] && close_range(next, (unsigned)keep[i] - 1, 0) < 0)
            return err_errno(err, ERR_IO, "closing descriptors");
    return close_range(next, ~0u, 0) < 0 ? err_errno(err, ERR_IO, "closing descriptors") : 0;
}

static int drop_root(struct err *err)
{
    if (geteuid() != 0)
        return 0;
    if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
        setresuid(NOBODY, NOBODY, NOBODY) < 0)
        return err_errno(err, ERR_IO, "dropping root");
    return 0;
}

static int limit(int resource, rlim_t soft, rlim_t hard, struct err *err)
{
    struct rlimit l = {soft, hard};

    return setrlimit((__rlimit_resource_t)resource, &l) < 0
               ? err_errno(err, ERR_IO, "resource limit %d", resource)
               : 0;
}

/* The soft CPU limit ends the process by SIGXCPU, a second later the hard one by SIGKILL. */
static int set_limits(const struct jail_limits *limits, struct err *err)
{
    rlim_t cpu = (rlim_t)limits->cpu_seconds;
    int r = limit(RLIMIT_CORE, 0, 0, err);

    if (r == 0)
        r = limit(RLIMIT_FSIZE, 0, 0, err);
    if (r == 0)
        r = limit(RLIMIT_NPROC, 0, 0, err);
    if (r == 0)
        r = limit(RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES, err);
    if (r == 0)
        r = limit(RLIMIT_STACK, STACK_BYTES, STACK_BYTES, err);
    if (r == 0 && cpu)
        r = limit(RLIMIT_CPU, cpu, cpu + 1, err);
#ifndef __SANITIZE_ADDRESS__ /* whose shadow is terabytes of address space */
    if (r == 0 && limits->memory_bytes)
        r = limit(RLIMIT_AS, limits->memory_bytes, limits->memory_bytes, err);
#endif
    return r;
}

/* The rules must be installed last to first: the filter forbids the calls that install the rest. */
static int lock_door(const struct jail *jail, int landlock_fd, struct err *err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return err_errno(err, ERR_IO, "no new privileges");
    if (landlock_fd >= 0) {
        if (syscall(SYS_landlock_restrict_self, landlock_fd, 0u) < 0)
            return err_errno(err, ERR_IO, "entering landlock");
        close(landlock_fd);
    }
    if (jail->names_calls)
        jail_calls_name_on_trap();
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u, &jail->filter) < 0)
        return err_errno(err, ERR_IO, "entering the system call filter");
    return 0;
}

int jail_enter(const struct jail *jail, const struct jail_limits *limits, const int *keep,
               size_t n_keep, int parent, struct err *err)
{
    int above = n_keep ? keep[n_keep - 1] + 1 : 0;
    int landlock_fd = jail->landlock_fd < 0 ? -1 : fcntl(jail->landlock_fd, F_DUPFD, above);
    int held[32];
    int r;

    if (n_keep + 1 > ARRAY_LENGTH(held))
        BUG("a jail with %zu descriptors", n_keep);
    for (size_t i = 0; i < n_keep; i++)
        held[i] = keep[i];
    held[n_keep] = landlock_fd;
    r = close_others(held, n_keep + (landlock_fd >= 0), err);
    if (r == 0)
        r = drop_root(err);
    if (r == 0)
        r = set_limits(limits, err);
    if (r < 0)
        return r;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (spawn_die_with_parent((pid_t)parent))
        return err_set(err, ERR_IO, "the parent is gone");
    return lock_door(jail, landlock_fd, err);
}
