/*
 * extract: the words of one document become fields and lines, each with where it stood, how sure,
 * and which checks agree; then the verdict. Pure: the day of today comes in.
 */
#ifndef PIPELINE_EXTRACT_H
#define PIPELINE_EXTRACT_H

#include "models/civil_date.h"
#include "models/document.h"
#include "models/lesson.h"

struct arena;
struct calibration;
struct candidates;
struct certificate;
struct doubts;
struct err;
struct scorer;
struct sheet;

/* Us: whose mail this is. Empty strings where not configured. */
struct company {
    const char *name, *country, *currency, *vat_id, *registration_id;
};

struct extract_context {
    const struct company *company;
    struct civil_date today;
    /* Chooses every field that is no money and no name (score.h); NULL leaves them empty. */
    const struct scorer *scorer;
    float post_confidence; /* required fields below it ask for a person */
    /* Turns confidence into probability, and says from which one on it is believed; either may be
     * NULL: then confidence is a score, and post_confidence alone decides. */
    const struct calibration *calibration;
    const struct certificate *certificate;
    /* What the records know of the supplier a value points at; may be NULL. Returns true and the
     * name of a supplier whose earlier, approved documents carried this value in this field.
     * Several may share an account (a factoring bank's): the one *ret_supplier names on entry, or
     * NULL for nobody, is preferred. */
    bool (*is_known)(void *user, enum field_id field, const char *value, const char **ret_supplier);
    /* The accounts known of a supplier, NULL after the last; NULL: none of its earlier, approved
     * documents asked to be paid, so that no account of it can have changed. May be NULL: then
     * every account but those is_known() knows is asked about. */
    const char *const *(*accounts_of)(void *user, const char *supplier);
    /* The memory of the supplier these signs point at, or NULL: of an unknown one, or where nobody
     * remembers (the pointer itself may be NULL). Borrowed until the document is extracted. */
    const struct lessons *(*recall)(void *user, const struct supplier_sign *signs, size_t n);
    /* Fills the fields of the document's declared type, taught or by its labels, and names the type
     * in d->declared, which may name one already; does nothing for a document of none. May be
     * NULL. */
    void (*fill_declared)(void *user, struct arena *a, const struct sheet *s,
                          const struct candidates *c, struct document *d);
    /* What second looks said of an earlier reading of this document; NULL at first (doubts.h). */
    const struct doubts *doubts;
    void *user;
};

/* Fills d->fields, d->lines, d->vat from the pages of `d` (pages[i] is page number d->pages[i];
 * NULL where unread). `einvoice` (or NULL) wins where it speaks; words then only confirm. Ends with
 * verdict_decide(). */
int extract_document(struct arena *a, struct page *const *pages, const struct document *einvoice,
                     const struct extract_context *context, struct document *d, struct err *err);

/* Sets proofs, outcome and reasons from the fields as they stand: run again after each correction.
 */
void verdict_decide(struct arena *a, const struct extract_context *context, struct document *d);

#endif
