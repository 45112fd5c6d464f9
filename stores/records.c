/*
 * The records store opened and closed, the words for states, and intake: batches and files. A file
 * whose bytes are there already becomes a row of its own that points at the first and is never
 * worked on, so that every sheet of paper and every upload stays accounted for.
 */
#include "stores/records_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "models/fault.h"

#include <string.h>
#include <zstd.h>

static const char *const state_names[STATE_COUNT] = {
    [STATE_IN_WORK] = "in_work", [STATE_DUPLICATE] = "duplicate", [STATE_SET_ASIDE] = "set_aside",
    [STATE_DONE] = "done",       [STATE_BLANK] = "blank",         [STATE_SEPARATOR] = "separator",
    [STATE_UNREAD] = "unread",   [STATE_WAITING] = "waiting",     [STATE_POSTED] = "posted",
    [STATE_FILED] = "filed",     [STATE_REJECTED] = "rejected",
};

const char *state_name(enum state state)
{
    if ((unsigned)state >= STATE_COUNT)
        BUG("state %d", state);
    return state_names[state];
}

bool state_parse(const char *name, enum state *ret_state)
{
    for (int i = 0; i < STATE_COUNT; i++)
        if (strcmp(state_names[i], name) == 0) {
            *ret_state = (enum state)i;
            return true;
        }
    return false;
}

/* ---- opening ---- */

static int open_at(const char *path, struct records **ret, struct err *err)
{
    struct db *db = NULL;
    struct records *r;
    int code = db_open(path, &records_schema, &db, err);

    if (code < 0)
        return code;
    r = mem_alloc(sizeof *r);
    r->db = db;
    r->audit = (struct audit){db, records_schema.name};
    r->compressor = ZSTD_createCCtx();
    r->expander = ZSTD_createDCtx();
    if (!r->compressor || !r->expander)
        BUG("out of memory");
    *ret = r;
    return 0;
}

int records_open(const char *path, struct records **ret, struct err *err)
{
    return open_at(path, ret, err);
}

int records_open_ram(struct records **ret, struct err *err)
{
    return open_at(NULL, ret, err);
}

void records_close(struct records *r)
{
    if (!r)
        return;
    ZSTD_freeCCtx(r->compressor);
    ZSTD_freeDCtx(r->expander);
    db_close(r->db);
    free(r);
}

struct audit *records_audit(struct records *r)
{
    return &r->audit;
}

void next_jobs_add(struct next_jobs *jobs, struct arena *a, enum stage stage, int64_t object,
                   int page, int64_t min_fence)
{
    jobs->items = arena_grow_list(a, jobs->items, jobs->n, sizeof *jobs->items);
    jobs->items[jobs->n++] = (struct next_job){
        .id = {stage, object, page}, .min_fence = min_fence, .department = ""};
}

/* ---- intake ---- */

static int add_batch(struct records *r, const char *name, const char *source, const char *who,
                     int64_t *ret_id, struct err *err)
{
    int n = db_run(r->db, err, "INSERT INTO batch(name, source, created_at) VALUES(?, ?, ?)", "tti",
                   name, source, clock_now_ms());

    if (n < 0)
        return n;
    *ret_id = db_last_id(r->db);
    return audit_add(&r->audit, who, "batch", "batch", *ret_id, source, err);
}

int records_add_batch(struct records *r, const char *name, const char *source, const char *who,
                      int64_t *ret_id, struct err *err)
{
    int64_t id = 0;
    int code = db_begin(r->db, err);

    if (code < 0)
        return code;
    code = db_end(r->db, add_batch(r, name, source, who, &id, err), err);
    if (code == 0)
        *ret_id = id;
    return code;
}

/* The file that is worked on for these bytes, or 0; whether it was given up for no fault of theirs
 * (a timeout, a crash), so that they deserve to be taken anew. */
static int find_first(struct records *r, const char *sha256, int64_t *ret_id, bool *ret_is_lost,
                      struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT id, state, reason FROM file"
                         " WHERE sha256 = ? AND state <> 'duplicate'",
                         "t", sha256);
    const struct fault_info *fault;

    if (code == 0)
        code = db_next(&rows, err);
    if (code <= 0)
        return code;
    fault = fault_find(db_text(&rows, 2));
    *ret_id = db_int(&rows, 0);
    *ret_is_lost = strcmp(db_text(&rows, 1), state_name(STATE_SET_ASIDE)) == 0 &&
                   !(fault && fault->is_permanent);
    return 0;
}

/* The file that was given up and the new one, added as its double, change places: bytes are worked
 * on once at any time. */
static int take_place(struct records *r, int64_t lost, int64_t fresh, const char *who, int64_t now,
                      struct err *err)
{
    AUTO_FREE char *detail = mem_printf("{\"taken_anew_as\":%lld}", (long long)fresh);
    int n = db_run(r->db, err,
                   "UPDATE file SET duplicate_of = ?, state = 'duplicate', stage = ?, sheets = 0,"
                   " reason = '', message = '', changed_at = ? WHERE id = ?",
                   "itii", fresh, stage_name(STAGE_DONE), now, lost);

    if (n >= 0)
        n = db_run(r->db, err,
                   "UPDATE file SET duplicate_of = NULL, state = 'in_work', stage = ?, sheets = 1"
                   " WHERE id = ?",
                   "ti", stage_name(STAGE_OPEN), fresh);
    if (n >= 0)
        n = db_run(r->db, err, "UPDATE file SET duplicate_of = ? WHERE duplicate_of = ?", "ii",
                   fresh, lost);
    return n < 0 ? n : audit_add(&r->audit, who, "replace", "file", lost, detail, err);
}

int file_add(struct records *r, int64_t batch_id, int64_t parent_id, const struct new_file *file,
             const char *who, struct added_file *ret, struct err *err)
{
    AUTO_FREE char *name = mem_strndup(file->name, strnlen(file->name, LIMIT_NAME_BYTES));
    int64_t first = 0, now = clock_now_ms();
    bool is_lost = false;
    int n = find_first(r, file->sha256, &first, &is_lost, err);

    if (n < 0)
        return n;
    n = db_run(
        r->db, err,
        "INSERT INTO file(batch_id, parent_id, duplicate_of, name, sha256, size, stage, state,"
        " sheets, created_at, changed_at)"
        " VALUES(?, nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?)",
        "iiittittiii", batch_id, parent_id, first, name, file->sha256, file->size,
        stage_name(first ? STAGE_DONE : STAGE_OPEN),
        state_name(first ? STATE_DUPLICATE : STATE_IN_WORK), (int64_t)(first ? 0 : 1), now, now);
    if (n < 0)
        return n;
    *ret = (struct added_file){db_last_id(r->db), is_lost ? 0 : first};
    if (is_lost) {
        n = take_place(r, first, ret->id, who, now, err);
        if (n < 0)
            return n;
    }
    return audit_add(&r->audit, who, "submit", "file", ret->id, file->sha256, err);
}

static int add_files(struct records *r, int64_t batch_id, const struct new_file *files, size_t n,
                     const char *who, struct added_file *ret, struct err *err)
{
    int64_t found = 0;
    int code = db_get_int(r->db, &found, err, "SELECT id FROM batch WHERE id = ?", "i", batch_id);

    if (code < 0)
        return err_wrap(err, code, "batch %lld", (long long)batch_id);
    for (size_t i = 0; code == 0 && i < n; i++)
        code = file_add(r, batch_id, 0, &files[i], who, &ret[i], err);
    return code;
}

int records_add_files(struct records *r, int64_t batch_id, const struct new_file *files, size_t n,
                      const char *who, struct added_file *ret, struct arena *a,
                      struct next_jobs *ret_next, struct err *err)
{
    struct added_file *added = arena_alloc_array(a, n, sizeof *added);
    struct next_jobs next = {0};
    int code = db_begin(r->db, err);

    if (code < 0)
        return code;
    code = db_end(r->db, add_files(r, batch_id, files, n, who, added, err), err);
    if (code < 0)
        return code;
    for (size_t i = 0; i < n; i++) {
        ret[i] = added[i];
        if (!added[i].duplicate_of)
            next_jobs_add(&next, a, STAGE_OPEN, added[i].id, 0, 0);
    }
    *ret_next = next;
    return 0;
}
