/*
 * The ledger opened, and written: postings and reversals. A posting is committed with its lines,
 * its key and its audit row, or not at all. Three nets hold what it promises: the code checks first
 * and says why; unique keys refuse a second posting of one invoice whoever writes; a deferred
 * foreign key refuses to commit an entry whose lines do not add up to zero.
 */
#include "stores/accounting_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "models/money.h"

#include <inttypes.h>
#include <string.h>

#define KEY_SIZE 128

/*
 * journal_total is the deferred check: every line adds to its posting's total, which must be the
 * one value in `nought` when the transaction ends.
 */
static const char version_1[] =
    "CREATE TABLE account("
    " code TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL"
    "  CHECK(kind IN ('asset', 'liability', 'expense'))) STRICT, WITHOUT ROWID;"

    "CREATE TABLE posting("
    " id INTEGER PRIMARY KEY, posting_key TEXT NOT NULL UNIQUE, payload_sha256 TEXT NOT NULL,"
    " kind TEXT NOT NULL CHECK(kind IN ('invoice', 'credit_note', 'reversal')),"
    " company TEXT NOT NULL, seller_id TEXT NOT NULL, seller_name TEXT NOT NULL,"
    " invoice_number TEXT NOT NULL, invoice_key TEXT NOT NULL, revision INTEGER NOT NULL,"
    " document_sha256 TEXT NOT NULL, document_id INTEGER NOT NULL, date TEXT NOT NULL,"
    " due_date TEXT NOT NULL, currency TEXT NOT NULL, text TEXT NOT NULL,"
    " reverses INTEGER UNIQUE REFERENCES posting, created_at INTEGER NOT NULL,"
    " CHECK((reverses IS NOT NULL) = (kind = 'reversal'))) STRICT;"
    "CREATE UNIQUE INDEX posting_once ON posting(company, seller_id, invoice_key, kind, revision)"
    " WHERE kind <> 'reversal';"

    "CREATE TABLE journal_line("
    " posting_id INTEGER NOT NULL REFERENCES posting, position INTEGER NOT NULL,"
    " account TEXT NOT NULL REFERENCES account, amount_minor INTEGER NOT NULL,"
    " text TEXT NOT NULL, PRIMARY KEY(posting_id, position)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE nought(value INTEGER PRIMARY KEY CHECK(value = 0)) STRICT;"
    "INSERT INTO nought VALUES(0);"
    "CREATE TABLE journal_total("
    " posting_id INTEGER PRIMARY KEY REFERENCES posting,"
    " total_minor INTEGER NOT NULL REFERENCES nought DEFERRABLE INITIALLY DEFERRED) STRICT;"
    "CREATE TRIGGER journal_adds AFTER INSERT ON journal_line BEGIN"
    " INSERT INTO journal_total VALUES(NEW.posting_id, NEW.amount_minor) ON CONFLICT(posting_id)"
    "  DO UPDATE SET total_minor = total_minor + excluded.total_minor; END;"

    "CREATE TRIGGER posting_stays BEFORE UPDATE ON posting BEGIN"
    " SELECT raise(ABORT, 'postings are never changed: reverse them'); END;"
    "CREATE TRIGGER posting_keeps BEFORE DELETE ON posting BEGIN"
    " SELECT raise(ABORT, 'postings are never removed: reverse them'); END;"
    "CREATE TRIGGER line_stays BEFORE UPDATE ON journal_line BEGIN"
    " SELECT raise(ABORT, 'the journal is never changed: reverse it'); END;"
    "CREATE TRIGGER line_keeps BEFORE DELETE ON journal_line BEGIN"
    " SELECT raise(ABORT, 'the journal is never changed: reverse it'); END;"
    "CREATE TRIGGER total_keeps BEFORE DELETE ON journal_total BEGIN"
    " SELECT raise(ABORT, 'the journal is never changed: reverse it'); END;"

    AUDIT_SCHEMA;

static const char *const migrations[] = {version_1};

static const struct db_schema schema = {
    .name = "accounting",
    .application_id = 0x62696c61, /* "bila" */
    .migrations = migrations,
    .n_migrations = ARRAY_LENGTH(migrations),
};

static int open_at(const char *path, struct accounting **ret, struct err *err)
{
    struct db *db = NULL;
    struct accounting *acc;
    int r = db_open(path, &schema, &db, err);

    if (r < 0)
        return r;
    acc = mem_alloc(sizeof *acc);
    acc->db = db;
    acc->audit = (struct audit){db, schema.name};
    *ret = acc;
    return 0;
}

int accounting_open(const char *path, struct accounting **ret, struct err *err)
{
    return open_at(path, ret, err);
}

int accounting_open_ram(struct accounting **ret, struct err *err)
{
    return open_at(NULL, ret, err);
}

void accounting_close(struct accounting *acc)
{
    if (!acc)
        return;
    db_close(acc->db);
    free(acc);
}

struct audit *accounting_audit(struct accounting *acc)
{
    return &acc->audit;
}

/* ---- checks before anything is written ---- */

static int refuse(struct err *err, int code, const char *reason, const char *text,
                  const char *detail)
{
    err_set(err, code, "%s%s%s", text, *detail ? ": " : "", detail);
    if (err)
        err->reason = reason;
    return code;
}

static int check_account(struct accounting *acc, const char *code, struct err *err)
{
    int64_t found = 0;
    int r = db_get_int(acc->db, &found, err, "SELECT 1 FROM account WHERE code = ?", "t", code);

    if (r == ERR_NOT_FOUND)
        return refuse(err, ERR_INVALID, "unknown_account", "not in the chart of accounts", code);
    return r;
}

static int check_lines(struct accounting *acc, const struct posting *p, struct err *err)
{
    int64_t total = 0;

    if (p->n_lines < 2 || p->n_lines > LIMIT_LINES_A_DOCUMENT)
        return refuse(err, ERR_INVALID, "bad_lines", "an entry needs two lines or more", "");
    for (size_t i = 0; i < p->n_lines; i++) {
        int64_t amount = p->lines[i].amount_minor;
        int r = check_account(acc, p->lines[i].account, err);

        if (r < 0)
            return r;
        if (amount > MONEY_MINOR_MAX || amount < -MONEY_MINOR_MAX)
            return refuse(err, ERR_INVALID, "bad_amount", "an amount is beyond all measure", "");
        total += amount; /* at most 10,000 times 10^15: far from the end of 64 bits */
    }
    if (total != 0)
        return refuse(err, ERR_INVALID, "unbalanced", "debits and credits differ", "");
    return 0;
}

static int check_posting(struct accounting *acc, const struct posting *p, struct err *err)
{
    if (!hash_is_hex(p->key))
        return refuse(err, ERR_INVALID, "bad_key", "the posting key is no SHA-256", "");
    if (!p->company[0] || !p->seller_id[0])
        return refuse(err, ERR_INVALID, "no_seller", "company or seller is missing", "");
    if (!civil_date_is_valid(p->date))
        return refuse(err, ERR_INVALID, "no_date", "the posting has no date", "");
    if (!currency_is_known(p->currency))
        return refuse(err, ERR_INVALID, "no_currency", "unknown currency", p->currency);
    return check_lines(acc, p, err);
}

/* ---- writing ---- */

static void format_date(struct civil_date date, char text[CIVIL_DATE_TEXT_SIZE])
{
    text[0] = '\0';
    if (date.year)
        civil_date_format(date, text);
}

static int insert_posting(struct accounting *acc, const struct posting *p, const char *payload,
                          int64_t revision, int64_t reverses, struct err *err)
{
    char date[CIVIL_DATE_TEXT_SIZE], due_date[CIVIL_DATE_TEXT_SIZE], invoice_key[KEY_SIZE];
    int n;

    format_date(p->date, date);
    format_date(p->due_date, due_date);
    posting_normalise_number(p->invoice_number, invoice_key, sizeof invoice_key);
    n = db_run(acc->db, err,
               "INSERT INTO posting(posting_key, payload_sha256, kind, company, seller_id,"
               " seller_name, invoice_number, invoice_key, revision, document_sha256, document_id,"
               " date, due_date, currency, text, reverses, created_at)"
               " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?)",
               "ttttttttitittttii", p->key, payload, posting_kind_name(p->kind), p->company,
               p->seller_id, p->seller_name, p->invoice_number, invoice_key, revision,
               p->document_sha256, p->document_id, date, due_date, p->currency, p->text, reverses,
               clock_now_ms());
    return n < 0 ? n : 0;
}

static int insert_lines(struct accounting *acc, int64_t id, const struct posting *p,
                        struct err *err)
{
    int n = 0;

    for (size_t i = 0; n >= 0 && i < p->n_lines; i++)
        n = db_run(acc->db, err,
                   "INSERT INTO journal_line(posting_id, position, account, amount_minor, text)"
                   " VALUES(?, ?, ?, ?, ?)",
                   "iitit", id, (int64_t)i, p->lines[i].account, p->lines[i].amount_minor,
                   p->lines[i].text);
    return n < 0 ? n : 0;
}

static int insert(struct accounting *acc, const struct posting *p, int64_t revision,
                  int64_t reverses, const char *who, int64_t *ret_id, struct err *err)
{
    char payload[HASH_HEX_SIZE];
    int64_t id;
    int r;

    posting_hash(p, payload);
    r = insert_posting(acc, p, payload, revision, reverses, err);
    if (r < 0)
        return r;
    id = db_last_id(acc->db);
    r = insert_lines(acc, id, p, err);
    if (r == 0)
        r = audit_add(&acc->audit, who, reverses ? "reverse" : "post", "entry", id, payload, err);
    if (r == 0)
        *ret_id = id;
    return r;
}

/* ---- posting ---- */

/* 1 and the entry when the key is there with this payload, 0 when it is not there. */
static int find_replay(struct accounting *acc, const struct posting *p, int64_t *ret_id,
                       struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    char payload[HASH_HEX_SIZE];
    int r = db_select(acc->db, &rows, err,
                      "SELECT id, payload_sha256 FROM posting WHERE posting_key = ?", "t", p->key);

    if (r == 0)
        r = db_next(&rows, err);
    if (r <= 0)
        return r;
    posting_hash(p, payload);
    if (strcmp(db_text(&rows, 1), payload) != 0)
        return refuse(err, ERR_CONFLICT, "posting_differs",
                      "this document is posted already, with other content", "");
    *ret_id = db_int(&rows, 0);
    return 1;
}

/* How often this invoice was posted and reversed; a posting that still stands refuses another. */
static int find_revision(struct accounting *acc, const struct posting *p, int64_t *ret,
                         struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    char key[KEY_SIZE];
    int r;

    posting_normalise_number(p->invoice_number, key, sizeof key);
    r = db_select(acc->db, &rows, err,
                  "SELECT count(*), count(b.id) FROM posting AS a"
                  " LEFT JOIN posting AS b ON b.reverses = a.id"
                  " WHERE a.company = ? AND a.seller_id = ? AND a.invoice_key = ? AND a.kind = ?"
                  " AND a.kind <> 'reversal'",
                  "tttt", p->company, p->seller_id, key, posting_kind_name(p->kind));
    if (r == 0)
        r = db_next(&rows, err);
    if (r < 0)
        return r;
    if (db_int(&rows, 0) != db_int(&rows, 1))
        return refuse(err, ERR_CONFLICT, "invoice_posted",
                      "this supplier's invoice is in the ledger already", p->invoice_number);
    *ret = db_int(&rows, 0);
    return 0;
}

static int post(struct accounting *acc, const struct posting *p, const char *who,
                bool *ret_was_there, int64_t *ret_id, struct err *err)
{
    int64_t revision = 0;
    int r = find_replay(acc, p, ret_id, err);

    *ret_was_there = r > 0;
    if (r != 0)
        return r < 0 ? r : 0;
    r = check_posting(acc, p, err);
    if (r == 0)
        r = find_revision(acc, p, &revision, err);
    return r < 0 ? r : insert(acc, p, revision, 0, who, ret_id, err);
}

int accounting_post(struct accounting *acc, const struct posting *p, const char *who,
                    bool *ret_was_there, int64_t *ret_entry_id, struct err *err)
{
    bool was_there = false;
    int64_t id = 0;
    int r;

    if (p->kind != POSTING_INVOICE && p->kind != POSTING_CREDIT_NOTE)
        return err_set(err, ERR_USAGE, "a reversal is made by accounting_reverse()");
    r = db_begin(acc->db, err);
    if (r < 0)
        return r;
    r = db_end(acc->db, post(acc, p, who, &was_there, &id, err), err);
    if (r < 0)
        return r;
    if (ret_was_there)
        *ret_was_there = was_there;
    if (ret_entry_id)
        *ret_entry_id = id;
    return 0;
}

/* ---- reversing ---- */

/* The entry turned round; its key follows from the key it undoes. */
static void turn(const struct journal_entry *entry, struct civil_date date, const char *why,
                 struct arena *a, struct posting *ret)
{
    struct posting_line *lines = arena_alloc_array(a, entry->posting.n_lines, sizeof *lines);
    char *key = arena_alloc(a, HASH_HEX_SIZE);
    const char *source = arena_printf(a, "reversal of %s", entry->posting.key);

    hash_bytes(source, strlen(source), key);
    *ret = entry->posting;
    ret->key = key;
    ret->kind = POSTING_REVERSAL;
    ret->date = date;
    ret->due_date = (struct civil_date){0};
    ret->text = arena_printf(a, "Reversal of entry %" PRId64 ": %s", entry->id, why);
    ret->lines = lines;
    for (size_t i = 0; i < ret->n_lines; i++) {
        lines[i] = entry->posting.lines[i];
        lines[i].amount_minor = -lines[i].amount_minor;
    }
}

static int reverse(struct accounting *acc, int64_t entry_id, struct civil_date date,
                   const char *why, const char *who, struct arena *a, int64_t *ret_id,
                   struct err *err)
{
    struct journal_entry entry = {0};
    struct err absent = {0};
    struct posting p;
    int r = accounting_find(acc, entry_id, a, &entry, err);

    if (r < 0)
        return r;
    if (entry.posting.kind == POSTING_REVERSAL)
        return err_set(err, ERR_CONFLICT, "entry %" PRId64 " is a reversal itself", entry.id);
    r = db_get_int(acc->db, ret_id, &absent, "SELECT id FROM posting WHERE reverses = ?", "i",
                   entry.id);
    if (r != ERR_NOT_FOUND)
        return r < 0 ? err_set(err, r, "%s", absent.text) : 0;
    turn(&entry, date, why, a, &p);
    r = check_posting(acc, &p, err);
    return r < 0 ? r : insert(acc, &p, 0, entry.id, who, ret_id, err);
}

int accounting_reverse(struct accounting *acc, int64_t entry_id, struct civil_date date,
                       const char *why, const char *who, int64_t *ret_entry_id, struct err *err)
{
    AUTO_ARENA struct arena a = {0};
    int64_t id = 0;
    int r = db_begin(acc->db, err);

    if (r < 0)
        return r;
    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = db_end(acc->db, reverse(acc, entry_id, date, why, who, &a, &id, err), err);
    if (r == 0 && ret_entry_id)
        *ret_entry_id = id;
    return r;
}
