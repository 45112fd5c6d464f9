/*
 * The PDF file: loading, its pages, its attachments, and the invoice XML inside it.
 *
 * Poppler repairs a great deal, and silently: a cut file may come back as fewer pages. So the end
 * of the file is looked at first, and complaints of poppler's about loops are listened for. Every
 * page is opened here once; a hole in the page tree fails the whole file, because an invoice that
 * lost a page must not look complete.
 */
#include "pipeline/open/pdf.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/fault.h"

#include <ctype.h>
#include <string.h>

#define LOWEST_DPI 36         /* a page box that passes the pixel limit even here is refused */
#define IMAGES_LOOKED_AT 4096 /* dictionaries; the rest is the jail's to survive */

/* What poppler says while it works: only what we tell apart. Kept off stderr by the way. */
struct complaints {
    unsigned handler;
    bool has_loop;
};

static void on_complaint(const char *domain, GLogLevelFlags level, const char *message,
                         void *complaints)
{
    (void)domain;
    (void)level;
    if (strstr(message, "Loop in"))
        ((struct complaints *)complaints)->has_loop = true;
}

static void stop_listening(void *complaints)
{
    g_log_remove_handler("Poppler", ((struct complaints *)complaints)->handler);
}

/* Until the arena is cleared. */
static struct complaints *listen_to_poppler(struct arena *a)
{
    struct complaints *c = arena_alloc(a, sizeof *c);

    c->handler = g_log_set_handler("Poppler", G_LOG_LEVEL_MASK, on_complaint, c);
    arena_defer(a, stop_listening, c);
    return c;
}

static int refuse(const struct pdf *pdf, const GError *error, struct err *err)
{
    if (error && g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
        return fault_set(err, FAULT_ENCRYPTED, "");
    if (pdf->complaints->has_loop)
        return fault_set(err, FAULT_CYCLIC, "page tree");
    return fault_set(err, pdf_is_cut(pdf->src) ? FAULT_TRUNCATED : FAULT_CORRUPT, "pdf");
}

/* A bilevel image of 35,000 pixels a side fits 12 kB and takes minutes: refused by its header. */
static int check_images(const struct source *src, struct err *err)
{
    AUTO_FREE struct pdf_image_size *sizes = mem_alloc_array(IMAGES_LOOKED_AT, sizeof *sizes);
    size_t count = pdf_image_sizes(src, sizes, IMAGES_LOOKED_AT);

    for (size_t i = 0; i < count; i++)
        if ((int64_t)sizes[i].width_px * sizes[i].height_px > src->limits->pixels)
            return fault_set(err, FAULT_TOO_MANY_PIXELS, "an image of %d x %d", sizes[i].width_px,
                             sizes[i].height_px);
    return 0;
}

static PopplerDocument *new_document(const struct source *src, GError **error)
{
    GBytes *bytes = g_bytes_new_static(src->bytes, src->length);
    PopplerDocument *doc = poppler_document_new_from_bytes(bytes, NULL, error);

    g_bytes_unref(bytes);
    return doc;
}

int pdf_load(const struct source *src, struct pdf *ret, struct err *err)
{
    struct pdf pdf = {src, NULL, listen_to_poppler(src->arena), pdf_has_images(src)};
    GError *error = NULL;
    int n_pages = 0, r = check_images(src, err);

    if (r == 0)
        pdf.doc = new_document(src, &error);
    if (pdf.doc) {
        arena_defer(src->arena, g_object_unref, pdf.doc);
        n_pages = poppler_document_get_n_pages(pdf.doc);
    }
    if (r == 0 && (!pdf.doc || pdf_is_cut(src)))
        r = refuse(&pdf, error, err);
    else if (r == 0 && n_pages == 0)
        r = fault_set(err, FAULT_NO_PAGES, "");
    else if (n_pages > src->limits->pages)
        r = fault_set(err, FAULT_TOO_MANY_PAGES, "%d of %d", n_pages, src->limits->pages);
    g_clear_error(&error);
    if (r == 0)
        *ret = pdf;
    return r;
}

int pdf_page(const struct pdf *pdf, int number, PopplerPage **ret, struct err *err)
{
    int n_pages = poppler_document_get_n_pages(pdf->doc);
    double width_pt, height_pt, pixels;
    PopplerPage *page;

    if (number < 1 || number > n_pages)
        return err_set(err, ERR_NOT_FOUND, "page %d of %d", number, n_pages);
    page = poppler_document_get_page(pdf->doc, number - 1);
    if (!page)
        return fault_set(err, pdf->complaints->has_loop ? FAULT_CYCLIC : FAULT_CORRUPT, "page %d",
                         number);
    arena_defer(pdf->src->arena, g_object_unref, page);
    poppler_page_get_size(page, &width_pt, &height_pt);
    if (!(width_pt >= 1 && height_pt >= 1))
        return fault_set(err, FAULT_CORRUPT, "page %d has no size", number);
    pixels = width_pt * height_pt * LOWEST_DPI * LOWEST_DPI / (72 * 72);
    if (!(pixels <= (double)pdf->src->limits->pixels))
        return fault_set(err, FAULT_TOO_MANY_PIXELS, "page %d is %.0f x %.0f points", number,
                         width_pt, height_pt);
    *ret = page;
    return 0;
}

/* Poppler's own tables (names of glyphs, encodings, fonts found) live as long as any document, and
 * cost a third of reading a small one: so one stays open. Its page is in a font that is not
 * embedded, which fontconfig looks up once for all children. */
void pdf_warm(void)
{
    static PopplerDocument *kept;
    static const char page[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
        "/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        "4 0 obj<</Length 30>>stream\nBT /F 9 Tf 9 9 Td (bilag) Tj ET\nendstream endobj\n"
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        "trailer<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF\n";
    const struct open_limits limits = {sizeof page, 1, 1000000, 1, 72, true};
    AUTO_ARENA struct arena a = {0};
    struct source src = {&a, (const unsigned char *)page, sizeof page - 1, &limits, IMAGE_TO_KEEP};
    struct Pix *pix;
    struct err err = {0};

    if (!kept)
        kept = new_document(&src, NULL);
    arena_init(&a, (size_t)1 << 20);
    if (pdf_preview(&src, 1, 99, &pix, &err) < 0)
        BUG("our own page does not open: %s", err.text);
}

static int add_page(const struct pdf *pdf, struct opened *ret, struct err *err)
{
    int number = (int)ret->n_pages + 1, r;
    struct opened_page *opened = &ret->pages[ret->n_pages];
    double width_pt, height_pt;
    struct page_plan plan;
    PopplerPage *page;

    r = pdf_page(pdf, number, &page, err);
    if (r < 0)
        return r;
    poppler_page_get_size(page, &width_pt, &height_pt);
    pdf_plan(pdf, page, &plan);
    opened->page = page_new(pdf->src->arena, number, (float)width_pt, (float)height_pt);
    opened->page->words = plan.words;
    opened->page->n_words = plan.n_words;
    opened->page->source = plan.n_words ? PAGE_TEXT : PAGE_NO_WORDS;
    opened->page->is_blank = plan.is_blank;
    opened->needs_reading = plan.why_read != NULL;
    opened->why_read = plan.why_read;
    ret->n_pages++;
    return 0;
}

/* The size a sender gives is often missing and may lie: bytes are counted as they come. */
struct collected {
    GByteArray *data;
    size_t max;
};

static gboolean collect_bytes(const gchar *bytes, gsize count, gpointer to, GError **error)
{
    struct collected *c = to;

    (void)error;
    if (count > c->max - c->data->len)
        return FALSE;
    g_byte_array_append(c->data, (const guint8 *)bytes, (guint)count);
    return TRUE;
}

static void unref_bytes(void *array)
{
    g_byte_array_unref(array);
}

static bool looks_like_xml(const GByteArray *data)
{
    enum file_kind kind;

    return data->len && kind_detect(data->data, data->len, &kind, NULL) == 0 && kind == FILE_XML;
}

/* The first attachment that is an e-invoice is read here; all others become files of their own. */
static int add_attachment(const struct source *src, PopplerAttachment *attachment,
                          struct opened *ret, struct err *err)
{
    GByteArray *data = g_byte_array_new();
    struct collected collected = {data, src->limits->file_bytes};

    arena_defer(src->arena, unref_bytes, data);
    if (!poppler_attachment_save_to_callback(attachment, collect_bytes, &collected, NULL))
        return fault_set(err, FAULT_TOO_LARGE, "attachment %zu", ret->n_attachments + 1);
    if (!ret->einvoice && looks_like_xml(data) &&
        einvoice_parse(src->arena, data->data, data->len, &ret->einvoice, NULL) == 0)
        return 0;
    ret->attachments[ret->n_attachments++] = (struct attachment){
        .name = open_clean_name(src->arena, attachment->name),
        .media_type = "application/octet-stream",
        .bytes = data->data ? data->data : (const guint8 *)"",
        .length = data->len};
    return 0;
}

static void unref_attachments(void *list)
{
    g_list_free_full(list, g_object_unref);
}

static int add_attachments(const struct source *src, PopplerDocument *doc, struct opened *ret,
                           struct err *err)
{
    GList *list = poppler_document_get_attachments(doc);
    unsigned count = g_list_length(list);
    int r = 0;

    arena_defer(src->arena, unref_attachments, list);
    if (count > (unsigned)src->limits->attachments)
        return fault_set(err, FAULT_TOO_MANY_PARTS, "%u of %d", count, src->limits->attachments);
    ret->attachments = arena_alloc_array(src->arena, count, sizeof *ret->attachments);
    for (GList *item = list; item && r == 0; item = item->next)
        r = add_attachment(src, item->data, ret, err);
    return r;
}

static bool has_outline(PopplerDocument *doc)
{
    PopplerIndexIter *first = poppler_index_iter_new(doc);

    poppler_index_iter_free(first);
    return first;
}

int pdf_open(const struct source *src, struct opened *ret, struct err *err)
{
    struct pdf pdf;
    char *producer;
    int n_pages, r = pdf_load(src, &pdf, err);

    if (r < 0)
        return r;
    n_pages = poppler_document_get_n_pages(pdf.doc);
    ret->pages = arena_alloc_array(src->arena, (size_t)n_pages, sizeof *ret->pages);
    for (int i = 0; i < n_pages && r == 0; i++)
        r = add_page(&pdf, ret, err);
    if (r < 0)
        return r;
    producer = poppler_document_get_producer(pdf.doc);
    ret->producer = open_clean_name(src->arena, producer);
    g_free(producer);
    ret->has_outline = has_outline(pdf.doc);
    return add_attachments(src, pdf.doc, ret, err);
}
