/*
 * Amounts, dates and texts as candidates. Runs of tokens are tried longest first, so that
 * "12 450,00" is one amount and not two, and "12. mars 2026" one date.
 */
#include "pipeline/extract/candidate.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { AMOUNT_TOKENS = 5, DATE_TOKENS = 5, RUN_SIZE = 128, TEXT_TOKENS = 12 };

static const float REPAIRED = 0.8f; /* a date with a letter, or without one of its marks, as well */
static const float LOST_DIGIT = 0.5f; /* a date that may lack one is as sure as an unsure word */

float token_gap(const struct sheet *s, int i)
{
    if (i == 0 || s->tokens[i].row != s->tokens[i - 1].row)
        return 1000;
    return (s->tokens[i].box.x0 - s->tokens[i - 1].box.x1) / s->rows[s->tokens[i].row].height;
}

struct candidate candidate_of_tokens(const struct sheet *s, enum candidate_kind kind, int first,
                                     int count)
{
    const struct token *token = &s->tokens[first];
    struct candidate c = {.kind = kind,
                          .first = first,
                          .count = count,
                          .row = token->row,
                          .page = token->page,
                          .box = token->box,
                          .printed = token->printed,
                          .confidence = token->confidence,
                          .is_ocr = token->is_ocr};

    for (int i = first + 1; i < first + count; i++) {
        c.box = box_union(c.box, s->tokens[i].box);
        c.printed = box_union(c.printed, s->tokens[i].printed);
        c.confidence = fminf(c.confidence, s->tokens[i].confidence);
    }
    return c;
}

struct candidate *candidates_add(struct candidates *c, struct arena *a, const struct sheet *s,
                                 enum candidate_kind kind, int first, int count)
{
    if (c->count == c->capacity) {
        int capacity = c->capacity ? c->capacity * 2 : 64;

        c->items = arena_grow_array(a, c->items, (size_t)c->count, (size_t)capacity,
                                    sizeof *c->items);
        c->capacity = capacity;
    }
    c->items[c->count] = candidate_of_tokens(s, kind, first, count);
    return &c->items[c->count++];
}

/* Joins up to `count` tokens of one row, with a space where `spaced`; false when it gets too long.
 */
static bool join(const struct sheet *s, int first, int count, bool spaced, char out[RUN_SIZE])
{
    size_t used = 0;

    for (int i = first; i < first + count; i++) {
        size_t length = strlen(s->tokens[i].text);

        if (used + length + 2 > RUN_SIZE)
            return false;
        if (i > first && spaced)
            out[used++] = ' ';
        memcpy(out + used, s->tokens[i].text, length + 1);
        used += length;
    }
    return true;
}

static int run_length(const struct sheet *s, int first, int most, float widest_gap)
{
    int n = 1;

    while (n < most && first + n < s->n_tokens && token_gap(s, first + n) <= widest_gap)
        n++;
    return n;
}

/* A space within a number: about a quarter of the height, or one letter of a typewriter's. */
static bool is_thousands_space(const struct sheet *s, int i)
{
    const struct token *before = &s->tokens[i - 1], *group = &s->tokens[i];
    float letter = fmaxf((before->box.x1 - before->box.x0) / (float)utf8_count(before->text),
                         (group->box.x1 - group->box.x0) / (float)utf8_count(group->text));

    return token_gap(s, i) < 0.55f || group->box.x0 - before->box.x1 < 1.4f * letter;
}

/* A group of three digits must stand as near as a thousands space does; a currency may stand off.
 */
static bool may_continue_amount(const struct sheet *s, int i)
{
    const char *text = s->tokens[i].text;
    size_t digits = strspn(text, "0123456789");

    const char *before = s->tokens[i - 1].text;
    char last = before[strlen(before) - 1];

    if (digits == 0)
        return token_gap(s, i) < 1.0f;
    if (digits == 2 && !isdigit((unsigned char)text[2]) && (last == ',' || last == '.'))
        return s->tokens[i].is_ocr && token_gap(s, i) < 0.9f;
    if (digits == 2 && text[2] == '\0' && isalpha((unsigned char)before[0])) /* "RM9 50" */
        return s->tokens[i].is_ocr && token_gap(s, i) < 0.9f;
    if (!text_has_digit(before))
        return token_gap(s, i) < 1.2f;
    return digits == 3 && !isdigit((unsigned char)text[3]) && is_thousands_space(s, i);
}

static int try_amount(const struct sheet *s, int first, struct amount *ret)
{
    char text[RUN_SIZE];
    int most = 1;

    while (most < AMOUNT_TOKENS && first + most < s->n_tokens &&
           s->tokens[first + most].row == s->tokens[first].row &&
           may_continue_amount(s, first + most))
        most++;
    for (int n = most; n >= 1; n--) {
        bool has_any = false;

        for (int i = first; i < first + n; i++)
            has_any |= text_has_digit(s->tokens[i].text);
        if (has_any && join(s, first, n, true, text) &&
            amount_parse(text, s->tokens[first].is_ocr, ret))
            return n;
    }
    return 0;
}

void candidates_find_amounts(struct candidates *c, struct arena *a, const struct sheet *s)
{
    for (int i = 0; i < s->n_tokens;) {
        struct amount amount;
        int n = try_amount(s, i, &amount);

        if (n > 0) {
            struct candidate *item = candidates_add(c, a, s, CANDIDATE_AMOUNT, i, n);

            item->amount = amount;
            item->is_last_in_row = true;
            for (int k = c->count - 2; k >= 0 && c->items[k].row == item->row; k--)
                if (!amount.is_percent)
                    c->items[k].is_last_in_row = false;
        }
        i += n > 0 ? n : 1;
    }
}

static void add_date(struct candidates *c, struct arena *a, const struct sheet *s, int first,
                     int count, const struct date_reading *reading)
{
    struct candidate *item = candidates_add(c, a, s, CANDIDATE_DATE, first, count);
    char text[CIVIL_DATE_TEXT_SIZE];

    if (reading->is_repaired)
        item->confidence *= REPAIRED;
    civil_date_format(reading->date, text);
    item->date = *reading;
    item->value = arena_strdup(a, text);
}

/* "01.03.2026-31.03.2026" in one token: two dates on the same box. */
static bool add_range(struct candidates *c, struct arena *a, const struct sheet *s, int i,
                      bool month_first)
{
    static const char *const dashes[] = {"–", "—", "-"};
    const char *text = s->tokens[i].text;
    struct date_reading from, to;
    char left[RUN_SIZE];

    for (int d = 0; d < 3; d++)
        for (const char *at = strstr(text, dashes[d]); at; at = strstr(at + 1, dashes[d])) {
            size_t n = (size_t)(at - text);

            if (n < 6 || n + 1 > sizeof left || strlen(at) < 7)
                continue;
            memcpy(left, text, n);
            left[n] = '\0';
            if (date_parse(left, month_first, &from) && !from.is_compact &&
                date_parse(at + strlen(dashes[d]), month_first, &to) && !to.is_compact) {
                add_date(c, a, s, i, 1, &from);
                add_date(c, a, s, i, 1, &to);
                return true;
            }
        }
    return false;
}

/* A paper writes all its days and months with a zero or none: "08.1.2025" has lost a digit. */
static void doubt_lost_digits(struct candidates *c)
{
    bool pads = false;

    for (int i = 0; i < c->count; i++)
        pads |= c->items[i].kind == CANDIDATE_DATE && c->items[i].date.is_padded;
    for (int i = 0; i < c->count && pads; i++)
        if (c->items[i].kind == CANDIDATE_DATE && c->items[i].date.longer.year &&
            c->items[i].is_ocr) {
            c->items[i].date.other = c->items[i].date.longer;
            c->items[i].confidence *= LOST_DIGIT;
        }
}

void candidates_find_dates(struct candidates *c, struct arena *a, const struct sheet *s,
                           bool month_first)
{
    for (int i = 0; i < s->n_tokens;) {
        int used = 1, most = run_length(s, i, DATE_TOKENS, 0.9f);
        struct date_reading reading;
        char text[RUN_SIZE];

        for (int n = most; n >= 1; n--) {
            if (isspace((unsigned char)s->tokens[i].text[0]) || !join(s, i, n, true, text))
                continue;
            text[strcspn(text, ";)")] = '\0';
            if (date_parse(text + (text[0] == '('), month_first, &reading) ||
                (s->tokens[i].is_ocr && date_repair(text, month_first, &reading))) {
                add_date(c, a, s, i, n, &reading);
                used = n;
                break;
            }
        }
        if (used == 1 && strlen(s->tokens[i].text) > 12)
            add_range(c, a, s, i, month_first);
        i += used;
    }
    doubt_lost_digits(c);
}

/* Another label is no value: a known phrase that fills the run, or any words before a colon. */
static bool is_label(const struct sheet *s, int first, int count)
{
    const char *last = s->tokens[first + count - 1].text;

    for (int m = 0; m < s->n_mentions; m++)
        if (s->mentions[m].first == first && s->mentions[m].count >= count)
            return true;
    return last[strlen(last) - 1] == ':';
}

/* The rest of a label's cell, else the next cell unless that is a label, else the nearest cell
 * under the label. */
static int value_run(const struct sheet *s, const struct mention *m, int *ret_first)
{
    const struct row *row = &s->rows[m->row];
    int next = m->first + m->count, end = row->first + row->count;

    while (next < end && s->tokens[next].key[0] == '\0')
        next++;
    if (next < end && s->tokens[next].box.x0 - m->box.x1 < 14 * row->height) {
        const struct cell *cell = &s->cells[s->tokens[next].cell];
        int count = cell->first + cell->count - next;

        if (s->tokens[next].cell == s->tokens[m->first].cell || !is_label(s, next, count)) {
            *ret_first = next;
            return count;
        }
    }
    for (int r = m->row + 1; r < s->n_rows && r < m->row + 3; r++) {
        if (s->rows[r].page != m->page || s->rows[r].box.y0 - m->box.y1 > 2 * row->height)
            break;
        for (int i = s->rows[r].first; i < s->rows[r].first + s->rows[r].count; i++) {
            const struct cell *cell = &s->cells[s->tokens[i].cell];

            if (cell->first == i && box_overlap_x(&cell->box, &m->box) > 0.3f) {
                *ret_first = i;
                return cell->count;
            }
        }
    }
    return 0;
}

static bool ends_with_colon(const struct sheet *s, const struct mention *m)
{
    const char *text = s->tokens[m->first + m->count - 1].text;

    return text[strlen(text) - 1] == ':';
}

/* A value under its label ends where the next label of the row has its own value. */
static int cut_at_next_column(const struct sheet *s, const struct mention *m, int first, int count)
{
    int n = 1;

    if (s->tokens[first].row == m->row)
        return count;
    for (; n < count; n++)
        for (int k = 0; k < s->n_mentions; k++)
            if (s->mentions[k].row == m->row && s->mentions[k].first > m->first &&
                s->mentions[k].box.x0 - s->tokens[first + n].box.x0 < 3 &&
                s->tokens[first + n].box.x0 < s->mentions[k].box.x1)
                return n;
    return n;
}

/* Texts are only looked for where a label asks for one. */
void candidates_find_texts(struct candidates *c, struct arena *a, const struct sheet *s)
{
    const uint64_t wanted = CONCEPT_BIT(buyer_reference) | CONCEPT_BIT(payment_terms);

    for (int m = 0; m < s->n_mentions; m++) {
        int first = 0, count;

        if (!(s->mentions[m].concepts & wanted) || s->mentions[m].is_inside)
            continue; /* prose names no fact */
        count = value_run(s, &s->mentions[m], &first);
        if (count > 0)
            count = cut_at_next_column(s, &s->mentions[m], first, count);
        for (int k = 0; k < s->n_mentions; k++) /* the next label ends the text */
            if (s->mentions[k].first > first && s->mentions[k].first < first + count &&
                ends_with_colon(s, &s->mentions[k]))
                count = s->mentions[k].first - first;
        if (count > 0 && count <= TEXT_TOKENS && !is_label(s, first, count)) {
            struct candidate *item = candidates_add(c, a, s, CANDIDATE_TEXT, first, count);

            item->value = sheet_text(s, a, first, count);
        }
    }
}

void candidates_find(struct candidates *c, struct arena *a, const struct sheet *s, bool month_first)
{
    *c = (struct candidates){.month_first = month_first};
    candidates_find_amounts(c, a, s);
    candidates_find_dates(c, a, s, month_first);
    candidates_find_numbers(c, a, s);
    candidates_find_code_lines(c, a, s);
    candidates_find_texts(c, a, s);
    for (int i = 0; i < c->count; i++)
        candidate_look_around(&c->items[i], s);
}
