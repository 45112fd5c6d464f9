/* bilag config: is the configuration sound, what holds, and who said so. */
#include "base/buf.h"
#include "base/err.h"
#include "workers/command/commands.h"

#include <stdio.h>

#define VALUE_MAX_BYTES 5000

static int check(struct house *house, const struct cli *cli, struct err *err)
{
    struct house_flags flags = cli->flags;
    int r;

    if (cli->n_words)
        flags.config_file = cli->words[0];
    r = house_load_settings(&flags, &house->settings, err);
    if (r == 0)
        puts("the configuration is sound");
    return r;
}

static json_t *option_row(const struct config *c, size_t i)
{
    const struct config_option *o = &c->options[i];
    json_t *row = json_object();
    AUTO_BUF struct buf b;

    buf_init(&b, VALUE_MAX_BYTES);
    config_print_value(c, i, &b);
    json_set_text(row, "option", o->path);
    json_set_text(row, "value", b.data);
    json_set_text(row, "unit", o->unit);
    json_set_text(row, "origin", c->origins[i].place);
    buf_clear(&b);
    config_option_print_range(o, &b);
    json_set_text(row, "range", b.data);
    json_set_text(row, "help", o->help);
    return row;
}

static int show(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {{"option", "OPTION", CELL_TEXT, 0},
                                            {"value", "VALUE", CELL_TEXT, 50},
                                            {"unit", "UNIT", CELL_TEXT, 0},
                                            {0}};
    static const struct column with_origin[] = {{"option", "OPTION", CELL_TEXT, 0},
                                                {"value", "VALUE", CELL_TEXT, 50},
                                                {"origin", "ORIGIN", CELL_TEXT, 0},
                                                {0}};
    const struct config *config = &house->settings.config;
    AUTO_JSON json_t *rows = json_array();

    (void)err;
    for (size_t i = 0; i < config->count; i++)
        json_array_append_new(rows, option_row(config, i));
    cli_print_rows(rows, cli->values[0] ? with_origin : columns, cli->is_json, "no options");
    return 0;
}

static const struct cli_option show_options[] = {
    {"origin", NULL, "also say where each value comes from"}, {0}};

const struct command commands_config[] = {
    {"config", "check", "[FILE]", "Check the configuration", NULL, 0, 1, COMMAND_BARE, check},
    {"config", "show", "", "Print every option and its value", show_options, 0, 0, 0, show},
    {0}};
