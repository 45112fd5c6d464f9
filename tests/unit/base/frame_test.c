/* Frames: three messages cut at every byte come out whole, in order, and never early. */
#include "base/frame.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

#include <signal.h>

static const struct {
    char kind;
    const char *payload;
    size_t length;
} messages[] = {{'W', "words", 5}, {'E', "", 0}, {'P', "\0\1\2 picture", 11}};

static void write_messages(struct buf *wire)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(messages); i++)
        assert_int_equal(
            frame_write(ends[1], messages[i].kind, messages[i].payload, messages[i].length, NULL),
            0);
    close(ends[1]);
    assert_int_equal(file_read_fd(ends[0], wire, NULL), 0);
    close(ends[0]);
}

/* How many whole messages lie in `in`, each checked against what was sent. */
static size_t take_messages(const struct buf *in)
{
    size_t offset = 0, n = 0, length;
    const char *payload;
    char kind;

    while (frame_take(in, offset, &kind, &payload, &length, NULL) == 1) {
        assert_true(n < ARRAY_LENGTH(messages));
        assert_int_equal(kind, messages[n].kind);
        assert_int_equal(length, messages[n].length);
        assert_memory_equal(payload, messages[n].payload, length);
        offset += FRAME_HEAD_BYTES + length;
        n++;
    }
    return n;
}

static void every_cut_gives_the_whole_messages_before_it(void **state)
{
    AUTO_BUF struct buf wire;

    (void)state;
    buf_init(&wire, 1000);
    write_messages(&wire);
    assert_int_equal(wire.length, 3 * FRAME_HEAD_BYTES + 16);
    for (size_t cut = 0; cut <= wire.length; cut++) {
        AUTO_BUF struct buf part;
        size_t whole = (cut >= 10) + (cut >= 15) + (cut >= 31);

        buf_init(&part, 1000);
        buf_add(&part, wire.data, cut);
        assert_int_equal(take_messages(&part), whole);
    }
}

static void a_length_over_the_limit_is_refused_at_once(void **state)
{
    AUTO_BUF struct buf in;
    const char *payload = "untouched";
    size_t length = 77;
    char kind = '?';

    (void)state;
    buf_init(&in, 1000);
    buf_add(&in, "\1\0\0\4W", 5); /* 64 MB and one */
    assert_int_equal(frame_take(&in, 0, &kind, &payload, &length, NULL), ERR_LIMIT);
    buf_clear(&in);
    buf_add(&in, "\xff\xff\xff\xffW", 5);
    assert_int_equal(frame_take(&in, 0, &kind, &payload, &length, NULL), ERR_LIMIT);
    assert_string_equal(payload, "untouched");
    assert_int_equal(length, 77);
    assert_int_equal(kind, '?');
    buf_clear(&in);
    buf_add(&in, "\0\0\0\4W", 5); /* exactly the limit: wait for it */
    assert_int_equal(frame_take(&in, 0, &kind, &payload, &length, NULL), 0);
}

static void writing_has_the_same_limit_and_notices_a_closed_end(void **state)
{
    int ends[2];

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(frame_write(ends[1], 'W', "", LIMIT_FRAME_BYTES + 1, NULL), ERR_LIMIT);
    close(ends[0]);
    assert_int_equal(frame_write(ends[1], 'W', "x", 1, NULL), ERR_IO);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_gives_the_whole_messages_before_it),
        cmocka_unit_test(a_length_over_the_limit_is_refused_at_once),
        cmocka_unit_test(writing_has_the_same_limit_and_notices_a_closed_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
