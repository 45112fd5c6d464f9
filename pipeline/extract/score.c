/*
 * One row a field: which kinds may fill it, which concepts speak for it strongly or weakly, which
 * against, and what a checked number is worth without any label. The weights were set by hand on
 * generated papers and are few on purpose; a trained scorer replaces score_candidate() alone.
 */
#include "pipeline/extract/score.h"
#include "pipeline/extract/memory.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

#define KIND(name) (1u << CANDIDATE_##name)
#define BIT CONCEPT_BIT

struct field_rule {
    enum field_id field;
    unsigned kinds;
    uint64_t strong, weak, against;
    float unlabelled; /* what valid check digits are worth alone */
};

enum {
    KINDS_WITH_DIGITS = KIND(VAT_ID) | KIND(ORGANISATION) | KIND(IBAN) | KIND(ACCOUNT) |
                        KIND(BANKGIRO) | KIND(PLUSGIRO) | KIND(REFERENCE),
    KINDS_THAT_HIDE = KIND(IBAN) | KIND(ACCOUNT) | KIND(DATE) | KIND(VAT_ID)
};

static const struct field_rule rules[] = {
    {FIELD_INVOICE_NUMBER, KIND(IDENTIFIER), BIT(invoice_number),
     BIT(title_invoice) | BIT(title_credit_note) | BIT(title_receipt) | BIT(title_reminder) |
         BIT(title_statement),
     BIT(customer_number) | BIT(order_reference) | BIT(preceding_invoice) | BIT(phone) |
         BIT(account) | BIT(registration_id) | BIT(vat_id) | BIT(page) | BIT(date) |
         BIT(issue_date) | BIT(due_date) | BIT(contract_reference) | BIT(payment_reference) |
         BIT(iban) | BIT(bic) | BIT(other),
     0},
    {FIELD_ISSUE_DATE, KIND(DATE), BIT(issue_date), BIT(date) | BIT(title_invoice),
     BIT(due_date) | BIT(delivery_date) | BIT(period) | BIT(order_reference) |
         BIT(preceding_invoice) | BIT(cash) | BIT(other),
     0.3f},
    {FIELD_DUE_DATE, KIND(DATE), BIT(due_date), BIT(payment_terms),
     BIT(issue_date) | BIT(delivery_date) | BIT(period) | BIT(other), 0},
    {FIELD_DELIVERY_DATE, KIND(DATE), BIT(delivery_date), 0,
     BIT(issue_date) | BIT(due_date) | BIT(period) | BIT(other), 0},
    {FIELD_ORDER_REFERENCE, KIND(IDENTIFIER), BIT(order_reference), BIT(title_order),
     BIT(invoice_number) | BIT(customer_number) | BIT(contract_reference) | BIT(date) | BIT(other),
     0},
    {FIELD_CONTRACT_REFERENCE, KIND(IDENTIFIER), BIT(contract_reference), 0,
     BIT(invoice_number) | BIT(order_reference) | BIT(customer_number) | BIT(other), 0},
    {FIELD_PRECEDING_INVOICE, KIND(IDENTIFIER), BIT(preceding_invoice), 0,
     BIT(order_reference) | BIT(customer_number) | BIT(other), 0},
    {FIELD_BUYER_REFERENCE, KIND(TEXT), BIT(buyer_reference), 0, BIT(our_reference), 0},
    {FIELD_PAYMENT_TERMS, KIND(TEXT), BIT(payment_terms), 0, 0, 0},
    {FIELD_IBAN, KIND(IBAN), BIT(iban), BIT(account), 0, 0.6f},
    {FIELD_BIC, KIND(BIC), BIT(bic), 0, BIT(vat_id), 0},
    {FIELD_BANK_ACCOUNT, KIND(ACCOUNT), BIT(account), BIT(iban),
     BIT(payment_reference) | BIT(phone) | BIT(registration_id) | BIT(vat_id) | BIT(bankgiro) |
         BIT(plusgiro) | BIT(customer_number) | BIT(invoice_number),
     0.1f},
    {FIELD_BANKGIRO, KIND(BANKGIRO), BIT(bankgiro), 0, BIT(plusgiro) | BIT(registration_id), 0},
    {FIELD_PLUSGIRO, KIND(PLUSGIRO), BIT(plusgiro), 0, BIT(bankgiro), 0},
    {FIELD_PAYMENT_REFERENCE, KIND(REFERENCE), BIT(payment_reference), 0,
     BIT(account) | BIT(phone) | BIT(invoice_number) | BIT(customer_number) | BIT(amount_due) |
         BIT(registration_id) | BIT(vat_id) | BIT(order_reference) | BIT(other),
     0},
    {FIELD_SELLER_EMAIL, KIND(EMAIL), BIT(email), 0, 0, 0.5f},
    {FIELD_SELLER_VAT_ID, KIND(VAT_ID), BIT(vat_id), BIT(registration_id), BIT(buyer_vat_id), 0.5f},
    {FIELD_SELLER_REGISTRATION_ID, KIND(ORGANISATION) | KIND(IDENTIFIER), BIT(registration_id),
     BIT(vat_id),
     BIT(phone) | BIT(account) | BIT(bankgiro) | BIT(customer_number) | BIT(payment_reference) |
         BIT(invoice_number) | BIT(buyer_vat_id),
     0},
    {FIELD_BUYER_VAT_ID, KIND(VAT_ID), BIT(buyer_vat_id), BIT(vat_id), 0, 0.5f},
    {FIELD_BUYER_REGISTRATION_ID, KIND(ORGANISATION), BIT(buyer_vat_id),
     BIT(registration_id) | BIT(vat_id), BIT(phone) | BIT(account), 0},
};

static const float ACCEPTED = 0.42f; /* a lone label two words away still counts */

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

/* Forms so strict that nothing else looks like them: code lines, RF and FIK references, Hungarian
 * accounts (two check digits) and tax numbers printed 8-1-2. */
static bool proves_itself(const struct candidate *c)
{
    size_t n = strlen(c->value);

    if (!c->is_checked || c->is_code_line)
        return c->is_code_line;
    switch (c->kind) {
    case CANDIDATE_REFERENCE:
        return c->value[0] == '+' || c->value[0] == 'R';
    case CANDIDATE_ACCOUNT:
        return n == 16 || n == 24;
    case CANDIDATE_ORGANISATION:
        return n == 13 && c->value[8] == '-' && c->count == 1;
    default:
        return false;
    }
}

/* A receipt prints its day once, without a label; elsewhere all other dates have labels of their
 * own. */
static bool is_only_date(const struct candidates *all, const struct candidate *c,
                         const struct sheet *s)
{
    const uint64_t labels = BIT(due_date) | BIT(delivery_date) | BIT(period) | BIT(payment_terms) |
                            BIT(order_reference) | BIT(preceding_invoice) | BIT(other);

    for (int i = 0; i < all->count; i++)
        if (all->items[i].kind == CANDIDATE_DATE && !all->items[i].date.is_compact &&
            strcmp(all->items[i].value, c->value) != 0 &&
            score_labels(&all->items[i], s, labels, 0, 0) < 0.4f)
            return false;
    return true;
}

static bool is_number_word(const struct sheet *s, int i)
{
    static const char *const words[] = {"nummer", "number", "nr", "no", "szam", "sorszam"};

    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (s->cells[s->tokens[i].cell].first == i && strcmp(s->tokens[i].key, words[k]) == 0)
            return true;
    return false;
}

static bool has_facts(const struct sheet *s, int row)
{
    const uint64_t facts = BIT(date) | BIT(issue_date) | BIT(due_date) | BIT(customer_number);

    for (int m = 0; m < s->n_mentions; m++)
        if (s->mentions[m].row == row && s->mentions[m].concepts & facts)
            return true;
    return false;
}

/* "Number 10482" is the number of the paper itself. Above the value the bare word may head a column
 * of goods; there it counts in a row of labels that asks for a day or a customer. */
static float bare_number(const struct candidate *c, const struct sheet *s)
{
    const struct row *row = &s->rows[c->row];

    if (strlen(c->value) < 3)
        return 0;
    if (c->first > row->first && is_number_word(s, c->first - 1))
        return 0.65f;
    for (int i = row->first - 1; i >= 0 && s->tokens[i].row == c->row - 1; i--)
        if (s->tokens[i].page == c->page && is_number_word(s, i) &&
            s->cells[s->tokens[i].cell].count == 1 &&
            c->box.y0 - s->tokens[i].box.y1 < 1.5f * row->height &&
            box_overlap_x(&s->tokens[i].box, &c->box) > 0.3f && has_facts(s, c->row - 1))
            return 0.6f;
    return 0;
}

/* Page one and its upper half are likelier than what follows. */
static float score_candidate(const struct field_rule *rule, const struct candidate *c,
                             const struct candidates *all, const struct sheet *s)
{
    bool is_compact = c->kind == CANDIDATE_DATE && c->date.is_compact;
    bool is_plain = rule->field == FIELD_SELLER_REGISTRATION_ID && c->kind == CANDIDATE_IDENTIFIER;
    bool needs_label = is_plain || is_compact;
    float score = score_labels(c, s, rule->strong, needs_label ? 0 : rule->weak, rule->against);
    bool has_digits = (1u << c->kind) & KINDS_WITH_DIGITS;

    if (rule->field == FIELD_ISSUE_DATE) /* a bare "Date" on an invoice is nearly always its own */
        score = fmaxf(score, 0.85f * score_labels(c, s, BIT(date), 0, rule->against));
    if (rule->field == FIELD_INVOICE_NUMBER && score_labels(c, s, rule->against, 0, 0) < 0.3f)
        score = fmaxf(score, bare_number(c, s));
    if (proves_itself(c))
        score = fmaxf(score, 0.6f);
    else if (score <= 0.05f && c->is_checked)
        score += rule->unlabelled;
    if (score <= 0.05f && rule->field == FIELD_ISSUE_DATE && !is_compact)
        score += is_only_date(all, c, s) ? 0.5f : rule->unlabelled * (c->page == 0);
    if (score <= 0.05f && c->kind == CANDIDATE_EMAIL)
        score += rule->unlabelled;
    if (is_compact)
        score -= 0.15f;
    if (c->is_second)
        score -= 0.15f;
    if (is_plain) /* "HRB 12345", but neither a short number nor a VAT id a scanner cut in two */
        score -= strlen(c->value) < 7 || (c->value[2] == ' ' && c->value[0] != 'H') ? 1 : 0.1f;
    if (has_digits)
        score += c->is_checked ? 0.25f : -0.3f;
    if (c->page == 0 && s->pages[0])
        score += 0.04f - 0.03f * c->box.y0 / s->pages[0]->height_pt;
    /* A longer run of the same number says more than its beginning. */
    score += 0.002f * (float)strlen(c->value);
    score += memory_evidence(all->memory, rule->field, c);
    return score * (0.85f + 0.15f * c->confidence);
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
        return kind == CANDIDATE_ORGANISATION &&
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

/* Numbers of the buyer stand in the buyer's block or under the buyer's own label. */
static bool fits_side(enum field_id field, const struct candidate *c, const struct sheet *s,
                      const struct parties *parties)
{
    bool is_buyers = parties_is_buyers(parties, &c->box, c->page, c->value) ||
                     candidate_evidence(c, s, BIT(buyer_vat_id));

    switch (field) {
    case FIELD_SELLER_VAT_ID:
    case FIELD_SELLER_REGISTRATION_ID:
    case FIELD_SELLER_EMAIL:
        return !is_buyers;
    case FIELD_BUYER_VAT_ID:
    case FIELD_BUYER_REGISTRATION_ID:
        return is_buyers;
    default:
        return true;
    }
}

static bool prints_again(const struct candidates *c, const struct candidate *best)
{
    for (int i = 0; i < c->count; i++)
        if (c->items[i].kind == best->kind && !overlaps(&c->items[i], best) &&
            strcmp(c->items[i].value, best->value) == 0)
            return true;
    return false;
}

static void fill_field(const struct field_rule *rule, const struct candidates *c,
                       const bool *is_hidden, const struct sheet *s, const struct parties *parties,
                       struct arena *a, struct document *d)
{
    const struct candidate *best = NULL, *second = NULL;
    float top = 0, next = 0;
    struct field *field = &d->fields[rule->field];

    for (int i = 0; i < c->count; i++) {
        const struct candidate *item = &c->items[i];
        float score;

        if (!((1u << item->kind) & rule->kinds) || is_hidden[i] ||
            !fits_side(rule->field, item, s, parties))
            continue;
        score = score_candidate(rule, item, c, s);
        if (best && strcmp(item->value, best->value) == 0) {
            top = fmaxf(top, score);
        } else if (!best || score > top) {
            next = top;
            second = best;
            top = score;
            best = item;
        } else if (score > next) {
            next = score;
            second = item;
        }
    }
    if (!best || top < ACCEPTED)
        return;
    field_from_candidate(field, best, s, best->value, score_confidence(top, top - next, best));
    if (score_labels(best, s, rule->strong, 0, 0) > 0.4f)
        field->proofs |= 1u << PROOF_LABEL;
    if (prints_again(c, best))
        field->proofs |= 1u << PROOF_PRINTED_TWICE;
    if (best->kind == CANDIDATE_DATE && best->date.other.year) {
        char text[CIVIL_DATE_TEXT_SIZE];

        civil_date_format(best->date.other, text);
        field->alternative = arena_strdup(a, text);
    } else if (second && top - next < 0.08f) {
        field->alternative = second->value;
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

void score_fields(const struct candidates *c, const struct sheet *s, const struct parties *parties,
                  struct arena *a, struct document *d)
{
    const bool *is_hidden = find_hidden(a, c);

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        fill_field(&rules[i], c, is_hidden, s, parties, a, d);
    fill_period(c, s, d);
    settle_identifiers(d);
    confirm_account(d);
}
