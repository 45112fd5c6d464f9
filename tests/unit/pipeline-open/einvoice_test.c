/* E-invoices: every field, lines and VAT; and XML that must not be parsed. */
#include "tests/unit/pipeline-open/made.h"

#include "base/file.h"

static void load(struct made *m, const char *name)
{
    char path[300];

    made_init(m);
    snprintf(path, sizeof path, TEST_SOURCE_DIR "/cases/einvoice/%s", name);
    assert_int_equal(file_read(path, &m->file, &m->err), 0);
    made_open(m);
    assert_non_null(m->opened.einvoice);
}

static void check_field(char *field[CASE_FIELDS_MAX])
{
    struct made m;
    enum field_id id;
    const struct field *f;

    load(&m, field[0]);
    assert_true(field_parse(field[1], &id));
    f = &m.opened.einvoice->fields[id];
    if (!f->value || strcmp(f->value, field[2]) != 0)
        fail_msg("%s %s: %s, not %s", field[0], field[1], f->value ? f->value : "nothing",
                 field[2]);
    assert_int_equal(f->source, SOURCE_XML);
    assert_int_equal(f->proofs, 1u << PROOF_STRUCTURED);
    made_release(&m);
}

static void fields_follow_the_cases(void **state)
{
    (void)state;
    cases_run("einvoice", check_field);
}

static void lines_and_vat_are_read(void **state)
{
    struct made m;
    const struct document *d;

    (void)state;
    load(&m, "ubl-invoice.xml");
    d = m.opened.einvoice;
    assert_int_equal(d->type, DOCUMENT_INVOICE);
    assert_int_equal(m.opened.pages[0].page->source, PAGE_XML);
    assert_int_equal(d->n_lines, 1);
    assert_string_equal(d->lines[0].description, "Dock & paint");
    assert_string_equal(d->lines[0].quantity, "2.5");
    assert_string_equal(d->lines[0].unit, "HUR");
    assert_string_equal(d->lines[0].unit_price, "420.00");
    assert_string_equal(d->lines[0].vat_rate, "25");
    assert_string_equal(d->lines[0].amount, "1050.00");
    assert_int_equal(d->n_vat, 1); /* the euro total is not a second VAT */
    assert_string_equal(d->vat[0].rate, "25");
    assert_string_equal(d->vat[0].net, "1000.00");
    assert_string_equal(d->vat[0].category, "S");
    made_release(&m);
    load(&m, "cii-invoice.xml");
    d = m.opened.einvoice;
    assert_int_equal(d->type, DOCUMENT_CREDIT_NOTE);
    assert_string_equal(d->type_code, "381");
    assert_int_equal(d->n_lines, 1);
    assert_string_equal(d->lines[0].unit_price, "9.90");
    assert_string_equal(d->lines[0].quantity, "20");
    made_release(&m);
}

#define UBL_ROOT(name)                                                                             \
    "<" name " xmlns='urn:oasis:names:specification:ubl:schema:xsd:" name "-2' "                   \
    "xmlns:b='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>"

static void refuse(const char *xml, const char *reason)
{
    struct made m;

    made_init(&m);
    buf_add_text(&m.file, xml);
    made_refused(&m, reason);
    made_release(&m);
}

static void other_xml_is_refused(void **state)
{
    (void)state;
    refuse("<Invoice/>", "not_an_invoice");
    refuse("<Invoice xmlns='urn:somebody:else'/>", "not_an_invoice");
    refuse("<order><item/></order>", "not_an_invoice");
    refuse(UBL_ROOT("Invoice") "<b:ID>1</b:ID>", "bad_xml");
    refuse("<?xml version='1.0' encoding='utf-8'?><a>\xe5</a>", "bad_xml");
}

static void doctypes_stop_the_parser(void **state)
{
    (void)state;
    refuse("<!DOCTYPE a [<!ENTITY x 'y'>]>" UBL_ROOT("Invoice") "<b:ID>&x;</b:ID></Invoice>",
           "bad_xml");
    refuse("<!DOCTYPE a SYSTEM 'file:///etc/passwd'>" UBL_ROOT("Invoice") "</Invoice>", "bad_xml");
    refuse("<!DOCTYPE a>" UBL_ROOT("Invoice") "</Invoice>", "bad_xml");
}

static void depth_is_bounded(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, MADE_BYTES_MAX);
    for (int i = 0; i < 100000; i++)
        buf_add_text(&b, "<a>");
    refuse(b.data, "too_deep");
    buf_release(&b);
}

static void other_encodings_are_understood(void **state)
{
    static const char utf8[] = UBL_ROOT("CreditNote") "<b:ID>K-1</b:ID></CreditNote>";
    struct made m;

    (void)state;
    made_init(&m);
    buf_add(&m.file, "\xff\xfe", 2);
    for (const char *p = utf8; *p; p++)
        buf_add(&m.file, (const char[]){*p, 0}, 2);
    made_open(&m);
    assert_int_equal(m.opened.einvoice->type, DOCUMENT_CREDIT_NOTE);
    assert_string_equal(document_value(m.opened.einvoice, FIELD_INVOICE_NUMBER), "K-1");
    made_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_follow_the_cases), cmocka_unit_test(lines_and_vat_are_read),
        cmocka_unit_test(other_xml_is_refused),    cmocka_unit_test(doctypes_stop_the_parser),
        cmocka_unit_test(depth_is_bounded),        cmocka_unit_test(other_encodings_are_understood),
    };

    open_warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
