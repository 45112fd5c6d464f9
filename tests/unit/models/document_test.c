/* Documents: the contract's JSON there and back, and answers that are wrong on purpose. */
#include "models/document.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static struct document *make_document(struct arena *a)
{
    static int pages[] = {1, 2};
    static struct line_item line = {"Skruer 4x40", "2",       "box", "500.00",
                                    "25",          "1000.00", 2,     {10, 20, 30, 40}};
    static struct vat_row vat = {"25", "1000.00", "250.00", "S"};
    struct document *d = document_new(a);

    d->file = "a.pdf";
    d->pages = pages;
    d->n_pages = 2;
    d->type = DOCUMENT_CREDIT_NOTE;
    d->type_confidence = 0.99f;
    d->language = "nb";
    d->lines = &line;
    d->n_lines = 1;
    d->vat = &vat;
    d->n_vat = 1;
    d->fields[FIELD_TOTAL_GROSS] = (struct field){
        .value = "1250.00",
        .confidence = 0.98f,
        .page = 1,
        .box = {412, 96, 480, 112},
        .source = SOURCE_OCR,
        .proofs = 1u << PROOF_TOTALS | 1u << PROOF_LABEL,
        .alternative = "1260.00",
    };
    document_add_reason(d, a, "total_mismatch", FIELD_TOTAL_GROSS, "off by %s", "0.10");
    document_add_reason(d, a, "unsure", -1, "two readings");
    return d;
}

static struct document *there_and_back(struct arena *a, const struct document *d)
{
    AUTO_JSON json_t *json = document_to_json(d), *parsed = NULL;
    AUTO_FREE char *text = json_text(json);
    struct document *back;

    assert_int_equal(json_parse(text, strlen(text), &parsed, NULL), 0);
    assert_int_equal(document_from_json(a, parsed, &back, NULL), 0);
    return back;
}

static void a_document_survives_json(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *first = NULL, *second = NULL;
    struct document *d, *back;

    (void)state;
    arena_init(&a, 1000000);
    d = make_document(&a);
    back = there_and_back(&a, d);
    first = document_to_json(d);
    second = document_to_json(back);
    assert_true(json_equal(first, second));
    assert_int_equal(back->fields[FIELD_TOTAL_GROSS].proofs, d->fields[FIELD_TOTAL_GROSS].proofs);
    assert_int_equal(back->reasons[0].field, FIELD_TOTAL_GROSS);
    assert_int_equal(back->reasons[1].field, -1);
}

static void the_json_is_the_contract_s(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL;
    AUTO_FREE char *text = NULL;

    (void)state;
    arena_init(&a, 1000000);
    json = document_to_json(make_document(&a));
    text = json_text(json);
    assert_non_null(strstr(text, "{\"schema\":\"bilag/1\",\"file\":\"a.pdf\",\"pages\":[1,2],"
                                 "\"type\":{\"value\":\"credit_note\",\"confidence\":0.99},"
                                 "\"language\":\"nb\""));
    assert_non_null(strstr(text, "\"total_gross\":{\"value\":\"1250.00\",\"confidence\":0.98,"
                                 "\"page\":1,\"box\":[412.0,96.0,480.0,112.0],\"source\":\"ocr\","
                                 "\"proofs\":[\"totals\",\"label\"]"));
    assert_non_null(strstr(text, "\"verdict\":{\"outcome\":\"review\""));
}

/* Parses a text as a document and prints it again: whatever came in, that must not fail. */
static void assert_harmless(const char *text)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *json = NULL, *again = NULL;
    struct document *d;

    arena_init(&a, 1000000);
    assert_int_equal(json_parse(text, strlen(text), &json, NULL), 0);
    assert_int_equal(document_from_json(&a, json, &d, NULL), 0);
    again = document_to_json(d);
    assert_non_null(again);
}

static void absurd_answers_do_no_harm(void **state)
{
    (void)state;
    assert_harmless("{}");
    assert_harmless("{\"fields\":{\"iban\":{\"page\":1,\"box\":[1e300,0,0,0],\"value\":\"x\"}}}");
    assert_harmless("{\"fields\":{\"iban\":{\"page\":9999999999,\"box\":[0,0,0,0]}}}");
    assert_harmless("{\"fields\":{\"iban\":7,\"none\":{}},\"type\":[],\"verdict\":\"post\"}");
    assert_harmless("{\"fields\":{\"iban\":{\"confidence\":1e300,\"value\":\"x\"}}}");
    assert_harmless("{\"lines\":[1,{\"page\":-1}],\"vat_breakdown\":[null]}");
    assert_harmless("{\"verdict\":{\"outcome\":\"fly\",\"reasons\":[5,{\"field\":\"none\"}]}}");
}

static void a_declared_type_keeps_its_fields(void **state)
{
    static const char *required[] = {"total_gross", "contract"};
    struct named_field named = {"contract", {.value = "C-7", .confidence = 0.875f, .page = 2}};
    AUTO_ARENA struct arena a;
    struct document *d, *back;

    (void)state;
    arena_init(&a, 1000000);
    d = make_document(&a);
    d->declared = "tv_order";
    d->required = required;
    d->n_required = 2;
    d->named = &named;
    d->n_named = 1;
    back = there_and_back(&a, d);
    assert_string_equal(back->declared, "tv_order");
    assert_int_equal(back->n_required, 2);
    assert_string_equal(back->required[1], "contract");
    assert_string_equal(document_find(back, "contract")->value, "C-7");
    assert_int_equal(document_find(back, "contract")->page, 2);
    assert_string_equal(document_find(back, "total_gross")->value, "1250.00");
    assert_null(document_find(back, "advertiser"));
}

static void wrong_shapes_are_refused(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_JSON json_t *list = json_array(), *pages = json_pack("{s:[i]}", "pages", 0);
    struct document *d = NULL;

    (void)state;
    arena_init(&a, 1000000);
    assert_int_equal(document_from_json(&a, list, &d, NULL), ERR_INVALID);
    assert_int_equal(document_from_json(&a, pages, &d, NULL), ERR_INVALID);
    assert_null(d);
}

static void types_have_names(void **state)
{
    enum document_type type;

    (void)state;
    for (int i = 0; i < DOCUMENT_TYPE_COUNT; i++) {
        assert_true(document_type_parse(document_type_name((enum document_type)i), &type));
        assert_int_equal(type, i);
    }
    assert_false(document_type_parse("bill", &type));
    assert_true(document_type_is_posted(DOCUMENT_INVOICE));
    assert_false(document_type_is_posted(DOCUMENT_LETTER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_survives_json),
        cmocka_unit_test(the_json_is_the_contract_s),
        cmocka_unit_test(absurd_answers_do_no_harm),
        cmocka_unit_test(wrong_shapes_are_refused),
        cmocka_unit_test(types_have_names),
        cmocka_unit_test(a_declared_type_keeps_its_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
