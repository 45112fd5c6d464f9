/* What people decide, and what the store then knows: approvals, corrections, suppliers, doubles. */
#include "store_fixture.h"

#include "base/mem.h"
#include "stores/audit.h"
#include "stores/records_review.h"
#include "stores/records_suppliers.h"

/* A waiting document of its own file. */
static int64_t waiting(struct world *w, char digit, const char *number)
{
    int64_t id;

    sorted_file(w, digit, number, &id);
    extract(w, id, 1, number, OUTCOME_REVIEW);
    return id;
}

static struct decision decide(struct world *w, int64_t id)
{
    return (struct decision){id, load_document(w, id).version, "anna", "looked"};
}

static struct document *body(struct world *w, int64_t id)
{
    struct document_row row = {0};
    struct document *d = NULL;

    assert_ok(records_load_document(w->r, id, &w->a, &row, &d, err));
    return d;
}

static void test_an_approved_invoice_goes_to_post(void **state)
{
    struct world *w = *state;
    int64_t id = waiting(w, 'a', "1");
    struct decision by = decide(w, id);
    struct next_jobs next = {0};
    struct err untouched = {0};

    assert_string_equal(load_document(w, id).reason, "total_mismatch");
    assert_string_equal(pending(w), "");
    assert_int_equal(records_approve(w->r, &by, &w->a, &next, &untouched), 0);
    assert_int_equal(untouched.code, 0); /* a supplier who is new is no failure to tell of */
    assert_int_equal(next.n, 1);
    assert_int_equal(next.items[0].id.stage, STAGE_POST);
    assert_string_equal(pending(w), "post:1");
    assert_err(ERR_CONFLICT, records_approve(w->r, &by, &w->a, &next, err));
    assert_err(ERR_CONFLICT, records_reject(w->r, &by, err));
    by.document_id = 99;
    assert_err(ERR_NOT_FOUND, records_approve(w->r, &by, &w->a, &next, err));
}

static void test_an_approved_letter_goes_to_file(void **state)
{
    struct world *w = *state;
    struct document *d = sample_invoice(&w->a, 1, 1, "X", "1");
    struct decision by;
    struct next_jobs next = {0};
    int64_t id;

    sorted_file(w, 'a', "1", &id);
    d->type = DOCUMENT_LETTER;
    d->outcome = OUTCOME_REVIEW;
    extract_as(w, id, 1, d);
    by = decide(w, id);
    assert_ok(records_approve(w->r, &by, &w->a, &next, err));
    assert_int_equal(next.items[0].id.stage, STAGE_FILE);
}

static void test_a_rejected_document_ends(void **state)
{
    struct world *w = *state;
    int64_t id = waiting(w, 'a', "1");
    struct decision by = decide(w, id);
    struct file_row file;

    assert_ok(records_reject(w->r, &by, err));
    assert_int_equal(load_document(w, id).state, STATE_REJECTED);
    assert_ok(records_load_file(w->r, 1, &w->a, &file, err));
    assert_int_equal(file.state, STATE_DONE);
}

static void test_a_correction_keeps_what_it_replaced(void **state)
{
    struct world *w = *state;
    int64_t id = waiting(w, 'a', "1"), version = 0;
    struct decision by = decide(w, id), late = by;
    struct document *d = body(w, id);
    struct change_row *changes = NULL;
    struct audit_row *acts = NULL;
    size_t n = 0;

    d->fields[FIELD_INVOICE_NUMBER].value = "10483";
    d->fields[FIELD_IBAN].value = "NO9386011117947";
    d->type = DOCUMENT_CREDIT_NOTE;
    assert_ok(records_correct(w->r, &by, d, &version, err));
    assert_true(version > by.version);
    assert_int_equal(load_document(w, id).version, version);
    assert_string_equal(load_document(w, id).number, "10483");
    assert_err(ERR_CONFLICT, records_correct(w->r, &late, d, &version, err));
    assert_ok(records_changes(w->r, id, &w->a, &changes, &n, err));
    assert_int_equal(n, 3);
    assert_string_equal(changes[0].what, "type");
    assert_string_equal(changes[1].what, "invoice_number");
    assert_string_equal(changes[1].old_value, "1");
    assert_string_equal(changes[1].new_value, "10483");
    assert_string_equal(changes[1].who, "anna");
    assert_string_equal(changes[2].old_value, "");
    assert_ok(audit_list_object(records_audit(w->r), "document:1", &w->a, &acts, &n, err));
    assert_string_equal(acts[n - 1].act, "correct");
}

static void test_a_corrected_document_is_not_extracted_again(void **state)
{
    struct world *w = *state;
    int64_t id = waiting(w, 'a', "1"), version = 0;
    struct job_id job = {STAGE_EXTRACT, id, 0};
    struct decision by = decide(w, id);
    struct document *d = body(w, id);
    struct next_jobs next = {0};

    d->fields[FIELD_INVOICE_NUMBER].value = "2";
    assert_ok(records_correct(w->r, &by, d, &version, err));
    assert_err(ERR_CONFLICT, records_retry(w->r, &job, "ole", &w->a, &next, err));
}

/* ---- two people at once ---- */

static int race(struct world *w, int64_t id, int64_t version, bool is_approval)
{
    struct decision by = {id, version, is_approval ? "anna" : "ole", ""};
    struct next_jobs next = {0};
    struct records *mine = NULL;
    int r = records_open(w->path, &mine, NULL);

    if (r == 0)
        r = is_approval ? records_approve(mine, &by, &w->a, &next, NULL)
                        : records_reject(mine, &by, NULL);
    return r == 0 ? 0 : r == ERR_CONFLICT ? 1 : 2;
}

static void test_one_of_two_people_wins(void **state)
{
    struct world *w = *state;

    for (int i = 0; i < 10; i++) {
        int64_t id = waiting(w, "abcdef0123"[i], "1");
        int64_t version = load_document(w, id).version;
        int won = 0, status;

        for (int k = 0; k < 4; k++)
            if (fork() == 0)
                _exit(race(w, id, version, k % 2));
        for (int k = 0; k < 4; k++) {
            assert_true(wait(&status) > 0);
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
            won += WEXITSTATUS(status) == 0;
        }
        assert_int_equal(won, 1);
        assert_int_not_equal(load_document(w, id).state, STATE_WAITING);
    }
}

/* ---- suppliers and doubles ---- */

static void test_a_supplier_is_known_once_approved(void **state)
{
    struct world *w = *state;
    int64_t id = waiting(w, 'a', "1"), other;
    struct decision by = decide(w, id);
    struct next_jobs next = {0};
    const char *name = NULL;

    assert_err(ERR_NOT_FOUND, records_find_supplier(w->r, FIELD_SELLER_REGISTRATION_ID, "923609016",
                                                    NULL, &w->a, &name, err));
    assert_ok(records_approve(w->r, &by, &w->a, &next, err));
    assert_ok(records_find_supplier(w->r, FIELD_SELLER_REGISTRATION_ID, "923609016", NULL, &w->a,
                                    &name, err));
    assert_string_equal(name, "Nordlys Kontor AS");
    assert_err(ERR_NOT_FOUND,
               records_find_supplier(w->r, FIELD_IBAN, "923609016", NULL, &w->a, &name, err));
    sorted_file(w, 'b', "2", &other);
    extract(w, other, 1, "2", OUTCOME_POST);
    post(w, other, 2);
    assert_ok(records_find_supplier(w->r, FIELD_SELLER_NAME, "Nordlys Kontor AS", NULL, &w->a,
                                    &name, err));
}

static void test_doubles_are_found(void **state)
{
    struct world *w = *state;
    int64_t first = waiting(w, 'a', "INV-0042"), second = waiting(w, 'b', "77");
    struct document *d = sample_invoice(&w->a, 1, 1, "Nordlys", "inv 0042");
    struct duplicate *found = NULL;
    struct decision by = decide(w, first);
    size_t n = 0;

    assert_ok(records_find_duplicates(w->r, 0, d, &w->a, &found, &n, err));
    assert_int_equal(n, 2);
    assert_int_equal(found[0].document_id, first);
    assert_int_equal(found[0].kind, DUPLICATE_NUMBER);
    assert_int_equal(found[1].document_id, second);
    assert_int_equal(found[1].kind, DUPLICATE_AMOUNT);
    assert_ok(records_find_duplicates(w->r, first, d, &w->a, &found, &n, err));
    assert_int_equal(n, 1); /* not itself */
    d->fields[FIELD_TOTAL_GROSS].value = "99.00";
    assert_ok(records_find_duplicates(w->r, second, d, &w->a, &found, &n, err));
    assert_int_equal(n, 1);
    assert_ok(records_reject(w->r, &by, err));
    assert_ok(records_find_duplicates(w->r, second, d, &w->a, &found, &n, err));
    assert_int_equal(n, 0);
    d->fields[FIELD_SELLER_REGISTRATION_ID].value = d->fields[FIELD_SELLER_NAME].value = NULL;
    assert_ok(records_find_duplicates(w->r, 0, d, &w->a, &found, &n, err));
    assert_int_equal(n, 0);
}

/* As an e-invoice it was a credit note; its picture was taken for an invoice. */
static void test_a_double_of_another_kind(void **state)
{
    struct world *w = *state;
    int64_t first = waiting(w, 'a', "10482");
    struct document *d = sample_invoice(&w->a, 1, 1, "Nordlys", "10482");
    struct duplicate *found = NULL;
    size_t n = 0;

    d->type = DOCUMENT_CREDIT_NOTE;
    d->fields[FIELD_TOTAL_GROSS].value = "-1250.00";
    assert_ok(records_find_duplicates(w->r, 0, d, &w->a, &found, &n, err));
    assert_int_equal(n, 1);
    assert_int_equal(found[0].document_id, first);
    assert_int_equal(found[0].kind, DUPLICATE_NUMBER);
}

/* The e-invoice came first; the scan's supplier has no number, or is misread, or both. */
static void test_one_purchase_read_twice(void **state)
{
    struct world *w = *state;
    int64_t first = waiting(w, 'a', "10482");
    struct document *d = sample_invoice(&w->a, 1, 1, "Nordlys", "10482");
    struct duplicate *found = NULL;
    size_t n = 0;

    d->fields[FIELD_SELLER_REGISTRATION_ID].value = d->fields[FIELD_SELLER_VAT_ID].value = NULL;
    d->fields[FIELD_SELLER_NAME].value = "Nordlvs Kontor";
    assert_ok(records_find_duplicates(w->r, 0, d, &w->a, &found, &n, err));
    assert_int_equal(n, 1);
    assert_int_equal(found[0].document_id, first);
    assert_int_equal(found[0].kind, DUPLICATE_PAPER);
    assert_string_equal(found[0].supplier, load_document(w, first).supplier);
    d->fields[FIELD_INVOICE_NUMBER].value = "l0482";
    assert_ok(records_find_duplicates(w->r, 0, d, &w->a, &found, &n, err));
    assert_int_equal(n, 0);
    d->fields[FIELD_SELLER_NAME].value = load_document(w, first).supplier;
    assert_ok(records_find_duplicates(w->r, 0, d, &w->a, &found, &n, err));
    assert_int_equal(n, 1);
    d->fields[FIELD_TOTAL_GROSS].value = NULL;
    assert_ok(records_find_duplicates(w->r, 0, d, &w->a, &found, &n, err));
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_an_approved_invoice_goes_to_post),
        BOTH(test_an_approved_letter_goes_to_file),
        BOTH(test_a_rejected_document_ends),
        BOTH(test_a_correction_keeps_what_it_replaced),
        BOTH(test_a_corrected_document_is_not_extracted_again),
        DISK(test_one_of_two_people_wins),
        BOTH(test_a_supplier_is_known_once_approved),
        BOTH(test_doubles_are_found),
        BOTH(test_a_double_of_another_kind),
        BOTH(test_one_purchase_read_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
