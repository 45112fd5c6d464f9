/*
 * bilag teach: documents with known values become the weights of a type.
 *
 * A document may be given as it is, then `bilag read --words` reads it in a process of its own,
 * with the jail and the limits of every reading; or as the words which that command printed, so
 * that many lessons need one reading. Examples find their documents by name, without folder and
 * ending.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/spawn.h"
#include "models/page_json.h"
#include "pipeline/extract/taught/teach.h"
#include "workers/command/commands.h"
#include "workers/type_shelf.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROW_EXAMPLES, ROW_GROUP, ROW_ANSWERS };

static const struct cli_option options[] = {
    [ROW_EXAMPLES] = {"examples", "FILE",
                      "one JSON object a line: \"file\" and the values of fields"},
    [ROW_GROUP] = {"group", "KEY", "examples alike in this key (a supplier) are never split"},
    [ROW_ANSWERS] = {"answers", "FILE", "write what weights that never saw a document made of it"},
    {0},
};

enum { EXAMPLES_MIN = 5, EXAMPLES_MAX = 2000, PAGES_A_FILE = 1000 };

#define ARENA_BYTES ((size_t)8 << 30)
#define WORDS_BYTES ((size_t)1 << 30)

struct lesson_plan {
    struct arena *a;
    const struct type *type;
    struct teach_example *examples;
    const char **stems; /* their files' names without folder and ending */
    size_t n;
};

/* ---- examples ---- */

static const char *stem_of(struct arena *a, const char *path)
{
    const char *name = file_base_name(path), *dot = strrchr(name, '.');

    return arena_strndup(a, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

static int take_example(struct lesson_plan *p, const json_t *json, const char *group, int line,
                        struct err *err)
{
    struct teach_example *e = &p->examples[p->n];
    const char *file = json_get_text(json, "file", NULL);

    if (!file || p->n == EXAMPLES_MAX)
        return file ? err_set(err, ERR_LIMIT, "more than %d examples", EXAMPLES_MAX)
                    : err_set(err, ERR_INVALID, "example %d has no \"file\"", line);
    e->file = arena_strdup(p->a, file);
    p->stems[p->n] = stem_of(p->a, file);
    e->group = arena_strdup(p->a, group ? json_get_text(json, group, file) : file);
    e->values = arena_alloc_array(p->a, p->type->n_fields, sizeof *e->values);
    for (size_t i = 0; i < p->type->n_fields; i++) {
        const char *value = json_get_text(json, p->type->fields[i].name, NULL);

        e->values[i] = value && *value ? arena_strdup(p->a, value) : NULL;
    }
    p->n++;
    return 0;
}

/* Calls take(line) for each line that is an object; messages may stand between. */
static int each_line(const char *name, const struct buf *text,
                     int (*take)(void *user, json_t *json, int line, struct err *err), void *user,
                     struct err *err)
{
    int r = 0, number = 1;

    for (const char *p = text->data, *end = p + text->length; p < end && r == 0; number++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        AUTO_JSON json_t *json = NULL;

        stop = stop ? stop : end;
        if (*p == '{')
            r = json_parse(p, (size_t)(stop - p), &json, err);
        if (r == 0 && json)
            r = take(user, json, number, err);
        if (r < 0)
            return err_wrap(err, r, "%s, line %d", name, number);
        p = stop + 1;
    }
    return r;
}

struct taking {
    struct lesson_plan *plan;
    const char *group;
    struct page *pages[PAGES_A_FILE]; /* of the file whose lines are being read */
    size_t n_pages, n_known;
};

static int take_line(void *user, json_t *json, int line, struct err *err)
{
    const struct taking *t = user;

    return take_example(t->plan, json, t->group, line, err);
}

static int load_examples(struct lesson_plan *p, const char *path, const char *group,
                         struct err *err)
{
    struct taking taking = {.plan = p, .group = group};
    AUTO_BUF struct buf b;
    int r;

    p->examples = arena_alloc_array(p->a, EXAMPLES_MAX, sizeof *p->examples);
    p->stems = arena_alloc_array(p->a, EXAMPLES_MAX, sizeof *p->stems);
    buf_init(&b, WORDS_BYTES);
    r = file_read(path, &b, err);
    return r < 0 ? r : each_line(path, &b, take_line, &taking, err);
}

/* ---- words ---- */

static void lay_out(struct taking *t, const char *file)
{
    struct lesson_plan *p = t->plan;
    struct page **pages = arena_alloc_array(p->a, t->n_pages, sizeof(struct page *));

    memcpy(pages, t->pages, t->n_pages * sizeof *pages);
    for (size_t i = 0; i < p->n; i++) {
        struct taught_sheet *sheet;

        if (p->examples[i].sheet || strcmp(p->stems[i], file) != 0)
            continue;
        sheet = arena_alloc(p->a, sizeof *sheet);
        taught_sheet_init(sheet, p->a, pages, t->n_pages, p->type);
        p->examples[i].sheet = sheet;
        t->n_known++;
    }
}

/* A line that is no page tells of a file that could not be read. */
static int take_page(void *user, json_t *json, int line, struct err *err)
{
    struct taking *t = user;
    int64_t number = json_get_int(json, "page", 0), count = json_get_int(json, "pages", 0);
    int r;

    (void)line;
    if (!json_object_get(json, "words"))
        return 0;
    if (number == 1)
        t->n_pages = 0;
    if (t->n_pages == PAGES_A_FILE)
        return err_set(err, ERR_LIMIT, "a file of more than %d pages", PAGES_A_FILE);
    r = page_from_json(t->plan->a, json, &t->pages[t->n_pages], err);
    if (r < 0)
        return r;
    t->n_pages++;
    if (number == count)
        lay_out(t, stem_of(t->plan->a, json_get_text(json, "file", "")));
    return 0;
}

static bool is_words(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot && strcmp(dot, ".jsonl") == 0;
}

/* What `bilag read --words` prints about the documents. Some of them may be unreadable. */
static int read_documents(struct arena *a, char **files, size_t n, struct buf *out, struct err *err)
{
    AUTO_FREE char *program = spawn_path_beside("bilag");
    const char **arguments = arena_alloc_array(a, n + 5, sizeof *arguments);
    AUTO_CLOSE int fd = memfd_create("words", MFD_CLOEXEC);
    const struct spawn_options child_options = {
        .program = program, .arguments = arguments, .log_fd = fd};
    struct child child;
    struct child_end end;
    int r;

    if (fd < 0)
        return err_set(err, ERR_IO, "no memory for words");
    memcpy(arguments, (const char *[]){program, "read", "--words", "--"}, 4 * sizeof *arguments);
    memcpy(arguments + 4, files, n * sizeof *arguments);
    r = spawn_start(&child_options, &child, err);
    if (r == 0)
        r = spawn_wait(&child, -1, &end, err);
    if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
        r = err_set(err, ERR_IO, "the words cannot be read back");
    return r < 0 ? r : file_read_fd(fd, out, err);
}

static int load_words(struct taking *t, const struct cli *cli, struct err *err)
{
    char **documents = arena_alloc_array(t->plan->a, (size_t)cli->n_words, sizeof *documents);
    size_t n = 0;
    int r = 0;

    for (int i = 0; i < cli->n_words && r == 0; i++) {
        AUTO_BUF struct buf b;

        buf_init(&b, WORDS_BYTES);
        if (!is_words(cli->words[i])) {
            documents[n++] = cli->words[i];
            continue;
        }
        r = file_read(cli->words[i], &b, err);
        if (r == 0)
            r = each_line(cli->words[i], &b, take_page, t, err);
    }
    if (r == 0 && n > 0) {
        AUTO_BUF struct buf b;

        buf_init(&b, WORDS_BYTES);
        r = read_documents(t->plan->a, documents, n, &b, err);
        if (r == 0)
            r = each_line("bilag read", &b, take_page, t, err);
    }
    return r;
}

/* Examples without their document teach nothing. */
static int keep_known(struct lesson_plan *p, struct err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->n; i++)
        if (p->examples[i].sheet)
            p->examples[kept++] = p->examples[i];
    if (kept < p->n)
        fprintf(stderr, "bilag: %zu of %zu examples have no document\n", p->n - kept, p->n);
    p->n = kept;
    if (kept < EXAMPLES_MIN)
        return err_set(err, ERR_USAGE, "%zu examples with their documents; %d or more are needed",
                       kept, EXAMPLES_MIN);
    return 0;
}

/* ---- what came of it ---- */

static void print_outcome(const struct lesson_plan *p, const struct teach_outcome *o, bool is_json)
{
    static const struct column columns[] = {{"field", "FIELD", CELL_TEXT, 0},
                                            {"examples", "EXAMPLES", CELL_NUMBER, 0},
                                            {"findable", "FINDABLE", CELL_NUMBER, 0},
                                            {"right", "RIGHT", CELL_NUMBER, 0},
                                            {"wrong", "WRONG", CELL_NUMBER, 0},
                                            {"silent", "SILENT", CELL_NUMBER, 0},
                                            {0}};
    AUTO_JSON json_t *rows = json_array();

    for (size_t f = 0; f < p->type->n_fields; f++) {
        json_t *row = json_object();

        json_set_text(row, "field", p->type->fields[f].name);
        json_set_int(row, "examples", o->seen[f]);
        json_set_int(row, "findable", o->findable[f]);
        json_set_int(row, "right", o->right[f]);
        json_set_int(row, "wrong", o->wrong[f]);
        json_set_int(row, "silent", o->silent[f]);
        json_array_append_new(rows, row);
    }
    cli_print_rows(rows, columns, is_json, "");
}

static void tell_unplaced(const struct taught *taught)
{
    for (size_t i = 0; i < taught->type->n_fields; i++)
        if (taught->type->fields[i].kind == FIELD_MARK && !taught->type->fields[i].page)
            fprintf(stderr,
                    "bilag: no box fits %s alone; one example where it is selected, or a label in "
                    "the declaration, would tell it\n",
                    taught->type->fields[i].name);
}

static json_t *answer_json(const struct lesson_plan *p, const struct teach_outcome *o, size_t i)
{
    json_t *json = json_object(), *fields = json_object();

    for (size_t f = 0; f < p->type->n_fields; f++) {
        const struct taught_answer *answer = &o->answers[i * p->type->n_fields + f];
        json_t *field;

        if (!taught_is_given(answer))
            continue;
        field = json_object();
        json_set_text(field, "value", answer->value);
        json_set_real(field, "confidence", (double)answer->confidence, 3);
        json_set(fields, p->type->fields[f].name, field);
    }
    json_set_text(json, "schema", "bilag/1");
    json_set_text(json, "file", p->examples[i].file);
    json_set(json, "fields", fields);
    return json;
}

static int write_answers(const struct lesson_plan *p, const struct teach_outcome *o,
                         const char *path, struct err *err)
{
    AUTO_BUF struct buf b;

    buf_init(&b, WORDS_BYTES);
    for (size_t i = 0; i < p->n; i++) {
        AUTO_JSON json_t *json = answer_json(p, o, i);

        json_print(json, &b);
        buf_add_char(&b, '\n');
    }
    return file_write(path, b.data, b.length, 0644, err);
}

/* The declaration and its weights stand side by side in the data folder, or beside a declaration
 * that was named by its path. */
static int store(const struct house *house, const struct lesson_plan *p,
                 const struct taught *taught, const struct shelf_type *item, struct err *err)
{
    const char *folder = arena_printf(p->a, "%s/types", house->settings.data_dir);
    const char *stem = item->is_named ? arena_strndup(p->a, item->path, strlen(item->path) - 5)
                                      : arena_printf(p->a, "%s/%s", folder, item->name);
    AUTO_BUF struct buf yaml, weights;
    char day[CLOCK_TEXT_SIZE];
    int r = 0;

    buf_init(&yaml, TYPE_BYTES_MAX);
    buf_init(&weights, WORDS_BYTES);
    clock_format(clock_now_ms(), day);
    taught_print(taught, arena_printf(p->a, "taught %s from %zu examples\n", day, p->n), &weights);
    if (!item->is_named) {
        r = file_make_folder(folder, err);
        if (r == 0 && !item->is_own)
            r = file_read(item->path, &yaml, err);
        if (r == 0 && !item->is_own)
            r = file_write(arena_printf(p->a, "%s.yaml", stem), yaml.data, yaml.length, 0644, err);
    }
    return r < 0 ? r
                 : file_write(arena_printf(p->a, "%s.taught", stem), weights.data, weights.length,
                              0644, err);
}

/* cli->words: TYPE FILE… */
static int run(struct house *house, const struct cli *cli, struct err *err)
{
    struct arena arena __attribute__((cleanup(arena_release)));
    struct cli files = *cli;
    struct lesson_plan plan = {.a = &arena};
    struct taking *taking;
    const struct shelf_type *item;
    struct type_shelf shelf;
    struct teach_outcome outcome;
    struct taught taught;
    int r;

    arena_init(&arena, ARENA_BYTES);
    files.words++;
    files.n_words--;
    if (!cli->values[ROW_EXAMPLES])
        return err_set(err, ERR_USAGE, "--examples FILE is needed: what is true of the documents");
    type_shelf_load(&shelf, &arena, &house->settings);
    r = type_shelf_find_declared(&shelf, cli->words[0], &item, err);
    if (r < 0)
        return r;
    plan.type = item->taught.declared; /* what was learnt before is learnt anew */
    taking = arena_alloc(&arena, sizeof *taking);
    taking->plan = &plan;
    r = load_examples(&plan, cli->values[ROW_EXAMPLES], cli->values[ROW_GROUP], err);
    if (r == 0)
        r = load_words(taking, &files, err);
    if (r == 0)
        r = keep_known(&plan, err);
    if (r < 0)
        return r;
    teach_type(&arena, plan.type, plan.examples, plan.n, &taught, &outcome);
    print_outcome(&plan, &outcome, cli->is_json);
    tell_unplaced(&taught);
    if (cli->values[ROW_ANSWERS])
        r = write_answers(&plan, &outcome, cli->values[ROW_ANSWERS], err);
    return r < 0 ? r : store(house, &plan, &taught, item, err);
}

const struct command commands_teach[] = {{"teach", NULL, "TYPE FILE…",
                                          "Teach a document type its fields from examples", options,
                                          2, -1, 0, run},
                                         {0}};
