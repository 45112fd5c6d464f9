/*
 * Whole numbers from text: the whole string or nothing, no spaces, no locale, overflow checked.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits with an optional leading '-'; false (and *ret untouched) outside min..max. */
bool number_parse(const char *text, int64_t min, int64_t max, int64_t *ret);

/* Decimal digits with an optional "." and fraction, no exponent. */
bool number_parse_real(const char *text, double min, double max, double *ret);

#endif
