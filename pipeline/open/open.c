/*
 * The front door: limits, then the kind, then the kind's own opener from one table.
 *
 * Nothing here looks inside a file; what can fail is told by the part that knows.
 */
#include "pipeline/open/source.h"

#include "base/arena.h"
#include "base/err.h"
#include "models/fault.h"

#include <allheaders.h>

struct opener {
    const char *name;
    int (*open)(const struct source *src, struct opened *ret, struct err *err);
    int (*page_image)(const struct source *src, int number, struct page_image *ret,
                      struct err *err);
    int (*preview)(const struct source *src, int number, int height_px, struct Pix **ret,
                   struct err *err);
};

static const struct opener openers[FILE_KIND_COUNT] = {
    [FILE_PDF] = {"pdf", pdf_open, pdf_page_image, pdf_preview},
    [FILE_TIFF] = {"tiff", image_open, image_page_image, NULL},
    [FILE_PNG] = {"png", image_open, image_page_image, NULL},
    [FILE_JPEG] = {"jpeg", image_open, image_page_image, NULL},
    [FILE_WEBP] = {"webp", image_open, image_page_image, NULL},
    [FILE_JP2] = {"jp2", image_open, image_page_image, NULL},
    [FILE_XML] = {"xml", einvoice_open, NULL, NULL},
    [FILE_MAIL] = {"mail", mail_open, NULL, mail_preview},
};

const char *file_kind_name(enum file_kind kind)
{
    if ((unsigned)kind >= FILE_KIND_COUNT)
        BUG("file kind %d", kind);
    return openers[kind].name;
}

static int find_opener(const struct source *src, enum file_kind *ret, struct err *err)
{
    if (src->length > src->limits->file_bytes)
        return fault_set(err, FAULT_TOO_LARGE, "%zu MB of %zu", src->length >> 20,
                         src->limits->file_bytes >> 20);
    return kind_detect(src->bytes, src->length, ret, err);
}

int open_file(struct arena *a, const unsigned char *bytes, size_t length,
              const struct open_limits *limits, struct opened *ret, struct err *err)
{
    struct source src = {a, bytes, length, limits};
    struct opened opened = {.producer = ""};
    int r = find_opener(&src, &opened.kind, err);

    if (r < 0)
        return r;
    r = openers[opened.kind].open(&src, &opened, err);
    if (r < 0)
        return r;
    *ret = opened;
    return 0;
}

int open_page_image(struct arena *a, const unsigned char *bytes, size_t length, int number,
                    const struct open_limits *limits, struct page_image *ret, struct err *err)
{
    struct source src = {a, bytes, length, limits};
    struct page_image image = {0};
    enum file_kind kind;
    int r = find_opener(&src, &kind, err);

    if (r < 0)
        return r;
    if (!openers[kind].page_image)
        return err_set(err, ERR_NOT_FOUND, "a page of %s has no picture", openers[kind].name);
    r = openers[kind].page_image(&src, number, &image, err);
    if (r < 0)
        return r;
    *ret = image;
    return 0;
}

int open_page_preview(struct arena *a, const unsigned char *bytes, size_t length, int number,
                      int height_px, const struct open_limits *limits, struct Pix **ret,
                      struct err *err)
{
    struct source src = {a, bytes, length, limits};
    enum file_kind kind;
    int r = find_opener(&src, &kind, err);

    if (r < 0)
        return r;
    if (!openers[kind].preview)
        return err_set(err, ERR_NOT_FOUND, "a page of %s is shown as it is read",
                       openers[kind].name);
    return openers[kind].preview(&src, number, height_px, ret, err);
}

static void destroy_pix(void *pix)
{
    pixDestroy((struct Pix **)&pix);
}

struct Pix *pix_keep(struct arena *a, struct Pix *pix)
{
    arena_defer(a, destroy_pix, pix);
    return pix;
}
