/*
 * Each stage's commit: take the object under the fence rule, write what the stage found, move the
 * object on, note it in the audit chain: one transaction. When it fails anywhere nothing happened,
 * and the same job may be done again; when it succeeded and the answer was lost, the same job meets
 * ERR_STALE and records_find_job() tells what follows.
 */
#include "stores/records_work.h"

#include "stores/records_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

#include <string.h>

/* ---- the fence rule ---- */

static int take_file(struct records *r, const struct job *job, int64_t now, struct err *err)
{
    return db_run(r->db, err,
                  "UPDATE file SET fence = ?1, changed_at = ?2"
                  " WHERE id = ?3 AND stage = ?4 AND state = 'in_work' AND fence < ?1",
                  "iiit", job->fence, now, job->id.object, stage_name(job->id.stage));
}

static int take_page(struct records *r, const struct job *job, int64_t now, struct err *err)
{
    return db_run(r->db, err,
                  "UPDATE page SET fence = ?1, changed_at = ?2"
                  " WHERE file_id = ?3 AND number = ?4 AND state = 'in_work' AND fence < ?1"
                  " AND EXISTS(SELECT 1 FROM file WHERE id = ?3 AND stage = ?5"
                  "  AND state = 'in_work')",
                  "iiiit", job->fence, now, job->id.object, (int64_t)job->id.page,
                  stage_name(job->id.stage));
}

static int take_document(struct records *r, const struct job *job, int64_t now, struct err *err)
{
    return db_run(r->db, err,
                  "UPDATE document SET fence = ?1, changed_at = ?2"
                  " WHERE id = ?3 AND stage = ?4 AND state = 'in_work' AND fence < ?1",
                  "iiit", job->fence, now, job->id.object, stage_name(job->id.stage));
}

int job_begin(struct records *r, const struct job *job, int64_t now, struct err *err)
{
    static int (*const take[])(struct records *, const struct job *, int64_t, struct err *) = {
        [STAGE_OF_FILE] = take_file,
        [STAGE_OF_PAGE] = take_page,
        [STAGE_OF_DOCUMENT] = take_document,
    };
    char id[JOB_ID_SIZE];
    int n = db_begin(r->db, err);

    if (n < 0)
        return n;
    n = take[stage_info(job->id.stage)->object](r, job, now, err);
    if (n > 0)
        return 0;
    job_id_format(&job->id, id);
    if (n == 0)
        n = err_set(err, ERR_STALE, "%s with fence %lld is done or someone else's", id,
                    (long long)job->fence);
    return db_end(r->db, n, err);
}

static int begin_stage(struct records *r, const struct job *job, enum stage stage, int64_t now,
                       struct err *err)
{
    if (job->id.stage != stage)
        return err_set(err, ERR_USAGE, "a job of stage %s committed as %s",
                       stage_name(job->id.stage), stage_name(stage));
    return job_begin(r, job, now, err);
}

/* Ends the transaction and hands out `next` when it was kept. */
static int end_stage(struct records *r, int code, const struct next_jobs *next,
                     struct next_jobs *ret_next, struct err *err)
{
    code = db_end(r->db, code, err);
    if (code == 0 && ret_next)
        *ret_next = *next;
    return code;
}

static int move_file(struct records *r, int64_t id, enum stage stage, struct err *err)
{
    int n = db_run(r->db, err, "UPDATE file SET stage = ? WHERE id = ?", "ti", stage_name(stage),
                   id);

    return n < 0 ? n : 0;
}

static int move_document(struct records *r, int64_t id, enum stage stage, enum state state,
                         struct err *err)
{
    int n = db_run(r->db, err, "UPDATE document SET stage = ?, state = ? WHERE id = ?", "tti",
                   stage_name(stage), state_name(state), id);

    return n < 0 ? n : 0;
}

/* ---- open ---- */

static int add_sheet(struct records *r, int64_t file_id, const struct opened_sheet *sheet,
                     int64_t now, struct err *err)
{
    const struct page *page = sheet->page;
    int n = db_run(r->db, err,
                   "INSERT INTO page(file_id, number, state, source, picture_sha256, n_words,"
                   " changed_at) VALUES(?, ?, ?, ?, ?, ?, ?)",
                   "iitttii", file_id, (int64_t)page->number,
                   state_name(sheet->needs_reading ? STATE_IN_WORK : STATE_DONE),
                   page_source_name(page->source),
                   sheet->picture_sha256 ? sheet->picture_sha256 : "", (int64_t)page->n_words, now);

    if (n < 0)
        return n;
    return sheet->needs_reading ? 0 : words_store(r, db_last_id(r->db), page, err);
}

static int store_opened(struct records *r, const struct job *job, const struct opened_file *opened,
                        struct err *err)
{
    AUTO_JSON json_t *json = opened->einvoice ? document_to_json(opened->einvoice) : NULL;
    AUTO_FREE char *einvoice = json ? json_text(json) : NULL;
    int n = db_run(r->db, err,
                   "UPDATE file SET kind = ?1, producer = ?2, n_pages = ?3, sheets = ?3,"
                   " einvoice = ?4 WHERE id = ?5",
                   "ttiti", opened->kind, opened->producer ? opened->producer : "",
                   (int64_t)opened->n_sheets, einvoice, job->id.object);

    return n < 0 ? n : 0;
}

static int add_sheets(struct records *r, const struct job *job, const struct opened_file *opened,
                      int64_t now, struct arena *a, struct next_jobs *next, struct err *err)
{
    for (size_t i = 0; i < opened->n_sheets; i++) {
        const struct opened_sheet *sheet = &opened->sheets[i];
        int code;

        if (sheet->page->number != (int)i + 1)
            return err_set(err, ERR_INVALID, "page %d stands at place %zu", sheet->page->number,
                           i + 1);
        code = add_sheet(r, job->id.object, sheet, now, err);
        if (code < 0)
            return code;
        if (sheet->needs_reading)
            next_jobs_add(next, a, STAGE_READ, job->id.object, (int)i + 1, 0);
    }
    return 0;
}

static int add_attachments(struct records *r, const struct job *job,
                           const struct opened_file *opened, struct arena *a,
                           struct next_jobs *next, struct err *err)
{
    struct added_file added = {0};
    int64_t batch = 0;
    int code = db_get_int(r->db, &batch, err, "SELECT batch_id FROM file WHERE id = ?", "i",
                          job->id.object);

    for (size_t i = 0; code == 0 && i < opened->n_attachments; i++) {
        code = file_add(r, batch, job->id.object, &opened->attachments[i], RECORDS_LINE, &added,
                        err);
        if (code == 0 && !added.duplicate_of)
            next_jobs_add(next, a, STAGE_OPEN, added.id, 0, 0);
    }
    return code;
}

/* A file without pages is an envelope and done; with every page read it goes on to be sorted. */
static int move_opened(struct records *r, const struct job *job, const struct opened_file *opened,
                       int64_t now, struct arena *a, struct next_jobs *next, struct err *err)
{
    bool is_read = true;
    enum stage stage;
    int code;

    for (size_t i = 0; i < opened->n_sheets; i++)
        is_read = is_read && !opened->sheets[i].needs_reading;
    stage = !is_read ? STAGE_READ : opened->n_sheets ? STAGE_SORT : STAGE_DONE;
    code = move_file(r, job->id.object, stage, err);
    if (code == 0 && stage == STAGE_DONE)
        code = file_finish(r, job->id.object, now, err);
    if (stage == STAGE_SORT)
        next_jobs_add(next, a, STAGE_SORT, job->id.object, 0, job->fence);
    return code;
}

static int note_opened(struct records *r, const struct job *job, const struct opened_file *opened,
                       struct err *err)
{
    AUTO_FREE char *detail = mem_printf("{\"kind\":\"%s\",\"pages\":%zu,\"attachments\":%zu}",
                                        opened->kind, opened->n_sheets, opened->n_attachments);

    return audit_add(&r->audit, RECORDS_LINE, "open", "file", job->id.object, detail, err);
}

int records_commit_open(struct records *r, const struct job *job, const struct opened_file *opened,
                        struct arena *a, struct next_jobs *ret_next, struct err *err)
{
    struct next_jobs next = {0};
    int64_t now = clock_now_ms();
    int code = begin_stage(r, job, STAGE_OPEN, now, err);

    if (code < 0)
        return code;
    code = store_opened(r, job, opened, err);
    if (code == 0)
        code = add_sheets(r, job, opened, now, a, &next, err);
    if (code == 0)
        code = add_attachments(r, job, opened, a, &next, err);
    if (code == 0)
        code = move_opened(r, job, opened, now, a, &next, err);
    if (code == 0)
        code = note_opened(r, job, opened, err);
    return end_stage(r, code, &next, ret_next, err);
}

/* ---- read ---- */

int page_last(struct records *r, int64_t file_id, struct arena *a, struct next_jobs *next,
              struct err *err)
{
    int64_t is_unfinished = 0, fence = 0;
    int code = db_get_int(r->db, &is_unfinished, err,
                          "SELECT EXISTS(SELECT 1 FROM page"
                          " WHERE file_id = ? AND state = 'in_work')",
                          "i", file_id);

    if (code < 0 || is_unfinished)
        return code;
    code = move_file(r, file_id, STAGE_SORT, err);
    if (code == 0)
        code = db_get_int(r->db, &fence, err, "SELECT fence FROM file WHERE id = ?", "i", file_id);
    if (code == 0)
        next_jobs_add(next, a, STAGE_SORT, file_id, 0, fence);
    return code;
}

static int store_page(struct records *r, const struct job *job, const struct page *page,
                      const char *picture_sha256, struct err *err)
{
    int64_t id = 0;
    int n = db_get_int(r->db, &id, err, "SELECT id FROM page WHERE file_id = ? AND number = ?",
                       "ii", job->id.object, (int64_t)job->id.page);

    if (n == 0)
        n = db_run(r->db, err,
                   "UPDATE page SET state = ?, source = ?, picture_sha256 = ?, n_words = ?,"
                   " reason = ?, message = '' WHERE id = ?",
                   "tttiti", state_name(STATE_DONE), page_source_name(page->source),
                   picture_sha256 ? picture_sha256 : "", (int64_t)page->n_words,
                   page->fallback ? page->fallback : "", id);
    return n < 0 ? n : words_store(r, id, page, err);
}

static int note_page(struct records *r, const struct job *job, const char *act, const char *reason,
                     struct err *err)
{
    AUTO_FREE char *detail = mem_printf("{\"page\":%d%s%s%s}", job->id.page,
                                        reason ? ",\"reason\":\"" : "", reason ? reason : "",
                                        reason ? "\"" : "");

    return audit_add(&r->audit, RECORDS_LINE, act, "file", job->id.object, detail, err);
}

int records_commit_page(struct records *r, const struct job *job, const struct page *page,
                        const char *picture_sha256, struct arena *a, struct next_jobs *ret_next,
                        struct err *err)
{
    struct next_jobs next = {0};
    int code = begin_stage(r, job, STAGE_READ, clock_now_ms(), err);

    if (code < 0)
        return code;
    code = store_page(r, job, page, picture_sha256, err);
    if (code == 0)
        code = page_last(r, job->id.object, a, &next, err);
    if (code == 0)
        code = note_page(r, job, "read", page->fallback, err);
    return end_stage(r, code, &next, ret_next, err);
}

/* ---- sort ---- */

/* Every page must end in one document or in a fate of its own: no sheet is lost here. */
static int check_sheets(struct document *const *documents, size_t n_documents,
                        const enum sheet_fate *fates, size_t n_pages, struct err *err)
{
    AUTO_FREE unsigned *uses = mem_alloc_array(n_pages, sizeof *uses);

    for (size_t i = 0; i < n_documents; i++)
        for (size_t k = 0; k < documents[i]->n_pages; k++) {
            int number = documents[i]->pages[k];

            if (number < 1 || (size_t)number > n_pages)
                return err_set(err, ERR_INVALID, "sorting made up page %d", number);
            uses[number - 1]++;
        }
    for (size_t i = 0; i < n_pages; i++) {
        bool needs = fates[i] == SHEET_IN_DOCUMENT, may = needs || fates[i] == SHEET_UNREAD;

        if (uses[i] > 1 || (needs && uses[i] == 0) || (!may && uses[i]))
            return err_set(err, ERR_INVALID, "sorting put page %zu into %u documents", i + 1,
                           uses[i]);
    }
    return 0;
}

static int check_page_count(struct records *r, int64_t file_id, size_t n_pages, struct err *err)
{
    int64_t n = 0;
    int code = db_get_int(r->db, &n, err, "SELECT count(*) FROM page WHERE file_id = ?", "i",
                          file_id);

    if (code == 0 && (size_t)n != n_pages)
        return err_set(err, ERR_INVALID, "sorting saw %zu of %lld pages", n_pages, (long long)n);
    return code;
}

/* A page that sorting could do nothing with is unread, or its batch would never be finished. */
static const enum state state_of_fate[] = {
    [SHEET_BLANK] = STATE_BLANK,
    [SHEET_SEPARATOR] = STATE_SEPARATOR,
    [SHEET_UNREAD] = STATE_UNREAD,
};

static int store_fates(struct records *r, int64_t file_id, const enum sheet_fate *fates,
                       size_t n_pages, struct err *err)
{
    int n = 0;

    for (size_t i = 0; n >= 0 && i < n_pages; i++)
        if (fates[i] != SHEET_IN_DOCUMENT)
            n = db_run(r->db, err, "UPDATE page SET state = ? WHERE file_id = ? AND number = ?",
                       "tii", state_name(state_of_fate[fates[i]]), file_id, (int64_t)i + 1);
    return n < 0 ? n : 0;
}

static int add_document(struct records *r, int64_t file_id, const struct document *d, int64_t now,
                        int64_t *ret_id, struct err *err)
{
    int n = db_run(r->db, err,
                   "INSERT INTO document(file_id, type, language, department, stage, state,"
                   " version, first_page, n_pages, created_at, changed_at)"
                   " VALUES(?, '', '', '', ?, ?, 0, ?, ?, ?, ?)",
                   "ittiiii", file_id, stage_name(STAGE_EXTRACT), state_name(STATE_IN_WORK),
                   (int64_t)(d->n_pages ? d->pages[0] : 0), (int64_t)d->n_pages, now, now);

    if (n < 0)
        return n;
    *ret_id = db_last_id(r->db);
    for (size_t i = 0; n >= 0 && i < d->n_pages; i++)
        n = db_run(r->db, err,
                   "UPDATE page SET document_id = ?, position = ? WHERE file_id = ? AND number = ?",
                   "iiii", *ret_id, (int64_t)i, file_id, (int64_t)d->pages[i]);
    return n < 0 ? n : document_store(r, *ret_id, d, err);
}

static int add_documents(struct records *r, const struct job *job,
                         struct document *const *documents, size_t n, int64_t now, struct arena *a,
                         struct next_jobs *next, struct err *err)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < n; i++) {
        int64_t id = 0;

        code = add_document(r, job->id.object, documents[i], now, &id, err);
        if (code == 0)
            code = document_next_job(r, id, a, next, err);
    }
    return code;
}

static int note_sorted(struct records *r, const struct job *job, size_t n_documents,
                       struct err *err)
{
    AUTO_FREE char *detail = mem_printf("{\"documents\":%zu}", n_documents);

    return audit_add(&r->audit, RECORDS_LINE, "sort", "file", job->id.object, detail, err);
}

int records_commit_sort(struct records *r, const struct job *job, struct document *const *documents,
                        size_t n_documents, const enum sheet_fate *fates, size_t n_pages,
                        struct arena *a, struct next_jobs *ret_next, struct err *err)
{
    struct next_jobs next = {0};
    int64_t now = clock_now_ms();
    int code = check_sheets(documents, n_documents, fates, n_pages, err);

    if (code == 0)
        code = begin_stage(r, job, STAGE_SORT, now, err);
    if (code < 0)
        return code;
    code = check_page_count(r, job->id.object, n_pages, err);
    if (code == 0)
        code = store_fates(r, job->id.object, fates, n_pages, err);
    if (code == 0)
        code = add_documents(r, job, documents, n_documents, now, a, &next, err);
    if (code == 0)
        code = move_file(r, job->id.object, STAGE_DONE, err);
    if (code == 0)
        code = file_finish(r, job->id.object, now, err);
    if (code == 0)
        code = note_sorted(r, job, n_documents, err);
    return end_stage(r, code, &next, ret_next, err);
}

/* ---- extract ---- */

static const struct {
    enum stage stage;
    enum state state;
} after_extract[OUTCOME_COUNT] = {
    [OUTCOME_POST] = {STAGE_POST, STATE_IN_WORK},
    [OUTCOME_FILE] = {STAGE_FILE, STATE_IN_WORK},
    [OUTCOME_REVIEW] = {STAGE_REVIEW, STATE_WAITING},
};

int records_commit_extract(struct records *r, const struct job *job, const struct document *d,
                           struct arena *a, struct next_jobs *ret_next, struct err *err)
{
    AUTO_FREE char *detail = mem_printf("{\"outcome\":\"%s\",\"readings\":%d}",
                                        outcome_name(d->outcome),
                                        d->readings > 1 ? d->readings : 1);
    struct next_jobs next = {0};
    int64_t id = job->id.object;
    int code = begin_stage(r, job, STAGE_EXTRACT, clock_now_ms(), err);

    if (code < 0)
        return code;
    code = document_store(r, id, d, err);
    if (code == 0)
        code = move_document(r, id, after_extract[d->outcome].stage,
                             after_extract[d->outcome].state, err);
    if (code == 0)
        code = document_next_job(r, id, a, &next, err);
    if (code == 0)
        code = audit_add(&r->audit, RECORDS_LINE, "extract", "document", id, detail, err);
    return end_stage(r, code, &next, ret_next, err);
}

/* ---- post ---- */

static int store_posted(struct records *r, int64_t id, const char *posting_key, struct arena *a,
                        struct err *err)
{
    struct document *d = NULL;
    int n = db_run(r->db, err, "UPDATE document SET posting_key = ? WHERE id = ?", "ti",
                   posting_key, id);

    if (n >= 0)
        n = document_load_body(r, id, a, &d, err);
    return n < 0 ? n : supplier_learn(r, id, d, RECORDS_LINE, err);
}

int records_commit_post(struct records *r, const struct job *job, const char *posting_key,
                        struct arena *a, struct next_jobs *ret_next, struct err *err)
{
    struct next_jobs next = {0};
    int64_t id = job->id.object;
    int code = begin_stage(r, job, STAGE_POST, clock_now_ms(), err);

    if (code < 0)
        return code;
    code = store_posted(r, id, posting_key, a, err);
    if (code == 0)
        code = move_document(r, id, STAGE_FILE, STATE_IN_WORK, err);
    if (code == 0)
        code = document_next_job(r, id, a, &next, err);
    if (code == 0)
        code = audit_add(&r->audit, RECORDS_LINE, "post", "document", id, posting_key, err);
    return end_stage(r, code, &next, ret_next, err);
}

/* ---- file ---- */

static int store_filing(struct records *r, int64_t id, const struct filing *filing, struct err *err)
{
    int n = db_run(r->db, err,
                   "UPDATE document SET record_sha256 = ?, manifest_sha256 = ?,"
                   " retention_until = ?, stage = ?,"
                   " state = iif(posting_key <> '', 'posted', 'filed') WHERE id = ?",
                   "tttti", filing->record_sha256, filing->manifest_sha256, filing->retention_until,
                   stage_name(STAGE_DONE), id);

    if (n >= 0)
        n = db_run(r->db, err, "INSERT INTO record_text(rowid, text) VALUES(?, ?)", "it", id,
                   filing->text);
    return n < 0 ? n : 0;
}

int file_finish_of(struct records *r, int64_t document_id, struct err *err)
{
    int64_t file_id = 0;
    int code = db_get_int(r->db, &file_id, err, "SELECT file_id FROM document WHERE id = ?", "i",
                          document_id);

    return code < 0 ? code : file_finish(r, file_id, clock_now_ms(), err);
}

int records_commit_file(struct records *r, const struct job *job, const struct filing *filing,
                        struct err *err)
{
    int code = begin_stage(r, job, STAGE_FILE, clock_now_ms(), err);

    if (code < 0)
        return code;
    code = store_filing(r, job->id.object, filing, err);
    if (code == 0)
        code = file_finish_of(r, job->id.object, err);
    if (code == 0)
        code = audit_add(&r->audit, RECORDS_LINE, "file", "document", job->id.object,
                         filing->manifest_sha256, err);
    return end_stage(r, code, NULL, NULL, err);
}
