/*
 * Constants and patterns. A supplier's own name, address, numbers and currency are the same on
 * every paper, so what a scanner garbled can be recognised: the constant's comparing form is
 * searched in all words with one error in eight letters (Myers' bit vectors, JACM 46(3), 1999: one
 * machine word of pattern, a few operations a letter). It must stand on the page; only the currency
 * and the name may be known without being read. A number that check digits prove stays as it is,
 * even where it contradicts the memory: then it is a new number, and a person shall see it.
 */
#include "pipeline/extract/memory.h"
#include "pipeline/extract/memory_private.h"

#include "base/arena.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

enum { LETTERS_AN_ERROR = 8 };
static_assert(PHRASE_KEY_SIZE <= 64, "a pattern is one word of bits");

static const float TRUSTED = 0.45f; /* weight of a constant that may correct: one clean sight */

static const enum field_id constants[] = {
    FIELD_CURRENCY,
    FIELD_SELLER_NAME,
    FIELD_SELLER_VAT_ID,
    FIELD_SELLER_ADDRESS,
    FIELD_SELLER_EMAIL,
    FIELD_SELLER_REGISTRATION_ID,
    FIELD_IBAN,
    FIELD_BIC,
    FIELD_BANK_ACCOUNT,
    FIELD_BANKGIRO,
    FIELD_PLUSGIRO,
    FIELD_BUYER_NAME,
    FIELD_BUYER_VAT_ID,
    FIELD_BUYER_ADDRESS,
    FIELD_BUYER_REGISTRATION_ID,
    FIELD_PAYMENT_TERMS,
    FIELD_BUYER_REFERENCE,
    FIELD_CONTRACT_REFERENCE,
};

/* All keys of the sheet in one string, and the token each letter came from. */
struct letters {
    char *text;
    int *token;
    int count;
};

static struct letters letters_of(const struct sheet *s, struct arena *a)
{
    struct letters l = {0};
    size_t room = 1;

    for (int i = 0; i < s->n_tokens; i++)
        room += strlen(s->tokens[i].key);
    l.text = arena_alloc(a, room);
    l.token = arena_alloc_array(a, room, sizeof *l.token);
    for (int i = 0; i < s->n_tokens; i++)
        for (const char *p = s->tokens[i].key; *p; p++) {
            l.token[l.count] = i;
            l.text[l.count++] = *p;
        }
    return l;
}

/* The best place where `key` stands with at most `most` edits: its last letter, or -1. */
static int search(const struct letters *l, const char *key, int most)
{
    uint64_t masks[256] = {0}, plus = ~UINT64_C(0), minus = 0;
    int length = (int)strlen(key), score = length, best = -1;

    for (int i = 0; i < length; i++)
        masks[(unsigned char)key[i]] |= UINT64_C(1) << i;
    for (int i = 0; i < l->count; i++) {
        uint64_t equal = masks[(unsigned char)l->text[i]], down = equal | minus;
        uint64_t across = (((equal & plus) + plus) ^ plus) | equal;
        uint64_t up_plus = minus | ~(across | plus), up_minus = plus & across;

        score += (int)(up_plus >> (length - 1) & 1) - (int)(up_minus >> (length - 1) & 1);
        up_plus <<= 1;
        up_minus <<= 1;
        plus = up_minus | ~(down | up_plus);
        minus = up_plus & down;
        if (score <= most) {
            most = score - 1;
            best = i;
        }
    }
    return best;
}

/* Where text is printed: runs from the token of its first letter to that of its last. */
static bool find_run(const struct letters *l, const char *text, int *ret_first, int *ret_last)
{
    char key[PHRASE_KEY_SIZE];
    int length = (int)words_key(text, key), end;

    if (length < 3)
        return false;
    end = search(l, key, length / LETTERS_AN_ERROR);
    if (end < 0)
        return false;
    *ret_last = l->token[end];
    *ret_first = l->token[end < length ? 0 : end - length + 1];
    return true;
}

/* An address stands in several lines: each of its parts must be found. */
static bool find_printed(const struct memory *m, const struct letters *l, const char *value,
                         struct field *ret)
{
    char *rest = arena_strdup(m->arena, value), *part;
    struct field found = {0};

    while ((part = strsep(&rest, ","))) {
        int first, last;

        if (!find_run(l, part, &first, &last))
            return false;
        if (found.page == 0) {
            const struct token *token = &m->s->tokens[first];

            found.page = m->s->pages[token->page]->number;
            found.box = token->printed;
            found.source = token->is_ocr ? SOURCE_OCR : SOURCE_TEXT;
        }
        for (int i = first; i <= last; i++)
            if (m->s->tokens[i].row == m->s->tokens[first].row)
                found.box = box_union(found.box, m->s->tokens[i].printed);
    }
    *ret = found;
    return true;
}

static bool may_stay_unprinted(enum field_id id, const struct field *field)
{
    return id == FIELD_CURRENCY ||
           (id == FIELD_SELLER_NAME && (!field->value || field->confidence < 0.6f));
}

static bool is_proved(const struct field *field)
{
    return field->value && (field->proofs & (1u << PROOF_CHECKSUM | 1u << PROOF_STRUCTURED));
}

static bool is_equal(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

static void fill_constant(const struct memory *m, const struct letters *l, enum field_id id,
                          struct document *d)
{
    const struct lesson *lesson = memory_best(m, id, LESSON_VALUE);
    float weight = lesson ? lesson_weight(lesson) : 0;
    struct field *field = &d->fields[id], found = {.source = SOURCE_MEMORY};

    if (weight < TRUSTED || (is_proved(field) && !is_equal(field->value, lesson->text)))
        return;
    if (!is_equal(field->value, lesson->text)) {
        if (!find_printed(m, l, lesson->text, &found) && !may_stay_unprinted(id, field))
            return;
        *field = found;
        field->value = lesson->text;
    }
    field->proofs |= 1u << PROOF_SUPPLIER_PATTERN;
    field->confidence = fmaxf(field->confidence, 0.84f + 0.14f * weight);
    field->alternative = NULL;
}

/* Looks like the earlier ones: the number its shape, the VAT its rates. */
static void mark_patterns(const struct memory *m, struct document *d)
{
    char shape[SHAPE_SIZE];

    for (int i = 0; i < m->n_hints; i++) {
        const struct lesson *lesson = m->hints[i].lesson;
        struct field *field = &d->fields[lesson->field];

        if (lesson->kind != LESSON_SHAPE || !field->value)
            continue;
        shape_of(field->value, shape);
        if (strcmp(shape, lesson->text) == 0)
            field->proofs |= 1u << PROOF_SUPPLIER_PATTERN;
    }
    for (size_t i = 0; i < d->n_vat; i++) {
        bool is_usual = false;

        for (int k = m->first[FIELD_TOTAL_VAT]; k < m->first[FIELD_TOTAL_VAT + 1]; k++)
            is_usual |= m->hints[k].lesson->kind == LESSON_RATE &&
                        is_equal(d->vat[i].rate, m->hints[k].lesson->text);
        if (!is_usual)
            return;
    }
    if (d->n_vat && d->fields[FIELD_TOTAL_VAT].value)
        d->fields[FIELD_TOTAL_VAT].proofs |= 1u << PROOF_SUPPLIER_PATTERN;
}

void memory_fill(const struct memory *m, struct arena *a, struct document *d)
{
    struct letters l;

    if (!m)
        return;
    l = letters_of(m->s, a);
    for (size_t i = 0; i < ARRAY_LENGTH(constants); i++)
        fill_constant(m, &l, constants[i], d);
    mark_patterns(m, d);
}
