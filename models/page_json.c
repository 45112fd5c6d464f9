/*
 * Words and check boxes travel: rules and bar codes stay with the packed page. What comes in is
 * checked like anything from outside, because people edit such files.
 */
#include "models/page_json.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

#define SIDE_PT_MAX 100000
#define SKEW_MAX_DEG 45

static double rounded(double value, double steps)
{
    return round(value * steps) / steps;
}

static void add_box(json_t *json, const struct box *box)
{
    const float sides[] = {box->x0, box->y0, box->x1, box->y1};

    for (int i = 0; i < 4; i++)
        json_array_append_new(json, json_real(rounded((double)sides[i], 10)));
}

static json_t *word_to_json(const struct word *w)
{
    json_t *json = json_array();

    json_array_append_new(json, json_clean_string(w->text));
    add_box(json, &w->box);
    if (w->confidence < 1)
        json_array_append_new(json, json_real(rounded((double)w->confidence, 1000)));
    return json;
}

static json_t *check_boxes_to_json(const struct page *page)
{
    json_t *marks = json_array();

    for (size_t i = 0; i < page->n_check_boxes; i++) {
        json_t *mark = json_array();

        add_box(mark, &page->check_boxes[i].box);
        json_array_append_new(mark, json_real(rounded((double)page->check_boxes[i].ink, 1000)));
        json_array_append_new(marks, mark);
    }
    return marks;
}

json_t *page_to_json(const struct page *page, const char *file, int number, int count)
{
    json_t *json = json_object(), *words = json_array();

    for (size_t i = 0; i < page->n_words; i++)
        json_array_append_new(words, word_to_json(&page->words[i]));
    json_set_text(json, "file", file);
    json_set_int(json, "page", number);
    json_set_int(json, "pages", count);
    json_set_real(json, "width", (double)page->width_pt, 1);
    json_set_real(json, "height", (double)page->height_pt, 1);
    if (page->skew_deg != 0)
        json_set_real(json, "skew", (double)page->skew_deg, 2);
    if (page->lost_percent)
        json_set_int(json, "lost_percent", page->lost_percent);
    json_set_text(json, "source", page_source_name(page->source));
    json_set_text(json, "fallback", page->fallback);
    json_set(json, "words", words);
    if (page->n_check_boxes)
        json_set(json, "check_boxes", check_boxes_to_json(page));
    return json;
}

static enum page_source source_of(const char *name)
{
    for (int s = 0; s < PAGE_SOURCE_COUNT; s++)
        if (strcmp(page_source_name((enum page_source)s), name) == 0)
            return (enum page_source)s;
    return PAGE_TEXT;
}

static bool word_from_json(struct arena *a, const json_t *json, struct word *ret)
{
    const char *text = json_string_value(json_array_get(json, 0));
    float sides[5] = {0, 0, 0, 0, 1};
    size_t n = json_array_size(json);

    if (!text || n < 5 || n > 7)
        return false;
    if (n > 5 && json_is_string(json_array_get(json, 5)))
        n = 5; /* generated paper says which field a word is of, and its row: not for a reader */
    for (size_t i = 1; i < n && i < 6; i++) {
        const json_t *side = json_array_get(json, i);

        if (!json_is_number(side) || fabs(json_number_value(side)) > SIDE_PT_MAX)
            return false;
        sides[i - 1] = (float)json_number_value(side);
    }
    *ret = (struct word){.text = arena_strdup(a, text),
                         .box = {sides[0], sides[1], sides[2], sides[3]},
                         .confidence = sides[4]};
    return sides[0] <= sides[2] && sides[1] <= sides[3] && sides[4] >= 0 && sides[4] <= 1;
}

static int check_boxes_from_json(struct arena *a, const json_t *marks, struct page *page,
                                 struct err *err)
{
    const json_t *mark;
    size_t i;

    if (json_array_size(marks) > LIMIT_WORDS_A_PAGE)
        return err_set(err, ERR_INVALID, "page %d has too many check boxes", page->number);
    page->check_boxes = arena_alloc_array(a, json_array_size(marks), sizeof *page->check_boxes);
    json_array_foreach(marks, i, mark) {
        double sides[5];

        for (size_t k = 0; k < ARRAY_LENGTH(sides); k++) {
            sides[k] = json_number_value(json_array_get(mark, k));
            if (json_array_size(mark) != ARRAY_LENGTH(sides) || fabs(sides[k]) > SIDE_PT_MAX)
                return err_set(err, ERR_INVALID,
                               "check box %zu of page %d is not [left, top, right, bottom, ink]",
                               i + 1, page->number);
        }
        page->check_boxes[page->n_check_boxes++] = (struct check_box){
            {(float)sides[0], (float)sides[1], (float)sides[2], (float)sides[3]}, (float)sides[4]};
    }
    return 0;
}

int page_from_json(struct arena *a, const json_t *json, struct page **ret, struct err *err)
{
    const json_t *words = json_object_get(json, "words"), *word;
    double width = json_get_real(json, "width", 595), height = json_get_real(json, "height", 842);
    struct page *page;
    size_t i;

    if (!json_is_array(words) || json_array_size(words) > LIMIT_WORDS_A_PAGE || !(width >= 0) ||
        !(height >= 0) || width > SIDE_PT_MAX || height > SIDE_PT_MAX)
        return err_set(err, ERR_INVALID, "no page of words");
    page = page_new(a, (int)json_get_int(json, "page", 1), (float)width, (float)height);
    page->source = source_of(json_get_text(json, "source", "text"));
    page->skew_deg = (float)fmax(-SKEW_MAX_DEG, fmin(json_get_real(json, "skew", 0), SKEW_MAX_DEG));
    page->words = arena_alloc_array(a, json_array_size(words), sizeof *page->words);
    json_array_foreach(words, i, word) {
        if (!word_from_json(a, word, &page->words[page->n_words++]))
            return err_set(err, ERR_INVALID,
                           "word %zu of page %d is not [text, left, top, right, bottom, "
                           "confidence]",
                           i + 1, page->number);
    }
    page->lost_percent = (int)fmax(0, fmin(json_get_real(json, "lost_percent", 0), 100));
    page->is_blank = page->n_words == 0 && page->lost_percent == 0;
    if (check_boxes_from_json(a, json_object_get(json, "check_boxes"), page, err) < 0)
        return ERR_INVALID;
    *ret = page;
    return 0;
}
