/* A text layer is believed only where a person sees the same. */
#include "tests/unit/pipeline-open/made.h"

#define FULL_PICTURE "q 595 0 0 842 0 0 cm /I Do Q\n"

/* Opens one A4 page and tells why it must be read, "" when it need not. */
static const char *why_of(struct made *m, const char *content, int width, int height)
{
    made_init(m);
    pdf_page_made(m, MADE_A4, content, width, height);
    made_open(m);
    assert_int_equal(m->opened.pages[0].needs_reading, m->opened.pages[0].why_read != NULL);
    return m->opened.pages[0].why_read ? m->opened.pages[0].why_read : "";
}

static void visible_text_is_trusted(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(0, "0 g");
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m, text, 0, 0), "");
    assert_non_null(made_word(&m, "1250.00"));
    made_release(&m);
}

static void text_hidden_over_a_scan_is_not(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(3, "0 g");
    AUTO_FREE char *content = mem_printf(FULL_PICTURE "%s", text);
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m, content, 400, 560), "invisible_text");
    assert_int_equal(m.opened.pages[0].page->n_words, 0);
    made_release(&m);
}

static void text_printed_over_a_letterhead_is_trusted(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(0, "0 g");
    AUTO_FREE char *content = mem_printf(FULL_PICTURE "%s", text);
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m, content, 400, 560), "");
    assert_non_null(made_word(&m, "1250.00"));
    made_release(&m);
}

static void one_hidden_word_among_visible_ones_is_dropped(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(0, "0 g");
    AUTO_FREE char *content = mem_printf(
        FULL_PICTURE "%sBT 3 Tr /F 10 Tf 1 0 0 1 400 300 Tm (9999.00) Tj ET", text);
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m, content, 400, 560), "");
    assert_non_null(made_word(&m, "1250.00"));
    assert_null(made_word(&m, "9999.00"));
    made_release(&m);
}

static void white_on_white_is_hidden(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(0, "0 g");
    AUTO_FREE char *content = mem_printf("%sBT 1 g /F 10 Tf 1 0 0 1 400 300 Tm (9999.00) Tj ET",
                                         text);
    AUTO_FREE char *all_white = pdf_invoice_text(0, "1 g");
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m, content, 0, 0), "");
    assert_null(made_word(&m, "9999.00"));
    made_release(&m);
    assert_string_equal(why_of(&m, all_white, 0, 0), "invisible_text");
    made_release(&m);
}

static void white_on_a_dark_band_is_seen(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(0, "0 g");
    AUTO_FREE char *content = mem_printf("0.2 g 390 290 150 25 re f %sBT 1 g /F 10 Tf "
                                         "1 0 0 1 400 300 Tm (8888.00) Tj ET",
                                         text);
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m, content, 0, 0), "");
    assert_non_null(made_word(&m, "8888.00"));
    made_release(&m);
}

static void shifted_letters_are_garbage(void **state)
{
    struct buf b;
    struct made m;

    (void)state;
    buf_init(&b, MADE_BYTES_MAX);
    buf_add_text(&b, "BT /F 10 Tf 50 780 Td 14 TL\n");
    for (int i = 0; i < 14; i++)
        buf_add_text(&b, "(WRWDO DPRXQW GXH LQYRLFH QXPEHU) Tj T*\n"); /* "total amount" plus 3 */
    buf_add_text(&b, "ET");
    assert_string_equal(why_of(&m, b.data, 0, 0), "garbage_text");
    assert_int_equal(m.opened.pages[0].page->n_words, 0);
    made_release(&m);
    buf_release(&b);
}

static void microscopic_text_is_no_text(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(0, "0 g");
    AUTO_FREE char *content = mem_printf("%sBT 0 g /F 0.2 Tf 1 0 0 1 400 300 Tm (9999.00) Tj ET",
                                         text);
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m, content, 0, 0), "");
    assert_null(made_word(&m, "9999.00"));
    made_release(&m);
}

static void a_picture_beside_little_text_is_read_as_well(void **state)
{
    struct made m;
    struct page_image image = {0};

    (void)state;
    assert_string_equal(why_of(&m,
                               "BT /F 10 Tf 50 780 Td 14 TL (Dear customer, please find the table) "
                               "Tj T* (below, with regards from all of us here) Tj ET "
                               "q 300 0 0 200 100 300 cm /I Do Q",
                               300, 200),
                        "mixed");
    assert_non_null(made_word(&m, "customer,"));
    assert_int_equal(made_image(&m, 1, &image), 0);
    assert_int_equal(image.n_regions, 1);
    assert_in_range((int)image.regions[0].x0, 99, 101);
    assert_in_range((int)image.regions[0].y0, 341, 343);
    assert_non_null(image.text);
    assert_int_equal(image.text->n_words, m.opened.pages[0].page->n_words);
    made_release(&m);
}

static void a_picture_beside_a_telling_text_is_decoration(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(0, "0 g");
    AUTO_FREE char *content = mem_printf("%sq 300 0 0 200 100 300 cm /I Do Q", text);
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m, content, 300, 200), "");
    made_release(&m);
}

static void a_logo_is_no_reason_to_read(void **state)
{
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m,
                               "BT /F 10 Tf 50 780 Td 14 TL (Dear customer, please find the table) "
                               "Tj T* (below, with regards from all of us here) Tj ET "
                               "q 120 0 0 60 400 760 cm /I Do Q",
                               120, 60),
                        "");
    made_release(&m);
}

static void empty_pages_are_blank_and_drawn_ones_are_not(void **state)
{
    struct made m;

    (void)state;
    assert_string_equal(why_of(&m, "", 0, 0), "");
    assert_true(m.opened.pages[0].page->is_blank);
    made_release(&m);
    assert_string_equal(why_of(&m, "100 100 200 100 re f", 0, 0), "scan");
    assert_false(m.opened.pages[0].page->is_blank);
    made_release(&m);
}

static void a_house_may_trust_no_layer_at_all(void **state)
{
    AUTO_FREE char *text = pdf_invoice_text(0, "0 g");
    struct open_limits limits = made_limits;
    struct made m;

    (void)state;
    made_init(&m);
    pdf_page_made(&m, MADE_A4, text, 0, 0);
    limits.trust_text_layer = false;
    made_open_limited(&m, &limits);
    assert_int_equal(m.result, 0);
    assert_string_equal(m.opened.pages[0].why_read, "scan");
    made_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visible_text_is_trusted),
        cmocka_unit_test(text_hidden_over_a_scan_is_not),
        cmocka_unit_test(text_printed_over_a_letterhead_is_trusted),
        cmocka_unit_test(one_hidden_word_among_visible_ones_is_dropped),
        cmocka_unit_test(white_on_white_is_hidden),
        cmocka_unit_test(white_on_a_dark_band_is_seen),
        cmocka_unit_test(shifted_letters_are_garbage),
        cmocka_unit_test(microscopic_text_is_no_text),
        cmocka_unit_test(a_picture_beside_little_text_is_read_as_well),
        cmocka_unit_test(a_picture_beside_a_telling_text_is_decoration),
        cmocka_unit_test(a_logo_is_no_reason_to_read),
        cmocka_unit_test(empty_pages_are_blank_and_drawn_ones_are_not),
        cmocka_unit_test(a_house_may_trust_no_layer_at_all),
    };

    open_warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
