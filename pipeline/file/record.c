/*
 * One PDF/A of all pages, written with qpdf. Everything in it comes from the arguments, and the
 * file's identifier is computed from its content: the same input gives the same bytes.
 *
 * Fails when the colour profile or the font cannot be read, a picture cannot be encoded, or qpdf
 * refuses; qpdf's own text is passed on.
 */
#include "pipeline/file/record.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#include <qpdf/qpdf-c.h>
#include <string.h>

#define RESOURCE_BYTES_MAX ((size_t)4 << 20) /* font, colour profile */
#define CONTENT_BYTES_MAX ((size_t)16 << 20) /* of one page: 20,000 words need about 2 MB */
#define DICTIONARY_BYTES_MAX ((size_t)8192)

#define DESCRIPTOR                                                                                 \
    "<< /Type /FontDescriptor /FontName /GlyphLessFont /Flags 5 /FontBBox [0 0 500 1000] "         \
    "/ItalicAngle 0 /Ascent 1000 /Descent -1 /CapHeight 1000 /StemV 80 >>"
#define DESCENDANT                                                                                 \
    "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /GlyphLessFont /CIDSystemInfo "               \
    "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 >>"
#define FONT "<< /Type /Font /Subtype /Type0 /BaseFont /GlyphLessFont /Encoding /Identity-H >>"
#define INTENT                                                                                     \
    "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) "         \
    "/Info (sRGB IEC61966-2.1) >>"

struct record {
    qpdf_data pdf;
    const struct record_options *options;
    int font_id; /* object number of the one font all pages share */
};

/* An object from its PDF source; without references, which the C interface does not parse. */
static qpdf_oh parse(struct record *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static qpdf_oh parse(struct record *r, const char *format, ...)
{
    AUTO_BUF struct buf source;
    va_list args;

    buf_init(&source, DICTIONARY_BYTES_MAX);
    va_start(args, format);
    buf_vprintf(&source, format, args);
    va_end(args);
    return qpdf_oh_parse(r->pdf, source.data);
}

/* A new object in the file; returns its number. */
static int add_object(struct record *r, qpdf_oh object)
{
    return qpdf_oh_get_object_id(r->pdf, qpdf_make_indirect_object(r->pdf, object));
}

static qpdf_oh reference(struct record *r, int id)
{
    return qpdf_get_object_by_id(r->pdf, id, 0);
}

/* Sets dictionary[key] to a reference; returns the dictionary. */
static qpdf_oh refer(struct record *r, qpdf_oh dictionary, const char *key, int id)
{
    qpdf_oh_replace_key(r->pdf, dictionary, key, reference(r, id));
    return dictionary;
}

/* A new stream with this dictionary; `filter` is NULL for bytes that are not compressed yet. */
static int add_stream(struct record *r, qpdf_oh dictionary, const void *bytes, size_t length,
                      const char *filter, const char *parameters)
{
    qpdf_oh stream = qpdf_oh_new_stream(r->pdf), own = qpdf_oh_get_dict(r->pdf, stream);

    qpdf_oh_begin_dict_key_iter(r->pdf, dictionary);
    while (qpdf_oh_dict_more_keys(r->pdf)) {
        const char *key = qpdf_oh_dict_next_key(r->pdf);

        qpdf_oh_replace_key(r->pdf, own, key, qpdf_oh_get_key(r->pdf, dictionary, key));
    }
    qpdf_oh_replace_stream_data(r->pdf, stream, bytes, length,
                                filter ? parse(r, "%s", filter) : qpdf_oh_new_null(r->pdf),
                                parameters ? parse(r, "%s", parameters) : qpdf_oh_new_null(r->pdf));
    return qpdf_oh_get_object_id(r->pdf, stream);
}

static int add_font(struct record *r, size_t n_characters, struct err *err)
{
    const char *unicode = record_unicode_map();
    AUTO_BUF struct buf program, map;
    int failed, file, descriptor, glyphs, to_unicode;
    qpdf_oh descendant, descendants, font;

    buf_init(&program, RESOURCE_BYTES_MAX);
    buf_init(&map, 2 * RECORD_CHARACTERS_MAX);
    failed = file_read(r->options->font_path, &program, err);
    if (failed < 0)
        return err_wrap(err, failed, "the font for invisible text");
    record_glyph_map(&map, n_characters);
    file = add_stream(r, parse(r, "<< /Length1 %zu >>", program.length), program.data,
                      program.length, NULL, NULL);
    glyphs = add_stream(r, parse(r, "<< >>"), map.data, map.length, NULL, NULL);
    to_unicode = add_stream(r, parse(r, "<< >>"), unicode, strlen(unicode), NULL, NULL);
    descriptor = add_object(r, refer(r, parse(r, DESCRIPTOR), "/FontFile2", file));
    descendant = refer(r, parse(r, DESCENDANT), "/CIDToGIDMap", glyphs);
    refer(r, descendant, "/FontDescriptor", descriptor);
    descendants = qpdf_oh_new_array(r->pdf);
    qpdf_oh_append_item(r->pdf, descendants, reference(r, add_object(r, descendant)));
    font = refer(r, parse(r, FONT), "/ToUnicode", to_unicode);
    qpdf_oh_replace_key(r->pdf, font, "/DescendantFonts", descendants);
    r->font_id = add_object(r, font);
    return 0;
}

static int add_image(struct record *r, const struct page_image *image, int *ret_id, struct err *err)
{
    struct record_image made;
    char parameters[80];
    int failed = record_image_make(image, &made, err);

    if (failed < 0)
        return failed;
    snprintf(parameters, sizeof parameters, "<< /K -1 /Columns %d /Rows %d /BlackIs1 %s >>",
             made.width, made.height, made.is_inverted ? "true" : "false");
    *ret_id = add_stream(r,
                         parse(r,
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
    record_content(&content, page);
    if (content.is_full)
        return err_set(err, ERR_LIMIT, "page %d has too many words for a record", page->number);
    made = parse(r, "<< /Type /Page /MediaBox [0 0 %.3f %.3f] >>", page->width_pt, page->height_pt);
    refer(r, made, "/Contents",
          add_stream(r, parse(r, "<< >>"), content.data, content.length, NULL, NULL));
    resources = qpdf_oh_new_dictionary(r->pdf);
    qpdf_oh_replace_key(r->pdf, resources, "/XObject", refer(r, parse(r, "<< >>"), "/Im", image));
    qpdf_oh_replace_key(r->pdf, resources, "/Font", refer(r, parse(r, "<< >>"), "/F", r->font_id));
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
    id = add_stream(r, parse(r, "<< /N 3 >>"), profile.data, profile.length, NULL, NULL);
    intents = qpdf_oh_new_array(r->pdf);
    qpdf_oh_append_item(r->pdf, intents, refer(r, parse(r, INTENT), "/DestOutputProfile", id));
    qpdf_oh_replace_key(r->pdf, qpdf_get_root(r->pdf), "/OutputIntents", intents);
    return 0;
}

static void add_metadata(struct record *r)
{
    qpdf_oh root = qpdf_get_root(r->pdf), info = qpdf_oh_new_dictionary(r->pdf);
    AUTO_BUF struct buf xmp;
    char date[24];
    int id;

    buf_init(&xmp, DICTIONARY_BYTES_MAX);
    record_xmp(&xmp, r->options);
    id = add_stream(r, parse(r, "<< /Type /Metadata /Subtype /XML >>"), xmp.data, xmp.length, NULL,
                    NULL);
    refer(r, root, "/Metadata", id);
    if (r->options->language[0])
        qpdf_oh_replace_key(r->pdf, root, "/Lang",
                            qpdf_oh_new_unicode_string(r->pdf, r->options->language));
    record_pdf_date(r->options->created_ms, date);
    qpdf_oh_replace_key(r->pdf, info, "/Title",
                        qpdf_oh_new_unicode_string(r->pdf, r->options->title));
    qpdf_oh_replace_key(r->pdf, info, "/Producer",
                        qpdf_oh_new_unicode_string(r->pdf, "bilag " BILAG_VERSION));
    qpdf_oh_replace_key(r->pdf, info, "/CreationDate", qpdf_oh_new_string(r->pdf, date));
    qpdf_oh_replace_key(r->pdf, info, "/ModDate", qpdf_oh_new_string(r->pdf, date));
    qpdf_oh_replace_key(r->pdf, qpdf_get_trailer(r->pdf), "/Info",
                        qpdf_make_indirect_object(r->pdf, info));
}

static int write_out(struct record *r, unsigned char **ret_bytes, size_t *ret_length,
                     struct err *err)
{
    if (qpdf_init_write_memory(r->pdf) >= QPDF_ERRORS)
        return err_set(err, ERR_INTERNAL, "qpdf: %s",
                       qpdf_get_error_full_text(r->pdf, qpdf_get_error(r->pdf)));
    qpdf_set_object_stream_mode(r->pdf, qpdf_o_disable); /* part 1 is PDF 1.4 */
    qpdf_set_decode_level(r->pdf, qpdf_dl_none);
    qpdf_set_compress_streams(r->pdf, QPDF_TRUE);
    qpdf_set_newline_before_endstream(r->pdf, QPDF_TRUE); /* PDF/A asks for it */
    qpdf_set_deterministic_ID(r->pdf, QPDF_TRUE);
    qpdf_force_pdf_version(r->pdf, r->options->part == 1 ? "1.4" : "1.7");
    if (qpdf_write(r->pdf) >= QPDF_ERRORS)
        return err_set(err, ERR_INTERNAL, "qpdf: %s",
                       qpdf_get_error_full_text(r->pdf, qpdf_get_error(r->pdf)));
    *ret_length = qpdf_get_buffer_length(r->pdf);
    *ret_bytes = mem_alloc(*ret_length);
    memcpy(*ret_bytes, qpdf_get_buffer(r->pdf), *ret_length);
    return 0;
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
    failed = add_font(r, n_characters, err);
    for (size_t i = 0; failed >= 0 && i < n_pages; i++)
        failed = add_page(r, &pages[i], err);
    if (failed >= 0)
        failed = add_colour_profile(r, err);
    if (failed < 0)
        return failed;
    add_metadata(r);
    if (qpdf_has_error(r->pdf))
        return err_set(err, ERR_INTERNAL, "qpdf: %s",
                       qpdf_get_error_full_text(r->pdf, qpdf_get_error(r->pdf)));
    return 0;
}

int record_pdf(const struct record_page *pages, size_t n_pages,
               const struct record_options *options, unsigned char **ret_bytes, size_t *ret_length,
               struct err *err)
{
    struct record r = {.pdf = qpdf_init(), .options = options};
    int failed;

    qpdf_set_suppress_warnings(r.pdf, QPDF_TRUE);
    qpdf_silence_errors(r.pdf);
    failed = build(&r, pages, n_pages, err);
    if (failed >= 0)
        failed = write_out(&r, ret_bytes, ret_length, err);
    qpdf_cleanup(&r.pdf);
    if (failed < 0)
        return err_wrap(err, failed, "making a record of %zu pages", n_pages);
    return 0;
}
