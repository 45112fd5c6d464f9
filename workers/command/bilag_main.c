/* bilag, the command people type: finds the row of its tables and runs it. */
#include "base/log.h"
#include "base/mem.h"
#include "workers/command/commands.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* In the order of the help; the two tables of doc stand together. */
static const struct command *const nouns[] = {
    commands_up,       commands_submit,   commands_read,   commands_status,
    commands_batch,    commands_doc,      commands_review, commands_queue,
    commands_ledger,   commands_supplier, commands_type,   commands_teach,
    commands_accuracy, commands_audit,    commands_doctor, commands_config,
};

static bool is_noun(const char *word)
{
    for (size_t i = 0; i < ARRAY_LENGTH(nouns); i++)
        for (const struct command *c = nouns[i]; c->noun; c++)
            if (strcmp(c->noun, word) == 0)
                return true;
    return false;
}

static const struct command *find(const char *noun, const char *verb)
{
    for (size_t i = 0; i < ARRAY_LENGTH(nouns); i++)
        for (const struct command *c = nouns[i]; c->noun; c++)
            if (strcmp(c->noun, noun) == 0 && (!c->verb || (verb && strcmp(c->verb, verb) == 0)))
                return c;
    return NULL;
}

static void print_commands(FILE *out)
{
    fputs("bilag, a back office in a box\n\n"
          "  bilag up                    start everything\n"
          "  bilag submit --wait scans/  take in a folder of mail and wait for it\n"
          "  bilag status                what waits for whom\n\n",
          out);
    for (size_t i = 0; i < ARRAY_LENGTH(nouns); i++)
        for (const struct command *c = nouns[i]; c->noun; c++)
            fprintf(out, "  %s%s%-*s  %s\n", c->noun, c->verb ? " " : "",
                    (int)(16 - strlen(c->noun) - (c->verb != NULL)), c->verb ? c->verb : "",
                    c->help);
    fputs("\n`bilag COMMAND --help` tells more.\n", out);
}

/* Knows the noun but not the verb? Then its verbs are what the person needs to see. */
static int unknown(const char *noun, const char *verb)
{
    if (!is_noun(noun)) {
        fprintf(stderr, "bilag: no command '%s'; `bilag --help` lists them\n", noun);
        return 2;
    }
    if (verb)
        fprintf(stderr, "bilag %s: no verb '%s'; it has:", noun, verb);
    else
        fprintf(stderr, "bilag %s: which verb? it has:", noun);
    for (size_t i = 0; i < ARRAY_LENGTH(nouns); i++)
        for (const struct command *c = nouns[i]; c->noun; c++)
            if (strcmp(c->noun, noun) == 0)
                fprintf(stderr, " %s", c->verb);
    fputc('\n', stderr);
    return 2;
}

int main(int argc, char **argv)
{
    const struct command *command;
    int words;

    signal(SIGPIPE, SIG_DFL);
    log_init("bilag", LOG_LEVEL_WARNING);
    if (argc < 2) {
        print_commands(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_commands(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("bilag " BILAG_VERSION);
        return 0;
    }
    command = find(argv[1], argc > 2 ? argv[2] : NULL);
    if (!command)
        return unknown(argv[1], argc > 2 ? argv[2] : NULL);
    words = 1 + (command->verb != NULL);
    return cli_run(command, argc - words, argv + words);
}
