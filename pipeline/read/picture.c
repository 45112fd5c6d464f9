/*
 * The page for the screen: grey, because colour doubles the time and no clerk needs it to type a
 * total. libwebp gets its Y plane directly (no way through RGB) with its fastest method; libjpeg-
 * turbo is quicker still and makes larger files.
 */
#include "pipeline/read/read.h"

#include "base/arena.h"
#include "base/err.h"
#include "pipeline/read/pixels.h"
#include "pipeline/read/sheet.h"

#include <leptonica/allheaders.h>
#include <string.h>
#include <webp/encode.h>

/* Halved as long as it stays large enough, which is quick, then shrunk exactly. */
static PIX *grey_of_height(PIX *pix, int height)
{
    PIX *grey = pix_grey(pix);

    while (grey && pixGetHeight(grey) >= 2 * height)
        pix_replace(&grey, pix_half(grey));
    if (grey && pixGetDepth(grey) == 1)
        pix_replace(&grey, pixConvert1To8(NULL, grey, 255, 0));
    if (grey && pixGetHeight(grey) > height)
        pix_replace(&grey, pix_shrink(grey, height));
    return grey;
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
    PIX *grey = grey_of_height(pix, options->picture_height_px);
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
