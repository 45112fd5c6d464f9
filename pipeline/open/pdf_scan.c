/*
 * Scanned pages without painting: when a page is one picture, upright or turned by quarters, its
 * stream is taken out as it is stored and decoded by libtiff, libjpeg or not at all. Poppler takes
 * 450 ms to paint a black and white page of A4 at 300 dpi, and blurs it; this takes 10.
 *
 * qpdf finds the stream. Whatever is unusual (masks, palettes, odd colours, JBIG2, annotations,
 * damage anywhere) is a no, and poppler paints the page as it paints all others. Only a table of
 * objects that is not quite as the standard wants it, which old scanners are known for, is
 * forgiven.
 */
#include "pipeline/open/pdf.h"

#include "base/arena.h"
#include "base/mem.h"
#include "pipeline/open/content.h"
#include "pipeline/open/image.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <qpdf/qpdf-c.h>
#include <stdlib.h>
#include <string.h>

#define PARENTS_MAX 32
#define SKEW_MAX 0.001 /* of the matrix: more is no quarter turn */
#define COVER_PT 1.0   /* a clip that leaves this much out is no clip */

struct scan {
    const struct source *src;
    qpdf_data pdf;
    qpdf_oh page, stream, image; /* the stream's dictionary is `image` */
    struct content_picture content;
    struct box crop, place;      /* of the page and of the picture upon it, y upwards */
    int page_quarters, quarters; /* clockwise, of the page and of the picture, to stand upright */
    int width_px, height_px, bits;
    int n_colours;    /* 1 or 3 */
    bool is_inverted; /* its samples say the opposite of what they show */
    int lost_percent; /* of its rows */
};

static bool is_there(struct scan *s, qpdf_oh dictionary, const char *key)
{
    return qpdf_oh_has_key(s->pdf, dictionary, key) &&
           !qpdf_oh_is_null(s->pdf, qpdf_oh_get_key(s->pdf, dictionary, key));
}

static bool is_named(struct scan *s, qpdf_oh object, const char *name)
{
    return qpdf_oh_is_name_and_equals(s->pdf, object, name);
}

static int number_of(struct scan *s, qpdf_oh dictionary, const char *key, int otherwise)
{
    int value = otherwise;

    if (is_there(s, dictionary, key))
        qpdf_oh_get_value_as_int(s->pdf, qpdf_oh_get_key(s->pdf, dictionary, key), &value);
    return value;
}

static bool flag_of(struct scan *s, qpdf_oh dictionary, const char *key)
{
    QPDF_BOOL value = QPDF_FALSE;

    if (is_there(s, dictionary, key))
        qpdf_oh_get_value_as_bool(s->pdf, qpdf_oh_get_key(s->pdf, dictionary, key), &value);
    return value;
}

/* ---- the page ---- */

/* A page has what its parents have. */
static bool find_inherited(struct scan *s, const char *key, qpdf_oh *ret)
{
    qpdf_oh at = s->page;

    for (int i = 0; i < PARENTS_MAX && qpdf_oh_is_dictionary(s->pdf, at); i++) {
        if (is_there(s, at, key)) {
            *ret = qpdf_oh_get_key(s->pdf, at, key);
            return true;
        }
        at = qpdf_oh_get_key(s->pdf, at, "/Parent");
    }
    return false;
}

static bool read_box(struct scan *s, const char *key, struct box *ret)
{
    double n[4];
    qpdf_oh array;

    if (!find_inherited(s, key, &array) || qpdf_oh_get_array_n_items(s->pdf, array) != 4)
        return false;
    for (int i = 0; i < 4; i++)
        if (!qpdf_oh_get_value_as_number(s->pdf, qpdf_oh_get_array_item(s->pdf, array, i), &n[i]))
            return false;
    *ret = (struct box){(float)fmin(n[0], n[2]), (float)fmin(n[1], n[3]), (float)fmax(n[0], n[2]),
                        (float)fmax(n[1], n[3])};
    return true;
}

static bool read_page_box(struct scan *s)
{
    struct box crop;

    if (!read_box(s, "/MediaBox", &s->crop))
        return false;
    if (read_box(s, "/CropBox", &crop))
        s->crop = (struct box){fmaxf(s->crop.x0, crop.x0), fmaxf(s->crop.y0, crop.y0),
                               fminf(s->crop.x1, crop.x1), fminf(s->crop.y1, crop.y1)};
    return s->crop.x1 - s->crop.x0 >= 1 && s->crop.y1 - s->crop.y0 >= 1;
}

/* A graphics state that makes nothing transparent. */
static bool is_plain_state(struct scan *s, qpdf_oh state)
{
    qpdf_oh mode = qpdf_oh_get_key(s->pdf, state, "/BM");
    qpdf_oh mask = qpdf_oh_get_key(s->pdf, state, "/SMask");
    double alpha = 1;

    if (is_there(s, state, "/ca"))
        qpdf_oh_get_value_as_number(s->pdf, qpdf_oh_get_key(s->pdf, state, "/ca"), &alpha);
    return qpdf_oh_is_dictionary(s->pdf, state) && alpha == 1 && !is_there(s, state, "/TR") &&
           (!is_there(s, state, "/SMask") || is_named(s, mask, "/None")) &&
           (!is_there(s, state, "/BM") || is_named(s, mode, "/Normal") ||
            is_named(s, mode, "/Compatible"));
}

static bool read_content(struct scan *s)
{
    unsigned char *bytes = NULL;
    size_t length = 0;
    bool is_picture;

    if (qpdf_oh_get_page_content_data(s->pdf, s->page, &bytes, &length) >= QPDF_ERRORS)
        return false;
    is_picture = content_is_picture(bytes, length, &s->content);
    free(bytes);
    return is_picture;
}

static bool find_image(struct scan *s)
{
    qpdf_oh resources, states, images;

    if (!find_inherited(s, "/Resources", &resources))
        return false;
    states = qpdf_oh_get_key(s->pdf, resources, "/ExtGState");
    for (size_t i = 0; i < s->content.n_states; i++)
        if (!qpdf_oh_is_dictionary(s->pdf, states) ||
            !is_plain_state(s, qpdf_oh_get_key(s->pdf, states, s->content.states[i])))
            return false;
    images = qpdf_oh_get_key(s->pdf, resources, "/XObject");
    if (!qpdf_oh_is_dictionary(s->pdf, images))
        return false;
    s->stream = qpdf_oh_get_key(s->pdf, images, s->content.name);
    if (!qpdf_oh_is_stream(s->pdf, s->stream))
        return false;
    s->image = qpdf_oh_get_dict(s->pdf, s->stream);
    return is_named(s, qpdf_oh_get_key(s->pdf, s->image, "/Subtype"), "/Image");
}

/* Where the picture lies, and how it is turned there and by the page. */
static bool read_place(struct scan *s)
{
    const struct content_picture *p = &s->content;
    double across = fmax(fabs(p->a), fabs(p->d)), down = fmax(fabs(p->b), fabs(p->c));
    double slack = SKEW_MAX * fmax(across, down);
    int rotate = 0;
    qpdf_oh turned;

    if (find_inherited(s, "/Rotate", &turned) &&
        (!qpdf_oh_get_value_as_int(s->pdf, turned, &rotate) || rotate % 90 != 0))
        return false;
    if (p->a > 0 && p->d > 0 && down <= slack)
        s->quarters = 0;
    else if (p->b < 0 && p->c > 0 && across <= slack)
        s->quarters = 1;
    else if (p->a < 0 && p->d < 0 && down <= slack)
        s->quarters = 2;
    else if (p->b > 0 && p->c < 0 && across <= slack)
        s->quarters = 3;
    else
        return false;
    s->page_quarters = (rotate / 90 % 4 + 4) % 4;
    s->quarters = (s->quarters + s->page_quarters) % 4;
    s->place = (struct box){(float)(p->e + fmin(p->a, 0) + fmin(p->c, 0)),
                            (float)(p->f + fmin(p->b, 0) + fmin(p->d, 0)),
                            (float)(p->e + fmax(p->a, 0) + fmax(p->c, 0)),
                            (float)(p->f + fmax(p->b, 0) + fmax(p->d, 0))};
    return p->clip_x0 <= fmax(s->crop.x0, s->place.x0) + COVER_PT &&
           p->clip_y0 <= fmax(s->crop.y0, s->place.y0) + COVER_PT &&
           p->clip_x1 >= fmin(s->crop.x1, s->place.x1) - COVER_PT &&
           p->clip_y1 >= fmin(s->crop.y1, s->place.y1) - COVER_PT;
}

/* ---- the picture ---- */

/* 1 or 3, or 0 for colours that are not simply what they say. */
static int count_colours(struct scan *s)
{
    qpdf_oh space = qpdf_oh_get_key(s->pdf, s->image, "/ColorSpace"), profile;
    int n;

    if (flag_of(s, s->image, "/ImageMask"))
        return s->content.is_fill_black && s->bits == 1;
    if (is_named(s, space, "/DeviceGray"))
        return 1;
    if (is_named(s, space, "/DeviceRGB"))
        return 3;
    if (qpdf_oh_get_array_n_items(s->pdf, space) != 2)
        return 0;
    if (is_named(s, qpdf_oh_get_array_item(s->pdf, space, 0), "/CalGray"))
        return 1;
    if (is_named(s, qpdf_oh_get_array_item(s->pdf, space, 0), "/CalRGB"))
        return 3;
    if (!is_named(s, qpdf_oh_get_array_item(s->pdf, space, 0), "/ICCBased"))
        return 0;
    profile = qpdf_oh_get_array_item(s->pdf, space, 1);
    n = qpdf_oh_is_stream(s->pdf, profile)
            ? number_of(s, qpdf_oh_get_dict(s->pdf, profile), "/N", 0)
            : 0;
    return n == 1 || n == 3 ? n : 0;
}

/* False when samples mean something else than from black to white or the other way round. */
static bool read_decode(struct scan *s)
{
    qpdf_oh decode = qpdf_oh_get_key(s->pdf, s->image, "/Decode");
    double first = 0, second = 1;

    if (!is_there(s, s->image, "/Decode"))
        return true;
    if (s->n_colours != 1 || qpdf_oh_get_array_n_items(s->pdf, decode) != 2)
        return false;
    qpdf_oh_get_value_as_number(s->pdf, qpdf_oh_get_array_item(s->pdf, decode, 0), &first);
    qpdf_oh_get_value_as_number(s->pdf, qpdf_oh_get_array_item(s->pdf, decode, 1), &second);
    s->is_inverted = first == 1 && second == 0;
    return s->is_inverted ? s->bits == 1 : first == 0 && second == 1;
}

static bool read_image_head(struct scan *s)
{
    static const char *const refused[] = {"/SMask", "/Mask", "/Alternates", "/OC"};
    bool is_mask;

    is_mask = flag_of(s, s->image, "/ImageMask");
    s->width_px = number_of(s, s->image, "/Width", 0);
    s->height_px = number_of(s, s->image, "/Height", 0);
    s->bits = number_of(s, s->image, "/BitsPerComponent", is_mask ? 1 : 0);
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
        if (is_there(s, s->image, refused[i]))
            return false;
    s->n_colours = count_colours(s);
    return (s->bits == 1 || s->bits == 8) && s->n_colours > 0 && read_decode(s);
}

/* The one filter of the stream, without what it is told; "" when it has none or several. */
static const char *only_filter(struct scan *s, qpdf_oh *ret_parameters)
{
    qpdf_oh filter = qpdf_oh_get_key(s->pdf, s->image, "/Filter");
    qpdf_oh told = qpdf_oh_get_key(s->pdf, s->image, "/DecodeParms");

    if (qpdf_oh_is_array(s->pdf, filter)) {
        if (qpdf_oh_get_array_n_items(s->pdf, filter) != 1)
            return "";
        filter = qpdf_oh_get_array_item(s->pdf, filter, 0);
    }
    if (qpdf_oh_is_array(s->pdf, told))
        told = qpdf_oh_get_array_item(s->pdf, told, 0);
    *ret_parameters = qpdf_oh_is_dictionary(s->pdf, told) ? told : qpdf_oh_new_dictionary(s->pdf);
    return qpdf_oh_is_name(s->pdf, filter) ? qpdf_oh_get_name(s->pdf, filter) : "";
}

/* The stream's bytes, in the arena: as stored, or as samples. */
static bool read_stream(struct scan *s, bool is_raw, const unsigned char **ret, size_t *ret_length)
{
    QPDF_BOOL is_filtered = QPDF_FALSE;
    unsigned char *bytes = NULL;

    if (qpdf_oh_get_stream_data(s->pdf, s->stream, is_raw ? qpdf_dl_none : qpdf_dl_generalized,
                                &is_filtered, &bytes, ret_length) >= QPDF_ERRORS ||
        !bytes)
        return false;
    arena_defer(s->src->arena, free, bytes);
    *ret = bytes;
    return is_raw || is_filtered;
}

/* The decoders: `*ret_pix` is owned, or NULL when only the stored bytes are wanted. */

static bool decode_jpeg(struct scan *s, qpdf_oh told, PIX **ret_pix, struct stored_image *ret)
{
    struct source src = *s->src;
    struct jpeg_picture picture;

    if (s->bits != 8 || is_there(s, told, "/ColorTransform") ||
        !read_stream(s, true, &src.bytes, &src.length) || jpeg_decode(&src, &picture, NULL) < 0)
        return false;
    *ret_pix = picture.pix;
    s->lost_percent = picture.lost_percent;
    if (picture.head.width_px != s->width_px || picture.head.height_px != s->height_px ||
        picture.n_colours != s->n_colours)
        return false;
    if (picture.is_keepable)
        *ret = jpeg_stored(src.bytes, src.length, &picture.head, picture.n_colours);
    return true;
}

static bool decode_fax(struct scan *s, qpdf_oh told, PIX **ret_pix, struct stored_image *ret)
{
    struct stored_image stored = {.form = STORED_FAX,
                                  .width_px = s->width_px,
                                  .height_px = s->height_px,
                                  .is_inverted = s->is_inverted != flag_of(s, told, "/BlackIs1")};

    if (s->bits != 1 || number_of(s, told, "/K", 0) >= 0 || flag_of(s, told, "/EncodedByteAlign") ||
        number_of(s, told, "/Columns", 1728) != s->width_px ||
        !read_stream(s, true, &stored.bytes, &stored.length))
        return false;
    if (s->src->use != IMAGE_AS_STORED)
        *ret_pix = fax_decode(s->src, &stored, &s->lost_percent);
    if (s->lost_percent == 0)
        *ret = stored;
    return *ret_pix || s->src->use == IMAGE_AS_STORED;
}

static void store_row(const struct scan *s, const unsigned char *in, uint32_t *line)
{
    if (s->n_colours == 3)
        for (int x = 0; x < s->width_px; x++, in += 3)
            composeRGBPixel(in[0], in[1], in[2], &line[x]);
    else if (s->bits == 8)
        for (int x = 0; x < s->width_px; x++)
            SET_DATA_BYTE(line, x, in[x]);
    else /* 0 is black here and white in a Pix */
        for (int x = 0; x < (s->width_px + 7) / 8; x++)
            SET_DATA_BYTE(line, x, s->is_inverted ? in[x] : ~in[x]);
}

static bool decode_samples(struct scan *s, qpdf_oh told, PIX **ret_pix, struct stored_image *ret)
{
    size_t row = ((size_t)s->width_px * (size_t)(s->bits * s->n_colours) + 7) / 8, length;
    const unsigned char *bytes;
    PIX *pix;

    (void)told;
    (void)ret;
    if (s->src->use == IMAGE_AS_STORED || (s->bits == 1 && s->n_colours == 3) ||
        !read_stream(s, false, &bytes, &length) || length / row < (size_t)s->height_px)
        return false;
    *ret_pix = pix = pixCreate(s->width_px, s->height_px, s->n_colours == 3 ? 32 : s->bits);
    for (int y = 0; pix && y < s->height_px; y++)
        store_row(s, bytes + (size_t)y * row, pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix));
    if (pix)
        pixSetPadBits(pix, 0);
    return pix != NULL;
}

static bool decode(struct scan *s, PIX **ret_pix, struct stored_image *ret)
{
    qpdf_oh told;
    const char *filter = only_filter(s, &told);

    if (strcmp(filter, "/DCTDecode") == 0)
        return decode_jpeg(s, told, ret_pix, ret);
    if (strcmp(filter, "/CCITTFaxDecode") == 0)
        return decode_fax(s, told, ret_pix, ret);
    return decode_samples(s, told, ret_pix, ret);
}

/* ---- the picture on the page ---- */

/* A box of the page as it is seen: turned, y downwards. */
static struct box seen(const struct scan *s, struct box at)
{
    const struct box *p = &s->crop;

    switch (s->page_quarters) {
    case 1:
        return (struct box){at.y0 - p->y0, at.x0 - p->x0, at.y1 - p->y0, at.x1 - p->x0};
    case 2:
        return (struct box){p->x1 - at.x1, at.y0 - p->y0, p->x1 - at.x0, at.y1 - p->y0};
    case 3:
        return (struct box){p->y1 - at.y1, p->x1 - at.x1, p->y1 - at.y0, p->x1 - at.x0};
    default:
        return (struct box){at.x0 - p->x0, p->y1 - at.y1, at.x1 - p->x0, p->y1 - at.y0};
    }
}

/* Where the upright picture goes on a sheet of its own resolution. */
struct sheet_plan {
    int width_px, height_px, x, y;
    bool is_exact; /* the picture is the sheet */
};

/* False when painting would not use the picture's own pixels either. */
static bool plan_sheet(const struct scan *s, struct sheet_plan *ret)
{
    struct box page = seen(s, s->crop), at = seen(s, s->place);
    double width = s->quarters % 2 ? s->height_px : s->width_px;
    double height = s->quarters % 2 ? s->width_px : s->height_px;
    double x_scale = width / (at.x1 - at.x0), y_scale = height / (at.y1 - at.y0);
    double covered_x = fmin(at.x1, page.x1) - fmax(at.x0, 0);
    double covered_y = fmin(at.y1, page.y1) - fmax(at.y0, 0);

    if (!(fabs(x_scale / y_scale - 1) <= PDF_MISFIT_MAX) || covered_x <= 0 || covered_y <= 0 ||
        covered_x * covered_y < PDF_SCAN_SHARE * page.x1 * page.y1)
        return false;
    *ret = (struct sheet_plan){(int)lround(page.x1 * x_scale), (int)lround(page.y1 * y_scale),
                               (int)lround(at.x0 * x_scale), (int)lround(at.y0 * y_scale), false};
    ret->is_exact = fabs(ret->width_px - width) <= 2 && fabs(ret->height_px - height) <= 2 &&
                    abs(ret->x) <= 2 && abs(ret->y) <= 2;
    return true;
}

/* Turned upright and put on a white sheet of the page's size. Takes `pix`. */
static PIX *lay_out(const struct scan *s, const struct sheet_plan *plan, PIX *pix)
{
    PIX *upright = s->quarters ? pixRotateOrth(pix, s->quarters) : pixClone(pix), *sheet = NULL;

    pixDestroy(&pix);
    if (!upright || plan->is_exact)
        return upright;
    sheet = pixCreate(plan->width_px, plan->height_px, pixGetDepth(upright));
    if (sheet) {
        pixSetBlackOrWhite(sheet, L_SET_WHITE);
        pixRasterop(sheet, plan->x, plan->y, pixGetWidth(upright), pixGetHeight(upright), PIX_SRC,
                    upright, 0, 0);
    }
    pixDestroy(&upright);
    return sheet;
}

static bool is_size_usual(const struct scan *s)
{
    double pixels = (double)s->width_px * s->height_px;

    return s->width_px > 0 && s->height_px > 0 && pixels >= PDF_SCAN_PIXELS_MIN &&
           pixels <= PDF_SCAN_PIXELS_MAX && pixels <= (double)s->src->limits->pixels;
}

static bool take_page(struct scan *s, int number, struct page_image *ret)
{
    struct box page;
    struct sheet_plan plan;
    PIX *pix = NULL;

    if (number < 1 || number > qpdf_get_num_pages(s->pdf))
        return false;
    s->page = qpdf_get_page_n(s->pdf, (size_t)number - 1);
    if (is_there(s, s->page, "/Annots") || is_there(s, s->page, "/UserUnit") || !read_page_box(s) ||
        !read_content(s) || !find_image(s) || !read_place(s) || !read_image_head(s) ||
        !is_size_usual(s) || !plan_sheet(s, &plan))
        return false;
    if (!decode(s, &pix, &ret->stored)) {
        pixDestroy(&pix);
        return false;
    }
    if (!plan.is_exact || s->quarters)
        ret->stored = (struct stored_image){0};
    pix = pix ? lay_out(s, &plan, pix) : NULL;
    if (!pix && s->src->use != IMAGE_AS_STORED)
        return false;
    if (pix)
        ret->pix = pix_keep(s->src->arena, pix);
    page = seen(s, s->crop);
    ret->width_pt = page.x1;
    ret->height_pt = page.y1;
    ret->lost_percent = s->lost_percent;
    ret->dpi_x = (float)plan.width_px * 72 / page.x1;
    ret->dpi_y = (float)plan.height_px * 72 / page.y1;
    return true;
}

/* A broken table of objects is made anew where there is but one way to do so. */
static bool read_file(struct scan *s, bool is_mended)
{
    s->pdf = qpdf_init();
    qpdf_set_suppress_warnings(s->pdf, QPDF_TRUE);
    qpdf_silence_errors(s->pdf);
    qpdf_set_attempt_recovery(s->pdf, is_mended);
    if (qpdf_read_memory(s->pdf, "page", (const char *)s->src->bytes, s->src->length, NULL) <
        QPDF_ERRORS)
        return true;
    qpdf_get_error(s->pdf); /* one that nobody asked for is printed */
    qpdf_cleanup(&s->pdf);
    return false;
}

bool pdf_scan_image(const struct source *src, int number, struct page_image *ret)
{
    struct scan s = {.src = src};
    struct page_image image = {0};
    bool is_taken;

    if (!read_file(&s, false) && !(pdf_is_unambiguous(src) && read_file(&s, true)))
        return false;
    is_taken = take_page(&s, number, &image);
    if (qpdf_get_error(s.pdf))
        is_taken = false;
    qpdf_cleanup(&s.pdf);
    if (is_taken)
        *ret = image;
    return is_taken;
}
