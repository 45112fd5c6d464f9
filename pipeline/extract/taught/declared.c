/* What is not found is missing; the verdict says so where the type requires it. */
#include "pipeline/extract/taught/declared.h"

#include "base/arena.h"

#include <string.h>

bool declared_is_known(const struct type *type, const struct sheet *s)
{
    for (size_t i = 0; i < type->n_known_by; i++) {
        int count, at = sheet_find_phrase(s, type->known_by[i], 0, &count);

        if (at >= 0 && s->tokens[at].page == 0 && s->tokens[at].box.y0 < s->pages[0]->height_pt / 2)
            return true;
    }
    return false;
}

static void put(struct document *d, struct arena *a, struct page *const *pages, const char *name,
                int page, const char *value, float confidence, struct box box, unsigned proofs)
{
    *document_field(d, a, name) = (struct field){
        .value = value,
        .confidence = confidence,
        .page = d->pages[page],
        .box = box,
        .source = pages[page]->source == PAGE_TEXT ? SOURCE_TEXT : SOURCE_OCR,
        .proofs = proofs,
    };
}

/* A code is chosen from the whole of the first page that was read. */
static int page_of(const struct sheet *s, const struct span *span)
{
    int page = span ? span->page : 0;

    while (!span && page + 1 < s->n_pages && !s->pages[page])
        page++;
    return page;
}

static void put_answer(const struct taught *t, struct arena *a, const struct taught_sheet *sheet,
                       size_t field, const struct taught_answer *answer, struct document *d)
{
    const struct type_field *declared = &t->type->fields[field];
    const struct span *span = answer->span;
    bool has_label = span && sheet->labels[field][span - sheet->spans.items] > LABEL_IN_ROW;

    if (!taught_is_given(answer) ||
        (t->is_untaught && !answer->is_from_form && document_find(d, declared->name)))
        return;
    put(d, a, sheet->sheet.pages, declared->name,
        answer->is_from_form ? declared->page - 1 : page_of(&sheet->sheet, span), answer->value,
        answer->confidence, span ? span->printed : answer->box, has_label ? 1u << PROOF_LABEL : 0);
}

static void require(const struct type *type, struct arena *a, struct document *d)
{
    d->declared = type->name;
    d->required = arena_alloc_array(a, type->n_fields, sizeof *d->required);
    d->n_required = 0;
    for (size_t i = 0; i < type->n_fields; i++)
        if (type->fields[i].is_required)
            d->required[d->n_required++] = type->fields[i].name;
}

static void take_out_undeclared(const struct type *type, struct document *d)
{
    enum document_type ignored;

    if (document_type_parse(type->name, &ignored))
        return;
    for (int i = 0; i < FIELD_COUNT; i++)
        if (!type_find(type, field_info((enum field_id)i)->name))
            d->fields[i] = (struct field){0};
    d->n_lines = d->n_vat = 0;
}

void declared_fill(const struct taught *t, struct arena *a, const struct sheet *s,
                   const struct candidates *c, struct document *d)
{
    const struct type *type = t->type;
    struct taught_answer *answers = arena_alloc_array(a, type->n_fields, sizeof *answers);
    struct taught_sheet sheet;

    d->n_named = 0;
    require(type, a, d);
    take_out_undeclared(type, d);
    if (s->n_tokens == 0)
        return;
    taught_sheet_take(&sheet, a, s, c, type);
    taught_answer(t, a, &sheet, answers);
    for (size_t i = 0; i < type->n_fields; i++)
        put_answer(t, a, &sheet, i, &answers[i], d);
}
