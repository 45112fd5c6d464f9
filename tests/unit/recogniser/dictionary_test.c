/* Words of the small model: the lists hold "ab", "abb", digits with one dot, and a dot behind. */
#include "recogniser/dictionary.h"

#include "base/mem.h"
#include "tests/fuzz/small_model.h"
#include "tests/unit/unit.h"

static const struct small_model with_lists = {
    .height = 3, .filters = 1, .column_cells = 1, .layers = {{1}}};

struct opened {
    struct buf bytes;
    struct model model;
};

static int open_small(void **state)
{
    struct opened *o = mem_alloc(sizeof *o);

    buf_init(&o->bytes, SMALL_MODEL_BYTES_MAX);
    small_model_write(&with_lists, &o->bytes);
    *state = o;
    return model_parse((const unsigned char *)o->bytes.data, o->bytes.length, &o->model, NULL);
}

static int close_small(void **state)
{
    struct opened *o = *state;

    model_close(&o->model);
    buf_release(&o->bytes);
    free(o);
    return 0;
}

/* What the letters are behind `start`. */
static struct word_state walk(struct dictionary *d, int start, const int *letters)
{
    int at = start;

    for (; *letters; letters++)
        at = dictionary_next(d, at, *letters);
    return d->states[at];
}

static void words_are_known(void **state)
{
    static const struct {
        int letters[6];
        enum permuter permuter;
        bool ends_word;
    } cases[] = {
        {{SMALL_A}, PERMUTER_WORD, false},
        {{SMALL_A, SMALL_B}, PERMUTER_WORD, true},
        {{SMALL_A, SMALL_B, SMALL_B}, PERMUTER_WORD, true},
        {{SMALL_A, SMALL_B, SMALL_DOT}, PERMUTER_WORD, true},
        {{SMALL_A, SMALL_DOT}, PERMUTER_NONE, false},
        {{SMALL_A, SMALL_B, SMALL_DOT, SMALL_DOT}, PERMUTER_NONE, false},
        {{SMALL_A, SMALL_B, SMALL_B, SMALL_B}, PERMUTER_NONE, false},
        {{SMALL_B}, PERMUTER_NONE, false},
        {{SMALL_1}, PERMUTER_NUMBER, true},
        {{SMALL_1, SMALL_DOT}, PERMUTER_NUMBER, true},
        {{SMALL_1, SMALL_DOT, SMALL_1}, PERMUTER_NUMBER, true},
        {{SMALL_1, SMALL_DOT, SMALL_1, SMALL_1}, PERMUTER_NONE, false},
        {{SMALL_1, SMALL_COMMA}, PERMUTER_NONE, false},
    };
    struct opened *o = *state;
    struct dictionary d;

    dictionary_init(&d, &o->model);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        for (int start = STATE_LINE_START; start <= STATE_AFTER_SPACE; start++) {
            struct word_state s = walk(&d, start, cases[i].letters);

            if (s.permuter != cases[i].permuter || s.ends_word != cases[i].ends_word)
                fail_msg("case %zu: %d %d", i, s.permuter, s.ends_word);
        }
    dictionary_release(&d);
}

static void the_same_letters_are_the_same_state(void **state)
{
    struct opened *o = *state;
    struct dictionary d;
    int count, a;

    dictionary_init(&d, &o->model);
    a = dictionary_next(&d, STATE_LINE_START, SMALL_A);
    count = d.state_count;
    assert_int_equal(dictionary_next(&d, STATE_AFTER_SPACE, SMALL_A), a);
    assert_int_equal(d.state_count, count);
    assert_int_not_equal(dictionary_next(&d, a, SMALL_B), a);
    dictionary_release(&d);
}

/* Letters that go nowhere make states, too: they are forgotten between lines, and a line that makes
 * too many is out of words. */
static void states_are_limited(void **state)
{
    struct opened *o = *state;
    struct dictionary d;
    int at = STATE_LINE_START;

    dictionary_init(&d, &o->model);
    for (int i = 0; i < 70000; i++)
        at = dictionary_next(&d, at, SMALL_B);
    assert_true(d.state_count <= 65536);
    assert_int_equal(dictionary_next(&d, at, SMALL_A), STATE_NONE);
    dictionary_trim(&d);
    assert_int_equal(d.state_count, STATE_FIRST_LETTERS);
    at = dictionary_next(&d, STATE_LINE_START, SMALL_A);
    assert_int_equal(d.states[at].permuter, PERMUTER_WORD);
    dictionary_release(&d);
}

/* Without the punctuation list words stand alone. */
static void lists_may_be_missing(void **state)
{
    static const int word[] = {SMALL_A, SMALL_B, 0}, closed[] = {SMALL_A, SMALL_B, SMALL_DOT, 0};
    struct opened *o = *state;
    struct dictionary d;

    o->model.punctuation.edges = NULL;
    dictionary_init(&d, &o->model);
    assert_true(walk(&d, STATE_LINE_START, word).ends_word);
    assert_int_equal(walk(&d, STATE_LINE_START, closed).permuter, PERMUTER_NONE);
    dictionary_release(&d);
    o->model.words.edges = o->model.numbers.edges = NULL;
    assert_false(dictionary_exists(&o->model));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_are_known, open_small, close_small),
        cmocka_unit_test_setup_teardown(the_same_letters_are_the_same_state, open_small,
                                        close_small),
        cmocka_unit_test_setup_teardown(states_are_limited, open_small, close_small),
        cmocka_unit_test_setup_teardown(lists_may_be_missing, open_small, close_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
