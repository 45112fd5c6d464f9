/*
 * PDF/A wants the same title, dates and producer twice: in the XMP packet and in the old
 * information dictionary. Both are made from one set of options, to the second.
 */
#include "pipeline/file/objects.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"

#include <string.h>

#define METADATA_BYTES_MAX 500 /* each; the packet has room for all */

void record_pdf_date(int64_t unix_ms, char text[24])
{
    char iso[CLOCK_TEXT_SIZE];
    int digits = 0;

    clock_format(unix_ms, iso);
    memcpy(text, "D:", 2);
    for (const char *p = iso; *p && digits < 14; p++)
        if (*p >= '0' && *p <= '9')
            text[2 + digits++] = *p;
    memcpy(text + 2 + digits, "Z", 2);
}

/* One property, when there is something to say. */
static void add_property(struct buf *out, const char *before, const char *value, const char *behind)
{
    if (!value || !value[0])
        return;
    buf_add_text(out, before);
    buf_add_markup(out, value);
    buf_add_text(out, behind);
}

void record_xmp(struct buf *out, const struct record_options *options)
{
    char date[CLOCK_TEXT_SIZE];

    clock_format(options->created_ms, date);
    date[19] = '\0'; /* whole seconds, as in the information dictionary */
    buf_add_text(out, "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                      "<rdf:Description rdf:about=\"\""
                      " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n");
    buf_printf(out, "<pdfaid:part>%d</pdfaid:part>\n", options->part);
    buf_add_text(out, "<pdfaid:conformance>B</pdfaid:conformance>\n</rdf:Description>\n"
                      "<rdf:Description rdf:about=\"\""
                      " xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"
                      "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
    buf_add_markup(out, options->title);
    buf_add_text(out, "</rdf:li></rdf:Alt></dc:title>\n");
    add_property(out, "<dc:creator><rdf:Seq><rdf:li>", options->author,
                 "</rdf:li></rdf:Seq></dc:creator>\n");
    add_property(out, "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">", options->subject,
                 "</rdf:li></rdf:Alt></dc:description>\n");
    buf_add_text(out, "</rdf:Description>\n"
                      "<rdf:Description rdf:about=\"\""
                      " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n");
    buf_printf(out, "<xmp:CreateDate>%sZ</xmp:CreateDate>\n<xmp:ModifyDate>%sZ</xmp:ModifyDate>\n",
               date, date);
    buf_add_text(out, "</rdf:Description>\n<rdf:Description rdf:about=\"\""
                      " xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n");
    add_property(out, "<pdf:Keywords>", options->keywords, "</pdf:Keywords>\n");
    buf_add_text(out, "<pdf:Producer>bilag " BILAG_VERSION "</pdf:Producer>\n"
                      "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>\n");
}

static void keep_key(struct arena *a, struct record *r, const char *key, const char **to)
{
    qpdf_oh info = qpdf_oh_get_key(r->pdf, qpdf_get_trailer(r->pdf), "/Info");
    qpdf_oh text = qpdf_oh_get_key(r->pdf, info, key);
    const char *value = qpdf_oh_is_string(r->pdf, text) ? qpdf_oh_get_utf8_value(r->pdf, text) : "";
    size_t length = strnlen(value, METADATA_BYTES_MAX);

    if (length > 0)
        *to = utf8_cleaned(a, value, length);
}

void record_read_metadata(struct arena *a, const unsigned char *bytes, size_t length,
                          struct record_options *options)
{
    struct record r;

    record_init(&r, options);
    if (qpdf_read_memory(r.pdf, "original", (const char *)bytes, length, NULL) < QPDF_ERRORS) {
        keep_key(a, &r, "/Title", &options->title);
        keep_key(a, &r, "/Author", &options->author);
        keep_key(a, &r, "/Subject", &options->subject);
        keep_key(a, &r, "/Keywords", &options->keywords);
    }
    record_release(&r);
}
