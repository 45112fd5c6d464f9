/*
 * bilag read: files in, what they say out, nothing kept. It is how every figure of accuracy and
 * speed is taken, so it runs the same verbs, the same jail and the same limits as the line.
 */
#include "workers/command/commands.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/spawn.h"
#include "pipeline/extract/extract.h"
#include "pipeline/sort/sort.h"
#include "workers/command/progress.h"
#include "workers/command/read_choice.h"
#include "workers/command/read_file.h"
#include "workers/command/read_pool.h"
#include "workers/judge.h"
#include "workers/reader/reader_client.h"
#include "workers/type_shelf.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ROW_TYPE,
    ROW_JSONL,
    ROW_JOBS,
    ROW_TEXT,
    ROW_HOCR,
    ROW_PDF,
    ROW_WORDS,
    ROW_OUTPUT,
    ROW_IN_PLACE,
    ROW_PAGES,
    ROW_FORCE,
    ROW_LANGUAGE,
    ROW_L
};

static const struct cli_option options[] = {
    [ROW_TYPE] = {"type", "TYPE", "what the documents are: invoice, receipt … or a declared type"},
    [ROW_JSONL] = {"jsonl", NULL, "one JSON object a line"},
    [ROW_JOBS] = {"j", "N", "so many pages at a time (default: one a core)"},
    [ROW_TEXT] = {"text", NULL, "the words, pages parted by form feeds"},
    [ROW_HOCR] = {"hocr", NULL, "the words and their boxes as hOCR"},
    [ROW_PDF] = {"pdf", NULL, "a searchable PDF: PDF/A-2b of scans, other pages as they are"},
    [ROW_WORDS] = {"words", NULL, "each page's words and their boxes as a JSON object a line"},
    [ROW_OUTPUT] = {"o", "FILE", "write there instead of printing; a folder takes a file each"},
    [ROW_IN_PLACE] = {"in-place", NULL, "with --pdf: over the files that were read"},
    [ROW_PAGES] = {"pages", "LIST", "only these pages: 1-3,7,9-"},
    [ROW_FORCE] = {"force", NULL, "recognise pages that have text already"},
    [ROW_LANGUAGE] = {"language", "LIST", "eng+deu …: the Latin model reads six, others alone"},
    [ROW_L] = {"l", "LIST", "the same"},
    {0},
};

struct command_read {
    struct house *house;
    struct reader_options reader_options;
    struct judge judge;
    struct sorter *sorter;
    struct read_desk desk;
    struct language_choice language;
    int jobs;
    char **files;
    size_t n_files;
    bool has_progress;
    bool has_failed;
};

static int usage(struct err *err, const char *text)
{
    return err_set(err, ERR_USAGE, "%s", text);
}

/* Of a type that only its declaration knows, the program makes a form. */
static int take_type(struct command_read *c, const char *text, struct err *err)
{
    const struct shelf_type *item;
    enum document_type type = DOCUMENT_FORM;

    if (!document_type_parse(text, &type)) {
        int r = type_shelf_find(house_types(c->house), text, &item, err);

        if (r < 0)
            return r;
        c->desk.declared = item->name;
    }
    c->desk.type = (int)type;
    return 0;
}

static int take_print(const struct cli *cli, struct read_desk *desk, struct err *err)
{
    static const struct {
        int row;
        enum read_print print;
    } prints[] = {
        {ROW_TEXT, READ_TEXT}, {ROW_HOCR, READ_HOCR}, {ROW_PDF, READ_PDF}, {ROW_WORDS, READ_WORDS}};
    int chosen = 0;

    desk->print = READ_DOCUMENTS;
    for (size_t i = 0; i < ARRAY_LENGTH(prints); i++)
        if (cli->values[prints[i].row]) {
            desk->print = prints[i].print;
            chosen++;
        }
    return chosen > 1 ? usage(err, "choose one of --text, --hocr, --words and --pdf") : 0;
}

static int take_options(struct command_read *c, const struct cli *cli, struct err *err)
{
    const char *language = cli->values[ROW_LANGUAGE] ?: cli->values[ROW_L];
    struct read_desk *desk = &c->desk;
    int64_t jobs = sysconf(_SC_NPROCESSORS_ONLN);
    int r;

    *desk = (struct read_desk){.type = -1,
                               .is_forced = cli->values[ROW_FORCE],
                               .is_in_place = cli->values[ROW_IN_PLACE],
                               .language = ""};
    r = take_print(cli, desk, err);
    desk->is_compact = cli->is_json || cli->values[ROW_JSONL] || desk->print == READ_WORDS;
    if (r == 0 && cli->values[ROW_JOBS] && !number_parse(cli->values[ROW_JOBS], 1, 512, &jobs))
        r = usage(err, "-j wants a number from 1 to 512");
    if (r == 0 && cli->values[ROW_PAGES])
        r = page_ranges_parse(cli->values[ROW_PAGES], &desk->pages, err);
    if (r == 0 && cli->values[ROW_TYPE])
        r = take_type(c, cli->values[ROW_TYPE], err);
    if (r == 0 && language)
        r = language_choose(language, c->house->settings.read.models, &c->language, err);
    c->jobs = (int)jobs;
    return r;
}

/* ---- where it is written to ---- */

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;

    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* No output may stand in the place of an input, or of another output. */
static int check_outputs(const struct read_desk *desk, const struct cli *cli, struct err *err)
{
    for (int i = 0; i < cli->n_words; i++) {
        AUTO_FREE char *path = read_output_path(desk, cli->words[i]);

        for (int j = 0; j < cli->n_words; j++) {
            AUTO_FREE char *other = read_output_path(desk, cli->words[j]);

            if (is_same_file(path, cli->words[j]))
                return err_set(err, ERR_USAGE, "%s is an input; --in-place writes over it",
                               cli->words[j]);
            if (j < i && strcmp(path, other) == 0)
                return err_set(err, ERR_USAGE, "%s and %s would both be written to %s",
                               cli->words[j], cli->words[i], path);
        }
    }
    return 0;
}

/* Told before pages are read, which may take hours. */
static int check_place(const struct read_desk *desk, struct err *err)
{
    const char *slash = strrchr(desk->output, '/');
    AUTO_FREE char *folder = desk->is_output_folder ? mem_strdup(desk->output)
                             : slash ? mem_strndup(desk->output, (size_t)(slash - desk->output + 1))
                                     : mem_strdup(".");
    struct stat st;

    if (stat(desk->output, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return 0; /* a device or pipe: nothing is made beside it */
    if (access(folder, W_OK) == 0)
        return 0;
    return err_errno(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "writing into %s", folder);
}

static int take_output(struct read_desk *desk, const struct cli *cli, struct err *err)
{
    const char *output = cli->values[ROW_OUTPUT];
    bool is_pdf = desk->print == READ_PDF;
    struct stat st;
    int r;

    if (desk->is_in_place && (!is_pdf || output))
        return usage(err, "--in-place goes with --pdf and without -o");
    if (desk->is_in_place)
        return 0;
    if (!output || strcmp(output, "-") == 0) {
        if (is_pdf && cli->n_words > 1)
            return usage(err, "--pdf of several files wants a folder: -o FOLDER");
        if (is_pdf && isatty(STDOUT_FILENO))
            return usage(err, "a PDF is no text for a terminal: -o FILE");
        return 0;
    }
    desk->output = output;
    desk->is_output_folder = stat(output, &st) == 0 && S_ISDIR(st.st_mode);
    if (cli->n_words > 1 && !desk->is_output_folder)
        return err_set(err, ERR_USAGE, "%s is no folder, and there are several files", output);
    r = check_place(desk, err);
    return r < 0 ? r : check_outputs(desk, cli, err);
}

static void show_pages(size_t finished, size_t count)
{
    progress_draw((int64_t)finished, (int64_t)count, "pages");
    if (finished == count)
        fputs("\r\033[K", stderr);
}

/* Everything the processes of the pool inherit. Few files share the processes among their pages. */
static int load(struct command_read *c, const struct cli *cli, struct err *err)
{
    const struct settings *s = &c->house->settings;
    AUTO_FREE char *models = spawn_share_folder();
    struct read_desk *desk = &c->desk;
    bool is_terminal = isatty(STDERR_FILENO);
    int r = 0;

    log_init("read", (enum log_level)s->log.level);
    reader_options_from(s, &c->reader_options);
    c->reader_options.read.picture_height_px = 0; /* nobody looks */
    if (desk->is_forced)
        c->reader_options.limits.trust_text_layer = false;
    if (c->language.model)
        c->reader_options.model = c->language.model;
    if (c->language.tag)
        desk->language = c->language.tag;
    judge_init(&c->judge, c->house, NULL, civil_date_from_unix_ms(clock_now_ms()));
    desk->context = &c->judge.context;
    desk->file_bytes = (size_t)s->limits.file_bytes;
    c->files = cli->words;
    c->n_files = (size_t)cli->n_words;
    c->has_progress = is_terminal && c->n_files > 1;
    desk->crew = (struct page_crew){
        .options = &c->reader_options,
        .processes = c->n_files < (size_t)c->jobs ? c->jobs / (int)c->n_files : 1,
        .progress = is_terminal && c->n_files == 1 ? show_pages : NULL,
    };
    if (desk->print == READ_DOCUMENTS) {
        house_types(c->house);
        r = sorter_new(models, &c->sorter, err);
    }
    desk->sorter = c->sorter;
    return r;
}

static void begin(void *user)
{
    struct command_read *c = user;

    c->desk.crew.reader = reader_new(&c->reader_options);
}

static bool work(void *user, size_t item, struct buf *out)
{
    const struct command_read *c = user;

    return read_file(&c->desk, c->files[item], out);
}

static void end(void *user)
{
    struct command_read *c = user;

    reader_free(c->desk.crew.reader);
}

static void progress(void *user, size_t finished)
{
    const struct command_read *c = user;

    progress_draw((int64_t)finished, (int64_t)c->n_files, "files");
    if (finished == c->n_files)
        fputs("\r\033[K", stderr);
}

static void done(void *user, size_t item, enum pool_end how, const char *bytes, size_t length)
{
    struct command_read *c = user;
    AUTO_BUF struct buf b;

    c->has_failed |= how != POOL_OK;
    buf_init(&b, 10000);
    if (how == POOL_DIED) {
        read_print_error(&c->desk, c->files[item], "internal", "bilag itself failed on it", &b);
        bytes = b.data;
        length = b.length;
    }
    fwrite(bytes, 1, length, stdout);
    fflush(stdout);
}

static int run(struct command_read *c, struct err *err)
{
    const struct pool pool = {
        .processes = (size_t)c->jobs < c->n_files ? c->jobs : (int)c->n_files,
        .count = c->n_files,
        .begin = begin,
        .work = work,
        .end = end,
        .done = done,
        .progress = c->has_progress ? progress : NULL,
        .user = c,
    };
    int r = pool_run(&pool, err);

    if (r == 0 && ferror(stdout))
        return err_set(err, ERR_IO, "the output cannot be written");
    return r;
}

static int read_files(struct house *house, const struct cli *cli, struct err *err)
{
    static struct command_read c;
    int r;

    c.house = house;
    r = take_options(&c, cli, err);
    if (r == 0)
        r = take_output(&c.desk, cli, err);
    if (r == 0)
        r = load(&c, cli, err);
    if (r == 0)
        r = run(&c, err);
    sorter_free(c.sorter);
    free(c.language.model);
    return r < 0 ? r : c.has_failed ? EXIT_SOME_FAILED : 0;
}

const struct command commands_read[] = {
    {"read", NULL, "FILE…", "Read files and print what they say, without keeping anything", options,
     1, -1, HOUSE_TRUST, read_files},
    {0}};
