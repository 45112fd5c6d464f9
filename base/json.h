/*
 * jansson with our manners: strict parsing (UTF-8, no duplicate keys, bounded size and depth),
 * lookups that forgive a missing key, and one way to print. Numbers that are money or identifiers
 * travel as strings.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

static inline void json_release_at(json_t **json)
{
    json_decref(*json);
}
#define AUTO_JSON __attribute__((cleanup(json_release_at)))

/* Parses the whole run; ERR_INVALID with line and column on anything else. `*ret_json` is owned. */
int json_parse(const char *bytes, size_t length, json_t **ret_json, struct err *err);

/* Compact, keys in insertion order, appended to `b`. */
void json_print(const json_t *json, struct buf *b);
char *json_text(const json_t *json); /* the same as an owned string */

/* Borrowed from `object` until it changes; the fallback when missing or of another type. */
const char *json_get_text(const json_t *object, const char *key, const char *fallback);
int64_t json_get_int(const json_t *object, const char *key, int64_t fallback);
double json_get_real(const json_t *object, const char *key, double fallback);
bool json_get_bool(const json_t *object, const char *key, bool fallback);

/* Sets a key; `text` NULL sets nothing. Bytes that are not UTF-8 are cleaned first. */
void json_set_text(json_t *object, const char *key, const char *text);
void json_set_int(json_t *object, const char *key, int64_t value);
void json_set_real(json_t *object, const char *key, double value, int decimals);
void json_set(json_t *object, const char *key, json_t *value); /* takes `value` */
json_t *json_clean_string(const char *text);                   /* owned */

#endif
