/* The pool: answers in the order of the items, whoever is slow, fails or dies on the way. */
#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/unit.h"
#include "workers/command/read_pool.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>

#define ITEMS 200

struct desk {
    struct buf printed;
    size_t n_done, n_failed, n_died, n_progress;
    bool is_begun;      /* in the pool's process */
    int *n_processes;   /* shared: how many began */
    int *done_by_other; /* shared: items done beside the slow one */
};

static void begin(void *user)
{
    struct desk *desk = user;

    desk->is_begun = true;
    __atomic_add_fetch(desk->n_processes, 1, __ATOMIC_SEQ_CST);
}

static void end(void *user)
{
    (void)user;
}

static bool work(void *user, size_t item, struct buf *out)
{
    struct desk *desk = user;

    if (!desk->is_begun || item % 50 == 49)
        raise(SIGKILL);
    buf_printf(out, "%zu ", item);
    return item % 10 != 3;
}

/* The first item waits until all the others are done: its answer still comes first. */
static bool work_slowly(void *user, size_t item, struct buf *out)
{
    struct desk *desk = user;

    buf_printf(out, "%zu ", item);
    if (item)
        __atomic_add_fetch(desk->done_by_other, 1, __ATOMIC_SEQ_CST);
    while (!item && __atomic_load_n(desk->done_by_other, __ATOMIC_SEQ_CST) < ITEMS - 1)
        sched_yield();
    return true;
}

static void done(void *user, size_t item, enum pool_end how, const char *bytes, size_t length)
{
    struct desk *desk = user;

    assert_int_equal(item, desk->n_done);
    desk->n_done++;
    desk->n_failed += how == POOL_FAILED;
    desk->n_died += how == POOL_DIED;
    buf_add(&desk->printed, bytes, length);
}

static void progress(void *user, size_t finished)
{
    struct desk *desk = user;

    assert_int_equal(finished, ++desk->n_progress);
}

static int set_up(void **state)
{
    static struct desk desk;
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    desk = (struct desk){.n_processes = shared, .done_by_other = shared + 1};
    buf_init(&desk.printed, 100000);
    *state = &desk;
    return shared == MAP_FAILED ? -1 : 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;

    buf_release(&desk->printed);
    return munmap(desk->n_processes, 4096);
}

static void run(struct desk *desk, int processes, bool (*how)(void *, size_t, struct buf *))
{
    const struct pool pool = {.processes = processes,
                              .count = ITEMS,
                              .begin = begin,
                              .work = how,
                              .end = end,
                              .done = done,
                              .progress = progress,
                              .user = desk};

    assert_int_equal(pool_run(&pool, NULL), 0);
    assert_int_equal(desk->n_done, ITEMS);
    assert_int_equal(desk->n_progress, ITEMS);
}

static void test_order_failures_and_deaths(void **state)
{
    struct desk *desk = *state;
    AUTO_BUF struct buf expected;

    run(desk, 3, work);
    buf_init(&expected, 100000);
    for (int i = 0; i < ITEMS; i++)
        if (i % 50 != 49)
            buf_printf(&expected, "%d ", i);
    assert_string_equal(desk->printed.data, expected.data);
    assert_int_equal(desk->n_died, 4);
    assert_int_equal(desk->n_failed, 20);
    assert_in_range(*desk->n_processes, 4, 7); /* three, and one for each death but the last */
}

static void test_slow_item_delays_nobody(void **state)
{
    struct desk *desk = *state;

    run(desk, 2, work_slowly);
    assert_memory_equal(desk->printed.data, "0 1 2 3 ", 8);
    assert_int_equal(*desk->n_processes, 2);
}

static void test_one_process(void **state)
{
    struct desk *desk = *state;

    run(desk, 1, work);
    assert_int_equal(desk->n_died, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_order_failures_and_deaths),
        TEST(test_slow_item_delays_nobody),
        TEST(test_one_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
