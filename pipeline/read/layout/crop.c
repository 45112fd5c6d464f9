/*
 * A line as the recogniser wants it. A leaning line is sheared: each column moves by whole pixels,
 * which changes no letter's shape on pages that lean a degree or two. What was taken out of the ink
 * becomes paper, and the pixels around it too, because a grey picture's edges are soft.
 */
#include "pipeline/read/layout/layout.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

enum { PAPER_SHARE = 3 }; /* paper is what three quarters of a crop are not lighter than */

static bool ink_at(const struct layout_page *page, int x, int y)
{
    return page->ink[(size_t)y * (size_t)page->ink_words + (size_t)x / 32] >> (31 - (x & 31)) & 1;
}

bool layout_is_gone(const struct layout_page *page, const struct layout *layout, int x, int y)
{
    return x >= 0 && y >= 0 && x < page->width && y < page->height && ink_at(page, x, y) &&
           !bitmap_get(&layout->text, x, y) &&
           !(layout->turned.words && bitmap_get(&layout->turned, x, y));
}

static unsigned char grey_at(const struct layout_page *page, int x, int y)
{
    return (unsigned char)(page->grey[(size_t)y * (size_t)page->grey_words + (size_t)x / 4] >>
                           (24 - 8 * (x & 3)));
}

/* Pixels x to x + count of row y, 0 black. */
static void copy_row(const struct layout_page *page, const struct layout *layout, int x, int y,
                     int count, unsigned char *to)
{
    const uint64_t *row = bitmap_row(&layout->text, y);

    if (page->grey) {
        for (int i = 0; i < count; i++)
            to[i] = grey_at(page, x + i, y);
        return;
    }
    for (int i = 0; i < count; i++)
        to[i] = (unsigned char)((row[(x + i) >> 6] >> (63 - ((x + i) & 63)) & 1) - 1);
}

/* How far column x of the crop is moved down the page. */
static int shear(const struct layout_line *line, int x)
{
    return (int)lroundf(line->slope * ((float)x - (float)(line->box.x1 - line->box.x0) / 2));
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
        *ret_y = b->y0 + y + shear(line, x);
    }
}

/* The pixels of an upright crop, in pieces that move by the same; outside the page is white. */
static void copy_upright(const struct layout_page *page, const struct layout *layout,
                         const struct layout_line *line, const struct line_image *crop,
                         unsigned char *pixels)
{
    for (int x = 0, end; x < crop->width; x = end) {
        int down = shear(line, x);

        for (end = x + 1; end < crop->width && shear(line, end) == down;)
            end++;
        for (int y = 0; y < crop->height; y++) {
            int from = line->box.y0 + y + down;
            unsigned char *to = pixels + (size_t)y * (size_t)crop->stride + x;

            if (from < 0 || from >= page->height)
                memset(to, 255, (size_t)(end - x));
            else
                copy_row(page, layout, line->box.x0 + x, from, end - x, to);
        }
    }
}

static void copy_turned(const struct layout_page *page, const struct layout *layout,
                        const struct layout_line *line, const struct line_image *crop,
                        unsigned char *pixels)
{
    for (int y = 0; y < crop->height; y++)
        for (int x = 0; x < crop->width; x++) {
            int px, py;

            place(line, x, y, &px, &py);
            copy_row(page, layout, px, py, 1, pixels + (size_t)y * (size_t)crop->stride + x);
        }
}

/* The grey that stands for paper in a crop. */
static unsigned char paper_of(const unsigned char *pixels, size_t count)
{
    size_t histogram[256] = {0}, sum = 0;
    int i = 0;

    for (size_t k = 0; k < count; k++)
        histogram[pixels[k]]++;
    while (i < 255 && (PAPER_SHARE + 1) * (sum + histogram[i]) < PAPER_SHARE * count)
        sum += histogram[i++];
    return (unsigned char)i;
}

/* Has anything been taken out, or turned, in the rows and columns the crop comes from? */
static bool is_touched(const struct layout_page *page, const struct layout *layout,
                       const struct layout_line *line)
{
    int lean = (int)fabsf(line->slope * (float)(line->box.x1 - line->box.x0)) / 2 + 2;
    int y0 = line->box.y0 - lean, y1 = line->box.y1 + lean;

    if (line->is_inverted)
        return true;
    for (int y = y0 < 0 ? 0 : y0; y < y1 && y < page->height; y++) {
        const uint32_t *ink = page->ink + (size_t)y * (size_t)page->ink_words;
        const uint64_t *text = bitmap_row(&layout->text, y);

        for (int i = line->box.x0 / 32; i <= (line->box.x1 - 1) / 32; i++)
            if (ink[i] & ~(uint32_t)(text[i / 2] >> (i & 1 ? 0 : 32)))
                return true;
    }
    return false;
}

/* Is a pixel, or one beside it, a part of what was taken out? */
static bool is_near_gone(const struct layout_page *page, const struct layout *layout, int x, int y)
{
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
            if (layout_is_gone(page, layout, x + dx, y + dy))
                return true;
    return false;
}

/* Paper where a rule was; white letters dark, and paper around their block. */
static void amend(const struct layout_page *page, const struct layout *layout,
                  const struct layout_line *line, const struct line_image *crop,
                  unsigned char *pixels)
{
    unsigned char paper = paper_of(pixels, (size_t)crop->height * (size_t)crop->stride);

    if (line->is_inverted)
        paper = 255;
    for (int y = 0; y < crop->height; y++)
        for (int x = 0; x < crop->width; x++) {
            unsigned char *at = pixels + (size_t)y * (size_t)crop->stride + x;
            int px, py;

            place(line, x, y, &px, &py);
            if (px < 0 || py < 0 || px >= page->width || py >= page->height)
                continue;
            if (line->is_inverted)
                *at = bitmap_get(&layout->turned, px, py) ? (unsigned char)(255 - *at) : paper;
            else if (!bitmap_get(&layout->text, px, py) && is_near_gone(page, layout, px, py))
                *at = paper;
        }
}

void layout_crop(struct arena *a, const struct layout_page *page, const struct layout *layout,
                 const struct layout_line *line, struct line_image *ret)
{
    bool is_upright = line->turn == LAYOUT_UPRIGHT;
    int wide = line->box.x1 - line->box.x0, high = line->box.y1 - line->box.y0;
    struct line_image crop = {.width = is_upright ? wide : high,
                              .height = is_upright ? high : wide};
    unsigned char *pixels = arena_alloc_array(a, (size_t)wide, (size_t)high);

    crop.stride = crop.width;
    crop.pixels = pixels;
    if (is_upright)
        copy_upright(page, layout, line, &crop, pixels);
    else
        copy_turned(page, layout, line, &crop, pixels);
    if (page->grey && is_touched(page, layout, line))
        amend(page, layout, line, &crop, pixels);
    *ret = crop;
}

struct layout_box layout_place(const struct layout_line *line, struct line_box box)
{
    int x0, y0, x1, y1;

    place(line, box.left, box.top, &x0, &y0);
    place(line, box.right - 1, box.bottom - 1, &x1, &y1);
    return (struct layout_box){x0 < x1 ? x0 : x1, y0 < y1 ? y0 : y1, (x0 > x1 ? x0 : x1) + 1,
                               (y0 > y1 ? y0 : y1) + 1};
}
