/*
 * Boxes to tick, and rules broken into dashes. Both are made of straight strokes that read as
 * letters quite surely: a box as an o or D, a dash as an i. A box is dark along all four sides,
 * which no letter is. Dashes are narrower than letters and stand below each other to the pixel.
 */
#include "pipeline/read/layout/strands.h"

#include <stdlib.h>

#define BOX_INCHES_MIN 0.09f
#define BOX_INCHES_MAX 0.35f
#define SQUARE 1.35f     /* the longer side to the shorter */
#define SIDE_SHARE 0.9f  /* of a side is dark */
#define DASH_SHARE 0.22f /* of its height: an upright dash is not wider */

enum { STROKE = 3, DASH_APART = 3, DASHES = 4, DASHES_MAX = 2000 };

/* The share of a box's columns (or rows) dark in the outermost STROKE pixels of one side. */
static float side(const struct bitmap *ink, const struct mark *m, bool is_across, bool is_far)
{
    int length = is_across ? mark_width(m) : mark_height(m), dark = 0;

    for (int i = 0; i < length; i++) {
        bool is_dark = false;

        for (int k = 0; k < STROKE && !is_dark; k++)
            is_dark = is_across ? bitmap_get(ink, m->x0 + i, is_far ? m->y1 - 1 - k : m->y0 + k)
                                : bitmap_get(ink, is_far ? m->x1 - 1 - k : m->x0 + k, m->y0 + i);
        dark += is_dark;
    }
    return (float)dark / (float)length;
}

/* Is there ink in the STROKE by STROKE pixels of every corner? Round letters have none. */
static bool has_corners(const struct bitmap *ink, const struct mark *m)
{
    for (int corner = 0; corner < 4; corner++) {
        int x0 = corner & 1 ? m->x1 - STROKE : m->x0, y0 = corner & 2 ? m->y1 - STROKE : m->y0;
        bool is_dark = false;

        for (int i = 0; i < STROKE * STROKE; i++)
            is_dark |= bitmap_get(ink, x0 + i % STROKE, y0 + i / STROKE);
        if (!is_dark)
            return false;
    }
    return true;
}

static bool is_box(const struct bitmap *ink, const struct mark *m, float dpi)
{
    int wide = mark_width(m), high = mark_height(m);
    int longer = wide > high ? wide : high, shorter = wide > high ? high : wide;

    if ((float)shorter < BOX_INCHES_MIN * dpi || shorter < 6 * STROKE ||
        (float)longer > BOX_INCHES_MAX * dpi || (float)longer > SQUARE * (float)shorter ||
        2 * m->area > wide * high || !has_corners(ink, m))
        return false;
    for (int i = 0; i < 4; i++)
        if (side(ink, m, i & 1, i & 2) < SIDE_SHARE)
            return false;
    return true;
}

void frames_take(struct marks *m, float dpi, struct bitmap *ink)
{
    for (int i = 0; i < m->count; i++)
        if (m->marks[i].area > 0 && is_box(ink, &m->marks[i], dpi)) {
            mark_erase(m, i, ink);
            m->marks[i].area = 0;
        }
}

static bool is_dash(const struct strand *s)
{
    return s->count == 1 &&
           (float)(s->box.x1 - s->box.x0) < DASH_SHARE * (float)(s->box.y1 - s->box.y0);
}

void dashes_drop(struct strands *s)
{
    int dashes[DASHES_MAX], count = 0;

    for (int i = 0; i < s->count && count < DASHES_MAX; i++)
        if (is_dash(&s->at[i]))
            dashes[count++] = i;
    for (int i = 0; i < count; i++) {
        struct strand *dash = &s->at[dashes[i]];
        int alike = 0;

        for (int k = 0; k < count && alike <= DASHES; k++)
            alike += abs(s->at[dashes[k]].box.x0 - dash->box.x0) <= DASH_APART;
        if (alike > DASHES)
            dash->count = 0;
    }
}
