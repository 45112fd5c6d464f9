/* Money: strict text, exact exponents, no overflow, rounding that is the same on both sides of
 * zero. */
#include "base/mem.h"
#include "models/money.h"

#include "tests/unit/unit.h"

#include <inttypes.h>
#include <stdlib.h>

static void check_parse(char *field[CASE_FIELDS_MAX])
{
    char shown[32] = "refused";
    int64_t minor = 4242;

    if (money_parse(field[0], (int)strtoll(field[1], NULL, 10), &minor))
        snprintf(shown, sizeof shown, "%" PRId64, minor);
    else
        assert_int_equal(minor, 4242);
    if (strcmp(shown, field[2]) != 0)
        fail_msg("\"%s\" gives %s, not %s", field[0], shown, field[2]);
}

static void check_percent(char *field[CASE_FIELDS_MAX])
{
    int64_t minor = strtoll(field[0], NULL, 10), rate = strtoll(field[1], NULL, 10);

    assert_int_equal(money_percent(minor, rate), strtoll(field[2], NULL, 10));
}

static void texts_are_parsed_strictly(void **state)
{
    (void)state;
    cases_run("money", check_parse);
}

static void shares_round_half_away_from_zero(void **state)
{
    (void)state;
    cases_run("percent", check_percent);
}

static void what_is_formatted_parses_back(void **state)
{
    static const int64_t amounts[] = {
        0, 1, 9, 10, 99, 100, 12345, MONEY_MINOR_MAX - 1, MONEY_MINOR_MAX};

    (void)state;
    for (int exponent = 0; exponent <= 3; exponent++)
        for (size_t i = 0; i < 2 * ARRAY_LENGTH(amounts); i++) {
            int64_t amount = i % 2 ? -amounts[i / 2] : amounts[i / 2], back;
            char text[MONEY_TEXT_SIZE];

            money_format(amount, exponent, text);
            assert_true(money_parse(text, exponent, &back));
            assert_int_equal(back, amount);
        }
}

static void formats_are_plain(void **state)
{
    char text[MONEY_TEXT_SIZE];

    (void)state;
    money_format(-5, 2, text);
    assert_string_equal(text, "-0.05");
    money_format(1234567, 0, text);
    assert_string_equal(text, "1234567");
    money_format(-1234, 3, text);
    assert_string_equal(text, "-1.234");
    money_format(INT64_MIN, 2, text); /* no caller should, but nothing may break */
    assert_string_equal(text, "-92233720368547758.08");
}

static void currencies_have_their_exponents(void **state)
{
    (void)state;
    assert_int_equal(currency_exponent("NOK"), 2);
    assert_int_equal(currency_exponent("JPY"), 0);
    assert_int_equal(currency_exponent("KWD"), 3);
    assert_int_equal(currency_exponent("XXX"), 2);
    assert_int_equal(currency_exponent(NULL), 2);
    assert_true(currency_is_known("HUF"));
    assert_false(currency_is_known("nok"));
    assert_false(currency_is_known(""));
    assert_false(currency_is_known(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_parsed_strictly),
        cmocka_unit_test(shares_round_half_away_from_zero),
        cmocka_unit_test(what_is_formatted_parses_back),
        cmocka_unit_test(formats_are_plain),
        cmocka_unit_test(currencies_have_their_exponents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
