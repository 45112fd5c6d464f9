/* Line images: the scaler beside the real pixScale, byte for byte; contrast on known rows. */
#include "recogniser/line_input.h"

#include "base/arena.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

#include <leptonica/allheaders.h>

static uint32_t random_next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

enum texture { NOISE, BILEVEL, SMOOTH, TEXTURES };

/* Rows are padded, so that a stride taken for a width shows. */
static struct line_image line_random(struct arena *a, int width, int height, enum texture texture,
                                     uint32_t *seed)
{
    struct line_image line = {NULL, width, height, width + 5};
    unsigned char *pixels = arena_alloc_array(a, (size_t)line.stride, (size_t)height);

    for (int i = 0; i < line.stride * height; i++) {
        int noise = (int)(random_next(seed) % 256);

        pixels[i] = (unsigned char)(texture == NOISE     ? noise
                                    : texture == BILEVEL ? (noise & 64 ? 255 : 0)
                                                         : i * 255 / (line.stride * height));
    }
    line.pixels = pixels;
    return line;
}

static PIX *pix_of(const struct line_image *line)
{
    PIX *pix = pixCreate(line->width, line->height, 8);

    for (int y = 0; y < line->height; y++)
        for (int x = 0; x < line->width; x++)
            SET_DATA_BYTE(pixGetData(pix) + y * pixGetWpl(pix), x,
                          line->pixels[y * line->stride + x]);
    return pix;
}

static void compare_with_leptonica(const struct line_image *line, int height)
{
    AUTO_ARENA struct arena a;
    float factor = (float)height / (float)line->height;
    PIX *from = pix_of(line), *truth = pixScale(from, factor, factor);
    struct line_image scaled;

    arena_init(&a, 200000000);
    scaled = line_scale(&a, line, height);
    if (!truth || pixGetWidth(truth) < 3) {
        assert_int_equal(scaled.width, 0);
    } else {
        assert_int_equal(scaled.width, pixGetWidth(truth));
        assert_int_equal(scaled.height, pixGetHeight(truth));
        for (int y = 0; y < scaled.height; y++) {
            const l_uint32 *row = pixGetData(truth) + y * pixGetWpl(truth);

            for (int x = 0; x < scaled.width; x++)
                if (scaled.pixels[y * scaled.stride + x] != GET_DATA_BYTE(row, x))
                    fail_msg("%d x %d to %d rows: (%d, %d) is %d, not %d", line->width,
                             line->height, height, x, y, scaled.pixels[y * scaled.stride + x],
                             GET_DATA_BYTE(row, x));
        }
    }
    pixDestroy(&from);
    pixDestroy(&truth);
}

/* Every height up to where a line is a fifth and less, and some far beyond; all kinds of widths. */
static void scaling_gives_leptonicas_bytes(void **state)
{
    static const int heights[] = {36, 48};
    uint32_t seed = 7;

    (void)state;
    setMsgSeverity(L_SEVERITY_NONE);
    for (size_t h = 0; h < ARRAY_LENGTH(heights); h++)
        for (int from = 1; from <= 800; from += from < 260 ? 1 : 27) {
            AUTO_ARENA struct arena a;
            int width = 1 + (int)(random_next(&seed) % 240);
            struct line_image line;

            arena_init(&a, 10000000);
            line = line_random(&a, width, from, (enum texture)(from % TEXTURES), &seed);
            compare_with_leptonica(&line, heights[h]);
        }
}

static void special_factors_give_leptonicas_bytes(void **state)
{
    static const int heights[] = {9, 18, 36, 72, 144, 288, 576, 12, 24, 48, 96, 192, 384, 768};
    uint32_t seed = 11;

    (void)state;
    setMsgSeverity(L_SEVERITY_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(heights); i++)
        for (int width = 40; width < 220; width += 33) {
            AUTO_ARENA struct arena a;
            struct line_image line;

            arena_init(&a, 10000000);
            line = line_random(&a, width, heights[i], NOISE, &seed);
            compare_with_leptonica(&line, i < 7 ? 36 : 48);
        }
}

/* Widths of whole lines: positions far from the left are where float steps drift. */
static void wide_lines_give_leptonicas_bytes(void **state)
{
    uint32_t seed = 5;

    (void)state;
    for (int from = 25; from < 100; from += 7) {
        AUTO_ARENA struct arena a;
        struct line_image line;

        arena_init(&a, 10000000);
        line = line_random(&a, 2000 + (int)(random_next(&seed) % 3000), from, NOISE, &seed);
        compare_with_leptonica(&line, 36);
    }
}

static struct line_input normalised(struct arena *a, const unsigned char *row, int width)
{
    struct line_image line = {row, width, 1, width};
    struct line_input input;

    line_normalise(a, &line, 0.5f, &input);
    return input;
}

static void contrast_spans_the_middle_rows_extremes(void **state)
{
    static const unsigned char row[] = {200, 40, 200, 40, 200, 120};
    AUTO_ARENA struct arena a;
    struct line_input input;

    (void)state;
    arena_init(&a, 100000);
    input = normalised(&a, row, 6);
    /* two minima of 40: black is 41 - 1/2; two maxima of 200, target 1.5: white is 201 - 1/4 */
    assert_int_equal(input.values[1], -127);
    assert_int_equal(input.values[0], 127);
    assert_int_equal(input.values[5], -1);
    assert_int_equal(input.width, 6);
    assert_int_equal(input.height, 1);
    assert_true(input.scale == 0.5f);
}

static void a_row_without_extremes_counts_as_black_to_white(void **state)
{
    static const unsigned char flat[] = {90, 90, 90, 90}, narrow[] = {0, 255};
    AUTO_ARENA struct arena a;

    (void)state;
    arena_init(&a, 100000);
    /* black 1, white 256: (90 - 1) / 127.5 - 1, times 128 */
    assert_int_equal(normalised(&a, flat, 4).values[0], -39);
    assert_int_equal(normalised(&a, narrow, 2).values[0], -127);
    assert_int_equal(normalised(&a, narrow, 2).values[1], 127);
}

static void inverting_is_of_the_grey(void **state)
{
    static const unsigned char grey[] = {0, 1, 9, 254, 255, 9};
    AUTO_ARENA struct arena a;
    struct line_image line = {grey, 2, 2, 3}, inverted;

    (void)state;
    arena_init(&a, 100000);
    inverted = line_invert(&a, &line);
    assert_int_equal(inverted.pixels[0], 255);
    assert_int_equal(inverted.pixels[1], 254);
    assert_int_equal(inverted.pixels[inverted.stride], 1);
    assert_int_equal(inverted.pixels[inverted.stride + 1], 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(scaling_gives_leptonicas_bytes),
        cmocka_unit_test(special_factors_give_leptonicas_bytes),
        cmocka_unit_test(wide_lines_give_leptonicas_bytes),
        cmocka_unit_test(contrast_spans_the_middle_rows_extremes),
        cmocka_unit_test(a_row_without_extremes_counts_as_black_to_white),
        cmocka_unit_test(inverting_is_of_the_grey),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
