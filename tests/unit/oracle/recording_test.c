/* A line comes back from a recording as it went; a damaged recording is told, not believed. */
#include "tests/oracle/recording.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static const struct recording_head head = {
    "5.3.0", "eng", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true};

/* Two rows of three pixels, two apart; two passes, the second without its values. */
static struct recorded_line example(void)
{
    static const unsigned char pixels[] = {1, 2, 3, 99, 99, 4, 5, 6};
    static int8_t input[] = {-127, 0, 127, 1, 2, 3};
    static float floats[] = {0.25f, 0.75f};
    static struct recognised_symbol symbols[] = {
        {.text = "Å", .certainty = -0.5f, .left = 1, .right = 2},
        {.text = "b", .certainty = -1.5f, .left = 2, .right = 3}};
    static struct recognised_word words[] = {
        {"Åb", {1, 0, 3, 2}, -1.5f, -0.125f, 8, symbols, ARRAY_LENGTH(symbols)}};

    return (struct recorded_line){
        .page = "a.tif#2",
        .left = 7,
        .top = -1,
        .crop = {pixels, 3, 2, 5},
        .scaled = {NULL, 3, 2, 3},
        .scaled_hash = 42,
        .scale = 0.5f,
        .passes = {{.input = {input, 3, 2, 0.5f}, .posteriors = {floats, 1, 2, 6}},
                   {.input = {NULL, 3, 2, 0.5f},
                    .input_hash = 43,
                    .posteriors = {NULL, 1, 2, 6},
                    .posteriors_hash = 44}},
        .pass_count = 2,
        .kept = 1,
        .text = {words, ARRAY_LENGTH(words), true},
        .cost = {1, 2, 3, 4, (uint64_t)5 << 40},
    };
}

static void write_lines(const char *path, size_t count)
{
    struct recorded_line line = example();
    struct recording_writer *w;

    assert_int_equal(recording_create(path, &head, 3, &w, NULL), 0);
    for (size_t i = 0; i < count; i++) {
        line.left = (int)i;
        assert_int_equal(recording_add(w, &line, NULL), 0);
    }
    assert_int_equal(recording_finish(w, NULL), 0);
}

static void assert_is_example(const struct recorded_line *line)
{
    static const unsigned char pixels[] = {1, 2, 3, 4, 5, 6};
    const struct recorded_pass *pass = line->passes;
    const struct recognised_word *word = line->text.words;
    struct recorded_line was = example();

    assert_string_equal(line->page, "a.tif#2");
    assert_int_equal(line->top, -1);
    assert_int_equal(line->crop.stride, 3);
    assert_memory_equal(line->crop.pixels, pixels, sizeof(pixels));
    assert_true(line->crop_hash == recording_hash(pixels, sizeof(pixels)));
    assert_null(line->scaled.pixels);
    assert_true(line->scaled_hash == 42 && line->scale == 0.5f);
    assert_int_equal(line->pass_count, 2);
    assert_int_equal(line->kept, 1);
    assert_memory_equal(pass[0].input.values, was.passes[0].input.values, 6);
    assert_true(pass[0].posteriors.values[1] == 0.75f && pass[0].posteriors.pixels_per_step == 6);
    assert_null(pass[1].input.values);
    assert_null(pass[1].posteriors.values);
    assert_true(pass[1].input_hash == 43 && pass[1].posteriors_hash == 44);
    assert_int_equal(line->text.word_count, 1);
    assert_true(line->text.is_inverted);
    assert_string_equal(word->text, "Åb");
    assert_memory_equal(&word->box, &was.text.words->box, sizeof(word->box));
    assert_true(word->certainty == -1.5f && word->space_certainty == -0.125f);
    assert_int_equal(word->permuter, 8);
    assert_int_equal(word->symbol_count, 2);
    assert_string_equal(word->symbols[0].text, "Å");
    assert_true(word->symbols[1].certainty == -1.5f && word->symbols[1].right == 3);
    assert_memory_equal(&line->cost, &was.cost, sizeof(was.cost));
}

static void lines_come_back(void **state)
{
    const char *path = in_folder(state, "a.rec");
    struct arena a AUTO_ARENA;
    struct recording_head found;
    struct recorded_line *lines;
    size_t count;

    arena_init(&a, (size_t)1 << 20);
    write_lines(path, 5);
    assert_int_equal(recording_read(&a, path, &found, &lines, &count, NULL), 0);
    assert_memory_equal(&found, &head, sizeof(head));
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(lines[i].left, (int)i);
        assert_is_example(&lines[i]);
    }
}

/* Whatever byte is changed, and wherever it is cut: an error or a line, never a fault. Some bytes
 * (of names, of costs) may be anything. */
static void damage_is_told(void **state)
{
    const char *path = in_folder(state, "a.rec");
    struct buf whole AUTO_BUF;
    size_t told = 0;

    buf_init(&whole, (size_t)1 << 20);
    write_lines(path, 1);
    assert_int_equal(file_read(path, &whole, NULL), 0);
    for (size_t at = 0; at < 2 * whole.length; at++) {
        size_t i = at / 2, length = at % 2 ? i : whole.length;
        struct arena a AUTO_ARENA;
        struct recording_head found;
        struct recorded_line *lines;
        size_t count;
        int r;

        whole.data[i] ^= 0x55;
        assert_int_equal(file_write(path, whole.data, length, 0600, NULL), 0);
        whole.data[i] ^= 0x55;
        arena_init(&a, (size_t)1 << 30);
        r = recording_read(&a, path, &found, &lines, &count, NULL);
        assert_true(r == 0 || r == ERR_INVALID);
        told += r == ERR_INVALID;
    }
    assert_true(told > whole.length);
}

static void no_recording_is_told(void **state)
{
    struct recording_reader *r;
    struct err err = {0};

    assert_int_equal(recording_open(in_folder(state, "none"), &r, &err), ERR_NOT_FOUND);
    assert_int_equal(file_write(in_folder(state, "b"), "hello, world, hello", 19, 0600, NULL), 0);
    assert_int_equal(recording_open(in_folder(state, "b"), &r, &err), ERR_INVALID);
}

static void model_of_other_bytes_is_not_found(void **state)
{
    struct arena a AUTO_ARENA;
    struct recording_head other = {.model = "x"};
    const char *path = in_folder(state, "x.traineddata");

    arena_init(&a, (size_t)1 << 20);
    assert_int_equal(file_write(path, "model", 5, 0600, NULL), 0);
    hash_bytes("model", 5, other.model_sha256);
    assert_string_equal(recording_find_model(&a, &other, *state), path);
    other.model_sha256[0] ^= 1;
    assert_null(recording_find_model(&a, &other, *state));
    assert_null(recording_find_model(&a, &other, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_come_back, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(damage_is_told, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(no_recording_is_told, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(model_of_other_bytes_is_not_found, folder_setup,
                                        folder_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
