/*
 * Declarations are YAML, checked key by key: an unknown key is a mistake, not a remark. Names
 * become keys of JSON and columns of tables, so they keep to plain letters.
 */
#include "models/type.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/yaml.h"

#include <string.h>

static const char *const kinds[FIELD_KIND_COUNT] = {
    [FIELD_TEXT] = "text", [FIELD_IDENTIFIER] = "identifier",
    [FIELD_DATE] = "date", [FIELD_AMOUNT] = "amount",
    [FIELD_CODE] = "code", [FIELD_ACCOUNT] = "account",
    [FIELD_MARK] = "mark",
};

enum { TYPE_PAGES_MAX = 100, SIDE_PT_MAX = 20000 };

/* One declaration being read. */
struct reading {
    struct arena *arena;
    const char *path;
};

const char *field_kind_name(enum field_kind kind)
{
    return kinds[kind];
}

static const char *json_text_at(const json_t *array, size_t i)
{
    const char *text = json_string_value(json_array_get(array, i));

    return text ? text : "";
}

static bool is_name(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return n > 0 && n <= TYPE_NAME_MAX && text[n] == '\0' && text[0] >= 'a';
}

static int take_kind(const struct reading *r, const char *field, const char *text,
                     enum field_kind *ret, struct err *err)
{
    for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++)
        if (strcmp(kinds[k], text) == 0) {
            *ret = (enum field_kind)k;
            return 0;
        }
    return err_set(
        err, ERR_INVALID,
        "%s: %s.kind is \"%s\"; it may be text, identifier, date, amount, code, account or mark",
        r->path, field, text);
}

static int take_bool(const struct reading *r, const char *field, const char *text, bool *ret,
                     struct err *err)
{
    *ret = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
    if (*ret || strcmp(text, "no") == 0 || strcmp(text, "false") == 0)
        return 0;
    return err_set(err, ERR_INVALID, "%s: %s.required is \"%s\"; it may be yes or no", r->path,
                   field, text);
}

static int take_words(const struct reading *r, const char *field, const char *key,
                      const json_t *json, const char ***ret, size_t *ret_count, struct err *err)
{
    size_t n = json_array_size(json);

    if (!json_is_array(json) || n == 0 || n > TYPE_WORDS_MAX)
        return err_set(err, ERR_INVALID, "%s: %s.%s must be a list of 1 to %d texts", r->path,
                       field, key, TYPE_WORDS_MAX);
    *ret = arena_alloc_array(r->arena, n, sizeof **ret);
    for (size_t i = 0; i < n; i++) {
        const char *word = json_string_value(json_array_get(json, i));

        if (!word || !*word)
            return err_set(err, ERR_INVALID, "%s: %s.%s holds something that is no text", r->path,
                           field, key);
        (*ret)[i] = arena_strdup(r->arena, word);
    }
    *ret_count = n;
    return 0;
}

/* `n` numbers, the first of which is the page. Texts, as all of YAML is here. */
static int take_place(const struct reading *r, const char *what, const json_t *json, size_t n,
                      int *ret_page, float *ret, struct err *err)
{
    double page;
    bool is_fine = json_array_size(json) == n &&
                   number_parse_real(json_text_at(json, 0), 1, TYPE_PAGES_MAX, &page);

    for (size_t i = 1; i < n && is_fine; i++) {
        double value;

        is_fine = number_parse_real(json_text_at(json, i), 0, SIDE_PT_MAX, &value);
        ret[i - 1] = (float)value;
    }
    if (!is_fine)
        return err_set(err, ERR_INVALID, "%s: %s wants [page, %s] in points from the top left",
                       r->path, what, n == 3 ? "x, y" : "left, top, right, bottom");
    *ret_page = (int)page;
    return 0;
}

static int take_box(const struct reading *r, const json_t *json, struct type_field *f,
                    struct err *err)
{
    float sides[4] = {0};
    int status = take_place(r, f->name, json, 5, &f->page, sides, err);

    f->box = (struct box){sides[0], sides[1], sides[2], sides[3]};
    if (status == 0 && !(f->box.x0 < f->box.x1 && f->box.y0 < f->box.y1))
        return err_set(err, ERR_INVALID, "%s: %s.box has no inside", r->path, f->name);
    return status;
}

static int take_cells(const struct reading *r, const json_t *json, struct type_field *f,
                      struct err *err)
{
    size_t n = json_array_size(json);

    f->cells = arena_alloc_array(r->arena, n, sizeof *f->cells);
    for (size_t i = 0; i < n && n <= TYPE_WORDS_MAX; i++) {
        double x;

        if (!number_parse_real(json_text_at(json, i), 0, SIDE_PT_MAX, &x))
            break;
        f->cells[f->n_cells++] = (float)x;
    }
    if (n < 2 || f->n_cells < n)
        return err_set(err, ERR_INVALID, "%s: %s.cells must be 2 to %d numbers", r->path, f->name,
                       TYPE_WORDS_MAX);
    return 0;
}

static int take_key(const struct reading *r, const char *key, const json_t *value,
                    struct type_field *f, struct err *err)
{
    const char *text = json_string_value(value) ? json_string_value(value) : "";

    if (strcmp(key, "kind") == 0)
        return take_kind(r, f->name, text, &f->kind, err);
    if (strcmp(key, "required") == 0)
        return take_bool(r, f->name, text, &f->is_required, err);
    if (strcmp(key, "labels") == 0)
        return take_words(r, f->name, key, value, &f->labels, &f->n_labels, err);
    if (strcmp(key, "choices") == 0)
        return take_words(r, f->name, key, value, &f->choices, &f->n_choices, err);
    if (strcmp(key, "box") == 0)
        return take_box(r, value, f, err);
    if (strcmp(key, "cells") == 0)
        return take_cells(r, value, f, err);
    return err_set(err, ERR_INVALID,
                   "%s: %s.%s is not known; a field has kind, required, labels, choices, box "
                   "and cells",
                   r->path, f->name, key);
}

static int take_field(const struct reading *r, const char *name, json_t *json,
                      struct type_field *ret, struct err *err)
{
    const char *key;
    json_t *value;

    *ret = (struct type_field){.name = arena_strdup(r->arena, name)};
    if (!is_name(name))
        return err_set(err, ERR_INVALID,
                       "%s: the field \"%s\" must be named in lower-case letters, digits and "
                       "underscores, at most %d",
                       r->path, name, TYPE_NAME_MAX);
    if (!json_is_object(json))
        return err_set(err, ERR_INVALID, "%s: %s needs at least {kind: …}", r->path, name);
    json_object_foreach(json, key, value) {
        int status = take_key(r, key, value, ret, err);

        if (status < 0)
            return status;
    }
    if ((ret->kind == FIELD_CODE) != (ret->n_choices > 0))
        return err_set(err, ERR_INVALID, "%s: %s: a code, and only a code, has choices", r->path,
                       name);
    if (ret->n_cells && !ret->page)
        return err_set(err, ERR_INVALID, "%s: %s: cells need the box they stand in", r->path, name);
    return 0;
}

static int take_anchors(const struct reading *r, json_t *json, struct type *t, struct err *err)
{
    size_t n = json_object_size(json);
    const char *text;
    json_t *place;

    if (!json)
        return 0;
    if (n < 3 || n > TYPE_ANCHORS_MAX)
        return err_set(err, ERR_INVALID, "%s: anchors: 3 to %d of them are needed", r->path,
                       TYPE_ANCHORS_MAX);
    t->anchors = arena_alloc_array(r->arena, n, sizeof *t->anchors);
    json_object_foreach(json, text, place) {
        struct type_anchor *anchor = &t->anchors[t->n_anchors++];
        float at[2] = {0};
        int status = take_place(r, text, place, 3, &anchor->page, at, err);

        if (status < 0)
            return status;
        anchor->text = arena_strdup(r->arena, text);
        anchor->x = at[0];
        anchor->y = at[1];
    }
    return 0;
}

/* Boxes mean nothing without anchors to lay the page by. */
static int check_boxes(const struct reading *r, const struct type *t, struct err *err)
{
    for (size_t i = 0; i < t->n_fields; i++)
        if (t->fields[i].page && !t->n_anchors)
            return err_set(err, ERR_INVALID, "%s: %s has a box, but the type has no anchors",
                           r->path, t->fields[i].name);
    return 0;
}

static int take_fields(const struct reading *r, json_t *json, struct type *t, struct err *err)
{
    size_t n = json_object_size(json);
    const char *name;
    json_t *value;

    if (n == 0 || n > TYPE_FIELDS_MAX)
        return err_set(err, ERR_INVALID, "%s: fields: 1 to %d of them are needed", r->path,
                       TYPE_FIELDS_MAX);
    t->fields = arena_alloc_array(r->arena, n, sizeof *t->fields);
    json_object_foreach(json, name, value) {
        int status = take_field(r, name, value, &t->fields[t->n_fields], err);

        if (status < 0)
            return status;
        t->n_fields++;
    }
    return 0;
}

static bool is_type_key(const char *key)
{
    static const char *const keys[] = {"name", "title", "known_by", "anchors", "fields"};

    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

int type_parse(struct arena *a, const char *path, const char *bytes, size_t length,
               struct type **ret, struct err *err)
{
    const struct reading r = {a, path};
    AUTO_JSON json_t *json = NULL;
    struct type *t = arena_alloc(a, sizeof *t);
    const char *key;
    json_t *value;
    int status = yaml_parse(path, bytes, length, &json, err);

    if (status < 0)
        return status;
    t->name = arena_strdup(a, json_get_text(json, "name", ""));
    t->title = arena_strdup(a, json_get_text(json, "title", t->name));
    json_object_foreach(json, key, value) {
        if (!is_type_key(key))
            return err_set(err, ERR_INVALID,
                           "%s: %s is not known; a type has name, title, known_by, anchors and "
                           "fields",
                           path, key);
    }
    if (!is_name(t->name))
        return err_set(err, ERR_INVALID,
                       "%s: name must be lower-case letters, digits and underscores", path);
    status = take_fields(&r, json_object_get(json, "fields"), t, err);
    value = json_object_get(json, "known_by");
    if (status == 0 && value)
        status = take_words(&r, t->name, "known_by", value, &t->known_by, &t->n_known_by, err);
    if (status == 0)
        status = take_anchors(&r, json_object_get(json, "anchors"), t, err);
    if (status == 0)
        status = check_boxes(&r, t, err);
    if (status == 0)
        *ret = t;
    return status;
}

int type_load(struct arena *a, const char *path, struct type **ret, struct err *err)
{
    AUTO_BUF struct buf b;
    int r;

    buf_init(&b, TYPE_BYTES_MAX);
    r = file_read(path, &b, err);
    return r < 0 ? r : type_parse(a, path, b.data, b.length, ret, err);
}

const struct type_field *type_find(const struct type *t, const char *name)
{
    for (size_t i = 0; i < t->n_fields; i++)
        if (strcmp(t->fields[i].name, name) == 0)
            return &t->fields[i];
    return NULL;
}

struct type *type_copy(struct arena *a, const struct type *t)
{
    struct type *copy = arena_alloc(a, sizeof *copy);

    *copy = *t;
    copy->fields = arena_alloc_array(a, t->n_fields, sizeof *copy->fields);
    memcpy(copy->fields, t->fields, t->n_fields * sizeof *copy->fields);
    copy->anchors = arena_grow_array(a, t->anchors, t->n_anchors, TYPE_ANCHORS_MAX,
                                     sizeof *copy->anchors);
    return copy;
}

bool type_normalise(const struct type_field *f, const char *text, char *out, size_t size)
{
    static const char *const states[] = {"selected", "empty", "doubtful"};
    const char *const *choices = f->kind == FIELD_MARK ? states : f->choices;
    size_t n = f->kind == FIELD_MARK ? ARRAY_LENGTH(states) : f->n_choices;

    if (!field_kind_normalise(f->kind, text, NULL, out, size))
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(choices[i], out) == 0)
            return true;
    return n == 0;
}
