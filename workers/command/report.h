/*
 * Rows as people and programs see them: store rows turned into JSON objects, and the listings that
 * more than one command prints.
 */
#ifndef WORKERS_REPORT_H
#define WORKERS_REPORT_H

#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

struct batch_row;
struct document_row;
struct err;
struct file_row;
struct records;

const char *report_user(void); /* who acts on the command line, for the audit */

/* Owned objects. */
json_t *report_batch_row(const struct batch_row *row);
json_t *report_document_row(const struct document_row *row);
json_t *report_file_row(const struct file_row *row);

/* A batch: its balance in one line, then a row a document and a row a file without documents. */
int report_batch(struct records *records, int64_t batch_id, bool is_json, struct err *err);

#endif
