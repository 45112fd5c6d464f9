/* What a line of weights does with candidates, and which files of weights are refused. */
#include "pipeline/extract/extract.h"
#include "pipeline/extract/score.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/page_case.h"

/* A file with these words as the weights of the issue date; `extra` follows. */
static int parse(struct scorer *scorer, const char *weights, const char *extra)
{
    AUTO_BUF struct buf b;
    struct err err = {0};

    buf_init(&b, 10000);
    buf_add_text(&b, SCORE_MAGIC "\nmade: here\nfeatures");
    for (int i = 0; i < SCORE_FEATURES; i++)
        buf_printf(&b, " %s", score_feature_name(i));
    buf_printf(&b, "\nfield issue_date 10 8%s%s", weights, extra);
    return scorer_parse(scorer, b.data, b.length, &err);
}

/* "issue_date 0 0 …", one weight of 1 at this feature. */
static void weigh(struct scorer *scorer, enum score_feature feature)
{
    char text[SCORE_FEATURES * 2 + 1];

    for (int i = 0; i < SCORE_FEATURES; i++) {
        text[2 * i] = ' ';
        text[2 * i + 1] = i == (int)feature ? '1' : '0';
    }
    text[2 * SCORE_FEATURES] = '\0';
    assert_int_equal(parse(scorer, text, "\n"), 0);
}

/* The issue date of a page with a labelled date above and a bare one below; "" for none. */
static void expect(const struct scorer *scorer, const char *value)
{
    static const struct company us = {"Fjordlys Handel AS", "NO", "NOK", "", ""};
    const struct extract_context context = {.company = &us, .scorer = scorer};
    AUTO_ARENA struct arena arena;
    struct document *d;
    struct page *page;
    int number = 1;

    arena_init(&arena, (size_t)16 << 20);
    page = case_page(&arena, number);
    case_draw(&arena, page, 1, "Fakturadato: 01.03.2026");
    case_draw(&arena, page, 30, "Sted og tid 17.04.2026");
    d = document_new(&arena);
    d->type = DOCUMENT_INVOICE;
    d->pages = &number;
    d->n_pages = 1;
    assert_int_equal(extract_document(&arena, &page, NULL, &context, d, NULL), 0);
    assert_string_equal(
        document_value(d, FIELD_ISSUE_DATE) ? document_value(d, FIELD_ISSUE_DATE) : "", value);
}

static void the_weights_choose(void **state)
{
    struct scorer scorer;

    (void)state;
    weigh(&scorer, SCORE_own_beside);
    expect(&scorer, "2026-03-01");
    weigh(&scorer, SCORE_bare_first_date);
    expect(&scorer, "2026-04-17");
    weigh(&scorer, SCORE_second_look);
    expect(&scorer, "");
}

static void what_has_no_weights_stays_empty(void **state)
{
    struct scorer scorer;

    (void)state;
    weigh(&scorer, SCORE_own_beside);
    scorer.is_fitted[FIELD_ISSUE_DATE] = false;
    expect(&scorer, "");
    expect(NULL, "");
}

static void a_file_that_is_not_whole_is_refused(void **state)
{
    struct scorer scorer;
    struct err err = {0};

    (void)state;
    assert_int_equal(parse(&scorer, " 1 2 3", "\n"), ERR_INVALID);
    assert_int_equal(parse(&scorer, "", "\n"), ERR_INVALID);
    assert_int_equal(scorer_parse(&scorer, "", 0, &err), ERR_INVALID);
    assert_int_equal(scorer_parse(&scorer, "bilag scorer, features 0\n", 25, &err), ERR_INVALID);
    assert_int_equal(scorer_parse(&scorer, SCORE_MAGIC "\nfeatures bias memory\n", 45, &err),
                     ERR_INVALID);
    assert_int_equal(scorer_parse(&scorer, SCORE_MAGIC "\n", sizeof SCORE_MAGIC, &err),
                     ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_weights_choose),
        cmocka_unit_test(what_has_no_weights_stays_empty),
        cmocka_unit_test(a_file_that_is_not_whole_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
