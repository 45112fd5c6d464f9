/*
 * A line as the recogniser wants it. A leaning line is sheared: each column moves by whole pixels,
 * which changes no letter's shape on pages that lean a degree or two. What was taken out of the ink
 * becomes paper, one pixel around it too, because a grey picture's edges are soft.
 */
#include "pipeline/read/layout/layout.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

enum { PAPER_SHARE = 3 }; /* paper is what three quarters of a crop are not lighter than */

static bool bit_at(const struct bitmap *b, int x, int y)
{
    return x >= 0 && y >= 0 && x < b->width && y < b->height && bitmap_get(b, x, y);
}

/* A pixel of the page as the recogniser should see it; -1: paper. */
static int pixel(const struct layout_page *page, const struct layout *layout,
                 const struct layout_line *line, int x, int y)
{
    int grey;

    if (x < 0 || y < 0 || x >= page->width || y >= page->height)
        return -1;
    if (!page->grey)
        return bitmap_get(&layout->text, x, y) ? 0 : 255;
    if (line->is_inverted && !bitmap_get(&layout->turned, x, y))
        return -1;
    if (layout->has_gone)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
                if (bit_at(&layout->gone, x + dx, y + dy) && !bitmap_get(&layout->text, x, y))
                    return -1;
    grey = (int)(page->grey[(size_t)y * (size_t)page->grey_words + (size_t)x / 4] >>
                     (24 - 8 * (x & 3)) &
                 255);
    return line->is_inverted ? 255 - grey : grey;
}

/* The grey that stands for paper in a crop. */
static unsigned char paper_of(const int histogram[256], int total)
{
    int sum = 0, i = 0;

    while (i < 255 && (PAPER_SHARE + 1) * (sum + histogram[i]) < PAPER_SHARE * total)
        sum += histogram[i++];
    return (unsigned char)i;
}

/* Where pixel (x, y) of the crop lies on the page. */
static void place(const struct layout_line *line, int x, int y, int *ret_x, int *ret_y)
{
    const struct layout_box *b = &line->box;

    if (line->turn == LAYOUT_READS_UP) {
        *ret_x = b->x0 + y;
        *ret_y = b->y1 - 1 - x;
    } else if (line->turn == LAYOUT_READS_DOWN) {
        *ret_x = b->x1 - 1 - y;
        *ret_y = b->y0 + x;
    } else {
        *ret_x = b->x0 + x;
        *ret_y = b->y0 + y + (int)lroundf(line->slope * ((float)x - (float)(b->x1 - b->x0) / 2));
    }
}

void layout_crop(struct arena *a, const struct layout_page *page, const struct layout *layout,
                 const struct layout_line *line, struct line_image *ret)
{
    bool is_upright = line->turn == LAYOUT_UPRIGHT;
    int wide = line->box.x1 - line->box.x0, high = line->box.y1 - line->box.y0;
    int width = is_upright ? wide : high, height = is_upright ? high : wide;
    int histogram[256] = {0}, total = 0;
    unsigned char *pixels = arena_alloc_array(a, (size_t)width, (size_t)height);
    int *missing = arena_alloc_array(a, (size_t)width * (size_t)height, sizeof *missing), holes = 0;
    unsigned char paper;

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int px, py, value;

            place(line, x, y, &px, &py);
            value = pixel(page, layout, line, px, py);
            if (value < 0) {
                missing[holes++] = y * width + x;
                continue;
            }
            pixels[y * width + x] = (unsigned char)value;
            histogram[value]++;
            total++;
        }
    paper = paper_of(histogram, total);
    for (int i = 0; i < holes; i++)
        pixels[missing[i]] = paper;
    *ret = (struct line_image){pixels, width, height, width};
}

struct layout_box layout_place(const struct layout_line *line, struct line_box box)
{
    int x0, y0, x1, y1;

    place(line, box.left, box.top, &x0, &y0);
    place(line, box.right - 1, box.bottom - 1, &x1, &y1);
    return (struct layout_box){x0 < x1 ? x0 : x1, y0 < y1 ? y0 : y1, (x0 > x1 ? x0 : x1) + 1,
                               (y0 > y1 ? y0 : y1) + 1};
}
