/*
 * The answer parser against a child that was taken over: frames out of order, too many, too few,
 * too large, not JSON, not UTF-8, numbers out of range. tests/fuzz looks for what is not listed.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/unit/unit.h"
#include "workers/reader/reader_answer.h"

struct desk {
    struct arena arena;
    struct reader_answer answer;
    struct buf sent;
};

static const struct open_limits limits = {.pages = 3, .attachments = 2};

static void begin(struct desk *desk, enum reader_verb verb)
{
    arena_init(&desk->arena, (size_t)16 << 20);
    reader_answer_init(&desk->answer, verb, 2, &limits, &desk->arena);
    desk->answer.n_places = 1;
    buf_init(&desk->sent, LIMIT_FRAME_BYTES);
}

static void finish(struct desk *desk)
{
    reader_answer_release(&desk->answer);
    arena_release(&desk->arena);
    buf_release(&desk->sent);
}

static void add(struct desk *desk, char kind, const char *bytes, size_t length)
{
    unsigned char head[] = {(unsigned char)length, (unsigned char)(length >> 8),
                            (unsigned char)(length >> 16), (unsigned char)(length >> 24),
                            (unsigned char)kind};

    buf_add(&desk->sent, head, sizeof head);
    buf_add(&desk->sent, bytes, length);
}

/* Feeds what was added, in steps of `step` bytes; the end's result. */
static int feed(struct desk *desk, size_t step, struct err *err)
{
    int r = 0;

    *err = (struct err){0};
    for (size_t at = 0; at < desk->sent.length && r == 0; at += step) {
        size_t n = desk->sent.length - at;

        r = reader_answer_feed(&desk->answer, desk->sent.data + at, n < step ? n : step, err);
    }
    return r < 0 ? r : reader_answer_finish(&desk->answer, err);
}

/* An empty page behind its head. */
static void add_page(struct desk *desk, int number)
{
    struct page page = {.number = number, .width_pt = 595, .height_pt = 842};
    AUTO_BUF struct buf b;

    buf_init(&b, 1000);
    buf_add(&b, "\2\0\0\0{}", 6);
    page_pack(&page, &b);
    add(desk, 'P', b.data, b.length);
}

/* Frames as text: "kind payload|kind payload", a page's payload being its number. */
static int answer(struct desk *desk, enum reader_verb verb, const char *frames, struct err *err)
{
    begin(desk, verb);
    for (const char *at = frames; *at;) {
        size_t n = strcspn(at, "|");

        if (*at == 'P')
            add_page(desk, at[2] - '0');
        else
            add(desk, *at, at + (n > 1 ? 2 : 1), n > 1 ? n - 2 : 0);
        at += n + (at[n] == '|');
    }
    return feed(desk, 7, err);
}

#define HEAD(pages) "H {\"kind\":0,\"pages\":" #pages ",\"attachments\":0}"

static void expect_good(enum reader_verb verb, const char *frames)
{
    struct desk desk;
    struct err err;

    if (answer(&desk, verb, frames, &err) < 0)
        fail_msg("%s: %s", frames, err.text);
    finish(&desk);
}

static void expect_bad(enum reader_verb verb, const char *frames)
{
    struct desk desk;
    struct err err;

    if (answer(&desk, verb, frames, &err) == 0)
        fail_msg("believed: %s", frames);
    if (!err.reason || strcmp(err.reason, "bad_answer") != 0)
        fail_msg("%s: %s", frames, err.text);
    finish(&desk);
}

static void test_good_answers(void **state)
{
    (void)state;
    expect_good(READER_OPEN, HEAD(0) "|Z");
    expect_good(READER_OPEN, HEAD(2) "|P 1|P 2|Z");
    expect_good(READER_READ, "P 2|I picture|Z");
    expect_good(READER_READ, "P 2|Z");
    expect_good(READER_PREVIEW, "I picture|Z");
    expect_good(READER_RECORD, "R %PDF|Z");
}

static void test_order_is_kept(void **state)
{
    (void)state;
    expect_bad(READER_OPEN, "");
    expect_bad(READER_OPEN, "Z");
    expect_bad(READER_OPEN, "P 1|Z");
    expect_bad(READER_OPEN, HEAD(1));
    expect_bad(READER_OPEN, HEAD(1) "|Z");
    expect_bad(READER_OPEN, HEAD(0) "|" HEAD(0) "|Z");
    expect_bad(READER_OPEN, HEAD(0) "|Z|Z");
    expect_bad(READER_OPEN, HEAD(0) "|Z x");
    expect_bad(READER_OPEN, HEAD(1) "|P 1|P 2|Z");
    expect_bad(READER_OPEN, HEAD(2) "|P 2|P 1|Z");
    expect_bad(READER_OPEN, HEAD(0) "|R %PDF|Z");
    expect_bad(READER_READ, "P 1|Z");
    expect_bad(READER_READ, "P 2|P 2|Z");
    expect_bad(READER_READ, "Z");
    expect_bad(READER_READ, HEAD(0) "|P 2|Z");
    expect_bad(READER_PREVIEW, "I a|I b|Z");
    expect_bad(READER_RECORD, "R a|R b|Z");
    expect_bad(READER_RECORD, "Y a|Z");
}

#define LOOK(readings) "L {\"looks\":[{\"looks\":7,\"readings\":[" readings "]}]}"
#define READING(text, share, votes)                                                                \
    "{\"text\":\"" text "\",\"share\":" #share ",\"votes\":" #votes "}"

static void test_looks_are_checked(void **state)
{
    struct desk desk;
    struct err err;

    (void)state;
    assert_int_equal(answer(&desk, READER_LOOK,
                            LOOK(READING("12,50", 0.75, 5) "," READING("12,80", 0, 2)) "|Z", &err),
                     0);
    assert_int_equal(desk.answer.looks[0].count, 2);
    assert_string_equal(desk.answer.looks[0].readings[1].text, "12,80");
    assert_int_equal(desk.answer.looks[0].readings[0].votes, 5);
    finish(&desk);
    expect_good(READER_LOOK, LOOK() "|Z");
    expect_bad(READER_LOOK, "Z");
    expect_bad(READER_LOOK, LOOK() "|" LOOK() "|Z");
    expect_bad(READER_LOOK, "L {}|Z");
    expect_bad(READER_LOOK, "L {\"looks\":[]}|Z");
    expect_bad(READER_LOOK, "L {\"looks\":[{\"looks\":7},{\"looks\":7}]}|Z");
    expect_bad(READER_LOOK, "L {\"looks\":[{\"looks\":101}]}|Z");
    expect_bad(READER_LOOK, LOOK(READING("", 0.5, 1)) "|Z");
    expect_bad(READER_LOOK, LOOK(READING("1", 1.5, 1)) "|Z");
    expect_bad(READER_LOOK, LOOK(READING("1", -0.5, 1)) "|Z");
    expect_bad(READER_LOOK, LOOK(READING("1", 0.5, 8)) "|Z");
    expect_bad(READER_LOOK, LOOK(READING("1", 0.5, -1)) "|Z");
    expect_bad(READER_LOOK, LOOK("1,2,3,4,5") "|Z");
    expect_bad(READER_READ, LOOK() "|P 2|Z");
}

static void test_numbers_are_checked(void **state)
{
    (void)state;
    expect_bad(READER_OPEN, "H {\"kind\":99,\"pages\":0,\"attachments\":0}|Z");
    expect_bad(READER_OPEN, "H {\"kind\":-1,\"pages\":0,\"attachments\":0}|Z");
    expect_bad(READER_OPEN, "H {\"kind\":0,\"pages\":4,\"attachments\":0}|Z");
    expect_bad(READER_OPEN, "H {\"kind\":0,\"pages\":-1,\"attachments\":0}|Z");
    expect_bad(READER_OPEN, "H {\"kind\":0,\"pages\":0,\"attachments\":3}|Z");
    expect_bad(READER_OPEN, "H {\"kind\":0,\"pages\":9223372036854775807,\"attachments\":0}|Z");
    expect_bad(READER_OPEN, "H {\"kind\":0,\"pages\":\"1\",\"attachments\":0}|Z");
}

static void test_json_is_strict(void **state)
{
    (void)state;
    expect_bad(READER_OPEN, "H |Z");
    expect_bad(READER_OPEN, "H {|Z");
    expect_bad(READER_OPEN, "H []|Z");
    expect_bad(READER_OPEN, "H null|Z");
    expect_bad(READER_OPEN, HEAD(0) "x|Z");
    expect_bad(READER_OPEN,
               "H {\"kind\":0,\"pages\":0,\"attachments\":0,\"producer\":\"\xc3\x28\"}|Z");
    expect_bad(READER_OPEN, "H {\"kind\":0,\"kind\":0,\"pages\":0,\"attachments\":0}|Z");
}

/* One frame that is wrong in itself, where its kind may stand. */
static void expect_bad_frame(enum reader_verb verb, char kind, const char *bytes, size_t length)
{
    struct desk desk;
    struct err err;

    begin(&desk, verb);
    if (verb == READER_OPEN)
        add(&desk, 'H', "{\"kind\":0,\"pages\":0,\"attachments\":1}", 37);
    add(&desk, kind, bytes, length);
    add(&desk, 'Z', "", 0);
    if (feed(&desk, 1000, &err) == 0)
        fail_msg("believed %c %s", kind, bytes);
    assert_string_equal(err.reason, "bad_answer");
    finish(&desk);
}

static void test_heads_are_checked(void **state)
{
    static const char *const bad[] = {"abc", "\xff\xff\xff\xff{}", "\3\0\0\0{}", "\2\0\0\0[]"};
    static const size_t lengths[] = {3, 6, 6, 6};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        expect_bad_frame(READER_OPEN, 'A', bad[i], lengths[i]);
        expect_bad_frame(READER_READ, 'P', bad[i], lengths[i]);
    }
}

/* What unpacking refuses is tested beside it; here, that it is asked. */
static void test_pages_are_checked(void **state)
{
    (void)state;
    expect_bad_frame(READER_READ, 'P', "\2\0\0\0{}", 6);
    expect_bad_frame(READER_READ, 'P', "\2\0\0\0{}\1\2\0\0\0\0\0\0\0\0\0\0", 18);
}

/* The length of a page's words is held against the arena before they are unpacked. */
static void test_pages_fit_the_arena(void **state)
{
    struct desk desk;
    struct err err;

    (void)state;
    begin(&desk, READER_READ);
    desk.arena.max = ((size_t)4 << 20) + 50;
    add_page(&desk, 2);
    add(&desk, 'Z', "", 0);
    assert_true(feed(&desk, 1000, &err) < 0);
    assert_non_null(strstr(err.text, "more than fits"));
    finish(&desk);
}

/* A refusal is passed on with our own token, or none; never with the child's words as a token. */
static void test_refusals(void **state)
{
    struct desk desk;
    struct err err;

    (void)state;
    assert_int_equal(
        answer(&desk, READER_OPEN,
               "E {\"code\":-6,\"reason\":\"encrypted\",\"text\":\"a\\u202eb\\u0007\"}", &err),
        ERR_INVALID);
    assert_string_equal(err.reason, "encrypted");
    assert_null(strchr(err.text, '\a'));
    assert_null(strstr(err.text, "\u202e"));
    finish(&desk);
    assert_int_equal(answer(&desk, READER_READ, "E {\"code\":-2,\"reason\":\"rm -rf\"}", &err),
                     ERR_IO);
    assert_null(err.reason);
    finish(&desk);
    expect_bad(READER_READ, "E {\"code\":0}");
    expect_bad(READER_READ, "E {\"code\":1}");
    expect_bad(READER_READ, "E {\"code\":-1000}");
    expect_bad(READER_READ, "E {\"code\":-6}|Z");
}

static void test_sizes_are_capped(void **state)
{
    struct desk desk;
    struct err err;
    AUTO_FREE char *large = mem_alloc((size_t)20 << 20);

    (void)state;
    memset(large, ' ', (size_t)20 << 20);
    begin(&desk, READER_OPEN);
    desk.arena.max = (size_t)256 << 20;
    memcpy(large, "{\"kind\":0,\"pages\":0,\"attachments\":0", 36);
    large[((size_t)9 << 20) - 1] = '}';
    add(&desk, 'H', large, (size_t)9 << 20); /* good, but over the cap of JSON */
    add(&desk, 'Z', "", 0);
    assert_true(feed(&desk, 65536, &err) < 0);
    finish(&desk);

    begin(&desk, READER_READ);
    add(&desk, 'I', large, (size_t)20 << 20); /* more than the arena holds */
    assert_true(feed(&desk, 65536, &err) < 0);
    assert_string_equal(err.reason, "bad_answer");
    finish(&desk);

    begin(&desk, READER_READ);
    buf_add(&desk.sent, "\xff\xff\xff\xffP", 5);
    assert_true(feed(&desk, 1, &err) < 0);
    assert_string_equal(err.reason, "bad_answer");
    finish(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_answers),        cmocka_unit_test(test_order_is_kept),
        cmocka_unit_test(test_numbers_are_checked), cmocka_unit_test(test_json_is_strict),
        cmocka_unit_test(test_heads_are_checked),   cmocka_unit_test(test_pages_are_checked),
        cmocka_unit_test(test_pages_fit_the_arena), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_sizes_are_capped),    cmocka_unit_test(test_looks_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
