/* Numbers: whole string or nothing, at the edges of 64 bits too. */
#include "base/number.h"

#include "tests/unit/unit.h"

#include <inttypes.h>

static void check_whole(char *field[CASE_FIELDS_MAX])
{
    int64_t min = strtoll(field[1], NULL, 10), max = strtoll(field[2], NULL, 10), value = 4242;
    char shown[32] = "refused";

    if (number_parse(field[0], min, max, &value))
        snprintf(shown, sizeof shown, "%" PRId64, value);
    else
        assert_int_equal(value, 4242);
    if (strcmp(shown, field[3]) != 0)
        fail_msg("\"%s\" gives %s, not %s", field[0], shown, field[3]);
}

static void check_real(char *field[CASE_FIELDS_MAX])
{
    double min = strtod(field[1], NULL), max = strtod(field[2], NULL), value = 4242;
    char shown[32] = "refused";

    if (number_parse_real(field[0], min, max, &value))
        snprintf(shown, sizeof shown, "%.6f", value);
    if (strcmp(shown, field[3]) != 0)
        fail_msg("\"%s\" gives %s, not %s", field[0], shown, field[3]);
}

static void whole_numbers(void **state)
{
    (void)state;
    cases_run("number", check_whole);
}

static void reals(void **state)
{
    (void)state;
    cases_run("real", check_real);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(reals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
