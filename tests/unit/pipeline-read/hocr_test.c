/* hOCR: nesting follows lines and blocks, text is escaped. */
#include "base/buf.h"
#include "models/page.h"
#include "pipeline/read/read.h"
#include "tests/unit/unit.h"

static void test_page(void **state)
{
    struct word words[] = {
        {"Smith", {10, 20, 40, 30}, 0.913f, 0, 0},
        {"&<Sons>", {45, 21, 80, 30.04f}, 1, 0, 0},
        {"Total", {10, 50, 40, 60}, 0.5f, 1, 1},
    };
    struct page page = {
        .number = 2, .width_pt = 595, .height_pt = 842, .words = words, .n_words = 3};
    struct buf out;

    (void)state;
    buf_init(&out, 10000);
    hocr_page(&out, &page);
    assert_string_equal(
        out.data,
        "<div class=\"ocr_page\" id=\"page_2_1\" title=\"bbox 0 0 5950 8420; ppageno 1; "
        "scan_res 720 720\">\n"
        "<div class=\"ocr_carea\" id=\"block_2_1\" title=\"bbox 100 200 800 300\">\n"
        "<span class=\"ocr_line\" id=\"line_2_1\" title=\"bbox 100 200 800 300\">\n"
        "<span class=\"ocrx_word\" id=\"word_2_1\" title=\"bbox 100 200 400 300; x_wconf 91\">"
        "Smith</span>\n"
        "<span class=\"ocrx_word\" id=\"word_2_2\" title=\"bbox 450 210 800 300; x_wconf 100\">"
        "&amp;&lt;Sons&gt;</span>\n"
        "</span>\n</div>\n"
        "<div class=\"ocr_carea\" id=\"block_2_3\" title=\"bbox 100 500 400 600\">\n"
        "<span class=\"ocr_line\" id=\"line_2_3\" title=\"bbox 100 500 400 600\">\n"
        "<span class=\"ocrx_word\" id=\"word_2_3\" title=\"bbox 100 500 400 600; x_wconf 50\">"
        "Total</span>\n"
        "</span>\n</div>\n</div>\n");
    buf_release(&out);
}

static void test_head_and_tail(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 10000);
    hocr_begin(&out, "a & b", "nb");
    hocr_end(&out);
    assert_non_null(strstr(out.data, "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"nb\">"));
    assert_non_null(strstr(out.data, "<title>a &amp; b</title>"));
    assert_non_null(strstr(out.data, "</body>\n</html>\n"));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_head_and_tail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
