/*
 * The client against the real warm parent whose child does as told: whatever it does, the owner
 * gets a result or a token within the caps, and the next order works.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "models/fault.h"
#include "tests/unit/unit.h"
#include "workers/reader/reader_client.h"

#include <signal.h>
#include <stdlib.h>

struct desk {
    struct reader *reader;
    struct arena arena;
    int ticks, kill_at_tick;
};

static void on_tick(void *user)
{
    struct desk *desk = user;

    if (++desk->ticks == desk->kill_at_tick)
        kill(reader_pid(desk->reader), SIGKILL);
}

static int set_up_for(void **state, int page_seconds)
{
    struct desk *desk = mem_alloc(sizeof *desk);
    const struct reader_options options = {
        .program = TEST_BIN_DIR "/fake-reader",
        .model = "none",
        .limits = {.pages = 10, .attachments = 10},
        .page_seconds = page_seconds,
        .cpu_seconds = 1,
        .memory_bytes = (size_t)64 << 20,
        .tick = on_tick,
        .tick_ms = 20,
        .user = desk,
    };

    setenv("SECRET", "of the owner", 1);
    arena_init(&desk->arena, (size_t)64 << 20);
    desk->reader = reader_new(&options);
    *state = desk;
    return 0;
}

/* No order but one that is meant to may run out of time, however busy the machine is. */
static int set_up(void **state)
{
    return set_up_for(state, 60);
}

static int set_up_hasty(void **state)
{
    return set_up_for(state, 1);
}

static int tear_down(void **state)
{
    struct desk *desk = *state;

    reader_free(desk->reader);
    arena_release(&desk->arena);
    free(desk);
    return 0;
}

static int order(struct desk *desk, const char *act, struct opened *ret, struct err *err)
{
    AUTO_CLOSE int fd = file_sealed("file", act, strlen(act), NULL);

    *err = (struct err){0};
    return reader_open(desk->reader, fd, &desk->arena, ret, err);
}

static void expect(struct desk *desk, const char *act, enum fault fault)
{
    struct opened opened;
    struct err err;
    int r = order(desk, act, &opened, &err);

    if (r == 0 || !err.reason || strcmp(err.reason, fault_info(fault)->name) != 0)
        fail_msg("%s: %d %s %s", act, r, err.reason ? err.reason : "no reason", err.text);
}

static void expect_success(struct desk *desk, const char *act)
{
    struct opened opened = {0};
    struct err err;

    if (order(desk, act, &opened, &err) < 0)
        fail_msg("%s: %s", act, err.text);
    assert_int_equal(opened.n_pages, 2);
    assert_string_equal(opened.pages[1].page->words[0].text, "Rechnung");
    assert_int_equal(opened.n_attachments, 1);
    assert_string_equal(opened.attachments[0].name, "a.b");
    assert_memory_equal(opened.attachments[0].bytes, "hello", 5);
}

static void test_answers_arrive(void **state)
{
    struct desk *desk = *state;
    AUTO_CLOSE int fd = file_sealed("file", "answer well", 11, NULL);
    struct read_result result;
    struct page *pages[2];
    AUTO_FREE unsigned char *record = NULL;
    size_t length;
    struct err err;

    expect_success(desk, "answer well");
    assert_int_equal(reader_read(desk->reader, fd, 2, &desk->arena, &result, &err), 0);
    assert_int_equal(result.page->number, 2);
    result.page = NULL;
    assert_int_equal(reader_read_again(desk->reader, fd, 2,
                                       &(struct reader_again){NULL, READ_LARGE}, &desk->arena,
                                       &result, &err),
                     0);
    assert_int_equal(result.page->number, 2);
    pages[0] = pages[1] = result.page;
    assert_int_equal(reader_record(desk->reader, fd, pages, 2, &(struct record_options){0}, &record,
                                   &length, &err),
                     0);
    assert_int_equal(length, 4);
    assert_memory_equal(record, "%PDF", 4);
}

static void test_looks_arrive(void **state)
{
    struct desk *desk = *state;
    AUTO_CLOSE int fd = file_sealed("file", "answer well", 11, NULL);
    const struct look_place places[2] = {{{10, 10, 50, 20}, LOOK_AMOUNT}};
    const struct page page = {.number = 2};
    struct look looks[2];
    struct err err;

    assert_int_equal(reader_look(desk->reader, fd, &page, places, 1, &desk->arena, looks, &err), 0);
    assert_string_equal(looks[0].readings[0].text, "12,50");
    assert_int_equal(looks[0].readings[0].votes, 6);
    /* An answer for one place is none for two. */
    assert_true(reader_look(desk->reader, fd, &page, places, 2, &desk->arena, looks, &err) < 0);
    assert_string_equal(err.reason, "bad_answer");
}

static void test_one_parent_serves_many(void **state)
{
    struct desk *desk = *state;
    int pid;

    expect_success(desk, "answer well");
    pid = reader_pid(desk->reader);
    expect(desk, "refuse", FAULT_ENCRYPTED);
    expect(desk, "crash", FAULT_CRASHED);
    expect_success(desk, "answer well");
    assert_int_equal(reader_pid(desk->reader), pid);
}

static void test_record_can_be_refused(void **state)
{
    struct desk *desk = *state;
    AUTO_CLOSE int fd = file_sealed("file", "refuse", 6, NULL);
    unsigned char *record;
    size_t length;
    struct err err = {0};

    assert_true(reader_record(desk->reader, fd, NULL, 0, &(struct record_options){0}, &record,
                              &length, &err) < 0);
    assert_string_equal(err.reason, "encrypted");
}

static void test_page_that_was_not_asked(void **state)
{
    struct desk *desk = *state;
    AUTO_CLOSE int fd = file_sealed("file", "answer well", 11, NULL);
    struct read_result result;
    struct err err = {0};

    assert_true(reader_read(desk->reader, fd, 3, &desk->arena, &result, &err) < 0);
    assert_string_equal(err.reason, "bad_answer");
}

static void test_misbehaviour_has_a_name(void **state)
{
    struct desk *desk = *state;

    expect(desk, "spin", FAULT_TIMEOUT);
    expect(desk, "crash", FAULT_CRASHED);
    expect(desk, "connect", FAULT_CRASHED);
    expect(desk, "flood", FAULT_LOG_FLOOD);
    expect(desk, "lie", FAULT_BAD_ANSWER);
    expect(desk, "babble", FAULT_BAD_ANSWER);
    expect(desk, "fall silent", FAULT_BAD_ANSWER);
    expect_success(desk, "answer well");
}

static void test_memory_runs_out(void **state)
{
#ifdef __SANITIZE_ADDRESS__
    (void)state;
    skip();
#else
    struct desk *desk = *state;

    expect(desk, "eat and abort", FAULT_TOO_BIG_IN_MEMORY);
    expect(desk, "eat and shrug", FAULT_TOO_BIG_IN_MEMORY);
    expect(desk, "eat and die", FAULT_TOO_BIG_IN_MEMORY);
    expect(desk, "crash", FAULT_CRASHED);
#endif
}

static void test_child_has_nothing_of_ours(void **state)
{
    expect_success(*state, "look around");
}

static void test_wall_time(void **state)
{
    struct desk *desk = *state;
    int pid;

    expect_success(desk, "answer well");
    pid = reader_pid(desk->reader);
    expect(desk, "hang", FAULT_TIMEOUT);
    assert_true(desk->ticks > 10);
    assert_int_equal(reader_pid(desk->reader), pid); /* it ended the child, and not we ended it */
}

static void test_parent_killed_between_orders(void **state)
{
    struct desk *desk = *state;

    expect_success(desk, "answer well");
    kill(reader_pid(desk->reader), SIGKILL);
    expect_success(desk, "answer well");
}

/* Its second life ends the order in the usual way: nobody was charged for the first. */
static void test_parent_killed_at_work(void **state)
{
    struct desk *desk = *state;

    desk->kill_at_tick = 3;
    expect(desk, "hang", FAULT_TIMEOUT);
    assert_true(desk->ticks > 3);
    expect_success(desk, "answer well");
}

static void test_parent_without_its_model(void **state)
{
    struct desk *desk = *state;
    AUTO_CLOSE int fd = file_sealed("file", "answer well", 11, NULL);
    const unsigned char *bytes;
    size_t length;
    struct err err = {0};

    assert_int_equal(reader_preview(desk->reader, fd, 1, &desk->arena, &bytes, &length, &err),
                     ERR_NOT_FOUND);
    assert_null(err.reason);
    assert_string_equal(err.text, "no model");
}

static void test_a_language_has_a_model_of_its_own(void **state)
{
    struct desk *desk = *state;
    AUTO_CLOSE int fd = file_sealed("file", "answer well", 11, NULL);
    const struct reader_again hungarian = {"hu", READ_FIRST}, german = {"de", READ_FIRST};
    struct read_result result;
    struct err err = {0};

    assert_int_equal(
        reader_read_again(desk->reader, fd, 2, &hungarian, &desk->arena, &result, &err),
        ERR_NOT_FOUND);
    assert_string_equal(err.text, "no model");
    assert_int_equal(reader_read_again(desk->reader, fd, 2, &german, &desk->arena, &result, &err),
                     0);
}

static void test_what_a_child_lacks_is_loaded(void **state)
{
    struct desk *desk = *state;

    expect_success(desk, "lack more");
    expect(desk, "never have enough", FAULT_CRASHED);
    expect_success(desk, "lack more");
}

/* A page may take several orders; its stage is charged with all of them. The first order is the
 * dear one: who counts the last alone has next to nothing. */
static void test_usage_adds_up(void **state)
{
    struct desk *desk = *state;

    expect_success(desk, "answer late");
    expect_success(desk, "answer well");
    assert_in_range(reader_take_usage(desk->reader).cpu_us, 50000, 1000000);
    assert_int_equal(reader_take_usage(desk->reader).cpu_us, 0);
}

static void test_program_that_is_not_there(void **state)
{
    const struct reader_options options = {.program = "/no/such/reader", .model = "none"};
    struct reader *reader = reader_new(&options);
    struct arena arena = {0};
    struct opened opened;
    struct err err = {0};

    (void)state;
    assert_int_equal(reader_open(reader, 0, &arena, &opened, &err), ERR_IO);
    assert_string_equal(err.text, "starting /no/such/reader: No such file or directory");
    reader_free(reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define HASTY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_hasty, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers_arrive),
        TEST(test_looks_arrive),
        TEST(test_one_parent_serves_many),
        TEST(test_record_can_be_refused),
        TEST(test_page_that_was_not_asked),
        TEST(test_misbehaviour_has_a_name),
        TEST(test_memory_runs_out),
        TEST(test_child_has_nothing_of_ours),
        HASTY_TEST(test_wall_time),
        TEST(test_parent_killed_between_orders),
        HASTY_TEST(test_parent_killed_at_work),
        TEST(test_parent_without_its_model),
        TEST(test_a_language_has_a_model_of_its_own),
        TEST(test_what_a_child_lacks_is_loaded),
        TEST(test_usage_adds_up),
        cmocka_unit_test(test_program_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
