/*
 * Extraction with a second look: where the checks of a recognised document fail, the reader is
 * asked for its doubtful words again, and the answers are weighed. Used by the extract stage and by
 * `bilag read`.
 */
#ifndef WORKERS_EXTRACT_TWICE_H
#define WORKERS_EXTRACT_TWICE_H

#include "pipeline/extract/extract.h"

struct blobs;
struct reader;

/* Who looks, and at what. */
struct looker {
    struct reader *reader;
    /* The file's bytes as a sealed memfd, borrowed; negative when they cannot be had. Asked only
     * when there is a doubt. */
    int (*file_fd)(void *user);
    void *user;
};

/* A file_fd() for a file of the store: fetched when the first doubt turns up. `fd` begins as -1. */
struct stored_file {
    struct blobs *blobs;
    const char *sha256;
    int fd;
};
int stored_file_fd(void *file);
void stored_file_close(struct stored_file *file);
#define AUTO_STORED_FILE __attribute__((cleanup(stored_file_close)))

/* As extract_document(). A reader that fails leaves the document as it was read first. */
int extract_twice(const struct looker *looker, struct arena *a, struct page *const *pages,
                  const struct document *einvoice, const struct extract_context *context,
                  struct document *d, struct err *err);

#endif
