/*
 * A line as the recogniser wants it. A leaning line is sheared: each column moves by whole pixels,
 * which changes no letter's shape on pages that lean a degree or two. What was taken out of the ink
 * becomes paper, and the pixels around it too, because a grey picture's edges are soft.
 */
#include "pipeline/read/layout/layout.h"

#include "base/arena.h"

#include <endian.h>
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

/* Pixels x to x + count of row y, 0 black; four or eight at a time once `x` stands well. */
static void copy_grey(const struct layout_page *page, int x, int y, int count, unsigned char *to)
{
    const uint32_t *row = page->grey + (size_t)y * (size_t)page->grey_words;
    int i = 0;

    for (; i < count && (x + i) & 3; i++)
        to[i] = grey_at(page, x + i, y);
    for (; i + 4 <= count; i += 4) {
        uint32_t four = htobe32(row[(x + i) / 4]);

        memcpy(to + i, &four, sizeof four);
    }
    for (; i < count; i++)
        to[i] = grey_at(page, x + i, y);
}

static void copy_ink(const uint64_t *row, int x, int count, unsigned char *to)
{
    int i = 0;

    for (; i < count && (x + i) & 7; i++)
        to[i] = (unsigned char)((row[(x + i) >> 6] >> (63 - ((x + i) & 63)) & 1) - 1);
    for (; i < count; i += 8) {
        uint64_t eight = row[(x + i) >> 6] >> (56 - ((x + i) & 63)) & 0xff;
        uint64_t bits = eight * 0x0101010101010101 & 0x0102040810204080; /* one a byte */
        uint64_t white = ~((bits + 0x7f7f7f7f7f7f7f7f) >> 7) & 0x0101010101010101;

        white = htole64(white * 255);
        memcpy(to + i, &white, count - i < 8 ? (size_t)(count - i) : 8);
    }
}

static void copy_row(const struct layout_page *page, const struct layout *layout, int x, int y,
                     int count, unsigned char *to)
{
    if (page->grey)
        copy_grey(page, x, y, count, to);
    else
        copy_ink(bitmap_row(&layout->text, y), x, count, to);
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

/* Where pixel (x, y) of the page lies in the crop, or beside it. */
static void find_in_crop(const struct layout_line *line, int x, int y, int *ret_x, int *ret_y)
{
    const struct layout_box *b = &line->box;

    if (line->turn == LAYOUT_READS_UP) {
        *ret_x = b->y1 - 1 - y;
        *ret_y = x - b->x0;
    } else if (line->turn == LAYOUT_READS_DOWN) {
        *ret_x = y - b->y0;
        *ret_y = b->x1 - 1 - x;
    } else {
        *ret_x = x - b->x0;
        *ret_y = y - b->y0 - shear(line, x - b->x0);
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

/* What was taken out near a crop, and a pixel around it: rows y0 to y1, words i0 to i1 of the
 * page. */
struct patch {
    uint64_t *bits;
    bool *is_dirty; /* has this row any? */
    int y0, y1, i0, i1;
};

/* What was taken out of word i of row y. */
static uint64_t gone_word(const struct layout_page *page, const struct layout *layout, int i, int y)
{
    const uint32_t *ink;
    uint64_t gone;

    if (i < 0 || i >= layout->text.stride || y < 0 || y >= page->height)
        return 0;
    ink = page->ink + (size_t)y * (size_t)page->ink_words + (size_t)2 * (size_t)i;
    gone = (uint64_t)ink[0] << 32;
    if (2 * i + 1 < page->ink_words)
        gone |= ink[1];
    gone &= ~bitmap_row(&layout->text, y)[i];
    return layout->turned.words ? gone & ~bitmap_row(&layout->turned, y)[i] : gone;
}

/* The same of three rows. */
static uint64_t gone_column(const struct layout_page *page, const struct layout *layout, int i,
                            int y)
{
    return gone_word(page, layout, i, y - 1) | gone_word(page, layout, i, y) |
           gone_word(page, layout, i, y + 1);
}

/* False when nothing was taken out near the crop. */
static bool find_gone(struct arena *a, const struct layout_page *page, const struct layout *layout,
                      const struct layout_line *line, struct patch *p)
{
    int lean = (int)fabsf(line->slope * (float)(line->box.x1 - line->box.x0)) / 2 + 2, words;
    bool any = false;

    p->y0 = line->box.y0 > lean ? line->box.y0 - lean : 0;
    p->y1 = line->box.y1 + lean < page->height ? line->box.y1 + lean : page->height;
    p->i0 = line->box.x0 / 64;
    p->i1 = (line->box.x1 - 1) / 64 + 1;
    words = p->i1 - p->i0;
    p->bits = arena_alloc_array(a, (size_t)(p->y1 - p->y0) * (size_t)words, sizeof *p->bits);
    p->is_dirty = arena_alloc_array(a, (size_t)(p->y1 - p->y0), sizeof *p->is_dirty);
    for (int y = p->y0; y < p->y1; y++) {
        uint64_t *row = p->bits + (size_t)(y - p->y0) * (size_t)words;
        uint64_t left = gone_column(page, layout, p->i0 - 1, y);
        uint64_t own = gone_column(page, layout, p->i0, y);

        for (int i = 0; i < words; i++) {
            uint64_t right = gone_column(page, layout, p->i0 + i + 1, y);

            row[i] = own | own >> 1 | own << 1 | left << 63 | right >> 63;
            any |= p->is_dirty[y - p->y0] |= row[i] != 0;
            left = own;
            own = right;
        }
    }
    return any;
}

/* Paper where a rule was. */
static void paint_gone(const struct layout *layout, const struct layout_line *line,
                       const struct line_image *crop, const struct patch *gone,
                       unsigned char *pixels)
{
    unsigned char paper = paper_of(pixels, (size_t)crop->height * (size_t)crop->stride);
    const uint64_t *row = gone->bits;

    for (int py = gone->y0; py < gone->y1; py++, row += gone->i1 - gone->i0)
        for (int i = gone->i0; gone->is_dirty[py - gone->y0] && i < gone->i1; i++) {
            uint64_t bits = row[i - gone->i0] & ~bitmap_row(&layout->text, py)[i];

            for (; bits; bits &= bits - 1) {
                int x, y;

                find_in_crop(line, 64 * i + 63 - __builtin_ctzll(bits), py, &x, &y);
                if (x >= 0 && y >= 0 && x < crop->width && y < crop->height)
                    pixels[(size_t)y * (size_t)crop->stride + (size_t)x] = paper;
            }
        }
}

/* White letters dark, and paper around their block. */
static void invert(const struct layout *layout, const struct layout_line *line,
                   const struct line_image *crop, unsigned char *pixels)
{
    for (int y = 0; y < crop->height; y++)
        for (int x = 0; x < crop->width; x++) {
            unsigned char *at = pixels + (size_t)y * (size_t)crop->stride + x;
            int px, py;

            place(line, x, y, &px, &py);
            if (py >= 0 && py < layout->turned.height)
                *at = bitmap_get(&layout->turned, px, py) ? (unsigned char)(255 - *at) : 255;
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
    struct patch gone;

    crop.stride = crop.width;
    crop.pixels = pixels;
    if (is_upright)
        copy_upright(page, layout, line, &crop, pixels);
    else
        copy_turned(page, layout, line, &crop, pixels);
    if (page->grey && line->is_inverted)
        invert(layout, line, &crop, pixels);
    else if (page->grey && find_gone(a, page, layout, line, &gone))
        paint_gone(layout, line, &crop, &gone, pixels);
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
