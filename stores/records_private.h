/* What the files of the records store share; private to this room. */
#ifndef STORES_RECORDS_PRIVATE_H
#define STORES_RECORDS_PRIVATE_H

#include "stores/audit_add.h"
#include "stores/db.h"
#include "stores/records.h"

struct records {
    struct db *db;
    struct audit audit;
    struct ZSTD_CCtx_s *compressor;
    struct ZSTD_DCtx_s *expander;
};

extern const struct db_schema records_schema;

#define RECORDS_LINE "line" /* who acts when no person does */

/* Appends a job without a department to a list in the arena. */
void next_jobs_add(struct next_jobs *jobs, struct arena *a, enum stage stage, int64_t object,
                   int page, int64_t min_fence);

/* One file within a transaction; `parent_id` 0: none. */
int file_add(struct records *r, int64_t batch_id, int64_t parent_id, const struct new_file *file,
             const char *who, struct added_file *ret, struct err *err);

/* ---- records_rows.c ---- */

/* A file's state as the header names them. One that a person closed is 'done' to the line, and says
 * in its reason how it ended. */
#define FILE_REJECTED "(f.state = 'done' AND f.reason = 'rejected')"
#define FILE_STATE "iif(" FILE_REJECTED ", 'rejected', f.state)"

/* Columns and the tables they come from; end with WHERE … */
#define FILE_COLUMNS                                                                               \
    "f.id, f.batch_id, f.parent_id, f.duplicate_of, f.name, f.sha256, f.size, f.kind, f.producer," \
    " f.stage, " FILE_STATE                                                                        \
    ", f.fence, f.n_pages, f.reason, f.message, f.created_at, f.changed_at"
#define DOCUMENT_COLUMNS                                                                           \
    "d.id, d.file_id, f.batch_id, f.name, f.sha256, d.type, d.language, d.department, d.stage,"    \
    " d.state, d.fence, d.version, d.first_page, d.n_pages, d.supplier, d.number, d.issue_date,"   \
    " d.due_date, d.currency, d.gross_minor, d.reason, d.message, d.posting_key,"                  \
    " d.record_sha256, d.manifest_sha256, d.retention_until, d.created_at, d.changed_at"
#define DOCUMENT_TABLES " FROM document AS d JOIN file AS f ON f.id = d.file_id "

/* Reads the row at hand; its columns start at 0. */
void file_row_read(const struct db_rows *rows, struct arena *a, struct file_row *ret);
void document_row_read(const struct db_rows *rows, struct arena *a, struct document_row *ret);

/* ---- records_rows.c ---- */

/* Stores the words of a page row. */
int words_store(struct records *r, int64_t page_id, const struct page *page, struct err *err);
/* Reads column `column` of the row at hand; NULL in the column gives NULL. */
int words_read(struct records *r, const struct db_rows *rows, int column, struct arena *a,
               struct page **ret, struct err *err);

/* ---- records_documents.c ---- */

/* Writes body and hot columns of a document row. */
int document_store(struct records *r, int64_t id, const struct document *d, struct err *err);
int document_load_body(struct records *r, int64_t id, struct arena *a, struct document **ret,
                       struct err *err);
/* Reads a row of these columns of a document in work, and appends its job. */
#define JOB_COLUMNS "id, stage, fence, department, due_date"
void document_job_add(struct next_jobs *jobs, struct arena *a, const struct db_rows *rows);
/* The document's job of the stage it stands at, when it has a queue. */
int document_next_job(struct records *r, int64_t id, struct arena *a, struct next_jobs *jobs,
                      struct err *err);
/* The file is done when its last document ended: by its own id, or by the document's. */
int file_finish(struct records *r, int64_t file_id, int64_t now, struct err *err);
int file_finish_of(struct records *r, int64_t document_id, struct err *err);

/* ---- records_suppliers.c ---- */

/* Remembers by what the supplier of an approved or posted document is known again; accounts only
 * when `who` is a person or the supplier is new. */
int supplier_learn(struct records *r, int64_t document_id, const struct document *d,
                   const char *who, struct err *err);

/* ---- records_work.c ---- */

/* Begins a transaction in which the job's object is ours; ERR_STALE, and no transaction. */
int job_begin(struct records *r, const struct job *job, int64_t now, struct err *err);
/* When no page of the file is in work any more, moves it on to be sorted. */
int page_last(struct records *r, int64_t file_id, struct arena *a, struct next_jobs *next,
              struct err *err);

#endif
