/*
 * A document: pages that belong together, what kind they are, the fields found and the verdict.
 *
 * The structure and its JSON ("bilag/1", the contract of `bilag read --jsonl`) carry the same
 * facts; JSON is what rests in the records store.
 */
#ifndef MODELS_DOCUMENT_H
#define MODELS_DOCUMENT_H

#include "models/field.h"

enum document_type {
    DOCUMENT_INVOICE,
    DOCUMENT_CREDIT_NOTE,
    DOCUMENT_RECEIPT,
    DOCUMENT_REMINDER,
    DOCUMENT_ORDER,
    DOCUMENT_DELIVERY_NOTE,
    DOCUMENT_BANK_STATEMENT,
    DOCUMENT_LETTER,
    DOCUMENT_FORM,
    DOCUMENT_UNKNOWN,
    DOCUMENT_TYPE_COUNT
};
const char *document_type_name(enum document_type type); /* "credit_note" */
bool document_type_parse(const char *name, enum document_type *ret_type);
bool document_type_is_posted(enum document_type type); /* becomes a ledger entry */

/* Decimal strings with a point; NULL where the document does not say. */
struct line_item {
    const char *description, *quantity, *unit, *unit_price, *vat_rate, *amount;
    int page;
    struct box box;
};

struct vat_row {
    const char *rate, *net, *vat; /* "25", "1000.00", "250.00" */
    const char *category;         /* UNCL5305: "S", "Z", "E", "AE" …, or NULL */
};

enum outcome {
    OUTCOME_POST,   /* proved: goes to the ledger by itself */
    OUTCOME_FILE,   /* nothing to post: goes to the records */
    OUTCOME_REVIEW, /* a person decides */
    OUTCOME_COUNT
};
const char *outcome_name(enum outcome outcome);

/* Why a document waits: {"total_mismatch", FIELD_TOTAL_GROSS, "total ≠ net + VAT by 0.10"}. */
struct reason {
    const char *code;
    int field; /* enum field_id, or -1 for the whole document */
    const char *text;
};

/* A field that a declared type (models/type.h) has beside those of EN 16931. */
struct named_field {
    const char *name;
    struct field field;
};

enum { NAMED_FIELDS_MAX = 64 };

struct document {
    const char *file; /* name as submitted, or NULL */
    int *pages;       /* page numbers within the file, in order */
    size_t n_pages;
    enum document_type type;
    float type_confidence;
    const char *type_code; /* EN 16931 BT-3, a code of UNTDID 1001 ("380"), or NULL */
    const char *declared;  /* name of the declared type whose fields it has, or NULL */
    const char **required; /* fields of either sort which that type cannot do without */
    size_t n_required;
    const char *language;   /* "en", "nb", "sv", "da", "hu", "de", or "" */
    const char *department; /* routing token, or "" */
    struct field fields[FIELD_COUNT];
    struct named_field *named; /* only document_field() adds, and at most NAMED_FIELDS_MAX */
    size_t n_named;
    struct vat_row *vat;
    size_t n_vat;
    struct line_item *lines;
    size_t n_lines;
    int readings; /* how often its pages were read and voted; 0 and 1: once */
    enum outcome outcome;
    const char *certificate; /* what the outcome rests on, "2026-11-22 scan new", or NULL */
    struct reason *reasons;  /* only document_add_reason() adds: it knows how much room there is */
    size_t n_reasons;
};

struct document *document_new(struct arena *a); /* unknown type, to be reviewed, empty strings */

/* The same pages, of the same type and language, and nothing read yet. */
struct document *document_new_like(struct arena *a, const struct document *d);

/* Appends a reason with printf text; the array grows in the arena. */
void document_add_reason(struct document *d, struct arena *a, const char *code, int field,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The value, or NULL. */
const char *document_value(const struct document *d, enum field_id id);

/* A field of either sort by its name, or NULL when the document has none. */
const struct field *document_find(const struct document *d, const char *name);

/* The same to be written to: made, empty, where the document has none yet. `name` is borrowed. */
struct field *document_field(struct document *d, struct arena *a, const char *name);

struct json_t *document_to_json(const struct document *d); /* owned; the "bilag/1" object */
int document_from_json(struct arena *a, const struct json_t *json, struct document **ret,
                       struct err *err);

#endif
