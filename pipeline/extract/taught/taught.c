/*
 * Applying a taught type: a field with a box is read from the form; of any other every span of its
 * kind is scored by itself, the best of them once more beside the other fields, and the best value
 * wins. The file is checked whole before any of it is used.
 */
#include "pipeline/extract/taught/taught.h"
#include "pipeline/extract/taught/form.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char MAGIC[] = "bilag taught type, features 4\n";
static const float LEAD_MAX = 6; /* farther ahead says no more */

static_assert(SPAN_FEATURES_VERSION == 4, "the magic names the version of the features");

void taught_sheet_take(struct taught_sheet *t, struct arena *a, const struct sheet *s,
                       const struct candidates *c, const struct type *type)
{
    unsigned kinds = 0;
    struct span_context *context;

    *t = (struct taught_sheet){.sheet = *s, .candidates = *c};
    for (size_t i = 0; i < type->n_fields; i++) {
        if (!(kinds & 1u << type->fields[i].kind))
            spans_find(&t->spans, a, s, c, type->fields[i].kind);
        kinds |= 1u << type->fields[i].kind;
    }
    context = span_context_new(a, &t->sheet, &t->spans);
    t->features = arena_alloc_array(a, (size_t)t->spans.count + 1, sizeof *t->features);
    for (int i = 0; i < t->spans.count; i++)
        t->features[i] = span_features_find(context, a, i);
    t->labels = arena_alloc_array(a, type->n_fields, sizeof *t->labels);
    for (size_t i = 0; i < type->n_fields; i++)
        t->labels[i] = labels_find(a, s, &t->spans, &type->fields[i]);
}

void taught_sheet_init(struct taught_sheet *t, struct arena *a, struct page *const *pages,
                       size_t n_pages, const struct type *type)
{
    struct sheet s;
    struct candidates c;

    sheet_init(&s, a, pages, n_pages);
    candidates_find(&c, a, &s, sheet_writes_month_first(&s));
    taught_sheet_take(t, a, &s, &c, type);
}

static float score(const struct taught_weights *w, const struct span_features *features)
{
    int64_t sum = 0;

    for (int i = 0; i < features->count; i++)
        sum += w->values[features->buckets[i]];
    return (float)sum * w->scale;
}

/* Puts a span where it belongs among the best. */
static int insert(struct standing *out, int n, const struct span *span, float value)
{
    int at = n;

    if (n == STANDINGS_MAX && value <= out[n - 1].behind)
        return n;
    at = n == STANDINGS_MAX ? n - 1 : n;
    for (; at > 0 && out[at - 1].behind < value; at--)
        out[at] = out[at - 1];
    out[at] = (struct standing){.span = span, .behind = value};
    return n < STANDINGS_MAX ? n + 1 : n;
}

int taught_stand(const struct taught_weights *first, const struct taught_sheet *sheet,
                 const struct type *type, size_t field, struct standing out[STANDINGS_MAX])
{
    int8_t labels[LABEL_RELATION_COUNT];
    int n = 0;
    float best;

    for (int i = 0; i < LABEL_RELATION_COUNT; i++)
        labels[i] = first->values[label_bucket((enum label_relation)i)];
    for (int i = 0; i < sheet->spans.count; i++)
        if (sheet->spans.items[i].kind == type->fields[field].kind)
            n = insert(out, n, &sheet->spans.items[i],
                       score(first, &sheet->features[i]) +
                           (float)labels[sheet->labels[field][i]] * first->scale);
    best = n ? out[0].behind : 0;
    for (int i = 0; i < n; i++) {
        out[i].index = (int)(out[i].span - sheet->spans.items);
        out[i].rank = i;
        out[i].behind = best - out[i].behind;
    }
    return n;
}

struct span_features taught_features(struct arena *a, const struct taught_sheet *sheet,
                                     const struct type *type, size_t field,
                                     const struct standing *standing,
                                     const struct span *const *others)
{
    size_t at = (size_t)(standing->span - sheet->spans.items);
    const struct span_features *own = &sheet->features[at];
    uint16_t relations[RELATIONS_MAX];
    int n = others ? relations_find(&sheet->sheet, standing, (int)field, others,
                                    (int)type->n_fields, relations)
                   : 0;
    struct span_features ret = {
        arena_alloc_array(a, (size_t)(own->count + n + 1), sizeof *ret.buckets),
        own->count + n + 1};

    memcpy(ret.buckets, own->buckets, (size_t)own->count * sizeof *ret.buckets);
    memcpy(ret.buckets + own->count, relations, (size_t)n * sizeof *ret.buckets);
    ret.buckets[own->count + n] = label_bucket((enum label_relation)sheet->labels[field][at]);
    return ret;
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

    if (!answer->is_from_form)
        answer->confidence = answer->value ? 1 / (1 + expf(-logit)) : 0;
}

bool taught_is_given(const struct taught_answer *answer)
{
    return answer->value && (answer->is_from_form || answer->confidence >= TAUGHT_CONFIDENCE);
}

/* An untaught field is known by its label or not at all. */
static bool may_answer(const struct taught *t, const struct taught_sheet *sheet, size_t field,
                       const struct span *span)
{
    return !t->is_untaught || sheet->labels[field][span - sheet->spans.items] > LABEL_IN_ROW;
}

/* The spans of a field that come into question, and what the second scorer makes of them. */
struct shortlist {
    struct standing standings[STANDINGS_MAX];
    float scores[STANDINGS_MAX];
    int count;
};

static void score_again(struct shortlist *list, struct arena *a, const struct taught *t,
                        size_t field, const struct taught_sheet *sheet,
                        const struct span *const *others)
{
    for (int i = 0; i < list->count; i++) {
        struct span_features features = taught_features(a, sheet, t->type, field,
                                                        &list->standings[i], others);

        list->scores[i] = score(&t->fields[field].second, &features);
    }
}

/* What the other end of its range is worth to a span: the bonus, less how far that end is behind
 * the best of its own field; never less than nothing. */
static float worth_of_end(const struct shortlist *ends, int end, float bonus)
{
    float best = -INFINITY, own = -INFINITY;

    for (int i = 0; i < ends->count; i++) {
        best = fmaxf(best, ends->scores[i]);
        if (ends->standings[i].span->range >= 0 && ends->standings[i].index == end)
            own = ends->scores[i];
    }
    return fmaxf(0, bonus + own - best);
}

/* The field that ends the range which `field` begins, or begins the one it ends; or -1. */
static int other_end(const struct taught *t, int field, bool *ret_is_begin, float *ret_bonus)
{
    for (int i = 0; i < (int)t->type->n_fields; i++) {
        int end = t->fields[i].range_end;

        *ret_is_begin = i == field;
        *ret_bonus = t->fields[i].range_bonus;
        if (end >= 0 && (i == field || end == field))
            return i == field ? end : i;
    }
    return -1;
}

static void race_spans(struct race *r, const struct taught *t, size_t field,
                       const struct taught_sheet *sheet, const struct shortlist *lists)
{
    bool is_begin;
    float bonus;
    int other = t->is_untaught ? -1 : other_end(t, (int)field, &is_begin, &bonus);

    for (int i = 0; i < lists[field].count; i++) {
        const struct standing *standing = &lists[field].standings[i];
        const struct span *span = standing->span;
        float points = lists[field].scores[i];

        if (other >= 0 && span->range >= 0 && (standing->index < span->range) == is_begin)
            points += worth_of_end(&lists[other], span->range, bonus);
        if (may_answer(t, sheet, field, span))
            race_add(r, span->value, span, points);
    }
}

static void race_choices(struct race *r, struct arena *a, const struct taught_field *f,
                         const struct type_field *declared, const struct taught_sheet *sheet)
{
    for (size_t i = 0; i < declared->n_choices; i++) {
        struct span_features features = choice_features_find(&sheet->sheet, a, (int)i);

        race_add(r, declared->choices[i], NULL, score(&f->first, &features));
    }
}

/* Reads the fields that have a box, where the page can be laid over the form: what is empty there
 * is empty. */
static void read_form(const struct type *type, struct arena *a, const struct sheet *s,
                      struct taught_answer *answers)
{
    struct form_fit fit;
    int fitted = 0;

    for (size_t i = 0; i < type->n_fields; i++) {
        const struct type_field *f = &type->fields[i];
        struct form_value found;

        if (!f->page || f->page > s->n_pages || !s->pages[f->page - 1])
            continue;
        if (fitted != f->page && !form_fit(type, s, f->page, &fit))
            continue;
        fitted = f->page;
        found = form_read(s, a, &fit, f);
        answers[i] = (struct taught_answer){.value = found.value,
                                            .is_from_form = true,
                                            .box = found.box,
                                            .confidence = found.confidence};
    }
}

void taught_answer(const struct taught *t, struct arena *a, const struct taught_sheet *sheet,
                   struct taught_answer *answers)
{
    size_t n = t->type->n_fields;
    struct shortlist *lists = arena_alloc_array(a, n, sizeof *lists);
    const struct span **firsts = arena_alloc_array(a, n, sizeof *firsts);

    for (size_t i = 0; i < n; i++) {
        lists[i].count = taught_stand(&t->fields[i].first, sheet, t->type, i, lists[i].standings);
        firsts[i] = lists[i].count ? lists[i].standings[0].span : NULL;
    }
    for (size_t i = 0; i < n; i++)
        score_again(&lists[i], a, t, i, sheet, t->is_untaught ? NULL : firsts);
    memset(answers, 0, n * sizeof *answers);
    read_form(t->type, a, &sheet->sheet, answers);
    for (size_t i = 0; i < n; i++) {
        const struct type_field *declared = &t->type->fields[i];
        struct race race = {.second = 0};

        if (answers[i].is_from_form)
            continue;
        if (declared->kind == FIELD_CODE && !t->is_untaught)
            race_choices(&race, a, &t->fields[i], declared, sheet);
        else
            race_spans(&race, t, i, sheet, lists);
        race.best.lead = race.best.value ? fminf(race.best.score - race.second, LEAD_MAX) : 0;
        taught_be_sure(&t->fields[i], &race.best);
        answers[i] = race.best;
    }
}

/* --- before any teaching ------------------------------------------------------------------ */

void taught_init_untaught(struct taught *t, struct arena *a, const struct type *type)
{
    *t = (struct taught){.declared = type, .type = type, .is_untaught = true};
    t->fields = arena_alloc_array(a, type->n_fields, sizeof *t->fields);
    for (size_t i = 0; i < type->n_fields; i++) {
        struct taught_field *f = &t->fields[i];
        int8_t *values = arena_alloc(a, SPAN_BUCKETS);

        values[label_bucket(LABEL_BESIDE)] = 60;
        values[label_bucket(LABEL_ABOVE)] = 40;
        values[cell_end_bucket()] = 10;
        f->name = type->fields[i].name;
        f->range_end = -1;
        f->first = f->second = (struct taught_weights){.scale = 0.1f, .values = values};
        f->sureness = (struct taught_sureness){.bias = -3, .score = 0.6f};
    }
}

/* --- the file ----------------------------------------------------------------------------- */

static void print_places(const struct taught *t, struct buf *out)
{
    for (size_t i = 0; i < t->type->n_anchors && !t->declared->n_anchors; i++) {
        const struct type_anchor *anchor = &t->type->anchors[i];

        buf_printf(out, "anchor %d %.1f %.1f %s\n", anchor->page, (double)anchor->x,
                   (double)anchor->y, anchor->text);
    }
    for (size_t i = 0; i < t->type->n_fields; i++) {
        const struct type_field *f = &t->type->fields[i];

        if (f->page && !t->declared->fields[i].page)
            buf_printf(out, "box %s %d %.1f %.1f %.1f %.1f\n", f->name, f->page, (double)f->box.x0,
                       (double)f->box.y0, (double)f->box.x1, (double)f->box.y1);
    }
}

void taught_print(const struct taught *t, const char *provenance, struct buf *out)
{
    buf_add_text(out, MAGIC);
    buf_add_text(out, provenance);
    print_places(t, out);
    for (size_t i = 0; i < t->type->n_fields; i++) {
        const struct taught_field *f = &t->fields[i];

        buf_printf(out, "field %s %.8f %.8f %.5f %.5f %.5f\n", f->name, (double)f->first.scale,
                   (double)f->second.scale, (double)f->sureness.bias, (double)f->sureness.score,
                   (double)f->sureness.lead);
    }
    for (size_t i = 0; i < t->type->n_fields; i++)
        if (t->fields[i].range_end >= 0)
            buf_printf(out, "range %s %s %.3f\n", t->fields[i].name,
                       t->fields[t->fields[i].range_end].name, (double)t->fields[i].range_bonus);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < t->type->n_fields; i++) {
        buf_add(out, t->fields[i].first.values, SPAN_BUCKETS);
        buf_add(out, t->fields[i].second.values, SPAN_BUCKETS);
    }
}

static bool is_scale(float scale)
{
    return scale >= 0 && scale < 1000;
}

/* One line of the head each; false for one that is none of this type. */
static bool read_field(struct taught *t, const char *line, size_t *n)
{
    struct taught_field f = {.range_end = -1};
    char name[TYPE_NAME_MAX + 1];

    if (sscanf(line, "field %40s %f %f %f %f %f", name, &f.first.scale, &f.second.scale,
               &f.sureness.bias, &f.sureness.score, &f.sureness.lead) != 6 ||
        *n == t->type->n_fields || strcmp(name, t->type->fields[*n].name) != 0 ||
        !is_scale(f.first.scale) || !is_scale(f.second.scale) ||
        !isfinite(f.sureness.bias + f.sureness.score + f.sureness.lead))
        return false;
    f.name = t->type->fields[*n].name;
    t->fields[(*n)++] = f;
    return true;
}

static bool read_anchor(const struct taught *t, struct arena *a, struct type *type,
                        const char *line)
{
    struct type_anchor *anchor = &type->anchors[type->n_anchors];
    int at = 0;

    if (t->declared->n_anchors || type->n_anchors == TYPE_ANCHORS_MAX ||
        sscanf(line, "anchor %d %f %f %n", &anchor->page, &anchor->x, &anchor->y, &at) != 3 ||
        !at || !isfinite(anchor->x + anchor->y))
        return false;
    anchor->text = arena_strdup(a, line + at);
    type->n_anchors++;
    return true;
}

static bool read_box(struct type *type, const char *line)
{
    struct type_field *f;
    char name[TYPE_NAME_MAX + 1];
    struct box box;
    int page;

    if (sscanf(line, "box %40s %d %f %f %f %f", name, &page, &box.x0, &box.y0, &box.x1, &box.y1) !=
        6)
        return false;
    f = (struct type_field *)(uintptr_t)type_find(type, name);
    if (!f || f->page || page < 1 || !(box.x0 < box.x1 && box.y0 < box.y1) ||
        !isfinite(box.x0 + box.y0 + box.x1 + box.y1))
        return false;
    f->page = page;
    f->box = box;
    return true;
}

static int field_number(const struct type *type, const char *name)
{
    const struct type_field *f = type_find(type, name);

    return f ? (int)(f - type->fields) : -1;
}

static bool read_range(struct taught *t, const char *line)
{
    char from[TYPE_NAME_MAX + 1], to[TYPE_NAME_MAX + 1];
    int begin, end;
    float bonus;

    if (sscanf(line, "range %40s %40s %f", from, to, &bonus) != 3 || !is_scale(bonus))
        return false;
    begin = field_number(t->type, from);
    end = field_number(t->type, to);
    if (begin < 0 || end < 0)
        return false;
    t->fields[begin].range_end = end;
    t->fields[begin].range_bonus = bonus;
    return true;
}

static bool begins(const char *line, const char *word)
{
    return strncmp(line, word, strlen(word)) == 0;
}

/* The lines behind the magic; `type` gets the places that were learnt. Lines of another beginning
 * are remarks. */
static bool read_head(struct taught *t, struct arena *a, struct type *type, char *head)
{
    size_t n = 0;

    for (char *line; (line = strsep(&head, "\n"));)
        if ((begins(line, "field ") && !read_field(t, line, &n)) ||
            (begins(line, "range ") && !read_range(t, line)) ||
            (begins(line, "anchor ") && !read_anchor(t, a, type, line)) ||
            (begins(line, "box ") && !read_box(type, line)))
            return false;
    return n == type->n_fields;
}

static int8_t *copy_weights(struct arena *a, const char *bytes)
{
    int8_t *values = arena_alloc(a, SPAN_BUCKETS);

    memcpy(values, bytes, SPAN_BUCKETS);
    return values;
}

int taught_parse(struct arena *a, const struct type *type, const char *bytes, size_t length,
                 struct taught *ret, struct err *err)
{
    const char *body = length > sizeof MAGIC ? memmem(bytes, length, "\n\n", 2) : NULL;
    struct type *placed = type_copy(a, type);
    struct taught t = {.declared = type, .type = placed};

    t.fields = arena_alloc_array(a, type->n_fields + 1, sizeof *t.fields);
    if (!body || memcmp(bytes, MAGIC, sizeof MAGIC - 1) != 0)
        return err_set(err, ERR_INVALID, "no weights of a taught type of this version");
    body += 2;
    if (!read_head(&t, a, placed, arena_strndup(a, bytes, (size_t)(body - bytes) - 2)) ||
        length - (size_t)(body - bytes) != 2 * type->n_fields * SPAN_BUCKETS)
        return err_set(err, ERR_INVALID,
                       "taught with other fields than %s declares; teach it again", type->name);
    for (size_t i = 0; i < type->n_fields; i++) {
        t.fields[i].first.values = copy_weights(a, body + 2 * i * SPAN_BUCKETS);
        t.fields[i].second.values = copy_weights(a, body + (2 * i + 1) * SPAN_BUCKETS);
    }
    *ret = t;
    return 0;
}
