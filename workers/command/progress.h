/*
 * Waiting for a batch where a person can see it move: a bar on a terminal, a line now and then in a
 * log. It reads SQL, which is the truth; the queue may be anywhere.
 */
#ifndef WORKERS_PROGRESS_H
#define WORKERS_PROGRESS_H

#include <stdint.h>

struct err;
struct records;

/* "[███···] 12 of 40 pages", over what stands on the terminal's line. */
void progress_draw(int64_t done, int64_t all, const char *things);

/* Returns when the machines are done with the batch. ERR_TIMEOUT after `seconds` (text, or NULL for
 * no limit), ERR_USAGE when that is no number. */
int progress_wait(struct records *records, int64_t batch_id, const char *seconds, struct err *err);

#endif
