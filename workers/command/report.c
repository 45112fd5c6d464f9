/* Store rows as JSON objects, and the table of a batch. */
#include "workers/command/report.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "models/fault.h"
#include "models/money.h"
#include "stores/records_query.h"
#include "workers/command/cli.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#define ROWS_MAX 100000

const char *report_user(void)
{
    const struct passwd *user = getpwuid(getuid());

    return user ? user->pw_name : "unknown";
}

json_t *report_batch_row(const struct batch_row *row)
{
    const struct balance *b = &row->balance;
    json_t *json = json_object();

    json_set_int(json, "batch", row->id);
    json_set_text(json, "name", row->name);
    json_set_text(json, "source", row->source);
    json_set_int(json, "created", row->created_at);
    json_set_int(json, "files", b->files);
    json_set_int(json, "duplicates", b->duplicate_files);
    json_set_int(json, "sheets", b->sheets_in);
    json_set_int(json, "posted", b->posted);
    json_set_int(json, "filed", b->filed);
    json_set_int(json, "waiting", b->waiting);
    json_set_int(json, "rejected", b->rejected);
    json_set_int(json, "blank", b->blank);
    json_set_int(json, "separators", b->separator);
    json_set_int(json, "set_aside", b->set_aside);
    json_set_int(json, "in_work", b->in_work);
    json_set(json, "balances", json_boolean(b->is_balanced));
    json_set_text(json, "state", b->is_closed ? "closed" : b->is_finished ? "waits" : "in_work");
    return json;
}

/* "1" or "2-3", within the file. */
static void set_pages(json_t *json, int first, int n)
{
    char text[32];

    if (n > 1)
        snprintf(text, sizeof text, "%d-%d", first, first + n - 1);
    else
        snprintf(text, sizeof text, "%d", first);
    json_set_text(json, "pages", n > 0 ? text : "");
}

json_t *report_document_row(const struct document_row *row)
{
    json_t *json = json_object();
    char gross[MONEY_TEXT_SIZE];

    json_set_int(json, "doc", row->id);
    json_set_int(json, "batch", row->batch_id);
    json_set_text(json, "file", row->file_name);
    json_set_text(json, "sha256", row->file_sha256);
    set_pages(json, row->first_page, row->n_pages);
    json_set_text(json, "type", document_type_name(row->type));
    json_set_text(json, "language", row->language);
    json_set_text(json, "supplier", row->supplier);
    json_set_text(json, "number", row->number);
    json_set_text(json, "date", row->issue_date);
    json_set_text(json, "due", row->due_date);
    json_set_text(json, "currency", row->currency);
    if (row->has_gross) {
        money_format(row->gross_minor, currency_exponent(row->currency), gross);
        json_set_text(json, "gross", gross);
    }
    json_set_text(json, "outcome", state_name(row->state));
    json_set_text(json, "stage", stage_name(row->stage));
    json_set_text(json, "reason", row->reason);
    json_set_text(json, "why", row->message);
    json_set_int(json, "version", row->version);
    json_set_text(json, "posting_key", row->posting_key);
    json_set_text(json, "record", row->record_sha256);
    json_set_text(json, "keep_until", row->retention_until);
    json_set_int(json, "changed", row->changed_at);
    return json;
}

json_t *report_file_row(const struct file_row *row)
{
    const struct fault_info *fault = fault_find(row->reason);
    json_t *json = json_object();
    char text[64];

    json_set_int(json, "file_id", row->id);
    json_set_int(json, "batch", row->batch_id);
    json_set_text(json, "file", row->name);
    json_set_text(json, "sha256", row->sha256);
    json_set_text(json, "kind", row->kind);
    json_set_int(json, "size", row->size);
    json_set_int(json, "sheets", row->n_pages);
    json_set_text(json, "outcome", state_name(row->state));
    json_set_text(json, "stage", stage_name(row->stage));
    json_set_text(json, "reason", row->reason);
    json_set_text(json, "why", row->message);
    if (fault)
        json_set_text(json, "helps", fault->remedy);
    if (row->state == STATE_DONE)
        json_set_text(json, "why",
                      row->n_pages ? "nothing but blank pages and separators"
                                   : "its attachments are listed by themselves");
    if (row->duplicate_of) {
        snprintf(text, sizeof text, "the same bytes as file %" PRId64, row->duplicate_of);
        json_set_text(json, "why", text);
        json_set_int(json, "duplicate_of", row->duplicate_of);
    }
    return json;
}

/* The documents of one file, or the file itself where it has none to show. */
static int add_file(struct records *records, const struct file_row *file, struct arena *a,
                    json_t *rows, struct err *err)
{
    struct document_filter filter;
    struct document_row *documents;
    size_t n = 0;
    int r;

    document_filter_init(&filter);
    filter.file_id = file->id;
    filter.limit = ROWS_MAX;
    r = records_list_documents(records, &filter, a, &documents, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++)
        json_array_append_new(rows, report_document_row(&documents[i]));
    if (r == 0 && n == 0)
        json_array_append_new(rows, report_file_row(file));
    return r;
}

static void print_balance(const struct batch_row *row)
{
    const struct balance *b = &row->balance;

    printf("\nbatch %" PRId64 " \"%s\": %" PRId64 " sheets = %" PRId64 " posted + %" PRId64
           " filed + %" PRId64 " waiting + %" PRId64 " rejected + %" PRId64 " blank + %" PRId64
           " separators + %" PRId64 " set aside + %" PRId64 " in work  %s\n",
           row->id, row->name, b->sheets_in, b->posted, b->filed, b->waiting, b->rejected, b->blank,
           b->separator, b->set_aside, b->in_work,
           b->is_balanced ? "✓ balances" : "✕ DOES NOT BALANCE");
    if (b->duplicate_files)
        printf("%" PRId64 " of %" PRId64 " files had been submitted before\n", b->duplicate_files,
               b->files);
}

/* Files that were set aside, in full: the table has no room for why, and what to do about it. */
static void print_remedies(const json_t *rows)
{
    const json_t *row;
    size_t i;

    json_array_foreach(rows, i, row) {
        AUTO_FREE char *file = cli_clean(json_get_text(row, "file", ""));
        const char *helps = json_get_text(row, "helps", NULL);

        if (helps)
            printf("%s: %s. What helps: %s; or bilag file reject %" PRId64 " --why REASON\n", file,
                   json_get_text(row, "why", ""), helps, json_get_int(row, "file_id", 0));
    }
}

int report_batch(struct records *records, int64_t batch_id, bool is_json, struct err *err)
{
    static const struct column columns[] = {
        {"doc", "DOC", CELL_NUMBER, 0},          {"file", "FILE", CELL_TEXT, 32},
        {"pages", "PAGES", CELL_NUMBER, 0},      {"type", "TYPE", CELL_TEXT, 0},
        {"supplier", "SUPPLIER", CELL_TEXT, 26}, {"number", "NUMBER", CELL_TEXT, 18},
        {"date", "DATE", CELL_TEXT, 0},          {"gross", "GROSS", CELL_NUMBER, 0},
        {"currency", "CUR", CELL_TEXT, 0},       {"outcome", "OUTCOME", CELL_TEXT, 0},
        {"why", "WHY", CELL_TEXT, 60},           {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    struct file_row *files;
    struct batch_row batch;
    size_t n = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = records_load_batch(records, batch_id, &a, &batch, err);
    if (r == 0)
        r = records_list_files(records, batch_id, STATE_COUNT, 0, ROWS_MAX, &a, &files, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = add_file(records, &files[i], &a, rows, err);
    if (r < 0)
        return r;
    if (is_json)
        json_array_append_new(rows, report_batch_row(&batch));
    cli_print_rows(rows, columns, is_json, "This batch has no files.");
    if (!is_json) {
        print_balance(&batch);
        print_remedies(rows);
    }
    return 0;
}
