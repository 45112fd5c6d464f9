/*
 * What people decide.
 *
 * A decision names the version of the document it was made on; when somebody else was quicker it is
 * ERR_CONFLICT and nothing changed. Decisions are for documents that wait; others are ERR_CONFLICT
 * too. Each is one transaction with its audit row.
 */
#ifndef STORES_RECORDS_REVIEW_H
#define STORES_RECORDS_REVIEW_H

#include "stores/records.h"

struct decision {
    int64_t document_id, version;
    const char *who;
    const char *why; /* may be "" */
};

/* Goes on to post, or to file when its type is not posted. */
int records_approve(struct records *r, const struct decision *by, struct arena *a,
                    struct next_jobs *ret_next, struct err *err);

/* Ends: neither posted nor filed. */
int records_reject(struct records *r, const struct decision *by, struct err *err);

/* Ends a file that was set aside: its sheets count as rejected from now on. `why` must not be "".
 * ERR_NOT_FOUND, or ERR_CONFLICT for a file that was not set aside. */
int records_reject_file(struct records *r, int64_t file_id, const char *who, const char *why,
                        struct err *err);

/*
 * Stores `after`: the document as loaded, changed by a person, its verdict decided anew. Every
 * field (and type, language, department) that differs is kept in the history with the old value. It
 * waits on until it is approved. `*ret_version` is the new version.
 */
int records_correct(struct records *r, const struct decision *by, const struct document *after,
                    int64_t *ret_version, struct err *err);

struct change_row {
    int64_t at;
    const char *who, *what, *old_value, *new_value, *why; /* what: a field's name, "type" … */
};
int records_changes(struct records *r, int64_t document_id, struct arena *a,
                    struct change_row **ret, size_t *ret_n, struct err *err);

/* ---- doubles ---- */

enum duplicate_kind {
    DUPLICATE_NUMBER, /* same supplier, same number */
    DUPLICATE_AMOUNT, /* same supplier, same gross and issue date, another number */
    DUPLICATE_PAPER   /* another supplier as read, but its number and gross, or its name, gross and
                         issue date: one paper that came twice, its supplier misread once */
};
struct duplicate {
    int64_t document_id;
    enum duplicate_kind kind;
    const char *supplier; /* as the other document calls it; in the arena, may be "" */
};

/* Documents besides `document_id`, not rejected, that look like `d`; oldest first, at most 10. */
int records_find_duplicates(struct records *r, int64_t document_id, const struct document *d,
                            struct arena *a, struct duplicate **ret, size_t *ret_n,
                            struct err *err);

#endif
