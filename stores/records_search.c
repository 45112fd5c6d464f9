/*
 * Full text over filed documents, through FTS5. A query is taken apart into runs of letters and
 * digits here, and each is quoted, so FTS5's own grammar never sees what a person typed.
 */
#include "stores/records_query.h"

#include "stores/records_private.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"

#include <string.h>

#define QUERY_BYTES_MAX 4096
#define SNIPPET_WORDS "12"

/* Appends the word that starts at *p as "word" or "word"*, and moves *p behind it. */
static void add_word(struct buf *match, const char **p)
{
    buf_add_text(match, match->length ? " \"" : "\"");
    while (**p) {
        const char *start = *p;

        if (!utf8_is_alnum(utf8_next(p))) {
            *p = start;
            break;
        }
        buf_add(match, start, (size_t)(*p - start));
    }
    buf_add_text(match, **p == '*' ? "\"*" : "\"");
}

static void make_match(const char *words, struct buf *match)
{
    const char *p = words;

    while (*p) {
        const char *start = p;

        if (utf8_is_alnum(utf8_next(&p))) {
            p = start;
            add_word(match, &p);
        }
    }
}

static int read_hits(struct db_rows *rows, struct arena *a, size_t limit, struct hit **ret,
                     size_t *ret_n, struct err *err)
{
    struct hit *list = arena_alloc_array(a, limit, sizeof *list);
    size_t n = 0;
    int code;

    while (n < limit && (code = db_next(rows, err)) > 0) {
        document_row_read(rows, a, &list[n].document);
        list[n++].snippet = db_copy(rows, 28, a);
    }
    if (n < limit && code < 0)
        return code;
    *ret = list;
    *ret_n = n;
    return 0;
}

int records_search(struct records *r, const char *words, size_t limit, struct arena *a,
                   struct hit **ret, size_t *ret_n, struct err *err)
{
    AUTO_BUF struct buf match;
    AUTO_ROWS struct db_rows rows = {0};
    int code;

    buf_init(&match, QUERY_BYTES_MAX);
    make_match(words, &match);
    if (match.is_full)
        return err_set(err, ERR_LIMIT, "the search is longer than %d bytes", QUERY_BYTES_MAX);
    if (match.length == 0) {
        *ret_n = 0;
        return 0;
    }
    code = db_select(r->db, &rows, err,
                     "SELECT " DOCUMENT_COLUMNS
                     ", snippet(record_text, 0, char(2), char(3), '…', " SNIPPET_WORDS ")"
                     " FROM record_text JOIN document AS d ON d.id = record_text.rowid"
                     " JOIN file AS f ON f.id = d.file_id"
                     " WHERE record_text MATCH ? ORDER BY record_text.rank, d.id LIMIT ?",
                     "ti", match.data, (int64_t)limit);
    return code < 0 ? code : read_hits(&rows, a, limit, ret, ret_n, err);
}
