/*
 * The manifest of one filed document: everything an auditor asks beside the record itself, from the
 * rows that are there. Nothing is invented and nothing depends on the clock, so a file job that is
 * done twice makes the same blob twice.
 */
#include "stores/records_work.h"

#include "stores/records_private.h"
#include "stores/records_query.h"
#include "stores/records_review.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"

#include <stdio.h>

static void set_time(json_t *json, const char *key, int64_t at)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(at, text);
    json_set_text(json, key, text);
}

static json_t *original_json(const struct file_row *file)
{
    json_t *json = json_object();

    json_set_text(json, "name", file->name);
    json_set_text(json, "sha256", file->sha256);
    json_set_int(json, "bytes", file->size);
    json_set_text(json, "kind", file->kind);
    json_set_text(json, "producer", file->producer);
    json_set_int(json, "file", file->id);
    json_set_int(json, "batch", file->batch_id);
    set_time(json, "received", file->created_at);
    return json;
}

static int add_pages(struct records *r, const struct document_row *row, struct arena *a,
                     json_t *manifest, struct err *err)
{
    json_t *list = json_array();
    struct page_row *pages = NULL;
    size_t n = 0;
    int code = records_list_pages(r, row->file_id, a, &pages, &n, err);

    for (size_t i = 0; i < n; i++) {
        json_t *json;

        if (pages[i].document_id != row->id)
            continue;
        json = json_object();
        json_set_int(json, "number", pages[i].number);
        json_set_text(json, "state", state_name(pages[i].state));
        json_set_text(json, "source", page_source_name(pages[i].source));
        json_set_int(json, "words", pages[i].n_words);
        json_set_text(json, "picture", pages[i].picture_sha256);
        json_array_append_new(list, json);
    }
    json_set(manifest, "pages", list);
    return code;
}

static int add_history(struct records *r, const char *object, struct arena *a, json_t *list,
                       struct err *err)
{
    struct audit_row *rows = NULL;
    size_t n = 0;
    int code = audit_list_object(&r->audit, object, a, &rows, &n, err);

    for (size_t i = 0; i < n; i++) {
        json_t *json = json_object();

        set_time(json, "at", rows[i].at);
        json_set_text(json, "who", rows[i].who);
        json_set_text(json, "act", rows[i].act);
        json_set_text(json, "object", rows[i].object);
        json_set_text(json, "detail", rows[i].detail);
        json_set_int(json, "audit", rows[i].number);
        json_array_append_new(list, json);
    }
    return code;
}

static int add_histories(struct records *r, const struct document_row *row, struct arena *a,
                         json_t *manifest, struct err *err)
{
    json_t *list = json_array();
    int code = add_history(r, arena_printf(a, "file:%lld", (long long)row->file_id), a, list, err);

    if (code == 0)
        code = add_history(r, arena_printf(a, "document:%lld", (long long)row->id), a, list, err);
    json_set(manifest, "history", list);
    return code;
}

static int add_changes(struct records *r, const struct document_row *row, struct arena *a,
                       json_t *manifest, struct err *err)
{
    json_t *list = json_array();
    struct change_row *changes = NULL;
    size_t n = 0;
    int code = records_changes(r, row->id, a, &changes, &n, err);

    for (size_t i = 0; i < n; i++) {
        json_t *json = json_object();

        set_time(json, "at", changes[i].at);
        json_set_text(json, "who", changes[i].who);
        json_set_text(json, "what", changes[i].what);
        json_set_text(json, "old", changes[i].old_value);
        json_set_text(json, "new", changes[i].new_value);
        json_set_text(json, "why", changes[i].why);
        json_array_append_new(list, json);
    }
    json_set(manifest, "corrections", list);
    return code;
}

static json_t *head_json(const struct document_row *row, const struct manifest_facts *facts)
{
    json_t *json = json_object(), *versions = json_object();

    json_set_text(json, "schema", "bilag-manifest/1");
    json_set_int(json, "document_id", row->id);
    json_set_text(json, "record_sha256", facts->record_sha256);
    json_set_text(json, "retention_until", facts->retention_until);
    json_set_text(json, "posting_key", row->posting_key);
    json_set_text(versions, "engine", facts->engine);
    json_set_text(versions, "model", facts->model);
    json_set_text(versions, "rules", facts->rules);
    json_set(json, "versions", versions);
    return json;
}

static int build(struct records *r, int64_t id, const struct manifest_facts *facts, struct arena *a,
                 json_t **ret, struct err *err)
{
    AUTO_JSON json_t *manifest = NULL;
    struct document_row row = {0};
    struct file_row file = {0};
    struct document *d = NULL;
    int code = records_load_document(r, id, a, &row, &d, err);

    if (code == 0)
        code = records_load_file(r, row.file_id, a, &file, err);
    if (code < 0)
        return code;
    manifest = head_json(&row, facts);
    json_set(manifest, "original", original_json(&file));
    code = add_pages(r, &row, a, manifest, err);
    json_set(manifest, "document", document_to_json(d));
    if (code == 0)
        code = add_changes(r, &row, a, manifest, err);
    if (code == 0)
        code = add_histories(r, &row, a, manifest, err);
    if (code == 0)
        *ret = json_incref(manifest);
    return code;
}

int records_manifest(struct records *r, int64_t document_id, const struct manifest_facts *facts,
                     char **ret_json, struct err *err)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *manifest = NULL;
    int code;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    code = build(r, document_id, facts, &a, &manifest, err);
    if (code == 0)
        *ret_json = json_text(manifest);
    return code;
}
