/* bilag status: what waits for whom, from SQL (the truth) and the queue (who does what now). */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "stores/records_query.h"
#include "workers/command/commands.h"

#include <inttypes.h>
#include <stdio.h>

/* One row a stage. The queue's columns stay empty while it does not answer. */
static json_t *stage_rows(const struct records_counts *counts, const struct queue_count *queue)
{
    json_t *rows = json_array();
    int64_t now = clock_now_ms();

    for (int i = 0; i < STAGE_DONE; i++) {
        const struct stage_count *stage = &counts->stages[i];
        json_t *row = json_object();

        json_set_text(row, "stage", stage_name((enum stage)i));
        json_set_int(row, "pending", stage->n);
        json_set_int(row, "oldest_ms", stage->n ? now - stage->oldest_ms : 0);
        if (queue && stage_info((enum stage)i)->has_queue) {
            json_set_int(row, "waiting", queue[i].waiting);
            json_set_int(row, "active", queue[i].active);
            json_set_int(row, "retry", queue[i].delayed);
            json_set_int(row, "dead", queue[i].dead);
            json_set_text(row, "state", queue[i].is_paused ? "paused" : "");
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

static void print_people(const struct records_counts *c)
{
    printf("%" PRId64 " documents wait for a person · %" PRId64 " posted · %" PRId64
           " filed · %" PRId64 " rejected · %" PRId64 " files and %" PRId64 " documents set aside"
           " · %" PRId64 " pages unread · %" PRId64 " read by libtesseract\n\n",
           c->documents[STATE_WAITING], c->documents[STATE_POSTED], c->documents[STATE_FILED],
           c->documents[STATE_REJECTED], c->files[STATE_SET_ASIDE], c->documents[STATE_SET_ASIDE],
           c->pages[STATE_UNREAD], c->fallbacks);
}

static int print_workers(struct house *house, struct err *err)
{
    static const struct column columns[] = {{"worker", "WORKER", CELL_TEXT, 0},
                                            {"pid", "PID", CELL_NUMBER, 0},
                                            {"silent_ms", "HEARD", CELL_AGE_MS, 0},
                                            {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    struct queue_worker *workers;
    size_t n = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = queue_workers(house->queue, &a, &workers, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        json_t *row = json_object();

        json_set_text(row, "worker", workers[i].name);
        json_set_int(row, "pid", workers[i].pid);
        json_set_int(row, "silent_ms", workers[i].silent_ms);
        json_array_append_new(rows, row);
    }
    putchar('\n');
    if (r == 0)
        cli_print_rows(rows, columns, false, "No worker is alive. `bilag up` starts them.");
    return r;
}

static int print_status(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {{"stage", "STAGE", CELL_TEXT, 0},
                                            {"pending", "PENDING", CELL_NUMBER, 0},
                                            {"oldest_ms", "OLDEST", CELL_AGE_MS, 0},
                                            {"waiting", "READY", CELL_NUMBER, 0},
                                            {"active", "ACTIVE", CELL_NUMBER, 0},
                                            {"retry", "RETRY", CELL_NUMBER, 0},
                                            {"dead", "DEAD", CELL_NUMBER, 0},
                                            {"state", "STATE", CELL_TEXT, 0},
                                            {0}};
    struct queue_count queue[STAGE_COUNT];
    struct records_counts counts;
    struct err queue_err = {0};
    AUTO_JSON json_t *rows = NULL;
    bool is_up = house->queue && queue_counts(house->queue, queue, &queue_err) == 0;
    int r = records_count(house->records, &counts, err);

    if (r < 0)
        return r;
    rows = stage_rows(&counts, is_up ? queue : NULL);
    if (!cli->is_json)
        print_people(&counts);
    cli_print_rows(rows, columns, cli->is_json, "");
    if (!is_up)
        return err_set(err, ERR_UNREACHABLE, "the line is not running: %s",
                       house->queue ? queue_err.text : "start it with `bilag up`");
    return cli->is_json ? 0 : print_workers(house, err);
}

const struct command commands_status[] = {{"status", NULL, "", "What waits, what failed, who works",
                                           NULL, 0, 0, HOUSE_STORES | HOUSE_QUEUE_IF_RUNNING,
                                           print_status},
                                          {0}};
