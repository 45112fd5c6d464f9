/* bilag doctor: looks at everything the line stands on and says what to mend. Read-only. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/spawn.h"
#include "stores/records_query.h"
#include "workers/command/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FREE_MIN_PERCENT 5

struct doctor {
    struct house *house;
    bool is_json;
    int ill;
};

static void tell(struct doctor *d, const char *what, bool is_well, const char *text)
{
    AUTO_JSON json_t *row = json_object();

    d->ill += !is_well;
    if (!d->is_json) {
        printf("%s %-10s %s\n", is_well ? "✓" : "✕", what, text);
        return;
    }
    json_set_text(row, "check", what);
    json_set(row, "holds", json_boolean(is_well));
    json_set_text(row, "text", text);
    json_dumpf(row, stdout, JSON_COMPACT);
    putchar('\n');
}

static void check_model(struct doctor *d)
{
    const char *model = d->house->settings.read.model;

    tell(d, "model", file_exists(model),
         file_exists(model) ? model : "the recognition model is missing: run scripts/build");
}

static void check_programs(struct doctor *d)
{
    static const char *const names[] = {"bilagd", "bilag-worker", "bilag-reader"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        AUTO_FREE char *path = spawn_path_beside(names[i]);

        tell(d, names[i], access(path, X_OK) == 0, path);
    }
}

static void check_company(struct doctor *d)
{
    const struct settings *s = &d->house->settings;
    bool is_named = s->company.name[0] || s->company.registration_id[0];

    tell(d, "company", is_named,
         is_named ? s->company.name
                  : "nobody: set company.name, or our own address may be taken for a supplier's");
}

static void check_space(struct doctor *d)
{
    struct statvfs fs;
    char text[120];
    int64_t percent;

    if (statvfs(d->house->settings.data_dir, &fs) < 0 || fs.f_blocks == 0) {
        tell(d, "disk", false, "the data folder is not there yet: `bilag up` makes it");
        return;
    }
    percent = (int64_t)(fs.f_bavail * 100 / fs.f_blocks);
    snprintf(text, sizeof text, "%" PRId64 " %% free below %s", percent,
             d->house->settings.data_dir);
    tell(d, "disk", percent >= FREE_MIN_PERCENT, text);
}

static void check_queue(struct doctor *d)
{
    struct err err = {0};
    int r = d->house->queue ? queue_ping(d->house->queue, &err)
                            : err_set(&err, ERR_UNREACHABLE, "nothing runs; `bilag up` starts it");

    tell(d, "queue", r == 0, r == 0 ? "answers, with our functions in it" : err.text);
}

static void check_workers(struct doctor *d)
{
    AUTO_ARENA struct arena a;
    struct queue_worker *workers;
    struct err err = {0};
    char text[60];
    size_t n = 0;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    if (!d->house->queue || queue_workers(d->house->queue, &a, &workers, &n, &err) < 0)
        return;
    snprintf(text, sizeof text, "%zu alive", n);
    tell(d, "workers", n > 0, n > 0 ? text : "none is alive: `bilag up` starts them");
}

static void check_balance(struct doctor *d)
{
    AUTO_ARENA struct arena a;
    struct batch_row *batches;
    struct err err = {0};
    size_t n = 0, bad = 0;
    char text[80];
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = records_list_batches(d->house->records, 0, 1000, &a, &batches, &n, &err);
    for (size_t i = 0; r == 0 && i < n; i++)
        bad += !batches[i].balance.is_balanced;
    snprintf(text, sizeof text, "%zu batches, %zu do not balance", n, bad);
    tell(d, "batches", r == 0 && bad == 0, r == 0 ? text : err.text);
}

static int examine(struct house *house, const struct cli *cli, struct err *err)
{
    struct doctor d = {.house = house, .is_json = cli->is_json};

    (void)err;
    check_programs(&d);
    check_model(&d);
    check_company(&d);
    check_space(&d);
    check_queue(&d);
    check_workers(&d);
    check_balance(&d);
    return d.ill > 0;
}

const struct command commands_doctor[] = {{"doctor", NULL, "",
                                           "Check this installation and say what to mend", NULL, 0,
                                           0, HOUSE_STORES | HOUSE_QUEUE_IF_RUNNING, examine},
                                          {0}};
