/* Lists, balances and searches: what a person sees of the records. */
#include "store_fixture.h"

#include "base/mem.h"
#include "stores/records_query.h"
#include "stores/records_review.h"

/* A filed document with these words; gives its id. */
static int64_t filed(struct world *w, char digit, const char *number, const char *text)
{
    int64_t id;

    sorted_file(w, digit, number, &id);
    extract(w, id, 1, number, OUTCOME_FILE);
    file_away(w, id, 2, text);
    return id;
}

static size_t hits(struct world *w, const char *words, struct hit **ret)
{
    size_t n = 99;

    assert_ok(records_search(w->r, words, 10, &w->a, ret, &n, err));
    return n;
}

static void test_search_ignores_case_and_accents(void **state)
{
    struct world *w = *state;
    struct hit *found = NULL;
    int64_t id = filed(w, 'a', "1", "Faktura fra Malmö Ångström, beløp 1250,00 blåbær");

    filed(w, 'b', "2", "Påminnelse om noe annet");
    assert_int_equal(hits(w, "malmo", &found), 1);
    assert_int_equal(found[0].document.id, id);
    assert_non_null(strstr(found[0].snippet, "\x02Malmö\x03"));
    assert_int_equal(hits(w, "ANGSTROM faktura", &found), 1);
    assert_int_equal(hits(w, "faktura påminnelse", &found), 0); /* all words */
    assert_int_equal(hits(w, "fakt", &found), 0);
    assert_int_equal(hits(w, "fakt*", &found), 1);
    assert_int_equal(hits(w, "1250", &found), 1);
}

static void test_no_query_breaks_the_search(void **state)
{
    struct world *w = *state;
    static const char *const hostile[] = {
        "",
        "   ",
        "\"",
        "faktura\"",
        "\"faktura\" AND \"",
        "NEAR(faktura, 2)",
        "faktura OR",
        "text:faktura",
        "-faktura",
        "^faktura",
        "{a b}:faktura",
        "faktura + *",
        "***",
        "' OR 1=1 --",
        "(((",
        "\xff\xfe",
        "— … „",
    };
    struct hit *found = NULL;

    filed(w, 'a', "1", "faktura");
    for (size_t i = 0; i < ARRAY_LENGTH(hostile); i++)
        hits(w, hostile[i], &found);
    assert_int_equal(hits(w, "(faktura)", &found), 1);
    assert_int_equal(hits(w, "\"faktura", &found), 1);
    assert_int_equal(hits(w, "NOT", &found), 0);
    assert_int_equal(hits(w, "***", &found), 0);
}

static void test_a_long_query_is_refused(void **state)
{
    struct world *w = *state;
    AUTO_FREE char *words = mem_alloc(5001);
    struct hit *found = NULL;
    size_t n = 0;

    memset(words, 'x', 5000);
    assert_err(ERR_LIMIT, records_search(w->r, words, 10, &w->a, &found, &n, err));
}

static size_t list(struct world *w, const struct document_filter *f, struct document_row **ret)
{
    size_t n = 0;

    assert_ok(records_list_documents(w->r, f, &w->a, ret, &n, err));
    return n;
}

static void test_filters_and_paging(void **state)
{
    struct world *w = *state;
    struct document_row *rows = NULL;
    struct document_filter f;
    int64_t waiting;

    filed(w, 'a', "1", "x");
    filed(w, 'b', "2", "x");
    sorted_file(w, 'c', "3", &waiting);
    extract(w, waiting, 1, "3", OUTCOME_REVIEW);
    document_filter_init(&f);
    assert_int_equal(list(w, &f, &rows), 3);
    f.state = STATE_WAITING;
    assert_int_equal(list(w, &f, &rows), 1);
    assert_int_equal(rows[0].id, waiting);
    assert_string_equal(rows[0].message, "total ≠ net + VAT");
    document_filter_init(&f);
    f.supplier = "NORDLYS k";
    assert_int_equal(list(w, &f, &rows), 3);
    f.supplier = "%";
    assert_int_equal(list(w, &f, &rows), 0);
    document_filter_init(&f);
    f.limit = 2;
    assert_int_equal(list(w, &f, &rows), 2);
    f.after = rows[1].id;
    assert_int_equal(list(w, &f, &rows), 1);
    document_filter_init(&f);
    f.batch_id = 2;
    f.type = DOCUMENT_INVOICE;
    f.department = "ap";
    assert_int_equal(list(w, &f, &rows), 1);
    f.type = DOCUMENT_LETTER;
    assert_int_equal(list(w, &f, &rows), 0);
}

static void test_files_by_bytes_and_by_state(void **state)
{
    struct world *w = *state;
    struct file_row row, *rows = NULL;
    size_t n = 0;

    filed(w, 'a', "1", "x");
    sample_file(w->r, 'b', "b.pdf");
    sample_file(w->r, 'a', "again.pdf");
    assert_ok(records_find_file(w->r, sha_a, &w->a, &row, err));
    assert_int_equal(row.id, 1);
    assert_err(ERR_NOT_FOUND, records_find_file(w->r, "nothing", &w->a, &row, err));
    assert_ok(records_list_files(w->r, 0, STATE_COUNT, 0, 10, &w->a, &rows, &n, err));
    assert_int_equal(n, 3);
    assert_ok(records_list_files(w->r, 0, STATE_DUPLICATE, 0, 10, &w->a, &rows, &n, err));
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].duplicate_of, 1);
    assert_ok(records_list_files(w->r, 2, STATE_COUNT, 0, 10, &w->a, &rows, &n, err));
    assert_int_equal(n, 1);
}

/* One of every fate in one batch; each step of the way balances. */
static void test_every_sheet_is_accounted_for(void **state)
{
    struct world *w = *state;
    struct document *docs[3];
    enum sheet_fate fates[] = {SHEET_IN_DOCUMENT, SHEET_IN_DOCUMENT, SHEET_IN_DOCUMENT,
                               SHEET_BLANK,       SHEET_SEPARATOR,   SHEET_UNREAD};
    int64_t file = sample_file(w->r, 'a', "a.pdf");
    struct job job = job_of(STAGE_SORT, file, 0, 2);
    struct next_jobs next = {0};
    struct batch_row *rows = NULL;
    struct balance *b;
    struct decision by = {.document_id = 2, .version = 2, .who = "anna", .why = ""};
    size_t n = 0;

    open_with_text(w->r, &w->a, file, 1, 6);
    for (int i = 0; i < 3; i++)
        docs[i] = sample_invoice(&w->a, i + 1, 1, "X", arena_printf(&w->a, "%d", i));
    assert_ok(records_commit_sort(w->r, &job, docs, 3, fates, 6, &w->a, &next, err));
    extract(w, 1, 1, "0", OUTCOME_FILE);
    file_away(w, 1, 2, "x");
    extract(w, 2, 1, "1", OUTCOME_REVIEW);
    assert_ok(records_reject(w->r, &by, err));
    extract(w, 3, 1, "2", OUTCOME_REVIEW);
    assert_ok(records_list_batches(w->r, 0, 10, &w->a, &rows, &n, err));
    assert_int_equal(n, 1);
    b = &rows[0].balance;
    assert_int_equal(b->sheets_in, 6);
    assert_int_equal(b->filed, 1);
    assert_int_equal(b->rejected, 1);
    assert_int_equal(b->waiting, 1);
    assert_int_equal(b->blank, 1);
    assert_int_equal(b->separator, 1);
    assert_int_equal(b->set_aside, 1); /* the page that was sorted out as unread */
    assert_true(b->is_balanced);
    assert_false(b->is_closed);
}

static void test_batches_newest_first(void **state)
{
    struct world *w = *state;
    struct batch_row *rows = NULL, row;
    size_t n = 0;

    for (int i = 0; i < 3; i++)
        sample_file(w->r, (char)('a' + i), "a.pdf");
    assert_ok(records_list_batches(w->r, 0, 2, &w->a, &rows, &n, err));
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].id, 3);
    assert_ok(records_list_batches(w->r, rows[1].id, 2, &w->a, &rows, &n, err));
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].id, 1);
    assert_int_equal(rows[0].balance.in_work, 1);
    assert_err(ERR_NOT_FOUND, records_load_batch(w->r, 9, &w->a, &row, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_search_ignores_case_and_accents),
        BOTH(test_no_query_breaks_the_search),
        BOTH(test_a_long_query_is_refused),
        BOTH(test_filters_and_paging),
        BOTH(test_files_by_bytes_and_by_state),
        BOTH(test_every_sheet_is_accounted_for),
        BOTH(test_batches_newest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
