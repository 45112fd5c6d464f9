/*
 * Words lie under the picture in rendering mode 3 (invisible), in Tesseract's font without shapes:
 * each character is half as wide as high, and horizontal scaling makes a word exactly as wide as
 * printed. Copying and searching go through the character codes, which are UTF-16.
 *
 * Programs that take text out of a PDF put words together that have one size and one baseline. The
 * boxes of "on" and "by" have neither, so the words of a line share the middle ones. A line that is
 * skewed keeps the places of its words.
 */
#include "pipeline/file/record.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>

#define CHARACTER_WIDTH 0.5f /* of the size */
#define SKEWED_FROM 1.8f     /* as high as its highest word: the line climbs or falls */

void record_picture(struct buf *out, const struct page *page)
{
    float w = page->width_pt, h = page->height_pt;

    buf_add_text(out, "q ");
    switch (page->rotation) {
    case 90:
        buf_printf(out, "0 %.3f %.3f 0 0 %.3f", -h, w, h);
        break;
    case 180:
        buf_printf(out, "%.3f 0 0 %.3f %.3f %.3f", -w, -h, w, h);
        break;
    case 270:
        buf_printf(out, "0 %.3f %.3f 0 %.3f 0", h, -w, w);
        break;
    default:
        buf_printf(out, "%.3f 0 0 %.3f 0 0", w, h);
    }
    buf_add_text(out, " cm /Im Do Q\n");
}

/* How the words of a line are set. */
struct setting {
    float size, bottom;
    bool is_skewed; /* `bottom` is not for all */
};

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static float middle(float *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_floats);
    return values[count / 2];
}

static struct setting setting_of(const struct word *words, size_t count)
{
    AUTO_FREE float *heights = mem_alloc_array(count, sizeof *heights);
    AUTO_FREE float *bottoms = mem_alloc_array(count, sizeof *bottoms);
    float top = words[0].box.y0, bottom = words[0].box.y1, highest = 0;

    for (size_t i = 0; i < count; i++) {
        const struct box *box = &words[i].box;

        heights[i] = box->y1 - box->y0;
        bottoms[i] = box->y1;
        top = fminf(top, box->y0);
        bottom = fmaxf(bottom, box->y1);
        highest = fmaxf(highest, heights[i]);
    }
    return (struct setting){middle(heights, count), middle(bottoms, count),
                            bottom - top > SKEWED_FROM * highest};
}

static void add_word(struct buf *out, const struct page *page, const struct word *word,
                     const struct setting *setting)
{
    float size = setting->size, width = word->box.x1 - word->box.x0;
    float bottom = setting->is_skewed ? word->box.y1 : setting->bottom;
    size_t count = utf8_count(word->text);
    const char *at = word->text;

    if (size <= 0 || width <= 0 || count == 0)
        return;
    buf_printf(out, RECORD_FONT " %.2f Tf %.2f Tz 1 0 0 1 %.2f %.2f Tm <", size,
               100 * width / (CHARACTER_WIDTH * size * (float)count), word->box.x0,
               page->height_pt - bottom);
    for (uint32_t c = utf8_next(&at); c; c = utf8_next(&at))
        buf_printf(out, "%04X", c < RECORD_CHARACTERS_MAX ? c : 0xFFFD);
    buf_add_text(out, "> Tj\n");
}

void record_words(struct buf *out, const struct page *page, bool only_recognised)
{
    if (page->n_words == 0)
        return;
    buf_add_text(out, "BT 3 Tr\n");
    for (size_t from = 0, next; from < page->n_words; from = next) {
        struct setting setting;

        for (next = from; next < page->n_words && page->words[next].line == page->words[from].line;)
            next++;
        setting = setting_of(page->words + from, next - from);
        for (size_t i = from; i < next; i++)
            if (!only_recognised || page->words[i].confidence < 1)
                add_word(out, page, &page->words[i], &setting);
    }
    buf_add_text(out, "ET\n");
}

size_t record_characters(const struct page *page)
{
    uint32_t highest = 0;

    for (size_t i = 0; i < page->n_words; i++) {
        const char *at = page->words[i].text;

        for (uint32_t c = utf8_next(&at); c; c = utf8_next(&at))
            highest = c > highest ? c : highest;
    }
    return highest < RECORD_CHARACTERS_MAX ? highest + 1 : RECORD_CHARACTERS_MAX;
}

void record_glyph_map(struct buf *out, size_t n_characters)
{
    for (size_t i = 0; i < n_characters; i++)
        buf_add(out, "\0\1", 2);
}

const char *record_unicode_map(void)
{
    return "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
           "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
           "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
           "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
           "1 beginbfrange\n<0000> <FFFF> <0000>\nendbfrange\n"
           "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
}
