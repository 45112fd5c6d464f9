/*
 * Our own numbers known again by their digits: letters before and after say the country and that
 * VAT is paid. Numbers with few digits ("HRB 1234") are known by letters and digits alike, because
 * an invoice may well have as many.
 */
#include "pipeline/extract/company.h"
#include "pipeline/extract/extract.h"

#include "base/mem.h"

#include <ctype.h>
#include <string.h>

enum { NUMBER_SIZE = 40, DIGITS_ENOUGH = 8 };

/* A registered number of `digits`, which another notation prolongs by `more`. */
static const struct {
    char country[3];
    size_t digits, more;
} prolonged[] = {{"SE", 10, 2}, {"HU", 8, 3}};

/* Letters, big, and digits; false when `text` is too long to be a registered number. */
static bool fold(const char *text, char out[NUMBER_SIZE], bool has_letters)
{
    size_t n = 0;

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (!isdigit(c) && !(has_letters && isalpha(c)))
            continue;
        if (n == NUMBER_SIZE - 1)
            return false;
        out[n++] = (char)toupper(c);
    }
    out[n] = '\0';
    return n > 0;
}

static bool is_prolonged(const char *country, const char *own, const char *value)
{
    size_t a = strlen(own), b = strlen(value), shorter = a < b ? a : b, longer = a < b ? b : a;

    for (size_t i = 0; i < ARRAY_LENGTH(prolonged); i++)
        if (country && strcmp(prolonged[i].country, country) == 0 &&
            shorter == prolonged[i].digits && longer == shorter + prolonged[i].more)
            return strncmp(own, value, shorter) == 0;
    return false;
}

static bool is_same_number(const char *country, const char *own, const char *value)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE];

    if (!own || !fold(own, a, false) || !fold(value, b, false))
        return false;
    if (strlen(a) >= DIGITS_ENOUGH)
        return strcmp(a, b) == 0 || is_prolonged(country, a, b);
    return fold(own, a, true) && fold(value, b, true) && strcmp(a, b) == 0;
}

bool company_has_number(const struct company *company, const char *value)
{
    return company && value &&
           (is_same_number(company->country, company->vat_id, value) ||
            is_same_number(company->country, company->registration_id, value));
}
