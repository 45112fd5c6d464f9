/*
 * A PDF page as a picture.
 *
 * A page that is nothing but one scan is not painted at all (pdf_scan.c). One that is mostly a scan
 * is painted at its resolution, so that no pixel is resampled; all others are painted at the
 * configured resolution. The limit of pixels comes first: posters are painted smaller. What is
 * nothing but black and white becomes one bit a pixel.
 */
#include "pipeline/open/pdf.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "pipeline/open/surface.h"

#include <leptonica/allheaders.h>
#include <math.h>

#define ALIKE 0.0005
#define SIZES_LOOKED_AT 512
#define CAIRO_SIDE_MAX 32000.0

static cairo_surface_t *paint(PopplerPage *page, int width_px, int height_px,
                              const cairo_matrix_t *matrix)
{
    cairo_surface_t *surface = surface_new(width_px, height_px);
    cairo_t *cairo;

    if (!surface)
        return NULL;
    cairo = cairo_create(surface);
    cairo_set_matrix(cairo, matrix);
    poppler_page_render(page, cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    return surface;
}

cairo_surface_t *pdf_paint(PopplerPage *page, int width_px, int height_px)
{
    double width_pt, height_pt;
    cairo_matrix_t matrix;

    poppler_page_get_size(page, &width_pt, &height_pt);
    cairo_matrix_init_scale(&matrix, width_px / width_pt, height_px / height_pt);
    return paint(page, width_px, height_px, &matrix);
}

cairo_surface_t *pdf_paint_part(PopplerPage *page, const struct box *part, double scale)
{
    cairo_matrix_t matrix;

    cairo_matrix_init_scale(&matrix, scale, scale);
    cairo_matrix_translate(&matrix, -(double)part->x0, -(double)part->y0);
    return paint(page, (int)ceil((double)(part->x1 - part->x0) * scale),
                 (int)ceil((double)(part->y1 - part->y0) * scale), &matrix);
}

static int paint_grey(const struct source *src, PopplerPage *page, double width_px,
                      double height_px, struct Pix **ret, struct err *err)
{
    double scale = sqrt((double)src->limits->pixels / (width_px * height_px));
    cairo_surface_t *painted;
    PIX *pix;

    scale = fmin(scale, CAIRO_SIDE_MAX / fmax(width_px, height_px));
    scale = fmin(scale, 1);
    painted = pdf_paint(page, (int)fmax(floor(width_px * scale + 0.01), 1),
                        (int)fmax(floor(height_px * scale + 0.01), 1));
    pix = painted ? surface_to_pix(painted) : NULL;
    cairo_surface_destroy(painted);
    if (!pix)
        return err_set(err, ERR_LIMIT, "no picture of %.0f x %.0f pixels", width_px, height_px);
    *ret = pix_keep(src->arena, pix);
    return 0;
}

/* How far an image of `w` x `h` pixels is from the proportions of its place on the page. */
static double misfit(double w, double h, double proportion)
{
    return fabs(w / h / proportion - 1);
}

/* The pixel size of the image that fills `box`, lying or turned: the one in the file that fits
 * best, and the finest of those that fit alike. False when none does. */
static bool find_scan_size(const struct source *src, const struct box *box, double *ret_width,
                           double *ret_height)
{
    AUTO_FREE struct pdf_image_size *sizes = mem_alloc_array(SIZES_LOOKED_AT, sizeof *sizes);
    size_t count = pdf_image_sizes(src, sizes, SIZES_LOOKED_AT);
    double proportion = (box->x1 - box->x0) / (box->y1 - box->y0), best = PDF_MISFIT_MAX;
    double width = 0, height = 0;

    for (size_t i = 0; i < count; i++) {
        double w = sizes[i].width_px, h = sizes[i].height_px;
        double lying = misfit(w, h, proportion), turned = misfit(h, w, proportion);
        double fit = fmin(lying, turned);

        if (fit > PDF_MISFIT_MAX || w * h < PDF_SCAN_PIXELS_MIN || w * h > PDF_SCAN_PIXELS_MAX)
            continue;
        if (fit > best + ALIKE || (fit > best - ALIKE && w * h <= width * height))
            continue;
        best = fmin(best, fit);
        width = turned < lying ? h : w;
        height = turned < lying ? w : h;
    }
    *ret_width = width;
    *ret_height = height;
    return width > 0;
}

/* Pixels to paint the page with: the scan's own, or the configured resolution's. */
static void choose_size(const struct pdf *pdf, PopplerPage *page, const struct box *largest,
                        double *ret_width, double *ret_height)
{
    double width_pt, height_pt, dpi = pdf->src->limits->render_dpi;

    poppler_page_get_size(page, &width_pt, &height_pt);
    if ((largest->x1 - largest->x0) * (largest->y1 - largest->y0) >=
            PDF_SCAN_SHARE * width_pt * height_pt &&
        find_scan_size(pdf->src, largest, ret_width, ret_height)) {
        *ret_width *= width_pt / (largest->x1 - largest->x0);
        *ret_height *= height_pt / (largest->y1 - largest->y0);
        return;
    }
    *ret_width = round(width_pt * dpi / 72);
    *ret_height = round(height_pt * dpi / 72);
}

static void add_plan(const struct pdf *pdf, PopplerPage *page, int number, struct page_image *ret)
{
    struct page_plan plan;

    pdf_plan(pdf, page, &plan);
    if (plan.n_regions == 0)
        return;
    ret->text = page_new(pdf->src->arena, number, ret->width_pt, ret->height_pt);
    ret->text->words = plan.words;
    ret->text->n_words = plan.n_words;
    ret->text->source = PAGE_TEXT;
    ret->regions = plan.regions;
    ret->n_regions = plan.n_regions;
}

int pdf_page_image(const struct source *src, int number, struct page_image *ret, struct err *err)
{
    double width_pt, height_pt, width_px, height_px;
    struct box largest;
    PopplerPage *page;
    struct pdf pdf;
    float share;
    int r;

    if (pdf_scan_image(src, number, ret) || src->use == IMAGE_AS_STORED)
        return 0;
    r = pdf_load(src, &pdf, err);
    if (r < 0 || (r = pdf_page(&pdf, number, &page, err)) < 0)
        return r;
    share = pdf_picture_share(&pdf, page, &largest);
    choose_size(&pdf, page, &largest, &width_px, &height_px);
    r = paint_grey(src, page, width_px, height_px, &ret->pix, err);
    if (r < 0)
        return r;
    poppler_page_get_size(page, &width_pt, &height_pt);
    ret->width_pt = (float)width_pt;
    ret->height_pt = (float)height_pt;
    ret->dpi_x = (float)(pixGetWidth(ret->pix) * 72 / width_pt);
    ret->dpi_y = (float)(pixGetHeight(ret->pix) * 72 / height_pt);
    if (share < PICTURE_SHARE) /* a page that is a picture is always recognised whole */
        add_plan(&pdf, page, number, ret);
    return 0;
}

int pdf_preview(const struct source *src, int number, int height_px, struct Pix **ret,
                struct err *err)
{
    double width_pt, height_pt;
    PopplerPage *page;
    struct pdf pdf;
    int r = pdf_load(src, &pdf, err);

    if (r < 0 || (r = pdf_page(&pdf, number, &page, err)) < 0)
        return r;
    poppler_page_get_size(page, &width_pt, &height_pt);
    return paint_grey(src, page, width_pt * height_px / height_pt, height_px, ret, err);
}
