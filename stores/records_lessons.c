/*
 * The versions of a supplier's lessons. The number in the supplier's row says which one counts; a
 * new one takes the next number in the same statement that checks nobody took it before. A list is
 * JSON, so that sqlite3's json_each reads it and an older program skips what it does not know.
 */
#include "stores/records_suppliers.h"

#include "stores/records_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

#include <string.h>

static void version_read(const struct db_rows *rows, struct arena *a, struct lesson_version *ret)
{
    *ret = (struct lesson_version){.version = db_int(rows, 0),
                                   .at = db_int(rows, 1),
                                   .who = db_copy(rows, 2, a),
                                   .act = db_copy(rows, 3, a),
                                   .document_id = db_int(rows, 4),
                                   .note = db_copy(rows, 5, a)};
}

int records_list_lesson_versions(struct records *r, int64_t supplier_id, struct arena *a,
                                 struct lesson_version **ret, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct lesson_version *list = arena_alloc_array(a, RECORDS_LESSON_VERSIONS + 1, sizeof *list);
    size_t n = 0;
    int code = db_select(r->db, &rows, err,
                         "SELECT version, at, who, act, document_id, note FROM supplier_lessons"
                         " WHERE supplier_id = ? ORDER BY version DESC LIMIT ?",
                         "ii", supplier_id, (int64_t)RECORDS_LESSON_VERSIONS);

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        version_read(&rows, a, &list[n++]);
        code = 0;
    }
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}

static int read_lessons(const struct db_rows *rows, struct arena *a, struct lessons *ret,
                        struct err *err)
{
    AUTO_JSON json_t *json = NULL;
    const char *text = db_text(rows, 6);
    int code = json_parse(text, strlen(text), &json, err);

    return code < 0 ? code : lessons_from_json(a, json, ret, err);
}

int records_load_lessons(struct records *r, int64_t supplier_id, int64_t version, struct arena *a,
                         struct lessons *ret, struct lesson_version *ret_version, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT l.version, l.at, l.who, l.act, l.document_id, l.note, l.lessons"
                         " FROM supplier_lessons AS l JOIN supplier AS s ON s.id = l.supplier_id"
                         " WHERE s.id = ?1 AND l.version = iif(?2, ?2, s.lessons_version)",
                         "ii", supplier_id, version);

    if (code == 0)
        code = db_next(&rows, err);
    if (code < 0)
        return code;
    if (code == 0 && version)
        return err_set(err, ERR_NOT_FOUND, "supplier %lld has no version %lld of its lessons",
                       (long long)supplier_id, (long long)version);
    if (code == 0) {
        *ret = (struct lessons){0};
        *ret_version = (struct lesson_version){.who = "", .act = "", .note = ""};
        return 0;
    }
    code = read_lessons(&rows, a, ret, err);
    if (code == 0)
        version_read(&rows, a, ret_version);
    return code;
}

static int note_lessons(struct records *r, int64_t supplier_id, const struct lesson_version *by,
                        size_t n, struct err *err)
{
    AUTO_JSON json_t *detail = json_object();
    AUTO_FREE char *text = NULL;

    json_set_int(detail, "version", by->version + 1);
    if (by->document_id)
        json_set_int(detail, "document", by->document_id);
    json_set_int(detail, "lessons", (int64_t)n);
    if (by->note[0])
        json_set_text(detail, "note", by->note);
    text = json_text(detail);
    return audit_add(&r->audit, by->who, by->act, "supplier", supplier_id, text, err);
}

static int store(struct records *r, int64_t supplier_id, const struct lesson_version *by,
                 const struct lessons *after, struct err *err)
{
    AUTO_JSON json_t *json = lessons_to_json(after);
    AUTO_FREE char *text = json_text(json);
    int64_t now = clock_now_ms(), version = by->version + 1;
    int n = db_run(r->db, err,
                   "UPDATE supplier SET lessons_version = ?, changed_at = ?"
                   " WHERE id = ? AND lessons_version = ?",
                   "iiii", version, now, supplier_id, by->version);

    if (n == 0)
        return err_set(err, ERR_CONFLICT, "the lessons of supplier %lld were changed meanwhile",
                       (long long)supplier_id);
    if (n > 0)
        n = db_run(r->db, err,
                   "INSERT INTO supplier_lessons(supplier_id, version, at, who, act, document_id,"
                   " note, lessons) VALUES(?, ?, ?, ?, ?, nullif(?, 0), ?, ?)",
                   "iiittitt", supplier_id, version, now, by->who, by->act, by->document_id,
                   by->note, text);
    if (n > 0)
        n = db_run(r->db, err,
                   "DELETE FROM supplier_lessons WHERE supplier_id = ? AND version <= ?", "ii",
                   supplier_id, version - RECORDS_LESSON_VERSIONS);
    return n < 0 ? n : note_lessons(r, supplier_id, by, after->n, err);
}

int records_store_lessons(struct records *r, int64_t supplier_id, const struct lesson_version *by,
                          const struct lessons *after, int64_t *ret_version, struct err *err)
{
    int code = db_begin(r->db, err);

    if (code < 0)
        return code;
    code = db_end(r->db, store(r, supplier_id, by, after, err), err);
    if (code == 0)
        *ret_version = by->version + 1;
    return code;
}
