/*
 * A child that was taken over tries what an attacker would. Each act runs in a jailed child of its
 * own and must be refused with an errno or end in SIGSYS; each is also run by a free child, where
 * those marked so must work: an act that fails anyway would prove nothing.
 */
#include "base/err.h"
#include "base/jail.h"
#include "base/mem.h"
#include "base/spawn.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { SUCCEEDED = 10, REFUSED = 11, NO_JAIL = 12 };

static char folder[] = "/tmp/jail-test-XXXXXX"; /* readable from the jail in one of the tests */
static char letter[64];                         /* a file in it */
static int parent_pid, secret_fd;

/* Acts return true when they got what they wanted. */
static bool open_passwd(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool open_by_open(void)
{
    return syscall(SYS_open, "/etc/passwd", O_RDONLY) >= 0;
}

static bool open_by_openat2(void)
{
    uint64_t how[3] = {O_RDONLY, 0, 0};

    return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how) >= 0;
}

static bool open_path_only(void)
{
    return open("/etc/passwd", O_PATH) >= 0;
}

static bool open_memory_of_parent(void)
{
    char path[40];

    snprintf(path, sizeof path, "/proc/%d/mem", parent_pid);
    return open(path, O_RDWR) >= 0;
}

static bool open_environment_of_parent(void)
{
    char path[40];

    snprintf(path, sizeof path, "/proc/%d/environ", parent_pid);
    return open(path, O_RDONLY) >= 0;
}

static bool create_file(void)
{
    return open("/tmp/jail-test-file", O_CREAT | O_WRONLY, 0600) >= 0;
}

static bool create_tmpfile(void)
{
    return open("/tmp", O_TMPFILE | O_RDWR, 0600) >= 0;
}

static bool write_letter(void)
{
    return open(letter, O_WRONLY) >= 0;
}

static bool truncate_letter(void)
{
    return truncate(letter, 0) == 0;
}

static bool unlink_letter(void)
{
    return unlink(letter) == 0;
}

static bool rename_letter(void)
{
    char other[80];

    snprintf(other, sizeof other, "%s2", letter);
    return rename(letter, other) == 0;
}

static bool link_letter(void)
{
    return symlink(letter, "/tmp/jail-test-link") == 0;
}

static bool make_folder(void)
{
    return mkdir("/tmp/jail-test-folder", 0700) == 0;
}

static bool change_mode(void)
{
    return chmod(letter, 0777) == 0;
}

static bool change_folder(void)
{
    return chdir("/") == 0;
}

static bool change_root(void)
{
    return chroot(folder) == 0;
}

static bool mount_something(void)
{
    return mount("none", folder, "tmpfs", 0, NULL) == 0;
}

static bool internet_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool datagram_socket(void)
{
    return socket(AF_INET6, SOCK_DGRAM, 0) >= 0;
}

static bool unix_socket(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/run/jail-test"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    return fd >= 0 && (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == ENOENT);
}

static bool netlink_socket(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}

static bool socket_pair(void)
{
    int ends[2];

    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
}

static bool execute(void)
{
    char *argv[] = {"true", NULL}, *environment[] = {NULL};

    execve("/bin/true", argv, environment);
    return false; /* a free child ends with 0, which the test knows */
}

static bool fork_once(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static bool clone_by_clone(void)
{
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, 0);

    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static bool clone_by_clone3(void)
{
    uint64_t arguments[8] = {[4] = SIGCHLD};
    pid_t pid = (pid_t)syscall(SYS_clone3, arguments, sizeof arguments);

    if (pid == 0)
        _exit(0);
    return pid > 0;
}

static bool trace_parent(void)
{
    return ptrace(PTRACE_ATTACH, parent_pid, NULL, NULL) == 0;
}

static bool read_memory_of_parent(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {&parent_pid, 1};

    return process_vm_readv(parent_pid, &here, 1, &there, 1, 0) == 1;
}

static bool signal_parent(void)
{
    return kill(parent_pid, 0) == 0;
}

static bool signal_by_thread(void)
{
    return syscall(SYS_tgkill, parent_pid, parent_pid, 0) == 0;
}

static bool signal_by_pidfd(void)
{
    return syscall(SYS_pidfd_open, parent_pid, 0) >= 0;
}

static bool write_to_other_fd(void)
{
    return write(secret_fd, "x", 1) == 1;
}

static bool duplicate_fd(void)
{
    return dup(2) >= 0;
}

static bool map_writable_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) != MAP_FAILED;
}

static bool make_memory_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool set_up_io_uring(void)
{
    char parameters[120] = {0};

    return syscall(SYS_io_uring_setup, 4, parameters) >= 0;
}

static bool use_keys(void)
{
    return syscall(SYS_keyctl, 0, -3, 0, 0, 0) >= 0;
}

static bool load_bpf(void)
{
    char attributes[128] = {0};

    return syscall(SYS_bpf, 0, attributes, sizeof attributes) >= 0;
}

static bool leave_namespaces(void)
{
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
}

static bool become_root(void)
{
    return setuid(0) == 0;
}

static bool become_dumpable(void)
{
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

static bool forget_parent(void)
{
    return prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0;
}

static bool raise_limit(void)
{
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

    return setrlimit(RLIMIT_CPU, &all) == 0;
}

static bool set_the_clock(void)
{
    struct timeval t = {0};

    return settimeofday(&t, NULL) == 0 || errno == EINVAL;
}

static bool share_memory(void)
{
    return shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600) >= 0;
}

static bool hide_a_program(void)
{
    return memfd_create("x", 0) >= 0;
}

static bool watch_files(void)
{
    return syscall(SYS_inotify_init1, 0) >= 0;
}

static bool fault_handler(void)
{
    return syscall(SYS_userfaultfd, 1) >= 0;
}

static bool read_host_name(void)
{
    return syscall(SYS_uname, (char[400]){0}) == 0;
}

static bool push_into_terminal(void)
{
    int byte = 'x';

    return syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, &byte) == 0;
}

/* The filter counts calls as this machine does; by the 32-bit door a number is another call. */
static bool use_32_bit_door(void)
{
    long r = -1;

#ifdef __x86_64__
    __asm__ volatile("int $0x80"
                     : "=a"(r)
                     : "a"(20 /* getpid */)
                     : "memory", "r8", "r9", "r10", "r11");
#endif
    return r > 0;
}

static bool use_x32_call(void)
{
    return syscall(0x40000000 | SYS_getpid) > 0;
}

#ifndef __SANITIZE_ADDRESS__
static bool eat_memory(void)
{
    return mmap(NULL, (size_t)8 << 30, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED;
}
#endif

static const struct {
    const char *name;
    bool (*act)(void);
    bool works_free; /* a free child succeeds: the refusal is the jail's */
} acts[] = {
    {"open", open_passwd, true},
    {"open by its own call", open_by_open, true},
    {"openat2", open_by_openat2, true},
    {"open as path", open_path_only, true},
    {"open the parent's memory", open_memory_of_parent, false},
    {"open the parent's environment", open_environment_of_parent, true},
    {"create", create_file, true},
    {"create without a name", create_tmpfile, false},
    {"write a readable file", write_letter, true},
    {"truncate", truncate_letter, true},
    {"rename", rename_letter, false},
    {"symlink", link_letter, false},
    {"unlink", unlink_letter, false},
    {"mkdir", make_folder, false},
    {"chmod", change_mode, false},
    {"chdir", change_folder, true},
    {"chroot", change_root, false},
    {"mount", mount_something, false},
    {"inet socket", internet_socket, true},
    {"inet6 datagram socket", datagram_socket, false},
    {"unix socket", unix_socket, true},
    {"netlink socket", netlink_socket, true},
    {"socketpair", socket_pair, true},
    {"exec", execute, true},
    {"fork", fork_once, true},
    {"clone", clone_by_clone, true},
    {"clone3", clone_by_clone3, true},
    {"ptrace the parent", trace_parent, false},
    {"read the parent's memory", read_memory_of_parent, false},
    {"signal the parent", signal_parent, true},
    {"signal the parent's thread", signal_by_thread, true},
    {"pidfd of the parent", signal_by_pidfd, true},
    {"write to another's descriptor", write_to_other_fd, true},
    {"dup", duplicate_fd, true},
    {"map writable code", map_writable_code, true},
    {"turn memory into code", make_memory_code, true},
    {"io_uring", set_up_io_uring, false},
    {"keyctl", use_keys, false},
    {"bpf", load_bpf, false},
    {"unshare", leave_namespaces, false},
    {"setuid", become_root, false},
    {"become dumpable", become_dumpable, true},
    {"outlive the parent", forget_parent, true},
    {"raise a limit", raise_limit, false},
    {"set the clock", set_the_clock, false},
    {"shared memory", share_memory, false},
    {"memfd", hide_a_program, true},
    {"inotify", watch_files, true},
    {"userfaultfd", fault_handler, false},
    {"host name", read_host_name, true},
    {"push into a terminal", push_into_terminal, false},
    {"call by the 32-bit door", use_32_bit_door, false},
    {"call by the x32 numbers", use_x32_call, false},
#ifndef __SANITIZE_ADDRESS__
    {"8 GB of address space", eat_memory, true},
#endif
};

/* How a child ended that was put into `jail` (or none) and ran one act. */
static struct child_end run(const struct jail *jail, bool (*act)(void))
{
    static const int keep[] = {0, 1, 2};
    const struct jail_limits limits = {1, (size_t)1 << 30};
    struct child child;
    struct child_end end;
    int self = getpid();

    if (spawn_fork(&child) == 0) {
        if (jail && jail_enter(jail, &limits, keep, ARRAY_LENGTH(keep), self, NULL) < 0)
            _exit(NO_JAIL);
        _exit(act() ? SUCCEEDED : REFUSED);
    }
    assert_int_equal(spawn_wait(&child, -1, &end, NULL), 0);
    return end;
}

static void refuse_all(const struct jail_options *options)
{
    struct jail *jail = NULL;
    int escapes = 0;

    assert_int_equal(jail_new(options, &jail, NULL), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(acts); i++) {
        struct child_end end = run(jail, acts[i].act);

        if (end.exit_status == REFUSED || end.signal == SIGSYS)
            continue;
        print_error("%s: exit %d, signal %d\n", acts[i].name, end.exit_status, end.signal);
        escapes++;
    }
    jail_free(jail);
    assert_int_equal(escapes, 0);
}

static void test_acts_work_outside(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(acts); i++) {
        struct child_end end;

        if (!acts[i].works_free)
            continue;
        end = run(NULL, acts[i].act);
        if (end.exit_status != SUCCEEDED && end.exit_status != 0)
            fail_msg("%s fails in a free child too", acts[i].name);
    }
}

static void test_refused_without_readable(void **state)
{
    (void)state;
    refuse_all(&(struct jail_options){.landlock_abi = JAIL_ABI_ASK});
}

static void test_refused_with_readable(void **state)
{
    const char *const readable[] = {folder, NULL};

    (void)state;
    refuse_all(&(struct jail_options){.readable = readable, .landlock_abi = JAIL_ABI_ASK});
}

static void test_refused_on_old_kernels(void **state)
{
    const char *const readable[] = {folder, NULL};

    (void)state;
    for (int abi = 0; abi < 6; abi++)
        refuse_all(&(struct jail_options){.readable = readable, .landlock_abi = abi});
}

static bool read_letter(void)
{
    char byte;
    int fd = open(letter, O_RDONLY);

    return fd >= 0 && read(fd, &byte, 1) == 1;
}

static int ending(const struct jail_options *options, bool (*act)(void), int *ret_abi)
{
    struct jail *jail = NULL;
    struct child_end end;

    assert_int_equal(jail_new(options, &jail, NULL), 0);
    *ret_abi = jail_landlock_abi(jail);
    end = run(jail, act);
    jail_free(jail);
    return end.exit_status;
}

static void test_readable_is_readable(void **state)
{
    const char *const readable[] = {folder, "/no/such/folder", NULL};
    struct jail_options options = {.readable = readable, .landlock_abi = JAIL_ABI_ASK};
    int abi, status;

    (void)state;
    status = ending(&options, read_letter, &abi);
    assert_int_equal(status, abi > 0 ? SUCCEEDED : REFUSED);
    options.landlock_abi = 0;
    assert_int_equal(ending(&options, read_letter, &abi), REFUSED);
    assert_int_equal(abi, 0);
}

static bool compute(void)
{
    char *bytes = mem_alloc((size_t)64 << 20);
    struct timespec now;
    bool is_fine = clock_gettime(CLOCK_MONOTONIC, &now) == 0 && write(2, "", 0) == 0;

    bytes[12345] = 1;
    free(bytes);
    return is_fine;
}

static void test_work_is_possible(void **state)
{
    int abi;

    (void)state;
    assert_int_equal(ending(&(struct jail_options){.landlock_abi = JAIL_ABI_ASK}, compute, &abi),
                     SUCCEEDED);
}

/* What the kernel makes of it takes a second of CPU to see: reader_client_test.c spins. */
static bool may_not_spin(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_CPU, &limit) == 0 && limit.rlim_cur == 1 && limit.rlim_max == 2;
}

static void test_time_is_limited(void **state)
{
    struct jail *jail = NULL;
    struct child_end end;

    (void)state;
    assert_int_equal(jail_new(&(struct jail_options){.landlock_abi = 0}, &jail, NULL), 0);
    end = run(jail, may_not_spin);
    jail_free(jail);
    assert_int_equal(end.exit_status, SUCCEEDED);
}

static void test_forbidden_call_is_named(void **state)
{
    static const struct jail_options options = {.landlock_abi = 0, .names_calls = true};
    static const int keep[] = {0, 1, 2};
    struct jail *jail = NULL;
    struct child child;
    struct child_end end;
    int log[2], self = getpid();
    char text[80] = "";

    (void)state;
    assert_int_equal(pipe(log), 0);
    assert_int_equal(jail_new(&options, &jail, NULL), 0);
    if (spawn_fork(&child) == 0) {
        dup2(log[1], 2);
        if (jail_enter(jail, &(struct jail_limits){0}, keep, 3, self, NULL) == 0)
            internet_socket();
        _exit(SUCCEEDED);
    }
    assert_int_equal(spawn_wait(&child, -1, &end, NULL), 0);
    assert_int_equal(end.exit_status, 128 + SIGSYS);
    assert_true(read(log[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, "jail: socket is forbidden\n");
    jail_free(jail);
    close(log[0]);
    close(log[1]);
}

static int make_letter(void **state)
{
    int fd;

    (void)state;
    parent_pid = getpid();
    secret_fd = open("/dev/null", O_WRONLY);
    if (!mkdtemp(folder) || chmod(folder, 0755) < 0)
        return -1;
    snprintf(letter, sizeof letter, "%s/letter", folder);
    fd = open(letter, O_CREAT | O_WRONLY, 0666);
    if (fd < 0 || fchmod(fd, 0666) < 0 || write(fd, "Dear", 4) != 4)
        return -1;
    return close(fd);
}

static int refill_letter(void **state)
{
    int fd = open(letter, O_WRONLY | O_TRUNC);

    (void)state;
    if (fd < 0 || write(fd, "Dear", 4) != 4)
        return -1;
    return close(fd);
}

static int remove_letter(void **state)
{
    (void)state;
    unlink(letter);
    unlink("/tmp/jail-test-file");
    close(secret_fd);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_acts_work_outside, refill_letter),
        cmocka_unit_test(test_refused_without_readable),
        cmocka_unit_test(test_refused_with_readable),
        cmocka_unit_test(test_refused_on_old_kernels),
        cmocka_unit_test(test_readable_is_readable),
        cmocka_unit_test(test_work_is_possible),
        cmocka_unit_test(test_time_is_limited),
        cmocka_unit_test(test_forbidden_call_is_named),
    };

    return cmocka_run_group_tests(tests, make_letter, remove_letter);
}
