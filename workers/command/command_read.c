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
#include "workers/command/read_file.h"
#include "workers/command/read_pool.h"
#include "workers/reader/reader_client.h"

#include <string.h>
#include <unistd.h>

enum { ROW_TYPE, ROW_JSONL, ROW_JOBS, ROW_TEXT, ROW_HOCR, ROW_PDF, ROW_WORDS, ROW_PAGES };

static const struct cli_option options[] = {
    [ROW_TYPE] = {"type", "TYPE", "what the documents are: invoice, receipt, letter …"},
    [ROW_JSONL] = {"jsonl", NULL, "one JSON object a line"},
    [ROW_JOBS] = {"j", "N", "so many files at a time (default: one a core)"},
    [ROW_TEXT] = {"text", NULL, "print the words, pages parted by form feeds"},
    [ROW_HOCR] = {"hocr", NULL, "print the words and their boxes as hOCR"},
    [ROW_PDF] = {"pdf", "OUT", "write a searchable PDF/A of one file"},
    [ROW_WORDS] = {"words", NULL,
                   "print each page's words and their boxes as a JSON object a line"},
    [ROW_PAGES] = {"pages", "A-B", "only these pages"},
    {0},
};

struct command_read {
    const struct settings *settings;
    struct reader_options reader_options;
    struct company company;
    struct extract_context context;
    struct sorter *sorter;
    struct read_desk desk;
    char **files;
    size_t n_files;
    bool has_progress;
    bool has_failed;
};

static int usage(struct err *err, const char *text)
{
    return err_set(err, ERR_USAGE, "%s", text);
}

static int take_pages(const char *text, struct read_desk *desk, struct err *err)
{
    const char *dash = strchr(text, '-');
    AUTO_FREE char *first = dash ? mem_strndup(text, (size_t)(dash - text)) : mem_strdup(text);
    int64_t a, b;

    if (!number_parse(first, 1, 1000000, &a) ||
        !number_parse(dash ? dash + 1 : text, a, 1000000, &b))
        return usage(err, "--pages wants A-B, like 2-5, or one number");
    desk->first_page = (int)a;
    desk->last_page = (int)b;
    return 0;
}

static int take_type(const char *text, struct read_desk *desk, struct err *err)
{
    enum document_type type;

    if (!document_type_parse(text, &type))
        return err_set(err, ERR_USAGE, "no document type '%s'", text);
    desk->type = (int)type;
    return 0;
}

static int take_options(struct command_read *c, const struct cli *cli, int64_t *ret_jobs,
                        struct err *err)
{
    struct read_desk *desk = &c->desk;
    int chosen = !!cli->values[ROW_TEXT] + !!cli->values[ROW_HOCR] + !!cli->values[ROW_PDF] +
                 !!cli->values[ROW_WORDS];
    int r = 0;

    *desk = (struct read_desk){.type = -1,
                               .is_compact = cli->is_json || cli->values[ROW_JSONL],
                               .pdf_path = cli->values[ROW_PDF]};
    *ret_jobs = sysconf(_SC_NPROCESSORS_ONLN);
    desk->print = cli->values[ROW_TEXT]    ? READ_TEXT
                  : cli->values[ROW_HOCR]  ? READ_HOCR
                  : cli->values[ROW_PDF]   ? READ_PDF
                  : cli->values[ROW_WORDS] ? READ_WORDS
                                           : READ_DOCUMENTS;
    desk->is_compact |= desk->print == READ_WORDS;
    if (chosen > 1)
        return usage(err, "choose one of --text, --hocr, --words and --pdf");
    if (desk->print == READ_PDF && cli->n_words > 1)
        return usage(err, "--pdf takes one file");
    if (cli->values[ROW_JOBS] && !number_parse(cli->values[ROW_JOBS], 1, 512, ret_jobs))
        return usage(err, "-j wants a number from 1 to 512");
    if (cli->values[ROW_PAGES])
        r = take_pages(cli->values[ROW_PAGES], desk, err);
    if (r == 0 && cli->values[ROW_TYPE])
        r = take_type(cli->values[ROW_TYPE], desk, err);
    return r;
}

/* Everything the processes of the pool inherit. */
static int load(struct command_read *c, const struct cli *cli, struct err *err)
{
    const struct settings *s = c->settings;
    AUTO_FREE char *models = spawn_path_beside("../share");
    int r = 0;

    log_init("read", (enum log_level)s->log.level);
    reader_options_from(s, &c->reader_options);
    c->reader_options.read.picture_height_px = 0; /* nobody looks */
    c->company = (struct company){s->company.name, s->company.country, s->company.currency,
                                  s->company.vat_id, s->company.registration_id};
    c->context = (struct extract_context){
        .company = &c->company,
        .today = civil_date_from_unix_ms(clock_now_ms()),
        .post_confidence = (float)s->post.confidence,
    };
    c->desk.context = &c->context;
    c->desk.file_bytes = (size_t)s->limits.file_bytes;
    c->desk.pdf_part = s->file.pdfa == PDFA_1B ? 1 : 2;
    c->files = cli->words;
    c->n_files = (size_t)cli->n_words;
    c->has_progress = isatty(STDERR_FILENO) && c->n_files > 1;
    if (c->desk.print == READ_DOCUMENTS)
        r = sorter_new(models, &c->sorter, err);
    c->desk.sorter = c->sorter;
    return r;
}

static void begin(void *user)
{
    struct command_read *c = user;

    c->desk.reader = reader_new(&c->reader_options);
}

static bool work(void *user, size_t item, struct buf *out)
{
    const struct command_read *c = user;

    return read_file(&c->desk, c->files[item], out);
}

static void end(void *user)
{
    struct command_read *c = user;

    reader_free(c->desk.reader);
}

static void progress(void *user, size_t finished)
{
    const struct command_read *c = user;

    fprintf(stderr, "\r%zu of %zu files read", finished, c->n_files);
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

static int run(struct command_read *c, int64_t jobs, struct err *err)
{
    const struct pool pool = {
        .processes = jobs < (int64_t)c->n_files ? (int)jobs : (int)c->n_files,
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
    int64_t jobs = 1;
    int r = take_options(&c, cli, &jobs, err);

    c.settings = &house->settings;
    if (r == 0)
        r = load(&c, cli, err);
    if (r == 0)
        r = run(&c, jobs, err);
    sorter_free(c.sorter);
    return r < 0 ? r : c.has_failed ? EXIT_SOME_FAILED : 0;
}

const struct command commands_read[] = {
    {"read", NULL, "FILE…", "Read files and print what they say, without keeping anything", options,
     1, -1, 0, read_files},
    {0}};
