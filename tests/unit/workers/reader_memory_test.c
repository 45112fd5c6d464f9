/* Where the heap stands when a child is forked. The mark is reader_client_test.c's, whose children
 * run out of memory. */
#include "workers/reader/reader_memory.h"

#include "tests/unit/unit.h"

#include <malloc.h>

enum { HUGE_PAGE = 2 << 20, NEAR = 4096, PIECE = 1 << 20 };

/* Under the tunables the reader is started with. */
static void test_children_begin_on_a_huge_page(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip();
#else
    assert_true(mallopt(M_MMAP_THRESHOLD, 1 << 30) && mallopt(M_TRIM_THRESHOLD, 1 << 30));
    assert_true(mallopt(M_TOP_PAD, 64 << 20));
    for (size_t size = 1; size < PIECE; size *= 7) {
        struct mallinfo2 settled;

        assert_non_null(malloc(size)); /* each round begins elsewhere */
        reader_memory_settle();
        settled = mallinfo2();
        reader_memory_settle();
        assert_int_equal(mallinfo2().uordblks, settled.uordblks); /* it was settled */
        assert_in_range(HUGE_PAGE - (uintptr_t)malloc(PIECE) % HUGE_PAGE, 1, NEAR);
    }
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_children_begin_on_a_huge_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
