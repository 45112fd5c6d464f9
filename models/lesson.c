/* Lessons in words and as JSON, and what their counts are worth. */
#include "models/lesson.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

static const struct kind_info {
    const char *name, *words; /* `words` is a format of the text */
} kinds[LESSON_KIND_COUNT] = {
    [LESSON_RIGHT_OF] = {"right_of", "right of «%s»"},
    [LESSON_BELOW] = {"below", "below «%s»"},
    [LESSON_AT] = {"at", "at %s"},
    [LESSON_SHAPE] = {"shape", "shape %s"},
    [LESSON_VALUE] = {"value", "always «%s»"},
    [LESSON_MARK] = {"mark", "decimals after «%s»"},
    [LESSON_ORDER] = {"order", "dates as %s"},
    [LESSON_RATE] = {"rate", "VAT at %s %"},
    [LESSON_TERM] = {"term", "due after %s days"},
};

const char *lesson_kind_name(enum lesson_kind kind)
{
    return kinds[kind].name;
}

float lesson_weight(const struct lesson *lesson)
{
    float for_it = (float)lesson->seen + 0.5f;
    float p = for_it / (for_it + 2 * (float)lesson->contradicted + 0.5f);

    return lesson->report || p < 0.5f ? 0 : 2 * p - 1;
}

static void describe_place(const char *text, struct buf *b)
{
    int page = 0, across = 0, down = 0;

    if (sscanf(text, "%d %d %d", &page, &across, &down) != 3) {
        buf_add_text(b, text);
        return;
    }
    if (page < 0)
        buf_add_text(b, "on the last page");
    else
        buf_printf(b, "on page %d", page);
    buf_printf(b, ", %d %% across and %d %% down", across / 10, down / 10);
}

void lesson_describe(const struct lesson *lesson, struct buf *b)
{
    if (lesson->kind == LESSON_AT) {
        describe_place(lesson->text, b);
    } else {
        const char *words = kinds[lesson->kind].words, *hole = strstr(words, "%s");

        buf_add(b, words, (size_t)(hole - words));
        buf_add_text(b, lesson->text);
        buf_add_text(b, hole + 2);
    }
    buf_printf(b, ", seen %d, contradicted %d", lesson->seen, lesson->contradicted);
    if (lesson->report)
        buf_printf(b, "; proposed only: %s", lesson->report);
}

struct json_t *lessons_to_json(const struct lessons *lessons)
{
    json_t *list = json_array();

    for (size_t i = 0; i < lessons->n; i++) {
        const struct lesson *lesson = &lessons->items[i];
        json_t *json = json_object();

        json_set_text(json, "field", field_info(lesson->field)->name);
        json_set_text(json, "kind", kinds[lesson->kind].name);
        json_set_text(json, "text", lesson->text);
        json_set_int(json, "seen", lesson->seen);
        json_set_int(json, "contradicted", lesson->contradicted);
        json_set_text(json, "report", lesson->report);
        json_array_append_new(list, json);
    }
    return list;
}

static bool parse_kind(const char *name, enum lesson_kind *ret)
{
    for (int i = 0; i < LESSON_KIND_COUNT; i++)
        if (strcmp(kinds[i].name, name) == 0) {
            *ret = (enum lesson_kind)i;
            return true;
        }
    return false;
}

static int count_of(const json_t *json, const char *key)
{
    int64_t n = json_get_int(json, key, 0);

    return n < 0 ? 0 : n > 1000000 ? 1000000 : (int)n;
}

int lessons_from_json(struct arena *a, const struct json_t *json, struct lessons *ret,
                      struct err *err)
{
    struct lessons list = {0};
    const json_t *item;
    size_t i;

    if (!json_is_array(json))
        return err_set(err, ERR_INVALID, "lessons are no list");
    list.items = arena_alloc_array(a, LESSONS_MAX, sizeof *list.items);
    json_array_foreach(json, i, item) {
        struct lesson lesson = {.seen = count_of(item, "seen"),
                                .contradicted = count_of(item, "contradicted")};

        if (list.n == LESSONS_MAX ||
            !field_parse(json_get_text(item, "field", ""), &lesson.field) ||
            !parse_kind(json_get_text(item, "kind", ""), &lesson.kind))
            continue;
        lesson.text = arena_strdup(a, json_get_text(item, "text", ""));
        lesson.report = arena_strdup(a, json_get_text(item, "report", NULL));
        list.items[list.n++] = lesson;
    }
    *ret = list;
    return 0;
}
