/* bilag, the command people type: finds the row of its table and calls it. */
#include "base/log.h"
#include "workers/commands.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct command commands[] = {
    {"up", NULL, "", "Start everything and stay in the foreground", command_up},
    {"submit", NULL, "FILE…", "Take files or folders of files into a batch", command_submit},
    {"read", NULL, "FILE…", "Read files and print what they say, without keeping anything",
     command_read},
    {"status", NULL, "", "What waits, what failed, who works", command_status},
    {"batch", "ls", "", "List batches and whether every sheet is accounted for", command_batch_ls},
    {"batch", "show", "BATCH", "One batch: its files, documents and sheets", command_batch_show},
    {"doc", "ls", "", "List documents", command_doc_ls},
    {"doc", "show", "DOC", "One document: fields, lines, proofs, history", command_doc_show},
    {"doc", "why", "DOC", "Why a document waits, and what to do about it", command_doc_why},
    {"doc", "search", "WORDS…", "Find filed documents by their words", command_doc_search},
    {"doc", "export", "DOC", "Write the record, the original or a page picture to a file",
     command_doc_export},
    {"doc", "approve", "DOC…", "Approve documents that wait", command_doc_approve},
    {"doc", "reject", "DOC", "Reject a document that waits", command_doc_reject},
    {"doc", "set", "DOC FIELD=VALUE…", "Correct fields of a document that waits", command_doc_set},
    {"queue", "ls", "", "List the queues", command_queue_ls},
    {"queue", "pause", "STAGE…", "Take no new jobs of a stage", command_queue_pause},
    {"queue", "resume", "STAGE…", "Take jobs of a stage again", command_queue_resume},
    {"job", "ls", "", "List jobs by state", command_job_ls},
    {"job", "retry", "JOB…", "Run jobs now that wait for another try or were set aside",
     command_job_retry},
    {"ledger", "ls", "", "List ledger entries", command_ledger_ls},
    {"ledger", "export", "", "Print the ledger for another program", command_ledger_export},
    {"audit", "ls", "", "List the acts in the audit log", command_audit_ls},
    {"audit", "sign", "", "Print signed heads of the audit log, to be kept elsewhere",
     command_audit_sign},
    {"audit", "verify", "", "Prove that the audit log, the ledger and the records are whole",
     command_audit_verify},
    {"doctor", NULL, "", "Check this installation and say what to mend", command_doctor},
    {"config", "check", "[FILE]", "Check the configuration", command_config_check},
    {"config", "show", "", "Print every option and its value", command_config_show},
};

const struct command *command_find(const char *noun, const char *verb)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const struct command *c = &commands[i];

        if (strcmp(c->noun, noun) == 0 && (!c->verb || (verb && strcmp(c->verb, verb) == 0)))
            return c;
    }
    return NULL;
}

static void print_commands(FILE *out)
{
    fputs("bilag, a back office in a box\n\n"
          "  bilag up                    start everything\n"
          "  bilag submit --wait scans/  take in a folder of mail and wait for it\n"
          "  bilag status                what waits for whom\n\n",
          out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const struct command *c = &commands[i];

        fprintf(out, "  %s%s%-*s  %s\n", c->noun, c->verb ? " " : "",
                (int)(16 - strlen(c->noun) - (c->verb != NULL)), c->verb ? c->verb : "", c->help);
    }
    fputs("\n`bilag COMMAND --help` tells more.\n", out);
}

/* Knows the noun but not the verb? Then its verbs are what the person needs to see. */
static int unknown(const char *noun, const char *verb)
{
    bool is_noun = false;

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].noun, noun) == 0) {
            if (!is_noun)
                fprintf(stderr, "bilag %s: %s%s%s; it has:", noun,
                        verb ? "no verb '" : "which verb", verb ? verb : "", verb ? "'" : "?");
            fprintf(stderr, " %s", commands[i].verb);
            is_noun = true;
        }
    if (is_noun)
        fputc('\n', stderr);
    else
        fprintf(stderr, "bilag: no command '%s'; `bilag --help` lists them\n", noun);
    return 2;
}

int main(int argc, char **argv)
{
    const struct command *command;

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
    command = command_find(argv[1], argc > 2 ? argv[2] : NULL);
    if (!command)
        return unknown(argv[1], argc > 2 ? argv[2] : NULL);
    return command->run(argc - 1 - (command->verb != NULL), argv + 1 + (command->verb != NULL));
}
