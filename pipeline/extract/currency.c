/*
 * What stands with the total decides: an invoice abroad may print its VAT in two currencies. Else
 * printed codes and signs vote; "kr" is the krone of the language or of the seller's country.
 * Without any, the seller's country decides, and last our own currency, less and less surely; but a
 * paper without amounts has no currency.
 */
#include "pipeline/extract/currency.h"
#include "pipeline/extract/extract.h"

#include "base/mem.h"

#include "models/money.h"

#include <string.h>

enum { VOTES = 12 };

struct vote {
    const char *code;
    int count, token; /* a token that prints it, or -1 */
};

static struct vote *vote_for(struct vote votes[VOTES], const char *code)
{
    for (int i = 0; i < VOTES; i++) {
        if (!votes[i].code)
            votes[i] = (struct vote){code, 0, -1};
        if (strcmp(votes[i].code, code) == 0)
            return &votes[i];
    }
    return &votes[VOTES - 1];
}

static const struct home {
    const char *country, *language, *currency;
} homes[] = {{"NO", "nb", "NOK"}, {"SE", "sv", "SEK"}, {"DK", "da", "DKK"}, {"HU", "hu", "HUF"},
             {"DE", "de", "EUR"}, {"GB", "en", "GBP"}, {"AT", "", "EUR"},   {"FI", "", "EUR"},
             {"NL", "", "EUR"},   {"FR", "", "EUR"},   {"BE", "", "EUR"},   {"IE", "", "EUR"}};

static const char *home_currency(const struct document *d, bool krone_only)
{
    const char *vat_id = document_value(d, FIELD_SELLER_VAT_ID);
    const char *iban = document_value(d, FIELD_IBAN);
    const char *const signs[] = {vat_id, iban};

    for (int k = 0; k < 2; k++)
        for (size_t i = 0; signs[k] && i < ARRAY_LENGTH(homes); i++)
            if (strncmp(signs[k], homes[i].country, 2) == 0 && (!krone_only || i < 3))
                return homes[i].currency;
    for (size_t i = 0; i < ARRAY_LENGTH(homes); i++)
        if (d->language[0] && strcmp(d->language, homes[i].language) == 0 && (!krone_only || i < 3))
            return homes[i].currency;
    return NULL;
}

static void count_votes(const struct candidates *c, const struct sheet *s, struct vote votes[VOTES],
                        int *ret_krone)
{
    for (int i = 0; i < s->n_tokens; i++) {
        const char *text = s->tokens[i].text;
        size_t n = strlen(text);
        const char *code = n <= 4 ? currency_of_sign(text, (int)n) : NULL;

        if (code && strcmp(code, "kr") != 0 && (n < 3 || currency_is_known(text))) {
            struct vote *vote = vote_for(votes, code);

            vote->count += n == 3 ? 2 : 1;
            vote->token = i;
        }
    }
    for (int i = 0; i < c->count && c->items[i].kind == CANDIDATE_AMOUNT; i++) {
        if (c->items[i].amount.currency)
            vote_for(votes, c->items[i].amount.currency)->count += 2;
        *ret_krone += c->items[i].amount.has_krone;
    }
}

/* "25 $" on a scan: a percent sign misread. */
static bool is_percentage(const struct sheet *s, int token)
{
    const struct token *sign = &s->tokens[token];
    const char *rate = token > 0 ? sign[-1].text : "";
    size_t digits = strspn(rate, "0123456789");

    return sign->is_ocr && sign->text[0] == '$' && digits > 0 && digits < 3 && !rate[digits];
}

/* "… equals EUR 15.76 at the rate of 3 May": one mention, in a sentence, is no currency of the
 * paper. */
static bool is_aside(const struct sheet *s, const struct vote *vote)
{
    const struct row *row = vote->token < 0 ? NULL : &s->rows[s->tokens[vote->token].row];
    int words = 0, mentions = 0;

    for (int i = 0; i < s->n_tokens; i++) {
        const char *code = currency_of_sign(s->tokens[i].text, (int)strlen(s->tokens[i].text));

        mentions += code && strcmp(code, vote->code) == 0;
    }
    if (mentions != 1 || !row)
        return false;
    if (is_percentage(s, vote->token))
        return true;
    if (s->tokens[row->first + row->count - 1].cell - s->tokens[row->first].cell >= 2)
        return false; /* three cells are the heads of columns, no sentence */
    for (int i = row->first; i < row->first + row->count; i++)
        words += strlen(s->tokens[i].key) > 1 && !strpbrk(s->tokens[i].key, "0123456789");
    return words >= 5;
}

static void fill(struct document *d, const struct sheet *s, const struct vote *vote,
                 float confidence)
{
    struct field *field = &d->fields[FIELD_CURRENCY];

    *field = (struct field){.value = vote->code,
                            .confidence = confidence,
                            .source = s->n_pages && s->pages[0] && s->pages[0]->source != PAGE_TEXT
                                          ? SOURCE_OCR
                                          : SOURCE_TEXT};
    if (vote->token < 0)
        return;
    field->page = s->pages[s->tokens[vote->token].page]->number;
    field->box = s->tokens[vote->token].printed;
    field->proofs = 1u << PROOF_LABEL;
}

/* The code or sign that stands with the total itself, its token in *ret_token; NULL for none. */
static const char *currency_of_total(const struct candidates *c, const struct sheet *s,
                                     const struct document *d, int *ret_token)
{
    const struct field *total = &d->fields[FIELD_TOTAL_GROSS];

    for (int i = 0; i < c->count && c->items[i].kind == CANDIDATE_AMOUNT; i++) {
        const struct candidate *item = &c->items[i];
        int last = item->first + item->count - 1;

        if (!total->value || total->page != s->pages[item->page]->number ||
            !box_is_same(&item->printed, &total->box))
            continue;
        for (int k = item->first - 1; k <= last + 1; k++) {
            const char *text = k < 0 || k >= s->n_tokens ? "" : s->tokens[k].text;
            const char *code = currency_of_sign(text, (int)strlen(text));

            if (code && strcmp(code, "kr") != 0 && s->tokens[k].row == item->row) {
                *ret_token = k;
                return code;
            }
        }
        if (item->amount.currency) {
            *ret_token = item->first;
            return item->amount.currency;
        }
    }
    return NULL;
}

static bool has_amounts(const struct candidates *c)
{
    return c->count > 0 && c->items[0].kind == CANDIDATE_AMOUNT;
}

/* Nobody pays a letter or a form: its country lends it no currency for a number in its text. */
static bool is_of_money(const struct document *d)
{
    return d->type != DOCUMENT_LETTER && d->type != DOCUMENT_FORM;
}

void currency_decide(const struct candidates *c, const struct sheet *s,
                     const struct company *company, struct document *d)
{
    struct vote votes[VOTES] = {{0}}, best = {NULL, 0, -1};
    int krone = 0, second = 0;
    const char *home;

    best.code = currency_of_total(c, s, d, &best.token);
    if (best.code) {
        fill(d, s, &best, 0.97f);
        return;
    }
    count_votes(c, s, votes, &krone);
    home = home_currency(d, krone > 0);
    if (home && krone > 0) /* a speck that reads as a pound sign does not outvote "kr" */
        vote_for(votes, home)->count += 2 * krone;
    for (int i = 0; i < VOTES && votes[i].code; i++)
        if (votes[i].count > best.count) {
            second = best.count;
            best = votes[i];
        } else if (votes[i].count > second) {
            second = votes[i].count;
        }
    if (best.code && best.count > second &&
        (!home || strcmp(home, best.code) == 0 || !is_aside(s, &best))) {
        fill(d, s, &best, second ? 0.8f : 0.97f);
        return;
    }
    if (!home && company && company->currency && company->currency[0])
        home = company->currency;
    if (home && has_amounts(c) && is_of_money(d))
        fill(d, s, &(struct vote){home, 0, -1}, krone > 0 ? 0.95f : 0.85f);
}
