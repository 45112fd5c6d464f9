/*
 * Which marks can be letters. What a letter is depends on the page's own type: its middle height
 * tells letters from dots. Dots in a row closer than letters stand are a dotted line and are left
 * out, or every line above one would reach down to it.
 */
#include "pipeline/read/layout/strands.h"

#include "base/arena.h"

#define LETTER_INCHES_MIN 0.02f /* the x of 3 points */
#define LETTER_INCHES_MAX 0.6f
#define LETTER_WIDE 14.0f /* heights: a touching word; a bar is wider */
#define SMALL_SHARE 0.3f  /* of the middle height: dots and dashes */
#define DASH_WIDE 3.0f    /* middle heights: what is small and wider is the rest of a rule */
#define BAR_HIGH 1.6f     /* middle heights: a bar, or a large l, which its neighbours will claim */
#define BAR_NARROW 5.0f
#define BLOB_SIZE 1.5f  /* middle heights */
#define BLOB_FILL 0.75f /* a disc has 0.79, a bold M 0.65 */
#define DUST_SHARE 0.1f /* of the middle height: what is smaller both ways is dust */
#define CELL_WIDE 2.5f  /* middle heights: where DOTS_MAX dots side by side are a dotted line */
#define CELL_HIGH 0.25f

enum { HEIGHTS = 256, DOTS_MAX = 5 };

static bool is_letter_sized(const struct mark *m, float dpi)
{
    float high = (float)mark_height(m), wide = (float)mark_width(m);

    return high >= LETTER_INCHES_MIN * dpi && high <= LETTER_INCHES_MAX * dpi &&
           wide <= LETTER_WIDE * high;
}

/* The height in pixels that half of the letters stay below. */
static float middle_height(const struct marks *m, float dpi)
{
    int seen[HEIGHTS] = {0}, total = 0, below = 0;

    for (int i = 0; i < m->count; i++)
        if (is_letter_sized(&m->marks[i], dpi) && mark_height(&m->marks[i]) < HEIGHTS &&
            (float)mark_height(&m->marks[i]) < BAR_NARROW * (float)mark_width(&m->marks[i])) {
            seen[mark_height(&m->marks[i])]++;
            total++;
        }
    for (int h = 0; h < HEIGHTS; h++) {
        below += seen[h];
        if (total && 2 * below >= total)
            return (float)h;
    }
    return 0;
}

/* How many dots stand in each cell of a fine grid. */
struct dots {
    unsigned char *count;
    float wide, high; /* of a cell */
    int columns, rows;
};

static unsigned char *cell_of(const struct dots *d, const struct mark *m, int below)
{
    int column = (int)((float)(m->x0 + m->x1) / 2 / d->wide);
    int row = (int)((float)(m->y0 + m->y1) / 2 / d->high) + below;

    return row < 0 || row >= d->rows ? NULL : &d->count[row * d->columns + column];
}

static bool is_small(const struct mark *m, float height, float dpi)
{
    float high = (float)mark_height(m);
    bool is_bar = high > BAR_HIGH * height && high > BAR_NARROW * (float)mark_width(m);

    return is_bar || high < SMALL_SHARE * height || high < LETTER_INCHES_MIN * dpi;
}

static struct dots count_dots(struct arena *a, const struct marks *m, float height)
{
    struct dots d = {.wide = CELL_WIDE * height, .high = CELL_HIGH * height};
    int right = 0, bottom = 0;

    for (int i = 0; i < m->count; i++) {
        right = m->marks[i].x1 > right ? m->marks[i].x1 : right;
        bottom = m->marks[i].y1 > bottom ? m->marks[i].y1 : bottom;
    }
    d.columns = (int)((float)right / d.wide) + 1;
    d.rows = (int)((float)bottom / d.high) + 1;
    d.count = arena_alloc_array(a, (size_t)d.columns, (size_t)d.rows);
    for (int i = 0; i < m->count; i++) {
        unsigned char *cell = cell_of(&d, &m->marks[i], 0);

        if ((float)mark_height(&m->marks[i]) < SMALL_SHARE * height && *cell < UINT8_MAX)
            ++*cell;
    }
    return d;
}

static bool is_dotted(const struct dots *d, const struct mark *m)
{
    const unsigned char *above = cell_of(d, m, -1), *below = cell_of(d, m, 1);
    int beside = above && below ? (*above > *below ? *above : *below)
                 : above        ? *above
                 : below        ? *below
                                : 0;

    return *cell_of(d, m, 0) + beside >= DOTS_MAX;
}

static bool is_dust(const struct mark *m, float height)
{
    return (float)mark_height(m) < DUST_SHARE * height &&
           (float)mark_width(m) < DUST_SHARE * height;
}

/* A punched hole or a blot: solid, and larger both ways than letters are. */
static bool is_blob(const struct mark *m, float height)
{
    return (float)mark_width(m) > BLOB_SIZE * height &&
           (float)mark_height(m) > BLOB_SIZE * height &&
           (float)m->area > BLOB_FILL * (float)mark_width(m) * (float)mark_height(m);
}

void strands_take(struct arena *a, const struct marks *m, float dpi, struct strands *ret)
{
    float height = middle_height(m, dpi);
    struct dots dots;

    *ret = (struct strands){.height = height};
    ret->letters = arena_alloc_array(a, (size_t)m->count + 1, sizeof *ret->letters);
    if (height <= 0)
        return;
    dots = count_dots(a, m, height);
    for (int i = 0; i < m->count; i++) {
        const struct mark *mark = &m->marks[i];
        bool small = is_small(mark, height, dpi);

        if (mark->area == 0 || is_blob(mark, height))
            continue;
        if (small ? is_dust(mark, height) || (float)mark_width(mark) > DASH_WIDE * height ||
                        is_dotted(&dots, mark)
                  : !is_letter_sized(mark, dpi))
            continue;
        ret->letters[ret->letter_count++] = (struct letter){
            .box = {mark->x0, mark->y0, mark->x1, mark->y1},
            .strand = -1,
            .next = -1,
            .is_small = small};
    }
}
