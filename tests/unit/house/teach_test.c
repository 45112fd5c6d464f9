/*
 * Learning with the stores behind it: what an approval brings into effect, what a replay over
 * earlier documents holds back, and what people see of it with `bilag supplier`.
 */
#include "tests/unit/house/bilag_run.h"

#include "base/mem.h"
#include "stores/records_review.h"
#include "stores/records_suppliers.h"
#include "tests/unit/page_case.h"
#include "tests/unit/shipped_scorer.h"
#include "workers/teach.h"

#include <stdlib.h>

/* "Løpenr" and "Kundekode" are no labels the vocabulary has. */
static struct page *draw(struct arena *a, const char *number, const char *code)
{
    struct page *page = case_page(a, 1);
    char *text = arena_printf(a,
                              "^Nordlys Kontor AS\n"
                              "Storgata 5\n"
                              "0155 Oslo\n"
                              "\n"
                              "FAKTURA                      Kundekode   %s\n"
                              "                             Løpenr      %s\n"
                              "                             Dato        05.04.2026\n"
                              "Sum eks. mva              1 000,00\n"
                              "Mva 25 %%                    250,00\n"
                              "Å betale                  1 250,00\n"
                              "\n"
                              "Org.nr. 923 609 016\n",
                              code, number);
    char *line;

    for (int row = 0; (line = strsep(&text, "\n")); row++)
        case_draw(a, page, row, line);
    return page;
}

/* A document that waits, with the number a person gave it. */
static int64_t waiting(struct world *w, char digit, const char *number, const char *code,
                       const char *said)
{
    int64_t file = sample_file(w->r, digit, "a.pdf"), id;
    struct opened_sheet sheet = {.page = draw(&w->a, number, code)};
    struct opened_file opened = {.kind = "pdf", .sheets = &sheet, .n_sheets = 1};
    struct document *d = sample_invoice(&w->a, 1, 1, "Nordlys Kontor AS", said);
    struct job job = job_of(STAGE_OPEN, file, 0, 1);
    struct next_jobs next = {0};

    assert_ok(records_commit_open(w->r, &job, &opened, &w->a, &next, err));
    id = sort_to_invoice(w->r, &w->a, file, 2, 1, number);
    d->fields[FIELD_ISSUE_DATE].value = "2026-04-05";
    d->fields[FIELD_SELLER_REGISTRATION_ID].proofs = 1u << PROOF_CHECKSUM;
    d->fields[FIELD_INVOICE_NUMBER].proofs = 1u << PROOF_PERSON;
    d->fields[FIELD_SELLER_ADDRESS].value = "Storgata 5, 0155 Oslo";
    d->fields[FIELD_DUE_DATE] = (struct field){0};
    d->outcome = OUTCOME_REVIEW;
    extract_as(w, id, 1, d);
    return id;
}

static struct taught taught_by(struct world *w, int64_t id, bool is_approved)
{
    struct house house = {.records = w->r, .scorer = shipped_scorer()};
    struct taught taught;

    assert_ok(teach(&house, id, is_approved, "anna", &taught, err));
    house_close_types(&house);
    return taught;
}

static struct taught approve(struct world *w, int64_t id)
{
    struct decision by = {id, load_document(w, id).version, "anna", ""};
    struct next_jobs next = {0};

    assert_ok(records_approve(w->r, &by, &w->a, &next, err));
    return taught_by(w, id, true);
}

static const struct lesson *lesson(struct world *w, int64_t supplier, enum field_id field,
                                   enum lesson_kind kind, const char *text)
{
    struct lesson_version version;
    struct lessons list;

    assert_ok(records_load_lessons(w->r, supplier, 0, &w->a, &list, &version, err));
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i].field == field && list.items[i].kind == kind &&
            strcmp(list.items[i].text, text) == 0)
            return &list.items[i];
    return NULL;
}

static void test_an_approval_teaches(void **state)
{
    struct world *w = *state;
    struct taught first = approve(w, waiting(w, 'a', "A-4711", "A-8810", "A-4711"));
    struct taught second = approve(w, waiting(w, 'b', "A-4712", "A-8810", "A-4712"));
    const struct lesson *label;

    assert_int_equal(first.version, 1);
    assert_int_equal(first.replayed, 0);
    assert_int_equal(second.supplier_id, first.supplier_id);
    assert_int_equal(second.replayed, 1);
    assert_int_equal(second.changed, 0);
    label = lesson(w, first.supplier_id, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Løpenr");
    assert_int_equal(label->seen, 2);
}

static void test_a_document_counts_once(void **state)
{
    struct world *w = *state;
    int64_t id = waiting(w, 'a', "A-4711", "A-8810", "A-4711");
    struct taught taught = taught_by(w, id, false);

    taught = taught_by(w, id, false);
    assert_int_equal(
        lesson(w, taught.supplier_id, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Løpenr")->seen, 1);
    assert_null(lesson(w, taught.supplier_id, FIELD_CURRENCY, LESSON_VALUE, "NOK"));
    taught = approve(w, id);
    assert_int_equal(
        lesson(w, taught.supplier_id, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Løpenr")->seen, 1);
    assert_int_equal(lesson(w, taught.supplier_id, FIELD_CURRENCY, LESSON_VALUE, "NOK")->seen, 1);
}

/* Somebody approves the customer's code as the number: the papers before would be read that way
 * too, so nobody reads them that way. */
static void test_a_lesson_that_changes_the_past_is_only_proposed(void **state)
{
    struct world *w = *state;
    const struct lesson *wrong, *right;
    struct lesson_version *versions = NULL;
    struct taught taught;
    size_t n = 0;

    approve(w, waiting(w, 'a', "A-4711", "A-8810", "A-4711"));
    approve(w, waiting(w, 'b', "A-4712", "A-8810", "A-4712"));
    taught = approve(w, waiting(w, 'c', "A-4713", "A-8810", "A-8810"));
    assert_int_equal(taught.replayed, 2);
    assert_int_equal(taught.changed, 2);
    wrong = lesson(w, taught.supplier_id, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Kundekode");
    assert_string_equal(wrong->report, "changes 2 of 2");
    right = lesson(w, taught.supplier_id, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Løpenr");
    assert_int_equal(right->contradicted, 1);
    assert_ok(records_list_lesson_versions(w->r, taught.supplier_id, &w->a, &versions, &n, err));
    assert_string_equal(versions[0].note, "changes 2 of 2");
}

/* ---- what people see ---- */

static void test_people_see_and_take_back_lessons(void **state)
{
    struct world *w = *state;

    approve(w, waiting(w, 'a', "A-4711", "A-8810", "A-4711"));
    approve(w, waiting(w, 'b', "A-4712", "A-8810", "A-4712"));
    assert_says(bilag(w, "supplier ls", 0), "1\tNordlys Kontor AS\t2\t2\t");
    assert_says(bilag(w, "supplier show 1", 0), "seller_registration_id\t923609016\t1");
    assert_says(bilag(w, "supplier show 1 --json", 0), "\"versions\":[{\"version\":2,");
    assert_says(bilag(w, "supplier lessons 1", 0),
                "right of «Løpenr», seen 2, contradicted 0\t0.67\tin effect");
    assert_says(bilag(w, "supplier lessons 1 --version 1", 0),
                "right of «Løpenr», seen 1, contradicted 0");
    assert_says(bilag(w, "supplier lessons 1 --json", 0),
                "\"kind\":\"shape\",\"text\":\"A-9999\",\"seen\":2");
    bilag(w, "supplier forget 1 --lesson 1", 0);
    assert_null(strstr(bilag(w, "supplier lessons 1", 0), "«Løpenr»"));
    assert_says(bilag(w, "supplier forget 1", 0), "0 lessons now");
    assert_says(bilag(w, "supplier forget 1 --version 2", 0),
                "bilag supplier forget 1 --version 4");
    assert_says(bilag(w, "supplier lessons 1", 0), "right of «Løpenr», seen 2");
    bilag(w, "supplier show 7", 3);
    bilag(w, "supplier lessons Nordlys", 2);
    bilag(w, "supplier forget 1 --lesson 999", 2);
}

static void test_a_waiting_document_is_read_anew(void **state)
{
    struct world *w = *state;
    struct document_row row = {0};
    struct document *d = NULL;
    int64_t id, version = 0;

    approve(w, waiting(w, 'a', "A-4711", "A-8810", "A-4711"));
    id = waiting(w, 'b', "A-4712", "A-8810", "A-8810");
    assert_ok(records_load_document(w->r, id, &w->a, &row, &d, err));
    d->fields[FIELD_INVOICE_NUMBER].proofs = 0; /* misread, and nobody looked yet */
    d->fields[FIELD_ORDER_REFERENCE] = (struct field){
        .value = "PO-1", .confidence = 1, .proofs = 1u << PROOF_PERSON};
    assert_ok(
        records_correct(w->r, &(struct decision){id, row.version, "anna", ""}, d, &version, err));
    assert_int_equal(run_bilag(w, "doc anew 2"), 0);
    assert_ok(records_load_document(w->r, id, &w->a, &row, &d, err));
    assert_string_equal(document_value(d, FIELD_INVOICE_NUMBER), "A-4712");
    assert_string_equal(document_value(d, FIELD_ORDER_REFERENCE), "PO-1");
    assert_int_equal(row.state, STATE_WAITING);
    assert_int_equal(run_bilag(w, "doc anew 1"), 4); /* it is approved */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_an_approval_teaches),
        BOTH(test_a_document_counts_once),
        BOTH(test_a_lesson_that_changes_the_past_is_only_proposed),
        DISK(test_people_see_and_take_back_lessons),
        DISK(test_a_waiting_document_is_read_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
