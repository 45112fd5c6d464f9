/* Packed pages: what comes back is what went in, rounded, and no bytes can do harm. */
#include "models/page.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

#include <math.h>

static struct page *make_page(struct arena *a)
{
    struct page *page = page_new(a, 3, 595.3f, 841.9f);

    page->rotation = 270;
    page->skew_deg = -0.75f;
    page->source = PAGE_MIXED;
    page->is_blank = true;
    page->is_stored = true;
    page->lost_percent = 43;
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
    page->n_check_boxes = 1;
    page->check_boxes = arena_alloc(a, sizeof *page->check_boxes);
    page->check_boxes[0] = (struct check_box){{70, 80, 79, 89}, 0.125f};
    return page;
}

/* To a tenth of a point. */
static void assert_near(float before, float after)
{
    if (fabsf(before - after) > 0.0501f)
        fail_msg("%g came back as %g", (double)before, (double)after);
}

static void assert_same_box(const struct box *before, const struct box *after)
{
    assert_near(before->x0, after->x0);
    assert_near(before->y0, after->y0);
    assert_near(before->x1, after->x1);
    assert_near(before->y1, after->y1);
}

static void assert_same_head(const struct page *before, const struct page *after)
{
    assert_int_equal(before->number, after->number);
    assert_near(before->width_pt, after->width_pt);
    assert_near(before->height_pt, after->height_pt);
    assert_int_equal(before->rotation, after->rotation);
    assert_true(fabsf(before->skew_deg - after->skew_deg) <= 0.0051f);
    assert_int_equal(before->source, after->source);
    assert_int_equal(before->is_blank, after->is_blank);
    assert_int_equal(before->is_stored, after->is_stored);
    assert_int_equal(before->lost_percent, after->lost_percent);
    assert_int_equal(before->n_words, after->n_words);
    assert_int_equal(before->n_barcodes, after->n_barcodes);
    assert_int_equal(before->n_rules, after->n_rules);
    assert_int_equal(before->n_check_boxes, after->n_check_boxes);
}

static void assert_same_content(const struct page *before, const struct page *after)
{
    for (size_t i = 0; i < before->n_check_boxes; i++) {
        assert_same_box(&before->check_boxes[i].box, &after->check_boxes[i].box);
        assert_float_equal(before->check_boxes[i].ink, after->check_boxes[i].ink, 0.0006f);
    }
    for (size_t i = 0; i < before->n_words; i++) {
        const struct word *b = &before->words[i], *a = &after->words[i];

        assert_string_equal(b->text, a->text);
        assert_same_box(&b->box, &a->box);
        assert_true(fabsf(b->confidence - a->confidence) <= 0.00051f);
        assert_int_equal(b->line, a->line);
        assert_int_equal(b->block, a->block);
    }
    for (size_t i = 0; i < before->n_barcodes; i++) {
        assert_string_equal(before->barcodes[i].text, after->barcodes[i].text);
        assert_string_equal(before->barcodes[i].symbology, after->barcodes[i].symbology);
        assert_same_box(&before->barcodes[i].box, &after->barcodes[i].box);
    }
    for (size_t i = 0; i < before->n_rules; i++) {
        assert_int_equal(before->rules[i].is_vertical, after->rules[i].is_vertical);
        assert_same_box(&before->rules[i].box, &after->rules[i].box);
    }
}

static void assert_same(struct arena *a, const struct page *page)
{
    AUTO_BUF struct buf b;
    struct page *back = NULL;
    struct err err = {0};

    buf_init(&b, 1 << 20);
    page_pack(page, &b);
    if (page_unpack(a, b.data, b.length, &back, &err) < 0)
        fail_msg("%s", err.text);
    assert_same_head(page, back);
    assert_same_content(page, back);
}

static void it_comes_back(void **state)
{
    AUTO_ARENA struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    assert_same(&a, make_page(&a));
    assert_same(&a, page_new(&a, 1, 0, 0));
}

/* The counts are held against the limits, not only against the bytes that are left. */
static void too_many_words_are_refused(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf b;
    struct page *page, *back = NULL;

    (void)state;
    arena_init(&a, 1 << 24);
    buf_init(&b, 1 << 20);
    page = page_new(&a, 1, 10, 10);
    page->n_words = LIMIT_WORDS_A_PAGE + 1;
    page->words = arena_alloc_array(&a, page->n_words, sizeof *page->words);
    for (size_t i = 0; i < page->n_words; i++)
        page->words[i].text = "";
    page_pack(page, &b);
    assert_int_equal(page_unpack(&a, b.data, b.length, &back, NULL), ERR_INVALID);
    buf_clear(&b);
    page->n_words--;
    page_pack(page, &b);
    assert_int_equal(page_unpack(&a, b.data, b.length, &back, NULL), 0);
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
        cmocka_unit_test(it_comes_back),
        cmocka_unit_test(too_many_words_are_refused),
        cmocka_unit_test(bad_text_and_wild_numbers_are_cleaned),
        cmocka_unit_test(a_cut_is_refused_wherever_it_falls),
        cmocka_unit_test(no_byte_can_do_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
