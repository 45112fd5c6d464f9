/*
 * Pages and their JSON. Words are arrays, not objects, because a page has hundreds:
 * ["Faktura", x0, y0, x1, y1, confidence, line, block].
 */
#include "models/page.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"

#include <math.h>
#include <string.h>

static const char *const source_names[PAGE_SOURCE_COUNT] = {
    [PAGE_NO_WORDS] = "none", [PAGE_TEXT] = "text", [PAGE_OCR] = "ocr",
    [PAGE_MIXED] = "mixed",   [PAGE_XML] = "xml",
};

const char *page_source_name(enum page_source source)
{
    return source_names[source];
}

struct page *page_new(struct arena *a, int number, float width_pt, float height_pt)
{
    struct page *page = arena_alloc(a, sizeof *page);

    page->number = number;
    page->width_pt = width_pt;
    page->height_pt = height_pt;
    return page;
}

char *page_text(const struct page *page)
{
    struct buf b;

    buf_init(&b, LIMIT_JSON_BYTES);
    for (size_t i = 0; i < page->n_words; i++) {
        if (i > 0)
            buf_add_char(&b, page->words[i].line == page->words[i - 1].line ? ' ' : '\n');
        buf_add_text(&b, page->words[i].text);
    }
    return buf_take(&b);
}

static json_t *number(double value, double scale)
{
    return json_real(round(value * scale) / scale);
}

static void add_box(json_t *array, const struct box *box)
{
    const float sides[4] = {box->x0, box->y0, box->x1, box->y1};

    for (int i = 0; i < 4; i++)
        json_array_append_new(array, number(sides[i], 10));
}

static json_t *words_to_json(const struct page *page)
{
    json_t *words = json_array();

    for (size_t i = 0; i < page->n_words; i++) {
        const struct word *w = &page->words[i];
        json_t *word = json_array();

        json_array_append_new(word, json_clean_string(w->text));
        add_box(word, &w->box);
        json_array_append_new(word, number(w->confidence, 1000));
        json_array_append_new(word, json_integer(w->line));
        json_array_append_new(word, json_integer(w->block));
        json_array_append_new(words, word);
    }
    return words;
}

static json_t *barcodes_to_json(const struct page *page)
{
    json_t *barcodes = json_array();

    for (size_t i = 0; i < page->n_barcodes; i++) {
        json_t *barcode = json_array();

        json_array_append_new(barcode, json_clean_string(page->barcodes[i].text));
        add_box(barcode, &page->barcodes[i].box);
        json_array_append_new(barcode, json_clean_string(page->barcodes[i].symbology));
        json_array_append_new(barcodes, barcode);
    }
    return barcodes;
}

static json_t *rules_to_json(const struct page *page)
{
    json_t *rules = json_array();

    for (size_t i = 0; i < page->n_rules; i++) {
        json_t *rule = json_array();

        json_array_append_new(rule, json_string(page->rules[i].is_vertical ? "v" : "h"));
        add_box(rule, &page->rules[i].box);
        json_array_append_new(rules, rule);
    }
    return rules;
}

json_t *page_to_json(const struct page *page)
{
    json_t *json = json_object();

    json_set_int(json, "number", page->number);
    json_set_real(json, "width", page->width_pt, 1);
    json_set_real(json, "height", page->height_pt, 1);
    json_set_int(json, "rotation", page->rotation);
    json_set_real(json, "skew", page->skew_deg, 2);
    json_set_text(json, "source", page_source_name(page->source));
    json_set(json, "blank", json_boolean(page->is_blank));
    json_set(json, "words", words_to_json(page));
    json_set(json, "barcodes", barcodes_to_json(page));
    json_set(json, "rules", rules_to_json(page));
    return json;
}

/* The text and box that every item begins with. */
static bool item_head(struct arena *a, const json_t *item, size_t length, const char **ret_text,
                      struct box *ret_box)
{
    const char *text = json_string_value(json_array_get(item, 0));
    float side[4];

    if (json_array_size(item) != length || !text || strlen(text) > LIMIT_WORD_BYTES * 8)
        return false;
    for (size_t i = 0; i < 4; i++) {
        const json_t *n = json_array_get(item, i + 1);

        if (!json_is_number(n) || !(fabs(json_number_value(n)) < LIMIT_BOX_PT))
            return false;
        side[i] = (float)json_number_value(n);
    }
    *ret_text = arena_strdup(a, text);
    *ret_box = (struct box){side[0], side[1], side[2], side[3]};
    return true;
}

static bool parse_word(struct arena *a, const json_t *item, void *array, size_t i)
{
    struct word *w = (struct word *)array + i;
    const json_t *confidence = json_array_get(item, 5), *line = json_array_get(item, 6),
                 *block = json_array_get(item, 7);

    if (!item_head(a, item, 8, &w->text, &w->box) || !json_is_number(confidence) ||
        !json_is_integer(line) || !json_is_integer(block))
        return false;
    w->confidence = (float)json_number_value(confidence);
    w->line = (uint16_t)json_integer_value(line);
    w->block = (uint16_t)json_integer_value(block);
    return w->confidence >= 0 && w->confidence <= 1;
}

static bool parse_barcode(struct arena *a, const json_t *item, void *array, size_t i)
{
    struct barcode *b = (struct barcode *)array + i;

    if (!item_head(a, item, 6, &b->text, &b->box) || !json_is_string(json_array_get(item, 5)))
        return false;
    b->symbology = arena_strdup(a, json_string_value(json_array_get(item, 5)));
    return true;
}

static bool parse_rule(struct arena *a, const json_t *item, void *array, size_t i)
{
    struct rule *rule = (struct rule *)array + i;
    const char *direction;

    if (!item_head(a, item, 5, &direction, &rule->box))
        return false;
    rule->is_vertical = direction[0] == 'v';
    return true;
}

/* One array of items, each through `parse`; a missing array is an empty one. */
static int parse_items(struct arena *a, const json_t *page, const char *key, size_t max,
                       size_t item_size,
                       bool (*parse)(struct arena *, const json_t *, void *, size_t),
                       void **ret_items, size_t *ret_count, struct err *err)
{
    const json_t *array = json_object_get(page, key);
    size_t n = json_array_size(array);
    void *items;

    if (n > max)
        return err_set(err, ERR_LIMIT, "page with %zu %s, the limit is %zu", n, key, max);
    items = arena_alloc_array(a, n, item_size);
    for (size_t i = 0; i < n; i++)
        if (!parse(a, json_array_get(array, i), items, i))
            return err_set(err, ERR_INVALID, "page: item %zu of %s is malformed", i, key);
    *ret_items = items;
    *ret_count = n;
    return 0;
}

static bool parse_source(const char *name, enum page_source *ret)
{
    for (int i = 0; i < PAGE_SOURCE_COUNT; i++)
        if (strcmp(source_names[i], name) == 0) {
            *ret = (enum page_source)i;
            return true;
        }
    return false;
}

static int parse_head(const json_t *json, struct page *page, struct err *err)
{
    int64_t number = json_get_int(json, "number", 0), rotation = json_get_int(json, "rotation", 0);
    double width = json_get_real(json, "width", -1), height = json_get_real(json, "height", -1);

    if (number < 1 || number > LIMIT_PAGE_NUMBER || rotation % 90 || rotation < 0 || rotation > 270)
        return err_set(err, ERR_INVALID, "page: number or rotation out of range");
    if (!(width >= 0 && width < LIMIT_BOX_PT && height >= 0 && height < LIMIT_BOX_PT))
        return err_set(err, ERR_INVALID, "page %d: size out of range", (int)number);
    if (!parse_source(json_get_text(json, "source", ""), &page->source))
        return err_set(err, ERR_INVALID, "page %d: unknown source of words", (int)number);
    page->number = (int)number;
    page->rotation = (int)rotation;
    page->width_pt = (float)width;
    page->height_pt = (float)height;
    page->skew_deg = (float)json_get_real(json, "skew", 0);
    page->is_blank = json_get_bool(json, "blank", false);
    return 0;
}

int page_from_json(struct arena *a, const json_t *json, struct page **ret_page, struct err *err)
{
    struct page *page = arena_alloc(a, sizeof *page);
    int r = parse_head(json, page, err);

    if (r == 0)
        r = parse_items(a, json, "words", LIMIT_WORDS_A_PAGE, sizeof *page->words, parse_word,
                        (void **)&page->words, &page->n_words, err);
    if (r == 0)
        r = parse_items(a, json, "barcodes", LIMIT_BARCODES_A_PAGE, sizeof *page->barcodes,
                        parse_barcode, (void **)&page->barcodes, &page->n_barcodes, err);
    if (r == 0)
        r = parse_items(a, json, "rules", LIMIT_WORDS_A_PAGE, sizeof *page->rules, parse_rule,
                        (void **)&page->rules, &page->n_rules, err);
    if (r == 0)
        *ret_page = page;
    return r;
}
