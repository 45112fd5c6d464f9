/*
 * The ledger read: the chart, single entries, all entries in order, and the proof that it balances.
 * Entries are read a handful at a time, so that a slow listener holds no lock against the writers.
 */
#include "stores/accounting_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ENTRIES_A_STEP 64

/* ---- the chart ---- */

static const char *const kind_names[ACCOUNT_KIND_COUNT] = {
    [ACCOUNT_ASSET] = "asset",
    [ACCOUNT_LIABILITY] = "liability",
    [ACCOUNT_EXPENSE] = "expense",
};

const char *account_kind_name(enum account_kind kind)
{
    return kind_names[kind];
}

static enum account_kind parse_kind(const char *name)
{
    for (int i = 0; i < ACCOUNT_KIND_COUNT; i++)
        if (strcmp(kind_names[i], name) == 0)
            return (enum account_kind)i;
    return ACCOUNT_EXPENSE; /* the table's CHECK allows no other word */
}

static int is_in_chart(struct accounting *acc, const struct account *account, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int r = db_select(acc->db, &rows, err, "SELECT kind FROM account WHERE code = ?", "t",
                      account->code);

    if (r == 0)
        r = db_next(&rows, err);
    if (r > 0 && parse_kind(db_text(&rows, 0)) != account->kind)
        return err_set(err, ERR_CONFLICT, "account %s is there as another kind: %s", account->code,
                       db_text(&rows, 0));
    return r;
}

int accounting_add_account(struct accounting *acc, const struct account *account, struct err *err)
{
    int r = is_in_chart(acc, account, err);

    if (r != 0)
        return r < 0 ? r : 0;
    r = db_begin(acc->db, err);
    if (r < 0)
        return r;
    r = db_run(acc->db, err,
               "INSERT INTO account(code, name, kind) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
               "ttt", account->code, account->name, account_kind_name(account->kind));
    r = db_end(acc->db, r, err);
    return r < 0 ? r : 0;
}

int accounting_list_accounts(struct accounting *acc, struct arena *a, struct account **ret,
                             size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct account *list = NULL;
    size_t n = 0;
    int r = db_select(acc->db, &rows, err, "SELECT code, name, kind FROM account ORDER BY code",
                      "");

    while (r == 0 && (r = db_next(&rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        list[n++] = (struct account){db_copy(&rows, 0, a), db_copy(&rows, 1, a),
                                     parse_kind(db_text(&rows, 2))};
        r = 0;
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

/* ---- entries ---- */

#define SELECT_ENTRY                                                                               \
    "SELECT id, reverses, created_at, payload_sha256, posting_key, kind, company, seller_id,"      \
    " seller_name, invoice_number, document_sha256, document_id, date, due_date, currency, text"   \
    " FROM posting "

static void read_entry(const struct db_rows *rows, struct arena *a, struct journal_entry *ret)
{
    struct posting *p = &ret->posting;

    *ret = (struct journal_entry){
        .id = db_int(rows, 0), .reverses = db_int(rows, 1), .created_at = db_int(rows, 2)};
    strncpy(ret->payload_sha256, db_text(rows, 3), HASH_HEX_SIZE - 1);
    p->key = db_copy(rows, 4, a);
    posting_kind_parse(db_text(rows, 5), &p->kind);
    p->company = db_copy(rows, 6, a);
    p->seller_id = db_copy(rows, 7, a);
    p->seller_name = db_copy(rows, 8, a);
    p->invoice_number = db_copy(rows, 9, a);
    p->document_sha256 = db_copy(rows, 10, a);
    p->document_id = db_int(rows, 11);
    civil_date_parse(db_text(rows, 12), &p->date);
    civil_date_parse(db_text(rows, 13), &p->due_date);
    p->currency = db_copy(rows, 14, a);
    p->text = db_copy(rows, 15, a);
}

static int load_lines(struct accounting *acc, struct arena *a, struct journal_entry *entry,
                      struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct posting_line *lines = NULL;
    size_t n = 0;
    int r = db_select(acc->db, &rows, err,
                      "SELECT account, amount_minor, text FROM journal_line"
                      " WHERE posting_id = ? ORDER BY position",
                      "i", entry->id);

    while (r == 0 && (r = db_next(&rows, err)) > 0) {
        lines = arena_grow_list(a, lines, n, sizeof *lines);
        lines[n++] = (struct posting_line){db_copy(&rows, 0, a), db_int(&rows, 1),
                                           db_copy(&rows, 2, a)};
        r = 0;
    }
    entry->posting.lines = lines;
    entry->posting.n_lines = n;
    return r;
}

static int load_entry(struct accounting *acc, int64_t id, struct arena *a,
                      struct journal_entry *entry, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int r = db_select(acc->db, &rows, err, SELECT_ENTRY "WHERE id = ?", "i", id);

    if (r == 0)
        r = db_next(&rows, err);
    if (r < 0)
        return r;
    if (r == 0)
        return err_set(err, ERR_NOT_FOUND, "no entry %" PRId64 " in the ledger", id);
    read_entry(&rows, a, entry);
    return 0;
}

/* Entries never change: no transaction. */
int accounting_find(struct accounting *acc, int64_t entry_id, struct arena *a,
                    struct journal_entry *ret, struct err *err)
{
    struct journal_entry entry = {0};
    int r = load_entry(acc, entry_id, a, &entry, err);

    if (r == 0)
        r = load_lines(acc, a, &entry, err);
    if (r == 0)
        *ret = entry;
    return r;
}

static int load_step(struct accounting *acc, int64_t after, struct arena *a,
                     struct journal_entry *entries, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    size_t n = 0;
    int r = db_select(acc->db, &rows, err, SELECT_ENTRY "WHERE id > ? ORDER BY id LIMIT ?", "ii",
                      after, (int64_t)ENTRIES_A_STEP);

    while (r == 0 && (r = db_next(&rows, err)) > 0) {
        read_entry(&rows, a, &entries[n]);
        r = load_lines(acc, a, &entries[n], err);
        n++;
    }
    if (r == 0)
        *ret_n = n;
    return r;
}

int accounting_each_entry(struct accounting *acc, int64_t after_id, accounting_entry_fn *heard,
                          void *user, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct journal_entry entries[ENTRIES_A_STEP];
    size_t n;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    do {
        arena_clear(&a);
        r = load_step(acc, after_id, &a, entries, &n, err);
        for (size_t i = 0; r == 0 && i < n; i++) {
            r = heard(user, &entries[i], err);
            after_id = entries[i].id;
        }
    } while (r == 0 && n == ENTRIES_A_STEP);
    return r;
}

/* ---- the proof ---- */

/* Whoever rewrites an entry can rewrite the hash beside it, but not the one in the chain. */
static int check_chain(struct accounting *acc, const struct journal_entry *entry, struct err *err)
{
    AUTO_ARENA struct arena a;
    char object[40];
    struct audit_row *rows = NULL;
    size_t n = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    snprintf(object, sizeof object, "entry:%" PRId64, entry->id);
    r = audit_list_object(&acc->audit, object, &a, &rows, &n, err);
    if (r == 0 && (n != 1 || strcmp(rows[0].detail, entry->payload_sha256) != 0))
        return err_set(err, ERR_INVALID, "entry %" PRId64 " is not the one the audit log tells of",
                       entry->id);
    return r;
}

static int check_entry(void *user, const struct journal_entry *entry, struct err *err)
{
    char payload[HASH_HEX_SIZE];
    int64_t total = 0;

    for (size_t i = 0; i < entry->posting.n_lines; i++)
        total += entry->posting.lines[i].amount_minor;
    if (total != 0 || entry->posting.n_lines == 0)
        return err_set(err, ERR_INVALID, "entry %" PRId64 " does not balance", entry->id);
    posting_hash(&entry->posting, payload);
    if (strcmp(payload, entry->payload_sha256) != 0)
        return err_set(err, ERR_INVALID, "entry %" PRId64 " was changed after it was posted",
                       entry->id);
    return check_chain(user, entry, err);
}

/* An entry that was taken out has left its row in the chain. */
static int check_count(struct accounting *acc, struct err *err)
{
    int64_t id = 0;
    struct err none = {0};
    int r = db_get_int(acc->db, &id, &none,
                       "SELECT substr(object, 7) FROM audit WHERE object LIKE 'entry:%'"
                       " AND NOT EXISTS(SELECT 1 FROM posting WHERE id = substr(object, 7))"
                       " ORDER BY number LIMIT 1",
                       "");

    if (r == ERR_NOT_FOUND)
        return 0;
    return r < 0 ? err_set(err, r, "%s", none.text)
                 : err_set(err, ERR_INVALID, "entry %" PRId64 " was taken out of the ledger", id);
}

static int sum_accounts(struct accounting *acc, struct arena *a, struct account_balance **ret,
                        size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct account_balance *list = NULL;
    size_t n = 0;
    int r = db_select(acc->db, &rows, err,
                      "SELECT l.account, p.currency, sum(max(l.amount_minor, 0)),"
                      " sum(max(-l.amount_minor, 0)) FROM journal_line AS l"
                      " JOIN posting AS p ON p.id = l.posting_id GROUP BY 1, 2 ORDER BY 1, 2",
                      "");

    while (r == 0 && (r = db_next(&rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        list[n++] = (struct account_balance){db_copy(&rows, 0, a), db_copy(&rows, 1, a),
                                             db_int(&rows, 2), db_int(&rows, 3)};
        r = 0;
    }
    *ret = list;
    *ret_n = n;
    return r;
}

int accounting_check(struct accounting *acc, struct arena *a, struct account_balance **ret,
                     size_t *ret_n, struct err *err)
{
    struct account_balance *list = NULL;
    int64_t debit = 0, credit = 0;
    size_t n = 0;
    int r = accounting_each_entry(acc, 0, check_entry, acc, err);

    if (r == 0)
        r = check_count(acc, err);
    if (r == 0)
        r = sum_accounts(acc, a, &list, &n, err);
    for (size_t i = 0; i < n; i++) {
        debit += list[i].debit_minor;
        credit += list[i].credit_minor;
    }
    if (r == 0 && debit != credit)
        r = err_set(err, ERR_INVALID, "the ledger does not balance");
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}
