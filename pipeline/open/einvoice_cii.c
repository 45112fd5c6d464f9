/*
 * UN/CEFACT Cross Industry Invoice (D16B, as Factur-X, ZUGFeRD 2 and XRechnung use it) and its
 * ancestor ZUGFeRD 1.0. The two differ in the names of some elements only, so each step of a path
 * gives both names.
 */
#include "pipeline/open/einvoice.h"

#include "base/arena.h"
#include "base/mem.h"

#include <string.h>

#define DOCUMENT "ExchangedDocument|HeaderExchangedDocument"
#define TRADE "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction"
#define AGREEMENT "ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement"
#define DELIVERY "ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery"
#define SETTLEMENT "ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement"
#define SUMS                                                                                       \
    "SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation/"
#define LINE_AGREEMENT "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement/"
#define LINE_DELIVERY "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery/"
#define LINE_SETTLEMENT "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement/"
#define LINE_SUMS                                                                                  \
    "SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation/"
#define PERCENT "RateApplicablePercent|ApplicablePercent"

static const struct einvoice_path document_paths[] = {
    {FIELD_INVOICE_NUMBER, "ID"},
    {FIELD_ISSUE_DATE, "IssueDateTime/DateTimeString"},
};

static const struct einvoice_path agreement_paths[] = {
    {FIELD_BUYER_REFERENCE, "BuyerReference"},
    {FIELD_ORDER_REFERENCE, "BuyerOrderReferencedDocument/IssuerAssignedID|ID"},
    {FIELD_CONTRACT_REFERENCE, "ContractReferencedDocument/IssuerAssignedID|ID"},
};

static const struct einvoice_path delivery_paths[] = {
    {FIELD_DELIVERY_DATE, "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString"},
};

static const struct einvoice_path settlement_paths[] = {
    {FIELD_PAYMENT_REFERENCE, "PaymentReference"},
    {FIELD_PERIOD_START, "BillingSpecifiedPeriod/StartDateTime/DateTimeString"},
    {FIELD_PERIOD_END, "BillingSpecifiedPeriod/EndDateTime/DateTimeString"},
    {FIELD_PAYMENT_TERMS, "SpecifiedTradePaymentTerms/Description"},
    {FIELD_DUE_DATE, "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"},
    {FIELD_PRECEDING_INVOICE, "InvoiceReferencedDocument/IssuerAssignedID|ID"},
    {FIELD_TOTAL_LINES, SUMS "LineTotalAmount"},
    {FIELD_TOTAL_ALLOWANCES, SUMS "AllowanceTotalAmount"},
    {FIELD_TOTAL_CHARGES, SUMS "ChargeTotalAmount"},
    {FIELD_TOTAL_NET, SUMS "TaxBasisTotalAmount"},
    {FIELD_ROUNDING, SUMS "RoundingAmount"},
    {FIELD_TOTAL_GROSS, SUMS "GrandTotalAmount"},
    {FIELD_PREPAID, SUMS "TotalPrepaidAmount"},
    {FIELD_AMOUNT_DUE, SUMS "DuePayableAmount"},
};

static const char *address_of(const struct einvoice *e, const xmlNode *party)
{
    const xmlNode *a = einvoice_find(e, party, "PostalTradeAddress");
    const char *zone = einvoice_text(e, a, "PostcodeCode");
    const char *city = einvoice_text(e, a, "CityName");
    const char *parts[] = {
        einvoice_text(e, a, "LineOne"),
        einvoice_text(e, a, "LineTwo"),
        einvoice_text(e, a, "LineThree"),
        zone && city ? arena_printf(e->arena, "%s %s", zone, city)
        : zone       ? zone
                     : city,
        einvoice_text(e, a, "CountrySubDivisionName"),
        einvoice_text(e, a, "CountryID"),
    };

    return einvoice_join(e, parts, ARRAY_LENGTH(parts));
}

static void read_party(const struct einvoice *e, const xmlNode *party,
                       const struct party_fields *fields)
{
    const char *tax_registration = NULL;

    einvoice_put(e, fields->name, einvoice_text(e, party, "Name"));
    einvoice_put(e, fields->address, address_of(e, party));
    for (const xmlNode *tax = einvoice_find(e, party, "SpecifiedTaxRegistration"); tax;
         tax = einvoice_next(tax)) {
        const char *scheme = einvoice_attribute(e, einvoice_find(e, tax, "ID"), "schemeID");
        const char *id = einvoice_text(e, tax, "ID");

        if (strcmp(scheme, "VA") == 0)
            einvoice_put(e, fields->vat_id, id);
        else if (!tax_registration)
            tax_registration = id;
    }
    einvoice_put(e, fields->registration_id,
                 einvoice_text(e, party, "SpecifiedLegalOrganization/ID"));
    einvoice_put(e, fields->registration_id, tax_registration);
}

static void read_agreement(const struct einvoice *e, const xmlNode *agreement)
{
    const xmlNode *seller = einvoice_find(e, agreement, "SellerTradeParty");

    einvoice_put_paths(e, agreement, agreement_paths, ARRAY_LENGTH(agreement_paths));
    read_party(e, seller, &einvoice_seller);
    einvoice_put(
        e, FIELD_SELLER_EMAIL,
        einvoice_text(e, seller, "DefinedTradeContact/EmailURIUniversalCommunication/URIID"));
    read_party(e, einvoice_find(e, agreement, "BuyerTradeParty"), &einvoice_buyer);
}

static void read_payment(const struct einvoice *e, const xmlNode *settlement)
{
    for (const xmlNode *means =
             einvoice_find(e, settlement, "SpecifiedTradeSettlementPaymentMeans");
         means; means = einvoice_next(means)) {
        const xmlNode *account = einvoice_find(e, means, "PayeePartyCreditorFinancialAccount");
        const xmlNode *own = einvoice_find(e, account, "ProprietaryID");

        einvoice_put_account(e, einvoice_text(e, account, "IBANID"), NULL);
        einvoice_put_account(e, einvoice_text(e, account, "ProprietaryID"),
                             einvoice_attribute(e, own, "schemeID"));
        einvoice_put(e, FIELD_BIC,
                     einvoice_text(e, means, "PayeeSpecifiedCreditorFinancialInstitution/BICID"));
    }
}

/* The total in the invoice's own currency: the one that says so, else the first. */
static void read_total_vat(const struct einvoice *e, const xmlNode *settlement)
{
    const xmlNode *first = einvoice_find(e, settlement, SUMS "TaxTotalAmount");

    for (const xmlNode *total = first; total; total = einvoice_next(total))
        if (e->currency && strcmp(einvoice_attribute(e, total, "currencyID"), e->currency) == 0) {
            first = total;
            break;
        }
    einvoice_put(e, FIELD_TOTAL_VAT, einvoice_content(e, first));
}

static void read_vat(const struct einvoice *e, const xmlNode *settlement)
{
    read_total_vat(e, settlement);
    for (const xmlNode *tax = einvoice_find(e, settlement, "ApplicableTradeTax"); tax;
         tax = einvoice_next(tax)) {
        struct vat_row *row = einvoice_add_vat(e);

        if (!row)
            return;
        row->net = einvoice_money(e, tax, "BasisAmount");
        row->vat = einvoice_money(e, tax, "CalculatedAmount");
        row->category = einvoice_text(e, tax, "CategoryCode");
        row->rate = einvoice_decimal(e, tax, PERCENT);
    }
}

static void read_lines(const struct einvoice *e, const xmlNode *trade)
{
    size_t capacity = 0;

    for (const xmlNode *line = einvoice_find(e, trade, "IncludedSupplyChainTradeLineItem"); line;
         line = einvoice_next(line)) {
        struct line_item *item = einvoice_add_line(e, &capacity);
        const char *unit;

        if (!item)
            return;
        unit = einvoice_attribute(e, einvoice_find(e, line, LINE_DELIVERY "BilledQuantity"),
                                  "unitCode");
        item->description = einvoice_text(e, line, "SpecifiedTradeProduct/Name");
        item->quantity = einvoice_decimal(e, line, LINE_DELIVERY "BilledQuantity");
        item->unit = *unit ? unit : NULL;
        item->unit_price = einvoice_money(e, line,
                                          LINE_AGREEMENT "NetPriceProductTradePrice/ChargeAmount");
        item->vat_rate = einvoice_decimal(e, line, LINE_SETTLEMENT "ApplicableTradeTax/" PERCENT);
        item->amount = einvoice_money(e, line, LINE_SETTLEMENT LINE_SUMS "LineTotalAmount");
    }
}

void einvoice_read_cii(struct einvoice *e, const xmlNode *root)
{
    const xmlNode *document = einvoice_find(e, root, DOCUMENT);
    const xmlNode *trade = einvoice_find(e, root, TRADE);
    const xmlNode *settlement = einvoice_find(e, trade, SETTLEMENT);

    e->currency = einvoice_text(e, settlement, "InvoiceCurrencyCode");
    einvoice_put(e, FIELD_CURRENCY, e->currency);
    einvoice_put_paths(e, document, document_paths, ARRAY_LENGTH(document_paths));
    read_agreement(e, einvoice_find(e, trade, AGREEMENT));
    einvoice_put_paths(e, einvoice_find(e, trade, DELIVERY), delivery_paths,
                       ARRAY_LENGTH(delivery_paths));
    einvoice_put_paths(e, settlement, settlement_paths, ARRAY_LENGTH(settlement_paths));
    read_payment(e, settlement);
    read_vat(e, settlement);
    read_lines(e, trade);
    einvoice_put_type(e, einvoice_text(e, document, "TypeCode"));
}
