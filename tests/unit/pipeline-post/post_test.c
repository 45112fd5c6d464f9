/*
 * From documents to balanced postings, and postings to text that the real hledger accepts.
 */
#include "tests/unit/unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "pipeline/post/hledger.h"
#include "pipeline/post/post.h"

static struct arena a;

static int setup(void **state)
{
    (void)state;
    arena_init(&a, 16 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&a);
    return 0;
}

static const struct post_context context = {
    .company = "987654325",
    .expense = "6790",
    .input_vat = "2710",
    .supplier = "2400",
    .file_sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    .document_id = 40,
};

static struct document *invoice(const char *net, const char *vat, const char *gross)
{
    struct document *d = document_new(&a);

    d->type = DOCUMENT_INVOICE;
    d->fields[FIELD_INVOICE_NUMBER].value = "10482";
    d->fields[FIELD_SELLER_NAME].value = "Nordlys Kontor AS";
    d->fields[FIELD_SELLER_REGISTRATION_ID].value = "923609016";
    d->fields[FIELD_ISSUE_DATE].value = "2026-11-01";
    d->fields[FIELD_CURRENCY].value = "NOK";
    d->fields[FIELD_TOTAL_NET].value = net;
    d->fields[FIELD_TOTAL_VAT].value = vat;
    d->fields[FIELD_TOTAL_GROSS].value = gross;
    return d;
}

static struct posting posted(const struct document *d)
{
    struct posting p = {0};
    struct err err = {0};
    int64_t total = 0;

    if (post_document(&a, d, &context, &p, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < p.n_lines; i++)
        total += p.lines[i].amount_minor;
    assert_int_equal(total, 0);
    return p;
}

static void assert_line(const struct posting *p, size_t i, const char *account, int64_t amount)
{
    assert_true(i < p->n_lines);
    assert_string_equal(p->lines[i].account, account);
    assert_int_equal(p->lines[i].amount_minor, amount);
}

static void assert_refused(const struct document *d, const char *reason)
{
    struct posting p = {0};
    struct err err = {0};

    assert_int_equal(post_document(&a, d, &context, &p, &err), ERR_INVALID);
    assert_string_equal(err.reason, reason);
    assert_null(p.key);
}

static void test_one_rate(void **state)
{
    struct posting p = posted(invoice("1000.00", "250.00", "1250.00"));

    (void)state;
    assert_int_equal(p.n_lines, 3);
    assert_line(&p, 0, "6790", 100000);
    assert_line(&p, 1, "2710", 25000);
    assert_line(&p, 2, "2400", -125000);
    assert_string_equal(p.seller_id, "923609016");
    assert_string_equal(p.text, "Invoice 10482, Nordlys Kontor AS");
}

static void test_several_rates_and_rounding(void **state)
{
    struct document *d = invoice("300.00", "31.40", "331.00");
    struct vat_row rows[] = {
        {"25", "100.00", "25.00", "S"}, {"15", "42.67", "6.40", "S"}, {"0", "157.33", "0.00", "Z"}};
    struct posting p;

    (void)state;
    d->vat = rows;
    d->n_vat = 3;
    d->fields[FIELD_ROUNDING].value = "-0.40";
    p = posted(d);
    assert_int_equal(p.n_lines, 5);
    assert_line(&p, 1, "2710", 2500);
    assert_line(&p, 2, "2710", 640);
    assert_line(&p, 3, "6790", -40);
    assert_line(&p, 4, "2400", -33100);
    d->fields[FIELD_TOTAL_GROSS].value = "331.40"; /* as EN 16931 has it: before rounding */
    p = posted(d);
    assert_line(&p, 4, "2400", -33100);
    rows[0].vat = "24.00";
    assert_refused(d, "vat_mismatch");
    d->fields[FIELD_TOTAL_VAT].proofs = 1u << PROOF_PERSON; /* who cannot mend the rates */
    p = posted(d);
    assert_int_equal(p.n_lines, 4);
    assert_line(&p, 1, "2710", 3140);
}

static void test_without_vat(void **state)
{
    struct posting p = posted(invoice("1000.00", "0.00", "1000.00"));

    (void)state;
    assert_int_equal(p.n_lines, 2);
    p = posted(invoice(NULL, NULL, "99"));
    assert_line(&p, 0, "6790", 9900);
    p = posted(invoice(NULL, "19.80", "99"));
    assert_line(&p, 0, "6790", 7920);
}

static void test_a_credit_note_turns_the_signs(void **state)
{
    struct document *d = invoice("1000.00", "250.00", "1250.00");
    struct posting plus, minus, plain = posted(d);

    (void)state;
    d->type = DOCUMENT_CREDIT_NOTE;
    plus = posted(d);
    assert_line(&plus, 0, "6790", -100000);
    assert_line(&plus, 2, "2400", 125000);
    assert_int_equal(plus.kind, POSTING_CREDIT_NOTE);
    assert_string_not_equal(plus.key, plain.key);
    d = invoice("-1000.00", "-250.00", "-1250.00");
    d->type = DOCUMENT_CREDIT_NOTE;
    minus = posted(d);
    assert_line(&minus, 0, "6790", -100000);
    assert_line(&minus, 2, "2400", 125000);
}

static void test_the_same_document_gives_the_same_posting(void **state)
{
    char one[HASH_HEX_SIZE], two[HASH_HEX_SIZE];
    struct posting p = posted(invoice("1000.00", "250.00", "1250.00"));
    struct posting q = posted(invoice("1000.00", "250.00", "1250.00"));

    (void)state;
    assert_string_equal(p.key, q.key);
    posting_hash(&p, one);
    posting_hash(&q, two);
    assert_string_equal(one, two);
    q = posted(invoice("1000.00", "250.01", "1250.01"));
    assert_string_equal(p.key, q.key); /* the same paper: a conflict the ledger must see */
    posting_hash(&q, two);
    assert_string_not_equal(one, two);
}

static void test_other_currencies(void **state)
{
    struct document *d = invoice("1000", "270", "1270");
    struct posting p;

    (void)state;
    d->fields[FIELD_CURRENCY].value = "JPY";
    p = posted(d);
    assert_line(&p, 2, "2400", -1270);
    d->fields[FIELD_TOTAL_GROSS].value = "1270.5";
    assert_refused(d, "bad_amount");
}

static void test_what_is_missing(void **state)
{
    static const struct {
        enum field_id field;
        const char *reason;
    } missing[] = {
        {FIELD_INVOICE_NUMBER, "no_number"},
        {FIELD_ISSUE_DATE, "no_date"},
        {FIELD_CURRENCY, "no_currency"},
        {FIELD_TOTAL_GROSS, "no_total"},
    };
    struct document *d = invoice("1000.00", "250.00", "1250.10");

    (void)state;
    assert_refused(d, "total_mismatch");
    for (size_t i = 0; i < ARRAY_LENGTH(missing); i++) {
        d = invoice("1000.00", "250.00", "1250.00");
        d->fields[missing[i].field].value = NULL;
        assert_refused(d, missing[i].reason);
    }
    d = invoice("1000.00", "250.00", "1250.00");
    d->fields[FIELD_SELLER_NAME].value = d->fields[FIELD_SELLER_REGISTRATION_ID].value = NULL;
    assert_refused(d, "no_seller");
    d = invoice("0.00", "0.00", "0.00");
    assert_refused(d, "no_total");
    d->type = DOCUMENT_LETTER;
    assert_refused(d, "not_posted_type");
}

static void test_one_seller_in_its_many_spellings(void **state)
{
    struct document *d = invoice("1", "0", "1");
    char one[64], two[64];

    (void)state;
    d->fields[FIELD_SELLER_REGISTRATION_ID].value = "556012-5790";
    posting_seller_key(d, one, sizeof one);
    d->fields[FIELD_SELLER_REGISTRATION_ID].value = NULL;
    d->fields[FIELD_SELLER_VAT_ID].value = "SE556012579001";
    posting_seller_key(d, two, sizeof two);
    assert_string_equal(one, two);
    d->fields[FIELD_SELLER_REGISTRATION_ID].value = "HRB 12345";
    posting_seller_key(d, two, sizeof two);
    assert_string_equal(one, two);
    d->fields[FIELD_SELLER_REGISTRATION_ID].value = d->fields[FIELD_SELLER_VAT_ID].value = NULL;
    d->fields[FIELD_SELLER_NAME].value = "Ørsted & Sønner";
    posting_seller_key(d, one, sizeof one);
    assert_string_equal(one, "orstedsonner");
    posting_normalise_number("Nr. 000-104/82 A", two, sizeof two);
    assert_string_equal(two, "nr00010482a");
    posting_normalise_number("000-104/82 A", two, sizeof two);
    assert_string_equal(two, "10482a");
}

/* ---- hledger ---- */

static void add_sample(struct buf *out, int64_t id, const struct document *d)
{
    struct posting p = posted(d);

    hledger_entry(out, id, &p);
}

static void test_the_text_of_an_entry(void **state)
{
    AUTO_BUF struct buf out = {0};
    struct document *d = invoice("1000.00", "250.00", "1250.00");

    (void)state;
    buf_init(&out, 1 << 20);
    d->fields[FIELD_DUE_DATE].value = "2026-12-01";
    add_sample(&out, 7, d);
    assert_non_null(strstr(out.data, "2026-11-01 (7) Invoice 10482, Nordlys Kontor AS  ; key:"));
    assert_non_null(strstr(out.data, ", document:40, due:2026-12-01\n"));
    assert_non_null(strstr(out.data, "    2400                         -1250.00 NOK  ; to pay\n"));
}

static void make_journal(struct buf *out)
{
    struct document *d = invoice("1000.00", "250.00", "1250.00");
    struct vat_row rate = {"27 % ; date:2026-99-99, [2026-99-99]", "1000", "270", NULL};

    hledger_account(out, "2400", "Supplier debt; assets:x [2026-99-99]", 'L');
    hledger_account(out, "2710", "Input VAT", 'A');
    hledger_account(out, "6790", "Other costs", 'X');
    hledger_currency(out, "NOK");
    hledger_currency(out, "JPY");
    add_sample(out, 1, d);
    d->type = DOCUMENT_CREDIT_NOTE;
    add_sample(out, 2, d);
    d = invoice("1000", "270", "1270");
    d->fields[FIELD_CURRENCY].value = "JPY";
    /* all that could break a line, a comment, a payee or a date */
    d->fields[FIELD_SELLER_NAME].value =
        "Bad\n2026-01-01 x\n  2400  5 NOK; date:2026-99-99 | \xE2\x80\xAE"
        "(1) [2026-99-99]\t\"";
    d->fields[FIELD_INVOICE_NUMBER].value = "!* (9) ; =1";
    d->vat = &rate;
    d->n_vat = 1;
    add_sample(out, 3, d);
}

static int run_hledger(const char *journal)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        execlp("hledger", "hledger", "check", "--strict", "-f", journal, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_hledger_accepts_it(void **state)
{
    AUTO_BUF struct buf out = {0};
    void *folder = NULL;
    struct err err = {0};
    const char *path;
    int status;

    (void)state;
    buf_init(&out, 1 << 20);
    make_journal(&out);
    folder_setup(&folder);
    path = in_folder(&folder, "bilag.journal");
    assert_int_equal(file_write(path, out.data, out.length, 0600, &err), 0);
    status = run_hledger(path);
    folder_teardown(&folder);
    if (status == 127) {
        print_message("skipped: hledger is not installed\n");
        skip();
    }
    if (status != 0)
        fail_msg("hledger refused:\n%s", out.data);
}

#define POST(test)                                                                                 \
    {                                                                                              \
#test, test, setup, teardown, NULL                                                         \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        POST(test_one_rate),
        POST(test_several_rates_and_rounding),
        POST(test_without_vat),
        POST(test_a_credit_note_turns_the_signs),
        POST(test_the_same_document_gives_the_same_posting),
        POST(test_other_currencies),
        POST(test_what_is_missing),
        POST(test_one_seller_in_its_many_spellings),
        POST(test_the_text_of_an_entry),
        POST(test_hledger_accepts_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
