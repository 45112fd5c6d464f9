/* Teaching on drawn orders: what is learnt is found on a page never seen, and weights survive a
 * file. */
#include "pipeline/extract/taught/teach.h"

#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/page_case.h"

enum { EXAMPLES = 12 };

static const char DECLARATION[] = "name: job\n"
                                  "fields:\n"
                                  "  job_number: {kind: identifier}\n"
                                  "  customer: {kind: text}\n"
                                  "  price: {kind: amount}\n"
                                  "  sort: {kind: code, choices: [repair, rental]}\n";

/* Papers of two layouts. Other numbers, amounts and names stand about. */
static struct taught_sheet *make_sheet(struct arena *a, const struct type *type, int i)
{
    static const char *const names[] = {"Anders Berg", "Blue River Farm", "Carl Holm", "Dana Lind"};
    struct taught_sheet *sheet = arena_alloc(a, sizeof *sheet);
    struct page **pages = arena_alloc(a, sizeof *pages);
    bool is_rental = i % 2;

    pages[0] = case_page(a, 1);
    case_draw(a, pages[0], 0, is_rental ? "Rental slip" : "Repair sheet");
    case_draw(a, pages[0], 2,
              arena_printf(a, "Our van 5521      Job no. J-%d77%d    Dept 40-11", i + 1, i));
    case_draw(a, pages[0], 3 + i % 3,
              arena_printf(a, "Done for: %s      Phone 555 01%d", names[i % 4], i));
    case_draw(a, pages[0], 8, arena_printf(a, "Parts            %d0.00", i + 2));
    case_draw(a, pages[0], 9, arena_printf(a, "Price agreed     %d25.50", i + 3));
    case_draw(a, pages[0], 10, "Deposit          999.00");
    taught_sheet_init(sheet, a, pages, 1, type);
    return sheet;
}

static struct type *make_type(struct arena *a)
{
    struct type *type;

    assert_int_equal(type_parse(a, "job.yaml", DECLARATION, strlen(DECLARATION), &type, NULL), 0);
    return type;
}

static void teach_orders(struct arena *a, const struct type *type, struct taught *ret,
                         struct teach_outcome *outcome)
{
    static const char *const names[] = {"Anders Berg", "Blue River Farm", "Carl Holm", "Dana Lind"};
    struct teach_example *examples = arena_alloc_array(a, EXAMPLES, sizeof *examples);

    for (int i = 0; i < EXAMPLES; i++) {
        examples[i].file = examples[i].group = arena_printf(a, "%d", i);
        examples[i].values = arena_alloc_array(a, 4, sizeof *examples[i].values);
        examples[i].values[0] = arena_printf(a, "J-%d77%d", i + 1, i);
        examples[i].values[1] = names[i % 4];
        examples[i].values[2] = arena_printf(a, "%d25.50", i + 3);
        examples[i].values[3] = i % 2 ? "rental" : "repair";
        examples[i].sheet = make_sheet(a, type, i);
    }
    teach_type(a, type, examples, EXAMPLES, ret, outcome);
}

static void assert_found(struct arena *a, const struct taught *taught)
{
    struct taught_answer answers[4];

    taught_answer(taught, a, make_sheet(a, taught->type, 21), answers);
    assert_string_equal(answers[0].value, "J-227721");
    assert_string_equal(answers[1].value, "Blue River Farm");
    assert_string_equal(answers[2].value, "2425.50");
    assert_string_equal(answers[3].value, "rental");
    for (int i = 0; i < 4; i++)
        assert_true(answers[i].confidence >= TAUGHT_CONFIDENCE);
}

static void what_was_taught_is_found_elsewhere(void **state)
{
    AUTO_ARENA struct arena a;
    struct teach_outcome outcome;
    struct taught taught;

    (void)state;
    arena_init(&a, 256 << 20);
    teach_orders(&a, make_type(&a), &taught, &outcome);
    assert_int_equal(outcome.seen[0], EXAMPLES);
    assert_int_equal(outcome.findable[0], EXAMPLES);
    assert_true(outcome.right[0] + outcome.wrong[0] + outcome.silent[0] == EXAMPLES);
    assert_true(outcome.right[0] >= EXAMPLES - 2);
    assert_found(&a, &taught);
}

static void weights_survive_their_file(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf file;
    struct teach_outcome outcome;
    struct taught taught, back;
    struct type *other, *type;
    struct err err = {0};
    static const char fewer[] = "name: job\nfields: {price: {kind: amount}}\n";

    (void)state;
    arena_init(&a, 256 << 20);
    buf_init(&file, 8 << 20);
    type = make_type(&a);
    teach_orders(&a, type, &taught, &outcome);
    taught_print(&taught, "by a test\n", &file);
    assert_int_equal(taught_parse(&a, type, file.data, file.length, &back, &err), 0);
    assert_found(&a, &back);

    assert_int_equal(type_parse(&a, "job.yaml", fewer, strlen(fewer), &other, NULL), 0);
    assert_int_equal(taught_parse(&a, other, file.data, file.length, &back, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "teach it again"));
    assert_int_equal(taught_parse(&a, type, file.data, file.length - 1, &back, &err), ERR_INVALID);
    file.data[3] ^= 1;
    assert_int_equal(taught_parse(&a, type, file.data, file.length, &back, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "of this version"));
}

static void a_group_is_never_in_both_halves(void **state)
{
    AUTO_ARENA struct arena a;
    struct teach_example examples[6] = {0};
    const char *value = "J-5577";
    struct teach_outcome outcome;
    struct taught taught;
    struct type *type;
    static const char one[] =
        "name: job\nfields: {sort: {kind: code, choices: [repair, rental]}}\n";

    (void)state;
    arena_init(&a, 256 << 20);
    assert_int_equal(type_parse(&a, "job.yaml", one, strlen(one), &type, NULL), 0);
    value = "rental";
    for (int i = 0; i < 6; i++) { /* all of one group: its fold has nothing to learn from */
        examples[i] = (struct teach_example){.file = "x", .group = "same", .values = &value};
        examples[i].sheet = make_sheet(&a, type, 2 * i + 1);
    }
    teach_type(&a, type, examples, 6, &taught, &outcome);
    for (int i = 0; i < 6; i++)
        assert_float_equal(outcome.answers[i].score, 0, 1e-6);
}

/* ---- ranges ---- */

static const char PERIODS[] = "name: hire\n"
                              "fields: {out: {kind: date}, back: {kind: date}}\n";

/* Dollars with one sign misread, so months come first. The label of the period is another on each
 * paper; before it stand days that are as good, each by itself. */
static struct taught_sheet *make_hire(struct arena *a, const struct type *type, int i)
{
    static const char *const labels[] = {"Hired",   "Period", "Away", "Dates",
                                         "Van out", "Rental", "From"};
    struct taught_sheet *sheet = arena_alloc(a, sizeof *sheet);
    struct page **pages = arena_alloc(a, sizeof *pages);

    pages[0] = case_page(a, 1);
    case_draw(a, pages[0], 0, "Rate $20.00     Deposit $80.00     Tax £1.00     Sum $101.00");
    case_draw(a, pages[0], 1, "Left $5.00");
    case_draw(a, pages[0], 3, arena_printf(a, "Printed   0%d/0%d/19", 1 + i % 6, 2 + i % 7));
    case_draw(a, pages[0], 4 + i % 3,
              arena_printf(a, "%s   0%d/0%d/20 - 0%d/2%d/20", labels[i % 7], 2 + i % 5, 3 + i % 6,
                           3 + i % 5, i % 9));
    case_draw(a, pages[0], 9, arena_printf(a, "Signed   0%d/0%d/21", 2 + i % 6, 1 + i % 8));
    taught_sheet_init(sheet, a, pages, 1, type);
    return sheet;
}

static void the_ends_of_a_range_belong_together(void **state)
{
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf file;
    struct teach_example examples[EXAMPLES];
    struct taught_answer answers[2];
    struct teach_outcome outcome;
    struct taught taught, back;
    struct type *type;

    (void)state;
    arena_init(&a, 256 << 20);
    buf_init(&file, 8 << 20);
    assert_int_equal(type_parse(&a, "hire.yaml", PERIODS, strlen(PERIODS), &type, NULL), 0);
    for (int i = 0; i < EXAMPLES; i++) {
        examples[i].file = examples[i].group = arena_printf(&a, "%d", i);
        examples[i].values = arena_alloc_array(&a, 2, sizeof *examples[i].values);
        examples[i].values[0] = arena_printf(&a, "2020-0%d-0%d", 2 + i % 5, 3 + i % 6);
        examples[i].values[1] = arena_printf(&a, "2020-0%d-2%d", 3 + i % 5, i % 9);
        examples[i].sheet = make_hire(&a, type, i);
    }
    teach_type(&a, type, examples, EXAMPLES, &taught, &outcome);
    assert_int_equal(taught.fields[0].range_end, 1);
    assert_int_equal(taught.fields[1].range_end, -1);
    taught_print(&taught, "by a test\n", &file);
    assert_int_equal(taught_parse(&a, type, file.data, file.length, &back, NULL), 0);
    assert_int_equal(back.fields[0].range_end, 1);
    assert_float_equal(back.fields[0].range_bonus, taught.fields[0].range_bonus, 0.01);
    taught_answer(&back, &a, make_hire(&a, type, 20), answers);
    assert_string_equal(answers[0].value, "2020-02-05");
    assert_string_equal(answers[1].value, "2020-03-22");

    /* Where all days are alike to a field, the beginning tells which of them is the end. */
    memset(back.fields[1].first.values, 0, SPAN_BUCKETS);
    memset(back.fields[1].second.values, 0, SPAN_BUCKETS);
    taught_answer(&back, &a, make_hire(&a, type, 20), answers);
    assert_string_equal(answers[1].value, "2020-03-22");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_taught_is_found_elsewhere),
        cmocka_unit_test(weights_survive_their_file),
        cmocka_unit_test(a_group_is_never_in_both_halves),
        cmocka_unit_test(the_ends_of_a_range_belong_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
