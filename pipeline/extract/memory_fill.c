/*
 * Constants and patterns. A supplier's own name, address, numbers and currency are the same on
 * every paper, so what a scanner garbled can be recognised where it stands (memory_print.c). The
 * currency and the name may be known without being read; what else tells who the supplier is, only
 * where every paper so far had it and another of its numbers was read, check digits and all; an
 * account only where its label stands on the paper besides: unreadable, not gone. A number that
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
    UNPRINTED = 1,   /* known without being read, where nothing was read surely */
    IDENTITY = 2,    /* names the company: a proved number elsewhere is somebody else's */
    AT_PLACE = 4,    /* only some papers have it: it counts where it stood before */
    KEPT = 8,        /* known where it was not read on a scan, see is_kept() */
    UNLABELLED = 16, /* kept without its label */
};

static const struct constant {
    enum field_id field;
    unsigned flags;
} constants[] = {
    {FIELD_CURRENCY, UNPRINTED},
    {FIELD_SELLER_NAME, UNPRINTED},
    {FIELD_SELLER_VAT_ID, IDENTITY | KEPT | UNLABELLED},
    {FIELD_SELLER_REGISTRATION_ID, IDENTITY | KEPT | UNLABELLED},
    {FIELD_SELLER_ADDRESS, KEPT | UNLABELLED},
    {FIELD_SELLER_EMAIL, KEPT | UNLABELLED},
    {FIELD_IBAN, KEPT},
    {FIELD_BIC, KEPT},
    {FIELD_BANK_ACCOUNT, KEPT},
    {FIELD_BANKGIRO, KEPT},
    {FIELD_PLUSGIRO, KEPT},
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

/* "Zahlbar" of "Zahlbar in 14 Tagen": the rest was lost. */
static bool is_part(const struct field *field, enum field_id id, const char *whole)
{
    char key[PHRASE_KEY_SIZE], all[PHRASE_KEY_SIZE];

    if (!field->value || field_info(id)->kind != FIELD_TEXT)
        return false;
    words_key(whole, all);
    return words_key(field->value, key) >= 5 && strstr(all, key);
}

/* One of the supplier's other numbers stands here, check digits and all. */
static bool is_proved_by_another(const struct memory *m, const struct candidates *c,
                                 enum field_id field)
{
    for (int i = 0; i < m->n_hints; i++) {
        const struct lesson *lesson = m->hints[i].lesson;

        if (lesson->kind != LESSON_VALUE || lesson->field == field || m->hints[i].weight < TRUSTED)
            continue;
        for (int k = 0; k < c->count; k++)
            if (c->items[k].is_checked && c->items[k].kind != CANDIDATE_REFERENCE &&
                kind_fits_field(c->items[k].kind, lesson->field) &&
                value_is_same(c->items[k].value, lesson->text))
                return true;
    }
    return false;
}

/* Every paper that taught anything had it. */
static bool is_on_every_paper(const struct memory *m, const struct lesson *lesson)
{
    int most = 0;

    for (int i = 0; i < m->n_hints; i++)
        if (m->hints[i].lesson->kind == LESSON_VALUE)
            most = m->hints[i].lesson->seen > most ? m->hints[i].lesson->seen : most;
    return lesson->seen == most && lesson->contradicted == 0;
}

static bool has_label_here(const struct memory *m, enum field_id field)
{
    for (int i = m->first[field]; i < m->first[field + 1]; i++)
        if (m->hints[i].n_anchors > 0)
            return true;
    return false;
}

/* On a scan what cannot be read may be there all the same; in a text layer it is not. */
static bool is_kept(const struct memory *m, const struct candidates *c,
                    const struct constant *constant, const struct lesson *lesson)
{
    return constant->flags & KEPT && m->s->n_tokens > 0 && m->s->tokens[0].is_ocr &&
           is_on_every_paper(m, lesson) &&
           (constant->flags & UNLABELLED || has_label_here(m, constant->field)) &&
           is_proved_by_another(m, c, constant->field);
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
        return constant->flags & IDENTITY && field->page > 0 &&
               !box_overlaps(&field->box, &c->printed);
    return !(constant->flags & AT_PLACE) || stands_at_place(m, constant->field, c);
}

static void fill_constant(const struct memory *m, const struct candidates *c,
                          const struct letters *l, const struct constant *constant,
                          struct document *d)
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
        else if (!may_take(m, constant, field, is_printed ? &found : NULL) &&
                 (field->value || is_printed || !is_kept(m, c, constant, lesson)))
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
            d->fields[i].page > 0 && box_overlaps(&d->fields[i].box, &c->printed))
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
        if (c->items[i].kind == CANDIDATE_DATE && box_overlaps(&c->items[i].printed, &start->box) &&
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
        fill_constant(m, c, &l, &constants[i], d);
    for (unsigned id = 0; id < FIELD_COUNT; id++)
        if (field_info(id)->kind == FIELD_DATE)
            fill_date(m, c, id, d);
    fill_period_end(m, c, d);
    mark_patterns(m, d);
}
