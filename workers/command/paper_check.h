/* Whether the papers are there and say what they said when they were filed; for `bilag audit`. */
#ifndef WORKERS_PAPER_CHECK_H
#define WORKERS_PAPER_CHECK_H

#include <stdint.h>

struct err;
struct house;

/* Every file's original is there and is what was submitted; of every filed document record and
 * manifest are there, the manifest is the one the audit chain tells of, and the document in the
 * records is the one in the manifest. Objects themselves are hashed by blobs_scrub().
 * ERR_INVALID names the first that is not so; *ret_count is how many files and documents were
 * looked at, also then. */
int paper_check(struct house *house, int64_t *ret_count, struct err *err);

#endif
