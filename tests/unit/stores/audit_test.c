/*
 * The audit chain under hands that tamper: every row edited, removed, moved or put in is named, and
 * what a chain cannot show by itself (a tail cut off, a chain made anew) a signed head shows.
 */
#include "store_fixture.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "stores/audit.h"

#include <sqlite3.h>
#include <sys/stat.h>

#define ROWS 8 /* four files: a batch and a submission each */

static int chain_setup(void **state)
{
    struct world *w;

    disk_setup(state);
    w = *state;
    for (int i = 0; i < ROWS / 2; i++)
        sample_file(w->r, (char)('a' + i), "a.pdf");
    return 0;
}

/* The chain is meant to be broken: nothing is checked at the end. */
static int chain_teardown(void **state)
{
    struct world *w = *state;

    records_close(w->r);
    folder_teardown((void **)&w->folder);
    free(w->path);
    arena_release(&w->a);
    free(w);
    return 0;
}

/* As someone with the file and the sqlite3 command would. */
static void tamper(struct world *w, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;

    assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
    sqlite3_exec(db, "DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps", NULL, NULL, NULL);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    sqlite3_close(db);
}

static void assert_bad(struct world *w, int64_t row)
{
    int64_t bad = 0;

    assert_err(ERR_INVALID, audit_verify(records_audit(w->r), NULL, &bad, err));
    assert_int_equal(bad, row);
}

static void test_a_whole_chain(void **state)
{
    struct world *w = *state;
    struct audit_head head, walked;
    struct audit_row *rows = NULL;
    size_t n = 0;

    assert_ok(audit_verify(records_audit(w->r), &walked, NULL, err));
    assert_ok(audit_load_head(records_audit(w->r), &head, err));
    assert_int_equal(walked.rows, ROWS);
    assert_int_equal(head.rows, ROWS);
    assert_string_equal(head.hash, walked.hash);
    assert_ok(audit_list(records_audit(w->r), 2, 3, &w->a, &rows, &n, err));
    assert_int_equal(n, 3);
    assert_int_equal(rows[0].number, 3);
    assert_string_equal(rows[0].act, "batch");
    assert_string_equal(rows[1].object, "file:2");
    assert_string_equal(rows[1].who, "anna");
}

static void test_every_edit_is_named(void **state)
{
    struct world *w = *state;
    static const char *const edits[] = {
        "UPDATE audit SET who = 'ole' WHERE number = 4",
        "UPDATE audit SET at = at + 1 WHERE number = 4",
        "UPDATE audit SET act = 'approve' WHERE number = 4",
        "UPDATE audit SET object = 'file:3' WHERE number = 4",
        "UPDATE audit SET detail = detail || 'x' WHERE number = 4",
        "UPDATE audit SET hash = substr(hash, 2) || '0' WHERE number = 4",
    };

    for (size_t i = 0; i < ARRAY_LENGTH(edits); i++) {
        tamper(w, "CREATE TABLE kept AS SELECT * FROM audit WHERE number = 4");
        tamper(w, edits[i]);
        assert_bad(w, 4);
        tamper(w, "DELETE FROM audit WHERE number = 4; INSERT INTO audit SELECT * FROM kept;"
                  " DROP TABLE kept");
        assert_ok(audit_verify(records_audit(w->r), NULL, NULL, err));
    }
}

/* What moves from one column into the next must not hash the same, commas or not. */
static void test_columns_do_not_run_together(void **state)
{
    struct world *w = *state;
    int64_t id = 0;

    assert_ok(records_add_batch(w->r, "post", "x,y", "anna", &id, err));
    assert_ok(audit_verify(records_audit(w->r), NULL, NULL, err));
    tamper(w, "UPDATE audit SET who = who || ',' || act, act = object, object = 'x', detail = 'y'"
              " WHERE number = 9");
    assert_bad(w, 9);
}

static void test_a_removed_row_is_named(void **state)
{
    struct world *w = *state;

    tamper(w, "DELETE FROM audit WHERE number = 5");
    assert_bad(w, 5);
    tamper(w, "UPDATE audit SET number = number - 1 WHERE number > 5");
    assert_bad(w, 5);
}

static void test_swapped_rows_are_named(void **state)
{
    struct world *w = *state;

    tamper(w, "UPDATE audit SET number = -1 WHERE number = 3;"
              "UPDATE audit SET number = 3 WHERE number = 6;"
              "UPDATE audit SET number = 6 WHERE number = -1");
    assert_bad(w, 3);
}

static void test_an_added_row_is_named(void **state)
{
    struct world *w = *state;

    tamper(w, "UPDATE audit SET number = -number - 1 WHERE number >= 7;"
              "UPDATE audit SET number = -number WHERE number < 0;"
              "INSERT INTO audit SELECT 7, at, who, act, object, detail, hash FROM audit"
              " WHERE number = 6");
    assert_bad(w, 7);
    tamper(w, "DELETE FROM audit WHERE number >= 7;"
              "INSERT INTO audit VALUES(0, 1, 'x', 'x', 'x', '', '')");
    assert_bad(w, 1);
}

/* ---- heads ---- */

static char *signed_head(struct world *w, const struct audit_key *key)
{
    struct buf line;

    buf_init(&line, 4096);
    assert_ok(audit_sign_head(records_audit(w->r), key, &line, err));
    return buf_take(&line);
}

static void test_a_cut_tail_is_found_by_a_head(void **state)
{
    struct world *w = *state;
    struct audit_key key;
    AUTO_FREE char *head = NULL;

    assert_ok(audit_key_load(w->folder, &key, err));
    head = signed_head(w, &key);
    sample_file(w->r, 'e', "later.pdf"); /* the chain goes on: the head stays good */
    assert_ok(audit_check_head(records_audit(w->r), &key, head, err));
    tamper(w, "DELETE FROM audit WHERE number > 6");
    assert_ok(audit_verify(records_audit(w->r), NULL, NULL, err)); /* the chain alone is silent */
    assert_err(ERR_INVALID, audit_check_head(records_audit(w->r), &key, head, err));
    sample_file(w->r, 'f', "new.pdf"); /* grown again over the cut: other hashes */
    assert_err(ERR_INVALID, audit_check_head(records_audit(w->r), &key, head, err));
}

static void test_a_forged_head_is_refused(void **state)
{
    struct world *w = *state;
    struct audit_key key, other;
    AUTO_FREE char *head = NULL, *folder = mem_printf("%s/other", w->folder);
    char *digit;

    assert_int_equal(mkdir(folder, 0700), 0);
    assert_ok(audit_key_load(w->folder, &key, err));
    assert_ok(audit_key_load(folder, &other, err));
    head = signed_head(w, &key);
    assert_err(ERR_INVALID, audit_check_head(records_audit(w->r), &other, head, err));
    digit = strstr(head, "\"rows\":8") + 7;
    *digit = '7';
    assert_err(ERR_INVALID, audit_check_head(records_audit(w->r), &key, head, err));
    assert_err(ERR_INVALID, audit_check_head(records_audit(w->r), &key, "{}", err));
    assert_err(ERR_INVALID, audit_check_head(records_audit(w->r), &key, "no JSON", err));
}

static void test_the_key_stays(void **state)
{
    struct world *w = *state;
    struct audit_key one, two;
    AUTO_FREE char *path = mem_printf("%s/audit.key", w->folder);
    struct stat st;

    assert_ok(audit_key_load(w->folder, &one, err));
    assert_ok(audit_key_load(w->folder, &two, err));
    assert_memory_equal(&one, &two, sizeof one);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_ok(file_write(path, "short", 5, 0600, err));
    assert_err(ERR_INVALID, audit_key_load(w->folder, &two, err));
}

#define CHAIN(test)                                                                                \
    {                                                                                              \
#test, test, chain_setup, chain_teardown, NULL                                             \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHAIN(test_a_whole_chain),
        CHAIN(test_every_edit_is_named),
        CHAIN(test_columns_do_not_run_together),
        CHAIN(test_a_removed_row_is_named),
        CHAIN(test_swapped_rows_are_named),
        CHAIN(test_an_added_row_is_named),
        CHAIN(test_a_cut_tail_is_found_by_a_head),
        CHAIN(test_a_forged_head_is_refused),
        CHAIN(test_the_key_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
