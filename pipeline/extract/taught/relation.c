/*
 * Labels are looked for as phrases, so that case, spaces and confusable letters do not matter.
 * Between fields only order and place are compared, never values: which of two dates comes first,
 * which number stands in the same row or column.
 */
#include "pipeline/extract/taught/relation.h"
#include "pipeline/extract/taught/span_draft.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

enum { LABEL_ROWS = 3 };

/* --- labels ------------------------------------------------------------------------------- */

struct label {
    int first, count;
    struct box box;
};

static enum label_relation relate_in_row(const struct sheet *s, const struct label *label,
                                         const struct span *span)
{
    for (int i = label->first + label->count; i < span->first; i++)
        if (s->tokens[i].key[0])
            return LABEL_IN_ROW;
    return LABEL_BESIDE;
}

/* No cell between them, and the span under the label or flush with it. */
static enum label_relation relate_above(const struct sheet *s, const struct label *label,
                                        const struct span *span)
{
    int row = s->tokens[label->first].row, own = s->tokens[span->first].row;
    float height = s->rows[row].height;

    if (own <= row || own > row + LABEL_ROWS || span->page != s->tokens[label->first].page ||
        span->box.y0 - label->box.y1 > 2.5f * height)
        return LABEL_NONE;
    if (box_overlap_x(&label->box, &span->box) < 0.3f &&
        fabsf(label->box.x0 - span->box.x0) > height)
        return LABEL_NONE;
    for (int r = row + 1; r < own; r++)
        for (int i = s->rows[r].first; i < s->rows[r].first + s->rows[r].count; i++)
            if (box_overlap_x(&s->tokens[i].box, &label->box) > 0.3f)
                return LABEL_NONE;
    return LABEL_ABOVE;
}

static enum label_relation relate(const struct sheet *s, const struct label *label,
                                  const struct span *span)
{
    if (s->tokens[span->first].row != s->tokens[label->first].row)
        return relate_above(s, label, span);
    if (span->first < label->first + label->count)
        return LABEL_NONE;
    return relate_in_row(s, label, span);
}

/* The spans of one kind by the row they begin in, so that a label asks only those near it. */
struct by_row {
    int *first, *next; /* one a row, one a span; -1 ends */
};

static struct by_row sort_by_row(struct arena *a, const struct sheet *s, const struct spans *spans,
                                 enum field_kind kind)
{
    struct by_row ret = {arena_alloc_array(a, (size_t)s->n_rows + 1, sizeof(int)),
                         arena_alloc_array(a, (size_t)spans->count + 1, sizeof(int))};

    memset(ret.first, -1, (size_t)s->n_rows * sizeof(int));
    for (int i = 0; i < spans->count; i++) {
        int row = s->tokens[spans->items[i].first].row;

        if (spans->items[i].kind != kind)
            continue;
        ret.next[i] = ret.first[row];
        ret.first[row] = i;
    }
    return ret;
}

static void take_label(const struct sheet *s, const struct spans *spans, const struct by_row *rows,
                       const struct label *label, uint8_t *relations)
{
    int row = s->tokens[label->first].row;

    for (int r = row; r <= row + LABEL_ROWS && r < s->n_rows; r++)
        for (int i = rows->first[r]; i >= 0; i = rows->next[i]) {
            uint8_t relation = (uint8_t)relate(s, label, &spans->items[i]);

            if (relation > relations[i])
                relations[i] = relation;
        }
}

uint8_t *labels_find(struct arena *a, const struct sheet *s, const struct spans *spans,
                     const struct type_field *field)
{
    uint8_t *relations = arena_alloc(a, (size_t)spans->count + 1);
    struct by_row rows = sort_by_row(a, s, spans, field->kind);

    for (size_t k = 0; k < field->n_labels; k++) {
        struct label label;

        for (int at = 0; (at = sheet_find_phrase(s, field->labels[k], at, &label.count)) >= 0;
             at++) {
            label.first = at;
            label.box = s->tokens[at].box;
            for (int i = 1; i < label.count; i++)
                label.box = box_union(label.box, s->tokens[at + i].box);
            take_label(s, spans, &rows, &label, relations);
        }
    }
    return relations;
}

uint16_t label_bucket(enum label_relation relation)
{
    struct draft f = {.count = 0};

    put(&f, T_LABEL, relation);
    return f.buckets[0];
}

uint16_t cell_end_bucket(void)
{
    struct draft f = {.count = 0};

    put(&f, T_CELL_END, 1);
    return f.buckets[0];
}

/* --- other fields ------------------------------------------------------------------------- */

static uint32_t order_of(const struct span *a, const struct span *b)
{
    if (a->kind == FIELD_AMOUNT)
        return 1 + (uint32_t)(a->amount > b->amount) + 2 * (uint32_t)(a->amount == b->amount);
    if (a->kind == FIELD_DATE) {
        int order = strcmp(a->value, b->value);

        return 4 + (uint32_t)(order > 0) + 2 * (uint32_t)(order == 0);
    }
    return 0;
}

static void relate_to(struct draft *f, const struct sheet *s, const struct span *span,
                      const struct span *other, uint32_t who)
{
    int apart = s->tokens[span->first].row - s->tokens[other->first].row;
    int between = span->first > other->first ? span->first - other->first - other->count
                                             : other->first - span->first - span->count;

    if (span->kind == other->kind)
        put_pair(f, T_ORDER, order_of(span, other), who);
    if (span->page != other->page) {
        put_pair(f, T_SAME_ROW, span->page < other->page ? 3 : 4, who);
        return;
    }
    put_pair(f, T_SAME_ROW, apart ? 0 : span->first < other->first ? 1 : 2, who);
    put_pair(f, T_ROWS_APART, (uint32_t)(fmaxf(-4, fminf(4, (float)apart)) + 4), who);
    put_pair(f, T_COLUMN, fabsf(span->box.x0 - other->box.x0) < 4, who);
    if (!apart)
        put_pair(f, T_TOUCHES, bin(between + 1), who);
}

int relations_find(const struct sheet *s, const struct standing *standing, int field,
                   const struct span *const *others, int n_fields, uint16_t out[RELATIONS_MAX])
{
    struct draft f = {.count = 0};

    put(&f, T_FIRST_RANK, (uint32_t)(standing->rank < 5 ? standing->rank : 5));
    put(&f, T_FIRST_BEHIND, (uint32_t)fminf(2 * standing->behind, 12));
    for (int i = 0; i < n_fields && f.count + 6 < RELATIONS_MAX; i++)
        if (i != field && others[i])
            relate_to(&f, s, standing->span, others[i], (uint32_t)i);
    memcpy(out, f.buckets, (size_t)f.count * sizeof *out);
    return f.count;
}
