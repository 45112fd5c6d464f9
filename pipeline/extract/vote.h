/*
 * Votes: a document that was read in several ways, each reading extracted by itself, settled field
 * by field.
 *
 *     extract_document(…, first);
 *     while (vote_is_wanted(readings, n) && somebody reads its pages in another way)
 *         extract_document(…, readings[n++]);
 *     vote_settle(a, context, readings, n, first);
 *
 * What two readings agree on is right far more often than what one is sure of. Another value takes
 * the first one's place only by agreement, arithmetic or check digits; the first is then kept as
 * the alternative.
 */
#ifndef EXTRACT_VOTE_H
#define EXTRACT_VOTE_H

#include "pipeline/extract/extract.h"

enum { VOTES_MAX = 4 };

/* Whether what matters on a recognised document is unsure, or its readings differ, so that one more
 * may help: what a declared type requires, else total, date and seller. readings[0] is the first.
 */
bool vote_is_wanted(const struct document *const *readings, int n);

/* Whether recognition is to blame for what is unsure on a page. Where nearly all words are sure,
 * what is missing was chosen wrongly or is not there, and another reading says the same. */
bool vote_is_badly_read(const struct page *page);

/* Settles `d`, which is readings[0], and decides its verdict anew. Changes nothing when n is 1. */
void vote_settle(struct arena *a, const struct extract_context *context,
                 const struct document *const *readings, int n, struct document *d);

#endif
