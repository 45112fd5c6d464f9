/* Pages from the jail: refused, or good enough to print, and the print parses again. */
#include "models/page.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL, *again = NULL;
    AUTO_FREE char *text = NULL;
    struct page *page;

    arena_init(&a, (size_t)512 << 20);
    if (json_parse(bytes, length, &json, NULL) < 0 || page_from_json(&a, json, &page, NULL) < 0)
        return;
    text = page_text(page);
    MUST(page->n_words > 0 || text[0] == '\0');
    again = page_to_json(page);
    MUST(page_from_json(&a, again, &page, NULL) == 0);
}
