/*
 * The memory at work on one document. Signs on the paper (numbers with check digits, accounts, the
 * name, words of the letterhead) are handed to the context, which answers with that supplier's
 * lessons; each is laid on the sheet once, and every candidate then asks what speaks for it.
 *
 * A lesson adds its worth times its weight, and the weight comes from how often it held
 * (lesson_weight), so that one confirmation moves a doubtful field and cannot move a labelled one.
 */
#include "pipeline/extract/memory.h"
#include "pipeline/extract/extract.h"
#include "pipeline/extract/memory_private.h"
#include "pipeline/extract/party.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Added to scores in which a label with the right form counts 1. */
static const float worth[LESSON_KIND_COUNT] = {
    [LESSON_RIGHT_OF] = 1.0f, [LESSON_BELOW] = 0.9f, [LESSON_AT] = 0.5f,
    [LESSON_SHAPE] = 0.3f,    [LESSON_VALUE] = 0.6f, [LESSON_TERM] = 0.25f,
};
static const float WRONG_SHAPE = 0.35f; /* taken away where no shape fits, times the best weight */

enum { SIGNS_MAX = 80, LOOK_COLUMNS = 4 };

/* ---- signs ---- */

struct signs {
    struct supplier_sign *items;
    size_t n;
};

static void add_sign(struct signs *signs, const char *kind, const char *value)
{
    if (signs->n == SIGNS_MAX || !value)
        return;
    for (size_t i = 0; i < signs->n; i++)
        if (strcmp(signs->items[i].kind, kind) == 0 && strcmp(signs->items[i].value, value) == 0)
            return;
    signs->items[signs->n++] = (struct supplier_sign){kind, value};
}

static bool sign_field(enum candidate_kind kind, enum field_id *ret)
{
    static const struct {
        enum candidate_kind kind;
        enum field_id field;
    } fields[] = {{CANDIDATE_VAT_ID, FIELD_SELLER_VAT_ID},
                  {CANDIDATE_ORGANISATION, FIELD_SELLER_REGISTRATION_ID},
                  {CANDIDATE_IBAN, FIELD_IBAN},
                  {CANDIDATE_ACCOUNT, FIELD_BANK_ACCOUNT},
                  {CANDIDATE_BANKGIRO, FIELD_BANKGIRO},
                  {CANDIDATE_PLUSGIRO, FIELD_PLUSGIRO},
                  {CANDIDATE_EMAIL, FIELD_SELLER_EMAIL}};

    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
        if (fields[i].kind == kind) {
            *ret = fields[i].field;
            return true;
        }
    return false;
}

static void add_numbers(struct signs *signs, const struct candidates *c,
                        const struct parties *parties)
{
    for (int i = 0; i < c->count; i++) {
        const struct candidate *item = &c->items[i];
        enum field_id field;

        if (sign_field(item->kind, &field) && (item->is_checked || item->kind == CANDIDATE_EMAIL) &&
            !parties_is_buyers(parties, &item->box, item->page, item->value))
            add_sign(signs, field_info(field)->name, item->value);
    }
}

/* We stand on every paper that is sent to us. */
static bool is_buyers_word(const struct document *d, const char *word)
{
    const char *name = document_value(d, FIELD_BUYER_NAME);
    const char *address = document_value(d, FIELD_BUYER_ADDRESS);

    return (name && strstr(name, word)) || (address && strstr(address, word));
}

/* Words of the letterhead and of the foot, with the quarter of the width they stand in. Labels and
 * figures are on everybody's paper. */
static void add_look(struct signs *signs, struct arena *a, const struct sheet *s,
                     const struct document *d)
{
    const struct page *page = s->n_pages ? s->pages[0] : NULL;
    bool *is_label = arena_alloc_array(a, (size_t)s->n_tokens + 1, sizeof *is_label);

    for (int i = 0; i < s->n_mentions; i++)
        memset(is_label + s->mentions[i].first, 1, (size_t)s->mentions[i].count);
    for (int i = 0; page && i < s->n_tokens && s->tokens[i].page == 0; i++) {
        const struct token *token = &s->tokens[i];
        float down = token->box.y0 / page->height_pt;
        int column = (int)(LOOK_COLUMNS * (token->box.x0 + token->box.x1) / 2 / page->width_pt);

        if ((down < 0.18f || down > 0.88f) && !is_label[i] && strlen(token->key) >= 4 &&
            !strpbrk(token->text, "0123456789") && !is_buyers_word(d, token->text))
            add_sign(signs, SIGN_LOOK, arena_printf(a, "%s@%d", token->key, column));
    }
}

void memory_signs(struct arena *a, struct page *const *pages, const struct document *d,
                  struct supplier_sign **ret, size_t *ret_n)
{
    static const enum field_id fields[] = {
        FIELD_SELLER_VAT_ID, FIELD_SELLER_REGISTRATION_ID, FIELD_SELLER_NAME, FIELD_SELLER_EMAIL,
        FIELD_IBAN,          FIELD_BANK_ACCOUNT,           FIELD_BANKGIRO,    FIELD_PLUSGIRO};
    struct signs signs = {.items = arena_alloc_array(a, SIGNS_MAX, sizeof *signs.items)};
    struct sheet s;

    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
        add_sign(&signs, field_info(fields[i])->name, document_value(d, fields[i]));
    sheet_init(&s, a, pages, d->n_pages);
    add_look(&signs, a, &s, d);
    *ret = signs.items;
    *ret_n = signs.n;
}

/* ---- recall ---- */

/* "1.234" and "03/04/2026" are read as this supplier writes. */
static void settle_style(const struct memory *m, struct candidates *c)
{
    const struct lesson *mark = memory_best(m, FIELD_TOTAL_GROSS, LESSON_MARK);
    const struct lesson *order = memory_best(m, FIELD_ISSUE_DATE, LESSON_ORDER);

    for (int i = 0; i < c->count; i++) {
        struct candidate *item = &c->items[i];

        if (mark && item->kind == CANDIDATE_AMOUNT && item->amount.is_ambiguous) {
            item->amount.is_ambiguous = false;
            if (item->amount.decimal_mark == mark->text[0])
                item->amount.value = item->amount.other;
        } else if (order && item->kind == CANDIDATE_DATE && item->date.other.year) {
            const char *as_read = date_order_of(m->s, item, item->date.date);

            if (as_read && strcmp(as_read, order->text) != 0) {
                char text[CIVIL_DATE_TEXT_SIZE];

                item->date.date = item->date.other;
                civil_date_format(item->date.date, text);
                item->value = arena_strdup(m->arena, text);
            }
            item->date.other.year = 0;
        }
    }
}

static const struct memory *memory_on(struct arena *a, const struct lessons *lessons,
                                      const struct sheet *s, const struct document *d)
{
    struct memory *m = arena_alloc(a, sizeof *m);

    *m = (struct memory){.arena = a, .s = s, .d = d};
    m->hints = arena_alloc_array(a, lessons->n, sizeof *m->hints);
    for (unsigned field = 0; field < FIELD_COUNT; field++) {
        m->first[field] = m->n_hints;
        for (size_t i = 0; i < lessons->n; i++)
            if (lessons->items[i].field == field && lesson_weight(&lessons->items[i]) > 0)
                m->hints[m->n_hints++] = hint_on(&lessons->items[i], s);
    }
    m->first[FIELD_COUNT] = m->n_hints;
    return m;
}

const struct memory *memory_recall(struct arena *a, const struct extract_context *context,
                                   struct candidates *c, const struct sheet *s,
                                   const struct parties *parties, const struct document *d)
{
    struct signs signs = {0};
    const struct lessons *lessons;
    const struct memory *m;

    if (!context->recall || d->type == DOCUMENT_ORDER) /* an order's letterhead is the buyer's */
        return NULL;
    signs.items = arena_alloc_array(a, SIGNS_MAX, sizeof *signs.items);
    add_numbers(&signs, c, parties);
    add_sign(&signs, field_info(FIELD_SELLER_NAME)->name, document_value(d, FIELD_SELLER_NAME));
    add_look(&signs, a, s, d);
    lessons = context->recall(context->user, signs.items, signs.n);
    if (!lessons)
        return NULL;
    m = memory_on(a, lessons, s, d);
    settle_style(m, c);
    return m;
}

/* ---- evidence ---- */

const struct lesson *memory_best(const struct memory *m, enum field_id field, enum lesson_kind kind)
{
    const struct hint *best = NULL;

    for (int i = m->first[field]; i < m->first[field + 1]; i++)
        if (m->hints[i].lesson->kind == kind && (!best || m->hints[i].weight > best->weight))
            best = &m->hints[i];
    return best ? best->lesson : NULL;
}

/* Due so many days after it was issued. */
static bool fits_term(const struct memory *m, const struct candidate *c, const char *days)
{
    const char *issued = document_value(m->d, FIELD_ISSUE_DATE);
    struct civil_date issue, due;
    int64_t term;

    return issued && c->value && civil_date_parse(issued, &issue) &&
           civil_date_parse(c->value, &due) && number_parse(days, 0, 1000, &term) &&
           civil_date_to_days(due) - civil_date_to_days(issue) == term;
}

static bool hint_holds(const struct memory *m, const struct hint *hint, const struct candidate *c)
{
    char shape[SHAPE_SIZE];

    switch (hint->lesson->kind) {
    case LESSON_RIGHT_OF:
    case LESSON_BELOW:
    case LESSON_AT:
        return hint_selects(hint, m->s, c);
    case LESSON_SHAPE:
        if (!c->value)
            return false;
        shape_of(c->value, shape);
        return strcmp(shape, hint->lesson->text) == 0;
    case LESSON_VALUE:
        return c->value && value_is_same(c->value, hint->lesson->text);
    case LESSON_TERM:
        return fits_term(m, c, hint->lesson->text);
    default:
        return false;
    }
}

/* A supplier that prints decimals prints them in its sums. */
static bool lacks_decimals(const struct memory *m, const struct candidate *c)
{
    return c->kind == CANDIDATE_AMOUNT && c->amount.decimals < 0 &&
           memory_best(m, FIELD_TOTAL_GROSS, LESSON_MARK);
}

float memory_evidence(const struct memory *m, enum field_id field, const struct candidate *c)
{
    float best[LESSON_KIND_COUNT] = {0}, shapes = 0, place = 0, sum = 0;

    if (!m || !kind_fits_field(c->kind, field) || lacks_decimals(m, c))
        return 0;
    for (int i = m->first[field]; i < m->first[field + 1]; i++) {
        const struct hint *hint = &m->hints[i];
        enum lesson_kind kind = hint->lesson->kind;

        if (kind == LESSON_SHAPE)
            shapes = fmaxf(shapes, hint->weight);
        if (hint->weight > best[kind] && hint_holds(m, hint, c))
            best[kind] = hint->weight;
    }
    for (int kind = 0; kind < LESSON_KIND_COUNT; kind++)
        if (lesson_is_place((enum lesson_kind)kind))
            place = fmaxf(place, worth[kind] * best[kind]); /* one fact seen from three sides */
        else
            sum += worth[kind] * best[kind];
    if (shapes > 0 && best[LESSON_SHAPE] == 0)
        sum -= WRONG_SHAPE * shapes;
    return fminf(place + sum, 1.2f);
}
