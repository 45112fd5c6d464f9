/*
 * Generous on purpose: a value that is no span can never be found, and the weights tell the rest
 * apart. A text is at most TEXT_TOKENS words of one cell; a name on two lines is two whole cells
 * whose left edges agree.
 */
#include "pipeline/extract/taught/span.h"

#include "base/arena.h"
#include "base/limits.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_TOKENS = 9, IDENTIFIER_TOKENS = 3, STACKED_ROWS = 2, RANGE_DAYS = 366 };

static struct span *add(struct spans *spans, struct arena *a, const struct sheet *s,
                        enum field_kind kind, int first, int count)
{
    const struct token *token = &s->tokens[first];
    struct span *span;

    if (spans->count == spans->capacity) {
        int capacity = spans->capacity ? 2 * spans->capacity : 256;

        spans->items = arena_grow_array(a, spans->items, (size_t)spans->count, (size_t)capacity,
                                        sizeof *spans->items);
        spans->capacity = capacity;
    }
    span = &spans->items[spans->count++];
    *span = (struct span){.kind = kind,
                          .first = first,
                          .count = count,
                          .rows = 1,
                          .range = -1,
                          .page = token->page,
                          .box = token->box,
                          .printed = token->printed,
                          .confidence = token->confidence};
    for (int i = first + 1; i < first + count; i++) {
        span->box = box_union(span->box, s->tokens[i].box);
        span->printed = box_union(span->printed, s->tokens[i].printed);
        span->confidence = fminf(span->confidence, s->tokens[i].confidence);
    }
    return span;
}

static int count_slashes(const char *text)
{
    int n = 0;

    for (; *text; text++)
        n += *text == '/';
    return n;
}

/* The only day that `text` is with some of its ones read as slashes, at most a year from `other`
 * and on the right side of it: false for none or several. */
static bool mend_slashes(const char *text, bool month_first, struct civil_date other, bool is_begin,
                         struct civil_date *ret)
{
    size_t length = strlen(text);
    struct date_reading reading;
    int found = 0;

    if (length > 10 || text[strspn(text, "0123456789/")] || date_parse(text, month_first, &reading))
        return false;
    for (size_t i = 1; i < length; i++)
        for (size_t k = i + 1; k + 1 < length; k++) {
            char mended[12];
            int days;

            memcpy(mended, text, length + 1);
            if (!strchr("1/", text[i]) || !strchr("1/", text[k]))
                continue;
            mended[i] = mended[k] = '/';
            if (count_slashes(mended) != 2 || !date_parse(mended, month_first, &reading) ||
                reading.is_compact)
                continue;
            days = civil_date_to_days(other) - civil_date_to_days(reading.date);
            if (abs(days) > RANGE_DAYS || (is_begin ? days < 0 : days > 0))
                continue;
            *ret = reading.date;
            found++;
        }
    return found == 1;
}

/* The token beside a date in its row; a dash between them is passed over. -1 for none. */
static int find_beside(const struct sheet *s, const struct candidate *date, int step)
{
    int at = step < 0 ? date->first - 1 : date->first + date->count;

    if (at >= 0 && at < s->n_tokens &&
        (strcmp(s->tokens[at].text, "-") == 0 || strcmp(s->tokens[at].text, "–") == 0))
        at += step;
    return at >= 0 && at < s->n_tokens && s->tokens[at].row == s->tokens[date->first].row ? at : -1;
}

/* Recognisers take a slash for a one: "3/1412026 - 3/20/2026". The other end of a printed range
 * tells which ones are none. */
static void add_mended(struct spans *spans, struct arena *a, const struct sheet *s,
                       const struct candidates *c, const struct candidate *date, bool is_begin)
{
    int at = find_beside(s, date, is_begin ? -1 : 1);
    char day[CIVIL_DATE_TEXT_SIZE];
    struct civil_date mended;

    if (at < 0 || !s->tokens[at].is_ocr ||
        !mend_slashes(s->tokens[at].text, c->month_first, date->date.date, is_begin, &mended))
        return;
    civil_date_format(mended, day);
    add(spans, a, s, FIELD_DATE, at, 1)->value = arena_strdup(a, day);
}

static void add_candidates(struct spans *spans, struct arena *a, const struct sheet *s,
                           const struct candidates *c, enum field_kind kind)
{
    enum candidate_kind wanted = kind == FIELD_AMOUNT ? CANDIDATE_AMOUNT : CANDIDATE_DATE;

    for (int i = 0; i < c->count; i++) {
        const struct candidate *item = &c->items[i];
        struct span *span;

        if (item->kind != wanted || item->is_second ||
            (kind == FIELD_AMOUNT && item->amount.is_percent))
            continue;
        if (kind == FIELD_DATE)
            add_mended(spans, a, s, c, item, true);
        span = add(spans, a, s, kind, item->first, item->count);
        span->candidate = item;
        span->amount = item->amount.value;
        span->value = kind == FIELD_AMOUNT ? amount_text(a, item->amount.value, 2) : item->value;
        if (kind == FIELD_DATE)
            add_mended(spans, a, s, c, item, false);
    }
}

/* Without the marks that stand around a value: "(ACME," is "ACME". */
static char *trimmed(const struct sheet *s, struct arena *a, int first, int count)
{
    char *text = sheet_text(s, a, first, count);
    size_t n;

    text += strspn(text, " \"'([{<#:;,*=|_-");
    n = strlen(text);
    while (n > 0 && strchr(" \"'([{>:;,*=|_-", text[n - 1]))
        n--;
    text[n] = '\0';
    return text;
}

/* A number at the end of a sentence, or with a speck behind it: "4711." is "4711". */
static char *without_stop(char *text)
{
    size_t n = strlen(text);

    if (n > 0 && text[n - 1] == '.')
        text[n - 1] = '\0';
    return text;
}

static void add_identifiers(struct spans *spans, struct arena *a, const struct sheet *s)
{
    for (int i = 0; i < s->n_tokens; i++) {
        bool is_found = false;

        for (int n = 1; n <= IDENTIFIER_TOKENS && i + n <= s->n_tokens &&
                        s->tokens[i + n - 1].cell == s->tokens[i].cell;
             n++) {
            struct span *span;
            char *text;

            is_found |= text_has_digit(s->tokens[i + n - 1].text);
            if (!is_found || !(text_has_digit(s->tokens[i + n - 1].text) || n == 1))
                continue;
            text = without_stop(trimmed(s, a, i, n));
            if (!*text || strlen(text) > 40)
                continue;
            span = add(spans, a, s, FIELD_IDENTIFIER, i, n);
            span->value = text;
        }
    }
}

static bool has_letters(const char *text)
{
    int letters = 0;

    for (; *text; text++)
        letters += isalpha((unsigned char)*text) || (unsigned char)*text >= 0xc0;
    return letters >= 2;
}

/* The cell straight under `cell`, its left edge in line, or NULL. */
static const struct cell *cell_under(const struct sheet *s, const struct cell *cell)
{
    const struct row *row = &s->rows[cell->row];

    for (const struct cell *c = cell + 1; c < s->cells + s->n_cells && c->row <= cell->row + 2;
         c++) {
        if (c->row == cell->row || s->rows[c->row].page != row->page)
            continue;
        if (fabsf(c->box.x0 - cell->box.x0) < row->height &&
            c->box.y0 - cell->box.y1 < 1.2f * row->height)
            return c;
    }
    return NULL;
}

static void add_stacked(struct spans *spans, struct arena *a, const struct sheet *s,
                        const struct cell *cell)
{
    const struct cell *under = cell_under(s, cell);
    char *text, *below;
    struct span *span;

    if (!under || cell->count > TEXT_TOKENS || under->count > TEXT_TOKENS)
        return;
    text = trimmed(s, a, cell->first, cell->count);
    below = trimmed(s, a, under->first, under->count);
    if (!has_letters(text) || !*below)
        return;
    span = add(spans, a, s, FIELD_TEXT, cell->first, cell->count);
    span->rows = STACKED_ROWS;
    span->box = box_union(span->box, under->box);
    for (int i = under->first; i < under->first + under->count; i++)
        span->printed = box_union(span->printed, s->tokens[i].printed);
    span->value = arena_printf(a, "%s %s", text, below);
}

static void add_texts(struct spans *spans, struct arena *a, const struct sheet *s)
{
    for (int k = 0; k < s->n_cells; k++) {
        const struct cell *cell = &s->cells[k];
        int end = cell->first + cell->count;

        for (int i = cell->first; i < end; i++)
            for (int n = 1; n <= TEXT_TOKENS && i + n <= end; n++) {
                char *text = trimmed(s, a, i, n);
                struct span *span;

                if (!has_letters(text) || !s->tokens[i].key[0] || !s->tokens[i + n - 1].key[0])
                    continue;
                span = add(spans, a, s, FIELD_TEXT, i, n);
                span->value = text;
            }
        add_stacked(spans, a, s, cell);
    }
}

/* "-", "to", "thru", "bis", "till": a word, or a dash; columns are parted by other marks. */
static bool is_between(const struct sheet *s, int first, int end)
{
    if (end - first > 1 || s->tokens[first - 1].row != s->tokens[end].row)
        return false;
    if (end <= first)
        return true;
    return strlen(s->tokens[first].text) <= 7 &&
           !strpbrk(s->tokens[first].text, "0123456789|{}[]()/\\$*");
}

/* Of the dates from `from` on. */
static void find_ranges(struct spans *spans, const struct sheet *s, int from)
{
    struct span *last = NULL;

    for (struct span *span = &spans->items[from]; span < spans->items + spans->count; span++) {
        if (last && last->range < 0 &&
            (last->first == span->first ||
             (last->first < span->first &&
              is_between(s, last->first + last->count, span->first)))) {
            last->range = (int)(span - spans->items);
            span->range = (int)(last - spans->items);
        }
        last = span;
    }
}

void spans_find(struct spans *spans, struct arena *a, const struct sheet *s,
                const struct candidates *c, enum field_kind kind)
{
    int from = spans->count;

    switch (kind) {
    case FIELD_AMOUNT:
        add_candidates(spans, a, s, c, kind);
        break;
    case FIELD_DATE:
        add_candidates(spans, a, s, c, kind);
        find_ranges(spans, s, from);
        break;
    case FIELD_IDENTIFIER:
    case FIELD_ACCOUNT:
        add_identifiers(spans, a, s);
        break;
    case FIELD_TEXT:
        add_texts(spans, a, s);
        break;
    case FIELD_CODE: /* chosen from the whole document, not from a place in it */
    case FIELD_MARK: /* measured, not read */
    case FIELD_KIND_COUNT:
        break;
    }
}
