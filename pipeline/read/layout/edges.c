/*
 * The dark edge that a scanner's lid leaves beside the paper. On its way down the page it meets
 * rules, bands and footers, and what it touches would be one mark with it. So it is cut off by its
 * own width: the one most of the rows that are dark at the page's side agree on.
 */
#include "pipeline/read/layout/edges.h"

#include "base/arena.h"
#include "base/compare.h"

#include <stdlib.h>

#define EDGE_INCHES 0.3f /* wider ones are bands of the page's own */
#define EDGE_SHARE 0.4f  /* of the rows are dark at the side */
#define WIDTH_SHARE 0.9f /* of those rows, the edge is not wider */

enum { FRINGE = 3, THIN = 2 };

/* The length of the dark run at one side of a row, at most `most`. */
static int run_at(const struct bitmap *ink, int y, bool is_right, int most)
{
    int x = is_right ? ink->width - 1 : 0, step = is_right ? -1 : 1, length = 0;

    while (length < most && bitmap_get(ink, x + step * length, y))
        length++;
    return length;
}

static void take_side(struct arena *a, struct bitmap *ink, bool is_right, int most)
{
    int *lengths = arena_alloc_array(a, (size_t)ink->height + 1, sizeof *lengths);
    int count = 0, width;

    for (int y = 0; y < ink->height; y++) {
        int length = run_at(ink, y, is_right, most);

        if (length >= THIN && length < most)
            lengths[count++] = length;
    }
    if ((float)count < EDGE_SHARE * (float)ink->height)
        return;
    qsort(lengths, (size_t)count, sizeof *lengths, compare_ints);
    width = lengths[(int)(WIDTH_SHARE * (float)(count - 1))] + FRINGE;
    for (int y = 0; y < ink->height; y++)
        bitmap_fill(ink, y, is_right ? ink->width - width : 0, is_right ? ink->width : width,
                    false);
}

void edges_take(struct arena *a, struct bitmap *ink, float dpi)
{
    int most = (int)(EDGE_INCHES * dpi);

    if (most >= ink->width / 2)
        return;
    take_side(a, ink, false, most);
    take_side(a, ink, true, most);
}
