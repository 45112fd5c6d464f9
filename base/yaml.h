/*
 * A YAML text whose shape is known beforehand: a mapping of keys, some of which hold one more
 * mapping, down to plain texts. What is not in the list of keys is refused with line and column.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stddef.h>

struct arena;
struct err;
struct json_t;

struct yaml_value {
    const char *path;    /* in: "workers" or "limits.pages", borrowed; a group's keys are one run */
    const char *text;    /* out: in arena, or NULL when the key is missing or empty */
    size_t line, column; /* out: of the key, from 1 */
};

/* Fills the texts and places of `values`. ERR_INVALID says "name:line:column: " and what is wrong;
 * an unknown key (with its group, "limits.pagez") is left in `*ret_unknown`, in arena, as well. */
int yaml_load(const char *name, const char *bytes, size_t length, struct yaml_value *values,
              size_t count, struct arena *arena, const char **ret_unknown, struct err *err);

/* Any other text as a tree of objects, arrays and strings; no aliases. `*ret` is owned. ERR_INVALID
 * says "name:line:column: " and what is wrong. */
int yaml_parse(const char *name, const char *bytes, size_t length, struct json_t **ret,
               struct err *err);

#endif
