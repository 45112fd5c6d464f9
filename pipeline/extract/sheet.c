/*
 * Rows and cells from words. Rows are made from geometry, not from the reader's lines: two columns
 * recognised as two blocks still stand on one row for a clerk. A word joins the row whose centre
 * line passes through its middle half; a cell ends where the gap is wider than the letters are
 * high.
 */
#include "pipeline/extract/sheet.h"

#include "base/arena.h"
#include "base/compare.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const float CELL_GAP = 0.95f;   /* of the row's height; a wide space is about 0.5 */
static const float ADDRESS_GAP = 0.8f; /* of the words' height; what is no space */

struct box box_union(struct box a, struct box b)
{
    return (struct box){fminf(a.x0, b.x0), fminf(a.y0, b.y0), fmaxf(a.x1, b.x1), fmaxf(a.y1, b.y1)};
}

float box_height(const struct box *b)
{
    return b->y1 - b->y0;
}

bool text_has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

bool text_is_number(const char *text)
{
    int digits = 0, letters = 0;

    for (; *text; text++) {
        digits += isdigit((unsigned char)*text) != 0;
        letters += isalpha((unsigned char)*text) != 0;
    }
    return digits > letters;
}

float sheet_body_height(const struct sheet *s)
{
    int bins[128] = {0}, best = 1;

    for (int i = 0; i < s->n_tokens; i++) {
        int h = (int)(box_height(&s->tokens[i].box) * 2);

        if (h > 0 && h < 128 && ++bins[h] > bins[best])
            best = h;
    }
    return (float)best / 2;
}

bool box_is_same(const struct box *a, const struct box *b)
{
    return a->x0 == b->x0 && a->y0 == b->y0 && a->x1 == b->x1 && a->y1 == b->y1;
}

bool box_overlaps(const struct box *a, const struct box *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/* In comparisons that the compiler turns into one instruction each: this is asked of every label
 * about every word between it and a value. */
float box_overlap_x(const struct box *a, const struct box *b)
{
    float shared = (a->x1 < b->x1 ? a->x1 : b->x1) - (a->x0 > b->x0 ? a->x0 : b->x0);
    float wide_a = a->x1 - a->x0, wide_b = b->x1 - b->x0;
    float narrow = wide_a < wide_b ? wide_a : wide_b;

    return shared <= 0 || narrow <= 0 ? 0 : shared / narrow;
}

static struct box straighten(const struct page *page, struct box box)
{
    float slope = tanf(page->skew_deg * (float)M_PI / 180);
    float shift = slope * (box.x0 + box.x1) / 2;

    box.y0 -= shift;
    box.y1 -= shift;
    return box;
}

static void add_token(struct sheet *s, struct arena *a, const struct page *page, int index,
                      const struct word *word, const char *text, struct box box)
{
    char key[PHRASE_KEY_SIZE];

    phrase_key(text, key, sizeof key);
    s->tokens[s->n_tokens++] = (struct token){.text = text,
                                              .key = arena_strdup(a, key),
                                              .printed = box,
                                              .box = straighten(page, box),
                                              .confidence = word->confidence,
                                              .page = index,
                                              .is_ocr = page->source != PAGE_TEXT};
}

/* Where "Dato:12.03.2026" should be cut: behind a colon between a letter, or what closes a label,
 * and anything but a slash. */
static size_t glue_at(const char *text)
{
    for (size_t i = 1; text[i] && text[i + 1]; i++)
        if (text[i] == ':' && (isalpha((unsigned char)text[i - 1]) || strchr(".)", text[i - 1])) &&
            (isalnum((unsigned char)text[i + 1]) || (unsigned char)text[i + 1] >= 0x80 ||
             text[i + 1] == '('))
            return i + 1;
    return 0;
}

/* "Seite1 von 2": behind a word for pages that has lost its space. */
static size_t page_at(const char *text)
{
    size_t n = strcspn(text, "0123456789"), digits = strspn(text + n, "0123456789");
    char word[PHRASE_KEY_SIZE], key[PHRASE_KEY_SIZE];
    const struct phrase *phrase;

    if (n < 3 || n >= sizeof word || digits == 0 || digits > 3 || text[n + digits] != '\0')
        return 0;
    memcpy(word, text, n);
    word[n] = '\0';
    phrase_key(word, key, sizeof key);
    phrase = phrase_find(key);
    return phrase && (phrase->concepts & CONCEPT_BIT(page)) ? n : 0;
}

static void add_word(struct sheet *s, struct arena *a, const struct page *page, int index,
                     const struct word *word)
{
    size_t length = strlen(word->text), cut = glue_at(word->text);
    struct box left = word->box, right = word->box;

    if (page->source != PAGE_TEXT && strcmp(word->text, "|") == 0)
        return; /* the rule of a box */
    if (cut == 0 && page->source != PAGE_TEXT)
        cut = page_at(word->text);
    if (cut == 0) {
        add_token(s, a, page, index, word, word->text, word->box);
        return;
    }
    left.x1 = right.x0 = left.x0 + (left.x1 - left.x0) * (float)cut / (float)length;
    add_token(s, a, page, index, word, arena_strndup(a, word->text, cut), left);
    add_token(s, a, page, index, word, word->text + cut, right);
}

/* "faktura @ nordlys .no": recognisers see spaces around the marks of an address on the net. */
static bool continues_address(const struct word *word, const struct word *next)
{
    size_t length = strlen(word->text);
    char last = length ? word->text[length - 1] : ' ', first = next->text[0];
    bool has_at = strchr(word->text, '@') || strncmp(word->text, "www", 3) == 0;
    float height = fmaxf(box_height(&word->box), box_height(&next->box));

    if (word->line != next->line || next->box.x0 - word->box.x1 > ADDRESS_GAP * height)
        return false;
    return last == '@' || first == '@' ||
           (has_at && (first == '.' || (last == '.' && islower((unsigned char)first))));
}

/* The word at `*at` with those behind it that continue an address; `*at` moves to the next. */
static struct word whole_word(struct arena *a, const struct page *page, size_t *at)
{
    struct word word = page->words[(*at)++];

    while (page->source != PAGE_TEXT && *at < page->n_words &&
           continues_address(&word, &page->words[*at])) {
        const struct word *next = &page->words[(*at)++];

        word.text = arena_printf(a, "%s%s", word.text, next->text);
        word.box = box_union(word.box, next->box);
        word.confidence = fminf(word.confidence, next->confidence);
    }
    return word;
}

static float centre_y(const struct token *token)
{
    return (token->box.y0 + token->box.y1) / 2;
}

static int compare_down(const void *x, const void *y)
{
    const struct token *a = x, *b = y;
    float ya = centre_y(a), yb = centre_y(b);

    if (a->page != b->page)
        return a->page < b->page ? -1 : 1;
    return ya != yb ? (ya < yb ? -1 : 1) : (a->box.x0 > b->box.x0) - (a->box.x0 < b->box.x0);
}

static int compare_along(const void *x, const void *y)
{
    const struct token *a = x, *b = y;

    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->box.x0 > b->box.x0) - (a->box.x0 < b->box.x0);
}

static bool joins_row(const struct token *token, const struct token *first, float centre,
                      float height)
{
    float own = box_height(&token->box), low = fminf(own, height);

    return token->page == first->page && fabsf(centre_y(token) - centre) < fmaxf(low, 4) * 0.5f;
}

static void find_rows(struct sheet *s, struct arena *a)
{
    float centre = 0, height = 0;
    int first = -1;

    qsort(s->tokens, (size_t)s->n_tokens, sizeof *s->tokens, compare_down);
    s->rows = arena_alloc_array(a, (size_t)s->n_tokens + 1, sizeof *s->rows);
    for (int i = 0; i < s->n_tokens; i++) {
        struct token *token = &s->tokens[i];

        if (first < 0 || !joins_row(token, &s->tokens[first], centre, height)) {
            s->rows[s->n_rows++] = (struct row){.first = first = i, .page = token->page};
            centre = centre_y(token);
            height = box_height(&token->box);
        } else { /* the mean follows a slope that deskewing left */
            int n = i - first + 1;

            centre += (centre_y(token) - centre) / (float)n;
            height += (box_height(&token->box) - height) / (float)n;
        }
        token->row = s->n_rows - 1;
        s->rows[token->row].count++;
    }
    qsort(s->tokens, (size_t)s->n_tokens, sizeof *s->tokens, compare_along);
}

/* Recognised words are boxed tightly ("era" is lower than "Era"), and typewriters space widely: a
 * row is as high as its taller words, and no lower than its letters are wide. */
static void measure_row(const struct sheet *s, struct row *row)
{
    float heights[64], width = 0;
    size_t letters = 0;
    int n = 0;

    row->box = s->tokens[row->first].box;
    for (int i = row->first; i < row->first + row->count; i++) {
        const struct token *token = &s->tokens[i];

        row->box = box_union(row->box, token->box);
        width += token->box.x1 - token->box.x0;
        letters += utf8_count(token->text);
        if (n < 64)
            heights[n++] = box_height(&token->box);
    }
    qsort(heights, (size_t)n, sizeof *heights, compare_floats);
    row->height = fmaxf(heights[n * 3 / 4], 4);
    if (letters > 0)
        row->height = fmaxf(row->height, fminf(1.7f * width / (float)letters, 2 * row->height));
}

static void find_cells(struct sheet *s, struct arena *a)
{
    s->cells = arena_alloc_array(a, (size_t)s->n_tokens + 1, sizeof *s->cells);
    for (int r = 0; r < s->n_rows; r++) {
        struct row *row = &s->rows[r];

        measure_row(s, row);
        for (int i = row->first; i < row->first + row->count; i++) {
            struct token *token = &s->tokens[i];
            float gap = i > row->first ? token->box.x0 - s->tokens[i - 1].box.x1 : 0;

            if (i == row->first || gap > CELL_GAP * row->height)
                s->cells[s->n_cells++] = (struct cell){.first = i, .row = r, .box = token->box};
            token->cell = s->n_cells - 1;
            s->cells[token->cell].count++;
            s->cells[token->cell].box = box_union(s->cells[token->cell].box, token->box);
        }
    }
}

void sheet_init(struct sheet *s, struct arena *a, struct page *const *pages, size_t n_pages)
{
    size_t n_words = 0;

    *s = (struct sheet){.pages = pages, .n_pages = (int)n_pages};
    for (size_t p = 0; p < n_pages; p++)
        n_words += pages[p] ? pages[p]->n_words : 0;
    s->tokens = arena_alloc_array(a, 2 * n_words + 1, sizeof *s->tokens);
    for (size_t p = 0; p < n_pages; p++)
        for (size_t w = 0; pages[p] && w < pages[p]->n_words;) {
            struct word word = whole_word(a, pages[p], &w);

            add_word(s, a, pages[p], (int)p, &word);
        }
    find_rows(s, a);
    find_cells(s, a);
    sheet_mend(s, a);
    sheet_find_mentions(s, a);
}

/* A dollar sign with a figure behind it; a lone one on a scan is mostly a misread letter. */
static bool is_dollars(const struct sheet *s, int i)
{
    const char *sign = strchr(s->tokens[i].text, '$');
    const char *next = i + 1 < s->n_tokens ? s->tokens[i + 1].text : "";

    return sign && isdigit((unsigned char)(sign[1] ? sign[1] : next[0]));
}

bool sheet_writes_month_first(const struct sheet *s)
{
    int dollars = 0, others = 0;

    for (int i = 0; i < s->n_tokens; i++) {
        dollars += is_dollars(s, i);
        others += strstr(s->tokens[i].text, "€") || strstr(s->tokens[i].text, "£");
    }
    return dollars > 3 * others; /* a sign misread here and there */
}

/* How many tokens from `first` on spell the key, or 0. */
static int spells(const struct sheet *s, int first, const char *key)
{
    const struct row *row = &s->rows[s->tokens[first].row];

    for (int i = first; i < row->first + row->count; i++) {
        size_t n = strlen(s->tokens[i].key);

        if (strncmp(key, s->tokens[i].key, n) != 0)
            return 0;
        key += n;
        if (*key == '\0')
            return i - first + 1;
    }
    return 0;
}

int sheet_find_phrase(const struct sheet *s, const char *phrase, int from, int *ret_count)
{
    char key[PHRASE_KEY_SIZE];

    if (phrase_key(phrase, key, sizeof key) == 0)
        return -1;
    for (int i = from; i < s->n_tokens; i++) {
        int count = s->tokens[i].key[0] == key[0] ? spells(s, i, key) : 0;

        if (count > 0) {
            *ret_count = count;
            return i;
        }
    }
    return -1;
}

char *sheet_text(const struct sheet *s, struct arena *a, int first, int count)
{
    char text[LIMIT_FIELD_BYTES];
    size_t used = 0;

    for (int i = first; i < first + count; i++) {
        const char *word = s->tokens[i].text;

        while (*(word += strspn(word, " \t\r\n"))) {
            size_t n = strcspn(word, " \t\r\n");

            if (used + n + 2 > sizeof text)
                return arena_strndup(a, text, used);
            if (used > 0)
                text[used++] = ' ';
            memcpy(text + used, word, n);
            used += n;
            word += n;
        }
    }
    return arena_strndup(a, text, used);
}
