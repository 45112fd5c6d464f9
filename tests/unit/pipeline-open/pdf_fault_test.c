/* Each way a PDF can be wrong has its own fault, and a cut file never passes for a whole one. */
#include "tests/unit/pipeline-open/made.h"

static void refuse_objects(const char *pages, const char *trailer, const char *reason)
{
    struct made m;

    made_init(&m);
    buf_add_text(&m.file, "%PDF-1.4\n");
    pdf_object(&m, 1, "/Type/Catalog/Pages 2 0 R", NULL, 0);
    pdf_object(&m, 2, pages, NULL, 0);
    pdf_object(&m, 3, "/Type/Page/Parent 2 0 R" MADE_A4, NULL, 0);
    pdf_object(&m, 7, "/Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R", NULL, 0);
    pdf_end(&m, trailer);
    made_refused(&m, reason);
    made_release(&m);
}

static void page_trees_are_checked(void **state)
{
    (void)state;
    refuse_objects("/Type/Pages/Kids[]/Count 0", "", "no_pages");
    refuse_objects("/Type/Pages/Kids[7 0 R]/Count 1", "", "cyclic");
}

static void locked_files_say_so(void **state)
{
    (void)state;
    refuse_objects("/Type/Pages/Kids[3 0 R]/Count 1",
                   "/ID[(0123456789abcdef)(0123456789abcdef)]"
                   "/Encrypt<</Filter/Standard/V 1/R 2/P -4"
                   "/O(01234567890123456789012345678901)/U(01234567890123456789012345678901)>>",
                   "encrypted");
}

static void limits_come_first(void **state)
{
    struct open_limits limits = made_limits;
    struct made m;

    (void)state;
    made_init(&m);
    pdf_page_made(&m, MADE_A4, "", 0, 0);
    limits.file_bytes = 100;
    made_open_limited(&m, &limits);
    assert_string_equal(m.err.reason, "too_large");
    made_release(&m);

    made_init(&m);
    buf_add_text(&m.file, "%PDF-1.4\n");
    pdf_object(&m, 1, "/Type/Catalog/Pages 2 0 R", NULL, 0);
    pdf_object(&m, 2, "/Type/Pages/Kids[3 0 R 4 0 R]/Count 2", NULL, 0);
    pdf_object(&m, 3, "/Type/Page/Parent 2 0 R" MADE_A4, NULL, 0);
    pdf_object(&m, 4, "/Type/Page/Parent 2 0 R" MADE_A4, NULL, 0);
    pdf_end(&m, "");
    limits = made_limits;
    limits.pages = 1;
    made_open_limited(&m, &limits);
    assert_string_equal(m.err.reason, "too_many_pages");
    limits.pages = 2;
    made_open_limited(&m, &limits);
    assert_int_equal(m.result, 0);
    made_release(&m);
}

static void giants_are_refused_by_their_headers(void **state)
{
    struct made m;

    (void)state;
    made_init(&m);
    pdf_page_made(&m, "/MediaBox[0 0 900000 900000]", "", 0, 0);
    made_refused(&m, "too_many_pixels");
    made_release(&m);

    made_init(&m);
    buf_add_text(&m.file, "%PDF-1.4\n");
    pdf_object(&m, 8, "/Type/XObject/Subtype/Image/Width 35000/Height 35000", "", 0);
    made_refused(&m, "too_many_pixels");
    made_release(&m);
}

static void rubbish_is_corrupt(void **state)
{
    struct made m;

    (void)state;
    made_init(&m);
    buf_add_text(&m.file, "%PDF-1.4\n%%EOF\n");
    made_refused(&m, "corrupt");
    made_release(&m);
}

/* However little is missing, the result is a fault, never fewer pages. */
static void cut_files_are_refused_wherever_they_are_cut(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(0, "0 g");
    struct made whole;

    (void)state;
    made_init(&whole);
    pdf_page_made(&whole, MADE_A4, text, 100, 100);
    for (size_t percent = 0; percent < 100; percent += 5) {
        struct made cut;

        made_init(&cut);
        buf_add(&cut.file, whole.file.data, whole.file.length * percent / 100);
        made_open_limited(&cut, &made_limits);
        assert_true(cut.result < 0);
        assert_non_null(cut.err.reason);
        if (percent >= 5)
            assert_string_equal(cut.err.reason, "truncated");
        made_release(&cut);
    }
    made_release(&whole);
}

/* Poppler would find every object of this one and open it. */
static void a_file_without_its_last_line_is_cut(void **state)
{
    struct made m;

    (void)state;
    made_init(&m);
    pdf_page_made(&m, MADE_A4, "", 0, 0);
    m.file.length = (size_t)((char *)memmem(m.file.data, m.file.length, "startxref", 9) -
                             m.file.data);
    made_refused(&m, "truncated");
    made_release(&m);
}

static void pages_that_are_not_there_are_not_found(void **state)
{
    struct made m;
    struct page_image image = {0};

    (void)state;
    made_init(&m);
    pdf_page_made(&m, MADE_A4, "", 0, 0);
    assert_int_equal(made_image(&m, 0, &image), ERR_NOT_FOUND);
    assert_int_equal(made_image(&m, 2, &image), ERR_NOT_FOUND);
    assert_null(image.pix);
    made_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_trees_are_checked),
        cmocka_unit_test(locked_files_say_so),
        cmocka_unit_test(limits_come_first),
        cmocka_unit_test(giants_are_refused_by_their_headers),
        cmocka_unit_test(rubbish_is_corrupt),
        cmocka_unit_test(cut_files_are_refused_wherever_they_are_cut),
        cmocka_unit_test(a_file_without_its_last_line_is_cut),
        cmocka_unit_test(pages_that_are_not_there_are_not_found),
    };

    open_warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
