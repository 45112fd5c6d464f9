/*
 * What a country decides: currency, VAT rates, how dates and amounts are written.
 *
 * Amounts are whole minor units (1250.00 is 125000), quantities whole thousandths, rates whole
 * percent. Dates are GDate. Every text returned is owned (g_free).
 */
#ifndef GENERATOR_LOCALE_H
#define GENERATOR_LOCALE_H

#include "generator/words.h"

#include <glib.h>

struct amount_format {
    const char *group;   /* between thousands; "" for none */
    const char *decimal; /* between whole and fraction */
    const char *whole;   /* what stands for a fraction of zero, or NULL to print it: ",-" */
};

struct locale {
    const char *language; /* ISO 639-1 */
    const char *country;  /* ISO 3166 */
    const char *currency; /* ISO 4217 */
    const char *symbol;   /* as people write it: kr, Ft, € */
    int rates[3];         /* VAT: standard, reduced, low */
    const char *dates[5]; /* patterns, the usual one first; NULL ends */
    struct amount_format amounts[6];
    int amount_formats;
};

/* The six countries, by language. */
const struct locale *locale_of(enum language language);

/* The language with this code, or LANG_COUNT. */
enum language language_named(const char *code);

/* A date in a pattern: D d day, M month, N month's name, B its first three letters, Y y year. */
char *locale_date(const char *pattern, const GDate *date, const struct words *words);

char *locale_iso(const GDate *date);

/* An amount in a format; `decimals` 0 for a currency without a small coin. */
char *locale_amount(const struct amount_format *format, int64_t minor, int decimals);

/* An amount as programs write it: 1250.00, -3.50. */
char *amount_plain(int64_t minor);

/* Thousandths without needless zeros: 7.5, 12; with the locale's comma where `decimal` says so. */
char *quantity_text(int64_t milli, const char *decimal);

/* The same with at least this many decimals: 7,50. */
char *quantity_shown(int64_t milli, const char *decimal, int digits);

/* value x numerator / denominator, halves away from zero. */
int64_t amount_share(int64_t value, int64_t numerator, int64_t denominator);

#endif
