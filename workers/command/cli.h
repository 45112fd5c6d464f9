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

struct cli_option {
    const char *name;  /* "batch" for --batch, "j" for -j */
    const char *value; /* "NAME" when it takes one, NULL for a flag */
    const char *help;
};

#define CLI_OPTIONS_MAX 16

/* What was found; values and words are borrowed from argv. */
struct cli {
    char **argv; /* as it came, for a command that hands it on */
    struct house_flags flags;
    bool is_json;
    const char *values[CLI_OPTIONS_MAX]; /* in the table's order: the value, "" for a flag, NULL */
    char **words;
    int n_words;
};

/*
 * One row of the table of commands: `bilag NOUN …` or `bilag NOUN VERB …`. The row says what the
 * command needs; `act` is called with it opened and does the rest.
 */
struct command {
    const char *noun, *verb;          /* verb NULL: the noun alone is the command */
    const char *arguments;            /* "FILE…" for the help */
    const char *help;                 /* one sentence without a full stop */
    const struct cli_option *options; /* ends with a row without a name; NULL for none */
    int min_words, max_words;         /* max -1: any number */
    unsigned parts; /* enum house_part; COMMAND_BARE: not even the settings are loaded */
    /* 0, a negative ERR_* with its text in err, or an exit status above 0. */
    int (*act)(struct house *house, const struct cli *cli, struct err *err);
};
#define COMMAND_BARE 0x8000u

/* Everyone has --config, --data, --set, --json and --help. Parses, opens, acts, closes, and tells
 * what failed; returns the exit status. argv[0] is the command's last word. */
int cli_run(const struct command *command, int argc, char **argv);

#define EXIT_SOME_FAILED 6

/* Acts on each word for itself: one that fails is told and passed over. The code of the only word's
 * failure, or EXIT_SOME_FAILED. */
int cli_each_word(struct house *house, const struct cli *cli,
                  int (*act)(struct house *house, const struct cli *cli, const char *word,
                             struct err *err),
                  struct err *err);

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

/* Text from outside as a terminal may see it: without control characters. Owned. */
char *cli_clean(const char *text);

/* "42 s", "3 min", "5 h", "2 d" */
#define CLI_AGE_SIZE 32
void cli_format_age(int64_t ms, char text[CLI_AGE_SIZE]);

#endif
