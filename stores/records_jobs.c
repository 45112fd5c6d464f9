/*
 * Which jobs should be in the queue, and what becomes of an object whose job cannot be done. The
 * partial indexes on what is in work make every question here cost what is unfinished, not what is
 * stored.
 */
#include "stores/records_work.h"

#include "stores/records_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

#include <string.h>

/* ---- is a job wanted, and what follows from it ---- */

static int load_fence(struct records *r, const struct job_id *id, int64_t *ret, struct err *err)
{
    const char *stage = stage_name(id->stage);

    switch (stage_info(id->stage)->object) {
    case STAGE_OF_FILE:
        return db_get_int(r->db, ret, err,
                          "SELECT fence FROM file WHERE id = ? AND stage = ? AND state = 'in_work'",
                          "it", id->object, stage);
    case STAGE_OF_PAGE:
        return db_get_int(r->db, ret, err,
                          "SELECT p.fence FROM page AS p JOIN file AS f ON f.id = p.file_id"
                          " WHERE p.file_id = ? AND p.number = ? AND p.state = 'in_work'"
                          " AND f.stage = ? AND f.state = 'in_work'",
                          "iit", id->object, (int64_t)id->page, stage);
    case STAGE_OF_DOCUMENT:
        return db_get_int(r->db, ret, err,
                          "SELECT fence FROM document"
                          " WHERE id = ? AND stage = ? AND state = 'in_work'",
                          "it", id->object, stage);
    }
    BUG("stage %d", id->stage);
}

static int add_rows(struct db_rows *rows, struct arena *a, struct next_jobs *jobs,
                    void (*add)(struct next_jobs *, struct arena *, const struct db_rows *),
                    struct err *err)
{
    int code;

    while ((code = db_next(rows, err)) > 0)
        add(jobs, a, rows);
    return code;
}

/* id, stage, fence */
static void add_file_job(struct next_jobs *jobs, struct arena *a, const struct db_rows *rows)
{
    enum stage stage;

    if (stage_parse(db_text(rows, 1), &stage) && stage_info(stage)->object == STAGE_OF_FILE)
        next_jobs_add(jobs, a, stage, db_int(rows, 0), 0, db_int(rows, 2));
}

/* file_id, number, fence */
static void add_page_job(struct next_jobs *jobs, struct arena *a, const struct db_rows *rows)
{
    next_jobs_add(jobs, a, STAGE_READ, db_int(rows, 0), (int)db_int(rows, 1), db_int(rows, 2));
}

static int add_files_of(struct records *r, int64_t file_id, struct arena *a, struct next_jobs *jobs,
                        struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT id, stage, fence FROM file"
                         " WHERE (id = ?1 OR parent_id = ?1) AND state = 'in_work'",
                         "i", file_id);

    return code < 0 ? code : add_rows(&rows, a, jobs, add_file_job, err);
}

static int add_pages_of(struct records *r, int64_t file_id, struct arena *a, struct next_jobs *jobs,
                        struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT p.file_id, p.number, p.fence FROM page AS p"
                         " JOIN file AS f ON f.id = p.file_id"
                         " WHERE p.file_id = ? AND p.state = 'in_work' AND f.stage = ?"
                         " AND f.state = 'in_work' ORDER BY p.number",
                         "it", file_id, stage_name(STAGE_READ));

    return code < 0 ? code : add_rows(&rows, a, jobs, add_page_job, err);
}

static int add_documents_of(struct records *r, int64_t file_id, struct arena *a,
                            struct next_jobs *jobs, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT " JOB_COLUMNS " FROM document"
                         " WHERE file_id = ? AND state = 'in_work' ORDER BY id",
                         "i", file_id);

    return code < 0 ? code : add_rows(&rows, a, jobs, document_job_add, err);
}

static int load_followers(struct records *r, const struct job_id *id, struct arena *a,
                          struct next_jobs *jobs, struct err *err)
{
    int64_t file_id = id->object;
    int code = 0;

    if (stage_info(id->stage)->object == STAGE_OF_DOCUMENT)
        code = db_get_int(r->db, &file_id, err, "SELECT file_id FROM document WHERE id = ?", "i",
                          id->object);
    if (code == 0)
        code = add_files_of(r, file_id, a, jobs, err);
    if (code == 0)
        code = add_pages_of(r, file_id, a, jobs, err);
    if (code == 0)
        code = add_documents_of(r, file_id, a, jobs, err);
    return code;
}

static int find_job(struct records *r, const struct job_id *id, struct arena *a,
                    struct job_status *status, struct err *err)
{
    struct err absent = {0};
    int code = load_fence(r, id, &status->fence, &absent);

    if (code == 0) {
        status->is_wanted = true;
        return 0;
    }
    if (code != ERR_NOT_FOUND)
        return err_set(err, code, "%s", absent.text);
    code = load_followers(r, id, a, &status->followers, &absent);
    if (code == ERR_NOT_FOUND) /* a job about nothing: forget it */
        return 0;
    return code < 0 ? err_set(err, code, "%s", absent.text) : 0;
}

int records_find_job(struct records *r, const struct job_id *id, struct arena *a,
                     struct job_status *ret, struct err *err)
{
    struct job_status status = {0};
    int code = db_begin_read(r->db, err);

    if (code < 0)
        return code;
    code = db_end(r->db, find_job(r, id, a, &status, err), err);
    if (code == 0)
        *ret = status;
    return code;
}

/* ---- for the housekeeper ---- */

static int pending_files(struct records *r, enum stage stage, const struct pending_cursor *c,
                         size_t limit, struct arena *a, struct next_jobs *jobs, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT id, stage, fence FROM file WHERE state = 'in_work' AND stage = ?"
                         " AND id > ? ORDER BY id LIMIT ?",
                         "tii", stage_name(stage), c->object, (int64_t)limit);

    return code < 0 ? code : add_rows(&rows, a, jobs, add_file_job, err);
}

/* CROSS JOIN keeps SQLite from starting at the files, which would sort all pages at every call. */
static int pending_pages(struct records *r, enum stage stage, const struct pending_cursor *c,
                         size_t limit, struct arena *a, struct next_jobs *jobs, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT p.file_id, p.number, p.fence FROM page AS p"
                         " CROSS JOIN file AS f ON f.id = p.file_id"
                         " WHERE p.state = 'in_work' AND f.stage = ? AND f.state = 'in_work'"
                         " AND (p.file_id, p.number) > (?, ?)"
                         " ORDER BY p.file_id, p.number LIMIT ?",
                         "tiii", stage_name(stage), c->object, (int64_t)c->page, (int64_t)limit);

    return code < 0 ? code : add_rows(&rows, a, jobs, add_page_job, err);
}

static int pending_documents(struct records *r, enum stage stage, const struct pending_cursor *c,
                             size_t limit, struct arena *a, struct next_jobs *jobs, struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT " JOB_COLUMNS " FROM document WHERE state = 'in_work'"
                         " AND stage = ? AND id > ? ORDER BY id LIMIT ?",
                         "tii", stage_name(stage), c->object, (int64_t)limit);

    return code < 0 ? code : add_rows(&rows, a, jobs, document_job_add, err);
}

static int pending_stage(struct records *r, enum stage stage, const struct pending_cursor *c,
                         size_t limit, struct arena *a, struct next_jobs *jobs, struct err *err)
{
    switch (stage_info(stage)->object) {
    case STAGE_OF_FILE:
        return pending_files(r, stage, c, limit, a, jobs, err);
    case STAGE_OF_PAGE:
        return pending_pages(r, stage, c, limit, a, jobs, err);
    case STAGE_OF_DOCUMENT:
        return pending_documents(r, stage, c, limit, a, jobs, err);
    }
    BUG("stage %d", stage);
}

/* `step` walks the stage table; a stage that gave less than was asked is exhausted. */
int records_pending_jobs(struct records *r, struct pending_cursor *cursor, size_t limit,
                         struct arena *a, struct next_jobs *ret, struct err *err)
{
    struct pending_cursor c = *cursor;
    struct next_jobs jobs = {0};

    while (c.step < STAGE_COUNT && jobs.n < limit) {
        int code = 0;

        if (stage_info((enum stage)c.step)->has_queue)
            code = pending_stage(r, (enum stage)c.step, &c, limit - jobs.n, a, &jobs, err);
        if (code < 0)
            return code;
        if (jobs.n < limit)
            c = (struct pending_cursor){.step = c.step + 1};
        else
            c = (struct pending_cursor){c.step, jobs.items[jobs.n - 1].id.object,
                                        jobs.items[jobs.n - 1].id.page};
    }
    *cursor = c;
    *ret = jobs;
    return 0;
}

/* ---- giving up ---- */

static int set_aside_file(struct records *r, const struct job *job, const char *reason,
                          const char *message, struct arena *a, struct next_jobs *next,
                          struct err *err)
{
    (void)a;
    (void)next;
    return db_run(r->db, err,
                  "UPDATE file SET state = 'set_aside', reason = ?, message = ? WHERE id = ?",
                  "tti", reason, message, job->id.object);
}

static int set_aside_page(struct records *r, const struct job *job, const char *reason,
                          const char *message, struct arena *a, struct next_jobs *next,
                          struct err *err)
{
    int n = db_run(r->db, err,
                   "UPDATE page SET state = 'unread', reason = ?, message = ?"
                   " WHERE file_id = ? AND number = ?",
                   "ttii", reason, message, job->id.object, (int64_t)job->id.page);

    return n < 0 ? n : page_last(r, job->id.object, a, next, err);
}

/* A document that cannot be extracted or posted is for a person; one that cannot be filed has
 * nothing left to decide. */
static int set_aside_document(struct records *r, const struct job *job, const char *reason,
                              const char *message, struct arena *a, struct next_jobs *next,
                              struct err *err)
{
    bool is_for_person = job->id.stage != STAGE_FILE;

    (void)a;
    (void)next;
    return db_run(r->db, err,
                  "UPDATE document SET stage = ?, state = ?, reason = ?, message = ?,"
                  " version = version + 1 WHERE id = ?",
                  "tttti", stage_name(is_for_person ? STAGE_REVIEW : job->id.stage),
                  state_name(is_for_person ? STATE_WAITING : STATE_SET_ASIDE), reason, message,
                  job->id.object);
}

static const char *object_kind(enum stage stage)
{
    return stage_info(stage)->object == STAGE_OF_DOCUMENT ? "document" : "file";
}

static int note(struct records *r, const char *who, const char *act, const struct job_id *id,
                const char *reason, struct err *err)
{
    AUTO_JSON json_t *json = json_object();
    AUTO_FREE char *text = NULL;
    char job[JOB_ID_SIZE];

    job_id_format(id, job);
    json_set_text(json, "job", job);
    json_set_text(json, "reason", reason);
    text = json_text(json);
    return audit_add(&r->audit, who, act, object_kind(id->stage), id->object, text, err);
}

int records_set_aside(struct records *r, const struct job *job, const char *reason,
                      const char *message, struct arena *a, struct next_jobs *ret_next,
                      struct err *err)
{
    static int (*const give_up[])(struct records *, const struct job *, const char *, const char *,
                                  struct arena *, struct next_jobs *, struct err *) = {
        [STAGE_OF_FILE] = set_aside_file,
        [STAGE_OF_PAGE] = set_aside_page,
        [STAGE_OF_DOCUMENT] = set_aside_document,
    };
    struct next_jobs next = {0};
    int code = job_begin(r, job, clock_now_ms(), err);

    if (code < 0)
        return code;
    code = give_up[stage_info(job->id.stage)->object](r, job, reason, message, a, &next, err);
    if (code >= 0)
        code = note(r, RECORDS_LINE, "set_aside", &job->id, reason, err);
    code = db_end(r->db, code, err);
    if (code == 0)
        *ret_next = next;
    return code;
}

/* ---- once more ---- */

static int revive_file(struct records *r, const struct job_id *id, struct err *err)
{
    return db_run(r->db, err,
                  "UPDATE file SET state = 'in_work', reason = '', message = '', changed_at = ?"
                  " WHERE id = ? AND stage = ? AND state = 'set_aside'",
                  "iit", clock_now_ms(), id->object, stage_name(id->stage));
}

static int revive_page(struct records *r, const struct job_id *id, struct err *err)
{
    return db_run(r->db, err,
                  "UPDATE page SET state = 'in_work', reason = '', message = '', changed_at = ?1"
                  " WHERE file_id = ?2 AND number = ?3 AND state = 'unread'"
                  " AND EXISTS(SELECT 1 FROM file WHERE id = ?2 AND stage = ?4)",
                  "iiit", clock_now_ms(), id->object, (int64_t)id->page, stage_name(id->stage));
}

/* A waiting document is extracted again only while nobody corrected it: that work would be lost. */
static int revive_document(struct records *r, const struct job_id *id, struct err *err)
{
    return db_run(r->db, err,
                  "UPDATE document SET state = 'in_work', stage = ?1, reason = '', message = '',"
                  " version = version + 1, changed_at = ?2 WHERE id = ?3"
                  " AND ((state = 'set_aside' AND stage = ?1)"
                  "  OR (state = 'waiting' AND ?1 = ?4 AND NOT EXISTS("
                  "   SELECT 1 FROM field_change WHERE document_id = ?3)))",
                  "tiit", stage_name(id->stage), clock_now_ms(), id->object,
                  stage_name(STAGE_EXTRACT));
}

static int retry(struct records *r, const struct job_id *id, const char *who, struct arena *a,
                 struct next_jobs *next, struct err *err)
{
    static int (*const revive[])(struct records *, const struct job_id *, struct err *) = {
        [STAGE_OF_FILE] = revive_file,
        [STAGE_OF_PAGE] = revive_page,
        [STAGE_OF_DOCUMENT] = revive_document,
    };
    char text[JOB_ID_SIZE];
    int n = revive[stage_info(id->stage)->object](r, id, err);

    if (n < 0)
        return n;
    job_id_format(id, text);
    if (n == 0)
        return err_set(err, ERR_CONFLICT, "%s was not set aside", text);
    n = load_followers(r, id, a, next, err);
    return n < 0 ? n : note(r, who, "retry", id, NULL, err);
}

int records_retry(struct records *r, const struct job_id *id, const char *who, struct arena *a,
                  struct next_jobs *ret_next, struct err *err)
{
    struct next_jobs next = {0};
    int code = db_begin(r->db, err);

    if (code < 0)
        return code;
    code = db_end(r->db, retry(r, id, who, a, &next, err), err);
    if (code == 0)
        *ret_next = next;
    return code;
}

/* ---- stages an operator holds ---- */

static int set_paused(struct records *r, enum stage stage, bool is_paused, const char *who,
                      struct err *err)
{
    const char *name = stage_name(stage);
    int n;

    if (is_paused)
        n = db_run(r->db, err,
                   "INSERT INTO pause(stage, who, at) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
                   "tti", name, who, clock_now_ms());
    else
        n = db_run(r->db, err, "DELETE FROM pause WHERE stage = ?", "t", name);
    if (n <= 0)
        return n;
    return audit_add(&r->audit, who, is_paused ? "pause" : "resume", "stage", stage, name, err);
}

int records_set_paused(struct records *r, enum stage stage, bool is_paused, const char *who,
                       struct err *err)
{
    int code;

    if (!stage_info(stage)->has_queue)
        return err_set(err, ERR_USAGE, "stage %s has no queue to pause", stage_name(stage));
    code = db_begin(r->db, err);
    return code < 0 ? code : db_end(r->db, set_paused(r, stage, is_paused, who, err), err);
}

int records_paused(struct records *r, bool ret[STAGE_COUNT], struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    bool paused[STAGE_COUNT] = {0};
    int code = db_select(r->db, &rows, err, "SELECT stage FROM pause", "");
    enum stage stage;

    while (code == 0 && (code = db_next(&rows, err)) > 0) {
        if (stage_parse(db_text(&rows, 0), &stage))
            paused[stage] = true;
        code = 0;
    }
    if (code < 0)
        return code;
    memcpy(ret, paused, sizeof paused);
    return 0;
}
