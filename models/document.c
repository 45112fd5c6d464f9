/* Documents, their tables of words, and small helpers. JSON is in document_json.c. */
#include "models/document.h"

#include "base/arena.h"
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    bool is_posted;
} types[DOCUMENT_TYPE_COUNT] = {
    [DOCUMENT_INVOICE] = {"invoice", true},
    [DOCUMENT_CREDIT_NOTE] = {"credit_note", true},
    [DOCUMENT_RECEIPT] = {"receipt", false},
    [DOCUMENT_REMINDER] = {"reminder", false},
    [DOCUMENT_ORDER] = {"order", false},
    [DOCUMENT_DELIVERY_NOTE] = {"delivery_note", false},
    [DOCUMENT_BANK_STATEMENT] = {"bank_statement", false},
    [DOCUMENT_LETTER] = {"letter", false},
    [DOCUMENT_FORM] = {"form", false},
    [DOCUMENT_UNKNOWN] = {"unknown", false},
};

static const char *const outcome_names[OUTCOME_COUNT] = {
    [OUTCOME_POST] = "post", [OUTCOME_FILE] = "file", [OUTCOME_REVIEW] = "review"};

const char *document_type_name(enum document_type type)
{
    return types[type].name;
}

bool document_type_parse(const char *name, enum document_type *ret_type)
{
    for (int i = 0; i < DOCUMENT_TYPE_COUNT; i++)
        if (strcmp(types[i].name, name) == 0) {
            *ret_type = (enum document_type)i;
            return true;
        }
    return false;
}

bool document_type_is_posted(enum document_type type)
{
    return types[type].is_posted;
}

const char *outcome_name(enum outcome outcome)
{
    return outcome_names[outcome];
}

struct document *document_new(struct arena *a)
{
    struct document *d = arena_alloc(a, sizeof *d);

    d->type = DOCUMENT_UNKNOWN;
    d->language = d->department = "";
    d->outcome = OUTCOME_REVIEW;
    return d;
}

struct document *document_new_like(struct arena *a, const struct document *d)
{
    struct document *fresh = document_new(a);

    fresh->file = d->file;
    fresh->pages = d->pages;
    fresh->n_pages = d->n_pages;
    fresh->type = d->type;
    fresh->type_confidence = d->type_confidence;
    fresh->declared = d->declared;
    fresh->language = d->language;
    fresh->department = d->department;
    return fresh;
}

void document_add_reason(struct document *d, struct arena *a, const char *code, int field,
                         const char *format, ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    d->reasons = arena_grow_list(a, d->reasons, d->n_reasons, sizeof *d->reasons);
    d->reasons[d->n_reasons++] = (struct reason){
        .code = code, .field = field, .text = arena_strdup(a, text)};
}

const char *document_value(const struct document *d, enum field_id id)
{
    return d->fields[id].value;
}

/* The place of a field of that name, with or without a value, or NULL. */
static const struct field *place_of(const struct document *d, const char *name)
{
    enum field_id id;

    if (field_parse(name, &id))
        return &d->fields[id];
    for (size_t i = 0; i < d->n_named; i++)
        if (strcmp(d->named[i].name, name) == 0)
            return &d->named[i].field;
    return NULL;
}

const struct field *document_find(const struct document *d, const char *name)
{
    const struct field *field = place_of(d, name);

    return field && field->value ? field : NULL;
}

struct field *document_field(struct document *d, struct arena *a, const char *name)
{
    struct field *field = (struct field *)(uintptr_t)place_of(d, name);

    if (field)
        return field;
    if (!d->named)
        d->named = arena_alloc_array(a, NAMED_FIELDS_MAX, sizeof *d->named);
    if (d->n_named == NAMED_FIELDS_MAX)
        BUG("%s is field %zu of a document", name, d->n_named);
    d->named[d->n_named] = (struct named_field){.name = name};
    return &d->named[d->n_named++].field;
}
