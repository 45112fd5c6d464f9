/*
 * Constants and patterns. A supplier's own name, address, numbers and currency are the same on
 * every paper, so what a scanner garbled can be recognised where it stands (memory_print.c). Only
 * the currency and the name may be known without being read, and no account ever is. A number that
 * check digits prove stays as it is, even where it contradicts the memory: then it is a new number,
 * and a person shall see it; unless it is a third party's and our constant stands elsewhere.
 */
#include "pipeline/extract/memory.h"
#include "pipeline/extract/memory_private.h"
#include "pipeline/extract/score.h"

#include "base/arena.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

static const float TRUSTED = 0.45f; /* weight of a constant that may correct: one clean sight */
static const float PLACED = 0.3f;   /* evidence that fills a date nothing else found: a label */

enum constant_flag {
    UNPRINTED = 1, /* known without being read, where nothing was read surely */
    IDENTITY = 2,  /* names the company: a proved number elsewhere is somebody else's */
    AT_PLACE = 4,  /* only some papers have it: it counts where it stood before */
};

static const struct constant {
    enum field_id field;
    unsigned flags;
} constants[] = {
    {FIELD_CURRENCY, UNPRINTED},
    {FIELD_SELLER_NAME, UNPRINTED},
    {FIELD_SELLER_VAT_ID, IDENTITY},
    {FIELD_SELLER_REGISTRATION_ID, IDENTITY},
    {FIELD_SELLER_ADDRESS, 0},
    {FIELD_SELLER_EMAIL, 0},
    {FIELD_IBAN, 0},
    {FIELD_BIC, 0},
    {FIELD_BANK_ACCOUNT, 0},
    {FIELD_BANKGIRO, 0},
    {FIELD_PLUSGIRO, 0},
    {FIELD_BUYER_NAME, 0},
    {FIELD_BUYER_VAT_ID, IDENTITY},
    {FIELD_BUYER_REGISTRATION_ID, IDENTITY},
    {FIELD_BUYER_ADDRESS, 0},
    {FIELD_PAYMENT_TERMS, 0},
    {FIELD_BUYER_REFERENCE, AT_PLACE},
    {FIELD_CONTRACT_REFERENCE, AT_PLACE},
};

/* An address stands in several lines, and half of its letters will do. `*ret` is a candidate of
 * the first line found. */
static bool find_constant(const struct memory *m, const struct letters *l, const char *value,
                          struct candidate *ret)
{
    char *rest = arena_strdup(m->arena, value), *part;
    size_t found = 0, all = 0;

    while ((part = strsep(&rest, ","))) {
        int first, last;

        all += strlen(part);
        if (!find_print(l, part, &first, &last))
            continue;
        if (found == 0)
            *ret = candidate_of_run(m->s, first, last);
        found += strlen(part);
    }
    return 2 * found >= all && found > 0;
}

static bool stands_at_place(const struct memory *m, enum field_id field, const struct candidate *c)
{
    for (int i = m->first[field]; i < m->first[field + 1]; i++)
        if (lesson_is_place(m->hints[i].lesson->kind) && hint_selects(&m->hints[i], m->s, c))
            return true;
    return false;
}

static bool overlaps(const struct box *a, const struct box *b)
{
    return a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1;
}

/* "Zahlbar" of "Zahlbar in 14 Tagen": the rest was lost. */
static bool is_part(const struct field *field, enum field_id id, const char *whole)
{
    char key[PHRASE_KEY_SIZE], all[PHRASE_KEY_SIZE];

    if (!field->value || field_info(id)->kind != FIELD_TEXT)
        return false;
    words_key(whole, all);
    return words_key(field->value, key) >= 5 && strstr(all, key);
}

/* May the constant, found at `c` or nowhere (NULL), take the field? */
static bool may_take(const struct memory *m, const struct constant *constant,
                     const struct field *field, const struct candidate *c)
{
    bool is_proved = field->value &&
                     field->proofs & (1u << PROOF_CHECKSUM | 1u << PROOF_STRUCTURED);

    if (!c)
        return constant->flags & UNPRINTED && (!field->value || field->confidence < 0.6f);
    if (constant->field == FIELD_CURRENCY)
        return !field->value || (field->page == 0 && field->confidence < 0.9f);
    if (is_proved)
        return constant->flags & IDENTITY && field->page > 0 && !overlaps(&field->box, &c->printed);
    return !(constant->flags & AT_PLACE) || stands_at_place(m, constant->field, c);
}

static void fill_constant(const struct memory *m, const struct letters *l,
                          const struct constant *constant, struct document *d)
{
    const struct lesson *lesson = memory_best(m, constant->field, LESSON_VALUE);
    float weight = lesson ? lesson_weight(lesson) : 0;
    struct field *field = &d->fields[constant->field];
    struct candidate found;
    bool is_printed;

    if (weight < TRUSTED)
        return;
    if (!field->value || !value_is_same(field->value, lesson->text)) {
        is_printed = find_constant(m, l, lesson->text, &found);
        if (is_part(field, constant->field, lesson->text))
            field->confidence = 0;
        else if (!may_take(m, constant, field, is_printed ? &found : NULL))
            return;
        else if (is_printed)
            field_from_candidate(field, &found, m->s, NULL, 0);
        else
            *field = (struct field){.source = SOURCE_MEMORY};
        field->value = lesson->text;
    }
    field->proofs |= 1u << PROOF_SUPPLIER_PATTERN;
    field->confidence = fmaxf(field->confidence, 0.84f + 0.14f * weight);
    field->alternative = NULL;
}

/* ---- dates ---- */

static bool is_taken(const struct document *d, const struct candidate *c)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (d->fields[i].value && field_info((enum field_id)i)->kind == FIELD_DATE &&
            d->fields[i].page > 0 && overlaps(&d->fields[i].box, &c->printed))
            return true;
    return false;
}

/* A date where this supplier always prints it, under a label nobody else has. */
static void fill_date(const struct memory *m, const struct candidates *c, enum field_id id,
                      struct document *d)
{
    const struct candidate *best = NULL;
    float top = PLACED;

    for (int i = 0; i < c->count && !d->fields[id].value; i++) {
        float score = memory_evidence(m, id, &c->items[i]);

        if (score > top && !is_taken(d, &c->items[i])) {
            top = score;
            best = &c->items[i];
        }
    }
    if (best)
        field_from_candidate(&d->fields[id], best, m->s, best->value,
                             score_confidence(top, 0, best));
}

/* "01.03.2026 - 31.03.2026": the end stands behind the start, with marks or a word between. */
static void fill_period_end(const struct memory *m, const struct candidates *c, struct document *d)
{
    const struct field *start = &d->fields[FIELD_PERIOD_START];
    const struct candidate *first = NULL;

    if (d->fields[FIELD_PERIOD_END].value || start->page == 0 ||
        m->first[FIELD_PERIOD_END] == m->first[FIELD_PERIOD_END + 1])
        return;
    for (int i = 0; i < c->count; i++)
        if (c->items[i].kind == CANDIDATE_DATE && overlaps(&c->items[i].printed, &start->box) &&
            m->s->pages[c->items[i].page]->number == start->page)
            first = &c->items[i];
    for (int i = 0; first && i < c->count; i++) {
        int between = c->items[i].first - first->first - first->count;

        if (c->items[i].kind == CANDIDATE_DATE && c->items[i].row == first->row && between >= 0 &&
            between <= 2 && strcmp(c->items[i].value, first->value) >= 0) {
            field_from_candidate(&d->fields[FIELD_PERIOD_END], &c->items[i], m->s,
                                 c->items[i].value, start->confidence);
            return;
        }
    }
}

/* ---- patterns ---- */

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
            is_usual |= m->hints[k].lesson->kind == LESSON_RATE && d->vat[i].rate &&
                        strcmp(d->vat[i].rate, m->hints[k].lesson->text) == 0;
        if (!is_usual)
            return;
    }
    if (d->n_vat && d->fields[FIELD_TOTAL_VAT].value)
        d->fields[FIELD_TOTAL_VAT].proofs |= 1u << PROOF_SUPPLIER_PATTERN;
}

void memory_fill(const struct memory *m, const struct candidates *c, struct arena *a,
                 struct document *d)
{
    struct letters l;

    if (!m)
        return;
    l = letters_of(m->s, a);
    for (size_t i = 0; i < ARRAY_LENGTH(constants); i++)
        fill_constant(m, &l, &constants[i], d);
    for (unsigned id = 0; id < FIELD_COUNT; id++)
        if (field_info(id)->kind == FIELD_DATE)
            fill_date(m, c, id, d);
    fill_period_end(m, c, d);
    mark_patterns(m, d);
}
