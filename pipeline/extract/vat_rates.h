/* VAT rates by country and day, in basis points: law as data. */
#ifndef EXTRACT_VAT_RATES_H
#define EXTRACT_VAT_RATES_H

#include "models/civil_date.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the rate was law in the country (ISO 3166, "" for any we know) on the day; a day without
 * a year stands for today's law. */
bool vat_rate_is_legal(const char *country, struct civil_date day, int rate_bp);

/* Whether `vat` is the rate's share of `net` in minor units, give or take two (sums of rounded
 * lines) or, where both are whole, half a unit: forints and many invoices in kronor have no coins.
 */
bool vat_rate_fits(int64_t net, int64_t vat, int rate_bp);

/* Every rate of any country we know, ended by -1. */
const int *vat_rates_known(void);

#endif
