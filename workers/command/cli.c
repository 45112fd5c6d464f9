/* Options from a table through getopt_long, help from the same table. */
#include "workers/command/cli.h"

#include "base/err.h"
#include "base/mem.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_JSON = 256, OPTION_HELP, OPTION_FIRST };

static void print_help(const struct command *command, const struct cli_option *options)
{
    printf("%s.\n\nusage: bilag %s%s%s [OPTION]… %s\n\n", command->help, command->noun,
           command->verb ? " " : "", command->verb ? command->verb : "", command->arguments);
    for (; options->name; options++)
        printf("  %s%s%s%-*s %s\n", options->name[1] ? "--" : "-", options->name,
               options->value ? " " : "",
               (int)(18 + !options->name[1] - !!options->value - strlen(options->name)),
               options->value ? options->value : "", options->help);
    printf("  --json               one JSON object a line\n"
           "  --config FILE        configuration (default: $BILAG_CONFIG, /etc/bilag/bilag.yaml)\n"
           "  --data DIR           the data folder\n"
           "  --set PATH=VALUE     one option, as in the configuration\n"
           "  --help               this text\n");
}

/* The table as getopt wants it. A letter stands for the number of its row. */
static void fill_options(const struct cli_option *options, struct option *out, char *letters)
{
    static const struct option common[] = {HOUSE_LONG_OPTIONS,
                                           {"json", no_argument, NULL, OPTION_JSON},
                                           {"help", no_argument, NULL, OPTION_HELP}};
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(common); i++)
        out[n++] = common[i];
    *letters++ = 'h';
    for (int i = 0; options[i].name; i++) {
        out[n++] = (struct option){options[i].name,
                                   options[i].value ? required_argument : no_argument, NULL,
                                   OPTION_FIRST + i};
        if (options[i].name[1])
            continue;
        *letters++ = options[i].name[0];
        if (options[i].value)
            *letters++ = ':';
    }
    *letters = '\0';
    out[n] = (struct option){0};
}

/* The number of a row by its letter; `c` itself when it is none. */
static int row_of_letter(const struct cli_option *options, int c)
{
    for (int i = 0; options[i].name; i++)
        if (options[i].name[0] == c && !options[i].name[1])
            return OPTION_FIRST + i;
    return c;
}

static int usage(const struct command *command, const char *problem)
{
    fprintf(stderr, "bilag %s%s%s: %s\nusage: bilag %s%s%s [OPTION]… %s\n", command->noun,
            command->verb ? " " : "", command->verb ? command->verb : "", problem, command->noun,
            command->verb ? " " : "", command->verb ? command->verb : "", command->arguments);
    return ERR_USAGE;
}

/* 0; 1 when help was printed; ERR_USAGE after printing what is wrong. */
static int parse(int argc, char **argv, const struct command *command, struct cli *ret)
{
    static const struct cli_option none[] = {{0}};
    const struct cli_option *options = command->options ? command->options : none;
    struct option table[CLI_OPTIONS_MAX + 8];
    char letters[2 * CLI_OPTIONS_MAX + 2];
    int c;

    *ret = (struct cli){.argv = argv};
    fill_options(options, table, letters);
    optind = 1;
    while ((c = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        c = row_of_letter(options, c);
        if (c == 'h' || c == OPTION_HELP) {
            print_help(command, options);
            return 1;
        }
        if (c == OPTION_JSON)
            ret->is_json = true;
        else if (c >= OPTION_FIRST)
            ret->values[c - OPTION_FIRST] = optarg ? optarg : "";
        else if (!house_flag(&ret->flags, c, optarg))
            return usage(command, "that option is not known here; --help lists them");
    }
    ret->words = argv + optind;
    ret->n_words = argc - optind;
    if (ret->n_words < command->min_words)
        return usage(command, "something is missing");
    if (command->max_words >= 0 && ret->n_words > command->max_words)
        return usage(command, "too many words");
    return 0;
}

static int fail(const struct err *err)
{
    fprintf(stderr, "bilag: %s\n", err->text);
    return err_exit_status(err->code);
}

int cli_run(const struct command *command, int argc, char **argv)
{
    struct house house = {0};
    struct err err = {0};
    struct cli cli;
    int r = parse(argc, argv, command, &cli);

    if (r != 0)
        return r < 0 ? err_exit_status(ERR_USAGE) : 0;
    if (!(command->parts & COMMAND_BARE))
        r = house_open(&house, &cli.flags, command->parts, command->noun, &err);
    if (r == 0)
        r = command->act(&house, &cli, &err);
    house_close(&house);
    return r < 0 ? fail(&err) : r;
}

int cli_each_word(struct house *house, const struct cli *cli,
                  int (*act)(struct house *house, const struct cli *cli, const char *word,
                             struct err *err),
                  struct err *err)
{
    int failed = 0;

    for (int i = 0; i < cli->n_words; i++) {
        int r = act(house, cli, cli->words[i], err);

        if (r < 0 && cli->n_words == 1)
            return r;
        if (r < 0)
            fprintf(stderr, "bilag: %s: %s\n", cli->words[i], err->text);
        failed += r < 0;
    }
    return failed ? EXIT_SOME_FAILED : 0;
}

bool cli_has_colour(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
           !(term && strcmp(term, "dumb") == 0);
}
