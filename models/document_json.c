/*
 * A document as the JSON object of the command's contract ("bilag/1"), and back. Reading forgives
 * what is missing and refuses what is of the wrong kind: it comes from the jail or from SQL.
 */
#include "models/document.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"

#include <math.h>
#include <string.h>

static json_t *box_to_json(const struct box *box)
{
    return json_pack("[f,f,f,f]", round(box->x0), round(box->y0), round(box->x1), round(box->y1));
}

static json_t *proofs_to_json(unsigned proofs)
{
    json_t *list = json_array();

    for (int i = 0; i < PROOF_COUNT; i++)
        if (proofs & (1u << i))
            json_array_append_new(list, json_string(proof_name((enum proof)i)));
    return list;
}

static json_t *field_to_json(const struct field *field)
{
    json_t *json = json_object();

    json_set_text(json, "value", field->value);
    json_set_real(json, "confidence", field->confidence, 3);
    if (field->page > 0) {
        json_set_int(json, "page", field->page);
        json_set(json, "box", box_to_json(&field->box));
    }
    json_set_text(json, "source", field_source_name(field->source));
    json_set(json, "proofs", proofs_to_json(field->proofs));
    json_set_text(json, "alternative", field->alternative);
    return json;
}

static json_t *fields_to_json(const struct document *d)
{
    json_t *fields = json_object();

    for (int i = 0; i < FIELD_COUNT; i++)
        if (d->fields[i].value)
            json_set(fields, field_info((enum field_id)i)->name, field_to_json(&d->fields[i]));
    for (size_t i = 0; i < d->n_named; i++)
        if (d->named[i].field.value)
            json_set(fields, d->named[i].name, field_to_json(&d->named[i].field));
    return fields;
}

static json_t *lines_to_json(const struct document *d)
{
    json_t *lines = json_array();

    for (size_t i = 0; i < d->n_lines; i++) {
        const struct line_item *line = &d->lines[i];
        json_t *json = json_object();

        json_set_text(json, "description", line->description);
        json_set_text(json, "quantity", line->quantity);
        json_set_text(json, "unit", line->unit);
        json_set_text(json, "unit_price", line->unit_price);
        json_set_text(json, "vat_rate", line->vat_rate);
        json_set_text(json, "amount", line->amount);
        if (line->page > 0) {
            json_set_int(json, "page", line->page);
            json_set(json, "box", box_to_json(&line->box));
        }
        json_array_append_new(lines, json);
    }
    return lines;
}

static json_t *vat_to_json(const struct document *d)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < d->n_vat; i++) {
        json_t *json = json_object();

        json_set_text(json, "rate", d->vat[i].rate);
        json_set_text(json, "net", d->vat[i].net);
        json_set_text(json, "vat", d->vat[i].vat);
        json_set_text(json, "category", d->vat[i].category);
        json_array_append_new(rows, json);
    }
    return rows;
}

static json_t *verdict_to_json(const struct document *d)
{
    json_t *verdict = json_object(), *reasons = json_array();

    json_set_text(verdict, "outcome", outcome_name(d->outcome));
    json_set_text(verdict, "certificate", d->certificate);
    for (size_t i = 0; i < d->n_reasons; i++) {
        const struct reason *reason = &d->reasons[i];
        json_t *json = json_object();

        json_set_text(json, "code", reason->code);
        if (reason->field >= 0)
            json_set_text(json, "field", field_info((enum field_id)reason->field)->name);
        json_set_text(json, "text", reason->text);
        json_array_append_new(reasons, json);
    }
    json_set(verdict, "reasons", reasons);
    return verdict;
}

static json_t *declared_to_json(const struct document *d)
{
    json_t *json = json_object(), *required = json_array();

    for (size_t i = 0; i < d->n_required; i++)
        json_array_append_new(required, json_string(d->required[i]));
    json_set_text(json, "name", d->declared);
    json_set(json, "required", required);
    return json;
}

json_t *document_to_json(const struct document *d)
{
    json_t *json = json_object(), *pages = json_array(), *type = json_object();

    for (size_t i = 0; i < d->n_pages; i++)
        json_array_append_new(pages, json_integer(d->pages[i]));
    json_set_text(type, "value", document_type_name(d->type));
    json_set_real(type, "confidence", d->type_confidence, 3);
    json_set_text(type, "code", d->type_code);
    if (d->declared)
        json_set(type, "declared", declared_to_json(d));
    json_set_text(json, "schema", "bilag/1");
    json_set_text(json, "file", d->file);
    json_set(json, "pages", pages);
    json_set(json, "type", type);
    json_set_text(json, "language", d->language);
    json_set_text(json, "department", d->department);
    json_set(json, "fields", fields_to_json(d));
    json_set(json, "vat_breakdown", vat_to_json(d));
    json_set(json, "lines", lines_to_json(d));
    if (d->readings > 1)
        json_set_int(json, "readings", d->readings);
    json_set(json, "verdict", verdict_to_json(d));
    return json;
}

static const char *copy_text(struct arena *a, const json_t *object, const char *key)
{
    const char *text = json_get_text(object, key, NULL);

    return text ? arena_strndup(a, text, strnlen(text, LIMIT_FIELD_BYTES)) : NULL;
}

/* A box that is none (wrong shape, absurd numbers) leaves the value without a place. */
static void parse_box(const json_t *object, int *page, struct box *box)
{
    const json_t *sides = json_object_get(object, "box");
    int64_t number = json_get_int(object, "page", 0);
    float side[4];

    *page = 0;
    if (number < 1 || number > LIMIT_PAGE_NUMBER || json_array_size(sides) != 4)
        return;
    for (size_t i = 0; i < 4; i++) {
        double value = json_number_value(json_array_get(sides, i));

        if (!(fabs(value) < LIMIT_BOX_PT))
            return;
        side[i] = (float)value;
    }
    *page = (int)number;
    *box = (struct box){side[0], side[1], side[2], side[3]};
}

static int find_name(const char *name, int count, const char *(*name_of)(int))
{
    for (int i = 0; name && i < count; i++)
        if (strcmp(name_of(i), name) == 0)
            return i;
    return -1;
}

static const char *proof_name_of(int i)
{
    return proof_name((enum proof)i);
}

static const char *source_name_of(int i)
{
    return field_source_name((enum field_source)i);
}

static const char *outcome_name_of(int i)
{
    return outcome_name((enum outcome)i);
}

static void parse_field(struct arena *a, const json_t *json, struct field *field)
{
    const json_t *proof;
    size_t i;
    int source = find_name(json_get_text(json, "source", NULL), SOURCE_COUNT, source_name_of);

    field->value = copy_text(a, json, "value");
    field->confidence = (float)json_get_real(json, "confidence", 0);
    field->source = source < 0 ? SOURCE_NONE : (enum field_source)source;
    field->alternative = copy_text(a, json, "alternative");
    parse_box(json, &field->page, &field->box);
    json_array_foreach(json_object_get(json, "proofs"), i, proof) {
        int bit = find_name(json_string_value(proof), PROOF_COUNT, proof_name_of);

        if (bit >= 0)
            field->proofs |= 1u << bit;
    }
}

static int parse_lines(struct arena *a, const json_t *array, struct document *d, struct err *err)
{
    const json_t *json;
    size_t i, n = json_array_size(array);

    if (n > LIMIT_LINES_A_DOCUMENT)
        return err_set(err, ERR_LIMIT, "document with %zu lines", n);
    d->lines = arena_alloc_array(a, n, sizeof *d->lines);
    d->n_lines = n;
    json_array_foreach(array, i, json) {
        struct line_item *line = &d->lines[i];

        line->description = copy_text(a, json, "description");
        line->quantity = copy_text(a, json, "quantity");
        line->unit = copy_text(a, json, "unit");
        line->unit_price = copy_text(a, json, "unit_price");
        line->vat_rate = copy_text(a, json, "vat_rate");
        line->amount = copy_text(a, json, "amount");
        parse_box(json, &line->page, &line->box);
    }
    return 0;
}

static int parse_vat(struct arena *a, const json_t *array, struct document *d, struct err *err)
{
    const json_t *json;
    size_t i, n = json_array_size(array);

    if (n > LIMIT_LINES_A_DOCUMENT)
        return err_set(err, ERR_LIMIT, "document with %zu VAT rows", n);
    d->vat = arena_alloc_array(a, n, sizeof *d->vat);
    d->n_vat = n;
    json_array_foreach(array, i, json)
        d->vat[i] = (struct vat_row){copy_text(a, json, "rate"), copy_text(a, json, "net"),
                                     copy_text(a, json, "vat"), copy_text(a, json, "category")};
    return 0;
}

static int parse_verdict(struct arena *a, const json_t *verdict, struct document *d,
                         struct err *err)
{
    const json_t *reasons = json_object_get(verdict, "reasons");
    int outcome = find_name(json_get_text(verdict, "outcome", NULL), OUTCOME_COUNT,
                            outcome_name_of);
    const json_t *json;
    size_t i;

    if (json_array_size(reasons) > LIMIT_REASONS_A_DOCUMENT)
        return err_set(err, ERR_LIMIT, "document with %zu reasons", json_array_size(reasons));
    d->outcome = outcome < 0 ? OUTCOME_REVIEW : (enum outcome)outcome;
    d->certificate = copy_text(a, verdict, "certificate");
    json_array_foreach(reasons, i, json) {
        const char *code = copy_text(a, json, "code");
        enum field_id field;
        bool has_field = field_parse(json_get_text(json, "field", ""), &field);

        document_add_reason(d, a, code ? code : "unknown", has_field ? (int)field : -1, "%s",
                            json_get_text(json, "text", ""));
    }
    return 0;
}

static int parse_pages(struct arena *a, const json_t *array, struct document *d, struct err *err)
{
    const json_t *json;
    size_t i, n = json_array_size(array);

    d->pages = arena_alloc_array(a, n, sizeof *d->pages);
    d->n_pages = n;
    json_array_foreach(array, i, json) {
        int64_t number = json_integer_value(json);

        if (number < 1 || number > LIMIT_PAGE_NUMBER)
            return err_set(err, ERR_INVALID, "document: page number out of range");
        d->pages[i] = (int)number;
    }
    return 0;
}

static void parse_fields(struct arena *a, const json_t *fields, struct document *d)
{
    const char *key;
    const json_t *json;
    enum field_id id;

    json_object_foreach((json_t *)(uintptr_t)fields, key, json)
        if (field_parse(key, &id) || (d->declared && d->n_named < NAMED_FIELDS_MAX))
            parse_field(a, json, document_field(d, a, arena_strdup(a, key)));
}

static void parse_declared(struct arena *a, const json_t *json, struct document *d)
{
    const json_t *required = json_object_get(json, "required"), *name;
    size_t i;

    d->declared = copy_text(a, json, "name");
    d->required = arena_alloc_array(a, json_array_size(required), sizeof *d->required);
    json_array_foreach(required, i, name)
        if (json_is_string(name))
            d->required[d->n_required++] = arena_strdup(a, json_string_value(name));
}

int document_from_json(struct arena *a, const json_t *json, struct document **ret, struct err *err)
{
    struct document *d = document_new(a);
    const json_t *type = json_object_get(json, "type");
    int r;

    if (!json_is_object(json))
        return err_set(err, ERR_INVALID, "document: not a JSON object");
    d->file = copy_text(a, json, "file");
    document_type_parse(json_get_text(type, "value", ""), &d->type);
    d->type_confidence = (float)json_get_real(type, "confidence", 0);
    d->type_code = copy_text(a, type, "code");
    d->language = arena_strdup(a, json_get_text(json, "language", ""));
    d->department = arena_strdup(a, json_get_text(json, "department", ""));
    parse_declared(a, json_object_get(type, "declared"), d);
    parse_fields(a, json_object_get(json, "fields"), d);
    r = parse_pages(a, json_object_get(json, "pages"), d, err);
    if (r == 0)
        r = parse_lines(a, json_object_get(json, "lines"), d, err);
    if (r == 0)
        r = parse_vat(a, json_object_get(json, "vat_breakdown"), d, err);
    if (r == 0)
        r = parse_verdict(a, json_object_get(json, "verdict"), d, err);
    d->readings = (int)json_get_int(json, "readings", 0);
    if (r == 0)
        *ret = d;
    return r;
}
