/* bilag doc ls, show, why, search, export: what became of each document, and the proof of it. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/number.h"
#include "stores/audit.h"
#include "stores/blobs.h"
#include "stores/records_query.h"
#include "stores/records_review.h"
#include "workers/command/commands.h"
#include "workers/reader/reader_client.h"
#include "workers/command/report.h"
#include "workers/command/why.h"
#include "workers/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct column list_columns[] = {
    {"doc", "DOC", CELL_NUMBER, 0},      {"batch", "BATCH", CELL_NUMBER, 0},
    {"type", "TYPE", CELL_TEXT, 0},      {"supplier", "SUPPLIER", CELL_TEXT, 28},
    {"number", "NUMBER", CELL_TEXT, 20}, {"date", "DATE", CELL_TEXT, 0},
    {"due", "DUE", CELL_TEXT, 0},        {"gross", "GROSS", CELL_NUMBER, 0},
    {"currency", "CUR", CELL_TEXT, 0},   {"outcome", "OUTCOME", CELL_TEXT, 0},
    {"why", "WHY", CELL_TEXT, 60},       {0}};

enum { WITH_STATE, WITH_TYPE, WITH_BATCH, WITH_SUPPLIER, WITH_LIMIT };
static const struct cli_option list_options[] = {
    {"state", "STATE", "waiting, posted, filed, rejected, set_aside or in_work"},
    {"type", "TYPE", "invoice, credit_note, receipt …"},
    {"batch", "BATCH", "of one batch"},
    {"supplier", "NAME", "part of the supplier's name"},
    {"limit", "N", "so many at most (default 100)"},
    {0}};

static int fill_filter(const struct cli *cli, struct document_filter *f, struct err *err)
{
    int64_t n;

    document_filter_init(f);
    f->supplier = cli->values[WITH_SUPPLIER];
    if (cli->values[WITH_STATE] && !state_parse(cli->values[WITH_STATE], &f->state))
        return err_set(err, ERR_USAGE, "'%s' is no state", cli->values[WITH_STATE]);
    if (cli->values[WITH_TYPE] && !document_type_parse(cli->values[WITH_TYPE], &f->type))
        return err_set(err, ERR_USAGE, "'%s' is no type", cli->values[WITH_TYPE]);
    if (cli->values[WITH_BATCH] &&
        !number_parse(cli->values[WITH_BATCH], 1, INT64_MAX, &f->batch_id))
        return err_set(err, ERR_USAGE, "'%s' is no batch", cli->values[WITH_BATCH]);
    if (cli->values[WITH_LIMIT]) {
        if (!number_parse(cli->values[WITH_LIMIT], 1, 1000000, &n))
            return err_set(err, ERR_USAGE, "--limit takes a number");
        f->limit = (size_t)n;
    }
    return 0;
}

static int list_documents(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    struct document_filter filter;
    struct document_row *found;
    size_t n = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = fill_filter(cli, &filter, err);
    if (r == 0)
        r = records_list_documents(house->records, &filter, &a, &found, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++)
        json_array_append_new(rows, report_document_row(&found[i]));
    if (r == 0)
        cli_print_rows(rows, list_columns, cli->is_json, "No document fits.");
    if (r == 0 && n == filter.limit)
        fprintf(stderr, "bilag: the first %zu; --limit N shows more\n", n);
    return r;
}

/* A document and everything known of it. */
struct loaded {
    struct document_row row;
    struct document *document;
};

static int load(struct house *house, const char *word, struct arena *a, struct loaded *ret,
                struct err *err)
{
    int64_t id;

    if (!number_parse(word, 1, INT64_MAX, &id))
        return err_set(err, ERR_USAGE, "'%s' is no document number; `bilag doc ls` lists them",
                       word);
    return records_load_document(house->records, id, a, &ret->row, &ret->document, err);
}

static void add_field_row(json_t *rows, const char *name, const struct field *f)
{
    AUTO_BUF struct buf proofs;
    json_t *row = json_object();

    buf_init(&proofs, 1024);
    for (int p = 0; p < PROOF_COUNT; p++)
        if (f->proofs & (1u << p))
            buf_printf(&proofs, "%s%s", proofs.length ? " " : "", proof_name((enum proof)p));
    json_set_text(row, "field", name);
    json_set_text(row, "value", f->value);
    json_set_real(row, "sure", f->confidence, 2);
    json_set_text(row, "source", field_source_name(f->source));
    json_set_int(row, "page", f->page);
    json_set_text(row, "proofs", proofs.data);
    json_array_append_new(rows, row);
}

static json_t *field_rows(const struct document *d)
{
    json_t *rows = json_array();

    for (int i = 0; i < FIELD_COUNT; i++)
        if (d->fields[i].value)
            add_field_row(rows, field_info((enum field_id)i)->name, &d->fields[i]);
    for (size_t i = 0; i < d->n_named; i++)
        if (d->named[i].field.value)
            add_field_row(rows, d->named[i].name, &d->named[i].field);
    return rows;
}

static json_t *line_rows(const struct document *d)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < d->n_lines; i++) {
        json_t *row = json_object();

        json_set_text(row, "description", d->lines[i].description);
        json_set_text(row, "quantity", d->lines[i].quantity);
        json_set_text(row, "price", d->lines[i].unit_price);
        json_set_text(row, "vat", d->lines[i].vat_rate);
        json_set_text(row, "amount", d->lines[i].amount);
        json_array_append_new(rows, row);
    }
    return rows;
}

static void print_document(const struct loaded *doc)
{
    static const struct column fields[] = {{"field", "FIELD", CELL_TEXT, 0},
                                           {"value", "VALUE", CELL_TEXT, 48},
                                           {"sure", "SURE", CELL_NUMBER, 0},
                                           {"source", "SOURCE", CELL_TEXT, 0},
                                           {"page", "PAGE", CELL_NUMBER, 0},
                                           {"proofs", "PROOFS", CELL_TEXT, 0},
                                           {0}};
    static const struct column lines[] = {{"description", "DESCRIPTION", CELL_TEXT, 44},
                                          {"quantity", "QUANTITY", CELL_NUMBER, 0},
                                          {"price", "PRICE", CELL_NUMBER, 0},
                                          {"vat", "VAT", CELL_NUMBER, 0},
                                          {"amount", "AMOUNT", CELL_NUMBER, 0},
                                          {0}};
    AUTO_JSON json_t *field_list = field_rows(doc->document);
    AUTO_JSON json_t *line_list = line_rows(doc->document);
    const struct document_row *row = &doc->row;
    AUTO_FREE char *name = cli_clean(row->file_name);

    printf("document %" PRId64 " · %s · %s · %s\n", row->id,
           doc->document->declared ?: document_type_name(row->type), name, state_name(row->state));
    if (row->message[0])
        printf("why: %s\n", row->message);
    putchar('\n');
    cli_print_rows(field_list, fields, false, "No field was found.");
    if (json_array_size(line_list)) {
        putchar('\n');
        cli_print_rows(line_list, lines, false, "");
    }
    if (row->record_sha256[0])
        printf("\nrecord   %s\nmanifest %s\nkept until %s\n", row->record_sha256,
               row->manifest_sha256, row->retention_until);
    if (row->posting_key[0])
        printf("posting  %s\n", row->posting_key);
}

static void print_time(int64_t at)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(at, text);
    printf("  %.10s %.5s  ", text, text + 11);
}

/* Acts tell why in their detail, where somebody said so. */
static void print_act(const struct audit_row *act)
{
    AUTO_JSON json_t *detail = json_loads(act->detail, 0, NULL);
    const char *why = json_get_text(detail, "why", json_get_text(detail, "reason", ""));

    print_time(act->at);
    printf("%s by %s%s%s\n", act->act, act->who, why[0] ? ": " : "", why);
}

static void print_change(const struct change_row *change)
{
    print_time(change->at);
    printf("%s: %s → %s by %s%s%s\n", change->what,
           change->old_value[0] ? change->old_value : "nothing",
           change->new_value[0] ? change->new_value : "nothing", change->who,
           change->why[0] ? ", " : "", change->why);
}

/* What was done to the document and what was changed in it, in the order it happened. */
static int print_history(struct house *house, int64_t id, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct audit_row *acts;
    struct change_row *changes;
    size_t n_acts = 0, n_changes = 0, c = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = audit_list_object(records_audit(house->records), arena_printf(&a, "document:%" PRId64, id),
                          &a, &acts, &n_acts, err);
    if (r == 0)
        r = records_changes(house->records, id, &a, &changes, &n_changes, err);
    if (r < 0)
        return r;
    puts("\nhistory (UTC)");
    for (size_t i = 0; i < n_acts; i++) {
        for (; c < n_changes && changes[c].at <= acts[i].at; c++)
            print_change(&changes[c]);
        print_act(&acts[i]);
    }
    for (; c < n_changes; c++)
        print_change(&changes[c]);
    return 0;
}

/* As it would be read today, with what was learnt since. */
static int read_anew(struct house *house, struct loaded *doc, struct arena *a, struct err *err)
{
    struct document *kept;
    struct judge judge;

    judge_init(&judge, house, a, civil_date_from_unix_ms(clock_now_ms()));
    return read_again(house, &judge.context, doc->row.id, a, &kept, &doc->document, err);
}

static int show(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL;
    struct loaded doc;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = load(house, cli->words[0], &a, &doc, err);
    if (r == 0 && cli->values[0])
        r = read_anew(house, &doc, &a, err);
    if (r < 0)
        return r;
    if (!cli->is_json) {
        print_document(&doc);
        return print_history(house, doc.row.id, err);
    }
    json = document_to_json(doc.document);
    json_set(json, "row", report_document_row(&doc.row));
    json_dumpf(json, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
    putchar('\n');
    return 0;
}

static const struct cli_option show_options[] = {
    {"anew", NULL, "as it would be read today; nothing is changed"}, {0}};

static int why(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct loaded doc;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = load(house, cli->words[0], &a, &doc, err);
    return r < 0 ? r : why_print(house, &doc.row, doc.document, err);
}

/* The words of the query with one space between. */
static char *join_words(const struct cli *cli)
{
    struct buf b;

    buf_init(&b, LIMIT_FIELD_BYTES);
    for (int i = 0; i < cli->n_words; i++)
        buf_printf(&b, "%s%s", i ? " " : "", cli->words[i]);
    return buf_take(&b);
}

static int search(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {{"doc", "DOC", CELL_NUMBER, 0},
                                            {"type", "TYPE", CELL_TEXT, 0},
                                            {"supplier", "SUPPLIER", CELL_TEXT, 28},
                                            {"number", "NUMBER", CELL_TEXT, 20},
                                            {"date", "DATE", CELL_TEXT, 0},
                                            {"gross", "GROSS", CELL_NUMBER, 0},
                                            {"currency", "CUR", CELL_TEXT, 0},
                                            {"snippet", "WHERE", CELL_TEXT, 70},
                                            {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    AUTO_FREE char *words = join_words(cli);
    struct hit *hits;
    size_t n = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = records_search(house->records, words, 100, &a, &hits, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        json_t *row = report_document_row(&hits[i].document);

        json_set_text(row, "snippet", hits[i].snippet);
        json_array_append_new(rows, row);
    }
    if (r == 0)
        cli_print_rows(rows, columns, cli->is_json, "No filed document holds these words.");
    return r;
}

enum { WITH_OUT, WITH_WHAT, WITH_PAGE };

/* The page's picture: kept for what was read from paper, drawn now for what was born digital. */
static int picture(struct house *house, const struct loaded *doc, int64_t number, struct arena *a,
                   const unsigned char **ret_bytes, size_t *ret_length, struct err *err)
{
    struct reader_options options;
    struct reader *reader;
    struct page_row *pages;
    AUTO_CLOSE int fd = -1;
    size_t n = 0;
    int r = records_list_pages(house->records, doc->row.file_id, a, &pages, &n, err);

    if (r == 0 && (number < 1 || (size_t)number > n))
        r = err_set(err, ERR_NOT_FOUND, "the file has %zu pages", n);
    if (r < 0)
        return r;
    if (pages[number - 1].picture_sha256[0]) {
        r = blobs_get(house->blobs, pages[number - 1].picture_sha256, &fd, err);
        return r < 0 ? r : file_map(fd, ret_bytes, ret_length, err);
    }
    r = blobs_get(house->blobs, doc->row.file_sha256, &fd, err);
    if (r < 0)
        return r;
    reader_options_from(&house->settings, &options);
    reader = reader_new(&options);
    r = reader_preview(reader, fd, (int)number, a, ret_bytes, ret_length, err);
    reader_free(reader);
    return r;
}

static int export(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    const char *what = cli->values[WITH_WHAT] ? cli->values[WITH_WHAT] : "record";
    const char *sha256 = NULL, *out = cli->values[WITH_OUT];
    const unsigned char *bytes = NULL;
    AUTO_CLOSE int fd = -1;
    struct loaded doc;
    int64_t page = 1;
    size_t length = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = load(house, cli->words[0], &a, &doc, err);
    if (r < 0)
        return r;
    if (!out)
        return err_set(err, ERR_USAGE, "--out FILE is missing");
    if (cli->values[WITH_PAGE] && !number_parse(cli->values[WITH_PAGE], 1, 1000000, &page))
        return err_set(err, ERR_USAGE, "--page takes a number");
    if (strcmp(what, "picture") == 0)
        r = picture(house, &doc, page, &a, &bytes, &length, err);
    else {
        sha256 = strcmp(what, "record") == 0     ? doc.row.record_sha256
                 : strcmp(what, "manifest") == 0 ? doc.row.manifest_sha256
                 : strcmp(what, "original") == 0 ? doc.row.file_sha256
                                                 : NULL;
        if (!sha256)
            return err_set(err, ERR_USAGE, "--what is record, original, manifest or picture");
        if (!sha256[0])
            return err_set(err, ERR_NOT_FOUND, "document %" PRId64 " is not filed yet", doc.row.id);
        r = blobs_get(house->blobs, sha256, &fd, err);
        if (r == 0)
            r = file_map(fd, &bytes, &length, err);
    }
    return r < 0 ? r : file_put(out, bytes, length, err);
}

static const struct cli_option export_options[] = {
    {"out", "FILE", "where to"},
    {"what", "WHAT", "record (the default), original, manifest or picture"},
    {"page", "N", "of which page the picture (default 1)"},
    {0}};

const struct command commands_doc[] = {
    {"doc", "ls", "", "List documents", list_options, 0, 0, HOUSE_STORES, list_documents},
    {"doc", "show", "DOC", "One document: fields, lines, proofs, history", show_options, 1, 1,
     HOUSE_STORES, show},
    {"doc", "why", "DOC", "Why a document waits, and what to do about it", NULL, 1, 1, HOUSE_STORES,
     why},
    {"doc", "search", "WORDS…", "Find filed documents by their words", NULL, 1, -1, HOUSE_STORES,
     search},
    {"doc", "export", "DOC", "Write the record, the original or a page picture to a file",
     export_options, 1, 1, HOUSE_STORES, export},
    {0}};
