/* Pages: there and back through JSON, and everything wrong that could come out of the jail. */
#include "models/page.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static void check_parse(char *field[CASE_FIELDS_MAX])
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL;
    struct page *page = NULL;
    struct err err = {0};
    int r;

    arena_init(&a, 1000000);
    assert_int_equal(json_parse(field[0], strlen(field[0]), &json, NULL), 0);
    r = page_from_json(&a, json, &page, &err);
    if (strcmp(field[1], "ok") == 0) {
        assert_int_equal(r, 0);
        return;
    }
    assert_int_equal(r, ERR_INVALID);
    assert_null(page);
    if (strncmp(err.text, field[1], strlen(field[1])) != 0)
        fail_msg("%s\n  is told as: %s", field[0], err.text);
}

static void wrong_pages_are_refused(void **state)
{
    (void)state;
    cases_run("page", check_parse);
}

static struct page *make_page(struct arena *a)
{
    struct page *page = page_new(a, 3, 595.3f, 841.9f);

    page->rotation = 270;
    page->skew_deg = -0.75f;
    page->source = PAGE_MIXED;
    page->n_words = 3;
    page->words = arena_alloc_array(a, 3, sizeof *page->words);
    page->words[0] = (struct word){"Faktura", {10.5f, 20, 60, 30.1f}, 0.987f, 0, 0};
    page->words[1] = (struct word){"№ \"7\"", {62, 20, 80, 30}, 1, 0, 0};
    page->words[2] = (struct word){"Blåbær", {10, 40, 60, 50}, 0.5f, 1, 65535};
    page->n_barcodes = 1;
    page->barcodes = arena_alloc(a, sizeof *page->barcodes);
    page->barcodes[0] = (struct barcode){"QR-Code", "pay|me", {1, 2, 3, 4}};
    page->n_rules = 1;
    page->rules = arena_alloc(a, sizeof *page->rules);
    page->rules[0] = (struct rule){{0, 100, 500, 101}, true};
    return page;
}

static void a_page_survives_json(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL, *parsed = NULL, *again = NULL;
    AUTO_FREE char *text = NULL, *words = NULL;
    struct page *page, *back;

    (void)state;
    arena_init(&a, 1000000);
    page = make_page(&a);
    json = page_to_json(page);
    text = json_text(json);
    assert_int_equal(json_parse(text, strlen(text), &parsed, NULL), 0);
    assert_int_equal(page_from_json(&a, parsed, &back, NULL), 0);
    again = page_to_json(back);
    assert_true(json_equal(json, again));
    assert_int_equal(back->words[2].block, 65535);
    assert_true(back->rules[0].is_vertical);
    words = page_text(back);
    assert_string_equal(words, "Faktura № \"7\"\nBlåbær");
}

static void too_many_words_are_refused(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL;
    struct page *page;
    struct err err = {0};

    (void)state;
    arena_init(&a, 1000000);
    json = page_to_json(page_new(&a, 1, 10, 10));
    for (int i = 0; i <= LIMIT_WORDS_A_PAGE; i++)
        json_array_append_new(json_object_get(json, "words"), json_null());
    assert_int_equal(page_from_json(&a, json, &page, &err), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_pages_are_refused),
        cmocka_unit_test(a_page_survives_json),
        cmocka_unit_test(too_many_words_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
