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
        uint32_t at = familiar_index(phrase_hash(s->tokens[i].key));

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

static void find_words(struct features *f, const struct sheet *s, const struct familiar *familiar)
{
    float body = sheet_body_height(s);
    uint32_t before = 0;

    for (int i = 0; i < s->n_tokens; i++) {
        const struct token *token = &s->tokens[i];
        bool is_title = is_title_zone(s, token, body);
        uint32_t hash = phrase_hash(token->key);
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

/* Facts of layout, and how many of the words are words, and met often in business papers. */
static void find_layout(struct features *f, const struct sheet *s, const struct familiar *familiar)
{
    float *out = f->value + HASHED_FEATURES;
    int words = 0, known = 0;

    shape_find(out, s);
    for (int i = 0; i < s->n_tokens; i++) {
        if (!is_word(&s->tokens[i]))
            continue;
        words++;
        known += is_familiar(familiar, phrase_hash(s->tokens[i].key));
    }
    out[LAYOUT_FAMILIAR] = words ? (float)known / (float)words : 0;
    out[LAYOUT_WORDS] = s->n_tokens ? (float)words / (float)s->n_tokens : 0;
}

static void find_concepts(struct features *f, const struct sheet *s)
{
    float *anywhere = f->value + FEATURE_COUNT - CONCEPT_FEATURES;
    float *title = anywhere + CONCEPT_COUNT;
    const struct mention *main = sheet_main_title(s);

    for (int m = 0; m < s->n_mentions; m++)
        for (int c = 0; c < CONCEPT_COUNT; c++)
            if (s->mentions[m].concepts >> c & 1)
                anywhere[c] = 0.4f;
    for (int c = 0; main && c < CONCEPT_COUNT; c++)
        if (main->concepts >> c & 1)
            title[c] = box_height(&main->box) > 1.25f * sheet_body_height(s) ? 1.5f : 1;
}

/* A fact as a weight on the two knots around it, so that a linear model can bend there. */
static void find_steps(float steps[FACT_STEPS], float fact)
{
    static const float knots[FACT_STEPS] = {0, 0.05f, 0.1f, 0.2f, 0.35f, 0.5f, 0.75f, 1};
    int k = 0;

    memset(steps, 0, FACT_STEPS * sizeof *steps);
    while (k < FACT_STEPS - 1 && fact > knots[k + 1])
        k++;
    if (k == FACT_STEPS - 1) {
        steps[k] = 1;
        return;
    }
    steps[k + 1] = fmaxf(fact - knots[k], 0) / (knots[k + 1] - knots[k]);
    steps[k] = 1 - steps[k + 1];
}

void features_finish(struct features *f)
{
    const float *facts = f->value + HASHED_FEATURES;
    float *steps = f->value + HASHED_FEATURES + LAYOUT_FEATURES;
    float sum = 0;

    for (int i = 0; i < HASHED_FEATURES; i++)
        sum += f->value[i] * f->value[i];
    for (int i = 0; sum > 0 && i < HASHED_FEATURES; i++)
        f->value[i] *= 3 / sqrtf(sum);
    for (int i = 0; i < LAYOUT_FEATURES; i++)
        find_steps(steps + i * FACT_STEPS, facts[i]);
}

void features_find(struct features *f, const struct sheet *s, const struct familiar *familiar)
{
    memset(f, 0, sizeof *f);
    find_words(f, s, familiar);
    find_layout(f, s, familiar);
    find_concepts(f, s);
    features_finish(f);
}
