/* TIFF: every page that is listed can be asked for, and comes or is refused with a reason. */
#include "pipeline/open/image.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    static const struct open_limits limits = {(size_t)1 << 20, 5, 1000000, 8, 72, true};
    AUTO_ARENA struct arena a = {0};
    struct source src = {&a, (const unsigned char *)bytes, length, &limits, IMAGE_TO_KEEP};
    struct opened opened = {.kind = FILE_TIFF};
    struct page_image image = {0};
    struct err err = {0};

    if (length < 4)
        return; /* kind_detect() lets no such file through */
    arena_init(&a, (size_t)256 << 20);
    tiff_warm();
    if (tiff_open(&src, &opened, &err) < 0) {
        MUST(err.reason);
        return;
    }
    MUST(opened.n_pages >= 1 && opened.n_pages <= 5);
    if (tiff_page_image(&src, (int)opened.n_pages, &image, &err) < 0)
        MUST(err.reason && !image.pix);
    else
        MUST(image.pix && image.width_pt > 0 && image.height_pt > 0);
}
