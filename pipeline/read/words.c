/*
 * Junk is what specks, frames and pictures turn into: marks without a letter or digit that the
 * engine is unsure of, and words smaller than print. Real words are never dropped for low
 * confidence alone; whoever uses them sees it.
 */
#include "pipeline/read/words.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "pipeline/read/engine.h"
#include "pipeline/read/sheet.h"

#include <unicode/uchar.h>

#define MARK_CONFIDENCE_MIN 0.6f /* for words of punctuation only */
#define WORD_CONFIDENCE_MIN 0.05f
#define HEIGHT_PT_MIN 1.5f /* commas and dashes are lower, but come with a word */

static bool has_letter_or_digit(const char *text)
{
    for (uint32_t c = utf8_next(&text); c; c = utf8_next(&text))
        if (u_isalnum((UChar32)c))
            return true;
    return false;
}

static bool is_junk(const struct word *w)
{
    if (!has_letter_or_digit(w->text))
        return w->confidence < MARK_CONFIDENCE_MIN;
    return w->confidence < WORD_CONFIDENCE_MIN || w->box.y1 - w->box.y0 < HEIGHT_PT_MIN;
}

void words_place(struct arena *a, const struct sheet *s, const struct found_words *found,
                 struct page *page)
{
    page->words = arena_alloc_array(a, found->count, sizeof *page->words);
    page->n_words = 0;
    for (size_t i = 0; i < found->count; i++) {
        struct word w = found->words[i];

        w.box = sheet_to_points(s, 1, w.box);
        if (!is_junk(&w))
            page->words[page->n_words++] = w;
    }
}

static size_t line_end(const struct page *page, size_t at)
{
    size_t end = at;

    while (end < page->n_words && page->words[end].line == page->words[at].line)
        end++;
    return end;
}

static void take_line(const struct page *from, size_t *at, struct page *to, int *line,
                      int block_offset)
{
    size_t end = line_end(from, *at);

    for (; *at < end; (*at)++) {
        struct word *w = &to->words[to->n_words++];

        *w = from->words[*at];
        w->line = (uint16_t)*line;
        w->block = (uint16_t)(w->block + block_offset);
    }
    (*line)++;
}

void words_merge(struct arena *a, const struct page *trusted, struct page *page)
{
    const struct page read = *page;
    int line = 0, blocks = 0;
    size_t i = 0, j = 0;

    for (size_t n = 0; n < trusted->n_words; n++)
        if (trusted->words[n].block >= blocks)
            blocks = trusted->words[n].block + 1;
    page->words = arena_alloc_array(a, read.n_words + trusted->n_words, sizeof *page->words);
    page->n_words = 0;
    while (i < trusted->n_words || j < read.n_words) {
        const struct word *t = &trusted->words[i], *r = &read.words[j];

        if (j >= read.n_words || (i < trusted->n_words && t->box.y0 < (r->box.y0 + r->box.y1) / 2))
            take_line(trusted, &i, page, &line, 0);
        else
            take_line(&read, &j, page, &line, blocks);
    }
}
