/*
 * Reads amounts for the money solver. Labels score an amount for every role; amounts that form a
 * triple at a known rate, or sums of VAT rows, are let in without a label; a till's cash and change
 * speak for its total. "1.234" is read both ways, but thousandths of a coin are the unusual one.
 */
#include "pipeline/extract/readings.h"
#include "pipeline/extract/memory.h"
#include "pipeline/extract/score.h"
#include "pipeline/extract/vat_rates.h"

#include "base/arena.h"
#include "models/money.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#define BIT CONCEPT_BIT
#define OTHERS (BIT(other) | BIT(carried)) /* earlier balances, deposits, sums of pages */

static const struct role_info {
    enum field_id field;
    uint64_t strong, weak, against;
} roles[ROLE_COUNT] = {
    [NET] = {FIELD_TOTAL_NET, BIT(net), BIT(vat_base) | BIT(total) | BIT(total_lines),
             BIT(vat) | BIT(gross) | BIT(amount_due) | BIT(prepaid) | BIT(cash) | OTHERS},
    [VAT] = {FIELD_TOTAL_VAT, BIT(vat), BIT(col_vat_rate),
             BIT(net) | BIT(gross) | BIT(amount_due) | OTHERS},
    [GROSS] = {FIELD_TOTAL_GROSS, BIT(gross), BIT(total) | BIT(amount_due),
               BIT(vat) | BIT(net) | BIT(prepaid) | BIT(cash) | BIT(rounding) | BIT(total_lines) |
                   OTHERS},
    [DUE] = {FIELD_AMOUNT_DUE, BIT(amount_due), 0,
             BIT(vat) | BIT(net) | BIT(prepaid) | BIT(cash) | OTHERS},
    [PREPAID] = {FIELD_PREPAID, BIT(prepaid), BIT(allowance), /* "Abschlag" is either */
                 BIT(gross) | BIT(net) | BIT(vat) | BIT(cash) | OTHERS},
    [ROUNDING] = {FIELD_ROUNDING, BIT(rounding), 0, BIT(gross) | BIT(net) | BIT(vat)},
    [LINES] = {FIELD_TOTAL_LINES, BIT(total_lines), BIT(net) | BIT(total),
               BIT(vat) | BIT(gross) | BIT(amount_due) | OTHERS},
    [ALLOWANCES] = {FIELD_TOTAL_ALLOWANCES, BIT(allowance), BIT(col_discount),
                    BIT(net) | BIT(gross) | BIT(vat)},
    [CHARGES] = {FIELD_TOTAL_CHARGES, BIT(charge), 0, BIT(net) | BIT(gross) | BIT(vat)},
};

enum { READINGS_MAX = 600, LONGEST_TERM_DAYS = 120 };

static const float UNUSUAL = 0.15f; /* less for every role, as for what only a second look saw */

struct finder {
    const struct candidates *c;
    const struct sheet *s;
    const bool *is_item_row;
    const struct vat_hits *hits;
    struct readings *out;
};

enum field_id role_field(enum role role)
{
    return roles[role].field;
}

/* "Payment due 15 days after", "30 dager netto": a bare number with what it counts behind it. */
static bool is_term(const struct finder *q, const struct candidate *c)
{
    const struct token *number = &q->s->tokens[c->first + c->count - 1], *next = number + 1;

    return c->amount.decimals < 0 && !c->amount.has_group && !c->amount.currency &&
           !c->amount.has_krone && llabs(c->amount.value) <= LONGEST_TERM_DAYS * AMOUNT_SCALE &&
           c->first + c->count < q->s->n_tokens && next->cell == number->cell &&
           isalpha((unsigned char)next->text[0]);
}

static void add_reading(struct finder *q, int candidate, int64_t value, bool is_unusual)
{
    const struct candidate *c = &q->c->items[candidate];
    struct reading *reading = &q->out->items[q->out->count];
    float best = 0;

    if (q->out->count == READINGS_MAX || value % 100 != 0)
        return;
    *reading = (struct reading){.candidate = candidate,
                                .minor = value / 100,
                                .is_item = q->is_item_row[c->row],
                                .is_unusual = is_unusual};
    for (int r = 0; r < ROLE_COUNT; r++) {
        float score = score_labels(c, q->s, roles[r].strong, roles[r].weak, roles[r].against);

        if (q->is_item_row[c->row])
            score *= 0.25f;
        if (!c->is_last_in_row && r <= DUE)
            score *= 0.85f;
        if (c->amount.is_repaired)
            score *= 0.8f;
        if (is_unusual || c->is_second)
            score -= UNUSUAL;
        score += memory_evidence(q->c->memory, roles[r].field, c);
        reading->score[r] = score;
        best = fmaxf(best, score);
    }
    /* A bare whole number is an amount only where a label says so. */
    if (c->amount.decimals < 0 && !c->amount.has_group && !c->amount.currency &&
        !c->amount.has_krone && (best < 0.45f || llabs(value) > 10000000 * (int64_t)AMOUNT_SCALE))
        return;
    q->out->count++;
}

/* Part of a date, or without a coin's mark part of a number that its check digits prove. */
static bool is_part_of_another(const struct candidates *c, const struct candidate *item)
{
    bool is_bare = item->amount.decimals < 0 && !item->amount.currency && !item->amount.has_krone;

    for (int i = 0; i < c->count; i++) {
        const struct candidate *other = &c->items[i];
        bool is_number = other->kind == CANDIDATE_IBAN || other->kind == CANDIDATE_VAT_ID;

        if (item->first >= other->first &&
            item->first + item->count <= other->first + other->count &&
            ((other->kind == CANDIDATE_DATE && other->count > 1) ||
             (is_number && other->is_checked && is_bare)))
            return true;
    }
    return false;
}

static void collect(struct finder *q)
{
    for (int i = 0; i < q->c->count && q->c->items[i].kind == CANDIDATE_AMOUNT; i++) {
        const struct amount *amount = &q->c->items[i].amount;

        if (amount->is_percent || is_part_of_another(q->c, &q->c->items[i]) ||
            is_term(q, &q->c->items[i]))
            continue;
        add_reading(q, i, amount->value, false);
        if (amount->is_ambiguous)
            add_reading(q, i, amount->other, true);
    }
}

static int find_minor(const struct finder *q, int64_t minor)
{
    for (int i = 0; i < q->out->count; i++)
        if (q->out->items[i].minor == minor && q->out->items[i].candidate >= 0)
            return i;
    return -1;
}

static void mark(struct finder *q, int64_t minor)
{
    int reading = find_minor(q, minor);

    if (reading >= 0)
        q->out->items[reading].fits_rate = true;
}

/* The sums of runs of VAT rows: marked where the page prints them, and readings of their own for
 * where it does not. */
static void collect_sums(struct finder *q)
{
    for (int first = 0; first < q->hits->count; first++) {
        int64_t net = 0, vat = 0;

        for (int last = first; last < q->hits->count && last < first + 4; last++) {
            net += q->hits->items[last].net;
            vat += q->hits->items[last].vat;
            mark(q, net);
            mark(q, vat);
            mark(q, net + vat);
            if (q->out->count + 2 > READINGS_MAX)
                return;
            q->out->items[q->out->count++] = (struct reading){
                .candidate = -1, .minor = net, .score[NET] = 0.2f, .fits_rate = true};
            q->out->items[q->out->count++] = (struct reading){
                .candidate = -1, .minor = vat, .score[VAT] = 0.2f, .fits_rate = true};
        }
    }
}

/* Marks amounts that are base, VAT and sum of a known rate, labelled or not. */
static void mark_triples(struct finder *q)
{
    for (int i = 0; i < q->out->count; i++)
        for (const int *rate = vat_rates_known(); *rate > 0; rate++) {
            int64_t net = q->out->items[i].minor, vat = money_percent(net, *rate);

            if (llabs(net) < 100 || llabs(vat) < 10)
                continue;
            for (int64_t off = -1; off <= 1; off++) {
                int v = find_minor(q, vat + off);
                int g = v < 0 ? -1 : find_minor(q, net + vat + off);

                if (g >= 0)
                    q->out->items[i].fits_rate = q->out->items[v].fits_rate =
                        q->out->items[g].fits_rate = true;
            }
        }
}

static bool has_percent(const struct finder *q, int row, int rate_bp)
{
    for (int i = 0; i < q->c->count && q->c->items[i].kind == CANDIDATE_AMOUNT; i++)
        if (q->c->items[i].row == row && q->c->items[i].amount.is_percent &&
            q->c->items[i].amount.value == (int64_t)rate_bp * (AMOUNT_SCALE / 100))
            return true;
    return false;
}

/* Whether `vat` is what the paper's own VAT rows, or the rate beside it, take of net + vat. */
static bool is_vat_of(const struct finder *q, int64_t net, const struct reading *vat)
{
    int run;

    if (vat_hits_window(q->hits, llabs(net), llabs(vat->minor), &run) >= 0 ||
        vat_hits_window(q->hits, -llabs(net), -llabs(vat->minor), &run) >= 0)
        return true;
    for (const int *rate = vat_rates_known(); *rate > 0; rate++)
        if (vat_rate_fits(net, vat->minor, *rate) &&
            has_percent(q, q->c->items[vat->candidate].row, *rate))
            return true;
    return false;
}

/* "Incl. VAT 25 %  200.00" below "To pay 1,000.00": the label means the total, the amount is the
 * VAT within it. */
static void mark_vat_within(struct finder *q)
{
    for (int g = 0; g < q->out->count; g++) {
        const struct reading *gross = &q->out->items[g];

        if (gross->candidate < 0 || fmaxf(gross->score[GROSS], gross->score[DUE]) < 0.4f)
            continue;
        for (int v = 0; v < q->out->count; v++) {
            struct reading *vat = &q->out->items[v];

            if (v == g || vat->candidate < 0 || llabs(vat->minor) < 10 ||
                !is_vat_of(q, gross->minor - vat->minor, vat))
                continue;
            vat->score[VAT] = fmaxf(vat->score[VAT], 0.6f);
            vat->score[GROSS] *= 0.3f;
        }
    }
}

static bool is_cash(const struct finder *q, int i)
{
    return q->out->items[i].candidate >= 0 &&
           candidate_evidence(&q->c->items[q->out->items[i].candidate], q->s, BIT(cash));
}

/* A till proves its total: what was given less what came back, or the same sum once more. */
static void add_till_support(struct finder *q)
{
    for (int g = 0; g < q->out->count; g++) {
        struct reading *gross = &q->out->items[g];
        float support = 0;

        for (int i = 0; i < q->out->count && gross->score[GROSS] > 0.05f; i++) {
            if (i != g && q->out->items[i].candidate >= 0 && q->out->items[i].minor == gross->minor)
                support = fmaxf(support, 0.15f);
            for (int k = 0; k < q->out->count && is_cash(q, i); k++)
                if (q->out->items[i].minor - q->out->items[k].minor == gross->minor && k != g &&
                    is_cash(q, k) && q->out->items[k].minor > 0)
                    support = 0.6f;
        }
        gross->score[GROSS] += support;
    }
}

static bool is_rounding(const struct reading *reading)
{
    return reading->score[ROUNDING] > 0.35f && reading->minor != 0 &&
           llabs(reading->minor) <= MONEY_ROUNDING_MAX;
}

/* "Rounding -0.37, to pay 1,250.00": less the rounding it is the total, printed or not. */
static void add_unrounded(struct finder *q)
{
    int n = q->out->count;

    for (int r = 0; r < n; r++)
        for (int g = 0; g < n && is_rounding(&q->out->items[r]); g++) {
            const struct reading *due = &q->out->items[g];

            for (int sign = -1; sign <= 1; sign += 2) {
                int64_t total = due->minor + sign * q->out->items[r].minor;

                if (g == r || due->candidate < 0 || due->is_item || q->out->count == READINGS_MAX ||
                    fmaxf(due->score[GROSS], due->score[DUE]) < 0.35f || find_minor(q, total) >= 0)
                    continue;
                q->out->items[q->out->count++] = (struct reading){
                    .candidate = -1, .minor = total, .score[GROSS] = 0.1f};
            }
        }
}

/* The lines' own sum is a net where the page prints none. */
static void add_lines_sum(struct finder *q, int64_t minor)
{
    if (minor != 0 && find_minor(q, minor) < 0 && q->out->count < READINGS_MAX)
        q->out->items[q->out->count++] = (struct reading){
            .candidate = -1, .minor = minor, .score[NET] = 0.15f};
}

void readings_find(struct readings *r, struct arena *a, const struct candidates *c,
                   const struct sheet *s, const bool *is_item_row, const struct vat_hits *hits,
                   int64_t lines_minor)
{
    struct finder q = {c, s, is_item_row, hits, r};

    *r = (struct readings){.items = arena_alloc_array(a, READINGS_MAX, sizeof *r->items)};
    collect(&q);
    add_lines_sum(&q, lines_minor);
    add_unrounded(&q);
    mark_triples(&q);
    mark_vat_within(&q);
    collect_sums(&q);
    add_till_support(&q);
}
