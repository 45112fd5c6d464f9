/* A thin layer over jansson. Failing to build a value is out of memory, which ends the process. */
#include "base/json.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

int json_parse(const char *bytes, size_t length, json_t **ret_json, struct err *err)
{
    json_error_t at;
    json_t *json;

    if (length > LIMIT_JSON_BYTES)
        return err_set(err, ERR_LIMIT, "JSON of %zu bytes, the limit is %zu", length,
                       (size_t)LIMIT_JSON_BYTES);
    json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &at);
    if (!json)
        return err_set(err, ERR_INVALID, "JSON line %d column %d: %s", at.line, at.column, at.text);
    *ret_json = json;
    return 0;
}

static int add_to_buf(const char *bytes, size_t length, void *b)
{
    buf_add(b, bytes, length);
    return 0;
}

/* Nine digits: a confidence of 0.98 prints as that, not as its nearest binary fraction. */
void json_print(const json_t *json, struct buf *b)
{
    json_dump_callback(json, add_to_buf, b,
                       JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
}

char *json_text(const json_t *json)
{
    struct buf b;

    buf_init(&b, LIMIT_JSON_BYTES);
    json_print(json, &b);
    if (b.is_full)
        BUG("JSON over its limit");
    return buf_take(&b);
}

const char *json_get_text(const json_t *object, const char *key, const char *fallback)
{
    const json_t *v = json_object_get(object, key);

    return json_is_string(v) ? json_string_value(v) : fallback;
}

int64_t json_get_int(const json_t *object, const char *key, int64_t fallback)
{
    const json_t *v = json_object_get(object, key);

    return json_is_integer(v) ? json_integer_value(v) : fallback;
}

double json_get_real(const json_t *object, const char *key, double fallback)
{
    const json_t *v = json_object_get(object, key);

    return json_is_number(v) ? json_number_value(v) : fallback;
}

bool json_get_bool(const json_t *object, const char *key, bool fallback)
{
    const json_t *v = json_object_get(object, key);

    return json_is_boolean(v) ? json_is_true(v) : fallback;
}

json_t *json_clean_string(const char *text)
{
    AUTO_FREE char *clean = NULL;
    json_t *s = json_string(text);

    if (s)
        return s;
    clean = mem_alloc(strlen(text) * 3 + 1);
    utf8_clean(text, strlen(text), clean);
    s = json_string(clean);
    if (!s)
        BUG("cleaned text is not UTF-8");
    return s;
}

void json_set(json_t *object, const char *key, json_t *value)
{
    if (!value || json_object_set_new(object, key, value) < 0)
        BUG("setting JSON key %s", key);
}

void json_set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_set(object, key, json_clean_string(text));
}

void json_set_int(json_t *object, const char *key, int64_t value)
{
    json_set(object, key, json_integer(value));
}

void json_set_real(json_t *object, const char *key, double value, int decimals)
{
    double scale = pow(10, decimals);

    json_set(object, key, json_real(isfinite(value) ? round(value * scale) / scale : 0));
}
