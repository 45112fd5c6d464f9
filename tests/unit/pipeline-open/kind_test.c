/* Kinds are decided by content: a case a beginning, and those that hold NUL bytes here. */
#include "tests/unit/unit.h"

#include "base/err.h"
#include "pipeline/open/source.h"

static void check(const char *bytes, size_t length, const char *expected)
{
    struct err err = {0};
    enum file_kind kind = FILE_KIND_COUNT;
    int r = kind_detect((const unsigned char *)bytes, length, &kind, &err);
    const char *got = r < 0 ? err.reason : file_kind_name(kind);

    if (strcmp(got, expected) != 0)
        fail_msg("%.40s…: %s, not %s", bytes, got, expected);
    if (r < 0)
        assert_int_equal(kind, FILE_KIND_COUNT);
}

static void check_case(char *field[CASE_FIELDS_MAX])
{
    check(field[0], strlen(field[0]), field[1]);
}

static void follows_the_cases(void **state)
{
    (void)state;
    cases_run("kind", check_case);
}

#define CHECK(bytes, expected) check(bytes, sizeof bytes - 1, expected)

static void knows_beginnings_with_nul_bytes(void **state)
{
    (void)state;
    CHECK("II*\0\x08\0\0\0", "tiff");
    CHECK("MM\0*\0\0\0\x08", "tiff");
    CHECK("II+\0\x08\0\0\0", "tiff");
    CHECK("\0\0\0\fjP  \r\n\x87\n", "jp2");
    CHECK("\xff\xfe<\0?\0x\0m\0l\0", "xml");
    CHECK("\xfe\xff\0<\0I\0n\0v", "xml");
    CHECK("\0\0\0\0", "empty");
    CHECK("", "empty");
}

static void looks_for_a_pdf_no_further_than_readers_do(void **state)
{
    char junk[1400];

    (void)state;
    memset(junk, 'x', sizeof junk);
    memcpy(junk + 1000, "%PDF-1.4", 8);
    check(junk, sizeof junk, "pdf");
    memset(junk, 'x', sizeof junk);
    memcpy(junk + 1100, "%PDF-1.4", 8);
    check(junk, sizeof junk, "unknown_kind");
}

static void names_well_known_strangers(void **state)
{
    struct err err = {0};
    enum file_kind kind;

    (void)state;
    assert_true(kind_detect((const unsigned char *)"PK\3\4....", 8, &kind, &err) < 0);
    assert_non_null(strstr(err.text, "ZIP"));
    assert_true(kind_detect((const unsigned char *)"\x78\x9f\x3e\x22....", 8, &kind, &err) < 0);
    assert_non_null(strstr(err.text, "winmail.dat"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_cases),
        cmocka_unit_test(knows_beginnings_with_nul_bytes),
        cmocka_unit_test(looks_for_a_pdf_no_further_than_readers_do),
        cmocka_unit_test(names_well_known_strangers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
