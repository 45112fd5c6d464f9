/*
 * Separator sheets: the patch code T of document scanners as bars on all four sides, and the word
 * PATCHT as Code 39 or as QR, the text every archive program takes for one.
 *
 * Patch T is four bars in 0.80 inch, from the edge inwards: narrow (0.08 in), wide (0.20), narrow,
 * wide, each 0.08 apart and half an inch from the edge of the paper.
 */
#include "generator/separator.h"

#include <qrencode.h>
#include <string.h>

static const char CODE_TEXT[] = "PATCHT";

enum separator separator_named(const char *name)
{
    static const char *const names[] = {"none", "blank", "patch", "code39", "qr"};
    int i = 0;

    while (i < SEPARATOR_COUNT && strcmp(name, names[i]) != 0)
        i++;
    return (enum separator)i;
}

static void draw_patch(struct page *page)
{
    static const double starts[] = {0, 0.16, 0.44, 0.60};
    static const double widths[] = {0.08, 0.20, 0.08, 0.20};
    const double edge = 0.5 * 72;
    const double inner = 1.5 * 72;

    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++) {
        double start = edge + starts[i] * 72;
        double width = widths[i] * 72;

        page_fill(page, inner, start, page->width - 2 * inner, width, BLACK);
        page_fill(page, inner, page->height - start - width, page->width - 2 * inner, width, BLACK);
        page_fill(page, start, edge, width, page->height - 2 * edge, BLACK);
        page_fill(page, page->width - start - width, edge, width, page->height - 2 * edge, BLACK);
    }
}

/* The nine elements of a character, bar and space in turn, w wide: what PATCHT needs of Code 39. */
static const char *code39(char letter)
{
    switch (letter) {
    case 'A':
        return "wnnnnwnnw";
    case 'C':
        return "wnwnnwnnn";
    case 'H':
        return "wnnnnwwnn";
    case 'P':
        return "nnwnwnnwn";
    case 'T':
        return "nnnnwnwwn";
    default: /* the star that starts and ends every code */
        return "nwnnwnwnn";
    }
}

static void draw_code39(struct page *page)
{
    g_autofree char *text = g_strdup_printf("*%s*", CODE_TEXT);
    const double narrow = 1.6;
    double x = 130;

    for (const char *letter = text; *letter != '\0'; letter++, x += narrow) {
        const char *elements = code39(*letter);

        for (int i = 0; elements[i] != '\0'; i++) {
            double width = elements[i] == 'w' ? narrow * 2.5 : narrow;

            if (i % 2 == 0)
                page_fill(page, x, 380, width, 80, BLACK);
            x += width;
        }
    }
}

static void draw_qr(struct page *page)
{
    QRcode *code = QRcode_encodeString(CODE_TEXT, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    const double size = 8;
    double left = (page->width - code->width * size) / 2;

    for (int i = 0; i < code->width * code->width; i++) {
        if (code->data[i] & 1)
            page_fill(page, left + i % code->width * size, 330 + i / code->width * size, size, size,
                      BLACK);
    }
    QRcode_free(code);
}

struct page *separator_page(struct pen *pen, enum separator kind)
{
    static void (*const draws[SEPARATOR_COUNT])(struct page * page) = {
        [SEPARATOR_PATCH] = draw_patch, [SEPARATOR_CODE39] = draw_code39, [SEPARATOR_QR] = draw_qr};
    struct font font = {.family = "Liberation Sans", .size = 30, .is_bold = true};
    struct page *page = page_new(pen, 595, 842);

    if (draws[kind] == NULL)
        return page;
    draws[kind](page);
    page_text(page, page->width / 2, 210, ALIGN_CENTRE, &font, CODE_TEXT);
    return page;
}
