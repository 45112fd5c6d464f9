/*
 * A line as the recogniser wants it. A leaning line is sheared: each column moves by whole pixels,
 * which changes no letter's shape on pages that lean a degree or two. What was taken out of the ink
 * becomes paper, and the pixels around it too, because a grey picture's edges are soft.
 */
#include "pipeline/read/layout/layout.h"

#include "base/arena.h"
#include "base/wide.h"

#include <endian.h>
#include <math.h>
#include <string.h>

enum { PAPER_SHARE = 3 }; /* paper is what three quarters of a crop are not lighter than */

static unsigned char grey_at(const struct layout_page *page, int x, int y)
{
    return (unsigned char)(page->grey[(size_t)y * (size_t)page->grey_words + (size_t)x / 4] >>
                           (24 - 8 * (x & 3)));
}

/* Four pixels a word, in the order of memory. */
WIDE static void copy_words(const uint32_t *row, size_t words, unsigned char *to)
{
    for (size_t i = 0; i < words; i++) {
        uint32_t four = htobe32(row[i]);

        memcpy(to + 4 * i, &four, sizeof four);
    }
}

/* Pixels x to x + count of row y, 0 black; four at a time once `x` stands well. */
static void copy_grey(const struct layout_page *page, int x, int y, int count, unsigned char *to)
{
    const uint32_t *row = page->grey + (size_t)y * (size_t)page->grey_words;
    int i = 0;

    for (; i < count && (x + i) & 3; i++)
        to[i] = grey_at(page, x + i, y);
    if (i < count)
        copy_words(row + (x + i) / 4, (size_t)(count - i) / 4, to + i);
    for (i += (count - i) / 4 * 4; i < count; i++)
        to[i] = grey_at(page, x + i, y);
}

/* Eight pixels of ink as bytes, the leftmost in the highest bit: 0 is dark. */
#define BYTE(bits, at) ((bits) >> (7 - (at)) & 1 ? 0 : 255)
#define BYTES_1(b)                                                                                 \
    {                                                                                              \
        BYTE(b, 0), BYTE(b, 1), BYTE(b, 2), BYTE(b, 3), BYTE(b, 4), BYTE(b, 5), BYTE(b, 6),        \
            BYTE(b, 7)                                                                             \
    }
#define BYTES_4(b) BYTES_1(b), BYTES_1((b) + 1), BYTES_1((b) + 2), BYTES_1((b) + 3)
#define BYTES_16(b) BYTES_4(b), BYTES_4((b) + 4), BYTES_4((b) + 8), BYTES_4((b) + 12)
#define BYTES_64(b) BYTES_16(b), BYTES_16((b) + 16), BYTES_16((b) + 32), BYTES_16((b) + 48)

static const unsigned char eight_pixels[256][8] = {BYTES_64(0), BYTES_64(64), BYTES_64(128),
                                                   BYTES_64(192)};

static void copy_ink(const uint64_t *row, int x, int count, unsigned char *to)
{
    int i = 0;

    for (; i < count && (x + i) & 7; i++)
        to[i] = (unsigned char)((row[(x + i) >> 6] >> (63 - ((x + i) & 63)) & 1) - 1);
    for (; i + 8 <= count; i += 8)
        memcpy(to + i, eight_pixels[row[(x + i) >> 6] >> (56 - ((x + i) & 63)) & 0xff], 8);
    if (i < count)
        memcpy(to + i, eight_pixels[row[(x + i) >> 6] >> (56 - ((x + i) & 63)) & 0xff],
               (size_t)(count - i));
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

/* Where the piece of columns ends that moves by as much as column `x` does. */
static int piece_end(const struct layout_line *line, int x, int width)
{
    int down = shear(line, x), end = width;

    if (shear(line, width - 1) == down)
        return width;
    while (end - x > 1) {
        int middle = x + (end - x) / 2;

        *(shear(line, middle) == down ? &x : &end) = middle;
    }
    return end;
}

/* The pixels of an upright crop, in pieces that move by the same; outside the page is white. */
static void copy_upright(const struct layout_page *page, const struct layout *layout,
                         const struct layout_line *line, const struct line_image *crop,
                         unsigned char *pixels)
{
    for (int x = 0, end; x < crop->width; x = end) {
        int down = shear(line, x);

        end = piece_end(line, x, crop->width);
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

/* Paper where something was taken out. */
static void paint_gone(const struct layout *layout, const struct layout_line *line,
                       const struct line_image *crop, unsigned char *pixels)
{
    int lean = (int)fabsf(line->slope * (float)(line->box.x1 - line->box.x0)) / 2 + 2, paper = -1;
    int y0 = line->box.y0 > lean ? line->box.y0 - lean : 0, y1 = line->box.y1 + lean;

    for (int py = y0; py < y1 && py < layout->text.height; py++)
        for (int i = line->box.x0 / 64; layout->gone[py] && i <= (line->box.x1 - 1) / 64; i++)
            for (uint64_t bits = layout->gone[py][i]; bits; bits &= bits - 1) {
                int x, y;

                if (paper < 0)
                    paper = paper_of(pixels, (size_t)crop->height * (size_t)crop->stride);
                find_in_crop(line, 64 * i + 63 - __builtin_ctzll(bits), py, &x, &y);
                if (x >= 0 && y >= 0 && x < crop->width && y < crop->height)
                    pixels[(size_t)y * (size_t)crop->stride + (size_t)x] = (unsigned char)paper;
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

    crop.stride = crop.width;
    crop.pixels = pixels;
    if (is_upright)
        copy_upright(page, layout, line, &crop, pixels);
    else
        copy_turned(page, layout, line, &crop, pixels);
    if (page->grey && line->is_inverted)
        invert(layout, line, &crop, pixels);
    else if (page->grey)
        paint_gone(layout, line, &crop, pixels);
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
