/*
 * A document type as data: what it is called, which fields it has, what may fill them. The shipped
 * ones stand in models/types; a user adds another without a line of C and teaches it with examples.
 */
#ifndef MODELS_TYPE_H
#define MODELS_TYPE_H

#include "models/field.h"

#include <stdbool.h>
#include <stddef.h>

enum { TYPE_FIELDS_MAX = 64, TYPE_NAME_MAX = 40 };

struct type_field {
    const char *name; /* "contract_num": lower-case letters, digits and underscores */
    enum field_kind kind;
    bool is_required;
    const char **choices; /* FIELD_CODE: the values it may have */
    size_t n_choices;
};

struct type {
    const char *name, *title; /* "tv_order", "Broadcast order" */
    struct type_field *fields;
    size_t n_fields;
};

#endif
