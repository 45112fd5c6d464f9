/* Grammars: patterns over made-up probabilities, then amounts, dates and accounts as printed. */
#include "recogniser/grammar.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/mem.h"
#include "recogniser/model.h"
#include "tests/fuzz/small_model.h"
#include "tests/oracle/recording.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <regex.h>

static const struct small_model recipe = {
    .height = 3, .filters = 1, .column_cells = 1, .layers = {{1}}};

struct fixture {
    struct buf file;
    struct model model;
    struct arena arena;
};

static int model_setup(void **state)
{
    struct fixture *f = mem_alloc(sizeof *f);

    buf_init(&f->file, SMALL_MODEL_BYTES_MAX);
    small_model_write(&recipe, &f->file);
    arena_init(&f->arena, (size_t)64 << 20);
    *state = f;
    return model_parse((const unsigned char *)f->file.data, f->file.length, &f->model, NULL);
}

static int model_teardown(void **state)
{
    struct fixture *f = *state;

    model_close(&f->model);
    buf_release(&f->file);
    arena_release(&f->arena);
    free(f);
    return 0;
}

/* The classes of the small model by name; "-" is nothing. */
static const char names[] = " ab1.,-";

/*
 * A line of steps from words: "a", or "a6b3" with tenths of probability, the rest shared by the
 * other classes.
 */
static struct posteriors line_of(struct fixture *f, const char *const *steps, int count)
{
    struct posteriors p = {.steps = count, .classes = SMALL_CLASSES, .pixels_per_step = 3};

    p.values = arena_alloc_array(&f->arena, (size_t)count * SMALL_CLASSES, sizeof *p.values);
    for (int t = 0; t < count; t++) {
        float *row = p.values + t * SMALL_CLASSES, rest = 1, named = 0;

        for (const char *at = steps[t]; *at; named++) {
            long class = strchr(names, *at++) - names;

            row[class] = *at >= '0' && *at <= '9' ? (float)(*at++ - '0') / 10 : 0.94F;
            rest -= row[class];
        }
        for (int i = 0; i < SMALL_CLASSES; i++)
            if (row[i] == 0)
                row[i] = rest / (SMALL_CLASSES - named);
    }
    return p;
}

static bool read_steps(struct fixture *f, const char *pattern, const char *const *steps, int count,
                       struct grammar_reading *ret)
{
    struct posteriors p = line_of(f, steps, count);
    struct grammar *g;
    bool is_read;

    assert_int_equal(grammar_new(&f->model, pattern, &g, NULL), 0);
    is_read = grammar_read(g, &f->arena, &p, ret);
    grammar_free(g);
    return is_read;
}

#define READ(f, pattern, ret, ...)                                                                 \
    read_steps(f, pattern, (const char *const[]){__VA_ARGS__},                                     \
               (int)ARRAY_LENGTH(((const char *const[]){__VA_ARGS__})), ret)

static void assert_reads(struct fixture *f, const char *pattern, const char *text,
                         const char *const *steps, int count)
{
    struct grammar_reading r = {0};
    bool is_read = read_steps(f, pattern, steps, count, &r);

    if (!is_read || strcmp(r.text, text) != 0)
        fail_msg("%s: \"%s\", not \"%s\"", pattern, is_read ? r.text : "nothing", text);
}

static void patterns_choose(void **state)
{
    /* Free reading: "a1b". */
    static const char *const steps[] = {"a", "-", "16b3", "-", "b5,4"};
    static const struct {
        const char *pattern, *text;
    } cases[] = {
        {"a1b", "a1b"},       {"[a-z][0-9]b", "a1b"}, {"[a-b]+", "abb"},
        {"abb|a1,", "a1,"},   {"ab(b|,)", "abb"},     {"a[b1]{2}", "a1b"},
        {"a[^]?1?b?", "a1b"}, {"[ab1]{2,3}", "a1b"},  {"a1,?b?", "a1b"},
        {"[ab]{1,}", "abb"},  {"(a(1|b),)+", "a1,"},  {"a1\\,", "a1,"},
        {"[b-]*a1b", "a1b"},  {"a(1b?)?x?", "a1b"},   {"(a1){0,2}(b1){0,1}b", "a1b"},
        {"a.?1.?b", "a1b"},   {"(a|b){1,2}b", "abb"}, {"[\\]a]1b", "a1b"},
        {"a\\1b", "a1b"},     {"(a|a1|a1b)", "a1b"},  {"()a()1()b()", "a1b"},
        {"(|a)1?b?", "a1b"},  {"a1b{1}", "a1b"},      {"a{1,2}1{1,2}b{1,2}", "a1b"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_reads(*state, cases[i].pattern, cases[i].text, steps, ARRAY_LENGTH(steps));
}

static void repeats_need_a_gap(void **state)
{
    assert_reads(*state, "a+", "a", (const char *[]){"a", "a", "a"}, 3);
    assert_reads(*state, "a+", "aa", (const char *[]){"a", "-", "a"}, 3);
    /* Two "a" in three steps cost the one in the middle. */
    assert_reads(*state, "aa", "aa", (const char *[]){"a", "a", "a"}, 3);
    assert_reads(*state, "(a|ab)(b|a)", "ab", (const char *[]){"a", "b", "b"}, 3);
    /* Choosing the same class from two places is no way around the gap. */
    assert_reads(*state, "[a1][a1]", "a1", (const char *[]){"a", "a614"}, 2);
    assert_reads(*state, "(a|1)(a|1)", "a1", (const char *[]){"a", "a614"}, 2);
}

static void too_short_or_absent_is_no_reading(void **state)
{
    struct grammar_reading r;

    assert_false(READ(*state, "aa", &r, "a", "a"));
    assert_false(READ(*state, "ab1", &r, "a", "b"));
    assert_false(READ(*state, "z", &r, "a", "b")); /* the model has no z */
    assert_true(READ(*state, "a*", &r, "-", "-"));
    assert_string_equal(r.text, "");
}

static void several_codes_are_one_character(void **state)
{
    struct fixture *f = *state;
    struct grammar_reading r;

    assert_true(READ(f, "æ1", &r, "a", "b", "1"));
    assert_string_equal(r.text, "æ1");
    assert_float_equal(r.margin, 0, 0);
    assert_true(READ(f, "[aæ]1", &r, "a", "b", "1"));
    assert_string_equal(r.text, "æ1");
    assert_true(READ(f, "ææ", &r, "a", "b", "a", "b"));
    assert_string_equal(r.text, "ææ");
    assert_false(READ(f, "æ", &r, "a"));
}

/* Two steps, all ways to write "a": aa, a-, -a. */
static void probability_sums_all_ways(void **state)
{
    struct grammar_reading r;
    double a = 0.6, nothing = 0.3;

    assert_true(READ(*state, "a", &r, "a6-3", "a6-3"));
    assert_float_equal(r.log_probability, log(a * a + 2 * a * nothing), 1e-5);
    assert_float_equal(r.margin, 0, 0);
    assert_true(READ(*state, "", &r, "a6-3", "a6-3"));
    assert_float_equal(r.log_probability, log(nothing * nothing), 1e-5);
    assert_float_equal(r.margin, log((a * a + 2 * a * nothing) / (nothing * nothing)), 1e-5);
}

/* ---- beside all paths, one by one ---- */

enum { PATH_STEPS = 5, PATHS = 16807 /* SMALL_CLASSES to the power of PATH_STEPS */ };

/* The text a path writes, and its probability. */
static double path_text(const struct posteriors *p, int path, char text[PATH_STEPS + 1])
{
    double probability = 1;
    int last = SMALL_NULL;

    for (int t = 0; t < PATH_STEPS; t++, path /= SMALL_CLASSES) {
        int class = path % SMALL_CLASSES;

        probability *= (double)p->values[t * SMALL_CLASSES + class];
        if (class != SMALL_NULL && class != last)
            *text++ = names[class];
        last = class;
    }
    *text = '\0';
    return probability;
}

static double text_probability(const struct posteriors *p, const char *text)
{
    double sum = 0;

    for (int path = 0; path < PATHS; path++) {
        char other[PATH_STEPS + 1];
        double probability = path_text(p, path, other);

        sum += strcmp(text, other) == 0 ? probability : 0;
    }
    return sum;
}

static void compile(const char *pattern, regex_t *regex)
{
    AUTO_FREE char *whole = mem_printf("^(%s)$", pattern);

    assert_int_equal(regcomp(regex, whole, REG_EXTENDED | REG_NOSUB), 0);
}

static bool matches(const char *pattern, const char *text)
{
    regex_t regex;
    bool is_match;

    compile(pattern, &regex);
    is_match = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return is_match;
}

/* The probability of the best path that the C library's expressions let through. */
static double best_path(const struct posteriors *p, const char *pattern)
{
    double best = 0;
    regex_t regex;

    compile(pattern, &regex);
    for (int path = 0; path < PATHS; path++) {
        char other[PATH_STEPS + 1];
        double probability = path_text(p, path, other);

        if (probability > best && regexec(&regex, other, 0, NULL, 0) == 0)
            best = probability;
    }
    regfree(&regex);
    return best;
}

/* The text is of the language and has the probability it says, no less than any path's. */
static void agrees_with_all_paths(void **state)
{
    static const char *const patterns[] = {"[ab1]+",        "a*1?b*",   "(ab|1a|11)+",
                                           "[ab]{2}1{1,2}", "a(b|1)?a", "(1|ab?)(b|1)*"};
    struct fixture *f = *state;
    uint32_t seed = 5;

    for (size_t i = 0; i < 4 * ARRAY_LENGTH(patterns); i++) {
        const char *pattern = patterns[i % ARRAY_LENGTH(patterns)];
        struct posteriors p = {
            .values = arena_alloc_array(&f->arena, PATH_STEPS * SMALL_CLASSES, sizeof *p.values),
            .steps = PATH_STEPS,
            .classes = SMALL_CLASSES};
        struct grammar_reading r;
        struct grammar *g;

        for (int k = 0; k < PATH_STEPS * SMALL_CLASSES; k++) {
            seed = seed * 1664525u + 1013904223u;
            p.values[k] = powf((float)(seed >> 8) / (1 << 24), 4);
        }
        assert_int_equal(grammar_new(&f->model, pattern, &g, NULL), 0);
        assert_true(grammar_read(g, &f->arena, &p, &r));
        assert_float_equal(r.log_probability, log(text_probability(&p, r.text)), 1e-4);
        assert_true(r.log_probability >= log(best_path(&p, pattern)) - 1e-4);
        assert_true(matches(pattern, r.text));
        grammar_free(g);
    }
}

/* ---- printed lines ---- */

#define AMOUNT "-?([0-9]{1,3}([ .,][0-9]{3})+|[0-9]+)([.,][0-9]{2}|,-)?"
#define DATE "[0-3]?[0-9][./-][01]?[0-9][./-](20)?[0-9]{2}"
#define IBAN "[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,3})?"

/* Half as large, with noise: what a bad fax leaves of it. */
static struct line_image worsen(struct arena *a, const struct line_image *line, int noise)
{
    struct line_image small = {NULL, line->width / 2, line->height / 2, line->width / 2};
    unsigned char *pixels = arena_alloc_array(a, (size_t)small.width, (size_t)small.height);
    uint32_t seed = (uint32_t)noise;

    for (int y = 0; y < small.height; y++)
        for (int x = 0; x < small.width; x++) {
            const unsigned char *at = line->pixels + 2 * y * line->stride + 2 * x;
            int grey = (at[0] + at[1] + at[line->stride] + at[line->stride + 1]) / 4;

            seed = seed * 1664525u + 1013904223u;
            grey += noise ? (int)(seed >> 8) % (2 * noise) - noise : 0;
            pixels[y * small.width + x] = (unsigned char)(grey < 0 ? 0 : grey > 255 ? 255 : grey);
        }
    small.pixels = pixels;
    return small;
}

static const struct {
    const char *recording;
    int left, top, noise;
    const char *pattern, *text;
} printed[] = {
    {"deu", 741, 649, 0, AMOUNT, "78,71"},
    {"deu", 741, 649, 120, AMOUNT, "78,71"},
    {"eng", 793, 765, 0, AMOUNT, "12.07"}, /* read freely: “12.07 */
    {"eng", 793, 765, 60, AMOUNT, "12.07"},
};

static const struct recorded_line *line_find(const struct recorded_line *lines, size_t count,
                                             int left, int top)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].left == left && lines[i].top == top)
            return &lines[i];
    fail_msg("no line at %d,%d", left, top);
    return NULL;
}

static void printed_line_is_read(struct arena *a, size_t which)
{
    AUTO_FREE char *path = mem_printf("%s/oracle/recordings/%s.rec", TEST_SOURCE_DIR,
                                      printed[which].recording);
    struct recogniser_options options = {0};
    struct recorded_line *lines;
    struct recording_head head;
    struct grammar_reading reading;
    struct recogniser *r;
    struct line_image image;
    struct posteriors p;
    struct grammar *g;
    float margin;
    size_t count;

    assert_int_equal(recording_read(a, path, &head, &lines, &count, NULL), 0);
    options.path = recording_find_model(a, &head, NULL);
    if (!options.path)
        skip();
    image = line_find(lines, count, printed[which].left, printed[which].top)->crop;
    if (printed[which].noise)
        image = worsen(a, &image, printed[which].noise);
    assert_int_equal(recogniser_new(&options, &r, NULL), 0);
    assert_int_equal(recogniser_posteriors(r, a, &image, &p, NULL), 0);
    assert_int_equal(grammar_new(recogniser_model(r), printed[which].pattern, &g, NULL), 0);
    assert_true(grammar_read(g, a, &p, &reading));
    assert_string_equal(reading.text, printed[which].text);
    grammar_free(g);
    assert_int_equal(grammar_new(recogniser_model(r), DATE "|" IBAN, &g, NULL), 0);
    margin = reading.margin;
    if (grammar_read(g, a, &p, &reading))
        assert_true(reading.margin > margin + 2); /* it is no date and no account */
    grammar_free(g);
    recogniser_free(r);
}

static void printed_lines_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(printed); i++) {
        AUTO_ARENA struct arena a;

        arena_init(&a, (size_t)256 << 20);
        printed_line_is_read(&a, i);
    }
}

static void bad_patterns_say_where(void **state)
{
    static const char *const bad[] = {
        "(a",     "a)",  "[a",     "*a", "a**", "a{",   "a{x}", "a{2,1}", "a{0}",
        "a{2,0}", "a{}", "a{999}", "a]", "a}",  "(a|b", "a|*",  "((((",   "[",
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct grammar *g = NULL;
        struct err err = {0};

        if (grammar_new(&f->model, bad[i], &g, &err) != ERR_USAGE)
            fail_msg("%s was taken (%s)", bad[i], err.text);
        assert_null(g);
    }
}

static void patterns_have_limits(void **state)
{
    struct fixture *f = *state;
    struct grammar *g = NULL;
    char deep[200];

    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    assert_int_equal(grammar_new(&f->model, deep, &g, NULL), ERR_USAGE);
    assert_int_equal(grammar_new(&f->model, "(a{100}){6}", &g, NULL), ERR_LIMIT);
    assert_int_equal(grammar_new(&f->model, "(((){200}){200}){200}", &g, NULL), ERR_USAGE);
    assert_null(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(patterns_choose, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(repeats_need_a_gap, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(too_short_or_absent_is_no_reading, model_setup,
                                        model_teardown),
        cmocka_unit_test_setup_teardown(several_codes_are_one_character, model_setup,
                                        model_teardown),
        cmocka_unit_test_setup_teardown(probability_sums_all_ways, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(agrees_with_all_paths, model_setup, model_teardown),
        cmocka_unit_test(printed_lines_are_read),
        cmocka_unit_test_setup_teardown(bad_patterns_say_where, model_setup, model_teardown),
        cmocka_unit_test_setup_teardown(patterns_have_limits, model_setup, model_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
