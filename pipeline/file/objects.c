/*
 * The C interface of qpdf, as far as records need it. qpdf keeps its errors until asked; a failure
 * on the way shows at the end, in its own words.
 */
#include "pipeline/file/objects.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#include <string.h>

#define DESCRIPTOR                                                                                 \
    "<< /Type /FontDescriptor /FontName /GlyphLessFont /Flags 5 /FontBBox [0 0 500 1000] "         \
    "/ItalicAngle 0 /Ascent 1000 /Descent -1 /CapHeight 1000 /StemV 80 >>"
#define DESCENDANT                                                                                 \
    "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /GlyphLessFont /CIDSystemInfo "               \
    "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 >>"
#define FONT "<< /Type /Font /Subtype /Type0 /BaseFont /GlyphLessFont /Encoding /Identity-H >>"

void record_init(struct record *r, const struct record_options *options)
{
    *r = (struct record){.pdf = qpdf_init(), .options = options};
    qpdf_set_suppress_warnings(r->pdf, QPDF_TRUE);
    qpdf_silence_errors(r->pdf);
}

void record_release(struct record *r)
{
    qpdf_cleanup(&r->pdf);
}

qpdf_oh record_parse(struct record *r, const char *format, ...)
{
    AUTO_BUF struct buf source;
    va_list args;

    buf_init(&source, DICTIONARY_BYTES_MAX);
    va_start(args, format);
    buf_vprintf(&source, format, args);
    va_end(args);
    return qpdf_oh_parse(r->pdf, source.data);
}

int record_add(struct record *r, qpdf_oh object)
{
    return qpdf_oh_get_object_id(r->pdf, qpdf_make_indirect_object(r->pdf, object));
}

qpdf_oh record_reference(struct record *r, int id)
{
    return qpdf_get_object_by_id(r->pdf, id, 0);
}

qpdf_oh record_refer(struct record *r, qpdf_oh dictionary, const char *key, int id)
{
    qpdf_oh_replace_key(r->pdf, dictionary, key, record_reference(r, id));
    return dictionary;
}

void record_copy_keys(struct record *r, qpdf_oh from, qpdf_oh to)
{
    qpdf_oh_begin_dict_key_iter(r->pdf, from);
    while (qpdf_oh_dict_more_keys(r->pdf)) {
        const char *key = qpdf_oh_dict_next_key(r->pdf);

        qpdf_oh_replace_key(r->pdf, to, key, qpdf_oh_get_key(r->pdf, from, key));
    }
}

int record_add_stream(struct record *r, qpdf_oh dictionary, const void *bytes, size_t length,
                      const char *filter, const char *parameters)
{
    qpdf_oh stream = qpdf_oh_new_stream(r->pdf);

    record_copy_keys(r, dictionary, qpdf_oh_get_dict(r->pdf, stream));
    qpdf_oh_replace_stream_data(r->pdf, stream, bytes, length,
                                filter ? record_parse(r, "%s", filter) : qpdf_oh_new_null(r->pdf),
                                parameters ? record_parse(r, "%s", parameters)
                                           : qpdf_oh_new_null(r->pdf));
    return qpdf_oh_get_object_id(r->pdf, stream);
}

int record_add_font(struct record *r, size_t n_characters, struct err *err)
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
    file = record_add_stream(r, record_parse(r, "<< /Length1 %zu >>", program.length), program.data,
                             program.length, NULL, NULL);
    glyphs = record_add_stream(r, record_parse(r, "<< >>"), map.data, map.length, NULL, NULL);
    to_unicode = record_add_stream(r, record_parse(r, "<< >>"), unicode, strlen(unicode), NULL,
                                   NULL);
    descriptor = record_add(r, record_refer(r, record_parse(r, DESCRIPTOR), "/FontFile2", file));
    descendant = record_refer(r, record_parse(r, DESCENDANT), "/CIDToGIDMap", glyphs);
    record_refer(r, descendant, "/FontDescriptor", descriptor);
    descendants = qpdf_oh_new_array(r->pdf);
    qpdf_oh_append_item(r->pdf, descendants, record_reference(r, record_add(r, descendant)));
    font = record_refer(r, record_parse(r, FONT), "/ToUnicode", to_unicode);
    qpdf_oh_replace_key(r->pdf, font, "/DescendantFonts", descendants);
    r->font_id = record_add(r, font);
    return 0;
}

int record_fail(struct record *r, struct err *err)
{
    return err_set(err, ERR_INTERNAL, "qpdf: %s",
                   qpdf_get_error_full_text(r->pdf, qpdf_get_error(r->pdf)));
}

int record_begin_writing(struct record *r, struct err *err)
{
    if (qpdf_init_write_memory(r->pdf) >= QPDF_ERRORS)
        return record_fail(r, err);
    qpdf_set_decode_level(r->pdf, qpdf_dl_none);
    qpdf_set_compress_streams(r->pdf, QPDF_TRUE);
    qpdf_set_newline_before_endstream(r->pdf, QPDF_TRUE); /* PDF/A asks for it */
    qpdf_set_deterministic_ID(r->pdf, QPDF_TRUE);
    return 0;
}

int record_write(struct record *r, unsigned char **ret_bytes, size_t *ret_length, struct err *err)
{
    if (qpdf_write(r->pdf) >= QPDF_ERRORS)
        return record_fail(r, err);
    *ret_length = qpdf_get_buffer_length(r->pdf);
    *ret_bytes = mem_alloc(*ret_length);
    memcpy(*ret_bytes, qpdf_get_buffer(r->pdf), *ret_length);
    return 0;
}
