/* Packed pages: what comes back is what JSON gives back, and no bytes can do harm. */
#include "models/page.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static struct page *make_page(struct arena *a)
{
    struct page *page = page_new(a, 3, 595.3f, 841.9f);

    page->rotation = 270;
    page->skew_deg = -0.75f;
    page->source = PAGE_MIXED;
    page->is_blank = true;
    page->n_words = 3;
    page->words = arena_alloc_array(a, 3, sizeof *page->words);
    page->words[0] = (struct word){"Faktura", {-10.5f, 20, 60, 30.1f}, 0.987f, 0, 0};
    page->words[1] = (struct word){"№ \"7\"", {62, 20, 80, 30}, 1, 0, 0};
    page->words[2] = (struct word){"Blåbær", {99999, 40, 0, 50}, 0.5f, 700, 65535};
    page->n_barcodes = 1;
    page->barcodes = arena_alloc(a, sizeof *page->barcodes);
    page->barcodes[0] = (struct barcode){"QR-Code", "pay|me", {1, 2, 3, 4}};
    page->n_rules = 2;
    page->rules = arena_alloc_array(a, 2, sizeof *page->rules);
    page->rules[0] = (struct rule){{0, 100, 500, 101}, true};
    page->rules[1] = (struct rule){{0, 100, 1, 700}, false};
    return page;
}

static char *json_of(const struct page *page)
{
    AUTO_JSON json_t *json = page_to_json(page);

    return json_text(json);
}

static void assert_same(struct arena *a, const struct page *page)
{
    AUTO_BUF struct buf b;
    AUTO_FREE char *before = json_of(page), *after = NULL;
    struct page *back = NULL;
    struct err err = {0};

    buf_init(&b, 1 << 20);
    page_pack(page, &b);
    if (page_unpack(a, b.data, b.length, &back, &err) < 0)
        fail_msg("%s", err.text);
    after = json_of(back);
    assert_string_equal(before, after);
}

static void it_comes_back_as_through_json(void **state)
{
    AUTO_ARENA struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    assert_same(&a, make_page(&a));
    assert_same(&a, page_new(&a, 1, 0, 0));
}

static void bad_text_and_wild_numbers_are_cleaned(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf b;
    struct page *page, *back = NULL;

    (void)state;
    arena_init(&a, 1 << 20);
    buf_init(&b, 1 << 20);
    page = make_page(&a);
    page->words[0].text = "bad \xff byte";
    page->words[1].box.x0 = 0.0f / 0.0f;
    page_pack(page, &b);
    assert_int_equal(page_unpack(&a, b.data, b.length, &back, NULL), 0);
    assert_non_null(strstr(back->words[0].text, "\xEF\xBF\xBD"));
    assert_true(back->words[1].box.x0 == 0);
}

static void a_cut_is_refused_wherever_it_falls(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf b;
    struct page *back = NULL;

    (void)state;
    arena_init(&a, 1 << 24);
    buf_init(&b, 1 << 20);
    page_pack(make_page(&a), &b);
    for (size_t n = 0; n < b.length; n++) {
        AUTO_FREE char *cut = mem_alloc(n); /* so that the sanitizer sees a step too far */

        memcpy(cut, b.data, n);
        assert_int_equal(page_unpack(&a, cut, n, &back, NULL), ERR_INVALID);
    }
    buf_add_char(&b, 0);
    assert_int_equal(page_unpack(&a, b.data, b.length, &back, NULL), ERR_INVALID);
    assert_null(back);
}

/* Every byte turned into every other: refused, or a page that keeps its promises. */
static void no_byte_can_do_harm(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf b;
    struct page *page;

    (void)state;
    arena_init(&a, 1 << 24);
    buf_init(&b, 1 << 20);
    page_pack(make_page(&a), &b);
    for (size_t i = 0; i < b.length * 256; i++) {
        char kept = b.data[i / 256];
        struct page *back = NULL;

        arena_clear(&a);
        b.data[i / 256] = (char)(i % 256);
        if (page_unpack(&a, b.data, b.length, &back, NULL) == 0) {
            assert_in_range(back->number, 1, LIMIT_PAGE_NUMBER);
            assert_true(back->n_words <= LIMIT_WORDS_A_PAGE);
            for (size_t w = 0; w < back->n_words; w++)
                assert_true(back->words[w].box.x1 < LIMIT_BOX_PT && back->words[w].text);
        }
        b.data[i / 256] = kept;
    }
    arena_clear(&a);
    page = make_page(&a);
    assert_same(&a, page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_back_as_through_json),
        cmocka_unit_test(bad_text_and_wild_numbers_are_cleaned),
        cmocka_unit_test(a_cut_is_refused_wherever_it_falls),
        cmocka_unit_test(no_byte_can_do_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
