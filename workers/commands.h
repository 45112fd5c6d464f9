/*
 * Every command of `bilag`, one function each, in the file of its noun. Each returns the exit status
 * of the architecture: 0 ok, 1 failed, 2 usage, 3 not found, 4 conflict, 5 unreachable, 6 some failed.
 */
#ifndef WORKERS_COMMANDS_H
#define WORKERS_COMMANDS_H

#include "workers/cli.h"

int command_up(int argc, char **argv);
int command_submit(int argc, char **argv);
int command_read(int argc, char **argv);
int command_status(int argc, char **argv);
int command_batch_ls(int argc, char **argv);
int command_batch_show(int argc, char **argv);
int command_doc_ls(int argc, char **argv);
int command_doc_show(int argc, char **argv);
int command_doc_why(int argc, char **argv);
int command_doc_search(int argc, char **argv);
int command_doc_export(int argc, char **argv);
int command_doc_approve(int argc, char **argv);
int command_doc_reject(int argc, char **argv);
int command_doc_set(int argc, char **argv);
int command_queue_ls(int argc, char **argv);
int command_queue_pause(int argc, char **argv);
int command_queue_resume(int argc, char **argv);
int command_job_ls(int argc, char **argv);
int command_job_retry(int argc, char **argv);
int command_ledger_ls(int argc, char **argv);
int command_ledger_export(int argc, char **argv);
int command_audit_ls(int argc, char **argv);
int command_audit_sign(int argc, char **argv);
int command_audit_verify(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_config_check(int argc, char **argv);
int command_config_show(int argc, char **argv);

/* The row of this noun and verb. */
const struct command *command_find(const char *noun, const char *verb);

#endif
