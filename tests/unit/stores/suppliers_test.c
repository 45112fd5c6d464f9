/* Suppliers: by what they are known again, what may never be learnt unseen, and their lessons. */
#include "store_fixture.h"

#include "base/mem.h"
#include "stores/audit.h"
#include "stores/records_private.h"
#include "stores/records_review.h"
#include "stores/records_suppliers.h"

#define REG "seller_registration_id"
#define NAME "seller_name"

/* An invoice of the sample seller with an account, taken up to review or post. */
static int64_t with_account(struct world *w, char digit, const char *number, const char *account,
                            enum outcome outcome)
{
    struct document *d = sample_invoice(&w->a, 1, 1, "Nordlys Kontor AS", number);
    int64_t id;

    sorted_file(w, digit, number, &id);
    d->fields[FIELD_BANK_ACCOUNT] = (struct field){.value = account, .confidence = 1};
    d->outcome = outcome;
    extract_as(w, id, 1, d);
    return id;
}

static void approve(struct world *w, int64_t id)
{
    struct decision by = {id, load_document(w, id).version, "anna", ""};
    struct next_jobs next = {0};

    assert_ok(records_approve(w->r, &by, &w->a, &next, err));
}

static bool knows_account(struct world *w, const char *account)
{
    const char *name = NULL;

    return records_find_supplier(w->r, FIELD_BANK_ACCOUNT, account, NULL, &w->a, &name, NULL) == 0;
}

static int64_t recalled(struct world *w, const struct supplier_sign *signs, size_t n)
{
    int64_t id = 0;

    return records_recall_supplier(w->r, signs, n, &id, NULL) == 0 ? id : 0;
}

static void test_an_account_is_learnt_from_a_person(void **state)
{
    struct world *w = *state;

    post(w, with_account(w, 'a', "1", "11111111111", OUTCOME_POST), 2);
    assert_true(knows_account(w, "11111111111")); /* nothing to compare the first one with */
    post(w, with_account(w, 'b', "2", "22222222222", OUTCOME_POST), 2);
    assert_false(knows_account(w, "22222222222"));
    approve(w, with_account(w, 'c', "3", "33333333333", OUTCOME_REVIEW));
    assert_true(knows_account(w, "33333333333"));
}

static const char *const *accounts(struct world *w)
{
    const char *const *known = NULL;
    int r = records_list_accounts(w->r, "Nordlys Kontor AS", &w->a, &known, NULL);

    assert_true(r == 0 || r == ERR_NOT_FOUND);
    return known;
}

static void test_a_credit_note_asks_for_no_account(void **state)
{
    struct world *w = *state;
    struct document *d = sample_invoice(&w->a, 1, 1, "Nordlys Kontor AS", "1");
    int64_t id;

    sorted_file(w, 'a', "1", &id);
    d->type = DOCUMENT_CREDIT_NOTE;
    d->outcome = OUTCOME_POST;
    extract_as(w, id, 1, d);
    post(w, id, 2);
    assert_null(accounts(w));
    post(w, with_account(w, 'b', "2", "11111111111", OUTCOME_POST), 2);
    assert_string_equal(accounts(w)[0], "11111111111");
    post(w, with_account(w, 'c', "3", "22222222222", OUTCOME_POST), 2);
    assert_null(accounts(w)[1]);
}

static void test_the_first_invoice_settles_that_there_is_none(void **state)
{
    struct world *w = *state;

    post(w, with_account(w, 'a', "1", NULL, OUTCOME_POST), 2);
    assert_non_null(accounts(w));
    post(w, with_account(w, 'b', "2", "11111111111", OUTCOME_POST), 2);
    assert_null(accounts(w)[0]);
}

static void test_a_supplier_is_recalled_by_what_is_surest(void **state)
{
    struct world *w = *state;
    const struct supplier_sign number = {REG, "923609016"}, stranger = {REG, "999999999"},
                               account = {"bank_account", "11111111111"},
                               name = {NAME, "Nordlys Kontor AS"};
    struct supplier_row *rows;
    size_t n = 0;

    assert_int_equal(recalled(w, &number, 1), 0);
    approve(w, with_account(w, 'a', "1", "11111111111", OUTCOME_REVIEW));
    assert_ok(records_list_suppliers(w->r, &w->a, &rows, &n, err));
    assert_int_equal(n, 1);
    assert_string_equal(rows[0].name, "Nordlys Kontor AS");
    assert_int_equal(rows[0].documents, 1);
    assert_int_equal(recalled(w, &number, 1), rows[0].id);
    assert_int_equal(recalled(w, &account, 1), rows[0].id);
    assert_int_equal(recalled(w, &name, 1), rows[0].id);
    assert_int_equal(recalled(w, (struct supplier_sign[]){name, stranger}, 2), 0);
    assert_int_equal(recalled(w, (struct supplier_sign[]){name, account, stranger}, 3), rows[0].id);
    assert_int_equal(recalled(w, &stranger, 1), 0);
}

static void test_a_supplier_is_recalled_by_its_look(void **state)
{
    static const struct supplier_sign look[] = {{SIGN_LOOK, "nordlys@0"},  {SIGN_LOOK, "kontor@0"},
                                                {SIGN_LOOK, "storgata@1"}, {SIGN_LOOK, "oslo@1"},
                                                {SIGN_LOOK, "telefon@2"},  {SIGN_LOOK, "post@2"},
                                                {SIGN_LOOK, "www@2"},      {NAME, "ignored"}};
    static const struct supplier_sign more[] = {{SIGN_LOOK, "epost@3"},
                                                {SIGN_LOOK, "bergen@3"},
                                                {SIGN_LOOK, "havnegata@3"},
                                                {SIGN_LOOK, "kontakt@3"}};
    struct world *w = *state;
    int64_t id = 0, document = with_account(w, 'a', "1", "11111111111", OUTCOME_REVIEW);

    approve(w, document);
    assert_ok(records_supplier_of(w->r, document, &id, err));
    assert_ok(records_add_look(w->r, id, document, look, 4, err));
    assert_int_equal(recalled(w, look, 4), 0); /* all there is, and too few */
    assert_ok(records_add_look(w->r, id, document, look, ARRAY_LENGTH(look), err));
    assert_int_equal(recalled(w, look, 7), id);
    assert_int_equal(recalled(w, look, 5), id);
    assert_ok(records_add_look(w->r, id, document, more, ARRAY_LENGTH(more), err));
    assert_int_equal(recalled(w, look, 5), 0); /* five of eleven */
    assert_int_equal(recalled(w, look, 7), id);
    assert_int_equal(recalled(w, look, 4), 0);
    assert_int_equal(recalled(w, &look[7], 1), 0);
}

static void test_two_of_one_name_are_two(void **state)
{
    struct world *w = *state;
    struct document *d = sample_invoice(&w->a, 1, 1, "Nordlys Kontor AS", "2");
    const struct supplier_sign name = {NAME, "Nordlys Kontor AS"};
    int64_t first = 0, second = 0, id;

    approve(w, with_account(w, 'a', "1", "11111111111", OUTCOME_REVIEW));
    sorted_file(w, 'b', "2", &id);
    d->fields[FIELD_SELLER_REGISTRATION_ID].value = "974760673";
    d->outcome = OUTCOME_REVIEW;
    extract_as(w, id, 1, d);
    approve(w, id);
    assert_ok(records_supplier_of(w->r, 1, &first, err));
    assert_ok(records_supplier_of(w->r, id, &second, err));
    assert_int_not_equal(first, second);
    assert_int_equal(recalled(w, &name, 1), 0);
}

static void test_an_account_may_be_shared(void **state)
{
    struct world *w = *state;
    struct document *d = sample_invoice(&w->a, 1, 1, "Holm Bygg AS", "2");
    const char *name = NULL;
    int64_t id;

    approve(w, with_account(w, 'a', "1", "11111111111", OUTCOME_REVIEW));
    sorted_file(w, 'b', "2", &id);
    d->fields[FIELD_SELLER_REGISTRATION_ID].value = "974760673";
    d->fields[FIELD_BANK_ACCOUNT] = (struct field){.value = "11111111111", .confidence = 1};
    d->outcome = OUTCOME_REVIEW;
    extract_as(w, id, 1, d);
    approve(w, id);
    assert_ok(
        records_find_supplier(w->r, FIELD_BANK_ACCOUNT, "11111111111", NULL, &w->a, &name, err));
    assert_string_equal(name, "Nordlys Kontor AS");
    assert_ok(records_find_supplier(w->r, FIELD_BANK_ACCOUNT, "11111111111", "Holm Bygg AS", &w->a,
                                    &name, err));
    assert_string_equal(name, "Holm Bygg AS");
}

static void test_a_correction_makes_no_account_known(void **state)
{
    struct world *w = *state;
    int64_t id = 0, document = with_account(w, 'a', "1", "11111111111", OUTCOME_REVIEW);
    struct document_row row;
    struct document *d = NULL;
    const char *name = NULL;

    assert_ok(records_load_document(w->r, document, &w->a, &row, &d, err));
    assert_err(ERR_NOT_FOUND, records_meet_supplier(w->r, document, d, "anna", &id, err));
    d->fields[FIELD_SELLER_REGISTRATION_ID].proofs = 1u << PROOF_CHECKSUM;
    assert_ok(records_meet_supplier(w->r, document, d, "anna", &id, err));
    assert_false(knows_account(w, "11111111111"));
    assert_err(ERR_NOT_FOUND, records_find_supplier(w->r, FIELD_SELLER_REGISTRATION_ID, "923609016",
                                                    NULL, &w->a, &name, err));
    approve(w, document);
    assert_true(knows_account(w, "11111111111"));
}

/* ---- lessons ---- */

static int64_t supplier(struct world *w)
{
    int64_t id = 0, document = with_account(w, 'a', "1", "11111111111", OUTCOME_REVIEW);

    approve(w, document);
    assert_ok(records_supplier_of(w->r, document, &id, err));
    return id;
}

static int64_t store(struct world *w, int64_t id, int64_t version, int seen)
{
    struct lesson lesson = {FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Fakturanr", seen, 0, NULL};
    struct lesson_version by = {.version = version, .who = "anna", .act = "learn", .note = ""};
    int64_t stored = 0;

    assert_ok(records_store_lessons(w->r, id, &by, &(struct lessons){&lesson, 1}, &stored, err));
    return stored;
}

static void test_lessons_have_versions(void **state)
{
    struct world *w = *state;
    struct lesson_version version, by = {.version = 1, .who = "ole", .act = "learn", .note = ""};
    struct lesson_version *all = NULL;
    struct lessons lessons;
    struct audit_row *acts = NULL;
    int64_t id = supplier(w), stored = 0;
    size_t n = 0;

    assert_ok(records_load_lessons(w->r, id, 0, &w->a, &lessons, &version, err));
    assert_int_equal(lessons.n, 0);
    assert_int_equal(version.version, 0);
    assert_int_equal(store(w, id, 0, 1), 1);
    assert_int_equal(store(w, id, 1, 2), 2);
    assert_err(ERR_CONFLICT, records_store_lessons(w->r, id, &by, &lessons, &stored, err));
    assert_ok(records_load_lessons(w->r, id, 0, &w->a, &lessons, &version, err));
    assert_int_equal(lessons.items[0].seen, 2);
    assert_ok(records_load_lessons(w->r, id, 1, &w->a, &lessons, &version, err));
    assert_int_equal(lessons.items[0].seen, 1);
    assert_err(ERR_NOT_FOUND, records_load_lessons(w->r, id, 9, &w->a, &lessons, &version, err));
    for (int i = 2; i < 2 + RECORDS_LESSON_VERSIONS; i++)
        store(w, id, i, i);
    assert_err(ERR_NOT_FOUND, records_load_lessons(w->r, id, 2, &w->a, &lessons, &version, err));
    assert_ok(records_list_lesson_versions(w->r, id, &w->a, &all, &n, err));
    assert_int_equal(n, RECORDS_LESSON_VERSIONS);
    assert_int_equal(all[0].version, 2 + RECORDS_LESSON_VERSIONS);
    assert_ok(audit_list_object(records_audit(w->r), "supplier:1", &w->a, &acts, &n, err));
    assert_int_equal(n, 1 + 2 + RECORDS_LESSON_VERSIONS);
    assert_string_equal(acts[0].act, "meet");
    assert_string_equal(acts[1].act, "learn");
}

/* ---- from the first version of the database ---- */

static void test_suppliers_of_version_one_move_over(void **state)
{
    struct world *w = *state;
    struct db_schema old = records_schema;
    const struct supplier_sign iban = {"iban", "DE89370400440532013000"};
    struct supplier_row *rows;
    struct db *db = NULL;
    char *path = mem_printf("%s/old.db", w->folder);
    size_t n = 0;

    old.n_migrations = 1;
    assert_ok(db_open(path, &old, &db, err));
    assert_ok(db_run(db, err, "INSERT INTO batch VALUES(1, 'b', 's', 1)", ""));
    assert_ok(db_run(db, err,
                     "INSERT INTO file(id, batch_id, name, sha256, size, stage, state, sheets,"
                     " created_at, changed_at) VALUES(1, 1, 'a', ?, 1, 'done', 'done', 1, 1, 1)",
                     "t", sha_a));
    assert_ok(db_run(db, err,
                     "INSERT INTO document(id, file_id, type, language, department, stage, state,"
                     " first_page, n_pages, supplier, created_at, changed_at) VALUES"
                     " (1, 1, 'invoice', '', '', 'done', 'posted', 1, 1, 'Brandt GmbH', 5, 6),"
                     " (2, 1, 'invoice', '', '', 'review', 'waiting', 1, 1, 'Brandt GmbH', 7, 8)",
                     ""));
    assert_ok(db_run(db, err,
                     "INSERT INTO supplier_value VALUES"
                     " ('seller_vat_id', 'DE136695976', 'Brandt GmbH', 1),"
                     " ('iban', 'DE89370400440532013000', 'Brandt GmbH', 1),"
                     " ('bank_account', '123', 'Holm AS', 2)",
                     ""));
    db_close(db);
    records_close(w->r);
    assert_ok(records_open(path, &w->r, err));
    free(path);
    assert_ok(records_list_suppliers(w->r, &w->a, &rows, &n, err));
    assert_int_equal(n, 2);
    assert_string_equal(rows[0].name, "Brandt GmbH");
    assert_int_equal(rows[0].documents, 1);
    assert_int_equal(recalled(w, &iban, 1), rows[0].id);
    assert_true(knows_account(w, "123"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(test_an_account_is_learnt_from_a_person),
        BOTH(test_a_credit_note_asks_for_no_account),
        BOTH(test_the_first_invoice_settles_that_there_is_none),
        BOTH(test_a_supplier_is_recalled_by_what_is_surest),
        BOTH(test_a_supplier_is_recalled_by_its_look),
        BOTH(test_two_of_one_name_are_two),
        BOTH(test_an_account_may_be_shared),
        BOTH(test_a_correction_makes_no_account_known),
        BOTH(test_lessons_have_versions),
        DISK(test_suppliers_of_version_one_move_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
