/* bilag batch ls, show: the mailroom's view, every sheet accounted for. */
#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/number.h"
#include "stores/records_query.h"
#include "workers/command/commands.h"
#include "workers/command/report.h"

static int list_batches(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {{"batch", "BATCH", CELL_NUMBER, 0},
                                            {"name", "NAME", CELL_TEXT, 30},
                                            {"created", "TAKEN", CELL_TIME_MS, 0},
                                            {"sheets", "SHEETS", CELL_NUMBER, 0},
                                            {"posted", "POSTED", CELL_NUMBER, 0},
                                            {"filed", "FILED", CELL_NUMBER, 0},
                                            {"waiting", "WAITING", CELL_NUMBER, 0},
                                            {"rejected", "REJECTED", CELL_NUMBER, 0},
                                            {"blank", "BLANK", CELL_NUMBER, 0},
                                            {"separators", "SEPARATORS", CELL_NUMBER, 0},
                                            {"set_aside", "ASIDE", CELL_NUMBER, 0},
                                            {"in_work", "IN WORK", CELL_NUMBER, 0},
                                            {"balances", "BALANCES", CELL_TEXT, 0},
                                            {"state", "STATE", CELL_TEXT, 0},
                                            {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    struct batch_row *batches;
    size_t n = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = records_list_batches(house->records, 0, 1000, &a, &batches, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++)
        json_array_append_new(rows, report_batch_row(&batches[i]));
    if (r == 0)
        cli_print_rows(rows, columns, cli->is_json,
                       "No batch yet. `bilag submit FILE…` takes mail in.");
    return r;
}

static int show_batch(struct house *house, const struct cli *cli, struct err *err)
{
    int64_t id;

    if (!number_parse(cli->words[0], 1, INT64_MAX, &id))
        return err_set(err, ERR_USAGE, "'%s' is no batch number; `bilag batch ls` lists them",
                       cli->words[0]);
    return report_batch(house->records, id, cli->is_json, err);
}

const struct command commands_batch[] = {
    {"batch", "ls", "", "List batches and whether every sheet is accounted for", NULL, 0, 0,
     HOUSE_STORES, list_batches},
    {"batch", "show", "BATCH", "One batch: its files, documents and sheets", NULL, 1, 1,
     HOUSE_STORES, show_batch},
    {0}};
