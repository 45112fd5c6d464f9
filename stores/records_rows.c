/* Single rows of the records store: files, documents and the words of pages, into the arena. */
#include "stores/records_private.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"

#include <string.h>
#include <zstd.h>

#define COMPRESSION_LEVEL 1
#define WORDS_BYTES_MAX ((size_t)16 << 20)

/* ---- words of one page: zstd over the packed page ---- */

int words_store(struct records *r, int64_t page_id, const struct page *page, struct err *err)
{
    AUTO_BUF struct buf plain, packed;
    char *room;
    size_t n;
    int code;

    buf_init(&plain, WORDS_BYTES_MAX);
    buf_init(&packed, ZSTD_COMPRESSBOUND(WORDS_BYTES_MAX));
    page_pack(page, &plain);
    if (plain.is_full)
        return err_set(err, ERR_LIMIT, "the words of page %d are too many to store", page->number);
    n = ZSTD_compressBound(plain.length);
    room = buf_reserve(&packed, n);
    n = ZSTD_compressCCtx(r->compressor, room, n, plain.data, plain.length, COMPRESSION_LEVEL);
    if (ZSTD_isError(n))
        BUG("compressing: %s", ZSTD_getErrorName(n));
    code = db_run(r->db, err, "INSERT OR REPLACE INTO page_words(page_id, words) VALUES(?, ?)",
                  "ib", page_id, room, n);
    return code < 0 ? code : 0;
}

static int expand(struct records *r, const void *bytes, size_t length, struct buf *out,
                  struct err *err)
{
    unsigned long long size = ZSTD_getFrameContentSize(bytes, length);
    size_t n;

    if (size > WORDS_BYTES_MAX) /* the error values are the largest of all */
        return err_set(err, ERR_INVALID, "stored words are damaged");
    n = ZSTD_decompressDCtx(r->expander, buf_reserve(out, (size_t)size), (size_t)size, bytes,
                            length);
    if (ZSTD_isError(n) || n != size)
        return err_set(err, ERR_INVALID, "stored words are damaged");
    out->length = n;
    return 0;
}

int words_read(struct records *r, const struct db_rows *rows, int column, struct arena *a,
               struct page **ret, struct err *err)
{
    AUTO_BUF struct buf plain = {0};
    size_t length = 0;
    const void *bytes = db_blob(rows, column, &length);
    int code;

    if (db_is_null(rows, column)) {
        *ret = NULL;
        return 0;
    }
    buf_init(&plain, WORDS_BYTES_MAX);
    code = expand(r, bytes, length, &plain, err);
    return code < 0 ? code : page_unpack(a, plain.data, plain.length, ret, err);
}

static int read_pages(struct records *r, struct db_rows *rows, struct arena *a, struct page ***ret,
                      size_t *ret_n, struct err *err)
{
    struct page **pages = NULL;
    size_t n = 0;
    int code;

    while ((code = db_next(rows, err)) > 0) {
        pages = arena_grow_list(a, pages, n, sizeof(struct page *));
        code = words_read(r, rows, 1, a, &pages[n], err);
        if (code < 0)
            return err_wrap(err, code, "page %lld", (long long)db_int(rows, 0));
        n++;
    }
    if (code < 0)
        return code;
    *ret = pages;
    *ret_n = n;
    return 0;
}

int records_load_pages(struct records *r, int64_t file_id, struct arena *a, struct page ***ret,
                       size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT p.number, w.words FROM page AS p"
                         " LEFT JOIN page_words AS w ON w.page_id = p.id"
                         " WHERE p.file_id = ? ORDER BY p.number",
                         "i", file_id);

    return code < 0 ? code : read_pages(r, &rows, a, ret, ret_n, err);
}

int records_load_document_pages(struct records *r, int64_t document_id, struct arena *a,
                                struct page ***ret, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT p.number, w.words FROM page AS p"
                         " LEFT JOIN page_words AS w ON w.page_id = p.id"
                         " WHERE p.document_id = ? ORDER BY p.position",
                         "i", document_id);

    return code < 0 ? code : read_pages(r, &rows, a, ret, ret_n, err);
}

/* ---- files ---- */

/* Our own CHECKs and code wrote the word: anything else is damage, told as what stands still. */
static enum stage read_stage(const struct db_rows *rows, int column)
{
    enum stage stage = STAGE_DONE;

    stage_parse(db_text(rows, column), &stage);
    return stage;
}

static enum state read_state(const struct db_rows *rows, int column)
{
    enum state state = STATE_SET_ASIDE;

    state_parse(db_text(rows, column), &state);
    return state;
}

void file_row_read(const struct db_rows *rows, struct arena *a, struct file_row *ret)
{
    *ret = (struct file_row){
        .id = db_int(rows, 0),
        .batch_id = db_int(rows, 1),
        .parent_id = db_int(rows, 2),
        .duplicate_of = db_int(rows, 3),
        .name = db_copy(rows, 4, a),
        .sha256 = db_copy(rows, 5, a),
        .size = db_int(rows, 6),
        .kind = db_copy(rows, 7, a),
        .producer = db_copy(rows, 8, a),
        .stage = read_stage(rows, 9),
        .state = read_state(rows, 10),
        .fence = db_int(rows, 11),
        .n_pages = (int)db_int(rows, 12),
        .reason = db_copy(rows, 13, a),
        .message = db_copy(rows, 14, a),
        .created_at = db_int(rows, 15),
        .changed_at = db_int(rows, 16),
    };
}

int records_load_file(struct records *r, int64_t id, struct arena *a, struct file_row *ret,
                      struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err, "SELECT " FILE_COLUMNS " FROM file AS f WHERE f.id = ?",
                         "i", id);

    if (code == 0)
        code = db_next(&rows, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, ERR_NOT_FOUND, "file %lld: no such file", (long long)id);
    file_row_read(&rows, a, ret);
    return 0;
}

/* ---- documents ---- */

void document_row_read(const struct db_rows *rows, struct arena *a, struct document_row *ret)
{
    *ret = (struct document_row){
        .id = db_int(rows, 0),
        .file_id = db_int(rows, 1),
        .batch_id = db_int(rows, 2),
        .file_name = db_copy(rows, 3, a),
        .file_sha256 = db_copy(rows, 4, a),
        .type = DOCUMENT_UNKNOWN,
        .language = db_copy(rows, 6, a),
        .department = db_copy(rows, 7, a),
        .stage = read_stage(rows, 8),
        .state = read_state(rows, 9),
        .fence = db_int(rows, 10),
        .version = db_int(rows, 11),
        .first_page = (int)db_int(rows, 12),
        .n_pages = (int)db_int(rows, 13),
        .supplier = db_copy(rows, 14, a),
        .number = db_copy(rows, 15, a),
        .issue_date = db_copy(rows, 16, a),
        .due_date = db_copy(rows, 17, a),
        .currency = db_copy(rows, 18, a),
        .has_gross = !db_is_null(rows, 19),
        .gross_minor = db_int(rows, 19),
        .reason = db_copy(rows, 20, a),
        .message = db_copy(rows, 21, a),
        .posting_key = db_copy(rows, 22, a),
        .record_sha256 = db_copy(rows, 23, a),
        .manifest_sha256 = db_copy(rows, 24, a),
        .retention_until = db_copy(rows, 25, a),
        .created_at = db_int(rows, 26),
        .changed_at = db_int(rows, 27),
    };
    document_type_parse(db_text(rows, 5), &ret->type);
}

static int load_document_row(struct records *r, int64_t id, struct arena *a,
                             struct document_row *ret, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT " DOCUMENT_COLUMNS DOCUMENT_TABLES "WHERE d.id = ?", "i", id);

    if (code == 0)
        code = db_next(&rows, err);
    if (code < 0)
        return code;
    if (code == 0)
        return err_set(err, ERR_NOT_FOUND, "document %lld: no such document", (long long)id);
    document_row_read(&rows, a, ret);
    return 0;
}

/* Row and body must be of one moment, or a correction could be made on the wrong version. */
int records_load_document(struct records *r, int64_t id, struct arena *a, struct document_row *ret,
                          struct document **ret_document, struct err *err)
{
    struct document_row row = {0};
    struct document *d = NULL;
    int code = db_begin_read(r->db, err);

    if (code < 0)
        return code;
    code = load_document_row(r, id, a, &row, err);
    if (code == 0)
        code = document_load_body(r, id, a, &d, err);
    code = db_end(r->db, code, err);
    if (code < 0 || !d)
        return code;
    d->file = row.file_name;
    *ret = row;
    *ret_document = d;
    return 0;
}

static int parse_document(const struct db_rows *rows, int column, struct arena *a,
                          struct document **ret, struct err *err)
{
    AUTO_JSON json_t *json = NULL;
    const char *text = db_text(rows, column);
    int code = json_parse(text, strlen(text), &json, err);

    return code < 0 ? code : document_from_json(a, json, ret, err);
}

int document_load_body(struct records *r, int64_t id, struct arena *a, struct document **ret,
                       struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err, "SELECT json FROM document_body WHERE document_id = ?",
                         "i", id);

    if (code == 0)
        code = db_next(&rows, err);
    if (code == 0)
        return err_set(err, ERR_NOT_FOUND, "document %lld: no such document", (long long)id);
    if (code > 0)
        code = parse_document(&rows, 0, a, ret, err);
    return code < 0 ? err_wrap(err, code, "document %lld", (long long)id) : 0;
}

int records_load_einvoice(struct records *r, int64_t file_id, struct arena *a,
                          struct document **ret, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct document *d = NULL;
    int code = db_select(r->db, &rows, err, "SELECT einvoice FROM file WHERE id = ?", "i", file_id);

    if (code == 0)
        code = db_next(&rows, err);
    if (code == 0)
        return err_set(err, ERR_NOT_FOUND, "file %lld: no such file", (long long)file_id);
    if (code > 0)
        code = db_is_null(&rows, 0) ? 0 : parse_document(&rows, 0, a, &d, err);
    if (code < 0)
        return err_wrap(err, code, "e-invoice of file %lld", (long long)file_id);
    *ret = d;
    return 0;
}
