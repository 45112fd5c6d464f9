/*
 * A day in the Gregorian calendar, without time or zone. Text is ISO 8601: "2026-11-21".
 */
#ifndef MODELS_CIVIL_DATE_H
#define MODELS_CIVIL_DATE_H

#include <stdbool.h>
#include <stdint.h>

#define CIVIL_DATE_TEXT_SIZE 11

struct civil_date {
    int16_t year; /* 1 to 9999; 0 means no date */
    int8_t month, day;
};

bool civil_date_is_valid(struct civil_date d);
bool civil_date_parse(const char *text, struct civil_date *ret); /* strict "YYYY-MM-DD" */
void civil_date_format(struct civil_date d, char text[CIVIL_DATE_TEXT_SIZE]);

int32_t civil_date_to_days(struct civil_date d); /* days since 1970-01-01 */
struct civil_date civil_date_from_days(int32_t days);
struct civil_date civil_date_from_unix_ms(int64_t unix_ms); /* the day in UTC */

#endif
