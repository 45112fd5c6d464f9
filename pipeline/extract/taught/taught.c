/*
 * Applying a taught type: every span of a field's kind is scored, equal values help each other a
 * little, and the best value wins. The file is checked whole before any of it is used.
 */
#include "pipeline/extract/taught/taught.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char MAGIC[] = "bilag taught type, features 1\n";
static const float LEAD_MAX = 6; /* farther ahead says no more */

static_assert(SPAN_FEATURES_VERSION == 1, "the magic names the version of the features");

/* Dollars and no other currency: dates are written month first. */
static bool writes_month_first(const struct sheet *s)
{
    bool has_dollar = false;

    for (int i = 0; i < s->n_tokens; i++) {
        if (strstr(s->tokens[i].text, "€") || strstr(s->tokens[i].text, "£"))
            return false;
        has_dollar |= strchr(s->tokens[i].text, '$') != NULL;
    }
    return has_dollar;
}

void taught_sheet_init(struct taught_sheet *t, struct arena *a, struct page *const *pages,
                       size_t n_pages, const struct type *type)
{
    unsigned kinds = 0;
    struct span_context *context;

    memset(t, 0, sizeof *t);
    sheet_init(&t->sheet, a, pages, n_pages);
    candidates_find(&t->candidates, a, &t->sheet, writes_month_first(&t->sheet));
    for (size_t i = 0; i < type->n_fields; i++) {
        if (!(kinds & 1u << type->fields[i].kind))
            spans_find(&t->spans, a, &t->sheet, &t->candidates, type->fields[i].kind);
        kinds |= 1u << type->fields[i].kind;
    }
    context = span_context_new(a, &t->sheet, &t->spans);
    t->features = arena_alloc_array(a, (size_t)t->spans.count + 1, sizeof *t->features);
    for (int i = 0; i < t->spans.count; i++)
        t->features[i] = span_features_find(context, a, i);
}

float taught_score(const struct taught_field *f, const struct span_features *features)
{
    int64_t sum = 0;

    for (int i = 0; i < features->count; i++)
        sum += f->weights[features->buckets[i]];
    return (float)sum * f->scale;
}

/* The two best values among candidates of which a value may stand in several places. */
struct race {
    struct taught_answer best;
    float second;
};

static void race_add(struct race *r, const char *value, const struct span *span, float score)
{
    if (r->best.value && strcmp(value, r->best.value) == 0) {
        if (score > r->best.score) {
            r->best.score = score;
            r->best.span = span;
        }
    } else if (!r->best.value || score > r->best.score) {
        r->second = r->best.value ? r->best.score : score - LEAD_MAX;
        r->best = (struct taught_answer){.value = value, .span = span, .score = score};
    } else {
        r->second = fmaxf(r->second, score);
    }
}

void taught_be_sure(const struct taught_field *f, struct taught_answer *answer)
{
    float logit = f->sureness.bias + f->sureness.score * answer->score +
                  f->sureness.lead * answer->lead;

    answer->confidence = answer->value ? 1 / (1 + expf(-logit)) : 0;
}

static void race_spans(struct race *r, const struct taught_field *f, enum field_kind kind,
                       const struct taught_sheet *sheet)
{
    for (int i = 0; i < sheet->spans.count; i++)
        if (sheet->spans.items[i].kind == kind)
            race_add(r, sheet->spans.items[i].value, &sheet->spans.items[i],
                     taught_score(f, &sheet->features[i]));
}

static void race_choices(struct race *r, struct arena *a, const struct taught_field *f,
                         const struct type_field *declared, const struct taught_sheet *sheet)
{
    for (size_t i = 0; i < declared->n_choices; i++) {
        struct span_features features = choice_features_find(&sheet->sheet, a, (int)i);

        race_add(r, declared->choices[i], NULL, taught_score(f, &features));
    }
}

void taught_answer(const struct taught *t, struct arena *a, const struct taught_sheet *sheet,
                   struct taught_answer *answers)
{
    for (size_t i = 0; i < t->type->n_fields; i++) {
        const struct type_field *declared = &t->type->fields[i];
        struct race race = {.second = 0};

        if (declared->kind == FIELD_CODE)
            race_choices(&race, a, &t->fields[i], declared, sheet);
        else
            race_spans(&race, &t->fields[i], declared->kind, sheet);
        race.best.lead = race.best.value ? fminf(race.best.score - race.second, LEAD_MAX) : 0;
        taught_be_sure(&t->fields[i], &race.best);
        answers[i] = race.best;
    }
}

void taught_print(const struct taught *t, const char *provenance, struct buf *out)
{
    buf_add_text(out, MAGIC);
    buf_add_text(out, provenance);
    for (size_t i = 0; i < t->type->n_fields; i++) {
        const struct taught_field *f = &t->fields[i];

        buf_printf(out, "field %s %.8f %.5f %.5f %.5f\n", f->name, (double)f->scale,
                   (double)f->sureness.bias, (double)f->sureness.score, (double)f->sureness.lead);
    }
    buf_add_char(out, '\n');
    for (size_t i = 0; i < t->type->n_fields; i++)
        buf_add(out, t->fields[i].weights, SPAN_BUCKETS);
}

/* Reads "field NAME SCALE BIAS SCORE LEAD" lines; true when every field of the type has one. */
static bool read_head(struct taught *t, const char *head, size_t length)
{
    size_t found = 0;

    for (const char *line = head; line < head + length;) {
        const char *end = memchr(line, '\n', (size_t)(head + length - line));
        struct taught_field f = {0};
        char name[TYPE_NAME_MAX + 1];

        if (!end)
            break;
        if (sscanf(line, "field %40s %f %f %f %f", name, &f.scale, &f.sureness.bias,
                   &f.sureness.score, &f.sureness.lead) == 5) {
            if (found == t->type->n_fields || strcmp(name, t->type->fields[found].name) != 0 ||
                !(f.scale >= 0 && f.scale < 1000))
                return false;
            f.name = t->type->fields[found].name;
            t->fields[found++] = f;
        }
        line = end + 1;
    }
    return found == t->type->n_fields;
}

int taught_parse(struct arena *a, const struct type *type, const char *bytes, size_t length,
                 struct taught *ret, struct err *err)
{
    const char *body = length > sizeof MAGIC ? memmem(bytes, length, "\n\n", 2) : NULL;
    struct taught t = {.type = type};

    t.fields = arena_alloc_array(a, type->n_fields + 1, sizeof *t.fields);
    if (!body || memcmp(bytes, MAGIC, sizeof MAGIC - 1) != 0)
        return err_set(err, ERR_INVALID, "no weights of a taught type of this version");
    body += 2;
    if (!read_head(&t, bytes, (size_t)(body - bytes - 1)) ||
        length - (size_t)(body - bytes) != type->n_fields * SPAN_BUCKETS)
        return err_set(err, ERR_INVALID,
                       "taught with other fields than %s declares; teach it again", type->name);
    for (size_t i = 0; i < type->n_fields; i++)
        t.fields[i].weights = arena_alloc(a, SPAN_BUCKETS);
    for (size_t i = 0; i < type->n_fields; i++)
        memcpy(t.fields[i].weights, body + i * SPAN_BUCKETS, SPAN_BUCKETS);
    *ret = t;
    return 0;
}
