/* Dates: every day of 400 years there and back, leap days, strict text. */
#include "models/civil_date.h"

#include "tests/unit/unit.h"

#include <stdlib.h>

#define DAYS_400_YEARS 146097

static void check_parse(char *field[CASE_FIELDS_MAX])
{
    struct civil_date d = {-1, -1, -1};

    if (strcmp(field[1], "refused") == 0) {
        if (civil_date_parse(field[0], &d))
            fail_msg("\"%s\" is taken for a date", field[0]);
        assert_int_equal(d.year, -1);
        return;
    }
    assert_true(civil_date_parse(field[0], &d));
    assert_int_equal(civil_date_to_days(d), strtoll(field[1], NULL, 10));
}

static void texts_are_parsed_strictly(void **state)
{
    (void)state;
    cases_run("civil_date", check_parse);
}

/* 400 years hold every pattern of the calendar; each day is the one after the day before. */
static void four_hundred_years_there_and_back(void **state)
{
    struct civil_date before = civil_date_from_days(-1);

    (void)state;
    for (int32_t day = 0; day < DAYS_400_YEARS; day++) {
        struct civil_date d = civil_date_from_days(day), parsed;
        char text[CIVIL_DATE_TEXT_SIZE];

        assert_int_equal(civil_date_to_days(d), day);
        assert_true(civil_date_is_valid(d));
        civil_date_format(d, text);
        assert_true(civil_date_parse(text, &parsed));
        assert_memory_equal(&parsed, &d, sizeof d);
        if (d.day != 1)
            assert_int_equal(d.day, before.day + 1);
        else
            assert_int_equal(d.month, before.month % 12 + 1);
        before = d;
    }
}

static void years_are_leap_by_the_rule(void **state)
{
    (void)state;
    for (int16_t year = 1; year <= 9999; year++) {
        struct civil_date leap_day = {year, 2, 29};
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        assert_int_equal(civil_date_is_valid(leap_day), is_leap);
    }
}

static void moments_become_days_in_utc(void **state)
{
    (void)state;
    assert_int_equal(civil_date_to_days(civil_date_from_unix_ms(0)), 0);
    assert_int_equal(civil_date_to_days(civil_date_from_unix_ms(86399999)), 0);
    assert_int_equal(civil_date_to_days(civil_date_from_unix_ms(86400000)), 1);
    assert_int_equal(civil_date_to_days(civil_date_from_unix_ms(-1)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_parsed_strictly),
        cmocka_unit_test(four_hundred_years_there_and_back),
        cmocka_unit_test(years_are_leap_by_the_rule),
        cmocka_unit_test(moments_become_days_in_utc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
