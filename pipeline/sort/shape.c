/*
 * Counts words, cells and rows. Each group of facts has its function; their order is part of the
 * weights. What separates the types without a word: tills print narrow, forms number their captions
 * in order and set them in capitals, statements carry a balance from row to row, letters have a row
 * that greets and short lines above it, articles stand in columns.
 */
#include "pipeline/sort/shape.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

float shape_squash(int count)
{
    return log2f(1 + (float)count) / 6;
}

static float share(int part, int whole)
{
    return whole > 0 ? (float)part / (float)whole : 0;
}

static bool is_amount(const char *text, size_t n)
{
    return n > 3 && (text[n - 3] == ',' || text[n - 3] == '.') &&
           isdigit((unsigned char)text[n - 1]);
}

/* Digits with a separator or two, as dates have them; years may be missing. */
static bool is_date(const char *text)
{
    size_t n = strlen(text), digits = 0, signs = 0;

    for (const char *p = text; *p; p++) {
        digits += isdigit((unsigned char)*p) != 0;
        signs += *p == '.' || *p == '/' || *p == '-';
    }
    return n >= 4 && n <= 11 && digits + signs == n && digits >= 3 && signs >= 1 && signs <= 3 &&
           isdigit((unsigned char)text[0]);
}

static void find_counts(float out[16], const struct sheet *s)
{
    const struct page *page = s->n_pages ? s->pages[0] : NULL;
    int numbers = 0, amounts = 0, columns = 0, totals = 0, colons = 0;

    for (int i = 0; i < s->n_tokens; i++) {
        const char *text = s->tokens[i].text;
        size_t n = strlen(text);

        numbers += isdigit((unsigned char)text[0]) != 0;
        amounts += is_amount(text, n);
        colons += text[n - 1] == ':';
    }
    for (int m = 0; m < s->n_mentions; m++) {
        columns += (s->mentions[m].concepts &
                    (CONCEPT_BIT(col_price) | CONCEPT_BIT(col_quantity))) != 0;
        totals += (s->mentions[m].concepts & (CONCEPT_BIT(gross) | CONCEPT_BIT(amount_due))) != 0;
    }
    out[0] = 1;
    out[1] = shape_squash(s->n_tokens);
    out[2] = shape_squash(numbers);
    out[3] = shape_squash(amounts);
    out[4] = shape_squash(columns);
    out[5] = shape_squash(totals);
    out[6] = shape_squash(colons);
    out[7] = shape_squash(s->n_pages);
    out[8] = share(amounts, s->n_tokens);
    out[9] = share(s->n_tokens, s->n_rows) / 12;
    out[10] = share(s->n_cells, s->n_rows) / 4;
    out[11] = page && page->height_pt > 1.8f * page->width_pt;
    out[12] = page ? fminf((float)page->n_rules / 40, 1) : 0;
    out[13] = page && page->n_barcodes > 0;
    out[14] = s->n_tokens < 12;
    out[15] = page && page->width_pt < 0.6f * page->height_pt;
}

/* How the page is written: shares of its words. */
static void find_manner(float out[8], const struct sheet *s)
{
    int in_prose = 0, in_labels = 0, upper = 0, blanks = 0, dates = 0, questions = 0, marks = 0;

    for (int i = 0; i < s->n_cells; i++)
        in_prose += s->cells[i].count >= 9 ? s->cells[i].count : 0;
    for (int i = 0; i < s->n_mentions; i++)
        in_labels += s->mentions[i].is_inside ? 0 : s->mentions[i].count;
    for (int i = 0; i < s->n_tokens; i++) {
        const char *text = s->tokens[i].text;
        size_t n = strlen(text);

        upper += isupper((unsigned char)text[0]) && isupper((unsigned char)text[1]);
        blanks += strstr(text, "__") || strstr(text, "....");
        dates += n >= 8 && strspn(text, "0123456789./-") == n;
        questions += text[n - 1] == '?';
        marks += strcmp(text, "X") == 0 || strcmp(text, "x") == 0;
    }
    out[0] = share(in_prose, s->n_tokens);
    out[1] = share(in_labels, s->n_tokens);
    out[2] = share(upper, s->n_tokens);
    out[3] = shape_squash(blanks);
    out[4] = shape_squash(dates);
    out[5] = shape_squash(s->n_mentions);
    out[6] = shape_squash(s->n_rows);
    out[7] = shape_squash(questions + marks);
}

/* "3.", "(b)", "12)", "IV.": what a question of a form is numbered by. */
static bool is_enumerator(const char *text)
{
    size_t n = strlen(text), body = strspn(text, "(") ? n - 2 : n - 1;

    return n >= 2 && n <= 5 && (text[n - 1] == '.' || text[n - 1] == ')') &&
           (strspn(text + (text[0] == '('), "0123456789") == body ||
            strspn(text + (text[0] == '('), "IVXivx") == body || body == 1);
}

/* Tills print 24 to 56 characters a line whatever the paper they are scanned on; the width of a
 * character is that of the page's words together, so that no unit is needed. */
static void find_strip(float out[4], const struct sheet *s)
{
    const int till = 56;
    struct box all = {1e6f, 1e6f, 0, 0};
    float wide = 0, letters = 0;
    int rows = 0, wide_rows = 0, enumerated = 0;

    for (int i = 0; i < s->n_tokens; i++) {
        wide += s->tokens[i].box.x1 - s->tokens[i].box.x0;
        letters += (float)strlen(s->tokens[i].text);
    }
    for (int r = 0; r < s->n_rows; r++) {
        const struct token *first = &s->tokens[s->rows[r].first];
        const struct token *last = first + s->rows[r].count - 1;

        if (first->page > 0 || wide <= 0)
            continue;
        rows++;
        wide_rows += (last->box.x1 - first->box.x0) * letters / wide > (float)till;
        enumerated += is_enumerator(first->text);
        all = (struct box){fminf(all.x0, first->box.x0), fminf(all.y0, first->box.y0),
                           fmaxf(all.x1, last->box.x1), fmaxf(all.y1, last->box.y1)};
    }
    if (rows == 0)
        return;
    out[0] = share(wide_rows, rows);
    out[1] = wide_rows == 0;
    out[2] = fminf((all.x1 - all.x0) * letters / wide / 120, 1);
    out[3] = share(enumerated, rows);
}

/* Who pays later is named, with a number and a term; who paid at the till is not. */
static void find_debt(float out[2], const struct sheet *s)
{
    const uint64_t debt = CONCEPT_BIT(buyer) | CONCEPT_BIT(deliver_to) | CONCEPT_BIT(due_date) |
                          CONCEPT_BIT(customer_number) | CONCEPT_BIT(payment_terms) |
                          CONCEPT_BIT(iban) | CONCEPT_BIT(account) | CONCEPT_BIT(bankgiro);
    int owed = 0, paid = 0;

    for (int m = 0; m < s->n_mentions; m++) {
        owed += (s->mentions[m].concepts & debt) != 0;
        paid += (s->mentions[m].concepts & CONCEPT_BIT(cash)) != 0;
    }
    out[0] = shape_squash(owed);
    out[1] = shape_squash(paid);
}

static bool is_capital(const struct sheet *s, const struct cell *cell)
{
    int letters = 0, upper = 0;

    for (int i = cell->first; i < cell->first + cell->count; i++)
        for (const char *p = s->tokens[i].text; *p; p++) {
            letters += isalpha((unsigned char)*p) != 0;
            upper += isupper((unsigned char)*p) != 0;
        }
    return letters >= 6 && upper * 10 >= letters * 9;
}

/* What "12." or "(3)" counts; 0 for letters. */
static int enumerator_number(const char *text)
{
    int number = 0;

    for (text += text[0] == '('; isdigit((unsigned char)*text); text++)
        number = number * 10 + (*text - '0');
    return number;
}

/* Cells of page one: numbered, numbered one after the other, in capitals, short, or asking. */
static void find_captions(float out[6], const struct sheet *s)
{
    int cells = 0, numbered = 0, capital = 0, short_ones = 0, asking = 0, next = 1;

    for (int i = 0; i < s->n_cells; i++) {
        const struct cell *cell = &s->cells[i];
        const struct token *first = &s->tokens[cell->first];
        const char *last = first[cell->count - 1].text;

        if (first->page > 0)
            continue;
        cells++;
        if (cell->count > 1 && is_enumerator(first->text)) {
            int number = enumerator_number(first->text);

            numbered++;
            if (number >= next && number <= next + 2)
                next = number + 1;
        }
        capital += is_capital(s, cell);
        short_ones += cell->count <= 3;
        asking += last[strlen(last) - 1] == ':' || last[strlen(last) - 1] == '?';
    }
    out[0] = share(numbered, cells);
    out[1] = shape_squash(next - 1);
    out[2] = share(capital, cells);
    out[3] = share(short_ones, cells);
    out[4] = share(asking, cells);
    out[5] = shape_squash(capital);
}

/* The digits of a cell that is one number, without sign and separators; -1 where it is none. */
static int64_t cell_number(const struct sheet *s, const struct cell *cell)
{
    int64_t number = 0;
    int digits = 0;

    for (int i = cell->first; i < cell->first + cell->count; i++)
        for (const char *p = s->tokens[i].text; *p; p++) {
            if (isdigit((unsigned char)*p)) {
                number = number * 10 + (*p - '0');
                if (++digits > 15)
                    return -1;
            } else if (isalpha((unsigned char)*p) || *p == '/' || *p == ':') {
                return -1;
            }
        }
    return digits > 2 ? number : -1;
}

/* A row whose last number is that of the row before plus or minus another of its own. */
static bool carries_on(const int64_t *numbers, int n, int64_t before)
{
    for (int i = 0; i + 1 < n; i++)
        if (numbers[i] > 0 &&
            (before + numbers[i] == numbers[n - 1] || llabs(before - numbers[i]) == numbers[n - 1]))
            return true;
    return false;
}

static void find_ledger(float out[5], const struct sheet *s)
{
    enum { MOST = 12 };
    int64_t numbers[MOST], before = -1;
    int carried = 0, dated = 0, ending = 0, c = 0;

    for (int r = 0; r < s->n_rows; r++) {
        const struct row *row = &s->rows[r];
        const char *last = s->tokens[row->first + row->count - 1].text;
        int n = 0;

        for (; c < s->n_cells && s->cells[c].row <= r; c++) {
            int64_t number = cell_number(s, &s->cells[c]);

            if (s->cells[c].row == r && number >= 0 && n < MOST)
                numbers[n++] = number;
        }
        carried += n > 1 && before > 0 && carries_on(numbers, n, before);
        before = n > 0 ? numbers[n - 1] : before;
        dated += is_date(s->tokens[row->first].text);
        ending += is_amount(last, strlen(last));
    }
    out[0] = shape_squash(carried);
    out[1] = share(carried, s->n_rows);
    out[2] = shape_squash(dated);
    out[3] = share(dated, s->n_rows);
    out[4] = share(ending, s->n_rows);
}

/* A short row that ends as a greeting does, above longer ones; short rows before it; rows that are
 * several columns of prose; how large the largest print is; how far down the page goes. */
static void find_prose(float out[5], const struct sheet *s)
{
    const struct page *page = s->n_pages ? s->pages[0] : NULL;
    float body = 0, top = 0, bottom = 0;
    int greeting = 0, above = 0, columns = 0, rows = 0;

    for (int r = 0; page && r < s->n_rows && s->rows[r].page == 0; r++) {
        const struct row *row = &s->rows[r];
        const char *last = s->tokens[row->first + row->count - 1].text;
        char end = last[strlen(last) - 1];

        rows++;
        body += row->height;
        top = fmaxf(top, row->height);
        bottom = fmaxf(bottom, row->box.y1);
        if (greeting == 0 && row->count >= 2 && row->count <= 6 && (end == ',' || end == '!') &&
            r + 1 < s->n_rows && s->rows[r + 1].count > 6)
            greeting = r + 1;
        above += greeting == 0 && row->count <= 4;
    }
    for (int i = 1; i < s->n_cells; i++)
        columns += s->cells[i].row == s->cells[i - 1].row && s->cells[i].count >= 4 &&
                   s->cells[i - 1].count >= 4;
    out[0] = greeting > 0;
    out[1] = greeting > 0 ? shape_squash(above) : 0;
    out[2] = share(columns, s->n_rows);
    out[3] = rows && body > 0 ? fminf(top * (float)rows / body / 6, 1) : 0;
    out[4] = page ? fminf(bottom / page->height_pt, 1) : 0;
}

void shape_find(float facts[SHAPE_FACTS], const struct sheet *s)
{
    static_assert(16 + 8 + 4 + 2 + 6 + 5 + 5 == SHAPE_FACTS, "every fact belongs to a group");
    memset(facts, 0, SHAPE_FACTS * sizeof *facts);
    find_counts(facts, s);
    find_manner(facts + 16, s);
    find_strip(facts + 24, s);
    find_debt(facts + 28, s);
    find_captions(facts + 30, s);
    find_ledger(facts + 36, s);
    find_prose(facts + 41, s);
}
