/*
 * A till's slip has no table and few labels, but says its total in many ways: beside a word for it,
 * as what was given less what came back, as a sum of what stands above it, rounded, and once more
 * in the summary of its tax. Each way adds to an amount's score, and the best is taken. The shop is
 * the first line of the head that ends in a legal form; a brand or a pencil mark above it is none.
 */
#include "pipeline/extract/receipt.h"
#include "pipeline/extract/party_lines.h"
#include "pipeline/extract/party_words.h"
#include "pipeline/extract/score.h"
#include "pipeline/extract/vat_rates.h"

#include "base/arena.h"
#include "models/money.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BIT CONCEPT_BIT

#define TOTAL_MIN 0.55f  /* a bare word for it two words away, or two weak signs */
#define SURE_NAME 0.99f  /* its worst word was read so: nothing is put right */
#define HEAD_SHARE 0.45f /* of the page, from the top: where a shop tells its name */

enum {
    SUM_ROWS = 8,   /* that a sum is made of */
    UNDER_ROWS = 3, /* from the rounding down to the rounded total */
    TAX_MIN = 5,    /* minor units */
    DIGITS_MIN = 4, /* of a company's number */
    NAME_WORDS_MAX = 9,
    AMOUNTS_MAX = 200 /* every three of them are tried: more than any slip has */
};

#define STRIP_SHARE 0.6f /* of its height: A4 is 0.71, the longest office paper 0.61 */

struct till {
    const struct candidates *c;
    const struct sheet *s;
    struct arena *a;
    int n; /* amounts come first among the candidates */
};

static int64_t minor_of(const struct till *t, int i)
{
    return amount_to_minor(t->c->items[i].amount.value);
}

static bool is_label(const struct till *t, int i, uint64_t concepts)
{
    const struct evidence *found = candidate_evidence(&t->c->items[i], t->s, concepts);

    return found && found->strength > 0.4f;
}

/* An amount of money: with its cents, or marked as money. */
static bool is_money(const struct till *t, int i)
{
    const struct amount *amount = &t->c->items[i].amount;

    return !amount->is_percent && (amount->decimals == 2 || amount->currency || amount->has_krone);
}

/* What was given less what came back. */
static float cash_support(const struct till *t, int g)
{
    float best = 0;

    for (int i = 0; i < t->n; i++)
        for (int k = 0; k < t->n && is_label(t, i, BIT(cash)); k++)
            if (k != i && k != g && is_label(t, k, BIT(cash)) && minor_of(t, k) >= 0 &&
                minor_of(t, i) - minor_of(t, k) == minor_of(t, g))
                best = fmaxf(best, minor_of(t, k) > 0 ? 1.2f : 0.5f);
    return best;
}

/* Right under the rounding, with the sum before it above: more. That sum itself: less than nothing.
 */
static float rounding_support(const struct till *t, int g)
{
    int row = t->c->items[g].row;
    float best = 0;

    for (int r = 0; r < t->n; r++) {
        int64_t rounding = llabs(minor_of(t, r));
        int at = t->c->items[r].row;

        if (r == g || !is_label(t, r, BIT(rounding)) || rounding == 0 ||
            rounding > MONEY_ROUNDING_MAX)
            continue;
        for (int b = 0; b < t->n; b++) {
            int other = t->c->items[b].row;

            if (b == r || llabs(minor_of(t, g) - minor_of(t, b)) != rounding)
                continue;
            if (other < at && row >= at && row <= at + UNDER_ROWS)
                best = fmaxf(best, 0.8f);
            else if (row < at && other >= at && other <= at + UNDER_ROWS && best == 0)
                best = -0.4f;
        }
    }
    return best;
}

static bool is_last_in_row(const struct till *t, int i)
{
    return is_money(t, i) && t->c->items[i].is_last_in_row;
}

/* The sum of the rows right above it, which end in amounts; surer where tax or rounding is among
 * them, for then it is no subtotal. */
static float sum_support(const struct till *t, int g)
{
    bool has_tax = false;
    int64_t sum = 0;
    int rows = 0;

    for (int i = t->n - 1; i >= 0 && rows < SUM_ROWS; i--) {
        if (t->c->items[i].row >= t->c->items[g].row || !is_last_in_row(t, i))
            continue;
        sum += minor_of(t, i);
        has_tax |= is_label(t, i, BIT(vat) | BIT(rounding));
        if (++rows > 1 && sum == minor_of(t, g))
            return has_tax ? 0.9f : 0.4f;
    }
    return 0;
}

static bool is_taxed(int64_t net, int64_t vat)
{
    for (const int *rate = vat_rates_known(); *rate >= 0; rate++)
        if (*rate > 0 && vat_rate_fits(net, vat, *rate))
            return true;
    return false;
}

/* The sum of a base and its tax at a known rate, both printed: more. One of the two: less. */
static float tax_support(const struct till *t, int g)
{
    float support = 0;

    for (int i = 0; i < t->n && support <= 0; i++)
        for (int k = 0; k < t->n && support <= 0; k++) {
            int64_t a = minor_of(t, i), b = minor_of(t, k), own = minor_of(t, g);

            if (b < TAX_MIN || (a + b != own && a - b != own) || !is_money(t, i) || !is_money(t, k))
                continue;
            if (a + b == own && is_taxed(a, b))
                support = 0.6f;
            else if (a - b == own && (is_taxed(own, b) || is_taxed(b, own)))
                support = -0.6f;
        }
    return support;
}

static float twice_support(const struct till *t, int g)
{
    float best = 0;

    for (int i = 0; i < t->n; i++)
        if (t->c->items[i].row != t->c->items[g].row && is_money(t, i) &&
            llabs(minor_of(t, i)) == minor_of(t, g)) /* "Cash -11.80" */
            best = fmaxf(best, is_label(t, i, BIT(cash)) ? 0.4f : 0.2f);
    return best;
}

/* A rate before the amount makes it the total of what is taxed at that rate, of which there may be
 * others. */
static bool is_of_a_rate(const struct till *t, int g)
{
    const struct candidate *total = &t->c->items[g];

    for (int i = 0; i < t->n; i++)
        if (t->c->items[i].row == total->row && t->c->items[i].first < total->first &&
            t->c->items[i].amount.is_percent)
            return true;
    return false;
}

static float score_total(const struct till *t, int g)
{
    const uint64_t against = BIT(vat) | BIT(rounding) | BIT(total_lines) | BIT(other);
    const struct candidate *c = &t->c->items[g];
    float proof, label;

    if (!is_money(t, g) || minor_of(t, g) <= 0 || is_label(t, g, BIT(rounding)))
        return 0;
    proof = cash_support(t, g) + rounding_support(t, g) + sum_support(t, g) + tax_support(t, g);
    label = score_labels(c, t->s, BIT(gross) | BIT(amount_due) | BIT(total), BIT(net),
                         against | (proof > 0.5f ? 0 : BIT(cash))); /* paid to the cent */
    if (is_label(t, g, BIT(amount_due)))
        label += 0.25f; /* "Total payable", among the totals of each rate */
    return proof + label + twice_support(t, g) + (c->is_last_in_row ? 0 : -0.3f) -
           (c->is_second ? 0.3f : 0) - (is_of_a_rate(t, g) ? 0.3f : 0) +
           0.1f * (float)c->row / (float)t->s->n_rows;
}

static void settle_total(const struct till *t, struct document *d)
{
    struct field *field = &d->fields[FIELD_TOTAL_GROSS];
    float top = TOTAL_MIN, next = 0;
    char text[MONEY_TEXT_SIZE];
    int best = -1;

    for (int i = 0; i < t->n; i++) {
        float score = score_total(t, i);

        if (score > top) {
            next = best >= 0 && minor_of(t, best) != minor_of(t, i) ? top : next;
            top = score;
            best = i;
        } else if (score > next && (best < 0 || minor_of(t, best) != minor_of(t, i))) {
            next = score;
        }
    }
    if (best < 0)
        return;
    money_format(minor_of(t, best), 2, text);
    field_from_candidate(field, &t->c->items[best], t->s, arena_strdup(t->a, text),
                         score_confidence(fminf(top / 1.5f, 1), top - next, &t->c->items[best]));
    if (twice_support(t, best) > 0)
        field->proofs |= 1u << PROOF_PRINTED_TWICE;
    if (is_label(t, best, BIT(gross) | BIT(total) | BIT(amount_due)))
        field->proofs |= 1u << PROOF_LABEL;
}

/* --- the shop ------------------------------------------------------------------------------- */

/* Ends the text where the company's number begins: "… SDN BHD (482915 X)", "… AS 943100365". */
static void cut_number(char *text)
{
    char *at = text;

    for (char *p = text; *p; p++) {
        int digits = 0;

        if (p > text && (strchr("({[", *p) || p[-1] == ' '))
            at = p;
        for (const char *q = at; *q && *q != ' ' && *q != ')'; q++)
            digits += isdigit((unsigned char)*q) != 0;
        if (digits >= DIGITS_MIN) {
            *at = '\0';
            break;
        }
    }
    for (size_t n = strlen(text); n > 0 && strchr(" ({[,", text[n - 1]); n--)
        text[n - 1] = '\0';
}

/* How many words of the text from the `first` on are legal forms, and how many are neither that nor
 * the like: "CO. (M) SDN. BHD." holds nothing else, "HARDWARE LTD" nothing that tells whose. */
static int count_forms(struct arena *a, const char *text, int first, int *ret_others)
{
    int forms = 0;

    *ret_others = 0;
    for (int i = 0; *text; i++) {
        size_t n = strcspn(text, " ");
        const char *word = arena_strndup(a, text, n);

        if (i >= first && is_legal_form(word))
            forms++;
        else if (word[0] != '(' && strncasecmp(word, "co", 2) != 0 && !party_words_is_trade(word))
            ++*ret_others;
        text += n + strspn(text + n, " ");
    }
    return forms;
}

static float worst_word(const struct sheet *s, int first, int end)
{
    float worst = 1;

    for (int i = first; i < end; i++)
        worst = fminf(worst, s->tokens[i].confidence);
    return worst;
}

/* Three letters, or what one misread of them leaves. */
static bool is_short(const char *key)
{
    return strlen(key) >= 2 && strlen(key) <= 4;
}

/* The legal form that is two words, Sdn Bhd, bears two misread letters: no other two words in a row
 * are as near to both. Forms of one word are too short (party_name.c has a table). */
static void repair_form(struct arena *a, char *text)
{
    size_t n = strlen(text), end = n;
    char key[2][PHRASE_KEY_SIZE];

    while (end > 0 && text[end - 1] != ' ')
        end--;
    if (end == 0)
        return;
    phrase_key(text + end, key[1], sizeof key[1]);
    for (end--; end > 0 && text[end - 1] != ' ';)
        end--;
    phrase_key(arena_strndup(a, text + end, strcspn(text + end, " ")), key[0], sizeof key[0]);
    if (strlen(text + end) >= strlen("SDN BHD") && is_short(key[0]) && is_short(key[1]) &&
        phrase_distance(key[0], "sdn", 2) + phrase_distance(key[1], "bhd", 2) <= 2)
        memcpy(text + end, "SDN BHD", sizeof "SDN BHD");
}

/* Where the company's number begins in a row, or the row ends. */
static int name_end(const struct sheet *s, const struct row *row)
{
    int end = row->first + 1;

    for (; end < row->first + row->count; end++) {
        const char *text = s->tokens[end].text;
        size_t marks = strcspn(text, "0123456789");

        if (strspn(text + marks, "0123456789") >= DIGITS_MIN && marks < 2)
            break;
    }
    return end;
}

/* Words alone: what may be the first half of a name. */
static bool is_wordy(const char *text)
{
    int letters = 0;

    for (; *text; text++) {
        if (isdigit((unsigned char)*text))
            return false;
        letters += isalpha((unsigned char)*text) != 0;
    }
    return letters >= 3;
}

/* The name that ends in a row of the head, or NULL; `ret_first` is the token it begins with. */
static char *name_in(const struct till *t, int r, int *ret_first)
{
    const struct row *row = &t->s->rows[r];
    char *text = sheet_text(t->s, t->a, row->first, row->count), *begin = "";
    int forms, others;

    *ret_first = row->first;
    cut_number(text);
    repair_form(t->a, text);
    forms = count_forms(t->a, text, 0, &others);
    if (forms == 0 || row->count > NAME_WORDS_MAX)
        return NULL;
    if (others > 0)
        return count_forms(t->a, text, 1, &others) > 0 ? text : NULL;
    if (r > 0)
        begin = sheet_text(t->s, t->a, row[-1].first, row[-1].count);
    if (!is_wordy(begin)) /* a legal form alone is nobody's name */
        return count_forms(t->a, text, 1, &others) == forms ? text : NULL;
    *ret_first = row[-1].first;
    return arena_printf(t->a, "%s %s", begin, text);
}

/* The first row of the head with a legal form; one that holds nothing else ends the row above. */
static void settle_seller(const struct till *t, struct document *d)
{
    const struct sheet *s = t->s;
    struct field *field = &d->fields[FIELD_SELLER_NAME];

    for (int r = 0; r < s->n_rows && s->rows[r].page == 0; r++) {
        int first, end = name_end(s, &s->rows[r]);
        struct box printed;
        char *name;

        if (s->rows[r].box.y0 > HEAD_SHARE * s->pages[0]->height_pt)
            return;
        name = name_in(t, r, &first);
        if (!name)
            continue;
        printed = s->tokens[first].printed;
        for (int i = first; i < end; i++)
            printed = box_union(printed, s->tokens[i].printed);
        *field = (struct field){.value = name,
                                .confidence = 0.3f + 0.65f * worst_word(s, first, end),
                                .reading = worst_word(s, first, end),
                                .page = s->pages[0]->number,
                                .box = printed,
                                .source = s->tokens[first].is_ocr ? SOURCE_OCR : SOURCE_TEXT};
        return;
    }
}

/* Puts the letters of a name right that was not surely read. */
static void repair_seller(const struct till *t, struct document *d)
{
    struct field *field = &d->fields[FIELD_SELLER_NAME];

    if (field->value && field->source == SOURCE_OCR && field->reading < SURE_NAME)
        field->value = party_words_repair(t->a, field->value);
}

/* Whether two dates differ in one figure, as printings of one day do of which one is misread. */
static bool is_one_figure_apart(const char *a, const char *b)
{
    int count = 0;

    for (; *a && *b; a++, b++)
        count += *a != *b;
    return count == 1;
}

static int count_printings(const struct till *t, const char *day)
{
    int times = 0;

    for (int i = t->n; i < t->c->count; i++)
        times += t->c->items[i].kind == CANDIDATE_DATE && strcmp(t->c->items[i].value, day) == 0;
    return times;
}

/* A slip's date needs no label: the one it prints most often, the first of those. One with a label
 * gives way to what is printed more often in all figures but one. */
static void settle_date(const struct till *t, struct document *d)
{
    const uint64_t others = BIT(due_date) | BIT(delivery_date) | BIT(period) | BIT(other);
    struct field *field = &d->fields[FIELD_ISSUE_DATE];
    int most = field->value ? count_printings(t, field->value) : 0;
    const struct candidate *best = NULL;

    for (int i = t->n; i < t->c->count; i++) {
        const struct candidate *c = &t->c->items[i];
        int times;

        if (c->kind != CANDIDATE_DATE || c->date.is_compact ||
            (field->value && !is_one_figure_apart(c->value, field->value)) ||
            score_labels(c, t->s, others, 0, 0) > 0.4f)
            continue;
        times = count_printings(t, c->value);
        if (times > most) {
            most = times;
            best = c;
        }
    }
    if (best)
        field_from_candidate(field, best, t->s, best->value,
                             (most > 1 ? 0.8f : 0.6f) * best->confidence);
}

static bool has_change(const struct till *t)
{
    for (int i = 0; i < t->n; i++)
        if (is_money(t, i) && cash_support(t, i) > 1)
            return true;
    return false;
}

/* Till paper is two or three inches wide, and as long as it takes. */
static bool is_strip(const struct sheet *s)
{
    return s->n_rows > 0 && s->pages[0]->width_pt < STRIP_SHARE * s->pages[0]->height_pt;
}

bool receipt_is_slip(const struct sheet *s, const struct document *d)
{
    return d->n_pages == 1 && !d->declared && (d->type == DOCUMENT_RECEIPT || is_strip(s));
}

/* The same, and other papers of one page that tell of cash. */
static bool is_slip(const struct till *t, const struct document *d)
{
    if (receipt_is_slip(t->s, d))
        return true;
    if (d->n_pages != 1 || d->declared)
        return false;
    for (int i = 0; i < t->n && !document_type_is_posted(d->type); i++)
        if (is_label(t, i, BIT(cash) | BIT(rounding)))
            return true;
    return has_change(t);
}

bool receipt_settle(const struct candidates *c, const struct sheet *s, struct arena *a,
                    struct document *d)
{
    struct till t = {.c = c, .s = s, .a = a};

    while (t.n < c->count && c->items[t.n].kind == CANDIDATE_AMOUNT)
        t.n++;
    if (t.n > AMOUNTS_MAX || !is_slip(&t, d))
        return false;
    if (!document_type_is_posted(d->type) || is_strip(s))
        settle_total(&t, d);
    settle_seller(&t, d);
    repair_seller(&t, d);
    settle_date(&t, d);
    return true;
}
