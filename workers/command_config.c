/* bilag config: is the configuration sound, what holds, and who said so. */
#include "base/buf.h"
#include "base/err.h"
#include "workers/commands.h"

#include <stdio.h>

#define VALUE_MAX_BYTES 5000

int command_config_check(int argc, char **argv)
{
    static const struct cli_option options[] = {{0}};
    struct settings s;
    struct err err = {0};
    struct cli cli;
    int r = cli_parse(argc, argv, command_find("config", "check"), options, 0, 1, &cli);

    if (r != 0)
        return r < 0 ? 2 : 0;
    r = settings_load(&s, cli.n_words ? cli.words[0] : cli.flags.config_file, cli.flags.flags,
                      cli.flags.n_flags, &err);
    settings_release(&s);
    if (r < 0)
        return cli_fail(&err);
    puts("the configuration is sound");
    return 0;
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

int command_config_show(int argc, char **argv)
{
    static const struct cli_option options[] = {
        {"origin", NULL, "also say where each value comes from"}, {0}};
    static const struct column columns[] = {{"option", "OPTION", CELL_TEXT, 0},
                                            {"value", "VALUE", CELL_TEXT, 50},
                                            {"unit", "UNIT", CELL_TEXT, 0},
                                            {0}};
    static const struct column with_origin[] = {{"option", "OPTION", CELL_TEXT, 0},
                                                {"value", "VALUE", CELL_TEXT, 50},
                                                {"origin", "ORIGIN", CELL_TEXT, 0},
                                                {0}};
    AUTO_JSON json_t *rows = json_array();
    struct settings s;
    struct err err = {0};
    struct cli cli;
    int r = cli_parse(argc, argv, command_find("config", "show"), options, 0, 0, &cli);

    if (r != 0)
        return r < 0 ? 2 : 0;
    r = settings_load(&s, cli.flags.config_file, cli.flags.flags, cli.flags.n_flags, &err);
    for (size_t i = 0; r == 0 && i < s.config.count; i++)
        json_array_append_new(rows, option_row(&s.config, i));
    settings_release(&s);
    if (r < 0)
        return cli_fail(&err);
    cli_print_rows(rows, cli.values[0] ? with_origin : columns, cli.is_json, "no options");
    return 0;
}
