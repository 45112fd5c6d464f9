/*
 * Day numbers by counting whole 400-year cycles from 1 March of year 0, the usual trick to put the
 * leap day last in its year.
 */
#include "models/civil_date.h"

#include "base/number.h"

#include <stdio.h>
#include <string.h>

#define DAYS_400_YEARS 146097
#define MS_A_DAY 86400000
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool civil_date_is_valid(struct civil_date d)
{
    static const int8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
        return false;
    return d.day <= lengths[d.month - 1] + (d.month == 2 && is_leap(d.year));
}

bool civil_date_parse(const char *text, struct civil_date *ret)
{
    char part[11];
    int64_t year, month, day;
    struct civil_date d;

    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    memcpy(part, text, sizeof part);
    part[4] = part[7] = '\0';
    if (!number_parse(part, 1, 9999, &year) || !number_parse(part + 5, 1, 12, &month) ||
        !number_parse(part + 8, 1, 31, &day))
        return false;
    d = (struct civil_date){(int16_t)year, (int8_t)month, (int8_t)day};
    if (!civil_date_is_valid(d))
        return false;
    *ret = d;
    return true;
}

void civil_date_format(struct civil_date d, char text[CIVIL_DATE_TEXT_SIZE])
{
    snprintf(text, CIVIL_DATE_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)d.year % 10000,
             (unsigned)d.month % 100, (unsigned)d.day % 100);
}

int32_t civil_date_to_days(struct civil_date d)
{
    int year = d.year - (d.month <= 2);
    int cycle = year / 400, in_cycle = year % 400;
    int day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;

    return cycle * DAYS_400_YEARS + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + day_of_year -
           DAYS_TO_1970;
}

struct civil_date civil_date_from_days(int32_t days)
{
    int32_t z = days + DAYS_TO_1970;
    int32_t cycle = z / DAYS_400_YEARS, in_cycle = z % DAYS_400_YEARS;
    int32_t years = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / 146096) / 365;
    int32_t day_of_year = in_cycle - (365 * years + years / 4 - years / 100);
    int32_t month = (5 * day_of_year + 2) / 153;
    struct civil_date d;

    d.day = (int8_t)(day_of_year - (153 * month + 2) / 5 + 1);
    d.month = (int8_t)(month < 10 ? month + 3 : month - 9);
    d.year = (int16_t)(years + cycle * 400 + (d.month <= 2));
    return d;
}

struct civil_date civil_date_from_unix_ms(int64_t unix_ms)
{
    int64_t days = unix_ms / MS_A_DAY - (unix_ms % MS_A_DAY < 0);

    return civil_date_from_days((int32_t)days);
}
