/* bilag audit ls, sign, verify: what was done by whom, and the proof that nobody changed it. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "stores/accounting.h"
#include "stores/audit.h"
#include "stores/blobs.h"
#include "stores/records.h"
#include "workers/command/commands.h"
#include "workers/command/paper_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int add_rows(struct audit *chain, const char *name, struct arena *a, json_t *rows,
                    struct err *err)
{
    struct audit_row *found;
    size_t n = 0;
    int r = audit_list(chain, 0, 1000000, a, &found, &n, err);

    for (size_t i = 0; r == 0 && i < n; i++) {
        json_t *row = json_object();

        json_set_text(row, "chain", name);
        json_set_int(row, "number", found[i].number);
        json_set_int(row, "at", found[i].at);
        json_set_text(row, "who", found[i].who);
        json_set_text(row, "act", found[i].act);
        json_set_text(row, "object", found[i].object);
        json_set_text(row, "detail", found[i].detail);
        json_set_text(row, "hash", found[i].hash);
        json_array_append_new(rows, row);
    }
    return r;
}

static int list_acts(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {
        {"chain", "CHAIN", CELL_TEXT, 0},    {"number", "ROW", CELL_NUMBER, 0},
        {"at", "WHEN", CELL_TIME_MS, 0},     {"who", "WHO", CELL_TEXT, 20},
        {"act", "ACT", CELL_TEXT, 0},        {"object", "OBJECT", CELL_TEXT, 0},
        {"detail", "DETAIL", CELL_TEXT, 60}, {0}};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *rows = json_array();
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = add_rows(records_audit(house->records), "records", &a, rows, err);
    if (r == 0)
        r = add_rows(accounting_audit(house->accounting), "accounting", &a, rows, err);
    if (r == 0)
        cli_print_rows(rows, columns, cli->is_json, "Nothing was done yet.");
    return r;
}

/* Heads are small and signed: printed somewhere else every day, they prove a chain made anew. */
static int sign(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_BUF struct buf lines;
    struct audit_key key;
    int r = audit_key_load(house->settings.data_dir, &key, err);

    (void)cli;
    buf_init(&lines, LIMIT_CONFIG_BYTES);
    if (r == 0)
        r = audit_sign_head(records_audit(house->records), &key, &lines, err);
    if (r == 0)
        r = audit_sign_head(accounting_audit(house->accounting), &key, &lines, err);
    if (r == 0)
        fwrite(lines.data, 1, lines.length, stdout);
    return r;
}

struct verification {
    bool is_json;
    int failed;
    int64_t objects, bad_objects;
};

/* One line a check: what was looked at, and whether it holds. */
static void tell(struct verification *v, const char *what, int64_t count, int code, const char *why)
{
    AUTO_JSON json_t *row = json_object();

    v->failed += code < 0;
    if (!v->is_json) {
        printf("%s %-18s %" PRId64 "%s%s\n", code < 0 ? "✕" : "✓", what, count,
               code < 0 ? "  " : "", code < 0 ? why : "");
        return;
    }
    json_set_text(row, "check", what);
    json_set_int(row, "count", count);
    json_set(row, "holds", json_boolean(code == 0));
    json_set_text(row, "why", code < 0 ? why : NULL);
    json_dumpf(row, stdout, JSON_COMPACT);
    putchar('\n');
}

static void verify_chain(struct verification *v, struct audit *chain, const char *what)
{
    struct audit_head head = {0};
    struct err err = {0};
    int r = audit_verify(chain, &head, NULL, &err);

    tell(v, what, head.rows, r, err.text);
}

static void hear_object(void *user, const char *sha256, int code, const char *why)
{
    struct verification *v = user;

    v->objects++;
    if (code == 0)
        return;
    v->bad_objects++;
    fprintf(stderr, "bilag: object %s: %s\n", sha256, why);
}

static void verify_all(struct house *house, struct verification *v)
{
    AUTO_ARENA struct arena a;
    struct account_balance *balances;
    struct err err = {0};
    int64_t papers;
    size_t n = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    verify_chain(v, records_audit(house->records), "records chain");
    verify_chain(v, accounting_audit(house->accounting), "accounting chain");
    r = accounting_check(house->accounting, &a, &balances, &n, &err);
    tell(v, "ledger balances", (int64_t)n, r, err.text);
    r = blobs_scrub(house->blobs, hear_object, v, &err);
    if (r == 0 && v->bad_objects)
        r = err_set(&err, ERR_INVALID, "%" PRId64 " objects do not hash right", v->bad_objects);
    tell(v, "objects hash right", v->objects, r, err.text);
    r = paper_check(house, &papers, &err);
    tell(v, "papers as filed", papers, r, err.text);
}

/* Does each chain still hold what was signed? `text` is cut into its lines. */
static void verify_heads(struct house *house, struct verification *v, char *text)
{
    struct audit_key key;
    struct err err = {0};
    int64_t count = 0;
    int r = audit_key_load(house->settings.data_dir, &key, &err);

    for (char *line = text, *end; r == 0 && *line; line = end) {
        bool is_accounting;

        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        if (!*line)
            continue;
        is_accounting = strstr(line, "\"accounting\"") != NULL;
        r = audit_check_head(is_accounting ? accounting_audit(house->accounting)
                                           : records_audit(house->records),
                             &key, line, &err);
        count++;
    }
    tell(v, "signed heads", count, r, err.text);
}

static int verify_heads_file(struct house *house, struct verification *v, const char *path,
                             struct err *err)
{
    AUTO_BUF struct buf heads;
    int r;

    buf_init(&heads, LIMIT_JSON_BYTES);
    r = file_read(path, &heads, err);
    if (r == 0 && heads.length)
        verify_heads(house, v, heads.data);
    return r;
}

static int verify(struct house *house, const struct cli *cli, struct err *err)
{
    struct verification v = {.is_json = cli->is_json};
    int r = 0;

    verify_all(house, &v);
    if (cli->values[0])
        r = verify_heads_file(house, &v, cli->values[0], err);
    return r < 0 ? r : v.failed > 0;
}

static const struct cli_option verify_options[] = {
    {"heads", "FILE", "heads that were signed earlier and kept elsewhere"}, {0}};

const struct command commands_audit[] = {
    {"audit", "ls", "", "List the acts in the audit log", NULL, 0, 0,
     HOUSE_STORES | HOUSE_ACCOUNTING, list_acts},
    {"audit", "sign", "", "Print signed heads of the audit log, to be kept elsewhere", NULL, 0, 0,
     HOUSE_STORES | HOUSE_ACCOUNTING, sign},
    {"audit", "verify", "", "Prove that the audit log, the ledger and the records are whole",
     verify_options, 0, 0, HOUSE_STORES | HOUSE_ACCOUNTING, verify},
    {0}};
