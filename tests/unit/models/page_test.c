/* Pages: the words as a person would type them, and the names of sources. */
#include "models/page.h"

#include "base/arena.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static void the_text_breaks_where_lines_do(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_FREE char *text = NULL, *nothing = NULL;
    struct word words[] = {{.text = "Faktura", .line = 0},
                           {.text = "№ \"7\"", .line = 0},
                           {.text = "Blåbær", .line = 1}};
    struct page *page;

    (void)state;
    arena_init(&a, 1000000);
    page = page_new(&a, 1, 595, 842);
    nothing = page_text(page);
    assert_string_equal(nothing, "");
    page->words = words;
    page->n_words = 3;
    text = page_text(page);
    assert_string_equal(text, "Faktura № \"7\"\nBlåbær");
}

static void every_source_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < PAGE_SOURCE_COUNT; i++)
        assert_non_null(page_source_name((enum page_source)i));
    assert_string_equal(page_source_name(PAGE_XML), "xml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_breaks_where_lines_do),
        cmocka_unit_test(every_source_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
