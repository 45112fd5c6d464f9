/* What a proof is worth against a doubt: the verdict on documents set up by hand. */
#include "pipeline/extract/extract.h"
#include "pipeline/extract/certificate.h"

#include "base/arena.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static struct document *invoice(struct arena *a, const char *net, const char *vat,
                                const char *gross, float gross_confidence)
{
    static const struct {
        enum field_id id;
        const char *value;
        unsigned proofs;
    } sure[] = {{FIELD_INVOICE_NUMBER, "10482", 0},
                {FIELD_ISSUE_DATE, "2026-11-03", 0},
                {FIELD_SELLER_NAME, "Nordlys Kontor AS", 0},
                {FIELD_SELLER_VAT_ID, "NO987654325MVA", 1u << PROOF_CHECKSUM},
                {FIELD_CURRENCY, "NOK", 0}};
    struct document *d = document_new(a);

    d->type = DOCUMENT_INVOICE;
    d->type_confidence = 1;
    for (size_t i = 0; i < ARRAY_LENGTH(sure); i++)
        d->fields[sure[i].id] = (struct field){.value = sure[i].value,
                                               .confidence = 0.99f,
                                               .source = SOURCE_OCR,
                                               .proofs = sure[i].proofs};
    if (net) {
        d->vat = arena_alloc(a, sizeof *d->vat);
        d->vat[0] = (struct vat_row){.rate = "25", .net = net, .vat = vat};
        d->n_vat = 1;
    }
    d->fields[FIELD_TOTAL_NET] = (struct field){.value = net, .confidence = 0.99f};
    d->fields[FIELD_TOTAL_VAT] = (struct field){.value = vat, .confidence = 0.99f};
    d->fields[FIELD_TOTAL_GROSS] = (struct field){.value = gross, .confidence = gross_confidence};
    return d;
}

static enum outcome judged(struct arena *a, struct document *d)
{
    static const struct company us = {"Fjordlys Handel AS", "NO", "NOK", "", ""};
    const struct extract_context context = {
        .company = &us, .today = {2026, 11, 21}, .post_confidence = 0.9f};

    verdict_decide(a, &context, d);
    return d->outcome;
}

static void a_total_that_two_equations_make_needs_no_sure_reading(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};

    (void)state;
    assert_int_equal(judged(&a, invoice(&a, "1000.00", "250.00", "1250.00", 0.95f)), OUTCOME_POST);
    assert_int_equal(judged(&a, invoice(&a, "1000.00", "250.00", "1250.00", 0.6f)), OUTCOME_POST);
}

/* What an e-invoice says is believed, but a year misread or mistyped is not posted to that year. */
static void a_date_that_cannot_be_waits(void **state)
{
    static const struct {
        enum field_id id;
        const char *value, *reason;
    } cases[] = {
        {FIELD_ISSUE_DATE, "2021-12-24", NULL},
        {FIELD_ISSUE_DATE, "2016-11-03", "date_long_past"},
        {FIELD_ISSUE_DATE, "2026-12-24", "date_in_future"},
        {FIELD_ISSUE_DATE, "2026-02-31", "no_such_date"},
        {FIELD_DUE_DATE, "2026-11-31", "no_such_date"},
        {FIELD_DUE_DATE, "2026-11-01", "dates_out_of_order"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};
        struct document *d = invoice(&a, "1000.00", "250.00", "1250.00", 0.95f);

        d->fields[cases[i].id] = (struct field){
            .value = cases[i].value, .confidence = 1, .proofs = 1u << PROOF_STRUCTURED};
        assert_int_equal(judged(&a, d), cases[i].reason ? OUTCOME_REVIEW : OUTCOME_POST);
        if (cases[i].reason)
            assert_string_equal(d->reasons[0].code, cases[i].reason);
    }
}

static void a_total_that_nothing_makes_does(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};

    (void)state;
    assert_int_equal(judged(&a, invoice(&a, "1000.00", "240.00", "1240.00", 0.6f)), OUTCOME_REVIEW);
    assert_int_equal(judged(&a, invoice(&a, "1000.00", "250.00", "1280.00", 0.99f)),
                     OUTCOME_REVIEW);
    assert_int_equal(judged(&a, invoice(&a, NULL, NULL, "1250.00", 0.99f)), OUTCOME_REVIEW);
}

/* Said while reading; a person who sets the type takes its code away, and settles it. */
static void a_correction_waits_until_its_type_is_set(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};
    struct document *d = invoice(&a, "1000.00", "250.00", "1250.00", 0.95f);

    (void)state;
    d->type_code = "384";
    document_add_reason(d, &a, "correction", -1, "titled a correction");
    assert_int_equal(judged(&a, d), OUTCOME_REVIEW);
    assert_string_equal(d->reasons[0].code, "correction");
    d->type_code = NULL;
    assert_int_equal(judged(&a, d), OUTCOME_POST);
}

static void two_readings_of_a_total_ask_all_the_same(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};
    struct document *d = invoice(&a, "1000.00", "250.00", "1250.00", 0.95f);

    (void)state;
    d->fields[FIELD_TOTAL_GROSS].alternative = "1.25";
    assert_int_equal(judged(&a, d), OUTCOME_REVIEW);
    assert_string_equal(d->reasons[0].code, "ambiguous");
}

/* "Total 1250.00, VAT included 250.00", on a paper of one rate or of several. */
static void a_net_that_is_not_printed_follows_from_the_rate_or_the_lines(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};
    struct document *d = invoice(&a, NULL, "250.00", "1250.00", 0.99f);
    struct line_item lines[] = {{.amount = "700.00"}, {.amount = "300.00"}};

    (void)state;
    assert_int_equal(judged(&a, d), OUTCOME_POST);
    assert_true(d->fields[FIELD_TOTAL_GROSS].proofs & 1u << PROOF_TOTALS);
    d->fields[FIELD_TOTAL_VAT].value = "190.00"; /* 19 % is no rate of Norway */
    d->fields[FIELD_TOTAL_GROSS].value = "1190.00";
    assert_int_equal(judged(&a, d), OUTCOME_REVIEW);
    assert_string_equal(d->reasons[0].code, "totals_unproved");
    d->lines = lines;
    d->n_lines = ARRAY_LENGTH(lines);
    assert_int_equal(judged(&a, d), OUTCOME_POST);
    d->fields[FIELD_TOTAL_CHARGES].value = "50.00";
    assert_int_equal(judged(&a, d), OUTCOME_REVIEW);
}

/* A certificate for scans of new suppliers that believes every required field from 0.97 on. */
static struct certificate certificate_for_new_scans(void)
{
    static const enum field_id required[] = {FIELD_INVOICE_NUMBER, FIELD_ISSUE_DATE,
                                             FIELD_SELLER_NAME, FIELD_CURRENCY, FIELD_TOTAL_GROSS};
    struct certificate c = {.name = "2026-11-22", .limit = 0.01, .certainty = 0.95};

    for (size_t i = 0; i < ARRAY_LENGTH(required); i++)
        c.rows[GROUP_SCAN_NEW][required[i]] = (struct certificate_row){
            .seen = 500, .accepted = 400, .is_automated = true, .threshold = 0.97f};
    return c;
}

static enum outcome judged_by(struct arena *a, struct document *d, const struct certificate *c,
                              float floor)
{
    static const struct company us = {"Fjordlys Handel AS", "NO", "NOK", "", ""};
    const struct extract_context context = {
        .company = &us, .today = {2026, 11, 21}, .post_confidence = floor, .certificate = c};

    verdict_decide(a, &context, d);
    return d->outcome;
}

static void the_certificate_says_what_is_sure_enough(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};
    struct certificate c = certificate_for_new_scans();
    struct document *sure = invoice(&a, "1000.00", "250.00", "1250.00", 0.98f);
    struct document *unsure = invoice(&a, "1000.00", "250.00", "1250.00", 0.96f);

    (void)state;
    assert_int_equal(judged_by(&a, sure, &c, 0), OUTCOME_POST);
    assert_string_equal(sure->certificate, "2026-11-22 scan new");
    assert_int_equal(judged_by(&a, unsure, &c, 0), OUTCOME_REVIEW); /* sums or not */
    assert_string_equal(unsure->reasons[0].code, "low_confidence");
    assert_int_equal(judged_by(&a, sure, &c, 0.985f), OUTCOME_REVIEW); /* the floor holds */
}

static void a_group_without_threshold_waits(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};
    struct certificate c = certificate_for_new_scans();
    struct document *d = invoice(&a, "1000.00", "250.00", "1250.00", 0.99f);

    (void)state;
    c.rows[GROUP_SCAN_NEW][FIELD_SELLER_NAME].is_automated = false;
    assert_int_equal(judged_by(&a, d, &c, 0), OUTCOME_REVIEW);
    assert_string_equal(d->reasons[0].code, "not_certified");
    d->fields[FIELD_SELLER_NAME].proofs |= 1u << PROOF_PERSON;
    assert_int_equal(judged_by(&a, d, &c, 0), OUTCOME_POST);
    assert_int_equal(judged_by(&a, d, NULL, 0.9f), OUTCOME_POST);
    assert_null(d->certificate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_total_that_two_equations_make_needs_no_sure_reading),
        cmocka_unit_test(a_date_that_cannot_be_waits),
        cmocka_unit_test(a_total_that_nothing_makes_does),
        cmocka_unit_test(a_net_that_is_not_printed_follows_from_the_rate_or_the_lines),
        cmocka_unit_test(the_certificate_says_what_is_sure_enough),
        cmocka_unit_test(a_group_without_threshold_waits),
        cmocka_unit_test(a_correction_waits_until_its_type_is_set),
        cmocka_unit_test(two_readings_of_a_total_ask_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
