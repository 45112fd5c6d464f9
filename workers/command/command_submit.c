/*
 * bilag submit: files become ours. Each is hashed and stored durably, then all rows of the batch
 * are committed, and only then is "taken" said; the sources stay where they are. The queue is told
 * last and may be down: the housekeeper finds what it missed.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "stores/blobs.h"
#include "stores/records_query.h"
#include "workers/command/commands.h"
#include "workers/command/progress.h"
#include "workers/command/report.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WITH_BATCH, WITH_WAIT, WITH_TIMEOUT };

static const struct cli_option options[] = {
    {"batch", "NAME", "a name for the batch (default: the time of day)"},
    {"wait", NULL, "wait until the machines are done, then print the batch"},
    {"timeout", "SECONDS", "wait no longer (default: no limit)"},
    {0}};

#define FILES_AT_ONCE 64 /* rows of the largest transaction: their blobs are durable already */
#define DEPTH_MAX 16

struct intake {
    struct house *house;
    struct arena arena;
    int64_t batch_id;
    struct new_file files[FILES_AT_ONCE];
    size_t n_files, at_once; /* doubles: the line begins with the first file, not the 64th */
    int64_t taken, duplicates, refused;
    const char *who;
    bool is_queue_down;
};

static void refuse(struct intake *in, const char *path, const struct err *err)
{
    AUTO_FREE char *shown = cli_clean(path), *why = cli_clean(err->text);

    fprintf(stderr, "bilag: %s: not taken: %s\n", shown, why);
    in->refused++;
}

/* What the queue cannot hear now, it hears from the housekeeper. */
static void tell_queue(struct intake *in, const struct next_jobs *next)
{
    const struct queue_item *items = house_queue_items(&in->arena, next);
    struct err err = {0};

    if (!in->house->queue || queue_add(in->house->queue, items, next->n, NULL, &err) < 0)
        in->is_queue_down = true;
}

/* Commits the rows gathered so far; from here on they are ours. */
static int commit_files(struct intake *in, struct err *err)
{
    struct added_file added[FILES_AT_ONCE];
    struct next_jobs next = {0};
    int r;

    if (in->n_files == 0)
        return 0;
    r = records_add_files(in->house->records, in->batch_id, in->files, in->n_files, in->who, added,
                          &in->arena, &next, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < in->n_files; i++)
        if (added[i].duplicate_of)
            in->duplicates++;
        else
            in->taken++;
    tell_queue(in, &next);
    in->n_files = 0;
    in->at_once = in->at_once * 2 < FILES_AT_ONCE ? in->at_once * 2 : FILES_AT_ONCE;
    arena_clear(&in->arena);
    return 0;
}

/* One file into the blob store and the next row. A bad file is told and passed over; a bad disk is
 * an error. */
static int take_file(struct intake *in, const char *path, struct err *err)
{
    AUTO_BUF struct buf bytes;
    struct err why = {0};
    struct new_file *file = &in->files[in->n_files];
    int r;

    buf_init(&bytes, (size_t)in->house->settings.limits.file_bytes);
    r = file_read(path, &bytes, &why);
    if (r < 0) {
        refuse(in, path, &why);
        return 0;
    }
    r = blobs_put(in->house->blobs, bytes.data, bytes.length, file->sha256, err);
    if (r < 0)
        return r;
    file->name = arena_strdup(&in->arena, file_base_name(path));
    file->size = (int64_t)bytes.length;
    in->n_files++;
    return in->n_files == in->at_once ? commit_files(in, err) : 0;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int take_path(struct intake *in, const char *path, int depth, struct err *err);

/* In order of name, so that a batch looks the same whoever sends it. */
static int take_folder(struct intake *in, const char *path, int depth, struct err *err)
{
    struct dirent **entries;
    struct err why = {0};
    int n = scandir(path, &entries, is_visible, compare_names), r = 0;

    if (n < 0) {
        err_errno(&why, ERR_IO, "listing it");
        refuse(in, path, &why);
        return 0;
    }
    for (int i = 0; i < n; i++) {
        AUTO_FREE char *inner = mem_printf("%s/%s", path, entries[i]->d_name);

        if (r == 0)
            r = take_path(in, inner, depth + 1, err);
        free(entries[i]);
    }
    free(entries);
    return r;
}

static int take_path(struct intake *in, const char *path, int depth, struct err *err)
{
    struct stat st;
    struct err why = {0};

    if (lstat(path, &st) < 0) {
        err_errno(&why, ERR_NOT_FOUND, "%s", path);
        refuse(in, path, &why);
        return 0;
    }
    if (!S_ISDIR(st.st_mode))
        return take_file(in, path, err);
    if (depth < DEPTH_MAX)
        return take_folder(in, path, depth, err);
    err_set(&why, ERR_LIMIT, "folders are nested too deeply");
    refuse(in, path, &why);
    return 0;
}

static int take_all(struct intake *in, const struct cli *cli, struct err *err)
{
    char now[CLOCK_TEXT_SIZE];
    int r;

    clock_format(clock_now_ms(), now);
    now[19] = '\0';
    r = records_add_batch(in->house->records,
                          cli->values[WITH_BATCH] ? cli->values[WITH_BATCH] : now, "command",
                          in->who, &in->batch_id, err);
    for (int i = 0; r == 0 && i < cli->n_words; i++)
        r = take_path(in, cli->words[i], 0, err);
    return r < 0 ? r : commit_files(in, err);
}

static void say_taken(const struct intake *in, bool is_json)
{
    if (is_json)
        return;
    printf("batch %" PRId64 ": %" PRId64 " files taken", in->batch_id, in->taken);
    if (in->duplicates)
        printf(", %" PRId64 " had been submitted before", in->duplicates);
    if (in->refused)
        printf(", %" PRId64 " not taken", in->refused);
    putchar('\n');
    fflush(stdout);
    if (in->is_queue_down)
        fputs("bilag: the line is not running; the batch waits safely until `bilag up`\n", stderr);
}

/* After the files are ours: wait and report as the options say. */
static int follow(const struct intake *in, const struct cli *cli, struct err *err)
{
    bool must_wait = cli->values[WITH_WAIT] != NULL;
    int r = 0;

    if (must_wait)
        r = progress_wait(in->house->records, in->batch_id, cli->values[WITH_TIMEOUT], err);
    if (r == 0 && (must_wait || cli->is_json))
        r = report_batch(in->house->records, in->batch_id, cli->is_json, err);
    return r;
}

static int submit(struct house *house, const struct cli *cli, struct err *err)
{
    static struct intake in;
    int r;

    in.house = house;
    in.at_once = 1;
    in.who = report_user();
    arena_init(&in.arena, LIMIT_JOB_ARENA_BYTES);
    r = take_all(&in, cli, err);
    if (r == 0) {
        say_taken(&in, cli->is_json);
        r = follow(&in, cli, err);
    } else if (in.batch_id) {
        fprintf(stderr,
                "bilag: batch %" PRId64 " has %" PRId64 " files; submit all of them again when it"
                " is mended, nothing is taken twice\n",
                in.batch_id, in.taken + in.duplicates);
    }
    arena_release(&in.arena);
    return r < 0 ? r : in.refused ? EXIT_SOME_FAILED : 0;
}

const struct command commands_submit[] = {{"submit", NULL, "FILE…",
                                           "Take files or folders of files into a batch", options,
                                           1, -1, HOUSE_STORES | HOUSE_QUEUE_IF_RUNNING, submit},
                                          {0}};
