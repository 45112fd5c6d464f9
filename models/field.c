/* The field table (EN 16931 terms) and the normal forms of values. */
#include "models/field.h"

#include "base/err.h"
#include "models/civil_date.h"
#include "models/money.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct field_info table[FIELD_COUNT] = {
    [FIELD_INVOICE_NUMBER] = {"invoice_number", "BT-1", "Number", FIELD_IDENTIFIER},
    [FIELD_ISSUE_DATE] = {"issue_date", "BT-2", "Issued", FIELD_DATE},
    [FIELD_DUE_DATE] = {"due_date", "BT-9", "Due", FIELD_DATE},
    [FIELD_DELIVERY_DATE] = {"delivery_date", "BT-72", "Delivered", FIELD_DATE},
    [FIELD_PERIOD_START] = {"period_start", "BT-73", "Period from", FIELD_DATE},
    [FIELD_PERIOD_END] = {"period_end", "BT-74", "Period to", FIELD_DATE},
    [FIELD_CURRENCY] = {"currency", "BT-5", "Currency", FIELD_CODE},
    [FIELD_ORDER_REFERENCE] = {"order_reference", "BT-13", "Order", FIELD_IDENTIFIER},
    [FIELD_BUYER_REFERENCE] = {"buyer_reference", "BT-10", "Your reference", FIELD_TEXT},
    [FIELD_CONTRACT_REFERENCE] = {"contract_reference", "BT-12", "Contract", FIELD_IDENTIFIER},
    [FIELD_PAYMENT_TERMS] = {"payment_terms", "BT-20", "Terms", FIELD_TEXT},
    [FIELD_PAYMENT_REFERENCE] = {"payment_reference", "BT-83", "Payment reference", FIELD_ACCOUNT},
    [FIELD_SELLER_NAME] = {"seller_name", "BT-27", "Supplier", FIELD_TEXT},
    [FIELD_SELLER_VAT_ID] = {"seller_vat_id", "BT-31", "VAT id", FIELD_ACCOUNT},
    [FIELD_SELLER_REGISTRATION_ID] = {"seller_registration_id", "BT-30", "Org. no.", FIELD_ACCOUNT},
    [FIELD_SELLER_ADDRESS] = {"seller_address", "BG-5", "Supplier's address", FIELD_TEXT},
    [FIELD_SELLER_EMAIL] = {"seller_email", "BT-43", "Supplier's e-mail", FIELD_TEXT},
    [FIELD_BUYER_NAME] = {"buyer_name", "BT-44", "Buyer", FIELD_TEXT},
    [FIELD_BUYER_VAT_ID] = {"buyer_vat_id", "BT-48", "Buyer's VAT id", FIELD_ACCOUNT},
    [FIELD_BUYER_REGISTRATION_ID] = {"buyer_registration_id", "BT-47", "Buyer's org. no.",
                                     FIELD_ACCOUNT},
    [FIELD_BUYER_ADDRESS] = {"buyer_address", "BG-8", "Buyer's address", FIELD_TEXT},
    [FIELD_IBAN] = {"iban", "BT-84", "IBAN", FIELD_ACCOUNT},
    [FIELD_BIC] = {"bic", "BT-86", "BIC", FIELD_ACCOUNT},
    [FIELD_BANK_ACCOUNT] = {"bank_account", "BT-84", "Account", FIELD_ACCOUNT},
    [FIELD_BANKGIRO] = {"bankgiro", "BT-84", "Bankgiro", FIELD_ACCOUNT},
    [FIELD_PLUSGIRO] = {"plusgiro", "BT-84", "Plusgiro", FIELD_ACCOUNT},
    [FIELD_TOTAL_LINES] = {"total_lines", "BT-106", "Sum of lines", FIELD_AMOUNT},
    [FIELD_TOTAL_ALLOWANCES] = {"total_allowances", "BT-107", "Allowances", FIELD_AMOUNT},
    [FIELD_TOTAL_CHARGES] = {"total_charges", "BT-108", "Charges", FIELD_AMOUNT},
    [FIELD_TOTAL_NET] = {"total_net", "BT-109", "Net", FIELD_AMOUNT},
    [FIELD_TOTAL_VAT] = {"total_vat", "BT-110", "VAT", FIELD_AMOUNT},
    [FIELD_ROUNDING] = {"rounding", "BT-114", "Rounding", FIELD_AMOUNT},
    [FIELD_TOTAL_GROSS] = {"total_gross", "BT-112", "Gross", FIELD_AMOUNT},
    [FIELD_PREPAID] = {"prepaid", "BT-113", "Prepaid", FIELD_AMOUNT},
    [FIELD_AMOUNT_DUE] = {"amount_due", "BT-115", "To pay", FIELD_AMOUNT},
    [FIELD_PRECEDING_INVOICE] = {"preceding_invoice", "BT-25", "Corrects invoice",
                                 FIELD_IDENTIFIER},
};

static const char *const source_names[SOURCE_COUNT] = {
    [SOURCE_NONE] = "none", [SOURCE_XML] = "xml",       [SOURCE_TEXT] = "text",
    [SOURCE_OCR] = "ocr",   [SOURCE_PERSON] = "person", [SOURCE_MEMORY] = "memory",
};

static const char *const proof_names[PROOF_COUNT] = {
    [PROOF_TOTALS] = "totals",
    [PROOF_LINES] = "lines",
    [PROOF_VAT_RATE] = "vat_rate",
    [PROOF_VAT_AMOUNT] = "vat_amount",
    [PROOF_CHECKSUM] = "checksum",
    [PROOF_PRINTED_TWICE] = "printed_twice",
    [PROOF_SECOND_READING] = "second_reading",
    [PROOF_SUPPLIER_KNOWN] = "supplier_known",
    [PROOF_SUPPLIER_PATTERN] = "supplier_pattern",
    [PROOF_SUPPLIER_ACCOUNT] = "supplier_account",
    [PROOF_DATES_IN_ORDER] = "dates_in_order",
    [PROOF_LABEL] = "label",
    [PROOF_STRUCTURED] = "structured",
    [PROOF_PERSON] = "person",
    [PROOF_DOMAIN] = "domain",
    [PROOF_TERMS] = "terms",
};

const struct field_info *field_info(enum field_id id)
{
    if ((unsigned)id >= FIELD_COUNT)
        BUG("field %d", id);
    return &table[id];
}

bool field_parse(const char *name, enum field_id *ret_id)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (strcmp(table[i].name, name) == 0) {
            *ret_id = (enum field_id)i;
            return true;
        }
    return false;
}

const char *field_source_name(enum field_source source)
{
    return source_names[source];
}

const char *proof_name(enum proof proof)
{
    return proof_names[proof];
}

/* Copies without spaces at the ends and with single ones between; without any when !keep_spaces. */
static bool copy_trimmed(const char *text, bool keep_spaces, char *out, size_t size)
{
    size_t used = 0;
    bool is_pending = false;

    for (; *text; text++) {
        if (isspace((unsigned char)*text)) {
            is_pending = used > 0;
            continue;
        }
        if (used + 2 >= size)
            return false;
        if (is_pending && keep_spaces)
            out[used++] = ' ';
        is_pending = false;
        out[used++] = *text;
    }
    out[used] = '\0';
    return used > 0;
}

static bool normalise_amount(const char *text, const char *currency, char *out, size_t size)
{
    int exponent = currency_exponent(currency);
    int64_t minor;
    char plain[MONEY_TEXT_SIZE * 2], formatted[MONEY_TEXT_SIZE];

    if (!copy_trimmed(text, false, plain, sizeof plain) || !money_parse(plain, exponent, &minor))
        return false;
    money_format(minor, exponent, formatted);
    return snprintf(out, size, "%s", formatted) < (int)size;
}

bool field_kind_normalise(enum field_kind kind, const char *text, const char *currency, char *out,
                          size_t size)
{
    struct civil_date date;

    switch (kind) {
    case FIELD_AMOUNT:
        return normalise_amount(text, currency, out, size);
    case FIELD_DATE:
        return copy_trimmed(text, false, out, size) && civil_date_parse(out, &date);
    case FIELD_ACCOUNT:
        return copy_trimmed(text, false, out, size);
    case FIELD_TEXT:
    case FIELD_IDENTIFIER:
    case FIELD_CODE:
    case FIELD_MARK:
        return copy_trimmed(text, true, out, size);
    case FIELD_KIND_COUNT:
        break;
    }
    return false;
}

/* The one code an invoice has is its currency. */
bool field_normalise(enum field_id id, const char *text, const char *currency, char *out,
                     size_t size)
{
    enum field_kind kind = field_info(id)->kind;

    return field_kind_normalise(kind, text, currency, out, size) &&
           (kind != FIELD_CODE || currency_is_known(out));
}
