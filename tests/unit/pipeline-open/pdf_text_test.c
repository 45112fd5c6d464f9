/* Characters with boxes, as poppler gives them, become words. */
#include "tests/unit/unit.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "pipeline/open/pdf.h"

#define CHARACTERS_MAX 400

/* A page of characters, set one by one. */
struct setting {
    char text[4 * CHARACTERS_MAX];
    PopplerRectangle boxes[CHARACTERS_MAX];
    unsigned count;
};

/* Sets text from (x, y) in signs 6 wide and 10 high; dx and dy lead to the next sign. */
static void set_text(struct setting *s, const char *text, double x, double y, double dx, double dy)
{
    size_t used = strlen(s->text);

    memcpy(s->text + used, text, strlen(text) + 1);
    while (*text) {
        utf8_next(&text);
        s->boxes[s->count++] = (PopplerRectangle){x, y, x + 6, y + 10};
        x += dx;
        y += dy;
    }
}

static void expect(const struct setting *s, const char *words, bool is_garbage)
{
    const struct page_text in = {s->text, s->boxes, s->count, NULL, 595, 842};
    AUTO_ARENA struct arena a = {0};
    struct text_layer layer;
    char got[2000] = "";
    size_t used = 0;

    arena_init(&a, (size_t)1 << 20);
    pdf_text_words(&a, &in, &layer);
    for (size_t i = 0; i < layer.n_words; i++)
        used += (size_t)snprintf(got + used, sizeof got - used, "%s%s", i ? " " : "",
                                 layer.words[i].word.text);
    assert_string_equal(got, words);
    assert_int_equal(layer.is_garbage, is_garbage);
}

static void spaces_and_gaps_end_words(void **state)
{
    struct setting s = {0};

    (void)state;
    set_text(&s,
             "Total due\xc2\xa0"
             "99.00",
             50, 100, 6, 0);
    expect(&s, "Total due 99.00", false);
}

/* Poppler ends a column and begins the next without a space. */
static void columns_are_not_run_together(void **state)
{
    struct setting s = {0};

    (void)state;
    set_text(&s, "Number", 50, 124, 6, 0);
    set_text(&s, "Nordvik", 100, 100, 6, 0);
    set_text(&s, "10482", 200, 100, 6, 0);
    expect(&s, "Nordvik 10482 Number", false);
}

static void text_may_run_up_the_page(void **state)
{
    struct setting s = {0};

    (void)state;
    set_text(&s, "Margin", 20, 400, 0, -10);
    expect(&s, "Margin", false);
}

static void ligatures_are_taken_apart(void **state)
{
    struct setting s = {0};

    (void)state;
    set_text(&s,
             "o\xef\xac\x83"
             "ce a\xcc\x8a m\xc2\xb2",
             50, 100, 6, 0);
    expect(&s, "office \xc3\xa5 m\xc2\xb2", false);
}

static void words_outside_the_page_are_none(void **state)
{
    struct setting s = {0};

    (void)state;
    set_text(&s, "inside", 50, 100, 6, 0);
    set_text(&s, "outside", 50, 900, 6, 0);
    expect(&s, "inside", false);
}

static void characters_without_meaning_are_garbage(void **state)
{
    struct setting s = {0};

    (void)state;
    set_text(&s, "ab \xee\x80\x81\xee\x80\x82", 50, 100, 6, 0); /* private use */
    expect(&s, "ab \xee\x80\x81\xee\x80\x82", true);
}

static void numbers_are_no_garbage(void **state)
{
    struct setting s = {0};

    (void)state;
    for (int i = 0; i < 9; i++)
        set_text(&s, "1.250,00", 50, 100 + 20 * i, 6, 0);
    expect(&s, "1.250,00 1.250,00 1.250,00 1.250,00 1.250,00 1.250,00 1.250,00 1.250,00 1.250,00",
           false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spaces_and_gaps_end_words),
        cmocka_unit_test(columns_are_not_run_together),
        cmocka_unit_test(text_may_run_up_the_page),
        cmocka_unit_test(ligatures_are_taken_apart),
        cmocka_unit_test(words_outside_the_page_are_none),
        cmocka_unit_test(characters_without_meaning_are_garbage),
        cmocka_unit_test(numbers_are_no_garbage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
