/* Log lines: one line an event whatever the values hold, and quiet levels stay quiet. */
#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "tests/unit/unit.h"

static void check_value(char *field[CASE_FIELDS_MAX])
{
    assert_string_equal(log_value(field[0]).text, field[1]);
}

static void values_are_quoted_and_escaped(void **state)
{
    (void)state;
    cases_run("log_value", check_value);
    assert_string_equal(log_value(NULL).text, "\"\"");
}

static void long_values_are_cut_and_closed(void **state)
{
    char text[1001];

    (void)state;
    for (const char *c = "x\"\\\xff\xc3"; *c; c++) {
        struct log_value v;
        size_t n;

        memset(text, *c, 1000);
        text[1000] = '\0';
        v = log_value(text);
        n = strlen(v.text);
        assert_true(n > 240 && n < sizeof v.text);
        assert_int_equal(v.text[n - 1], '"');
        assert_true(utf8_is_valid(v.text, n));
    }
}

/* What `write_lines` sends to stderr, through a pipe. */
static void capture(void (*write_lines)(void), struct buf *lines)
{
    int ends[2], saved = dup(STDERR_FILENO);

    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    write_lines();
    dup2(saved, STDERR_FILENO);
    close(saved);
    assert_int_equal(file_read_fd(ends[0], lines, NULL), 0);
    close(ends[0]);
}

static void write_some(void)
{
    clock_fake(0, 0);
    log_init("worker/1", LOG_LEVEL_INFO);
    log_info("job", "stage=%s doc=%d", "read", 12);
    log_debug("job", "unseen");
    log_error("stop", "why=%s", log_value("a\nb").text);
    clock_fake(-1, -1);
}

static void lines_carry_time_level_program_and_event(void **state)
{
    AUTO_BUF struct buf lines;

    (void)state;
    buf_init(&lines, 10000);
    capture(write_some, &lines);
    assert_string_equal(lines.data, "1970-01-01T00:00:00.000Z info worker/1 job stage=read doc=12\n"
                                    "1970-01-01T00:00:00.000Z error worker/1 stop why=\"a b\"\n");
}

static void write_long(void)
{
    char text[5000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_error("long", "%s", text);
}

static void a_long_line_is_cut_to_one_line(void **state)
{
    AUTO_BUF struct buf lines;

    (void)state;
    buf_init(&lines, 10000);
    capture(write_long, &lines);
    assert_in_range(lines.length, 1000, 2048);
    assert_ptr_equal(strchr(lines.data, '\n'), lines.data + lines.length - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_quoted_and_escaped),
        cmocka_unit_test(long_values_are_cut_and_closed),
        cmocka_unit_test(lines_carry_time_level_program_and_event),
        cmocka_unit_test(a_long_line_is_cut_to_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
