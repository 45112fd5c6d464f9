/*
 * Numbers the recogniser is unsure of, read again in other ways and put to the vote.
 *
 * A misread letter is mostly a matter of where the threshold and the scale fell: what several
 * readings of the same ink agree on is right far more often than what one is sure of. Lines without
 * an unsure number cost nothing.
 */
#ifndef PIPELINE_READ_REREAD_H
#define PIPELINE_READ_REREAD_H

#include <stddef.h>

struct arena;
struct err;
struct line_image;
struct recogniser;
struct recognised_line;
struct recognised_word;

enum { REREAD_WAYS = 3 }; /* of reading a line again */

/* Replaces and rates words of `texts`, which answer `images` line by line. */
int reread_lines(struct arena *a, const struct recogniser *r, const struct line_image *images,
                 struct recognised_line *texts, size_t count, struct err *err);

/* One word and other readings of its line: it becomes what more of all readings say than said it at
 * first, surer when the others agree, less sure when none does. */
void reread_vote(struct recognised_word *word, const struct recognised_line *readings, int count);

#endif
