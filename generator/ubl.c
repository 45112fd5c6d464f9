/*
 * UBL 2.1 Invoice and CreditNote as Peppol BIS Billing 3.0 orders their elements.
 */
#include "generator/einvoice.h"

static void put_party(GString *out, struct document *doc, const struct party *party, bool is_seller)
{
    const char *country = doc->seller->locale->country;
    enum field name = is_seller ? F_SELLER_NAME : F_BUYER_NAME;
    g_autofree char *code = NULL;
    g_autofree char *town = NULL;

    einvoice_split_city(doc, party->city, &code, &town);
    einvoice_put(out, "<cac:Accounting%sParty><cac:Party>\n", is_seller ? "Supplier" : "Customer");
    einvoice_put(out, "<cbc:EndpointID schemeID=\"EM\">%s</cbc:EndpointID>\n", party->email);
    einvoice_put(out,
                 "<cac:PostalAddress><cbc:StreetName>%s</cbc:StreetName>"
                 "<cbc:CityName>%s</cbc:CityName><cbc:PostalZone>%s</cbc:PostalZone>"
                 "<cac:Country><cbc:IdentificationCode>%s</cbc:IdentificationCode></cac:Country>"
                 "</cac:PostalAddress>\n",
                 party->street, town, code, country);
    einvoice_field(out, doc, name - F_SELLER_NAME + F_SELLER_VAT_ID,
                   "<cac:PartyTaxScheme><cbc:CompanyID>%s</cbc:CompanyID><cac:TaxScheme>"
                   "<cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>\n");
    einvoice_put(out, "<cac:PartyLegalEntity>");
    einvoice_field(out, doc, name, "<cbc:RegistrationName>%s</cbc:RegistrationName>");
    einvoice_field(out, doc, name - F_SELLER_NAME + F_SELLER_REGISTRATION_ID,
                   "<cbc:CompanyID>%s</cbc:CompanyID>");
    einvoice_put(out, "</cac:PartyLegalEntity>\n");
    if (is_seller)
        einvoice_field(out, doc, F_SELLER_EMAIL,
                       "<cac:Contact><cbc:ElectronicMail>%s</cbc:ElectronicMail></cac:Contact>\n");
    einvoice_put(out, "</cac:Party></cac:Accounting%sParty>\n",
                 is_seller ? "Supplier" : "Customer");
}

/* One means of payment: the giro where there is one, else IBAN, else the domestic account. */
static void put_payment(GString *out, struct document *doc)
{
    static const struct {
        enum field field;
        const char *branch;
    } accounts[] = {{F_BANKGIRO, "SE:BANKGIRO"},
                    {F_PLUSGIRO, "SE:PLUSGIRO"},
                    {F_IBAN, NULL},
                    {F_BANK_ACCOUNT, NULL}};
    size_t i = 0;

    while (i < G_N_ELEMENTS(accounts) && doc->value[accounts[i].field] == NULL)
        i++;
    if (i == G_N_ELEMENTS(accounts))
        return;
    einvoice_put(out, "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>\n");
    einvoice_field(out, doc, F_PAYMENT_REFERENCE, "<cbc:PaymentID>%s</cbc:PaymentID>\n");
    einvoice_put(out, "<cac:PayeeFinancialAccount>");
    einvoice_field(out, doc, accounts[i].field, "<cbc:ID>%s</cbc:ID>");
    if (accounts[i].branch != NULL)
        einvoice_put(out,
                     "<cac:FinancialInstitutionBranch><cbc:ID>%s</cbc:ID>"
                     "</cac:FinancialInstitutionBranch>",
                     accounts[i].branch);
    else if (accounts[i].field == F_IBAN)
        einvoice_field(out, doc, F_BIC,
                       "<cac:FinancialInstitutionBranch><cbc:ID>%s</cbc:ID>"
                       "</cac:FinancialInstitutionBranch>");
    einvoice_put(out, "</cac:PayeeFinancialAccount></cac:PaymentMeans>\n");
}

static void put_category(GString *out, const char *element, int rate)
{
    einvoice_put(out,
                 "<cac:%s><cbc:ID>%s</cbc:ID><cbc:Percent>%d</cbc:Percent><cac:TaxScheme>"
                 "<cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:%s>",
                 element, rate == 0 ? "Z" : "S", rate, element);
}

static void put_amount(GString *out, const struct document *doc, const char *element, int64_t minor)
{
    g_autofree char *text = amount_plain(minor);

    einvoice_put(out, "<cbc:%s currencyID=\"%s\">%s</cbc:%s>", element, doc->currency, text,
                 element);
}

static void put_charge(GString *out, const struct document *doc, enum field field, bool is_charge)
{
    if (doc->value[field] == NULL)
        return;
    einvoice_put(out,
                 "<cac:AllowanceCharge><cbc:ChargeIndicator>%s</cbc:ChargeIndicator>"
                 "<cbc:AllowanceChargeReason>%s</cbc:AllowanceChargeReason>",
                 is_charge ? "true" : "false",
                 document_label(doc, is_charge ? "t.freight" : "t.allowance"));
    put_amount(out, doc, "Amount", doc->amount[field]);
    put_category(out, "TaxCategory", g_array_index(doc->lines, struct line, 0).rate);
    einvoice_put(out, "</cac:AllowanceCharge>\n");
}

static void put_vat(GString *out, const struct document *doc)
{
    einvoice_put(out, "<cac:TaxTotal>");
    put_amount(out, doc, "TaxAmount", doc->amount[F_TOTAL_VAT]);
    for (int i = 0; i < doc->vat_count; i++) {
        einvoice_put(out, "\n<cac:TaxSubtotal>");
        put_amount(out, doc, "TaxableAmount", doc->vats[i].net);
        put_amount(out, doc, "TaxAmount", doc->vats[i].vat);
        put_category(out, "TaxCategory", doc->vats[i].rate);
        einvoice_put(out, "</cac:TaxSubtotal>");
    }
    einvoice_put(out, "</cac:TaxTotal>\n");
}

static void put_totals(GString *out, struct document *doc)
{
    static const struct {
        enum field field;
        const char *element;
    } totals[] = {
        {F_TOTAL_LINES, "LineExtensionAmount"}, {F_TOTAL_NET, "TaxExclusiveAmount"},
        {F_TOTAL_GROSS, "TaxInclusiveAmount"},  {F_TOTAL_ALLOWANCES, "AllowanceTotalAmount"},
        {F_TOTAL_CHARGES, "ChargeTotalAmount"}, {F_PREPAID, "PrepaidAmount"},
        {F_ROUNDING, "PayableRoundingAmount"},  {F_AMOUNT_DUE, "PayableAmount"}};

    doc->is_visible[F_TOTAL_VAT] = true;
    einvoice_put(out, "<cac:LegalMonetaryTotal>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(totals); i++) {
        enum field field = totals[i].field;

        if (doc->value[field] != NULL)
            put_amount(out, doc, totals[i].element, doc->amount[field]);
        else if (field == F_AMOUNT_DUE)
            put_amount(out, doc, totals[i].element, doc->amount[F_TOTAL_GROSS]);
        doc->is_visible[field] = true;
    }
    einvoice_put(out, "\n</cac:LegalMonetaryTotal>\n");
}

static void put_line(GString *out, const struct document *doc, const struct line *line, int n)
{
    bool is_credit = doc->type == TYPE_CREDIT_NOTE;
    const char *kind = is_credit ? "CreditNote" : "Invoice";
    const char *quantity_name = is_credit ? "Credited" : "Invoiced";
    g_autofree char *quantity = quantity_text(line->quantity, ".");

    einvoice_put(out,
                 "<cac:%sLine><cbc:ID>%d</cbc:ID><cbc:%sQuantity unitCode=\"%s\">%s"
                 "</cbc:%sQuantity>",
                 kind, n, quantity_name, einvoice_unit(doc, line), quantity, quantity_name);
    put_amount(out, doc, "LineExtensionAmount", line->amount);
    if (line->discount > 0) {
        einvoice_put(out, "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
                          "<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>");
        put_amount(out, doc, "Amount", line_discount(line));
        einvoice_put(out, "</cac:AllowanceCharge>");
    }
    einvoice_put(out,
                 "\n<cac:Item><cbc:Name>%s</cbc:Name><cac:SellersItemIdentification><cbc:ID>%s"
                 "</cbc:ID></cac:SellersItemIdentification>",
                 line->description, line->article);
    put_category(out, "ClassifiedTaxCategory", line->rate);
    einvoice_put(out, "</cac:Item><cac:Price>");
    put_amount(out, doc, "PriceAmount", line->price);
    einvoice_put(out, "</cac:Price></cac:%sLine>\n", kind);
}

static void put_period(GString *out, struct document *doc)
{
    if (doc->value[F_PERIOD_START] == NULL)
        return;
    einvoice_put(out, "<cac:InvoicePeriod>");
    einvoice_field(out, doc, F_PERIOD_START, "<cbc:StartDate>%s</cbc:StartDate>");
    einvoice_field(out, doc, F_PERIOD_END, "<cbc:EndDate>%s</cbc:EndDate>");
    einvoice_put(out, "</cac:InvoicePeriod>\n");
}

static void put_head(GString *out, struct document *doc)
{
    bool is_credit = doc->type == TYPE_CREDIT_NOTE;

    einvoice_put(out,
                 "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#"
                 "urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>\n"
                 "<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>\n");
    einvoice_field(out, doc, F_INVOICE_NUMBER, "<cbc:ID>%s</cbc:ID>\n");
    einvoice_field(out, doc, F_ISSUE_DATE, "<cbc:IssueDate>%s</cbc:IssueDate>\n");
    if (!is_credit)
        einvoice_field(out, doc, F_DUE_DATE, "<cbc:DueDate>%s</cbc:DueDate>\n");
    einvoice_put(out, is_credit ? "<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>\n"
                                : "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>\n");
    einvoice_field(out, doc, F_CURRENCY,
                   "<cbc:DocumentCurrencyCode>%s</cbc:DocumentCurrencyCode>\n");
    einvoice_field(out, doc, F_BUYER_REFERENCE, "<cbc:BuyerReference>%s</cbc:BuyerReference>\n");
    put_period(out, doc);
    einvoice_field(out, doc, F_ORDER_REFERENCE,
                   "<cac:OrderReference><cbc:ID>%s</cbc:ID></cac:OrderReference>\n");
    einvoice_field(out, doc, F_PRECEDING_INVOICE,
                   "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>%s</cbc:ID>"
                   "</cac:InvoiceDocumentReference></cac:BillingReference>\n");
    einvoice_field(out, doc, F_CONTRACT_REFERENCE,
                   "<cac:ContractDocumentReference><cbc:ID>%s</cbc:ID>"
                   "</cac:ContractDocumentReference>\n");
}

char *einvoice_ubl(struct document *doc)
{
    const char *kind = doc->type == TYPE_CREDIT_NOTE ? "CreditNote" : "Invoice";
    GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

    einvoice_put(out,
                 "<%s xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:%s-2\"\n"
                 " xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:"
                 "CommonAggregateComponents-2\"\n"
                 " xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:"
                 "CommonBasicComponents-2\">\n",
                 kind, kind);
    put_head(out, doc);
    put_party(out, doc, &doc->seller->party, true);
    put_party(out, doc, doc->buyer, false);
    einvoice_field(out, doc, F_DELIVERY_DATE,
                   "<cac:Delivery><cbc:ActualDeliveryDate>%s</cbc:ActualDeliveryDate>"
                   "</cac:Delivery>\n");
    put_payment(out, doc);
    einvoice_field(out, doc, F_PAYMENT_TERMS,
                   "<cac:PaymentTerms><cbc:Note>%s</cbc:Note></cac:PaymentTerms>\n");
    put_charge(out, doc, F_TOTAL_ALLOWANCES, false);
    put_charge(out, doc, F_TOTAL_CHARGES, true);
    put_vat(out, doc);
    put_totals(out, doc);
    for (guint i = 0; i < doc->lines->len; i++)
        put_line(out, doc, &g_array_index(doc->lines, struct line, i), (int)i + 1);
    einvoice_put(out, "</%s>\n", kind);
    return g_string_free(out, FALSE);
}
