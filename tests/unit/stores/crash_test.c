/*
 * A process that dies between any two steps loses nothing and does nothing twice.
 *
 * A child takes one document through its whole life, asking the store itself what is to be done, as
 * a worker asks the queue; it is made to die after its k-th step, without a word. Its successor
 * goes on from what the store says is pending. Whatever k was, the end is the same: one posting,
 * one record, a closed batch, whole chains. A second run kills it between the write calls of a
 * commit.
 */
#include "store_fixture.h"

#include "base/mem.h"
#include "stores/accounting.h"
#include "stores/audit.h"
#include "stores/blobs.h"
#include "stores/records_query.h"

#include <signal.h>
#include <sys/resource.h>

#define STEPS_MAX 40

struct line {
    const char *folder;
    struct records *r;
    struct accounting *acc;
    struct blobs *blobs;
    struct arena a;
    int steps_left; /* the process ends when it comes to 0 */
};

/* The point between two steps. */
static void step(struct line *l)
{
    if (l->steps_left-- == 0)
        _exit(9);
}

static void line_open(struct line *l)
{
    AUTO_FREE char *records = mem_printf("%s/records.db", l->folder);
    AUTO_FREE char *accounting = mem_printf("%s/accounting.db", l->folder);
    const struct account chart[] = {{"6790", "Other costs", ACCOUNT_EXPENSE},
                                    {"2400", "Supplier debt", ACCOUNT_LIABILITY}};

    arena_init(&l->a, 16 << 20);
    assert_ok(records_open(records, &l->r, err));
    assert_ok(accounting_open(accounting, &l->acc, err));
    assert_ok(blobs_open(l->folder, &l->blobs, err));
    for (size_t i = 0; i < ARRAY_LENGTH(chart); i++)
        assert_ok(accounting_add_account(l->acc, &chart[i], err));
}

static void line_close(struct line *l)
{
    records_close(l->r);
    accounting_close(l->acc);
    blobs_close(l->blobs);
    arena_release(&l->a);
}

/* ---- one handler a stage ---- */

static void do_open(struct line *l, const struct job *job)
{
    struct opened_sheet sheet = {page_new(&l->a, 1, 595, 842), true, NULL};
    struct opened_file opened = {.kind = "tiff", .sheets = &sheet, .n_sheets = 1};
    struct next_jobs next = {0};

    assert_ok(records_commit_open(l->r, job, &opened, &l->a, &next, err));
}

static void do_read(struct line *l, const struct job *job)
{
    struct next_jobs next = {0};
    char picture[HASH_HEX_SIZE];

    assert_ok(blobs_put_derived(l->blobs, "picture", 7, picture, err));
    step(l);
    assert_ok(records_commit_page(l->r, job, sample_page(&l->a, 1, "Faktura 10482"), picture, &l->a,
                                  &next, err));
}

static void do_sort(struct line *l, const struct job *job)
{
    sort_to_invoice(l->r, &l->a, job->id.object, job->fence, 1, "10482");
}

static void do_extract(struct line *l, const struct job *job)
{
    struct document *d = sample_invoice(&l->a, 1, 1, "Nordlys Kontor AS", "10482");
    struct next_jobs next = {0};

    assert_ok(records_commit_extract(l->r, job, d, &l->a, &next, err));
}

static void do_post(struct line *l, const struct job *job)
{
    static const struct posting_line lines[] = {{"6790", 125000, ""}, {"2400", -125000, ""}};
    struct posting p = {.key = sha_a,
                        .company = "us",
                        .seller_id = "923609016",
                        .seller_name = "Nordlys Kontor AS",
                        .invoice_number = "10482",
                        .document_sha256 = sha_a,
                        .document_id = job->id.object,
                        .date = {2026, 11, 1},
                        .currency = "NOK",
                        .text = "Invoice 10482",
                        .lines = lines,
                        .n_lines = 2};
    struct next_jobs next = {0};

    assert_ok(accounting_post(l->acc, &p, "line", NULL, NULL, err));
    step(l);
    assert_ok(records_commit_post(l->r, job, p.key, &l->a, &next, err));
}

static void do_file(struct line *l, const struct job *job)
{
    struct manifest_facts facts = {sha_a, "2036-12-31", "engine", "model", "rules"};
    struct filing filing = {sha_a, "", "2036-12-31", "Faktura 10482"};
    AUTO_FREE char *manifest = NULL;
    char sha256[HASH_HEX_SIZE];

    assert_ok(records_manifest(l->r, job->id.object, &facts, &manifest, err));
    assert_ok(blobs_put(l->blobs, manifest, strlen(manifest), sha256, err));
    step(l);
    filing.manifest_sha256 = sha256;
    assert_ok(records_commit_file(l->r, job, &filing, err));
}

static void (*const handlers[STAGE_COUNT])(struct line *, const struct job *) = {
    [STAGE_OPEN] = do_open,       [STAGE_READ] = do_read, [STAGE_SORT] = do_sort,
    [STAGE_EXTRACT] = do_extract, [STAGE_POST] = do_post, [STAGE_FILE] = do_file,
};

/* Does what is pending until nothing is. */
static void run_line(struct line *l)
{
    for (;;) {
        struct pending_cursor cursor = {0};
        struct next_jobs jobs = {0};
        struct job job;

        step(l);
        assert_ok(records_pending_jobs(l->r, &cursor, 1, &l->a, &jobs, err));
        if (jobs.n == 0)
            return;
        job = (struct job){.id = jobs.items[0].id, .fence = jobs.items[0].min_fence + 1};
        step(l);
        handlers[job.id.stage](l, &job);
    }
}

/* What submitting does: the bytes first, then the row; both may be done again. */
static void submit(struct line *l)
{
    struct new_file file = {.name = "scan.tif", .size = 4};
    struct added_file added;
    struct next_jobs next = {0};
    struct file_row row;
    int64_t batch = 0;

    step(l);
    assert_ok(blobs_put(l->blobs, "scan", 4, file.sha256, err));
    step(l);
    if (records_find_file(l->r, file.sha256, &l->a, &row, NULL) == 0)
        return;
    assert_ok(records_add_batch(l->r, "post", "test", "anna", &batch, err));
    step(l);
    assert_ok(records_add_files(l->r, batch, &file, 1, "anna", &added, &l->a, &next, err));
}

static void live(const char *folder, int steps)
{
    struct line l = {.folder = folder, .steps_left = steps};

    line_open(&l);
    submit(&l);
    run_line(&l);
    line_close(&l);
}

/* ---- what must be true at the end ---- */

static int count_entry(void *user, const struct journal_entry *entry, struct err *err)
{
    (void)entry;
    (void)err;
    ++*(int *)user;
    return 0;
}

static void count_bad(void *user, const char *sha256, int code, const char *why)
{
    (void)sha256;
    (void)why;
    *(int *)user += code < 0;
}

static void assert_end(const char *folder)
{
    struct line l = {.folder = folder, .steps_left = -1};
    struct document_row row = {0};
    struct document *d = NULL;
    struct batch_row *batches = NULL;
    struct account_balance *balances = NULL;
    size_t n = 0;
    int entries = 0, bad = 0;

    line_open(&l);
    assert_ok(records_load_document(l.r, 1, &l.a, &row, &d, err));
    assert_int_equal(row.state, STATE_POSTED);
    assert_true(blobs_has(l.blobs, row.manifest_sha256));
    assert_ok(records_list_batches(l.r, 0, 100, &l.a, &batches, &n, err));
    for (size_t i = 0; i < n; i++)
        assert_true(batches[i].balance.is_closed);
    assert_ok(accounting_each_entry(l.acc, 0, count_entry, &entries, err));
    assert_int_equal(entries, 1);
    assert_ok(accounting_check(l.acc, &l.a, &balances, &n, err));
    assert_ok(audit_verify(records_audit(l.r), NULL, NULL, err));
    assert_ok(audit_verify(accounting_audit(l.acc), NULL, NULL, err));
    assert_ok(blobs_scrub(l.blobs, count_bad, &bad, err));
    assert_int_equal(bad, 0);
    line_close(&l);
}

/* 0 when it came to its end, 9 when it died on the way. */
static int live_in_child(const char *folder, int steps)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        live(folder, steps);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_dying_between_any_two_steps(void **state)
{
    const char *folder = *state;
    int died = 9, k = 0;

    for (; died == 9 && k < STEPS_MAX; k++) {
        assert_int_equal(folder_clear(folder), 0);
        died = live_in_child(folder, k);
        assert_true(died == 9 || died == 0);
        if (died == 9)
            assert_int_equal(live_in_child(folder, -1), 0);
        assert_end(folder);
    }
    assert_in_range(k, 15, STEPS_MAX - 1); /* it died at every one of its steps */
}

/* Dies at each step again and again: every life gets one step further. */
static void test_dying_all_the_way(void **state)
{
    int lives = 0;

    while (live_in_child(*state, lives) == 9)
        assert_true(++lives < STEPS_MAX);
    assert_true(lives > 3);
    assert_end(*state);
}

/*
 * Killed in the middle of a commit: the kernel ends the child (SIGXFSZ) when a file grows past a
 * limit, which falls somewhere within the journal or the database. The next opens, rolls back what
 * was half done, and finishes.
 */
static void test_dying_within_a_commit(void **state)
{
    const char *folder = *state;
    int killed = 0, status = SIGXFSZ;

    for (rlim_t limit = 4096; status != 0 && limit < 262144; limit += 12288) {
        struct rlimit l = {limit, limit};
        pid_t pid;

        assert_int_equal(folder_clear(folder), 0);
        pid = fork();
        if (pid == 0) {
            setrlimit(RLIMIT_FSIZE, &l);
            signal(SIGXFSZ, SIG_DFL);
            live(folder, -1);
            _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ;
        assert_int_equal(live_in_child(folder, -1), 0);
        assert_end(folder);
    }
    assert_int_equal(status, 0); /* the first limit that lets it live is the last */
    assert_in_range(killed, 5, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_dying_between_any_two_steps, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(test_dying_all_the_way, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(test_dying_within_a_commit, folder_setup, folder_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
