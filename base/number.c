/* Strict numbers: what strtol forgives (spaces, signs, tails, overflow) is refused here. */
#include "base/number.h"

bool number_parse(const char *text, int64_t min, int64_t max, int64_t *ret)
{
    bool is_negative = *text == '-';
    const char *p = text + is_negative;
    int64_t value = 0;

    if (!*p)
        return false;
    for (; *p; p++) {
        if (*p < '0' || *p > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *p - '0', &value))
            return false;
    }
    if (!is_negative && __builtin_sub_overflow(0, value, &value))
        return false;
    if (value < min || value > max)
        return false;
    *ret = value;
    return true;
}

bool number_parse_real(const char *text, double min, double max, double *ret)
{
    bool is_negative = *text == '-', has_digit = false, has_point = false;
    double value = 0, scale = 1;

    for (const char *p = text + is_negative; *p; p++) {
        if (*p == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (*p < '0' || *p > '9')
            return false;
        has_digit = true;
        value = value * 10 + (*p - '0');
        if (has_point)
            scale *= 10;
    }
    value /= is_negative ? -scale : scale;
    if (!has_digit || !(value >= min && value <= max))
        return false;
    *ret = value;
    return true;
}
