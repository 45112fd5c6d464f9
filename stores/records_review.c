/*
 * Decisions of people. Each takes the document by its version first, in the same statement that
 * moves it, so of two people one wins and the other hears ERR_CONFLICT. What they changed is kept
 * field by field, with the value it had.
 */
#include "stores/records_review.h"

#include "stores/records_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/money.h"
#include "models/posting.h"

#include <string.h>

#define DUPLICATES_MAX 10
#define KEY_SIZE 128

/* ---- taking a document to decide on it ---- */

/* Why a decision found nothing to change. */
static int explain(struct records *r, const struct decision *by, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err, "SELECT state, version FROM document WHERE id = ?", "i",
                         by->document_id);

    if (code == 0)
        code = db_next(&rows, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, ERR_NOT_FOUND, "document %lld: no such document",
                       (long long)by->document_id);
    if (strcmp(db_text(&rows, 0), state_name(STATE_WAITING)) != 0)
        return err_set(err, ERR_CONFLICT, "document %lld does not wait for a decision, it is %s",
                       (long long)by->document_id, db_text(&rows, 0));
    return err_set(err, ERR_CONFLICT, "document %lld was changed meanwhile: look at it again",
                   (long long)by->document_id);
}

static int decide(struct records *r, const struct decision *by, enum stage stage, enum state state,
                  struct err *err)
{
    int n = db_run(r->db, err,
                   "UPDATE document SET stage = ?, state = ?, version = version + 1,"
                   " changed_at = ? WHERE id = ? AND version = ? AND state = 'waiting'",
                   "ttiii", stage_name(stage), state_name(state), clock_now_ms(), by->document_id,
                   by->version);

    if (n == 0)
        return explain(r, by, err);
    return n < 0 ? n : 0;
}

static int note(struct records *r, const struct decision *by, const char *act, struct err *err)
{
    AUTO_JSON json_t *json = json_object();
    AUTO_FREE char *text = NULL;

    json_set_int(json, "version", by->version);
    json_set_text(json, "why", by->why);
    text = json_text(json);
    return audit_add(&r->audit, by->who, act, "document", by->document_id, text, err);
}

/* ---- approve and reject ---- */

static int approve(struct records *r, const struct decision *by, struct arena *a,
                   struct next_jobs *next, struct err *err)
{
    struct document *d = NULL;
    int code = document_load_body(r, by->document_id, a, &d, err);

    if (code == 0)
        code = decide(r, by, document_type_is_posted(d->type) ? STAGE_POST : STAGE_FILE,
                      STATE_IN_WORK, err);
    if (code == 0)
        code = supplier_learn(r, by->document_id, d, by->who, err);
    if (code == 0)
        code = document_next_job(r, by->document_id, a, next, err);
    return code < 0 ? code : note(r, by, "approve", err);
}

int records_approve(struct records *r, const struct decision *by, struct arena *a,
                    struct next_jobs *ret_next, struct err *err)
{
    struct next_jobs next = {0};
    int code = db_begin(r->db, err);

    if (code < 0)
        return code;
    code = db_end(r->db, approve(r, by, a, &next, err), err);
    if (code == 0)
        *ret_next = next;
    return code;
}

int records_reject(struct records *r, const struct decision *by, struct err *err)
{
    int code = db_begin(r->db, err);

    if (code < 0)
        return code;
    code = decide(r, by, STAGE_DONE, STATE_REJECTED, err);
    if (code == 0)
        code = file_finish_of(r, by->document_id, err);
    if (code == 0)
        code = note(r, by, "reject", err);
    return db_end(r->db, code, err);
}

static int reject_file(struct records *r, int64_t file_id, const char *why, struct err *err)
{
    int64_t found = 0;
    int n = db_run(r->db, err,
                   "UPDATE file SET state = 'done', reason = 'rejected', message = ?,"
                   " changed_at = ? WHERE id = ? AND state = 'set_aside'",
                   "tii", why, clock_now_ms(), file_id);

    if (n != 0)
        return n < 0 ? n : 0;
    n = db_get_int(r->db, &found, err, "SELECT id FROM file WHERE id = ?", "i", file_id);
    if (n < 0)
        return err_wrap(err, n, "file %lld", (long long)file_id);
    return err_set(err, ERR_CONFLICT, "file %lld is not set aside", (long long)file_id);
}

int records_reject_file(struct records *r, int64_t file_id, const char *who, const char *why,
                        struct err *err)
{
    AUTO_JSON json_t *json = json_object();
    AUTO_FREE char *text = NULL;
    int code = db_begin(r->db, err);

    if (code < 0)
        return code;
    json_set_text(json, "why", why);
    text = json_text(json);
    code = reject_file(r, file_id, why, err);
    if (code == 0)
        code = audit_add(&r->audit, who, "reject", "file", file_id, text, err);
    return db_end(r->db, code, err);
}

/* ---- correct ---- */

static int keep_change(struct records *r, const struct decision *by, const char *what,
                       const char *old_value, const char *new_value, struct err *err)
{
    int n;

    old_value = old_value ? old_value : "";
    new_value = new_value ? new_value : "";
    if (strcmp(old_value, new_value) == 0)
        return 0;
    n = db_run(r->db, err,
               "INSERT INTO field_change(document_id, at, who, what, old_value, new_value, why)"
               " VALUES(?, ?, ?, ?, ?, ?, ?)",
               "iittttt", by->document_id, clock_now_ms(), by->who, what, old_value, new_value,
               by->why);
    return n < 0 ? n : 0;
}

static const char *value_of(const struct document *d, const char *name)
{
    const struct field *field = document_find(d, name);

    return field ? field->value : NULL;
}

static int keep_named_changes(struct records *r, const struct decision *by,
                              const struct document *old, const struct document *after,
                              struct err *err)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < old->n_named; i++)
        code = keep_change(r, by, old->named[i].name, old->named[i].field.value,
                           value_of(after, old->named[i].name), err);
    for (size_t i = 0; code == 0 && i < after->n_named; i++)
        if (!value_of(old, after->named[i].name))
            code = keep_change(r, by, after->named[i].name, NULL, after->named[i].field.value, err);
    return code;
}

static int keep_changes(struct records *r, const struct decision *by, const struct document *old,
                        const struct document *after, struct err *err)
{
    int code = keep_change(r, by, "type", document_type_name(old->type),
                           document_type_name(after->type), err);

    if (code == 0)
        code = keep_change(r, by, "language", old->language, after->language, err);
    if (code == 0)
        code = keep_change(r, by, "department", old->department, after->department, err);
    if (code == 0)
        code = keep_change(r, by, "declared", old->declared, after->declared, err);
    for (int i = 0; code == 0 && i < FIELD_COUNT; i++)
        code = keep_change(r, by, field_info((enum field_id)i)->name, old->fields[i].value,
                           after->fields[i].value, err);
    return code == 0 ? keep_named_changes(r, by, old, after, err) : code;
}

static int correct(struct records *r, const struct decision *by, const struct document *after,
                   struct arena *a, struct err *err)
{
    struct document *old = NULL;
    int code = decide(r, by, STAGE_REVIEW, STATE_WAITING, err);

    if (code == 0)
        code = document_load_body(r, by->document_id, a, &old, err);
    if (code == 0)
        code = keep_changes(r, by, old, after, err);
    if (code == 0)
        code = document_store(r, by->document_id, after, err);
    return code < 0 ? code : note(r, by, "correct", err);
}

static int load_version(struct records *r, int64_t id, int64_t *ret, struct err *err)
{
    return db_get_int(r->db, ret, err, "SELECT version FROM document WHERE id = ?", "i", id);
}

int records_correct(struct records *r, const struct decision *by, const struct document *after,
                    int64_t *ret_version, struct err *err)
{
    AUTO_ARENA struct arena a;
    int64_t version = 0;
    int code = db_begin(r->db, err);

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    if (code < 0)
        return code;
    code = correct(r, by, after, &a, err);
    if (code == 0)
        code = load_version(r, by->document_id, &version, err);
    code = db_end(r->db, code, err);
    if (code == 0)
        *ret_version = version;
    return code;
}

int records_changes(struct records *r, int64_t document_id, struct arena *a,
                    struct change_row **ret, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct change_row *list = NULL;
    size_t n = 0;
    int code = db_select(r->db, &rows, err,
                         "SELECT at, who, what, old_value, new_value, why FROM field_change"
                         " WHERE document_id = ? ORDER BY id",
                         "i", document_id);

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        list[n++] = (struct change_row){db_int(&rows, 0),     db_copy(&rows, 1, a),
                                        db_copy(&rows, 2, a), db_copy(&rows, 3, a),
                                        db_copy(&rows, 4, a), db_copy(&rows, 5, a)};
        code = 0;
    }
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}

/* ---- doubles ---- */

/* The number decides; without an equal number, the same gross on the same day is suspicious too. A
 * scan whose supplier's number could not be read has another key than the e-invoice of the same
 * purchase, so number and gross speak for themselves, and so do name, gross and day. One paper's
 * kind may be misread too: a credit note posted again as an invoice is the costliest double of all.
 * What is not known is bound as NULL, which equals nothing. */
static const char duplicates_sql[] =
    "SELECT id, ifnull(supplier_key = ?2, 0), ifnull(number_key = ?1, 0), supplier FROM document"
    " WHERE id <> ?3 AND type IN (?4, ?5) AND state <> 'rejected' AND"
    "  ((supplier_key = ?2 AND supplier_key <> ''"
    "    AND (number_key = ?1 OR (gross_minor = ?6 AND currency = ?7 AND issue_date = ?8)))"
    "   OR (gross_minor = ?6 AND currency = ?7"
    "    AND (number_key = ?1 OR (supplier_folded = ?9 AND issue_date = ?8))))"
    " ORDER BY id LIMIT ?10";

static const char *known(const char *text)
{
    return text && *text ? text : NULL;
}

static int select_duplicates(struct records *r, int64_t document_id, const struct document *d,
                             struct arena *a, struct db_rows *ret, struct err *err)
{
    const char *gross = document_value(d, FIELD_TOTAL_GROSS);
    const char *currency = document_value(d, FIELD_CURRENCY);
    const char *number = document_value(d, FIELD_INVOICE_NUMBER);
    const char *name = document_value(d, FIELD_SELLER_NAME);
    char *supplier_key = arena_alloc(a, KEY_SIZE), *number_key = arena_alloc(a, KEY_SIZE);
    char *folded = arena_alloc(a, 2 * KEY_SIZE);
    int64_t minor = 0;
    bool has_gross = gross && currency && money_parse(gross, currency_exponent(currency), &minor);

    posting_seller_key(d, supplier_key, KEY_SIZE);
    posting_normalise_number(number ? number : "", number_key, KEY_SIZE);
    utf8_fold(name ? name : "", folded, 2 * KEY_SIZE);
    return db_select(r->db, ret, err, duplicates_sql, "ttittittti", known(number_key),
                     known(supplier_key), document_id, document_type_name(DOCUMENT_INVOICE),
                     document_type_name(DOCUMENT_CREDIT_NOTE), minor, has_gross ? currency : NULL,
                     known(document_value(d, FIELD_ISSUE_DATE)), known(folded),
                     (int64_t)DUPLICATES_MAX);
}

static enum duplicate_kind duplicate_kind(bool is_same_supplier, bool is_same_number)
{
    return !is_same_supplier ? DUPLICATE_PAPER
           : is_same_number  ? DUPLICATE_NUMBER
                             : DUPLICATE_AMOUNT;
}

int records_find_duplicates(struct records *r, int64_t document_id, const struct document *d,
                            struct arena *a, struct duplicate **ret, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct duplicate *list = arena_alloc_array(a, DUPLICATES_MAX, sizeof *list);
    size_t n = 0;
    int code = select_duplicates(r, document_id, d, a, &rows, err);

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        list[n++] = (struct duplicate){db_int(&rows, 0),
                                       duplicate_kind(db_int(&rows, 1), db_int(&rows, 2)),
                                       db_copy(&rows, 3, a)};
        code = 0;
    }
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}
