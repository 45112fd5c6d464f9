/* The quick passes give what a slow loop over single pixels gives, at every width of a row. */
#include "pipeline/read/pixels.h"

#include "tests/unit/unit.h"

#include <leptonica/allheaders.h>
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_half_is_the_mean_of_four),
        cmocka_unit_test(test_shrinking_keeps_the_mean),
        cmocka_unit_test(test_shrinking_by_two_is_half),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
