/*
 * SQLite, set up so that what a commit promised survives a power cut, and so that many processes
 * may share one file. Rollback journal, not WAL: Debian 12's 3.40.1 can corrupt a WAL that is reset
 * while another connection writes. PERSIST spares the directory two changes a commit; with
 * synchronous=FULL its zeroed header is synced, so a committed transaction cannot come back undone.
 * No mmap: a truncated file would be a SIGBUS instead of an error.
 *
 * A failure is told with SQLite's own words, which name tables and columns but no values.
 */
#include "stores/db.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "stores/db_journal.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define STATEMENTS_MAX 128 /* a power of two, about twice as many as there are */

struct db {
    sqlite3 *handle;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } cache[STATEMENTS_MAX];
};

static const char settings[] = "PRAGMA journal_mode=PERSIST;"
                               "PRAGMA journal_size_limit=4194304;"
                               "PRAGMA synchronous=FULL;"
                               "PRAGMA foreign_keys=ON;"
                               "PRAGMA recursive_triggers=ON;" /* REPLACE meets DELETE triggers */
                               "PRAGMA mmap_size=0;"
                               "PRAGMA cell_size_check=ON;"
                               "PRAGMA trusted_schema=OFF;"
                               "PRAGMA temp_store=MEMORY;"
                               "PRAGMA cache_size=-4000;";

static int fail(struct db *db, int code, struct err *err)
{
    const char *why = sqlite3_errmsg(db->handle);

    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, ERR_UNREACHABLE, "database busy: %s", why);
    case SQLITE_CONSTRAINT:
        return err_set(err, ERR_CONFLICT, "database: %s", why);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_set(err, ERR_INVALID, "database damaged: %s", why);
    case SQLITE_TOOBIG:
        return err_set(err, ERR_LIMIT, "database: %s", why);
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return err_set(err, ERR_IO, "database: %s", why);
    case SQLITE_NOMEM:
        BUG("out of memory in the database");
    default:
        BUG("database answered %d: %s", code, why);
    }
}

/* Somebody else is committing, which takes some milliseconds: looks every third of one, and after a
 * while less often; gives up after half a minute. SQLite's own handler sleeps twice as long each
 * time, so that two workers idle where one has long finished. */
static int wait_for_lock(void *unused, int tries)
{
    static const struct {
        int until, us;
    } naps[] = {{30, 300}, {100, 2000}, {3100, 10000}};

    (void)unused;
    for (size_t i = 0; i < ARRAY_LENGTH(naps); i++)
        if (tries < naps[i].until) {
            usleep((useconds_t)naps[i].us);
            return 1;
        }
    return 0;
}

static int execute(struct db *db, const char *sql, struct err *err)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? 0 : fail(db, code, err);
}

/* ---- statements ---- */

static size_t slot_of(const char *sql)
{
    uint64_t x = (uint64_t)(uintptr_t)sql;

    return (size_t)((x * 0x9E3779B97F4A7C15u) >> 57) & (STATEMENTS_MAX - 1);
}

static int prepare(struct db *db, const char *sql, sqlite3_stmt **ret, struct err *err)
{
    size_t i = slot_of(sql);
    int code;

    for (size_t n = 0; db->cache[i].sql && db->cache[i].sql != sql; n++) {
        if (n == STATEMENTS_MAX)
            BUG("more than %d statements", STATEMENTS_MAX);
        i = (i + 1) & (STATEMENTS_MAX - 1);
    }
    if (!db->cache[i].sql) {
        code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                  &db->cache[i].statement, NULL);
        if (code != SQLITE_OK)
            return fail(db, code, err);
        db->cache[i].sql = sql;
    }
    if (sqlite3_stmt_busy(db->cache[i].statement))
        BUG("statement within itself: %s", sql);
    *ret = db->cache[i].statement;
    return 0;
}

static void bind_one(sqlite3_stmt *s, int at, char type, va_list *values)
{
    const void *bytes;
    int code;

    switch (type) {
    case 'i':
        code = sqlite3_bind_int64(s, at, va_arg(*values, int64_t));
        break;
    case 't':
        code = sqlite3_bind_text(s, at, va_arg(*values, const char *), -1, SQLITE_STATIC);
        break;
    case 'b':
        bytes = va_arg(*values, const void *);
        code = sqlite3_bind_blob64(s, at, bytes, va_arg(*values, size_t), SQLITE_STATIC);
        break;
    default:
        BUG("type '%c'", type);
    }
    if (code != SQLITE_OK)
        BUG("binding value %d of %s: %d", at, sqlite3_sql(s), code);
}

static void bind(sqlite3_stmt *s, const char *types, va_list *values)
{
    if ((size_t)sqlite3_bind_parameter_count(s) != strlen(types))
        BUG("%zu values for %s", strlen(types), sqlite3_sql(s));
    for (int i = 0; types[i]; i++)
        bind_one(s, i + 1, types[i], values);
}

static int select_values(struct db *db, struct db_rows *ret, const char *sql, const char *types,
                         va_list *values, struct err *err)
{
    sqlite3_stmt *s = NULL;
    int r = prepare(db, sql, &s, err);

    if (r < 0)
        return r;
    bind(s, types, values);
    *ret = (struct db_rows){db, s};
    return 0;
}

int db_run(struct db *db, struct err *err, const char *sql, const char *types, ...)
{
    AUTO_ROWS struct db_rows rows = {0};
    va_list values;
    int r;

    va_start(values, types);
    r = select_values(db, &rows, sql, types, &values, err);
    va_end(values);
    if (r == 0)
        r = db_next(&rows, err);
    return r < 0 ? r : sqlite3_changes(db->handle);
}

int db_select(struct db *db, struct db_rows *ret, struct err *err, const char *sql,
              const char *types, ...)
{
    va_list values;
    int r;

    va_start(values, types);
    r = select_values(db, ret, sql, types, &values, err);
    va_end(values);
    return r;
}

int db_get_int(struct db *db, int64_t *ret, struct err *err, const char *sql, const char *types,
               ...)
{
    AUTO_ROWS struct db_rows rows = {0};
    va_list values;
    int r;

    va_start(values, types);
    r = select_values(db, &rows, sql, types, &values, err);
    va_end(values);
    if (r == 0)
        r = db_next(&rows, err);
    if (r < 0)
        return r;
    if (r == 0)
        return err_set(err, ERR_NOT_FOUND, "no such row");
    *ret = db_int(&rows, 0);
    return 0;
}

int db_next(struct db_rows *rows, struct err *err)
{
    int code = sqlite3_step(rows->statement);

    if (code == SQLITE_ROW)
        return 1;
    return code == SQLITE_DONE ? 0 : fail(rows->db, code, err);
}

void db_rows_release(struct db_rows *rows)
{
    if (!rows->statement)
        return;
    sqlite3_reset(rows->statement); /* its failure was told by db_next() */
    sqlite3_clear_bindings(rows->statement);
    rows->statement = NULL;
}

int64_t db_last_id(struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

/* ---- reading a row ---- */

bool db_is_null(const struct db_rows *rows, int column)
{
    return sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

int64_t db_int(const struct db_rows *rows, int column)
{
    return sqlite3_column_int64(rows->statement, column);
}

const char *db_text(const struct db_rows *rows, int column)
{
    const unsigned char *text = sqlite3_column_text(rows->statement, column);

    return text ? (const char *)text : "";
}

const char *db_copy(const struct db_rows *rows, int column, struct arena *a)
{
    return arena_strdup(a, db_text(rows, column));
}

const void *db_blob(const struct db_rows *rows, int column, size_t *ret_length)
{
    const void *bytes = sqlite3_column_blob(rows->statement, column);

    *ret_length = (size_t)sqlite3_column_bytes(rows->statement, column);
    return bytes ? bytes : "";
}

/* ---- transactions ---- */

int db_begin(struct db *db, struct err *err)
{
    int r = db_run(db, err, "BEGIN IMMEDIATE", "");

    return r < 0 ? r : 0;
}

int db_begin_read(struct db *db, struct err *err)
{
    int r = db_run(db, err, "BEGIN DEFERRED", "");

    return r < 0 ? r : 0;
}

int db_end(struct db *db, int r, struct err *err)
{
    if (r >= 0) {
        int done = db_run(db, err, "COMMIT", "");

        if (done >= 0)
            return r;
        r = done;
    }
    if (!sqlite3_get_autocommit(db->handle)) /* a full disk rolls back by itself */
        execute(db, "ROLLBACK", NULL);
    return r;
}

/* ---- opening ---- */

static int migrate_one(struct db *db, const struct db_schema *schema, int from, struct err *err)
{
    AUTO_FREE char *stamp = mem_printf("PRAGMA user_version=%d; PRAGMA application_id=%d;",
                                       from + 1, schema->application_id);
    int r = execute(db, schema->migrations[from], err);

    return r < 0 ? r : execute(db, stamp, err);
}

static int load_version(struct db *db, const struct db_schema *schema, int64_t *ret,
                        struct err *err)
{
    int64_t id = 0, version = 0;
    int r = db_get_int(db, &id, err, "PRAGMA application_id", "");

    if (r == 0)
        r = db_get_int(db, &version, err, "PRAGMA user_version", "");
    if (r < 0)
        return r;
    if (version > 0 && id != schema->application_id)
        return err_set(err, ERR_INVALID, "this is no %s database of bilag", schema->name);
    if (version > schema->n_migrations)
        return err_set(err, ERR_INVALID, "%s database of version %lld, this program knows %d",
                       schema->name, (long long)version, schema->n_migrations);
    *ret = version;
    return 0;
}

/* A database without our version must be a new one: nothing is added to somebody else's. */
static int check_empty(struct db *db, const struct db_schema *schema, struct err *err)
{
    int64_t n = 0;
    int r = db_get_int(db, &n, err, "SELECT count(*) FROM sqlite_schema", "");

    if (r == 0 && n > 0)
        return err_set(err, ERR_INVALID, "this is no %s database of bilag", schema->name);
    return r;
}

static int migrate_all(struct db *db, const struct db_schema *schema, struct err *err)
{
    int64_t version = 0;
    int r = load_version(db, schema, &version, err);

    if (r == 0 && version == 0)
        r = check_empty(db, schema, err);
    for (; r == 0 && version < schema->n_migrations; version++)
        r = migrate_one(db, schema, (int)version, err);
    return r;
}

/* Looks without a lock first: nearly always there is nothing to do. */
static int migrate(struct db *db, const struct db_schema *schema, struct err *err)
{
    int64_t version = 0;
    int r = load_version(db, schema, &version, err);

    if (r < 0 || version == schema->n_migrations)
        return r;
    r = db_begin(db, err);
    return r < 0 ? r : db_end(db, migrate_all(db, schema, err), err);
}

static int set_up(struct db *db, const char *path, const struct db_schema *schema, struct err *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(path ? path : ":memory:", &db->handle, flags, db_journal_vfs());
    int r;

    if (code != SQLITE_OK)
        return fail(db, code, err);
    sqlite3_busy_handler(db->handle, wait_for_lock, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    r = execute(db, settings, err);
    return r < 0 ? r : migrate(db, schema, err);
}

int db_open(const char *path, const struct db_schema *schema, struct db **ret, struct err *err)
{
    struct db *db = mem_alloc(sizeof *db);
    int r = set_up(db, path, schema, err);

    if (r < 0) {
        db_close(db);
        return err_wrap(err, r, "opening %s", path ? path : schema->name);
    }
    *ret = db;
    return 0;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        sqlite3_finalize(db->cache[i].statement);
    sqlite3_close(db->handle);
    free(db);
}
