/*
 * Characters written twice: what goes, and what must stay.
 */
#include "pipeline/read/twins.h"

#include "base/arena.h"
#include "recogniser/recogniser.h"
#include "tests/unit/unit.h"

#include <string.h>

enum { SYMBOLS_MAX = 16, WIDTH = 20 };

/* One character of `text` after the other, each WIDTH wide but those in `narrow`, which are half
 * so, and unsure. */
static const char *drop(struct arena *a, const char *text, const char *narrow)
{
    struct recognised_symbol symbols[SYMBOLS_MAX] = {0};
    struct recognised_word word = {.text = text, .symbols = symbols};
    int x = 0;

    for (const char *at = text; *at; word.symbol_count++) {
        size_t n = 1 + (size_t)(((unsigned char)at[0] >= 0xc0) + ((unsigned char)at[0] >= 0xe0));
        struct recognised_symbol *symbol = &symbols[word.symbol_count];
        bool is_narrow = strstr(narrow, symbol->text = arena_strndup(a, at, n)) != NULL;

        symbol->certainty = is_narrow ? -1 - 0.1f * (float)word.symbol_count : -0.1f;
        symbol->left = x;
        symbol->right = x += is_narrow ? WIDTH / 2 : WIDTH;
        at += n;
    }
    return twins_drop(a, &word, WIDTH);
}

static void test_twins(void **state)
{
    AUTO_ARENA struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    assert_string_equal(drop(&a, "HU8S5", "S5"), "HU8S");
    assert_string_equal(drop(&a, "Erdőó", "óő"), "Erdő");
    assert_string_equal(drop(&a, "Kopìpapir", "i"), "Kopìpapir");
    assert_string_equal(drop(&a, "Kopìipapir", "ìi"), "Kopipapir");
    assert_string_equal(drop(&a, "Petofi", "of"), "Petofi");
    assert_string_equal(drop(&a, "", ""), "");
}

/* One letter seen in three, the middle one foreign. */
static void test_triplets(void **state)
{
    AUTO_ARENA struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    assert_string_equal(drop(&a, "kontoọo", "oọ"), "konto");
}

/* Two that are as wide as two, and two that are sure. */
static void test_real_doubles(void **state)
{
    AUTO_ARENA struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    assert_string_equal(drop(&a, "Aalborg", ""), "Aalborg");
    assert_string_equal(drop(&a, "idée", ""), "idée");
    assert_string_equal(drop(&a, "5S05", ""), "5S05");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twins),
        cmocka_unit_test(test_triplets),
        cmocka_unit_test(test_real_doubles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
