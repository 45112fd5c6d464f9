/*
 * The order of reading: words into printed lines, lines into blocks.
 *
 * An invoice is read in rows (label, amount), so a line here is everything printed at one height,
 * across columns, as the recogniser sees a scan too. A word belongs to a line when their middles
 * differ by less than half the lower one's height; seen from the top down, only the last few lines
 * can match, so it is one pass after sorting. Within a line a wide gap starts a new piece; a piece
 * belongs to the block of the nearest piece above that it stands under, unless a blank line lies
 * between. Not meant for upright columns of text: those become many lines of one word.
 */
#include "pipeline/open/pdf.h"

#include "base/arena.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINES_BACK 4    /* how far up a word may still join a line */
#define COLUMN_GAP 1.5f /* line heights: a wider gap is between columns */
#define BLOCK_GAP 0.9f  /* line heights: a higher gap is between blocks */
#define PIECES_BACK 64  /* how many pieces above are looked at */

struct line {
    float middle, height;
};

/* Part of a line without wide gaps. */
struct piece {
    struct box box;
    uint16_t block;
};

static float middle_of(const struct layer_word *w)
{
    return (w->word.box.y0 + w->word.box.y1) / 2;
}

static float height_of(const struct layer_word *w)
{
    return w->word.box.y1 - w->word.box.y0;
}

static int by_middle(const void *a, const void *b)
{
    float d = middle_of(a) - middle_of(b);

    return (d > 0) - (d < 0);
}

static int by_line(const void *a, const void *b)
{
    const struct layer_word *l = a, *r = b;
    float d = l->word.box.x0 - r->word.box.x0;

    if (l->word.line != r->word.line)
        return l->word.line < r->word.line ? -1 : 1;
    return (d > 0) - (d < 0);
}

static size_t find_line(const struct line *lines, size_t count, const struct layer_word *w)
{
    for (size_t i = count; i > 0 && i + LINES_BACK > count; i--) {
        const struct line *l = &lines[i - 1];

        if (fabsf(l->middle - middle_of(w)) < fminf(l->height, height_of(w)) / 2)
            return i - 1;
    }
    return count;
}

/* Lines come out numbered from the top: a line is made when its topmost word is met. */
static void number_lines(struct arena *a, struct layer_word *words, size_t count)
{
    struct line *lines = arena_alloc_array(a, count, sizeof *lines);
    size_t n_lines = 0;

    qsort(words, count, sizeof *words, by_middle);
    for (size_t i = 0; i < count; i++) {
        size_t line = find_line(lines, n_lines, &words[i]);

        if (line == n_lines)
            lines[n_lines++] = (struct line){middle_of(&words[i]), height_of(&words[i])};
        words[i].word.line = (uint16_t)line;
    }
    qsort(words, count, sizeof *words, by_line);
}

static bool is_under(const struct piece *above, const struct box *box)
{
    float height = box->y1 - box->y0, gap = box->y0 - above->box.y1;
    float overlap = fminf(box->x1, above->box.x1) - fmaxf(box->x0, above->box.x0);
    float width = fminf(box->x1 - box->x0, above->box.x1 - above->box.x0);

    return gap < BLOCK_GAP * height && gap > -height && overlap > width / 3;
}

static uint16_t find_block(const struct piece *pieces, size_t count, const struct box *box,
                           uint16_t *n_blocks)
{
    for (size_t i = count; i > 0 && i + PIECES_BACK > count; i--)
        if (is_under(&pieces[i - 1], box))
            return pieces[i - 1].block;
    return (*n_blocks)++;
}

static bool continues(const struct word *last, const struct word *next)
{
    float height = fmaxf(last->box.y1 - last->box.y0, next->box.y1 - next->box.y0);

    return last->line == next->line && next->box.x0 - last->box.x1 < COLUMN_GAP * height;
}

static struct box united(struct box a, struct box b)
{
    return (struct box){fminf(a.x0, b.x0), fminf(a.y0, b.y0), fmaxf(a.x1, b.x1), fmaxf(a.y1, b.y1)};
}

static void number_blocks(struct arena *a, struct layer_word *words, size_t count)
{
    struct piece *pieces = arena_alloc_array(a, count, sizeof *pieces);
    size_t n_pieces = 0;
    uint16_t n_blocks = 0;

    for (size_t from = 0, to; from < count; from = to) {
        struct box box = words[from].word.box;

        for (to = from + 1; to < count && continues(&words[to - 1].word, &words[to].word); to++)
            box = united(box, words[to].word.box);
        pieces[n_pieces] = (struct piece){box, find_block(pieces, n_pieces, &box, &n_blocks)};
        for (size_t i = from; i < to; i++)
            words[i].word.block = pieces[n_pieces].block;
        n_pieces++;
    }
}

void reading_order(struct arena *a, struct layer_word *words, size_t count)
{
    if (count == 0)
        return;
    number_lines(a, words, count);
    number_blocks(a, words, count);
}
