/*
 * Truth that stands nowhere on the page exactly, because the recogniser slipped, is learnt from the
 * most similar span; it never counts as right.
 */
#include "pipeline/extract/taught/teach_truth.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { FOLD_SIZE = 200 };

static void fold(const char *text, char out[FOLD_SIZE])
{
    char folded[FOLD_SIZE];
    size_t n = 0;

    utf8_fold(text, folded, sizeof folded);
    for (const char *p = folded; *p; p++)
        if (isalnum((unsigned char)*p))
            out[n++] = *p;
    out[n] = '\0';
}

bool teach_is_same(enum field_kind kind, const char *truth, const char *value)
{
    char one[FOLD_SIZE], other[FOLD_SIZE];
    struct amount a, b;

    if (kind == FIELD_AMOUNT && amount_parse(truth, false, &a) && amount_parse(value, false, &b))
        return llabs(a.value) == llabs(b.value);
    fold(truth, one);
    fold(value, other);
    return strcmp(one, other) == 0;
}

/* Edits between two short texts, at most `most`. */
static int distance(const char *a, const char *b, int most)
{
    int row[FOLD_SIZE + 1], n = (int)strlen(a), m = (int)strlen(b);

    if (abs(n - m) > most)
        return most + 1;
    for (int j = 0; j <= m; j++)
        row[j] = j;
    for (int i = 1; i <= n; i++) {
        int corner = row[0], least = row[0] = i;

        for (int j = 1; j <= m; j++) {
            int above = row[j], replaced = corner + (a[i - 1] != b[j - 1]);

            row[j] = (above < row[j - 1] ? above : row[j - 1]) + 1;
            row[j] = replaced < row[j] ? replaced : row[j];
            corner = above;
            least = row[j] < least ? row[j] : least;
        }
        if (least > most)
            return most + 1;
    }
    return row[m];
}

/* Marks the spans that hold the value; when none does exactly, the one most like it, if any is. */
static enum truth_place mark_true(const struct teach_example *e, enum field_kind kind,
                                  const char *truth, bool *is_true)
{
    const struct spans *spans = &e->sheet->spans;
    char wanted[FOLD_SIZE], value[FOLD_SIZE];
    int best = -1, least;
    bool is_found = false;

    fold(truth, wanted);
    least = (int)strlen(wanted) / 5;
    for (int i = 0; i < spans->count; i++) {
        is_true[i] = spans->items[i].kind == kind &&
                     teach_is_same(kind, truth, spans->items[i].value);
        is_found |= is_true[i];
    }
    for (int i = 0; i < spans->count && !is_found && least > 0; i++) {
        int edits;

        if (spans->items[i].kind != kind || kind == FIELD_AMOUNT || kind == FIELD_DATE)
            continue;
        fold(spans->items[i].value, value);
        edits = distance(wanted, value, least);
        if (edits <= least) {
            least = edits - 1;
            best = i;
        }
    }
    if (best >= 0)
        is_true[best] = true;
    return is_found ? TRUTH_PRINTED : best >= 0 ? TRUTH_NEARLY : TRUTH_NOWHERE;
}

struct truth *truths_find(struct arena *a, const struct type *type,
                          const struct teach_example *examples, size_t count)
{
    size_t n = type->n_fields;
    struct truth *truths = arena_alloc_array(a, count * n + 1, sizeof *truths);

    for (size_t i = 0; i < count * n; i++) {
        const struct teach_example *e = &examples[i / n];
        enum field_kind kind = type->fields[i % n].kind;
        const char *value = e->values[i % n];
        struct truth *truth = &truths[i];

        truth->is_true = arena_alloc(a, (size_t)e->sheet->spans.count + 1);
        if (value && (kind == FIELD_CODE || kind == FIELD_MARK))
            truth->place = TRUTH_PRINTED;
        else if (value)
            truth->place = mark_true(e, kind, value, truth->is_true);
    }
    return truths;
}
