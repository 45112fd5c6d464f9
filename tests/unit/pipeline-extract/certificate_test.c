/* The exact bound against published values, and what the certificate's and the calibration's files
 * may not say. */
#include "pipeline/extract/certificate.h"
#include "pipeline/extract/calibration.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "bilag certificate 1\nname 2026-11-22\nmade: here\nlimit 0.01 certainty 0.95\n"

static void bounds_are_those_of_clopper_and_pearson(void **state)
{
    /* One-sided 95 %; with no error it is 1 - 0.05^(1/n), the "rule of three". */
    static const struct {
        int wrong, n;
        double bound;
    } known[] = {{0, 1, 0.95},       {0, 10, 0.258866}, {0, 299, 0.009969},
                 {0, 298, 0.010002}, {1, 10, 0.394163}, {1, 473, 0.009990},
                 {2, 100, 0.061619}, {5, 20, 0.455582}, {10, 1000, 0.016903}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        assert_true(fabs(certificate_bound(known[i].wrong, known[i].n, 0.95) - known[i].bound) <
                    2e-6);
    assert_true(certificate_bound(0, 0, 0.95) == 1);
    assert_true(certificate_bound(7, 7, 0.95) == 1);
    assert_true(certificate_bound(0, 10000000, 0.95) < 4e-7);
}

static int parse(const char *text, struct certificate *c)
{
    struct err err = {0};

    return certificate_parse(c, text, strlen(text), &err);
}

static void a_row_is_read_as_it_stands(void **state)
{
    struct certificate c;

    (void)state;
    assert_int_equal(parse(HEAD "accept scan known total_gross 0.985 400 310 0\n"
                                "accept scan new total_gross - 50 0 0\n",
                           &c),
                     0);
    assert_string_equal(c.name, "2026-11-22");
    assert_true(c.rows[GROUP_SCAN_KNOWN][FIELD_TOTAL_GROSS].is_automated);
    assert_true(fabsf(c.rows[GROUP_SCAN_KNOWN][FIELD_TOTAL_GROSS].threshold - 0.985f) < 1e-6f);
    assert_int_equal(c.rows[GROUP_SCAN_NEW][FIELD_TOTAL_GROSS].seen, 50);
    assert_false(c.rows[GROUP_SCAN_NEW][FIELD_TOTAL_GROSS].is_automated);
    assert_false(c.rows[GROUP_TEXT_NEW][FIELD_TOTAL_GROSS].is_automated);
}

static void what_does_not_add_up_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "bilag certificate 2\n",
        "bilag certificate 1\nname x\n",
        "bilag certificate 1\nlimit 0.01 certainty 0.95\n",
        "bilag certificate 1\nname x\nlimit 0 certainty 0.95\n",
        "bilag certificate 1\nname x\nlimit nan certainty 0.95\n",
        HEAD "accept scan new total_gross 0.9 400 298 0\n", /* too few */
        HEAD "accept scan new total_gross 0.9 400 310 1\n", /* one too many */
        HEAD "accept scan new total_gross 0.9 300 310 0\n",
        HEAD "accept scan new total_gross 1.9 400 310 0\n",
        HEAD "accept scan new total_gross 0.9 400 310\n",
        HEAD "accept scan new total_gross 0.9 400 310 0 7\n",
        HEAD "accept scan old total_gross 0.9 400 310 0\n",
        HEAD "accept scan new total_grass 0.9 400 310 0\n",
        HEAD
        "accept scan new total_gross 0.9 400 310 0\naccept scan new total_gross 0.1 400 310 0\n",
    };
    struct certificate c;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_int_equal(parse(bad[i], &c), ERR_INVALID);
}

/* The file with these weights for the invoice number; `extra` follows. */
static char *calibration_text(float bias, float raw, const char *extra)
{
    struct buf b;

    buf_init(&b, 10000);
    buf_add_text(&b, "bilag calibration, features 1\nmade: here\nfeatures");
    for (int i = 0; i < CALIBRATION_COUNT; i++)
        buf_printf(&b, " %s", calibration_feature_name(i));
    buf_printf(&b, "\nfield invoice_number 100 3 %.3f %.3f", (double)bias, (double)raw);
    for (int i = 2; i < CALIBRATION_COUNT; i++)
        buf_add_text(&b, " 0");
    buf_printf(&b, "%s\n", extra);
    return buf_take(&b);
}

static int weigh(char *text, struct calibration *c)
{
    AUTO_FREE char *owned = text;
    struct err err = {0};

    return calibration_parse(c, owned, strlen(owned), &err);
}

static void weights_turn_a_score_into_a_probability(void **state)
{
    static struct calibration c;
    struct document d = {.type = DOCUMENT_INVOICE, .type_confidence = 1};

    (void)state;
    assert_int_equal(weigh(calibration_text(1, 2, ""), &c), 0);
    d.fields[FIELD_INVOICE_NUMBER] = (struct field){.value = "7", .confidence = 0.9f};
    d.fields[FIELD_ISSUE_DATE] = (struct field){.value = "2026-01-01", .confidence = 0.9f};
    d.fields[FIELD_CURRENCY] = (struct field){
        .value = "NOK", .confidence = 0.9f, .proofs = 1u << PROOF_PERSON};
    calibration_apply(&c, &d);
    /* 1 + 2 ln(0.9 / 0.1) = 5.394 */
    assert_true(fabsf(d.fields[FIELD_INVOICE_NUMBER].confidence - 0.995f) < 1e-5f);
    assert_true(fabsf(d.fields[FIELD_ISSUE_DATE].confidence - 0.9f) < 1e-6f); /* no weights */
    assert_true(fabsf(d.fields[FIELD_CURRENCY].confidence - 0.9f) < 1e-6f);
}

static void damaged_weights_are_refused(void **state)
{
    static struct calibration c;

    (void)state;
    assert_int_equal(weigh(calibration_text(1, 2, " 5"), &c), ERR_INVALID);
    assert_int_equal(weigh(calibration_text(NAN, 2, ""), &c), ERR_INVALID);
    assert_int_equal(weigh(calibration_text(1, 2, "\nfield nothing 1 1 1"), &c), ERR_INVALID);
    assert_int_equal(weigh(calibration_text(1, 2, "\nfield invoice_number 1"), &c), ERR_INVALID);
    assert_int_equal(weigh(mem_strdup("bilag calibration, features 1\nfeatures raw bias\n"), &c),
                     ERR_INVALID);
    assert_int_equal(weigh(mem_strdup("bilag calibration, features 1\n"), &c), ERR_INVALID);
    assert_int_equal(weigh(mem_strdup("something else"), &c), ERR_INVALID);
}

/* Every file cut off anywhere, and with any one byte changed, is read or refused, never more. */
static void any_damage_ends_in_an_answer(void **state)
{
    static const char certificate[] = HEAD "accept scan known total_gross 0.985 400 310 0\n";
    AUTO_FREE char *weights = calibration_text(1, 2, "");
    static struct calibration c;
    struct certificate read;
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof certificate; i++) {
        char text[sizeof certificate];

        memcpy(text, certificate, sizeof text);
        text[i] = (char)(text[i] ^ 0x15);
        (void)certificate_parse(&read, text, sizeof text - 1, &err);
        (void)certificate_parse(&read, certificate, i, &err);
    }
    for (size_t i = 0, n = strlen(weights); i < n; i++) {
        (void)calibration_parse(&c, weights, i, &err);
        weights[i] ^= 0x15;
        (void)calibration_parse(&c, weights, n, &err);
        weights[i] ^= 0x15;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_those_of_clopper_and_pearson),
        cmocka_unit_test(a_row_is_read_as_it_stands),
        cmocka_unit_test(what_does_not_add_up_is_refused),
        cmocka_unit_test(weights_turn_a_score_into_a_probability),
        cmocka_unit_test(damaged_weights_are_refused),
        cmocka_unit_test(any_damage_ends_in_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
