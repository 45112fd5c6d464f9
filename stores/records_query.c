/* Lists, balances and counts. A list reads one statement; a balance reads several in one
 * transaction. */
#include "stores/records_query.h"

#include "stores/records_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"

#include <string.h>

#define LIMIT_DEFAULT 100
#define FOLDED_SIZE 256

/* ---- batches ---- */

/* Where one page is: its file's fate, its own, or its document's, in that order. */
#define PAGE_FATE                                                                                  \
    "CASE WHEN f.state = 'set_aside' THEN 'set_aside' WHEN " FILE_REJECTED " THEN 'rejected'"      \
    " WHEN p.state IN ('blank', 'separator') THEN p.state"                                         \
    " WHEN d.id IS NOT NULL THEN d.state"                                                          \
    " WHEN p.state = 'unread' AND f.stage = ?2 THEN 'set_aside'"                                   \
    " ELSE 'in_work' END"

static int64_t *sheet_count(struct balance *b, enum state state)
{
    switch (state) {
    case STATE_POSTED:
        return &b->posted;
    case STATE_FILED:
        return &b->filed;
    case STATE_WAITING:
        return &b->waiting;
    case STATE_REJECTED:
        return &b->rejected;
    case STATE_BLANK:
        return &b->blank;
    case STATE_SEPARATOR:
        return &b->separator;
    case STATE_SET_ASIDE:
        return &b->set_aside;
    default:
        return &b->in_work;
    }
}

static void add_sheets(struct balance *b, const char *state, int64_t n)
{
    enum state s = STATE_IN_WORK;

    state_parse(state, &s);
    *sheet_count(b, s) += n;
}

/* What came in, and the files whose pages are not known. */
static int sum_files(struct records *r, int64_t batch_id, struct balance *b, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT " FILE_STATE ", stage = ?2, count(*), sum(sheets) FROM file AS f"
                         " WHERE batch_id = ?1 GROUP BY 1, 2",
                         "it", batch_id, stage_name(STAGE_OPEN));

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        b->files += db_int(&rows, 2);
        b->sheets_in += db_int(&rows, 3);
        if (strcmp(db_text(&rows, 0), state_name(STATE_DUPLICATE)) == 0)
            b->duplicate_files += db_int(&rows, 2);
        else if (db_int(&rows, 1))
            add_sheets(b, db_text(&rows, 0), db_int(&rows, 3));
        code = 0;
    }
    return code;
}

static int sum_pages(struct records *r, int64_t batch_id, struct balance *b, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT " PAGE_FATE ", count(*) FROM file AS f"
                         " JOIN page AS p ON p.file_id = f.id"
                         " LEFT JOIN document AS d ON d.id = p.document_id"
                         " WHERE f.batch_id = ?1 AND f.state <> 'duplicate' GROUP BY 1",
                         "it", batch_id, stage_name(STAGE_DONE));

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        add_sheets(b, db_text(&rows, 0), db_int(&rows, 1));
        code = 0;
    }
    return code;
}

static int load_balance(struct records *r, int64_t batch_id, struct balance *ret, struct err *err)
{
    struct balance b = {0};
    int code = sum_files(r, batch_id, &b, err);

    if (code == 0)
        code = sum_pages(r, batch_id, &b, err);
    if (code < 0)
        return code;
    b.is_balanced = b.sheets_in == b.posted + b.filed + b.waiting + b.rejected + b.blank +
                                       b.separator + b.set_aside + b.in_work;
    b.is_finished = b.is_balanced && b.in_work == 0;
    b.is_closed = b.is_finished && b.waiting == 0;
    *ret = b;
    return 0;
}

static int read_batches(struct db_rows *rows, struct arena *a, struct batch_row **ret,
                        size_t *ret_n, struct err *err)
{
    struct batch_row *list = NULL;
    size_t n = 0;
    int code;

    while ((code = db_next(rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        list[n++] = (struct batch_row){.id = db_int(rows, 0),
                                       .name = db_copy(rows, 1, a),
                                       .source = db_copy(rows, 2, a),
                                       .created_at = db_int(rows, 3)};
    }
    *ret = list;
    *ret_n = n;
    return code;
}

static int list_batches(struct records *r, int64_t before, size_t limit, struct arena *a,
                        struct batch_row **ret, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT id, name, source, created_at FROM batch"
                         " WHERE id < ? ORDER BY id DESC LIMIT ?",
                         "ii", before ? before : INT64_MAX, (int64_t)limit);

    return code < 0 ? code : read_batches(&rows, a, ret, ret_n, err);
}

int records_list_batches(struct records *r, int64_t before, size_t limit, struct arena *a,
                         struct batch_row **ret, size_t *ret_n, struct err *err)
{
    struct batch_row *list = NULL;
    size_t n = 0;
    int code = db_begin_read(r->db, err);

    if (code < 0)
        return code;
    code = list_batches(r, before, limit, a, &list, &n, err);
    for (size_t i = 0; code == 0 && i < n; i++)
        code = load_balance(r, list[i].id, &list[i].balance, err);
    code = db_end(r->db, code, err);
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}

int records_load_batch(struct records *r, int64_t id, struct arena *a, struct batch_row *ret,
                       struct err *err)
{
    struct batch_row *list = NULL;
    size_t n = 0;
    int code = records_list_batches(r, id + 1, 1, a, &list, &n, err);

    if (code == 0 && (n == 0 || list[0].id != id))
        return err_set(err, ERR_NOT_FOUND, "batch %lld: no such batch", (long long)id);
    if (code == 0)
        *ret = list[0];
    return code;
}

/* ---- files and pages ---- */

#define LIST_FILES(narrowest)                                                                      \
    "SELECT " FILE_COLUMNS " FROM file AS f WHERE " narrowest " AND f.id > ?1"                     \
    " AND (?2 = 0 OR f.batch_id = ?2) AND (?3 IS NULL OR " FILE_STATE                              \
    " = ?3) ORDER BY f.id LIMIT ?4"

int records_list_files(struct records *r, int64_t batch_id, enum state state, int64_t after,
                       size_t limit, struct arena *a, struct file_row **ret, size_t *ret_n,
                       struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    const char *name = state == STATE_COUNT ? NULL : state_name(state);
    struct file_row *list = NULL;
    size_t n = 0;
    int code = db_select(r->db, &rows, err,
                         batch_id ? LIST_FILES("f.batch_id = ?2") : LIST_FILES("1"), "iiti", after,
                         batch_id, name, (int64_t)limit);

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        file_row_read(&rows, a, &list[n++]);
        code = 0;
    }
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}

int records_find_file(struct records *r, const char *sha256, struct arena *a, struct file_row *ret,
                      struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT " FILE_COLUMNS
                         " FROM file AS f WHERE f.sha256 = ? AND f.state <> 'duplicate'",
                         "t", sha256);

    if (code == 0)
        code = db_next(&rows, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, ERR_NOT_FOUND, "no file with these bytes");
    file_row_read(&rows, a, ret);
    return 0;
}

static void read_page_row(const struct db_rows *rows, struct arena *a, struct page_row *ret)
{
    *ret = (struct page_row){
        .number = (int)db_int(rows, 0),
        .state = STATE_UNREAD,
        .fence = db_int(rows, 3),
        .document_id = db_int(rows, 4),
        .picture_sha256 = db_copy(rows, 5, a),
        .reason = db_copy(rows, 6, a),
        .message = db_copy(rows, 7, a),
        .n_words = (int)db_int(rows, 8),
    };
    state_parse(db_text(rows, 1), &ret->state);
    for (int i = 0; i < PAGE_SOURCE_COUNT; i++)
        if (strcmp(page_source_name((enum page_source)i), db_text(rows, 2)) == 0)
            ret->source = (enum page_source)i;
}

int records_list_pages(struct records *r, int64_t file_id, struct arena *a, struct page_row **ret,
                       size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct page_row *list = NULL;
    size_t n = 0;
    int code = db_select(r->db, &rows, err,
                         "SELECT number, state, source, fence, document_id, picture_sha256, reason,"
                         " message, n_words FROM page WHERE file_id = ? ORDER BY number",
                         "i", file_id);

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        read_page_row(&rows, a, &list[n++]);
        code = 0;
    }
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}

/* ---- documents ---- */

void document_filter_init(struct document_filter *f)
{
    *f = (struct document_filter){
        .state = STATE_COUNT, .type = DOCUMENT_TYPE_COUNT, .limit = LIMIT_DEFAULT};
}

/* instr() instead of LIKE: no character of the user's text means anything. The narrowest condition
 * stands first and by itself, so that its index is used: a batch is found among a million
 * documents. */
#define LIST_DOCUMENTS(narrowest)                                                                  \
    "SELECT " DOCUMENT_COLUMNS DOCUMENT_TABLES "WHERE " narrowest " AND d.id > ?1"                 \
    " AND (?2 = 0 OR f.batch_id = ?2) AND (?3 = 0 OR d.file_id = ?3)"                              \
    " AND (?4 IS NULL OR d.state = ?4) AND (?5 IS NULL OR d.type = ?5)"                            \
    " AND (?6 IS NULL OR instr(d.supplier_folded, ?6) > 0)"                                        \
    " AND (?7 IS NULL OR d.department = ?7) ORDER BY d.id LIMIT ?8"

static const char *list_documents_sql(const struct document_filter *f)
{
    if (f->file_id)
        return LIST_DOCUMENTS("d.file_id = ?3");
    if (f->batch_id)
        return LIST_DOCUMENTS("f.batch_id = ?2");
    if (f->state != STATE_COUNT)
        return LIST_DOCUMENTS("d.state = ?4");
    return LIST_DOCUMENTS("1");
}

static int select_documents(struct records *r, const struct document_filter *f, const char *folded,
                            struct db_rows *ret, struct err *err)
{
    return db_select(r->db, ret, err, list_documents_sql(f), "iiitttti", f->after, f->batch_id,
                     f->file_id, f->state == STATE_COUNT ? NULL : state_name(f->state),
                     f->type == DOCUMENT_TYPE_COUNT ? NULL : document_type_name(f->type), folded,
                     f->department, (int64_t)f->limit);
}

int records_list_documents(struct records *r, const struct document_filter *f, struct arena *a,
                           struct document_row **ret, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct document_row *list = NULL;
    char folded[FOLDED_SIZE];
    size_t n = 0;
    int code;

    if (f->supplier)
        utf8_fold(f->supplier, folded, sizeof folded);
    code = select_documents(r, f, f->supplier ? folded : NULL, &rows, err);
    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        document_row_read(&rows, a, &list[n++]);
        code = 0;
    }
    if (code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}

/* ---- counts ---- */

static int count_states(struct records *r, struct records_counts *c, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT 'file', " FILE_STATE
                         ", count(*) FROM file AS f GROUP BY 2 UNION ALL"
                         " SELECT 'page', state, count(*) FROM page GROUP BY state UNION ALL"
                         " SELECT 'document', state, count(*) FROM document GROUP BY state",
                         "");
    enum state state;

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        int64_t *counts = db_text(&rows, 0)[0] == 'f'   ? c->files
                          : db_text(&rows, 0)[0] == 'p' ? c->pages
                                                        : c->documents;

        if (state_parse(db_text(&rows, 1), &state))
            counts[state] = db_int(&rows, 2);
        code = 0;
    }
    return code;
}

static int count_stages(struct records *r, struct records_counts *c, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(
        r->db, &rows, err,
        "SELECT stage, count(*), min(changed_at) FROM file"
        " WHERE state = 'in_work' AND stage IN (?1, ?2) GROUP BY stage UNION ALL"
        " SELECT ?3, count(*), min(p.changed_at) FROM page AS p JOIN file AS f ON f.id = p.file_id"
        "  WHERE p.state = 'in_work' AND f.state = 'in_work' AND f.stage = ?3 UNION ALL"
        " SELECT stage, count(*), min(changed_at) FROM document"
        "  WHERE state IN ('in_work', 'waiting') GROUP BY stage",
        "ttt", stage_name(STAGE_OPEN), stage_name(STAGE_SORT), stage_name(STAGE_READ));
    enum stage stage;

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        if (stage_parse(db_text(&rows, 0), &stage))
            c->stages[stage] = (struct stage_count){db_int(&rows, 1), db_int(&rows, 2)};
        code = 0;
    }
    return code;
}

int records_count(struct records *r, struct records_counts *ret, struct err *err)
{
    struct records_counts c = {0};
    int code = db_begin_read(r->db, err);

    if (code < 0)
        return code;
    code = count_states(r, &c, err);
    if (code == 0)
        code = db_get_int(r->db, &c.fallbacks, err,
                          "SELECT count(*) FROM page WHERE state = 'done' AND reason <> ''", "");
    if (code == 0)
        code = count_stages(r, &c, err);
    code = db_end(r->db, code, err);
    if (code == 0)
        *ret = c;
    return code;
}
