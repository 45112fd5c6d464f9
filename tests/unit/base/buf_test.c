/* Buffers: growth, the poison at the maximum, and the NUL that is always there. */
#include "base/buf.h"

#include "base/mem.h"
#include "tests/unit/unit.h"

static void an_empty_buffer_is_an_empty_text(void **state)
{
    AUTO_BUF struct buf b;

    (void)state;
    buf_init(&b, 10);
    assert_string_equal(b.data, "");
    buf_clear(&b);
    assert_int_equal(b.length, 0);
}

static void appends_follow_each_other(void **state)
{
    AUTO_BUF struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_add_text(&b, "net ");
    buf_add_char(&b, '=');
    buf_printf(&b, " %d.%02d", 12, 5);
    buf_add(&b, "\0x", 2);
    assert_int_equal(b.length, 13);
    assert_memory_equal(b.data, "net = 12.05\0x", 13);
    assert_int_equal(b.data[b.length], 0);
}

static void the_maximum_fits_exactly(void **state)
{
    AUTO_BUF struct buf b;

    (void)state;
    buf_init(&b, 5);
    buf_add_text(&b, "12345");
    assert_false(b.is_full);
    buf_add_char(&b, '6');
    assert_true(b.is_full);
    assert_string_equal(b.data, "12345");
}

static void a_full_buffer_takes_nothing_more(void **state)
{
    AUTO_BUF struct buf b;

    (void)state;
    buf_init(&b, 5);
    buf_add_text(&b, "123");
    buf_printf(&b, "%s", "456");
    assert_true(b.is_full);
    buf_add_text(&b, "4"); /* would fit, but the chain is broken already */
    assert_string_equal(b.data, "123");
    assert_null(buf_reserve(&b, 0));
    buf_clear(&b);
    buf_add_text(&b, "45");
    assert_string_equal(b.data, "45");
}

static void huge_lengths_do_not_wrap(void **state)
{
    AUTO_BUF struct buf b;

    (void)state;
    buf_init(&b, SIZE_MAX);
    b.max = SIZE_MAX - 10;
    buf_add_text(&b, "abc");
    assert_null(buf_reserve(&b, SIZE_MAX - 12));
    assert_true(b.is_full);
}

static void markup_is_escaped(void **state)
{
    AUTO_BUF struct buf b;

    (void)state;
    buf_init(&b, 100);
    buf_add_markup(&b, "Å & <b> \"it's\"");
    assert_string_equal(b.data, "Å &amp; &lt;b&gt; &quot;it&#39;s&quot;");
}

static void taking_hands_the_text_over(void **state)
{
    AUTO_BUF struct buf b;
    AUTO_FREE char *text = NULL, *nothing = NULL;

    (void)state;
    buf_init(&b, 100);
    buf_add_text(&b, "whole");
    text = buf_take(&b);
    nothing = buf_take(&b);
    assert_string_equal(text, "whole");
    assert_string_equal(nothing, "");
    assert_int_equal(b.length, 0);
    assert_int_equal(b.max, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_is_an_empty_text),
        cmocka_unit_test(appends_follow_each_other),
        cmocka_unit_test(the_maximum_fits_exactly),
        cmocka_unit_test(a_full_buffer_takes_nothing_more),
        cmocka_unit_test(huge_lengths_do_not_wrap),
        cmocka_unit_test(markup_is_escaped),
        cmocka_unit_test(taking_hands_the_text_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
