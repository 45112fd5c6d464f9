/*
 * The command line: one table a command says its options, and parsing, help and the refusal of
 * anything else follow from it. Listings are rows of JSON objects printed as a table on a terminal,
 * as tab-separated text in a pipe, and as one JSON object a line with --json.
 */
#ifndef WORKERS_CLI_H
#define WORKERS_CLI_H

#include "base/json.h"
#include "workers/house.h"

#include <stdbool.h>
#include <stddef.h>

struct err;

/* One command: `bilag NAME …` or `bilag NOUN VERB …`. */
struct command {
    const char *noun, *verb; /* verb NULL: the noun alone is the command */
    const char *arguments;   /* "FILE…" for the help */
    const char *help;        /* one sentence */
    int (*run)(int argc, char **argv);
};

struct cli_option {
    const char *name;  /* "batch" for --batch, "j" for -j */
    const char *value; /* "NAME" when it takes one, NULL for a flag */
    const char *help;
};

#define CLI_OPTIONS_MAX 16

/* What was found; values and words are borrowed from argv. */
struct cli {
    struct house_flags flags;
    bool is_json;
    const char *values[CLI_OPTIONS_MAX]; /* in the table's order: the value, "" for a flag, NULL */
    char **words;
    int n_words;
};

/*
 * Parses `argv` (argv[0] is the command's own name). Everyone has --config, --data, --set, --json
 * and --help. Returns 0; 1 when help was printed (the command returns 0); ERR_USAGE after printing
 * what is wrong (the command returns 2). `options` ends with a row without a name.
 */
int cli_parse(int argc, char **argv, const struct command *command,
              const struct cli_option *options, int min_words, int max_words, struct cli *ret);

/* Prints "bilag: text" on stderr and returns the exit status of the code. */
int cli_fail(const struct err *err);

bool cli_has_colour(void); /* stdout is a terminal and nobody said no */

enum cell_kind { CELL_TEXT, CELL_NUMBER, CELL_AGE_MS, CELL_TIME_MS };

struct column {
    const char *key;   /* of the row's JSON object */
    const char *title; /* "WAITING" */
    enum cell_kind kind;
    int max_width; /* 0: as wide as it gets */
};

/* `rows` is a JSON array of objects. `columns` end with a row without a key. An empty list prints
 * `empty` on a terminal. */
void cli_print_rows(const json_t *rows, const struct column *columns, bool is_json,
                    const char *empty);

/* "42 s", "3 min", "5 h", "2 d" */
#define CLI_AGE_SIZE 32
void cli_format_age(int64_t ms, char text[CLI_AGE_SIZE]);

#endif
