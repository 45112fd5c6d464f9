/*
 * Cairo walks the list of drawings. Pictures are rendered in colour and, for grey, reduced by the
 * usual weights: a scanner sees a coloured band as a grey one.
 */
#include "generator/render.h"

#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

/* Cairo 1.16 leaves the OCR-B font out of a PDF; there a plain monospace takes its place,
 * stretched to the same width so that boxes stay true. */
static double stand_in(cairo_t *cr, struct pen *pen, const char *text, struct font *font)
{
    double width;

    if (cairo_surface_get_type(cairo_get_target(cr)) != CAIRO_SURFACE_TYPE_PDF ||
        strcmp(font->family, "OCR B") != 0)
        return 1;
    width = pen_width(pen, font, text);
    font->family = "Liberation Mono";
    return width / pen_width(pen, font, text);
}

static void draw_text(cairo_t *cr, struct pen *pen, const struct drawing *drawing)
{
    struct font font = drawing->font;
    double stretch = stand_in(cr, pen, drawing->text, &font);
    PangoLayout *layout = pen_layout(pen, &font, drawing->text);

    cairo_save(cr);
    cairo_translate(cr, drawing->x, drawing->y);
    if (drawing->turn != 0)
        cairo_rotate(cr, drawing->turn);
    cairo_scale(cr, stretch * pen_scale(&font), pen_scale(&font));
    cairo_move_to(cr, 0, -(double)pango_layout_get_baseline(layout) / PANGO_SCALE);
    pango_cairo_show_layout(cr, layout);
    cairo_restore(cr);
}

static void draw(cairo_t *cr, struct pen *pen, const struct drawing *drawing)
{
    const struct colour *colour = &drawing->colour;

    cairo_set_source_rgb(cr, colour->red, colour->green, colour->blue);
    cairo_set_line_width(cr, drawing->pen);
    switch (drawing->kind) {
    case DRAW_TEXT:
        draw_text(cr, pen, drawing);
        return;
    case DRAW_LINE:
        cairo_move_to(cr, drawing->x, drawing->y);
        cairo_rel_line_to(cr, drawing->width, drawing->height);
        cairo_stroke(cr);
        return;
    case DRAW_BOX:
        cairo_rectangle(cr, drawing->x, drawing->y, drawing->width, drawing->height);
        cairo_stroke(cr);
        return;
    case DRAW_FILL:
        cairo_rectangle(cr, drawing->x, drawing->y, drawing->width, drawing->height);
        cairo_fill(cr);
        return;
    case DRAW_DISC:
    case DRAW_RING:
        cairo_new_sub_path(cr);
        cairo_arc(cr, drawing->x, drawing->y, drawing->width, 0, 2 * G_PI);
        if (drawing->kind == DRAW_DISC)
            cairo_fill(cr);
        else
            cairo_stroke(cr);
        return;
    }
}

static void draw_page(cairo_t *cr, const struct page *page)
{
    for (guint i = 0; i < page->drawings->len; i++)
        draw(cr, page->pen, &g_array_index(page->drawings, struct drawing, i));
}

int render_pdf(const GPtrArray *pages, const char *path, const char *title)
{
    const struct page *first = g_ptr_array_index(pages, 0);
    cairo_surface_t *surface = cairo_pdf_surface_create(path, first->width, first->height);
    cairo_t *cr = cairo_create(surface);
    cairo_status_t status;

    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2026-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    for (guint i = 0; i < pages->len; i++) {
        const struct page *page = g_ptr_array_index(pages, i);

        cairo_pdf_surface_set_size(surface, page->width, page->height);
        draw_page(cr, page);
        cairo_show_page(cr);
    }
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        fprintf(stderr, "%s: %s\n", path, cairo_status_to_string(status));
        return -1;
    }
    return 0;
}

static cairo_surface_t *paint(const struct page *page, double dpi, double scale, double turn)
{
    int width = (int)lround(page->width * dpi / 72);
    int height = (int)lround(page->height * dpi / 72);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cr = cairo_create(surface);

    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_translate(cr, width / 2.0, height / 2.0);
    cairo_rotate(cr, turn);
    cairo_scale(cr, scale * dpi / 72, scale * dpi / 72);
    cairo_translate(cr, -page->width / 2, -page->height / 2);
    draw_page(cr, page);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    return surface;
}

/* Cairo's 0x00RRGGBB as one grey, in fixed point: 0.299 R + 0.587 G + 0.114 B. */
static unsigned grey_of(uint32_t pixel)
{
    return ((pixel >> 16 & 255) * 77 + (pixel >> 8 & 255) * 150 + (pixel & 255) * 29) >> 8;
}

PIX *render_grey(const struct page *page, double dpi, double scale, double turn)
{
    cairo_surface_t *surface = paint(page, dpi, scale, turn);
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    PIX *pix = pixCreateNoInit(width, height, 8);

    pixSetPadBits(pix, 0);
    for (int y = 0; y < height; y++) {
        const uint32_t *from = (const void *)(rows + (size_t)y * (size_t)stride);
        l_uint32 *to = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);

        for (int x = 0; x < width; x++)
            SET_DATA_BYTE(to, x, grey_of(from[x]));
    }
    pixSetResolution(pix, (int)lround(dpi), (int)lround(dpi));
    cairo_surface_destroy(surface);
    return pix;
}

/* Leptonica keeps 0xRRGGBB00. */
PIX *render_colour(const struct page *page, double dpi)
{
    cairo_surface_t *surface = paint(page, dpi, 1, 0);
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    PIX *pix = pixCreateNoInit(width, height, 32);

    for (int y = 0; y < height; y++) {
        const uint32_t *from = (const void *)(rows + (size_t)y * (size_t)stride);
        l_uint32 *to = pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);

        for (int x = 0; x < width; x++)
            to[x] = from[x] << 8;
    }
    pixSetResolution(pix, (int)lround(dpi), (int)lround(dpi));
    cairo_surface_destroy(surface);
    return pix;
}
