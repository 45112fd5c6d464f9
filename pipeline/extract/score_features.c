/*
 * What is known of a candidate as the value of a field, in numbers: features only, no weights. A
 * feature that cannot be said of a candidate is 0.
 */
#include "pipeline/extract/checks.h"
#include "pipeline/extract/memory.h"
#include "pipeline/extract/score.h"
#include "pipeline/extract/weights.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KIND(name) (1u << CANDIDATE_##name)
#define BIT CONCEPT_BIT
#define UNHEARD 0.05f /* a label as weak as this is none */
#define OF_GOODS                                                                                   \
    0.7f /* what a label among the goods counts: "Order 7731 of 2 May" heads its lines */
#define TWO_SIDED 0.9f /* … one that may name something else as well */

static const uint64_t PAYING = BIT(iban) | BIT(bic) | BIT(account) | BIT(payment_reference) |
                               BIT(amount_due) | BIT(due_date);
static const uint64_t OTHER_NUMBERS = BIT(invoice_number) | BIT(preceding_invoice) |
                                      BIT(order_reference) | BIT(contract_reference) |
                                      BIT(customer_number) | BIT(vat_id) | BIT(registration_id) |
                                      BIT(buyer_vat_id) | BIT(phone) | BIT(other) | CONCEPT_TITLES;
static const float NAMED = 0.5f; /* a label this strong says what a number is */

enum {
    NEAR_ROWS = 2,
    KINDS_WITH_DIGITS = KIND(VAT_ID) | KIND(ORGANISATION) | KIND(IBAN) | KIND(ACCOUNT) |
                        KIND(BANKGIRO) | KIND(PLUSGIRO) | KIND(REFERENCE)
};

const char *score_feature_name(int feature)
{
    static const char *const names[] = {
#define FEATURE(name) #name,
#include "pipeline/extract/score_feature.def"
#undef FEATURE
    };

    return names[feature];
}

int scorer_parse(struct scorer *scorer, const char *bytes, size_t length, struct err *err)
{
    static const struct weight_format format = {SCORE_MAGIC, SCORE_FEATURES, score_feature_name};

    return weights_parse(&format, bytes, length, scorer->weights[0], scorer->is_fitted, err);
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

/* Where a company's number is part of its VAT number, and that is proved elsewhere on the paper. */
static bool is_in_vat_id(const struct score_view *v, const struct candidate *c)
{
    static const struct {
        char country[3];
        size_t length;
    } nested[] = {{"NO", 9}, {"SE", 10}, {"DK", 8}};

    for (int i = 0; i < v->c->count; i++) {
        const struct candidate *other = &v->c->items[i];

        if (other->kind != CANDIDATE_VAT_ID || !other->is_checked ||
            (other->row == c->row && box_overlap_x(&other->box, &c->box) > 0))
            continue;
        for (size_t k = 0; k < ARRAY_LENGTH(nested); k++)
            if (strncmp(other->value, nested[k].country, 2) == 0 &&
                strlen(c->value) == nested[k].length &&
                strncmp(other->value + 2, c->value, nested[k].length) == 0)
                return true;
    }
    return false;
}

/* A receipt prints its day once, without a label; elsewhere all other dates have labels of their
 * own. */
static bool is_only_date(const struct score_view *v, const struct candidate *c)
{
    const uint64_t labels = BIT(due_date) | BIT(delivery_date) | BIT(period) | BIT(payment_terms) |
                            BIT(order_reference) | BIT(preceding_invoice) | BIT(other);

    for (int i = 0; i < v->c->count; i++) {
        const struct candidate *other = &v->c->items[i];

        if (other->kind == CANDIDATE_DATE && !other->date.is_compact &&
            strcmp(other->value, c->value) != 0 && score_labels(other, v->s, labels, 0, 0) < 0.4f)
            return false;
    }
    return true;
}

static float strength_of(const struct evidence *evidence)
{
    return evidence ? evidence->strength : 0;
}

/* Whether the paper asks to pay where an account stands: within two rows of it, or by a Danish slip
 * anywhere on the page. */
static bool is_asked_to_pay(const struct score_view *v, const struct candidate *c)
{
    for (int m = 0; m < v->s->n_mentions; m++)
        if (v->s->mentions[m].concepts & PAYING && v->s->mentions[m].page == c->page &&
            abs(v->s->mentions[m].row - c->row) <= NEAR_ROWS)
            return true;
    for (int i = 0; i < v->c->count; i++)
        if (v->c->items[i].kind == CANDIDATE_REFERENCE && v->c->items[i].value[0] == '+' &&
            v->c->items[i].page == c->page)
            return true;
    return false;
}

/* How well an account that no label names is known as one: a proved IBAN holds it, or it has the
 * form of one and nothing else names it where the paper asks to pay. */
static float known_as_account(const struct score_view *v, const struct candidate *c)
{
    bool has_iban = false;

    for (int i = 0; i < v->c->count && !has_iban; i++) {
        const struct candidate *other = &v->c->items[i];

        has_iban = other->kind == CANDIDATE_IBAN && other->is_checked &&
                   account_is_same(other->value, c->value);
    }
    if (has_iban)
        return 1;
    for (int i = 0; i < c->n_evidence; i++)
        if (c->evidence[i].direction != BELOW && c->evidence[i].strength > NAMED &&
            v->s->mentions[c->evidence[i].mention].concepts & OTHER_NUMBERS)
            return 0;
    return c->has_form && is_asked_to_pay(v, c) ? 0.9f : 0;
}

/* The strength of the best label that speaks for the field. */
static float find_labels(const struct score_rule *rule, const struct score_view *v,
                         const struct candidate *c, bool takes_loose, float out[SCORE_FEATURES])
{
    const struct evidence *own = candidate_evidence(c, v->s, rule->own);
    bool is_free = rule->kinds & (KIND(IDENTIFIER) | KIND(TEXT) | KIND(DATE)) &&
                   !(rule->kinds & KIND(ORGANISATION)); /* no check digits: all is in the label */
    float goods = is_free && v->is_goods[c->row] ? OF_GOODS : 1;
    float strength = strength_of(own) * goods;
    float loose = takes_loose ? goods * strength_of(candidate_evidence(c, v->s, rule->loose)) : 0;
    float against = 0, best;

    if (is_free && own && v->s->mentions[own->mention].concepts & rule->against)
        strength *= TWO_SIDED;
    if (rule->field == FIELD_BANK_ACCOUNT && fmaxf(strength, loose) < NAMED)
        loose = fmaxf(loose, known_as_account(v, c));
    best = fmaxf(strength, loose);

    for (int i = 0; i < c->n_evidence; i++)
        if (v->s->mentions[c->evidence[i].mention].concepts & rule->against &&
            !(v->s->mentions[c->evidence[i].mention].concepts & (rule->own | rule->loose)))
            against = fmaxf(against, c->evidence[i].strength);
    if (own)
        out[SCORE_own_beside + own->direction] = strength;
    out[SCORE_loose] = best - strength;
    out[SCORE_against] = against > best ? against : 0;
    return best;
}

static bool is_compact(const struct candidate *c)
{
    return c->kind == CANDIDATE_DATE && c->date.is_compact;
}

static void find_form(const struct candidate *c, bool is_plain, float label,
                      float out[SCORE_FEATURES])
{
    bool has_digits = (1u << c->kind) & KINDS_WITH_DIGITS;
    size_t length = strlen(c->value);

    out[SCORE_self_proved] = proves_itself(c) ? 1 - fminf(label, 1) : 0;
    out[SCORE_checked] = has_digits && c->is_checked;
    out[SCORE_unchecked] = has_digits && !c->is_checked && !c->has_form;
    out[SCORE_compact] = is_compact(c);
    out[SCORE_plain] = is_plain; /* "HRB 12345" */
    out[SCORE_plain_odd] = is_plain && (length < 7 || (c->value[2] == ' ' && c->value[0] != 'H'));
    out[SCORE_length] = (float)length / 10;
}

static bool is_number_word(const struct sheet *s, int i)
{
    static const char *const words[] = {"nummer", "number", "nr", "no", "szam", "sorszam"};

    for (size_t k = 0; k < ARRAY_LENGTH(words); k++)
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
static void find_bare_number(const struct candidate *c, const struct sheet *s, float label,
                             float out[SCORE_FEATURES])
{
    const struct row *row = &s->rows[c->row];
    int before = c->first - 1;

    if (strlen(c->value) < 3 || label >= 1)
        return;
    while (before >= row->first && s->tokens[before].key[0] == '\0')
        before--;
    if (before >= row->first && is_number_word(s, before)) {
        out[SCORE_number_beside] = 1 - label;
        return;
    }
    for (int i = row->first - 1; i >= 0 && s->tokens[i].row == c->row - 1; i--)
        if (s->tokens[i].page == c->page && is_number_word(s, i) &&
            s->cells[s->tokens[i].cell].count == 1 &&
            c->box.y0 - s->tokens[i].box.y1 < 1.5f * row->height &&
            box_overlap_x(&s->tokens[i].box, &c->box) > 0.3f && has_facts(s, c->row - 1))
            out[SCORE_number_above] = 1 - label;
}

void score_features(const struct score_rule *rule, const struct score_view *v, int i,
                    float out[SCORE_FEATURES])
{
    const struct candidate *c = &v->c->items[i];
    bool is_plain = rule->field == FIELD_SELLER_REGISTRATION_ID && c->kind == CANDIDATE_IDENTIFIER;
    float label;

    memset(out, 0, SCORE_FEATURES * sizeof *out);
    label = find_labels(rule, v, c, !is_plain && (!is_compact(c) || v->writes_compact), out);
    find_form(c, is_plain, label, out);
    if (v->writes_compact)
        out[SCORE_compact] = 0;
    if (rule->field == FIELD_INVOICE_NUMBER && score_labels(c, v->s, rule->against, 0, 0) < 0.3f)
        find_bare_number(c, v->s, label, out);
    out[SCORE_bias] = 1;
    if (rule->field == FIELD_SELLER_REGISTRATION_ID && c->is_checked && is_in_vat_id(v, c))
        out[SCORE_self_proved] = 1 - fminf(label, 1);
    if (label <= UNHEARD) {
        out[SCORE_bare_valid] = (c->is_checked && !proves_itself(c)) || c->kind == CANDIDATE_EMAIL;
        if (c->kind == CANDIDATE_DATE && !is_compact(c)) {
            out[SCORE_bare_only_date] = is_only_date(v, c);
            out[SCORE_bare_first_date] = c->page == 0 && !out[SCORE_bare_only_date];
        }
    }
    out[SCORE_second_look] = c->is_second;
    out[SCORE_doubt] = 1 - c->confidence;
    if (c->page == 0 && v->s->pages[0]) {
        out[SCORE_first_page] = 1;
        out[SCORE_down] = c->box.y0 / v->s->pages[0]->height_pt;
    }
    out[SCORE_memory] = memory_evidence(v->c->memory, rule->field, c);
}
