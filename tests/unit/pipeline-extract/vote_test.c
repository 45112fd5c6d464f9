/* Several readings of one document, settled field by field. */
#include "pipeline/extract/vote.h"

#include "base/arena.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static const struct extract_context context = {.post_confidence = 0.9f};

struct desk {
    struct arena arena;
    const struct document *readings[VOTES_MAX];
    struct document *first;
    int n;
};

static int set_up(void **state)
{
    struct desk *desk = mem_alloc(sizeof *desk);

    arena_init(&desk->arena, (size_t)1 << 20);
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;

    arena_release(&desk->arena);
    free(desk);
    return 0;
}

static struct document *add_reading(struct desk *desk)
{
    struct document *d = document_new(&desk->arena);

    d->type = DOCUMENT_RECEIPT;
    desk->first = desk->n == 0 ? d : desk->first;
    desk->readings[desk->n++] = d;
    return d;
}

static struct field *set(struct document *d, enum field_id id, const char *value, float confidence)
{
    d->fields[id] = (struct field){.value = value, .confidence = confidence, .source = SOURCE_OCR};
    return &d->fields[id];
}

/* One reading more with this value of the field, or without any. */
static struct field *add_value(struct desk *desk, enum field_id id, const char *value,
                               float confidence)
{
    return set(add_reading(desk), id, value, confidence);
}

static const struct field *settle(struct desk *desk, enum field_id id)
{
    vote_settle(&desk->arena, &context, desk->readings, desk->n, desk->first);
    return &desk->first->fields[id];
}

static void what_two_agree_on_wins(void **state)
{
    struct desk *desk = *state;
    const struct field *field;

    add_value(desk, FIELD_TOTAL_GROSS, "21.80", 0.7f);
    add_value(desk, FIELD_TOTAL_GROSS, "27.80", 0.5f);
    add_value(desk, FIELD_TOTAL_GROSS, "27.80", 0.6f);
    field = settle(desk, FIELD_TOTAL_GROSS);
    assert_string_equal(field->value, "27.80");
    assert_string_equal(field->alternative, "21.80");
    assert_true(field->proofs & 1u << PROOF_SECOND_READING);
    assert_float_equal(field->confidence, 0.6f, 1e-6f);
}

static void one_against_one_changes_nothing(void **state)
{
    struct desk *desk = *state;
    const struct field *field;

    add_value(desk, FIELD_ISSUE_DATE, "2018-03-09", 0.4f);
    add_value(desk, FIELD_ISSUE_DATE, "2018-08-09", 0.8f);
    field = settle(desk, FIELD_ISSUE_DATE);
    assert_string_equal(field->value, "2018-03-09");
    assert_null(field->alternative);
    assert_false(field->proofs & 1u << PROOF_SECOND_READING);
}

static void check_digits_need_no_second_vote(void **state)
{
    struct desk *desk = *state;

    add_value(desk, FIELD_IBAN, "NO9386011117948", 0.8f);
    add_value(desk, FIELD_IBAN, "NO9386011117947", 0.6f)->proofs = 1u << PROOF_CHECKSUM;
    assert_string_equal(settle(desk, FIELD_IBAN)->value, "NO9386011117947");
}

/* Half of one reading's equation proves nothing with half of another's. */
static void totals_come_from_one_reading(void **state)
{
    struct desk *desk = *state;
    struct document *first = add_reading(desk), *second = add_reading(desk);

    set(first, FIELD_TOTAL_NET, "1000.00", 0.9f);
    set(first, FIELD_TOTAL_GROSS, "1280.00", 0.9f);
    set(second, FIELD_TOTAL_NET, "1000.00", 0.9f)->proofs = 1u << PROOF_TOTALS;
    set(second, FIELD_TOTAL_VAT, "250.00", 0.9f)->proofs = 1u << PROOF_TOTALS;
    set(second, FIELD_TOTAL_GROSS, "1250.00", 0.9f)->proofs = 1u << PROOF_TOTALS;
    assert_string_equal(settle(desk, FIELD_TOTAL_GROSS)->value, "1250.00");
    assert_string_equal(first->fields[FIELD_TOTAL_VAT].value, "250.00");
    assert_true(first->fields[FIELD_TOTAL_NET].proofs & 1u << PROOF_SECOND_READING);
}

static void names_agree_by_their_letters(void **state)
{
    struct desk *desk = *state;
    const struct field *field;

    add_value(desk, FIELD_SELLER_NAME, "Nordlys Kontor AS", 0.5f);
    add_value(desk, FIELD_SELLER_NAME, "NORDLYS K0NTOR AS", 0.7f);
    field = settle(desk, FIELD_SELLER_NAME);
    assert_string_equal(field->value, "Nordlys Kontor AS");
    assert_true(field->proofs & 1u << PROOF_SECOND_READING);
    assert_float_equal(field->confidence, 0.7f, 1e-6f);
}

/* One reading of a declared type that requires a licence's number and holder. */
static struct document *add_licence(struct desk *desk, const char *number, const char *holder,
                                    float confidence)
{
    static const char *required[] = {"licence_number", "holder"};
    struct document *d = add_reading(desk);

    d->declared = "licence";
    d->required = required;
    d->n_required = ARRAY_LENGTH(required);
    *document_field(d, &desk->arena, "licence_number") = (struct field){.value = number,
                                                                        .confidence = 0.95f};
    if (holder)
        *document_field(d, &desk->arena, "holder") = (struct field){.value = holder,
                                                                    .confidence = confidence};
    return d;
}

static const char *declared(const struct desk *desk, const char *name)
{
    const struct field *field = document_find(desk->first, name);

    return field ? field->value : NULL;
}

static void declared_fields_are_voted_on(void **state)
{
    struct desk *desk = *state;

    add_licence(desk, "K-105", NULL, 0);
    add_licence(desk, "K-1O5", "Nordlys K0ntor", 0.5f);
    add_licence(desk, "K-1O5", "Nordlys Kontor", 0.6f);
    settle(desk, FIELD_TOTAL_GROSS);
    assert_string_equal(declared(desk, "licence_number"), "K-1O5");
    assert_string_equal(document_find(desk->first, "licence_number")->alternative, "K-105");
    assert_string_equal(declared(desk, "holder"), "Nordlys Kontor");
}

static void what_one_reading_invents_is_left_out(void **state)
{
    struct desk *desk = *state;

    add_licence(desk, "K-105", NULL, 0);
    add_licence(desk, "K-105", "Page 1 of 2", 0.5f);
    settle(desk, FIELD_TOTAL_GROSS);
    assert_null(declared(desk, "holder"));
}

/* Totals and sellers are not asked of a type that has none. */
static void a_declared_type_asks_for_what_it_requires(void **state)
{
    struct desk *desk = *state;

    add_licence(desk, "K-105", "Nordlys Kontor", 0.9f);
    assert_false(vote_is_wanted(desk->readings, desk->n));
    desk->n = 0;
    add_licence(desk, "K-105", "Nordlys Kontor", 0.5f);
    assert_true(vote_is_wanted(desk->readings, desk->n));
    add_licence(desk, "K-105", "NORDLYS KONTOR", 0.5f);
    assert_false(vote_is_wanted(desk->readings, desk->n));
    desk->n = 0;
    add_licence(desk, "K-105", NULL, 0);
    assert_true(vote_is_wanted(desk->readings, desk->n));
}

static void one_reading_is_left_as_it_is(void **state)
{
    struct desk *desk = *state;

    add_value(desk, FIELD_TOTAL_GROSS, "27.80", 0.5f);
    assert_false(settle(desk, FIELD_TOTAL_GROSS)->proofs & 1u << PROOF_SECOND_READING);
}

/* The three fields every document is known by. */
static struct document *read_all(struct desk *desk, const char *total, float confidence)
{
    struct document *d = add_reading(desk);

    set(d, FIELD_TOTAL_GROSS, total, confidence);
    set(d, FIELD_ISSUE_DATE, "2018-03-09", 0.95f);
    set(d, FIELD_SELLER_NAME, "Nordlys Kontor AS", 0.95f);
    return d;
}

static void what_is_sure_or_agreed_wants_no_more(void **state)
{
    struct desk *desk = *state;

    read_all(desk, "27.80", 0.95f);
    assert_false(vote_is_wanted(desk->readings, desk->n));
    desk->n = 0;
    read_all(desk, "27.80", 0.5f);
    assert_true(vote_is_wanted(desk->readings, desk->n));
    read_all(desk, "21.80", 0.5f);
    assert_true(vote_is_wanted(desk->readings, desk->n));
    read_all(desk, "27.80", 0.5f);
    assert_false(vote_is_wanted(desk->readings, desk->n));
}

static void only_badly_read_pages_are_worth_another_reading(void **state)
{
    struct word words[100];
    struct page page = {.source = PAGE_OCR, .words = words, .n_words = 100};

    (void)state;
    for (size_t i = 0; i < page.n_words; i++)
        words[i] = (struct word){.text = "ord", .confidence = i < 2 ? 0.6f : 0.99f};
    assert_false(vote_is_badly_read(&page));
    words[2].confidence = 0.6f;
    assert_true(vote_is_badly_read(&page));
    page.source = PAGE_TEXT;
    assert_false(vote_is_badly_read(&page));
    assert_false(vote_is_badly_read(NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_two_agree_on_wins),
        TEST(one_against_one_changes_nothing),
        TEST(check_digits_need_no_second_vote),
        TEST(totals_come_from_one_reading),
        TEST(names_agree_by_their_letters),
        TEST(declared_fields_are_voted_on),
        TEST(what_one_reading_invents_is_left_out),
        TEST(a_declared_type_asks_for_what_it_requires),
        TEST(one_reading_is_left_as_it_is),
        TEST(what_is_sure_or_agreed_wants_no_more),
        cmocka_unit_test(only_badly_read_pages_are_worth_another_reading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
