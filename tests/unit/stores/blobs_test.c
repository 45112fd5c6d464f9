/* Blobs: one contract for disk and ram, and what only a disk can suffer. */
#include "store_fixture.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "stores/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

struct shelf {
    char *folder; /* NULL: in memory */
    struct blobs *blobs;
};

static int shelf_on_disk(void **state)
{
    struct shelf *w = mem_alloc(sizeof *w);

    folder_setup((void **)&w->folder);
    assert_ok(blobs_open(w->folder, &w->blobs, err));
    *state = w;
    return 0;
}

static int shelf_in_ram(void **state)
{
    struct shelf *w = mem_alloc(sizeof *w);

    assert_ok(blobs_open_ram(&w->blobs, err));
    *state = w;
    return 0;
}

static int shelf_teardown(void **state)
{
    struct shelf *w = *state;

    blobs_close(w->blobs);
    if (w->folder)
        folder_teardown((void **)&w->folder);
    free(w);
    return 0;
}

static void assert_blob(struct blobs *b, const char *sha256, const char *bytes)
{
    AUTO_CLOSE int fd = -1;
    char got[100] = "";

    assert_ok(blobs_get(b, sha256, &fd, err));
    assert_int_equal(read(fd, got, sizeof got), strlen(bytes));
    assert_string_equal(got, bytes);
    assert_int_equal(write(fd, "x", 1), -1); /* sealed */
}

static void test_put_and_get(void **state)
{
    struct shelf *w = *state;
    char sha[HASH_HEX_SIZE], again[HASH_HEX_SIZE], hex[HASH_HEX_SIZE];

    hash_bytes("paper", 5, hex);
    assert_false(blobs_has(w->blobs, hex));
    assert_ok(blobs_put(w->blobs, "paper", 5, sha, err));
    assert_string_equal(sha, hex);
    assert_true(blobs_has(w->blobs, hex));
    assert_blob(w->blobs, sha, "paper");
    assert_ok(blobs_put_derived(w->blobs, "paper", 5, again, err));
    assert_ok(blobs_put(w->blobs, "paper", 5, again, err));
    assert_string_equal(sha, again);
    assert_ok(blobs_put(w->blobs, "", 0, sha, err));
    assert_blob(w->blobs, sha, "");
}

static void test_what_is_not_there(void **state)
{
    struct shelf *w = *state;
    char hex[HASH_HEX_SIZE];
    int fd = -1;

    hash_bytes("nothing", 7, hex);
    assert_err(ERR_NOT_FOUND, blobs_get(w->blobs, hex, &fd, err));
    assert_err(ERR_NOT_FOUND, blobs_get(w->blobs, "../../etc/passwd", &fd, err));
    assert_false(blobs_has(w->blobs, "../../etc/passwd"));
    assert_int_equal(fd, -1);
}

struct tally {
    int good, bad;
    char last_bad[HASH_HEX_SIZE];
};

static void count(void *user, const char *sha256, int code, const char *why)
{
    struct tally *t = user;

    (void)why;
    if (code == 0) {
        t->good++;
        return;
    }
    t->bad++;
    memcpy(t->last_bad, sha256, HASH_HEX_SIZE);
}

static void test_scrub_counts(void **state)
{
    struct shelf *w = *state;
    char sha[HASH_HEX_SIZE];
    struct tally t = {0};

    assert_ok(blobs_put(w->blobs, "one", 3, sha, err));
    assert_ok(blobs_put_derived(w->blobs, "two", 3, sha, err));
    assert_ok(blobs_scrub(w->blobs, count, &t, err));
    assert_int_equal(t.good, 2);
    assert_int_equal(t.bad, 0);
}

static char *path_of(const struct shelf *w, const char *sha256)
{
    return mem_printf("%s/objects/%.2s/%s", w->folder, sha256, sha256);
}

static void damage(const struct shelf *w, const char *sha256, const char *bytes, size_t length)
{
    AUTO_FREE char *path = path_of(w, sha256);

    assert_int_equal(unlink(path), 0);
    assert_ok(file_write(path, bytes, length, 0444, err));
}

static void test_a_flipped_bit_is_found(void **state)
{
    struct shelf *w = *state;
    char good[HASH_HEX_SIZE], sha[HASH_HEX_SIZE];
    struct tally t = {0};
    int fd = -1;

    assert_ok(blobs_put(w->blobs, "good", 4, good, err));
    assert_ok(blobs_put(w->blobs, "paper", 5, sha, err));
    damage(w, sha, "qaper", 5);
    assert_err(ERR_INVALID, blobs_get(w->blobs, sha, &fd, err));
    assert_ok(blobs_scrub(w->blobs, count, &t, err));
    assert_int_equal(t.good, 1);
    assert_int_equal(t.bad, 1);
    assert_string_equal(t.last_bad, sha);
}

static void test_a_short_object_is_replaced(void **state)
{
    struct shelf *w = *state;
    char sha[HASH_HEX_SIZE];

    assert_ok(blobs_put_derived(w->blobs, "paper", 5, sha, err));
    damage(w, sha, "pa", 2);
    assert_ok(blobs_put(w->blobs, "paper", 5, sha, err));
    assert_blob(w->blobs, sha, "paper");
}

static void test_objects_are_read_only_and_nothing_lies_aside(void **state)
{
    struct shelf *w = *state;
    char sha[HASH_HEX_SIZE];
    AUTO_FREE char *path = NULL, *aside = mem_printf("%s/aside", w->folder);
    struct stat st;

    assert_ok(blobs_put(w->blobs, "paper", 5, sha, err));
    path = path_of(w, sha);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0444);
    assert_int_equal(rmdir(aside), 0); /* succeeds only when empty */
}

/* Many processes put the same bytes at once: all succeed and one object is there. */
static void test_many_writers_of_one_object(void **state)
{
    struct shelf *w = *state;
    char sha[HASH_HEX_SIZE];
    int status;

    for (int i = 0; i < 8; i++)
        if (fork() == 0)
            _exit(blobs_put(w->blobs, "same", 4, sha, NULL) < 0);
    for (int i = 0; i < 8; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    hash_bytes("same", 4, sha);
    assert_blob(w->blobs, sha, "same");
}

static void test_a_full_disk_leaves_nothing(void **state)
{
    struct shelf *w = *state;
    AUTO_FREE char *small = mem_printf("%s/small", w->folder);
    AUTO_FREE char *bytes = mem_alloc(1 << 20);
    struct blobs *b = NULL;
    char sha[HASH_HEX_SIZE] = "";

    assert_int_equal(mkdir(small, 0700), 0);
    if (mount("tmpfs", small, "tmpfs", 0, "size=256k") < 0) {
        print_message("skipped: mounting a small tmpfs: %s\n", strerror(errno));
        skip();
    }
    assert_ok(blobs_open(small, &b, err));
    assert_err(ERR_IO, blobs_put(b, bytes, 1 << 20, sha, err));
    assert_string_equal(sha, "");
    assert_ok(blobs_put(b, "little", 6, sha, err)); /* the failed one left its room free */
    assert_blob(b, sha, "little");
    blobs_close(b);
    umount2(small, MNT_DETACH);
}

#define ANY(test)                                                                                  \
    {#test " (disk)", test, shelf_on_disk, shelf_teardown, NULL},                                  \
    {                                                                                              \
#test " (ram)", test, shelf_in_ram, shelf_teardown, NULL                                   \
    }
#define ON_DISK(test)                                                                              \
    {                                                                                              \
#test, test, shelf_on_disk, shelf_teardown, NULL                                           \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY(test_put_and_get),
        ANY(test_what_is_not_there),
        ANY(test_scrub_counts),
        ON_DISK(test_a_flipped_bit_is_found),
        ON_DISK(test_a_short_object_is_replaced),
        ON_DISK(test_objects_are_read_only_and_nothing_lies_aside),
        ON_DISK(test_many_writers_of_one_object),
        ON_DISK(test_a_full_disk_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
