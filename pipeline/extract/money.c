/*
 * A small exact search. Every printed amount gets a score for every role from its labels; amounts
 * that form net x rate = VAT are let in without one. All triples of the best are tried, the
 * equation net + VAT = gross weighing more than any label. Then, with those fixed, prepaid,
 * rounding and due, and after them lines, allowances and charges, each against its own equation.
 */
#include "pipeline/extract/money.h"
#include "pipeline/extract/readings.h"
#include "pipeline/extract/score.h"
#include "pipeline/extract/vat_rates.h"

#include "base/arena.h"
#include "models/money.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 24 };

/* What a label is worth of a scanned amount without a decimal mark, which may have lost it. */
static const float LOST_MARK = 0.6f;

struct solver {
    const struct candidates *c;
    const struct sheet *s;
    const struct items *items;
    struct arena *a;
    struct document *d;
    struct readings all;
    struct vat_hits hits;
    int chosen[ROLE_COUNT]; /* reading, or -1 */
    float best, second;     /* scores of the best triple and of the best with another gross */
    int64_t largest;        /* of all readings */
};

static int64_t minor_of(const struct solver *q, int reading)
{
    return reading < 0 ? 0 : q->all.items[reading].minor;
}

static float list_score(const struct reading *reading, enum role role)
{
    return reading->score[role] + (reading->fits_rate && role <= GROSS ? 0.1f : 0);
}

/* The readings worth trying for a role, best first; ended by the count. */
static int list_for(const struct solver *q, enum role role, int list[LIST_MAX])
{
    int n = 0;

    for (int i = 0; i < q->all.count; i++) {
        float score = list_score(&q->all.items[i], role);
        int at = n;

        if (score < (role <= GROSS ? 0.08f : 0.35f) ||
            (q->all.items[i].minor == 0 && (role == NET || role == GROSS)))
            continue;
        while (at > 0 && list_score(&q->all.items[list[at - 1]], role) < score)
            at--;
        if (at == LIST_MAX)
            continue;
        n = n < LIST_MAX ? n + 1 : n;
        for (int k = n - 1; k > at; k--)
            list[k] = list[k - 1];
        list[at] = i;
    }
    return n;
}

static bool is_known_rate(int64_t net, int64_t vat)
{
    for (const int *rate = vat_rates_known(); *rate >= 0; rate++)
        if (vat_rate_fits(net, vat, *rate))
            return true;
    return false;
}

/* Whether only a second look read it so: then an equation has to ask for it, not a label. */
static bool is_second(const struct solver *q, int reading)
{
    return reading >= 0 && q->all.items[reading].candidate >= 0 &&
           q->c->items[q->all.items[reading].candidate].is_second;
}

/* Quantities and prices close by chance too: three without a label are totals only where the gross
 * is among the largest amounts printed. */
static bool may_be_totals(const struct solver *q, int n, int v, int g)
{
    float label = fmaxf(q->all.items[n].score[NET],
                        fmaxf(q->all.items[v].score[VAT], q->all.items[g].score[GROSS]));

    return label > 0.25f || llabs(minor_of(q, g)) >= q->largest / 2;
}

static bool has_vat_rows(const struct solver *q)
{
    for (int i = 0; i < q->hits.count; i++)
        if (q->hits.items[i].vat != 0)
            return true;
    return false;
}

/* How well three choices (-1 for absent) explain the page. */
static float judge(const struct solver *q, int n, int v, int g)
{
    int64_t net = minor_of(q, n), vat = minor_of(q, v), gross = minor_of(q, g);
    float score = 0;
    int run;

    if ((is_second(q, n) || is_second(q, v) || is_second(q, g)) &&
        !(n >= 0 && v >= 0 && g >= 0 && net + vat == gross && vat != 0 && is_known_rate(net, vat)))
        return -1;
    score += n >= 0 ? q->all.items[n].score[NET] : 0;
    score += v >= 0 ? q->all.items[v].score[VAT] : 0;
    score += g >= 0 ? q->all.items[g].score[GROSS] : 0;
    if (n >= 0 && v >= 0 && g >= 0) {
        if (net + vat != gross || (vat == 0 && q->all.items[v].score[VAT] < 0.2f))
            return score - 0.85f; /* all three printed and at odds: shown, and never posted */
        if (!may_be_totals(q, n, v, g))
            return score;
        if (vat == 0 && has_vat_rows(q)) /* net = gross is true of any amount of another row */
            return score + 0.6f;
        score += 1.5f;
        if (is_known_rate(net, vat))
            score += 0.5f;
        if (vat_hits_window(&q->hits, net, vat, &run) >= 0 ||
            vat_hits_window(&q->hits, -net, -vat, &run) >= 0)
            score += 0.6f;
        return score;
    }
    if (g >= 0 && v >= 0)
        return score + (is_known_rate(gross - vat, vat) && vat != 0 ? 0.5f : -0.3f);
    if (g >= 0 && n >= 0) {
        if (gross == net)
            return score + 0.1f;
        return score +
               (is_known_rate(net, gross - net) && llabs(gross) > llabs(net) ? 0.3f : -0.8f);
    }
    return score;
}

static void try_triple(struct solver *q, int n, int v, int g)
{
    float score = judge(q, n, v, g);
    bool is_same = q->chosen[GROSS] >= 0 && g >= 0 &&
                   minor_of(q, q->chosen[GROSS]) == minor_of(q, g);

    if (score > q->best) {
        if (!is_same)
            q->second = q->best;
        q->best = score;
        q->chosen[NET] = n;
        q->chosen[VAT] = v;
        q->chosen[GROSS] = g;
    } else if (!is_same && score > q->second) {
        q->second = score;
    }
}

static void choose_totals(struct solver *q)
{
    int nets[LIST_MAX + 1], vats[LIST_MAX + 1], grosses[LIST_MAX + 1];
    int n_nets = list_for(q, NET, nets), n_vats = list_for(q, VAT, vats);
    int n_grosses = list_for(q, GROSS, grosses);

    nets[n_nets] = vats[n_vats] = grosses[n_grosses] = -1;
    q->best = q->second = 0.3f;
    for (int g = 0; g <= n_grosses; g++)
        for (int n = 0; n <= n_nets; n++)
            for (int v = 0; v <= n_vats; v++)
                try_triple(q, nets[n], vats[v], grosses[g]);
}

/* Lets in as due what a rounding makes of the total, whatever that sum is called. */
static void support_due(struct solver *q)
{
    int roundings[LIST_MAX];
    int64_t gross = minor_of(q, q->chosen[GROSS]);
    int n = q->chosen[GROSS] < 0 ? 0 : list_for(q, ROUNDING, roundings);

    for (int i = 0; i < q->all.count && n > 0; i++)
        for (int r = 0; r < n; r++) {
            struct reading *due = &q->all.items[i];
            int64_t rounding = llabs(minor_of(q, roundings[r]));

            if (due->candidate >= 0 && !due->is_item && rounding != 0 &&
                llabs(due->minor - gross) == rounding && due->score[GROSS] > 0.35f)
                due->score[DUE] = fmaxf(due->score[DUE], due->score[GROSS]);
        }
}

/* A deduction that nothing names, between the total and what is to pay, was paid before. */
static void support_prepaid(struct solver *q)
{
    int dues[LIST_MAX];
    int64_t gross = llabs(minor_of(q, q->chosen[GROSS]));
    int n = q->chosen[GROSS] < 0 ? 0 : list_for(q, DUE, dues);

    for (int k = 0; k < n; k++)
        for (int i = 0; i < q->all.count; i++) {
            struct reading *paid = &q->all.items[i];
            int64_t off = gross - llabs(minor_of(q, dues[k]));

            if (off > 0 && llabs(paid->minor) == off && paid->candidate >= 0 && !paid->is_item &&
                i != q->chosen[NET] && i != q->chosen[VAT] && paid->score[ROUNDING] < 0.35f &&
                q->all.items[dues[k]].score[DUE] > 0.6f)
                paid->score[PREPAID] = fmaxf(paid->score[PREPAID], 0.4f);
        }
}

/* Only as a deduction from the total: what a label alone calls so may be one from the lines. */
static bool may_be_prepaid(const struct solver *q, int reading, bool fits)
{
    return reading < 0 || fits || q->all.items[reading].score[PREPAID] > 0.6f;
}

/* due = gross - prepaid + rounding, with the rounding's sign as it fits. */
static void choose_due(struct solver *q)
{
    int dues[LIST_MAX + 1], prepaids[LIST_MAX + 1], roundings[LIST_MAX + 1];
    int n_dues = list_for(q, DUE, dues), n_prepaids = list_for(q, PREPAID, prepaids);
    int n_roundings = list_for(q, ROUNDING, roundings);
    int64_t gross = minor_of(q, q->chosen[GROSS]);
    float best = 0.2f;

    dues[n_dues] = prepaids[n_prepaids] = roundings[n_roundings] = -1;
    for (int d = 0; d <= n_dues; d++)
        for (int p = 0; p <= n_prepaids; p++)
            for (int r = 0; r <= n_roundings; r++) {
                int64_t due = minor_of(q, dues[d]), rest = gross - llabs(minor_of(q, prepaids[p]));
                int64_t rounding = llabs(minor_of(q, roundings[r]));
                bool fits = due == rest + rounding || due == rest - rounding;
                float score =
                    (dues[d] < 0 ? 0 : q->all.items[dues[d]].score[DUE]) +
                    (prepaids[p] < 0 ? 0 : q->all.items[prepaids[p]].score[PREPAID] - 0.2f) +
                    (roundings[r] < 0 ? 0 : q->all.items[roundings[r]].score[ROUNDING] - 0.2f);

                if (is_second(q, prepaids[p]) || is_second(q, roundings[r]) ||
                    (is_second(q, dues[d]) && !fits) ||
                    !may_be_prepaid(q, prepaids[p], fits && dues[d] >= 0))
                    continue;
                if (rounding > MONEY_ROUNDING_MAX)
                    continue;
                if (q->chosen[GROSS] >= 0)
                    score += dues[d] < 0 ? 0 : fits ? 0.8f : -0.6f;
                if (score > best) {
                    best = score;
                    q->chosen[DUE] = dues[d];
                    q->chosen[PREPAID] = prepaids[p];
                    q->chosen[ROUNDING] = roundings[r];
                }
            }
}

/* The net without its sign, printed or what VAT leaves of the gross; 0 when neither is known. */
static int64_t net_of(const struct solver *q)
{
    if (q->chosen[NET] >= 0)
        return llabs(minor_of(q, q->chosen[NET]));
    if (q->chosen[GROSS] >= 0 && q->chosen[VAT] >= 0)
        return llabs(minor_of(q, q->chosen[GROSS])) - llabs(minor_of(q, q->chosen[VAT]));
    return 0;
}

/* Lets in, unlabelled, what makes the lines' own sum the net: the sum itself, and the one amount
 * between the two. */
static void support_adjustments(struct solver *q)
{
    int64_t sum = llabs(q->items->sum_minor), net = net_of(q), off = net - sum;

    for (int i = 0; i < q->all.count && sum != 0 && off != 0; i++) {
        struct reading *reading = &q->all.items[i];
        bool is_sum = llabs(reading->minor) == sum;
        float *score = &reading->score[is_sum ? LINES : net > sum ? CHARGES : ALLOWANCES];

        if (reading->candidate >= 0 && !reading->is_item &&
            (is_sum || llabs(reading->minor) == llabs(off)))
            *score = fmaxf(*score, is_sum ? 0.65f : 0.45f);
    }
}

/* net = lines - allowances + charges, where the lines are a printed sum or the rows' own. Signs
 * aside: credit notes print them with a minus or without. */
static void choose_adjustments(struct solver *q)
{
    int lines[LIST_MAX + 1], allowances[LIST_MAX + 1], charges[LIST_MAX + 1];
    int n_lines = list_for(q, LINES, lines), n_allowances = list_for(q, ALLOWANCES, allowances);
    int n_charges = list_for(q, CHARGES, charges);
    int64_t net = net_of(q);
    float best = 0.3f;

    lines[n_lines] = allowances[n_allowances] = charges[n_charges] = -1;
    for (int l = 0; l <= n_lines; l++)
        for (int x = 0; x <= n_allowances; x++)
            for (int k = 0; k <= n_charges; k++) {
                int64_t sum = lines[l] < 0 ? q->items->sum_minor : minor_of(q, lines[l]);
                int64_t total = llabs(sum) - llabs(minor_of(q, allowances[x])) +
                                llabs(minor_of(q, charges[k]));
                bool is_strong = lines[l] >= 0 && q->all.items[lines[l]].score[LINES] > 0.6f;
                float score = (lines[l] < 0 ? 0 : q->all.items[lines[l]].score[LINES] - 0.3f) +
                              (allowances[x] < 0
                                   ? 0
                                   : q->all.items[allowances[x]].score[ALLOWANCES] - 0.35f) +
                              (charges[k] < 0 ? 0
                                              : q->all.items[charges[k]].score[CHARGES] - 0.35f);

                if ((lines[l] >= 0 && !is_strong) || is_second(q, lines[l]) ||
                    is_second(q, allowances[x]) || is_second(q, charges[k]))
                    continue;
                score += sum != 0 && total == net ? 0.9f : -0.5f;
                if (score > best) {
                    best = score;
                    q->chosen[LINES] = lines[l];
                    q->chosen[ALLOWANCES] = allowances[x];
                    q->chosen[CHARGES] = charges[k];
                }
            }
}

static bool prints_again(const struct solver *q, int reading)
{
    const struct candidate *own = &q->c->items[q->all.items[reading].candidate];

    for (int i = 0; i < q->all.count; i++) {
        int at = q->all.items[i].candidate;

        if (at >= 0 && minor_of(q, i) == minor_of(q, reading) &&
            (q->c->items[at].page != own->page ||
             q->c->items[at].first >= own->first + own->count ||
             own->first >= q->c->items[at].first + q->c->items[at].count))
            return true;
    }
    return false;
}

static void fill(struct solver *q, enum role role, int64_t minor, float confidence)
{
    struct field *field = &q->d->fields[role_field(role)];
    char text[MONEY_TEXT_SIZE];
    int reading = q->chosen[role];
    const char *value;

    money_format(minor, 2, text);
    value = arena_strdup(q->a, text);
    if (reading < 0 || q->all.items[reading].candidate < 0) {
        *field = (struct field){
            .value = value, .confidence = confidence * 0.9f, .source = SOURCE_TEXT};
        return;
    }
    field_from_candidate(field, &q->c->items[q->all.items[reading].candidate], q->s, value,
                         confidence);
    if (q->all.items[reading].score[role] > 0.4f)
        field->proofs |= 1u << PROOF_LABEL;
    if (prints_again(q, reading))
        field->proofs |= 1u << PROOF_PRINTED_TWICE;
}

static void fill_vat_rows(struct solver *q, int64_t net, int64_t vat)
{
    int count = 0, first = vat_hits_window(&q->hits, net, vat, &count);
    struct vat_row *rows;

    if (first < 0)
        first = vat_hits_window(&q->hits, -net, -vat, &count);
    if (first < 0) {
        count = 0;
        for (const int *rate = vat_rates_known(); *rate >= 0 && count == 0; rate++)
            if (vat_rate_fits(net, vat, *rate)) {
                q->hits.items = arena_alloc(q->a, sizeof *q->hits.items);
                q->hits.items[0] = (struct vat_hit){*rate, 0, net, vat};
                first = 0;
                count = 1;
            }
    }
    rows = arena_alloc_array(q->a, (size_t)count, sizeof *rows);
    for (int i = 0; i < count; i++) {
        const struct vat_hit *hit = &q->hits.items[first + i];
        char a[MONEY_TEXT_SIZE], b[MONEY_TEXT_SIZE];

        money_format(llabs(hit->net), 2, a);
        money_format(llabs(hit->vat), 2, b);
        rows[i] = (struct vat_row){
            .rate = hit->rate_bp % 100
                        ? arena_printf(q->a, "%d.%02d", hit->rate_bp / 100, hit->rate_bp % 100)
                        : arena_printf(q->a, "%d", hit->rate_bp / 100),
            .net = arena_strdup(q->a, a),
            .vat = arena_strdup(q->a, b)};
    }
    q->d->vat = rows;
    q->d->n_vat = (size_t)count;
}

static float confidence_of(const struct solver *q, bool closes, enum role role)
{
    int reading = q->chosen[role];
    float label = reading < 0 ? 0 : q->all.items[reading].score[role];
    float lead = fminf(q->best - q->second, 1), words = 1;

    if (reading >= 0 && q->all.items[reading].candidate >= 0) {
        const struct candidate *c = &q->c->items[q->all.items[reading].candidate];

        words = c->confidence;
        if (!closes && c->is_ocr && c->amount.decimals < 0)
            label *= LOST_MARK;
    }
    if (closes)
        return fminf(0.9f + 0.04f * label + 0.05f * lead, 0.99f) * (0.8f + 0.2f * words);
    return fminf(0.25f + 0.5f * label + 0.15f * lead, 0.9f) * (0.6f + 0.4f * words);
}

/* Where the page writes decimals with the very mark that stands in "1.234", the other reading of
 * the total stays alive. */
static void keep_other_reading(struct solver *q)
{
    const struct reading *gross = &q->all.items[q->chosen[GROSS]];
    const struct amount *amount = gross->candidate < 0 ? NULL
                                                       : &q->c->items[gross->candidate].amount;
    char text[MONEY_TEXT_SIZE];

    if (!amount || !amount->is_ambiguous)
        return;
    for (int i = 0; i < q->c->count && q->c->items[i].kind == CANDIDATE_AMOUNT; i++) {
        const struct amount *other = &q->c->items[i].amount;

        if (other->is_ambiguous || other->is_percent || other->decimals < 1 ||
            other->decimal_mark != amount->decimal_mark)
            continue;
        money_format(llabs(amount_to_minor(gross->is_unusual ? amount->value : amount->other)), 2,
                     text);
        q->d->fields[FIELD_TOTAL_GROSS].alternative = arena_strdup(q->a, text);
        return;
    }
}

static void fill_all(struct solver *q)
{
    int64_t net = minor_of(q, q->chosen[NET]), vat = minor_of(q, q->chosen[VAT]);
    int64_t gross = minor_of(q, q->chosen[GROSS]);
    int64_t rounding = gross < 0 ? -minor_of(q, q->chosen[ROUNDING])
                                 : minor_of(q, q->chosen[ROUNDING]);
    bool closes = q->chosen[NET] >= 0 && q->chosen[VAT] >= 0 && q->chosen[GROSS] >= 0 &&
                  net + vat == gross;

    for (int r = 0; r < ROLE_COUNT; r++)
        if (q->chosen[r] >= 0) {
            int64_t minor = minor_of(q, q->chosen[r]);

            fill(q, (enum role)r, r == ROUNDING ? minor : llabs(minor),
                 confidence_of(q, closes, (enum role)r));
        }
    if (q->chosen[GROSS] >= 0 && q->chosen[DUE] < 0) {
        q->chosen[DUE] = q->chosen[PREPAID] < 0 && q->chosen[ROUNDING] < 0 ? q->chosen[GROSS] : -1;
        fill(q, DUE, llabs(gross) - llabs(minor_of(q, q->chosen[PREPAID])) + rounding,
             confidence_of(q, closes, GROSS) * 0.95f);
    }
    if (q->chosen[GROSS] >= 0)
        keep_other_reading(q);
    if (closes)
        fill_vat_rows(q, net, vat);
}

bool money_solve(const struct candidates *c, const struct sheet *s, const struct items *items,
                 struct arena *a, struct document *d)
{
    struct solver q = {.c = c, .s = s, .items = items, .a = a, .d = d};
    bool *is_item_row = arena_alloc_array(a, (size_t)s->n_rows + 1, sizeof *is_item_row);

    for (int i = 0; i < items->count; i++)
        for (int row = items->items[i].first; row <= items->items[i].last; row++)
            is_item_row[row] = true;
    for (int r = 0; r < ROLE_COUNT; r++)
        q.chosen[r] = -1;
    vat_hits_find(&q.hits, c, s, is_item_row, a);
    readings_find(&q.all, a, c, s, is_item_row, &q.hits, items->sum_minor);
    for (int i = 0; i < q.all.count; i++)
        if (q.all.items[i].candidate >= 0 && !q.all.items[i].is_unusual)
            q.largest = llabs(q.all.items[i].minor) > q.largest ? llabs(q.all.items[i].minor)
                                                                : q.largest;
    choose_totals(&q);
    support_due(&q);
    support_prepaid(&q);
    choose_due(&q);
    if (net_of(&q) > 0) {
        support_adjustments(&q);
        choose_adjustments(&q);
    }
    fill_all(&q);
    return q.chosen[GROSS] >= 0 && minor_of(&q, q.chosen[GROSS]) < 0;
}
