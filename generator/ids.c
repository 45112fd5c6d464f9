/*
 * Check digits, written from the published rules of each register and payment system. A base that
 * has no valid digit (mod 11 giving ten) is thrown away and drawn again.
 */
#include "generator/ids.h"

#include <glib.h>
#include <string.h>

char *ids_digits(struct rng *rng, int n)
{
    char *digits = g_new0(char, n + 1);

    for (int i = 0; i < n; i++)
        digits[i] = (char)('0' + (i == 0 ? rng_range(rng, 1, 9) : rng_below(rng, 10)));
    return digits;
}

char *ids_grouped(const char *digits, const char *pattern)
{
    GString *out = g_string_new(NULL);

    for (; *pattern != '\0'; pattern++) {
        if (!g_ascii_isdigit(*pattern)) {
            g_string_append_c(out, *pattern);
            continue;
        }
        for (int n = *pattern - '0'; n > 0 && *digits != '\0'; n--)
            g_string_append_c(out, *digits++);
    }
    g_string_append(out, digits);
    return g_string_free(out, FALSE);
}

static int weighted_sum(const char *digits, const int *weights, int n)
{
    int sum = 0;

    for (int i = 0; i < n; i++)
        sum += (digits[i] - '0') * weights[i];
    return sum;
}

/* Letters count as two digits, A = 10; the number may be long, so it is reduced as it is read. */
static int mod_97(const char *text)
{
    int rest = 0;

    for (; *text != '\0'; text++)
        rest = g_ascii_isdigit(*text) ? (rest * 10 + *text - '0') % 97
                                      : (rest * 100 + *text - 'A' + 10) % 97;
    return rest;
}

static char *with_97(const char *prefix, const char *body)
{
    g_autofree char *turned = g_strdup_printf("%s%s00", body, prefix);

    return g_strdup_printf("%s%02d%s", prefix, 98 - mod_97(turned), body);
}

char *ids_iban(const char *country, const char *body)
{
    return with_97(country, body);
}

char *ids_rf(const char *body)
{
    return with_97("RF", body);
}

char *ids_luhn(const char *body)
{
    size_t length = strlen(body);
    int sum = 0;

    for (size_t i = 0; i < length; i++) {
        int digit = body[length - 1 - i] - '0';

        if (i % 2 == 0)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return g_strdup_printf("%s%d", body, (10 - sum % 10) % 10);
}

char *ids_ocr(const char *body)
{
    g_autofree char *sized = g_strdup_printf("%s%zu", body, (strlen(body) + 2) % 10);

    return ids_luhn(sized);
}

char *ids_kid11(const char *body)
{
    size_t length = strlen(body);
    int sum = 0;
    int digit;

    for (size_t i = 0; i < length; i++)
        sum += (body[length - 1 - i] - '0') * (2 + (int)(i % 6));
    digit = (11 - sum % 11) % 11;
    return digit == 10 ? g_strdup_printf("%s-", body) : g_strdup_printf("%s%d", body, digit);
}

/* Draws bases of n digits until one has a mod 11 check digit below ten. */
static char *mod_11(struct rng *rng, const int *weights, int n, char first)
{
    for (;;) {
        g_autofree char *base = ids_digits(rng, n);
        int digit;

        if (first != '\0')
            base[0] = first;
        digit = (11 - weighted_sum(base, weights, n) % 11) % 11;
        if (digit < 10)
            return g_strdup_printf("%s%d", base, digit);
    }
}

char *ids_no_org(struct rng *rng)
{
    static const int weights[] = {3, 2, 7, 6, 5, 4, 3, 2};

    return mod_11(rng, weights, 8, rng_chance(rng, 80) ? '9' : '8');
}

char *ids_no_account(struct rng *rng)
{
    static const int weights[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};

    return mod_11(rng, weights, 10, '\0');
}

char *ids_dk_cvr(struct rng *rng)
{
    static const int weights[] = {2, 7, 6, 5, 4, 3, 2};

    return mod_11(rng, weights, 7, '\0');
}

/* The third digit is at least 2, which tells a company from a person. */
char *ids_se_org(struct rng *rng)
{
    g_autofree char *base = ids_digits(rng, 9);

    base[0] = '5';
    base[1] = '5';
    base[2] = (char)('2' + rng_below(rng, 8));
    return ids_luhn(base);
}

/* Hungarian numbers share one rule: weights 9 7 3 1, sum with the check digit divisible by ten. */
static char *with_9731(const char *base)
{
    static const int weights[] = {9, 7, 3, 1};
    int sum = 0;

    for (size_t i = 0; base[i] != '\0'; i++)
        sum += (base[i] - '0') * weights[i % 4];
    return g_strdup_printf("%s%d", base, (10 - sum % 10) % 10);
}

char *ids_hu_tax(struct rng *rng)
{
    static const char *const counties[] = {"41", "42", "43", "13", "08", "15", "02", "09", "18"};
    g_autofree char *base = ids_digits(rng, 7);
    g_autofree char *number = with_9731(base);

    return g_strdup_printf("%s-2-%s", number, counties[rng_below(rng, G_N_ELEMENTS(counties))]);
}

char *ids_hu_account(struct rng *rng)
{
    g_autofree char *bank = ids_digits(rng, 7);
    g_autofree char *account = ids_digits(rng, 15);
    g_autofree char *front = with_9731(bank);
    g_autofree char *back = with_9731(account);

    return g_strconcat(front, back, NULL);
}

char *ids_de_vat(struct rng *rng)
{
    g_autofree char *base = ids_digits(rng, 8);
    int product = 10;
    int digit;

    for (int i = 0; i < 8; i++) {
        int sum = (base[i] - '0' + product) % 10;

        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    digit = (11 - product) % 10;
    return g_strdup_printf("%s%d", base, digit);
}

char *ids_gb_vat(struct rng *rng)
{
    static const int weights[] = {8, 7, 6, 5, 4, 3, 2};
    g_autofree char *base = ids_digits(rng, 7);
    int check = 97 - weighted_sum(base, weights, 7) % 97;

    return g_strdup_printf("%s%02d", base, check);
}
