/* Single readings: amounts, dates, check digits, key phrases and VAT law, one fact a line. */
#include "base/mem.h"
#include "pipeline/extract/amount.h"
#include "pipeline/extract/checks.h"
#include "pipeline/extract/date.h"
#include "pipeline/extract/phrases.h"
#include "pipeline/extract/vat_rates.h"

#include "tests/unit/unit.h"

#include <stdlib.h>

static void check_amount(char *field[CASE_FIELDS_MAX])
{
    struct amount amount;
    char shown[80] = "none";

    if (amount_parse(field[0], strcmp(field[2], "ocr") == 0, &amount)) {
        int n = snprintf(shown, sizeof shown, "%.4f", (double)amount.value / AMOUNT_SCALE);

        if (amount.is_ambiguous)
            snprintf(shown + n, sizeof shown - (size_t)n, " or %.4f",
                     (double)amount.other / AMOUNT_SCALE);
    }
    if (strcmp(shown, field[1]) != 0)
        fail_msg("\"%s\" gives %s, not %s", field[0], shown, field[1]);
}

static void check_date(char *field[CASE_FIELDS_MAX])
{
    struct date_reading reading;
    char shown[40] = "none";

    if (date_parse(field[0], strcmp(field[2], "month first") == 0, &reading) ||
        (strcmp(field[2], "scan") == 0 && date_repair(field[0], false, &reading))) {
        civil_date_format(reading.date, shown);
        if (reading.other.year) {
            memcpy(shown + 10, " or ", 4);
            civil_date_format(reading.other, shown + 14);
        }
    }
    if (strcmp(shown, field[1]) != 0)
        fail_msg("\"%s\" gives %s, not %s", field[0], shown, field[1]);
}

static bool check_vat_form(const char *text)
{
    bool is_proved;

    return check_vat_id(text, &is_proved);
}

static bool check_vat_digits(const char *text)
{
    bool is_proved;

    return check_vat_id(text, &is_proved) && is_proved;
}

static bool check_repair(const char *text)
{
    char copy[40];

    snprintf(copy, sizeof copy, "%s", text);
    return repair_iban(copy, true) && check_iban(copy);
}

static bool check_vat_repair(const char *text)
{
    char copy[40];

    snprintf(copy, sizeof copy, "%s", text);
    return repair_vat_id(copy) && check_vat_digits(copy);
}

static const struct {
    const char *name;
    bool (*check)(const char *);
} rules[] = {
    {"luhn", check_luhn},
    {"mod11", check_mod11},
    {"no organisation", check_no_organisation},
    {"no account", check_no_account},
    {"se organisation", check_se_organisation},
    {"dk cvr", check_dk_cvr},
    {"hu tax", check_hu_tax},
    {"hu account", check_hu_account},
    {"de vat", check_de_vat},
    {"gb vat", check_gb_vat},
    {"iban", check_iban},
    {"iban repaired", check_repair},
    {"rf", check_rf},
    {"kid", check_kid},
    {"bankgiro", check_bankgiro},
    {"plusgiro", check_plusgiro},
    {"vat form", check_vat_form},
    {"vat digits", check_vat_digits},
    {"vat repaired", check_vat_repair},
};

static void check_digits(char *field[CASE_FIELDS_MAX])
{
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
        if (strcmp(rules[i].name, field[0]) != 0)
            continue;
        if (rules[i].check(field[1]) != (strcmp(field[2], "holds") == 0))
            fail_msg("%s of \"%s\" must be: %s", field[0], field[1], field[2]);
        return;
    }
    fail_msg("no rule \"%s\"", field[0]);
}

static const char *const concepts[] = {
#define CONCEPT(name) #name,
#include "pipeline/extract/concept.def"
#undef CONCEPT
};

static void check_phrase(char *field[CASE_FIELDS_MAX])
{
    char key[PHRASE_KEY_SIZE], near_key[PHRASE_KEY_SIZE];
    const struct phrase *phrase;

    phrase_key(field[0], key, sizeof key);
    phrase = phrase_find(key);
    if (!phrase && strcmp(field[2], "near") == 0) {
        memcpy(near_key, key, sizeof key);
        phrase = phrase_find_near(near_key);
    }
    if (!phrase && strcmp(field[1], "none") == 0)
        return;
    for (int i = 0; phrase && i < CONCEPT_COUNT; i++)
        if (phrase->concepts >> i & 1 && strcmp(concepts[i], field[1]) == 0)
            return;
    fail_msg("\"%s\" is not %s", field[0], field[1]);
}

static int distance_of_nearest(const char *key, int limit)
{
    for (size_t i = 0; i < phrase_count && limit > 0; i++) {
        int distance = phrase_distance(key, phrase_table[i].key, limit);

        limit = distance < limit ? distance : limit;
    }
    return limit;
}

/* What is passed over without a distance is never the nearest: edited phrases against them all. */
static void the_nearest_phrase_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < phrase_count; i += 61) {
        char key[PHRASE_KEY_SIZE];
        const struct phrase *near;
        int length = phrase_table[i].length;

        if (length < 7 || length + 2 > PHRASE_KEY_SIZE)
            continue;
        memcpy(key, phrase_table[i].key, (size_t)length + 1);
        for (int edit = 0; edit < length / 6; edit++)
            key[(edit * 5 + (int)i) % length] = 'q';
        near = phrase_find_near(key);
        assert_non_null(near);
        assert_int_equal(phrase_distance(key, near->key, length),
                         distance_of_nearest(key, length / 6));
    }
}

/* Longer keys than the table's come from names on paper. */
static void a_long_key_is_like_itself_alone(void **unused)
{
    char key[PHRASE_KEY_SIZE + 8] = "", other[sizeof key];

    (void)unused;
    memset(key, 'a', sizeof key - 1);
    memcpy(other, key, sizeof key);
    assert_int_equal(phrase_distance(key, other, 3), 0);
    other[sizeof key - 2] = 'b';
    assert_int_equal(phrase_distance(key, other, 3), 4);
    assert_null(phrase_find_near(key));
}

static void check_account(char *field[CASE_FIELDS_MAX])
{
    bool is_same = strcmp(field[2], "same") == 0;

    if (account_is_same(field[0], field[1]) != is_same ||
        account_is_same(field[1], field[0]) != is_same)
        fail_msg("%s and %s must be %s", field[0], field[1], field[2]);
}

static void check_rate(char *field[CASE_FIELDS_MAX])
{
    struct civil_date day;
    int bp = (int)strtoll(field[2], NULL, 10);

    assert_true(civil_date_parse(field[1], &day));
    if (vat_rate_is_legal(field[0], day, bp) != (strcmp(field[3], "legal") == 0))
        fail_msg("%s %s %d must be %s", field[0], field[1], bp, field[3]);
}

static void amounts_of_six_countries(void **state)
{
    (void)state;
    cases_run("extract_amount", check_amount);
}

static void dates_of_six_countries(void **state)
{
    (void)state;
    cases_run("extract_date", check_date);
}

static void check_digits_hold_or_not(void **state)
{
    (void)state;
    cases_run("extract_check", check_digits);
}

static void accounts_are_known_in_any_notation(void **state)
{
    (void)state;
    cases_run("extract_account", check_account);
}

static void phrases_have_concepts(void **state)
{
    (void)state;
    cases_run("extract_phrase", check_phrase);
}

static void vat_rates_are_dated(void **state)
{
    (void)state;
    cases_run("extract_vat_rate", check_rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(amounts_of_six_countries),
                                       cmocka_unit_test(dates_of_six_countries),
                                       cmocka_unit_test(check_digits_hold_or_not),
                                       cmocka_unit_test(phrases_have_concepts),
                                       cmocka_unit_test(the_nearest_phrase_is_found),
                                       cmocka_unit_test(a_long_key_is_like_itself_alone),
                                       cmocka_unit_test(vat_rates_are_dated),
                                       cmocka_unit_test(accounts_are_known_in_any_notation)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
