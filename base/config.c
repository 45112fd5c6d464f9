/*
 * Rows of the option table filled from files, environment and flags. One function, set_row, turns
 * text into a value, whatever the source; it refuses with the place, the option and the range.
 */
#include "base/config.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/utf8.h"
#include "base/yaml.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#define ARENA_MAX_BYTES ((size_t)8 << 20)
#define TEXT_MAX_BYTES 255 /* of a text option without a range of its own */
#define RANGE_MAX_BYTES 300

static void *value_at(const struct config *c, const struct config_option *o)
{
    return (char *)c->values + o->offset;
}

static size_t text_max(const struct config_option *o)
{
    return o->max > 0 ? (size_t)o->max : TEXT_MAX_BYTES;
}

static int choice_find(const struct config_option *o, const char *text)
{
    for (int i = 0; o->choices[i]; i++)
        if (strcmp(o->choices[i], text) == 0)
            return i;
    return -1;
}

static bool parse_bool(const char *text, bool *ret)
{
    bool is_yes = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0;

    if (!is_yes && strcmp(text, "false") != 0 && strcmp(text, "no") != 0)
        return false;
    *ret = is_yes;
    return true;
}

void config_option_print_range(const struct config_option *o, struct buf *b)
{
    switch (o->type) {
    case OPTION_INT:
    case OPTION_REAL:
        buf_printf(b, "%.15g to %.15g%s%s", o->min, o->max, o->unit[0] ? " " : "", o->unit);
        break;
    case OPTION_BOOL:
        buf_add_text(b, "true or false");
        break;
    case OPTION_TEXT:
        buf_printf(b, "text of at most %zu bytes", text_max(o));
        break;
    case OPTION_CHOICE:
        for (int i = 0; o->choices[i]; i++)
            buf_printf(b, "%s%s", i ? ", " : "one of ", o->choices[i]);
        break;
    }
}

void config_option_print_variable(const struct config_option *o, const char *prefix, struct buf *b)
{
    buf_printf(b, "%s_", prefix);
    for (const char *p = o->path; *p; p++)
        buf_add_char(b, *p == '.' ? '_' : (char)toupper((unsigned char)*p));
}

/* 0 and the value stored, or the code of the refusal. A number may be right and out of range. */
static int store(struct config *c, const struct config_option *o, const char *text)
{
    void *at = value_at(c, o);
    int64_t n;
    double real;
    int choice;

    switch (o->type) {
    case OPTION_INT:
        if (!number_parse(text, INT64_MIN, INT64_MAX, &n))
            return ERR_INVALID;
        if ((double)n < o->min || (double)n > o->max)
            return ERR_LIMIT;
        *(int64_t *)at = n;
        return 0;
    case OPTION_REAL:
        if (!number_parse_real(text, -1e300, 1e300, &real))
            return ERR_INVALID;
        if (real < o->min || real > o->max)
            return ERR_LIMIT;
        *(double *)at = real;
        return 0;
    case OPTION_BOOL:
        return parse_bool(text, at) ? 0 : ERR_INVALID;
    case OPTION_TEXT:
        if (!utf8_is_valid(text, strlen(text)))
            return ERR_INVALID;
        if (strlen(text) > text_max(o))
            return ERR_LIMIT;
        *(const char **)at = arena_strdup(&c->arena, text);
        return 0;
    case OPTION_CHOICE:
        choice = choice_find(o, text);
        if (choice < 0)
            return ERR_INVALID;
        *(int *)at = choice;
        return 0;
    }
    BUG("option type %d", (int)o->type);
}

static int refuse(const struct config_option *o, int code, const char *text, const char *place,
                  struct err *err)
{
    AUTO_BUF struct buf range;
    char shown[3 * 40 + 1];

    buf_init(&range, RANGE_MAX_BYTES);
    config_option_print_range(o, &range);
    utf8_clean(text, strnlen(text, 40), shown);
    return err_set(err, code, "%s: %s is \"%s\"; it takes %s", place, o->path, shown, range.data);
}

static int set_row(struct config *c, size_t i, const char *text, enum config_source source,
                   const char *place, struct err *err)
{
    struct config_origin *origin = &c->origins[i];
    int r;

    if (origin->source > source)
        return 0;
    r = store(c, &c->options[i], text);
    if (r < 0)
        return refuse(&c->options[i], r, text, place, err);
    *origin = (struct config_origin){source, arena_strdup(&c->arena, place)};
    return 0;
}

void config_init(struct config *c, const struct config_option *options, size_t count, void *values)
{
    struct err err = {0};

    *c = (struct config){.options = options, .count = count, .values = values};
    arena_init(&c->arena, ARENA_MAX_BYTES);
    c->origins = arena_alloc_array(&c->arena, count, sizeof *c->origins);
    for (size_t i = 0; i < count; i++)
        if (set_row(c, i, options[i].default_text, CONFIG_DEFAULT, "default", &err) < 0)
            BUG("%s", err.text);
}

void config_release(struct config *c)
{
    arena_release(&c->arena);
}

const struct config_option *config_find(const struct config *c, const char *path)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->options[i].path, path) == 0)
            return &c->options[i];
    return NULL;
}

/* Letters to add, drop or change to get from a to b; texts past 60 bytes count as far apart. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(b), row[61];

    if (n > 60)
        return n;
    for (size_t k = 0; k <= n; k++)
        row[k] = k;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t k = 1; k <= n; k++) {
            size_t best = diagonal + (a[i] != b[k - 1]);

            diagonal = row[k];
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            if (row[k] + 1 < best)
                best = row[k] + 1;
            row[k] = best;
        }
    }
    return row[n];
}

const char *config_nearest(const struct config *c, const char *path)
{
    size_t least = strlen(path) / 3 + 1;
    const char *nearest = NULL;

    for (size_t i = 0; i < c->count; i++) {
        size_t d = distance(path, c->options[i].path);

        if (d < least) {
            least = d;
            nearest = c->options[i].path;
        }
    }
    return nearest;
}

/* Adds the remedy to a refusal of an unknown path. */
static int suggest(const struct config *c, const char *path, int code, struct err *err)
{
    const char *nearest = config_nearest(c, path);
    size_t used = err ? strlen(err->text) : 0;

    if (!err)
        return code;
    if (nearest)
        snprintf(err->text + used, sizeof err->text - used, "; did you mean %s?", nearest);
    else
        snprintf(err->text + used, sizeof err->text - used,
                 "; `bilag config show` lists every option");
    return code;
}

int config_set(struct config *c, const char *path, const char *text, enum config_source source,
               const char *place, struct err *err)
{
    const struct config_option *o = config_find(c, path);

    if (o)
        return set_row(c, (size_t)(o - c->options), text, source, place, err);
    return suggest(c, path, err_set(err, ERR_USAGE, "%s: unknown option %s", place, path), err);
}

/* A configuration file is ours, so a symbolic link or a pipe is as good as a file. */
static int read_text(const char *path, struct buf *b, struct err *err)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    int r;

    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "%s: no such file", path);
    if (fd < 0)
        return err_errno(err, ERR_IO, "opening %s", path);
    r = file_read_fd(fd, b, err);
    return r < 0 ? err_wrap(err, r, "%s", path) : 0;
}

int config_load_file(struct config *c, const char *path, enum config_source source, struct err *err)
{
    AUTO_BUF struct buf text;
    struct yaml_value *values = arena_alloc_array(&c->arena, c->count, sizeof *values);
    const char *unknown = NULL;
    int r;

    buf_init(&text, LIMIT_CONFIG_BYTES);
    r = read_text(path, &text, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < c->count; i++)
        values[i].path = c->options[i].path;
    r = yaml_load(path, text.data, text.length, values, c->count, &c->arena, &unknown, err);
    if (r < 0)
        return unknown ? suggest(c, unknown, r, err) : r;
    for (size_t i = 0; i < c->count && r == 0; i++)
        if (values[i].text)
            r = set_row(
                c, i, values[i].text, source,
                arena_printf(&c->arena, "%s:%zu:%zu", path, values[i].line, values[i].column), err);
    return r;
}

int config_load_environment(struct config *c, const char *prefix, struct err *err)
{
    AUTO_BUF struct buf name;
    int r = 0;

    buf_init(&name, RANGE_MAX_BYTES);
    for (size_t i = 0; i < c->count && r == 0; i++) {
        const char *text;

        buf_clear(&name);
        config_option_print_variable(&c->options[i], prefix, &name);
        text = getenv(name.data);
        if (text)
            r = set_row(c, i, text, CONFIG_ENVIRONMENT, name.data, err);
    }
    return r;
}

void config_print_value(const struct config *c, size_t i, struct buf *b)
{
    const struct config_option *o = &c->options[i];
    const void *at = value_at(c, o);

    switch (o->type) {
    case OPTION_INT:
        buf_printf(b, "%" PRId64, *(const int64_t *)at);
        break;
    case OPTION_REAL:
        buf_printf(b, "%.15g", *(const double *)at);
        break;
    case OPTION_BOOL:
        buf_add_text(b, *(const bool *)at ? "true" : "false");
        break;
    case OPTION_TEXT:
        buf_add_text(b, *(const char *const *)at);
        break;
    case OPTION_CHOICE:
        buf_add_text(b, o->choices[*(const int *)at]);
        break;
    }
}
