/*
 * Pictures are kept as scanned: the very bytes if the page is a JPEG or G4, else G4 for black and
 * white (Leptonica writes a TIFF of one strip in memory, and the strip is what PDF wants), else
 * JPEG at a quality where a scan's text shows no rings.
 */
#include "pipeline/file/record.h"

#include "base/err.h"
#include "pipeline/open/open.h"

#include <leptonica/allheaders.h>
#include <string.h>

#define JPEG_QUALITY 80
#define TIFF_STRIP_OFFSETS 273
#define TIFF_STRIP_BYTES 279

static bool keep_stored(const struct stored_image *stored, struct record_image *ret)
{
    bool is_fax = stored->form == STORED_FAX;

    if (stored->form == STORED_NOTHING)
        return false;
    *ret = (struct record_image){.bytes = stored->bytes,
                                 .length = stored->length,
                                 .width = stored->width_px,
                                 .height = stored->height_px,
                                 .bits = is_fax ? 1 : 8,
                                 .is_inverted = is_fax && stored->is_inverted,
                                 .filter = is_fax ? "/CCITTFaxDecode" : "/DCTDecode",
                                 .colours = stored->n_colours == 3 ? "/DeviceRGB" : "/DeviceGray"};
    return true;
}

static l_uint32 read_le(const unsigned char *p, int bytes)
{
    l_uint32 value = 0;

    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

/* The one strip of a little-endian TIFF that Leptonica has just written. */
static bool find_strip(const unsigned char *tiff, size_t length, size_t *offset, size_t *bytes)
{
    size_t directory = length >= 8 && tiff[0] == 'I' ? read_le(tiff + 4, 4) : length, count;

    *offset = *bytes = 0;
    if (directory + 2 > length)
        return false;
    count = read_le(tiff + directory, 2);
    if (directory + 2 + 12 * count > length)
        return false;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *entry = tiff + directory + 2 + 12 * i;
        l_uint32 tag = read_le(entry, 2), type = read_le(entry + 2, 2);

        if (read_le(entry + 4, 4) != 1)
            continue;
        if (tag == TIFF_STRIP_OFFSETS)
            *offset = read_le(entry + 8, type == 3 ? 2 : 4);
        if (tag == TIFF_STRIP_BYTES)
            *bytes = read_le(entry + 8, type == 3 ? 2 : 4);
    }
    return *offset > 0 && *bytes > 0 && *offset + *bytes <= length;
}

static bool encode_g4(PIX *pix, struct record_image *ret)
{
    size_t length = 0, offset = 0, bytes = 0;
    l_uint8 *tiff = NULL;

    if (pixWriteMemTiff(&tiff, &length, pix, IFF_TIFF_G4) != 0 ||
        !find_strip(tiff, length, &offset, &bytes)) {
        free(tiff);
        return false;
    }
    *ret = (struct record_image){.bytes = tiff + offset,
                                 .owned = tiff,
                                 .length = bytes,
                                 .width = pixGetWidth(pix),
                                 .height = pixGetHeight(pix),
                                 .bits = 1,
                                 .filter = "/CCITTFaxDecode",
                                 .colours = "/DeviceGray"};
    return true;
}

static bool encode_jpeg(PIX *pix, struct record_image *ret)
{
    bool is_colour = pixGetDepth(pix) == 32;
    PIX *plain = is_colour ? pixClone(pix) : pixConvertTo8(pix, 0);
    l_uint8 *bytes = NULL;
    size_t length = 0;
    bool is_ok = plain && pixWriteMemJpeg(&bytes, &length, plain, JPEG_QUALITY, 0) == 0;

    pixDestroy(&plain);
    if (!is_ok)
        return false;
    *ret = (struct record_image){.bytes = bytes,
                                 .owned = bytes,
                                 .length = length,
                                 .width = pixGetWidth(pix),
                                 .height = pixGetHeight(pix),
                                 .bits = 8,
                                 .filter = "/DCTDecode",
                                 .colours = is_colour ? "/DeviceRGB" : "/DeviceGray"};
    return true;
}

int record_image_make(const struct page_image *image, struct record_image *ret, struct err *err)
{
    PIX *pix = image->pix;
    bool is_bilevel;

    if (keep_stored(&image->stored, ret))
        return 0;
    is_bilevel = pixGetDepth(pix) == 1 && !pixGetColormap(pix);
    if (is_bilevel ? encode_g4(pix, ret) : encode_jpeg(pix, ret))
        return 0;
    return err_set(err, ERR_INTERNAL, "a picture of %d x %d cannot be encoded", pixGetWidth(pix),
                   pixGetHeight(pix));
}

void record_image_release(struct record_image *image)
{
    free(image->owned);
    *image = (struct record_image){0};
}
