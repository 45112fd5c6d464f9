/* Money and numbers: within the range, and printed amounts parse back to themselves. */
#include "base/number.h"
#include "models/money.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_FREE char *text = fuzz_text(bytes, length);
    int64_t minor, back, whole;
    double real;

    for (int exponent = 0; exponent <= 3; exponent++) {
        char shown[MONEY_TEXT_SIZE];

        if (!money_parse(text, exponent, &minor))
            continue;
        MUST(minor <= MONEY_MINOR_MAX && minor >= -MONEY_MINOR_MAX);
        money_format(minor, exponent, shown);
        MUST(money_parse(shown, exponent, &back) && back == minor);
        MUST(money_percent(minor, 10000) == minor);
    }
    if (number_parse(text, -5, 500, &whole))
        MUST(whole >= -5 && whole <= 500);
    if (number_parse_real(text, 0, 1, &real))
        MUST(real >= 0 && real <= 1);
}
