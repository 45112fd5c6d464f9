/* Bar codes, separator patches, and pages with nothing on them. */
#include "tests/unit/pipeline-read/drawn.h"
#include "tests/unit/pipeline-read/letters.h"

#include <qrencode.h>

#define SHEET_PT 421.0 /* half of A4, on its side */

static const struct barcode *find_code(const struct page *page, const char *symbology)
{
    for (size_t i = 0; i < page->n_barcodes; i++)
        if (strcmp(page->barcodes[i].symbology, symbology) == 0)
            return &page->barcodes[i];
    return NULL;
}

/* Four bars along the top edge, wide (W) or narrow (N), from the edge inwards. */
static void draw_patch(struct drawn *d, const char *bars)
{
    double y = 40;

    for (; *bars; bars++) {
        double thick = *bars == 'W' ? 14.4 : 5.76;

        drawn_box(d, 100, y, 360, thick);
        y += thick + 5.76;
    }
}

static void expect_patch(const char *bars, const char *symbology, int quarters)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    struct drawn d = drawn_sheet_new(200, SHEET_PT);
    struct page *page;
    PIX *upright, *pix;

    draw_patch(&d, bars);
    upright = drawn_pix(&d);
    pix = pixRotateOrth(upright, quarters);
    page = read_drawn(&a, pix, 200).page;
    assert_int_equal(page->n_barcodes, 1);
    assert_string_equal(page->barcodes[0].symbology, symbology);
    assert_false(page->is_blank);
    pixDestroy(&upright);
    pixDestroy(&pix);
}

static void test_patches(void **state)
{
    static const struct {
        const char *bars, *symbology;
    } patches[] = {
        {"WWNN", "PATCH-1"}, {"WNNW", "PATCH-2"}, {"WNWN", "PATCH-3"},
        {"NWWN", "PATCH-4"}, {"NNWW", "PATCH-6"}, {"NWNW", "PATCH-T"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(patches); i++)
        expect_patch(patches[i].bars, patches[i].symbology, (int)i % 4);
}

/* A table of four thick lines is no patch: its pattern has three wide bars. */
static void test_not_a_patch(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    struct drawn d = drawn_sheet_new(200, SHEET_PT);
    PIX *pix;

    (void)state;
    draw_patch(&d, "WWWN");
    pix = drawn_pix(&d);
    assert_int_equal(read_drawn(&a, pix, 200).page->n_barcodes, 0);
    pixDestroy(&pix);
}

static void test_qr(void **state)
{
    static const char data[] = "BCD\n002\n1\nSCT\n\nNordlys Kontor AS\nNO9386011117947\nEUR1250.00";
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    QRcode *code = QRcode_encodeString(data, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    struct drawn d = drawn_sheet_new(200, SHEET_PT);
    const struct barcode *found;
    PIX *pix;

    (void)state;
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++)
            if (code->data[y * code->width + x] & 1)
                drawn_box(&d, 400 + 1.8 * x, 200 + 1.8 * y, 1.8, 1.8);
    drawn_lines(&d, "Scan the code to pay\nor use the bank account below");
    pix = drawn_pix(&d);
    found = find_code(read_drawn(&a, pix, 200).page, "QR-Code");
    assert_non_null(found);
    assert_string_equal(found->text, data);
    assert_true(fabs(found->box.x0 - 400) < 4 && fabs(found->box.y0 - 200) < 4);
    QRcode_free(code);
    pixDestroy(&pix);
}

/* Code 39: nine bars and spaces a character, narrow or wide, black first. */
static void draw_code39(struct drawn *d, double x, double y, const char *text)
{
    static const struct {
        char c;
        const char *elements;
    } table[] = {
        {'*', "nwnnwnwnn"}, {'A', "wnnnnwnnw"}, {'S', "nnwnnnwwn"},
        {'N', "nnnnwnnww"}, {'4', "nnnwwnnnw"}, {'7', "nnnwnnwnw"},
    };

    for (; *text; text++)
        for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
            if (table[i].c != *text)
                continue;
            for (int e = 0; e < 9; e++) {
                double wide = table[i].elements[e] == 'w' ? 2.4 : 0.9;

                if (e % 2 == 0)
                    drawn_box(d, x, y, wide, 30);
                x += wide;
            }
            x += 0.9;
        }
}

static void test_code39(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    struct drawn d = drawn_sheet_new(300, SHEET_PT);
    const struct barcode *found;
    struct page *page;
    PIX *pix;

    (void)state;
    draw_code39(&d, 380, 30, "*ASN47*");
    drawn_lines(&d, "Invoice number 4711\nwith an archive number in the corner");
    pix = drawn_pix(&d);
    page = read_drawn(&a, pix, 300).page;
    found = find_code(page, "CODE-39");
    assert_non_null(found);
    assert_string_equal(found->text, "ASN47");
    assert_true(word_recall(page, "Invoice number 4711 with an archive number in the corner") >
                0.9);
    assert_true(page->n_words < 13); /* no letters made of bars */
    pixDestroy(&pix);
}

/* Of a small picture zbar sees the whole: the code is only where its bars are. */
static void test_code_on_a_slip(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    struct drawn d = drawn_new(200);
    BOX *top = boxCreate(0, 0, 1500, 390);
    struct page *page;
    PIX *pix, *slip;

    (void)state;
    draw_code39(&d, 380, 30, "*ASN47*");
    drawn_lines(&d, "Invoice number 4711\nwith an archive number in the corner");
    pix = drawn_pix(&d);
    slip = pixClipRectangle(pix, top, NULL);
    page = read_drawn(&a, slip, 200).page;
    assert_non_null(find_code(page, "CODE-39"));
    assert_true(word_recall(page, "Invoice number 4711") > 0.9);
    pixDestroy(&pix);
    pixDestroy(&slip);
    boxDestroy(&top);
}

static void expect_blank(struct drawn *d, bool is_blank, const char *what)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    PIX *pix = drawn_pix(d);
    struct page *page = read_drawn(&a, pix, 200).page;

    if (page->is_blank != is_blank)
        fail_msg("%s: %s", what, page->is_blank ? "blank" : "not blank");
    assert_int_equal(page->source, is_blank ? PAGE_NO_WORDS : PAGE_OCR);
    pixDestroy(&pix);
}

static void test_blank(void **state)
{
    struct drawn d = drawn_sheet_new(200, SHEET_PT);
    uint32_t seed = 7;

    (void)state;
    expect_blank(&d, true, "white");

    d = drawn_sheet_new(200, SHEET_PT);
    for (int i = 0; i < 150; i++) {
        seed = seed * 1664525 + 1013904223;
        drawn_box(&d, (seed >> 8) % 590, (seed >> 16) % 420, 0.8, 0.8);
    }
    expect_blank(&d, true, "dust");

    d = drawn_sheet_new(200, SHEET_PT);
    cairo_set_source_rgb(d.cairo, 0.88, 0.88, 0.88);
    cairo_scale(d.cairo, -1, 1);
    cairo_translate(d.cairo, -A4_WIDTH_PT, 0);
    drawn_lines(&d,
                "What is printed on the other side\nshines through thin paper\nand is not for us");
    expect_blank(&d, true, "bleed-through");

    d = drawn_sheet_new(200, SHEET_PT);
    cairo_set_source_rgb(d.cairo, 0.8, 0.8, 0.8);
    cairo_scale(d.cairo, -1, 1);
    cairo_translate(d.cairo, -A4_WIDTH_PT, 0);
    drawn_lines(&d, letters[5].text);
    expect_blank(&d, true, "a whole letter on the other side of thin paper");

    d = drawn_sheet_new(200, SHEET_PT);
    for (int i = 0; i < 2; i++) {
        cairo_arc(d.cairo, 34, 97 + 226 * i, 8.5, 0, 2 * M_PI);
        cairo_fill(d.cairo);
    }
    drawn_box(&d, 0, 0, 8, SHEET_PT);
    drawn_box(&d, 300, 0, 0.8, SHEET_PT);
    expect_blank(&d, true, "punch holes, a lid and a streak");
}

static void test_not_blank(void **state)
{
    struct drawn d = drawn_sheet_new(200, SHEET_PT);

    (void)state;
    drawn_text(&d, 290, 380, "12");
    expect_blank(&d, false, "a page number");

    d = drawn_sheet_new(200, SHEET_PT);
    cairo_set_line_width(d.cairo, 1.2);
    cairo_move_to(d.cairo, 100, 300);
    for (int i = 1; i < 12; i++)
        cairo_curve_to(d.cairo, 100 + 10 * i, 280 + 7 * (i % 3), 95 + 10 * i, 310, 100 + 10 * i,
                       300 - 5 * (i % 2));
    cairo_stroke(d.cairo);
    expect_blank(&d, false, "a signature");

    d = drawn_sheet_new(200, SHEET_PT);
    cairo_set_source_rgb(d.cairo, 0.45, 0.45, 0.45);
    cairo_set_line_width(d.cairo, 2);
    cairo_rectangle(d.cairo, 350, 100, 120, 40);
    cairo_stroke(d.cairo);
    drawn_text(&d, 365, 125, "RECEIVED");
    expect_blank(&d, false, "a pale stamp");
}

/* Ink as pale as what shines through is print when it reads. */
static void test_faded_print(void **state)
{
    static const char text[] = "Faktura 10482 fra Nordlys Kontor AS\n"
                               "Netto 8 450,00 pluss 25 prosent merverdiavgift";
    static const double greys[] = {0.76, 0.82, 0.88};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(greys); i++) {
        AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
        struct drawn d = drawn_sheet_new(200, SHEET_PT);
        struct page *page;
        PIX *pix;

        cairo_set_source_rgb(d.cairo, greys[i], greys[i], greys[i]);
        drawn_lines(&d, text);
        pix = drawn_pix(&d);
        page = read_drawn(&a, pix, 200).page;
        assert_false(page->is_blank);
        assert_true(word_recall(page, text) > 0.9);
        pixDestroy(&pix);
    }
}

/* A square of 9 points with thin sides. */
static void draw_square(struct drawn *d, double x, double y)
{
    cairo_set_line_width(d->cairo, 0.7);
    cairo_rectangle(d->cairo, x, y, 9, 9);
    cairo_stroke(d->cairo);
}

static void draw_cross(struct drawn *d, double x, double y, double size)
{
    cairo_move_to(d->cairo, x, y);
    cairo_line_to(d->cairo, x + size, y + size);
    cairo_move_to(d->cairo, x + size, y);
    cairo_line_to(d->cairo, x, y + size);
    cairo_stroke(d->cairo);
}

/* One empty, one crossed, one whose cross sticks out; letters of the same size are none. */
static void test_check_boxes(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    struct drawn d = drawn_sheet_new(300, SHEET_PT);
    struct page *page;
    PIX *pix;

    (void)state;
    drawn_lines(&d, "Which of these do you want\nHOUSE DOOR BODE\nOXO");
    for (int i = 0; i < 3; i++)
        draw_square(&d, 100, 300 + 40 * i);
    draw_cross(&d, 101, 341, 7);
    draw_cross(&d, 98, 378, 13);
    pix = drawn_pix(&d);
    page = read_drawn(&a, pix, 300).page;
    assert_int_equal(page->n_check_boxes, 3);
    for (int i = 0; i < 3; i++) {
        const struct check_box *box = &page->check_boxes[i];

        assert_float_equal(box->box.x0, 100, 1.5);
        assert_float_equal(box->box.x1, 109, 1.5);
        assert_float_equal(box->box.y0, 300 + 40 * i, 1.5);
        assert_true(i == 0 ? box->ink < 0.02f : box->ink > 0.1f);
    }
    pixDestroy(&pix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patches),
        cmocka_unit_test(test_not_a_patch),
        cmocka_unit_test(test_qr),
        cmocka_unit_test(test_code39),
        cmocka_unit_test(test_code_on_a_slip),
        cmocka_unit_test(test_blank),
        cmocka_unit_test(test_not_blank),
        cmocka_unit_test(test_faded_print),
        cmocka_unit_test(test_check_boxes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
