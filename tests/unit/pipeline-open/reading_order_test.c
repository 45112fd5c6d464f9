/* Words in any order become lines from the top, left to right, and blocks of lines. */
#include "tests/unit/unit.h"

#include "base/arena.h"
#include "pipeline/open/pdf.h"

#define WORD(word_text, left, top, right, bottom)                                                  \
    {                                                                                              \
        .word = {.text = word_text, .box = {left, top, right, bottom} }                            \
    }

static void expect_order(struct layer_word *words, size_t count, const char *expected)
{
    AUTO_ARENA struct arena a = {0};
    char got[300] = "";
    size_t used = 0;

    arena_init(&a, (size_t)1 << 20);
    reading_order(&a, words, count);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(got + used, sizeof got - used, "%s%s.%d.%d", i ? " " : "",
                                 words[i].word.text, words[i].word.line, words[i].word.block);
    assert_string_equal(got, expected);
}

static void a_line_runs_across_columns(void **state)
{
    struct layer_word words[] = {
        WORD("250.00", 400, 121, 440, 131),
        WORD("Net", 50, 100, 70, 110),
        WORD("VAT", 50, 120, 70, 130),
        WORD("1000.00", 400, 101, 440, 111),
    };

    (void)state;
    expect_order(words, 4, "Net.0.0 1000.00.0.1 VAT.1.2 250.00.1.3");
}

static void lines_below_one_another_make_a_block(void **state)
{
    struct layer_word words[] = {
        WORD("Nordvik", 50, 100, 90, 110),  WORD("AS", 94, 100, 104, 110),
        WORD("Storgata", 50, 112, 95, 122), WORD("Oslo", 50, 124, 70, 134),
        WORD("Invoice", 50, 160, 90, 170),
    };

    (void)state;
    expect_order(words, 5, "Nordvik.0.0 AS.0.0 Storgata.1.0 Oslo.2.0 Invoice.3.1");
}

static void a_tall_word_joins_only_its_own_line(void **state)
{
    struct layer_word words[] = {
        WORD("TOTAL", 50, 100, 150, 130),
        WORD("above", 200, 98, 230, 106),
        WORD("beside", 200, 111, 230, 119),
        WORD("below", 200, 124, 230, 132),
    };

    (void)state;
    expect_order(words, 4, "above.0.0 TOTAL.1.1 beside.1.0 below.2.0");
}

static void nothing_is_no_trouble(void **state)
{
    (void)state;
    expect_order(NULL, 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_runs_across_columns),
        cmocka_unit_test(lines_below_one_another_make_a_block),
        cmocka_unit_test(a_tall_word_joins_only_its_own_line),
        cmocka_unit_test(nothing_is_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
