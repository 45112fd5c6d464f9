/* JPEG: a picture comes or is refused with a reason, by the quick decoder and by libjpeg. */
#include "pipeline/open/image.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    static const struct open_limits limits = {(size_t)1 << 20, 5, 1000000, 8, 72, true};
    AUTO_ARENA struct arena a = {0};
    struct source src = {&a, (const unsigned char *)bytes, length, &limits, IMAGE_TO_READ};
    struct page_image image = {0};
    struct err err = {0};

    arena_init(&a, (size_t)64 << 20);
    if (jpeg_page_image(&src, &image, &err) < 0)
        MUST(err.reason && !image.pix);
    else
        MUST(image.pix && image.width_pt > 0 && image.height_pt > 0);
}
