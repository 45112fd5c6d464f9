/*
 * hledger's journal format, as its manual has it for 1.25. What stood on paper is cleaned twice:
 * for the terminal, then of the characters that mean something at its place: ';' begins a comment,
 * '|' parts the payee, two spaces end an account, and "date:" or "[2026-01-01]" in a comment move a
 * posting to another day.
 */
#include "pipeline/post/hledger.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/money.h"

#include <inttypes.h>
#include <string.h>

#define ACCOUNT_WIDTH 24

/* Appends `text` on one line, with `special` characters and double spaces gone. */
static void add_clean(struct buf *out, const char *text, const char *special)
{
    AUTO_FREE char *clean = mem_alloc(strlen(text) * 3 + 1);
    char last = ' ';

    utf8_clean(text, strlen(text), clean);
    for (const char *p = clean; *p; p++) {
        char c = (unsigned char)*p < ' ' || strchr(special, *p) ? ' ' : *p;

        if (c != ' ' || last != ' ')
            buf_add_char(out, c);
        last = c;
    }
}

static void add_account_name(struct buf *out, const char *code)
{
    add_clean(out, code, ";()[]\"");
}

void hledger_account(struct buf *out, const char *code, const char *name, char type)
{
    buf_add_text(out, "account ");
    add_account_name(out, code);
    buf_printf(out, "  ; type:%c, ", type);
    add_clean(out, name, ";:,[]");
    buf_add_char(out, '\n');
}

void hledger_currency(struct buf *out, const char *currency)
{
    char amount[MONEY_TEXT_SIZE];

    money_format(1000 * (int64_t)1000000, currency_exponent(currency), amount);
    /* a mark is needed even where no decimals follow */
    buf_printf(out, "commodity %s%s ", amount, strchr(amount, '.') ? "" : ".");
    add_clean(out, currency, ";");
    buf_add_char(out, '\n');
}

static void add_line(struct buf *out, const struct posting_line *line, const char *currency)
{
    size_t start = out->length;
    char amount[MONEY_TEXT_SIZE];

    money_format(line->amount_minor, currency_exponent(currency), amount);
    buf_add_text(out, "    ");
    add_account_name(out, line->account);
    for (size_t width = out->length - start; width < ACCOUNT_WIDTH; width++)
        buf_add_char(out, ' ');
    buf_printf(out, "  %15s ", amount);
    add_clean(out, currency, ";");
    if (line->text[0]) {
        buf_add_text(out, "  ; ");
        add_clean(out, line->text, ";:,[]");
    }
    buf_add_char(out, '\n');
}

void hledger_entry(struct buf *out, int64_t entry_id, const struct posting *p)
{
    char date[CIVIL_DATE_TEXT_SIZE];

    civil_date_format(p->date, date);
    buf_printf(out, "%s (%" PRId64 ") ", date, entry_id);
    add_clean(out, p->text, ";|");
    buf_printf(out, "  ; key:%s, document:%" PRId64, p->key, p->document_id);
    if (p->due_date.year) {
        civil_date_format(p->due_date, date);
        buf_printf(out, ", due:%s", date);
    }
    buf_add_char(out, '\n');
    for (size_t i = 0; i < p->n_lines; i++)
        add_line(out, &p->lines[i], p->currency);
    buf_add_char(out, '\n');
}
