/*
 * The document as a record: fields with their true and printed form, and the tables of names. What
 * a type contains is decided by its maker.
 */
#include "generator/document.h"

#include <string.h>

static const char *const field_names[F_COUNT] = {
    [F_INVOICE_NUMBER] = "invoice_number",
    [F_ISSUE_DATE] = "issue_date",
    [F_DUE_DATE] = "due_date",
    [F_DELIVERY_DATE] = "delivery_date",
    [F_PERIOD_START] = "period_start",
    [F_PERIOD_END] = "period_end",
    [F_CURRENCY] = "currency",
    [F_ORDER_REFERENCE] = "order_reference",
    [F_BUYER_REFERENCE] = "buyer_reference",
    [F_CONTRACT_REFERENCE] = "contract_reference",
    [F_PAYMENT_TERMS] = "payment_terms",
    [F_PAYMENT_REFERENCE] = "payment_reference",
    [F_SELLER_NAME] = "seller_name",
    [F_SELLER_VAT_ID] = "seller_vat_id",
    [F_SELLER_REGISTRATION_ID] = "seller_registration_id",
    [F_SELLER_ADDRESS] = "seller_address",
    [F_SELLER_EMAIL] = "seller_email",
    [F_BUYER_NAME] = "buyer_name",
    [F_BUYER_VAT_ID] = "buyer_vat_id",
    [F_BUYER_REGISTRATION_ID] = "buyer_registration_id",
    [F_BUYER_ADDRESS] = "buyer_address",
    [F_IBAN] = "iban",
    [F_BIC] = "bic",
    [F_BANK_ACCOUNT] = "bank_account",
    [F_BANKGIRO] = "bankgiro",
    [F_PLUSGIRO] = "plusgiro",
    [F_TOTAL_LINES] = "total_lines",
    [F_TOTAL_ALLOWANCES] = "total_allowances",
    [F_TOTAL_CHARGES] = "total_charges",
    [F_TOTAL_NET] = "total_net",
    [F_TOTAL_VAT] = "total_vat",
    [F_ROUNDING] = "rounding",
    [F_TOTAL_GROSS] = "total_gross",
    [F_PREPAID] = "prepaid",
    [F_AMOUNT_DUE] = "amount_due",
    [F_PRECEDING_INVOICE] = "preceding_invoice",
    [F_RECEIPT_NUMBER] = "receipt_number",
    [F_DELIVERY_NOTE_NUMBER] = "delivery_note_number",
    [F_STATEMENT_NUMBER] = "statement_number",
    [F_OPENING_BALANCE] = "opening_balance",
    [F_CLOSING_BALANCE] = "closing_balance",
    [F_SUBJECT] = "subject",
    [F_REMINDER_FEE] = "reminder_fee",
    [F_FULL_NAME] = "full_name",
    [F_BUSINESS_NAME] = "business_name",
    [F_CLASSIFICATION] = "classification",
    [F_STREET] = "street",
    [F_CITY] = "city",
    [F_TAX_ID] = "tax_id",
    [F_SIGNED_DATE] = "signed_date",
};

static const struct {
    const char *name;
    void (*make)(struct document *doc);
} types[TYPE_COUNT] = {
    [TYPE_INVOICE] = {"invoice", sales_make},
    [TYPE_CREDIT_NOTE] = {"credit_note", sales_make},
    [TYPE_RECEIPT] = {"receipt", receipt_make},
    [TYPE_REMINDER] = {"reminder", sales_make},
    [TYPE_ORDER] = {"order", sales_make},
    [TYPE_DELIVERY_NOTE] = {"delivery_note", sales_make},
    [TYPE_BANK_STATEMENT] = {"bank_statement", statement_make},
    [TYPE_LETTER] = {"letter", letter_make},
    [TYPE_FORM] = {"form", form_make},
    [TYPE_UNKNOWN] = {"unknown", unknown_make},
};

const char *type_name(enum type type)
{
    return types[type].name;
}

enum type type_named(const char *name)
{
    int i = 0;

    while (i < TYPE_COUNT && strcmp(name, types[i].name) != 0)
        i++;
    return (enum type)i;
}

const char *field_name(enum field field)
{
    return field_names[field];
}

static void line_clear(gpointer data)
{
    struct line *line = data;

    g_free(line->description);
    g_free(line->article);
    g_free(line->unit);
    g_free(line->note);
}

static void set_party(struct document *doc, enum field first, const struct party *party)
{
    g_autofree char *address = g_strdup_printf("%s, %s", party->street, party->city);
    enum field vat = first - F_SELLER_NAME + F_SELLER_VAT_ID;
    enum field registration = first - F_SELLER_NAME + F_SELLER_REGISTRATION_ID;

    document_set_text(doc, first, party->name);
    document_set(doc, vat, g_strdup(party->vat), g_strdup(party->vat_shown));
    document_set(doc, registration, g_strdup(party->registration),
                 g_strdup(party->registration_shown));
    document_set_text(doc, first - F_SELLER_NAME + F_SELLER_ADDRESS, address);
}

int64_t line_gross(const struct line *line)
{
    return amount_share(line->price, line->quantity, 1000);
}

int64_t line_discount(const struct line *line)
{
    return amount_share(line_gross(line), line->discount, 100);
}

void document_set_parties(struct document *doc, bool is_ours)
{
    set_party(doc, is_ours ? F_BUYER_NAME : F_SELLER_NAME, &doc->seller->party);
    set_party(doc, is_ours ? F_SELLER_NAME : F_BUYER_NAME, doc->buyer);
    document_set_text(doc, F_SELLER_EMAIL, is_ours ? NULL : doc->seller->party.email);
}

void document_wipe(struct document *doc)
{
    for (int field = 0; field < F_COUNT; field++) {
        document_set(doc, (enum field)field, NULL, NULL);
        doc->is_visible[field] = false;
    }
    for (guint i = 0; i < doc->pages->len; i++) {
        GArray *words = document_page(doc, i)->words;

        for (guint n = 0; n < words->len; n++)
            g_array_index(words, struct word, n).field = NULL;
    }
    g_array_set_size(doc->lines, 0);
    doc->vat_count = 0;
}

struct document *document_new(const struct world *world, struct pen *pen, enum type type,
                              enum language language, uint64_t seed)
{
    struct document *doc = g_new0(struct document, 1);

    doc->type = type;
    doc->rng.state = seed;
    doc->seller = world_supplier(world, language, rng_below(&doc->rng, SUPPLIERS_PER_COUNTRY));
    doc->buyer = world_buyer(world, language);
    doc->words = world_words(world, language);
    doc->currency = doc->seller->locale->currency;
    doc->symbol = doc->seller->locale->symbol;
    doc->pen = pen;
    doc->lines = g_array_new(FALSE, TRUE, sizeof(struct line));
    g_array_set_clear_func(doc->lines, line_clear);
    doc->pages = g_ptr_array_new_with_free_func((GDestroyNotify)page_free);
    g_date_clear(&doc->issue, 1);
    g_date_set_dmy(&doc->issue, 2, G_DATE_JANUARY, 2025);
    g_date_add_days(&doc->issue, (guint)rng_below(&doc->rng, 660));
    document_set_parties(doc, false);
    types[type].make(doc);
    return doc;
}

void document_free(struct document *doc)
{
    if (doc == NULL)
        return;
    for (int i = 0; i < F_COUNT; i++) {
        g_free(doc->value[i]);
        g_free(doc->shown[i]);
    }
    g_free(doc->printed);
    g_array_unref(doc->lines);
    g_ptr_array_unref(doc->pages);
    g_free(doc);
}

void document_set(struct document *doc, enum field field, char *value, char *shown)
{
    g_free(doc->value[field]);
    g_free(doc->shown[field]);
    doc->value[field] = value;
    doc->shown[field] = shown;
}

void document_set_text(struct document *doc, enum field field, const char *text)
{
    document_set(doc, field, g_strdup(text), g_strdup(text));
}

void document_set_date(struct document *doc, enum field field, const GDate *date)
{
    document_set(doc, field, locale_iso(date),
                 locale_date(doc->seller->style.date, date, doc->words));
}

void document_set_amount(struct document *doc, enum field field, int64_t minor)
{
    doc->amount[field] = minor;
    document_set(doc, field, amount_plain(minor), document_money(doc, minor));
}

struct page *document_add_page(struct document *doc, double width, double height)
{
    struct page *page = page_new(doc->pen, width, height);

    g_ptr_array_add(doc->pages, page);
    return page;
}

struct page *document_page(const struct document *doc, guint n)
{
    return g_ptr_array_index(doc->pages, n);
}

const char *document_label(const struct document *doc, const char *key)
{
    return words_label(doc->words, key, doc->seller->seed);
}

/* Forints have no small coin, though some print its place. */
char *document_money(const struct document *doc, int64_t minor)
{
    const struct style *style = &doc->seller->style;
    int decimals = strcmp(doc->currency, "HUF") == 0 && !style->has_fractions ? 0 : 2;

    return locale_amount(style->amount, minor, decimals);
}

char *document_less(const struct document *doc, int64_t minor)
{
    g_autofree char *money = document_money(doc, minor);

    return style_minus(&doc->seller->style, money);
}

bool document_is_negated(const struct document *doc)
{
    return doc->type == TYPE_CREDIT_NOTE && doc->seller->seed % 2 == 0;
}

double document_show(struct document *doc, struct page *page, enum field field, double x, double y,
                     enum align align, const struct font *font)
{
    if (doc->shown[field] == NULL)
        return 0;
    return document_show_as(doc, page, field, x, y, align, font, doc->shown[field]);
}

double document_show_as(struct document *doc, struct page *page, enum field field, double x,
                        double y, enum align align, const struct font *font, const char *text)
{
    double width;

    page_tag(page, field_names[field], -1);
    width = page_text(page, x, y, align, font, text);
    page_tag(page, NULL, -1);
    doc->is_visible[field] = true;
    return width;
}
