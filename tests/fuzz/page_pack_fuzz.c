/* Packed pages from the jail or a damaged disk: refused, or good enough to pack again unchanged. */
#include "models/page.h"

#include "base/buf.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf once = {0}, twice = {0};
    AUTO_FREE char *text = NULL;
    struct page *page;

    arena_init(&a, (size_t)512 << 20);
    if (page_unpack(&a, bytes, length, &page, NULL) < 0)
        return;
    text = page_text(page);
    MUST(page->n_words > 0 || text[0] == '\0');
    buf_init(&once, (size_t)64 << 20);
    buf_init(&twice, (size_t)64 << 20);
    page_pack(page, &once);
    MUST(page_unpack(&a, once.data, once.length, &page, NULL) == 0);
    page_pack(page, &twice);
    MUST(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
}
