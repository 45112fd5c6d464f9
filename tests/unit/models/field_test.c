/* Fields: a complete table with the contract's names, and one normal form for each kind of
 * value. */
#include "models/field.h"

#include "tests/unit/unit.h"

static void check_normal_form(char *field[CASE_FIELDS_MAX])
{
    char out[100] = "refused";
    enum field_id id;

    assert_true(field_parse(field[0], &id));
    if (!field_normalise(id, field[1], "NOK", out, sizeof out))
        strncpy(out, "refused", sizeof out);
    if (strcmp(out, field[2]) != 0)
        fail_msg("%s \"%s\" gives %s, not %s", field[0], field[1], out, field[2]);
}

static void values_have_one_normal_form(void **state)
{
    (void)state;
    cases_run("field", check_normal_form);
}

static void a_value_longer_than_its_room_is_refused(void **state)
{
    char out[8];

    (void)state;
    assert_true(field_normalise(FIELD_INVOICE_NUMBER, "123456", NULL, out, sizeof out));
    assert_false(field_normalise(FIELD_INVOICE_NUMBER, "12345678", NULL, out, sizeof out));
    assert_false(field_normalise(FIELD_TOTAL_GROSS, "123456.00", "NOK", out, sizeof out));
}

static void the_tables_are_complete(void **state)
{
    enum field_id id;

    (void)state;
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_info *info = field_info((enum field_id)i);

        assert_non_null(info->name);
        assert_true(info->term[0] == 'B' && info->label[0]);
        assert_true(field_parse(info->name, &id));
        assert_int_equal(id, i);
    }
    for (int i = 0; i < SOURCE_COUNT; i++)
        assert_non_null(field_source_name((enum field_source)i));
    for (int i = 0; i < PROOF_COUNT; i++)
        assert_non_null(proof_name((enum proof)i));
    assert_false(field_parse("total", &id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_one_normal_form),
        cmocka_unit_test(a_value_longer_than_its_room_is_refused),
        cmocka_unit_test(the_tables_are_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
