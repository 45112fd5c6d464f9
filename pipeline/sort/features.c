/*
 * Hashed words. A word counts once a document however often it stands there; digits become 0, so
 * that numbers teach shapes and not values. Title words, which name the kind of paper, get features
 * of their own: large print, or the upper third of page one.
 */
#include "pipeline/sort/features.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

static const uint32_t WORD_SEED = 2166136261u;

static uint32_t hash_text(uint32_t seed, const char *text)
{
    uint32_t h = seed;

    for (; *text; text++) {
        char c = isdigit((unsigned char)*text) ? '0' : *text;

        h = (h ^ (unsigned char)c) * 16777619u;
    }
    return h;
}

static void set(struct features *f, uint32_t hash, float value)
{
    uint32_t bucket = (hash ^ hash >> FEATURE_BITS) & (HASHED_FEATURES - 1);

    f->value[bucket] = fmaxf(f->value[bucket], value);
}

static bool is_word(const struct token *token)
{
    int letters = 0;

    for (const char *p = token->key; *p; p++)
        letters += isalpha((unsigned char)*p) != 0;
    return letters >= 3 && letters * 2 > (int)strlen(token->key);
}

static uint32_t familiar_index(uint32_t hash)
{
    return (hash ^ hash >> FAMILIAR_BITS) & ((1u << FAMILIAR_BITS) - 1);
}

static bool is_familiar(const struct familiar *familiar, uint32_t hash)
{
    uint32_t i = familiar_index(hash);

    return !familiar || familiar->bits[i / 8] >> i % 8 & 1;
}

void features_count_words(const struct sheet *s, uint16_t seen[1 << FAMILIAR_BITS])
{
    struct familiar here = {0};

    for (int i = 0; i < s->n_tokens; i++) {
        uint32_t at = familiar_index(hash_text(WORD_SEED, s->tokens[i].key));

        if (!is_word(&s->tokens[i]) || here.bits[at / 8] >> at % 8 & 1)
            continue;
        here.bits[at / 8] |= (uint8_t)(1u << at % 8);
        seen[at] += seen[at] < UINT16_MAX;
    }
}

static bool is_title_zone(const struct sheet *s, const struct token *token, float body)
{
    const struct page *page = s->pages[token->page];

    return token->page == 0 &&
           (box_height(&token->box) > 1.35f * body || token->box.y0 < 0.36f * page->height_pt);
}

static float body_height(const struct sheet *s)
{
    int bins[128] = {0}, best = 1;

    for (int i = 0; i < s->n_tokens; i++) {
        int h = (int)(box_height(&s->tokens[i].box) * 2);

        if (h > 0 && h < 128 && ++bins[h] > bins[best])
            best = h;
    }
    return (float)best / 2;
}

static void find_words(struct features *f, const struct sheet *s, const struct familiar *familiar)
{
    float body = body_height(s);
    uint32_t before = 0;

    for (int i = 0; i < s->n_tokens; i++) {
        const struct token *token = &s->tokens[i];
        bool is_title = is_title_zone(s, token, body);
        uint32_t hash = hash_text(WORD_SEED, token->key);
        bool is_joined = i > 0 && s->tokens[i - 1].row == token->row && before;

        if (!is_word(token) || !is_familiar(familiar, hash)) {
            before = 0;
            continue;
        }
        set(f, hash, 1);
        if (is_title)
            set(f, hash * 31 + 7, 1.5f);
        if (is_title && box_height(&token->box) > 1.35f * body)
            set(f, hash * 31 + 11, 2);
        if (is_joined)
            set(f, before * 16777619u ^ hash, 0.7f);
        before = hash;
    }
}

static float squash(int count)
{
    return log2f(1 + (float)count) / 6;
}

/* How the page is written, in any language: shares of its words. */
static void find_manner(float *out, const struct sheet *s, const struct familiar *familiar)
{
    float all = fmaxf((float)s->n_tokens, 1);
    int words = 0, known = 0;
    int in_prose = 0, in_labels = 0, upper = 0, blanks = 0, dates = 0;

    for (int i = 0; i < s->n_cells; i++)
        in_prose += s->cells[i].count >= 9 ? s->cells[i].count : 0;
    for (int i = 0; i < s->n_mentions; i++)
        in_labels += s->mentions[i].is_inside ? 0 : s->mentions[i].count;
    for (int i = 0; i < s->n_tokens; i++) {
        const char *text = s->tokens[i].text;

        if (is_word(&s->tokens[i])) {
            words++;
            known += is_familiar(familiar, hash_text(WORD_SEED, s->tokens[i].key));
        }
        upper += isupper((unsigned char)text[0]) && isupper((unsigned char)text[1]);
        blanks += strstr(text, "__") || strstr(text, "....");
        dates += strlen(text) >= 8 && strspn(text, "0123456789./-") == strlen(text);
    }
    out[0] = (float)in_prose / all;
    out[1] = (float)in_labels / all;
    out[2] = (float)upper / all;
    out[3] = squash(blanks);
    out[4] = squash(dates);
    out[5] = squash(s->n_mentions);
    out[6] = squash(s->n_rows);
    out[7] = words ? (float)known / (float)words : 0;
    out[8] = (float)words / all;
}

/* "3.", "(b)", "12)", "IV.": what a question of a form is numbered by. */
static bool is_enumerator(const char *text)
{
    size_t n = strlen(text), body = strspn(text, "(") ? n - 2 : n - 1;

    return n >= 2 && n <= 5 && (text[n - 1] == '.' || text[n - 1] == ')') &&
           (strspn(text + (text[0] == '('), "0123456789") == body ||
            strspn(text + (text[0] == '('), "IVXivx") == body || body == 1);
}

/* Tills print 24 to 56 characters a line whatever the paper they are scanned on; the width of a
 * character is that of the page's words together, so that no unit is needed. */
static void find_strip(float *out, const struct sheet *s)
{
    const int till = 56;
    struct box all = {1e6f, 1e6f, 0, 0};
    float wide = 0, letters = 0;
    int rows = 0, wide_rows = 0, enumerated = 0;

    for (int i = 0; i < s->n_tokens; i++) {
        wide += s->tokens[i].box.x1 - s->tokens[i].box.x0;
        letters += (float)strlen(s->tokens[i].text);
    }
    for (int r = 0; r < s->n_rows; r++) {
        const struct token *first = &s->tokens[s->rows[r].first];
        const struct token *last = first + s->rows[r].count - 1;

        if (first->page > 0 || wide <= 0)
            continue;
        rows++;
        wide_rows += (last->box.x1 - first->box.x0) * letters / wide > (float)till;
        enumerated += is_enumerator(first->text);
        all = (struct box){fminf(all.x0, first->box.x0), fminf(all.y0, first->box.y0),
                           fmaxf(all.x1, last->box.x1), fmaxf(all.y1, last->box.y1)};
    }
    if (rows == 0)
        return;
    out[0] = (float)wide_rows / (float)rows;
    out[1] = wide_rows == 0;
    out[2] = fminf((all.x1 - all.x0) * letters / wide / 120, 1);
    out[3] = (float)enumerated / (float)rows;
}

/* Who pays later is named, with a number and a term; who paid at the till is not. */
static void find_debt(float *out, const struct sheet *s)
{
    const uint64_t debt = CONCEPT_BIT(buyer) | CONCEPT_BIT(deliver_to) | CONCEPT_BIT(due_date) |
                          CONCEPT_BIT(customer_number) | CONCEPT_BIT(payment_terms) |
                          CONCEPT_BIT(iban) | CONCEPT_BIT(account) | CONCEPT_BIT(bankgiro);
    int owed = 0, paid = 0;

    for (int m = 0; m < s->n_mentions; m++) {
        owed += (s->mentions[m].concepts & debt) != 0;
        paid += (s->mentions[m].concepts & CONCEPT_BIT(cash)) != 0;
    }
    out[0] = squash(owed);
    out[1] = squash(paid);
}

static void find_layout(struct features *f, const struct sheet *s, const struct familiar *familiar)
{
    float *out = f->value + HASHED_FEATURES;
    const struct page *page = s->n_pages ? s->pages[0] : NULL;
    int numbers = 0, amounts = 0, columns = 0, totals = 0, colons = 0;

    for (int i = 0; i < s->n_tokens; i++) {
        const char *text = s->tokens[i].text;
        size_t n = strlen(text);

        numbers += isdigit((unsigned char)text[0]) != 0;
        amounts += n > 3 && (text[n - 3] == ',' || text[n - 3] == '.') &&
                   isdigit((unsigned char)text[n - 1]);
        colons += text[n - 1] == ':';
    }
    for (int m = 0; m < s->n_mentions; m++) {
        columns += (s->mentions[m].concepts &
                    (CONCEPT_BIT(col_price) | CONCEPT_BIT(col_quantity))) != 0;
        totals += (s->mentions[m].concepts & (CONCEPT_BIT(gross) | CONCEPT_BIT(amount_due))) != 0;
    }
    out[0] = 1;
    out[1] = squash(s->n_tokens);
    out[2] = squash(numbers);
    out[3] = squash(amounts);
    out[4] = squash(columns);
    out[5] = squash(totals);
    out[6] = squash(colons);
    out[7] = squash(s->n_pages);
    out[8] = s->n_tokens ? (float)amounts / (float)s->n_tokens : 0;
    out[9] = s->n_rows ? (float)s->n_tokens / (float)s->n_rows / 12 : 0;
    out[10] = s->n_rows ? (float)s->n_cells / (float)s->n_rows / 4 : 0;
    out[11] = page && page->height_pt > 1.8f * page->width_pt;
    out[12] = page ? (float)page->n_rules / 40 > 1 ? 1 : (float)page->n_rules / 40 : 0;
    out[13] = page && page->n_barcodes > 0;
    out[14] = s->n_tokens < 12;
    out[15] = page && page->width_pt < 0.6f * page->height_pt;
    find_manner(out + 16, s, familiar);
    find_strip(out + 25, s);
    find_debt(out + 29, s);
}

static const uint64_t TITLES = CONCEPT_BIT(title_invoice) | CONCEPT_BIT(title_credit_note) |
                               CONCEPT_BIT(title_receipt) | CONCEPT_BIT(title_reminder) |
                               CONCEPT_BIT(title_order) | CONCEPT_BIT(title_delivery_note) |
                               CONCEPT_BIT(title_statement) | CONCEPT_BIT(title_letter) |
                               CONCEPT_BIT(title_form);

/* A title: on page one, first in its cell, no label with a colon, with a few words beside it. */
static bool is_title(const struct sheet *s, const struct mention *m)
{
    const struct cell *cell = &s->cells[s->tokens[m->first].cell];
    const char *last = s->tokens[m->first + m->count - 1].text;

    return m->page == 0 && (m->concepts & TITLES) && m->first == cell->first &&
           cell->count <= m->count + 5 && last[strlen(last) - 1] != ':' &&
           m->box.y0 < 0.6f * s->pages[0]->height_pt;
}

/* The largest title names the paper; of equals the topmost. Others are mentioned in passing. */
static const struct mention *main_title(const struct sheet *s)
{
    const struct mention *best = NULL;

    for (int m = 0; m < s->n_mentions; m++) {
        const struct mention *mention = &s->mentions[m];

        if (is_title(s, mention) &&
            (!best || box_height(&mention->box) > 1.15f * box_height(&best->box)))
            best = mention;
    }
    return best;
}

static void find_concepts(struct features *f, const struct sheet *s)
{
    float *anywhere = f->value + HASHED_FEATURES + LAYOUT_FEATURES;
    float *title = anywhere + CONCEPT_COUNT;
    const struct mention *main = main_title(s);

    for (int m = 0; m < s->n_mentions; m++)
        for (int c = 0; c < CONCEPT_COUNT; c++)
            if (s->mentions[m].concepts >> c & 1)
                anywhere[c] = 0.4f;
    for (int c = 0; main && c < CONCEPT_COUNT; c++)
        if (main->concepts >> c & 1)
            title[c] = box_height(&main->box) > 1.25f * body_height(s) ? 1.5f : 1;
}

void features_scale(struct features *f)
{
    float sum = 0;

    for (int i = 0; i < HASHED_FEATURES; i++)
        sum += f->value[i] * f->value[i];
    for (int i = 0; sum > 0 && i < HASHED_FEATURES; i++)
        f->value[i] *= 3 / sqrtf(sum);
}

void features_find(struct features *f, const struct sheet *s, const struct familiar *familiar)
{
    memset(f, 0, sizeof *f);
    find_words(f, s, familiar);
    features_scale(f);
    find_layout(f, s, familiar);
    find_concepts(f, s);
}
