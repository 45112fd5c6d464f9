/*
 * The pages of one file that must be recognised, several at a time.
 */
#ifndef WORKERS_READ_PAGES_H
#define WORKERS_READ_PAGES_H

#include "base/err.h"

#include <stddef.h>

struct arena;
struct page;
struct reader;
struct reader_options;

struct page_task {
    int number;
    struct page *page; /* in the arena; NULL when it could not be read */
    struct err why;    /* then */
};

struct page_crew {
    struct reader *reader;                /* for one page at a time */
    const struct reader_options *options; /* for readers of their own */
    int processes;
    void (*progress)(size_t finished, size_t count); /* or NULL */
};

/* Fills every task. The pages are the same, however many processes read them. */
void read_pages(const struct page_crew *crew, int file_fd, struct arena *a, struct page_task *tasks,
                size_t count);

#endif
