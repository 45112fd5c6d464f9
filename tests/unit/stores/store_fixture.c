/* Samples for the tests of the stores. */
#include "store_fixture.h"

#include <string.h>

struct page *sample_page(struct arena *a, int number, const char *words)
{
    struct page *page = page_new(a, number, 595, 842);
    char *text = arena_strdup(a, words), *rest = text, *word;

    page->source = PAGE_TEXT;
    page->words = arena_alloc_array(a, strlen(words) + 1, sizeof *page->words);
    while ((word = strsep(&rest, " ")))
        page->words[page->n_words++] = (struct word){
            .text = word, .box = {10, 10, 50, 20}, .confidence = 1};
    return page;
}

static void set(struct document *d, enum field_id id, const char *value)
{
    d->fields[id] = (struct field){.value = value, .confidence = 1, .source = SOURCE_TEXT};
}

struct document *sample_invoice(struct arena *a, int first_page, int n_pages, const char *seller,
                                const char *number)
{
    struct document *d = document_new(a);

    d->type = DOCUMENT_INVOICE;
    d->type_confidence = 1;
    d->language = "nb";
    d->department = "ap";
    d->outcome = OUTCOME_POST;
    d->pages = arena_alloc_array(a, (size_t)n_pages, sizeof *d->pages);
    for (int i = 0; i < n_pages; i++)
        d->pages[d->n_pages++] = first_page + i;
    set(d, FIELD_SELLER_NAME, arena_strdup(a, seller));
    set(d, FIELD_SELLER_REGISTRATION_ID, "923609016");
    set(d, FIELD_INVOICE_NUMBER, arena_strdup(a, number));
    set(d, FIELD_ISSUE_DATE, "2026-11-01");
    set(d, FIELD_DUE_DATE, "2026-12-01");
    set(d, FIELD_CURRENCY, "NOK");
    set(d, FIELD_TOTAL_NET, "1000.00");
    set(d, FIELD_TOTAL_VAT, "250.00");
    set(d, FIELD_TOTAL_GROSS, "1250.00");
    d->vat = arena_alloc_array(a, 1, sizeof *d->vat);
    d->vat[d->n_vat++] = (struct vat_row){"25", "1000.00", "250.00", "S"};
    return d;
}

int64_t sample_file(struct records *r, char digit, const char *name)
{
    AUTO_ARENA struct arena a;
    struct new_file file = {.name = name, .size = 100};
    struct added_file added = {0};
    struct next_jobs next = {0};
    int64_t batch = 0;

    arena_init(&a, 1 << 20);
    memset(file.sha256, digit, HASH_HEX_SIZE - 1);
    assert_ok(records_add_batch(r, "post", "test", "anna", &batch, err));
    assert_ok(records_add_files(r, batch, &file, 1, "anna", &added, &a, &next, err));
    return added.id;
}

struct job job_of(enum stage stage, int64_t object, int page, int64_t fence)
{
    return (struct job){.id = {stage, object, page}, .fence = fence};
}

void open_with_text(struct records *r, struct arena *a, int64_t file, int64_t fence, int n)
{
    struct opened_sheet *sheets = arena_alloc_array(a, (size_t)n, sizeof *sheets);
    struct opened_file opened = {.kind = "pdf", .sheets = sheets, .n_sheets = (size_t)n};
    struct job job = job_of(STAGE_OPEN, file, 0, fence);
    struct next_jobs next = {0};

    for (int i = 0; i < n; i++)
        sheets[i].page = sample_page(a, i + 1, "Faktura fra Malmö Ångström AS");
    assert_ok(records_commit_open(r, &job, &opened, a, &next, err));
    assert_int_equal(next.n, 1);
    assert_int_equal(next.items[0].id.stage, STAGE_SORT);
}

int64_t sort_to_invoice(struct records *r, struct arena *a, int64_t file, int64_t fence, int n,
                        const char *number)
{
    struct document *d = sample_invoice(a, 1, n, "Nordlys Kontor AS", number);
    enum sheet_fate *fates = arena_alloc_array(a, (size_t)n, sizeof *fates);
    struct job job = job_of(STAGE_SORT, file, 0, fence);
    struct next_jobs next = {0};

    assert_ok(records_commit_sort(r, &job, &d, 1, fates, (size_t)n, a, &next, err));
    assert_int_equal(next.n, 1);
    assert_int_equal(next.items[0].id.stage, STAGE_EXTRACT);
    return next.items[0].id.object;
}
