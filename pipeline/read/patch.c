/*
 * Patch codes: four bars, two of 0.2 inch and two of 0.08, with gaps of 0.08, printed along the
 * edges of a separator sheet. The scanner meets them edge first, so they are read from the nearest
 * edge of the page inwards: T upside down would be 3. Kodak's table of patterns.
 */
#include "pipeline/read/marks.h"

#include "base/mem.h"
#include "pipeline/read/sheet.h"

#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <string.h>

#define BAR_INCHES_LONG 0.75f /* how long a bar must be, at least */
#define NARROW_MIN 0.045f
#define NARROW_MAX 0.13f
#define WIDE_MAX 0.28f
#define BARS_MAX 200

struct bar {
    int from, to;  /* along the bar */
    int near, far; /* across it, from the top or left */
};

static const struct {
    const char *bars, *symbology;
} patches[] = {
    {"WWNN", "PATCH-1"}, {"WNNW", "PATCH-2"}, {"WNWN", "PATCH-3"},
    {"NWWN", "PATCH-4"}, {"NNWW", "PATCH-6"}, {"NWNW", "PATCH-T"},
};

static int compare_near(const void *a, const void *b)
{
    return ((const struct bar *)a)->near - ((const struct bar *)b)->near;
}

static size_t find_bars(const struct sheet *s, bool is_vertical, struct bar *bars)
{
    PIX *runs = ink_long_runs(s->ink, sheet_ink_px(s, BAR_INCHES_LONG), is_vertical);
    BOXA *boxes = runs ? pixConnCompBB(runs, 8) : NULL;
    int min = sheet_ink_px(s, NARROW_MIN), max = sheet_ink_px(s, WIDE_MAX);
    size_t count = 0;

    for (int i = 0; boxes && i < boxaGetCount(boxes) && count < BARS_MAX; i++) {
        l_int32 x, y, w, h, thick;

        boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
        thick = is_vertical ? w : h;
        if (thick >= min && thick <= max)
            bars[count++] = is_vertical ? (struct bar){y, y + h, x, x + w}
                                        : (struct bar){x, x + w, y, y + h};
    }
    qsort(bars, count, sizeof *bars, compare_near);
    pixDestroy(&runs);
    boxaDestroy(&boxes);
    return count;
}

/* Follows bars of the same ends from `first` on, filling four and their pattern. */
static bool follow(const struct sheet *s, const struct bar *bars, size_t count, size_t first,
                   struct bar four[4], char pattern[5])
{
    int wide = sheet_ink_px(s, NARROW_MAX), slack = sheet_ink_px(s, 0.12f), n = 0;

    for (size_t i = first; i < count && n < 4; i++) {
        const struct bar *b = &bars[i];

        if (n > 0 && (abs(b->from - four[0].from) > slack || abs(b->to - four[0].to) > slack ||
                      b->near <= four[n - 1].far))
            continue;
        if (n > 0 && b->near - four[n - 1].far > wide)
            break;
        pattern[n] = b->far - b->near > wide ? 'W' : 'N';
        four[n++] = *b;
    }
    return n == 4;
}

static const char *symbology_of(const char *pattern, bool is_reversed)
{
    char bars[5] = {0};

    for (int i = 0; i < 4; i++)
        bars[i] = pattern[is_reversed ? 3 - i : i];
    for (size_t i = 0; i < ARRAY_LENGTH(patches); i++)
        if (strcmp(patches[i].bars, bars) == 0)
            return patches[i].symbology;
    return NULL;
}

static size_t patches_along(const struct sheet *s, bool is_vertical, struct barcode *ret,
                            size_t room)
{
    struct bar bars[BARS_MAX], four[4];
    size_t count = find_bars(s, is_vertical, bars), found = 0;
    int depth = is_vertical ? pixGetWidth(s->ink) : pixGetHeight(s->ink);
    char pattern[5] = {0};

    for (size_t i = 0; i + 3 < count && found < room; i++) {
        const char *symbology;
        struct box at;

        if (!follow(s, bars, count, i, four, pattern))
            continue;
        symbology = symbology_of(pattern, four[0].near + four[3].far > depth);
        if (!symbology)
            continue;
        at = (struct box){(float)four[0].from, (float)four[0].near, (float)four[0].to,
                          (float)four[3].far};
        if (is_vertical)
            at = (struct box){at.y0, at.x0, at.y1, at.x1};
        ret[found++] = (struct barcode){
            .symbology = symbology, .text = "", .box = sheet_to_points(s, s->ink_factor, at)};
    }
    return found;
}

size_t find_patches(const struct sheet *s, struct barcode *ret, size_t room)
{
    size_t count = patches_along(s, false, ret, room);

    return count + patches_along(s, true, ret + count, room - count);
}
