/*
 * A dark block has rows of solid ink above and below its letters, which no word has, however its
 * letters touch. What is white between the block's ends in each row are the letters, if enough of
 * it has the size of letters; otherwise a large mark that is dark or ragged is a picture.
 */
#include "pipeline/read/layout/blocks.h"

#include "base/arena.h"
#include "pipeline/read/layout/rules.h"

#define BLOCK_INCHES_WIDE 0.25f
#define BLOCK_INCHES_HIGH 0.08f
#define PICTURE_INCHES 0.7f /* letters are smaller */
#define DARK_SHARE 0.45f
#define SOLID_SHARE 0.5f /* of the width: a run that only a block has */
#define LETTER_INCHES 0.02f

enum { CANDIDATES_MAX = 300 };

/* Where row y of mark i begins and ends; false when it has none. */
static bool row_span(const struct marks *m, int i, int y, int *ret_from, int *ret_to)
{
    bool is_any = false;

    for (int k = m->row[y]; k < m->row[y + 1]; k++)
        if (m->runs[k].mark == i) {
            *ret_from = is_any ? *ret_from : m->runs[k].x0;
            *ret_to = m->runs[k].x1;
            is_any = true;
        }
    return is_any;
}

/* The block's rows from their first to their last dark pixel, white for dark: what is dark inside
 * an o is another mark, but no letter either. */
static struct bitmap inside(struct arena *a, const struct marks *m, int i, const struct bitmap *ink)
{
    const struct mark *mark = &m->marks[i];
    struct bitmap b = bitmap_new(a, mark_width(mark), mark_height(mark));
    int from, to;

    for (int y = mark->y0; y < mark->y1; y++)
        if (row_span(m, i, y, &from, &to))
            for (int x = from; x < to; x++)
                if (!bitmap_get(ink, x, y))
                    bitmap_fill(&b, y - mark->y0, x - mark->x0, x - mark->x0 + 1, true);
    return b;
}

/* Solid rows in the upper and in the lower part. */
static bool is_solid(const struct marks *m, int i)
{
    const struct mark *mark = &m->marks[i];
    int upper = 0, lower = 0, part = 2 * mark_height(mark) / 5;

    for (int y = mark->y0; y < mark->y1; y++)
        for (int k = m->row[y]; k < m->row[y + 1]; k++)
            if (m->runs[k].mark == i &&
                (float)(m->runs[k].x1 - m->runs[k].x0) > SOLID_SHARE * (float)mark_width(mark)) {
                upper += y < mark->y0 + part;
                lower += y >= mark->y1 - part;
            }
    return upper >= 2 && lower >= 2;
}

/* Do most of the white pieces look like letters? */
static bool holds_letters(const struct marks *white, const struct mark *block, float dpi)
{
    long letters = 0, all = 0;
    int count = 0;

    for (int i = 0; i < white->count; i++) {
        const struct mark *w = &white->marks[i];
        int height = mark_height(w);

        all += w->area;
        if ((float)height < LETTER_INCHES * dpi || 10 * height > 9 * mark_height(block) ||
            2 * mark_width(w) > mark_width(block) || (float)height > PICTURE_INCHES * dpi)
            continue;
        letters += w->area;
        count++;
    }
    return count >= 2 && 2 * letters > all;
}

/* Puts the white pieces into the ink as letters, and the block's own shape into `turned`. */
static void turn(const struct marks *m, int i, const struct bitmap *letters, struct bitmap *ink,
                 struct bitmap *turned)
{
    const struct mark *mark = &m->marks[i];

    for (int y = mark->y0; y < mark->y1; y++) {
        int from, to;

        if (!row_span(m, i, y, &from, &to))
            continue;
        bitmap_fill(turned, y, from, to, true);
        for (int x = from; x < to; x++)
            bitmap_fill(ink, y, x, x + 1, bitmap_get(letters, x - mark->x0, y - mark->y0));
    }
}

static long box_area(const struct mark *mark)
{
    return (long)mark_width(mark) * mark_height(mark);
}

/* One large mark: turned, taken out, or left alone. */
static void look_at(struct arena *a, const struct marks *m, int i, float dpi, struct bitmap *ink,
                    struct bitmap *turned, struct large *ret)
{
    const struct mark *mark = &m->marks[i];
    struct marks white;

    if ((float)mark->area > DARK_SHARE * (float)box_area(mark) && is_solid(m, i)) {
        struct bitmap letters = inside(a, m, i, ink);

        if (marks_find(a, &letters, 1, &white) && holds_letters(&white, mark, dpi)) {
            if (!turned->words)
                *turned = bitmap_new(a, ink->width, ink->height);
            turn(m, i, &letters, ink, turned);
            ret->turned_area += box_area(mark);
            ret->has_changed = true;
            return;
        }
    }
    if ((float)mark_height(mark) > PICTURE_INCHES * dpi) {
        mark_erase(m, i, ink);
        ret->picture_area += box_area(mark);
        ret->has_changed = true;
    }
}

struct large blocks_turn(struct arena *a, const struct marks *m, float dpi, struct bitmap *ink,
                         struct bitmap *turned)
{
    struct large large = {0};
    int candidates = 0;

    for (int i = 0; i < m->count && candidates < CANDIDATES_MAX; i++)
        if ((float)mark_width(&m->marks[i]) > BLOCK_INCHES_WIDE * dpi &&
            (float)mark_height(&m->marks[i]) > BLOCK_INCHES_HIGH * dpi) {
            look_at(a, m, i, dpi, ink, turned, &large);
            candidates++;
        }
    return large;
}
