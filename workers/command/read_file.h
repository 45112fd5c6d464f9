/*
 * One file through open, read, sort and extract, without a queue and without a store: what
 * `bilag read` prints about it. A mail's attachments are files of their own ("mail.eml/bill.pdf").
 */
#ifndef WORKERS_READ_FILE_H
#define WORKERS_READ_FILE_H

#include "models/document.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct extract_context;
struct reader;
struct record_options;
struct sorter;

enum read_print { READ_DOCUMENTS, READ_TEXT, READ_HOCR, READ_WORDS, READ_PDF };

struct read_desk {
    struct reader *reader;
    const struct sorter *sorter;           /* READ_DOCUMENTS only */
    const struct extract_context *context; /* likewise */
    size_t file_bytes;                     /* largest file */
    enum read_print print;
    bool is_compact;           /* one object a line */
    int type;                  /* enum document_type that the user knows it is, or -1 */
    int first_page, last_page; /* 0: all */
    const char *pdf_path;      /* READ_PDF: where to */
    int pdf_part;
};

/* Appends what the file says, or an error object; false when any part of it could not be read. */
bool read_file(const struct read_desk *desk, const char *path, struct buf *out);

/* Appends {"schema", "file", "error": {"code", "message"}}. */
void read_print_error(const struct read_desk *desk, const char *file, const char *code,
                      const char *message, struct buf *out);

#endif
