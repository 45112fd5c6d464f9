/*
 * Labels and places. A label is up to four words that stand before a value in its row or just above
 * it, whether or not the vocabulary knows them: that is how a supplier's own wording is learnt. It
 * is found again by its comparing form, with one edit in six letters.
 */
#include "pipeline/extract/memory_private.h"

#include "base/arena.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Thousandths of the page: papers are shifted on the glass, and lines grow with what is above. */
enum { ACROSS_OFF = 20, DOWN_OFF = 10 };
/* On larger documents labels are looked for exactly: comparing is a distance a token. */
enum { NEAR_TOKENS = 6000 };

static bool is_wordy(const struct token *token)
{
    int letters = 0, digits = 0;

    for (const char *p = token->text; *p; p++) {
        digits += isdigit((unsigned char)*p) != 0;
        letters += isalpha((unsigned char)*p) || (unsigned char)*p >= 0x80;
    }
    return token->key[0] && letters > digits;
}

/* Marks, currencies and "25 %" between a label and its value belong to neither. */
static bool is_filler(const struct sheet *s, int i)
{
    const char *text = s->tokens[i].text;

    if (!s->tokens[i].key[0] || currency_of_sign(text, (int)strlen(text)))
        return true;
    return !is_wordy(&s->tokens[i]) &&
           (strchr(text, '%') || (i + 1 < s->n_tokens && s->tokens[i + 1].text[0] == '%' &&
                                  s->tokens[i + 1].row == s->tokens[i].row));
}

/* ---- labels ---- */

static const char *text_of_run(const struct sheet *s, struct arena *a, int first, int last)
{
    char *text = sheet_text(s, a, first, last - first + 1);
    size_t n = strlen(text);

    while (n > 0 && strchr(":. ", text[n - 1]))
        text[--n] = '\0';
    return n >= 2 && n < PHRASE_KEY_SIZE ? text : NULL;
}

const char *label_left_of(const struct sheet *s, const struct candidate *c, struct arena *a)
{
    int last = c->first - 1, first, start = s->rows[c->row].first;

    while (last >= start && is_filler(s, last))
        last--;
    if (last < start || !is_wordy(&s->tokens[last]))
        return NULL;
    first = last;
    while (first > start && last - first + 1 < LABEL_TOKENS && is_wordy(&s->tokens[first - 1]) &&
           s->tokens[first - 1].cell == s->tokens[last].cell)
        first--;
    return text_of_run(s, a, first, last);
}

static bool is_under(const struct box *box, const struct box *label, float height)
{
    float gap = box->y0 - label->y1;

    return gap > -0.4f * height && gap < 2.5f * height &&
           (box_overlap_x(box, label) > 0.3f || fabsf(box->x0 - label->x0) < 0.8f * height ||
            fabsf(box->x1 - label->x1) < 0.8f * height);
}

/* The words of the cell about a token, up to figures and as many as a label has. */
static const char *label_around(const struct sheet *s, struct arena *a, int token)
{
    const struct cell *cell = &s->cells[s->tokens[token].cell];
    int first = token, last = token;

    while (first > cell->first && is_wordy(&s->tokens[first - 1]) &&
           last - first + 1 < LABEL_TOKENS)
        first--;
    while (last + 1 < cell->first + cell->count && is_wordy(&s->tokens[last + 1]) &&
           last - first + 1 < LABEL_TOKENS)
        last++;
    return text_of_run(s, a, first, last);
}

const char *label_above(const struct sheet *s, const struct candidate *c, struct arena *a)
{
    float height = s->rows[c->row].height;

    for (int i = s->rows[c->row].first - 1; i >= 0 && s->tokens[i].page == c->page; i--) {
        const struct token *token = &s->tokens[i];

        if (c->box.y0 - token->box.y1 > 2.5f * height)
            break;
        if (!is_under(&c->box, &token->box, height))
            continue;
        if (!is_wordy(token) || is_filler(s, i))
            return NULL;
        return label_around(s, a, i);
    }
    return NULL;
}

size_t words_key(const char *text, char out[PHRASE_KEY_SIZE])
{
    size_t used = 0;

    out[0] = '\0';
    while (*text) {
        size_t n = strcspn(text, " ");
        char word[PHRASE_KEY_SIZE * 4];

        if (n < sizeof word) {
            memcpy(word, text, n);
            word[n] = '\0';
            used += phrase_key(word, out + used, PHRASE_KEY_SIZE - used);
        }
        text += n + (text[n] == ' ');
    }
    return used;
}

bool value_is_same(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (!*a || tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return *a == *b;
    }
}

bool label_is_same(const char *a, const char *b)
{
    char x[PHRASE_KEY_SIZE], y[PHRASE_KEY_SIZE];

    words_key(a, x);
    words_key(b, y);
    return strcmp(x, y) == 0;
}

/* ---- places ---- */

static int page_number(const struct sheet *s, int page)
{
    return page == 0 ? 1 : page == s->n_pages - 1 ? -1 : page + 1;
}

static void place(const struct sheet *s, const struct candidate *c, int *ret_across, int *ret_down)
{
    const struct page *page = s->pages[c->page];
    float x = c->kind == CANDIDATE_AMOUNT ? c->box.x1 : c->box.x0;

    *ret_across = (int)lroundf(1000 * x / page->width_pt);
    *ret_down = (int)lroundf(500 * (c->box.y0 + c->box.y1) / page->height_pt);
}

const char *place_of(const struct sheet *s, const struct candidate *c, struct arena *a)
{
    int across, down;

    place(s, c, &across, &down);
    return arena_printf(a, "%d %d %d", page_number(s, c->page), across, down);
}

/* ---- hints ---- */

static void add_anchor(struct hint *hint, int first, int count)
{
    if (hint->n_anchors < ANCHORS_MAX) {
        hint->anchors[hint->n_anchors].first = first;
        hint->anchors[hint->n_anchors++].count = count;
    }
}

/* How many tokens from `first` on print the key within `limit` edits; 0 when they do not. */
static int run_with_key(const struct sheet *s, int first, const char *key, size_t length, int limit)
{
    char run[PHRASE_KEY_SIZE * 2] = "";
    size_t used = 0;

    for (int i = first; i < s->n_tokens && i < first + LABEL_TOKENS; i++) {
        size_t n = strlen(s->tokens[i].key);

        if (s->tokens[i].row != s->tokens[first].row || used + n >= PHRASE_KEY_SIZE)
            return 0;
        memcpy(run + used, s->tokens[i].key, n + 1);
        used += n;
        if (limit == 0 && strncmp(run, key, used) != 0)
            return 0;
        if (used + (size_t)limit >= length)
            return used <= length + (size_t)limit && phrase_distance(run, key, limit) <= limit
                       ? i - first + 1
                       : 0;
    }
    return 0;
}

static void find_anchors(struct hint *hint, const struct sheet *s)
{
    char key[PHRASE_KEY_SIZE];
    size_t length = words_key(hint->lesson->text, key);
    int most = s->n_tokens > NEAR_TOKENS ? 0 : (int)length / 6;

    for (int limit = 0; limit <= most && hint->n_anchors == 0; limit++)
        for (int i = 0; i < s->n_tokens; i++) {
            int n = s->tokens[i].key[0] ? run_with_key(s, i, key, length, limit) : 0;

            if (n > 0)
                add_anchor(hint, i, n);
        }
}

struct hint hint_on(const struct lesson *lesson, const struct sheet *s)
{
    struct hint hint = {.lesson = lesson, .weight = lesson_weight(lesson)};

    if (lesson->kind == LESSON_RIGHT_OF || lesson->kind == LESSON_BELOW)
        find_anchors(&hint, s);
    else if (lesson->kind == LESSON_AT &&
             sscanf(lesson->text, "%d %d %d", &hint.page, &hint.across, &hint.down) != 3)
        hint.page = 0;
    return hint;
}

static bool follows(const struct sheet *s, const struct candidate *c, int end)
{
    if (c->first < end || s->tokens[end - 1].row != c->row)
        return false;
    for (int i = end; i < c->first; i++)
        if (!is_filler(s, i))
            return false;
    return true;
}

static bool lies_below(const struct sheet *s, const struct candidate *c, int first, int count)
{
    struct box label = s->tokens[first].box;

    if (s->tokens[first].page != c->page || s->tokens[first].row >= c->row)
        return false;
    for (int i = first + 1; i < first + count; i++)
        label = box_union(label, s->tokens[i].box);
    return is_under(&c->box, &label, s->rows[c->row].height);
}

bool hint_selects(const struct hint *hint, const struct sheet *s, const struct candidate *c)
{
    int across, down;

    if (hint->lesson->kind == LESSON_AT) {
        if (hint->page == 0 || hint->page != page_number(s, c->page))
            return false;
        place(s, c, &across, &down);
        return abs(across - hint->across) <= ACROSS_OFF && abs(down - hint->down) <= DOWN_OFF;
    }
    for (int i = 0; i < hint->n_anchors; i++) {
        int first = hint->anchors[i].first, count = hint->anchors[i].count;

        if (hint->lesson->kind == LESSON_RIGHT_OF ? follows(s, c, first + count)
                                                  : lies_below(s, c, first, count))
            return true;
    }
    return false;
}

/* ---- values ---- */

bool kind_fits_field(enum candidate_kind kind, enum field_id field)
{
    switch (field_info(field)->kind) {
    case FIELD_AMOUNT:
        return kind == CANDIDATE_AMOUNT;
    case FIELD_DATE:
        return kind == CANDIDATE_DATE;
    case FIELD_TEXT:
        return kind == CANDIDATE_TEXT || kind == CANDIDATE_EMAIL;
    default:
        return kind != CANDIDATE_AMOUNT && kind != CANDIDATE_DATE;
    }
}

void shape_of(const char *value, char out[SHAPE_SIZE])
{
    size_t used = 0;

    for (; *value && used + 1 < SHAPE_SIZE; value++) {
        unsigned char c = (unsigned char)*value;

        out[used++] = (char)(isdigit(c) ? '9' : isupper(c) ? 'A' : islower(c) ? 'a' : c);
    }
    out[used] = '\0';
}

const char *date_order_of(const struct sheet *s, const struct candidate *c, struct civil_date date)
{
    const char *text = s->tokens[c->first].text;
    size_t digits = strspn(text, "0123456789");
    int first = 0;

    if (digits == 0 || digits > 4 || text[digits] == '\0' || date.day == date.month)
        return NULL;
    for (size_t i = 0; i < digits; i++)
        first = 10 * first + (text[i] - '0');
    return first > 31 ? "ymd" : first == date.day ? "dmy" : first == date.month ? "mdy" : NULL;
}
