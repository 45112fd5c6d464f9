/* Arena and allocation: order of releases, alignment, the limit, and copies that stay valid. */
#include "base/arena.h"

#include "base/mem.h"
#include "tests/unit/unit.h"

#include <malloc.h>
#include <signal.h>
#include <stdalign.h>

static char order[8];

static void note(void *thing)
{
    strncat(order, thing, 1);
}

static void releases_run_backwards(void **state)
{
    AUTO_ARENA struct arena a;

    (void)state;
    order[0] = '\0';
    arena_init(&a, 100000);
    arena_defer(&a, note, "1");
    arena_defer(&a, note, "2");
    arena_defer(&a, note, "3");
    arena_clear(&a);
    assert_string_equal(order, "321");
    arena_clear(&a);
    assert_string_equal(order, "321");
}

/* A release may still read memory of its arena: releases run before blocks are freed. */
static void releases_run_before_blocks_go(void **state)
{
    AUTO_ARENA struct arena a;

    (void)state;
    order[0] = '\0';
    arena_init(&a, 100000);
    arena_defer(&a, note, arena_strdup(&a, "x"));
    arena_clear(&a);
    assert_string_equal(order, "x");
}

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    AUTO_ARENA struct arena a;
    unsigned char *last = NULL;

    (void)state;
    arena_init(&a, 10000000);
    for (size_t size = 1; size < 9000; size = size * 3 + 1) {
        unsigned char *p = arena_alloc(&a, size);

        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, size);
        assert_true(p != last);
        last = p;
    }
}

static void limit_counts_and_is_given_back(void **state)
{
    AUTO_ARENA struct arena a;

    (void)state;
    arena_init(&a, 1024);
    arena_alloc(&a, 1000);
    assert_true(a.used >= 1000 && a.used <= 1024);
    arena_clear(&a);
    assert_int_equal(a.used, 0);
    arena_alloc(&a, 1024);
}

static size_t sum_of_all(struct arena *a)
{
    size_t sum = 0;

    for (size_t size = 100; size < 3000000; size *= 4) {
        unsigned char *p = arena_alloc(a, size);

        for (size_t i = 0; i < size; i++)
            sum += p[i]++;
    }
    return sum;
}

static void what_is_reused_is_zeroed_and_takes_no_more_memory(void **state)
{
    AUTO_ARENA struct arena a;
    size_t taken;

    (void)state;
    order[0] = '\0';
    arena_init(&a, 10000000);
    sum_of_all(&a);
    arena_defer(&a, note, "1");
    arena_reuse(&a);
    assert_string_equal(order, "1");
    assert_int_equal(a.used, 0);
    taken = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (int round = 0; round < 3; round++) {
        assert_int_equal(sum_of_all(&a), 0);
        arena_reuse(&a);
    }
    assert_int_equal(mallinfo2().uordblks + mallinfo2().hblkhd, taken);
}

static void pass_limit(void)
{
    struct arena a;

    arena_init(&a, 1024);
    arena_alloc(&a, 1000);
    arena_alloc(&a, 100);
}

static void overflow_array(void)
{
    struct arena a;

    arena_init(&a, SIZE_MAX);
    arena_alloc_array(&a, SIZE_MAX / 2, 3);
}

static void passing_the_limit_dies(void **state)
{
    (void)state;
    assert_dies(pass_limit, SIGABRT);
    assert_dies(overflow_array, SIGABRT);
}

static void texts_and_arrays_are_copied(void **state)
{
    AUTO_ARENA struct arena a;
    int numbers[] = {1, 2, 3}, *grown;

    (void)state;
    arena_init(&a, 100000);
    assert_null(arena_strdup(&a, NULL));
    assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
    assert_string_equal(arena_printf(&a, "%s-%d", "page", 7), "page-7");
    grown = arena_grow_array(&a, numbers, 3, 5, sizeof *numbers);
    assert_memory_equal(grown, numbers, sizeof numbers);
    assert_int_equal(grown[4], 0);
}

static void overflow_mem(void)
{
    mem_alloc_array(SIZE_MAX / 2, 3);
}

/* One by one, and yet in memory that grows with their number and not with its square. */
static void lists_grow_by_doubling(void **state)
{
    AUTO_ARENA struct arena a;
    int *list = NULL;

    (void)state;
    arena_init(&a, (size_t)4 << 20);
    for (int i = 0; i < 100000; i++) {
        list = arena_grow_list(&a, list, (size_t)i, sizeof *list);
        list[i] = i;
    }
    for (int i = 0; i < 100000; i++)
        assert_int_equal(list[i], i);
}

static void plain_memory_overflow_ends_the_process(void **state)
{
    int status = status_of(overflow_mem);

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 71);
}

static void taking_leaves_nothing_behind(void **state)
{
    char *text = mem_printf("%d", 42);
    AUTO_FREE char *taken = take_ptr(&text);
    int fd = 9;

    (void)state;
    assert_null(text);
    assert_string_equal(taken, "42");
    assert_int_equal(take_fd(&fd), 9);
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(releases_run_backwards),
        cmocka_unit_test(releases_run_before_blocks_go),
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(limit_counts_and_is_given_back),
        cmocka_unit_test(what_is_reused_is_zeroed_and_takes_no_more_memory),
        cmocka_unit_test(passing_the_limit_dies),
        cmocka_unit_test(texts_and_arrays_are_copied),
        cmocka_unit_test(lists_grow_by_doubling),
        cmocka_unit_test(plain_memory_overflow_ends_the_process),
        cmocka_unit_test(taking_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
