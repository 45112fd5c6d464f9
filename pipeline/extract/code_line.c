/*
 * The line of OCR-B figures at the foot of a payment slip, which machines read:
 *
 *     NO  H reference # kroner øre <check> account #
 *     SE  # reference # kronor öre check > giro#41#        41 bankgiro, 04 plusgiro
 *     DK  +71<reference+creditor<                          +75 the same, +73 without reference
 *     HU  reference< account amount 51<
 *
 * (Bits brukerhåndbok OCR giro; Bankgirot, OCR-referenskontroll; FI-kort; Magyar Posta, csekk.) A
 * scanner's marks are not to be trusted, its figures are: the row is cut into figures, and they are
 * a code line where the check digits of account, amount and reference agree. What such a line says
 * needs no label.
 */
#include "pipeline/extract/candidate.h"
#include "pipeline/extract/checks.h"

#include "base/arena.h"
#include "base/mem.h"

#include <ctype.h>
#include <string.h>

enum { FIGURES_MAX = 16, DIGITS_MAX = 40, FIK_CREDITOR = 8, LINE_TOKENS_MAX = 24 };

/* Digits without anything between them. */
struct figure {
    char digits[DIGITS_MAX];
    int count, token;
};

struct code_line {
    struct candidates *c;
    struct arena *a;
    const struct sheet *s;
    struct figure figures[FIGURES_MAX];
    int count, marks, angles;
    bool has_head; /* an "H" of its own stands before all */
};

static void end_figure(struct code_line *line)
{
    if (line->count < FIGURES_MAX && line->figures[line->count].count > 0)
        line->count++;
}

static void read_token(struct code_line *line, int token)
{
    for (const char *p = line->s->tokens[token].text; *p; p++) {
        struct figure *figure = &line->figures[line->count];

        line->marks += strchr("#<>+", *p) != NULL;
        line->angles += *p == '<' || *p == '>';
        if (*p == '/' && p[1]) /* a speck within a figure */
            continue;
        if (!isdigit((unsigned char)*p) || line->count == FIGURES_MAX ||
            figure->count + 1 == DIGITS_MAX) {
            end_figure(line);
            continue;
        }
        figure->token = token;
        figure->digits[figure->count++] = *p;
        figure->digits[figure->count] = '\0';
    }
    end_figure(line);
}

static struct candidate *add(struct code_line *line, enum candidate_kind kind, int from, int to,
                             const char *value)
{
    int first = line->figures[from].token, last = line->figures[to].token;
    const struct row *row = &line->s->rows[line->s->tokens[first].row];
    int end = row->first + row->count;
    struct candidate *item;

    if (last < first || last >= end) /* what stands in the next row is left to its own place */
        last = end - 1;
    item = candidates_add(line->c, line->a, line->s, kind, first, last - first + 1);
    item->value = arena_strdup(line->a, value);
    item->is_checked = true;
    item->is_code_line = true;
    return item;
}

/* The figures from `from` to before `to` in a row; false when that is too long. */
static bool join(const struct code_line *line, int from, int to, char out[DIGITS_MAX])
{
    int used = 0;

    out[0] = '\0';
    for (int i = from; i < to; i++) {
        const struct figure *figure = &line->figures[i];

        if (used + figure->count + 1 > DIGITS_MAX)
            return false;
        memcpy(out + used, figure->digits, (size_t)figure->count + 1);
        used += figure->count;
    }
    return true;
}

/* All before `end` is the reference, or there is none; a mark at its end may have been taken for a
 * figure. */
static bool find_reference(const struct code_line *line, int end, int *ret_end)
{
    char value[DIGITS_MAX];

    *ret_end = end;
    if (end == 0)
        return true;
    for (int to = end; to > 0 && to >= end - 1; to--)
        if ((to == end || line->figures[to].count == 1) && join(line, 0, to, value) &&
            check_kid(value)) {
            *ret_end = to;
            return true;
        }
    return false;
}

static void add_reference(struct code_line *line, int end)
{
    char value[DIGITS_MAX];

    if (end > 0 && join(line, 0, end, value))
        add(line, CANDIDATE_REFERENCE, 0, end - 1, value);
}

static void add_account(struct code_line *line, int at)
{
    const struct figure *figure = &line->figures[at];
    const char *tail = at + 1 < line->count ? line->figures[at + 1].digits : "";
    bool is_plusgiro = strcmp(tail, "04") == 0 || strcmp(tail, "14") == 0;
    int before = figure->count - (is_plusgiro ? 1 : 4);
    enum candidate_kind kind = is_plusgiro ? CANDIDATE_PLUSGIRO : CANDIDATE_BANKGIRO;

    if (figure->count > 8)
        add(line, CANDIDATE_ACCOUNT, at, at, figure->digits);
    else
        add(line, kind, at, at,
            arena_printf(line->a, "%.*s-%s", before, figure->digits, figure->digits + before));
}

static bool is_giro_account(const struct figure *figure)
{
    return check_no_account(figure->digits) ||
           (figure->count >= 5 && figure->count <= 8 && check_luhn(figure->digits));
}

/* Norway and Sweden: reference, whole, hundredths, check digit, account. The account or the amount
 * may be misread, the whole of the amount torn in two. */
static bool read_giro(struct code_line *line)
{
    for (int at = 3; at <= line->count; at++) {
        char amount[DIGITS_MAX];
        bool is_shaped = line->figures[at - 1].count == 1 && line->figures[at - 2].count == 2;
        bool is_amount = is_shaped && join(line, at - 3, at, amount) && check_luhn(amount);
        bool is_account = at < line->count && is_giro_account(&line->figures[at]);
        int proofs = is_amount + is_account + (line->marks >= 2) + line->has_head, end;

        if (!is_shaped || proofs < 2 || line->marks == 0 ||
            (!find_reference(line, at - 3, &end) &&
             (is_amount || at < 4 || !find_reference(line, at - 4, &end))))
            continue;
        add_reference(line, end);
        if (is_account)
            add_account(line, at);
        return true;
    }
    return false;
}

/* Hungary: reference, account, amount. */
static bool read_cheque(struct code_line *line)
{
    for (int at = 0; at + 1 < line->count; at++) {
        int end;

        if (!check_hu_account(line->figures[at].digits) || line->angles == 0 ||
            !find_reference(line, at, &end))
            continue;
        add_reference(line, end);
        add(line, CANDIDATE_ACCOUNT, at, at, line->figures[at].digits);
        return true;
    }
    return false;
}

/* Denmark: what follows the kind is reference and creditor; a "+" between them may have been taken
 * for a figure. */
static bool read_card(struct code_line *line)
{
    static const struct {
        const char *kind;
        size_t digits;
    } cards[] = {{"71", 15}, {"75", 16}, {"04", 16}, {"73", 0}};

    for (int at = 0; at + 1 < line->count && line->marks > 0; at++) {
        const struct figure *kind = &line->figures[at];

        for (size_t i = 0; i < ARRAY_LENGTH(cards); i++)
            for (int end = at + 2; end <= line->count; end++) {
                char rest[DIGITS_MAX], number[DIGITS_MAX] = "";
                size_t length, digits = cards[i].digits;

                if (kind->count < 2 || kind->count > 3 || !join(line, at + 1, end, rest) ||
                    strcmp(kind->digits + kind->count - 2, cards[i].kind) != 0)
                    break;
                length = strlen(rest);
                if (length != digits + FIK_CREDITOR && length != digits + 1 + FIK_CREDITOR)
                    continue;
                memcpy(number, rest, digits);
                if (digits > 0 ? !check_luhn(number) : line->angles == 0)
                    continue;
                add(line, CANDIDATE_REFERENCE, at, end - 1,
                    arena_printf(line->a, "+%s<%s+%s<", cards[i].kind, number,
                                 rest + length - FIK_CREDITOR));
                return true;
            }
    }
    return false;
}

/* Whether row `r` + 1 is the rest of row `r`, which leans a little: beside it and hardly lower. */
static bool goes_on(const struct sheet *s, int r)
{
    const struct row *row = &s->rows[r], *next = row + 1;

    return r + 1 < s->n_rows && row->page == next->page &&
           next->box.y0 - row->box.y0 < row->height &&
           (next->box.x0 > row->box.x1 || row->box.x0 > next->box.x1);
}

static void read_row(struct code_line *line, const struct row *row)
{
    if (line->count == 0)
        line->has_head = strcmp(line->s->tokens[row->first].text, "H") == 0;
    for (int i = row->first; i < row->first + row->count && row->count <= LINE_TOKENS_MAX; i++)
        read_token(line, i);
}

static void read_line(struct code_line *line, int r)
{
    const struct row *row = &line->s->rows[r];

    if (!goes_on(line->s, r)) {
        read_row(line, row);
    } else {
        bool is_left = row[1].box.x0 > row->box.x1;

        read_row(line, is_left ? row : row + 1);
        read_row(line, is_left ? row + 1 : row);
    }
    if (!read_giro(line) && !read_cheque(line))
        read_card(line);
}

void candidates_find_code_lines(struct candidates *c, struct arena *a, const struct sheet *s)
{
    for (int r = 0; r < s->n_rows; r++) {
        struct code_line line = {.c = c, .a = a, .s = s};

        read_line(&line, r);
    }
}
