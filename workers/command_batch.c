/* bilag batch ls, show: the mailroom's view, every sheet accounted for. */
#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/number.h"
#include "stores/records_query.h"
#include "workers/commands.h"
#include "workers/report.h"

static int list_batches(struct house *house, bool is_json, struct err *err)
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
        cli_print_rows(rows, columns, is_json, "No batch yet. `bilag submit FILE…` takes mail in.");
    return r;
}

int command_batch_ls(int argc, char **argv)
{
    static const struct cli_option options[] = {{0}};
    struct house house = {0};
    struct err err = {0};
    struct cli cli;
    int r = cli_parse(argc, argv, command_find("batch", "ls"), options, 0, 0, &cli);

    if (r != 0)
        return r < 0 ? 2 : 0;
    r = house_open(&house, &cli.flags, HOUSE_STORES, "batch", &err);
    if (r == 0)
        r = list_batches(&house, cli.is_json, &err);
    house_close(&house);
    return r < 0 ? cli_fail(&err) : 0;
}

int command_batch_show(int argc, char **argv)
{
    static const struct cli_option options[] = {{0}};
    struct house house = {0};
    struct err err = {0};
    struct cli cli;
    int64_t id;
    int r = cli_parse(argc, argv, command_find("batch", "show"), options, 1, 1, &cli);

    if (r != 0)
        return r < 0 ? 2 : 0;
    if (number_parse(cli.words[0], 1, INT64_MAX, &id))
        r = house_open(&house, &cli.flags, HOUSE_STORES, "batch", &err);
    else
        r = err_set(&err, ERR_USAGE, "'%s' is no batch number; `bilag batch ls` lists them",
                    cli.words[0]);
    if (r == 0)
        r = report_batch(house.records, id, cli.is_json, &err);
    house_close(&house);
    return r < 0 ? cli_fail(&err) : 0;
}
