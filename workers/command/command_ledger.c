/* bilag ledger ls, export, reverse: the books as a list and for hledger, and a mistake undone. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/number.h"
#include "models/money.h"
#include "pipeline/post/hledger.h"
#include "stores/accounting.h"
#include "workers/command/commands.h"
#include "workers/command/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int add_entry(void *user, const struct journal_entry *entry, struct err *err)
{
    const struct posting *p = &entry->posting;

    (void)err;
    for (size_t i = 0; i < p->n_lines; i++) {
        char amount[MONEY_TEXT_SIZE], date[CIVIL_DATE_TEXT_SIZE];
        json_t *row = json_object();

        money_format(p->lines[i].amount_minor, currency_exponent(p->currency), amount);
        civil_date_format(p->date, date);
        json_set_int(row, "entry", entry->id);
        json_set_text(row, "date", date);
        json_set_text(row, "kind", posting_kind_name(p->kind));
        json_set_int(row, "doc", p->document_id);
        json_set_text(row, "text", p->text);
        json_set_text(row, "account", p->lines[i].account);
        json_set_text(row, "line", p->lines[i].text);
        json_set_text(row, "amount", amount);
        json_set_text(row, "currency", p->currency);
        json_set_text(row, "posting_key", p->key);
        json_array_append_new(user, row);
    }
    return 0;
}

static int list_entries(struct house *house, const struct cli *cli, struct err *err)
{
    static const struct column columns[] = {{"entry", "ENTRY", CELL_NUMBER, 0},
                                            {"date", "DATE", CELL_TEXT, 0},
                                            {"doc", "DOC", CELL_NUMBER, 0},
                                            {"text", "TEXT", CELL_TEXT, 44},
                                            {"account", "ACCOUNT", CELL_TEXT, 0},
                                            {"line", "LINE", CELL_TEXT, 20},
                                            {"amount", "AMOUNT", CELL_NUMBER, 0},
                                            {"currency", "CUR", CELL_TEXT, 0},
                                            {0}};
    AUTO_JSON json_t *rows = json_array();
    int r = accounting_each_entry(house->accounting, 0, add_entry, rows, err);

    if (r == 0)
        cli_print_rows(rows, columns, cli->is_json, "The ledger is empty: nothing was posted yet.");
    return r;
}

/* hledger's letter for a kind of account. */
static char type_letter(enum account_kind kind)
{
    static const char letters[ACCOUNT_KIND_COUNT] = {
        [ACCOUNT_ASSET] = 'A', [ACCOUNT_LIABILITY] = 'L', [ACCOUNT_EXPENSE] = 'X'};

    return letters[kind];
}

static void flush(struct buf *out)
{
    fwrite(out->data, 1, out->length, stdout);
    buf_clear(out);
}

static int print_entry(void *user, const struct journal_entry *entry, struct err *err)
{
    struct buf *out = user;

    hledger_entry(out, entry->id, &entry->posting);
    if (out->is_full)
        return err_set(err, ERR_LIMIT, "entry %lld is too long", (long long)entry->id);
    flush(out);
    return 0;
}

static int print_declarations(struct accounting *accounting, struct buf *out, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct account *accounts;
    struct account_balance *balances;
    size_t n_accounts = 0, n_balances = 0;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = accounting_list_accounts(accounting, &a, &accounts, &n_accounts, err);
    if (r == 0)
        r = accounting_check(accounting, &a, &balances, &n_balances, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n_accounts; i++)
        hledger_account(out, accounts[i].code, accounts[i].name, type_letter(accounts[i].kind));
    for (size_t i = 0; i < n_balances; i++) {
        size_t earlier = 0;

        while (earlier < i && strcmp(balances[earlier].currency, balances[i].currency) != 0)
            earlier++;
        if (earlier == i)
            hledger_currency(out, balances[i].currency);
    }
    flush(out);
    return 0;
}

static int export(struct house *house, const struct cli *cli, struct err *err)
{
    AUTO_BUF struct buf out;
    int r;

    buf_init(&out, LIMIT_JSON_BYTES);
    if (cli->values[0] && strcmp(cli->values[0], "hledger") != 0)
        return err_set(err, ERR_USAGE, "no format '%s'; there is hledger", cli->values[0]);
    r = print_declarations(house->accounting, &out, err);
    return r < 0 ? r : accounting_each_entry(house->accounting, 0, print_entry, &out, err);
}

static int reverse(struct house *house, const struct cli *cli, struct err *err)
{
    struct civil_date today = civil_date_from_unix_ms(clock_now_ms());
    int64_t wanted = 0, id = 0;
    int r;

    if (!cli->values[0] || !cli->values[0][0])
        return err_set(err, ERR_USAGE, "say why with --why");
    if (!number_parse(cli->words[0], 1, INT64_MAX, &wanted))
        return err_set(err, ERR_USAGE, "'%s' is no entry; `bilag ledger ls` lists them",
                       cli->words[0]);
    r = accounting_reverse(house->accounting, wanted, today, cli->values[0], report_user(), &id,
                           err);
    if (r == 0)
        printf("entry %" PRId64 " undoes entry %" PRId64 "\n", id, wanted);
    return r;
}

static const struct cli_option reverse_options[] = {{"why", "TEXT", "stands in the entry"}, {0}};
static const struct cli_option export_options[] = {{"format", "NAME", "hledger (the default)"},
                                                   {0}};

const struct command commands_ledger[] = {
    {"ledger", "ls", "", "List ledger entries", NULL, 0, 0, HOUSE_ACCOUNTING, list_entries},
    {"ledger", "export", "", "Print the ledger for another program", export_options, 0, 0,
     HOUSE_ACCOUNTING, export},
    {"ledger", "reverse", "ENTRY", "Undo an entry by one with the signs turned; --why is required",
     reverse_options, 1, 1, HOUSE_ACCOUNTING, reverse},
    {0}};
