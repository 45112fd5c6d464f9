/*
 * Second looks from the side of extract: what is asked of which document, and what the answers
 * change. A page is drawn in text, as the recogniser read it; the test answers for the reader.
 */
#include "pipeline/extract/doubts.h"

#include "base/err.h"
#include "base/mem.h"
#include "tests/unit/page_case.h"
#include "tests/unit/shipped_scorer.h"

#define PAGE(number, net, vat, gross)                                                              \
    "^Nordlys Kontor AS                 FAKTURA\n"                                                 \
    "Storgata 7\n"                                                                                 \
    "0155 Oslo\n"                                                                                  \
    "Org.nr. NO 943 100 365 MVA\n"                                                                 \
    "\n"                                                                                           \
    "Fakturanr.     " number "\n"                                                                  \
    "Fakturadato    2026-03-12\n"                                                                  \
    "\n"                                                                                           \
    "Netto                        " net "\n"                                                       \
    "MVA 25 %                     " vat "\n"                                                       \
    "Totalt NOK                   " gross "\n"

struct desk {
    struct arena arena;
    struct page *page;
    struct document *document;
    struct doubts doubts;
};

static const struct company us = {"Fjordlys Handel AS", "NO", "NOK", "", ""};
static struct extract_context context = {
    .company = &us, .today = {2026, 11, 21}, .post_confidence = 0.9f};

static const char *const EVERY_WORD = "";

/* Reads the page; the word `unsure`, or every word, is unsure, the others are certain. */
static void read_page_text(struct desk *desk, const char *text, const char *unsure)
{
    static int pages[] = {1};
    struct err err;
    int row = 0;

    context.scorer = shipped_scorer();
    *desk = (struct desk){.arena = {.max = (size_t)16 << 20}};
    desk->page = case_page(&desk->arena, 1);
    for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
        case_draw(&desk->arena, desk->page, row++, at);
    desk->page->source = PAGE_OCR;
    for (size_t i = 0; i < desk->page->n_words; i++)
        if (unsure == EVERY_WORD || (unsure && strcmp(desk->page->words[i].text, unsure) == 0))
            desk->page->words[i].confidence = 0.5f;
    desk->document = document_new(&desk->arena);
    desk->document->type = DOCUMENT_INVOICE;
    desk->document->type_confidence = 1;
    desk->document->pages = pages;
    desk->document->n_pages = 1;
    assert_int_equal(
        extract_document(&desk->arena, &desk->page, NULL, &context, desk->document, &err), 0);
    doubts_find(&desk->doubts, &desk->arena, &desk->page, desk->document);
}

/* Every look at what was read as `first` answers `text`, `votes` of seven; elsewhere they agree. */
static void answer(struct desk *desk, const char *first, const char *text, int votes)
{
    struct err err;

    for (int i = 0; i < desk->doubts.count; i++) {
        struct doubt *doubt = &desk->doubts.items[i];
        bool is_it = strcmp(doubt->first, first) == 0;

        doubt->look = (struct look){.count = 1, .looks = 7};
        doubt->look.readings[0] = (struct look_reading){is_it ? text : doubt->first, 0.3f,
                                                        is_it ? votes : 7};
    }
    assert_int_equal(extract_again(&desk->arena, &desk->page, NULL, &context, &desk->doubts,
                                   desk->document, &err),
                     0);
}

static void finish(struct desk *desk)
{
    arena_release(&desk->arena);
}

static const struct field *field(const struct desk *desk, enum field_id id)
{
    return &desk->document->fields[id];
}

static void a_document_that_is_proved_is_not_asked(void **state)
{
    struct desk desk;

    (void)state;
    read_page_text(&desk, PAGE("10482", "1 000,00", "250,00", "1 250,00"), NULL);
    assert_int_equal(desk.document->outcome, OUTCOME_POST);
    assert_int_equal(desk.doubts.count, 0);
    finish(&desk);
}

static void a_text_layer_is_not_asked(void **state)
{
    struct desk desk;

    (void)state;
    read_page_text(&desk, PAGE("10482", "1 000,00", "250,00", "1 280,00"), NULL);
    desk.page->source = PAGE_TEXT;
    doubts_find(&desk.doubts, &desk.arena, &desk.page, desk.document);
    assert_int_equal(desk.doubts.count, 0);
    finish(&desk);
}

static void a_broken_equation_takes_the_reading_that_mends_it(void **state)
{
    struct desk desk;

    (void)state;
    read_page_text(&desk, PAGE("10482", "1 000,00", "250,00", "1 280,00"), NULL);
    assert_int_equal(desk.document->outcome, OUTCOME_REVIEW);
    answer(&desk, "1 280,00", "1 250,00", 3);
    assert_string_equal(field(&desk, FIELD_TOTAL_GROSS)->value, "1250.00");
    assert_true(field(&desk, FIELD_TOTAL_GROSS)->proofs & 1u << PROOF_SECOND_READING);
    assert_true(field(&desk, FIELD_TOTAL_GROSS)->proofs & 1u << PROOF_TOTALS);
    assert_string_equal(field(&desk, FIELD_TOTAL_GROSS)->alternative, "1280.00");
    assert_int_equal(desk.document->outcome, OUTCOME_POST);
    finish(&desk);
}

/* A reading that closes nothing stays out, however many looks were given. */
static void another_reading_that_mends_nothing_is_not_taken(void **state)
{
    struct desk desk;

    (void)state;
    read_page_text(&desk, PAGE("10482", "1 000,00", "250,00", "1 280,00"), NULL);
    answer(&desk, "1 280,00", "1 260,00", 7);
    assert_true(!field(&desk, FIELD_TOTAL_GROSS)->value ||
                strcmp(field(&desk, FIELD_TOTAL_GROSS)->value, "1260.00") != 0);
    assert_int_equal(desk.document->outcome, OUTCOME_REVIEW);
    finish(&desk);
}

static void an_unsure_number_that_all_looks_confirm_is_sure(void **state)
{
    struct desk desk;

    (void)state;
    read_page_text(&desk, PAGE("10482", "1 000,00", "250,00", "1 250,00"), "10482");
    assert_int_equal(desk.document->outcome, OUTCOME_REVIEW);
    assert_int_equal(desk.doubts.count, 1);
    answer(&desk, "10482", "10482", 7);
    assert_true(field(&desk, FIELD_INVOICE_NUMBER)->proofs & 1u << PROOF_SECOND_READING);
    assert_true(field(&desk, FIELD_INVOICE_NUMBER)->confidence > 0.8f);
    finish(&desk);
}

/* It is shown with what was read first, and a person decides. */
static void an_unsure_number_that_all_looks_read_otherwise_asks(void **state)
{
    struct desk desk;

    (void)state;
    read_page_text(&desk, PAGE("10482", "1 000,00", "250,00", "1 250,00"), "10482");
    answer(&desk, "10482", "10487", 7);
    assert_string_equal(field(&desk, FIELD_INVOICE_NUMBER)->value, "10487");
    assert_string_equal(field(&desk, FIELD_INVOICE_NUMBER)->alternative, "10482");
    assert_int_equal(desk.document->outcome, OUTCOME_REVIEW);
    finish(&desk);
}

static void nobody_looked(void **state)
{
    struct desk desk;
    struct err err;

    (void)state;
    read_page_text(&desk, PAGE("10482", "1 000,00", "250,00", "1 280,00"), NULL);
    assert_int_equal(
        extract_again(&desk.arena, &desk.page, NULL, &context, &desk.doubts, desk.document, &err),
        0);
    assert_int_equal(desk.document->outcome, OUTCOME_REVIEW);
    for (int i = 0; i < FIELD_COUNT; i++)
        assert_false(desk.document->fields[i].proofs & 1u << PROOF_SECOND_READING);
    finish(&desk);
}

/* No VAT is printed, so nothing proves the total; it was read surely, so nobody looks again. */
static void a_sure_word_is_asked_only_where_an_equation_is_broken(void **state)
{
    static const char unproved[] = "^Nordlys Kontor AS                 FAKTURA\n"
                                   "Fakturanr.     10482\n"
                                   "Totalt NOK                   1250,00\n";
    struct desk desk;

    (void)state;
    read_page_text(&desk, unproved, NULL);
    assert_int_equal(desk.document->outcome, OUTCOME_REVIEW);
    assert_int_equal(desk.doubts.count, 0);
    finish(&desk);
    read_page_text(&desk, unproved, "1250,00");
    assert_int_equal(desk.doubts.count, 1);
    finish(&desk);
}

static void many_doubts_are_cut_short(void **state)
{
    struct desk desk;

    (void)state;
    read_page_text(&desk,
                   "FAKTURA\nNetto 1,10\nNetto 2,20\nNetto 3,30\nNetto 4,40\nNetto 5,50\n"
                   "MVA 6,60\nMVA 7,70\nMVA 8,80\nTotalt 71,13\nTotalt 72,17\nTotalt 73,19\n",
                   EVERY_WORD);
    assert_int_equal(desk.doubts.count, LOOK_PLACES_MAX);
    finish(&desk);
}

/* Reads a till's slip, of whose words `unsure` or all are unsure. */
static void read_slip(struct desk *desk, const char *text, const char *unsure)
{
    read_page_text(desk, text, unsure);
    desk->document->type = DOCUMENT_RECEIPT;
    assert_int_equal(extract_document(&desk->arena, &desk->page, NULL, &context, desk->document,
                                      &(struct err){}),
                     0);
    doubts_find(&desk->doubts, &desk->arena, &desk->page, desk->document);
}

static const struct doubt *doubt_about(const struct desk *desk, const char *first)
{
    for (int i = 0; i < desk->doubts.count; i++)
        if (strcmp(desk->doubts.items[i].first, first) == 0)
            return &desk->doubts.items[i];
    return NULL;
}

/* No two looks read the shop's name alike; each of its words is what all looks are nearest to. */
static void a_name_is_what_all_looks_are_nearest_to(void **state)
{
    static const struct look look = {.readings = {{"HAVBLIK SKOVOAL LTD", 0.1f, 1},
                                                  {"NAVBLIK SKOVDAL LTD", 0.1f, 1},
                                                  {"HAVBLIK SK OVDAL LTD", 0.1f, 1},
                                                  {"HAVBLJK SKOVDAI LTD", 0.1f, 1}},
                                     .count = 4,
                                     .looks = 4};
    struct desk desk;
    struct err err;

    (void)state;
    read_slip(&desk, "HAVBLIX SKOVDAL LTD\nTOTAL 12.50\nCASH 20.00\nCHANGE 7.50\n", EVERY_WORD);
    for (int i = 0; i < desk.doubts.count; i++)
        if (desk.doubts.items[i].place.kind == LOOK_CAPITALS)
            desk.doubts.items[i].look = look;
    assert_int_equal(
        extract_again(&desk.arena, &desk.page, NULL, &context, &desk.doubts, desk.document, &err),
        0);
    assert_string_equal(field(&desk, FIELD_SELLER_NAME)->value, "HAVBLIK SKOVDAL LTD");
    finish(&desk);
}

/* Other ink than the name's came into the look. */
static void a_name_gives_way_to_nothing_unlike_it(void **state)
{
    struct desk desk;

    (void)state;
    read_slip(&desk, "HAVBLIX SKOVDAL LTD\nTOTAL 12.50\n", EVERY_WORD);
    answer(&desk, "HAVBLIX SKOVDAL LTD", "MINSTER ORTHUPE LTD", 7);
    assert_string_equal(field(&desk, FIELD_SELLER_NAME)->value, "HAVBLIX SKOVDAL LTD");
    finish(&desk);
}

/* "6 %" belongs to the label, and one figure behind the point is a sum cut short. */
static void a_label_without_a_whole_sum_is_looked_behind(void **state)
{
    struct desk desk;

    (void)state;
    read_slip(&desk, "HAVBLIK LTD\nTOTAL incl. GST 6%    1O.2x\n", EVERY_WORD);
    assert_non_null(doubt_about(&desk, "1O.2x"));
    finish(&desk);
}

/* Every printing of a slip's day has a say, and so has one that is no day as it was read. */
static void all_printings_of_a_day_are_looked_at(void **state)
{
    struct desk desk;

    (void)state;
    read_slip(&desk,
              "HAVBLIK LTD\nDate 28/03/2026 12:26\nTOTAL 12.50\nCard 28/08/2026\n28/O8/202?\n",
              EVERY_WORD);
    assert_non_null(doubt_about(&desk, "28/03/2026"));
    assert_non_null(doubt_about(&desk, "28/08/2026"));
    assert_non_null(doubt_about(&desk, "28/O8/202?"));
    answer(&desk, "28/O8/202?", "28/08/2026", 7);
    assert_string_equal(field(&desk, FIELD_ISSUE_DATE)->value, "2026-08-28");
    finish(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_that_is_proved_is_not_asked),
        cmocka_unit_test(a_text_layer_is_not_asked),
        cmocka_unit_test(a_broken_equation_takes_the_reading_that_mends_it),
        cmocka_unit_test(another_reading_that_mends_nothing_is_not_taken),
        cmocka_unit_test(an_unsure_number_that_all_looks_confirm_is_sure),
        cmocka_unit_test(an_unsure_number_that_all_looks_read_otherwise_asks),
        cmocka_unit_test(nobody_looked),
        cmocka_unit_test(a_sure_word_is_asked_only_where_an_equation_is_broken),
        cmocka_unit_test(many_doubts_are_cut_short),
        cmocka_unit_test(a_name_is_what_all_looks_are_nearest_to),
        cmocka_unit_test(a_name_gives_way_to_nothing_unlike_it),
        cmocka_unit_test(a_label_without_a_whole_sum_is_looked_behind),
        cmocka_unit_test(all_printings_of_a_day_are_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
