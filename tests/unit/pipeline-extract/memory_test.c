/* The memory of one supplier: what a document teaches, what that changes, and what it never may. */
#include "pipeline/extract/memory.h"
#include "pipeline/extract/extract.h"

#include "base/buf.h"
#include "base/mem.h"
#include "tests/unit/page_case.h"
#include "tests/unit/shipped_scorer.h"

struct desk {
    struct arena a;
    struct lessons lessons;
    bool is_asked;
    struct supplier_sign signs[100];
    size_t n_signs;
};

static const struct lessons *recall(void *user, const struct supplier_sign *signs, size_t n)
{
    struct desk *desk = user;

    desk->is_asked = true;
    memcpy(desk->signs, signs, n * sizeof *signs);
    desk->n_signs = n;
    return desk->lessons.n ? &desk->lessons : NULL;
}

static int desk_setup(void **state)
{
    struct desk *desk = mem_alloc(sizeof *desk);

    arena_init(&desk->a, 64 << 20);
    *state = desk;
    return 0;
}

static int desk_teardown(void **state)
{
    struct desk *desk = *state;

    arena_release(&desk->a);
    free(desk);
    return 0;
}

static struct page *draw(struct desk *desk, const char *text)
{
    struct page *page = case_page(&desk->a, 1);
    char *copy = arena_strdup(&desk->a, text), *line;

    for (int row = 0; (line = strsep(&copy, "\n")); row++)
        case_draw(&desk->a, page, row, line);
    return page;
}

/* "Løpenr" is no label of ours, and neither is "Kundekode". */
#define PAPER(number, code, account)                                                               \
    "^Nordlys Kontor AS\n"                                                                         \
    "Storgata 5\n"                                                                                 \
    "0155 Oslo\n"                                                                                  \
    "\n"                                                                                           \
    "FAKTURA                      Kundekode   " code "\n"                                          \
    "                             Løpenr      " number "\n"                                        \
    "                             Dato        05/04/2026\n"                                        \
    "                             Forfall     19/04/2026\n"                                        \
    "Kontorstol   2   500,00   1 000,00\n"                                                         \
    "\n"                                                                                           \
    "Sum eks. mva              1 000,00\n"                                                         \
    "Mva 25 %                    250,00\n"                                                         \
    "Å betale                  1 250,00\n"                                                        \
    "\n"                                                                                           \
    "IBAN " account "   Org.nr. 923 609 016 MVA\n"

#define IBAN "NO9386011117947"
#define OTHER_IBAN "NO8330001234567"

static struct document *read_page(struct desk *desk, struct page *page)
{
    static const struct company us = {"Fjordlys Handel AS", "NO", "NOK", "", ""};
    const struct extract_context context = {.company = &us,
                                            .scorer = shipped_scorer(),
                                            .today = {2026, 6, 1},
                                            .post_confidence = 0.8f,
                                            .recall = recall,
                                            .user = desk};
    struct document *d = document_new(&desk->a);

    d->type = DOCUMENT_INVOICE;
    d->language = "nb";
    d->pages = arena_alloc(&desk->a, sizeof *d->pages);
    d->pages[0] = 1;
    d->n_pages = 1;
    assert_int_equal(extract_document(&desk->a, &page, NULL, &context, d, NULL), 0);
    return d;
}

static void say(struct document *d, enum field_id id, const char *value)
{
    d->fields[id] = (struct field){
        .value = value, .confidence = 1, .source = SOURCE_PERSON, .proofs = 1u << PROOF_PERSON};
}

/* Reads the paper, has a person say the number, and learns. */
static void teach_number(struct desk *desk, const char *paper, const char *number, bool is_approved)
{
    struct page *page = draw(desk, paper);
    struct document *d = read_page(desk, page);
    struct lessons after;

    say(d, FIELD_INVOICE_NUMBER, number);
    memory_learn(&desk->a, &desk->lessons, &page, d, is_approved, &after);
    desk->lessons = after;
}

static const struct lesson *lesson(const struct desk *desk, enum field_id field,
                                   enum lesson_kind kind, const char *text)
{
    for (size_t i = 0; i < desk->lessons.n; i++)
        if (desk->lessons.items[i].field == field && desk->lessons.items[i].kind == kind &&
            (!text || strcmp(desk->lessons.items[i].text, text) == 0))
            return &desk->lessons.items[i];
    return NULL;
}

static void assert_counts(const struct desk *desk, enum field_id field, enum lesson_kind kind,
                          const char *text, int seen, int contradicted)
{
    const struct lesson *found = lesson(desk, field, kind, text);

    if (!found)
        fail_msg("no lesson %s %s «%s»", field_info(field)->name, lesson_kind_name(kind), text);
    assert_int_equal(found->seen, seen);
    assert_int_equal(found->contradicted, contradicted);
}

static void one_correction_teaches_where_what_stands(void **state)
{
    struct desk *desk = *state;

    teach_number(desk, PAPER("A-4711", "881", IBAN), "A-4711", true);
    assert_counts(desk, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Løpenr", 1, 0);
    assert_counts(desk, FIELD_INVOICE_NUMBER, LESSON_SHAPE, "A-9999", 1, 0);
    assert_counts(desk, FIELD_IBAN, LESSON_VALUE, IBAN, 1, 0);
    assert_counts(desk, FIELD_SELLER_NAME, LESSON_VALUE, "Nordlys Kontor AS", 1, 0);
    assert_counts(desk, FIELD_CURRENCY, LESSON_VALUE, "NOK", 1, 0);
    assert_counts(desk, FIELD_TOTAL_GROSS, LESSON_MARK, ",", 1, 0);
    assert_counts(desk, FIELD_ISSUE_DATE, LESSON_ORDER, "dmy", 1, 0);
    assert_counts(desk, FIELD_TOTAL_VAT, LESSON_RATE, "25", 1, 0);
    assert_counts(desk, FIELD_DUE_DATE, LESSON_TERM, "14", 1, 0);
    assert_non_null(lesson(desk, FIELD_INVOICE_NUMBER, LESSON_AT, NULL));
}

static void a_correction_teaches_only_what_was_said(void **state)
{
    struct desk *desk = *state;

    teach_number(desk, PAPER("A-4711", "881", IBAN), "A-4711", false);
    assert_non_null(lesson(desk, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Løpenr"));
    for (size_t i = 0; i < desk->lessons.n; i++)
        assert_int_equal(desk->lessons.items[i].field, FIELD_INVOICE_NUMBER);
}

static void the_next_paper_is_read_by_it(void **state)
{
    struct desk *desk = *state;
    struct page *page = draw(desk, PAPER("A-4712", "881", IBAN));
    const char *stranger = document_value(read_page(desk, page), FIELD_INVOICE_NUMBER);
    struct document *d;

    assert_true(!stranger || strcmp(stranger, "A-4712") != 0);
    teach_number(desk, PAPER("A-4711", "881", IBAN), "A-4711", true);
    d = read_page(desk, page);
    assert_string_equal(document_value(d, FIELD_INVOICE_NUMBER), "A-4712");
    assert_true(d->fields[FIELD_INVOICE_NUMBER].proofs & 1u << PROOF_SUPPLIER_PATTERN);
}

static void a_lesson_contradicted_falls(void **state)
{
    struct desk *desk = *state;
    struct page *page = draw(desk, PAPER("A-4714", "882", IBAN));

    teach_number(desk, PAPER("A-4711", "881", IBAN), "881", true); /* a slip of the pen */
    assert_counts(desk, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Kundekode", 1, 0);
    teach_number(desk, PAPER("A-4712", "881", IBAN), "A-4712", true);
    assert_counts(desk, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Kundekode", 1, 1);
    teach_number(desk, PAPER("A-4713", "881", IBAN), "A-4713", true);
    assert_counts(desk, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Kundekode", 1, 2);
    assert_counts(desk, FIELD_INVOICE_NUMBER, LESSON_RIGHT_OF, "Løpenr", 2, 0);
    assert_string_equal(document_value(read_page(desk, page), FIELD_INVOICE_NUMBER), "A-4714");
}

static void a_label_of_ours_beats_one_wrong_lesson(void **state)
{
    struct desk *desk = *state;
    struct lesson wrong = {FIELD_DUE_DATE, LESSON_RIGHT_OF, "Dato", 1, 0, NULL};

    desk->lessons = (struct lessons){&wrong, 1};
    assert_string_equal(
        document_value(read_page(desk, draw(desk, PAPER("A-4711", "881", IBAN))), FIELD_DUE_DATE),
        "2026-04-19");
}

static void a_proved_account_stays_though_it_is_new(void **state)
{
    struct desk *desk = *state;

    teach_number(desk, PAPER("A-4711", "881", IBAN), "A-4711", true);
    assert_string_equal(
        document_value(read_page(desk, draw(desk, PAPER("A-4712", "881", OTHER_IBAN))), FIELD_IBAN),
        OTHER_IBAN);
}

/* Two digits apart and both valid: nearer than what a scanner garbles. */
static void a_proved_account_stays_though_it_is_nearly_ours(void **state)
{
    static const char ours[] = "DE89370400440532013000", theirs[] = "DE89370400343532013000";
    struct desk *desk = *state;
    struct lesson lesson = {FIELD_IBAN, LESSON_VALUE, ours, 9, 0, NULL};

    desk->lessons = (struct lessons){&lesson, 1};
    assert_string_equal(document_value(read_page(desk, draw(desk, PAPER("A-4712", "881",
                                                                        "DE89370400343532013000"))),
                                       FIELD_IBAN),
                        theirs);
}

static void a_garbled_constant_is_recognised(void **state)
{
    struct desk *desk = *state;
    struct document *d;

    teach_number(desk, PAPER("A-4711", "881", IBAN), "A-4711", true);
    d = read_page(desk, draw(desk, PAPER("A-4712", "881", "NO9386O1111794T")));
    assert_string_equal(document_value(d, FIELD_IBAN), IBAN);
    assert_int_equal(d->fields[FIELD_IBAN].page, 1);
}

static void an_account_that_is_not_printed_is_not_filled_in(void **state)
{
    struct desk *desk = *state;
    struct document *d;

    teach_number(desk, PAPER("A-4711", "881", IBAN), "A-4711", true);
    d = read_page(desk, draw(desk, PAPER("A-4712", "881", "ved avtale")));
    assert_null(document_value(d, FIELD_IBAN));
}

/* The foot of a scan may be lost; then its account tells whose it is, if it was read. */
static void a_number_that_cannot_be_read_is_known_from_another(void **state)
{
    static const char unread[] = "Org.nr. 923 609 016 MVA";
    struct desk *desk = *state;
    char lost[] = PAPER("A-4713", "A-8812", IBAN), nothing[] = PAPER("A-4714", "A-8813", "");
    struct page *page;

    teach_number(desk, PAPER("A-4711", "A-8810", IBAN), "A-4711", true);
    teach_number(desk, PAPER("A-4712", "A-8811", IBAN), "A-4712", true);
    *strstr(lost, unread) = '\0';
    *strstr(nothing, unread) = '\0';
    page = draw(desk, lost);
    assert_null(document_value(read_page(desk, page), FIELD_SELLER_REGISTRATION_ID));
    page->source = PAGE_OCR;
    assert_string_equal(document_value(read_page(desk, page), FIELD_SELLER_REGISTRATION_ID),
                        "923609016");
    page = draw(desk, nothing);
    page->source = PAGE_OCR;
    assert_null(document_value(read_page(desk, page), FIELD_SELLER_REGISTRATION_ID));
}

static void dates_are_read_as_this_supplier_writes(void **state)
{
    struct desk *desk = *state;
    struct page *page = draw(desk, PAPER("A-4711", "881", IBAN));
    struct lesson american = {FIELD_ISSUE_DATE, LESSON_ORDER, "mdy", 3, 0, NULL};

    assert_string_equal(document_value(read_page(desk, page), FIELD_ISSUE_DATE), "2026-04-05");
    desk->lessons = (struct lessons){&american, 1};
    assert_string_equal(document_value(read_page(desk, page), FIELD_ISSUE_DATE), "2026-05-04");
}

static void a_proposed_lesson_changes_nothing(void **state)
{
    struct desk *desk = *state;
    struct page *page = draw(desk, PAPER("A-4712", "881", IBAN));

    teach_number(desk, PAPER("A-4711", "881", IBAN), "A-4711", true);
    for (size_t i = 0; i < desk->lessons.n; i++)
        desk->lessons.items[i].report = "changes 1 of 1";
    assert_string_not_equal(document_value(read_page(desk, page), FIELD_INVOICE_NUMBER)
                                ? document_value(read_page(desk, page), FIELD_INVOICE_NUMBER)
                                : "",
                            "A-4712");
}

static bool has_sign(const struct desk *desk, const char *kind, const char *value)
{
    for (size_t i = 0; i < desk->n_signs; i++)
        if (strcmp(desk->signs[i].kind, kind) == 0 && strcmp(desk->signs[i].value, value) == 0)
            return true;
    return false;
}

static void the_paper_shows_whose_it_is(void **state)
{
    struct desk *desk = *state;

    read_page(desk, draw(desk, PAPER("A-4711", "881", IBAN)));
    assert_true(desk->is_asked);
    assert_true(has_sign(desk, "iban", IBAN));
    assert_true(has_sign(desk, "seller_name", "Nordlys Kontor AS"));
    assert_true(has_sign(desk, SIGN_LOOK, "nordlys@0"));
    assert_false(has_sign(desk, SIGN_LOOK, "faktura@0"));
}

#define ON_DESK(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DESK(one_correction_teaches_where_what_stands),
        ON_DESK(a_correction_teaches_only_what_was_said),
        ON_DESK(the_next_paper_is_read_by_it),
        ON_DESK(a_lesson_contradicted_falls),
        ON_DESK(a_label_of_ours_beats_one_wrong_lesson),
        ON_DESK(a_proved_account_stays_though_it_is_new),
        ON_DESK(a_proved_account_stays_though_it_is_nearly_ours),
        ON_DESK(a_garbled_constant_is_recognised),
        ON_DESK(an_account_that_is_not_printed_is_not_filled_in),
        ON_DESK(a_number_that_cannot_be_read_is_known_from_another),
        ON_DESK(dates_are_read_as_this_supplier_writes),
        ON_DESK(a_proposed_lesson_changes_nothing),
        ON_DESK(the_paper_shows_whose_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
