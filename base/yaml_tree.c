/*
 * libyaml's tree as jansson's: mappings become objects, sequences arrays, and every scalar a
 * string, because a declaration says itself what each of its values is. Aliases are refused: a few
 * of them can stand for a billion nodes.
 */
#include "base/yaml.h"

#include "base/err.h"
#include "base/json.h"

#include <yaml.h>

enum { DEPTH_MAX = 12 };

struct walk {
    const char *name;
    yaml_document_t doc;
    int nodes_left; /* each may be visited once; an alias visits one again */
};

static int refuse(const struct walk *w, const yaml_node_t *node, const char *what, struct err *err)
{
    return err_set(err, ERR_INVALID, "%s:%zu:%zu: %s", w->name, node->start_mark.line + 1,
                   node->start_mark.column + 1, what);
}

static int convert(struct walk *w, yaml_node_t *node, int depth, json_t **ret, struct err *err);

static int convert_sequence(struct walk *w, yaml_node_t *node, int depth, json_t **ret,
                            struct err *err)
{
    AUTO_JSON json_t *array = json_array();

    for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top;
         i++) {
        json_t *item = NULL;
        int r = convert(w, yaml_document_get_node(&w->doc, *i), depth + 1, &item, err);

        if (r < 0)
            return r;
        json_array_append_new(array, item);
    }
    *ret = json_incref(array);
    return 0;
}

static int convert_mapping(struct walk *w, yaml_node_t *node, int depth, json_t **ret,
                           struct err *err)
{
    AUTO_JSON json_t *object = json_object();

    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top;
         p++) {
        yaml_node_t *key = yaml_document_get_node(&w->doc, p->key);
        const char *name = (const char *)key->data.scalar.value;
        json_t *value = NULL;
        int r;

        if (key->type != YAML_SCALAR_NODE)
            return refuse(w, key, "a key must be plain text", err);
        if (json_object_get(object, name))
            return refuse(w, key, "this key is given twice", err);
        r = convert(w, yaml_document_get_node(&w->doc, p->value), depth + 1, &value, err);
        if (r < 0)
            return r;
        if (json_object_set_new(object, name, value) < 0)
            return refuse(w, key, "a key that is not UTF-8", err);
    }
    *ret = json_incref(object);
    return 0;
}

static int convert(struct walk *w, yaml_node_t *node, int depth, json_t **ret, struct err *err)
{
    if (depth > DEPTH_MAX)
        return refuse(w, node, "nested too deeply", err);
    if (w->nodes_left-- <= 0)
        return refuse(w, node, "an alias; write the value out", err);
    switch (node->type) {
    case YAML_SEQUENCE_NODE:
        return convert_sequence(w, node, depth, ret, err);
    case YAML_MAPPING_NODE:
        return convert_mapping(w, node, depth, ret, err);
    default:
        *ret = json_clean_string((const char *)node->data.scalar.value);
        return 0;
    }
}

static int convert_document(struct walk *w, json_t **ret, struct err *err)
{
    yaml_node_t *root = yaml_document_get_root_node(&w->doc);

    w->nodes_left = (int)(w->doc.nodes.top - w->doc.nodes.start);
    if (!root)
        return err_set(err, ERR_INVALID, "%s: nothing in it", w->name);
    return convert(w, root, 0, ret, err);
}

int yaml_parse(const char *name, const char *bytes, size_t length, json_t **ret, struct err *err)
{
    struct walk w = {.name = name};
    yaml_parser_t parser;
    int r;

    if (!yaml_parser_initialize(&parser))
        BUG("libyaml would not start");
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, length);
    if (yaml_parser_load(&parser, &w.doc)) {
        r = convert_document(&w, ret, err);
        yaml_document_delete(&w.doc);
    } else {
        r = err_set(err, ERR_INVALID, "%s:%zu:%zu: not YAML: %s", name,
                    parser.problem_mark.line + 1, parser.problem_mark.column + 1,
                    parser.problem ? parser.problem : "unreadable");
    }
    yaml_parser_delete(&parser);
    return r;
}
