/*
 * Learning: a document whose fields a person has confirmed, against the lessons so far. For every
 * field the value is looked for among the candidates; lessons of place that point at it are borne
 * out, those that point at another candidate of its kind are contradicted, and labels and places
 * not known yet become new lessons. Shapes, constants and habits are compared with the value alone.
 *
 * A value that stands in several places teaches all of them; the next documents tell which is
 * right. Where a field has more lessons of one kind than there is room for, the one of least weight
 * goes.
 */
#include "pipeline/extract/memory.h"
#include "pipeline/extract/memory_private.h"

#include "base/arena.h"
#include "base/mem.h"
#include "models/money.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SPOTS_MAX = 3 };

/* Which lessons a field is given beside its places. */
enum { TEACH_PLACE = 1, TEACH_SHAPE = 2, TEACH_VALUE = 4 };

static const struct {
    enum field_id field;
    unsigned what;
} subjects[] = {
    {FIELD_INVOICE_NUMBER, TEACH_PLACE | TEACH_SHAPE},
    {FIELD_ISSUE_DATE, TEACH_PLACE},
    {FIELD_DUE_DATE, TEACH_PLACE},
    {FIELD_DELIVERY_DATE, TEACH_PLACE},
    {FIELD_PERIOD_START, TEACH_PLACE},
    {FIELD_PERIOD_END, TEACH_PLACE},
    {FIELD_CURRENCY, TEACH_VALUE},
    {FIELD_ORDER_REFERENCE, TEACH_PLACE | TEACH_SHAPE},
    {FIELD_BUYER_REFERENCE, TEACH_PLACE | TEACH_VALUE},
    {FIELD_CONTRACT_REFERENCE, TEACH_PLACE | TEACH_SHAPE | TEACH_VALUE},
    {FIELD_PAYMENT_TERMS, TEACH_PLACE | TEACH_VALUE},
    {FIELD_PAYMENT_REFERENCE, TEACH_PLACE | TEACH_SHAPE},
    {FIELD_SELLER_NAME, TEACH_VALUE},
    {FIELD_SELLER_VAT_ID, TEACH_PLACE | TEACH_VALUE},
    {FIELD_SELLER_REGISTRATION_ID, TEACH_PLACE | TEACH_VALUE},
    {FIELD_SELLER_ADDRESS, TEACH_VALUE},
    {FIELD_SELLER_EMAIL, TEACH_VALUE},
    {FIELD_BUYER_NAME, TEACH_VALUE},
    {FIELD_BUYER_VAT_ID, TEACH_VALUE},
    {FIELD_BUYER_REGISTRATION_ID, TEACH_VALUE},
    {FIELD_BUYER_ADDRESS, TEACH_VALUE},
    {FIELD_IBAN, TEACH_PLACE | TEACH_VALUE},
    {FIELD_BIC, TEACH_PLACE | TEACH_VALUE},
    {FIELD_BANK_ACCOUNT, TEACH_PLACE | TEACH_VALUE},
    {FIELD_BANKGIRO, TEACH_PLACE | TEACH_VALUE},
    {FIELD_PLUSGIRO, TEACH_PLACE | TEACH_VALUE},
    {FIELD_TOTAL_LINES, TEACH_PLACE},
    {FIELD_TOTAL_ALLOWANCES, TEACH_PLACE},
    {FIELD_TOTAL_CHARGES, TEACH_PLACE},
    {FIELD_TOTAL_NET, TEACH_PLACE},
    {FIELD_TOTAL_VAT, TEACH_PLACE},
    {FIELD_ROUNDING, TEACH_PLACE},
    {FIELD_TOTAL_GROSS, TEACH_PLACE},
    {FIELD_PREPAID, TEACH_PLACE},
    {FIELD_AMOUNT_DUE, TEACH_PLACE},
    {FIELD_PRECEDING_INVOICE, TEACH_PLACE | TEACH_SHAPE},
};

struct learner {
    struct arena *a;
    struct sheet s;
    struct candidates c;
    const struct document *d;
    bool is_approved;
    struct lessons *out;
    struct letters letters;
    size_t n_before; /* lessons that were there already */
};

static bool is_confirmed(const struct learner *q, enum field_id id)
{
    const struct field *field = &q->d->fields[id];

    return field->value && (q->is_approved || field->proofs & 1u << PROOF_PERSON);
}

/* ---- the list ---- */

static bool is_same_text(enum lesson_kind kind, const char *a, const char *b)
{
    if (kind == LESSON_RIGHT_OF || kind == LESSON_BELOW)
        return label_is_same(a, b);
    return kind == LESSON_VALUE ? value_is_same(a, b) : strcmp(a, b) == 0;
}

/* Less weight gives way first; of two alike the one seen less. */
static float standing(const struct lesson *lesson)
{
    return lesson_weight(lesson) + 0.01f * (float)lesson->seen -
           0.01f * (float)lesson->contradicted;
}

/* A place for a new lesson: behind the others, or instead of the weakest of its field and kind. */
static struct lesson *room_for(struct learner *q, enum field_id field, enum lesson_kind kind)
{
    struct lesson *weakest = NULL;
    int n = 0;

    for (size_t i = 0; i < q->out->n; i++) {
        struct lesson *lesson = &q->out->items[i];

        if (lesson->field != field || lesson->kind != kind)
            continue;
        n++;
        if (!weakest || standing(lesson) < standing(weakest))
            weakest = lesson;
    }
    if (n < LESSONS_A_FIELD && q->out->n < LESSONS_MAX)
        return &q->out->items[q->out->n++];
    return weakest && lesson_weight(weakest) < 0.5f ? weakest : NULL;
}

/* A lesson this document bears out; known ones were counted by test_places() or weigh_values(). */
static void add(struct learner *q, enum field_id field, enum lesson_kind kind, const char *text)
{
    struct lesson *slot;

    for (size_t i = 0; i < q->out->n; i++)
        if (q->out->items[i].field == field && q->out->items[i].kind == kind &&
            is_same_text(kind, q->out->items[i].text, text))
            return;
    slot = room_for(q, field, kind);
    if (slot)
        *slot = (struct lesson){.field = field, .kind = kind, .text = text, .seen = 1};
}

/* Counts the lessons of one kind against what this document says. */
static void weigh_values(struct learner *q, enum field_id field, enum lesson_kind kind,
                         const char *text)
{
    for (size_t i = 0; i < q->n_before; i++) {
        struct lesson *lesson = &q->out->items[i];

        if (lesson->field != field || lesson->kind != kind)
            continue;
        if (is_same_text(kind, lesson->text, text))
            lesson->seen++;
        else if (kind != LESSON_RATE) /* one rate does not speak against another */
            lesson->contradicted++;
    }
    add(q, field, kind, arena_strdup(q->a, text));
}

/* ---- places ---- */

static bool prints_value(const struct candidate *c, enum field_id field, const char *value)
{
    int64_t minor;

    if (!kind_fits_field(c->kind, field))
        return false;
    if (c->kind != CANDIDATE_AMOUNT)
        return c->value && strcmp(c->value, value) == 0;
    if (c->amount.is_percent || !money_parse(value, 2, &minor))
        return false;
    return llabs(amount_to_minor(c->amount.value)) == llabs(minor) ||
           (c->amount.is_ambiguous && llabs(amount_to_minor(c->amount.other)) == llabs(minor));
}

static void test_place(struct learner *q, struct lesson *lesson, const char *value)
{
    struct hint hint = hint_on(lesson, &q->s);
    bool is_right = false, is_wrong = false;

    for (int i = 0; i < q->c.count; i++) {
        const struct candidate *c = &q->c.items[i];

        if (!kind_fits_field(c->kind, lesson->field) || !hint_selects(&hint, &q->s, c))
            continue;
        if (prints_value(c, lesson->field, value))
            is_right = true;
        else
            is_wrong = true;
    }
    lesson->seen += is_right;
    lesson->contradicted += is_wrong && !is_right;
}

static bool lies_in(const struct candidate *c, const struct field *field, const struct sheet *s)
{
    float x = (c->printed.x0 + c->printed.x1) / 2, y = (c->printed.y0 + c->printed.y1) / 2;

    return field->page == s->pages[c->page]->number && x >= field->box.x0 - 1 &&
           x <= field->box.x1 + 1 && y >= field->box.y0 - 1 && y <= field->box.y1 + 1;
}

/* Words that nothing made a candidate of: a person said them, and here they stand. */
static int find_text_spot(struct learner *q, enum field_id id,
                          const struct candidate *spots[SPOTS_MAX])
{
    struct candidate *spot;
    int first, last;

    if (field_info(id)->kind != FIELD_TEXT ||
        !find_print(&q->letters, q->d->fields[id].value, &first, &last))
        return 0;
    spot = arena_alloc(q->a, sizeof *spot);
    *spot = candidate_of_run(&q->s, first, last);
    spots[0] = spot;
    return 1;
}

/* Where the value stands: there where it was read, else everywhere. */
static int find_spots(struct learner *q, enum field_id id, const struct candidate *spots[SPOTS_MAX])
{
    const struct field *field = &q->d->fields[id];
    int n = 0;

    for (int i = 0; i < q->c.count; i++)
        if (field->page > 0 && prints_value(&q->c.items[i], id, field->value) &&
            lies_in(&q->c.items[i], field, &q->s)) {
            spots[0] = &q->c.items[i];
            return 1;
        }
    for (int i = 0; i < q->c.count && n < SPOTS_MAX; i++)
        if (prints_value(&q->c.items[i], id, field->value))
            spots[n++] = &q->c.items[i];
    return n ? n : find_text_spot(q, id, spots);
}

static void learn_places(struct learner *q, enum field_id id)
{
    const struct candidate *spots[SPOTS_MAX];
    int n = find_spots(q, id, spots);

    for (size_t i = 0; i < q->n_before; i++)
        if (q->out->items[i].field == id && lesson_is_place(q->out->items[i].kind))
            test_place(q, &q->out->items[i], q->d->fields[id].value);
    for (int i = 0; i < n; i++) {
        const char *left = label_left_of(&q->s, spots[i], q->a);
        const char *above = label_above(&q->s, spots[i], q->a);

        if (left)
            add(q, id, LESSON_RIGHT_OF, left);
        if (above)
            add(q, id, LESSON_BELOW, above);
        add(q, id, LESSON_AT, place_of(&q->s, spots[i], q->a));
    }
}

/* ---- habits ---- */

static void learn_style(struct learner *q)
{
    const struct candidate *spots[SPOTS_MAX];
    const char *issued = document_value(q->d, FIELD_ISSUE_DATE);
    const char *due = document_value(q->d, FIELD_DUE_DATE);
    struct civil_date issue, end;

    if (is_confirmed(q, FIELD_TOTAL_GROSS) && find_spots(q, FIELD_TOTAL_GROSS, spots) > 0 &&
        spots[0]->amount.decimals > 0 && !spots[0]->amount.is_ambiguous)
        weigh_values(q, FIELD_TOTAL_GROSS, LESSON_MARK, (char[2]){spots[0]->amount.decimal_mark});
    if (!is_confirmed(q, FIELD_ISSUE_DATE) || !civil_date_parse(issued, &issue))
        return;
    if (find_spots(q, FIELD_ISSUE_DATE, spots) > 0) {
        const char *order = date_order_of(&q->s, spots[0], issue);

        if (order)
            weigh_values(q, FIELD_ISSUE_DATE, LESSON_ORDER, order);
    }
    if (is_confirmed(q, FIELD_DUE_DATE) && civil_date_parse(due, &end) &&
        civil_date_to_days(end) >= civil_date_to_days(issue))
        weigh_values(q, FIELD_DUE_DATE, LESSON_TERM,
                     arena_printf(q->a, "%d", civil_date_to_days(end) - civil_date_to_days(issue)));
}

static void learn_rates(struct learner *q)
{
    for (size_t i = 0; i < q->d->n_vat && q->is_approved; i++)
        if (q->d->vat[i].rate)
            weigh_values(q, FIELD_TOTAL_VAT, LESSON_RATE, q->d->vat[i].rate);
}

void memory_learn(struct arena *a, const struct lessons *before, struct page *const *pages,
                  const struct document *d, bool is_approved, struct lessons *ret)
{
    struct learner q = {
        .a = a, .d = d, .is_approved = is_approved, .out = ret, .n_before = before->n};

    ret->items = arena_alloc_array(a, LESSONS_MAX, sizeof *ret->items);
    ret->n = before->n;
    if (before->n)
        memcpy(ret->items, before->items, before->n * sizeof *ret->items);
    sheet_init(&q.s, a, pages, d->n_pages);
    candidates_find(&q.c, a, &q.s, false);
    q.letters = letters_of(&q.s, a);
    for (size_t i = 0; i < ARRAY_LENGTH(subjects); i++) {
        enum field_id id = subjects[i].field;
        const char *value = document_value(d, id);
        char shape[SHAPE_SIZE];

        if (!is_confirmed(&q, id))
            continue;
        if (subjects[i].what & TEACH_PLACE)
            learn_places(&q, id);
        if (subjects[i].what & TEACH_VALUE)
            weigh_values(&q, id, LESSON_VALUE, value);
        shape_of(value, shape);
        if (subjects[i].what & TEACH_SHAPE)
            weigh_values(&q, id, LESSON_SHAPE, shape);
    }
    learn_style(&q);
    learn_rates(&q);
}
