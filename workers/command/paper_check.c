/*
 * Batch by batch, each file against the chain's row of its intake, each filed document against its
 * manifest. The chain covers acts and hashes; what the tables say is covered only by the manifest,
 * whose hash is in the chain. A document that waits has no manifest yet and is not looked at.
 */
#include "workers/command/paper_check.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "models/money.h"
#include "stores/audit.h"
#include "stores/blobs.h"
#include "stores/records_query.h"
#include "workers/house.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_MAX 1000000

static int refuse(struct err *err, const char *kind, int64_t id, const char *what)
{
    return err_set(err, ERR_INVALID, "%s %" PRId64 ": %s", kind, id, what);
}

/* The detail of the last such act on the object, or "". */
static int last_detail(struct house *house, const char *kind, int64_t id, const char *act,
                       struct arena *a, const char **ret, struct err *err)
{
    struct audit_row *rows = NULL;
    size_t n = 0;
    int r = audit_list_object(records_audit(house->records),
                              arena_printf(a, "%s:%" PRId64, kind, id), a, &rows, &n, err);

    *ret = "";
    for (size_t i = 0; r == 0 && i < n; i++)
        if (strcmp(rows[i].act, act) == 0)
            *ret = rows[i].detail;
    return r;
}

static int check_file(struct house *house, const struct file_row *file, struct arena *a,
                      struct err *err)
{
    const char *submitted;
    int r = last_detail(house, "file", file->id, "submit", a, &submitted, err);

    if (r < 0)
        return r;
    if (strcmp(submitted, file->sha256) != 0)
        return refuse(err, "file", file->id, "its bytes are not those that were submitted");
    return blobs_has(house->blobs, file->sha256)
               ? 0
               : refuse(err, "file", file->id, "the original is missing");
}

static int load_manifest(struct house *house, const char *sha256, json_t **ret, struct err *err)
{
    AUTO_CLOSE int fd = -1;
    const unsigned char *bytes;
    size_t length;
    int r = blobs_get(house->blobs, sha256, &fd, err);

    if (r == 0)
        r = file_map(fd, &bytes, &length, err);
    return r < 0 ? r : json_parse((const char *)bytes, length, ret, err);
}

static bool says(const struct document *d, enum field_id id, const char *column)
{
    const char *value = document_value(d, id);

    return strcmp(value ? value : "", column) == 0;
}

/* What lists and searches show of a document is kept beside it, for speed. */
static bool is_row_of(const struct document_row *row, const struct document *d)
{
    const char *gross = document_value(d, FIELD_TOTAL_GROSS);
    int64_t minor = 0;
    bool has_gross = gross && money_parse(gross, currency_exponent(row->currency), &minor);

    return row->type == d->type && says(d, FIELD_INVOICE_NUMBER, row->number) &&
           says(d, FIELD_SELLER_NAME, row->supplier) && says(d, FIELD_CURRENCY, row->currency) &&
           says(d, FIELD_ISSUE_DATE, row->issue_date) && says(d, FIELD_DUE_DATE, row->due_date) &&
           row->has_gross == has_gross && (!has_gross || row->gross_minor == minor);
}

static bool is_manifest_of(const json_t *manifest, const struct document_row *row,
                           const struct document *d)
{
    AUTO_JSON json_t *document = document_to_json(d);
    const json_t *original = json_object_get(manifest, "original");

    return strcmp(json_get_text(manifest, "record_sha256", ""), row->record_sha256) == 0 &&
           strcmp(json_get_text(manifest, "posting_key", ""), row->posting_key) == 0 &&
           strcmp(json_get_text(manifest, "retention_until", ""), row->retention_until) == 0 &&
           strcmp(json_get_text(original, "sha256", ""), row->file_sha256) == 0 &&
           json_equal(json_object_get(manifest, "document"), document);
}

static int check_document(struct house *house, int64_t id, struct arena *a, struct err *err)
{
    AUTO_JSON json_t *manifest = NULL;
    struct document_row row;
    struct document *d;
    const char *filed;
    int r = last_detail(house, "document", id, "file", a, &filed, err);

    if (r == 0)
        r = records_load_document(house->records, id, a, &row, &d, err);
    if (r == 0 && strcmp(filed, row.manifest_sha256) != 0) /* it may have been filed just now */
        r = last_detail(house, "document", id, "file", a, &filed, err);
    if (r < 0)
        return r;
    if (strcmp(filed, row.manifest_sha256) != 0)
        return refuse(err, "document", id, "its manifest is not the one it was filed with");
    if (!row.manifest_sha256[0])
        return 0;
    if (!blobs_has(house->blobs, row.record_sha256))
        return refuse(err, "document", id, "its record is missing");
    r = load_manifest(house, row.manifest_sha256, &manifest, err);
    if (r < 0)
        return err_wrap(err, ERR_INVALID, "document %" PRId64 ": its manifest", id);
    if (!is_row_of(&row, d) || !is_manifest_of(manifest, &row, d))
        return refuse(err, "document", id, "it was changed after it was filed");
    return 0;
}

static int check_batch(struct house *house, int64_t batch_id, struct arena *a, int64_t *count,
                       struct err *err)
{
    struct document_filter filter;
    struct document_row *documents = NULL;
    struct file_row *files = NULL;
    size_t n_files = 0, n_documents = 0;
    int r = records_list_files(house->records, batch_id, STATE_COUNT, 0, ROWS_MAX, a, &files,
                               &n_files, err);

    document_filter_init(&filter);
    filter.batch_id = batch_id;
    filter.limit = ROWS_MAX;
    if (r == 0)
        r = records_list_documents(house->records, &filter, a, &documents, &n_documents, err);
    for (size_t i = 0; r == 0 && i < n_files; i++, ++*count)
        r = check_file(house, &files[i], a, err);
    for (size_t i = 0; r == 0 && i < n_documents; i++, ++*count) {
        AUTO_ARENA struct arena one;

        arena_init(&one, LIMIT_JOB_ARENA_BYTES);
        r = check_document(house, documents[i].id, &one, err);
    }
    return r;
}

int paper_check(struct house *house, int64_t *ret_count, struct err *err)
{
    AUTO_ARENA struct arena all;
    struct batch_row *batches = NULL;
    size_t n = 0;
    int r;

    *ret_count = 0;
    arena_init(&all, LIMIT_JOB_ARENA_BYTES);
    r = records_list_batches(house->records, 0, ROWS_MAX, &all, &batches, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        AUTO_ARENA struct arena a;

        arena_init(&a, LIMIT_JOB_ARENA_BYTES);
        r = check_batch(house, batches[i].id, &a, ret_count, err);
    }
    return r;
}
