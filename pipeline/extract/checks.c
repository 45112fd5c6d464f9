/*
 * Check digits of six countries and of ISO. The rules are those the issuers publish; each is pinned
 * by examples in tests/cases/extract_check.case.
 */
#include "pipeline/extract/checks.h"

#include "base/mem.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static bool all_digits(const char *text, size_t min, size_t max)
{
    size_t n = strspn(text, "0123456789");

    return text[n] == '\0' && n >= min && n <= max;
}

bool check_luhn(const char *digits)
{
    size_t n = strlen(digits);
    int sum = 0;

    if (!all_digits(digits, 2, 40))
        return false;
    for (size_t i = 0; i < n; i++) {
        int d = digits[n - 1 - i] - '0';

        if (i % 2 == 1)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

bool check_mod11(const char *digits)
{
    size_t n = strlen(digits);
    int sum = 0, check;

    if (n < 2 || n > 40 || strspn(digits, "0123456789") < n - 1)
        return false;
    for (size_t i = 1; i < n; i++)
        sum += (digits[n - 1 - i] - '0') * (int)(2 + (i - 1) % 6);
    check = (11 - sum % 11) % 11;
    return check == 10 ? digits[n - 1] == '-' : digits[n - 1] - '0' == check;
}

static int weighted(const char *digits, const char *weights)
{
    int sum = 0;

    for (size_t i = 0; weights[i]; i++)
        sum += (digits[i] - '0') * (weights[i] - '0');
    return sum;
}

bool check_no_organisation(const char *digits)
{
    return all_digits(digits, 9, 9) && (digits[0] == '8' || digits[0] == '9') &&
           check_mod11(digits);
}

bool check_no_account(const char *digits)
{
    return all_digits(digits, 11, 11) && check_mod11(digits);
}

bool check_se_organisation(const char *digits)
{
    return all_digits(digits, 10, 10) && digits[2] >= '2' && check_luhn(digits);
}

bool check_dk_cvr(const char *digits)
{
    return all_digits(digits, 8, 8) && digits[0] != '0' && weighted(digits, "27654321") % 11 == 0;
}

bool check_hu_tax(const char *digits)
{
    if (!all_digits(digits, 8, 11) || (digits[8] && strlen(digits) != 11))
        return false;
    if (digits[8] && (digits[8] < '1' || digits[8] > '5'))
        return false;
    return (10 - weighted(digits, "9731973") % 10) % 10 == digits[7] - '0';
}

static bool hu_block(const char *digits, const char *weights)
{
    return weighted(digits, weights) % 10 == 0;
}

/* The bank's eight digits check themselves; the other eight or sixteen check themselves together.
 */
bool check_hu_account(const char *digits)
{
    size_t n = strlen(digits);

    if (!all_digits(digits, 16, 24) || (n != 16 && n != 24) || !hu_block(digits, "97319731"))
        return false;
    return hu_block(digits + 8, n == 16 ? "97319731" : "9731973197319731");
}

bool check_de_vat(const char *digits)
{
    int product = 10;

    if (!all_digits(digits, 9, 9) || digits[0] == '0')
        return false;
    for (int i = 0; i < 8; i++) {
        int sum = (digits[i] - '0' + product) % 10;

        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10 == digits[8] - '0';
}

bool check_gb_vat(const char *digits)
{
    int sum;

    if (!all_digits(digits, 9, 9))
        return false;
    sum = weighted(digits, "8765432") + (digits[7] - '0') * 10 + (digits[8] - '0');
    return sum % 97 == 0 || (sum + 55) % 97 == 0;
}

/* Mod 97 over letters as two digits, the first four characters moved behind. */
static bool is_mod97(const char *text)
{
    size_t n = strlen(text);
    int rest = 0;

    if (n < 5)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = text[(i + 4) % n];

        if (isdigit((unsigned char)c))
            rest = (rest * 10 + (c - '0')) % 97;
        else if (c >= 'A' && c <= 'Z')
            rest = (rest * 100 + (c - 'A' + 10)) % 97;
        else
            return false;
    }
    return rest == 1;
}

/* Length, and how many letters name the bank behind the check digits; -1 where letters may stand
 * anywhere. */
static const struct iban_form {
    char country[3];
    int8_t length, letters;
} iban_forms[] = {
    {"NO", 15, 0},  {"SE", 24, 0},  {"DK", 18, 0},  {"HU", 28, 0},  {"DE", 22, 0},  {"GB", 22, 4},
    {"FI", 18, 0},  {"IS", 26, 0},  {"EE", 20, 0},  {"LV", 21, -1}, {"LT", 20, 0},  {"PL", 28, 0},
    {"CZ", 24, 0},  {"SK", 24, 0},  {"AT", 20, 0},  {"CH", 21, -1}, {"NL", 18, 4},  {"BE", 16, 0},
    {"LU", 20, -1}, {"FR", 27, -1}, {"IT", 27, -1}, {"ES", 24, 0},  {"PT", 25, 0},  {"IE", 22, 4},
    {"RO", 24, -1}, {"BG", 22, -1}, {"HR", 21, 0},  {"SI", 19, 0},  {"GR", 27, -1}, {"CY", 28, -1},
    {"MT", 31, -1}, {"LI", 21, -1}, {"FO", 18, 0},  {"GL", 18, 0},
};

static const struct iban_form *iban_form_of(const char *text)
{
    for (size_t i = 0; i < ARRAY_LENGTH(iban_forms); i++)
        if (strncmp(text, iban_forms[i].country, 2) == 0)
            return &iban_forms[i];
    return NULL;
}

static bool has_iban_form(const char *text)
{
    const struct iban_form *form = iban_form_of(text);

    return form && (int)strlen(text) == form->length && isdigit((unsigned char)text[2]) &&
           isdigit((unsigned char)text[3]);
}

bool check_iban(const char *text)
{
    return strlen(text) >= 15 && has_iban_form(text) && is_mod97(text);
}

bool check_rf(const char *text)
{
    return strlen(text) >= 5 && strlen(text) <= 25 && strncmp(text, "RF", 2) == 0 &&
           isdigit((unsigned char)text[2]) && isdigit((unsigned char)text[3]) && is_mod97(text);
}

bool check_kid(const char *digits)
{
    size_t n = strlen(digits);

    return n >= 3 && n <= 25 && (check_luhn(digits) || check_mod11(digits));
}

bool check_bankgiro(const char *digits)
{
    return all_digits(digits, 7, 8) && check_luhn(digits);
}

bool check_plusgiro(const char *digits)
{
    return all_digits(digits, 2, 8) && check_luhn(digits);
}

/* The account's figures, filled up with zeros after its bank or at its end as an IBAN has them. */
static bool has_account(const char *iban, const char *account)
{
    const char *body = iban + 4 + strspn(iban + 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    size_t all = strlen(body), n = strlen(account), zeros = all - n;
    size_t head = strncmp(iban, "DK", 2) == 0 ? 4 : n;

    return n >= 10 && n <= all && strncmp(body, account, head) == 0 &&
           strspn(body + head, "0") >= zeros && strcmp(body + head + zeros, account + head) == 0;
}

static void keep_figures(const char *text, char *out, size_t size)
{
    size_t n = 0;

    for (; *text && n + 1 < size; text++)
        if (isdigit((unsigned char)*text))
            out[n++] = *text;
    out[n] = '\0';
}

bool account_is_same(const char *a, const char *b)
{
    char x[40], y[40];

    if (strcmp(a, b) == 0)
        return true;
    keep_figures(a, x, sizeof x);
    keep_figures(b, y, sizeof y);
    if (check_iban(a) || check_iban(b))
        return check_iban(a) ? has_account(a, y) && !check_iban(b) : has_account(b, x);
    return strcmp(x, y) == 0 && (strcmp(a, x) == 0 || strcmp(b, y) == 0);
}

/* Country, how many characters follow, whether all are digits. */
static const struct vat_form {
    char country[3];
    int min, max;
    bool is_numeric;
    bool (*check)(const char *);
} vat_forms[] = {
    {"NO", 9, 9, true, check_no_organisation},
    {"DK", 8, 8, true, check_dk_cvr},
    {"DE", 9, 9, true, check_de_vat},
    {"GB", 9, 9, true, check_gb_vat},
    {"HU", 8, 8, true, check_hu_tax},
    {"AT", 9, 9, false, NULL},
    {"BE", 10, 10, true, NULL},
    {"BG", 9, 10, true, NULL},
    {"CY", 9, 9, false, NULL},
    {"CZ", 8, 10, true, NULL},
    {"EE", 9, 9, true, NULL},
    {"EL", 9, 9, true, NULL},
    {"ES", 9, 9, false, NULL},
    {"FI", 8, 8, true, NULL},
    {"FR", 11, 11, false, NULL},
    {"HR", 11, 11, true, NULL},
    {"IE", 8, 9, false, NULL},
    {"IT", 11, 11, true, NULL},
    {"LT", 9, 12, true, NULL},
    {"LU", 8, 8, true, NULL},
    {"LV", 11, 11, true, NULL},
    {"MT", 8, 8, true, NULL},
    {"NL", 12, 12, false, NULL},
    {"PL", 10, 10, true, NULL},
    {"PT", 9, 9, true, NULL},
    {"RO", 2, 10, true, NULL},
    {"SI", 8, 8, true, NULL},
    {"SK", 10, 10, true, NULL},
};

static int digits_in(const char *text)
{
    int n = 0;

    for (; *text; text++)
        n += isdigit((unsigned char)*text) != 0;
    return n;
}

static bool check_se_vat(const char *body, bool *ret_is_proved)
{
    char ten[11];

    if (!all_digits(body, 12, 12) || strcmp(body + 10, "01") != 0)
        return false;
    memcpy(ten, body, 10);
    ten[10] = '\0';
    *ret_is_proved = check_se_organisation(ten);
    return true;
}

bool check_vat_id(const char *text, bool *ret_is_proved)
{
    char body[16] = "";
    size_t n = strlen(text);

    *ret_is_proved = false;
    if (n < 4 || n - 2 >= sizeof body)
        return false;
    memcpy(body, text + 2, n - 1);
    if (strncmp(text, "SE", 2) == 0)
        return check_se_vat(body, ret_is_proved);
    for (size_t i = 0; i < ARRAY_LENGTH(vat_forms); i++) {
        const struct vat_form *form = &vat_forms[i];
        size_t digits = strspn(body, "0123456789");

        if (strncmp(text, form->country, 2) != 0)
            continue;
        if (n - 2 < (size_t)form->min || n - 2 > (size_t)form->max ||
            (form->is_numeric ? body[digits] != '\0' : digits_in(body) < 6))
            return false;
        *ret_is_proved = form->check && form->check(body);
        return true;
    }
    return false;
}

static char digit_like(char letter)
{
    static const char letters[] = "OQDILTSBZG", digits[] = "0001115826";
    const char *at = letter ? strchr(letters, letter) : NULL;

    return at ? digits[at - letters] : letter;
}

char letter_like(char figure)
{
    static const char digits[] = "01568", letters[] = "OISGB";
    const char *at = figure ? strchr(digits, figure) : NULL;

    return at ? letters[at - digits] : figure;
}

/* Letters where the country's form has digits only: there nothing else can have been printed. */
static void settle_letters(char *text)
{
    const struct iban_form *form;

    text[0] = letter_like(text[0]);
    text[1] = letter_like(text[1]);
    form = iban_form_of(text);

    for (int i = 2; text[i] && form; i++)
        if (i < 4 || (form->letters >= 0 && i >= 4 + form->letters))
            text[i] = digit_like(text[i]);
}

static bool flip_one(char *text)
{
    static const char pairs[] = "O0I1L1S5B8Z2G6Q0D0083816174950";
    size_t n = strlen(text);
    int found = 0, at = 0;
    char with = 0;

    for (size_t i = 2; i < n; i++)
        for (size_t p = 0; pairs[p]; p += 2)
            for (int side = 0; side < 2; side++) {
                char was = text[i];

                if (was != pairs[p + (size_t)side])
                    continue;
                text[i] = pairs[p + 1 - (size_t)side];
                if (check_iban(text)) {
                    found++;
                    at = (int)i;
                    with = text[i];
                }
                text[i] = was;
            }
    if (found == 1)
        text[at] = with;
    return found == 1;
}

bool repair_iban(char *text, bool may_flip)
{
    settle_letters(text);
    return check_iban(text) || (may_flip && flip_one(text));
}

bool repair_vat_id(char *text)
{
    static const struct {
        char country[3];
        char digit; /* that alone is enough of the country, as the check is strict; or 0 */
    } known[] = {{"SE", '5'}, {"GB", '6'}, {"NO", 0}, {"DK", 0}, {"DE", 0}, {"HU", 0}};
    char tried[24], found[24] = "";
    bool is_proved;

    if (strlen(text) < 10 || strlen(text) >= sizeof tried)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        const char *country = known[i].country;

        if (text[0] != country[0] && text[1] != country[1] &&
            (text[0] != known[i].digit || !known[i].digit))
            continue;
        memcpy(tried, country, 2);
        for (size_t k = 2; k <= strlen(text); k++)
            tried[k] = digit_like(text[k]);
        if (check_vat_id(tried, &is_proved) && is_proved) {
            if (found[0])
                return false;
            memcpy(found, tried, sizeof found);
        }
    }
    if (!found[0])
        return false;
    memcpy(text, found, strlen(found) + 1);
    return true;
}
