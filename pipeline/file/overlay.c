/*
 * Words under the pages of a PDF that is otherwise left as it is: its text, links, bookmarks, forms
 * and metadata stay. A page gets one more drawing, of invisible words that were recognised, and is
 * turned when it was found to lie on its side. What the page drew before is closed between "q" and
 * "Q", so that whatever it left behind does not move the words.
 *
 * The words are placed as the page is seen; the matrix before them undoes the page's own turn. A
 * signed file is refused, because its signature would no longer hold.
 */
#include "pipeline/file/objects.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "models/fault.h"

#include <math.h>
#include <string.h>

struct page_frame {
    double x0, y0, x1, y1; /* what is seen of it */
    int rotation;          /* clockwise */
};

static bool read_rectangle(struct record *r, qpdf_oh array, struct page_frame *ret)
{
    double n[4];

    if (qpdf_oh_get_array_n_items(r->pdf, array) != 4)
        return false;
    for (int i = 0; i < 4; i++)
        if (!qpdf_oh_get_value_as_number(r->pdf, qpdf_oh_get_array_item(r->pdf, array, i), &n[i]))
            return false;
    ret->x0 = fmin(n[0], n[2]);
    ret->y0 = fmin(n[1], n[3]);
    ret->x1 = fmax(n[0], n[2]);
    ret->y1 = fmax(n[1], n[3]);
    return true;
}

static bool read_frame(struct record *r, qpdf_oh page, struct page_frame *ret)
{
    struct page_frame crop;

    *ret = (struct page_frame){0};
    if (!read_rectangle(r, qpdf_oh_get_key(r->pdf, page, "/MediaBox"), ret))
        return false;
    if (read_rectangle(r, qpdf_oh_get_key(r->pdf, page, "/CropBox"), &crop)) {
        ret->x0 = fmax(ret->x0, crop.x0);
        ret->y0 = fmax(ret->y0, crop.y0);
        ret->x1 = fmin(ret->x1, crop.x1);
        ret->y1 = fmin(ret->y1, crop.y1);
    }
    if (qpdf_oh_has_key(r->pdf, page, "/Rotate"))
        qpdf_oh_get_value_as_int(r->pdf, qpdf_oh_get_key(r->pdf, page, "/Rotate"), &ret->rotation);
    return true;
}

/* From the page as it is seen, y upwards from its lower left corner, to its own space. */
static void add_matrix(struct buf *out, const struct page_frame *frame)
{
    switch (frame->rotation) {
    case 90:
        buf_printf(out, "0 1 -1 0 %.3f %.3f cm\n", frame->x1, frame->y0);
        break;
    case 180:
        buf_printf(out, "-1 0 0 -1 %.3f %.3f cm\n", frame->x1, frame->y1);
        break;
    case 270:
        buf_printf(out, "0 -1 1 0 %.3f %.3f cm\n", frame->x0, frame->y1);
        break;
    default:
        buf_printf(out, "1 0 0 1 %.3f %.3f cm\n", frame->x0, frame->y0);
    }
}

/* A page's contents between two new streams. */
static void wrap_contents(struct record *r, qpdf_oh page, const struct buf *behind)
{
    qpdf_oh old = qpdf_oh_get_key(r->pdf, page, "/Contents"), all = qpdf_oh_new_array(r->pdf);
    qpdf_oh empty = qpdf_oh_new_dictionary(r->pdf);
    int count = qpdf_oh_is_array(r->pdf, old) ? qpdf_oh_get_array_n_items(r->pdf, old) : 0;

    qpdf_oh_append_item(r->pdf, all,
                        record_reference(r, record_add_stream(r, empty, "q\n", 2, NULL, NULL)));
    if (qpdf_oh_is_stream(r->pdf, old))
        qpdf_oh_append_item(r->pdf, all, old);
    for (int i = 0; i < count; i++)
        qpdf_oh_append_item(r->pdf, all, qpdf_oh_get_array_item(r->pdf, old, i));
    qpdf_oh_append_item(
        r->pdf, all,
        record_reference(r, record_add_stream(r, empty, behind->data, behind->length, NULL, NULL)));
    qpdf_oh_replace_key(r->pdf, page, "/Contents", all);
}

/* A copy of dictionary[key], which other pages may share; empty when there is none. */
static qpdf_oh own_copy(struct record *r, qpdf_oh dictionary, const char *key)
{
    qpdf_oh old = qpdf_oh_get_key(r->pdf, dictionary, key), own = qpdf_oh_new_dictionary(r->pdf);

    if (qpdf_oh_is_dictionary(r->pdf, old))
        record_copy_keys(r, old, own);
    qpdf_oh_replace_key(r->pdf, dictionary, key, own);
    return own;
}

static int overlay_page(struct record *r, const struct page *page, struct err *err)
{
    qpdf_oh target = qpdf_get_page_n(r->pdf, (size_t)page->number - 1), fonts;
    struct page_frame frame;
    AUTO_BUF struct buf words;

    if (!qpdf_oh_is_dictionary(r->pdf, target) || !read_frame(r, target, &frame))
        return fault_set(err, FAULT_CORRUPT, "page %d", page->number);
    frame.rotation = ((frame.rotation + page->rotation) % 360 + 360) % 360;
    buf_init(&words, CONTENT_BYTES_MAX);
    buf_add_text(&words, "\nQ\nq\n");
    add_matrix(&words, &frame);
    record_words(&words, page, true);
    buf_add_text(&words, "Q\n");
    if (words.is_full)
        return err_set(err, ERR_LIMIT, "page %d has too many words", page->number);
    wrap_contents(r, target, &words);
    fonts = own_copy(r, own_copy(r, target, "/Resources"), "/Font");
    record_refer(r, fonts, RECORD_FONT, r->font_id);
    if (page->rotation)
        qpdf_oh_replace_key(r->pdf, target, "/Rotate", qpdf_oh_new_integer(r->pdf, frame.rotation));
    return 0;
}

static bool is_signed(struct record *r)
{
    qpdf_oh form = qpdf_oh_get_key(r->pdf, qpdf_get_root(r->pdf), "/AcroForm");
    int flags = 0;

    if (qpdf_oh_is_dictionary(r->pdf, form) && qpdf_oh_has_key(r->pdf, form, "/SigFlags"))
        qpdf_oh_get_value_as_int(r->pdf, qpdf_oh_get_key(r->pdf, form, "/SigFlags"), &flags);
    return flags & 1;
}

static int overlay(struct record *r, const struct record_page *pages, size_t n_pages,
                   struct err *err)
{
    size_t n_characters = 1;
    int failed;

    if (is_signed(r))
        return err_set(err, ERR_INVALID, "the file is signed, and words would break the signature");
    qpdf_push_inherited_attributes_to_page(r->pdf);
    for (size_t i = 0; i < n_pages; i++) {
        size_t used = record_characters(pages[i].page);

        n_characters = used > n_characters ? used : n_characters;
    }
    failed = record_add_font(r, n_characters, err);
    for (size_t i = 0; failed >= 0 && i < n_pages; i++)
        failed = overlay_page(r, pages[i].page, err);
    if (failed >= 0 && qpdf_has_error(r->pdf))
        failed = record_fail(r, err);
    if (failed >= 0)
        failed = record_begin_writing(r, err);
    if (failed >= 0)
        qpdf_set_preserve_encryption(r->pdf, QPDF_FALSE); /* it was open to anyone who could read */
    return failed;
}

int record_overlay(const unsigned char *bytes, size_t length, const struct record_page *pages,
                   size_t n_pages, const struct record_options *options, unsigned char **ret_bytes,
                   size_t *ret_length, struct err *err)
{
    struct record r;
    int failed = 0;

    record_init(&r, options);
    if (qpdf_read_memory(r.pdf, "original", (const char *)bytes, length, NULL) >= QPDF_ERRORS)
        failed = fault_set(err, FAULT_CORRUPT, "pdf");
    if (failed >= 0)
        failed = overlay(&r, pages, n_pages, err);
    if (failed >= 0)
        failed = record_write(&r, ret_bytes, ret_length, err);
    record_release(&r);
    return failed < 0 ? err_wrap(err, failed, "laying words under %zu pages", n_pages) : 0;
}
