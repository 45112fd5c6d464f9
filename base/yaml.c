/*
 * libcyaml decides what is allowed; libyaml, which it stands on, says where things are.
 *
 * The schema is built from the list of keys: every leaf is an optional text, every group an
 * optional mapping of texts, so numbers and choices are judged by our own parsers with our own
 * messages. libcyaml 1.3.1 names an unknown key but gives the place of what stood before it, so
 * places are looked up in libyaml's tree of the same text. Both are small; a configuration file is
 * read once.
 */
#include "base/yaml.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"

#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#define TEXT_MAX_BYTES 4096
#define KEY_MAX_BYTES 100

/* What libcyaml said while it refused, put together from its log lines. */
struct complaint {
    char text[200];              /* its first line, without "Load: " */
    char unknown[KEY_MAX_BYTES]; /* the key that is none, or "" */
    char group[KEY_MAX_BYTES];   /* the outermost field it was in, or "" */
    char field[KEY_MAX_BYTES];   /* the innermost, or "" */
    size_t line, column;
    bool is_unknown;
};

static void take_backtrace(struct complaint *c, const char *said)
{
    char field[KEY_MAX_BYTES];
    size_t line, column;

    if (sscanf(said, " in mapping field '%99[^']' (line: %zu, column: %zu)", field, &line,
               &column) == 3) {
        if (!c->field[0])
            memcpy(c->field, field, sizeof field);
        memcpy(c->group, field, sizeof field);
    } else if (sscanf(said, " in mapping (line: %zu, column: %zu)", &line, &column) != 2) {
        return;
    }
    if (!c->line) {
        c->line = line;
        c->column = column;
    }
}

static void hear(cyaml_log_t level, void *context, const char *format, va_list args)
{
    struct complaint *c = context;
    char said[300];

    if (level < CYAML_LOG_ERROR)
        return;
    vsnprintf(said, sizeof said, format, args);
    said[strcspn(said, "\n")] = '\0';
    if (strncmp(said, "Load: ", 6) != 0) {
        take_backtrace(c, said);
    } else if (strcmp(said + 6, "Backtrace:") != 0) {
        snprintf(c->text, sizeof c->text, "%s", said + 6);
        c->is_unknown = sscanf(c->text, "Unexpected key: %99[^\n]", c->unknown) == 1;
    }
}

/* --- the schema ------------------------------------------------------------------------------ */

static const char *leaf_of(const char *path)
{
    const char *dot = strchr(path, '.');

    return dot ? dot + 1 : path;
}

/* Bytes of "limits" in "limits.pages"; 0 for a path without a group. */
static size_t group_length(const char *path)
{
    const char *dot = strchr(path, '.');

    return dot ? (size_t)(dot - path) : 0;
}

static bool same_group(const char *a, const char *b)
{
    size_t n = group_length(a);

    return n == group_length(b) && strncmp(a, b, n) == 0;
}

/* Slot i of the loaded table belongs to value i; slot count + i to the group that begins at i. */
static cyaml_schema_field_t text_field(const char *key, size_t slot)
{
    return (cyaml_schema_field_t){
        .key = key,
        .data_offset = (uint32_t)(slot * sizeof(void *)),
        .value = {.type = CYAML_STRING,
                  .flags = CYAML_FLAG_POINTER_NULL | CYAML_FLAG_OPTIONAL,
                  .data_size = 1,
                  .string = {.min = 0, .max = TEXT_MAX_BYTES}},
    };
}

static cyaml_schema_value_t mapping_of(const cyaml_schema_field_t *fields, size_t slots)
{
    return (cyaml_schema_value_t){
        .type = CYAML_MAPPING,
        .flags = CYAML_FLAG_POINTER_NULL | CYAML_FLAG_OPTIONAL,
        .data_size = (uint32_t)(slots * sizeof(void *)),
        .mapping = {.fields = fields},
    };
}

static cyaml_schema_value_t build_schema(const struct yaml_value *values, size_t count,
                                         struct arena *arena)
{
    cyaml_schema_field_t *top = arena_alloc_array(arena, count + 1, sizeof *top);
    size_t used = 0;

    for (size_t i = 0, end; i < count; i = end) {
        size_t n = group_length(values[i].path);
        cyaml_schema_field_t *group;

        end = i + 1;
        if (n == 0) {
            top[used++] = text_field(values[i].path, i);
            continue;
        }
        while (end < count && same_group(values[i].path, values[end].path))
            end++;
        group = arena_alloc_array(arena, end - i + 1, sizeof *group);
        for (size_t k = i; k < end; k++)
            group[k - i] = text_field(leaf_of(values[k].path), k);
        top[used] = text_field(arena_strndup(arena, values[i].path, n), count + i);
        top[used++].value = mapping_of(group, 2 * count);
    }
    return mapping_of(top, 2 * count);
}

/* --- places ---------------------------------------------------------------------------------- */

/* The last key called `name` in a mapping (the second of two, when one was given twice). */
static yaml_node_pair_t *find_pair(yaml_document_t *doc, yaml_node_t *mapping, const char *name)
{
    yaml_node_pair_t *found = NULL;

    if (!mapping || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *p = mapping->data.mapping.pairs.start;
         p < mapping->data.mapping.pairs.top; p++) {
        yaml_node_t *key = yaml_document_get_node(doc, p->key);

        if (key && key->type == YAML_SCALAR_NODE &&
            strcmp((const char *)key->data.scalar.value, name) == 0)
            found = p;
    }
    return found;
}

static bool find_place(yaml_document_t *doc, const char *path, size_t *ret_line, size_t *ret_column)
{
    yaml_node_t *at = yaml_document_get_root_node(doc), *key;
    size_t n = group_length(path);
    char group[KEY_MAX_BYTES];
    yaml_node_pair_t *pair;

    if (n) {
        snprintf(group, sizeof group, "%.*s", (int)n, path);
        pair = find_pair(doc, at, group);
        at = pair ? yaml_document_get_node(doc, pair->value) : NULL;
    }
    pair = find_pair(doc, at, leaf_of(path));
    if (!pair)
        return false;
    key = yaml_document_get_node(doc, pair->key);
    *ret_line = key->start_mark.line + 1;
    *ret_column = key->start_mark.column + 1;
    return true;
}

/* What every step of one loading needs. */
struct load {
    const char *name, *bytes;
    size_t length;
    struct yaml_value *values;
    size_t count;
    struct arena *arena;
    yaml_document_t doc;
};

/* libyaml's own complaint is exact when the text is no YAML. */
static int parse_tree(struct load *l, yaml_parser_t *parser, struct err *err)
{
    yaml_parser_set_input_string(parser, (const unsigned char *)l->bytes, l->length);
    if (yaml_parser_load(parser, &l->doc))
        return 0;
    return err_set(err, ERR_INVALID, "%s:%zu:%zu: not YAML: %s", l->name,
                   parser->problem_mark.line + 1, parser->problem_mark.column + 1,
                   parser->problem ? parser->problem : "unreadable");
}

static int refuse(struct load *l, const struct complaint *c, const char **ret_unknown,
                  struct err *err)
{
    const char *key = c->is_unknown ? c->unknown : c->field;
    bool has_group = c->group[0] && (c->is_unknown || strcmp(c->group, c->field) != 0);
    const char *path = arena_printf(l->arena, "%s%s%s", has_group ? c->group : "",
                                    has_group ? "." : "", key);
    size_t line = c->line ? c->line : 1, column = c->column ? c->column : 1;

    find_place(&l->doc, path, &line, &column);
    if (c->is_unknown) {
        *ret_unknown = path;
        return err_set(err, ERR_INVALID, "%s:%zu:%zu: unknown key %s", l->name, line, column, path);
    }
    return err_set(err, ERR_INVALID, "%s:%zu:%zu: %s%s%s", l->name, line, column, path,
                   path[0] ? ": " : "", c->text[0] ? c->text : "not allowed here");
}

/* Copies what libcyaml loaded; slots as in text_field. */
static void take_texts(struct load *l, void **slots)
{
    void **group = NULL;

    for (size_t i = 0; i < l->count; i++) {
        struct yaml_value *v = &l->values[i];
        void **in = slots;

        if (group_length(v->path)) {
            if (i == 0 || !same_group(l->values[i - 1].path, v->path))
                group = slots[l->count + i];
            in = group;
        }
        v->text = in ? arena_strdup(l->arena, in[i]) : NULL;
        if (v->text)
            find_place(&l->doc, v->path, &v->line, &v->column);
    }
}

static int load_checked(struct load *l, const char **ret_unknown, struct err *err)
{
    struct complaint complaint = {0};
    cyaml_config_t config = {
        .log_fn = hear, .log_ctx = &complaint, .log_level = CYAML_LOG_ERROR, .mem_fn = cyaml_mem};
    cyaml_schema_value_t schema = build_schema(l->values, l->count, l->arena);
    void *slots = NULL;
    cyaml_err_t code = cyaml_load_data((const uint8_t *)l->bytes, l->length, &config, &schema,
                                       &slots, NULL);

    if (code != CYAML_OK)
        return refuse(l, &complaint, ret_unknown, err);
    if (slots)
        take_texts(l, slots);
    cyaml_free(&config, &schema, slots, 0);
    return 0;
}

int yaml_load(const char *name, const char *bytes, size_t length, struct yaml_value *values,
              size_t count, struct arena *arena, const char **ret_unknown, struct err *err)
{
    struct load l = {.name = name,
                     .bytes = bytes,
                     .length = length,
                     .values = values,
                     .count = count,
                     .arena = arena};
    yaml_parser_t parser;
    int r;

    if (!yaml_parser_initialize(&parser))
        BUG("libyaml would not start");
    r = parse_tree(&l, &parser, err);
    if (r == 0) {
        r = load_checked(&l, ret_unknown, err);
        yaml_document_delete(&l.doc);
    }
    yaml_parser_delete(&parser);
    return r;
}
