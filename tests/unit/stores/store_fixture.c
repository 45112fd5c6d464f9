/* Samples for the tests of the stores. */
#include "store_fixture.h"

#include "base/mem.h"
#include "stores/audit.h"

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

/* ---- a store, and a document on its way through it ---- */

static struct world *world_new(void **state)
{
    struct world *w = mem_alloc(sizeof *w);

    arena_init(&w->a, 64 << 20);
    *state = w;
    return w;
}

int disk_setup(void **state)
{
    struct world *w = world_new(state);

    folder_setup((void **)&w->folder);
    w->path = mem_printf("%s/records.db", w->folder);
    assert_ok(records_open(w->path, &w->r, err));
    return 0;
}

int ram_setup(void **state)
{
    assert_ok(records_open_ram(&world_new(state)->r, err));
    return 0;
}

int world_teardown(void **state)
{
    struct world *w = *state;

    assert_ok(audit_verify(records_audit(w->r), NULL, NULL, err));
    records_close(w->r);
    if (w->folder)
        folder_teardown((void **)&w->folder);
    free(w->path);
    arena_release(&w->a);
    free(w);
    return 0;
}

const char *pending(struct world *w)
{
    struct pending_cursor cursor = {0};
    struct next_jobs jobs = {0};
    const char *text = "";

    do {
        assert_ok(records_pending_jobs(w->r, &cursor, 2, &w->a, &jobs, err));
        for (size_t i = 0; i < jobs.n; i++) {
            char id[JOB_ID_SIZE];

            job_id_format(&jobs.items[i].id, id);
            text = arena_printf(&w->a, "%s%s%s", text, *text ? " " : "", id);
        }
    } while (jobs.n);
    return text;
}

const char sha_a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

void extract_as(struct world *w, int64_t id, int64_t fence, const struct document *d)
{
    struct job job = job_of(STAGE_EXTRACT, id, 0, fence);
    struct next_jobs next = {0};

    assert_ok(records_commit_extract(w->r, &job, d, &w->a, &next, err));
    assert_int_equal(next.n, d->outcome == OUTCOME_REVIEW ? 0 : 1);
}

void extract(struct world *w, int64_t id, int64_t fence, const char *number, enum outcome outcome)
{
    struct document *d = sample_invoice(&w->a, 1, 1, "Nordlys Kontor AS", number);

    d->outcome = outcome;
    if (outcome == OUTCOME_REVIEW)
        document_add_reason(d, &w->a, "total_mismatch", FIELD_TOTAL_GROSS, "total ≠ net + VAT");
    extract_as(w, id, fence, d);
}

void post(struct world *w, int64_t id, int64_t fence)
{
    struct job job = job_of(STAGE_POST, id, 0, fence);
    struct next_jobs next = {0};

    assert_ok(records_commit_post(w->r, &job, sha_a, &w->a, &next, err));
    assert_int_equal(next.items[0].id.stage, STAGE_FILE);
}

void file_away(struct world *w, int64_t id, int64_t fence, const char *text)
{
    struct filing filing = {sha_a, sha_a, "2036-12-31", text};
    struct job job = job_of(STAGE_FILE, id, 0, fence);

    assert_ok(records_commit_file(w->r, &job, &filing, err));
}

int64_t sorted_file(struct world *w, char digit, const char *number, int64_t *ret_document)
{
    int64_t file = sample_file(w->r, digit, "a.pdf");

    open_with_text(w->r, &w->a, file, 1, 1);
    *ret_document = sort_to_invoice(w->r, &w->a, file, 2, 1, number);
    return file;
}

struct document_row load_document(struct world *w, int64_t id)
{
    struct document_row row = {0};
    struct document *d = NULL;

    assert_ok(records_load_document(w->r, id, &w->a, &row, &d, err));
    return row;
}
