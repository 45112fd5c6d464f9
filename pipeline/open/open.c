/*
 * The front door: limits, then the kind, then the kind's own opener from one table.
 *
 * Nothing here looks inside a file; what can fail is told by the part that knows.
 */
#include "pipeline/open/source.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "models/fault.h"

#include <leptonica/allheaders.h>
#include <string.h>

struct opener {
    int (*open)(const struct source *src, struct opened *ret, struct err *err);
    int (*page_image)(const struct source *src, int number, struct page_image *ret,
                      struct err *err);
    int (*preview)(const struct source *src, int number, int height_px, struct Pix **ret,
                   struct err *err);
};

static const struct opener openers[FILE_KIND_COUNT] = {
    [FILE_PDF] = {pdf_open, pdf_page_image, pdf_preview},
    [FILE_TIFF] = {image_open, image_page_image, NULL},
    [FILE_PNG] = {image_open, image_page_image, NULL},
    [FILE_JPEG] = {image_open, image_page_image, NULL},
    [FILE_WEBP] = {image_open, image_page_image, NULL},
    [FILE_JP2] = {image_open, image_page_image, NULL},
    [FILE_XML] = {einvoice_open, NULL, NULL},
    [FILE_MAIL] = {mail_open, NULL, mail_preview},
};

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
    struct source src = {a, bytes, length, limits, IMAGE_TO_KEEP};
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

static int page_image(struct source *src, int number, struct page_image *ret, struct err *err)
{
    struct page_image image = {0};
    enum file_kind kind = FILE_KIND_COUNT;
    int r = find_opener(src, &kind, err);

    if (r < 0)
        return r;
    if (!openers[kind].page_image)
        return err_set(err, ERR_NOT_FOUND, "a page of %s has no picture", file_kind_name(kind));
    r = openers[kind].page_image(src, number, &image, err);
    if (r == 0 && src->use == IMAGE_AS_STORED && image.stored.form == STORED_NOTHING)
        r = err_set(err, ERR_NOT_FOUND, "page %d is no stored picture", number);
    if (r < 0)
        return r;
    *ret = image;
    return 0;
}

int open_page_image(struct arena *a, const unsigned char *bytes, size_t length, int number,
                    const struct open_limits *limits, struct page_image *ret, struct err *err)
{
    struct source src = {a, bytes, length, limits, IMAGE_TO_KEEP};

    return page_image(&src, number, ret, err);
}

int open_page_grey(struct arena *a, const unsigned char *bytes, size_t length, int number,
                   const struct open_limits *limits, struct page_image *ret, struct err *err)
{
    struct source src = {a, bytes, length, limits, IMAGE_TO_READ};

    return page_image(&src, number, ret, err);
}

int open_page_stored(struct arena *a, const unsigned char *bytes, size_t length, int number,
                     const struct open_limits *limits, struct page_image *ret, struct err *err)
{
    struct source src = {a, bytes, length, limits, IMAGE_AS_STORED};

    return page_image(&src, number, ret, err);
}

int open_page_preview(struct arena *a, const unsigned char *bytes, size_t length, int number,
                      int height_px, const struct open_limits *limits, struct Pix **ret,
                      struct err *err)
{
    struct source src = {a, bytes, length, limits, IMAGE_TO_KEEP};
    enum file_kind kind = FILE_KIND_COUNT;
    int r = find_opener(&src, &kind, err);

    if (r < 0)
        return r;
    if (!openers[kind].preview)
        return err_set(err, ERR_NOT_FOUND, "a page of %s is shown as it is read",
                       file_kind_name(kind));
    return openers[kind].preview(&src, number, height_px, ret, err);
}

void open_warm(void)
{
    setMsgSeverity(L_SEVERITY_NONE);
    tiff_warm();
    mail_warm();
    pdf_warm();
}

const char *open_clean_name(struct arena *a, const char *name)
{
    return name ? utf8_cleaned(a, name, strnlen(name, LIMIT_NAME_BYTES)) : "";
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
