/*
 * E-invoices: what the parts for UBL and CII share. Paths are local names divided by '/', as in
 * "cac:Party" without its prefix; '|' gives another name for the same step. Every element on a path
 * belongs to the invoice's own family of namespaces; strangers are passed over.
 */
#ifndef PIPELINE_OPEN_EINVOICE_H
#define PIPELINE_OPEN_EINVOICE_H

#include "models/document.h"

#include <libxml/tree.h>

struct arena;

struct einvoice {
    struct arena *arena;
    struct document *document;
    const char *family; /* how the namespaces of the standard begin */
    const char *currency;
};

/* One element and where its text goes. */
struct einvoice_path {
    enum field_id field;
    const char *path;
};

/* Where a party's facts go. */
struct party_fields {
    enum field_id name, vat_id, registration_id, address;
};
extern const struct party_fields einvoice_seller, einvoice_buyer;

/* The first element at `path` below `from` (which may be NULL), or NULL. */
xmlNode *einvoice_find(const struct einvoice *e, const xmlNode *from, const char *path);

/* The next sibling of the same name, or NULL. */
xmlNode *einvoice_next(const xmlNode *node);

/* The element's text with single spaces, in the arena; NULL when it is missing or empty. */
const char *einvoice_text(const struct einvoice *e, const xmlNode *from, const char *path);

const char *einvoice_content(const struct einvoice *e, const xmlNode *node);

/* An attribute of `node` (may be NULL), or "". */
const char *einvoice_attribute(const struct einvoice *e, const xmlNode *node, const char *name);

/* Sets a field in its normal form, unless it is set already or `text` is NULL. */
void einvoice_put(const struct einvoice *e, enum field_id field, const char *text);
void einvoice_put_paths(const struct einvoice *e, const xmlNode *from,
                        const struct einvoice_path *paths, size_t count);

/* An account: IBAN by its shape, bankgiro or plusgiro by their names in `scheme`, else domestic. */
void einvoice_put_account(const struct einvoice *e, const char *account, const char *scheme);

/* Joins what is there of the parts with ", "; NULL when nothing is. */
const char *einvoice_join(const struct einvoice *e, const char *const *parts, size_t count);

/* "2018-03-05+01:00" and "20180305" become "2018-03-05"; NULL stays NULL. */
const char *einvoice_date(const struct einvoice *e, const char *text);

/* An amount at a path as the document's money, or any decimal without trailing zeros. */
const char *einvoice_money(const struct einvoice *e, const xmlNode *from, const char *path);
const char *einvoice_decimal(const struct einvoice *e, const xmlNode *from, const char *path);

/* Empty rows at the end of the document's tables; NULL past the limit. */
struct line_item *einvoice_add_line(const struct einvoice *e, size_t *capacity);
struct vat_row *einvoice_add_vat(const struct einvoice *e);

/* Sets the document's type code and its type, by UNTDID 1001: 381 and its kin are credit notes; 384
 * ("corrected") is one when its total is negative. After the total was put. */
void einvoice_put_type(struct einvoice *e, const char *code);

/* Fill the document from a root element of their kind. */
void einvoice_read_ubl(struct einvoice *e, const xmlNode *root);
void einvoice_read_cii(struct einvoice *e, const xmlNode *root);

#endif
