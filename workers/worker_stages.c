/*
 * The handlers of open, read, sort, extract and post: each loads what its verb needs, runs the
 * verb, and commits. The verbs are pure; whatever touches a store or the reader is here.
 */
#include "workers/worker.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "pipeline/extract/extract.h"
#include "pipeline/sort/sort.h"
#include "stores/accounting.h"
#include "stores/blobs.h"
#include "stores/records_review.h"
#include "stores/records_work.h"
#include "workers/books.h"
#include "workers/extract_twice.h"
#include "workers/judge.h"
#include "workers/reader/reader_client.h"

#include <stdio.h>

/* The bytes of the job's file, as a descriptor to hand to the reader. */
static int load_file(struct worker *w, int64_t file_id, struct arena *a, struct file_row *ret,
                     int *ret_fd, struct err *err)
{
    int r = records_load_file(w->house.records, file_id, a, ret, err);

    if (r == 0)
        r = blobs_get(w->house.blobs, ret->sha256, ret_fd, err);
    return r < 0 ? err_wrap(err, r, "file %lld", (long long)file_id) : 0;
}

/* Attachments are safe in the blob store before their rows are written. */
static int keep_attachments(struct worker *w, const struct opened *opened,
                            const struct file_row *file, struct arena *a, struct new_file **ret,
                            struct err *err)
{
    struct new_file *files = arena_alloc_array(a, opened->n_attachments, sizeof *files);

    for (size_t i = 0; i < opened->n_attachments; i++) {
        const struct attachment *part = &opened->attachments[i];
        int r = blobs_put(w->house.blobs, part->bytes, part->length, files[i].sha256, err);

        if (r < 0)
            return r;
        files[i].name = arena_printf(a, "%s/%s", file->name, part->name);
        files[i].size = (int64_t)part->length;
    }
    *ret = files;
    return 0;
}

/* Sheets as open found them; an e-invoice without a picture is one sheet all the same. */
static void list_sheets(const struct opened *opened, struct arena *a, struct opened_file *ret)
{
    size_t n = opened->n_pages ? opened->n_pages : opened->einvoice ? 1 : 0;
    struct opened_sheet *sheets = arena_alloc_array(a, n, sizeof *sheets);

    for (size_t i = 0; i < opened->n_pages; i++)
        sheets[i] = (struct opened_sheet){.page = opened->pages[i].page,
                                          .needs_reading = opened->pages[i].needs_reading};
    if (n > opened->n_pages) {
        struct page *page = page_new(a, 1, 0, 0);

        page->source = PAGE_XML;
        sheets[0].page = page;
    }
    ret->sheets = sheets;
    ret->n_sheets = n;
}

int stage_open(struct worker *w, const struct job *job, struct arena *a, struct next_jobs *ret_next,
               struct err *err)
{
    AUTO_CLOSE int fd = -1;
    struct file_row file;
    struct opened opened;
    struct opened_file result = {0};
    struct new_file *attachments = NULL;
    int r = load_file(w, job->id.object, a, &file, &fd, err);

    if (r == 0)
        r = reader_open(w->reader, fd, a, &opened, err);
    if (r == 0)
        r = keep_attachments(w, &opened, &file, a, &attachments, err);
    if (r < 0)
        return r;
    list_sheets(&opened, a, &result);
    result.kind = file_kind_name(opened.kind);
    result.producer = opened.producer;
    result.einvoice = opened.einvoice;
    result.attachments = attachments;
    result.n_attachments = opened.n_attachments;
    return records_commit_open(w->house.records, job, &result, a, ret_next, err);
}

/* Where the reader's CPU went, for the bench. */
static void note_times(struct worker *w, const struct read_result *result)
{
    snprintf(w->note, sizeof w->note,
             " words=%zu clean_us=%ld barcode_us=%ld recognise_us=%ld picture_us=%ld",
             result->page->n_words, result->times.clean_us, result->times.barcode_us,
             result->times.recognise_us, result->times.picture_us);
}

int stage_read(struct worker *w, const struct job *job, struct arena *a, struct next_jobs *ret_next,
               struct err *err)
{
    AUTO_CLOSE int fd = -1;
    char picture[HASH_HEX_SIZE] = "";
    struct file_row file;
    struct read_result result;
    int r = load_file(w, job->id.object, a, &file, &fd, err);

    if (r == 0)
        r = reader_read(w->reader, fd, job->id.page, a, &result, err);
    if (r == 0)
        note_times(w, &result);
    if (r == 0 && result.picture_length)
        r = blobs_put_derived(w->house.blobs, result.picture, result.picture_length, picture, err);
    return r < 0
               ? r
               : records_commit_page(w->house.records, job, result.page, picture, a, ret_next, err);
}

int stage_sort(struct worker *w, const struct job *job, struct arena *a, struct next_jobs *ret_next,
               struct err *err)
{
    struct document *einvoice = NULL;
    struct page **pages = NULL;
    struct sorted sorted;
    size_t n_pages = 0;
    int r = records_load_pages(w->house.records, job->id.object, a, &pages, &n_pages, err);

    if (r == 0)
        r = records_load_einvoice(w->house.records, job->id.object, a, &einvoice, err);
    if (r == 0)
        r = sort_pages(a, w->sorter, pages, n_pages, einvoice, &sorted, err);
    return r < 0 ? r
                 : records_commit_sort(w->house.records, job, sorted.documents, sorted.n_documents,
                                       sorted.fates, n_pages, a, ret_next, err);
}

/* post.enabled: no. What is proved waits all the same, and with nothing else against it. */
static void hold_back(const struct worker *w, struct arena *a, struct document *d)
{
    if (w->house.settings.post.is_enabled || d->outcome != OUTCOME_POST)
        return;
    document_add_reason(d, a, "post_disabled", -1, "nothing is posted unseen here (post.enabled)");
    d->outcome = OUTCOME_REVIEW;
}

int stage_extract(struct worker *w, const struct job *job, struct arena *a,
                  struct next_jobs *ret_next, struct err *err)
{
    struct judge judge;
    struct document_row row;
    struct document *d = NULL, *einvoice = NULL;
    AUTO_STORED_FILE struct stored_file file = {w->house.blobs, NULL, -1};
    const struct looker looker = {w->reader, stored_file_fd, &file};
    struct page **pages = NULL;
    size_t n_pages = 0;
    int r = records_load_document(w->house.records, job->id.object, a, &row, &d, err);

    if (r == 0)
        r = records_load_document_pages(w->house.records, job->id.object, a, &pages, &n_pages, err);
    if (r == 0)
        r = records_load_einvoice(w->house.records, row.file_id, a, &einvoice, err);
    if (r < 0)
        return r;
    judge_init(&judge, &w->house, a, civil_date_from_unix_ms(clock_now_ms()));
    file.sha256 = row.file_sha256;
    r = extract_twice(&looker, a, pages, einvoice, &judge.context, d, err);
    if (r == 0)
        r = judge_add_duplicates(&judge, job->id.object, d, err);
    if (r == 0)
        hold_back(w, a, d);
    return r < 0 ? r : records_commit_extract(w->house.records, job, d, a, ret_next, err);
}

/* The ledger comes before the commit here, so a job that Redis remembers from long ago must be
 * stopped first; the posting's unique key is only the second wall. */
static int still_wanted(struct worker *w, const struct job *job, struct arena *a, struct err *err)
{
    struct job_status status;
    int r = records_find_job(w->house.records, &job->id, a, &status, err);

    if (r == 0 && (!status.is_wanted || status.fence >= job->fence))
        return err_set(err, ERR_STALE, "the document is past posting");
    return r;
}

int stage_post(struct worker *w, const struct job *job, struct arena *a, struct next_jobs *ret_next,
               struct err *err)
{
    struct document_row row;
    struct document *d = NULL;
    struct posting posting;
    bool was_there = false;
    int r = still_wanted(w, job, a, err);

    if (r == 0)
        r = records_load_document(w->house.records, job->id.object, a, &row, &d, err);
    if (r == 0)
        r = books_posting(&w->house.settings, &row, d, a, &posting, err);
    if (r == 0)
        r = accounting_post(w->house.accounting, &posting, w->name, &was_there, NULL, err);
    return r < 0 ? r : records_commit_post(w->house.records, job, posting.key, a, ret_next, err);
}
