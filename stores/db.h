/*
 * SQLite with our manners, private to this room: durable settings, statements prepared once, strict
 * results, one way to bind and read. Nothing outside db.c and db_journal.c speaks to SQLite.
 *
 * Statements are found again by the address of their text: give string literals only. A statement
 * may not be run while it is being stepped.
 */
#ifndef STORES_DB_H
#define STORES_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct sqlite3_stmt;

/* A kind of database: migrations[i] brings version i to i + 1. */
struct db_schema {
    const char *name;
    int application_id; /* refuses a file of another kind */
    const char *const *migrations;
    int n_migrations;
};

/* `path` NULL: private, in memory. ERR_INVALID for a damaged, foreign or newer database. */
int db_open(const char *path, const struct db_schema *schema, struct db **ret, struct err *err);
void db_close(struct db *db); /* accepts NULL */

int db_begin(struct db *db, struct err *err);      /* takes the write lock at once */
int db_begin_read(struct db *db, struct err *err); /* several reads of one moment */

/* Ends a transaction: commits when `r` is 0 or above, else rolls back. Gives `r`, or why the commit
 * failed. */
int db_end(struct db *db, int r, struct err *err);

/*
 * Values follow as `types` says: 'i' int64_t, 't' const char * (NULL binds NULL), 'b' const void *
 * and size_t. Texts and blobs must live until the statement is done. Returns the number of rows
 * changed. ERR_CONFLICT for a broken constraint, else as in records.h.
 */
int db_run(struct db *db, struct err *err, const char *sql, const char *types, ...);
int64_t db_last_id(struct db *db);

/* Rows being read; release them before the next write. */
struct db_rows {
    struct db *db;
    struct sqlite3_stmt *statement;
};
int db_select(struct db *db, struct db_rows *ret, struct err *err, const char *sql,
              const char *types, ...);
int db_next(struct db_rows *rows, struct err *err); /* 1: a row; 0: no more */
void db_rows_release(struct db_rows *rows);         /* accepts a zeroed one */
#define AUTO_ROWS __attribute__((cleanup(db_rows_release)))

bool db_is_null(const struct db_rows *rows, int column);
int64_t db_int(const struct db_rows *rows, int column);
const char *db_text(const struct db_rows *rows, int column); /* "" for NULL; until the next row */
const char *db_copy(const struct db_rows *rows, int column, struct arena *a);
const void *db_blob(const struct db_rows *rows, int column, size_t *ret_length);

/* The single integer a query gives. ERR_NOT_FOUND without a row. */
int db_get_int(struct db *db, int64_t *ret, struct err *err, const char *sql, const char *types,
               ...);

#endif
