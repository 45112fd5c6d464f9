/* The quick passes give what a slow loop over single pixels gives, at every width of a row. */
#include "pipeline/read/pixels.h"

#include "pipeline/read/sheet.h"
#include "tests/unit/unit.h"

#include <leptonica/allheaders.h>
#include <math.h>
#include <stdlib.h>

static PIX *noise(int width, int height, int depth, unsigned seed)
{
    PIX *pix = pixCreate(width, height, depth);

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            seed = seed * 1664525 + 1013904223;
            pixSetPixel(pix, x, y, seed >> 24 & (depth == 1 ? 1 : 255));
        }
    return pix;
}

static unsigned grey_at(PIX *pix, int x, int y)
{
    l_uint32 value;

    pixGetPixel(pix, x, y, &value);
    return pixGetDepth(pix) == 8 ? value : value ? 0 : 255;
}

static void test_half_is_the_mean_of_four(void **state)
{
    (void)state;
    for (int depth = 1; depth <= 8; depth += 7)
        for (int width = 2; width < 75; width++) {
            PIX *pix = noise(width, 5, depth, (unsigned)width), *half = pix_half(pix);

            assert_int_equal(pixGetWidth(half), width / 2);
            assert_int_equal(pixGetHeight(half), 2);
            for (int y = 0; y < 2; y++)
                for (int x = 0; x < width / 2; x++) {
                    unsigned sum = grey_at(pix, 2 * x, 2 * y) + grey_at(pix, 2 * x + 1, 2 * y) +
                                   grey_at(pix, 2 * x, 2 * y + 1) +
                                   grey_at(pix, 2 * x + 1, 2 * y + 1);

                    assert_in_range(grey_at(half, x, y), sum / 4, (sum + 3) / 4);
                }
            pixDestroy(&half);
            pixDestroy(&pix);
        }
}

static void test_shrinking_keeps_the_mean(void **state)
{
    (void)state;
    for (int height = 10; height < 90; height += 7) {
        PIX *pix = noise(83, 91, 8, (unsigned)height), *small = pix_shrink(pix, height);
        float before = 0, after = 0;

        assert_int_equal(pixGetHeight(small), height);
        pixGetAverageMasked(pix, NULL, 0, 0, 1, L_MEAN_ABSVAL, &before);
        pixGetAverageMasked(small, NULL, 0, 0, 1, L_MEAN_ABSVAL, &after);
        assert_in_range((int)(before - after + 3), 0, 6);
        pixDestroy(&small);
        pixDestroy(&pix);
    }
}

static void test_shrinking_by_two_is_half(void **state)
{
    PIX *pix = noise(64, 48, 8, 7), *half = pix_half(pix), *small = pix_shrink(pix, 24);
    l_int32 same = 0;

    (void)state;
    pixEqual(half, small, &same);
    assert_true(same);
    pixDestroy(&pix);
    pixDestroy(&half);
    pixDestroy(&small);
}

static void assert_equal_pix(PIX *a, PIX *b)
{
    l_int32 same = 0;

    pixEqual(a, b, &same);
    assert_true(same);
    pixDestroy(&a);
    pixDestroy(&b);
}

static void test_levels_and_thresholds_are_leptonicas(void **state)
{
    (void)state;
    for (int width = 60; width < 101; width++) {
        PIX *grey = noise(width, 64, 8, (unsigned)width), *map = pixCreate((width + 9) / 10, 5, 16);

        for (int i = 0; i < 5 * pixGetWidth(map); i++)
            pixSetPixel(map, i % pixGetWidth(map), i / pixGetWidth(map), 200 + 7 * (l_uint32)i);
        assert_equal_pix(pix_level(grey, map, 10, 15),
                         pixApplyInvBackgroundGrayMap(grey, map, 10, 15));
        assert_equal_pix(pix_darker(grey, width), pixThresholdToBinary(grey, width));
        pixDestroy(&map);
        pixDestroy(&grey);
    }
}

/* The mean of four, exactly; -1 where that would need a pixel from outside. */
static double mean_at(PIX *grey, double x, double y)
{
    int x0 = (int)floor(x), y0 = (int)floor(y);
    double right = x - x0, below = y - y0;

    if (x0 < 0 || y0 < 0 || x0 + 1 >= pixGetWidth(grey) || y0 + 1 >= pixGetHeight(grey))
        return -1;
    return (1 - below) * ((1 - right) * grey_at(grey, x0, y0) + right * grey_at(grey, x0 + 1, y0)) +
           below *
               ((1 - right) * grey_at(grey, x0, y0 + 1) + right * grey_at(grey, x0 + 1, y0 + 1));
}

static void test_resampling_is_the_mean_of_four(void **state)
{
    static const struct affine ways[] = {{0.999f, 0.03f, 1.5f, -0.03f, 0.999f, 2.5f},
                                         {0.4f, 0, 0.2f, 0, 0.4f, 0.1f},
                                         {1.3f, -0.11f, -4, 0.11f, 1.3f, 3}};

    (void)state;
    for (int i = 0; i < 120; i++) {
        const struct affine *m = &ways[i % 3];
        PIX *grey = noise(50 + i % 17, 40, 8, (unsigned)i),
            *soft = pixBlockconvGray(grey, NULL, 2, 2);
        PIX *made = pix_resample(soft, *m, 60, 45, 7);
        int compared = 0;

        for (int k = 0; k < 60 * 45; k++) {
            int x = k % 60, y = k / 60;
            double mean = mean_at(soft, m->xx * x + m->xy * y + m->x0,
                                  m->yx * x + m->yy * y + m->y0);

            if (mean >= 0 && grey_at(made, x, y) != 7) {
                assert_true(fabs(mean - grey_at(made, x, y)) < 2);
                compared++;
            }
            if (mean < 0)
                assert_int_equal(grey_at(made, x, y), 7);
        }
        assert_true(compared > 700);
        pixDestroy(&made);
        pixDestroy(&soft);
        pixDestroy(&grey);
    }
}

/* Thick random strokes on white: runs of every length. */
static PIX *strokes(int width, int height, unsigned seed)
{
    PIX *pix = pixCreate(width, height, 1);

    for (int i = 0; i < 40; i++) {
        int along = (int)((seed = seed * 1664525 + 1013904223) >> 24) % 90 + 1;
        int thick = (int)((seed = seed * 1664525 + 1013904223) >> 24) % 6 + 1;
        int x = (int)((seed = seed * 1664525 + 1013904223) >> 8) % width;
        int y = (int)((seed = seed * 1664525 + 1013904223) >> 8) % height;

        pixRasterop(pix, x, y, i % 2 ? along : thick, i % 2 ? thick : along, PIX_SET, NULL, 0, 0);
    }
    return pix;
}

static bool is_black(PIX *pix, int at, int across, bool is_vertical)
{
    l_uint32 value = 0;

    pixGetPixel(pix, is_vertical ? across : at, is_vertical ? at : across, &value);
    return value;
}

/* The slow way: along every row or column, runs that are long enough, or gaps that are not. */
static void expect_line(PIX *ink, PIX *found, int across, int length, bool is_vertical,
                        bool is_join)
{
    int end = is_vertical ? pixGetHeight(ink) : pixGetWidth(ink);

    for (int at = 0, next; at < end; at = next) {
        bool here = is_black(ink, at, across, is_vertical), expected;

        for (next = at + 1; next < end && is_black(ink, next, across, is_vertical) == here;)
            next++;
        if (is_join)
            expected = here || (at > 0 && next < end && next - at < length);
        else
            expected = here && next - at >= length;
        for (int i = at; i < next; i++)
            assert_int_equal(is_black(found, i, across, is_vertical), expected);
    }
}

static void test_runs_and_gaps(void **state)
{
    static const int lengths[] = {2, 14, 15, 16, 31, 33, 47, 64, 70};

    (void)state;
    for (unsigned seed = 0; seed < 36; seed++) {
        PIX *ink = strokes(90 + (int)seed, 100, seed);
        int length = lengths[seed % 9];

        for (int way = 0; way < 4; way++) {
            bool is_vertical = way & 1, is_join = way & 2;
            PIX *found = (is_join ? ink_joined : ink_long_runs)(ink, length, is_vertical);

            for (int i = 0; i < (is_vertical ? pixGetWidth(ink) : pixGetHeight(ink)); i++)
                expect_line(ink, found, i, length, is_vertical, is_join);
            pixDestroy(&found);
        }
        pixDestroy(&ink);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_half_is_the_mean_of_four),
        cmocka_unit_test(test_shrinking_keeps_the_mean),
        cmocka_unit_test(test_shrinking_by_two_is_half),
        cmocka_unit_test(test_levels_and_thresholds_are_leptonicas),
        cmocka_unit_test(test_resampling_is_the_mean_of_four),
        cmocka_unit_test(test_runs_and_gaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
