/*
 * The ledger: posted once whatever happens, balanced or refused, never changed. On disk and in ram;
 * what only a second process or a tampering hand can do, on disk.
 */
#include "store_fixture.h"

#include "base/mem.h"
#include "stores/accounting.h"
#include "stores/audit.h"

#include <sqlite3.h>
#include <sys/wait.h>

struct books {
    char *folder, *path; /* NULL: in memory */
    struct accounting *acc;
    struct arena a;
};

static void add_chart(struct accounting *acc)
{
    const struct account chart[] = {{"6790", "Other costs", ACCOUNT_EXPENSE},
                                    {"2710", "Input VAT", ACCOUNT_ASSET},
                                    {"2400", "Supplier debt", ACCOUNT_LIABILITY}};

    for (size_t i = 0; i < ARRAY_LENGTH(chart); i++)
        assert_ok(accounting_add_account(acc, &chart[i], err));
}

static int books_on_disk(void **state)
{
    struct books *w = mem_alloc(sizeof *w);

    arena_init(&w->a, 16 << 20);
    folder_setup((void **)&w->folder);
    w->path = mem_printf("%s/accounting.db", w->folder);
    assert_ok(accounting_open(w->path, &w->acc, err));
    add_chart(w->acc);
    *state = w;
    return 0;
}

static int books_in_ram(void **state)
{
    struct books *w = mem_alloc(sizeof *w);

    arena_init(&w->a, 16 << 20);
    assert_ok(accounting_open_ram(&w->acc, err));
    add_chart(w->acc);
    *state = w;
    return 0;
}

static int books_teardown(void **state)
{
    struct books *w = *state;

    accounting_close(w->acc);
    if (w->folder)
        folder_teardown((void **)&w->folder);
    free(w->path);
    arena_release(&w->a);
    free(w);
    return 0;
}

static const struct posting_line lines[] = {
    {"6790", 100000, "net"}, {"2710", 25000, "VAT 25 %"}, {"2400", -125000, "to pay"}};

static struct posting sample(struct books *w, char digit, const char *number)
{
    char *key = arena_alloc(&w->a, HASH_HEX_SIZE);

    memset(key, digit, HASH_HEX_SIZE - 1);
    return (struct posting){
        .key = key,
        .kind = POSTING_INVOICE,
        .company = "987654325",
        .seller_id = "923609016",
        .seller_name = "Nordlys Kontor AS",
        .invoice_number = number,
        .document_sha256 = key,
        .document_id = 40,
        .date = {2026, 11, 1},
        .due_date = {2026, 12, 1},
        .currency = "NOK",
        .text = "Invoice",
        .lines = lines,
        .n_lines = 3,
    };
}

static void assert_whole(struct books *w, size_t n_accounts)
{
    struct account_balance *balances = NULL;
    size_t n = 0;

    assert_ok(accounting_check(w->acc, &w->a, &balances, &n, err));
    assert_int_equal(n, n_accounts);
    assert_ok(audit_verify(accounting_audit(w->acc), NULL, NULL, err));
}

static int count_one(void *user, const struct journal_entry *entry, struct err *err)
{
    int *n = user;

    (void)entry;
    (void)err;
    ++*n;
    return 0;
}

static int entries(struct books *w)
{
    int n = 0;

    assert_ok(accounting_each_entry(w->acc, 0, count_one, &n, err));
    return n;
}

static void test_a_replay_is_a_success(void **state)
{
    struct books *w = *state;
    struct posting p = sample(w, 'a', "10482");
    bool was_there = true;
    int64_t first = 0, again = 0;

    assert_ok(accounting_post(w->acc, &p, "line", &was_there, &first, err));
    assert_false(was_there);
    assert_ok(accounting_post(w->acc, &p, "line", &was_there, &again, err));
    assert_true(was_there);
    assert_int_equal(first, again);
    assert_int_equal(entries(w), 1);
    assert_whole(w, 3);
}

static void assert_refused(struct books *w, const struct posting *p, int code, const char *reason)
{
    struct err err = {0};
    bool was_there = true;

    assert_int_equal(accounting_post(w->acc, p, "line", &was_there, NULL, &err), code);
    assert_non_null(err.reason);
    assert_string_equal(err.reason, reason);
    assert_true(was_there); /* untouched */
}

static void test_another_payload_under_the_key(void **state)
{
    struct books *w = *state;
    struct posting p = sample(w, 'a', "10482");

    assert_ok(accounting_post(w->acc, &p, "line", NULL, NULL, err));
    p.text = "Invoice, changed";
    assert_refused(w, &p, ERR_CONFLICT, "posting_differs");
    assert_int_equal(entries(w), 1);
}

static void test_one_invoice_under_two_keys(void **state)
{
    struct books *w = *state;
    struct posting p = sample(w, 'a', "INV-00482"), q = sample(w, 'b', "inv 00482");

    assert_ok(accounting_post(w->acc, &p, "line", NULL, NULL, err));
    assert_refused(w, &q, ERR_CONFLICT, "invoice_posted");
    q.kind = POSTING_CREDIT_NOTE; /* the credit note of that number is another paper */
    assert_ok(accounting_post(w->acc, &q, "line", NULL, NULL, err));
}

static void test_what_does_not_balance_is_refused(void **state)
{
    struct books *w = *state;
    const struct posting_line odd[] = {{"6790", 100000, ""}, {"2400", -100001, ""}};
    const struct posting_line strange[] = {{"6790", 1, ""}, {"9999", -1, ""}};
    struct posting p = sample(w, 'a', "1");

    p.lines = odd;
    p.n_lines = 2;
    assert_refused(w, &p, ERR_INVALID, "unbalanced");
    p.lines = strange;
    assert_refused(w, &p, ERR_INVALID, "unknown_account");
    p.n_lines = 1;
    assert_refused(w, &p, ERR_INVALID, "bad_lines");
    p = sample(w, 'z', "1");
    assert_refused(w, &p, ERR_INVALID, "bad_key");
    p = sample(w, 'a', "1");
    p.currency = "XQX";
    assert_refused(w, &p, ERR_INVALID, "no_currency");
    assert_int_equal(entries(w), 0);
}

static void test_reversing_makes_room_again(void **state)
{
    struct books *w = *state;
    struct posting p = sample(w, 'a', "10482"), q = sample(w, 'b', "10482");
    struct civil_date day = {2026, 11, 21};
    struct journal_entry entry;
    struct account_balance *balances = NULL;
    int64_t id = 0, one = 0, again = 0;
    size_t n = 0;

    assert_err(ERR_NOT_FOUND, accounting_reverse(w->acc, 1, day, "", "anna", NULL, err));
    assert_ok(accounting_post(w->acc, &p, "line", NULL, &id, err));
    assert_ok(accounting_reverse(w->acc, id, day, "wrong account", "anna", &one, err));
    assert_ok(accounting_reverse(w->acc, id, day, "wrong account", "anna", &again, err));
    assert_int_equal(one, again);
    assert_ok(accounting_find(w->acc, one, &w->a, &entry, err));
    assert_int_equal(entry.reverses, id);
    assert_ok(accounting_check(w->acc, &w->a, &balances, &n, err));
    for (size_t i = 0; i < n; i++)
        assert_int_equal(balances[i].debit_minor, balances[i].credit_minor);
    assert_ok(accounting_post(w->acc, &q, "line", NULL, &id, err));
    assert_ok(accounting_find(w->acc, id, &w->a, &entry, err));
    assert_string_equal(entry.posting.key, q.key);
    assert_int_equal(entry.posting.n_lines, 3);
    assert_int_equal(entry.posting.lines[2].amount_minor, -125000);
    assert_int_equal(entry.posting.due_date.month, 12);
    assert_int_equal(entries(w), 3);
}

static void test_a_reversal_is_not_reversed(void **state)
{
    struct books *w = *state;
    struct posting p = sample(w, 'a', "10482");
    struct civil_date day = {2026, 11, 21};
    int64_t id = 0;

    assert_ok(accounting_post(w->acc, &p, "line", NULL, &id, err));
    assert_ok(accounting_reverse(w->acc, id, day, "", "anna", &id, err));
    assert_err(ERR_CONFLICT, accounting_reverse(w->acc, id, day, "", "anna", NULL, err));
    p.kind = POSTING_REVERSAL;
    assert_err(ERR_USAGE, accounting_post(w->acc, &p, "line", NULL, NULL, err));
}

static void test_the_chart(void **state)
{
    struct books *w = *state;
    struct account other = {"2400", "Supplier debt", ACCOUNT_EXPENSE}, *list = NULL;
    size_t n = 0;

    add_chart(w->acc);
    assert_err(ERR_CONFLICT, accounting_add_account(w->acc, &other, err));
    assert_ok(accounting_list_accounts(w->acc, &w->a, &list, &n, err));
    assert_int_equal(n, 3);
    assert_string_equal(list[0].code, "2400");
    assert_int_equal(list[0].kind, ACCOUNT_LIABILITY);
}

static int stop_at_once(void *user, const struct journal_entry *entry, struct err *err)
{
    (void)user;
    (void)entry;
    return err_set(err, ERR_LIMIT, "enough");
}

static void test_many_entries_in_order(void **state)
{
    struct books *w = *state;

    for (int i = 0; i < 150; i++) {
        struct posting p = sample(w, 'a', arena_printf(&w->a, "7%d", i));

        hash_bytes(p.invoice_number, strlen(p.invoice_number), (char *)(uintptr_t)p.key);
        assert_ok(accounting_post(w->acc, &p, "line", NULL, NULL, err));
    }
    assert_int_equal(entries(w), 150);
    assert_err(ERR_LIMIT, accounting_each_entry(w->acc, 0, stop_at_once, NULL, err));
}

/* ---- hands that tamper: a connection of their own ---- */

static int by_hand(struct books *w, const char *sql)
{
    sqlite3 *db = NULL;
    int code;

    assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON", NULL, NULL, NULL);
    code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return code;
}

static void test_triggers_refuse_changes(void **state)
{
    struct books *w = *state;
    struct posting p = sample(w, 'a', "10482");
    static const char *const attempts[] = {
        "UPDATE posting SET seller_id = 'x'",
        "DELETE FROM posting",
        "UPDATE journal_line SET amount_minor = 0",
        "DELETE FROM journal_line",
        "DELETE FROM journal_total",
        "INSERT OR REPLACE INTO journal_line VALUES(1, 0, '6790', 5, '')",
        "INSERT INTO journal_line VALUES(1, 9, '6790', 5, '')", /* the deferred total */
        "INSERT INTO posting SELECT 2, 'other key', payload_sha256, kind, company, seller_id,"
        " seller_name, invoice_number, invoice_key, revision, document_sha256, document_id, date,"
        " due_date, currency, text, reverses, created_at FROM posting", /* posted once */
        "UPDATE audit SET who = 'x'",
        "DELETE FROM audit",
    };

    assert_ok(accounting_post(w->acc, &p, "line", NULL, NULL, err));
    for (size_t i = 0; i < ARRAY_LENGTH(attempts); i++)
        if (by_hand(w, attempts[i]) != SQLITE_CONSTRAINT)
            fail_msg("not refused: %s", attempts[i]);
    assert_whole(w, 3);
}

static void test_tampering_is_found(void **state)
{
    struct books *w = *state;
    struct posting p = sample(w, 'a', "10482");
    struct account_balance *balances = NULL;
    size_t n = 0;

    assert_ok(accounting_post(w->acc, &p, "line", NULL, NULL, err));
    assert_int_equal(by_hand(w, "DROP TRIGGER posting_stays;"
                                "UPDATE posting SET seller_name = 'Someone Else'"),
                     SQLITE_OK);
    assert_err(ERR_INVALID, accounting_check(w->acc, &w->a, &balances, &n, err));
    assert_int_equal(by_hand(w, "UPDATE posting SET seller_name = 'Nordlys Kontor AS';"
                                "INSERT INTO journal_line VALUES(1, 8, '6790', 5, ''),"
                                " (1, 9, '6790', -5, '')"),
                     SQLITE_OK);
    assert_err(ERR_INVALID, accounting_check(w->acc, &w->a, &balances, &n, err));
}

/* Eight processes post the same twenty invoices at once: twenty entries. */
static void test_many_processes_post_the_same(void **state)
{
    struct books *w = *state;
    int status;

    for (int i = 0; i < 8; i++)
        if (fork() == 0) {
            struct accounting *mine = NULL;
            int r = accounting_open(w->path, &mine, NULL);

            for (int k = 0; r == 0 && k < 20; k++) {
                struct posting p = sample(w, (char)"0123456789abcdef"[k % 16],
                                          arena_printf(&w->a, "8%d", k));

                hash_bytes(p.invoice_number, strlen(p.invoice_number), (char *)(uintptr_t)p.key);
                r = accounting_post(mine, &p, "line", NULL, NULL, NULL);
            }
            _exit(r != 0);
        }
    for (int i = 0; i < 8; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(entries(w), 20);
    assert_whole(w, 3);
}

#define ANY(test)                                                                                  \
    {#test " (disk)", test, books_on_disk, books_teardown, NULL},                                  \
    {                                                                                              \
#test " (ram)", test, books_in_ram, books_teardown, NULL                                   \
    }
#define ON_DISK(test)                                                                              \
    {                                                                                              \
#test, test, books_on_disk, books_teardown, NULL                                           \
    }

/* Hands that know the payload's hash and write it anew: only the chain remembers. */
static void test_a_rewritten_ledger_is_found(void **state)
{
    struct books *w = *state;
    struct posting p = sample(w, 'a', "10482"), other = sample(w, 'b', "10483");
    struct account_balance *balances = NULL;
    size_t n = 0;
    char was[HASH_HEX_SIZE], hash[HASH_HEX_SIZE];

    assert_ok(accounting_post(w->acc, &p, "line", NULL, NULL, err));
    assert_ok(accounting_post(w->acc, &other, "line", NULL, NULL, err));
    posting_hash(&p, was);
    p.seller_name = "Someone Else";
    posting_hash(&p, hash);
    assert_int_equal(by_hand(w, arena_printf(&w->a,
                                             "DROP TRIGGER posting_stays; UPDATE posting SET"
                                             " seller_name = 'Someone Else',"
                                             " payload_sha256 = '%s' WHERE id = 1",
                                             hash)),
                     SQLITE_OK);
    assert_err(ERR_INVALID, accounting_check(w->acc, &w->a, &balances, &n, err));
    assert_int_equal(by_hand(w, arena_printf(&w->a,
                                             "UPDATE posting SET payload_sha256 = '%s',"
                                             " seller_name = 'Nordlys Kontor AS' WHERE id = 1",
                                             was)),
                     SQLITE_OK);
    assert_ok(accounting_check(w->acc, &w->a, &balances, &n, err));
    assert_int_equal(by_hand(w, "DROP TRIGGER line_keeps; DROP TRIGGER total_keeps;"
                                "DROP TRIGGER posting_keeps;"
                                "DELETE FROM journal_line WHERE posting_id = 2;"
                                "DELETE FROM journal_total WHERE posting_id = 2;"
                                "DELETE FROM posting WHERE id = 2"),
                     SQLITE_OK);
    assert_err(ERR_INVALID, accounting_check(w->acc, &w->a, &balances, &n, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANY(test_a_replay_is_a_success),
        ANY(test_another_payload_under_the_key),
        ANY(test_one_invoice_under_two_keys),
        ANY(test_what_does_not_balance_is_refused),
        ANY(test_reversing_makes_room_again),
        ANY(test_a_reversal_is_not_reversed),
        ANY(test_the_chart),
        {"test_many_entries_in_order", test_many_entries_in_order, books_in_ram, books_teardown,
         NULL},
        ON_DISK(test_triggers_refuse_changes),
        ON_DISK(test_tampering_is_found),
        ON_DISK(test_a_rewritten_ledger_is_found),
        ON_DISK(test_many_processes_post_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
