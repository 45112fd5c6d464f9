/* Printed dates: a day of the calendar or none, and a second reading that differs. */
#include "pipeline/extract/date.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_FREE char *text = fuzz_text(bytes, length);
    struct date_reading d;

    for (int month_first = 0; month_first < 2; month_first++) {
        if (!date_parse(text, month_first, &d))
            continue;
        MUST(civil_date_is_valid(d.date));
        if (d.other.year != 0) {
            MUST(civil_date_is_valid(d.other));
            MUST(civil_date_to_days(d.other) != civil_date_to_days(d.date));
        }
    }
}
