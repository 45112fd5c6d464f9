/*
 * Attaches invoice XML to a finished PDF with qpdf: the embedded file, the name tree and the
 * associated-files array that Factur-X readers look in, and the XMP that names its profile. Written
 * aside and renamed; the identifier is made from the content, so the same input is the same bytes.
 */
#include "generator/einvoice.h"

#include <qpdf/qpdf-c.h>
#include <stdio.h>
#include <string.h>

static const char XMP[] =
    "<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF"
    " xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\""
    " xmlns:fx=\"urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#\""
    " fx:DocumentType=\"INVOICE\" fx:DocumentFileName=\"factur-x.xml\" fx:Version=\"1.0\""
    " fx:ConformanceLevel=\"EN 16931\"/></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>";

/* A stream object with these bytes, its type and subtype. */
static qpdf_oh add_stream(qpdf_data pdf, const char *text, const char *type, const char *subtype)
{
    qpdf_oh none = qpdf_oh_new_null(pdf);
    qpdf_oh stream = qpdf_oh_new_stream(pdf);
    qpdf_oh dict = qpdf_oh_get_dict(pdf, stream);

    qpdf_oh_replace_stream_data(pdf, stream, (const unsigned char *)text, strlen(text), none, none);
    qpdf_oh_replace_key(pdf, dict, "/Type", qpdf_oh_new_name(pdf, type));
    qpdf_oh_replace_key(pdf, dict, "/Subtype", qpdf_oh_new_name(pdf, subtype));
    return stream;
}

static void attach(qpdf_data pdf, const char *xml)
{
    qpdf_oh root = qpdf_get_root(pdf);
    qpdf_oh file = add_stream(pdf, xml, "/EmbeddedFile", "/text#2fxml");
    qpdf_oh embedded = qpdf_oh_new_dictionary(pdf);
    qpdf_oh spec = qpdf_oh_parse(pdf, "<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml)"
                                      " /AFRelationship /Alternative >>");
    qpdf_oh names = qpdf_oh_new_array(pdf);
    qpdf_oh files = qpdf_oh_new_dictionary(pdf);
    qpdf_oh tree = qpdf_oh_new_dictionary(pdf);
    qpdf_oh associated = qpdf_oh_new_array(pdf);

    qpdf_oh_replace_key(pdf, embedded, "/F", file);
    qpdf_oh_replace_key(pdf, embedded, "/UF", file);
    qpdf_oh_replace_key(pdf, spec, "/EF", embedded);
    spec = qpdf_make_indirect_object(pdf, spec);
    qpdf_oh_append_item(pdf, names, qpdf_oh_new_string(pdf, "factur-x.xml"));
    qpdf_oh_append_item(pdf, names, spec);
    qpdf_oh_replace_key(pdf, files, "/Names", names);
    qpdf_oh_replace_key(pdf, tree, "/EmbeddedFiles", files);
    qpdf_oh_append_item(pdf, associated, spec);
    qpdf_oh_replace_key(pdf, root, "/Names", tree);
    qpdf_oh_replace_key(pdf, root, "/AF", associated);
    qpdf_oh_replace_key(pdf, root, "/Metadata", add_stream(pdf, XMP, "/Metadata", "/XML"));
}

int facturx_attach(const char *path, const char *xml)
{
    g_autofree char *aside = g_strdup_printf("%s.part", path);
    qpdf_data pdf = qpdf_init();
    bool is_good = qpdf_read(pdf, path, NULL) < QPDF_ERRORS;

    if (is_good) {
        attach(pdf, xml);
        is_good = qpdf_init_write(pdf, aside) < QPDF_ERRORS;
    }
    if (is_good) {
        qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
        is_good = qpdf_write(pdf) < QPDF_ERRORS;
    }
    qpdf_cleanup(&pdf);
    if (!is_good || rename(aside, path) != 0) {
        fprintf(stderr, "%s: the invoice cannot be attached\n", path);
        return -1;
    }
    return 0;
}
