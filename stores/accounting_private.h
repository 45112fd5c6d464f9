/* What the files of the accounting store share; private to this room. */
#ifndef STORES_ACCOUNTING_PRIVATE_H
#define STORES_ACCOUNTING_PRIVATE_H

#include "stores/accounting.h"
#include "stores/audit_add.h"
#include "stores/db.h"

struct accounting {
    struct db *db;
    struct audit audit;
};

/* The entry whose posting has this key, its lines in the arena; ERR_NOT_FOUND. */
int entry_load(struct accounting *acc, const char *posting_key, struct arena *a,
               struct journal_entry *ret, struct err *err);

#endif
