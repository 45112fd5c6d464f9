/*
 * Configuration as one table: each option is a row of path, type, range, default, unit and help;
 * the file's schema, the environment's names, messages and the manual follow from the row.
 *
 *   flag  >  environment (BILAG_LIMITS_PAGES)  >  --config file  >  /etc file  >  default
 *
 * A value from a weaker source never replaces one from a stronger source, so the order of loading
 * does not matter. Each option remembers where its value came from. Every refusal names the place,
 * the option, what is allowed, and what to do.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum option_type {
    OPTION_INT,    /* int64_t in the settings */
    OPTION_REAL,   /* double */
    OPTION_BOOL,   /* bool; true, false, yes or no in text */
    OPTION_TEXT,   /* const char *, in the config's arena, never NULL */
    OPTION_CHOICE, /* int: the index into `choices` */
};

struct config_option {
    const char *path; /* "workers" or "limits.pages": at most one dot */
    enum option_type type;
    size_t offset;   /* of the value in the caller's settings struct */
    double min, max; /* numbers, both ends included; bytes for text (max 0: 255) */
    const char *default_text;
    const char *unit;           /* "bytes", "seconds", or "" */
    const char *help;           /* one sentence without a full stop */
    const char *const *choices; /* ended by NULL */
};

enum config_source {
    CONFIG_DEFAULT,
    CONFIG_SYSTEM_FILE,
    CONFIG_USER_FILE,
    CONFIG_ENVIRONMENT,
    CONFIG_FLAG,
};

struct config_origin {
    enum config_source source;
    const char
        *place; /* "default", "/etc/bilag/bilag.yaml:7:3", "BILAG_WORKERS", "--set workers" */
};

struct config {
    const struct config_option *options; /* borrowed */
    size_t count;
    void *values;                  /* the caller's settings struct, borrowed */
    struct config_origin *origins; /* one an option */
    struct arena arena;            /* texts and places */
};

/* Puts every default into `values`. A default outside its own range is a BUG. */
void config_init(struct config *c, const struct config_option *options, size_t count, void *values);
void config_release(struct config *c); /* the texts in `values` die with it */

/* Sets one option from text. ERR_USAGE for a path that is no option, ERR_INVALID for a text that is
 * no such value, ERR_LIMIT outside the range; `place` begins each message. */
int config_set(struct config *c, const char *path, const char *text, enum config_source source,
               const char *place, struct err *err);

/* Reads a YAML file. ERR_NOT_FOUND when there is none, ERR_INVALID with line and column for unknown
 * keys, wrong shapes, keys given twice and YAML that is none, ERR_LIMIT outside a range. After a
 * refusal some options may be set already: the caller stops. */
int config_load_file(struct config *c, const char *path, enum config_source source,
                     struct err *err);

/* Takes <prefix>_LIMITS_PAGES and its like from the environment, empty ones too. */
int config_load_environment(struct config *c, const char *prefix, struct err *err);

/* The row with this path, or NULL. */
const struct config_option *config_find(const struct config *c, const char *path);

/* The option a mistyped path probably meant, or NULL when none is near. */
const char *config_nearest(const struct config *c, const char *path);

/* Appends the present value of option `i` as config_set would take it. */
void config_print_value(const struct config *c, size_t i, struct buf *b);

/* "1 to 500 pages", "one of webp, jpeg", "true or false", "text of at most 255 bytes". */
void config_option_print_range(const struct config_option *o, struct buf *b);

/* "BILAG" and "limits.pages" → "BILAG_LIMITS_PAGES". */
void config_option_print_variable(const struct config_option *o, const char *prefix, struct buf *b);

#endif
