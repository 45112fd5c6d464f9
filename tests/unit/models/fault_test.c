/* Faults: the table has no holes, tokens are unique, and each ends in the right kind of error. */
#include "models/fault.h"

#include "base/err.h"
#include "tests/unit/unit.h"

static void the_table_is_complete(void **state)
{
    (void)state;
    for (int i = 0; i < FAULT_COUNT; i++) {
        const struct fault_info *info = fault_info((enum fault)i);

        assert_non_null(info->name);
        assert_true(strlen(info->sentence) > 10);
        assert_true(strlen(info->remedy) > 10);
        assert_int_equal(strspn(info->name, "abcdefghijklmnopqrstuvwxyz_"), strlen(info->name));
        assert_ptr_equal(fault_find(info->name), info); /* found first, so unique */
    }
    assert_null(fault_find("none"));
    assert_null(fault_find(NULL));
}

static void an_error_carries_the_token_and_the_detail(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(fault_set(&err, FAULT_TOO_MANY_PAGES, "%d of %d", 700, 500), ERR_LIMIT);
    assert_string_equal(err.reason, "too_many_pages");
    assert_string_equal(err.text, "the file has more pages than allowed (700 of 500)");
    assert_int_equal(fault_set(&err, FAULT_ENCRYPTED, "%s", ""), ERR_INVALID);
    assert_string_equal(err.text, "the file is locked with a password");
    assert_int_equal(fault_set(NULL, FAULT_CRASHED, "%s", ""), ERR_CRASHED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_complete),
        cmocka_unit_test(an_error_carries_the_token_and_the_detail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
