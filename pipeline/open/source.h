/*
 * The bytes being opened and what they are opened with: every part of open/ takes one of these.
 */
#ifndef PIPELINE_OPEN_SOURCE_H
#define PIPELINE_OPEN_SOURCE_H

#include "pipeline/open/open.h"

struct arena;
struct err;

/* What a page's picture is wanted for: open_page_image(), _grey() and _stored(). */
enum image_use { IMAGE_TO_KEEP, IMAGE_TO_READ, IMAGE_AS_STORED };

struct source {
    struct arena *arena; /* results hang here */
    const unsigned char *bytes;
    size_t length;
    const struct open_limits *limits;
    enum image_use use;
};

/* What the bytes are, by content. FAULT_EMPTY, or FAULT_UNKNOWN_KIND naming the stranger. */
int kind_detect(const unsigned char *bytes, size_t length, enum file_kind *ret, struct err *err);

/* Each kind's own open_file(): fills pages, attachments, einvoice, producer of a zeroed `ret`. */
int pdf_open(const struct source *src, struct opened *ret, struct err *err);
int image_open(const struct source *src, struct opened *ret, struct err *err);
int mail_open(const struct source *src, struct opened *ret, struct err *err);
int einvoice_open(const struct source *src, struct opened *ret, struct err *err);

/* Each kind's own open_page_image(). */
int pdf_page_image(const struct source *src, int number, struct page_image *ret, struct err *err);
int image_page_image(const struct source *src, int number, struct page_image *ret, struct err *err);

/* Each kind's own open_page_preview(). */
int pdf_preview(const struct source *src, int number, int height_px, struct Pix **ret,
                struct err *err);
int mail_preview(const struct source *src, int number, int height_px, struct Pix **ret,
                 struct err *err);

/* The parts of open_warm(). */
void pdf_warm(void);
void tiff_warm(void);
void mail_warm(void);

/* A name from the file, safe to show and at most LIMIT_NAME_BYTES of it; NULL is "". In arena. */
const char *open_clean_name(struct arena *a, const char *name);

/* A Pix that is destroyed with the arena. */
struct Pix *pix_keep(struct arena *a, struct Pix *pix);

#endif
