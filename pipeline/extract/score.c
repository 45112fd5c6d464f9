/*
 * One row a field: which kinds may fill it, which concepts are its label or may be, which are
 * another's. Of the candidates that may fill it the one with the highest score does, if it is
 * accepted; the weights are trained (scripts/train BUILD fields).
 */
#include "pipeline/extract/score.h"
#include "pipeline/extract/company.h"

#include "base/arena.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

#define KIND(name) (1u << CANDIDATE_##name)
#define BIT CONCEPT_BIT

enum { KINDS_THAT_HIDE = KIND(IBAN) | KIND(ACCOUNT) | KIND(DATE) | KIND(VAT_ID) };

const struct score_rule score_rules[] = {
    {FIELD_INVOICE_NUMBER, KIND(IDENTIFIER), BIT(invoice_number),
     BIT(title_invoice) | BIT(title_credit_note) | BIT(title_receipt) | BIT(title_reminder) |
         BIT(title_statement),
     BIT(customer_number) | BIT(order_reference) | BIT(preceding_invoice) | BIT(phone) |
         BIT(account) | BIT(registration_id) | BIT(vat_id) | BIT(buyer_vat_id) | BIT(page) |
         BIT(date) | BIT(issue_date) | BIT(due_date) | BIT(contract_reference) |
         BIT(payment_reference) | BIT(iban) | BIT(bic) | BIT(other)},
    {FIELD_ISSUE_DATE, KIND(DATE), BIT(issue_date), BIT(date) | BIT(title_invoice),
     BIT(due_date) | BIT(delivery_date) | BIT(period) | BIT(order_reference) |
         BIT(preceding_invoice) | BIT(cash) | BIT(other)},
    {FIELD_DUE_DATE, KIND(DATE), BIT(due_date), BIT(payment_terms),
     BIT(issue_date) | BIT(delivery_date) | BIT(period) | BIT(other)},
    {FIELD_DELIVERY_DATE, KIND(DATE), BIT(delivery_date), 0,
     BIT(issue_date) | BIT(due_date) | BIT(period) | BIT(other)},
    {FIELD_ORDER_REFERENCE, KIND(IDENTIFIER), BIT(order_reference), BIT(title_order),
     BIT(invoice_number) | BIT(customer_number) | BIT(contract_reference) | BIT(date) | BIT(other)},
    {FIELD_CONTRACT_REFERENCE, KIND(IDENTIFIER), BIT(contract_reference), 0,
     BIT(invoice_number) | BIT(order_reference) | BIT(customer_number) | BIT(other)},
    {FIELD_PRECEDING_INVOICE, KIND(IDENTIFIER), BIT(preceding_invoice), 0,
     BIT(order_reference) | BIT(customer_number) | BIT(other)},
    {FIELD_BUYER_REFERENCE, KIND(TEXT), BIT(buyer_reference), 0, BIT(our_reference)},
    {FIELD_PAYMENT_TERMS, KIND(TEXT), BIT(payment_terms), 0, 0},
    {FIELD_IBAN, KIND(IBAN), BIT(iban), BIT(account), 0},
    {FIELD_BIC, KIND(BIC), BIT(bic), 0, BIT(vat_id)},
    {FIELD_BANK_ACCOUNT, KIND(ACCOUNT), BIT(account), BIT(iban),
     BIT(payment_reference) | BIT(phone) | BIT(registration_id) | BIT(vat_id) | BIT(bankgiro) |
         BIT(plusgiro) | BIT(customer_number) | BIT(invoice_number)},
    {FIELD_BANKGIRO, KIND(BANKGIRO), BIT(bankgiro), 0, BIT(plusgiro) | BIT(registration_id)},
    {FIELD_PLUSGIRO, KIND(PLUSGIRO), BIT(plusgiro), 0, BIT(bankgiro)},
    {FIELD_PAYMENT_REFERENCE, KIND(REFERENCE), BIT(payment_reference), 0,
     BIT(account) | BIT(phone) | BIT(invoice_number) | BIT(customer_number) | BIT(amount_due) |
         BIT(registration_id) | BIT(vat_id) | BIT(order_reference) | BIT(other)},
    {FIELD_SELLER_EMAIL, KIND(EMAIL), BIT(email), 0, 0},
    {FIELD_SELLER_VAT_ID, KIND(VAT_ID), BIT(vat_id), BIT(registration_id), BIT(buyer_vat_id)},
    {FIELD_SELLER_REGISTRATION_ID, KIND(ORGANISATION) | KIND(IDENTIFIER), BIT(registration_id),
     BIT(vat_id),
     BIT(phone) | BIT(account) | BIT(bankgiro) | BIT(customer_number) | BIT(payment_reference) |
         BIT(invoice_number) | BIT(buyer_vat_id)},
    {FIELD_BUYER_VAT_ID, KIND(VAT_ID), BIT(buyer_vat_id), BIT(vat_id), 0},
    {FIELD_BUYER_REGISTRATION_ID, KIND(ORGANISATION), BIT(buyer_vat_id),
     BIT(registration_id) | BIT(vat_id), BIT(phone) | BIT(account)},
};

const int score_rule_count = ARRAY_LENGTH(score_rules);

float score_labels(const struct candidate *c, const struct sheet *s, uint64_t strong, uint64_t weak,
                   uint64_t against)
{
    float best = 0, worst = 0;

    for (int i = 0; i < c->n_evidence; i++) {
        uint64_t concepts = s->mentions[c->evidence[i].mention].concepts;
        float strength = c->evidence[i].strength;

        if (concepts & strong)
            best = fmaxf(best, strength);
        else if (concepts & weak)
            best = fmaxf(best, 0.6f * strength);
        else if (concepts & against)
            worst = fmaxf(worst, strength);
    }
    return worst > best ? best - 0.5f * worst : best;
}

static bool overlaps(const struct candidate *a, const struct candidate *b)
{
    return a->first < b->first + b->count && b->first < a->first + a->count;
}

/* Inside a proved IBAN, a long account or a date there are no other numbers; the digits of a VAT id
 * are a company's number only in Scandinavia. */
static bool hides(const struct candidate *other, enum candidate_kind kind)
{
    switch (other->kind) {
    case CANDIDATE_IBAN:
        return other->is_checked;
    case CANDIDATE_ACCOUNT:
        return other->is_checked && kind != CANDIDATE_IBAN && strlen(other->value) >= 16;
    case CANDIDATE_DATE:
        return !other->date.is_compact;
    case CANDIDATE_VAT_ID:
        return (kind == CANDIDATE_ORGANISATION ||
                (kind == CANDIDATE_IDENTIFIER && other->is_checked)) &&
               (other->value[0] == 'H' || strncmp(other->value, "DE", 2) == 0 ||
                strncmp(other->value, "GB", 2) == 0);
    default:
        return false;
    }
}

/* One flag a candidate, found once: twenty fields ask. */
static const bool *find_hidden(struct arena *a, const struct candidates *c)
{
    bool *is_hidden = arena_alloc_array(a, (size_t)c->count, sizeof *is_hidden);

    for (int k = 0; k < c->count; k++) {
        const struct candidate *other = &c->items[k];

        for (int i = 0; i < c->count && (1u << other->kind) & KINDS_THAT_HIDE; i++) {
            const struct candidate *item = &c->items[i];

            is_hidden[i] |= other->kind != item->kind && overlaps(other, item) &&
                            hides(other, item->kind);
        }
    }
    return is_hidden;
}

static bool lies_within(const struct candidate *a, const struct candidate *b)
{
    return a->first >= b->first && a->first + a->count <= b->first + b->count;
}

/* What is printed of a registered number of ours: the whole, or a group of its digits. */
static const bool *find_ours(struct arena *a, const struct candidates *c,
                             const struct company *company)
{
    bool *is_ours = arena_alloc_array(a, (size_t)c->count, sizeof *is_ours);

    for (int k = 0; k < c->count; k++) {
        if (!company_has_number(company, c->items[k].value))
            continue;
        for (int i = 0; i < c->count; i++)
            is_ours[i] |= lies_within(&c->items[i], &c->items[k]);
    }
    return is_ours;
}

float score_confidence(float score, float lead, const struct candidate *c)
{
    float logit = 5.5f * (score - 0.5f) + 2.5f * fminf(lead, 0.5f) + (c->is_checked ? 1.0f : 0);
    float p = 1 / (1 + expf(-logit));

    return fminf(p * (0.5f + 0.5f * c->confidence), 0.99f);
}

void field_from_candidate(struct field *field, const struct candidate *c, const struct sheet *s,
                          const char *value, float confidence)
{
    *field = (struct field){.value = value,
                            .confidence = confidence,
                            .reading = c->confidence,
                            .page = s->pages[c->page]->number,
                            .box = c->printed,
                            .source = c->is_ocr ? SOURCE_OCR : SOURCE_TEXT};
    if (c->is_checked)
        field->proofs |= 1u << PROOF_CHECKSUM;
}

/* Numbers of the buyer stand in the buyer's block or under the buyer's own label. Ours are never
 * the seller's, nor do they number an invoice or a payment. */
static bool fits_side(enum field_id field, const struct score_view *v, int i)
{
    const struct candidate *c = &v->c->items[i];
    bool is_buyers = parties_is_buyers(v->parties, &c->box, c->page, c->value) ||
                     candidate_evidence(c, v->s, BIT(buyer_vat_id));

    switch (field) {
    case FIELD_INVOICE_NUMBER:
    case FIELD_PAYMENT_REFERENCE:
        return !v->is_ours[i];
    case FIELD_SELLER_VAT_ID:
    case FIELD_SELLER_REGISTRATION_ID:
    case FIELD_SELLER_EMAIL:
        return !is_buyers && !v->is_ours[i];
    case FIELD_BUYER_VAT_ID:
    case FIELD_BUYER_REGISTRATION_ID:
        return is_buyers;
    default:
        return true;
    }
}

bool score_may_fill(const struct score_rule *rule, const struct score_view *v, int i)
{
    const struct candidate *c = &v->c->items[i];

    return (1u << c->kind) & rule->kinds && !v->is_hidden[i] && fits_side(rule->field, v, i);
}

/* Rows from a head of three columns and more down to the words of the totals. */
static const bool *find_goods(struct arena *a, const struct sheet *s)
{
    const uint64_t columns = BIT(col_description) | BIT(col_quantity) | BIT(col_price) |
                             BIT(col_article) | BIT(col_unit) | BIT(col_amount) | BIT(col_vat_rate);
    const uint64_t totals = BIT(total_lines) | BIT(net) | BIT(gross) | BIT(amount_due) | BIT(total);
    bool *is_goods = arena_alloc_array(a, (size_t)s->n_rows + 1, sizeof *is_goods);
    int m = 0, page = -1;

    for (int row = 0; row < s->n_rows; row++) {
        int heads = 0, ends = 0;

        for (; m < s->n_mentions && s->mentions[m].row <= row; m++) {
            heads += (s->mentions[m].concepts & columns) != 0;
            ends += (s->mentions[m].concepts & totals) && !s->mentions[m].is_inside;
        }
        if (heads >= 3)
            page = s->rows[row].page;
        else if (ends > 0)
            page = -1;
        is_goods[row] = s->rows[row].page == page;
    }
    return is_goods;
}

static bool writes_compact(const struct candidates *c, const struct sheet *s)
{
    for (int i = 0; i < c->count; i++)
        if (c->items[i].kind == CANDIDATE_DATE && c->items[i].date.is_compact &&
            score_labels(&c->items[i], s, BIT(issue_date) | BIT(due_date) | BIT(delivery_date), 0,
                         0) > 0.6f)
            return true;
    return false;
}

struct score_view score_view_of(struct arena *a, const struct candidates *c, const struct sheet *s,
                                const struct parties *parties)
{
    return (struct score_view){c,
                               s,
                               parties,
                               find_hidden(a, c),
                               find_ours(a, c, parties->company),
                               find_goods(a, s),
                               writes_compact(c, s)};
}

static float score_of(const float weights[SCORE_FEATURES], const struct score_rule *rule,
                      const struct score_view *v, int i)
{
    float features[SCORE_FEATURES], sum = 0;

    score_features(rule, v, i, features);
    for (int k = 0; k < SCORE_FEATURES; k++)
        sum += weights[k] * features[k];
    return sum;
}

static bool prints_again(const struct candidates *c, const struct candidate *best)
{
    for (int i = 0; i < c->count; i++)
        if (c->items[i].kind == best->kind && !overlaps(&c->items[i], best) &&
            strcmp(c->items[i].value, best->value) == 0)
            return true;
    return false;
}

/* The candidate with the highest score and the next of another value. */
struct choice {
    const struct candidate *best, *second;
    float top, next;
};

static struct choice choose(const float weights[SCORE_FEATURES], const struct score_rule *rule,
                            const struct score_view *v)
{
    struct choice choice = {0};

    for (int i = 0; i < v->c->count; i++) {
        const struct candidate *item = &v->c->items[i];
        float score;

        if (!score_may_fill(rule, v, i))
            continue;
        score = score_of(weights, rule, v, i);
        if (choice.best && strcmp(item->value, choice.best->value) == 0)
            choice.top = fmaxf(choice.top, score);
        else if (!choice.best || score > choice.top)
            choice = (struct choice){item, choice.best, score, choice.top};
        else if (score > choice.next) {
            choice.next = score;
            choice.second = item;
        }
    }
    return choice;
}

static void fill_field(const float weights[SCORE_FEATURES], const struct score_rule *rule,
                       const struct score_view *v, struct arena *a, struct document *d)
{
    struct choice choice = choose(weights, rule, v);
    const struct candidate *best = choice.best;
    struct field *field = &d->fields[rule->field];
    float lead = choice.top - choice.next;

    if (!best || choice.top < SCORE_ACCEPTED)
        return;
    field_from_candidate(field, best, v->s, best->value, score_confidence(choice.top, lead, best));
    if (score_labels(best, v->s, rule->own, 0, 0) > 0.4f)
        field->proofs |= 1u << PROOF_LABEL;
    if (prints_again(v->c, best))
        field->proofs |= 1u << PROOF_PRINTED_TWICE;
    if (best->kind == CANDIDATE_DATE && best->date.other.year) {
        char text[CIVIL_DATE_TEXT_SIZE];

        civil_date_format(best->date.other, text);
        field->alternative = arena_strdup(a, text);
    } else if (choice.second && lead < 0.08f) {
        field->alternative = choice.second->value;
    }
}

/* Two dates beside one "period" label are its start and end. */
static void fill_period(const struct candidates *c, const struct sheet *s, struct document *d)
{
    const struct candidate *first = NULL;

    for (int i = 0; i < c->count; i++) {
        const struct candidate *item = &c->items[i];

        if (item->kind != CANDIDATE_DATE ||
            score_labels(item, s, BIT(period), 0, BIT(due_date) | BIT(issue_date)) < 0.35f)
            continue;
        if (!first) {
            first = item;
        } else if (item->row == first->row || item->row == first->row + 1) {
            field_from_candidate(&d->fields[FIELD_PERIOD_START], first, s, first->value, 0.9f);
            field_from_candidate(&d->fields[FIELD_PERIOD_END], item, s, item->value, 0.9f);
            return;
        }
    }
}

/* Both were taken from the same words, so the numbers are the same, not only near. */
static bool is_same_box(const struct box *a, const struct box *b)
{
    return a->x0 == b->x0 && a->y0 == b->y0 && a->x1 == b->x1 && a->y1 == b->y1;
}

/* The same words cannot be two identifiers: the surer field keeps them. */
static void settle_identifiers(struct document *d)
{
    static const enum field_id others[] = {FIELD_PRECEDING_INVOICE, FIELD_ORDER_REFERENCE,
                                           FIELD_CONTRACT_REFERENCE};
    struct field *number = &d->fields[FIELD_INVOICE_NUMBER];

    for (int i = 0; i < 3; i++) {
        struct field *other = &d->fields[others[i]];

        if (!number->value || !other->value || number->page != other->page ||
            !is_same_box(&number->box, &other->box))
            continue;
        if (number->confidence >= other->confidence)
            *other = (struct field){0};
        else
            *number = (struct field){0};
    }
}

/* An IBAN proves the domestic account within it. */
static void confirm_account(struct document *d)
{
    const struct field *iban = &d->fields[FIELD_IBAN];
    struct field *account = &d->fields[FIELD_BANK_ACCOUNT];

    if (!iban->value || !account->value || !(iban->proofs & 1u << PROOF_CHECKSUM) ||
        strlen(account->value) < 7 || !strstr(iban->value + 4, account->value))
        return;
    account->proofs |= 1u << PROOF_CHECKSUM | 1u << PROOF_PRINTED_TWICE;
    account->confidence = fmaxf(account->confidence, iban->confidence);
}

void score_fields(const struct scorer *scorer, const struct candidates *c, const struct sheet *s,
                  const struct parties *parties, struct arena *a, struct document *d)
{
    struct score_view v = score_view_of(a, c, s, parties);

    for (int i = 0; scorer && i < score_rule_count; i++)
        if (scorer->is_fitted[score_rules[i].field])
            fill_field(scorer->weights[score_rules[i].field], &score_rules[i], &v, a, d);
    fill_period(c, s, d);
    settle_identifiers(d);
    confirm_account(d);
}
