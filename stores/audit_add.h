/* Writing to the audit chain: private to this room, inside the transaction of the act. */
#ifndef STORES_AUDIT_ADD_H
#define STORES_AUDIT_ADD_H

#include "stores/audit.h"

struct db;

struct audit {
    struct db *db;    /* borrowed from the store */
    const char *name; /* of the chain: "records" */
};

/* The chain's table; part of each store's first migration. */
#define AUDIT_SCHEMA                                                                               \
    "CREATE TABLE audit(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL,"       \
    " act TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT;"  \
    "CREATE INDEX audit_object ON audit(object, number);"                                          \
    "CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN"                                      \
    " SELECT raise(ABORT, 'audit rows are never changed'); END;"                                   \
    "CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN"                                      \
    " SELECT raise(ABORT, 'audit rows are never removed'); END;"

/* `kind` and `id` make the object: "document:40". `detail` may be NULL. */
int audit_add(struct audit *c, const char *who, const char *act, const char *kind, int64_t id,
              const char *detail, struct err *err);

#endif
