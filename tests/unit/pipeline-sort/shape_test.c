/* What a page says without a word known: balances that go on, captions in order, greetings. */
#include "pipeline/sort/shape.h"

#include "tests/unit/page_case.h"

#include <math.h>

enum { CAPTIONS_IN_ORDER = 31, BALANCES_CARRIED = 36, GREETING = 41 }; /* places among the facts */

static float facts[SHAPE_FACTS];

static void find(const char *const *lines)
{
    struct arena arena;
    struct page *page;
    struct sheet sheet;

    arena_init(&arena, 16 << 20);
    page = case_page(&arena, 1);
    for (int row = 0; lines[row]; row++)
        case_draw(&arena, page, row, lines[row]);
    sheet_init(&sheet, &arena, &page, 1);
    shape_find(facts, &sheet);
    arena_release(&arena);
}

static bool is_count(int fact, int count)
{
    return fabsf(facts[fact] - shape_squash(count)) < 1e-4f;
}

static void a_balance_goes_from_row_to_row(void **state)
{
    static const char *const ledger[] = {"Vella tora                          1.000,00",
                                         "01.03   Sapa         250,00         1.250,00",
                                         "02.03   Rimo         1.100,00         150,00",
                                         "03.03   Gonne        40,00            190,00", NULL};
    static const char *const list[] = {"Vella tora                          1.000,00",
                                       "01.03   Sapa         250,00         1.300,00",
                                       "02.03   Rimo         1.100,00         175,00", NULL};

    (void)state;
    find(ledger);
    assert_true(is_count(BALANCES_CARRIED, 3));
    find(list);
    assert_true(is_count(BALANCES_CARRIED, 0));
}

static void captions_are_numbered_across_columns(void **state)
{
    static const char *const form[] = {"1. SAPA RIMO            2. GONNE VEL",
                                       "Karlo                   77",
                                       "3. TORA MISTEN          4. PELLO UL", NULL};
    static const char *const other[] = {"7. SAPA RIMO            2009. GONNE VEL",
                                        "5. TORA MISTEN          5. PELLO UL", NULL};

    (void)state;
    find(form);
    assert_true(is_count(CAPTIONS_IN_ORDER, 4));
    find(other);
    assert_true(is_count(CAPTIONS_IN_ORDER, 0));
}

static void a_greeting_stands_alone_above_prose(void **state)
{
    static const char *const letter[] = {"Karlo Rimo", "Gonneve 4", "Sapa tora Misten,",
                                         "vel karlo rimo tora pello ul sten vetua gon", NULL};
    static const char *const article[] = {"Karlo Rimo", "vel karlo rimo tora pello ul sten,",
                                          "vetua gon vel karlo rimo tora pello ul sten", NULL};

    (void)state;
    find(letter);
    assert_true(facts[GREETING] > 0);
    find(article);
    assert_true(facts[GREETING] <= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_balance_goes_from_row_to_row),
                                       cmocka_unit_test(captions_are_numbered_across_columns),
                                       cmocka_unit_test(a_greeting_stands_alone_above_prose)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
