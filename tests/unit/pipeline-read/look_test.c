/* Second looks: single places of a drawn page, under what must stand there. */
#include "tests/unit/pipeline-read/drawn.h"

#include "pipeline/read/look.h"

#include <ctype.h>

#define LINE_Y 120.0
#define SHEET_PT 240.0

/* The page with one line of text, and where it stands. */
static PIX *draw_line(const char *text, float dpi, struct box *ret)
{
    struct drawn d = drawn_sheet_new(dpi, SHEET_PT);
    cairo_text_extents_t size;

    cairo_text_extents(d.cairo, text, &size);
    *ret = (struct box){(float)(LEFT_PT + size.x_bearing), (float)(LINE_Y + size.y_bearing),
                        (float)(LEFT_PT + size.x_bearing + size.width),
                        (float)(LINE_Y + size.y_bearing + size.height)};
    drawn_text(&d, LEFT_PT, LINE_Y, text);
    return drawn_pix(&d);
}

static void look_drawn(struct arena *a, PIX *pix, float dpi, int rotation, float skew_deg,
                       const struct look_place *place, struct look *ret)
{
    struct page_image image = drawn_image(pix, dpi);
    struct err err = {0};

    if (look_again(a, test_engine(), &image, rotation, skew_deg, place, 1, ret, &err) < 0)
        fail_msg("%s", err.text);
}

/* Spaces aside: how wide a gap is a space is not what a second look is asked. */
static void expect_text(const struct look *look, const char *text)
{
    const char *read = look->count ? look->readings[0].text : "";
    const char *at = read;

    for (; *text; text++) {
        if (*text == ' ')
            continue;
        at += strspn(at, " ");
        if (*at++ != *text)
            fail_msg("\"%s\" is not \"%s\"", read, text);
    }
    assert_string_equal(at, "");
}

static void test_each_kind(void **state)
{
    static const struct {
        const char *text;
        enum look_kind kind;
    } rows[] = {
        {"1 234,50", LOOK_AMOUNT},       {"-12.345,00", LOOK_AMOUNT},
        {"kr 980,-", LOOK_AMOUNT},       {"2026-03-14", LOOK_DATE},
        {"14. mars 2026", LOOK_DATE},    {"0539 1234567", LOOK_DIGITS},
        {"INV-844626", LOOK_IDENTIFIER}, {"NO93 8601 1117 947", LOOK_IBAN},
        {"14/03/26", LOOK_DATE},         {"HAVBLIK & CO. (M) AS", LOOK_CAPITALS},
        {"Havblik Sport AS", LOOK_NAME}, {"7-ELEVEN Havblik 2", LOOK_NAME},
        {"Q8 Havblik", LOOK_NAME},       {"HAVBLIK S/B(517264-X)", LOOK_CAPITALS},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
        struct look_place place = {.kind = rows[i].kind};
        PIX *pix = draw_line(rows[i].text, 300, &place.box);
        struct look look;

        look_drawn(&a, pix, 300, 0, 0, &place, &look);
        assert_true(look.count > 0);
        expect_text(&look, rows[i].text);
        assert_true(look.readings[0].votes > look.looks / 2);
        pixDestroy(&pix);
    }
}

/* What the looks at a shop's name read in capitals. */
static const char *look_at_capitals(struct arena *a, const char *printed)
{
    struct look_place place = {.kind = LOOK_CAPITALS};
    PIX *pix = draw_line(printed, 300, &place.box);
    struct look look;

    look_drawn(a, pix, 300, 0, 0, &place, &look);
    assert_true(look.count > 0);
    pixDestroy(&pix);
    return look.readings[0].text;
}

/* Whatever is printed: where only capitals may stand, no small letter comes back. */
static void test_only_capitals(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};

    (void)state;
    for (const char *p = look_at_capitals(&a, "Socco Vox"); *p; p++)
        assert_false(islower((unsigned char)*p));
}

/* A figure among a name's letters is a letter, whatever it looks like. */
static void test_no_figure_among_letters(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};

    (void)state;
    for (const char *p = look_at_capitals(&a, "HAVBL1K"); p[1]; p++)
        assert_false(isalpha((unsigned char)p[0]) && isdigit((unsigned char)p[1]));
}

static void test_a_turned_page(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    struct look_place place = {.kind = LOOK_AMOUNT};
    PIX *pix = draw_line("4 711,25", 200, &place.box), *turned = pixRotateOrth(pix, 3);
    struct look look;

    (void)state;
    look_drawn(&a, turned, 200, 90, 0, &place, &look);
    expect_text(&look, "4 711,25");
    pixDestroy(&pix);
    pixDestroy(&turned);
}

static void test_a_skewed_page(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    struct look_place place = {.kind = LOOK_AMOUNT};
    float rad = 3 * (float)M_PI / 180, x, y;
    PIX *pix = draw_line("12 345,60", 300, &place.box);
    PIX *skewed = pixRotate(pix, rad, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
    struct look look;

    (void)state;
    x = (place.box.x0 + place.box.x1) / 2 - (float)A4_WIDTH_PT / 2;
    y = (place.box.y0 + place.box.y1) / 2 - (float)SHEET_PT / 2;
    place.box.x0 += x * cosf(rad) - y * sinf(rad) - x;
    place.box.x1 += x * cosf(rad) - y * sinf(rad) - x;
    place.box.y0 += x * sinf(rad) + y * cosf(rad) - y;
    place.box.y1 += x * sinf(rad) + y * cosf(rad) - y;
    look_drawn(&a, skewed, 300, 0, 3, &place, &look);
    expect_text(&look, "12 345,60");
    assert_true(look.readings[0].votes >= look.looks - 1);
    pixDestroy(&pix);
    pixDestroy(&skewed);
}

/* Outside the page and where nothing of that form stands, nothing is invented. */
static void test_nothing_there(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    struct look_place place = {.kind = LOOK_IBAN};
    PIX *pix = draw_line("12,50", 300, &place.box);
    struct look look;

    (void)state;
    look_drawn(&a, pix, 300, 0, 0, &place, &look);
    assert_true(look.count == 0 || look.readings[0].share < 0.01f);
    place = (struct look_place){.box = {1000, 1000, 1e6f, 1010}, .kind = LOOK_AMOUNT};
    look_drawn(&a, pix, 300, 0, 0, &place, &look);
    assert_int_equal(look.count, 0);
    pixDestroy(&pix);
}

/* Small dark print on dark, noisy paper. */
static void test_dark_paper(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    struct look_place place = {.kind = LOOK_AMOUNT};
    PIX *pix = draw_line("8 365,90", 150, &place.box), *noise;
    struct look look;

    (void)state;
    pixMultConstantGray(pix, 0.3f);
    noise = pixAddGaussianNoise(pix, 6);
    look_drawn(&a, noise, 150, 0, 0, &place, &look);
    expect_text(&look, "8 365,90");
    pixDestroy(&pix);
    pixDestroy(&noise);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_kind),
        cmocka_unit_test(test_only_capitals),
        cmocka_unit_test(test_no_figure_among_letters),
        cmocka_unit_test(test_a_turned_page),
        cmocka_unit_test(test_a_skewed_page),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_dark_paper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
