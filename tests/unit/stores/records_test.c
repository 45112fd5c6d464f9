/*
 * Records: a document's whole life, the fence, giving up and coming back, what should be in the
 * queue, and that every sheet is accounted for on the way. All of it on disk and in ram.
 */
#include "store_fixture.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "stores/accounting.h"
#include "stores/audit.h"
#include "stores/records_query.h"
#include "stores/records_review.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* ---- asking ---- */

static enum state file_state(struct world *w, int64_t id)
{
    struct file_row row = {0};

    assert_ok(records_load_file(w->r, id, &w->a, &row, err));
    return row.state;
}

static struct balance balance_of(struct world *w, int64_t batch)
{
    struct batch_row row = {0};

    assert_ok(records_load_batch(w->r, batch, &w->a, &row, err));
    assert_true(row.balance.is_balanced);
    return row.balance;
}

static bool is_wanted(struct world *w, struct job job, size_t *ret_followers)
{
    struct job_status status = {0};

    assert_ok(records_find_job(w->r, &job.id, &w->a, &status, err));
    *ret_followers = status.followers.n;
    return status.is_wanted;
}

/* ---- tests ---- */

static void test_a_whole_life(void **state)
{
    struct world *w = *state;
    int64_t file = sample_file(w->r, 'a', "a.pdf"), id;
    struct document_row row;
    struct balance b;

    assert_string_equal(pending(w), "open:1");
    open_with_text(w->r, &w->a, file, 1, 2);
    assert_string_equal(pending(w), "sort:1");
    id = sort_to_invoice(w->r, &w->a, file, 2, 2, "10482");
    assert_string_equal(pending(w), "extract:1");
    assert_int_equal(balance_of(w, 1).in_work, 2);
    extract(w, id, 1, "10482", OUTCOME_POST);
    post(w, id, 2);
    file_away(w, id, 3, "Faktura 10482");
    assert_string_equal(pending(w), "");
    row = load_document(w, id);
    assert_int_equal(row.state, STATE_POSTED);
    assert_int_equal(row.stage, STAGE_DONE);
    assert_string_equal(row.supplier, "Nordlys Kontor AS");
    assert_int_equal(row.gross_minor, 125000);
    assert_int_equal(file_state(w, file), STATE_DONE);
    b = balance_of(w, 1);
    assert_int_equal(b.sheets_in, 2);
    assert_int_equal(b.posted, 2);
    assert_true(b.is_closed);
}

static void test_a_stale_fence_is_refused(void **state)
{
    struct world *w = *state;
    int64_t id, file = sorted_file(w, 'a', "1", &id);
    struct document *d = sample_invoice(&w->a, 1, 1, "X", "1");
    struct job stale = job_of(STAGE_EXTRACT, id, 0, 0), again = job_of(STAGE_EXTRACT, id, 0, 9);
    struct job reopened = job_of(STAGE_OPEN, file, 0, 9);
    struct next_jobs next = {0};
    size_t followers;

    assert_err(ERR_STALE, records_commit_extract(w->r, &stale, d, &w->a, &next, err));
    assert_int_equal(load_document(w, id).stage, STAGE_EXTRACT);
    extract(w, id, 5, "10482", OUTCOME_POST);
    assert_err(ERR_STALE, records_commit_extract(w->r, &again, d, &w->a, &next, err));
    assert_err(ERR_USAGE, records_commit_page(w->r, &again, NULL, NULL, &w->a, &next, err));
    assert_int_equal(load_document(w, id).stage, STAGE_POST);
    assert_false(is_wanted(w, again, &followers));
    assert_int_equal(followers, 1); /* post:1 */
    assert_false(is_wanted(w, reopened, &followers));
    assert_int_equal(followers, 1);
    assert_false(is_wanted(w, job_of(STAGE_POST, 999, 0, 1), &followers));
    assert_int_equal(followers, 0);
    assert_true(is_wanted(w, job_of(STAGE_POST, id, 0, 6), &followers));
    assert_int_equal(next.n, 0);
}

static void open_scan(struct world *w, int64_t file, int n, struct next_jobs *next)
{
    struct opened_sheet *sheets = arena_alloc_array(&w->a, (size_t)n, sizeof *sheets);
    struct opened_file opened = {.kind = "tiff", .sheets = sheets, .n_sheets = (size_t)n};
    struct job job = job_of(STAGE_OPEN, file, 0, 1);

    for (int i = 0; i < n; i++)
        sheets[i] = (struct opened_sheet){page_new(&w->a, i + 1, 595, 842), true, NULL};
    assert_ok(records_commit_open(w->r, &job, &opened, &w->a, next, err));
}

static void test_pages_in_any_order_and_one_unread(void **state)
{
    struct world *w = *state;
    int64_t file = sample_file(w->r, 'a', "scan.tif");
    struct job job = job_of(STAGE_READ, file, 3, 1);
    struct next_jobs next = {0};
    struct page **pages = NULL;
    struct page_row *rows = NULL;
    struct page *third = sample_page(&w->a, 3, "tre");
    struct records_counts counts;
    size_t n = 0;

    third->fallback = "many_marks";
    open_scan(w, file, 3, &next);
    assert_int_equal(next.n, 3);
    assert_string_equal(pending(w), "read:1:1 read:1:2 read:1:3");
    assert_ok(records_commit_page(w->r, &job, third, sha_a, &w->a, &next, err));
    assert_int_equal(next.n, 0);
    assert_err(ERR_STALE, records_commit_page(w->r, &job, sample_page(&w->a, 3, "x"), sha_a, &w->a,
                                              &next, err));
    job = job_of(STAGE_READ, file, 1, 1);
    assert_ok(records_set_aside(w->r, &job, "crashed", "the reader died", &w->a, &next, err));
    assert_string_equal(pending(w), "read:1:2");
    job = job_of(STAGE_READ, file, 2, 4);
    assert_ok(
        records_commit_page(w->r, &job, sample_page(&w->a, 2, "to å"), NULL, &w->a, &next, err));
    assert_int_equal(next.n, 1);
    assert_int_equal(next.items[0].id.stage, STAGE_SORT);
    assert_ok(records_load_pages(w->r, file, &w->a, &pages, &n, err));
    assert_int_equal(n, 3);
    assert_null(pages[0]);
    assert_string_equal(pages[1]->words[1].text, "å");
    assert_ok(records_list_pages(w->r, file, &w->a, &rows, &n, err));
    assert_int_equal(rows[0].state, STATE_UNREAD);
    assert_string_equal(rows[0].reason, "crashed");
    assert_string_equal(rows[2].picture_sha256, sha_a);
    assert_string_equal(rows[2].reason, "many_marks");
    assert_string_equal(rows[1].reason, "");
    assert_ok(records_count(w->r, &counts, err));
    assert_int_equal(counts.fallbacks, 1);
}

static void sort_fates(struct world *w, int64_t file, struct document **d, size_t n_documents,
                       const enum sheet_fate *fates, size_t n, int expected)
{
    struct job job = job_of(STAGE_SORT, file, 0, 5);
    struct next_jobs next = {0};

    assert_err(expected,
               records_commit_sort(w->r, &job, d, n_documents, fates, n, &w->a, &next, err));
}

static void test_no_sheet_is_lost_in_sorting(void **state)
{
    struct world *w = *state;
    int64_t file = sample_file(w->r, 'a', "a.pdf");
    struct document *one = sample_invoice(&w->a, 1, 1, "X", "1");
    struct document *two[] = {one, one}, *far[] = {sample_invoice(&w->a, 3, 2, "X", "1")};
    enum sheet_fate fates[] = {SHEET_IN_DOCUMENT, SHEET_BLANK, SHEET_SEPARATOR};
    enum sheet_fate lost[] = {SHEET_IN_DOCUMENT, SHEET_IN_DOCUMENT, SHEET_SEPARATOR};
    struct balance b;

    open_with_text(w->r, &w->a, file, 1, 3);
    sort_fates(w, file, &one, 1, lost, 3, ERR_INVALID);
    sort_fates(w, file, two, 2, fates, 3, ERR_INVALID);
    sort_fates(w, file, far, 1, fates, 3, ERR_INVALID);
    sort_fates(w, file, &one, 1, fates, 2, ERR_INVALID);
    assert_string_equal(pending(w), "sort:1");
    sort_fates(w, file, &one, 1, fates, 3, 0);
    b = balance_of(w, 1);
    assert_int_equal(b.in_work, 1);
    assert_int_equal(b.blank, 1);
    assert_int_equal(b.separator, 1);
}

static void test_only_blank_pages_end_the_file(void **state)
{
    struct world *w = *state;
    int64_t file = sample_file(w->r, 'a', "a.pdf");
    enum sheet_fate fates[] = {SHEET_BLANK, SHEET_UNREAD};

    open_with_text(w->r, &w->a, file, 1, 2);
    sort_fates(w, file, NULL, 0, fates, 2, 0);
    assert_int_equal(file_state(w, file), STATE_DONE);
}

static void test_the_same_bytes_again(void **state)
{
    struct world *w = *state;
    struct new_file files[2] = {{.name = "b.pdf", .size = 1}, {.name = "c.pdf", .size = 1}};
    struct added_file added[2];
    struct next_jobs next = {0};
    int64_t first = sample_file(w->r, 'a', "a.pdf"), batch = 0;
    struct balance b;

    memset(files[0].sha256, 'a', 64);
    memset(files[1].sha256, 'c', 64);
    assert_ok(records_add_batch(w->r, "again", "test", "anna", &batch, err));
    assert_ok(records_add_files(w->r, batch, files, 2, "anna", added, &w->a, &next, err));
    assert_int_equal(added[0].duplicate_of, first);
    assert_int_equal(added[1].duplicate_of, 0);
    assert_int_equal(next.n, 1);
    assert_int_equal(file_state(w, added[0].id), STATE_DUPLICATE);
    b = balance_of(w, batch);
    assert_int_equal(b.sheets_in, 1);
    assert_int_equal(b.duplicate_files, 1);
    assert_err(ERR_NOT_FOUND,
               records_add_files(w->r, 99, files, 2, "anna", added, &w->a, &next, err));
}

static void test_an_envelope_and_its_attachments(void **state)
{
    struct world *w = *state;
    int64_t mail = sample_file(w->r, 'e', "post.eml");
    struct new_file inner[2] = {{.name = "1.pdf", .size = 1}, {.name = "2.pdf", .size = 1}};
    struct opened_file opened = {.kind = "mail", .attachments = inner, .n_attachments = 2};
    struct job job = job_of(STAGE_OPEN, mail, 0, 1);
    struct next_jobs next = {0};
    struct file_row row;
    size_t followers;

    memset(inner[0].sha256, '1', 64);
    memset(inner[1].sha256, 'e', 64); /* the mail in itself: known already */
    assert_ok(records_commit_open(w->r, &job, &opened, &w->a, &next, err));
    assert_int_equal(next.n, 1);
    assert_int_equal(file_state(w, mail), STATE_DONE);
    assert_ok(records_load_file(w->r, next.items[0].id.object, &w->a, &row, err));
    assert_int_equal(row.parent_id, mail);
    assert_int_equal(balance_of(w, 1).sheets_in, 1);
    assert_false(is_wanted(w, job, &followers));
    assert_int_equal(followers, 1); /* the attachment's open */
}

static void test_setting_aside_and_retrying(void **state)
{
    struct world *w = *state;
    int64_t file = sample_file(w->r, 'a', "bad.pdf");
    struct job job = job_of(STAGE_OPEN, file, 0, 3);
    struct next_jobs next = {0};
    struct file_row row;

    assert_err(ERR_CONFLICT, records_retry(w->r, &job.id, "ole", &w->a, &next, err));
    assert_ok(records_set_aside(w->r, &job, "encrypted", "locked", &w->a, &next, err));
    assert_ok(records_load_file(w->r, file, &w->a, &row, err));
    assert_int_equal(row.state, STATE_SET_ASIDE);
    assert_string_equal(row.reason, "encrypted");
    assert_string_equal(pending(w), "");
    assert_int_equal(balance_of(w, 1).set_aside, 1);
    assert_true(balance_of(w, 1).is_closed);
    assert_ok(records_retry(w->r, &job.id, "ole", &w->a, &next, err));
    assert_int_equal(next.n, 1);
    assert_int_equal(next.items[0].min_fence, 3);
    assert_string_equal(pending(w), "open:1");
}

/* Before its pages are known, or after: the sheets move from set aside to rejected. */
static void reject_given_up(struct world *w, int64_t file, const struct job *job, int64_t sheets)
{
    struct next_jobs next = {0};
    struct audit_row *acts = NULL;
    struct file_row row;
    char object[32];
    size_t n = 0;

    assert_err(ERR_CONFLICT, records_reject_file(w->r, file, "anna", "not ours", err));
    assert_ok(records_set_aside(w->r, job, "encrypted", "locked", &w->a, &next, err));
    assert_ok(records_reject_file(w->r, file, "anna", "not \"ours\"", err));
    assert_err(ERR_CONFLICT, records_reject_file(w->r, file, "anna", "again", err));
    assert_err(ERR_CONFLICT, records_retry(w->r, &job->id, "ole", &w->a, &next, err));
    assert_ok(records_load_file(w->r, file, &w->a, &row, err));
    assert_int_equal(row.state, STATE_REJECTED);
    assert_string_equal(row.message, "not \"ours\"");
    assert_int_equal(balance_of(w, row.batch_id).set_aside, 0);
    assert_int_equal(balance_of(w, row.batch_id).rejected, sheets);
    assert_true(balance_of(w, row.batch_id).is_closed);
    snprintf(object, sizeof object, "file:%lld", (long long)file);
    assert_ok(audit_list_object(records_audit(w->r), object, &w->a, &acts, &n, err));
    assert_string_equal(acts[n - 1].act, "reject");
    assert_string_equal(acts[n - 1].who, "anna");
    assert_non_null(strstr(acts[n - 1].detail, "not \\\"ours\\\""));
}

static void test_a_file_given_up_is_rejected_by_a_person(void **state)
{
    struct world *w = *state;
    int64_t first = sample_file(w->r, 'a', "locked.pdf"), second;
    struct job job = job_of(STAGE_OPEN, first, 0, 3);
    struct records_counts counts = {0};
    struct file_row *rows = NULL;
    size_t n = 0;

    assert_err(ERR_NOT_FOUND, records_reject_file(w->r, 99, "anna", "why", err));
    reject_given_up(w, first, &job, 1);
    second = sample_file(w->r, 'b', "torn.pdf");
    open_with_text(w->r, &w->a, second, 1, 3);
    job = job_of(STAGE_SORT, second, 0, 2);
    reject_given_up(w, second, &job, 3);
    assert_ok(records_list_files(w->r, 0, STATE_REJECTED, 0, 9, &w->a, &rows, &n, err));
    assert_int_equal(n, 2);
    assert_ok(records_count(w->r, &counts, err));
    assert_int_equal(counts.files[STATE_REJECTED], 2);
    assert_int_equal(counts.files[STATE_SET_ASIDE], 0);
}

/* Sets `file` aside at `stage` and sends its bytes again; gives the new file's row. */
static struct file_row send_again(struct world *w, int64_t file, enum stage stage,
                                  const char *reason, char digit)
{
    struct job job = job_of(stage, file, 0, 5);
    struct next_jobs next = {0};
    struct file_row row = {0};

    assert_ok(records_set_aside(w->r, &job, reason, "why", &w->a, &next, err));
    assert_ok(records_load_file(w->r, sample_file(w->r, digit, "again.pdf"), &w->a, &row, err));
    return row;
}

static void test_what_a_crash_took_is_taken_anew(void **state)
{
    struct world *w = *state;
    int64_t first = sample_file(w->r, 'a', "a.pdf"), second, third;
    struct file_row row;

    assert_int_equal(send_again(w, first, STAGE_OPEN, "encrypted", 'a').duplicate_of, first);
    second = sample_file(w->r, 'b', "b.pdf");
    open_with_text(w->r, &w->a, second, 1, 2);
    third = sample_file(w->r, 'b', "double.pdf");
    row = send_again(w, second, STAGE_SORT, "timeout", 'b');
    assert_int_equal(row.duplicate_of, 0);
    assert_int_equal(row.state, STATE_IN_WORK);
    assert_non_null(strstr(pending(w), "open:5"));
    assert_int_equal(balance_of(w, row.batch_id).in_work, 1);
    for (int64_t old = second; old <= third; old++) {
        struct file_row lost;

        assert_ok(records_load_file(w->r, old, &w->a, &lost, err));
        assert_int_equal(lost.duplicate_of, row.id);
        assert_true(balance_of(w, lost.batch_id).is_closed);
    }
    assert_int_equal(send_again(w, row.id, STAGE_OPEN, "given_up", 'b').state, STATE_IN_WORK);
}

static void test_a_document_given_up_waits_for_a_person(void **state)
{
    struct world *w = *state;
    int64_t id, file = sorted_file(w, 'a', "1", &id);
    struct job job = job_of(STAGE_EXTRACT, id, 0, 1);
    struct next_jobs next = {0};

    assert_ok(records_set_aside(w->r, &job, "timeout", "out of time", &w->a, &next, err));
    assert_int_equal(load_document(w, id).state, STATE_WAITING);
    assert_string_equal(load_document(w, id).reason, "timeout");
    assert_int_equal(file_state(w, file), STATE_IN_WORK);
    assert_ok(records_retry(w->r, &job.id, "ole", &w->a, &next, err));
    extract(w, id, 2, "10482", OUTCOME_FILE);
    job = job_of(STAGE_FILE, id, 0, 3);
    assert_ok(records_set_aside(w->r, &job, "crashed", "died", &w->a, &next, err));
    assert_int_equal(load_document(w, id).state, STATE_SET_ASIDE);
    assert_int_equal(balance_of(w, 1).set_aside, 1);
    assert_ok(records_retry(w->r, &job.id, "ole", &w->a, &next, err));
    file_away(w, id, 4, "brev");
    assert_int_equal(load_document(w, id).state, STATE_FILED);
    assert_int_equal(file_state(w, file), STATE_DONE);
}

static void test_followers_carry_fence_department_and_urgency(void **state)
{
    struct world *w = *state;
    int64_t id;
    struct next_jobs next = {0};
    struct pending_cursor cursor = {0};

    clock_fake(1795910400000, 0); /* 2026-11-29 */
    sorted_file(w, 'a', "1", &id);
    extract(w, id, 7, "10482", OUTCOME_POST);
    assert_ok(records_pending_jobs(w->r, &cursor, 10, &w->a, &next, err));
    assert_int_equal(next.items[0].min_fence, 7);
    assert_string_equal(next.items[0].department, "ap");
    assert_true(next.items[0].is_urgent); /* due 2026-12-01 */
    clock_fake(1790000000000, 0);         /* September */
    cursor = (struct pending_cursor){0};
    assert_ok(records_pending_jobs(w->r, &cursor, 10, &w->a, &next, err));
    assert_false(next.items[0].is_urgent);
    clock_fake(-1, -1);
}

static void test_einvoice_is_kept(void **state)
{
    struct world *w = *state;
    int64_t file = sample_file(w->r, 'a', "a.xml"), other = sample_file(w->r, 'b', "b.xml");
    struct page *page = page_new(&w->a, 1, 0, 0);
    struct opened_sheet sheet = {page, false, NULL};
    struct opened_file opened = {.kind = "xml", .sheets = &sheet, .n_sheets = 1};
    struct job job = job_of(STAGE_OPEN, file, 0, 1);
    struct document *d = NULL;
    struct next_jobs next = {0};

    page->source = PAGE_XML;
    opened.einvoice = sample_invoice(&w->a, 1, 1, "Nordlys", "77");
    assert_ok(records_commit_open(w->r, &job, &opened, &w->a, &next, err));
    assert_ok(records_load_einvoice(w->r, file, &w->a, &d, err));
    assert_string_equal(document_value(d, FIELD_INVOICE_NUMBER), "77");
    assert_ok(records_load_einvoice(w->r, other, &w->a, &d, err));
    assert_null(d);
    assert_err(ERR_NOT_FOUND, records_load_einvoice(w->r, 99, &w->a, &d, err));
}

static void test_pauses(void **state)
{
    struct world *w = *state;
    bool paused[STAGE_COUNT];

    assert_ok(records_set_paused(w->r, STAGE_POST, true, "ole", err));
    assert_ok(records_set_paused(w->r, STAGE_POST, true, "ole", err));
    assert_ok(records_paused(w->r, paused, err));
    assert_true(paused[STAGE_POST]);
    assert_false(paused[STAGE_OPEN]);
    assert_ok(records_set_paused(w->r, STAGE_POST, false, "ole", err));
    assert_ok(records_paused(w->r, paused, err));
    assert_false(paused[STAGE_POST]);
    assert_err(ERR_USAGE, records_set_paused(w->r, STAGE_REVIEW, true, "ole", err));
}

static void test_counts(void **state)
{
    struct world *w = *state;
    int64_t id;
    struct records_counts c;

    sample_file(w->r, 'b', "b.pdf");
    sorted_file(w, 'a', "1", &id);
    extract(w, id, 1, "10482", OUTCOME_REVIEW);
    assert_ok(records_count(w->r, &c, err));
    assert_int_equal(c.stages[STAGE_OPEN].n, 1);
    assert_true(c.stages[STAGE_OPEN].oldest_ms > 0);
    assert_int_equal(c.stages[STAGE_REVIEW].n, 1);
    assert_int_equal(c.stages[STAGE_READ].n, 0);
    assert_int_equal(c.files[STATE_IN_WORK], 2);
    assert_int_equal(c.documents[STATE_WAITING], 1);
    assert_int_equal(c.pages[STATE_DONE], 1);
}

static void test_manifest_tells_all_and_repeats(void **state)
{
    struct world *w = *state;
    int64_t id;
    struct manifest_facts facts = {sha_a, "2036-12-31", "tesseract 5.3.0", "Latin", "1"};
    AUTO_FREE char *one = NULL, *two = NULL;

    sorted_file(w, 'b', "10482", &id);
    extract(w, id, 1, "10482", OUTCOME_POST);
    post(w, id, 2);
    assert_ok(records_manifest(w->r, id, &facts, &one, err));
    assert_ok(records_manifest(w->r, id, &facts, &two, err));
    assert_string_equal(one, two);
    assert_non_null(strstr(one, "\"posting_key\":\"aaaa"));
    assert_non_null(strstr(one, "\"sha256\":\"bbbb"));
    assert_non_null(strstr(one, "\"act\":\"extract\""));
    assert_non_null(strstr(one, "\"invoice_number\":{\"value\":\"10482\""));
    assert_err(ERR_NOT_FOUND, records_manifest(w->r, 99, &facts, &one, err));
}

/* ---- only on disk ---- */

static void test_it_is_all_there_after_reopening(void **state)
{
    struct world *w = *state;
    int64_t id;
    AUTO_FREE char *path = mem_printf("%s/records.db", w->folder);

    sorted_file(w, 'a', "1", &id);
    records_close(w->r);
    assert_ok(records_open(path, &w->r, err));
    assert_string_equal(pending(w), "extract:1");
}

static void test_a_foreign_or_newer_database_is_refused(void **state)
{
    struct world *w = *state;
    struct records *other = NULL;
    struct accounting *ledger = NULL;
    AUTO_FREE char *path = mem_printf("%s/other.db", w->folder);
    sqlite3 *db = NULL;

    assert_err(ERR_INVALID, accounting_open(w->path, &ledger, err));
    assert_null(ledger);
    assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_err(ERR_INVALID, records_open(w->path, &other, err));
    assert_ok(
        file_write(path, "this is no database at all, but some text of ours\n", 50, 0600, err));
    assert_err(ERR_INVALID, records_open(path, &other, err));
    assert_null(other);
}

/* Whoever writes: SQL itself lets the same bytes be worked on once. */
static void test_bytes_are_worked_on_once(void **state)
{
    struct world *w = *state;
    sqlite3 *db = NULL;

    sample_file(w->r, 'a', "a.pdf");
    assert_int_equal(sqlite3_open(w->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "INSERT INTO file(batch_id, name, sha256, size, stage, state,"
                                  " sheets, created_at, changed_at) SELECT batch_id, name, sha256,"
                                  " size, stage, state, sheets, 0, 0 FROM file",
                                  NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    sqlite3_close(db);
}

static void test_many_processes_open_a_new_store(void **state)
{
    struct world *w = *state;
    AUTO_FREE char *path = mem_printf("%s/new.db", w->folder);
    int status;

    for (int i = 0; i < 8; i++)
        if (fork() == 0) {
            struct records *mine = NULL;
            int64_t id;
            int r = records_open(path, &mine, NULL);

            _exit(r < 0 || records_add_batch(mine, "x", "test", "anna", &id, NULL) < 0);
        }
    for (int i = 0; i < 8; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
}

static int fill(struct records *r, struct arena *a, char digit)
{
    struct new_file files[200];
    struct added_file added[200];
    struct next_jobs next = {0};
    int64_t batch = 0;
    int code = records_add_batch(r, "post", "test", "anna", &batch, NULL);

    for (int i = 0; i < 200; i++) {
        files[i] = (struct new_file){.name = "a long name that fills a little more", .size = i};
        memset(files[i].sha256, digit, HASH_HEX_SIZE - 1);
        snprintf(files[i].sha256, HASH_HEX_SIZE, "%03d%061d", i, digit);
    }
    return code < 0 ? code : records_add_files(r, batch, files, 200, "anna", added, a, &next, NULL);
}

/* A full disk refuses a whole transaction, and the store goes on when there is room again. */
static void test_a_full_disk(void **state)
{
    struct world *w = *state;
    AUTO_FREE char *small = mem_printf("%s/small", w->folder);
    AUTO_FREE char *path = mem_printf("%s/records.db", small);
    struct records *r = NULL;
    int code = 0, n = 0;
    struct batch_row *batches = NULL;
    size_t n_batches = 0;

    assert_int_equal(mkdir(small, 0700), 0);
    if (mount("tmpfs", small, "tmpfs", 0, "size=1m") < 0) {
        print_message("skipped: mounting a small tmpfs: %s\n", strerror(errno));
        skip();
    }
    assert_ok(records_open(path, &r, err));
    while (code == 0 && n < 100)
        code = fill(r, &w->a, (char)n++);
    assert_int_equal(code, ERR_IO);
    assert_int_equal(mount("tmpfs", small, "tmpfs", MS_REMOUNT, "size=8m"), 0);
    assert_int_equal(fill(r, &w->a, 120), 0);
    assert_ok(audit_verify(records_audit(r), NULL, NULL, err));
    assert_ok(records_list_batches(r, 0, 100, &w->a, &batches, &n_batches, err));
    for (size_t i = 0; i < n_batches; i++) /* a batch has all of its files or none */
        assert_int_equal(batches[i].balance.files % 200, 0);
    records_close(r);
    umount2(small, MNT_DETACH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_a_whole_life),
        BOTH(test_a_stale_fence_is_refused),
        BOTH(test_pages_in_any_order_and_one_unread),
        BOTH(test_no_sheet_is_lost_in_sorting),
        BOTH(test_only_blank_pages_end_the_file),
        BOTH(test_the_same_bytes_again),
        BOTH(test_an_envelope_and_its_attachments),
        BOTH(test_setting_aside_and_retrying),
        BOTH(test_a_file_given_up_is_rejected_by_a_person),
        BOTH(test_what_a_crash_took_is_taken_anew),
        BOTH(test_a_document_given_up_waits_for_a_person),
        BOTH(test_followers_carry_fence_department_and_urgency),
        BOTH(test_einvoice_is_kept),
        BOTH(test_pauses),
        BOTH(test_counts),
        BOTH(test_manifest_tells_all_and_repeats),
        DISK(test_it_is_all_there_after_reopening),
        DISK(test_a_foreign_or_newer_database_is_refused),
        DISK(test_bytes_are_worked_on_once),
        DISK(test_many_processes_open_a_new_store),
        DISK(test_a_full_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
