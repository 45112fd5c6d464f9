/*
 * Suppliers: by what signs they are known again, and what their papers taught.
 *
 * A supplier comes into being with the first document of it that is approved or posted, or when a
 * person corrects one whose registered number is proved. Numbers, name and look are remembered
 * then; accounts only when a person approves, or with the first document that asks to be paid
 * (credit notes come before): an account that changes is how invoices are forged, and no program
 * may learn one unseen.
 *
 * Lessons rest as one list a version. Each change appends a version with who made it and why, the
 * last RECORDS_LESSON_VERSIONS are kept, and going back is one more version. Every change is a
 * transaction with its row in the audit chain, about "supplier:<id>".
 */
#ifndef STORES_RECORDS_SUPPLIERS_H
#define STORES_RECORDS_SUPPLIERS_H

#include "models/lesson.h"
#include "stores/records.h"

enum { RECORDS_LESSON_VERSIONS = 30 };

struct supplier_row {
    int64_t id;
    const char *name;
    int64_t version;   /* of its lessons; 0: none yet */
    int64_t documents; /* approved or posted, in work or done */
    int64_t created_at, changed_at;
};

/* All, by name. */
int records_list_suppliers(struct records *r, struct arena *a, struct supplier_row **ret,
                           size_t *ret_n, struct err *err);
/* ERR_NOT_FOUND when there is none. */
int records_load_supplier(struct records *r, int64_t id, struct arena *a, struct supplier_row *ret,
                          struct err *err);

struct sign_row {
    const char *kind, *value;
    bool is_approved;    /* of an approved or posted document, not only of a correction */
    int64_t document_id; /* that brought it */
};
int records_list_signs(struct records *r, int64_t supplier_id, struct arena *a,
                       struct sign_row **ret, size_t *ret_n, struct err *err);

/* Was this value seen in this field of an approved or posted document? Then 0 and the supplier's
 * name: `preferred` (or NULL) if it is one of them, else the first; ERR_NOT_FOUND otherwise. */
int records_find_supplier(struct records *r, enum field_id field, const char *value,
                          const char *preferred, struct arena *a, const char **ret_name,
                          struct err *err);

/* The accounts of the supplier of this name, by kind and value, NULL after the last. ERR_NOT_FOUND:
 * none is known, and all its approved or posted documents are credit notes. */
int records_list_accounts(struct records *r, const char *name, struct arena *a,
                          const char *const **ret, struct err *err);

/* Whose signs are these? Registered numbers weigh most, then accounts, then mail and name, then the
 * look; where a registered number is somebody else's, or new, two kinds of the others must agree.
 * ERR_NOT_FOUND when nobody's or not clearly one supplier's. */
int records_recall_supplier(struct records *r, const struct supplier_sign *signs, size_t n,
                            int64_t *ret_id, struct err *err);

/* The supplier of a document that was approved, posted or met; ERR_NOT_FOUND before that. */
int records_supplier_of(struct records *r, int64_t document_id, int64_t *ret_id, struct err *err);

/* A person corrected this document: makes sure of its supplier when its registered number is
 * proved. ERR_NOT_FOUND when it is not, and nothing changed. */
int records_meet_supplier(struct records *r, int64_t document_id, const struct document *d,
                          const char *who, int64_t *ret_id, struct err *err);

/* Adds the words of the letterhead by which it is found without a number; others are ignored. */
int records_add_look(struct records *r, int64_t supplier_id, int64_t document_id,
                     const struct supplier_sign *signs, size_t n, struct err *err);

/* Documents of the supplier that were approved or posted, latest first. */
int records_list_supplier_documents(struct records *r, int64_t supplier_id, size_t limit,
                                    struct arena *a, int64_t **ret, size_t *ret_n, struct err *err);

/* ---- lessons ---- */

struct lesson_version {
    int64_t version, at;
    const char *who, *act; /* "learn", "forget", "go back" */
    int64_t document_id;   /* what taught it, or 0 */
    const char *note;      /* "changes 3 of 212", or "" */
};
int records_list_lesson_versions(struct records *r, int64_t supplier_id, struct arena *a,
                                 struct lesson_version **ret, size_t *ret_n, struct err *err);

/* The lessons of one version, 0 for the current; none yet is an empty list and version 0.
 * ERR_NOT_FOUND: no such version (any more). */
int records_load_lessons(struct records *r, int64_t supplier_id, int64_t version, struct arena *a,
                         struct lessons *ret, struct lesson_version *ret_version, struct err *err);

/* Appends `after` as the version that follows `by->version`; by->at is not read. ERR_CONFLICT when
 * somebody else was quicker: load, learn and store again. */
int records_store_lessons(struct records *r, int64_t supplier_id, const struct lesson_version *by,
                          const struct lessons *after, int64_t *ret_version, struct err *err);

#endif
