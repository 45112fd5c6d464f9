/* bilag queue ls, pause, resume and job ls, retry: the operator's hands. Pauses and retries are
 * written to SQL, which is the truth, and then told to the queue. */
#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "models/fault.h"
#include "stores/records_query.h"
#include "stores/records_work.h"
#include "workers/command/commands.h"
#include "workers/command/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int list_queues(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {
        {"queue", "QUEUE", CELL_TEXT, 0},     {"waiting", "WAITING", CELL_NUMBER, 0},
        {"active", "ACTIVE", CELL_NUMBER, 0}, {"retry", "RETRY", CELL_NUMBER, 0},
        {"dead", "DEAD", CELL_NUMBER, 0},     {"oldest_ms", "OLDEST", CELL_AGE_MS, 0},
        {"done", "DONE", CELL_NUMBER, 0},     {"failed", "FAILED", CELL_NUMBER, 0},
        {"state", "STATE", CELL_TEXT, 0},     {0}};
    struct queue_count counts[STAGE_COUNT];
    AUTO_JSON json_t *rows = json_array();
    int r = queue_counts(house->queue, counts, err);

    for (int i = 0; r == 0 && i < STAGE_COUNT; i++) {
        json_t *row;

        if (!stage_info((enum stage)i)->has_queue)
            continue;
        row = json_object();
        json_set_text(row, "queue", stage_name((enum stage)i));
        json_set_int(row, "waiting", counts[i].waiting);
        json_set_int(row, "active", counts[i].active);
        json_set_int(row, "retry", counts[i].delayed);
        json_set_int(row, "dead", counts[i].dead);
        json_set_int(row, "oldest_ms", counts[i].oldest_age_ms);
        json_set_int(row, "done", counts[i].done_total);
        json_set_int(row, "failed", counts[i].failed_total);
        json_set_text(row, "state", counts[i].is_paused ? "paused" : "running");
        json_array_append_new(rows, row);
    }
    if (r == 0)
        cli_print_rows(rows, columns, cli->is_json, "");
    return r;
}

static int hold_stage(struct house *house, const char *name, bool is_paused, struct err *err)
{
    enum stage stage;
    int r;

    if (!stage_parse(name, &stage) || !stage_info(stage)->has_queue)
        return err_set(err, ERR_USAGE, "'%s' is no queue; `bilag queue ls` lists them", name);
    r = records_set_paused(house->records, stage, is_paused, report_user(), err);
    if (r < 0)
        return r;
    return is_paused ? queue_pause(house->queue, stage, err)
                     : queue_resume(house->queue, stage, err);
}

static int hold(struct house *house, const struct cli *cli, bool is_paused, struct err *err)
{
    int r = 0;

    for (int i = 0; r == 0 && i < cli->n_words; i++)
        r = hold_stage(house, cli->words[i], is_paused, err);
    return r;
}

static int pause_stages(struct house *house, const struct cli *cli, struct err *err)
{
    return hold(house, cli, true, err);
}

static int resume_stages(struct house *house, const struct cli *cli, struct err *err)
{
    return hold(house, cli, false, err);
}

static json_t *job_row(const struct queue_entry *entry)
{
    json_t *row = json_object();
    char id[JOB_ID_SIZE];

    job_id_format(&entry->job.id, id);
    json_set_text(row, "job", id);
    json_set_text(row, "state", queue_state_name(entry->state));
    json_set_text(row, "lane", queue_lane_name(entry->lane));
    json_set_int(row, "age_ms", entry->age_ms);
    json_set_int(row, "due_ms", entry->due_ms);
    json_set_int(row, "failures", entry->job.failures);
    json_set_int(row, "crashes", entry->job.crashes);
    json_set_int(row, "orphans", entry->job.orphans);
    json_set_text(row, "worker", entry->worker);
    json_set_text(row, "why", entry->reason);
    return row;
}

/* What people call jobs that cannot go on is mostly in SQL: files set aside, pages unread. */
static int add_set_aside(struct house *house, struct arena *a, json_t *rows, struct err *err)
{
    struct file_row *files;
    size_t n = 0;
    int r = records_list_files(house->records, 0, STATE_SET_ASIDE, 0, 1000, a, &files, &n, err);

    for (size_t i = 0; r == 0 && i < n; i++) {
        const struct fault_info *fault = fault_find(files[i].reason);
        json_t *row = json_object();
        struct job_id id = {.stage = files[i].stage == STAGE_DONE ? STAGE_OPEN : files[i].stage,
                            .object = files[i].id};
        char text[JOB_ID_SIZE];

        job_id_format(&id, text);
        json_set_text(row, "job", text);
        json_set_text(row, "state", "set_aside");
        json_set_text(row, "file", files[i].name);
        json_set_text(row, "why", files[i].message);
        if (fault)
            json_set_text(row, "helps", fault->remedy);
        json_array_append_new(rows, row);
    }
    return r;
}

static int list_jobs(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {{"job", "JOB", CELL_TEXT, 0},
                                            {"state", "STATE", CELL_TEXT, 0},
                                            {"lane", "LANE", CELL_TEXT, 0},
                                            {"age_ms", "AGE", CELL_AGE_MS, 0},
                                            {"due_ms", "DUE IN", CELL_AGE_MS, 0},
                                            {"failures", "FAILURES", CELL_NUMBER, 0},
                                            {"crashes", "CRASHES", CELL_NUMBER, 0},
                                            {"orphans", "ORPHANS", CELL_NUMBER, 0},
                                            {"worker", "WORKER", CELL_TEXT, 24},
                                            {"file", "FILE", CELL_TEXT, 30},
                                            {"why", "WHY", CELL_TEXT, 60},
                                            {"helps", "WHAT HELPS", CELL_TEXT, 0},
                                            {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = add_set_aside(house, &a, rows, err);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        for (int state = 0; state < QUEUE_STATE_COUNT; state++) {
            struct queue_entry *entries;
            size_t n = 0;

            if (r < 0 || !stage_info((enum stage)stage)->has_queue)
                continue;
            r = queue_list(house->queue, (enum stage)stage, (enum queue_state)state, 100, &a,
                           &entries, &n, err);
            for (size_t i = 0; r == 0 && i < n; i++)
                json_array_append_new(rows, job_row(&entries[i]));
        }
    if (r == 0)
        cli_print_rows(rows, columns, cli->is_json, "No job waits, runs or failed.");
    return r;
}

/* Set aside in SQL: back to its stage. Waiting for another try in the queue: now. */
static int retry_job(struct house *house, const struct cli *cli, const char *text, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct next_jobs next = {0};
    struct queue_item *items;
    struct job_id id;
    int r;

    (void)cli;
    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    if (!job_id_parse(text, &id))
        return err_set(err, ERR_USAGE, "'%s' is no job; `bilag job ls` lists them", text);
    r = records_retry(house->records, &id, report_user(), &a, &next, err);
    if (r == ERR_CONFLICT)
        return queue_retry(house->queue, &id, err);
    if (r < 0)
        return r;
    items = house_queue_items(&a, &next);
    for (size_t i = 0; i < next.n; i++)
        items[i].lane = QUEUE_EXPRESS; /* a person waits for it */
    return queue_add(house->queue, items, next.n, NULL, err);
}

static int retry_jobs(struct house *house, const struct cli *cli, struct err *err)
{
    return cli_each_word(house, cli, retry_job, err);
}

const struct command commands_queue[] = {
    {"queue", "ls", "", "List the queues", NULL, 0, 0, HOUSE_QUEUE, list_queues},
    {"queue", "pause", "STAGE…", "Take no new jobs of a stage", NULL, 1, -1,
     HOUSE_STORES | HOUSE_QUEUE, pause_stages},
    {"queue", "resume", "STAGE…", "Take jobs of a stage again", NULL, 1, -1,
     HOUSE_STORES | HOUSE_QUEUE, resume_stages},
    {"job", "ls", "", "List jobs by state", NULL, 0, 0, HOUSE_STORES | HOUSE_QUEUE, list_jobs},
    {"job", "retry", "JOB…", "Run jobs now that wait for another try or were set aside", NULL, 1,
     -1, HOUSE_STORES | HOUSE_QUEUE, retry_jobs},
    {0}};
