/* White sheets for cairo and their way to Leptonica. */
#include "pipeline/open/surface.h"

#include <leptonica/allheaders.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static unsigned luma(uint32_t rgb)
{
    return ((rgb >> 16 & 255) * 77 + (rgb >> 8 & 255) * 151 + (rgb & 255) * 28) >> 8;
}

static const uint32_t *row_of(cairo_surface_t *surface, int y)
{
    const unsigned char *data = cairo_image_surface_get_data(surface);

    return (const uint32_t *)(const void *)(data +
                                            (ptrdiff_t)y * cairo_image_surface_get_stride(surface));
}

cairo_surface_t *surface_new(int width_px, int height_px)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_px, height_px);
    cairo_t *cairo;

    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(surface);
        return NULL;
    }
    cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    return surface;
}

unsigned surface_luma(cairo_surface_t *surface, int x, int y)
{
    return luma(row_of(surface, y)[x]);
}

/* Grey values into `line`; false when one is neither black nor white. */
static bool grey_row(const uint32_t *in, int width, uint32_t *line)
{
    bool is_bilevel = true;

    for (int x = 0; x < width; x++) {
        unsigned grey = luma(in[x]);

        is_bilevel = is_bilevel && (grey == 0 || grey == 255);
        SET_DATA_BYTE(line, x, grey);
    }
    return is_bilevel;
}

PIX *surface_to_pix(cairo_surface_t *surface)
{
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    PIX *pix = pixCreateNoInit(width, height, 8), *bilevel;
    bool is_bilevel = true;

    cairo_surface_flush(surface);
    for (int y = 0; pix && y < height; y++)
        is_bilevel &= grey_row(row_of(surface, y), width,
                               pixGetData(pix) + (ptrdiff_t)y * pixGetWpl(pix));
    if (!pix || !is_bilevel)
        return pix;
    bilevel = pixThresholdToBinary(pix, 128);
    pixDestroy(&pix);
    return bilevel;
}
