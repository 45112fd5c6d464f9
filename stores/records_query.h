/*
 * Lists, sums and searches over the records, for the command line and the desk. They only read.
 * Arrays and strings hang in the arena.
 */
#ifndef STORES_RECORDS_QUERY_H
#define STORES_RECORDS_QUERY_H

#include "stores/records.h"

/*
 * Where every sheet of a batch is. A file not opened yet counts as one sheet, and so does one that
 * was set aside before its pages were known; duplicates and mere envelopes (mails) have none.
 * `sheets_in` comes from the files, the rest from pages and documents: they must agree.
 */
struct balance {
    int64_t sheets_in;
    int64_t posted, filed, waiting, rejected, blank, separator, set_aside, in_work;
    int64_t files, duplicate_files;
    bool is_balanced; /* sheets in = the sum of the others */
    bool is_finished; /* balanced, and nothing in work: machines are done, people may not be */
    bool is_closed;   /* finished, and nobody waits */
};

struct batch_row {
    int64_t id;
    const char *name, *source;
    int64_t created_at;
    struct balance balance;
};

/* Newest first; `before` 0 starts, else ids below it. */
int records_list_batches(struct records *r, int64_t before, size_t limit, struct arena *a,
                         struct batch_row **ret, size_t *ret_n, struct err *err);
int records_load_batch(struct records *r, int64_t id, struct arena *a, struct batch_row *ret,
                       struct err *err);

/* In order of intake, ids above `after`; batch 0 means all, state STATE_COUNT any. */
int records_list_files(struct records *r, int64_t batch_id, enum state state, int64_t after,
                       size_t limit, struct arena *a, struct file_row **ret, size_t *ret_n,
                       struct err *err);
int records_list_pages(struct records *r, int64_t file_id, struct arena *a, struct page_row **ret,
                       size_t *ret_n, struct err *err);

/* The file that was worked on for these bytes. ERR_NOT_FOUND. */
int records_find_file(struct records *r, const char *sha256, struct arena *a, struct file_row *ret,
                      struct err *err);

struct document_filter {
    int64_t batch_id, file_id; /* 0: any */
    enum state state;          /* STATE_COUNT: any */
    enum document_type type;   /* DOCUMENT_TYPE_COUNT: any */
    const char *supplier;      /* part of the name, case and accents ignored; NULL: any */
    const char *department;    /* NULL: any */
    int64_t after;             /* ids above it */
    size_t limit;
};
void document_filter_init(struct document_filter *f); /* any, first 100 */

int records_list_documents(struct records *r, const struct document_filter *f, struct arena *a,
                           struct document_row **ret, size_t *ret_n, struct err *err);

/* Objects in work at each stage (waiting ones at review), and the oldest of them. */
struct stage_count {
    int64_t n;
    int64_t oldest_ms; /* since its last change; 0 when there is none */
};
struct records_counts {
    struct stage_count stages[STAGE_COUNT];
    int64_t files[STATE_COUNT], pages[STATE_COUNT], documents[STATE_COUNT];
    int64_t fallbacks; /* pages our own recogniser refused and libtesseract read */
};
int records_count(struct records *r, struct records_counts *ret, struct err *err);

/* ---- full text ---- */

struct hit {
    struct document_row document;
    const char *snippet; /* matches between \x02 and \x03: escape, then mark */
};

/* Filed documents that hold all the words, best first. "fakt*" finds beginnings; every other
 * character is only a letter or a space: no query can fail to parse. */
int records_search(struct records *r, const char *words, size_t limit, struct arena *a,
                   struct hit **ret, size_t *ret_n, struct err *err);

#endif
