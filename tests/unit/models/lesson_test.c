/* Lessons: what their counts are worth, how they read, and their JSON. */
#include "models/lesson.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static void a_lesson_weighs_what_it_held(void **state)
{
    static const struct {
        int seen, contradicted, hundredths;
    } cases[] = {{1, 0, 50}, {2, 0, 67}, {3, 0, 75}, {20, 0, 95}, {1, 1, 0},
                 {3, 1, 17}, {9, 1, 58}, {3, 3, 0},  {0, 0, 0},   {0, 5, 0}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct lesson lesson = {.seen = cases[i].seen, .contradicted = cases[i].contradicted};

        assert_int_equal((int)(100 * lesson_weight(&lesson) + 0.5f), cases[i].hundredths);
        lesson.report = "changes 3 of 212";
        assert_int_equal((int)(100 * lesson_weight(&lesson)), 0);
    }
}

static void a_lesson_is_a_sentence(void **state)
{
    static const struct {
        struct lesson lesson;
        const char *words;
    } cases[] = {
        {{FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Fakturanr", 4, 0, NULL},
         "right of «Fakturanr», seen 4, contradicted 0"},
        {{FIELD_INVOICE_NUMBER, LESSON_SHAPE, "AAA-999", 2, 1, "changes 3 of 212"},
         "shape AAA-999, seen 2, contradicted 1; proposed only: changes 3 of 212"},
        {{FIELD_TOTAL_GROSS, LESSON_AT, "-1 905 871", 1, 0, NULL},
         "on the last page, 90 % across and 87 % down, seen 1, contradicted 0"},
        {{FIELD_TOTAL_VAT, LESSON_RATE, "25", 1, 0, NULL}, "VAT at 25 %, seen 1, contradicted 0"},
        {{FIELD_SELLER_NAME, LESSON_VALUE, "100 %s", 1, 0, NULL},
         "always «100 %s», seen 1, contradicted 0"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        AUTO_BUF struct buf b;

        buf_init(&b, 1000);
        lesson_describe(&cases[i].lesson, &b);
        assert_string_equal(b.data, cases[i].words);
    }
}

static void lessons_survive_their_json(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};
    struct lesson items[] = {{FIELD_DUE_DATE, LESSON_TERM, "14", 3, 1, NULL},
                             {FIELD_IBAN, LESSON_VALUE, "DE89", 1, 0, "changes 1 of 2"}};
    const struct lessons list = {items, 2};
    AUTO_JSON json_t *json = lessons_to_json(&list);
    struct lessons back = {0};

    (void)state;
    assert_int_equal(lessons_from_json(&a, json, &back, NULL), 0);
    assert_int_equal(back.n, 2);
    assert_int_equal(back.items[0].kind, LESSON_TERM);
    assert_int_equal(back.items[0].field, FIELD_DUE_DATE);
    assert_int_equal(back.items[0].contradicted, 1);
    assert_null(back.items[0].report);
    assert_string_equal(back.items[1].report, "changes 1 of 2");
}

static void what_is_not_known_is_left_out(void **state)
{
    static const char text[] = "[{\"field\":\"tomorrow\",\"kind\":\"at\"},"
                               "{\"field\":\"iban\",\"kind\":\"smell\"},7,"
                               "{\"field\":\"iban\",\"kind\":\"value\",\"seen\":-4}]";
    AUTO_ARENA struct arena a = {.max = (size_t)1 << 20};
    AUTO_JSON json_t *json = NULL, *object = json_object();
    struct lessons list = {0};
    struct err err;

    (void)state;
    assert_int_equal(json_parse(text, strlen(text), &json, &err), 0);
    assert_int_equal(lessons_from_json(&a, json, &list, &err), 0);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.items[0].seen, 0);
    assert_string_equal(list.items[0].text, "");
    assert_true(lessons_from_json(&a, object, &list, &err) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lesson_weighs_what_it_held),
        cmocka_unit_test(a_lesson_is_a_sentence),
        cmocka_unit_test(lessons_survive_their_json),
        cmocka_unit_test(what_is_not_known_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
