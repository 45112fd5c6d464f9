/* Whole or not at all: a word that does not fit leaves the document as it was. */
#include "workers/command/correction.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "models/document.h"
#include "workers/house.h"
#include "workers/type_shelf.h"

#include <string.h>

/* Of another declared type, or none: what the old one declared goes with it. */
static int set_type(struct house *house, struct document *d, const char *name, struct err *err)
{
    const struct shelf_type *item = NULL;
    enum document_type type = DOCUMENT_FORM;
    struct err ignored;

    if (!document_type_parse(name, &type) &&
        type_shelf_find(house_types(house), name, &item, &ignored) < 0)
        return err_set(err, ERR_USAGE,
                       "'%s' is no document type; `bilag type ls` lists those "
                       "that were declared",
                       name);
    d->type = type;
    d->type_code = NULL; /* what the paper is titled no longer decides */
    if (d->declared && strcmp(d->declared, name) == 0)
        return 0;
    d->n_named = d->n_required = 0;
    d->declared = item ? item->name : NULL;
    return 0;
}

/* The normal form of a value, for a field of an invoice or of the document's declared type. */
static int normalise(struct house *house, const struct document *d, const char *name,
                     const char *text, char value[LIMIT_FIELD_BYTES], struct err *err)
{
    const struct type_field *declared = NULL;
    const struct shelf_type *item;
    struct err ignored;
    enum field_id id;
    bool is_known = field_parse(name, &id), fits;

    if (!is_known && d->declared &&
        type_shelf_find(house_types(house), d->declared, &item, &ignored) == 0)
        declared = type_find(item->taught.type, name);
    if (!is_known && !declared)
        return err_set(err, ERR_USAGE, "'%s' is no field; `bilag doc show` lists those it has",
                       name);
    fits = *text == '\0' || (is_known ? field_normalise(id, text, document_value(d, FIELD_CURRENCY),
                                                        value, LIMIT_FIELD_BYTES)
                                      : type_normalise(declared, text, value, LIMIT_FIELD_BYTES));
    if (!fits)
        return err_set(err, ERR_USAGE, "'%s' does not fit %s (dates 2026-11-21, amounts 1250.00)",
                       text, name);
    return 0;
}

int correction_apply(struct house *house, struct document *d, struct arena *a, const char *word,
                     struct err *err)
{
    const char *equals = strchr(word, '=');
    char value[LIMIT_FIELD_BYTES];
    struct field *field;
    char *name;
    int r;

    if (!equals)
        return err_set(err, ERR_USAGE, "'%s' is not FIELD=VALUE", word);
    name = arena_strndup(a, word, (size_t)(equals - word));
    if (strcmp(name, "type") == 0)
        return set_type(house, d, equals + 1, err);
    r = normalise(house, d, name, equals + 1, value, err);
    if (r < 0)
        return r;
    field = document_field(d, a, name);
    *field = (struct field){0};
    if (equals[1])
        *field = (struct field){.value = arena_strdup(a, value),
                                .confidence = 1,
                                .source = SOURCE_PERSON,
                                .proofs = 1u << PROOF_PERSON};
    return 0;
}
