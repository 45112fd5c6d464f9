/* Integer money. Every sum that could overflow is bounded by MONEY_MINOR_MAX on the way in. */
#include "models/money.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
    char code[4];
    int exponent;
} currencies[] = {
    {"NOK", 2}, {"SEK", 2}, {"DKK", 2}, {"EUR", 2}, {"HUF", 2}, {"GBP", 2}, {"USD", 2}, {"CHF", 2},
    {"PLN", 2}, {"CZK", 2}, {"RON", 2}, {"ISK", 0}, {"JPY", 0}, {"CAD", 2}, {"AUD", 2}, {"MYR", 2},
    {"CNY", 2}, {"BGN", 2}, {"TRY", 2}, {"INR", 2}, {"NZD", 2}, {"SGD", 2}, {"HKD", 2}, {"KWD", 3},
};

static int find_currency(const char *code)
{
    for (size_t i = 0; code && i < ARRAY_LENGTH(currencies); i++)
        if (strcmp(currencies[i].code, code) == 0)
            return (int)i;
    return -1;
}

int currency_exponent(const char *currency)
{
    int i = find_currency(currency);

    return i < 0 ? 2 : currencies[i].exponent;
}

bool currency_is_known(const char *currency)
{
    return find_currency(currency) >= 0;
}

/* Adds one digit, refusing what leaves the range. */
static bool push_digit(int64_t *value, int digit)
{
    *value = *value * 10 + digit;
    return *value <= MONEY_MINOR_MAX;
}

bool money_parse(const char *text, int exponent, int64_t *ret_minor)
{
    bool is_negative = *text == '-', has_digit = false, has_point = false;
    int64_t value = 0;
    int decimals = 0;

    for (const char *p = text + is_negative; *p; p++) {
        if (*p == '.' && !has_point && has_digit) {
            has_point = true;
            continue;
        }
        if (*p < '0' || *p > '9')
            return false;
        has_digit = true;
        if (has_point && decimals >= exponent) {
            if (*p != '0')
                return false;
            continue;
        }
        decimals += has_point;
        if (!push_digit(&value, *p - '0'))
            return false;
    }
    for (; decimals < exponent; decimals++)
        if (!push_digit(&value, 0))
            return false;
    if (!has_digit || text[strlen(text) - 1] == '.')
        return false;
    *ret_minor = is_negative ? -value : value;
    return true;
}

void money_format(int64_t minor, int exponent, char text[MONEY_TEXT_SIZE])
{
    uint64_t absolute = minor < 0 ? -(uint64_t)minor : (uint64_t)minor, scale = 1;
    const char *sign = minor < 0 ? "-" : "";

    for (int i = 0; i < exponent; i++)
        scale *= 10;
    if (exponent > 0)
        snprintf(text, MONEY_TEXT_SIZE, "%s%" PRIu64 ".%0*" PRIu64, sign, absolute / scale,
                 exponent, absolute % scale);
    else
        snprintf(text, MONEY_TEXT_SIZE, "%s%" PRIu64, sign, absolute);
}

int64_t money_percent(int64_t minor, int64_t rate_bp)
{
    __int128 product = (__int128)minor * rate_bp;
    __int128 half = product < 0 ? -5000 : 5000;

    return (int64_t)((product + half) / 10000);
}
