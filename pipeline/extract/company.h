/* Which numbers on a paper are our own: its buyer prints them on every paper it is sent. */
#ifndef EXTRACT_COMPANY_H
#define EXTRACT_COMPANY_H

#include <stdbool.h>

struct company;

/* Whether `value` is our VAT or organisation number in any notation: with or without country,
 * "MVA", hyphens and spaces, what a Swedish VAT number adds to the organisation number, or the VAT
 * and county codes of a Hungarian tax number. Accepts NULL, and a company without numbers. */
bool company_has_number(const struct company *company, const char *value);

#endif
