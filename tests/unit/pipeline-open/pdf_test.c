/* Text layers become words in place, attachments come out, pages become pictures. */
#include "tests/unit/pipeline-open/made.h"

#include <leptonica/allheaders.h>
#include <math.h>

static void words_stand_where_they_are_printed(void **state)
{
    struct made m;
    const struct word *total, *amount;

    (void)state;
    made_init(&m);
    pdf_page_made(&m, MADE_A4,
                  "BT /F 10 Tf 1 0 0 1 72 742 Tm (Total amount due) Tj "
                  "1 0 0 1 400 742 Tm (1.250,00) Tj 1 0 0 1 72 700 Tm (Thank you, come again.) Tj "
                  "1 0 0 1 72 680 Tm (One more line of plain text.) Tj ET",
                  0, 0);
    made_open(&m);
    assert_int_equal(m.opened.kind, FILE_PDF);
    assert_int_equal(m.opened.n_pages, 1);
    assert_false(m.opened.pages[0].needs_reading);
    assert_int_equal(m.opened.pages[0].page->source, PAGE_TEXT);
    total = made_word(&m, "Total");
    amount = made_word(&m, "1.250,00");
    assert_non_null(total);
    assert_non_null(amount);
    assert_true(fabsf(total->box.x0 - 72) < 1);
    assert_true(total->box.y0 > 88 && total->box.y1 < 104); /* baseline 842 - 742 = 100 */
    assert_int_equal(total->line, amount->line);
    assert_true(total->confidence == 1);
    assert_true(made_word(&m, "again.")->line > total->line);
    made_release(&m);
}

static void turned_pages_come_upright(void **state)
{
    struct made m;
    const struct word *word;

    (void)state;
    made_init(&m);
    /* Written up the sheet, and the sheet is turned a quarter clockwise: upright for a person. */
    pdf_page_made(&m, MADE_A4 "/Rotate 90",
                  "BT /F 10 Tf 0 1 -1 0 100 50 Tm (Upright and all the rest of the line) Tj ET", 0,
                  0);
    made_open(&m);
    assert_true(fabsf(m.opened.pages[0].page->width_pt - 842) < 1);
    word = made_word(&m, "Upright");
    assert_non_null(word);
    assert_true(word->box.x1 - word->box.x0 > word->box.y1 - word->box.y0);
    assert_true(fabsf(word->box.x0 - 50) < 1);
    made_release(&m);
}

#define XML_HEAD                                                                                   \
    "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' "                     \
    "xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>"

static void embedded_invoices_are_read_and_the_rest_handed_on(void **state)
{
    static const char xml[] = XML_HEAD "<cbc:ID>F-7</cbc:ID></Invoice>";
    struct made m;

    (void)state;
    made_init(&m);
    buf_add_text(&m.file, "%PDF-1.7\n");
    pdf_object(&m, 1,
               "/Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)6 0 R(b)8 0 R]>>>>",
               NULL, 0);
    pdf_object(&m, 2, "/Type/Pages/Kids[3 0 R]/Count 1", NULL, 0);
    pdf_object(&m, 3, "/Type/Page/Parent 2 0 R" MADE_A4, NULL, 0);
    pdf_object(&m, 6, "/Type/Filespec/F(factur-x.xml)/EF<</F 7 0 R>>", NULL, 0);
    pdf_object(&m, 7, "/Type/EmbeddedFile", xml, sizeof xml - 1);
    pdf_object(&m, 8, "/Type/Filespec/F(hours.csv)/EF<</F 9 0 R>>", NULL, 0);
    pdf_object(&m, 9, "/Type/EmbeddedFile", "a;b", 3);
    pdf_end(&m, "");
    made_open(&m);
    assert_non_null(m.opened.einvoice);
    assert_string_equal(document_value(m.opened.einvoice, FIELD_INVOICE_NUMBER), "F-7");
    assert_int_equal(m.opened.n_attachments, 1);
    assert_string_equal(m.opened.attachments[0].name, "hours.csv");
    assert_int_equal(m.opened.attachments[0].length, 3);
    made_release(&m);
}

#define FIELD_AT(box) "/Type/Annot/Subtype/Widget/Rect[" box "]/DA(/F 10 Tf)"

static void filled_in_fields_are_words(void **state)
{
    struct made m;
    const struct word *name;

    (void)state;
    made_init(&m);
    buf_add_text(&m.file, "%PDF-1.7\n");
    pdf_object(&m, 1, "/Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R 6 0 R 7 0 R]>>", NULL, 0);
    pdf_object(&m, 2, "/Type/Pages/Kids[3 0 R]/Count 1", NULL, 0);
    pdf_object(&m, 3, "/Type/Page/Parent 2 0 R/Annots[5 0 R 6 0 R 7 0 R 8 0 R]" MADE_A4, NULL, 0);
    pdf_object(&m, 5, FIELD_AT("100 700 300 720") "/FT/Tx/T(a)/V(Jamie Doe)", NULL, 0);
    pdf_object(&m, 6, FIELD_AT("100 600 300 620") "/FT/Tx/T(b)/V(secret)/F 2", NULL, 0);
    pdf_object(
        &m, 7,
        FIELD_AT("50 700 60 710") "/FT/Btn/T(c)/V/Yes/AS/Yes/AP<</N<</Yes 9 0 R/Off 9 0 R>>>>",
        NULL, 0);
    pdf_object(&m, 8,
               "/Type/Annot/Subtype/FreeText/Rect[400 500 500 520]/Contents(approved)/DA(/F 10 Tf)",
               NULL, 0);
    pdf_object(&m, 9, "/Type/XObject/Subtype/Form/BBox[0 0 10 10]", "", 0);
    pdf_end(&m, "");
    made_open(&m);
    name = made_word(&m, "Doe");
    assert_non_null(name);
    assert_in_range((int)name->box.x0, 120, 150);
    assert_in_range((int)name->box.y0, 122, 132); /* 842 - 720 = 122 */
    assert_null(made_word(&m, "secret"));
    assert_non_null(made_word(&m, "\xe2\x98\x92"));
    assert_non_null(made_word(&m, "approved"));
    made_release(&m);
}

static void a_scan_is_painted_at_its_own_resolution(void **state)
{
    struct made m;
    struct page_image image = {0};

    (void)state;
    made_init(&m);
    pdf_page_made(&m, "/MediaBox[0 0 288 360]",
                  "q 288 0 0 360 0 0 cm /I Do Q 0 g 0 359.64 288 .36 re f", 800, 1000);
    made_open(&m);
    assert_true(m.opened.pages[0].needs_reading);
    assert_string_equal(m.opened.pages[0].why_read, "scan");
    assert_int_equal(made_image(&m, 1, &image), 0);
    assert_int_equal(pixGetWidth(image.pix), 800);
    assert_int_equal(pixGetHeight(image.pix), 1000);
    assert_int_equal(pixGetDepth(image.pix), 1); /* it holds black and white only */
    assert_true(fabsf(image.dpi_x - 200) < 0.5f);
    assert_true(fabsf(image.width_pt - 288) < 0.5f);
    made_release(&m);
}

static void posters_shrink_to_the_limit_of_pixels(void **state)
{
    struct open_limits limits = made_limits;
    struct made m;
    struct page_image image = {0};

    (void)state;
    made_init(&m);
    pdf_page_made(&m, "/MediaBox[0 0 1684 2384]", "0 0 800 800 re f", 0, 0); /* A1 */
    limits.pixels = 2000000;
    assert_int_equal(open_page_image(&m.arena, (const unsigned char *)m.file.data, m.file.length, 1,
                                     &limits, &image, &m.err),
                     0);
    assert_in_range(pixGetWidth(image.pix) * pixGetHeight(image.pix), 1900000, 2000000);
    made_release(&m);
}

static void a_preview_has_the_height_asked_for(void **state)
{
    struct made m;
    struct Pix *pix = NULL;

    (void)state;
    made_init(&m);
    pdf_page_made(&m, MADE_A4, "0 0 100 100 re f", 0, 0);
    assert_int_equal(open_page_preview(&m.arena, (const unsigned char *)m.file.data, m.file.length,
                                       1, 421, &made_limits, &pix, &m.err),
                     0);
    assert_int_equal(pixGetHeight(pix), 421);
    assert_in_range(pixGetWidth(pix), 297, 298);
    made_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_stand_where_they_are_printed),
        cmocka_unit_test(turned_pages_come_upright),
        cmocka_unit_test(embedded_invoices_are_read_and_the_rest_handed_on),
        cmocka_unit_test(filled_in_fields_are_words),
        cmocka_unit_test(a_scan_is_painted_at_its_own_resolution),
        cmocka_unit_test(posters_shrink_to_the_limit_of_pixels),
        cmocka_unit_test(a_preview_has_the_height_asked_for),
    };

    open_warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
