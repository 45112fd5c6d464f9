/* Files: whole or not there, regular only, bounded; sealed copies that nobody can change. */
#include "base/file.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int read_code(const char *path, size_t max_bytes)
{
    AUTO_BUF struct buf b;
    struct err err = {0};
    int r;

    buf_init(&b, max_bytes);
    r = file_read(path, &b, &err);
    assert_int_equal(err.code, r);
    return r;
}

static int count_names(const char *folder)
{
    DIR *dir = opendir(folder);
    int n = 0;

    for (struct dirent *e; (e = readdir(dir));)
        n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

static void what_was_written_is_read(void **state)
{
    AUTO_BUF struct buf b;
    const char *path = in_folder(state, "entry");
    struct stat st;

    buf_init(&b, 100);
    assert_int_equal(file_write(path, "first\0!", 7, 0600, NULL), 0);
    assert_int_equal(file_write(path, "second\0?", 8, 0640, NULL), 0);
    assert_int_equal(file_read(path, &b, NULL), 0);
    assert_int_equal(b.length, 8);
    assert_memory_equal(b.data, "second\0?", 8);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(count_names(*state), 1);
}

/* The rename fails (the name is a folder): nothing may be left behind. */
static void a_failed_write_leaves_nothing(void **state)
{
    struct err err = {0};
    const char *path = in_folder(state, "taken");

    assert_int_equal(file_make_folder(in_folder(state, "taken/inside"), NULL), 0);
    assert_int_equal(file_write(path, "x", 1, 0600, &err), ERR_IO);
    assert_int_equal(count_names(*state), 1);
    assert_int_equal(file_write(in_folder(state, "none/x"), "x", 1, 0600, &err), ERR_IO);
}

/* The disk takes ten bytes and no more. */
static void a_full_disk_leaves_the_old_file(void **state)
{
    const struct rlimit ten = {10, RLIM_INFINITY}, any = {RLIM_INFINITY, RLIM_INFINITY};
    const char *path = in_folder(state, "ledger");
    struct err err = {0};
    AUTO_BUF struct buf b;

    buf_init(&b, 100);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(file_write(path, "old", 3, 0600, NULL), 0);
    setrlimit(RLIMIT_FSIZE, &ten);
    assert_int_equal(file_write(path, "0123456789+", 11, 0600, &err), ERR_IO);
    setrlimit(RLIMIT_FSIZE, &any);
    assert_int_equal(count_names(*state), 1);
    assert_int_equal(file_read(path, &b, NULL), 0);
    assert_string_equal(b.data, "old");
}

/* What a person named stays what it is: private, a link, a pipe. */
static void a_named_output_stays_what_it_was(void **state)
{
    const char *real = in_folder(state, "real"), *link = in_folder(state, "link"),
               *fifo = in_folder(state, "fifo");
    AUTO_CLOSE int reader = -1;
    char text[8] = "";
    struct stat st;

    file_write(real, "x", 1, 0600, NULL);
    assert_int_equal(symlink(real, link), 0);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    reader = open(fifo, O_RDONLY | O_NONBLOCK);
    assert_int_equal(file_put(link, "paper", 5, NULL), 0);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(real, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 5);
    assert_int_equal(file_put(fifo, "paper", 5, NULL), 0);
    assert_int_equal(read(reader, text, sizeof text), 5);
    assert_int_equal(stat(fifo, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    assert_int_equal(file_put(*state, "paper", 5, NULL), ERR_IO);
}

static void only_regular_files_are_read(void **state)
{
    const char *path = in_folder(state, "real"), *link = in_folder(state, "link"),
               *fifo = in_folder(state, "fifo");

    file_write(path, "x", 1, 0600, NULL);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(read_code(path, 10), 0);
    assert_int_equal(read_code(link, 10), ERR_INVALID);
    assert_int_equal(read_code(fifo, 10), ERR_INVALID);
    assert_int_equal(read_code(*state, 10), ERR_INVALID);
    assert_int_equal(read_code("/dev/zero", 10), ERR_INVALID);
    assert_int_equal(read_code(in_folder(state, "missing"), 10), ERR_NOT_FOUND);
}

static void the_limit_is_exact(void **state)
{
    const char *path = in_folder(state, "ten");

    file_write(path, "0123456789", 10, 0600, NULL);
    assert_int_equal(read_code(path, 10), 0);
    assert_int_equal(read_code(path, 9), ERR_LIMIT);
    assert_int_equal(read_code(path, 0), ERR_LIMIT);
}

/* A pipe has no size to look at beforehand: the limit must hold while reading. */
static void the_limit_holds_on_a_pipe(void **state)
{
    int ends[2];

    (void)state;
    for (size_t max = 9; max <= 10; max++) {
        AUTO_BUF struct buf b;

        buf_init(&b, max);
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(file_write_fd(ends[1], "0123456789", 10, NULL), 0);
        close(ends[1]);
        assert_int_equal(file_read_fd(ends[0], &b, NULL), max == 10 ? 0 : ERR_LIMIT);
        close(ends[0]);
    }
}

static void folders_are_made_with_their_parents(void **state)
{
    const char *path = in_folder(state, "a/b/c");
    struct stat st;

    assert_int_equal(file_make_folder(path, NULL), 0);
    assert_int_equal(file_make_folder(path, NULL), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    file_write(in_folder(state, "a/file"), "x", 1, 0600, NULL);
    assert_int_equal(file_make_folder(in_folder(state, "a/file/d"), NULL), ERR_IO);
}

static void a_sealed_copy_cannot_change(void **state)
{
    const char *path = in_folder(state, "scan");
    AUTO_CLOSE int fd = -1;
    const unsigned char *bytes;
    size_t length;

    file_write(path, "paper", 5, 0600, NULL);
    fd = file_sealed_copy(path, 100, NULL);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x", 1), -1);
    assert_int_equal(ftruncate(fd, 0), -1);
    assert_ptr_equal(mmap(NULL, 5, PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
    assert_int_equal(file_map(fd, &bytes, &length, NULL), 0);
    assert_int_equal(length, 5);
    assert_memory_equal(bytes, "paper", 5);
    file_unmap(bytes, length);
    assert_int_equal(file_sealed_copy(path, 4, NULL), ERR_LIMIT);
}

static void an_empty_file_maps_to_nothing(void **state)
{
    AUTO_CLOSE int fd = file_sealed("empty", "", 0, NULL);
    const unsigned char *bytes = (const unsigned char *)"?";
    size_t length = 9;

    (void)state;
    assert_int_equal(file_map(fd, &bytes, &length, NULL), 0);
    assert_null(bytes);
    assert_int_equal(length, 0);
    file_unmap(bytes, length);
}

static void base_names(void **state)
{
    (void)state;
    assert_string_equal(file_base_name("/in/a.pdf"), "a.pdf");
    assert_string_equal(file_base_name("a.pdf"), "a.pdf");
    assert_string_equal(file_base_name("in/"), "");
}

#define FOLDER_TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(what_was_written_is_read),
        FOLDER_TEST(a_failed_write_leaves_nothing),
        FOLDER_TEST(a_full_disk_leaves_the_old_file),
        FOLDER_TEST(a_named_output_stays_what_it_was),
        FOLDER_TEST(only_regular_files_are_read),
        FOLDER_TEST(the_limit_is_exact),
        cmocka_unit_test(the_limit_holds_on_a_pipe),
        FOLDER_TEST(folders_are_made_with_their_parents),
        FOLDER_TEST(a_sealed_copy_cannot_change),
        cmocka_unit_test(an_empty_file_maps_to_nothing),
        cmocka_unit_test(base_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
