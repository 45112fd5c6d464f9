/*
 * A document's row: its JSON, the columns that lists and duplicate checks need, and what follows
 * from where it stands. All within the caller's transaction.
 */
#include "stores/records_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/civil_date.h"
#include "models/money.h"
#include "models/posting.h"

#include <string.h>

#define KEY_SIZE 128
#define URGENT_DAYS 7

static const char *text_of(const struct document *d, enum field_id id)
{
    const char *value = document_value(d, id);

    return value ? value : "";
}

static bool gross_of(const struct document *d, int64_t *ret)
{
    const char *gross = document_value(d, FIELD_TOTAL_GROSS);

    return gross && money_parse(gross, currency_exponent(text_of(d, FIELD_CURRENCY)), ret);
}

static int store_body(struct records *r, int64_t id, const struct document *d, struct err *err)
{
    AUTO_JSON json_t *json = document_to_json(d);
    AUTO_FREE char *text = json_text(json);
    int n = db_run(r->db, err,
                   "INSERT OR REPLACE INTO document_body(document_id, json) VALUES(?, ?)", "it", id,
                   text);

    return n < 0 ? n : 0;
}

int document_store(struct records *r, int64_t id, const struct document *d, struct err *err)
{
    char supplier_key[KEY_SIZE], number_key[KEY_SIZE], folded[KEY_SIZE * 2];
    int64_t gross = 0;
    bool has_gross = gross_of(d, &gross);
    const struct reason *first = d->n_reasons ? d->reasons : NULL;
    int n;

    posting_seller_key(d, supplier_key, sizeof supplier_key);
    posting_normalise_number(text_of(d, FIELD_INVOICE_NUMBER), number_key, sizeof number_key);
    utf8_fold(text_of(d, FIELD_SELLER_NAME), folded, sizeof folded);
    n = db_run(r->db, err,
               "UPDATE document SET type = ?, language = ?, department = ?, supplier = ?,"
               " supplier_folded = ?, supplier_key = ?, number = ?, number_key = ?, issue_date = ?,"
               " due_date = ?, currency = ?, gross_minor = iif(?, ?, NULL), reason = ?,"
               " message = ?, version = version + 1 WHERE id = ?",
               "tttttttttttiitti", document_type_name(d->type), d->language, d->department,
               text_of(d, FIELD_SELLER_NAME), folded, supplier_key,
               text_of(d, FIELD_INVOICE_NUMBER), number_key, text_of(d, FIELD_ISSUE_DATE),
               text_of(d, FIELD_DUE_DATE), text_of(d, FIELD_CURRENCY), (int64_t)has_gross, gross,
               first ? first->code : "", first ? first->text : "", id);
    return n < 0 ? n : store_body(r, id, d, err);
}

/* ---- what follows ---- */

static bool is_urgent(const char *due_date)
{
    struct civil_date due, today = civil_date_from_unix_ms(clock_now_ms());

    return civil_date_parse(due_date, &due) &&
           civil_date_to_days(due) <= civil_date_to_days(today) + URGENT_DAYS;
}

void document_job_add(struct next_jobs *jobs, struct arena *a, const struct db_rows *rows)
{
    enum stage stage;

    if (!stage_parse(db_text(rows, 1), &stage) || !stage_info(stage)->has_queue)
        return;
    next_jobs_add(jobs, a, stage, db_int(rows, 0), 0, db_int(rows, 2));
    jobs->items[jobs->n - 1].department = db_copy(rows, 3, a);
    jobs->items[jobs->n - 1].is_urgent = is_urgent(db_text(rows, 4));
}

int document_next_job(struct records *r, int64_t id, struct arena *a, struct next_jobs *jobs,
                      struct err *err)
{
    AUTO_ROWS struct db_rows rows = {0};
    int code = db_select(r->db, &rows, err,
                         "SELECT " JOB_COLUMNS " FROM document WHERE id = ? AND state = 'in_work'",
                         "i", id);

    if (code == 0)
        code = db_next(&rows, err);
    if (code > 0)
        document_job_add(jobs, a, &rows);
    return code < 0 ? code : 0;
}

int file_finish(struct records *r, int64_t file_id, int64_t now, struct err *err)
{
    int n = db_run(r->db, err,
                   "UPDATE file SET state = 'done', changed_at = ?1"
                   " WHERE id = ?2 AND stage = ?3 AND state = 'in_work' AND NOT EXISTS("
                   "  SELECT 1 FROM document WHERE file_id = ?2"
                   "  AND state IN ('in_work', 'waiting', 'set_aside'))",
                   "iit", now, file_id, stage_name(STAGE_DONE));

    return n < 0 ? n : 0;
}
