/* Dates: what parses is a day of the calendar, prints as it was written and survives counting. */
#include "models/civil_date.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_FREE char *text = fuzz_text(bytes, length);
    char shown[CIVIL_DATE_TEXT_SIZE];
    struct civil_date d;

    if (!civil_date_parse(text, &d))
        return;
    MUST(civil_date_is_valid(d));
    civil_date_format(civil_date_from_days(civil_date_to_days(d)), shown);
    MUST(strcmp(shown, text) == 0);
}
