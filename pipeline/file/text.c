/*
 * Words lie under the picture in rendering mode 3 (invisible), in Tesseract's font without shapes:
 * each character is half as wide as high, so a word's height sets the size and horizontal scaling
 * makes it exactly as wide as printed. Copying and searching go through the character codes, which
 * are UTF-16.
 */
#include "pipeline/file/record.h"

#include "base/buf.h"
#include "base/utf8.h"

#define CHARACTER_WIDTH 0.5f /* of the size */

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

static void add_word(struct buf *out, const struct page *page, const struct word *word)
{
    float size = word->box.y1 - word->box.y0, width = word->box.x1 - word->box.x0;
    size_t count = utf8_count(word->text);
    const char *at = word->text;

    if (size <= 0 || width <= 0 || count == 0)
        return;
    buf_printf(out, RECORD_FONT " %.2f Tf %.2f Tz 1 0 0 1 %.2f %.2f Tm <", size,
               100 * width / (CHARACTER_WIDTH * size * (float)count), word->box.x0,
               page->height_pt - word->box.y1);
    for (uint32_t c = utf8_next(&at); c; c = utf8_next(&at))
        buf_printf(out, "%04X", c < RECORD_CHARACTERS_MAX ? c : 0xFFFD);
    buf_add_text(out, "> Tj\n");
}

void record_words(struct buf *out, const struct page *page, bool only_recognised)
{
    if (page->n_words == 0)
        return;
    buf_add_text(out, "BT 3 Tr\n");
    for (size_t i = 0; i < page->n_words; i++)
        if (!only_recognised || page->words[i].confidence < 1)
            add_word(out, page, &page->words[i]);
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
