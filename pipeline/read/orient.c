/*
 * Which way is up? Two questions, both put to the boxes of the marks.
 *
 * Along or across: letters stand closer to their neighbours in the line than to those in the next
 * line, so close pairs side by side outnumber close pairs one above the other.
 *
 * Up or down: neighbours in a line stand on it. A capital, figure or ascender beside a small
 * letter, or a full stop beside anything, shares its foot and not its top; shared tops with
 * different feet (g p q y) are several times rarer in every language we read. When the difference
 * is less than a few standard deviations, the engine reads up to three lines both ways and the
 * surer reading wins.
 *
 * An upright page is the rule: it takes evidence to turn one, and none is turned whose lines read
 * better as they stand.
 */
#include "pipeline/read/clean.h"

#include "base/mem.h"
#include "pipeline/read/engine.h"
#include "pipeline/read/sheet.h"

#include <leptonica/allheaders.h>
#include <float.h>
#include <math.h>

#define ACROSS_FACTOR 1.5f
#define PAIRS_MIN 20
#define UP_SURE 4.0f      /* standard deviations */
#define READING_SURE 0.3f /* difference of confidence, summed over the lines */
#define LINES_READ 3
#define LINES_TO_TURN 12 /* against the marks: faint capitals stand no surer on their feet */
#define LINE_INCHES_MAX 2.5f
#define MARK_PX_MIN 4 /* of ink: specks; full stops are larger than half of this squared */
#define MARK_INCHES_MAX 0.3f
#define MARK_ASPECT_MAX 8 /* bars of codes and rules are longer */
#define LOOK_AHEAD 400    /* marks to the right that may begin before the neighbour does */

struct mark {
    int x0, y0, x1, y1;
};

struct pairs {
    int count, shared_feet, shared_tops;
};

static int compare_left(const void *a, const void *b)
{
    const struct mark *m = a, *n = b;

    return m->x0 < n->x0 ? -1 : m->x0 > n->x0;
}

static void look_at_pair(const struct mark *m, const struct mark *n, struct pairs *pairs)
{
    int tall = m->y1 - m->y0 > n->y1 - n->y0 ? m->y1 - m->y0 : n->y1 - n->y0;
    int tops = abs(m->y0 - n->y0), feet = abs(m->y1 - n->y1);

    pairs->count++;
    pairs->shared_feet += feet * 10 <= tall && tops * 5 >= tall;
    pairs->shared_tops += tops * 10 <= tall && feet * 5 >= tall;
}

/* Each mark's nearest neighbour to the right that is closer than half the taller one's height. */
static struct pairs neighbours(const struct mark *marks, int count, int max)
{
    struct pairs pairs = {0};

    for (int i = 0; i < count; i++) {
        const struct mark *m = &marks[i], *nearest = NULL;

        for (int j = i + 1; j < count && j < i + LOOK_AHEAD; j++) {
            const struct mark *n = &marks[j];
            int tall = m->y1 - m->y0 > n->y1 - n->y0 ? m->y1 - m->y0 : n->y1 - n->y0;
            int gap = n->x0 - m->x1;

            if (n->x0 > m->x1 + max / 2)
                break;
            if (gap < 0 || 2 * gap > tall || n->y0 >= m->y1 || n->y1 <= m->y0)
                continue;
            if (!nearest || n->x0 < nearest->x0)
                nearest = n;
        }
        if (nearest)
            look_at_pair(m, nearest, &pairs);
    }
    return pairs;
}

/* The pairs along the rows, or along the columns of the page as a turn clockwise would show
 * them. */
static struct pairs count_pairs(struct sheet *s, bool is_turned)
{
    BOXA *boxes = sheet_marks(s);
    int max = sheet_ink_px(s, MARK_INCHES_MAX);
    int count = boxes ? boxaGetCount(boxes) : 0, kept = 0;
    AUTO_FREE struct mark *marks = mem_alloc_array((size_t)count, sizeof *marks);

    for (int i = 0; i < count; i++) {
        l_int32 x, y, w, h;

        boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
        if (w > max || h > max || w * h < MARK_PX_MIN || w > MARK_ASPECT_MAX * h ||
            h > MARK_ASPECT_MAX * w)
            continue;
        marks[kept++] = is_turned ? (struct mark){-y - h, x, -y, x + w}
                                  : (struct mark){x, y, x + w, y + h};
    }
    qsort(marks, (size_t)kept, sizeof *marks, compare_left);
    return neighbours(marks, kept, max);
}

static float upness(const struct pairs *pairs)
{
    float all = (float)(pairs->shared_feet + pairs->shared_tops);

    return all > 0 ? (float)(pairs->shared_feet - pairs->shared_tops) / sqrtf(all) : 0;
}

/* The picture of the widest printed lines, at most LINES_READ, as boxes of ink. */
static BOXA *widest_lines(const struct sheet *s)
{
    int gap = (int)(s->dpi / s->ink_factor / 10);
    PIX *joined = ink_joined(s->ink, gap + 1, false);
    BOXA *all = joined ? pixConnCompBB(joined, 8) : NULL, *fit = NULL, *sorted = NULL;

    if (all)
        fit = boxaSelectBySize(all, 0, gap * 6, L_SELECT_HEIGHT, L_SELECT_IF_LT, NULL);
    if (fit) {
        boxaDestroy(&all);
        all = boxaSelectBySize(fit, 0, gap, L_SELECT_HEIGHT, L_SELECT_IF_GT, NULL);
        sorted = boxaSort(all, L_SORT_BY_WIDTH, L_SORT_DECREASING, NULL);
    }
    pixDestroy(&joined);
    boxaDestroy(&all);
    boxaDestroy(&fit);
    return sorted;
}

/* How sure the engine is of some lines as they stand, and of the same turned by 180 degrees. */
struct surety {
    float up, down; /* sums */
    int lines;
};

/* Reads the widest lines, at most `most`, both ways until one is surer by `enough`. */
static struct surety read_both_ways(const struct sheet *s, struct engine *engine, int most,
                                    float enough)
{
    BOXA *lines = widest_lines(s);
    struct surety sum = {0};

    for (int i = 0;
         lines && i < boxaGetCount(lines) && i < most && fabsf(sum.up - sum.down) < enough; i++) {
        BOX *small = boxaGetBox(lines, i, L_CLONE);
        BOX *at = boxTransform(small, -3, -3, s->ink_factor, s->ink_factor);
        PIX *line, *turned;

        boxAdjustSides(at, at, 0, (int)(6 * s->ink_factor), 0, (int)(6 * s->ink_factor));
        if ((float)at->w > LINE_INCHES_MAX * s->dpi)
            at->w = (int)(LINE_INCHES_MAX * s->dpi);
        line = pixClipRectangle(s->pix, at, NULL);
        turned = line ? pixRotate180(NULL, line) : NULL;
        if (turned) {
            sum.up += engine_line_confidence(engine, line, (int)s->dpi);
            sum.down += engine_line_confidence(engine, turned, (int)s->dpi);
            sum.lines++;
        }
        pixDestroy(&line);
        pixDestroy(&turned);
        boxDestroy(&at);
        boxDestroy(&small);
    }
    boxaDestroy(&lines);
    return sum;
}

static float surest(const struct surety *surety)
{
    return surety->lines ? fmaxf(surety->up, surety->down) / (float)surety->lines : 0;
}

/* Turns a page whose marks stand along its columns, unless that reads worse: faint print falls into
 * pieces, and its pieces stand anyhow. */
static bool turn_quarter(struct sheet *s, struct engine *engine)
{
    struct surety flat = read_both_ways(s, engine, LINES_TO_TURN, FLT_MAX), turned;

    sheet_turn(s, 1);
    turned = read_both_ways(s, engine, LINES_TO_TURN, FLT_MAX);
    if (surest(&turned) >= surest(&flat))
        return true;
    sheet_turn(s, 3);
    return false;
}

void clean_orientation(struct sheet *s, struct engine *engine)
{
    struct pairs along = count_pairs(s, false), turned = count_pairs(s, true);
    struct surety surety;
    float up;

    if (turned.count > PAIRS_MIN && (float)turned.count > ACROSS_FACTOR * (float)along.count &&
        turn_quarter(s, engine))
        along = turned;
    up = upness(&along);
    if (along.count < PAIRS_MIN || up >= UP_SURE)
        return;
    surety = read_both_ways(s, engine, up < -UP_SURE ? LINES_TO_TURN : LINES_READ, READING_SURE);
    if (surety.down - surety.up > (up < -UP_SURE ? 0 : READING_SURE))
        sheet_turn(s, 2);
}
