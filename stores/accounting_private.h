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

#endif
