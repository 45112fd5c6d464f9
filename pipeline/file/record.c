/*
 * One PDF/A of all pages, written with qpdf. Everything in it comes from the arguments, and the
 * file's identifier is computed from its content: the same input gives the same bytes.
 *
 * Fails when the colour profile or the font cannot be read, a picture cannot be encoded, or qpdf
 * refuses; qpdf's own text is passed on.
 */
#include "pipeline/file/objects.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

#include <string.h>

#define INTENT                                                                                     \
    "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) "         \
    "/Info (sRGB IEC61966-2.1) >>"

static int add_image(struct record *r, const struct page_image *image, int *ret_id, struct err *err)
{
    struct record_image made;
    char parameters[80];
    int failed = record_image_make(image, &made, err);

    if (failed < 0)
        return failed;
    snprintf(parameters, sizeof parameters, "<< /K -1 /Columns %d /Rows %d /BlackIs1 %s >>",
             made.width, made.height, made.is_inverted ? "true" : "false");
    *ret_id = record_add_stream(
        r,
        record_parse(r,
                     "<< /Type /XObject /Subtype /Image /Width %d /Height %d "
                     "/BitsPerComponent %d /ColorSpace %s >>",
                     made.width, made.height, made.bits, made.colours),
        made.bytes, made.length, made.filter, made.bits == 1 ? parameters : NULL);
    record_image_release(&made);
    return 0;
}

static int add_page(struct record *r, const struct record_page *source, struct err *err)
{
    const struct page *page = source->page;
    AUTO_BUF struct buf content;
    int image, failed = add_image(r, source->image, &image, err);
    qpdf_oh made, resources;

    if (failed < 0)
        return err_wrap(err, failed, "page %d", page->number);
    buf_init(&content, CONTENT_BYTES_MAX);
    record_picture(&content, page);
    record_words(&content, page, false);
    if (content.is_full)
        return err_set(err, ERR_LIMIT, "page %d has too many words for a record", page->number);
    made = record_parse(r, "<< /Type /Page /MediaBox [0 0 %.3f %.3f] >>", page->width_pt,
                        page->height_pt);
    record_refer(
        r, made, "/Contents",
        record_add_stream(r, record_parse(r, "<< >>"), content.data, content.length, NULL, NULL));
    resources = qpdf_oh_new_dictionary(r->pdf);
    qpdf_oh_replace_key(r->pdf, resources, "/XObject",
                        record_refer(r, record_parse(r, "<< >>"), "/Im", image));
    qpdf_oh_replace_key(r->pdf, resources, "/Font",
                        record_refer(r, record_parse(r, "<< >>"), RECORD_FONT, r->font_id));
    qpdf_oh_replace_key(r->pdf, made, "/Resources", resources);
    qpdf_add_page(r->pdf, r->pdf, qpdf_make_indirect_object(r->pdf, made), QPDF_FALSE);
    return 0;
}

static int add_colour_profile(struct record *r, struct err *err)
{
    AUTO_BUF struct buf profile;
    qpdf_oh intents;
    int failed, id;

    buf_init(&profile, RESOURCE_BYTES_MAX);
    failed = file_read(r->options->icc_path, &profile, err);
    if (failed < 0)
        return err_wrap(err, failed, "the colour profile");
    id = record_add_stream(r, record_parse(r, "<< /N 3 >>"), profile.data, profile.length, NULL,
                           NULL);
    intents = qpdf_oh_new_array(r->pdf);
    qpdf_oh_append_item(r->pdf, intents,
                        record_refer(r, record_parse(r, INTENT), "/DestOutputProfile", id));
    qpdf_oh_replace_key(r->pdf, qpdf_get_root(r->pdf), "/OutputIntents", intents);
    return 0;
}

static void add_info(struct record *r, qpdf_oh info, const char *key, const char *value)
{
    if (value && value[0])
        qpdf_oh_replace_key(r->pdf, info, key, qpdf_oh_new_unicode_string(r->pdf, value));
}

static void add_metadata(struct record *r)
{
    qpdf_oh root = qpdf_get_root(r->pdf), info = qpdf_oh_new_dictionary(r->pdf);
    AUTO_BUF struct buf xmp;
    char date[24];
    int id;

    buf_init(&xmp, DICTIONARY_BYTES_MAX);
    record_xmp(&xmp, r->options);
    id = record_add_stream(r, record_parse(r, "<< /Type /Metadata /Subtype /XML >>"), xmp.data,
                           xmp.length, NULL, NULL);
    record_refer(r, root, "/Metadata", id);
    if (r->options->language[0])
        qpdf_oh_replace_key(r->pdf, root, "/Lang",
                            qpdf_oh_new_unicode_string(r->pdf, r->options->language));
    record_pdf_date(r->options->created_ms, date);
    qpdf_oh_replace_key(r->pdf, info, "/Title",
                        qpdf_oh_new_unicode_string(r->pdf, r->options->title));
    add_info(r, info, "/Author", r->options->author);
    add_info(r, info, "/Subject", r->options->subject);
    add_info(r, info, "/Keywords", r->options->keywords);
    qpdf_oh_replace_key(r->pdf, info, "/Producer",
                        qpdf_oh_new_unicode_string(r->pdf, "bilag " BILAG_VERSION));
    qpdf_oh_replace_key(r->pdf, info, "/CreationDate", qpdf_oh_new_string(r->pdf, date));
    qpdf_oh_replace_key(r->pdf, info, "/ModDate", qpdf_oh_new_string(r->pdf, date));
    qpdf_oh_replace_key(r->pdf, qpdf_get_trailer(r->pdf), "/Info",
                        qpdf_make_indirect_object(r->pdf, info));
}

static int build(struct record *r, const struct record_page *pages, size_t n_pages, struct err *err)
{
    size_t n_characters = 1;
    int failed;

    if (qpdf_empty_pdf(r->pdf) >= QPDF_ERRORS)
        return err_set(err, ERR_INTERNAL, "qpdf cannot begin a file");
    for (size_t i = 0; i < n_pages; i++) {
        size_t used = record_characters(pages[i].page);

        n_characters = used > n_characters ? used : n_characters;
    }
    failed = record_add_font(r, n_characters, err);
    for (size_t i = 0; failed >= 0 && i < n_pages; i++)
        failed = add_page(r, &pages[i], err);
    if (failed >= 0)
        failed = add_colour_profile(r, err);
    if (failed < 0)
        return failed;
    add_metadata(r);
    if (qpdf_has_error(r->pdf))
        return record_fail(r, err);
    return 0;
}

static int write_out(struct record *r, unsigned char **ret_bytes, size_t *ret_length,
                     struct err *err)
{
    int failed = record_begin_writing(r, err);

    if (failed < 0)
        return failed;
    qpdf_set_object_stream_mode(r->pdf, qpdf_o_disable); /* part 1 is PDF 1.4 */
    qpdf_force_pdf_version(r->pdf, r->options->part == 1 ? "1.4" : "1.7");
    return record_write(r, ret_bytes, ret_length, err);
}

int record_pdf(const struct record_page *pages, size_t n_pages,
               const struct record_options *options, unsigned char **ret_bytes, size_t *ret_length,
               struct err *err)
{
    struct record r;
    int failed;

    record_init(&r, options);
    failed = build(&r, pages, n_pages, err);
    if (failed >= 0)
        failed = write_out(&r, ret_bytes, ret_length, err);
    record_release(&r);
    if (failed < 0)
        return err_wrap(err, failed, "making a record of %zu pages", n_pages);
    return 0;
}
