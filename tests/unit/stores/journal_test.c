/*
 * The journal of a database: its name is made durable once, and again when the file is another.
 *
 * SQLite's syncs come to the functions here, which count them, in place of no_sync.c.
 */
#include "store_fixture.h"

#include "base/mem.h"
#include "stores/db.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static int folder_syncs, file_syncs;

static int count_sync(int fd, long call)
{
    struct stat st;

    if (fstat(fd, &st) == 0)
        *(S_ISDIR(st.st_mode) ? &folder_syncs : &file_syncs) += 1;
    return (int)syscall(call, fd);
}

int fsync(int fd)
{
    return count_sync(fd, SYS_fsync);
}

int fdatasync(int fd)
{
    return count_sync(fd, SYS_fdatasync);
}

static const char *const migrations[] = {"CREATE TABLE t(n INTEGER);"};
static const struct db_schema schema = {"test", 7, migrations, 1};

static void commit(struct db *db)
{
    folder_syncs = file_syncs = 0;
    assert_ok(db_run(db, err, "INSERT INTO t VALUES(1)", ""));
    assert_int_equal(file_syncs, 4); /* twice the journal, the database, the journal's end */
}

static int64_t rows_of(const char *path)
{
    struct db *db = NULL;
    int64_t n = 0;

    assert_ok(db_open(path, &schema, &db, err));
    assert_ok(db_get_int(db, &n, err, "SELECT count(*) FROM t", ""));
    db_close(db);
    return n;
}

static void test_name_is_synced_once(void **state)
{
    AUTO_FREE char *path = mem_printf("%s/some.db", (char *)*state);
    AUTO_FREE char *journal = mem_printf("%s-journal", path);
    struct db *db = NULL;

    folder_syncs = 0;
    assert_ok(db_open(path, &schema, &db, err));
    assert_in_range(folder_syncs, 1, 4);
    commit(db);
    assert_int_equal(folder_syncs, 0);
    assert_int_equal(unlink(journal), 0); /* as the sqlite3 shell does after its own transaction */
    commit(db);
    assert_in_range(folder_syncs, 1, 2);
    assert_int_equal(access(journal, F_OK), 0);
    commit(db);
    assert_int_equal(folder_syncs, 0);
    db_close(db);
    assert_int_equal(rows_of(path), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_name_is_synced_once, folder_setup, folder_teardown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
