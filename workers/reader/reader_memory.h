/*
 * Tells "the page was too big" from "the library crashed": most libraries die in their own way when
 * memory runs out, so the reader's malloc remembers that it happened.
 */
#ifndef WORKERS_READER_MEMORY_H
#define WORKERS_READER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* In the parent, once. The mark lies in memory that parent and children share. */
void reader_memory_init(void);

/* Clears the mark; only requests up to `cap` bytes count (a larger one is a mad header, not a
 * page that is too big). */
void reader_memory_begin(size_t cap);
bool reader_memory_ran_out(void);

/* Called before a fork: what a child asks for begins on a huge page that is not ours yet. In the
 * rest of our last one each 4 kB it writes to would be copied. */
void reader_memory_settle(void);

#endif
