/*
 * G4 from inside a PDF. libtiff decodes it once it has a TIFF around it: a header, a directory of
 * nine numbers, and the strip.
 */
#include "pipeline/open/image.h"

#include "base/arena.h"
#include "base/mem.h"

#include <leptonica/allheaders.h>
#include <assert.h>
#include <string.h>
#include <tiffio.h>

#define ENTRIES 9
#define STRIP_OFFSET (8 + 2 + 12 * ENTRIES + 4)

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the header says II");

static unsigned char *put(unsigned char *to, const void *bytes, size_t length)
{
    memcpy(to, bytes, length);
    return to + length;
}

PIX *fax_decode(const struct source *src, const struct stored_image *stored, int *ret_lost_percent)
{
    const uint32_t width = (uint32_t)stored->width_px, height = (uint32_t)stored->height_px;
    const uint32_t first = 8, photometric = stored->is_inverted ? PHOTOMETRIC_MINISBLACK
                                                                : PHOTOMETRIC_MINISWHITE;
    const uint32_t entries[ENTRIES][2] = {{TIFFTAG_IMAGEWIDTH, width},
                                          {TIFFTAG_IMAGELENGTH, height},
                                          {TIFFTAG_BITSPERSAMPLE, 1},
                                          {TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4},
                                          {TIFFTAG_PHOTOMETRIC, photometric},
                                          {TIFFTAG_STRIPOFFSETS, STRIP_OFFSET},
                                          {TIFFTAG_SAMPLESPERPIXEL, 1},
                                          {TIFFTAG_ROWSPERSTRIP, height},
                                          {TIFFTAG_STRIPBYTECOUNTS, (uint32_t)stored->length}};
    const uint16_t count = ENTRIES;
    unsigned char *made = arena_alloc(src->arena, STRIP_OFFSET + stored->length), *to = made;
    struct source file = *src;
    struct page_image image = {0};

    to = put(to, "II*", 4);
    to = put(to, &first, sizeof first);
    to = put(to, &count, sizeof count);
    for (size_t i = 0; i < ENTRIES; i++) {
        const uint16_t head[] = {(uint16_t)entries[i][0], TIFF_LONG};
        const uint32_t body[] = {1, entries[i][1]};

        to = put(to, head, sizeof head);
        to = put(to, body, sizeof body);
    }
    put(made + STRIP_OFFSET, stored->bytes, stored->length);
    file.bytes = made;
    file.length = STRIP_OFFSET + stored->length;
    file.use = IMAGE_TO_KEEP;
    if (tiff_page_image(&file, 1, &image, NULL) < 0)
        return NULL;
    *ret_lost_percent = image.lost_percent;
    return pixClone(image.pix);
}
