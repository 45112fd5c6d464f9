/*
 * A photograph that became black and white is a few large marks with ragged rims and, around them,
 * blots of the size of letters; a screened one is dots, and what they run together to. What is too
 * large for letters tells the first. How close dots stand tells the second: marks smaller than the
 * letters of six points, and more of them than such letters would be.
 */
#include "pipeline/read/layout/pictures.h"

#include "base/arena.h"

#define CELL_INCHES 0.1f
#define FILL_MIN 0.15f    /* of its box: the ink of a picture */
#define DOT_INCHES 0.035f /* the x of six points is 0.04 inches high */
#define HELD 0.2f         /* of the cells of a line and around it */
#define SQUARE 0.4f /* of the box of its blocks: a photograph, whose light parts belong to it */

enum {
    DOTS_MIN = 7,   /* in a cell: letters of six points are five */
    REACH = 6,      /* cells across a light part of a picture */
    BLOCK = 4,      /* cells */
    SQUARE_MIN = 12 /* blocks of a photograph, two square inches; what is smaller is a logo */
};

struct pictures pictures_new(struct arena *a, int width, int height, float dpi)
{
    int side = (int)(CELL_INCHES * dpi) > 0 ? (int)(CELL_INCHES * dpi) : 1;

    return (struct pictures){bitmap_new(a, width / side + 1, height / side + 1), side};
}

void pictures_add(struct pictures *p, const struct marks *m, int i)
{
    const struct mark *mark = &m->marks[i];
    int y = mark->y0;

    if ((float)mark->area < FILL_MIN * (float)mark_width(mark) * (float)mark_height(mark))
        return;
    for (int k = mark->first; k >= 0; k = m->runs[k].next) {
        while (k >= m->row[y + 1])
            y++;
        bitmap_fill(&p->cells, y / p->side, m->runs[k].x0 / p->side,
                    (m->runs[k].x1 - 1) / p->side + 1, true);
    }
}

void pictures_add_screens(struct arena *a, struct pictures *p, const struct marks *m)
{
    int columns = p->cells.width, count = columns * p->cells.height;
    int most = (int)(DOT_INCHES / CELL_INCHES * (float)p->side);
    unsigned char *dots = arena_alloc(a, (size_t)count);

    for (int i = 0; i < m->count; i++) {
        const struct mark *mark = &m->marks[i];
        int cell = mark->y0 / p->side * columns + mark->x0 / p->side;

        if (mark_height(mark) > most || mark_width(mark) > most || ++dots[cell] != DOTS_MIN)
            continue;
        bitmap_fill(&p->cells, cell / columns, cell % columns, cell % columns + 1, true);
    }
}

/* Cells are sparse in a light photograph; blocks of BLOCK by BLOCK cells hang together. */
static struct bitmap blocks_of(struct arena *a, const struct bitmap *cells)
{
    struct bitmap blocks = bitmap_new(a, cells->width / BLOCK + 1, cells->height / BLOCK + 1);

    for (int y = 0; y < cells->height; y++)
        for (int x = 0; x < cells->width; x++)
            if (bitmap_get(cells, x, y))
                bitmap_fill(&blocks, y / BLOCK, x / BLOCK, x / BLOCK + 1, true);
    return blocks;
}

void pictures_square(struct arena *a, struct pictures *p)
{
    struct bitmap blocks = blocks_of(a, &p->cells);
    struct marks m;

    if (!marks_find(a, &blocks, 1, &m))
        return;
    for (int i = 0; i < m.count; i++) {
        const struct mark *mark = &m.marks[i];
        int box = mark_width(mark) * mark_height(mark), right = mark->x1 * BLOCK;

        if (mark->area < SQUARE_MIN || (float)mark->area < SQUARE * (float)box ||
            box > blocks.width * blocks.height / 2)
            continue;
        for (int y = mark->y0 * BLOCK; y < mark->y1 * BLOCK && y < p->cells.height; y++)
            bitmap_fill(&p->cells, y, mark->x0 * BLOCK,
                        right < p->cells.width ? right : p->cells.width, true);
    }
}

/* Is there a picture within REACH cells of a cell, going by (dx, dy)? */
static bool is_beside(const struct pictures *p, int x, int y, int dx, int dy)
{
    for (int k = 0; k < REACH; k++, x += dx, y += dy)
        if (x >= 0 && y >= 0 && x < p->cells.width && y < p->cells.height &&
            bitmap_get(&p->cells, x, y))
            return true;
    return false;
}

/* Is there a picture on three sides of a cell? Two stand beside a column between pictures. */
static bool is_within(const struct pictures *p, int x, int y)
{
    return is_beside(p, x, y, -1, 0) + is_beside(p, x, y, 1, 0) + is_beside(p, x, y, 0, -1) +
               is_beside(p, x, y, 0, 1) >=
           3;
}

bool pictures_hold(const struct pictures *p, const struct layout_box *line)
{
    int x0 = line->x0 / p->side - 1, x1 = (line->x1 - 1) / p->side + 1, held = 0, all = 0;
    int y0 = line->y0 / p->side - 1, y1 = (line->y1 - 1) / p->side + 1;

    for (int y = y0 < 0 ? 0 : y0; y <= y1 && y < p->cells.height; y++)
        for (int x = x0 < 0 ? 0 : x0; x <= x1 && x < p->cells.width; x++, all++)
            held += bitmap_get(&p->cells, x, y);
    return (float)held > HELD * (float)all || is_within(p, (x0 + x1) / 2, (y0 + y1) / 2);
}
