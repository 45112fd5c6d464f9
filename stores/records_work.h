/*
 * The stages of the line, committed. Each call is one transaction under the fence rule
 *
 *   UPDATE … SET fence = job's WHERE id = ? AND stage = job's AND state = in work AND fence < job's
 *
 * No row: ERR_STALE, nothing changed; the job was done already or is someone else's. Then
 * records_find_job() tells which, and what to put into the queue before forgetting the job.
 * On success `next` (in arena) is what belongs in the queue now: hand it to queue_finish().
 * ERR_USAGE when the job is not of that stage.
 */
#ifndef STORES_RECORDS_WORK_H
#define STORES_RECORDS_WORK_H

#include "stores/records.h"

/* ---- open ---- */

struct opened_sheet {
    const struct page *page;
    bool needs_reading;
    const char *picture_sha256; /* of a page that needs none; or NULL */
};

struct opened_file {
    const char *kind, *producer;       /* producer may be NULL */
    const struct opened_sheet *sheets; /* numbers 1 … n; an e-invoice XML is one sheet, PAGE_XML */
    size_t n_sheets;
    const struct document *einvoice;    /* or NULL */
    const struct new_file *attachments; /* become files of the same batch */
    size_t n_attachments;
};

int records_commit_open(struct records *r, const struct job *job, const struct opened_file *opened,
                        struct arena *a, struct next_jobs *ret_next, struct err *err);

/* ---- read; the last page of a file brings its sort job ---- */

int records_commit_page(struct records *r, const struct job *job, const struct page *page,
                        const char *picture_sha256, struct arena *a, struct next_jobs *ret_next,
                        struct err *err);

/* ---- sort; `fates` has one entry a page of the file ---- */

int records_commit_sort(struct records *r, const struct job *job, struct document *const *documents,
                        size_t n_documents, const enum sheet_fate *fates, size_t n_pages,
                        struct arena *a, struct next_jobs *ret_next, struct err *err);

/* ---- extract; the document's outcome says what is next, a person or the line ---- */

int records_commit_extract(struct records *r, const struct job *job, const struct document *d,
                           struct arena *a, struct next_jobs *ret_next, struct err *err);

/* ---- post; the posting is in the accounting store already ---- */

int records_commit_post(struct records *r, const struct job *job, const char *posting_key,
                        struct arena *a, struct next_jobs *ret_next, struct err *err);

/* ---- file ---- */

struct filing {
    const char *record_sha256;   /* the PDF/A, or the original itself */
    const char *manifest_sha256; /* blob of records_manifest()'s text */
    const char *retention_until; /* ISO date */
    const char *text;            /* all words, for the search */
};

int records_commit_file(struct records *r, const struct job *job, const struct filing *filing,
                        struct err *err);

/*
 * What an auditor reads beside the record: hashes, pages, fields with proofs, posting, versions of
 * engine, model and rules, and what was done by whom. Owned JSON text; the same rows give the same
 * bytes. Call it in the file stage, before the commit.
 */
struct manifest_facts {
    const char *record_sha256, *retention_until;
    const char *engine, *model, *rules; /* versions */
};
int records_manifest(struct records *r, int64_t document_id, const struct manifest_facts *facts,
                     char **ret_json, struct err *err);

/* ---- when a job cannot be done ---- */

/*
 * The object is given up with its reason (a fault's token and a sentence without document text):
 * open, sort: the file is set aside. read: the page is unread and the file goes on without it.
 * extract, post: the document waits for a person. file: the document is set aside.
 */
int records_set_aside(struct records *r, const struct job *job, const char *reason,
                      const char *message, struct arena *a, struct next_jobs *ret_next,
                      struct err *err);

/* Puts what was set aside (or an unread page of a file not sorted yet) back to its stage.
 * ERR_CONFLICT when it was not given up. */
int records_retry(struct records *r, const struct job_id *id, const char *who, struct arena *a,
                  struct next_jobs *ret_next, struct err *err);

/* ---- what should be in the queue ---- */

struct job_status {
    bool is_wanted;             /* its commit would be taken; otherwise forget it */
    int64_t fence;              /* of the object: a commit needs a higher one */
    struct next_jobs followers; /* pending jobs of the same file, for a job that was done already */
};
int records_find_job(struct records *r, const struct job_id *id, struct arena *a,
                     struct job_status *ret, struct err *err);

/*
 * Every job that should be known to the queue now, `limit` at a time, paused stages included.
 * Start with a zeroed cursor; n = 0 is the end.
 */
struct pending_cursor {
    int step;
    int64_t object;
    int page;
};
int records_pending_jobs(struct records *r, struct pending_cursor *cursor, size_t limit,
                         struct arena *a, struct next_jobs *ret, struct err *err);

/* ---- stages an operator holds ---- */

int records_set_paused(struct records *r, enum stage stage, bool is_paused, const char *who,
                       struct err *err);
int records_paused(struct records *r, bool ret[STAGE_COUNT], struct err *err);

#endif
