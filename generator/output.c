/*
 * Writers for each form, by a table. Scans are made page by page; Leptonica writes the pictures.
 */
#include "generator/output.h"

#include "generator/einvoice.h"
#include "generator/marks.h"

#include <math.h>
#include <string.h>

struct job {
    struct document *doc;
    const struct scan *scan;
    struct rng *rng;
    const char *path;
};

static int complain(const char *path)
{
    fprintf(stderr, "%s: cannot be written\n", path);
    return -1;
}

int output_tiff(const GPtrArray *pages, const struct scan *scan, struct rng *rng, const char *path)
{
    int failed = 0;

    for (guint i = 0; i < pages->len && failed == 0; i++) {
        PIX *pix = scan_page(scan, g_ptr_array_index(pages, i), rng);
        l_int32 kind = pixGetDepth(pix) == 1          ? IFF_TIFF_G4
                       : scan->level == DEGRADE_CLEAN ? IFF_TIFF_ZIP
                                                      : IFF_TIFF_JPEG;

        failed = pixWriteTiff(path, pix, kind, i == 0 ? "w" : "a");
        pixDestroy(&pix);
    }
    return failed != 0 ? complain(path) : 0;
}

static int write_pdf(const struct job *job)
{
    return render_pdf(job->doc->pages, job->path, type_name(job->doc->type));
}

static int write_tiff(const struct job *job)
{
    return output_tiff(job->doc->pages, job->scan, job->rng, job->path);
}

static int write_scanpdf(const struct job *job)
{
    PIXA *pictures = pixaCreate((l_int32)job->doc->pages->len);
    l_int32 kind = job->scan->depth == DEPTH_GREY ? L_JPEG_ENCODE : L_G4_ENCODE;
    int failed;

    for (guint i = 0; i < job->doc->pages->len; i++)
        pixaAddPix(pictures, scan_page(job->scan, document_page(job->doc, i), job->rng), L_INSERT);
    l_pdfSetDateAndVersion(0); /* same seed, same bytes */
    failed = pixaConvertToPdf(pictures, (l_int32)job->scan->dpi, 1.0f, kind, job->scan->quality,
                              type_name(job->doc->type), job->path);
    pixaDestroy(&pictures);
    return failed != 0 ? complain(job->path) : 0;
}

/* A clean picture keeps its colours; a bad one comes from a grey scanner. */
static PIX *picture(const struct job *job)
{
    struct page *page = document_page(job->doc, 0);
    struct scan scan = *job->scan;

    if (scan.level == DEGRADE_CLEAN) {
        page->view = (struct view){.width_px = (int)lround(page->width * 200 / 72),
                                   .height_px = (int)lround(page->height * 200 / 72),
                                   .to_pixels = {200 / 72.0, 0, 0, 0, 200 / 72.0, 0, 0, 0, 1}};
        return render_colour(page, 200);
    }
    scan.depth = DEPTH_GREY;
    return scan_page(&scan, page, job->rng);
}

static int write_jpeg(const struct job *job)
{
    PIX *pix = picture(job);
    int failed = pixWriteJpeg(job->path, pix, job->scan->quality, 0);

    pixDestroy(&pix);
    return failed != 0 ? complain(job->path) : 0;
}

/* Noise does not compress: the fastest level (special 11 is Leptonica's zlib level 1) will do. */
static int write_png(const struct job *job)
{
    PIX *pix = picture(job);
    int failed;

    pixSetSpecial(pix, 11);
    failed = pixWrite(job->path, pix, IFF_PNG);
    pixDestroy(&pix);
    return failed != 0 ? complain(job->path) : 0;
}

/* What only the paper shows is not in the XML: a reader of it can find the XML's fields alone. */
static char *make_xml(struct document *doc, char *(*make)(struct document *doc))
{
    for (int i = 0; i < F_COUNT; i++)
        doc->is_visible[i] = false;
    return make(doc);
}

static int write_xml(const struct job *job, char *(*make)(struct document *doc))
{
    g_autofree char *xml = make_xml(job->doc, make);

    return g_file_set_contents(job->path, xml, -1, NULL) ? 0 : complain(job->path);
}

static int write_ubl(const struct job *job)
{
    return write_xml(job, einvoice_ubl);
}

static int write_cii(const struct job *job)
{
    return write_xml(job, einvoice_cii);
}

static int write_facturx(const struct job *job)
{
    g_autofree char *xml = make_xml(job->doc, einvoice_cii);

    return write_pdf(job) < 0 ? -1 : facturx_attach(job->path, xml);
}

static const struct {
    const char *name;
    const char *extension;
    bool is_scan;
    bool is_einvoice;
    int (*write)(const struct job *job);
} forms[FORM_COUNT] = {
    [FORM_PDF] = {"pdf", "pdf", false, false, write_pdf},
    [FORM_TIFF] = {"tiff", "tif", true, false, write_tiff},
    [FORM_SCANPDF] = {"scanpdf", "pdf", true, false, write_scanpdf},
    [FORM_JPEG] = {"jpeg", "jpg", true, false, write_jpeg},
    [FORM_PNG] = {"png", "png", true, false, write_png},
    [FORM_UBL] = {"ubl", "xml", false, true, write_ubl},
    [FORM_CII] = {"cii", "xml", false, true, write_cii},
    [FORM_FACTURX] = {"facturx", "pdf", false, true, write_facturx},
};

enum form form_named(const char *name)
{
    int i = 0;

    while (i < FORM_COUNT && strcmp(name, forms[i].name) != 0)
        i++;
    return (enum form)i;
}

const char *form_extension(enum form form)
{
    return forms[form].extension;
}

bool form_is_scan(enum form form)
{
    return forms[form].is_scan;
}

bool form_suits(enum form form, enum type type)
{
    return !forms[form].is_einvoice || type == TYPE_INVOICE || type == TYPE_CREDIT_NOTE;
}

int output_write(struct document *doc, enum form form, const struct scan *scan, struct rng *rng,
                 const char *path)
{
    struct job job = {.doc = doc, .scan = scan, .rng = rng, .path = path};

    if (forms[form].is_scan && scan->level != DEGRADE_CLEAN)
        marks_leave(doc, rng);
    return forms[form].write(&job);
}
