/*
 * bilag supplier ls, show, lessons, forget: whom bilag knows, by what, what their papers taught it,
 * and how to take that back. Forgetting is one more version, so it can be taken back too.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/number.h"
#include "stores/records_suppliers.h"
#include "workers/command/commands.h"
#include "workers/command/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int find(struct house *house, const char *word, struct arena *a, struct supplier_row *ret,
                struct err *err)
{
    int64_t id;

    if (!number_parse(word, 1, INT64_MAX, &id))
        return err_set(err, ERR_USAGE, "'%s' is no supplier number; `bilag supplier ls` lists them",
                       word);
    return records_load_supplier(house->records, id, a, ret, err);
}

static json_t *supplier_row_json(const struct supplier_row *row)
{
    json_t *json = json_object();

    json_set_int(json, "supplier", row->id);
    json_set_text(json, "name", row->name);
    json_set_int(json, "documents", row->documents);
    json_set_int(json, "version", row->version);
    json_set_int(json, "changed_at", row->changed_at);
    return json;
}

static int list(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {
        {"supplier", "SUPPLIER", CELL_NUMBER, 0},   {"name", "NAME", CELL_TEXT, 40},
        {"documents", "DOCUMENTS", CELL_NUMBER, 0}, {"version", "LESSONS", CELL_NUMBER, 0},
        {"changed_at", "CHANGED", CELL_TIME_MS, 0}, {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    struct supplier_row *found;
    size_t n = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = records_list_suppliers(house->records, &a, &found, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++)
        json_array_append_new(rows, supplier_row_json(&found[i]));
    if (r == 0)
        cli_print_rows(rows, columns, cli->is_json,
                       "No supplier yet: the first approved document makes one.");
    return r;
}

/* ---- show ---- */

static json_t *sign_rows(const struct sign_row *signs, size_t n)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < n; i++) {
        json_t *row = json_object();

        json_set_text(row, "sign", signs[i].kind);
        json_set_text(row, "value", signs[i].value);
        json_set_int(row, "doc", signs[i].document_id);
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *version_rows(const struct lesson_version *versions, size_t n)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < n; i++) {
        json_t *row = json_object();

        json_set_int(row, "version", versions[i].version);
        json_set_int(row, "at", versions[i].at);
        json_set_text(row, "who", versions[i].who);
        json_set_text(row, "act", versions[i].act);
        json_set_int(row, "doc", versions[i].document_id);
        json_set_text(row, "note", versions[i].note);
        json_array_append_new(rows, row);
    }
    return rows;
}

static void print_supplier(const struct supplier_row *row, const json_t *signs,
                           const json_t *versions)
{
    static const struct column sign_columns[] = {{"sign", "KNOWN BY", CELL_TEXT, 0},
                                                 {"value", "VALUE", CELL_TEXT, 48},
                                                 {"doc", "SINCE DOC", CELL_NUMBER, 0},
                                                 {0}};
    static const struct column version_columns[] = {{"version", "VERSION", CELL_NUMBER, 0},
                                                    {"at", "AT", CELL_TIME_MS, 0},
                                                    {"who", "WHO", CELL_TEXT, 0},
                                                    {"act", "DID", CELL_TEXT, 0},
                                                    {"doc", "DOC", CELL_NUMBER, 0},
                                                    {"note", "REPLAY", CELL_TEXT, 0},
                                                    {0}};

    printf("supplier %" PRId64 " · %s · %" PRId64 " documents\n\n", row->id, row->name,
           row->documents);
    cli_print_rows(signs, sign_columns, false, "Nothing is known of it.");
    putchar('\n');
    cli_print_rows(versions, version_columns, false, "Nothing was learnt yet.");
}

static int show(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL, *sign_list = NULL, *version_list = NULL;
    struct supplier_row row;
    struct sign_row *signs = NULL;
    struct lesson_version *versions = NULL;
    size_t n_signs = 0, n_versions = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = find(house, cli->words[0], &a, &row, err);
    if (r == 0)
        r = records_list_signs(house->records, row.id, &a, &signs, &n_signs, err);
    if (r == 0)
        r = records_list_lesson_versions(house->records, row.id, &a, &versions, &n_versions, err);
    if (r < 0)
        return r;
    sign_list = sign_rows(signs, n_signs);
    version_list = version_rows(versions, n_versions);
    if (!cli->is_json) {
        print_supplier(&row, sign_list, version_list);
        return 0;
    }
    json = supplier_row_json(&row);
    json_object_set(json, "signs", sign_list);
    json_object_set(json, "versions", version_list);
    json_dumpf(json, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
    putchar('\n');
    return 0;
}

/* ---- lessons ---- */

static json_t *lesson_row(const struct lesson *lesson, size_t number)
{
    AUTO_BUF struct buf text;
    json_t *row = json_object();

    buf_init(&text, LIMIT_FIELD_BYTES * 2);
    lesson_describe(lesson, &text);
    json_set_int(row, "lesson", (int64_t)number);
    json_set_text(row, "field", field_info(lesson->field)->name);
    json_set_text(row, "says", text.data);
    json_set_text(row, "kind", lesson_kind_name(lesson->kind));
    json_set_text(row, "text", lesson->text);
    json_set_int(row, "seen", lesson->seen);
    json_set_int(row, "contradicted", lesson->contradicted);
    json_set_real(row, "weight", lesson_weight(lesson), 2);
    json_set_text(row, "state",
                  lesson->report              ? "proposed"
                  : lesson_weight(lesson) > 0 ? "in effect"
                                              : "fallen");
    json_set_text(row, "report", lesson->report);
    return row;
}

static int version_of(const char *word, int64_t *ret, struct err *err)
{
    *ret = 0;
    if (!word || number_parse(word, 1, INT64_MAX, ret))
        return 0;
    return err_set(err, ERR_USAGE, "--version takes a number; `bilag supplier show` lists them");
}

static int list_lessons(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {
        {"lesson", "LESSON", CELL_NUMBER, 0}, {"field", "FIELD", CELL_TEXT, 0},
        {"says", "SAYS", CELL_TEXT, 90},      {"weight", "WEIGHT", CELL_NUMBER, 0},
        {"state", "STATE", CELL_TEXT, 0},     {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    struct supplier_row row;
    struct lessons lessons = {0};
    struct lesson_version made;
    int64_t version;
    int r = version_of(cli->values[0], &version, err);

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    if (r == 0)
        r = find(house, cli->words[0], &a, &row, err);
    if (r == 0)
        r = records_load_lessons(house->records, row.id, version, &a, &lessons, &made, err);
    for (size_t i = 0; r == 0 && i < lessons.n; i++)
        json_array_append_new(rows, lesson_row(&lessons.items[i], i + 1));
    if (r == 0)
        cli_print_rows(rows, columns, cli->is_json, "Nothing was learnt yet.");
    return r;
}

/* ---- forget ---- */

enum { WITH_LESSON, WITH_VERSION };

/* All of it, one lesson, or back to an earlier version. */
static int forgotten(struct house *house, const struct cli *cli, int64_t supplier_id,
                     struct arena *a, const struct lessons *now, struct lessons *ret,
                     struct err *err)
{
    struct lesson_version ignored;
    int64_t number, version;
    int r = version_of(cli->values[WITH_VERSION], &version, err);

    if (r < 0)
        return r;
    if (version)
        return records_load_lessons(house->records, supplier_id, version, a, ret, &ignored, err);
    *ret = (struct lessons){0};
    if (!cli->values[WITH_LESSON])
        return 0;
    if (!number_parse(cli->values[WITH_LESSON], 1, (int64_t)now->n, &number))
        return err_set(err, ERR_USAGE, "'%s' is no lesson; `bilag supplier lessons` lists them",
                       cli->values[WITH_LESSON]);
    *ret = *now;
    memmove(&ret->items[number - 1], &ret->items[number],
            (ret->n - (size_t)number) * sizeof *ret->items);
    ret->n--;
    return 0;
}

static int forget(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct supplier_row row;
    struct lessons now, after;
    struct lesson_version by;
    int64_t version;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = find(house, cli->words[0], &a, &row, err);
    if (r == 0)
        r = records_load_lessons(house->records, row.id, 0, &a, &now, &by, err);
    if (r == 0)
        r = forgotten(house, cli, row.id, &a, &now, &after, err);
    if (r < 0)
        return r;
    by.who = report_user();
    by.act = cli->values[WITH_VERSION] ? "go back" : "forget";
    by.document_id = 0;
    by.note = "";
    r = records_store_lessons(house->records, row.id, &by, &after, &version, err);
    if (r == 0)
        printf("%s: %zu lessons now; `bilag supplier forget %" PRId64 " --version %" PRId64
               "` takes it back\n",
               row.name, after.n, row.id, by.version);
    return r;
}

static const struct cli_option lessons_options[] = {{"version", "N", "an earlier version of them"},
                                                    {0}};
static const struct cli_option forget_options[] = {
    {"lesson", "N", "only this one"},
    {"version", "N", "all that was learnt after this version"},
    {0}};

const struct command commands_supplier[] = {
    {"supplier", "ls", "", "List the suppliers bilag knows", NULL, 0, 0, HOUSE_STORES, list},
    {"supplier", "show", "SUPPLIER", "By what a supplier is known, and when it taught what", NULL,
     1, 1, HOUSE_STORES, show},
    {"supplier", "lessons", "SUPPLIER", "What its papers taught, and how often it held",
     lessons_options, 1, 1, HOUSE_STORES, list_lessons},
    {"supplier", "forget", "SUPPLIER", "Take lessons back: all, one, or those after a version",
     forget_options, 1, 1, HOUSE_STORES, forget},
    {0}};
