/*
 * A document type as data: what it is called, which fields it has, what may fill them. The shipped
 * ones stand in models/types; a user adds another without a line of C and teaches it with examples.
 *
 *     name: tv_order
 *     title: Broadcast order
 *     fields:
 *       contract_num: {kind: identifier, required: yes, labels: [Contract, Order no.]}
 *       gross_amount: {kind: amount}
 *       form: {kind: code, choices: [invoice, contract]}
 *
 * A type that is always the same sheet says where its fields are, in points from the top left of
 * the blank form, and some of what is printed there, so that a crooked scan can be laid over it:
 *
 *     known_by: [Request for Taxpayer Identification Number]
 *     anchors:
 *       Business name: [1, 71.2, 136]         # page, left edge, middle of the line
 *     fields:
 *       name: {kind: text, box: [1, 58, 104, 575, 120]}
 *       is_llc: {kind: mark, box: [1, 73, 204, 82, 213]}
 *       pin: {kind: identifier, box: [1, 415, 338, 480, 358], cells: [422, 436, 451, 465]}
 *
 * A mark without a box gets it, and the form its anchors, from examples (bilag teach).
 */
#ifndef MODELS_TYPE_H
#define MODELS_TYPE_H

#include "models/field.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

enum {
    TYPE_FIELDS_MAX = 64,
    TYPE_NAME_MAX = 40,
    TYPE_WORDS_MAX = 40,
    TYPE_ANCHORS_MAX = 100,
    TYPE_BYTES_MAX = 65536
};

struct type_field {
    const char *name; /* lower-case letters, digits and underscores */
    enum field_kind kind;
    bool is_required;
    const char **labels; /* what is printed beside it, any language */
    size_t n_labels;
    const char **choices; /* FIELD_CODE: the values it may have */
    size_t n_choices;
    int page; /* of the form; 0: it may stand anywhere */
    struct box box;
    float *cells; /* one character each: the x of their middles on the form; NULL for no comb */
    size_t n_cells;
};

/* Something printed on the blank form. */
struct type_anchor {
    const char *text;
    int page;
    float x, y; /* its left edge and the middle of its line */
};

struct type {
    const char *name, *title;
    const char **known_by; /* a document that prints one of these near its beginning is this type */
    size_t n_known_by;
    struct type_anchor *anchors; /* at least three, or none: then it is no form */
    size_t n_anchors;
    struct type_field *fields;
    size_t n_fields;
};

/* Reads a declaration. ERR_NOT_FOUND, or ERR_INVALID naming file, key and what is allowed. Hangs in
 * the arena. */
int type_load(struct arena *a, const char *path, struct type **ret, struct err *err);

/* The same from text; `path` is only named. */
int type_parse(struct arena *a, const char *path, const char *bytes, size_t length,
               struct type **ret, struct err *err);

/* Brings a person's text to the field's normal form, written to `out`; false when it is none, or no
 * choice of a code. */
bool type_normalise(const struct type_field *f, const char *text, char *out, size_t size);

/* A copy whose fields may be written to, with room for TYPE_ANCHORS_MAX anchors. In arena. */
struct type *type_copy(struct arena *a, const struct type *t);

/* The field of that name, or NULL. */
const struct type_field *type_find(const struct type *t, const char *name);

const char *field_kind_name(enum field_kind kind); /* "text", "identifier", "date" … */

#endif
