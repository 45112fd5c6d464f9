/* What spans are made of a page, and what is known of each among its kind. */
#include "pipeline/extract/taught/span_facts.h"

#include "tests/unit/page_case.h"

struct found {
    struct sheet sheet;
    struct candidates candidates;
    struct spans spans;
    struct page *page;
};

static void begin(struct found *f, struct arena *a, enum page_source source)
{
    *f = (struct found){.page = case_page(a, 1)};
    f->page->source = source;
}

static void find(struct found *f, struct arena *a, enum field_kind kind)
{
    sheet_init(&f->sheet, a, &f->page, 1);
    candidates_find(&f->candidates, a, &f->sheet, true);
    spans_find(&f->spans, a, &f->sheet, &f->candidates, kind);
}

/* The n-th span of this value, or -1. */
static int span_of(const struct found *f, const char *value, int n)
{
    for (int i = 0; i < f->spans.count; i++)
        if (strcmp(f->spans.items[i].value, value) == 0 && n-- == 0)
            return i;
    return -1;
}

static void a_sum_is_known_by_its_column(void **state)
{
    AUTO_ARENA struct arena a;
    const struct span_facts *facts;
    struct found f;

    (void)state;
    arena_init(&a, 64 << 20);
    begin(&f, &a, PAGE_TEXT);
    case_draw(&a, f.page, 0, "Hire           400.00       3");
    case_draw(&a, f.page, 1, "Cleaning        60.00       1    60.00");
    case_draw(&a, f.page, 2, "Fuel           151.00       7");
    case_draw(&a, f.page, 3, "All of it      611.00      11    12.00");
    case_draw(&a, f.page, 4, "Paid           600.00");
    find(&f, &a, FIELD_AMOUNT);
    facts = span_facts_find(&a, &f.sheet, &f.spans);
    assert_int_equal(facts[span_of(&f, "611.00", 0)].column_sum, 3);
    assert_int_equal(facts[span_of(&f, "600.00", 0)].column_sum, 0);
    assert_int_equal(facts[span_of(&f, "151.00", 0)].column_sum, 0);
    assert_int_equal(facts[span_of(&f, "12.00", 0)].column_sum, 0);
}

static void a_sum_of_two_and_its_parts_are_known(void **state)
{
    AUTO_ARENA struct arena a;
    const struct span_facts *facts;
    struct found f;

    (void)state;
    arena_init(&a, 64 << 20);
    begin(&f, &a, PAGE_TEXT);
    case_draw(&a, f.page, 0, "Gross   1000.00   Commission   150.00   Net   850.00");
    case_draw(&a, f.page, 2, "Gross   1000.00   Rate   999.99   Cents   0.01");
    find(&f, &a, FIELD_AMOUNT);
    facts = span_facts_find(&a, &f.sheet, &f.spans);
    assert_int_equal(facts[span_of(&f, "1000.00", 0)].parts, IS_SUM_OF_TWO);
    assert_int_equal(facts[span_of(&f, "1000.00", 1)].parts, IS_SUM_OF_TWO);
    assert_int_equal(facts[span_of(&f, "850.00", 0)].parts, IS_LARGER_PART);
    assert_int_equal(facts[span_of(&f, "150.00", 0)].parts, IS_LESSER_PART);
    assert_int_equal(facts[span_of(&f, "999.99", 0)].parts, 0); /* the rest is next to nothing */
}

static void a_slash_read_as_a_one_is_mended_by_the_other_end(void **state)
{
    AUTO_ARENA struct arena a;
    struct found f;
    int begins;

    (void)state;
    arena_init(&a, 64 << 20);
    begin(&f, &a, PAGE_OCR);
    case_draw(&a, f.page, 0, "Period 3/1412026 - 3/20/2026      No. 711612026");
    case_draw(&a, f.page, 2, "Period 5/2/2026 - 5/1912026");
    case_draw(&a, f.page, 4, "Period 711612029 - 8/3/2026");
    find(&f, &a, FIELD_DATE);
    begins = span_of(&f, "2026-03-14", 0);
    assert_true(begins >= 0);
    assert_string_equal(f.spans.items[f.spans.items[begins].range].value, "2026-03-20");
    assert_true(span_of(&f, "2026-05-19", 0) >= 0);
    assert_int_equal(f.spans.count,
                     5); /* a number by itself, and a day three years off, are none */
}

static void what_a_file_says_is_not_mended(void **state)
{
    AUTO_ARENA struct arena a;
    struct found f;

    (void)state;
    arena_init(&a, 64 << 20);
    begin(&f, &a, PAGE_TEXT);
    case_draw(&a, f.page, 0, "Period 3/1412026 - 3/20/2026");
    find(&f, &a, FIELD_DATE);
    assert_int_equal(f.spans.count, 1);
}

static void a_number_ends_before_its_full_stop(void **state)
{
    AUTO_ARENA struct arena a;
    struct found f;

    (void)state;
    arena_init(&a, 64 << 20);
    begin(&f, &a, PAGE_TEXT);
    case_draw(&a, f.page, 0, "We refer to our job 4711.  It is No. 12.5 of them.");
    find(&f, &a, FIELD_IDENTIFIER);
    assert_true(span_of(&f, "4711", 0) >= 0);
    assert_true(span_of(&f, "4711.", 0) < 0);
    assert_true(span_of(&f, "12.5", 0) >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_is_known_by_its_column),
        cmocka_unit_test(a_sum_of_two_and_its_parts_are_known),
        cmocka_unit_test(a_slash_read_as_a_one_is_mended_by_the_other_end),
        cmocka_unit_test(what_a_file_says_is_not_mended),
        cmocka_unit_test(a_number_ends_before_its_full_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
