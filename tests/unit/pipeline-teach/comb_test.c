/* Combs as recognisers read them: bars as characters, glued, dropped; cells left empty. */
#include "pipeline/extract/taught/comb.h"

#include "tests/unit/unit.h"

/* Nine cells, 10 wide, in groups of three, two and four. */
static const float MIDDLES[] = {5, 15, 25, 45, 55, 75, 85, 95, 105};

enum { CELLS = sizeof MIDDLES / sizeof *MIDDLES };

struct glued {
    const char *text;
    float x0, x1;
};

static const char *cells(const struct glued *words, int n)
{
    static char text[CELLS + 1];
    struct comb_character read[COMB_CHARACTERS_MAX];
    int count = 0;

    for (int w = 0; w < n; w++) {
        float wide = (words[w].x1 - words[w].x0) / (float)strlen(words[w].text);

        for (int k = 0; words[w].text[k]; k++)
            read[count++] = (struct comb_character){words[w].text[k],
                                                    words[w].x0 + wide * ((float)k + 0.5f)};
    }
    comb_read(read, count, MIDDLES, CELLS, text);
    for (int i = 0; i < CELLS; i++)
        text[i] = text[i] ? text[i] : '.';
    return text;
}

static void digits_between_dropped_bars(void **state)
{
    const struct glued words[] = {{"233", 2, 28}, {"46", 42, 58}, {"7433", 72, 108}};

    (void)state;
    assert_string_equal(cells(words, 3), "233467433");
}

static void bars_read_as_characters(void **state)
{
    const struct glued ones[] = {{"|2|3)3)", 0, 30}, {"146)", 40, 60}, {"1713[8|4|", 70, 110}};

    (void)state;
    assert_string_equal(cells(ones, 3), "23346"
                                        "7384");
}

static void a_one_is_a_one_where_nothing_else_stands(void **state)
{
    const struct glued words[] = {{"1", 3, 6}, {"1", 13, 16}, {"|1|", 20, 30}, {"11", 43, 57}};

    (void)state;
    assert_string_equal(cells(words, 4), "11111....");
}

static void a_character_too_many_is_left_out(void **state)
{
    const struct glued words[] = {{"2333", 0, 30}, {"46", 40, 60}, {"74332", 70, 110}};
    const char *text = cells(words, 3);

    (void)state;
    assert_memory_equal(text, "23346", 5);
    assert_null(strchr(text, '.'));
    assert_string_equal(
        cells((struct glued[]){{"233", 0, 30}, {"64", 40, 60}, {"67223", 70, 110}}, 3),
        "233646723");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_between_dropped_bars),
        cmocka_unit_test(bars_read_as_characters),
        cmocka_unit_test(a_one_is_a_one_where_nothing_else_stands),
        cmocka_unit_test(a_character_too_many_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
