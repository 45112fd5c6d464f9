/* Check boxes found by examples: no declaration says where they are; filled, crooked forms do. */
#include "pipeline/extract/taught/places.h"

#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/page_case.h"

#include <math.h>

static const char DECLARATION[] = "name: card\n"
                                  "fields:\n"
                                  "  is_member: {kind: mark}\n"
                                  "  is_student: {kind: mark}\n"
                                  "  wants_paper: {kind: mark, labels: [Send paper]}\n"
                                  "  is_abroad: {kind: mark}\n";

enum { EXAMPLES = 6, BOXES = 5 };

static struct type *make_type(struct arena *a)
{
    struct type *type;

    assert_int_equal(type_parse(a, "card.yaml", DECLARATION, strlen(DECLARATION), &type, NULL), 0);
    return type;
}

/* Each paper lies otherwise: scaled, turned and moved. */
static void laid(int paper, float x, float y, float *ret_x, float *ret_y)
{
    float turn = 0.02f * (float)(paper % 5 - 2), scale = 1 + 0.01f * (float)(paper % 3);

    *ret_x = scale * (cosf(turn) * x - sinf(turn) * y) + 3 * (float)paper;
    *ret_y = scale * (sinf(turn) * x + cosf(turn) * y) + 20 - 2 * (float)paper;
}

static void print_word(struct arena *a, struct page *page, int paper, float x, float y,
                       const char *text)
{
    float at_x, at_y;

    laid(paper, x, y, &at_x, &at_y);
    page->words[page->n_words++] = (struct word){
        .text = arena_strdup(a, text),
        .box = {at_x, at_y - 5, at_x + 6 * (float)strlen(text), at_y + 5},
        .confidence = 0.9f};
}

/* Five boxes in a column: member, student, one nobody declared, paper, abroad. `ticked` has a bit
 * each. */
static const struct taught_sheet *make_form(struct arena *a, const struct type *type, int paper,
                                            unsigned ticked)
{
    static const char *const printed[] = {"Application", "Membership", "Conditions", "Signature",
                                          "Received"};
    struct taught_sheet *sheet = arena_alloc(a, sizeof *sheet);
    struct page **pages = arena_alloc(a, sizeof *pages), *page = pages[0] = case_page(a, 1);

    page->source = PAGE_OCR;
    for (int i = 0; i < 5; i++)
        print_word(a, page, paper, 60 + 90 * (float)(i % 3), 60 + 130 * (float)i, printed[i]);
    print_word(a, page, paper, 120, 390, "Send");
    print_word(a, page, paper, 150, 390, "paper");
    print_word(a, page, paper, 300, 700, arena_printf(a, "Somebody%d", paper));
    page->check_boxes = arena_alloc_array(a, BOXES, sizeof *page->check_boxes);
    for (int i = 0; i < BOXES; i++) {
        float x, y;

        laid(paper, 100, 300 + 30 * (float)i, &x, &y);
        page->check_boxes[page->n_check_boxes++] = (struct check_box){
            {x - 5, y - 5, x + 5, y + 5}, ticked & 1u << i ? 0.3f : 0.01f};
    }
    taught_sheet_init(sheet, a, pages, 1, type);
    return sheet;
}

/* Nobody wants paper or lives abroad; the box in between is ticked on two papers. */
static const unsigned TICKS[EXAMPLES] = {1, 2, 3, 0, 5, 6};

static struct teach_example *make_examples(struct arena *a, const struct type *type)
{
    struct teach_example *examples = arena_alloc_array(a, EXAMPLES, sizeof *examples);

    for (int i = 0; i < EXAMPLES; i++) {
        examples[i].file = examples[i].group = arena_printf(a, "%d", i);
        examples[i].values = arena_alloc_array(a, 4, sizeof *examples[i].values);
        examples[i].values[0] = TICKS[i] & 1 ? "selected" : "empty";
        examples[i].values[1] = TICKS[i] & 2 ? "selected" : "empty";
        examples[i].values[2] = examples[i].values[3] = "empty";
        examples[i].sheet = make_form(a, type, i, TICKS[i]);
    }
    return examples;
}

static void assert_read(struct arena *a, const struct taught *taught)
{
    struct taught_answer answers[4];

    taught_answer(taught, a, make_form(a, taught->declared, 7, 1 | 8), answers);
    assert_string_equal(answers[0].value, "selected");
    assert_string_equal(answers[1].value, "empty");
    assert_string_equal(answers[2].value, "selected");
    assert_null(answers[3].value);
    taught_answer(taught, a, make_form(a, taught->declared, 8, 2 | 4), answers);
    assert_string_equal(answers[0].value, "empty");
    assert_string_equal(answers[1].value, "selected");
    assert_string_equal(answers[2].value, "empty");
}

static void examples_tell_where_the_boxes_are(void **state)
{
    AUTO_ARENA struct arena a;
    const struct type *type;
    struct teach_outcome outcome;
    struct taught taught;

    (void)state;
    arena_init(&a, 256 << 20);
    type = make_type(&a);
    teach_type(&a, type, make_examples(&a, type), EXAMPLES, &taught, &outcome);
    assert_read(&a, &taught);
    assert_int_equal(taught.type->fields[2].page, 1); /* never ticked: told by its label */
    assert_int_equal(taught.type->fields[3].page, 0); /* never ticked, and no label */
    assert_int_equal(outcome.seen[0], EXAMPLES);
    assert_int_equal(outcome.wrong[0] + outcome.wrong[1], 0);
    assert_true(outcome.right[0] >= EXAMPLES - 1);
}

static void places_survive_their_file(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf file;
    const struct type *type;
    struct type *boxed;
    struct teach_outcome outcome;
    struct taught taught, back;
    struct err err = {0};

    (void)state;
    arena_init(&a, 256 << 20);
    buf_init(&file, 8 << 20);
    type = make_type(&a);
    teach_type(&a, type, make_examples(&a, type), EXAMPLES, &taught, &outcome);
    taught_print(&taught, "by a test\n", &file);
    assert_int_equal(taught_parse(&a, type, file.data, file.length, &back, &err), 0);
    assert_read(&a, &back);

    boxed = type_copy(&a, type); /* declared since: what was learnt lies in another frame */
    boxed->anchors[boxed->n_anchors++] = (struct type_anchor){"Signature", 1, 1, 1};
    assert_int_equal(taught_parse(&a, boxed, file.data, file.length, &back, &err), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_tell_where_the_boxes_are),
        cmocka_unit_test(places_survive_their_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
