/*
 * Check digits: identifiers and accounts that prove themselves. Every function takes digits (and
 * letters where said) without spaces and says whether they hold; lengths are part of the rule.
 */
#ifndef EXTRACT_CHECKS_H
#define EXTRACT_CHECKS_H

#include <stdbool.h>

bool check_luhn(const char *digits);  /* mod 10, last digit checks */
bool check_mod11(const char *digits); /* NO weights 2 to 7 from the right; '-' stands for ten */
bool check_no_organisation(const char *digits); /* 9 digits */
bool check_no_account(const char *digits);      /* 11 digits */
bool check_se_organisation(const char *digits); /* 10 digits */
bool check_dk_cvr(const char *digits);          /* 8 digits */
bool check_hu_tax(const char *digits);          /* 8 or 11 digits: base, VAT code, county */
bool check_hu_account(const char *digits);      /* 16 or 24 digits */
bool check_de_vat(const char *digits);          /* 9 digits, ISO 7064 mod 11,10 */
bool check_gb_vat(const char *digits);          /* 9 digits, mod 97 and its 55 variant */
bool check_iban(const char *text);              /* country, check digits, body; country's length */
bool check_rf(const char *text);                /* RF creditor reference */
bool check_kid(const char *digits);             /* 3 to 25 digits, mod 10 or mod 11 */
bool check_bankgiro(const char *digits);        /* 7 or 8 digits */
bool check_plusgiro(const char *digits);        /* 2 to 8 digits */

/* Two printings of one account, without spaces: the same, the same figures with their marks left
 * out, or an IBAN around the national number (NO, DK with its zeros, HU of 16 or 24, DE, GB). */
bool account_is_same(const char *a, const char *b);

/* A VAT id with its country before it ("DE123456789"): the form is right, and the digits where the
 * country's rule is known here. *ret_is_proved says whether digits were checked. */
bool check_vat_id(const char *text, bool *ret_is_proved);

/* The capital that a recognised figure looks like ('0' O, '6' G); any other character itself. */
char letter_like(char figure);

/* Recognised letters where the country's form has only digits become the digits they look like, the
 * country's figures letters; if then the check digits do not hold and `may_flip`, one look-alike
 * character is exchanged. Written over `text`; false when nothing, or more than one exchange, makes
 * it valid. */
bool repair_iban(char *text, bool may_flip);

/* The same for a recognised VAT id, whose country may be misread too: one of its letters stands.
 * True when check digits prove exactly one reading. */
bool repair_vat_id(char *text);

#endif
