/* UTF-8: strict validity, folding of the six languages' letters, text made safe. */
#include "base/utf8.h"

#include "base/arena.h"

#include "tests/unit/unit.h"

static void check_valid(char *field[CASE_FIELDS_MAX])
{
    bool valid = utf8_is_valid(field[0], strlen(field[0]));

    assert_string_equal(valid ? "valid" : "not", field[1]);
}

static void check_fold(char *field[CASE_FIELDS_MAX])
{
    char out[200];
    size_t n = utf8_fold(field[0], out, sizeof out);

    assert_string_equal(out, field[1]);
    assert_int_equal(n, strlen(out));
}

static void validity_is_strict(void **state)
{
    (void)state;
    cases_run("utf8", check_valid);
    assert_false(utf8_is_valid("a\0b", 3));
    assert_true(utf8_is_valid("", 0));
}

static void letters_fold_as_clerks_type_them(void **state)
{
    (void)state;
    cases_run("fold", check_fold);
}

static void folding_cuts_at_a_character(void **state)
{
    char out[8];

    (void)state;
    for (size_t size = 1; size <= 7; size++) {
        size_t n = utf8_fold("xæ日y", out, size); /* "xae日y" folded, cut before the æ or the 日 */

        assert_int_equal(n, size < 2 ? 0 : size < 4 ? 1 : size < 7 ? 3 : 6);
        assert_true(utf8_is_valid(out, n));
        assert_int_equal(out[n], 0);
    }
}

static void encoding_and_walking_agree(void **state)
{
    (void)state;
    for (uint32_t c = 1; c <= 0x10ffff; c += c < 0x3000 ? 1 : 97) {
        char text[5] = "";
        const char *p = text;

        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        text[utf8_encode(c, text)] = '\0';
        assert_int_equal(utf8_next(&p), c);
        assert_ptr_equal(p, text + strlen(text));
        assert_int_equal(utf8_next(&p), 0);
    }
}

static void bad_bytes_are_passed_one_by_one(void **state)
{
    const char *p = "\xff\xfe"
                    "a";

    (void)state;
    assert_int_equal(utf8_next(&p), 0xfffd);
    assert_int_equal(utf8_next(&p), 0xfffd);
    assert_int_equal(utf8_next(&p), 'a');
    assert_int_equal(utf8_count("blåbær"), 6);
}

static void cleaned_text_is_safe(void **state)
{
    const char dirty[] = "a\x1b[31m\tb\nc\0d\xff\xe2\x80\xae"
                         "e";
    char out[3 * sizeof dirty + 1];

    (void)state;
    utf8_clean(dirty, sizeof dirty - 1, out);
    assert_string_equal(out, "a[31m b cd\xef\xbf\xbd"
                             "e");
}

static void capitals_are_those_of_the_letters(void **state)
{
    AUTO_ARENA struct arena a;

    (void)state;
    arena_init(&a, 4096);
    assert_string_equal(utf8_capitalised(&a, "købmand és étterem", SIZE_MAX), "KØBMAND ÉS ÉTTEREM");
    assert_string_equal(utf8_capitalised(&a, "őrség", 1), "Őrség");
    assert_string_equal(utf8_capitalised(&a, "straße", 0), "straße");
    assert_string_equal(utf8_capitalised(&a, "", 3), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validity_is_strict),
        cmocka_unit_test(letters_fold_as_clerks_type_them),
        cmocka_unit_test(folding_cuts_at_a_character),
        cmocka_unit_test(encoding_and_walking_agree),
        cmocka_unit_test(bad_bytes_are_passed_one_by_one),
        cmocka_unit_test(cleaned_text_is_safe),
        cmocka_unit_test(capitals_are_those_of_the_letters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
