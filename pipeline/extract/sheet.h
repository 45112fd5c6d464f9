/*
 * The words of a document laid out for reading: straightened, split where a label and its value
 * were glued, put into rows (one printed line) and cells (words of a row that belong together).
 *
 * Tokens are sorted by page, row and place in the row; a row and a cell are runs of tokens. All of
 * it hangs in the arena and points into the pages.
 */
#ifndef EXTRACT_SHEET_H
#define EXTRACT_SHEET_H

#include "models/page.h"
#include "pipeline/extract/phrases.h"

struct token {
    const char *text;
    const char *key;    /* phrase_key of the text; "" for punctuation */
    struct box box;     /* straightened: what geometry is computed with */
    struct box printed; /* as on the page: what is reported */
    float confidence;
    int page, row, cell; /* indices; page is the index in `pages`, not the number */
    bool is_ocr;
};

struct row {
    int first, count, page;
    struct box box;
    float height; /* of its taller words: the unit of gaps */
};

struct cell {
    int first, count, row;
    struct box box;
};

/* A key phrase found on the page. */
struct mention {
    uint64_t concepts;
    int first, count, row, page;
    struct box box;
    bool is_near;   /* found by edit distance */
    bool is_inside; /* stands within running text */
    uint8_t languages;
};

struct sheet {
    struct page *const *pages;
    int n_pages;
    struct token *tokens;
    int n_tokens;
    struct row *rows;
    int n_rows;
    struct cell *cells;
    int n_cells;
    struct mention *mentions;
    int n_mentions;
};

/* Pages may be NULL (unread). */
void sheet_init(struct sheet *s, struct arena *a, struct page *const *pages, size_t n_pages);

/* Reads recognised words that can mean but one thing as that; called by sheet_init. */
void sheet_mend(struct sheet *s, struct arena *a);

/* The label of a company's number that a recogniser misread, in `count` tokens from `first` on, or
 * NULL: too short to be known by itself, but the number behind it has check digits. */
const struct phrase *sheet_misread_label(const struct sheet *s, int first, int *ret_count);

/* Finds the key phrases; called by sheet_init. Longest first, never overlapping. */
void sheet_find_mentions(struct sheet *s, struct arena *a);

/* The largest title names the paper; of equals the topmost; NULL: it has none. Other titles are
 * mentioned in passing. */
const struct mention *sheet_main_title(const struct sheet *s);

/* Dollars and hardly any other currency: dates are written month first. */
bool sheet_writes_month_first(const struct sheet *s);

/* The next run of tokens from `from` on, within one row, that says `phrase` (as phrase keys see
 * it); its first token, or -1. Words of a text layer may be split or glued otherwise. */
int sheet_find_phrase(const struct sheet *s, const char *phrase, int from, int *ret_count);

/* The height most words have, to half a point; half a point where there are none. */
float sheet_body_height(const struct sheet *s);

/* The texts of tokens first … first + count - 1 with single spaces, cut at a field's limit. */
char *sheet_text(const struct sheet *s, struct arena *a, int first, int count);

struct box box_union(struct box a, struct box b);
float box_height(const struct box *b);

bool box_is_same(const struct box *a, const struct box *b);
bool box_overlaps(const struct box *a, const struct box *b);

/* How much of the narrower one's width both share, 0 to 1. */
float box_overlap_x(const struct box *a, const struct box *b);

bool text_has_digit(const char *text);
bool text_is_number(const char *text); /* more digits than letters */

#endif
