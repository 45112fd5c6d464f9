/*
 * Lines come from the layout, characters from the recogniser. The recogniser knows where a word
 * stands along its line but not how high it is, so each box is drawn in to the ink: from the band
 * of small letters outwards, over the gap under a dot, until a row is white.
 */
#include "pipeline/read/own.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "pipeline/read/layout/layout.h"
#include "pipeline/read/reread.h"
#include "pipeline/read/sheet.h"
#include "pipeline/read/twins.h"
#include "recogniser/recogniser.h"

#include <leptonica/allheaders.h>
#include <float.h>
#include <math.h>
#include <string.h>

#define DOT_GAP 0.5f /* of the x-height: under the dot of an i, the ring of an å */

/* Tills print what matters twice as high as it is wide; brought to the models' height its letters
 * run into one another. Of letters, width to height: common print has 0.6 to 0.9. */
#define NARROW 0.6f
#define NORMAL 0.7f
#define WIDEN_MAX 2.0f
#define SURE -0.2f /* certainty: print as it should be */

/* Tesseract's own scale from certainty to confidence. */
static float confidence_of(float certainty)
{
    float confidence = 1 + certainty / 20;

    return confidence < 0 ? 0 : confidence > 1 ? 1 : confidence;
}

/* --- the picture as the layout wants it ---------------------------------------------------- */

static void page_of(struct arena *a, const struct sheet *s, struct layout_page *ret)
{
    bool is_grey = pixGetDepth(s->pix) == 8;

    *ret = (struct layout_page){
        .width = pixGetWidth(s->pix), .height = pixGetHeight(s->pix), .dpi = s->dpi};
    if (is_grey) {
        ret->grey = pixGetData(s->pix);
        ret->grey_words = pixGetWpl(s->pix);
        layout_ink(a, ret);
    } else {
        ret->ink = pixGetData(s->pix);
        ret->ink_words = pixGetWpl(s->pix);
    }
}

/* --- boxes --------------------------------------------------------------------------------- */

static bool row_has_ink(const struct bitmap *ink, int y, int x0, int x1)
{
    const uint64_t *row = bitmap_row(ink, y);

    for (int i = x0 >> 6; i <= (x1 - 1) >> 6; i++)
        if (row[i] & bitmap_span(i, x0, x1))
            return true;
    return false;
}

/* The last row with ink from `y` on in steps, at most `end`; a white gap up to `gap` is crossed. */
static int ink_edge(const struct bitmap *ink, int y, int end, int step, int gap, int x0, int x1)
{
    int edge = y;

    for (int white = 0; y != end && white <= gap; y += step) {
        white = row_has_ink(ink, y, x0, x1) ? 0 : white + 1;
        if (white == 0)
            edge = y;
    }
    return edge;
}

static int clamped(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* Draws the box of a word on an upright line in to its ink. */
static void tighten(const struct layout_line *line, const struct bitmap *ink,
                    struct layout_box *box)
{
    float middle = (float)(box->x0 + box->x1 - line->box.x0 - line->box.x1) / 2;
    int base = (int)lrintf(line->baseline + line->slope * middle);
    int foot = clamped(base - 1, box->y0, box->y1 - 1);
    int head = clamped(base - (int)lrintf(line->x_height), box->y0, foot);
    int gap = (int)(DOT_GAP * line->x_height) + 1;
    int x0 = clamped(box->x0, 0, ink->width - 1), x1 = clamped(box->x1, x0 + 1, ink->width);
    int top = ink_edge(ink, foot, box->y0 - 1, -1, gap > foot - head ? gap : foot - head, x0, x1);
    int bottom = ink_edge(ink, head, box->y1, 1, gap > foot - head ? gap : foot - head, x0, x1);

    if (top < bottom) {
        box->y0 = top;
        box->y1 = bottom + 1;
    }
}

/* The lines of a page, as cut and as read. */
struct lines {
    const struct layout_line *at;
    struct line_image *images;
    struct recognised_line *texts;
    float *wide; /* how much wider than printed the image is */
    size_t count;
};

/* --- narrow print -------------------------------------------------------------------------- */

static bool is_narrow(const struct layout_line *line)
{
    return line->turn == LAYOUT_UPRIGHT && line->width > 0 && line->width < NARROW;
}

static struct line_image widen(struct arena *a, const struct line_image *image, float factor)
{
    int width = (int)((float)image->width * factor);
    unsigned char *pixels = arena_alloc(a, (size_t)width * (size_t)image->height);

    for (int x = 0; x < width; x++) {
        float at = fmaxf(((float)x + 0.5f) / factor - 0.5f, 0), share = at - floorf(at);
        int left = (int)at, right = left + 1 < image->width ? left + 1 : left;

        for (int y = 0; y < image->height; y++) {
            const unsigned char *row = image->pixels + y * image->stride;

            pixels[y * width + x] = (unsigned char)((float)row[left] * (1 - share) +
                                                    (float)row[right] * share + 0.5f);
        }
    }
    return (struct line_image){pixels, width, image->height, width};
}

/* How sure a line's letters are, on the mean; a line without any is the least sure. */
static float mean_certainty(const struct recognised_line *text)
{
    size_t letters = 0;
    float sum = 0;

    for (size_t i = 0; i < text->word_count; i++) {
        letters += text->words[i].symbol_count;
        sum += text->words[i].certainty * (float)text->words[i].symbol_count;
    }
    return letters ? sum / (float)letters : -FLT_MAX;
}

/* Reads narrow lines once more, widened, and keeps what is surer. */
static int read_narrow(struct arena *a, const struct recogniser *r, struct lines *lines,
                       struct err *err)
{
    struct line_image *images = arena_alloc_array(a, lines->count, sizeof *images);
    struct recognised_line *texts = arena_alloc_array(a, lines->count, sizeof *texts);
    size_t *from = arena_alloc_array(a, lines->count, sizeof *from), n = 0;
    int status;

    for (size_t i = 0; i < lines->count; i++) {
        if (!is_narrow(&lines->at[i]) || mean_certainty(&lines->texts[i]) > SURE)
            continue;
        images[n] = widen(a, &lines->images[i], fminf(NORMAL / lines->at[i].width, WIDEN_MAX));
        from[n++] = i;
    }
    status = recogniser_read(r, a, images, n, texts, err);
    for (size_t k = 0; k < n && status == 0; k++) {
        size_t i = from[k];

        if (mean_certainty(&texts[k]) <= mean_certainty(&lines->texts[i]))
            continue;
        lines->wide[i] = (float)images[k].width / (float)lines->images[i].width;
        lines->images[i] = images[k];
        lines->texts[i] = texts[k];
    }
    return status;
}

static struct box place_word(const struct layout *layout, const struct layout_line *line,
                             float wide, const struct recognised_word *word)
{
    struct line_box printed = {(int)((float)word->box.left / wide), word->box.top,
                               (int)ceilf((float)word->box.right / wide), word->box.bottom};
    struct layout_box at = layout_place(line, printed);

    if (line->turn == LAYOUT_UPRIGHT)
        tighten(line, &layout->text, &at);
    return (struct box){(float)at.x0, (float)at.y0, (float)at.x1, (float)at.y1};
}

/* --- words --------------------------------------------------------------------------------- */

static const char *clean_text(struct arena *a, const char *text)
{
    return utf8_cleaned(a, text, strnlen(text, LIMIT_WORD_BYTES / 3));
}

/* How wide a character of the line is in the middle. */
static float mean_width(const struct recognised_line *line)
{
    int width = 0, count = 0;

    for (size_t i = 0; i < line->word_count; i++) {
        width += line->words[i].box.right - line->words[i].box.left;
        count += (int)line->words[i].symbol_count;
    }
    return count ? (float)width / (float)count : 0;
}

static void take_words(struct arena *a, const struct layout *layout, const struct lines *lines,
                       struct found_words *ret)
{
    const struct recognised_line *texts = lines->texts;
    size_t room = 0;
    int line = -1, row = -1, block = -1;

    for (size_t i = 0; i < layout->line_count; i++)
        room += texts[i].word_count;
    if (room > LIMIT_WORDS_A_PAGE)
        room = LIMIT_WORDS_A_PAGE;
    ret->words = arena_alloc_array(a, room, sizeof *ret->words);
    for (size_t i = 0; i < layout->line_count; i++) {
        const struct layout_line *from = &layout->lines[i];
        float width = mean_width(&texts[i]);

        if (texts[i].word_count && (from->row != row || from->block != block))
            line++;
        for (size_t k = 0; k < texts[i].word_count && ret->count < room; k++) {
            const struct recognised_word *word = &texts[i].words[k];

            row = from->row;
            block = from->block;
            ret->words[ret->count++] = (struct word){
                .text = clean_text(a, twins_drop(a, word, width)),
                .box = place_word(layout, from, lines->wide[i], word),
                .confidence = confidence_of(word->certainty),
                .line = (uint16_t)line,
                .block = (uint16_t)block,
            };
        }
    }
}

static void take_rules(struct arena *a, const struct layout *layout, const struct sheet *s,
                       struct found_words *ret)
{
    ret->rules = arena_alloc_array(a, layout->rule_count, sizeof *ret->rules);
    ret->n_rules = layout->rule_count;
    for (size_t i = 0; i < layout->rule_count; i++) {
        const struct layout_box *at = &layout->rules[i].box;
        struct box box = {(float)at->x0, (float)at->y0, (float)at->x1, (float)at->y1};

        ret->rules[i].box = sheet_to_points(s, 1, box);
        ret->rules[i].is_vertical = layout->rules[i].is_vertical;
    }
}

static void cut_lines(struct arena *a, const struct layout_page *page, const struct layout *layout,
                      struct lines *ret)
{
    *ret = (struct lines){.at = layout->lines, .count = layout->line_count};
    ret->images = arena_alloc_array(a, ret->count, sizeof *ret->images);
    ret->texts = arena_alloc_array(a, ret->count, sizeof *ret->texts);
    ret->wide = arena_alloc_array(a, ret->count, sizeof *ret->wide);
    for (size_t i = 0; i < ret->count; i++) {
        layout_crop(a, page, layout, &layout->lines[i], &ret->images[i]);
        ret->wide[i] = 1;
    }
}

int own_read(struct arena *a, const struct recogniser *r, struct sheet *s, struct found_words *ret,
             struct err *err)
{
    struct layout layout = {0};
    struct layout_page page;
    struct lines lines;
    int status;

    page_of(a, s, &page);
    layout_find(a, &page, &layout);
    cut_lines(a, &page, &layout, &lines);
    status = recogniser_read(r, a, lines.images, lines.count, lines.texts, err);
    if (status == 0)
        status = read_narrow(a, r, &lines, err);
    if (status < 0)
        return status;
    ret->fallback = layout_verdict(&layout, lines.texts);
    if (ret->fallback)
        return 0;
    status = reread_lines(a, r, lines.images, lines.texts, lines.count, err);
    if (status < 0)
        return status;
    take_words(a, &layout, &lines, ret);
    take_rules(a, &layout, s, ret);
    return 0;
}

/* --- one line ------------------------------------------------------------------------------ */

/* The pixels of a picture as bytes, 0 dark. */
static bool line_of(struct arena *a, PIX *pix, struct line_image *ret)
{
    PIX *grey = pixConvertTo8(pix, 0);
    int width = grey ? pixGetWidth(grey) : 0, height = grey ? pixGetHeight(grey) : 0;
    unsigned char *pixels = arena_alloc(a, (size_t)width * (size_t)height + 1);

    for (int y = 0; y < height; y++) {
        const l_uint32 *row = pixGetData(grey) + (size_t)y * (size_t)pixGetWpl(grey);

        for (int x = 0; x < width; x++)
            pixels[(size_t)y * (size_t)width + (size_t)x] = GET_DATA_BYTE(row, x);
    }
    pixDestroy(&grey);
    *ret = (struct line_image){pixels, width, height, width};
    return width > 0 && height > 0;
}

float own_line_confidence(const struct recogniser *r, struct Pix *line)
{
    AUTO_ARENA struct arena a;
    struct recognised_line text = {0};
    struct line_image image;
    float sum = 0;

    arena_init(&a, LIMIT_JOB_ARENA_BYTES);
    if (!line_of(&a, line, &image) || recogniser_read(r, &a, &image, 1, &text, NULL) < 0)
        return 0;
    for (size_t i = 0; i < text.word_count; i++)
        sum += confidence_of(text.words[i].certainty);
    return text.word_count ? sum / (float)text.word_count : 0;
}
