/* The search on made-up probabilities of the small model, and on recorded ones of real models. */
#include "recogniser/beam.h"

#include "base/err.h"
#include "base/mem.h"
#include "tests/fuzz/small_model.h"
#include "tests/oracle/recording.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <math.h>

enum { C_SPACE, C_A, C_B, C_1, C_DOT, C_COMMA, C_NULL, ROWS_MAX = 8192 };

struct fixture {
    struct buf bytes;
    struct model model;
    struct arena arena;
    float rows[ROWS_MAX][SMALL_CLASSES];
    int count;
};

static int open_small(void **state)
{
    static const struct small_model small = {
        .height = 3, .filters = 1, .column_cells = 1, .layers = {{1}}};
    struct fixture *f = mem_alloc(sizeof *f);

    buf_init(&f->bytes, SMALL_MODEL_BYTES_MAX);
    arena_init(&f->arena, (size_t)64 << 20);
    small_model_write(&small, &f->bytes);
    *state = f;
    return model_parse((const unsigned char *)f->bytes.data, f->bytes.length, &f->model, NULL);
}

static int close_small(void **state)
{
    struct fixture *f = *state;

    model_close(&f->model);
    buf_release(&f->bytes);
    arena_release(&f->arena);
    free(f);
    return 0;
}

/* A step: two classes with their probabilities; null has what is left. */
static void step(struct fixture *f, int class, float p, int other, float q)
{
    float *row = f->rows[f->count++];

    for (int i = 0; i < SMALL_CLASSES; i++)
        row[i] = 1e-5F * (float)(i + 1);
    row[C_NULL] = 1 - p - q;
    row[class] = p;
    row[other] = q;
}

/* Sure classes by their characters, '-' for null. */
static void steps(struct fixture *f, const char *classes)
{
    static const char order[] = " ab1.,-";

    for (; *classes; classes++) {
        int class = (int)(strchr(order, *classes) - order);

        step(f, class, 0.99F, class == C_1 ? C_A : C_1, 0.001F);
    }
}

static struct recognised_line read_rows(struct fixture *f, bool without_dictionary)
{
    struct posteriors p = {&f->rows[0][0], f->count, SMALL_CLASSES, 2.5F};
    struct decoder *d = decoder_new(&f->model, without_dictionary);
    struct beam *b = beam_new(d);
    struct recognised_line line = {0}, again = {0};

    beam_read(b, &f->arena, &p, 40, &line);
    beam_read(b, &f->arena, &p, 40, &again);
    assert_int_equal(again.word_count, line.word_count);
    for (size_t i = 0; i < line.word_count; i++)
        assert_string_equal(again.words[i].text, line.words[i].text);
    beam_free(b);
    decoder_free(d);
    return line;
}

static float certainty(double p)
{
    return (float)(logf((float)p) - 0.085);
}

static void repeats_and_nulls_fall_out(void **state)
{
    struct fixture *f = *state;
    struct recognised_line line;

    steps(f, "-a--bb-b-");
    line = read_rows(f, true);
    assert_int_equal(line.word_count, 1);
    assert_string_equal(line.words[0].text, "abb");
    assert_int_equal(line.words[0].permuter, 2);
    assert_int_equal(line.words[0].symbol_count, 3);
}

static void a_known_word_beats_a_better_one(void **state)
{
    struct fixture *f = *state;
    struct recognised_line line;

    steps(f, "a-");
    step(f, C_COMMA, 0.5F, C_B, 0.45F);
    steps(f, "-");
    line = read_rows(f, false);
    assert_string_equal(line.words[0].text, "ab");
    assert_int_equal(line.words[0].permuter, 8);
    line = read_rows(f, true);
    assert_string_equal(line.words[0].text, "a,");
    assert_int_equal(line.words[0].permuter, 2);
    f->count = 2;
    step(f, C_COMMA, 0.9F, C_B, 0.06F);
    steps(f, "-");
    line = read_rows(f, false);
    assert_string_equal(line.words[0].text, "a,");
}

static void a_number_is_known_by_its_pattern(void **state)
{
    struct fixture *f = *state;
    struct recognised_line line;

    steps(f, "1-");
    step(f, C_COMMA, 0.5F, C_DOT, 0.45F);
    steps(f, "-1");
    line = read_rows(f, false);
    assert_string_equal(line.words[0].text, "1.1");
    assert_int_equal(line.words[0].permuter, 6);
}

static void words_are_parted_by_spaces(void **state)
{
    struct fixture *f = *state;
    struct recognised_line line;

    steps(f, "-ab- -1,1");
    line = read_rows(f, false);
    assert_int_equal(line.word_count, 2);
    assert_string_equal(line.words[0].text, "ab");
    assert_string_equal(line.words[1].text, "1,1");
    assert_int_equal(line.words[0].permuter, 8);
    assert_int_equal(line.words[1].permuter, 2);
    /* "b" ends at step 3, the space is step 4 to 5, "1" begins at 6; 2.5 pixels a step */
    assert_int_equal(line.words[0].box.left, 0);
    assert_int_equal(line.words[0].box.right, 8);
    assert_int_equal(line.words[1].box.left, 12);
    assert_int_equal(line.words[1].box.right, 23);
    assert_int_equal(line.words[1].box.bottom, 40);
    assert_float_equal(line.words[0].space_certainty, line.words[1].space_certainty, 0);
    assert_true(line.words[0].space_certainty < 0);
}

/* A word of the dictionary is as certain behind a word that is none; the uncertain null between
 * them is forgotten. */
static void a_space_leads_into_the_dictionary(void **state)
{
    struct fixture *f = *state;
    struct recognised_line line;

    steps(f, ",,");
    step(f, C_NULL, 0.9F, C_1, 0.05F);
    steps(f, " ab");
    line = read_rows(f, false);
    assert_int_equal(line.word_count, 2);
    assert_int_equal(line.words[1].permuter, 8);
    assert_float_equal(line.words[1].certainty, certainty(0.99), 0);
    assert_float_equal(line.words[1].space_certainty, certainty(0.99), 0);
    assert_float_equal(line.words[0].certainty, (float)(certainty(0.99) * 2.25F), 0);
}

/* Half a step of "a" beside a whole one costs nothing. */
static void neighbours_share_a_step(void **state)
{
    struct fixture *f = *state;
    struct recognised_line line;

    steps(f, "-");
    step(f, C_A, 0.55F, C_NULL, 0.44F);
    steps(f, "ab-");
    line = read_rows(f, false);
    assert_string_equal(line.words[0].text, "ab");
    assert_float_equal(line.words[0].certainty, certainty(0.99), 1e-6);
}

static void nothing_gives_no_words(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(read_rows(f, false).word_count, 0);
    steps(f, "----");
    assert_int_equal(read_rows(f, false).word_count, 0);
}

/* Class "," is only the second code of "æ" here, class "." is shared by "." and ",". */
static void characters_of_two_codes_and_shared_codes(void **state)
{
    struct fixture *f = *state;
    struct unichar *u = f->model.charset.unichars;
    struct recognised_line line;

    u[SMALL_AE].codes[1] = C_COMMA;
    u[SMALL_COMMA].codes[0] = C_DOT;
    steps(f, "--a-,,-.-");
    line = read_rows(f, false);
    assert_int_equal(line.word_count, 1);
    assert_string_equal(line.words[0].text, "æ,");
    assert_int_equal(line.words[0].symbol_count, 2);
    assert_string_equal(line.words[0].symbols[0].text, "æ");
    assert_int_equal(line.words[0].symbols[1].left, 15);
}

static void other_choices_are_told(void **state)
{
    struct fixture *f = *state;
    const struct recognised_symbol *s;

    step(f, C_COMMA, 0.6F, C_1, 0.3F);
    steps(f, "-,");
    s = read_rows(f, true).words[0].symbols;
    assert_string_equal(s[0].text, ",");
    assert_int_equal(s[0].choice_count, 1);
    assert_string_equal(s[0].choices[0].text, "1");
    assert_float_equal(s[0].choices[0].certainty, certainty(0.3F), 0);
    assert_int_equal(s[1].choice_count, 0);
}

static void the_best_readings_differ(void **state)
{
    struct fixture *f = *state;
    struct posteriors p = {.values = &f->rows[0][0], .classes = SMALL_CLASSES};
    struct line_reading readings[3];
    struct decoder *d = decoder_new(&f->model, false);
    struct beam *b = beam_new(d);

    steps(f, "1-");
    step(f, C_COMMA, 0.6F, C_DOT, 0.35F);
    steps(f, "-1-");
    p.steps = f->count;
    assert_int_equal(beam_read_several(b, &f->arena, &p, 1, readings, 1), 1);
    assert_int_equal(beam_read_several(b, &f->arena, &p, 1, readings, 3), 3);
    assert_string_equal(readings[0].line.words[0].text, "1.1");
    assert_string_equal(readings[1].line.words[0].text, "1,1");
    assert_true(readings[0].score > readings[1].score && readings[1].score > readings[2].score);
    p.steps = 0;
    assert_int_equal(beam_read_several(b, &f->arena, &p, 1, readings, 3), 0);
    beam_free(b);
    decoder_free(d);
}

/* Nodes that lead nowhere are dropped on the way; the words stay, in an order without a rhythm. */
static void a_long_line_is_read_whole(void **state)
{
    enum { WORDS = 800 };
    static const char *const words[] = {"ab", "1.1", "abb", ",,"};
    static const char *const classes[] = {"ab ", "1.1-- ", "ab-b ", ",-, "};
    struct fixture *f = *state;
    struct recognised_line line;

    for (unsigned i = 0; i < WORDS; i++) {
        steps(f, classes[i * i * 7 % 31 % 4]);
        step(f, C_NULL, 0.5F, C_COMMA, 0.2F);
    }
    line = read_rows(f, false);
    assert_int_equal(line.word_count, WORDS);
    for (unsigned i = 0; i < WORDS; i++)
        assert_string_equal(line.words[i].text, words[i * i * 7 % 31 % 4]);
}

static void no_numbers_are_survived(void **state)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, -1, 0, 1e30F, 0.5F};
    struct fixture *f = *state;

    for (f->count = 0; f->count < 200; f->count++)
        for (int i = 0; i < SMALL_CLASSES; i++)
            f->rows[f->count][i] = odd[(f->count * 5 + i * f->count / 7) % 7];
    read_rows(f, false);
}

/* ---- recordings ---- */

static void word_check(const struct recognised_word *w, const struct recognised_word *right)
{
    assert_string_equal(w->text, right->text);
    assert_memory_equal(&w->box, &right->box, sizeof w->box);
    assert_memory_equal(&w->certainty, &right->certainty, sizeof w->certainty);
    assert_memory_equal(&w->space_certainty, &right->space_certainty, sizeof w->certainty);
    assert_int_equal(w->permuter, right->permuter);
    assert_int_equal(w->symbol_count, right->symbol_count);
    for (size_t i = 0; i < w->symbol_count; i++) {
        assert_string_equal(w->symbols[i].text, right->symbols[i].text);
        assert_memory_equal(&w->symbols[i].certainty, &right->symbols[i].certainty, sizeof(float));
        assert_int_equal(w->symbols[i].left, right->symbols[i].left);
        assert_int_equal(w->symbols[i].right, right->symbols[i].right);
    }
}

static int line_check(struct beam *b, struct arena *a, const struct recorded_line *right)
{
    struct posteriors p = right->passes[right->kept].posteriors;
    struct recognised_line line = {0};

    if (!p.values)
        return 0;
    p.pixels_per_step = 3 / right->scale;
    beam_read(b, a, &p, right->crop.height, &line);
    assert_int_equal(line.word_count, right->text.word_count);
    for (size_t i = 0; i < line.word_count; i++)
        word_check(&line.words[i], &right->text.words[i]);
    return 1;
}

/* The lines of a recording with probabilities in it; 0 when its model is not installed. */
static int recording_check(struct arena *a, const char *path)
{
    struct recording_head head;
    struct recorded_line *lines;
    struct model m = {0};
    struct err err = {0};
    const char *model;
    size_t count;
    int checked = 0;

    if (recording_read(a, path, &head, &lines, &count, &err) < 0)
        fail_msg("%s", err.text);
    model = recording_find_model(a, &head, TEST_BIN_DIR "/../share");
    if (!model)
        return 0;
    if (model_open(model, &m, &err) < 0)
        fail_msg("%s", err.text);
    struct decoder *d = decoder_new(&m, head.without_dictionary);
    struct beam *b = beam_new(d);

    for (size_t i = 0; i < count; i++)
        checked += line_check(b, a, &lines[i]);
    beam_free(b);
    decoder_free(d);
    model_close(&m);
    return checked;
}

static void recorded_lines_read_the_same(void **state)
{
    static const char folder[] = TEST_SOURCE_DIR "/oracle/recordings";
    DIR *dir = opendir(folder);
    int checked = 0;

    (void)state;
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        AUTO_ARENA struct arena a;

        /* Latin's 89 MB would be hashed for a line that Latin-lean has, too. */
        if (!strstr(e->d_name, ".rec") || strcmp(e->d_name, "Latin.rec") == 0)
            continue;
        arena_init(&a, (size_t)256 << 20);
        checked += recording_check(&a, arena_printf(&a, "%s/%s", folder, e->d_name));
    }
    closedir(dir);
    if (checked == 0)
        skip();
}

#define ON_SMALL_MODEL(test) cmocka_unit_test_setup_teardown(test, open_small, close_small)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SMALL_MODEL(repeats_and_nulls_fall_out),
        ON_SMALL_MODEL(a_known_word_beats_a_better_one),
        ON_SMALL_MODEL(a_number_is_known_by_its_pattern),
        ON_SMALL_MODEL(words_are_parted_by_spaces),
        ON_SMALL_MODEL(a_space_leads_into_the_dictionary),
        ON_SMALL_MODEL(neighbours_share_a_step),
        ON_SMALL_MODEL(nothing_gives_no_words),
        ON_SMALL_MODEL(characters_of_two_codes_and_shared_codes),
        ON_SMALL_MODEL(other_choices_are_told),
        ON_SMALL_MODEL(the_best_readings_differ),
        ON_SMALL_MODEL(a_long_line_is_read_whole),
        ON_SMALL_MODEL(no_numbers_are_survived),
        cmocka_unit_test(recorded_lines_read_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
