/*
 * One file through open, read, sort and extract, without a queue and without a store: what
 * `bilag read` prints about it. A mail's attachments are files of their own ("mail.eml/bill.pdf").
 */
#ifndef WORKERS_READ_FILE_H
#define WORKERS_READ_FILE_H

#include "models/document.h"
#include "workers/command/read_choice.h"
#include "workers/command/read_pages.h"

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct extract_context;
struct reader;
struct record_options;
struct sorter;

enum read_print { READ_DOCUMENTS, READ_TEXT, READ_HOCR, READ_WORDS, READ_PDF };

struct read_desk {
    const struct sorter *sorter;           /* READ_DOCUMENTS only */
    const struct extract_context *context; /* likewise */
    size_t file_bytes;                     /* largest file */
    enum read_print print;
    bool is_compact;      /* one object a line */
    int type;             /* enum document_type that the user knows it is, or -1 */
    const char *declared; /* the declared type that it is, or NULL */
    struct page_ranges pages;
    struct page_crew crew; /* with the reader of this process */
    bool is_forced;        /* the text of born-digital pages is not believed */
    const char *output;    /* a file or folder to write to; NULL: it is printed */
    bool is_output_folder;
    bool is_in_place;     /* READ_PDF: over the file that was read */
    const char *language; /* BCP 47 of the PDF, or "" */
};

/* Writes what the file says to the desk's output, or appends it; false when any part of it could
 * not be read. Errors are objects among the others, or lines on stderr where these would be no
 * JSON. */
bool read_file(const struct read_desk *desk, const char *path, struct buf *out);

/* Where what `path` says is written, owned; NULL when it is printed. */
char *read_output_path(const struct read_desk *desk, const char *path);

/* Appends {"schema", "file", "error": {"code", "message"}}. */
void read_print_error(const struct read_desk *desk, const char *file, const char *code,
                      const char *message, struct buf *out);

#endif
