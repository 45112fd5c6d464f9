/*
 * The text layer: poppler's characters become words with boxes, and are judged for sense.
 *
 * Poppler gives one string and one box for each character in it. It runs neighbouring columns
 * together without a space, so a word ends here wherever the next character does not stand beside
 * the last one. Ligatures and full-width forms are normalised (NFKC), nothing else. The judgement
 * is by counting: replacement and private-use characters come from fonts without a Unicode map, and
 * text in any language we read is a fifth vowels or more; a shifted encoding is not.
 */
#include "pipeline/open/pdf.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

#define GAP_MAX 0.5f      /* of the character's height: a wider gap ends the word */
#define TINY_PT 1.5f      /* lower text is invisible at any zoom a clerk uses */
#define PALE 0xe000       /* of 0xffff in every channel: below 1.3 to 1 against white */
#define BAD_SHARE 0.10    /* characters without meaning; clean layers have none, bullets 0.02 */
#define VOWEL_SHARE 0.18  /* of letters; Norwegian 0.38, German 0.37, Hungarian 0.42 */
#define LETTERS_JUDGED 80 /* fewer are too few to judge by vowels */

struct counts {
    size_t characters, bad, latin, vowels;
};

/* State while the characters of a page go by. */
struct reader {
    struct arena *arena;
    struct text_layer *layer;
    size_t capacity;
    float width_pt, height_pt;
    struct counts counts;
    char text[LIMIT_WORD_BYTES];
    size_t length;
    struct box box;            /* of the word so far */
    PopplerRectangle previous; /* the last character */
    bool needs_normalising;
    bool is_pale;
};

static bool is_bad(uint32_t c)
{
    return c == 0xfffd || (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000 || c < 0x20 ||
           (c >= 0x7f && c < 0xa0);
}

static void count(struct counts *n, uint32_t c)
{
    char plain[8], encoded[5] = "";

    n->characters++;
    if (is_bad(c)) {
        n->bad++;
        return;
    }
    if (c >= 0x250)
        return;
    encoded[utf8_encode(c, encoded)] = '\0';
    utf8_fold(encoded, plain, sizeof plain);
    if (plain[0] >= 'a' && plain[0] <= 'z' && plain[0] != '\0') {
        n->latin++;
        n->vowels += strchr("aeiouy", plain[0]) != NULL;
    }
}

static bool is_composed_form(uint32_t c)
{
    return (c >= 0xfb00 && c <= 0xfb06) || (c >= 0xff01 && c <= 0xff5e) ||
           (c >= 0x300 && c <= 0x36f);
}

static const char *word_text(struct reader *r)
{
    char *normal, *clean;
    size_t length = r->length;

    r->text[length] = '\0';
    normal = r->needs_normalising ? g_utf8_normalize(r->text, -1, G_NORMALIZE_ALL_COMPOSE) : NULL;
    clean = normal ? utf8_cleaned(r->arena, normal, strlen(normal))
                   : utf8_cleaned(r->arena, r->text, length);
    g_free(normal);
    return clean;
}

static bool is_on_page(const struct reader *r)
{
    float x = (r->box.x0 + r->box.x1) / 2, y = (r->box.y0 + r->box.y1) / 2;

    return x >= 0 && x <= r->width_pt && y >= 0 && y <= r->height_pt;
}

static void end_word(struct reader *r)
{
    struct text_layer *layer = r->layer;
    float height = r->box.y1 - r->box.y0, width = r->box.x1 - r->box.x0;
    const char *text;

    if (r->length == 0)
        return;
    text = word_text(r);
    r->length = 0;
    r->needs_normalising = false;
    if (!*text || layer->n_words == LIMIT_WORDS_A_PAGE)
        return;
    if (!is_on_page(r) || fminf(height, width) <= 0 || fmaxf(height, width) < TINY_PT) {
        layer->n_dropped++;
        return;
    }
    if (layer->n_words == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 256;

        layer->words = arena_grow_array(r->arena, layer->words, r->capacity, capacity,
                                        sizeof *layer->words);
        r->capacity = capacity;
    }
    layer->words[layer->n_words++] = (struct layer_word){
        .word = {.text = text, .box = r->box, .confidence = 1}, .is_pale = r->is_pale};
}

/* Beside the last character, in a line of text or in one that runs up or down the page. */
static bool is_adjacent(const PopplerRectangle *last, const PopplerRectangle *next)
{
    double height = fmin(last->y2 - last->y1, next->y2 - next->y1);
    double width = fmin(last->x2 - last->x1, next->x2 - next->x1);
    double overlap_y = fmin(last->y2, next->y2) - fmax(last->y1, next->y1);
    double overlap_x = fmin(last->x2, next->x2) - fmax(last->x1, next->x1);

    if (overlap_y >= height / 2)
        return next->x1 - last->x2 <= GAP_MAX * height && next->x2 >= last->x1 - GAP_MAX * height;
    return overlap_x >= width / 2 && -overlap_y <= GAP_MAX * width;
}

static void add_character(struct reader *r, uint32_t c, const char *bytes, size_t length,
                          const PopplerRectangle *at)
{
    if (r->length && (!is_adjacent(&r->previous, at) || r->length + length >= sizeof r->text))
        end_word(r);
    if (r->length == 0)
        r->box = (struct box){(float)at->x1, (float)at->y1, (float)at->x2, (float)at->y2};
    memcpy(r->text + r->length, bytes, length);
    r->length += length;
    r->box.x0 = fminf(r->box.x0, (float)at->x1);
    r->box.y0 = fminf(r->box.y0, (float)at->y1);
    r->box.x1 = fmaxf(r->box.x1, (float)at->x2);
    r->box.y1 = fmaxf(r->box.y1, (float)at->y2);
    r->previous = *at;
    r->needs_normalising |= is_composed_form(c);
}

static bool is_ocr_font(const char *name)
{
    static const char *const fonts[] = {"GlyphLess", "HiddenHorz", "Invisible", "glyphless"};

    for (size_t i = 0; name && i < G_N_ELEMENTS(fonts); i++)
        if (strstr(name, fonts[i]))
            return true;
    return false;
}

static bool is_pale(const PopplerTextAttributes *run)
{
    return run->color.red >= PALE && run->color.green >= PALE && run->color.blue >= PALE;
}

static bool is_space(uint32_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == 0xa0 || c == 0xad ||
           (c >= 0x2000 && c <= 0x200d) || c == 0x202f || c == 0x3000;
}

static void read_characters(struct reader *r, const char *text, const PopplerRectangle *boxes,
                            unsigned n_boxes, GList *runs)
{
    const char *p = text;

    for (unsigned i = 0; i < n_boxes && *p; i++) {
        const char *start = p;
        uint32_t c = utf8_next(&p);

        while (runs && ((PopplerTextAttributes *)runs->data)->end_index < (int)i)
            runs = runs->next;
        if (is_space(c)) {
            end_word(r);
            continue;
        }
        r->is_pale = runs && is_pale(runs->data);
        count(&r->counts, c);
        add_character(r, c, start, (size_t)(p - start), &boxes[i]);
    }
    end_word(r);
}

static bool is_garbage(const struct counts *n)
{
    return (double)n->bad > BAD_SHARE * (double)n->characters ||
           (n->latin >= LETTERS_JUDGED && (double)n->vowels < VOWEL_SHARE * (double)n->latin);
}

void pdf_text_words(struct arena *a, const struct page_text *in, struct text_layer *ret)
{
    struct text_layer layer = {0};
    struct reader r = {
        .arena = a, .layer = &layer, .width_pt = in->width_pt, .height_pt = in->height_pt};

    read_characters(&r, in->text, in->boxes, in->n_boxes, in->runs);
    for (GList *run = in->runs; run && !layer.is_ocr_font; run = run->next)
        layer.is_ocr_font = is_ocr_font(((PopplerTextAttributes *)run->data)->font_name);
    layer.is_garbage = is_garbage(&r.counts);
    reading_order(a, layer.words, layer.n_words);
    *ret = layer;
}

void pdf_text_read(struct arena *a, PopplerPage *page, struct text_layer *ret)
{
    char *text = poppler_page_get_text(page);
    PopplerRectangle *boxes = NULL;
    unsigned n_boxes = 0;
    GList *runs = poppler_page_get_text_attributes(page);
    double width_pt, height_pt;

    poppler_page_get_size(page, &width_pt, &height_pt);
    if (!text || !poppler_page_get_text_layout(page, &boxes, &n_boxes))
        n_boxes = 0;
    pdf_text_words(a,
                   &(struct page_text){text ? text : "", boxes, n_boxes, runs, (float)width_pt,
                                       (float)height_pt},
                   ret);
    poppler_page_free_text_attributes(runs);
    g_free(boxes);
    g_free(text);
}
