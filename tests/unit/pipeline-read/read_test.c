/* Whole pages: what is printed comes back as words in their places, however the sheet was
 * scanned. */
#include "tests/unit/pipeline-read/drawn.h"
#include "tests/unit/pipeline-read/letters.h"

#include <sys/resource.h>

#define RECALL_MIN 0.95
#define SHEET_PT 421.0 /* half of A4, on its side */
#define SLIP_PT 260.0  /* what a letter covers */

static PIX *letter(size_t i, float dpi)
{
    struct drawn d = drawn_sheet_new(dpi, SLIP_PT);

    drawn_lines(&d, letters[i].text);
    return drawn_pix(&d);
}

static void expect_letter(const struct page *page, size_t i)
{
    double recall = word_recall(page, letters[i].text);
    AUTO_FREE char *text = page_text(page);

    if (recall < RECALL_MIN)
        fail_msg("%s: recall %.2f of\n%s", letters[i].language, recall, text);
}

static void expect_lines_and_boxes(const struct page *page)
{
    const struct word *first = find_word(page, "Invoice"), *next = find_word(page, "Date");

    assert_non_null(first);
    assert_non_null(next);
    assert_int_equal(first->line, 0);
    assert_int_equal(next->line, 1);
    assert_true(fabs(first->box.x0 - LEFT_PT) < 2 && fabs(first->box.y1 - TOP_PT) < 2);
    assert_true(fabs(next->box.y1 - TOP_PT - LEADING_PT) < 2);
    assert_true(first->confidence > 0.8 && first->confidence <= 1);
}

static void test_six_languages(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(letters); i++) {
        AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
        PIX *pix = letter(i, 300);
        struct read_result result = read_drawn(&a, pix, 300);

        expect_letter(result.page, i);
        assert_int_equal(result.page->source, PAGE_OCR);
        assert_int_equal(result.page->rotation, 0);
        assert_false(result.page->is_blank);
        if (strcmp(letters[i].language, "en") == 0)
            expect_lines_and_boxes(result.page);
        pixDestroy(&pix);
    }
}

static void test_black_and_white_at_200_dpi(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    PIX *grey = letter(0, 200), *pix = pixThresholdToBinary(grey, 150);

    (void)state;
    expect_letter(read_drawn(&a, pix, 200).page, 0);
    pixDestroy(&grey);
    pixDestroy(&pix);
}

/* Print of a third of its width, as tills set totals, reads the same, and in its place. */
static void test_narrow_print(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    struct drawn d = drawn_new(200);
    PIX *wide, *narrow;
    const struct word *word;

    (void)state;
    drawn_text(&d, 60, 200, "SUM TOTAL 73.52 ALL IN ALL 16.94");
    wide = drawn_pix(&d);
    narrow = pixScale(wide, 0.33F, 1);
    word = find_word(read_drawn(&a, narrow, 200).page, "73.52");
    assert_non_null(word);
    assert_true(word->box.x0 > 0.33F * 120 && word->box.x1 < 0.33F * 180);
    pixDestroy(&wide);
    pixDestroy(&narrow);
}

/* Shown otherwise, the same stands in the same places. */
static void test_another_way(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    PIX *pix = letter(5, 200);
    struct page_image image = drawn_image(pix, 200);
    const struct read_options options = {.way = READ_LARGE};
    const struct word *first = find_word(read_drawn(&a, pix, 200).page, "Invoice"), *large;
    struct read_result result;

    (void)state;
    assert_int_equal(read_page(&a, test_engine(), &image, 1, &options, &result, NULL), 0);
    expect_letter(result.page, 5);
    large = find_word(result.page, "Invoice");
    assert_true(fabsf(first->box.x0 - large->box.x0) < 1 &&
                fabsf(first->box.y1 - large->box.y1) < 1);
    assert_true(first->box.x0 != large->box.x0 || first->confidence != large->confidence);
    pixDestroy(&pix);
}

static void test_turned_pages(void **state)
{
    (void)state;
    for (int quarters = 1; quarters < 4; quarters++) {
        AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
        PIX *upright = letter(3, 200), *pix = pixRotateOrth(upright, quarters);
        struct page *page = read_drawn(&a, pix, 200).page;
        const struct word *first = find_word(page, "Rechnung");

        assert_int_equal(page->rotation, 360 - 90 * quarters);
        expect_letter(page, 3);
        assert_true(page->width_pt > page->height_pt);
        assert_non_null(first);
        assert_true(fabs(first->box.x0 - LEFT_PT) < 2 && fabs(first->box.y1 - TOP_PT) < 3);
        pixDestroy(&upright);
        pixDestroy(&pix);
    }
}

/* Letters that hang share their tops with others, and letters printed apart stand closer to those
 * of the next line; the page stands all the same. */
static void test_upright_against_its_marks(void **state)
{
    static const char hanging[] = "grey puppy guppy gags\nany page may pay a guy\n"
                                  "pay up gasp gypsum\nmoney gone anyway puppy\n"
                                  "gaunt grey geese page";
    static const char *const apart = "BADGEROUND";
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    struct drawn d = drawn_sheet_new(200, SLIP_PT), e = drawn_sheet_new(200, SLIP_PT);
    PIX *hangs, *parted;

    (void)state;
    drawn_lines(&d, hanging);
    hangs = drawn_pix(&d);
    assert_int_equal(read_drawn(&a, hangs, 200).page->rotation, 0);
    cairo_set_font_size(e.cairo, 14);
    for (int line = 0; line < 9; line++)
        for (int i = 0; apart[i]; i++)
            drawn_text(&e, LEFT_PT + 16 * i, TOP_PT + 12 * line, (const char[]){apart[i], '\0'});
    parted = drawn_pix(&e);
    assert_int_equal(read_drawn(&a, parted, 200).page->rotation, 0);
    pixDestroy(&hangs);
    pixDestroy(&parted);
}

/* Boxes belong to the page as it was scanned: a word far to the right lies lower by the skew. */
static void test_skew(void **state)
{
    const double deg = 1.5;
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    PIX *straight = letter(0, 300);
    PIX *pix = pixRotate(straight, (float)(deg * M_PI / 180), L_ROTATE_AREA_MAP, L_BRING_IN_WHITE,
                         0, 0);
    struct page *page = read_drawn(&a, pix, 300).page;
    const struct word *first = find_word(page, "Faktura");
    double x = LEFT_PT - A4_WIDTH_PT / 2, y = TOP_PT - SLIP_PT / 2, rad = deg * M_PI / 180;

    (void)state;
    assert_true(fabs(page->skew_deg - deg) < 0.2);
    expect_letter(page, 0);
    assert_non_null(first);
    assert_true(fabs(first->box.x0 - (x * cos(rad) - y * sin(rad) + A4_WIDTH_PT / 2)) < 3);
    assert_true(fabs(first->box.y1 - (x * sin(rad) + y * cos(rad) + SLIP_PT / 2)) < 3);
    pixDestroy(&straight);
    pixDestroy(&pix);
}

static void test_shadow_and_lid(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    PIX *pix = letter(2, 200);
    int width = pixGetWidth(pix), height = pixGetHeight(pix);

    (void)state;
    for (int y = 0; y < height; y++) {
        l_uint32 *row = pixGetData(pix) + y * pixGetWpl(pix);

        for (int x = 0; x < width; x++)
            SET_DATA_BYTE(row, x,
                          x < 60 || y > height - 80
                              ? 20
                              : GET_DATA_BYTE(row, x) * (100 - 60 * x / width) / 100);
    }
    expect_letter(read_drawn(&a, pix, 200).page, 2);
    pixDestroy(&pix);
}

/* Light letters on dark bands. A grey footer runs to the edges as a scanner's lid does, and is no
 * paper in the shade either: what little stands in it is read. Large letters nearly fill their
 * band, and where the page stands a little askew, the box around the band is a third paper. */
static void test_white_on_dark(void **state)
{
    static const struct {
        float dpi;
        double grey, lean_deg, x, y, width, height, size_pt, base, left_x, right_x;
        const char *left, *right;
    } bands[] = {
        {200, 0, 0, 50, 320, 480, 30, TEXT_PT, 19, 10, 200, "Description Quantity", "Amount"},
        {300, 0.35, 0, 0, 359, 596, 62, 8, 20, 50, 390, "Registered in Cardiff",
         "IBAN: GB82 WEST 1234"},
        {300, 0, 0.6, 50, 320, 495, 20, 15, 15.5, 8, 340, "Total amount", "38814.40"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bands); i++) {
        AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
        struct drawn d = drawn_sheet_new(bands[i].dpi, SHEET_PT);
        struct page *page;
        PIX *pix;

        drawn_lines(&d, letters[5].text);
        cairo_translate(d.cairo, bands[i].x, bands[i].y);
        cairo_rotate(d.cairo, bands[i].lean_deg * M_PI / 180);
        cairo_set_source_rgb(d.cairo, bands[i].grey, bands[i].grey, bands[i].grey);
        drawn_box(&d, 0, 0, bands[i].width, bands[i].height);
        cairo_set_source_rgb(d.cairo, 1, 1, 1);
        cairo_set_font_size(d.cairo, bands[i].size_pt);
        drawn_text(&d, bands[i].left_x, bands[i].base, bands[i].left);
        drawn_text(&d, bands[i].right_x, bands[i].base, bands[i].right);
        pix = drawn_pix(&d);
        page = read_drawn(&a, pix, bands[i].dpi).page;
        expect_letter(page, 5);
        assert_true(word_recall(page, bands[i].left) == 1);
        assert_true(word_recall(page, bands[i].right) == 1);
        pixDestroy(&pix);
    }
}

/* A table's frame is told and taken out; the tail of a g that touches its underline stays. */
static void test_rules(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    struct drawn d = drawn_sheet_new(200, SHEET_PT);
    size_t across = 0, down = 0;
    struct page *page;
    PIX *pix;

    (void)state;
    for (int i = 0; i < 5; i++)
        drawn_box(&d, 60, 200 + 25 * i, 400, 1);
    for (int i = 0; i < 3; i++)
        drawn_box(&d, 60 + 200 * i, 200, 1, 101);
    drawn_text(&d, 64, 217, "Packaging");
    drawn_text(&d, 264, 217, "1 250,00");
    drawn_text(&d, 64, 242, "Freight");
    drawn_text(&d, 264, 242, "480,50");
    drawn_text(&d, 60, 400, "Billing Property going");
    drawn_box(&d, 60, 402, 120, 0.7);
    pix = drawn_pix(&d);
    page = read_drawn(&a, pix, 200).page;
    for (size_t i = 0; i < page->n_rules; i++)
        *(page->rules[i].is_vertical ? &down : &across) += 1;
    assert_int_equal(down, 3);
    assert_int_equal(across, 6);
    assert_true(word_recall(page, "Packaging 250,00 Freight 480,50 Billing Property going") == 1);
    pixDestroy(&pix);
}

/* Only the region is recognised; the trusted line above and below it keep their places. */
static void test_mixed_page(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    struct word trusted[] = {{"above", {60, 70, 90, 80}, 1, 0, 0},
                             {"below", {60, 300, 90, 310}, 1, 1, 0}};
    struct page text = {.words = trusted, .n_words = 2};
    struct box region = {50, 75, 500, 97};
    PIX *pix = letter(5, 200);
    struct page_image image = drawn_image(pix, 200);
    struct read_options options = {0};
    struct read_result result;
    AUTO_FREE char *words = NULL;

    (void)state;
    image.text = &text;
    image.regions = &region;
    image.n_regions = 1;
    assert_int_equal(read_page(&a, test_engine(), &image, 1, &options, &result, NULL), 0);
    words = page_text(result.page);
    assert_string_equal(words,
                        "above\nInvoice 55120 from Harbour Lights Stationery Limited\nbelow");
    assert_int_equal(result.page->source, PAGE_MIXED);
    pixDestroy(&pix);
}

static void test_noise_is_no_bomb(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    PIX *pix = pixCreate(1654, 2339, 1);
    uint32_t seed = 1;

    (void)state;
    for (int i = 0; i < 600000; i++) {
        seed = seed * 1664525 + 1013904223;
        pixSetPixel(pix, (int)(seed >> 8) % 1654, (int)(seed >> 3) % 2339, 1);
    }
    assert_true(read_drawn(&a, pix, 200).page->n_words < 200);
    pixDestroy(&pix);
}

static void test_tiny_pictures_are_blank(void **state)
{
    (void)state;
    for (int size = 1; size < 40; size += 7) {
        AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
        PIX *pix = pixCreate(size, 2 * size, 8);

        assert_true(read_drawn(&a, pix, 72).page->n_words == 0);
        pixDestroy(&pix);
    }
}

static void test_pictures(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};
    PIX *grey = letter(0, 200), *bilevel = pixThresholdToBinary(grey, 150);

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct read_options options = {
            .picture_height_px = 600, .picture_is_webp = i % 2, .picture_quality = 60};
        const unsigned char *bytes;
        size_t length;
        PIX *back;

        assert_int_equal(read_picture(&a, i < 2 ? grey : bilevel, &options, &bytes, &length, NULL),
                         0);
        back = pixReadMem(bytes, length);
        assert_non_null(back);
        assert_in_range(pixGetHeight(back), 598, 602);
        pixDestroy(&back);
    }
    pixDestroy(&grey);
    pixDestroy(&bilevel);
}

#ifndef __SANITIZE_ADDRESS__
/* One page in a forked child, as the reader does it: what it needs above the warm parent's
 * memory. */
static void test_memory_of_a_child(void **state)
{
    struct drawn d = drawn_new(300);
    struct rusage used;
    pid_t pid;
    int status;
    PIX *pix;

    (void)state;
    drawn_lines(&d, letters[0].text);
    pix = drawn_pix(&d);
    test_engine();
    pid = fork();
    if (pid == 0) {
        AUTO_ARENA struct arena a = {.max = (size_t)512 << 20};

        _exit(read_drawn(&a, pix, 300).page->n_words > 0 ? 0 : 1);
    }
    assert_int_equal(wait4(pid, &status, 0, &used), pid);
    assert_int_equal(status, 0);
    print_message("child: %ld MB\n", used.ru_maxrss / 1024);
    assert_true(used.ru_maxrss < 120 * 1024);
    pixDestroy(&pix);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_six_languages),
        cmocka_unit_test(test_black_and_white_at_200_dpi),
        cmocka_unit_test(test_narrow_print),
        cmocka_unit_test(test_another_way),
        cmocka_unit_test(test_turned_pages),
        cmocka_unit_test(test_upright_against_its_marks),
        cmocka_unit_test(test_skew),
        cmocka_unit_test(test_shadow_and_lid),
        cmocka_unit_test(test_white_on_dark),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_mixed_page),
        cmocka_unit_test(test_noise_is_no_bomb),
        cmocka_unit_test(test_tiny_pictures_are_blank),
        cmocka_unit_test(test_pictures),
#ifndef __SANITIZE_ADDRESS__
        cmocka_unit_test(test_memory_of_a_child),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
