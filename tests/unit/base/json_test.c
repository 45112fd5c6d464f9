/* JSON: strict in, forgiving lookups, clean out. */
#include "base/json.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static void check_parse(char *field[CASE_FIELDS_MAX])
{
    AUTO_JSON json_t *json = NULL;
    AUTO_FREE char *text = NULL;
    struct err err = {0};
    int r = json_parse(field[0], strlen(field[0]), &json, &err);

    if (strcmp(field[1], "refused") == 0) {
        assert_int_equal(r, ERR_INVALID);
        assert_null(json);
        assert_non_null(strstr(err.text, "line 1 column "));
        return;
    }
    assert_int_equal(r, 0);
    text = json_text(json);
    assert_string_equal(text, field[1]);
}

static void texts_are_parsed_strictly(void **state)
{
    (void)state;
    cases_run("json", check_parse);
}

static void too_long_is_refused_unread(void **state)
{
    json_t *json = NULL;

    (void)state;
    assert_int_equal(json_parse("{}", LIMIT_JSON_BYTES + 1, &json, NULL), ERR_LIMIT);
    assert_null(json);
}

/* jansson stops at 2,048 levels; without that the stack would end first. */
static void nesting_is_bounded(void **state)
{
    char deep[100000];
    json_t *json = NULL;

    (void)state;
    memset(deep, '[', sizeof deep);
    assert_int_equal(json_parse(deep, sizeof deep, &json, NULL), ERR_INVALID);
}

static void lookups_forgive(void **state)
{
    AUTO_JSON json_t *o = NULL;
    const char *text = "{\"t\":\"x\",\"i\":7,\"r\":0.5,\"b\":true}";

    (void)state;
    assert_int_equal(json_parse(text, strlen(text), &o, NULL), 0);
    assert_string_equal(json_get_text(o, "t", "-"), "x");
    assert_string_equal(json_get_text(o, "i", "-"), "-");
    assert_null(json_get_text(o, "none", NULL));
    assert_int_equal(json_get_int(o, "i", -1), 7);
    assert_int_equal(json_get_int(o, "r", -1), -1);
    assert_true(json_get_real(o, "r", 0) == 0.5);
    assert_true(json_get_real(o, "i", 0) == 7);
    assert_true(json_get_bool(o, "b", false));
    assert_true(json_get_bool(o, "t", true));
    assert_int_equal(json_get_int(NULL, "i", 3), 3);
}

static void setting_cleans_and_skips(void **state)
{
    AUTO_JSON json_t *o = json_object();
    AUTO_FREE char *text = NULL;

    (void)state;
    json_set_text(o, "bad",
                  "a\xff"
                  "b\x01");
    json_set_text(o, "none", NULL);
    json_set_int(o, "n", -5);
    json_set_real(o, "c", 0.98765, 2);
    text = json_text(o);
    assert_string_equal(text, "{\"bad\":\"a\xef\xbf\xbd"
                              "b\",\"n\":-5,\"c\":0.99}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_parsed_strictly), cmocka_unit_test(too_long_is_refused_unread),
        cmocka_unit_test(nesting_is_bounded),        cmocka_unit_test(lookups_forgive),
        cmocka_unit_test(setting_cleans_and_skips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
