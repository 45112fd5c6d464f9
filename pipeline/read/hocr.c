/*
 * hOCR 1.2: pages, blocks, lines and words with boxes in points (scaled by ten, because the format
 * wants whole numbers) and confidence in per cent. It is XML as well, as many programs read it so.
 */
#include "pipeline/read/read.h"

#include "base/buf.h"

void hocr_begin(struct buf *out, const char *title, const char *language)
{
    buf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n"
                      "<html xmlns=\"http://www.w3.org/1999/xhtml\"");
    if (language[0])
        buf_printf(out, " lang=\"%s\"", language);
    buf_add_text(out, ">\n<head>\n<meta charset=\"utf-8\"/>\n<title>");
    buf_add_markup(out, title);
    buf_add_text(out, "</title>\n<meta name=\"ocr-system\" content=\"bilag " BILAG_VERSION "\"/>\n"
                      "<meta name=\"ocr-capabilities\" "
                      "content=\"ocr_page ocr_carea ocr_line ocrx_word ocrp_wconf\"/>\n"
                      "</head>\n<body>\n");
}

void hocr_end(struct buf *out)
{
    buf_add_text(out, "</body>\n</html>\n");
}

/* The box around words `from` to before `end`. */
static struct box around(const struct page *page, size_t from, size_t end)
{
    struct box all = page->words[from].box;

    for (size_t i = from + 1; i < end; i++) {
        const struct box *b = &page->words[i].box;

        all.x0 = b->x0 < all.x0 ? b->x0 : all.x0;
        all.y0 = b->y0 < all.y0 ? b->y0 : all.y0;
        all.x1 = b->x1 > all.x1 ? b->x1 : all.x1;
        all.y1 = b->y1 > all.y1 ? b->y1 : all.y1;
    }
    return all;
}

static void add_box(struct buf *out, struct box box)
{
    buf_printf(out, "bbox %d %d %d %d", (int)(box.x0 * 10 + 0.5f), (int)(box.y0 * 10 + 0.5f),
               (int)(box.x1 * 10 + 0.5f), (int)(box.y1 * 10 + 0.5f));
}

static void open_element(struct buf *out, const char *element, const char *kind, const char *id,
                         int page, size_t number, struct box box)
{
    buf_printf(out, "<%s class=\"%s\" id=\"%s_%d_%zu\" title=\"", element, kind, id, page, number);
    add_box(out, box);
}

static void add_line(struct buf *out, const struct page *page, size_t from, size_t end)
{
    open_element(out, "span", "ocr_line", "line", page->number, from + 1, around(page, from, end));
    buf_add_text(out, "\">\n");
    for (size_t i = from; i < end; i++) {
        const struct word *w = &page->words[i];

        open_element(out, "span", "ocrx_word", "word", page->number, i + 1, w->box);
        buf_printf(out, "; x_wconf %d\">", (int)(w->confidence * 100 + 0.5f));
        buf_add_markup(out, w->text);
        buf_add_text(out, "</span>\n");
    }
    buf_add_text(out, "</span>\n");
}

static void add_block(struct buf *out, const struct page *page, size_t from, size_t end)
{
    open_element(out, "div", "ocr_carea", "block", page->number, from + 1, around(page, from, end));
    buf_add_text(out, "\">\n");
    for (size_t line = from, next; line < end; line = next) {
        for (next = line; next < end && page->words[next].line == page->words[line].line;)
            next++;
        add_line(out, page, line, next);
    }
    buf_add_text(out, "</div>\n");
}

void hocr_page(struct buf *out, const struct page *page)
{
    open_element(out, "div", "ocr_page", "page", page->number, 1,
                 (struct box){0, 0, page->width_pt, page->height_pt});
    buf_printf(out, "; ppageno %d; scan_res 720 720\">\n", page->number - 1);
    for (size_t from = 0, next; from < page->n_words; from = next) {
        for (next = from;
             next < page->n_words && page->words[next].block == page->words[from].block;)
            next++;
        add_block(out, page, from, next);
    }
    buf_add_text(out, "</div>\n");
}
