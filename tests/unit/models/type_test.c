/* Declarations of document types: what they say, and how wrong ones are refused. */
#include "models/type.h"

#include "base/arena.h"
#include "base/err.h"
#include "tests/unit/unit.h"

static int parse(struct arena *a, const char *text, struct type **ret, struct err *err)
{
    arena_init(a, 1 << 20);
    return type_parse(a, "my.yaml", text, strlen(text), ret, err);
}

static void a_declaration_says_its_fields(void **state)
{
    AUTO_ARENA struct arena a;
    struct err err = {0};
    struct type *t = NULL;
    const struct type_field *f;

    (void)state;
    assert_int_equal(
        parse(&a,
              "name: tax_form\n"
              "title: Tax form\n"
              "known_by: [Request for Number]\n"
              "anchors:\n"
              "  Business name: [1, 71.5, 136]\n"
              "  Address: [1, 60, 300]\n"
              "  Signature: [2, 60, 700]\n"
              "fields:\n"
              "  order: {kind: identifier, required: yes, labels: [Order no., Ordre]}\n"
              "  sort: {kind: code, choices: [a, b]}\n"
              "  is_new: {kind: mark, box: [1, 10, 20, 30, 40.5]}\n",
              &t, &err),
        0);
    assert_string_equal(t->title, "Tax form");
    assert_string_equal(t->known_by[0], "Request for Number");
    assert_int_equal(t->n_fields, 3);
    f = type_find(t, "order");
    assert_true(f->is_required && f->kind == FIELD_IDENTIFIER && f->n_labels == 2 && !f->page);
    assert_string_equal(f->labels[1], "Ordre");
    f = type_find(t, "is_new");
    assert_true(f->kind == FIELD_MARK && f->page == 1 && !f->is_required);
    assert_float_equal(f->box.y1, 40.5, 0.01);
    assert_null(type_find(t, "none"));
    for (size_t i = 0; i < t->n_anchors; i++)
        if (strcmp(t->anchors[i].text, "Signature") == 0)
            assert_int_equal(t->anchors[i].page, 2);
}

static void assert_refused(const char *text, const char *because)
{
    AUTO_ARENA struct arena a;
    struct err err = {0};
    struct type *t = NULL;

    assert_int_equal(parse(&a, text, &t, &err), ERR_INVALID);
    assert_null(t);
    if (!strstr(err.text, because))
        fail_msg("refused with: %s", err.text);
}

static void wrong_declarations_are_refused_in_words(void **state)
{
    (void)state;
    assert_refused("name: Tax form\nfields: {a: {kind: text}}\n",
                   "my.yaml: name must be lower-case");
    assert_refused("name: t\nfeilds: {}\n", "feilds is not known");
    assert_refused("name: t\n", "fields: 1 to 64");
    assert_refused("name: t\nfields: {A: {kind: text}}\n", "\"A\" must be named in lower-case");
    assert_refused("name: t\nfields: {a: {kind: number}}\n",
                   "a.kind is \"number\"; it may be text");
    assert_refused("name: t\nfields: {a: {kind: text, label: [x]}}\n", "a.label is not known");
    assert_refused("name: t\nfields: {a: {kind: text, required: often}}\n", "may be yes or no");
    assert_refused("name: t\nfields: {a: {kind: code}}\n", "a code, and only a code, has choices");
    assert_refused("name: t\nfields: {a: {kind: text, box: [1, 2, 3]}}\n", "a wants [page, left");
    assert_refused("name: t\nfields: {a: {kind: text, box: [1, 9, 2, 3, 4]}}\n", "no inside");
    assert_refused("name: t\nfields: {a: {kind: text, box: [1, 1, 2, 3, 4]}}\n", "has no anchors");
    assert_refused("name: t\nanchors: {x: [1, 2, 3]}\nfields: {a: {kind: text}}\n",
                   "anchors: 3 to");
}

/* Its box is learnt. */
static void a_mark_may_be_without_a_box(void **state)
{
    AUTO_ARENA struct arena a;
    struct type *type;
    static const char text[] = "name: t\nfields: {a: {kind: mark}}\n";

    (void)state;
    arena_init(&a, 1 << 20);
    assert_int_equal(type_parse(&a, "t.yaml", text, sizeof text - 1, &type, NULL), 0);
    assert_int_equal(type->fields[0].page, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_declaration_says_its_fields),
        cmocka_unit_test(wrong_declarations_are_refused_in_words),
        cmocka_unit_test(a_mark_may_be_without_a_box),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
