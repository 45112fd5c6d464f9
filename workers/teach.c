/*
 * Learning, with the brakes on. The pure part makes new lessons of one document. Every lesson whose
 * weight rises is then tried on the supplier's earlier, approved documents: these are read once
 * with the lessons of today and once with the new ones, and where the new ones turn an approved
 * value into another, the risen lessons of that field are held back with the report "changes 3 of
 * 42". They are counted on and tried again next time. A lesson that was contradicted falls without
 * asking: to fall can only give the word back to the scorer.
 */
#include "workers/teach.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "pipeline/extract/memory.h"
#include "stores/records_suppliers.h"
#include "workers/judge.h"

#include <string.h>

enum { REPLAY_MAX = 200, SETTLED = 5, TRIES = 3 };

struct lesson_change {
    int fields[FIELD_COUNT]; /* documents in which the field would change */
    int documents, changed;
};

struct learning {
    struct house *house;
    struct judge *judge;
    struct arena *a;
    int64_t document_id, supplier_id;
    struct lessons now, after;
    struct lesson_version version;
};

/* ---- comparing lessons ---- */

static const struct lesson *find_lesson(const struct lessons *list, const struct lesson *like)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].field == like->field && list->items[i].kind == like->kind &&
            strcmp(list->items[i].text, like->text) == 0)
            return &list->items[i];
    return NULL;
}

static bool has_risen(const struct lessons *now, const struct lesson *lesson)
{
    const struct lesson *before = find_lesson(now, lesson);

    return lesson_weight(lesson) > (before ? lesson_weight(before) : 0);
}

/* A lesson that held SETTLED times and holds once more weighs the same for all that matters. */
static bool needs_replay(const struct learning *q)
{
    for (size_t i = 0; i < q->after.n; i++) {
        const struct lesson *before = find_lesson(&q->now, &q->after.items[i]);

        if (has_risen(&q->now, &q->after.items[i]) &&
            (!before || before->report || before->seen < SETTLED))
            return true;
    }
    return false;
}

/* ---- replay ---- */

/* As the records have the document, and as it would be read with these lessons. */
static int read_with(const struct learning *q, const struct lessons *lessons, int64_t id,
                     struct arena *a, struct document **ret_kept, struct document **ret_fresh,
                     struct err *err)
{
    struct judge judge = *q->judge;

    judge.tried = lessons;
    judge.arena = a;
    judge.context.is_known = NULL; /* the verdict is not what is compared */
    judge.context.user = &judge;
    return read_words_again(q->house, &judge.context, id, a, ret_kept, ret_fresh, err);
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static int replay_one(struct learning *q, int64_t id, struct lesson_change *ret, struct err *err)
{
    AUTO_ARENA struct arena a;
    struct document *kept = NULL, *before = NULL, *fresh = NULL;
    bool changed = false;
    int r;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    r = read_with(q, &q->now, id, &a, &kept, &before, err);
    if (r == 0)
        r = read_with(q, &q->after, id, &a, &kept, &fresh, err);
    for (int i = 0; r == 0 && i < FIELD_COUNT; i++)
        if (is_same(kept->fields[i].value, before->fields[i].value) &&
            !is_same(kept->fields[i].value, fresh->fields[i].value)) {
            ret->fields[i]++;
            changed = true;
        }
    ret->documents++;
    ret->changed += changed;
    return r;
}

static int replay(struct learning *q, struct lesson_change *ret, struct err *err)
{
    int64_t *ids = NULL;
    size_t n = 0;
    int r = records_list_supplier_documents(q->house->records, q->supplier_id, REPLAY_MAX, q->a,
                                            &ids, &n, err);

    *ret = (struct lesson_change){0};
    for (size_t i = 0; r == 0 && i < n; i++)
        if (ids[i] != q->document_id)
            r = replay_one(q, ids[i], ret, err);
    return r;
}

/* Risen lessons of fields that changed are only proposed. */
static void hold_back(struct learning *q, const struct lesson_change *change)
{
    for (size_t i = 0; i < q->after.n; i++) {
        struct lesson *lesson = &q->after.items[i];

        if (change->fields[lesson->field] && has_risen(&q->now, lesson))
            lesson->report = arena_printf(q->a, "changes %d of %d", change->fields[lesson->field],
                                          change->documents);
    }
}

/* Lessons of one field moved another: then nothing rises at all. */
static void hold_all(struct learning *q, const struct lesson_change *change)
{
    for (size_t i = 0; i < q->after.n; i++) {
        struct lesson *lesson = &q->after.items[i];
        const struct lesson *before = find_lesson(&q->now, lesson);

        if (!has_risen(&q->now, lesson))
            continue;
        if (before && !before->report)
            *lesson = *before;
        else
            lesson->report = arena_printf(q->a, "changes %d of %d", change->changed,
                                          change->documents);
    }
}

static int try_out(struct learning *q, struct lesson_change *ret, struct err *err)
{
    struct lesson_change again;
    int r;

    *ret = (struct lesson_change){0};
    if (!needs_replay(q))
        return 0;
    r = replay(q, ret, err);
    if (r < 0 || ret->changed == 0)
        return r;
    hold_back(q, ret);
    r = replay(q, &again, err);
    if (r == 0 && again.changed)
        hold_all(q, &again);
    return r;
}

/* ---- learning ---- */

/* The lessons to learn on: those of now, or what was known before this document began to teach. */
static int load_base(struct learning *q, struct lessons *ret, struct err *err)
{
    struct lesson_version version;
    int r = records_load_lessons(q->house->records, q->supplier_id, 0, q->a, &q->now, &q->version,
                                 err);

    *ret = q->now;
    version = q->version;
    while (r == 0 && version.version && version.document_id == q->document_id) {
        if (version.version == 1) {
            *ret = (struct lessons){0};
            break;
        }
        r = records_load_lessons(q->house->records, q->supplier_id, version.version - 1, q->a, ret,
                                 &version, err);
    }
    return r;
}

static int find_supplier(struct learning *q, const struct document *d, bool is_approved,
                         const char *who, struct err *err)
{
    if (!is_approved)
        return records_meet_supplier(q->house->records, q->document_id, d, who, &q->supplier_id,
                                     err);
    return records_supplier_of(q->house->records, q->document_id, &q->supplier_id, err);
}

static int store(struct learning *q, const char *who, const struct lesson_change *change,
                 struct taught *ret, struct err *err)
{
    struct lesson_version by = {.version = q->version.version,
                                .who = who,
                                .act = "learn",
                                .document_id = q->document_id,
                                .note = ""};
    int r;

    if (change->changed)
        by.note = arena_printf(q->a, "changes %d of %d", change->changed, change->documents);
    *ret = (struct taught){
        .supplier_id = q->supplier_id, .replayed = change->documents, .changed = change->changed};
    r = records_store_lessons(q->house->records, q->supplier_id, &by, &q->after, &ret->version,
                              err);
    for (size_t i = 0; i < q->after.n; i++) {
        ret->lessons += lesson_weight(&q->after.items[i]) > 0;
        ret->proposed += q->after.items[i].report != NULL;
    }
    return r;
}

static int learn(struct learning *q, bool is_approved, const char *who, struct taught *ret,
                 struct err *err)
{
    struct document_row row;
    struct document *d = NULL;
    struct page **pages = NULL;
    struct supplier_sign *signs;
    struct lessons base = {0};
    struct lesson_change change;
    size_t n = 0, n_signs = 0;
    int r = records_load_document(q->house->records, q->document_id, q->a, &row, &d, err);

    if (r == 0)
        r = find_supplier(q, d, is_approved, who, err);
    if (r == 0)
        r = records_load_document_pages(q->house->records, q->document_id, q->a, &pages, &n, err);
    if (r == 0)
        r = load_base(q, &base, err);
    if (r < 0)
        return r;
    memory_learn(q->a, &base, pages, d, is_approved, &q->after);
    for (size_t i = 0; i < q->after.n; i++)
        q->after.items[i].report = NULL; /* what was held back gets another chance */
    r = try_out(q, &change, err);
    if (r == 0)
        r = store(q, who, &change, ret, err);
    if (r < 0 || !is_approved)
        return r;
    memory_signs(q->a, pages, d, &signs, &n_signs);
    return records_add_look(q->house->records, q->supplier_id, q->document_id, signs, n_signs, err);
}

int teach(struct house *house, int64_t document_id, bool is_approved, const char *who,
          struct taught *ret, struct err *err)
{
    struct taught taught = {0};
    int r = ERR_CONFLICT;

    for (int i = 0; i < TRIES && r == ERR_CONFLICT; i++) { /* somebody else taught meanwhile */
        AUTO_ARENA struct arena a;
        struct judge judge;
        struct learning q = {.house = house, .judge = &judge, .a = &a, .document_id = document_id};

        arena_init(&a, LIMIT_JOB_ARENA_BYTES);
        judge_init(&judge, house, &a, civil_date_from_unix_ms(clock_now_ms()));
        r = learn(&q, is_approved, who, &taught, err);
    }
    if (r < 0 && r != ERR_NOT_FOUND)
        return r;
    *ret = taught;
    return 0;
}
