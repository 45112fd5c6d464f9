/*
 * Files made by the tests themselves, and the opening of them.
 */
#ifndef TESTS_UNIT_PIPELINE_OPEN_MADE_H
#define TESTS_UNIT_PIPELINE_OPEN_MADE_H

#include "tests/unit/unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "pipeline/open/open.h"

#define MADE_BYTES_MAX ((size_t)16 << 20)

static const struct open_limits made_limits = {(size_t)8 << 20, 20, 40000000, 5, 150, true};

/* A file and what open_file() said of it. */
struct made {
    struct arena arena;
    struct buf file;
    struct opened opened;
    struct err err;
    int result;
};

static inline void made_init(struct made *m)
{
    *m = (struct made){.result = 1};
    arena_init(&m->arena, (size_t)256 << 20);
    buf_init(&m->file, MADE_BYTES_MAX);
}

static inline void made_release(struct made *m)
{
    arena_release(&m->arena);
    buf_release(&m->file);
}

static inline void made_open_limited(struct made *m, const struct open_limits *limits)
{
    m->err = (struct err){0};
    m->result = open_file(&m->arena, (const unsigned char *)m->file.data, m->file.length, limits,
                          &m->opened, &m->err);
}

static inline void made_open(struct made *m)
{
    made_open_limited(m, &made_limits);
    if (m->result < 0)
        fail_msg("%s", m->err.text);
}

static inline void made_refused(struct made *m, const char *reason)
{
    made_open_limited(m, &made_limits);
    assert_true(m->result < 0);
    assert_non_null(m->err.reason);
    assert_string_equal(m->err.reason, reason);
}

static inline int made_image(struct made *m, int number, struct page_image *ret)
{
    return open_page_image(&m->arena, (const unsigned char *)m->file.data, m->file.length, number,
                           &made_limits, ret, &m->err);
}

static inline const struct word *made_word(const struct made *m, const char *text)
{
    const struct page *page = m->opened.pages[0].page;

    for (size_t i = 0; i < page->n_words; i++)
        if (strcmp(page->words[i].text, text) == 0)
            return &page->words[i];
    return NULL;
}

static inline void pdf_object(struct made *m, int number, const char *dictionary,
                              const void *stream, size_t length)
{
    buf_printf(&m->file, "%d 0 obj\n<<%s", number, dictionary);
    if (stream) {
        buf_printf(&m->file, "/Length %zu>>\nstream\n", length);
        buf_add(&m->file, stream, length);
        buf_add_text(&m->file, "\nendstream\nendobj\n");
    } else {
        buf_add_text(&m->file, ">>\nendobj\n");
    }
}

#define PDF_OBJECTS_MAX 20

/* Finds the objects and writes the cross-reference table and the trailer. */
static inline void pdf_end(struct made *m, const char *trailer)
{
    size_t table = m->file.length;

    buf_printf(&m->file, "xref\n0 %d\n", PDF_OBJECTS_MAX);
    for (int i = 0; i < PDF_OBJECTS_MAX; i++) {
        AUTO_FREE char *head = mem_printf("\n%d 0 obj", i);
        const char *at = memmem(m->file.data, table, head, strlen(head));

        if (at)
            buf_printf(&m->file, "%010zu 00000 n \n", (size_t)(at + 1 - m->file.data));
        else
            buf_add_text(&m->file, "0000000000 65535 f \n");
    }
    buf_printf(&m->file, "trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%zu\n%%%%EOF\n",
               PDF_OBJECTS_MAX, trailer, table);
}

/* One page with Helvetica as /F and, unless `width` is 0, a grey image /I of one byte a pixel:
 * `page` goes into the page's dictionary, `content` is its drawing. */
static inline void pdf_page_made(struct made *m, const char *page, const char *content, int width,
                                 int height)
{
    AUTO_FREE char *dictionary = mem_printf(
        "/Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>%s",
        width ? "/XObject<</I 6 0 R>>" : "", page);
    AUTO_FREE char *image = mem_printf("/Type/XObject/Subtype/Image/Width %d/Height %d"
                                       "/ColorSpace/DeviceGray/BitsPerComponent 8",
                                       width, height);
    size_t n_pixels = (size_t)width * (size_t)height;
    AUTO_FREE unsigned char *pixels = mem_alloc(n_pixels);

    for (size_t i = 0; i < n_pixels; i++)
        pixels[i] = i % (size_t)width / 8 % 2 ? 255 : 0; /* upright stripes */
    buf_add_text(&m->file, "%PDF-1.4\n");
    pdf_object(m, 1, "/Type/Catalog/Pages 2 0 R", NULL, 0);
    pdf_object(m, 2, "/Type/Pages/Kids[3 0 R]/Count 1", NULL, 0);
    pdf_object(m, 3, dictionary, NULL, 0);
    pdf_object(m, 4, "", content, strlen(content));
    pdf_object(m, 5, "/Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding", NULL,
               0);
    if (width)
        pdf_object(m, 6, image, pixels, n_pixels);
    pdf_end(m, "");
}

#define MADE_A4 "/MediaBox[0 0 595 842]"

/* Drawing of 45 invoice-like words, at a text render mode and in a colour. */
static inline char *pdf_invoice_text(int render_mode, const char *colour)
{
    struct buf b;

    buf_init(&b, MADE_BYTES_MAX);
    buf_printf(&b, "BT %s %d Tr /F 10 Tf 50 780 Td 14 TL\n", colour, render_mode);
    for (int i = 0; i < 14; i++)
        buf_printf(&b, "(Article number %d amount) Tj T*\n", 100 + i);
    buf_add_text(&b, "(Net 1000.00) Tj T* (Total 1250.00) Tj T* (Account 15032080119) Tj ET\n");
    return buf_take(&b);
}

#endif
