/*
 * Adds up how long the marks are that could be writing. A page number (two figures) is about 0.3
 * inch, a handwritten line or a stamp several inches; dust is below 0.04 inch each and counts
 * nothing, however much there is of it.
 */
#include "pipeline/read/marks.h"

#include "pipeline/read/sheet.h"

#include <leptonica/allheaders.h>
#include <math.h>

#define DUST_INCHES 0.04f
#define WRITING_INCHES 0.2f
#define HOLE_INCHES_MIN 0.15f
#define HOLE_INCHES_MAX 0.42f
#define HOLE_EDGE_INCHES 0.9f /* a punch hole is no farther from the edge */
#define STREAK_INCHES 0.03f   /* a scanner's dirty glass draws thinner lines, over half the page */

/* A filled circle near the edge. */
static bool is_hole(PIX *ink, BOX *at, const struct sheet *s)
{
    float inch = s->dpi / s->ink_factor, w = (float)at->w, h = (float)at->h, filled = 0;
    float from_x = fminf((float)at->x, (float)(pixGetWidth(ink) - at->x - at->w));
    float from_y = fminf((float)at->y, (float)(pixGetHeight(ink) - at->y - at->h));
    PIX *part;

    if (fminf(w, h) < HOLE_INCHES_MIN * inch || fmaxf(w, h) > HOLE_INCHES_MAX * inch ||
        fminf(from_x, from_y) > HOLE_EDGE_INCHES * inch || fabsf(w - h) > 0.25f * w)
        return false;
    part = pixClipRectangle(ink, at, NULL);
    if (part)
        pixForegroundFraction(part, &filled);
    pixDestroy(&part);
    return filled > 0.6f;
}

static bool is_streak(PIX *ink, BOX *at, float inch)
{
    return ((float)at->w < STREAK_INCHES * inch && 2 * at->h > pixGetHeight(ink)) ||
           ((float)at->h < STREAK_INCHES * inch && 2 * at->w > pixGetWidth(ink));
}

bool sheet_is_blank(struct sheet *s)
{
    BOXA *marks = sheet_marks(s);
    float inch = s->dpi / s->ink_factor, length = 0;

    for (int i = 0; marks && i < boxaGetCount(marks); i++) {
        BOX *at = boxaGetBox(marks, i, L_CLONE);
        float diagonal = hypotf((float)at->w, (float)at->h);

        if (diagonal > DUST_INCHES * inch && !is_hole(s->ink, at, s) &&
            !is_streak(s->ink, at, inch))
            length += diagonal;
        boxDestroy(&at);
        if (length > WRITING_INCHES * inch)
            return false;
    }
    return true;
}
