/*
 * Pages drawn in text: a line of a .case file is a line of the page, a column a letter of a
 * typewriter (5 points), so that anyone can put words where they stand on paper.
 */
#ifndef TESTS_UNIT_PAGE_CASE_H
#define TESTS_UNIT_PAGE_CASE_H

#include "base/arena.h"
#include "models/page.h"
#include "tests/unit/unit.h"

enum { CASE_WORDS_MAX = 1500, CASE_LINE_BYTES = 600 };

/* Columns of a UTF-8 line up to `byte`. */
static inline int case_column(const char *line, size_t byte)
{
    int column = 0;

    for (size_t i = 0; i < byte; i++)
        column += ((unsigned char)line[i] & 0xc0) != 0x80;
    return column;
}

static inline struct page *case_page(struct arena *a, int number)
{
    struct page *page = page_new(a, number, 595, 842);

    page->source = PAGE_TEXT;
    page->words = arena_alloc_array(a, CASE_WORDS_MAX, sizeof *page->words);
    return page;
}

/* Puts the words of one drawn line on the page; a leading '^' prints it in double size. */
static inline void case_draw(struct arena *a, struct page *page, int row, const char *line)
{
    float size = line[0] == '^' ? 18 : 9, top = 30 + 12 * (float)row;

    line += line[0] == '^';
    for (size_t i = 0; line[i] && line[i] != '\n';) {
        size_t n = strcspn(line + i, " \n");
        float left = 20 + 5 * (float)case_column(line, i);

        if (n > 0) {
            float right = 20 + 5 * (float)case_column(line, i + n) - 0.5f;

            assert_true(page->n_words < CASE_WORDS_MAX);
            page->words[page->n_words++] = (struct word){.text = arena_strndup(a, line + i, n),
                                                         .box = {left, top, right, top + size},
                                                         .confidence = 1,
                                                         .line = (uint16_t)row};
        }
        i += n + (line[i + n] == ' ');
    }
}

/* "key: value": the value, or NULL when the line has another key. */
static inline const char *case_value(const char *line, const char *key)
{
    size_t n = strlen(key);

    if (strncmp(line, key, n) != 0 || line[n] != ':')
        return NULL;
    return line + n + 1 + strspn(line + n + 1, " ");
}

#endif
