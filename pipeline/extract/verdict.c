/*
 * The verdict: which independent checks agree with the fields as they stand, and whether that is
 * enough to post unseen. Everything is computed anew from the document, so it can run after each
 * correction. Whatever is missing, doubtful or contradictory becomes a reason in plain words.
 */
#include "pipeline/extract/certificate.h"
#include "pipeline/extract/checks.h"
#include "pipeline/extract/company.h"
#include "pipeline/extract/extract.h"
#include "pipeline/extract/vat_rates.h"

#include "base/arena.h"
#include "base/mem.h"
#include "models/money.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Proofs this file gives and takes; the others rest on how a value was read. */
static const unsigned COMPUTED = 1u << PROOF_TOTALS | 1u << PROOF_LINES | 1u << PROOF_VAT_RATE |
                                 1u << PROOF_VAT_AMOUNT | 1u << PROOF_SUPPLIER_KNOWN |
                                 1u << PROOF_SUPPLIER_ACCOUNT | 1u << PROOF_DATES_IN_ORDER |
                                 1u << PROOF_TERMS;

enum {
    LONGEST_CREDIT_DAYS = 120,   /* beyond, one of the two dates is rather misread */
    LONGEST_PAST_DAYS = 5 * 365, /* beyond, the year is rather misread, and its books are closed */
    LONGEST_AHEAD_DAYS = 7
};

static const enum field_id ids[] = {FIELD_SELLER_VAT_ID, FIELD_SELLER_REGISTRATION_ID};
static const enum field_id accounts[] = {FIELD_IBAN, FIELD_BANK_ACCOUNT, FIELD_BANKGIRO,
                                         FIELD_PLUSGIRO};

struct judgement {
    struct arena *a;
    const struct extract_context *context;
    struct document *d;
    const char *supplier; /* as the records call the seller, or NULL */
};

static void prove(struct document *d, enum field_id id, enum proof proof)
{
    if (d->fields[id].value)
        d->fields[id].proofs |= 1u << proof;
}

static bool has_proof(const struct document *d, enum field_id id, enum proof proof)
{
    return d->fields[id].value && (d->fields[id].proofs & 1u << proof);
}

static bool money(const struct document *d, enum field_id id, int64_t *ret)
{
    const char *value = document_value(d, id);

    return value && money_parse(value, 2, ret);
}

static const char *money_text(struct arena *a, int64_t minor)
{
    char text[MONEY_TEXT_SIZE];

    money_format(minor, 2, text);
    return arena_strdup(a, text);
}

static const char *seller_country(const struct judgement *j)
{
    static const struct {
        const char *currency, *country;
    } homes[] = {{"NOK", "NO"}, {"SEK", "SE"}, {"DKK", "DK"}, {"HUF", "HU"}, {"GBP", "GB"}};
    const char *vat_id = document_value(j->d, FIELD_SELLER_VAT_ID);
    const char *currency = document_value(j->d, FIELD_CURRENCY);

    if (vat_id && strlen(vat_id) > 2 && vat_id[0] >= 'A')
        return arena_strndup(j->a, vat_id, 2);
    for (size_t i = 0; currency && i < ARRAY_LENGTH(homes); i++)
        if (strcmp(homes[i].currency, currency) == 0)
            return homes[i].country;
    return "";
}

static struct civil_date issue_day(const struct document *d)
{
    const char *date = document_value(d, FIELD_ISSUE_DATE);
    struct civil_date day = {0};

    if (date)
        civil_date_parse(date, &day);
    return day;
}

/* False where a line has no amount. */
static bool sum_of_lines(const struct document *d, int64_t *ret)
{
    int64_t sum = 0;

    for (size_t i = 0; i < d->n_lines; i++) {
        int64_t amount;

        if (!d->lines[i].amount || !money_parse(d->lines[i].amount, 2, &amount))
            return false;
        sum += amount;
    }
    *ret = llabs(sum);
    return d->n_lines > 0;
}

/* The net that lines of this sum come to. */
static int64_t net_of_lines(const struct document *d, int64_t sum)
{
    int64_t allowances = 0, charges = 0;

    money(d, FIELD_TOTAL_ALLOWANCES, &allowances);
    money(d, FIELD_TOTAL_CHARGES, &charges);
    return sum - allowances + charges;
}

/* "Total 125.00, VAT included 25.00": no net is printed, and what is left of the total either is
 * what the VAT is a legal rate of, or what the lines come to. */
static bool is_net_implied(struct judgement *j, int64_t net, int64_t vat)
{
    const char *country = seller_country(j);
    int64_t lines;

    if (net <= 0 || vat < 0)
        return false;
    for (const int *rate = vat_rates_known(); vat > 0 && *rate > 0; rate++)
        if (vat_rate_fits(net, vat, *rate) && vat_rate_is_legal(country, issue_day(j->d), *rate))
            return true;
    return sum_of_lines(j->d, &lines) && net_of_lines(j->d, lines) == net;
}

static void judge_totals(struct judgement *j)
{
    struct document *d = j->d;
    int64_t net, vat, gross, off;

    if (!money(d, FIELD_TOTAL_GROSS, &gross))
        return;
    if (!money(d, FIELD_TOTAL_VAT, &vat) ||
        (!money(d, FIELD_TOTAL_NET, &net) && !is_net_implied(j, net = gross - vat, vat))) {
        document_add_reason(d, j->a, "totals_unproved", FIELD_TOTAL_GROSS,
                            "net, VAT and total were not all found, so the total is unproved");
        return;
    }
    off = gross - net - vat;
    if (off == 0) {
        prove(d, FIELD_TOTAL_GROSS, PROOF_TOTALS);
        prove(d, FIELD_TOTAL_NET, PROOF_TOTALS);
        prove(d, FIELD_TOTAL_VAT, PROOF_TOTALS);
        return;
    }
    document_add_reason(d, j->a, "total_mismatch", FIELD_TOTAL_GROSS, "total ≠ net + VAT by %s",
                        money_text(j->a, llabs(off)));
}

static void judge_due(struct judgement *j)
{
    struct document *d = j->d;
    int64_t gross, due, prepaid = 0, rounding = 0;

    if (!money(d, FIELD_TOTAL_GROSS, &gross) || !money(d, FIELD_AMOUNT_DUE, &due))
        return;
    money(d, FIELD_PREPAID, &prepaid);
    money(d, FIELD_ROUNDING, &rounding);
    if (due == gross - prepaid + rounding || due == gross - prepaid - rounding) {
        prove(d, FIELD_AMOUNT_DUE, PROOF_TOTALS);
        return;
    }
    document_add_reason(
        d, j->a, "due_mismatch", FIELD_AMOUNT_DUE,
        "amount to pay %s does not follow from total %s, prepaid %s and rounding %s",
        money_text(j->a, due), money_text(j->a, gross), money_text(j->a, prepaid),
        money_text(j->a, rounding));
}

static void judge_lines(struct judgement *j)
{
    struct document *d = j->d;
    int64_t sum, net, lines;

    if (!sum_of_lines(d, &sum))
        return;
    if (money(d, FIELD_TOTAL_LINES, &lines) && sum == lines)
        prove(d, FIELD_TOTAL_LINES, PROOF_LINES);
    if (money(d, FIELD_TOTAL_NET, &net) && net_of_lines(d, sum) == net)
        prove(d, FIELD_TOTAL_NET, PROOF_LINES);
}

static bool rate_of(const struct vat_row *row, int *ret_bp)
{
    int64_t bp;

    if (!row->rate || !money_parse(row->rate, 2, &bp) || bp < 0 || bp > 10000)
        return false;
    *ret_bp = (int)bp;
    return true;
}

static void judge_vat(struct judgement *j)
{
    struct document *d = j->d;
    struct civil_date day = issue_day(d);
    bool multiplies = d->n_vat > 0, is_legal = d->n_vat > 0;
    const char *country = seller_country(j);

    for (size_t i = 0; i < d->n_vat; i++) {
        int64_t net, vat;
        int bp;

        if (!rate_of(&d->vat[i], &bp) || !d->vat[i].net || !d->vat[i].vat ||
            !money_parse(d->vat[i].net, 2, &net) || !money_parse(d->vat[i].vat, 2, &vat)) {
            multiplies = is_legal = false;
            continue;
        }
        multiplies &= vat_rate_fits(net, vat, bp);
        if (!vat_rate_is_legal(country, day, bp)) {
            is_legal = false;
            document_add_reason(d, j->a, "vat_rate", FIELD_TOTAL_VAT,
                                "VAT at %s %% is no rate of %s on that day", d->vat[i].rate,
                                country[0] ? country : "any country known here");
        }
    }
    if (multiplies)
        prove(d, FIELD_TOTAL_VAT, PROOF_VAT_AMOUNT);
    if (is_legal)
        prove(d, FIELD_TOTAL_VAT, PROOF_VAT_RATE);
}

static const char *known_supplier(const struct judgement *j, enum field_id id)
{
    const char *value = document_value(j->d, id), *supplier = j->supplier;

    if (!value || !j->context->is_known ||
        !j->context->is_known(j->context->user, id, value, &supplier))
        return NULL;
    return supplier ? supplier : value;
}

static void judge_seller(struct judgement *j)
{
    bool is_proved = false;

    for (int i = 0; i < 2; i++) {
        const char *supplier = known_supplier(j, ids[i]);

        if (supplier) {
            j->supplier = supplier;
            prove(j->d, ids[i], PROOF_SUPPLIER_KNOWN);
            prove(j->d, FIELD_SELLER_NAME, PROOF_SUPPLIER_KNOWN);
        }
        is_proved |= supplier || has_proof(j->d, ids[i], PROOF_CHECKSUM) ||
                     has_proof(j->d, ids[i], PROOF_STRUCTURED) ||
                     has_proof(j->d, ids[i], PROOF_PERSON);
    }
    if (!is_proved)
        document_add_reason(j->d, j->a, "seller_unproved", FIELD_SELLER_NAME,
                            "no registered number proves who the supplier is");
}

/* Where money goes is never guessed from a scan: check digits, or a sure reading. */
static void judge_payment(struct judgement *j)
{
    static const enum field_id targets[] = {FIELD_IBAN, FIELD_BANK_ACCOUNT, FIELD_BANKGIRO,
                                            FIELD_PLUSGIRO, FIELD_PAYMENT_REFERENCE};

    for (size_t i = 0; i < ARRAY_LENGTH(targets); i++) {
        const struct field *field = &j->d->fields[targets[i]];

        if (field->value && field->source == SOURCE_OCR &&
            !(field->proofs & 1u << PROOF_CHECKSUM) &&
            field->confidence < j->context->post_confidence)
            document_add_reason(j->d, j->a, "low_confidence", (int)targets[i],
                                "%s %s is not certain", field_info(targets[i])->label,
                                field->value);
    }
}

static bool is_account_of(const char *const *known, const char *value)
{
    while (*known && !account_is_same(*known, value))
        known++;
    return *known != NULL;
}

/* A known supplier with an account never seen before is how invoices are forged. The same account
 * in another notation is none, nor is the first one of a supplier nobody has paid yet. */
static void judge_accounts(struct judgement *j)
{
    const struct extract_context *context = j->context;
    const char *const none[] = {NULL}, *const *known = none;

    if (!j->supplier)
        return;
    if (context->accounts_of)
        known = context->accounts_of(context->user, j->supplier);
    for (int i = 0; i < 4; i++) {
        const char *value = document_value(j->d, accounts[i]);
        const char *owner = known_supplier(j, accounts[i]);

        if (!value || (!known && !owner))
            continue;
        if ((owner && strcmp(owner, j->supplier) == 0) || (known && is_account_of(known, value))) {
            prove(j->d, accounts[i], PROOF_SUPPLIER_ACCOUNT);
        } else if (!has_proof(j->d, accounts[i], PROOF_PERSON)) {
            document_add_reason(j->d, j->a, owner ? "account_of_another" : "new_account",
                                accounts[i],
                                owner ? "this account belongs to %s, not to %s"
                                      : "account differs from the supplier's known accounts%s%s",
                                owner ? owner : "", owner ? j->supplier : "");
        }
    }
}

/* "30 days net", "10 dage": whether the terms name this many. */
static bool has_number(const char *text, int64_t number)
{
    while (*text) {
        char *end;

        if (!isdigit((unsigned char)*text)) {
            text++;
        } else if (strtoll(text, &end, 10) == number) {
            return true;
        } else {
            text = end;
        }
    }
    return false;
}

static void prove_dates(struct document *d, enum proof proof)
{
    prove(d, FIELD_ISSUE_DATE, proof);
    prove(d, FIELD_DUE_DATE, proof);
}

/* False, and said, where there is none or it is no day of the calendar. */
static bool has_day(struct judgement *j, enum field_id id, struct civil_date *ret)
{
    const char *value = document_value(j->d, id);

    if (!value)
        return false;
    if (civil_date_parse(value, ret))
        return true;
    document_add_reason(j->d, j->a, "no_such_date", (int)id, "%s: %s is no date",
                        field_info(id)->label, value);
    return false;
}

static void judge_issue(struct judgement *j, struct civil_date issue)
{
    const char *value = document_value(j->d, FIELD_ISSUE_DATE);
    int64_t age = civil_date_to_days(j->context->today) - civil_date_to_days(issue);

    if (!j->context->today.year)
        return;
    if (age < -LONGEST_AHEAD_DAYS)
        document_add_reason(j->d, j->a, "date_in_future", FIELD_ISSUE_DATE,
                            "issued %s, which is yet to come", value);
    if (age > LONGEST_PAST_DAYS)
        document_add_reason(j->d, j->a, "date_long_past", FIELD_ISSUE_DATE,
                            "issued %s, which is more than five years ago", value);
}

static void judge_dates(struct judgement *j)
{
    const char *terms = document_value(j->d, FIELD_PAYMENT_TERMS);
    struct civil_date issue, due;
    bool has_issue = has_day(j, FIELD_ISSUE_DATE, &issue);
    bool has_due = has_day(j, FIELD_DUE_DATE, &due);
    int64_t credit;

    if (has_issue)
        judge_issue(j, issue);
    if (!has_issue || !has_due)
        return;
    credit = civil_date_to_days(due) - civil_date_to_days(issue);
    if (credit < 0) {
        document_add_reason(j->d, j->a, "dates_out_of_order", FIELD_DUE_DATE,
                            "due %s, before it was issued %s", document_value(j->d, FIELD_DUE_DATE),
                            document_value(j->d, FIELD_ISSUE_DATE));
        return;
    }
    if (credit <= LONGEST_CREDIT_DAYS)
        prove_dates(j->d, PROOF_DATES_IN_ORDER);
    if (credit > 0 && terms && has_number(terms, credit))
        prove_dates(j->d, PROOF_TERMS);
}

static bool is_settled(const struct field *field)
{
    return field->proofs & (1u << PROOF_PERSON | 1u << PROOF_STRUCTURED);
}

/* A total read a little unsurely is sure when net + VAT make it and the VAT is a legal rate of that
 * net: no misreading of one number survives both equations. */
static bool is_proved_total(const struct document *d, enum field_id id)
{
    return id == FIELD_TOTAL_GROSS && has_proof(d, id, PROOF_TOTALS) &&
           has_proof(d, FIELD_TOTAL_VAT, PROOF_VAT_RATE) &&
           has_proof(d, FIELD_TOTAL_VAT, PROOF_VAT_AMOUNT);
}

/* The certificate decides where there is one; post_confidence is then a floor under it. */
static void judge_certainty(struct judgement *j, enum field_id id)
{
    const struct certificate *certificate = j->context->certificate;
    const struct field *field = &j->d->fields[id];
    const struct certificate_row *row;
    float threshold = j->context->post_confidence;

    if (certificate) {
        enum certificate_group group = certificate_group_of(j->d);

        row = &certificate->rows[group][id];
        if (!row->is_automated) {
            document_add_reason(j->d, j->a, "not_certified", (int)id,
                                "too few papers were checked (%s) to trust %s unseen",
                                certificate_group_name(group), field_info(id)->label);
            return;
        }
        threshold = fmaxf(threshold, row->threshold);
    } else if (is_proved_total(j->d, id)) {
        return;
    }
    if (field->confidence < threshold)
        document_add_reason(j->d, j->a, "low_confidence", (int)id, "%s %s is not certain",
                            field_info(id)->label, field->value);
}

/* A second look replaced the total, and both equations ask for what it read. */
static bool is_repaired_total(const struct document *d, enum field_id id)
{
    return has_proof(d, id, PROOF_SECOND_READING) && is_proved_total(d, id);
}

static void judge_required(struct judgement *j)
{
    static const enum field_id required[] = {FIELD_INVOICE_NUMBER, FIELD_ISSUE_DATE,
                                             FIELD_SELLER_NAME, FIELD_CURRENCY, FIELD_TOTAL_GROSS};

    for (size_t i = 0; i < ARRAY_LENGTH(required); i++) {
        const struct field *field = &j->d->fields[required[i]];
        const char *label = field_info(required[i])->label;

        if (!field->value)
            document_add_reason(j->d, j->a, "missing", (int)required[i], "%s was not found", label);
        else if (is_settled(field))
            continue;
        else if (field->alternative && !is_repaired_total(j->d, required[i]))
            document_add_reason(j->d, j->a, "ambiguous", (int)required[i],
                                "%s fits two ways: %s or %s", label, field->value,
                                field->alternative);
        else
            judge_certainty(j, required[i]);
    }
}

/* What the declared type cannot do without. An invoice's own required fields are asked for. */
static void judge_declared(struct judgement *j)
{
    for (size_t i = 0; i < j->d->n_required; i++) {
        const char *name = j->d->required[i];
        const struct field *field = document_find(j->d, name);
        enum field_id id;
        int at = field_parse(name, &id) ? (int)id : -1;

        if (!field)
            document_add_reason(j->d, j->a, "missing", at, "%s was not found", name);
        else if (!is_settled(field) && field->confidence < j->context->post_confidence)
            document_add_reason(j->d, j->a, "low_confidence", at, "%s %s is not certain", name,
                                field->value);
    }
}

/* Whether the two disagree where both speak of us. */
static void judge_buyer(struct judgement *j)
{
    const struct company *company = j->context->company;
    const char *buyer = document_value(j->d, FIELD_BUYER_REGISTRATION_ID);
    const char *name = document_value(j->d, FIELD_BUYER_NAME);

    if (!company || !company->registration_id || !company->registration_id[0] || !buyer ||
        has_proof(j->d, FIELD_BUYER_REGISTRATION_ID, PROOF_PERSON) ||
        !has_proof(j->d, FIELD_BUYER_REGISTRATION_ID, PROOF_CHECKSUM))
        return;
    if (!company_has_number(company, buyer))
        document_add_reason(j->d, j->a, "not_ours", FIELD_BUYER_NAME, "addressed to %s",
                            name ? name : buyer);
}

/* Reasons found while reading stay until a person has settled their field, or the type. */
static void keep_reasons(struct document *d)
{
    size_t kept = 0;

    for (size_t i = 0; i < d->n_reasons; i++) {
        const struct reason *reason = &d->reasons[i];

        if ((strcmp(reason->code, "xml_disagrees") == 0 ||
             (strcmp(reason->code, "correction") == 0 && d->type_code) ||
             strcmp(reason->code, "page_unread") == 0 ||
             strcmp(reason->code, "page_damaged") == 0) &&
            (reason->field < 0 || !has_proof(d, (enum field_id)reason->field, PROOF_PERSON)))
            d->reasons[kept++] = *reason;
    }
    d->n_reasons = kept;
}

void verdict_decide(struct arena *a, const struct extract_context *context, struct document *d)
{
    struct judgement j = {a, context, d, NULL};

    for (int i = 0; i < FIELD_COUNT; i++)
        d->fields[i].proofs &= ~COMPUTED;
    d->certificate = NULL;
    keep_reasons(d);
    if (d->type == DOCUMENT_UNKNOWN)
        document_add_reason(d, a, "type_unknown", -1,
                            "what kind of document this is, is not clear");
    if (!document_type_is_posted(d->type)) {
        judge_declared(&j);
        d->outcome = d->n_reasons ? OUTCOME_REVIEW : OUTCOME_FILE;
        return;
    }
    judge_totals(&j);
    judge_due(&j);
    judge_lines(&j);
    judge_vat(&j);
    judge_seller(&j);
    judge_required(&j); /* knows by now what the sums prove, and whether the seller is known */
    judge_payment(&j);
    judge_accounts(&j);
    judge_dates(&j);
    judge_buyer(&j);
    if (context->certificate)
        d->certificate = arena_printf(a, "%s %s", context->certificate->name,
                                      certificate_group_name(certificate_group_of(d)));
    d->outcome = d->n_reasons ? OUTCOME_REVIEW : OUTCOME_POST;
}
