/* The public front: lines in their places, refusals, threads, and the example program. */
#include "recogniser/recogniser.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "tests/fuzz/small_model.h"
#include "tests/oracle/recording.h"
#include "tests/unit/unit.h"

#include <pthread.h>

static const struct small_model recipe = {
    .height = 12,
    .filters = 3,
    .column_cells = 5,
    .layers = {{6}, {4, true}, {7}},
    .seed = 3,
};

/* A recogniser of the small model, its file in the test's folder. */
static struct recogniser *small_new(void **state, const char *kernel, struct err *err)
{
    struct recogniser_options options = {in_folder(state, "model"), kernel, false};
    struct recogniser *r = NULL;
    AUTO_BUF struct buf b;
    FILE *file = fopen(options.path, "w");

    buf_init(&b, SMALL_MODEL_BYTES_MAX);
    small_model_write(&recipe, &b);
    assert_int_equal(fwrite(b.data, 1, b.length, file), b.length);
    fclose(file);
    if (recogniser_new(&options, &r, err) < 0)
        assert_null(r);
    return r;
}

enum { LINES = 40 };

/* Noise of many shapes, some too narrow to read, some white on black. */
static void lines_make(struct arena *a, struct line_image lines[LINES])
{
    uint32_t seed = 11;

    for (int i = 0; i < LINES; i++) {
        int width = 1 + i * 37 % 211, height = 5 + i * 13 % 40;
        unsigned char *pixels = arena_alloc_array(a, (size_t)width, (size_t)height);

        for (int k = 0; k < width * height; k++) {
            seed = seed * 1664525u + 1013904223u;
            pixels[k] = (unsigned char)(k / 7 % 3 == 0 ? seed >> 25 : 128 + (seed >> 25));
        }
        lines[i] = (struct line_image){pixels, width, height, width};
    }
}

static void assert_same_line(const struct recognised_line *a, const struct recognised_line *b)
{
    assert_int_equal(a->word_count, b->word_count);
    assert_int_equal(a->is_inverted, b->is_inverted);
    for (size_t i = 0; i < a->word_count; i++) {
        assert_string_equal(a->words[i].text, b->words[i].text);
        assert_float_equal(a->words[i].certainty, b->words[i].certainty, 0);
        assert_memory_equal(&a->words[i].box, &b->words[i].box, sizeof a->words[i].box);
    }
}

static void lines_come_back_in_their_places(void **state)
{
    struct recognised_line together[LINES], alone;
    struct line_image lines[LINES];
    AUTO_ARENA struct arena a;
    struct recogniser *r = small_new(state, NULL, NULL);
    size_t words = 0, inverted = 0;

    arena_init(&a, (size_t)64 << 20);
    lines_make(&a, lines);
    assert_int_equal(recogniser_read(r, &a, lines, LINES, together, NULL), 0);
    for (int i = 0; i < LINES; i++) {
        assert_int_equal(recogniser_read(r, &a, &lines[i], 1, &alone, NULL), 0);
        assert_same_line(&together[i], &alone);
        words += alone.word_count;
        inverted += alone.is_inverted;
    }
    assert_true(words > LINES / 2);
    assert_true(inverted > 0 && inverted < LINES);
    recogniser_free(r);
}

static void odd_shapes_give_no_words(void **state)
{
    static const unsigned char white[200000] = {255};
    static const struct line_image odd[] = {{white, 1, 100, 1}, {white, 100000, 2, 100000}};
    struct recogniser *r = small_new(state, NULL, NULL);
    struct line_image empty = {white, 0, 10, 0}, slanted = {white, 10, 10, 9};
    struct recognised_line texts[2];
    struct posteriors p;
    AUTO_ARENA struct arena a;

    arena_init(&a, (size_t)64 << 20);
    memset(texts, 1, sizeof texts);
    assert_int_equal(recogniser_read(r, &a, odd, 2, texts, NULL), 0);
    assert_true(texts[0].word_count == 0 && texts[1].word_count == 0);
    assert_int_equal(recogniser_posteriors(r, &a, &odd[1], &p, NULL), 0);
    assert_int_equal(p.steps, 0);
    assert_int_equal(recogniser_read(r, &a, &empty, 1, texts, NULL), ERR_USAGE);
    assert_int_equal(recogniser_read(r, &a, &slanted, 1, texts, NULL), ERR_USAGE);
    assert_int_equal(recogniser_posteriors(r, &a, &empty, &p, NULL), ERR_USAGE);
    assert_int_equal(recogniser_read(r, &a, NULL, 0, NULL, NULL), 0);
    recogniser_free(r);
}

static void posteriors_are_probabilities(void **state)
{
    struct recogniser *r = small_new(state, "portable", NULL);
    struct line_image lines[LINES];
    struct posteriors p;
    AUTO_ARENA struct arena a;

    arena_init(&a, (size_t)64 << 20);
    lines_make(&a, lines);
    assert_int_equal(recogniser_posteriors(r, &a, &lines[5], &p, NULL), 0);
    assert_int_equal(p.classes, SMALL_CLASSES);
    assert_float_equal(p.pixels_per_step, 3.0f * (float)lines[5].height / (float)recipe.height,
                       1e-5);
    assert_int_equal(p.steps, lines[5].width * recipe.height / lines[5].height / 3);
    for (int t = 0; t < p.steps; t++) {
        float sum = 0;

        for (int i = 0; i < p.classes; i++)
            sum += p.values[t * p.classes + i];
        assert_float_equal(sum, 1, 1e-5);
    }
    recogniser_free(r);
}

static void what_is_missing_is_said(void **state)
{
    struct recogniser_options options = {in_folder(state, "none"), NULL, false};
    struct recogniser *r = NULL;
    struct err err = {0};

    assert_int_equal(recogniser_new(&options, &r, &err), ERR_NOT_FOUND);
    assert_null(small_new(state, "abacus", &err));
    assert_int_equal(err.code, ERR_USAGE);
    r = small_new(state, "portable", &err);
    assert_string_equal(recogniser_kernel(r), "portable");
    assert_int_equal(recogniser_height(r), recipe.height);
    recogniser_free(r);
    recogniser_free(NULL);
}

struct share {
    const struct recogniser *r;
    const struct line_image *lines;
    struct recognised_line texts[LINES];
    struct arena arena;
};

static void *thread_read(void *arg)
{
    struct share *s = arg;

    arena_init(&s->arena, (size_t)64 << 20);
    recogniser_read(s->r, &s->arena, s->lines, LINES, s->texts, NULL);
    return NULL;
}

static void threads_share_a_recogniser(void **state)
{
    enum { THREADS = 4 };
    struct recogniser *r = small_new(state, NULL, NULL);
    struct line_image lines[LINES];
    struct share shares[THREADS];
    pthread_t threads[THREADS];
    AUTO_ARENA struct arena a;

    arena_init(&a, (size_t)64 << 20);
    lines_make(&a, lines);
    for (int i = 0; i < THREADS; i++) {
        shares[i] = (struct share){.r = r, .lines = lines};
        assert_int_equal(pthread_create(&threads[i], NULL, thread_read, &shares[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        for (int k = 0; k < LINES; k++)
            assert_same_line(&shares[i].texts[k], &shares[0].texts[k]);
        if (i > 0)
            arena_release(&shares[i].arena);
    }
    arena_release(&shares[0].arena);
    recogniser_free(r);
}

/* ---- the example ---- */

static void pgm_write(const char *path, const struct line_image *line)
{
    FILE *file = fopen(path, "w");

    fprintf(file, "P5 %d %d 255\n", line->width, line->height);
    for (int y = 0; y < line->height; y++)
        fwrite(line->pixels + (ptrdiff_t)y * line->stride, 1, (size_t)line->width, file);
    fclose(file);
}

static void example_output(const char *model, const char *pgm, char *out, size_t size)
{
    int ends[2], status;
    size_t length = 0;
    ssize_t n;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], 1);
        execl(TEST_BIN_DIR "/recogniser-example", "recogniser-example", model, pgm, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    while ((n = read(ends[0], out + length, size - 1 - length)) > 0)
        length += (size_t)n;
    out[length] = '\0';
    close(ends[0]);
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

static void example_prints_words(void **state)
{
    const char *pgm = in_folder(state, "line.pgm");
    struct recorded_line *lines;
    struct recording_head head;
    char expected[1000], printed[1000];
    AUTO_ARENA struct arena a;
    size_t count, length = 0;
    const char *model;

    arena_init(&a, (size_t)64 << 20);
    assert_int_equal(recording_read(&a, TEST_SOURCE_DIR "/oracle/recordings/deu.rec", &head, &lines,
                                    &count, NULL),
                     0);
    model = recording_find_model(&a, &head, NULL);
    if (!model) {
        print_message("deu.traineddata is not installed\n");
        skip();
    }
    for (size_t i = 0; i < lines[0].text.word_count; i++)
        length += (size_t)snprintf(expected + length, sizeof expected - length, "%s %.3f\n",
                                   lines[0].text.words[i].text,
                                   (double)lines[0].text.words[i].certainty);
    pgm_write(pgm, &lines[0].crop);
    example_output(model, pgm, printed, sizeof printed);
    assert_string_equal(printed, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_come_back_in_their_places, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(odd_shapes_give_no_words, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(posteriors_are_probabilities, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(what_is_missing_is_said, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(threads_share_a_recogniser, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(example_prints_words, folder_setup, folder_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
