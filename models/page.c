/* Making pages and printing their words. */
#include "models/page.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"

static const char *const source_names[PAGE_SOURCE_COUNT] = {
    [PAGE_NO_WORDS] = "none", [PAGE_TEXT] = "text", [PAGE_OCR] = "ocr",
    [PAGE_MIXED] = "mixed",   [PAGE_XML] = "xml",
};

const char *page_source_name(enum page_source source)
{
    return source_names[source];
}

struct page *page_new(struct arena *a, int number, float width_pt, float height_pt)
{
    struct page *page = arena_alloc(a, sizeof *page);

    page->number = number;
    page->width_pt = width_pt;
    page->height_pt = height_pt;
    return page;
}

char *page_text(const struct page *page)
{
    struct buf b;

    buf_init(&b, LIMIT_JSON_BYTES);
    for (size_t i = 0; i < page->n_words; i++) {
        if (i > 0)
            buf_add_char(&b, page->words[i].line == page->words[i - 1].line ? ' ' : '\n');
        buf_add_text(&b, page->words[i].text);
    }
    return buf_take(&b);
}
