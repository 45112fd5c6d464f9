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

/* A mark's own rows, from their first to their last dark pixel; word 0 begins at or left of x0. */
static struct bitmap shape_of(struct arena *a, const struct marks *m, const struct mark *mark)
{
    int left = mark->x0 & ~63, y = mark->y0, end = -1;
    struct bitmap b = bitmap_new(a, mark->x1 - left, mark_height(mark));

    for (int k = mark->first; k >= 0; k = m->runs[k].next) {
        const struct run *run = &m->runs[k];

        if (k >= m->row[y + 1]) {
            y++;
            end = -1;
        }
        bitmap_fill(&b, y - mark->y0, (end < 0 ? run->x0 : end) - left, run->x1 - left, true);
        end = run->x1;
    }
    return b;
}

/* What is white in the shape of a mark: what is dark inside an o is another mark, but no letter
 * either. */
static struct bitmap inside(struct arena *a, const struct bitmap *shape, const struct mark *mark,
                            const struct bitmap *ink)
{
    struct bitmap b = bitmap_new(a, shape->width, shape->height);

    for (int y = 0; y < b.height; y++)
        for (int i = 0; i < b.stride; i++)
            bitmap_row(&b, y)[i] = bitmap_row(shape, y)[i] &
                                   ~bitmap_row(ink, mark->y0 + y)[mark->x0 / 64 + i];
    return b;
}

/* Solid rows in the upper and in the lower part. */
static bool is_solid(const struct marks *m, const struct mark *mark)
{
    int upper = 0, lower = 0, part = 2 * mark_height(mark) / 5;

    for (int k = mark->first; k >= 0; k = m->runs[k].next)
        if ((float)(m->runs[k].x1 - m->runs[k].x0) > SOLID_SHARE * (float)mark_width(mark)) {
            upper += k < m->row[mark->y0 + part];
            lower += k >= m->row[mark->y1 - part];
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
static void turn(const struct mark *mark, const struct bitmap *shape, const struct bitmap *letters,
                 struct bitmap *ink, struct bitmap *turned)
{
    for (int y = 0; y < shape->height; y++)
        for (int i = 0; i < shape->stride; i++) {
            uint64_t own = bitmap_row(shape, y)[i], letter = bitmap_row(letters, y)[i];
            uint64_t *to = &bitmap_row(ink, mark->y0 + y)[mark->x0 / 64 + i];

            *to = (*to & ~own) | letter;
            bitmap_row(turned, mark->y0 + y)[mark->x0 / 64 + i] |= own;
        }
}

static long box_area(const struct mark *mark)
{
    return (long)mark_width(mark) * mark_height(mark);
}

/* One large mark: turned, taken out, or left alone. */
static void look_at(struct arena *a, struct marks *m, int i, float dpi, struct bitmap *ink,
                    struct bitmap *turned, struct pictures *pictures, struct large *ret)
{
    struct mark *mark = &m->marks[i];
    struct marks white;

    if ((float)mark->area > DARK_SHARE * (float)box_area(mark) && is_solid(m, mark)) {
        struct bitmap shape = shape_of(a, m, mark), letters = inside(a, &shape, mark, ink);

        if (marks_find(a, &letters, 1, &white) && holds_letters(&white, mark, dpi)) {
            if (!turned->words)
                *turned = bitmap_new(a, ink->width, ink->height);
            turn(mark, &shape, &letters, ink, turned);
            ret->turned_area += box_area(mark);
            ret->has_changed = true;
            return;
        }
    }
    if ((float)mark_height(mark) > PICTURE_INCHES * dpi) {
        pictures_add(pictures, m, i);
        mark_erase(m, i, ink);
        mark->area = 0;
        ret->picture_area += box_area(mark);
    }
}

struct large blocks_turn(struct arena *a, struct marks *m, float dpi, struct bitmap *ink,
                         struct bitmap *turned, struct pictures *pictures)
{
    struct large large = {0};
    int candidates = 0;

    for (int i = 0; i < m->count && candidates < CANDIDATES_MAX; i++)
        if ((float)mark_width(&m->marks[i]) > BLOCK_INCHES_WIDE * dpi &&
            (float)mark_height(&m->marks[i]) > BLOCK_INCHES_HIGH * dpi) {
            look_at(a, m, i, dpi, ink, turned, pictures, &large);
            candidates++;
        }
    return large;
}
