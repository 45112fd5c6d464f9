/*
 * Numbers that carry a check digit: tax and company numbers, accounts and payment references, each
 * made at random and valid by the rule of its country. Every function returns owned text (g_free).
 */
#ifndef GENERATOR_IDS_H
#define GENERATOR_IDS_H

#include "generator/rng.h"

/* The ISO 7064 mod 97-10 check digits which make prefix + digits + body valid: an IBAN. */
char *ids_iban(const char *country, const char *body);

/* An RF creditor reference (ISO 11649) around a body of digits. */
char *ids_rf(const char *body);

/* The body with its Luhn (mod 10) digit behind it: KID, bankgiro, FIK. */
char *ids_luhn(const char *body);

/* The body with its length digit and Luhn digit behind it: a Swedish OCR reference. */
char *ids_ocr(const char *body);

/* The body with its mod 11 digit behind it ('-' for ten): a Norwegian KID. */
char *ids_kid11(const char *body);

char *ids_no_org(struct rng *rng);
char *ids_no_account(struct rng *rng);
char *ids_se_org(struct rng *rng);
char *ids_dk_cvr(struct rng *rng);

/* 8-1-2: base number with its check digit, VAT code, county. */
char *ids_hu_tax(struct rng *rng);

/* 24 digits, both blocks with their check digit. */
char *ids_hu_account(struct rng *rng);

/* Nine digits, ISO 7064 mod 11,10. */
char *ids_de_vat(struct rng *rng);

/* Nine digits, mod 97. */
char *ids_gb_vat(struct rng *rng);

/* n random digits, the first not zero. */
char *ids_digits(struct rng *rng, int n);

/* Text with a blank between groups: ids_grouped("12345678901", "4 2 5") is 1234 56 78901. The last
 * group takes what is left; the pattern's separators are copied, so "3-2" writes a hyphen. */
char *ids_grouped(const char *digits, const char *pattern);

#endif
