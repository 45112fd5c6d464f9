/*
 * An amount as printed in one of the six countries, read without guessing: where "1.234" could be
 * either, both readings are given and arithmetic decides later.
 */
#ifndef EXTRACT_AMOUNT_H
#define EXTRACT_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

enum { AMOUNT_SCALE = 10000 };

struct amount {
    int64_t value;     /* ten-thousandths: 12.50 is 125000; a trailing minus or CR is applied */
    int64_t other;     /* the second reading, when is_ambiguous */
    int8_t decimals;   /* as printed: -1 none at all, 0 for ",-", else their number */
    char decimal_mark; /* ',' or '.', or 0 where the text does not tell */
    bool is_ambiguous; /* value takes the mark as a group separator, other as a decimal mark */
    bool has_group;
    bool is_percent;
    bool is_repaired;     /* letters were taken for digits */
    const char *currency; /* ISO code printed with it, or NULL; static */
    bool has_krone;       /* "kr": a krone of some country */
};

/* Whole string or nothing: sign, currency, digits, marks; false for anything else (dates, ids).
 * `may_repair` maps O, l, I, S, B to digits where most of the token is digits. */
bool amount_parse(const char *text, bool may_repair, struct amount *ret);

/* The ISO code a printed currency word or sign means ("€", "Ft", "NOK"), "kr" for a krone of some
 * country, or NULL. */
const char *currency_of_sign(const char *text, int length);

/* Whether quantity x price is the amount to the minor unit, all in ten-thousandths, signs aside. */
bool amount_multiplies(int64_t quantity, int64_t price, int64_t amount);

/* Ten-thousandths as a decimal with at least `decimals` places, in the arena. */
const char *amount_text(struct arena *a, int64_t value, int decimals);

/* Ten-thousandths to minor units (hundredths), rounding half away from zero. */
int64_t amount_to_minor(int64_t value);

#endif
