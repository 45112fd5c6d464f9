/*
 * The truth of papers between a seller and a buyer: goods, VAT, totals, dates and references. VAT
 * is reckoned once a rate on the sum of its lines, as EN 16931 wants it; the layout only prints.
 */
#include "generator/document.h"

#include "generator/ids.h"
#include "generator/layout.h"
#include "generator/noise.h"

#include <string.h>

/* Some suppliers write numbers, dates and weeks behind what they sell. */
static char *describe(struct document *doc, const char *text)
{
    g_autofree char *suffix = NULL;

    if (doc->seller->seed % 5 != 2 || rng_chance(&doc->rng, 50))
        return g_strdup(text);
    suffix = noise_text(doc, "line.suffix");
    return g_strdup_printf("%s %s", text, suffix);
}

/* Word list entries are description|unit|price|rate, the price in whole units of the currency. */
static void line_from_item(struct document *doc, struct line *line, const char *item)
{
    g_auto(GStrv) parts = g_strsplit(item, "|", 4);
    int64_t price = (int64_t)g_ascii_strtoull(parts[2], NULL, 10) * 100;
    struct rng *rng = &doc->rng;

    line->description = describe(doc, parts[0]);
    line->unit = g_strdup(parts[1]);
    line->article = g_strdup_printf("%d", rng_range(rng, 10010, 98990));
    line->rate = doc->seller->locale->rates[parts[3][0] - '0'];
    if (doc->seller->language != LANG_HU && rng_chance(rng, 50))
        price = price * rng_range(rng, 80, 120) / 100;
    if (doc->seller->language == LANG_HU)
        price = price / 100 * 100;
    line->price = price;
    line->quantity = (price > 200000 ? rng_range(rng, 1, 3) : rng_range(rng, 1, 24)) * 1000;
    if (strcmp(parts[1], words_at(doc->words, "unit.hour", 0)) == 0)
        line->quantity = rng_range(rng, 2, 80) * 500;
    if (doc->seller->seed % 6 == 0 && doc->type != TYPE_DELIVERY_NOTE)
        line->discount = 5 * rng_below(rng, 5);
    if (doc->seller->seed % 7 == 0)
        line->note = g_strdup_printf(words_pick(doc->words, "line.note", rng),
                                     rng_range(rng, 1000, 9999999));
    line->date = doc->issue;
    g_date_subtract_days(&line->date, (guint)rng_range(rng, 1, 28));
    line->amount = line_gross(line) - line_discount(line);
    if (doc->seller->language == LANG_HU)
        line->amount = amount_share(line->amount, 1, 100) * 100;
}

static int line_count(struct document *doc)
{
    int kind = rng_below(&doc->rng, 100);

    if (kind < 60)
        return rng_range(&doc->rng, 1, 6);
    if (kind < 88)
        return rng_range(&doc->rng, 7, 14);
    return rng_range(&doc->rng, 22, 60);
}

static void make_lines(struct document *doc)
{
    g_autofree char *key = g_strdup_printf("item.%s", doc->seller->trade);
    int total = words_count(doc->words, key);
    int start = rng_below(&doc->rng, total);
    int count = line_count(doc);

    for (int i = 0; i < count; i++) {
        struct line line = {0};

        line_from_item(doc, &line, words_at(doc->words, key, (start + i) % total));
        g_array_append_val(doc->lines, line);
    }
}

static struct vat *vat_of(struct document *doc, int rate)
{
    for (int i = 0; i < doc->vat_count; i++) {
        if (doc->vats[i].rate == rate)
            return &doc->vats[i];
    }
    doc->vats[doc->vat_count] = (struct vat){.rate = rate};
    return &doc->vats[doc->vat_count++];
}

/* A discount or a freight charge on the whole, at the first line's rate. */
static void make_charges(struct document *doc, int64_t lines)
{
    int rate = g_array_index(doc->lines, struct line, 0).rate;
    bool is_whole = doc->seller->language == LANG_HU;

    if (rng_chance(&doc->rng, 8) && lines > 100000) {
        int64_t off = vat_of(doc, rate)->net * rng_range(&doc->rng, 2, 12) / 100;

        off = is_whole ? off / 100 * 100 : off;
        vat_of(doc, rate)->net -= off;
        document_set_amount(doc, F_TOTAL_ALLOWANCES, off);
    }
    if (rng_chance(&doc->rng, 12)) {
        int64_t freight = rng_range(&doc->rng, 5, 49) * (is_whole ? 10000 : 1000);

        vat_of(doc, rate)->net += freight;
        document_set_amount(doc, F_TOTAL_CHARGES, freight);
    }
}

static void make_totals(struct document *doc)
{
    bool is_whole = doc->seller->language == LANG_HU;
    int64_t lines = 0;
    int64_t net = 0;
    int64_t vat = 0;

    for (guint i = 0; i < doc->lines->len; i++) {
        const struct line *line = &g_array_index(doc->lines, struct line, i);

        lines += line->amount;
        vat_of(doc, line->rate)->net += line->amount;
    }
    make_charges(doc, lines);
    for (int i = 0; i < doc->vat_count; i++) {
        struct vat *part = &doc->vats[i];

        part->vat = amount_share(part->net, part->rate, 100);
        if (is_whole)
            part->vat = amount_share(part->vat, 1, 100) * 100;
        net += part->net;
        vat += part->vat;
    }
    document_set_amount(doc, F_TOTAL_LINES, lines);
    document_set_amount(doc, F_TOTAL_NET, net);
    document_set_amount(doc, F_TOTAL_VAT, vat);
    document_set_amount(doc, F_TOTAL_GROSS, net + vat);
}

/* Swedish papers often round to whole kronor, Norwegian, Danish and Hungarian ones seldom. */
static bool rounds_due(const struct document *doc)
{
    uint64_t seed = doc->seller->seed;

    if (strcmp(doc->currency, "EUR") == 0 || strcmp(doc->currency, "GBP") == 0)
        return false;
    return strcmp(doc->currency, "SEK") == 0 ? seed % 3 == 0 : seed % 7 == 0;
}

/* What is left to pay after what was paid in advance. */
static void make_due(struct document *doc)
{
    int64_t due = doc->amount[F_TOTAL_GROSS];

    if (rng_chance(&doc->rng, 8) && due > 200000) {
        int64_t prepaid = due / 1000 * 200;

        document_set_amount(doc, F_PREPAID, prepaid);
        due -= prepaid;
    }
    if (rounds_due(doc)) {
        int64_t step = strcmp(doc->currency, "HUF") == 0 ? 500 : 100;
        int64_t rounding = amount_share(due, 1, step) * step - due;

        document_set_amount(doc, F_ROUNDING, rounding);
        due += rounding;
    }
    document_set_amount(doc, F_AMOUNT_DUE, due);
}

static char *running_number(struct document *doc)
{
    const struct supplier *seller = doc->seller;
    int low = 1;

    for (int i = 1; i < seller->number_digits; i++)
        low *= 10;
    return g_strdup_printf("%s%d", seller->number_prefix, low + rng_below(&doc->rng, low * 8));
}

/* A Danish card: kind 71 carries 15 digits, 75 carries 16, 73 none; the creditor follows. */
static char *danish_card(const struct document *doc, const char *body)
{
    const char *creditor = doc->seller->account.creditor;
    int habit = (int)(doc->seller->seed % 10);
    int digits = habit < 3 ? 15 : 14;
    g_autofree char *padded = g_strdup_printf("%0*d%s", digits - (int)strlen(body), 0, body);
    g_autofree char *checked = ids_luhn(padded);

    if (habit == 9)
        return g_strdup_printf("+73<+%s<", creditor);
    return g_strdup_printf("+%d<%s+%s<", habit < 3 ? 75 : 71, checked, creditor);
}

/* The payment reference's body: customer and invoice number, as billing programs build it. */
static void make_reference(struct document *doc)
{
    enum reference_kind kind = doc->seller->reference;
    g_autofree char *body = ids_digits(&doc->rng, rng_range(&doc->rng, 6, 13));
    char *value = NULL;

    if (kind == REFERENCE_NONE)
        return;
    if (kind == REFERENCE_RF)
        value = ids_rf(body);
    else if (kind == REFERENCE_MOD11)
        value = ids_kid11(body);
    else if (doc->seller->language == LANG_SV && doc->seller->seed % 2 == 0)
        value = ids_ocr(body);
    else if (doc->seller->language == LANG_DA)
        value = danish_card(doc, body);
    else
        value = ids_luhn(body);
    document_set(doc, F_PAYMENT_REFERENCE, value,
                 kind == REFERENCE_RF ? ids_grouped(value, "4 4 4 4 4 4") : g_strdup(value));
    g_strchomp(doc->shown[F_PAYMENT_REFERENCE]);
}

/* The truth of an account is its digits; the paper groups them. */
static void set_account(struct document *doc, const char *shown)
{
    GString *plain = g_string_new(NULL);

    for (const char *c = shown; *c != '\0'; c++) {
        if (g_ascii_isalnum(*c))
            g_string_append_c(plain, *c);
    }
    document_set(doc, F_BANK_ACCOUNT, g_string_free(plain, FALSE), g_strdup(shown));
}

static void make_accounts(struct document *doc)
{
    const struct account *account = &doc->seller->account;
    const struct style *style = &doc->seller->style;

    if (doc->seller->language == LANG_DE || style->has_iban) {
        document_set(doc, F_IBAN, g_strdup(account->iban), g_strdup(account->iban_shown));
        document_set_text(doc, F_BIC, account->bic);
    }
    if (account->number != NULL)
        set_account(doc, account->number);
    if (account->bankgiro != NULL && doc->seller->seed % 5 != 0)
        document_set_text(doc, F_BANKGIRO, account->bankgiro);
    if (account->plusgiro != NULL && (doc->seller->seed % 5 == 0 || doc->seller->seed % 7 == 0))
        document_set_text(doc, F_PLUSGIRO, account->plusgiro);
}

/* Services are billed for the month before. */
static void make_period(struct document *doc)
{
    GDate end = doc->issue;
    GDate start;

    g_date_set_day(&end, 1);
    g_date_subtract_days(&end, 1);
    start = end;
    g_date_set_day(&start, 1);
    document_set(doc, F_PERIOD_START, locale_iso(&start),
                 locale_date(doc->seller->locale->dates[0], &start, doc->words));
    document_set(doc, F_PERIOD_END, locale_iso(&end),
                 locale_date(doc->seller->locale->dates[0], &end, doc->words));
}

static void make_dates(struct document *doc)
{
    static const int terms[] = {8, 10, 14, 14, 15, 20, 30, 30, 30, 45};
    int days = terms[doc->seller->seed % G_N_ELEMENTS(terms)];
    g_autofree char *text = NULL;
    GDate date = doc->issue;

    document_set_date(doc, F_ISSUE_DATE, &doc->issue);
    g_date_add_days(&date, (guint)days);
    document_set_date(doc, F_DUE_DATE, &date);
    text = g_strdup_printf(document_label(doc, "terms.days"), days);
    document_set_text(doc, F_PAYMENT_TERMS, text);
    if (strcmp(doc->seller->trade, "service") == 0 && rng_chance(&doc->rng, 60)) {
        make_period(doc);
    } else if (rng_chance(&doc->rng, 45)) {
        date = doc->issue;
        g_date_subtract_days(&date, (guint)rng_range(&doc->rng, 0, 9));
        document_set_date(doc, F_DELIVERY_DATE, &date);
    }
}

static void make_references(struct document *doc)
{
    struct rng *rng = &doc->rng;

    if (rng_chance(rng, 50)) {
        g_autofree char *order = g_strdup_printf("%s%d", rng_chance(rng, 40) ? "PO-" : "",
                                                 rng_range(rng, 4000, 999999));

        document_set_text(doc, F_ORDER_REFERENCE, order);
    }
    if (rng_chance(rng, 55))
        document_set_text(doc, F_BUYER_REFERENCE, doc->buyer->person);
    if (rng_chance(rng, 8)) {
        g_autofree char *contract = g_strdup_printf("K-%d", rng_range(rng, 100, 99999));

        document_set_text(doc, F_CONTRACT_REFERENCE, contract);
    }
}

/* A reminder asks for one to three unpaid invoices and adds its fee; no VAT is in it. */
static void make_reminder(struct document *doc)
{
    int count = rng_chance(&doc->rng, 60) ? 1 : rng_range(&doc->rng, 2, 3);
    bool is_whole = doc->seller->language == LANG_HU;
    int64_t fee = is_whole ? 150000 : 3500 * rng_range(&doc->rng, 1, 3);
    int64_t sum = 0;

    for (int i = 0; i < count; i++) {
        GDate date = doc->issue;
        g_autofree char *printed = NULL;
        struct line line = {.quantity = 1000, .unit = g_strdup("")};

        g_date_subtract_days(&date, (guint)rng_range(&doc->rng, 25, 80));
        line.date = date;
        printed = locale_date(doc->seller->style.date, &date, doc->words);
        line.article = running_number(doc);
        line.description = g_strdup_printf("%s %s", document_label(doc, "reminder.row"), printed);
        line.price = rng_range(&doc->rng, 400, 60000) * (is_whole ? 10000 : 50);
        line.amount = line.price;
        sum += line.amount;
        g_array_append_val(doc->lines, line);
    }
    if (count == 1)
        document_set_text(doc, F_INVOICE_NUMBER, g_array_index(doc->lines, struct line, 0).article);
    document_set_amount(doc, F_TOTAL_LINES, sum);
    document_set_amount(doc, F_REMINDER_FEE, fee);
    document_set_amount(doc, F_AMOUNT_DUE, sum + fee);
    make_reference(doc);
    make_accounts(doc);
}

static void make_invoice(struct document *doc)
{
    g_autofree char *number = running_number(doc);
    g_autofree char *preceding = running_number(doc);

    document_set_text(doc, F_INVOICE_NUMBER, number);
    make_totals(doc);
    make_accounts(doc);
    if (doc->type == TYPE_CREDIT_NOTE) {
        document_set_text(doc, F_PRECEDING_INVOICE, preceding);
        document_set(doc, F_DUE_DATE, NULL, NULL);
        document_set(doc, F_PAYMENT_TERMS, NULL, NULL);
        return;
    }
    make_due(doc);
    make_reference(doc);
}

/* We are the buyer: the order goes out to the supplier, who is the seller all the same. */
static void make_order(struct document *doc)
{
    g_autofree char *number = g_strdup_printf("%d", rng_range(&doc->rng, 4500000, 4599999));
    GDate date = doc->issue;

    document_set_text(doc, F_ORDER_REFERENCE, number);
    g_date_add_days(&date, (guint)rng_range(&doc->rng, 3, 30));
    document_set_date(doc, F_DELIVERY_DATE, &date);
    document_set(doc, F_DUE_DATE, NULL, NULL);
    document_set(doc, F_PERIOD_START, NULL, NULL);
    document_set(doc, F_PERIOD_END, NULL, NULL);
    make_totals(doc);
}

static void make_delivery(struct document *doc)
{
    g_autofree char *number = running_number(doc);
    g_autofree char *order = g_strdup_printf("%d", rng_range(&doc->rng, 4000, 999999));

    document_set(doc, F_PERIOD_START, NULL, NULL);
    document_set(doc, F_PERIOD_END, NULL, NULL);
    document_set_text(doc, F_DELIVERY_NOTE_NUMBER, number);
    document_set_text(doc, F_ORDER_REFERENCE, order);
    document_set_date(doc, F_DELIVERY_DATE, &doc->issue);
    document_set(doc, F_DUE_DATE, NULL, NULL);
    document_set(doc, F_PAYMENT_TERMS, NULL, NULL);
}

/* Some invoices abroad are in euro; those are paid by IBAN, not by a giro of the country. */
static void choose_currency(struct document *doc)
{
    const struct style *style = &doc->seller->style;

    if (doc->type != TYPE_REMINDER && doc->seller->language != LANG_HU && style->has_iban &&
        style->layout.payment != PAYMENT_GIRO && rng_chance(&doc->rng, 10)) {
        doc->currency = "EUR";
        doc->symbol = "€";
    }
    document_set_text(doc, F_CURRENCY, doc->currency);
}

static const struct trade trades[TYPE_COUNT] = {
    [TYPE_INVOICE] = {"title.invoice", "l.invoice_number", F_INVOICE_NUMBER, "note.invoice", false},
    [TYPE_CREDIT_NOTE] = {"title.credit_note", "l.credit_note_number", F_INVOICE_NUMBER,
                          "note.credit", false},
    [TYPE_REMINDER] = {"title.reminder", "l.invoice_number", F_INVOICE_NUMBER, "note.reminder",
                       false},
    [TYPE_ORDER] = {"title.order", "l.order_number", F_ORDER_REFERENCE, "note.order", true},
    [TYPE_DELIVERY_NOTE] = {"title.delivery_note", "l.delivery_note_number", F_DELIVERY_NOTE_NUMBER,
                            "note.delivery", false},
};

/* The seller's answer to an order; and two papers that look like ours but ask for nothing. */
static const struct trade confirmation = {"title.order_confirmation", "l.confirmation_number",
                                          F_ORDER_REFERENCE, "note.confirmation", false};
static const struct trade quotation = {"title.quotation", "l.quotation_number", F_ORDER_REFERENCE,
                                       "note.quotation", false};
static const struct trade account = {"title.account", "l.invoice_number", F_INVOICE_NUMBER,
                                     "note.account", false};

static void make_goods_paper(struct document *doc)
{
    make_references(doc);
    make_lines(doc);
    if (doc->type == TYPE_ORDER)
        make_order(doc);
    else if (doc->type == TYPE_DELIVERY_NOTE)
        make_delivery(doc);
    else
        make_invoice(doc);
}

static void make_trade_paper(struct document *doc, const struct trade *trade)
{
    doc->trade = trade;
    document_set_parties(doc, trade->is_ours);
    choose_currency(doc);
    make_dates(doc);
    if (doc->type == TYPE_REMINDER) {
        document_set(doc, F_DELIVERY_DATE, NULL, NULL);
        document_set(doc, F_PERIOD_START, NULL, NULL);
        document_set(doc, F_PERIOD_END, NULL, NULL);
        make_reminder(doc);
    } else {
        make_goods_paper(doc);
    }
    if (trade == &trades[TYPE_ORDER] && doc->seller->seed % 4 == 1)
        booking_draw(doc);
    else
        layout_trade_paper(doc);
}

void sales_make(struct document *doc)
{
    bool is_confirmation = doc->type == TYPE_ORDER && rng_chance(&doc->rng, 35);

    make_trade_paper(doc, is_confirmation ? &confirmation : &trades[doc->type]);
}

void sales_make_unknown(struct document *doc)
{
    bool is_quotation = rng_chance(&doc->rng, 65);

    doc->type = is_quotation ? TYPE_ORDER : TYPE_REMINDER;
    make_trade_paper(doc, is_quotation ? &quotation : &account);
    doc->type = TYPE_UNKNOWN;
    document_wipe(doc);
}
