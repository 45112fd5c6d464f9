/*
 * A packed page from the jail becomes fields: every value is in its normal form and stands on that
 * page, and nothing is posted without a proven total.
 */
#include "pipeline/extract/extract.h"
#include "base/buf.h"
#include "base/file.h"
#include "pipeline/extract/score.h"
#include "tests/fuzz/fuzz.h"

static void check_field(const struct document *d, enum field_id id)
{
    const char *value = document_value(d, id), *currency = document_value(d, FIELD_CURRENCY);
    char normal[4096];

    if (!value)
        return;
    MUST(field_normalise(id, value, currency ? currency : "NOK", normal, sizeof normal));
    MUST(strcmp(normal, value) == 0);
    MUST(d->fields[id].confidence >= 0 && d->fields[id].confidence <= 1);
}

/* The shipped scorer: bytes that cannot be read here are our own mistake. */
static const struct scorer *scorer(void)
{
    static struct scorer shipped;
    static bool is_loaded;
    AUTO_BUF struct buf bytes;

    buf_init(&bytes, 1 << 20);
    MUST(is_loaded || (file_read(TRAINED_DIR "/" SCORE_FILE, &bytes, NULL) == 0 &&
                       scorer_parse(&shipped, bytes.data, bytes.length, NULL) == 0));
    is_loaded = true;
    return &shipped;
}

void fuzz_one(const char *bytes, size_t length)
{
    static const struct company us = {"Skog AS", "NO", "NOK", "NO943100365MVA", "943100365"};
    const struct extract_context context = {
        .company = &us, .today = {2026, 11, 21}, .scorer = scorer(), .post_confidence = 0.9f};
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *out = NULL;
    struct document *d;
    struct page *page;
    int number;

    arena_init(&a, (size_t)512 << 20);
    if (page_unpack(&a, bytes, length, &page, NULL) < 0)
        return;
    number = page->number;
    d = document_new(&a);
    d->type = DOCUMENT_INVOICE;
    d->pages = &number;
    d->n_pages = 1;
    if (extract_document(&a, &page, NULL, &context, d, NULL) < 0)
        return;
    for (int id = 0; id < FIELD_COUNT; id++)
        check_field(d, (enum field_id)id);
    MUST(d->outcome != OUTCOME_POST || d->fields[FIELD_TOTAL_GROSS].proofs);
    out = document_to_json(d);
    MUST(out);
}
