/*
 * The commands of `bilag`, a table a noun, each in the file of its name and ended by a row without
 * a noun. A new command is a row there; a new noun is a line here and one in bilag_main.c.
 */
#ifndef WORKERS_COMMANDS_H
#define WORKERS_COMMANDS_H

#include "workers/command/cli.h"

extern const struct command commands_up[], commands_submit[], commands_read[], commands_status[],
    commands_batch[], commands_doc[], commands_review[], commands_queue[], commands_ledger[],
    commands_supplier[], commands_audit[], commands_doctor[], commands_config[], commands_type[],
    commands_teach[], commands_accuracy[];

#endif
