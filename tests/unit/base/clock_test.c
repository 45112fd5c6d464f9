/* Clocks: text of a moment, and standing still for tests. */
#include "base/clock.h"

#include "tests/unit/unit.h"

static void moments_are_written_in_utc(void **state)
{
    char text[CLOCK_TEXT_SIZE];

    (void)state;
    clock_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    clock_format(1795269839123, text);
    assert_string_equal(text, "2026-11-21T14:03:59.123Z");
}

static void a_fake_clock_stands_until_let_go(void **state)
{
    int64_t before = clock_mono_ms();

    (void)state;
    clock_fake(5000, 70);
    assert_int_equal(clock_now_ms(), 5000);
    assert_int_equal(clock_mono_ms(), 70);
    clock_fake(-1, -1);
    assert_true(clock_now_ms() > 1700000000000);
    assert_true(clock_mono_ms() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_written_in_utc),
        cmocka_unit_test(a_fake_clock_stands_until_let_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
