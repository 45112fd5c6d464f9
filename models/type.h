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
 */
#ifndef MODELS_TYPE_H
#define MODELS_TYPE_H

#include "models/field.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

enum { TYPE_FIELDS_MAX = 64, TYPE_NAME_MAX = 40, TYPE_WORDS_MAX = 40, TYPE_BYTES_MAX = 65536 };

struct type_field {
    const char *name; /* lower-case letters, digits and underscores */
    enum field_kind kind;
    bool is_required;
    const char **labels; /* what is printed beside it, any language */
    size_t n_labels;
    const char **choices; /* FIELD_CODE: the values it may have */
    size_t n_choices;
};

struct type {
    const char *name, *title;
    struct type_field *fields;
    size_t n_fields;
};

/* Reads a declaration. ERR_NOT_FOUND, or ERR_INVALID naming file, key and what is allowed. Hangs in
 * the arena. */
int type_load(struct arena *a, const char *path, struct type **ret, struct err *err);

/* The same from text; `path` is only named. */
int type_parse(struct arena *a, const char *path, const char *bytes, size_t length,
               struct type **ret, struct err *err);

/* The field of that name, or NULL. */
const struct type_field *type_find(const struct type *t, const char *name);

const char *field_kind_name(enum field_kind kind); /* "text", "identifier", "date" … */

#endif
