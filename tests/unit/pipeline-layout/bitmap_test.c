/* Connected ink, drawn as text. */
#include "base/arena.h"
#include "base/mem.h"
#include "pipeline/read/layout/bitmap.h"
#include "tests/unit/unit.h"

/* A bitmap of rows parted by '\n', '#' dark, `left` white pixels in front. */
static struct bitmap drawn(struct arena *a, const char *text, int left)
{
    struct bitmap b = bitmap_new(a, left + 70, 12);
    int x = left, y = 0;

    for (; *text; text++) {
        if (*text == '\n') {
            x = left;
            y++;
            continue;
        }
        if (*text == '#')
            bitmap_fill(&b, y, x, x + 1, true);
        x++;
    }
    return b;
}

static void test_marks(void **state)
{
    static const char text[] = "#   #  ##\n"
                               " # #   ##\n"
                               "  #      #\n"
                               "\n"
                               "#####\n"
                               "#   #\n"
                               "# # #\n"
                               "#   #\n"
                               "#####\n";

    (void)state;
    for (int left = 0; left <= 64; left += 16) { /* over the edges of words */
        AUTO_ARENA struct arena a = {.max = 1 << 20};
        struct bitmap b = drawn(&a, text, left);
        struct marks m;

        assert_true(marks_find(&a, &b, 1, &m));
        assert_int_equal(m.count, 4);
        assert_int_equal(m.marks[0].x0, left);
        assert_int_equal(mark_width(&m.marks[0]), 5);
        assert_int_equal(m.marks[0].area, 5);
        assert_int_equal(m.marks[1].area, 5); /* touches by a corner */
        assert_int_equal(mark_height(&m.marks[2]), 5);
        assert_int_equal(m.marks[2].area, 16);
        assert_int_equal(m.marks[3].area, 1); /* inside a frame, apart */
    }
}

static void test_long_runs_only(void **state)
{
    AUTO_ARENA struct arena a = {.max = 1 << 20};
    struct bitmap b = drawn(&a, "########\n###\n", 60);
    struct marks m;

    (void)state;
    assert_true(marks_find(&a, &b, 4, &m));
    assert_int_equal(m.count, 1);
    assert_int_equal(m.marks[0].area, 8);
    assert_int_equal(mark_height(&m.marks[0]), 1);
}

static void test_edges(void **state)
{
    AUTO_ARENA struct arena a = {.max = 1 << 20};
    struct bitmap b = bitmap_new(&a, 128, 2);
    struct marks m;

    (void)state;
    bitmap_fill(&b, 0, 0, 128, true);
    bitmap_fill(&b, 1, 127, 128, true);
    assert_true(marks_find(&a, &b, 1, &m));
    assert_int_equal(m.count, 1);
    assert_int_equal(m.marks[0].x1, 128);
    assert_int_equal(m.marks[0].area, 129);
}

static void test_noise_is_refused(void **state)
{
    AUTO_ARENA struct arena a = {.max = (size_t)64 << 20};
    struct bitmap b = bitmap_new(&a, 4096, 4096);
    struct marks m;

    (void)state;
    for (size_t i = 0; i < (size_t)b.stride * 4096; i++)
        b.words[i] = 0x5555555555555555;
    assert_false(marks_find(&a, &b, 1, &m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_long_runs_only),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_noise_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
