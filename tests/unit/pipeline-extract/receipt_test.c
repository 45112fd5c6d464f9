/* Tills' slips: what the total is proved by, whose they are, and from when. */
#include "pipeline/extract/extract.h"

#include "base/arena.h"
#include "base/err.h"
#include "tests/unit/page_case.h"
#include "tests/unit/shipped_scorer.h"

static const struct company us = {"Fjordlys Handel AS", "NO", "NOK", "", ""};
static struct extract_context context = {
    .company = &us, .today = {2026, 11, 21}, .post_confidence = 0.9f};

/* The slip of this text says this in the field; "" for nothing. */
static void expect(const char *text, enum field_id id, const char *value)
{
    static int numbers[] = {1};
    AUTO_ARENA struct arena arena;
    struct document *d;
    struct page *page;
    struct err err;
    int row = 0;

    context.scorer = shipped_scorer();
    arena_init(&arena, (size_t)16 << 20);
    page = case_page(&arena, 1);
    for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
        case_draw(&arena, page, row++, at);
    page->source = PAGE_OCR;
    for (size_t i = 0; i < page->n_words; i++)
        page->words[i].confidence = 0.98f; /* as most misread words */
    d = document_new(&arena);
    d->type = DOCUMENT_RECEIPT;
    d->pages = numbers;
    d->n_pages = 1;
    assert_int_equal(extract_document(&arena, &page, NULL, &context, d, &err), 0);
    assert_string_equal(d->fields[id].value ? d->fields[id].value : "", value);
}

static void the_total_is_what_was_paid_after_rounding(void **state)
{
    static const char slip[] = "KEDAI BARU SDN BHD\n"
                               "Sabun             30.91\n"
                               "Total             30.91\n"
                               "Rounding          -0.01\n"
                               "Total             30.90\n"
                               "Cash              51.00\n"
                               "Change            20.10\n"
                               "Tax summary 30.91  0.00\n";

    (void)state;
    expect(slip, FIELD_TOTAL_GROSS, "30.90");
}

/* The word for it was not to be read, but given less back is the total. */
static void cash_less_change_proves_it(void **state)
{
    (void)state;
    expect("Brod    12,00\nOst     30,00\nT0#*l   42,00\nKontant 100,00\nRetur   58,00\n",
           FIELD_TOTAL_GROSS, "42.00");
}

static void net_and_tax_make_it_though_paid_to_the_cent(void **state)
{
    (void)state;
    expect("Batteries     52.00\nSub-total     49.06\nGST            2.94\nCash          52.00\n",
           FIELD_TOTAL_GROSS, "52.00");
}

/* The total of one rate says which; its base and tax explain it all the same. */
static void the_total_of_a_rate_is_not_the_total(void **state)
{
    (void)state;
    expect("Total of 6% goods, net          20.00\nGST                  1.20\n"
           "Total of 6% goods with tax      21.20\nTotal of 0% goods   4.00\n"
           "Total due           25.50\n",
           FIELD_TOTAL_GROSS, "25.50");
}

static void the_shop_is_the_line_with_a_legal_form(void **state)
{
    (void)state;
    expect("^A. Pencil\nK.L.M.\nKEDAI BARU SDN. BHD (482915 X)\nJalan Satu 7\nTotal 9.90\n",
           FIELD_SELLER_NAME, "KEDAI BARU SDN BHD");
    expect("KEDAI BARU\nSON BHO\nJalan Satu 7\nTotal 9.90\n", FIELD_SELLER_NAME,
           "KEDAI BARU SDN BHD");
    expect("KEDAI BARU\n$dn Bhd\nJalan Satu 7\nTotal 9.90\n", FIELD_SELLER_NAME,
           "KEDAI BARU SDN BHD");
    expect("KEDAI BARU\nTRADING\nTaman Melati Indah\nTotal 9.90\n", FIELD_SELLER_NAME,
           "KEDAI BARU TRADING");
    expect("MYKEDAI RETAIL S/B (517264-X)\nTotal 9.90\n", FIELD_SELLER_NAME, "MYKEDAI RETAIL S/B");
}

/* Trade words are few enough to know them with a letter wrong; the rest of a name is anybody's. */
static void a_misread_trade_word_is_put_right(void **state)
{
    (void)state;
    expect("HAVBLIK BAKERTES{HU) SDN BHD (482915 X)\nTotal 9.90\n", FIELD_SELLER_NAME,
           "HAVBLIK BAKERIES(HU) SDN BHD");
    expect("A.1.B. Statlonary Enterprise\nTotal 9.90\n", FIELD_SELLER_NAME,
           "A.I.B. Stationary Enterprise");
    expect("WEALTHCARE LTD\nTotal 9.90\n", FIELD_SELLER_NAME, "HEALTHCARE LTD");
    expect("Havblik Køtkkenn AS\nTotal 9,90\n", FIELD_SELLER_NAME, "Havblik Køtkkenn AS");
}

/* "Hardware Ltd" is half a name. */
static void a_line_of_trade_words_ends_the_row_above(void **state)
{
    (void)state;
    expect("KEDAI BARU\nSTATIONERY SDN BHD\nTotal 9.90\n", FIELD_SELLER_NAME,
           "KEDAI BARU STATIONERY SDN BHD");
    expect("12-11-2026 4\nHARDWARE SUPPLIES LTD\nTotal 9.90\n", FIELD_SELLER_NAME,
           "HARDWARE SUPPLIES LTD");
}

static void a_courtesy_is_nobodys_name(void **state)
{
    (void)state;
    expect("^THANK YOU FOR SHOPPING\nTotal 9.90\n", FIELD_SELLER_NAME, "");
}

static void its_day_needs_no_label(void **state)
{
    (void)state;
    expect("Nordlys Butikk AS\nGST NO: 14/03/2018 5:57:07PM\nTotal 9.90\n14/03/2018\n02/01/2017\n",
           FIELD_ISSUE_DATE, "2018-03-14");
    expect("Nordlys Butikk AS\nDate 18/03/2018\nTotal 9.90\n13/03/2018\n13/03/2018\n",
           FIELD_ISSUE_DATE, "2018-03-13");
    expect("Nordlys Butikk AS\nTotal 9.90\nValid until 14/03/2018\n", FIELD_ISSUE_DATE, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_total_is_what_was_paid_after_rounding),
        cmocka_unit_test(cash_less_change_proves_it),
        cmocka_unit_test(net_and_tax_make_it_though_paid_to_the_cent),
        cmocka_unit_test(the_total_of_a_rate_is_not_the_total),
        cmocka_unit_test(the_shop_is_the_line_with_a_legal_form),
        cmocka_unit_test(a_misread_trade_word_is_put_right),
        cmocka_unit_test(a_line_of_trade_words_ends_the_row_above),
        cmocka_unit_test(a_courtesy_is_nobodys_name),
        cmocka_unit_test(its_day_needs_no_label),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
