/*
 * Is the text layer what a person sees? And is it all there is to read?
 *
 * Hidden text is a real danger: a scanner's searchable PDF carries its own, worse recognition, and
 * a forger's carries another account number. Poppler does not tell how a character is painted, so
 * the page is painted here and watched: cairo's observer calls back after each drawing, everything
 * that is not text is wiped off, and a word without ink in what remains is not on the page. White
 * words must differ from what they are printed on. Painting decodes the page's images (60 to 200
 * ms for a scan), so it is done only with cause, an image over half of the page or pale text, and
 * for pale text only there.
 * Not caught here: dark text covered by a later drawing, and invisible text on a page without
 * images; both show as a difference between words and picture in review.
 *
 * The layer decides by itself when it tells what an invoice must tell (amounts, and somebody's
 * number or address); images beside it are then decoration. Otherwise each image larger than a logo
 * is recognised too.
 */
#include "pipeline/open/pdf.h"

#include "base/arena.h"
#include "base/mem.h"
#include "pipeline/open/surface.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define HIDDEN_SHARE 0.2f     /* of the words: more, and the whole layer is suspect */
#define STAMP_WORDS 25        /* fewer on a picture are a stamp, a fax header or a page number */
#define ALONE_WORDS 40        /* a page that tells enough has at least as many */
#define LOGO_SHARE 0.03f      /* of the page: 120 x 120 pt on A4 */
#define DECORATION_SHARE 0.3f /* beside words that tell enough, only a larger image is read */
#define REGION_WIDTH_PT 40
#define REGION_HEIGHT_PT 12
#define REGIONS_MAX 16
#define FEW_WORDS 12           /* fewer: the page may be drawn text (outlines), look for ink */
#define DRAWN_INK_SHARE 0.002f /* of the page outside words; a line of 10 pt text is 0.004 of A4 */
#define WATCH_SIDE_PX 300.0    /* of the picture that is watched: 2.5 px to a 10 pt word on A4 */
#define INK 24                 /* of 255: what counts as a mark */

/* The images of a page, clipped to it. */
struct pictures {
    struct box *boxes;
    size_t count;
    struct box largest;
    float share, page_area;
};

static float area_of(const struct box *b)
{
    return fmaxf(b->x1 - b->x0, 0) * fmaxf(b->y1 - b->y0, 0);
}

static struct box clipped(struct box b, float width_pt, float height_pt)
{
    return (struct box){fmaxf(b.x0, 0), fmaxf(b.y0, 0), fminf(b.x1, width_pt),
                        fminf(b.y1, height_pt)};
}

/* Poppler gives the corner an image starts from and its extent along its own sides, without the
 * turn. Of the four turns around that corner, the one with most of it on the page is meant. */
static struct box image_box(const PopplerRectangle *r, float width_pt, float height_pt)
{
    float x = (float)r->x1, y = (float)r->y1;
    float w = (float)(r->x2 - r->x1), h = (float)(r->y2 - r->y1);
    struct box turns[] = {
        {x, y, x + w, y + h}, {x - h, y, x, y + w}, {x - w, y - h, x, y}, {x, y - w, x + h, y}};
    struct box best = {0};

    for (size_t i = 0; i < ARRAY_LENGTH(turns); i++) {
        struct box box = clipped(turns[i], width_pt, height_pt);

        if (area_of(&box) > 1.01f * area_of(&best))
            best = box;
    }
    return best;
}

static void find_pictures(const struct pdf *pdf, PopplerPage *page, struct pictures *ret)
{
    GList *list = poppler_page_get_image_mapping(page);
    struct pictures p = {
        .boxes = arena_alloc_array(pdf->src->arena, g_list_length(list) + 1, sizeof *p.boxes)};
    double width_pt, height_pt;
    float covered = 0;

    poppler_page_get_size(page, &width_pt, &height_pt);
    p.page_area = (float)(width_pt * height_pt);
    for (GList *item = list; item; item = item->next) {
        struct box box = image_box(&((PopplerImageMapping *)item->data)->area, (float)width_pt,
                                   (float)height_pt);

        if (area_of(&box) <= 0)
            continue;
        covered += area_of(&box);
        if (area_of(&box) > area_of(&p.largest))
            p.largest = box;
        p.boxes[p.count++] = box;
    }
    p.share = fminf(covered / p.page_area, 1);
    poppler_page_free_image_mapping(list);
    *ret = p;
}

float pdf_picture_share(const struct pdf *pdf, PopplerPage *page, struct box *ret_largest)
{
    struct pictures pictures;

    find_pictures(pdf, page, &pictures);
    *ret_largest = pictures.largest;
    return pictures.share;
}

/* The part of a small picture of the page that a word's box covers. */
struct pixels {
    int x0, y0, x1, y1;
};

static struct pixels pixels_of(const struct box *b, double scale, int width, int height)
{
    return (struct pixels){(int)fmax(floor(b->x0 * scale), 0), (int)fmax(floor(b->y0 * scale), 0),
                           (int)fmin(ceil(b->x1 * scale), width),
                           (int)fmin(ceil(b->y1 * scale), height)};
}

/* Glyphs alone, gathered while the page is painted. */
struct watch {
    int width, height, stride;
    unsigned char *seen;
    bool has_new_glyphs;
};

static void gather(struct watch *w, cairo_surface_t *target)
{
    unsigned char *data = cairo_image_surface_get_data(target);
    size_t size = (size_t)w->stride * (size_t)w->height;

    cairo_surface_flush(target);
    for (size_t i = 0; w->has_new_glyphs && i < size; i++)
        w->seen[i] |= data[i];
    w->has_new_glyphs = false;
    memset(data, 0, size);
    cairo_surface_mark_dirty(target);
}

static void on_glyphs(cairo_surface_t *observer, cairo_surface_t *target, void *watch)
{
    (void)observer;
    (void)target;
    ((struct watch *)watch)->has_new_glyphs = true;
}

static void on_other(cairo_surface_t *observer, cairo_surface_t *target, void *watch)
{
    (void)observer;
    gather(watch, target);
}

static void paint_watched(PopplerPage *page, cairo_surface_t *target, double scale, struct watch *w)
{
    cairo_surface_t *observer = cairo_surface_create_observer(target,
                                                              CAIRO_SURFACE_OBSERVER_NORMAL);
    cairo_t *cairo;

    cairo_surface_observer_add_glyphs_callback(observer, on_glyphs, w);
    cairo_surface_observer_add_paint_callback(observer, on_other, w);
    cairo_surface_observer_add_mask_callback(observer, on_other, w);
    cairo_surface_observer_add_fill_callback(observer, on_other, w);
    cairo_surface_observer_add_stroke_callback(observer, on_other, w);
    cairo = cairo_create(observer);
    cairo_scale(cairo, scale, scale);
    poppler_page_render(page, cairo);
    cairo_destroy(cairo);
    cairo_surface_destroy(observer);
    gather(w, target);
}

static bool has_mark(const struct watch *w, struct pixels p)
{
    for (int y = p.y0; y < p.y1; y++)
        for (int x = p.x0; x < p.x1; x++)
            if (w->seen[(size_t)y * (size_t)w->stride + (size_t)x] > INK)
                return true;
    return false;
}

static struct box whole_of(PopplerPage *page)
{
    double width_pt, height_pt;

    poppler_page_get_size(page, &width_pt, &height_pt);
    return (struct box){0, 0, (float)width_pt, (float)height_pt};
}

/* Pixels a point that make the page's longer side WATCH_SIDE_PX. */
static double watch_scale(const struct box *page)
{
    return WATCH_SIDE_PX / (double)fmaxf(page->x1, page->y1);
}

/* Marks the words that no glyph was painted for. */
static void hide_unpainted(struct arena *a, PopplerPage *page, struct text_layer *layer)
{
    struct box whole = whole_of(page);
    double scale = watch_scale(&whole);
    struct watch w = {.width = (int)ceil((double)whole.x1 * scale),
                      .height = (int)ceil((double)whole.y1 * scale)};
    cairo_surface_t *target;

    target = cairo_image_surface_create(CAIRO_FORMAT_A8, w.width, w.height);
    w.stride = cairo_image_surface_get_stride(target);
    w.seen = arena_alloc_array(a, (size_t)w.height, (size_t)w.stride);
    paint_watched(page, target, scale, &w);
    cairo_surface_destroy(target);
    for (size_t i = 0; i < layer->n_words; i++) {
        struct pixels p = pixels_of(&layer->words[i].word.box, scale, w.width, w.height);

        layer->words[i].is_hidden |= !has_mark(&w, p);
    }
}

static bool stands_out(cairo_surface_t *painted, struct pixels p)
{
    unsigned darkest = 255, lightest = 0;

    for (int y = p.y0; y < p.y1; y++)
        for (int x = p.x0; x < p.x1; x++) {
            unsigned luma = surface_luma(painted, x, y);

            darkest = luma < darkest ? luma : darkest;
            lightest = luma > lightest ? luma : lightest;
        }
    return lightest >= darkest + INK;
}

/* Where the pale words are, often one row of a table's head; false when there are none. */
static bool find_pale(const struct text_layer *layer, const struct box *page, struct box *ret)
{
    struct box all = {page->x1, page->y1, 0, 0};

    for (size_t i = 0; i < layer->n_words; i++) {
        const struct box *b = &layer->words[i].word.box;

        if (layer->words[i].is_pale)
            all = (struct box){fminf(all.x0, b->x0), fminf(all.y0, b->y0), fmaxf(all.x1, b->x1),
                               fmaxf(all.y1, b->y1)};
    }
    *ret = clipped(all, page->x1, page->y1);
    return ret->x0 < ret->x1 && ret->y0 < ret->y1;
}

/* Marks the pale words that do not stand out from what is behind them. */
static void hide_pale(PopplerPage *page, struct text_layer *layer)
{
    struct box whole = whole_of(page), part;
    double scale = 2 * watch_scale(&whole);
    cairo_surface_t *painted = find_pale(layer, &whole, &part) ? pdf_paint_part(page, &part, scale)
                                                               : NULL;

    for (size_t i = 0; i < layer->n_words && painted; i++) {
        struct layer_word *w = &layer->words[i];
        const struct box *b = &w->word.box;
        struct box at = {b->x0 - part.x0, b->y0 - part.y0, b->x1 - part.x0, b->y1 - part.y0};
        struct pixels p = pixels_of(&at, scale, cairo_image_surface_get_width(painted),
                                    cairo_image_surface_get_height(painted));

        w->is_hidden |= w->is_pale && !stands_out(painted, p);
    }
    cairo_surface_destroy(painted);
}

static size_t count_hidden(const struct text_layer *layer)
{
    size_t count = layer->n_dropped;

    for (size_t i = 0; i < layer->n_words; i++)
        count += layer->words[i].is_hidden;
    return count;
}

/* "1.250,00", "99.00": digits with two decimals behind a comma or a point. */
static bool is_amount(const char *text)
{
    size_t length = strlen(text);

    return length >= 4 && isdigit((unsigned char)text[length - 1]) &&
           isdigit((unsigned char)text[length - 2]) && strchr(",.", text[length - 3]) &&
           isdigit((unsigned char)text[length - 4]);
}

/* An address on the net, or a number as long as an organisation's or an account's. */
static bool is_identity(const char *text)
{
    size_t digits = 0;

    for (const char *p = text; *p; p++)
        digits += isdigit((unsigned char)*p) != 0;
    return digits >= 8 || strchr(text, '@') || strncmp(text, "www.", 4) == 0;
}

static bool tells_enough(const struct text_layer *layer)
{
    size_t amounts = 0, identities = 0;

    for (size_t i = 0; i < layer->n_words; i++) {
        amounts += is_amount(layer->words[i].word.text);
        identities += is_identity(layer->words[i].word.text);
    }
    return layer->n_words >= ALONE_WORDS && amounts >= 2 && identities >= 1;
}

/* Paints over the words. */
static void cover_words(cairo_surface_t *painted, const struct text_layer *layer, double scale)
{
    cairo_t *cairo = cairo_create(painted);

    cairo_scale(cairo, scale, scale);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    for (size_t i = 0; i < layer->n_words; i++) {
        const struct box *b = &layer->words[i].word.box;

        cairo_rectangle(cairo, b->x0 - 1, b->y0 - 1, b->x1 - b->x0 + 2, b->y1 - b->y0 + 2);
    }
    cairo_fill(cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(painted);
}

/* The share of marks on the page that no word accounts for. */
static float drawn_ink(PopplerPage *page, const struct text_layer *layer)
{
    struct box whole = whole_of(page);
    double scale = watch_scale(&whole);
    cairo_surface_t *painted = pdf_paint_part(page, &whole, scale);
    size_t marks = 0;
    int width, height;

    if (!painted)
        return 0;
    cover_words(painted, layer, scale);
    width = cairo_image_surface_get_width(painted);
    height = cairo_image_surface_get_height(painted);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            marks += surface_luma(painted, x, y) < 255 - INK;
    cairo_surface_destroy(painted);
    return (float)marks / (float)(width * height);
}

static void trust(struct arena *a, const struct text_layer *layer, struct page_plan *plan)
{
    plan->words = arena_alloc_array(a, layer->n_words, sizeof *plan->words);
    for (size_t i = 0; i < layer->n_words; i++)
        if (!layer->words[i].is_hidden)
            plan->words[plan->n_words++] = layer->words[i].word;
}

/* A page that is a picture, perhaps with text upon it. */
static const char *judge_picture(struct arena *a, PopplerPage *page, struct text_layer *layer)
{
    if (layer->is_ocr_font)
        return "invisible_text";
    if (layer->n_words < STAMP_WORDS || !tells_enough(layer))
        return "scan";
    hide_unpainted(a, page, layer);
    return NULL;
}

static const char *judge(const struct pdf *pdf, PopplerPage *page, struct text_layer *layer,
                         const struct pictures *pictures)
{
    const char *why = NULL;

    if (layer->n_words && !pdf->src->limits->trust_text_layer)
        return "scan";
    if (layer->n_words == 0 && pictures->count)
        return "scan";
    if (layer->is_garbage)
        return "garbage_text";
    if (pictures->share >= PICTURE_SHARE)
        why = judge_picture(pdf->src->arena, page, layer);
    else if (layer->n_words < FEW_WORDS && drawn_ink(page, layer) > DRAWN_INK_SHARE)
        why = "scan";
    if (!why)
        hide_pale(page, layer);
    if (!why &&
        (float)count_hidden(layer) > HIDDEN_SHARE * (float)(layer->n_words + layer->n_dropped))
        why = "invisible_text";
    return why;
}

/* The images beside trusted words that may hold words of their own. */
static void find_regions(struct arena *a, const struct pictures *pictures, bool is_enough,
                         struct page_plan *plan)
{
    float share = is_enough ? DECORATION_SHARE : LOGO_SHARE;

    plan->regions = arena_alloc_array(a, REGIONS_MAX, sizeof *plan->regions);
    for (size_t i = 0; i < pictures->count; i++) {
        const struct box *b = &pictures->boxes[i];

        if (b->x1 - b->x0 < REGION_WIDTH_PT || b->y1 - b->y0 < REGION_HEIGHT_PT ||
            area_of(b) < share * pictures->page_area)
            continue;
        if (plan->n_regions == REGIONS_MAX)
            return;
        plan->regions[plan->n_regions++] = *b;
    }
}

void pdf_plan(const struct pdf *pdf, PopplerPage *page, struct page_plan *ret)
{
    struct arena *a = pdf->src->arena;
    struct page_plan plan = {0};
    struct pictures pictures = {0};
    struct text_layer layer;

    pdf_text_read(a, page, &layer);
    pdf_form_read(a, page, &layer);
    if (pdf->has_images || layer.n_words < FEW_WORDS) /* inline images have no object */
        find_pictures(pdf, page, &pictures);
    plan.why_read = judge(pdf, page, &layer, &pictures);
    if (!plan.why_read) {
        trust(a, &layer, &plan);
        if (pictures.share < PICTURE_SHARE)
            find_regions(a, &pictures, tells_enough(&layer), &plan);
        plan.why_read = plan.n_regions ? "mixed" : NULL;
        plan.is_blank = plan.n_words == 0 && !plan.why_read && pictures.count == 0;
    }
    *ret = plan;
}
