/*
 * The truth of every batch, file, page and document: what it is, where it stands, how it ended.
 *
 *   batch ─┬─ file ─┬─ page          one row a sheet, with the words that stand on it
 *          │        └─ document      pages that belong together; its fields, verdict and end
 *          └─ file   (duplicate)     the same bytes again: accounted for, never worked on
 *
 * This header opens the store, takes files in and loads single rows. records_work.h commits the
 * stages, records_review.h the decisions of people, records_query.h answers lists and searches.
 *
 * Every change is one transaction together with its row in the audit chain. Many processes may open
 * one database; a writer waits for another at most 30 s, then ERR_UNREACHABLE. A failing disk or a
 * damaged database is ERR_IO. One handle belongs to one thread and does not survive fork().
 * The ram version is the same code on a private database in memory.
 */
#ifndef STORES_RECORDS_H
#define STORES_RECORDS_H

#include "base/hash.h"
#include "models/document.h"
#include "models/job.h"
#include "models/stage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct audit;
struct err;
struct records;

/* Makes or migrates the database. ERR_INVALID when it is damaged or newer than this program. */
int records_open(const char *path, struct records **ret, struct err *err);
int records_open_ram(struct records **ret, struct err *err);
void records_close(struct records *r); /* accepts NULL */

struct audit *records_audit(struct records *r); /* borrowed; its chain is "records" */

/* How a file, page or document stands. Each kind uses some of these words, once each. */
enum state {
    STATE_IN_WORK,   /* its stage's job is to be done (file, page, document) */
    STATE_DUPLICATE, /* file: the same bytes were there before */
    STATE_SET_ASIDE, /* file, document: given up, with the reason */
    STATE_DONE,      /* file: every document of it ended; page: read */
    STATE_BLANK,     /* page */
    STATE_SEPARATOR, /* page */
    STATE_UNREAD,    /* page: given up, with the reason; the rest of the file went on */
    STATE_WAITING,   /* document: a person decides */
    STATE_POSTED,    /* document: in the ledger and in the records */
    STATE_FILED,     /* document: in the records, nothing to post */
    STATE_REJECTED,  /* file set aside, or document: a person refused it */
    STATE_COUNT
};
const char *state_name(enum state state); /* "set_aside" */
bool state_parse(const char *name, enum state *ret_state);

/* A job that follows from a commit and belongs in the queue now. */
struct next_job {
    struct job_id id;
    int64_t min_fence;      /* takings must get higher ones */
    const char *department; /* "" for none; in the arena */
    bool is_urgent;         /* due within a week, or overdue */
};
struct next_jobs {
    struct next_job *items;
    size_t n;
};

/* ---- intake ---- */

/* A batch without files yet. `source` says how they come ("command"), `who` who gives them. */
int records_add_batch(struct records *r, const char *name, const char *source, const char *who,
                      int64_t *ret_id, struct err *err);

/* The bytes must be in the blob store already: file first, row second. */
struct new_file {
    const char *name; /* as submitted */
    char sha256[HASH_HEX_SIZE];
    int64_t size;
};

struct added_file {
    int64_t id;
    int64_t duplicate_of; /* the file that has these bytes; 0 when they are new, or taken anew: the
                             file that had them was given up by a timeout, a crash … */
};

/* Takes files into a batch, all or none. `ret` has `n` places; `next` are their open jobs, in
 * arena. Once it returns 0 the files are ours and may be acknowledged. ERR_NOT_FOUND: no such
 * batch. */
int records_add_files(struct records *r, int64_t batch_id, const struct new_file *files, size_t n,
                      const char *who, struct added_file *ret, struct arena *a,
                      struct next_jobs *ret_next, struct err *err);

/* ---- rows; strings in the arena, never NULL unless said, times in ms since 1970 ---- */

struct file_row {
    int64_t id, batch_id;
    int64_t parent_id;    /* the mail or PDF it was attached to, or 0 */
    int64_t duplicate_of; /* or 0 */
    const char *name, *sha256;
    int64_t size;
    const char *kind;     /* "pdf" …, "" before it was opened */
    const char *producer; /* the program that made it, or "" */
    enum stage stage;     /* open, read, sort, then done */
    enum state state;
    int64_t fence;
    int n_pages;
    /* Fault token and sentence when set aside, "rejected" and why when rejected, else "". */
    const char *reason, *message;
    int64_t created_at, changed_at;
};

struct page_row {
    int number;
    enum state state;
    enum page_source source;
    int64_t fence;
    int64_t document_id;        /* 0: none */
    const char *picture_sha256; /* "" for none */
    const char *reason, *message;
    int n_words;
};

struct document_row {
    int64_t id, file_id, batch_id;
    const char *file_name, *file_sha256;
    enum document_type type;
    const char *language, *department;
    enum stage stage;
    enum state state;
    int64_t fence;
    int64_t version; /* grows with every change a person can see: give it back with a decision */
    int first_page, n_pages;
    const char *supplier, *number, *issue_date, *due_date, *currency; /* "" while not known */
    bool has_gross;
    int64_t gross_minor;
    const char *reason, *message; /* why it waits or was set aside; the rest is in its reasons */
    const char *posting_key;      /* "" before it was posted */
    const char *record_sha256, *manifest_sha256, *retention_until; /* "" before it was filed */
    int64_t created_at, changed_at;
};

/* Each: ERR_NOT_FOUND when there is none. */
int records_load_file(struct records *r, int64_t id, struct arena *a, struct file_row *ret,
                      struct err *err);
int records_load_document(struct records *r, int64_t id, struct arena *a, struct document_row *ret,
                          struct document **ret_document, struct err *err);

/* The fields of a file's e-invoice, or NULL. */
int records_load_einvoice(struct records *r, int64_t file_id, struct arena *a,
                          struct document **ret, struct err *err);

/* The pages of a file in order, NULL where a page is not read (yet). */
int records_load_pages(struct records *r, int64_t file_id, struct arena *a, struct page ***ret,
                       size_t *ret_n, struct err *err);

/* Only the pages of one document, in its order. */
int records_load_document_pages(struct records *r, int64_t document_id, struct arena *a,
                                struct page ***ret, size_t *ret_n, struct err *err);

#endif
