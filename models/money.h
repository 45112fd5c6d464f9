/*
 * Money: whole minor units and an ISO 4217 currency. No float and no locale comes near it.
 * Amounts travel between rooms and in JSON as decimal strings with a point ("1250.00").
 */
#ifndef MODELS_MONEY_H
#define MODELS_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#define MONEY_TEXT_SIZE 24
#define MONEY_ROUNDING_MAX 250 /* minor units: no till rounds by more than half of five forints */
#define MONEY_MINOR_MAX ((int64_t)1000000000000000) /* ten thousand billion kroner in øre */

/* Digits behind the point: 2, but 0 for JPY, 3 for KWD …; 2 for a currency we do not know. */
int currency_exponent(const char *currency);
bool currency_is_known(const char *currency); /* three capitals that ISO 4217 lists and we use */

/* "-1250.5" → -125050 at exponent 2. False when it is no decimal, has more digits than the exponent
 * (trailing zeros are fine) or leaves ±MONEY_MINOR_MAX. */
bool money_parse(const char *text, int exponent, int64_t *ret_minor);

/* -125050 → "-1250.50" at exponent 2. */
void money_format(int64_t minor, int exponent, char text[MONEY_TEXT_SIZE]);

/* net x rate / 100 rounded half away from zero; `rate_bp` in basis points (25 % = 2500). */
int64_t money_percent(int64_t minor, int64_t rate_bp);

#endif
