/*
 * The chain itself: adding a row behind the last one, listing rows, and walking them all to find
 * the first that does not fit. Writers hold the database's write lock, so two of them cannot follow
 * the same row. What can fail is the database.
 */
#include "stores/audit_add.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "stores/db.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char before_first[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

static void hash_item(struct hash *h, const char *text)
{
    char length[24];
    size_t n = strlen(text);

    hash_add(h, length, (size_t)snprintf(length, sizeof length, "%zu:", n));
    hash_add(h, text, n);
    hash_add(h, ",", 1);
}

static void hash_number(struct hash *h, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    hash_item(h, text);
}

static void hash_row(const char *previous, const struct audit_row *row, char hex[HASH_HEX_SIZE])
{
    struct hash h;

    hash_init(&h);
    hash_add(&h, previous, strlen(previous));
    hash_number(&h, row->number);
    hash_number(&h, row->at);
    hash_item(&h, row->who);
    hash_item(&h, row->act);
    hash_item(&h, row->object);
    hash_item(&h, row->detail);
    hash_finish(&h, hex);
}

int audit_load_head(struct audit *c, struct audit_head *ret, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int r = db_select(c->db, &rows, err,
                      "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", "");

    if (r == 0)
        r = db_next(&rows, err);
    if (r < 0)
        return r;
    ret->rows = r ? db_int(&rows, 0) : 0;
    snprintf(ret->hash, sizeof ret->hash, "%s", r ? db_text(&rows, 1) : before_first);
    return 0;
}

int audit_add(struct audit *c, const char *who, const char *act, const char *kind, int64_t id,
              const char *detail, struct err *err)
{
    struct audit_head head = {0};
    struct audit_row row = {
        .at = clock_now_ms(), .who = who, .act = act, .detail = detail ? detail : ""};
    char object[64], hex[HASH_HEX_SIZE];
    int r = audit_load_head(c, &head, err);

    if (r < 0)
        return r;
    snprintf(object, sizeof object, "%s:%" PRId64, kind, id);
    row.object = object;
    row.number = head.rows + 1;
    hash_row(head.hash, &row, hex);
    r = db_run(c->db, err,
               "INSERT INTO audit(number, at, who, act, object, detail, hash)"
               " VALUES(?, ?, ?, ?, ?, ?, ?)",
               "iittttt", row.number, row.at, row.who, row.act, row.object, row.detail, hex);
    return r < 0 ? r : 0;
}

/* ---- looking ---- */

static void read_row(const struct db_rows *rows, struct arena *a, struct audit_row *ret)
{
    *ret = (struct audit_row){
        .number = db_int(rows, 0),
        .at = db_int(rows, 1),
        .who = db_copy(rows, 2, a),
        .act = db_copy(rows, 3, a),
        .object = db_copy(rows, 4, a),
        .detail = db_copy(rows, 5, a),
        .hash = db_copy(rows, 6, a),
    };
}

static int read_rows(struct db_rows *rows, struct arena *a, struct audit_row **ret, size_t *ret_n,
                     struct err *err)
{
    struct audit_row *list = NULL;
    size_t n = 0;
    int r;

    while ((r = db_next(rows, err)) > 0) {
        list = arena_grow_list(a, list, n, sizeof *list);
        read_row(rows, a, &list[n++]);
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

#define SELECT_ROWS "SELECT number, at, who, act, object, detail, hash FROM audit "

int audit_list(struct audit *c, int64_t after, size_t limit, struct arena *a,
               struct audit_row **ret, size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int r = db_select(c->db, &rows, err, SELECT_ROWS "WHERE number > ? ORDER BY number LIMIT ?",
                      "ii", after, (int64_t)limit);

    return r < 0 ? r : read_rows(&rows, a, ret, ret_n, err);
}

int audit_list_object(struct audit *c, const char *object, struct arena *a, struct audit_row **ret,
                      size_t *ret_n, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int r = db_select(c->db, &rows, err, SELECT_ROWS "WHERE object = ? ORDER BY number", "t",
                      object);

    return r < 0 ? r : read_rows(&rows, a, ret, ret_n, err);
}

/* ---- checking ---- */

/* Does the row at hand follow `head`? Then head moves on to it. */
static int check_row(const struct db_rows *rows, struct audit_head *head, struct err *err)
{
    struct audit_row row = {
        .number = db_int(rows, 0),
        .at = db_int(rows, 1),
        .who = db_text(rows, 2),
        .act = db_text(rows, 3),
        .object = db_text(rows, 4),
        .detail = db_text(rows, 5),
        .hash = db_text(rows, 6),
    };
    char hex[HASH_HEX_SIZE];

    if (row.number != head->rows + 1)
        return err_set(err, ERR_INVALID, "audit row %" PRId64 " is missing", head->rows + 1);
    hash_row(head->hash, &row, hex);
    if (strcmp(hex, row.hash) != 0)
        return err_set(err, ERR_INVALID, "audit row %" PRId64 " does not follow the row before it",
                       row.number);
    head->rows = row.number;
    memcpy(head->hash, hex, sizeof head->hash);
    return 0;
}

int audit_verify(struct audit *c, struct audit_head *ret, int64_t *ret_bad, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    struct audit_head head = {0};
    int r = db_select(c->db, &rows, err, SELECT_ROWS "ORDER BY number", "");

    memcpy(head.hash, before_first, sizeof head.hash);
    while (r == 0 && (r = db_next(&rows, err)) > 0) {
        r = check_row(&rows, &head, err);
        if (r < 0 && ret_bad)
            *ret_bad = head.rows + 1;
    }
    if (r < 0)
        return r;
    if (ret)
        *ret = head;
    return 0;
}
