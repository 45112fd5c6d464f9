/*
 * Check boxes: connected ink of about the size of a letter that is a thin frame, with or without
 * something in it. Its sides are the outermost long runs of ink across and down, so a tick that
 * sticks out does not hide the frame; each side must be nearly closed, looked at three pixels wide
 * because a page is never quite straight. How much of the inside is ink is told, not judged.
 */
#include "pipeline/read/marks.h"
#include "pipeline/read/sheet.h"

#include "base/arena.h"

#include <leptonica/allheaders.h>

enum { BOXES_MAX = 500 };

static const float SIDE_MIN_IN = 0.083f, SIDE_MAX_IN = 0.3f; /* 6 to 21 points */
static const float REACH_IN = 0.5f;                          /* with a tick that sticks out */
static const float SQUARE_MIN = 0.72f;                       /* short side to long side */
static const float CLOSED_MIN = 0.85f;                       /* of a side that is ink */

/* Right and bottom are the last pixels. */
struct frame {
    int x0, y0, x1, y1;
};

static bool is_ink(PIX *ink, int x, int y)
{
    return x >= 0 && y >= 0 && x < pixGetWidth(ink) && y < pixGetHeight(ink) &&
           GET_DATA_BIT(pixGetData(ink) + (ptrdiff_t)y * pixGetWpl(ink), x);
}

/* The longest run of ink in row (or column) `at` of the frame. */
static int longest_run(PIX *ink, const struct frame *f, int at, bool is_column)
{
    int from = is_column ? f->y0 : f->x0, to = is_column ? f->y1 : f->x1, longest = 0;

    for (int i = from, run = 0; i <= to; i++) {
        run = (is_column ? is_ink(ink, at, i) : is_ink(ink, i, at)) ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* Draws one side in to the first row or column, in steps, that has a long run; false when none
 * has. */
static bool draw_in(PIX *ink, const struct frame *f, int *side, int end, bool is_column,
                    int side_px)
{
    int step = *side < end ? 1 : -1;

    for (; *side != end; *side += step)
        if (longest_run(ink, f, *side, is_column) >= side_px)
            return true;
    return false;
}

/* The share of a side, one pixel to each hand of it, that is ink. */
static float closed(PIX *ink, const struct frame *f, int at, bool is_column)
{
    int from = is_column ? f->y0 : f->x0, to = is_column ? f->y1 : f->x1, covered = 0;

    for (int i = from; i <= to; i++) {
        bool is_covered = false;

        for (int k = at - 1; k <= at + 1 && !is_covered; k++)
            is_covered = is_column ? is_ink(ink, k, i) : is_ink(ink, i, k);
        covered += is_covered;
    }
    return (float)covered / (float)(to - from + 1);
}

/* Narrows the box of a mark to the frame within it. */
static bool find_frame(const struct sheet *s, struct frame *f)
{
    int least = sheet_ink_px(s, SIDE_MIN_IN), most = sheet_ink_px(s, SIDE_MAX_IN), wide, high;
    const struct frame whole = *f;

    if (!draw_in(s->ink, &whole, &f->y0, whole.y1, false, least) ||
        !draw_in(s->ink, &whole, &f->y1, f->y0, false, least) ||
        !draw_in(s->ink, &whole, &f->x0, whole.x1, true, least) ||
        !draw_in(s->ink, &whole, &f->x1, f->x0, true, least))
        return false;
    wide = f->x1 - f->x0 + 1;
    high = f->y1 - f->y0 + 1;
    if (wide < least || high < least || wide > most || high > most ||
        (float)wide < SQUARE_MIN * (float)high || (float)high < SQUARE_MIN * (float)wide)
        return false;
    return closed(s->ink, f, f->y0, false) >= CLOSED_MIN &&
           closed(s->ink, f, f->y1, false) >= CLOSED_MIN &&
           closed(s->ink, f, f->x0, true) >= CLOSED_MIN &&
           closed(s->ink, f, f->x1, true) >= CLOSED_MIN;
}

/* Of what lies well within the frame. */
static float ink_share(PIX *ink, const struct frame *f)
{
    int inset = 2 + (f->x1 - f->x0) / 10, dark = 0, all = 0;

    for (int y = f->y0 + inset; y <= f->y1 - inset; y++)
        for (int x = f->x0 + inset; x <= f->x1 - inset; x++, all++)
            dark += is_ink(ink, x, y);
    return all ? (float)dark / (float)all : 0;
}

void find_check_boxes(struct arena *a, struct sheet *s, struct page *page)
{
    BOXA *marks = sheet_marks(s);
    int least = sheet_ink_px(s, SIDE_MIN_IN), reach = sheet_ink_px(s, REACH_IN);

    page->check_boxes = arena_alloc_array(a, BOXES_MAX, sizeof *page->check_boxes);
    for (int i = 0; marks && i < boxaGetCount(marks) && page->n_check_boxes < BOXES_MAX; i++) {
        struct frame f;
        l_int32 x, y, w, h;

        boxaGetBoxGeometry(marks, i, &x, &y, &w, &h);
        if (w < least || h < least || w > reach || h > reach)
            continue;
        f = (struct frame){x, y, x + w - 1, y + h - 1};
        if (!find_frame(s, &f))
            continue;
        page->check_boxes[page->n_check_boxes++] = (struct check_box){
            .box = sheet_to_points(
                s, s->ink_factor,
                (struct box){(float)f.x0, (float)f.y0, (float)f.x1 + 1, (float)f.y1 + 1}),
            .ink = ink_share(s->ink, &f),
        };
    }
}
