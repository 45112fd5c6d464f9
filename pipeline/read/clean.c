/*
 * Every decision is taken on the ink, which has a quarter of the pixels or fewer; the picture
 * itself is touched only where something was found.
 */
#include "pipeline/read/clean.h"

#include "base/arena.h"
#include "pipeline/read/sheet.h"

#include <leptonica/allheaders.h>
#include <math.h>

#define MARK_PX_MAX 128 /* of ink: letters of half an inch and more are not text */
#define MARKS_MIN 30
#define SKEW_DEG_MIN 0.8f /* Tesseract bears less, and resampling costs a few letters */
#define SKEW_DEG_MAX 8.0f
#define SKEW_SURE 3.0f   /* Leptonica's ratio of best to worst score */
#define HEIGHT_PX_MIN 10 /* of the middle component: 13 (200 dpi) read no better at 26 */
#define HEIGHT_PX_MAX 70
#define HEIGHT_PX_BEST 26
#define SCALE_MAX 3.0f
#define SPECK_PX 3
#define SPECKS_MAX 15000 /* components: a dense page of 6 pt text has about 8,000 */
#define EDGE_LETTERS 12  /* as many white marks of their size inside a dark edge are text on it */
#define LETTER_INCHES_MIN 0.05f
#define LETTER_INCHES_MAX 0.3f
#define RULE_INCHES_MIN 0.45f
#define RULE_INCHES_THICK 0.05f
#define RULE_MARGIN 4     /* pixels of ink looked at on either side */
#define BOWL_INCHES 0.05f /* between the two sides of a g that end in the line */
#define RULES_MAX 1000

/* A dark header or footer may touch the edge as well: white letters stand in it, in a lid they do
 * not. */
static bool is_lid(const struct sheet *s, PIX *mask)
{
    PIX *white = pixSubtract(NULL, mask, s->ink);
    BOXA *marks = white ? pixConnComp(white, NULL, 8) : NULL;
    int low = sheet_ink_px(s, LETTER_INCHES_MIN), high = sheet_ink_px(s, LETTER_INCHES_MAX);
    int letters = 0;

    for (int i = 0; marks && i < boxaGetCount(marks); i++) {
        l_int32 w, h;

        boxaGetBoxGeometry(marks, i, NULL, NULL, &w, &h);
        letters += h >= low && h <= high && w <= 2 * h;
    }
    boxaDestroy(&marks);
    pixDestroy(&white);
    return letters < EDGE_LETTERS;
}

void clean_edges(struct sheet *s)
{
    PIX *small = pixReduceRankBinaryCascade(s->ink, 3, 3, 3, 0), *edge, *mask;
    int is_zero = 1;

    edge = small ? pixExtractBorderConnComps(small, 4) : NULL;
    if (edge)
        pixZero(edge, &is_zero);
    if (!is_zero) {
        pixCloseSafeBrick(edge, edge, 3, 3);
        mask = pixExpandBinaryPower2(edge, 8);
        if (mask && is_lid(s, mask)) {
            pixDilateBrick(mask, mask, 15, 15);
            sheet_paint_mask(s, mask, 0, 0);
        }
        pixDestroy(&mask);
    }
    pixDestroy(&edge);
    pixDestroy(&small);
}

static int mark_count(struct sheet *s)
{
    BOXA *marks = sheet_marks(s);

    return marks ? boxaGetCount(marks) : 0;
}

/* Blanks every box a speck fits in, then lets what is left grow back to whole marks: for 300,000
 * specks 15 times as fast as pixSelectBySize(), which makes a picture of each. */
static void remove_specks(struct sheet *s)
{
    PIX *seed = pixCopy(NULL, s->ink);
    BOXA *marks = sheet_marks(s);

    for (int i = 0; i < boxaGetCount(marks); i++) {
        l_int32 x, y, w, h;

        boxaGetBoxGeometry(marks, i, &x, &y, &w, &h);
        if (w <= SPECK_PX && h <= SPECK_PX)
            pixRasterop(seed, x, y, w, h, PIX_CLR, NULL, 0, 0);
    }
    sheet_new_ink(s, pixSeedfillBinary(NULL, seed, s->ink, 8));
    pixDestroy(&seed);
}

void clean_specks(struct sheet *s)
{
    if (mark_count(s) < SPECKS_MAX)
        return;
    remove_specks(s);
    if (mark_count(s) > SPECKS_MAX) /* a screen of dots, not letters */
        sheet_new_ink(s, pixOpenBrick(NULL, s->ink, 3, 3));
    pix_replace(&s->pix, pixCopy(NULL, s->ink));
    s->to_points.xx *= s->ink_factor;
    s->to_points.yy *= s->ink_factor;
    s->dpi /= s->ink_factor;
    s->ink_factor = 1;
}

/* The height in pixels of the picture that half of the letter-like marks stay below; 0 when
 * there are too few to tell. */
static float middle_height(struct sheet *s)
{
    int seen[MARK_PX_MAX] = {0}, total = 0, below = 0;
    BOXA *marks = sheet_marks(s);

    for (int i = 0; marks && i < boxaGetCount(marks); i++) {
        l_int32 w, h;

        boxaGetBoxGeometry(marks, i, NULL, NULL, &w, &h);
        if (h < 4 || h >= MARK_PX_MAX || w > 3 * h || h > 8 * w)
            continue;
        seen[h]++;
        total++;
    }
    for (int h = 0; total >= MARKS_MIN && h < MARK_PX_MAX; h++) {
        below += seen[h];
        if (2 * below >= total)
            return (float)h * s->ink_factor;
    }
    return 0;
}

void clean_skew_and_height(struct sheet *s)
{
    float deg = 0, sure = 0, height = middle_height(s), scale = 1;

    if (pixFindSkew(s->ink, &deg, &sure) != 0 || sure < SKEW_SURE || fabsf(deg) > SKEW_DEG_MAX)
        deg = 0;
    if (height > 0 && (height < HEIGHT_PX_MIN || height > HEIGHT_PX_MAX))
        scale = fminf(HEIGHT_PX_BEST / height, SCALE_MAX);
    if (scale < 0.5f) /* averages instead of skipping pixels */
        scale = 0.5f;
    if (fabsf(deg) >= SKEW_DEG_MIN || scale != 1)
        sheet_resample(s, deg, scale);
    else
        s->skew_deg = -deg;
}

/* Turns what lies under the mask, whose corner is at (x, y) of `pix`. */
static void turn_under(PIX *pix, PIX *mask, int x, int y)
{
    BOX *at = boxCreate(x, y, pixGetWidth(mask), pixGetHeight(mask));
    PIX *part = pixClipRectangle(pix, at, NULL);

    if (part) {
        pixInvert(part, part);
        pixCombineMaskedGeneral(pix, part, mask, x, y);
    }
    pixDestroy(&part);
    boxDestroy(&at);
}

/* One dark block, in its own shape: a band on a page that stands a little askew fills its box ill,
 * and what lies beside it is not to be touched. */
static void turn_block(struct sheet *s, PIX *block, BOX *at)
{
    PIX *mask = pixExpandReplicate(block, 4), *wide;
    l_int32 x, y;

    boxGetGeometry(at, &x, &y, NULL, NULL);
    sheet_make_writable(s);
    turn_under(s->ink, mask, 4 * x, 4 * y);
    wide = s->ink_factor == 1 ? pixClone(mask)
                              : pixExpandReplicate(mask, (int)lroundf(s->ink_factor));
    turn_under(s->pix, wide, (int)((float)(4 * x) * s->ink_factor),
               (int)((float)(4 * y) * s->ink_factor));
    pixDestroy(&wide);
    pixDestroy(&mask);
}

/* Dark, but not only dark: letters stand in it. */
static bool holds_letters(const struct sheet *s, PIX *block, BOX *at)
{
    BOX *large = boxTransform(at, 0, 0, 4, 4);
    PIX *ink = pixClipRectangle(s->ink, large, NULL), *mask = pixExpandReplicate(block, 4);
    l_int32 dark = 0, all = 0;

    if (ink)
        pixAnd(ink, ink, mask);
    if (ink)
        pixCountPixels(ink, &dark, NULL);
    pixCountPixels(mask, &all, NULL);
    pixDestroy(&mask);
    pixDestroy(&ink);
    boxDestroy(&large);
    return all > 0 && (float)dark > 0.5f * (float)all && (float)dark < 0.985f * (float)all;
}

void clean_inverse(struct sheet *s)
{
    PIX *small = pixReduceRankBinaryCascade(s->ink, 3, 3, 0, 0);
    PIXA *blocks = NULL;
    BOXA *boxes = NULL;
    int px = sheet_ink_px(s, 0.1f) / 4;

    if (small) {
        pixCloseSafeBrick(small, small, 3 * px, 3 * px); /* over the letters */
        pixOpenBrick(small, small, 4 * px + 1, px + 1);
        boxes = pixConnComp(small, &blocks, 4);
    }
    for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
        BOX *at = boxaGetBox(boxes, i, L_CLONE);
        PIX *block = pixaGetPix(blocks, i, L_CLONE);

        if (holds_letters(s, block, at))
            turn_block(s, block, at);
        pixDestroy(&block);
        boxDestroy(&at);
    }
    boxaDestroy(&boxes);
    pixaDestroy(&blocks);
    pixDestroy(&small);
}

/* Of the runs in `runs`, the ones that are lines and not bars or blocks: `ret` gets their boxes. */
static size_t thin_boxes(const struct sheet *s, PIX *runs, bool is_vertical, struct rule *ret,
                         size_t room)
{
    BOXA *boxes = pixConnCompBB(runs, 8);
    int thick = sheet_ink_px(s, RULE_INCHES_THICK);
    size_t count = 0;

    for (int i = 0; boxes && i < boxaGetCount(boxes) && count < room; i++) {
        l_int32 x, y, w, h;

        boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
        if ((is_vertical ? w : h) > thick)
            continue;
        ret[count++] = (struct rule){.box = {(float)x, (float)y, (float)(x + w), (float)(y + h)},
                                     .is_vertical = is_vertical};
    }
    boxaDestroy(&boxes);
    return count;
}

/*
 * Takes one line out: the run and its grey fringe, a pixel on either side. Where a stroke comes in
 * through the fringe the line stays, or the tail of a g on an underline would go with it and leave
 * an a.
 */
static void erase_rule(struct sheet *s, PIX *runs, PIX *letters, const struct rule *rule)
{
    int across_x = rule->is_vertical ? 1 : 0, across_y = 1 - across_x;
    int x = (int)rule->box.x0 - RULE_MARGIN * across_x;
    int y = (int)rule->box.y0 - RULE_MARGIN * across_y;
    int w = (int)(rule->box.x1 - rule->box.x0) + 2 * RULE_MARGIN * across_x;
    int h = (int)(rule->box.y1 - rule->box.y0) + 2 * RULE_MARGIN * across_y;
    int bowl = sheet_ink_px(s, BOWL_INCHES);
    BOX *at = boxCreate(x < 0 ? 0 : x, y < 0 ? 0 : y, w, h);
    PIX *line = pixClipRectangle(runs, at, NULL), *around = pixClipRectangle(letters, at, NULL);
    PIX *wide, *strokes;

    if (line && around) {
        wide = pixDilateBrick(NULL, line, 1 + 2 * across_x, 1 + 2 * across_y);
        strokes = pixSubtract(NULL, around, wide);
        pixDilateBrick(strokes, strokes, 1 + 2 * across_x, 1 + 2 * across_y);
        pixAnd(strokes, strokes, around); /* strokes that reach through the fringe touch the line */
        pixAnd(strokes, strokes, wide);
        pixDilateBrick(strokes, strokes, 1 + 2 * w * across_x, 1 + 2 * h * across_y);
        pixCloseSafeBrick(strokes, strokes, across_x ? 1 : bowl, across_x ? bowl : 1);
        pixSubtract(wide, wide, strokes);
        sheet_paint_mask(s, wide, at->x, at->y);
        pixDestroy(&wide);
        pixDestroy(&strokes);
    }
    pixDestroy(&line);
    pixDestroy(&around);
    boxDestroy(&at);
}

void clean_rules(struct arena *a, struct sheet *s, struct rule **ret, size_t *ret_count)
{
    struct rule *rules = arena_alloc_array(a, RULES_MAX, sizeof *rules);
    int length = sheet_ink_px(s, RULE_INCHES_MIN);
    PIX *across = ink_long_runs(s->ink, length, false), *down = ink_long_runs(s->ink, length, true);
    PIX *letters = pixSubtract(NULL, s->ink, across);
    size_t count = 0;

    if (across && down && letters) {
        pixSubtract(letters, letters, down);
        count = thin_boxes(s, across, false, rules, RULES_MAX);
        count += thin_boxes(s, down, true, rules + count, RULES_MAX - count);
    }
    for (size_t i = 0; i < count; i++) {
        erase_rule(s, rules[i].is_vertical ? down : across, letters, &rules[i]);
        rules[i].box = sheet_to_points(s, s->ink_factor, rules[i].box);
    }
    pixDestroy(&across);
    pixDestroy(&down);
    pixDestroy(&letters);
    *ret = rules;
    *ret_count = count;
}
