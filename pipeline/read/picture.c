/*
 * The page for the screen: grey, because colour doubles the time and no clerk needs it to type a
 * total. libwebp gets its Y plane directly (no way through RGB) with its fastest method; libjpeg-
 * turbo is quicker still and makes larger files.
 */
#include "pipeline/read/read.h"

#include "base/arena.h"
#include "base/err.h"
#include "pipeline/read/sheet.h"

#include <leptonica/allheaders.h>
#include <string.h>
#include <webp/encode.h>

/* The part of pixel `i` that lies within from..to, in 1/256. */
static uint32_t share(int64_t i, int64_t from, int64_t to)
{
    int64_t left = i << 8 > from ? i << 8 : from, right = (i + 1) << 8 < to ? (i + 1) << 8 : to;

    return right > left ? (uint32_t)(right - left) : 0;
}

/* Adds the rows that an output row covers into one sum a column. Leptonica's order of bytes within
 * a word does not matter here, so the loop is one the compiler can vectorise. */
static void sum_rows(PIX *grey, int64_t from, int64_t to, uint32_t *sums)
{
    size_t bytes = 4 * (size_t)pixGetWpl(grey);

    memset(sums, 0, bytes * sizeof *sums);
    for (int64_t y = from >> 8; y << 8 < to && y < pixGetHeight(grey); y++) {
        const unsigned char *row = (const unsigned char *)pixGetData(grey) + (size_t)y * bytes;
        uint32_t weight = share(y, from, to);

        for (size_t x = 0; x < bytes; x++)
            sums[x] += weight * row[x];
    }
}

/* Area averaging, exact to 1/256 pixel; some eight times the speed of Leptonica's. */
static PIX *shrink(struct arena *a, PIX *grey, int height)
{
    int64_t step = ((int64_t)pixGetHeight(grey) << 8) / height;
    int width = (int)(((int64_t)pixGetWidth(grey) << 8) / step);
    uint32_t *sums = arena_alloc_array(a, 4 * (size_t)pixGetWpl(grey), sizeof *sums);
    PIX *small = width > 0 ? pixCreateNoInit(width, height, 8) : NULL;

    for (int y = 0; small && y < height; y++) {
        l_uint32 *row = pixGetData(small) + (size_t)y * (size_t)pixGetWpl(small);

        sum_rows(grey, y * step, (y + 1) * step, sums);
        for (int64_t x = 0; x < width; x++) {
            int64_t from = x * step, to = from + step;
            uint64_t sum = 0;

            for (int64_t i = from >> 8; i << 8 < to; i++)
                sum += (uint64_t)share(i, from, to) * sums[i ^ 3];
            SET_DATA_BYTE(row, x, sum / (uint64_t)(step * step));
        }
    }
    return small;
}

static PIX *grey_of_height(struct arena *a, PIX *pix, int height)
{
    PIX *grey, *small;

    if (pixGetDepth(pix) == 1 && height < pixGetHeight(pix))
        return pixScaleToGray(pix, (float)height / (float)pixGetHeight(pix));
    grey = pix_grey(pix);
    if (!grey || height >= pixGetHeight(pix))
        return grey;
    small = shrink(a, grey, height);
    pixDestroy(&grey);
    return small;
}

static void fill_planes(PIX *grey, WebPPicture *to)
{
    int half = (to->height + 1) / 2;

    pixEndianByteSwap(grey); /* Leptonica keeps its bytes in words, most significant first */
    for (int y = 0; y < to->height; y++)
        memcpy(to->y + y * to->y_stride, pixGetData(grey) + y * pixGetWpl(grey), (size_t)to->width);
    memset(to->u, 128, (size_t)(half * to->uv_stride));
    memset(to->v, 128, (size_t)(half * to->uv_stride));
}

static bool encode_webp(PIX *grey, int quality, unsigned char **ret_bytes, size_t *ret_length)
{
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    bool is_ok;

    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return false;
    WebPMemoryWriterInit(&writer);
    config.quality = (float)quality;
    config.method = 0;
    picture.width = pixGetWidth(grey);
    picture.height = pixGetHeight(grey);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    is_ok = WebPPictureAlloc(&picture);
    if (is_ok) {
        fill_planes(grey, &picture);
        is_ok = WebPEncode(&config, &picture);
    }
    WebPPictureFree(&picture);
    if (!is_ok) {
        WebPMemoryWriterClear(&writer);
        return false;
    }
    *ret_bytes = writer.mem;
    *ret_length = writer.size;
    return true;
}

int read_picture(struct arena *a, struct Pix *pix, const struct read_options *options,
                 const unsigned char **ret_bytes, size_t *ret_length, struct err *err)
{
    PIX *grey = grey_of_height(a, pix, options->picture_height_px);
    unsigned char *bytes = NULL;
    size_t length = 0;
    bool is_ok = grey != NULL;

    if (is_ok && options->picture_is_webp)
        is_ok = encode_webp(grey, options->picture_quality, &bytes, &length);
    else if (is_ok)
        is_ok = pixWriteMemJpeg(&bytes, &length, grey, options->picture_quality, 0) == 0;
    pixDestroy(&grey);
    if (!is_ok)
        return err_set(err, ERR_INTERNAL, "a picture of %d x %d cannot be encoded",
                       pixGetWidth(pix), pixGetHeight(pix));
    arena_defer(a, free, bytes);
    *ret_bytes = bytes;
    *ret_length = length;
    return 0;
}
