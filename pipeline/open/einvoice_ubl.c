/*
 * UBL 2.1 Invoice and CreditNote, as EN 16931's syntax binding (CEN/TS 16931-3-2) lays them out.
 * A table of paths for what stands once; short functions for parties, payment, VAT and lines.
 */
#include "pipeline/open/einvoice.h"

#include "base/arena.h"
#include "base/mem.h"

#include <string.h>

static const struct einvoice_path header[] = {
    {FIELD_INVOICE_NUMBER, "ID"},
    {FIELD_ISSUE_DATE, "IssueDate"},
    {FIELD_DUE_DATE, "DueDate"},
    {FIELD_DUE_DATE, "PaymentMeans/PaymentDueDate"},
    {FIELD_DELIVERY_DATE, "Delivery/ActualDeliveryDate"},
    {FIELD_PERIOD_START, "InvoicePeriod/StartDate"},
    {FIELD_PERIOD_END, "InvoicePeriod/EndDate"},
    {FIELD_ORDER_REFERENCE, "OrderReference/ID"},
    {FIELD_BUYER_REFERENCE, "BuyerReference"},
    {FIELD_CONTRACT_REFERENCE, "ContractDocumentReference/ID"},
    {FIELD_PAYMENT_TERMS, "PaymentTerms/Note"},
    {FIELD_PAYMENT_REFERENCE, "PaymentMeans/PaymentID"},
    {FIELD_PRECEDING_INVOICE, "BillingReference/InvoiceDocumentReference/ID"},
    {FIELD_PRECEDING_INVOICE, "BillingReference/CreditNoteDocumentReference/ID"},
    {FIELD_TOTAL_LINES, "LegalMonetaryTotal/LineExtensionAmount"},
    {FIELD_TOTAL_ALLOWANCES, "LegalMonetaryTotal/AllowanceTotalAmount"},
    {FIELD_TOTAL_CHARGES, "LegalMonetaryTotal/ChargeTotalAmount"},
    {FIELD_TOTAL_NET, "LegalMonetaryTotal/TaxExclusiveAmount"},
    {FIELD_TOTAL_GROSS, "LegalMonetaryTotal/TaxInclusiveAmount"},
    {FIELD_PREPAID, "LegalMonetaryTotal/PrepaidAmount"},
    {FIELD_ROUNDING, "LegalMonetaryTotal/PayableRoundingAmount"},
    {FIELD_AMOUNT_DUE, "LegalMonetaryTotal/PayableAmount"},
};

static const char *address_of(const struct einvoice *e, const xmlNode *party)
{
    const xmlNode *a = einvoice_find(e, party, "PostalAddress");
    const char *town[] = {einvoice_text(e, a, "PostalZone"), einvoice_text(e, a, "CityName")};
    const char *parts[] = {
        einvoice_text(e, a, "StreetName"),
        einvoice_text(e, a, "AdditionalStreetName"),
        einvoice_text(e, a, "AddressLine/Line"),
        town[0] && town[1] ? arena_printf(e->arena, "%s %s", town[0], town[1])
                           : town[town[0] == NULL],
        einvoice_text(e, a, "CountrySubentity"),
        einvoice_text(e, a, "Country/IdentificationCode"),
    };

    return einvoice_join(e, parts, ARRAY_LENGTH(parts));
}

static void read_party(const struct einvoice *e, const xmlNode *party,
                       const struct party_fields *fields)
{
    const char *tax_registration = NULL;

    einvoice_put(e, fields->name, einvoice_text(e, party, "PartyLegalEntity/RegistrationName"));
    einvoice_put(e, fields->name, einvoice_text(e, party, "PartyName/Name"));
    einvoice_put(e, fields->address, address_of(e, party));
    for (const xmlNode *tax = einvoice_find(e, party, "PartyTaxScheme"); tax;
         tax = einvoice_next(tax)) {
        const char *scheme = einvoice_text(e, tax, "TaxScheme/ID");
        const char *id = einvoice_text(e, tax, "CompanyID");

        if (scheme && strcmp(scheme, "VAT") == 0)
            einvoice_put(e, fields->vat_id, id);
        else if (!tax_registration)
            tax_registration = id;
    }
    einvoice_put(e, fields->registration_id, einvoice_text(e, party, "PartyLegalEntity/CompanyID"));
    einvoice_put(e, fields->registration_id, tax_registration);
}

static void read_parties(const struct einvoice *e, const xmlNode *root)
{
    const xmlNode *seller = einvoice_find(e, root, "AccountingSupplierParty/Party");

    read_party(e, seller, &einvoice_seller);
    einvoice_put(e, FIELD_SELLER_EMAIL, einvoice_text(e, seller, "Contact/ElectronicMail"));
    read_party(e, einvoice_find(e, root, "AccountingCustomerParty/Party"), &einvoice_buyer);
}

/* Nordic senders name the giro in the branch's id, where others put the BIC. */
static void read_payment(const struct einvoice *e, const xmlNode *root)
{
    for (const xmlNode *means = einvoice_find(e, root, "PaymentMeans"); means;
         means = einvoice_next(means)) {
        const xmlNode *account = einvoice_find(e, means, "PayeeFinancialAccount");
        const char *branch = einvoice_text(e, account, "FinancialInstitutionBranch/ID");
        const char *scheme = einvoice_attribute(e, einvoice_find(e, account, "ID"), "schemeID");
        bool is_giro = branch && strcasestr(branch, "giro");

        einvoice_put_account(e, einvoice_text(e, account, "ID"), is_giro ? branch : scheme);
        if (!is_giro)
            einvoice_put(e, FIELD_BIC, branch);
    }
}

static void read_vat(const struct einvoice *e, const xmlNode *root)
{
    for (const xmlNode *total = einvoice_find(e, root, "TaxTotal"); total;
         total = einvoice_next(total)) {
        const char *currency = einvoice_attribute(e, einvoice_find(e, total, "TaxAmount"),
                                                  "currencyID");

        if (*currency && e->currency && strcmp(currency, e->currency) != 0)
            continue; /* the same VAT in the seller's accounting currency */
        einvoice_put(e, FIELD_TOTAL_VAT, einvoice_text(e, total, "TaxAmount"));
        for (const xmlNode *sub = einvoice_find(e, total, "TaxSubtotal"); sub;
             sub = einvoice_next(sub)) {
            struct vat_row *row = einvoice_add_vat(e);

            if (!row)
                return;
            row->net = einvoice_money(e, sub, "TaxableAmount");
            row->vat = einvoice_money(e, sub, "TaxAmount");
            row->category = einvoice_text(e, sub, "TaxCategory/ID");
            row->rate = einvoice_decimal(e, sub, "TaxCategory/Percent");
        }
    }
}

static void read_lines(const struct einvoice *e, const xmlNode *root)
{
    size_t capacity = 0;

    for (const xmlNode *line = einvoice_find(e, root, "InvoiceLine|CreditNoteLine"); line;
         line = einvoice_next(line)) {
        static const char quantity[] = "InvoicedQuantity|CreditedQuantity";
        struct line_item *item = einvoice_add_line(e, &capacity);
        const char *unit;

        if (!item)
            return;
        unit = einvoice_attribute(e, einvoice_find(e, line, quantity), "unitCode");
        item->description = einvoice_text(e, line, "Item/Name");
        item->quantity = einvoice_decimal(e, line, quantity);
        item->unit = *unit ? unit : NULL;
        item->unit_price = einvoice_money(e, line, "Price/PriceAmount");
        item->vat_rate = einvoice_decimal(e, line, "Item/ClassifiedTaxCategory/Percent");
        item->amount = einvoice_money(e, line, "LineExtensionAmount");
    }
}

void einvoice_read_ubl(struct einvoice *e, const xmlNode *root)
{
    e->currency = einvoice_text(e, root, "DocumentCurrencyCode");
    einvoice_put(e, FIELD_CURRENCY, e->currency);
    einvoice_put_paths(e, root, header, ARRAY_LENGTH(header));
    read_parties(e, root);
    read_payment(e, root);
    read_vat(e, root);
    read_lines(e, root);
    einvoice_put_type(e, einvoice_text(e, root, "InvoiceTypeCode|CreditNoteTypeCode"));
    if (strcmp((const char *)root->name, "CreditNote") == 0)
        e->document->type = DOCUMENT_CREDIT_NOTE;
}
