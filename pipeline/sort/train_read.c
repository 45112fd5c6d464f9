/*
 * Sorts and extracts documents of known words as the workers do, for measuring and calibrating.
 * With a memory, each document is read with what the earlier ones of its supplier taught, and
 * teaches in its turn: its truth stands for the person who corrects and approves it. The supplier
 * is found by the truth too; how well the store finds it by signs is measured by
 * scripts/accuracy-line.
 */
#include "pipeline/sort/train_read.h"
#include "pipeline/extract/calibration.h"
#include "pipeline/extract/candidate.h"
#include "pipeline/extract/memory.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "models/money.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUT_BYTES = 64 << 20, MEMORY_BYTES = 1 << 30 };

/* One supplier: its lessons as JSON, and the values its documents carried. */
struct acquaintance {
    char *name;
    json_t *lessons, *values;
    const char **accounts; /* owned strings, the last NULL; NULL: nothing was to be paid yet */
    size_t n_accounts;
    int documents;
};

struct known {
    struct acquaintance *items;
    size_t n;
};

struct known *known_new(void)
{
    return mem_alloc(sizeof(struct known));
}

void known_free(struct known *known)
{
    if (!known)
        return;
    for (size_t i = 0; i < known->n; i++) {
        free(known->items[i].name);
        json_decref(known->items[i].lessons);
        json_decref(known->items[i].values);
        for (size_t k = 0; k < known->items[i].n_accounts; k++)
            free((char *)known->items[i].accounts[k]);
        free(known->items[i].accounts);
    }
    free(known->items);
    free(known);
}

static struct acquaintance *find(struct known *known, const char *name)
{
    for (size_t i = 0; i < known->n; i++)
        if (strcmp(known->items[i].name, name) == 0)
            return &known->items[i];
    known->items = mem_grow_array(known->items, known->n + 1, sizeof *known->items);
    known->items[known->n] = (struct acquaintance){
        .name = mem_strdup(name), .lessons = json_array(), .values = json_object()};
    return &known->items[known->n++];
}

/* ---- what the context asks ---- */

struct visit {
    struct arena *arena;
    const struct acquaintance *supplier; /* NULL: a stranger */
};

static char *value_key(struct arena *a, enum field_id field, const char *value)
{
    return arena_printf(a, "%s %s", field_info(field)->name, value);
}

static bool is_known(void *user, enum field_id field, const char *value, const char **ret_supplier)
{
    const struct visit *visit = user;

    if (!visit->supplier ||
        !json_object_get(visit->supplier->values, value_key(visit->arena, field, value)))
        return false;
    *ret_supplier = visit->supplier->name;
    return true;
}

static const char *const *accounts_of(void *user, const char *supplier)
{
    const struct visit *visit = user;

    (void)supplier;
    return visit->supplier->accounts;
}

static const struct lessons *recall(void *user, const struct supplier_sign *signs, size_t n)
{
    const struct visit *visit = user;
    struct lessons *lessons = arena_alloc(visit->arena, sizeof *lessons);
    struct err ignored;

    (void)signs;
    (void)n;
    if (!visit->supplier || !visit->supplier->documents ||
        lessons_from_json(visit->arena, visit->supplier->lessons, lessons, &ignored) < 0)
        return NULL;
    return lessons;
}

/* ---- learning from the truth ---- */

/* The document as a person leaves it: what is printed is right, what is not is empty. */
static void correct(struct arena *a, struct document *d, const json_t *truth)
{
    const json_t *visible = json_object_get(truth, "visible"), *name;
    struct field old[FIELD_COUNT];
    size_t i;

    memcpy(old, d->fields, sizeof old);
    memset(d->fields, 0, sizeof d->fields);
    json_array_foreach(visible, i, name) {
        enum field_id id;
        const char *printed = json_get_text(truth, json_string_value(name), NULL);
        char value[LIMIT_FIELD_BYTES];

        if (!printed || !field_parse(json_string_value(name), &id) ||
            !field_normalise(id, printed, json_get_text(truth, "currency", NULL), value,
                             sizeof value))
            continue;
        d->fields[id] = old[id];
        if (old[id].value && strcmp(old[id].value, value) == 0)
            continue;
        d->fields[id] = (struct field){.value = arena_strdup(a, value),
                                       .confidence = 1,
                                       .source = SOURCE_PERSON,
                                       .proofs = 1u << PROOF_PERSON};
    }
}

static void learn_accounts(struct acquaintance *supplier, const struct document *d)
{
    static const enum field_id ids[] = {FIELD_IBAN, FIELD_BANK_ACCOUNT, FIELD_BANKGIRO,
                                        FIELD_PLUSGIRO};

    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
        const char *value = document_value(d, ids[i]);

        if (!value && (d->type == DOCUMENT_CREDIT_NOTE || supplier->accounts))
            continue;
        supplier->accounts = mem_grow_array(supplier->accounts, supplier->n_accounts + 2,
                                            sizeof *supplier->accounts);
        if (value)
            supplier->accounts[supplier->n_accounts++] = mem_strdup(value);
        supplier->accounts[supplier->n_accounts] = NULL;
    }
}

static void learn(struct acquaintance *supplier, struct arena *a, struct page *const *pages,
                  struct document *d, const json_t *truth)
{
    struct lessons before, after;
    struct err ignored;

    correct(a, d, truth);
    if (lessons_from_json(a, supplier->lessons, &before, &ignored) < 0)
        before = (struct lessons){0};
    memory_learn(a, &before, pages, d, true, &after);
    json_decref(supplier->lessons);
    supplier->lessons = lessons_to_json(&after);
    supplier->documents++;
    learn_accounts(supplier, d);
    for (int i = 0; i < FIELD_COUNT; i++)
        if (d->fields[i].value)
            json_object_set_new(supplier->values,
                                value_key(a, (enum field_id)i, d->fields[i].value), json_true());
}

/* ---- printing ---- */

static json_t *features_of(const struct document *d)
{
    json_t *all = json_object();

    for (int i = 0; i < FIELD_COUNT; i++) {
        float features[CALIBRATION_COUNT];
        json_t *list = json_array();

        if (!d->fields[i].value) {
            json_decref(list);
            continue;
        }
        calibration_features(d, (enum field_id)i, features);
        for (int k = 0; k < CALIBRATION_COUNT; k++)
            json_array_append_new(list, json_real((double)features[k]));
        json_set(all, field_info((enum field_id)i)->name, list);
    }
    return all;
}

static json_t *candidate_to_json(const struct candidate *c)
{
    static const char *const kinds[CANDIDATE_KIND_COUNT] = {
        "amount", "date",    "identifier", "text",     "vat_id",    "organisation", "iban",
        "bic",    "account", "bankgiro",   "plusgiro", "reference", "email"};
    json_t *json = json_object();
    char text[MONEY_TEXT_SIZE];

    json_set_text(json, "kind", kinds[c->kind]);
    if (c->kind == CANDIDATE_AMOUNT)
        money_format(amount_to_minor(c->amount.value), 2, text);
    json_set_text(json, "value", c->kind == CANDIDATE_AMOUNT ? text : c->value);
    if (c->kind == CANDIDATE_AMOUNT && c->amount.is_ambiguous) {
        money_format(amount_to_minor(c->amount.other), 2, text);
        json_set_text(json, "other", text);
    } else if (c->kind == CANDIDATE_DATE && c->date.other.year) {
        char date[CIVIL_DATE_TEXT_SIZE];

        civil_date_format(c->date.other, date);
        json_set_text(json, "other", date);
    }
    json_set_int(json, "page", c->page + 1);
    json_set(json, "box",
             json_pack("[f,f,f,f]", (double)c->printed.x0, (double)c->printed.y0,
                       (double)c->printed.x1, (double)c->printed.y1));
    return json;
}

static json_t *candidates_of(struct arena *a, struct page *const *pages, const struct document *d)
{
    struct sheet sheet;
    struct candidates candidates;
    json_t *list = json_array();

    sheet_init(&sheet, a, pages, d->n_pages);
    candidates_find(&candidates, a, &sheet, sheet_writes_month_first(&sheet));
    for (int i = 0; i < candidates.count; i++)
        json_array_append_new(list, candidate_to_json(&candidates.items[i]));
    return list;
}

static void print(const struct train_reader *reader, struct arena *a, struct page *const *pages,
                  const struct document *d, const struct acquaintance *supplier)
{
    AUTO_JSON json_t *json = document_to_json(d);
    AUTO_BUF struct buf out;

    if (supplier)
        json_set_int(json, "known", supplier->documents);
    if (reader->has_features)
        json_set(json, "features", features_of(d));
    if (reader->has_candidates)
        json_set(json, "candidates", candidates_of(a, pages, d));
    buf_init(&out, OUTPUT_BYTES);
    json_print(json, &out);
    puts(out.data);
}

/* Each universe numbers its suppliers from one; names differ. */
static const char *seller_of(struct arena *a, const struct training_document *t)
{
    return arena_printf(a, "%s %s", json_get_text(t->truth, "supplier", ""),
                        json_get_text(t->truth, "seller_name", ""));
}

int train_reader_print(const struct train_reader *reader, struct arena *a,
                       struct training_document *t, struct err *err)
{
    const struct company nobody = {"", "", "", "", ""};
    struct acquaintance *supplier = reader->known ? find(reader->known, seller_of(a, t)) : NULL;
    struct visit visit = {a, supplier};
    const struct extract_context context = {.company = &nobody,
                                            .post_confidence = reader->certificate ? 0 : 0.9f,
                                            .scorer = reader->scorer,
                                            .calibration = reader->calibration,
                                            .certificate = reader->certificate,
                                            .is_known = is_known,
                                            .accounts_of = accounts_of,
                                            .recall = recall,
                                            .user = &visit};
    struct sorted sorted;
    int r = sort_pages(a, reader->sorter, t->pages, (size_t)t->n_pages, NULL, &sorted, err);

    for (size_t i = 0; r == 0 && i < sorted.n_documents; i++) {
        struct document *d = sorted.documents[i];
        struct page **pages = arena_alloc_array(a, d->n_pages, sizeof *pages);

        for (size_t k = 0; k < d->n_pages; k++)
            pages[k] = t->pages[d->pages[k] - 1];
        d->file = t->file;
        r = extract_document(a, pages, NULL, &context, d, err);
        print(reader, a, pages, d, supplier);
        if (supplier && sorted.n_documents == 1 && document_type_is_posted(d->type))
            learn(supplier, a, pages, d, t->truth);
    }
    return r;
}
