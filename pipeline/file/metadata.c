/*
 * PDF/A wants the same title, dates and producer twice: in the XMP packet and in the old
 * information dictionary. Both are made from one set of options, to the second.
 */
#include "pipeline/file/record.h"

#include "base/buf.h"
#include "base/clock.h"

#include <string.h>

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
    buf_add_text(out, "</rdf:li></rdf:Alt></dc:title>\n</rdf:Description>\n"
                      "<rdf:Description rdf:about=\"\""
                      " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n");
    buf_printf(out, "<xmp:CreateDate>%sZ</xmp:CreateDate>\n<xmp:ModifyDate>%sZ</xmp:ModifyDate>\n",
               date, date);
    buf_add_text(out, "</rdf:Description>\n<rdf:Description rdf:about=\"\""
                      " xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n"
                      "<pdf:Producer>bilag " BILAG_VERSION "</pdf:Producer>\n"
                      "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>\n");
}
