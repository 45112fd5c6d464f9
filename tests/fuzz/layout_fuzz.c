/* Any bits and greys: lines lie within the page and fit its crops, and the work is bounded. The
 * first bytes are the size; the rest is repeated over the picture. */
#include "pipeline/read/layout/layout.h"

#include "tests/fuzz/fuzz.h"

enum { LINES_MAX = 100000 };

/* `count` words of the input, repeated with a shift so that rows differ. */
static uint32_t *fill(struct arena *a, const char *bytes, size_t length, size_t count)
{
    uint32_t *words = arena_alloc_array(a, count + 1, sizeof *words);

    for (size_t i = 0; i < 4 * count; i++)
        ((unsigned char *)words)[i] = (unsigned char)bytes[(i + i / length) % length];
    return words;
}

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_ARENA struct arena a;
    struct layout_page page = {.dpi = 300};
    struct layout layout;
    bool is_grey;

    if (length < 8)
        return;
    arena_init(&a, (size_t)512 << 20);
    page.width = 1 + (unsigned char)bytes[0] * 4 + (unsigned char)bytes[1];
    page.height = 1 + (unsigned char)bytes[2] * 4 + (unsigned char)bytes[3];
    page.dpi = 72 + 3 * (float)(unsigned char)bytes[4];
    is_grey = bytes[5] & 1;
    page.grey_words = (page.width + 3) / 4;
    page.ink_words = (page.width + 31) / 32;
    bytes += 6;
    length -= 6;
    if (is_grey) {
        page.grey = fill(&a, bytes, length, (size_t)page.grey_words * (size_t)page.height);
        layout_ink(&a, &page);
    } else {
        page.ink = fill(&a, bytes, length, (size_t)page.ink_words * (size_t)page.height);
    }
    layout_find(&a, &page, &layout);
    MUST(layout.line_count < LINES_MAX);
    for (size_t i = 0; i < layout.line_count && i < 50; i++) {
        const struct layout_box *b = &layout.lines[i].box;
        struct line_image image;

        MUST(b->x0 >= 0 && b->y0 >= 0 && b->x0 < b->x1 && b->y0 < b->y1);
        MUST(b->x1 <= page.width && b->y1 <= page.height);
        layout_crop(&a, &page, &layout, &layout.lines[i], &image);
        MUST(image.width > 0 && image.height > 0);
    }
}
