/* Errors: told once, wrapped on the way up, cut rather than lost; every code has a name. */
#include "base/err.h"

#include "tests/unit/unit.h"

#include <errno.h>

static void setting_fills_code_and_text(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(err_set(&err, ERR_LIMIT, "page %d", 7), ERR_LIMIT);
    assert_int_equal(err.code, ERR_LIMIT);
    assert_string_equal(err.text, "page 7");
    assert_null(err.reason);
    assert_int_equal(err_set(NULL, ERR_IO, "nobody listens"), ERR_IO);
}

static void wrapping_keeps_the_reason_and_the_inner_text(void **state)
{
    struct err err = {0};

    (void)state;
    err_set(&err, ERR_INVALID, "no such box");
    err.reason = "corrupt";
    assert_int_equal(err_wrap(&err, ERR_IO, "page %d", 3), ERR_IO);
    assert_string_equal(err.text, "page 3: no such box");
    assert_string_equal(err.reason, "corrupt");
    assert_int_equal(err.code, ERR_IO);
}

static void the_system_s_words_are_added(void **state)
{
    struct err err = {0};

    (void)state;
    errno = ENOSPC;
    err_errno(&err, ERR_IO, "writing %s", "ledger");
    assert_string_equal(err.text, "writing ledger: No space left on device");
    assert_int_equal(errno, ENOSPC);
}

static void long_texts_are_cut(void **state)
{
    struct err err = {0};
    char text[1000];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    err_set(&err, ERR_IO, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    err_wrap(&err, ERR_IO, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void every_code_has_a_name_and_an_exit_status(void **state)
{
    (void)state;
    for (int code = ERR_INTERNAL; code < 0; code++) {
        assert_string_not_equal(err_name(code), "unknown");
        assert_in_range(err_exit_status(code), 1, 5);
    }
    assert_string_equal(err_name(-999), "unknown");
    assert_int_equal(err_exit_status(0), 0);
    assert_int_equal(err_exit_status(ERR_USAGE), 2);
    assert_int_equal(err_exit_status(ERR_NOT_FOUND), 3);
    assert_int_equal(err_exit_status(ERR_CONFLICT), 4);
    assert_int_equal(err_exit_status(ERR_UNREACHABLE), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_fills_code_and_text),
        cmocka_unit_test(wrapping_keeps_the_reason_and_the_inner_text),
        cmocka_unit_test(the_system_s_words_are_added),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(every_code_has_a_name_and_an_exit_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
