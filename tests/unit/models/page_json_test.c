/*
 * A page's words through JSON: what they are judged by must come back, how the page lay included.
 */
#include "base/arena.h"
#include "base/err.h"
#include "models/page_json.h"
#include "tests/unit/unit.h"

#include <jansson.h>
#include <math.h>

static struct page *through_json(struct arena *a, const struct page *page)
{
    json_t *json = page_to_json(page, "a.tif", 1, 2);
    struct page *back = NULL;
    struct err err = {0};

    if (page_from_json(a, json, &back, &err) < 0)
        fail_msg("%s", err.text);
    json_decref(json);
    return back;
}

static void what_is_judged_comes_back(void **state)
{
    AUTO_ARENA struct arena a;
    struct word word = {.text = "Blåbær", .box = {10.5f, 20, 60, 30.1f}, .confidence = 0.875f};
    struct check_box check_box = {{70, 80, 79, 89}, 0.125f};
    struct page *page, *back;

    (void)state;
    arena_init(&a, 1 << 20);
    page = page_new(&a, 3, 595, 842);
    page->source = PAGE_OCR;
    page->skew_deg = -0.75f;
    page->lost_percent = 43;
    page->words = &word;
    page->n_words = 1;
    page->check_boxes = &check_box;
    page->n_check_boxes = 1;
    back = through_json(&a, page);
    assert_float_equal(back->skew_deg, -0.75f, 0.005f);
    assert_int_equal(back->lost_percent, 43);
    assert_int_equal(back->source, PAGE_OCR);
    assert_int_equal(back->n_words, 1);
    assert_string_equal(back->words[0].text, "Blåbær");
    assert_float_equal(back->words[0].box.x0, 10.5f, 0.05f);
    assert_float_equal(back->words[0].confidence, 0.875f, 0.0006f);
    assert_int_equal(back->n_check_boxes, 1);
    assert_float_equal(back->check_boxes[0].ink, 0.125f, 0.0006f);
}

/* No page that was read lies at more than half a right angle: such a file is not from us. */
static void nonsense_of_skew_is_kept_in_bounds(void **state)
{
    AUTO_ARENA struct arena a;
    struct page *page;

    (void)state;
    arena_init(&a, 1 << 20);
    page = page_new(&a, 1, 595, 842);
    page->skew_deg = 4000;
    assert_float_equal(through_json(&a, page)->skew_deg, 45, 0.001f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_judged_comes_back),
        cmocka_unit_test(nonsense_of_skew_is_kept_in_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
