/*
 * The audit chain: every act is a row, and each row's hash covers the row before it.
 *
 *   hash(n) = SHA-256( hash(n-1) ‖ n ‖ at ‖ who ‖ act ‖ object ‖ detail ),  hash(0) = 64 zeros
 *
 * hashes as 64 hex digits, every other item as "<bytes>:<text>," (a netstring). The row is written
 * in the transaction of the act itself. An edited, removed, added or moved row is found by
 * audit_verify(); a tail cut off, or a chain made anew, by comparing a head that was signed and
 * kept elsewhere: audit_sign_head(), audit_check_head().
 */
#ifndef STORES_AUDIT_H
#define STORES_AUDIT_H

#include "base/hash.h"

#include <stddef.h>
#include <stdint.h>

struct arena;
struct audit;
struct buf;
struct err;

struct audit_row {
    int64_t number;                          /* from 1, without gaps */
    int64_t at;                              /* ms since 1970 */
    const char *who, *act, *object, *detail; /* "anna", "approve", "document:40", JSON or "" */
    const char *hash;
};

/* Rows above `after`, in order. In arena. */
int audit_list(struct audit *c, int64_t after, size_t limit, struct arena *a,
               struct audit_row **ret, size_t *ret_n, struct err *err);

/* Rows about one object, in order: "document:40". In arena. */
int audit_list_object(struct audit *c, const char *object, struct arena *a, struct audit_row **ret,
                      size_t *ret_n, struct err *err);

struct audit_head {
    int64_t rows;
    char hash[HASH_HEX_SIZE];
};
int audit_load_head(struct audit *c, struct audit_head *ret, struct err *err);

/* Walks the whole chain. ERR_INVALID names the first row that does not fit and sets *ret_bad (may
 * be NULL) to its number; on success `*ret` (may be NULL) is the head it came to. */
int audit_verify(struct audit *c, struct audit_head *ret, int64_t *ret_bad, struct err *err);

/* ---- heads that leave the machine ---- */

struct audit_key {
    unsigned char secret[64], open[32]; /* Ed25519 */
};

/* Loads <folder>/audit.key (mode 0600), making it and <folder>/audit.pub when missing. */
int audit_key_load(const char *folder, struct audit_key *ret, struct err *err);

/* Appends one JSON line: chain, rows, hash, at, key, signature. */
int audit_sign_head(struct audit *c, const struct audit_key *key, struct buf *line,
                    struct err *err);

/* Is the line signed by this key, and does the chain still hold that row with that hash?
 * ERR_INVALID says which of the two is not so. */
int audit_check_head(struct audit *c, const struct audit_key *key, const char *line,
                     struct err *err);

#endif
