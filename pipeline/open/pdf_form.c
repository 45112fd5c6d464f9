/*
 * What was filled in or typed on: form fields, ticked boxes and free-text notes.
 *
 * Viewers paint these upon the page, so people read them, but poppler's text of a page leaves them
 * out. Poppler gives a field's value and area, not where its letters stand: words are set from the
 * area's left edge in the field's type size, which is right to within a sign or two. A ticked box
 * or a chosen button is the word "☒". What is flagged hidden or not for viewing is left out.
 */
#include "pipeline/open/pdf.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

#define TICK "\xe2\x98\x92"
#define SIZE_SHARE 0.75f  /* type size by the field's height, where the field leaves it open */
#define SIZE_MAX_PT 10.0f /* and the size viewers then stop at */
#define SIGN_WIDTH 0.5f   /* of the type size, an average of Helvetica */
#define LEADING 1.2f      /* type sizes from line to line */

/* Where words go on the page. */
struct form {
    struct arena *arena;
    struct text_layer *layer;
    size_t capacity;
    float height_pt;
    GList *annotations;
};

static void add_word(struct form *f, const char *text, size_t length, struct box box)
{
    struct text_layer *layer = f->layer;
    char *clean = utf8_cleaned(f->arena, text,
                               length < LIMIT_WORD_BYTES ? length : LIMIT_WORD_BYTES);

    if (!*clean || layer->n_words == LIMIT_WORDS_A_PAGE)
        return;
    if (layer->n_words >= f->capacity) {
        f->capacity = 2 * layer->n_words + 16;
        layer->words = arena_grow_array(f->arena, layer->words, layer->n_words, f->capacity,
                                        sizeof *layer->words);
    }
    layer->words[layer->n_words++] = (struct layer_word){
        .word = {.text = clean, .box = box, .confidence = 1}};
}

/* Sets lines of words from the area's top left; one line stands in the area's middle. */
static void add_text(struct form *f, const char *text, struct box area, float size)
{
    float height = area.y1 - area.y0, x = area.x0, y;

    if (size <= 0)
        size = fminf(SIZE_SHARE * height, SIZE_MAX_PT);
    y = strchr(text, '\n') ? area.y0 : (area.y0 + area.y1 - size) / 2;
    while (*text) {
        size_t length = strcspn(text, " \t\r\n");
        float width = (float)g_utf8_strlen(text, (gssize)length) * SIGN_WIDTH * size;
        float right = fmaxf(fminf(x + width, area.x1), x + 1);

        if (length)
            add_word(f, text, length, (struct box){x, y, right, y + size});
        x += width + (text[length] ? SIGN_WIDTH * size : 0);
        if (text[length] == '\n' || text[length] == '\r') {
            x = area.x0;
            y += text[length] == '\n' ? LEADING * size : 0;
        }
        text += length + (text[length] != '\0');
    }
}

/* From poppler's origin at the bottom left to ours at the top left. */
static struct box box_of(const struct form *f, const PopplerRectangle *area)
{
    return (struct box){(float)area->x1, f->height_pt - (float)area->y2, (float)area->x2,
                        f->height_pt - (float)area->y1};
}

static bool is_same(const PopplerRectangle *a, const PopplerRectangle *b)
{
    return fabs(a->x1 - b->x1) < 0.5 && fabs(a->y1 - b->y1) < 0.5 && fabs(a->x2 - b->x2) < 0.5 &&
           fabs(a->y2 - b->y2) < 0.5;
}

static bool is_shown(PopplerAnnot *annotation)
{
    return !(poppler_annot_get_flags(annotation) &
             (POPPLER_ANNOT_FLAG_HIDDEN | POPPLER_ANNOT_FLAG_NO_VIEW));
}

/* A field is shown by the widget that stands at its place. */
static bool is_field_shown(const struct form *f, const PopplerRectangle *area)
{
    for (GList *item = f->annotations; item; item = item->next) {
        const PopplerAnnotMapping *m = item->data;

        if (is_same(&m->area, area) && !is_shown(m->annot))
            return false;
    }
    return true;
}

static void add_field(struct form *f, const PopplerFormFieldMapping *m)
{
    PopplerFormField *field = m->field;
    char *text = NULL;

    if (!is_field_shown(f, &m->area))
        return;
    switch (poppler_form_field_get_field_type(field)) {
    case POPPLER_FORM_FIELD_TEXT:
        text = poppler_form_field_text_get_text(field);
        break;
    case POPPLER_FORM_FIELD_CHOICE:
        text = poppler_form_field_choice_get_text(field);
        break;
    case POPPLER_FORM_FIELD_BUTTON:
        if (poppler_form_field_button_get_button_type(field) != POPPLER_FORM_BUTTON_PUSH &&
            poppler_form_field_button_get_state(field))
            add_word(f, TICK, strlen(TICK), box_of(f, &m->area));
        break;
    default: /* signatures */
        break;
    }
    if (text && g_utf8_validate(text, -1, NULL))
        add_text(f, text, box_of(f, &m->area), (float)poppler_form_field_get_font_size(field));
    g_free(text);
}

static void add_note(struct form *f, const PopplerAnnotMapping *m)
{
    char *text = NULL;

    if (poppler_annot_get_annot_type(m->annot) == POPPLER_ANNOT_FREE_TEXT && is_shown(m->annot))
        text = poppler_annot_get_contents(m->annot);
    if (text && g_utf8_validate(text, -1, NULL))
        add_text(f, text, box_of(f, &m->area), SIZE_MAX_PT);
    g_free(text);
}

void pdf_form_read(struct arena *a, PopplerPage *page, struct text_layer *layer)
{
    GList *fields = poppler_page_get_form_field_mapping(page);
    struct form f = {.arena = a, .layer = layer, .capacity = layer->n_words};
    double width_pt, height_pt;
    size_t before = layer->n_words;

    poppler_page_get_size(page, &width_pt, &height_pt);
    f.height_pt = (float)height_pt;
    f.annotations = poppler_page_get_annot_mapping(page);
    for (GList *item = fields; item; item = item->next)
        add_field(&f, item->data);
    for (GList *item = f.annotations; item; item = item->next)
        add_note(&f, item->data);
    if (layer->n_words > before)
        reading_order(a, layer->words, layer->n_words);
    poppler_page_free_annot_mapping(f.annotations);
    poppler_page_free_form_field_mapping(fields);
}
