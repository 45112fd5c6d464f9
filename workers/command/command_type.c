/*
 * bilag type ls, check, new: the document types there are, whether a declaration is right, and the
 * beginning of another.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "workers/command/commands.h"
#include "workers/type_shelf.h"

#include <stdio.h>
#include <string.h>

static json_t *type_row(const struct shelf_type *item)
{
    const struct type *type = item->taught.type;
    json_t *row = json_object();

    json_set_text(row, "type", item->name);
    json_set_text(row, "title", type ? type->title : item->why.text);
    json_set_int(row, "fields", type ? (int64_t)type->n_fields : 0);
    json_set_text(row, "state",
                  !type                       ? "broken"
                  : !item->taught.is_untaught ? "taught"
                  : type->n_anchors           ? "form"
                                              : "by its labels");
    json_set_text(row, "from", item->is_own ? "you" : "bilag");
    return row;
}

static int list(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {
        {"type", "TYPE", CELL_TEXT, 40},      {"title", "TITLE", CELL_TEXT, 40},
        {"fields", "FIELDS", CELL_NUMBER, 0}, {"state", "STATE", CELL_TEXT, 0},
        {"from", "FROM", CELL_TEXT, 0},       {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    struct type_shelf shelf;

    (void)err;
    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    type_shelf_load(&shelf, &a, &house->settings);
    for (size_t i = 0; i < shelf.n; i++)
        json_array_append_new(rows, type_row(&shelf.items[i]));
    cli_print_rows(rows, columns, cli->is_json, "No document types; `bilag type new` makes one.");
    return 0;
}

/* ---- check ---- */

static json_t *field_row(const struct type_field *f)
{
    json_t *row = json_object();

    json_set_text(row, "field", f->name);
    json_set_text(row, "kind", field_kind_name(f->kind));
    json_set(row, "required", json_boolean(f->is_required));
    json_set_text(row, "found_by", f->page ? "its box" : f->n_labels ? "its labels" : "teaching");
    return row;
}

static int check(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {{"field", "FIELD", CELL_TEXT, 0},
                                            {"kind", "KIND", CELL_TEXT, 0},
                                            {"required", "REQUIRED", CELL_TEXT, 0},
                                            {"found_by", "FOUND BY", CELL_TEXT, 0},
                                            {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    const struct shelf_type *item;
    struct type_shelf shelf;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    type_shelf_load(&shelf, &a, &house->settings);
    r = type_shelf_find(&shelf, cli->words[0], &item, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < item->taught.type->n_fields; i++)
        json_array_append_new(rows, field_row(&item->taught.type->fields[i]));
    cli_print_rows(rows, columns, cli->is_json, "");
    return 0;
}

/* ---- new ---- */

static int add_field(const char *word, struct buf *out, struct err *err)
{
    const char *colon = strchr(word, ':');

    if (!colon)
        return err_set(err, ERR_USAGE, "'%s' is no NAME:KIND, like order_number:identifier", word);
    buf_printf(out, "  %.*s: {kind: %s%s}\n", (int)(colon - word), word, colon + 1,
               strcmp(colon + 1, "code") == 0 ? ", choices: [one, another]" : "");
    return 0;
}

static int make(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf text;
    const char *name = cli->words[0], *folder, *path;
    struct type *type;
    int r = 0;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    buf_init(&text, TYPE_BYTES_MAX);
    folder = arena_printf(&a, "%s/types", house->settings.data_dir);
    path = arena_printf(&a, "%s/%s.yaml", folder, name);
    buf_printf(&text, "name: %s\ntitle: %s\nfields:\n", name, name);
    for (int i = 1; i < cli->n_words && r == 0; i++)
        r = add_field(cli->words[i], &text, err);
    if (r == 0)
        r = type_parse(&a, path, text.data, text.length, &type, err);
    if (r == 0 && file_exists(path))
        r = err_set(err, ERR_CONFLICT, "%s is there already", path);
    if (r == 0)
        r = file_make_folder(folder, err);
    if (r == 0)
        r = file_write(path, text.data, text.length, 0644, err);
    if (r == 0)
        printf("%s\n", path);
    return r;
}

const struct command commands_type[] = {
    {"type", "ls", "", "List the document types", NULL, 0, 0, 0, list},
    {"type", "check", "TYPE", "Check a declaration, by name or path, and list its fields", NULL, 1,
     1, 0, check},
    {"type", "new", "NAME FIELD:KIND…", "Begin the declaration of a type", NULL, 2, -1, 0, make},
    {0}};
