/*
 * UN/CEFACT Cross Industry Invoice, in the order of the EN 16931 profile.
 */
#include "generator/einvoice.h"

static char *compact_date(const char *iso)
{
    return g_strdup_printf("%.4s%.2s%.2s", iso, iso + 5, iso + 8);
}

static void put_date(GString *out, struct document *doc, enum field field, const char *before,
                     const char *after)
{
    g_autofree char *date = NULL;

    if (doc->value[field] == NULL)
        return;
    date = compact_date(doc->value[field]);
    g_string_append_printf(out, "%s<udt:DateTimeString format=\"102\">%s</udt:DateTimeString>%s\n",
                           before, date, after);
    doc->is_visible[field] = true;
}

static void put_amount(GString *out, const char *element, int64_t minor)
{
    g_autofree char *text = amount_plain(minor);

    einvoice_put(out, "<ram:%s>%s</ram:%s>", element, text, element);
}

static void put_line(GString *out, const struct document *doc, const struct line *line, int n)
{
    g_autofree char *quantity = quantity_text(line->quantity, ".");

    einvoice_put(out,
                 "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
                 "<ram:LineID>%d</ram:LineID></ram:AssociatedDocumentLineDocument>"
                 "<ram:SpecifiedTradeProduct><ram:SellerAssignedID>%s</ram:SellerAssignedID>"
                 "<ram:Name>%s</ram:Name></ram:SpecifiedTradeProduct>\n",
                 n, line->article, line->description);
    einvoice_put(out, "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>");
    put_amount(out, "ChargeAmount", line->price);
    einvoice_put(out,
                 "</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
                 "<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode=\"%s\">%s"
                 "</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>\n",
                 einvoice_unit(doc, line), quantity);
    einvoice_put(out,
                 "<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT"
                 "</ram:TypeCode><ram:CategoryCode>%s</ram:CategoryCode>"
                 "<ram:RateApplicablePercent>%d</ram:RateApplicablePercent>"
                 "</ram:ApplicableTradeTax>",
                 line->rate == 0 ? "Z" : "S", line->rate);
    if (line->discount > 0) {
        einvoice_put(out, "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator>"
                          "<udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>");
        put_amount(out, "ActualAmount", line_discount(line));
        einvoice_put(out, "<ram:ReasonCode>95</ram:ReasonCode>"
                          "</ram:SpecifiedTradeAllowanceCharge>");
    }
    einvoice_put(out, "<ram:SpecifiedTradeSettlementLineMonetarySummation>");
    put_amount(out, "LineTotalAmount", line->amount);
    einvoice_put(out,
                 "</ram:SpecifiedTradeSettlementLineMonetarySummation>"
                 "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>\n");
}

static void put_party(GString *out, struct document *doc, const struct party *party, bool is_seller)
{
    enum field name = is_seller ? F_SELLER_NAME : F_BUYER_NAME;
    const char *element = is_seller ? "SellerTradeParty" : "BuyerTradeParty";
    g_autofree char *code = NULL;
    g_autofree char *town = NULL;

    einvoice_split_city(doc, party->city, &code, &town);
    einvoice_put(out, "<ram:%s>", element);
    einvoice_field(out, doc, name, "<ram:Name>%s</ram:Name>");
    einvoice_field(out, doc, name - F_SELLER_NAME + F_SELLER_REGISTRATION_ID,
                   "<ram:SpecifiedLegalOrganization><ram:ID>%s</ram:ID>"
                   "</ram:SpecifiedLegalOrganization>");
    if (is_seller)
        einvoice_field(out, doc, F_SELLER_EMAIL,
                       "<ram:DefinedTradeContact><ram:EmailURIUniversalCommunication>"
                       "<ram:URIID>%s</ram:URIID></ram:EmailURIUniversalCommunication>"
                       "</ram:DefinedTradeContact>");
    einvoice_put(out,
                 "<ram:PostalTradeAddress><ram:PostcodeCode>%s</ram:PostcodeCode><ram:LineOne>%s"
                 "</ram:LineOne><ram:CityName>%s</ram:CityName><ram:CountryID>%s</ram:CountryID>"
                 "</ram:PostalTradeAddress>",
                 code, party->street, town, doc->seller->locale->country);
    einvoice_put(out,
                 "<ram:URIUniversalCommunication><ram:URIID schemeID=\"EM\">%s</ram:URIID>"
                 "</ram:URIUniversalCommunication>",
                 party->email);
    einvoice_field(out, doc, name - F_SELLER_NAME + F_SELLER_VAT_ID,
                   "<ram:SpecifiedTaxRegistration><ram:ID schemeID=\"VA\">%s</ram:ID>"
                   "</ram:SpecifiedTaxRegistration>");
    einvoice_put(out, "</ram:%s>\n", element);
}

static void put_agreement(GString *out, struct document *doc)
{
    einvoice_put(out, "<ram:ApplicableHeaderTradeAgreement>\n");
    einvoice_field(out, doc, F_BUYER_REFERENCE, "<ram:BuyerReference>%s</ram:BuyerReference>\n");
    put_party(out, doc, &doc->seller->party, true);
    put_party(out, doc, doc->buyer, false);
    einvoice_field(out, doc, F_ORDER_REFERENCE,
                   "<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>%s"
                   "</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>\n");
    einvoice_field(out, doc, F_CONTRACT_REFERENCE,
                   "<ram:ContractReferencedDocument><ram:IssuerAssignedID>%s"
                   "</ram:IssuerAssignedID></ram:ContractReferencedDocument>\n");
    einvoice_put(out, "</ram:ApplicableHeaderTradeAgreement>\n"
                      "<ram:ApplicableHeaderTradeDelivery>");
    put_date(out, doc, F_DELIVERY_DATE,
             "<ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>",
             "</ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>");
    einvoice_put(out, "</ram:ApplicableHeaderTradeDelivery>\n");
}

static void put_payment(GString *out, struct document *doc)
{
    bool has_iban = doc->value[F_IBAN] != NULL;

    if (!has_iban && doc->value[F_BANK_ACCOUNT] == NULL)
        return;
    einvoice_put(out, "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>30</ram:TypeCode>"
                      "<ram:PayeePartyCreditorFinancialAccount>");
    if (has_iban)
        einvoice_field(out, doc, F_IBAN, "<ram:IBANID>%s</ram:IBANID>");
    else
        einvoice_field(out, doc, F_BANK_ACCOUNT, "<ram:ProprietaryID>%s</ram:ProprietaryID>");
    einvoice_put(out, "</ram:PayeePartyCreditorFinancialAccount>");
    if (has_iban)
        einvoice_field(out, doc, F_BIC,
                       "<ram:PayeeSpecifiedCreditorFinancialInstitution><ram:BICID>%s</ram:BICID>"
                       "</ram:PayeeSpecifiedCreditorFinancialInstitution>");
    einvoice_put(out, "</ram:SpecifiedTradeSettlementPaymentMeans>\n");
}

static void put_vat(GString *out, const struct document *doc)
{
    for (int i = 0; i < doc->vat_count; i++) {
        const struct vat *vat = &doc->vats[i];

        einvoice_put(out, "<ram:ApplicableTradeTax>");
        put_amount(out, "CalculatedAmount", vat->vat);
        einvoice_put(out, "<ram:TypeCode>VAT</ram:TypeCode>");
        put_amount(out, "BasisAmount", vat->net);
        einvoice_put(out,
                     "<ram:CategoryCode>%s</ram:CategoryCode><ram:RateApplicablePercent>%d"
                     "</ram:RateApplicablePercent></ram:ApplicableTradeTax>\n",
                     vat->rate == 0 ? "Z" : "S", vat->rate);
    }
}

static void put_charge(GString *out, const struct document *doc, enum field field, bool is_charge)
{
    int rate = g_array_index(doc->lines, struct line, 0).rate;

    if (doc->value[field] == NULL)
        return;
    einvoice_put(out,
                 "<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>%s"
                 "</udt:Indicator></ram:ChargeIndicator>",
                 is_charge ? "true" : "false");
    put_amount(out, "ActualAmount", doc->amount[field]);
    einvoice_put(out,
                 "<ram:Reason>%s</ram:Reason><ram:CategoryTradeTax><ram:TypeCode>VAT"
                 "</ram:TypeCode><ram:CategoryCode>%s</ram:CategoryCode>"
                 "<ram:RateApplicablePercent>%d</ram:RateApplicablePercent>"
                 "</ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>\n",
                 document_label(doc, is_charge ? "t.freight" : "t.allowance"),
                 rate == 0 ? "Z" : "S", rate);
}

static void put_total(GString *out, struct document *doc, enum field field, const char *element)
{
    if (doc->value[field] == NULL)
        return;
    put_amount(out, element, doc->amount[field]);
    doc->is_visible[field] = true;
}

static void put_totals(GString *out, struct document *doc)
{
    bool has_due = doc->value[F_AMOUNT_DUE] != NULL;

    einvoice_put(out, "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>\n");
    put_total(out, doc, F_TOTAL_LINES, "LineTotalAmount");
    put_total(out, doc, F_TOTAL_CHARGES, "ChargeTotalAmount");
    put_total(out, doc, F_TOTAL_ALLOWANCES, "AllowanceTotalAmount");
    put_total(out, doc, F_TOTAL_NET, "TaxBasisTotalAmount");
    einvoice_put(out, "<ram:TaxTotalAmount currencyID=\"%s\">%s</ram:TaxTotalAmount>",
                 doc->value[F_CURRENCY], doc->value[F_TOTAL_VAT]);
    doc->is_visible[F_TOTAL_VAT] = true;
    put_total(out, doc, F_ROUNDING, "RoundingAmount");
    put_total(out, doc, F_TOTAL_GROSS, "GrandTotalAmount");
    put_total(out, doc, F_PREPAID, "TotalPrepaidAmount");
    put_amount(out, "DuePayableAmount", doc->amount[has_due ? F_AMOUNT_DUE : F_TOTAL_GROSS]);
    doc->is_visible[F_AMOUNT_DUE] = true;
    einvoice_put(out, "\n</ram:SpecifiedTradeSettlementHeaderMonetarySummation>\n");
}

static void put_settlement(GString *out, struct document *doc)
{
    einvoice_put(out, "<ram:ApplicableHeaderTradeSettlement>\n");
    einvoice_field(out, doc, F_PAYMENT_REFERENCE,
                   "<ram:PaymentReference>%s</ram:PaymentReference>\n");
    einvoice_field(out, doc, F_CURRENCY, "<ram:InvoiceCurrencyCode>%s</ram:InvoiceCurrencyCode>\n");
    put_payment(out, doc);
    put_vat(out, doc);
    if (doc->value[F_PERIOD_START] != NULL) {
        einvoice_put(out, "<ram:BillingSpecifiedPeriod>");
        put_date(out, doc, F_PERIOD_START, "<ram:StartDateTime>", "</ram:StartDateTime>");
        put_date(out, doc, F_PERIOD_END, "<ram:EndDateTime>", "</ram:EndDateTime>");
        einvoice_put(out, "</ram:BillingSpecifiedPeriod>\n");
    }
    put_charge(out, doc, F_TOTAL_ALLOWANCES, false);
    put_charge(out, doc, F_TOTAL_CHARGES, true);
    if (doc->value[F_PAYMENT_TERMS] != NULL) {
        einvoice_put(out, "<ram:SpecifiedTradePaymentTerms>");
        einvoice_field(out, doc, F_PAYMENT_TERMS, "<ram:Description>%s</ram:Description>");
        put_date(out, doc, F_DUE_DATE, "<ram:DueDateDateTime>", "</ram:DueDateDateTime>");
        einvoice_put(out, "</ram:SpecifiedTradePaymentTerms>\n");
    }
    put_totals(out, doc);
    einvoice_field(out, doc, F_PRECEDING_INVOICE,
                   "<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>%s</ram:IssuerAssignedID>"
                   "</ram:InvoiceReferencedDocument>\n");
    einvoice_put(out, "</ram:ApplicableHeaderTradeSettlement>\n");
}

char *einvoice_cii(struct document *doc)
{
    GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

    einvoice_put(
        out, "<rsm:CrossIndustryInvoice"
             " xmlns:rsm=\"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100\"\n"
             " xmlns:ram=\"urn:un:unece:uncefact:data:standard:"
             "ReusableAggregateBusinessInformationEntity:100\"\n"
             " xmlns:udt=\"urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100\">\n"
             "<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>"
             "<ram:ID>urn:cen.eu:en16931:2017</ram:ID>"
             "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>\n"
             "<rsm:ExchangedDocument>");
    einvoice_field(out, doc, F_INVOICE_NUMBER, "<ram:ID>%s</ram:ID>");
    einvoice_put(out, "<ram:TypeCode>%d</ram:TypeCode>", doc->type == TYPE_CREDIT_NOTE ? 381 : 380);
    put_date(out, doc, F_ISSUE_DATE, "<ram:IssueDateTime>", "</ram:IssueDateTime>");
    einvoice_put(out, "</rsm:ExchangedDocument>\n<rsm:SupplyChainTradeTransaction>\n");
    for (guint i = 0; i < doc->lines->len; i++)
        put_line(out, doc, &g_array_index(doc->lines, struct line, i), (int)i + 1);
    put_agreement(out, doc);
    put_settlement(out, doc);
    einvoice_put(out, "</rsm:SupplyChainTradeTransaction>\n</rsm:CrossIndustryInvoice>\n");
    return g_string_free(out, FALSE);
}
