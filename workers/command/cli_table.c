/*
 * Rows as a table, as TSV, or as JSON lines. Text from documents is cleaned before it reaches a
 * terminal; tabs and line breaks cannot split a row.
 */
#include "workers/command/cli.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS_MAX 24

void cli_format_age(int64_t ms, char text[CLI_AGE_SIZE])
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}};

    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        if (ms >= units[i].ms) {
            snprintf(text, CLI_AGE_SIZE, "%" PRId64 " %s", ms / units[i].ms, units[i].unit);
            return;
        }
    snprintf(text, CLI_AGE_SIZE, "%s", ms > 0 ? "now" : "");
}

char *cli_clean(const char *text)
{
    size_t length = strlen(text);
    char *clean = mem_alloc(length * 3 + 1);

    utf8_clean(text, length, clean);
    return clean;
}

/* One cell's text, in the arena. */
static const char *cell_text(struct arena *a, const json_t *row, const struct column *column)
{
    const json_t *v = json_object_get(row, column->key);
    char small[CLOCK_TEXT_SIZE > CLI_AGE_SIZE ? CLOCK_TEXT_SIZE : CLI_AGE_SIZE];

    if (json_is_string(v))
        return utf8_cleaned(a, json_string_value(v), json_string_length(v));
    if (json_is_boolean(v))
        return json_is_true(v) ? "yes" : "no";
    if (json_is_real(v))
        return arena_printf(a, "%.2f", json_real_value(v));
    if (!json_is_integer(v))
        return "";
    if (column->kind == CELL_AGE_MS) {
        cli_format_age(json_integer_value(v), small);
        return arena_strdup(a, small);
    }
    if (column->kind == CELL_TIME_MS) {
        clock_format(json_integer_value(v), small);
        small[16] = '\0';
        return arena_strdup(a, small);
    }
    return arena_printf(a, "%" PRId64, (int64_t)json_integer_value(v));
}

/* At most `width` characters, with "…" where something was cut. */
static const char *cut(struct arena *a, const char *text, size_t width)
{
    const char *p = text;

    if (width == 0 || utf8_count(text) <= width)
        return text;
    for (size_t i = 0; i + 1 < width; i++)
        utf8_next(&p);
    return arena_printf(a, "%.*s…", (int)(p - text), text);
}

static void print_cell(const char *text, size_t width, bool is_right, bool is_last)
{
    size_t pad = width - utf8_count(text);

    if (is_right)
        printf("%*s%s", (int)pad, "", text);
    else
        printf("%s%*s", text, is_last ? 0 : (int)pad, "");
    fputs(is_last ? "\n" : "  ", stdout);
}

static void print_table(const json_t *rows, const struct column *columns, size_t n_columns)
{
    AUTO_ARENA struct arena a;
    size_t widths[COLUMNS_MAX], n_rows = json_array_size(rows);
    const char **cells;
    bool colour = cli_has_colour();

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    cells = arena_alloc_array(&a, n_rows * n_columns + 1, sizeof *cells);
    for (size_t c = 0; c < n_columns; c++)
        widths[c] = utf8_count(columns[c].title);
    for (size_t i = 0; i < n_rows * n_columns; i++) {
        const struct column *column = &columns[i % n_columns];
        size_t width;

        cells[i] = cut(&a, cell_text(&a, json_array_get(rows, i / n_columns), column),
                       (size_t)column->max_width);
        width = utf8_count(cells[i]);
        if (width > widths[i % n_columns])
            widths[i % n_columns] = width;
    }
    fputs(colour ? "\033[1m" : "", stdout);
    for (size_t c = 0; c < n_columns; c++)
        print_cell(columns[c].title, widths[c], columns[c].kind == CELL_NUMBER, c + 1 == n_columns);
    fputs(colour ? "\033[0m" : "", stdout);
    for (size_t i = 0; i < n_rows * n_columns; i++)
        print_cell(cells[i], widths[i % n_columns], columns[i % n_columns].kind == CELL_NUMBER,
                   i % n_columns + 1 == n_columns);
}

static void print_tsv(const json_t *rows, const struct column *columns, size_t n_columns)
{
    size_t i;
    const json_t *row;

    json_array_foreach(rows, i, row) {
        AUTO_ARENA struct arena a;

        arena_init(&a, LIMIT_JOB_ARENA_BYTES);
        for (size_t c = 0; c < n_columns; c++)
            printf("%s%s", c ? "\t" : "", cell_text(&a, row, &columns[c]));
        putchar('\n');
    }
}

static void print_json(const json_t *rows)
{
    size_t i;
    const json_t *row;

    json_array_foreach(rows, i, row) {
        AUTO_FREE char *text = json_text(row);

        puts(text);
    }
}

void cli_print_rows(const json_t *rows, const struct column *columns, bool is_json,
                    const char *empty)
{
    size_t n_columns = 0;

    while (columns[n_columns].key && n_columns < COLUMNS_MAX)
        n_columns++;
    if (is_json)
        print_json(rows);
    else if (!isatty(STDOUT_FILENO) && !getenv("BILAG_TABLE"))
        print_tsv(rows, columns, n_columns);
    else if (json_array_size(rows) == 0)
        puts(empty);
    else
        print_table(rows, columns, n_columns);
}
