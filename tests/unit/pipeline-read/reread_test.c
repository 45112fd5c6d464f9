/*
 * The vote on an unsure word: what the other readings of its line do to it.
 */
#include "pipeline/read/reread.h"

#include "recogniser/recogniser.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

#define AT                                                                                         \
    {                                                                                              \
        100, 0, 200, 40                                                                            \
    }
#define ASIDE                                                                                      \
    {                                                                                              \
        300, 0, 400, 40                                                                            \
    }

/* The word "12O" after the readings, in its place each. */
static struct recognised_word vote(const char *a, const char *b, const char *c)
{
    struct recognised_word word = {.text = "12O", .box = AT, .certainty = -1};
    struct recognised_word words[REREAD_WAYS] = {
        {.text = a, .box = {104, 0, 202, 40}}, {.text = b, .box = AT}, {.text = c, .box = AT}};
    struct recognised_line readings[REREAD_WAYS];
    int count = 0;

    for (; count < REREAD_WAYS && words[count].text; count++)
        readings[count] = (struct recognised_line){.words = &words[count], .word_count = 1};
    reread_vote(&word, readings, count);
    return word;
}

static void test_confirmed(void **state)
{
    struct recognised_word word = vote("12O", NULL, NULL);

    (void)state;
    assert_string_equal(word.text, "12O");
    assert_true(word.certainty > -0.6f);
    assert_string_equal(vote("120", "12O", NULL).text, "12O");
}

static void test_outvoted(void **state)
{
    (void)state;
    assert_string_equal(vote("120", "120", "T2O").text, "120");
    assert_true(vote("120", "120", "120").certainty <= -2);
}

static void test_nobody_agrees(void **state)
{
    struct recognised_word word = vote("120", "12D", "T2O");

    (void)state;
    assert_string_equal(word.text, "12O");
    assert_true(word.certainty <= -2);
}

/* Another word of the line, and a place where the reading has two. */
static void test_other_places(void **state)
{
    struct recognised_word word = {.text = "12O", .box = AT, .certainty = -1};
    struct recognised_word aside = {.text = "120", .box = ASIDE};
    struct recognised_word two[] = {{.text = "120", .box = {100, 0, 140, 40}},
                                    {.text = "120", .box = {150, 0, 200, 40}}};
    struct recognised_line readings[] = {{.words = &aside, .word_count = 1},
                                         {.words = two, .word_count = 2},
                                         {.words = &aside, .word_count = 1}};

    (void)state;
    reread_vote(&word, readings, REREAD_WAYS);
    assert_string_equal(word.text, "12O");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_confirmed),
        cmocka_unit_test(test_outvoted),
        cmocka_unit_test(test_nobody_agrees),
        cmocka_unit_test(test_other_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
