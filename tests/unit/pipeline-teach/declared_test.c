/* A declared type before any teaching: labels, forms laid over crooked pages, and the document. */
#include "pipeline/extract/taught/declared.h"
#include "pipeline/extract/taught/form.h"

#include "base/err.h"
#include "tests/unit/page_case.h"

#include <math.h>

static struct type *make_type(struct arena *a, const char *text)
{
    struct type *type;
    struct err err = {0};

    if (type_parse(a, "t.yaml", text, strlen(text), &type, &err) < 0)
        fail_msg("%s", err.text);
    return type;
}

static struct document *make_document(struct arena *a)
{
    struct document *d = document_new(a);

    d->pages = arena_alloc(a, sizeof *d->pages);
    d->pages[0] = 3;
    d->n_pages = 1;
    return d;
}

static void fill(const struct taught *t, struct arena *a, struct page *page, struct document *d)
{
    struct candidates candidates;
    struct sheet sheet;

    sheet_init(&sheet, a, &page, 1);
    candidates_find(&candidates, a, &sheet, false);
    declared_fill(t, a, &sheet, &candidates, d);
}

static const char *value_of(const struct document *d, const char *name)
{
    const struct field *field = document_find(d, name);

    return field ? field->value : NULL;
}

static void labels_find_values_before_teaching(void **state)
{
    AUTO_ARENA struct arena a;
    struct taught taught;
    struct document *d;
    struct page *page;

    (void)state;
    arena_init(&a, 64 << 20);
    taught_init_untaught(&taught, &a,
                         make_type(&a, "name: job\n"
                                       "known_by: [Work sheet]\n"
                                       "fields:\n"
                                       "  job_number: {kind: identifier, required: yes, labels: "
                                       "[Job number]}\n"
                                       "  foreman: {kind: text, labels: [Foreman]}\n"
                                       "  weight: {kind: amount, labels: [Weight]}\n"
                                       "  total_gross: {kind: amount, labels: [To pay]}\n"));
    page = case_page(&a, 3);
    case_draw(&a, page, 0, "Work sheet            Phone 55-1234");
    case_draw(&a, page, 2, "JOB NUMBER:  AB-991   Foreman");
    case_draw(&a, page, 3, "                      Ole Nordby");
    case_draw(&a, page, 5, "To pay                1 250,00");
    d = make_document(&a);
    d->fields[FIELD_SELLER_NAME].value = "a guess of the invoice reader";
    fill(&taught, &a, page, d);
    assert_string_equal(d->declared, "job");
    assert_string_equal(value_of(d, "job_number"), "AB-991");
    assert_string_equal(value_of(d, "foreman"), "Ole Nordby");
    assert_string_equal(d->fields[FIELD_TOTAL_GROSS].value, "1250.00");
    assert_null(value_of(d, "weight"));
    assert_null(value_of(d, "seller_name"));
    assert_int_equal(document_find(d, "job_number")->page, 3);
    assert_true(document_find(d, "job_number")->proofs & 1u << PROOF_LABEL);
    assert_int_equal(d->n_required, 1);
    assert_string_equal(d->required[0], "job_number");
}

static void a_type_is_known_by_its_title(void **state)
{
    AUTO_ARENA struct arena a;
    struct page *page;
    struct sheet sheet;
    const struct type *type;

    (void)state;
    arena_init(&a, 64 << 20);
    type = make_type(&a, "name: job\nknown_by: [Work sheet]\nfields: {x: {kind: text}}\n");
    page = case_page(&a, 1);
    case_draw(&a, page, 0, "WORK  SHEET 12");
    sheet_init(&sheet, &a, &page, 1);
    assert_true(declared_is_known(type, &sheet));
    page = case_page(&a, 1);
    case_draw(&a, page, 60, "see our work sheet");
    sheet_init(&sheet, &a, &page, 1);
    assert_false(declared_is_known(type, &sheet));
}

/* ---- forms ---- */

static const char FORM[] = "name: card\n"
                           "anchors:\n"
                           "  Surname: [1, 50, 100]\n"
                           "  Given name: [1, 300, 100]\n"
                           "  Number: [1, 50, 300]\n"
                           "  Signature: [1, 300, 500]\n"
                           "fields:\n"
                           "  surname: {kind: text, box: [1, 48, 106, 290, 124]}\n"
                           "  number: {kind: identifier, box: [1, 100, 290, 290, 310]}\n"
                           "  pin: {kind: identifier, box: [1, 100, 340, 290, 360], "
                           "cells: [113, 127, 141]}\n"
                           "  is_new: {kind: mark, box: [1, 400, 300, 410, 310]}\n"
                           "  is_old: {kind: mark, box: [1, 440, 300, 450, 310]}\n"
                           "  is_lost: {kind: mark, box: [1, 480, 300, 490, 310]}\n";

/* Where a point of the form falls: scaled, turned by 3 degrees, moved. */
static void turned(float x, float y, float *ret_x, float *ret_y)
{
    *ret_x = 1.04f * (0.99863f * x - 0.05234f * y) + 11;
    *ret_y = 1.04f * (0.05234f * x + 0.99863f * y) - 9;
}

static void print_word(struct arena *a, struct page *page, float x, float y, const char *text)
{
    float at_x, at_y;

    turned(x, y, &at_x, &at_y);
    page->words[page->n_words++] = (struct word){
        .text = arena_strdup(a, text),
        .box = {at_x, at_y - 5, at_x + 6 * (float)strlen(text), at_y + 5},
        .confidence = 0.9f};
}

static void a_crooked_form_is_read(void **state)
{
    AUTO_ARENA struct arena a;
    struct taught taught;
    struct document *d;
    struct page *page;
    struct check_box boxes[3];

    (void)state;
    arena_init(&a, 64 << 20);
    taught_init_untaught(&taught, &a, make_type(&a, FORM));
    page = case_page(&a, 1);
    page->source = PAGE_OCR;
    print_word(&a, page, 50, 100, "Surname");
    print_word(&a, page, 300, 100, "Given");
    print_word(&a, page, 336, 100, "name");
    print_word(&a, page, 50, 300, "Number");
    print_word(&a, page, 300, 500, "Signature");
    print_word(&a, page, 60, 115, "NORDBY");
    print_word(&a, page, 310, 115, "OLE");
    print_word(&a, page, 110, 300, "12");
    print_word(&a, page, 140, 300, "|");
    print_word(&a, page, 150, 300, "34");
    print_word(&a, page, 110, 350, "7");
    print_word(&a, page, 117, 350, "|819"); /* a bar, 8, a bar read as 1, 9 */
    page->check_boxes = boxes;
    page->n_check_boxes = 3;
    for (int i = 0; i < 3; i++) {
        static const float ink[] = {0.3f, 0.01f, 0.06f};
        float x, y;

        turned(405 + 40 * (float)i, 305, &x, &y);
        boxes[i] = (struct check_box){{x - 5, y - 5, x + 5, y + 5}, ink[i]};
    }
    d = make_document(&a);
    fill(&taught, &a, page, d);
    assert_string_equal(value_of(d, "surname"), "NORDBY");
    assert_string_equal(value_of(d, "number"), "1234");
    assert_string_equal(value_of(d, "pin"), "789");
    assert_string_equal(value_of(d, "is_new"), "selected");
    assert_string_equal(value_of(d, "is_old"), "empty");
    assert_string_equal(value_of(d, "is_lost"), "doubtful");
    assert_true(document_find(d, "is_lost")->confidence < 0.6f);
}

static void another_page_is_no_form(void **state)
{
    AUTO_ARENA struct arena a;
    struct form_fit fit;
    struct sheet sheet;
    struct page *page;

    (void)state;
    arena_init(&a, 64 << 20);
    page = case_page(&a, 1);
    case_draw(&a, page, 3, "Surname and number of what has nothing to do with it, Signature");
    sheet_init(&sheet, &a, &page, 1);
    assert_false(form_fit(make_type(&a, FORM), &sheet, 1, &fit));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_find_values_before_teaching),
        cmocka_unit_test(a_type_is_known_by_its_title),
        cmocka_unit_test(a_crooked_form_is_read),
        cmocka_unit_test(another_page_is_no_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
