/*
 * The ledger: accounts, balanced entries, and the promise that one document is posted once.
 *
 * A posting's key is computed from its document (pipeline/post) and committed in one transaction
 * with its entry, so a replay finds it and is a success. Rows are never changed or removed
 * (triggers refuse it); a mistake is undone by a reversing entry, after which the invoice may be
 * posted again. Amounts are minor units of the entry's currency: debit above zero, credit below.
 *
 * Sharing, waiting and failing are as in records.h; the ram version is the same code in memory.
 */
#ifndef STORES_ACCOUNTING_H
#define STORES_ACCOUNTING_H

#include "models/civil_date.h"
#include "models/posting.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct accounting;
struct arena;
struct audit;
struct err;

/* Makes or migrates the database. ERR_INVALID when it is damaged or newer than this program. */
int accounting_open(const char *path, struct accounting **ret, struct err *err);
int accounting_open_ram(struct accounting **ret, struct err *err);
void accounting_close(struct accounting *acc); /* accepts NULL */

struct audit *accounting_audit(struct accounting *acc); /* borrowed; its chain is "accounting" */

enum account_kind { ACCOUNT_ASSET, ACCOUNT_LIABILITY, ACCOUNT_EXPENSE, ACCOUNT_KIND_COUNT };
const char *account_kind_name(enum account_kind kind);

struct account {
    const char *code; /* "2400" */
    const char *name; /* "Supplier debt" */
    enum account_kind kind;
};

/* Adds it to the chart; the same code again is a success when the kind is the same, else
 * ERR_CONFLICT. An entry may only use accounts of the chart. */
int accounting_add_account(struct accounting *acc, const struct account *account, struct err *err);
int accounting_list_accounts(struct accounting *acc, struct arena *a, struct account **ret,
                             size_t *ret_n, struct err *err);

/*
 * Writes posting and entry. When the key is there with the same payload: success, *ret_was_there.
 * ERR_CONFLICT, with reason "posting_differs" when the key is there with another payload, or
 * "invoice_posted" when this seller's number is in the ledger under another key and not reversed.
 * ERR_INVALID when the lines do not balance or name an account we do not have. Outputs may be NULL.
 */
int accounting_post(struct accounting *acc, const struct posting *p, const char *who,
                    bool *ret_was_there, int64_t *ret_entry_id, struct err *err);

/* An entry with the signs turned; once: a second time is a success and gives the same entry.
 * ERR_NOT_FOUND; ERR_CONFLICT when the entry is a reversal itself. */
int accounting_reverse(struct accounting *acc, int64_t entry_id, struct civil_date date,
                       const char *why, const char *who, int64_t *ret_entry_id, struct err *err);

struct journal_entry {
    int64_t id;
    int64_t reverses; /* id of the entry it undoes, or 0 */
    int64_t created_at;
    char payload_sha256[HASH_HEX_SIZE];
    struct posting posting; /* as it was posted; a reversal carries the turned lines */
};

/* ERR_NOT_FOUND. In arena. */
int accounting_find(struct accounting *acc, int64_t entry_id, struct arena *a,
                    struct journal_entry *ret, struct err *err);

/* In order of id, with everything borrowed until it returns; a negative answer stops and is
 * passed on. */
typedef int accounting_entry_fn(void *user, const struct journal_entry *entry, struct err *err);
int accounting_each_entry(struct accounting *acc, int64_t after_id, accounting_entry_fn *heard,
                          void *user, struct err *err);

struct account_balance {
    const char *code, *currency;
    int64_t debit_minor, credit_minor; /* both at or above 0 */
};
/* Every account with entries, by code and currency. ERR_INVALID when the ledger does not balance
 * (each entry, and the whole), or an entry is not the one the audit chain tells of: says where. In
 * arena. */
int accounting_check(struct accounting *acc, struct arena *a, struct account_balance **ret,
                     size_t *ret_n, struct err *err);

#endif
