/* Our own numbers, in the notations people and papers write them. */
#include "pipeline/extract/company.h"
#include "pipeline/extract/extract.h"

#include "tests/unit/unit.h"

static bool is_ours(const char *country, const char *vat_id, const char *registration_id,
                    const char *value)
{
    const struct company us = {"Us", country, "", vat_id, registration_id};

    return company_has_number(&us, value);
}

static void a_number_is_known_in_every_notation(void **state)
{
    (void)state;
    assert_true(is_ours("NO", "", "974760673", "NO 974 760 673 MVA"));
    assert_true(is_ours("NO", "NO974760673MVA", "", "974 760 673"));
    assert_true(is_ours("SE", "", "556036-0793", "SE556036079301"));
    assert_true(is_ours("SE", "SE556036079301", "", "5560360793"));
    assert_true(is_ours("HU", "HU12345676", "", "12345676-2-42"));
    assert_true(is_ours("DE", "", "HRB 1234", "hrb 1234"));
}

static void other_numbers_are_not_ours(void **state)
{
    (void)state;
    assert_false(is_ours("NO", "", "974760673", "974760674"));
    assert_false(is_ours("NO", "", "974760673", "97476067301"));
    assert_false(is_ours("DE", "", "HRB 1234", "1234"));
    assert_false(is_ours("NO", "", "", ""));
    assert_false(is_ours("NO", "", "", "974760673"));
    assert_false(is_ours("NO", "", "974760673", NULL));
    assert_false(company_has_number(NULL, "974760673"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_known_in_every_notation),
        cmocka_unit_test(other_numbers_are_not_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
