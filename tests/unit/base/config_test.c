/* Configuration: what is refused and how it is told, which source wins, and where a value is
 * from. */
#include "base/config.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdlib.h>

struct values {
    int64_t workers, pages;
    double share;
    bool is_safe;
    const char *name;
    int picture;
};

#define AT(member) offsetof(struct values, member)

static const char *const pictures[] = {"webp", "jpeg", NULL};

static const struct config_option options[] = {
    {"workers", OPTION_INT, AT(workers), 0, 9, "2", "", "", NULL},
    {"limits.pages", OPTION_INT, AT(pages), 1, 500, "100", "pages", "", NULL},
    {"share", OPTION_REAL, AT(share), 0, 1, "0.9", "", "", NULL},
    {"safe", OPTION_BOOL, AT(is_safe), 0, 0, "true", "", "", NULL},
    {"name", OPTION_TEXT, AT(name), 0, 8, "", "", "", NULL},
    {"picture", OPTION_CHOICE, AT(picture), 0, 0, "webp", "", "", pictures},
};

struct fixture {
    struct config config;
    struct values values;
    char *folder;
};

static int setup(void **state)
{
    struct fixture *f = mem_alloc(sizeof *f);

    folder_setup((void **)&f->folder);
    config_init(&f->config, options, ARRAY_LENGTH(options), &f->values);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    config_release(&f->config);
    folder_teardown((void **)&f->folder);
    free(f);
    return 0;
}

static int load(struct fixture *f, const char *text, enum config_source source, struct err *err)
{
    const char *path = in_folder((void **)&f->folder, "t.yaml");

    assert_int_equal(file_write(path, text, strlen(text), 0600, NULL), 0);
    return config_load_file(&f->config, path, source, err);
}

static void assert_value(const struct fixture *f, size_t i, const char *text, const char *place)
{
    AUTO_BUF struct buf b;

    buf_init(&b, 100);
    config_print_value(&f->config, i, &b);
    assert_string_equal(b.data, text);
    assert_non_null(strstr(f->config.origins[i].place, place));
}

/* One line of config.case: the message starts with "<path>:line:column: " and goes on as told. */
static void check_file(char *field[CASE_FIELDS_MAX])
{
    AUTO_FREE char *told = NULL;
    struct err err = {0};
    void *state;
    int r;

    setup(&state);
    r = load(state, field[0], CONFIG_USER_FILE, &err);
    if (strcmp(field[1], "ok") == 0) {
        assert_int_equal(r, 0);
    } else {
        assert_true(r == ERR_INVALID || r == ERR_LIMIT);
        told = mem_printf("t.yaml:%s: %s", field[1], field[2]);
        if (!strstr(err.text, told))
            fail_msg("%s\n  is told as: %s\n  not as: %s", field[0], err.text, told);
    }
    teardown(&state);
}

static void wrong_files_are_refused_with_their_place(void **state)
{
    (void)state;
    cases_run("config", check_file);
}

static void defaults_come_first(void **state)
{
    struct fixture *f = *state;

    assert_value(f, 0, "2", "default");
    assert_value(f, 2, "0.9", "default");
    assert_value(f, 3, "true", "default");
    assert_value(f, 4, "", "default");
    assert_value(f, 5, "webp", "default");
}

static void a_file_sets_every_type(void **state)
{
    struct fixture *f = *state;
    const char *text = "name: Skog AS\npicture: jpeg\nshare: 0.25\nsafe: no\nlimits:\n  pages: 7\n";

    assert_int_equal(load(f, text, CONFIG_USER_FILE, NULL), 0);
    assert_value(f, 4, "Skog AS", "t.yaml:1:1");
    assert_value(f, 5, "jpeg", "t.yaml:2:1");
    assert_value(f, 2, "0.25", "t.yaml:3:1");
    assert_value(f, 3, "false", "t.yaml:4:1");
    assert_value(f, 1, "7", "t.yaml:6:3");
    assert_value(f, 0, "2", "default");
    assert_int_equal(f->values.pages, 7);
    assert_false(f->values.is_safe);
}

/* Whatever the order of loading, the stronger source stays. */
static void the_stronger_source_wins(void **state)
{
    struct fixture *f = *state;

    setenv("TBILAG_LIMITS_PAGES", "4", 1);
    assert_int_equal(config_set(&f->config, "limits.pages", "5", CONFIG_FLAG, "--set", NULL), 0);
    assert_int_equal(config_load_environment(&f->config, "TBILAG", NULL), 0);
    assert_int_equal(load(f, "limits: {pages: 3}\nworkers: 3", CONFIG_USER_FILE, NULL), 0);
    assert_int_equal(load(f, "limits: {pages: 2}\nworkers: 6", CONFIG_SYSTEM_FILE, NULL), 0);
    unsetenv("TBILAG_LIMITS_PAGES");
    assert_value(f, 1, "5", "--set");
    assert_value(f, 0, "3", "t.yaml:2:1");
}

static void the_environment_is_named(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};

    setenv("TBILAG_LIMITS_PAGES", "4", 1);
    assert_int_equal(load(f, "limits: {pages: 3}", CONFIG_USER_FILE, NULL), 0);
    assert_int_equal(config_load_environment(&f->config, "TBILAG", NULL), 0);
    assert_value(f, 1, "4", "TBILAG_LIMITS_PAGES");
    setenv("TBILAG_LIMITS_PAGES", "", 1);
    assert_int_equal(config_load_environment(&f->config, "TBILAG", &err), ERR_INVALID);
    assert_string_equal(err.text,
                        "TBILAG_LIMITS_PAGES: limits.pages is \"\"; it takes 1 to 500 pages");
    unsetenv("TBILAG_LIMITS_PAGES");
}

static void an_unknown_flag_is_a_usage_error(void **state)
{
    struct fixture *f = *state;
    struct err err = {0};

    assert_int_equal(config_set(&f->config, "limit.pages", "5", CONFIG_FLAG, "--set", &err),
                     ERR_USAGE);
    assert_string_equal(err.text, "--set: unknown option limit.pages; did you mean limits.pages?");
}

static void a_missing_file_and_an_empty_one(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(config_load_file(&f->config, "/none/such", CONFIG_USER_FILE, NULL),
                     ERR_NOT_FOUND);
    assert_int_equal(load(f, "", CONFIG_USER_FILE, NULL), 0);
    assert_value(f, 0, "2", "default");
}

static void wrong_default(void)
{
    static const struct config_option wrong[] = {{"n", OPTION_INT, 0, 1, 2, "3", "", "", NULL}};
    struct config c;
    int64_t n;

    config_init(&c, wrong, 1, &n);
}

static void a_wrong_default_is_our_bug(void **state)
{
    (void)state;
    assert_dies(wrong_default, SIGABRT);
}

#define CONFIG_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_files_are_refused_with_their_place),
        CONFIG_TEST(defaults_come_first),
        CONFIG_TEST(a_file_sets_every_type),
        CONFIG_TEST(the_stronger_source_wins),
        CONFIG_TEST(the_environment_is_named),
        CONFIG_TEST(an_unknown_flag_is_a_usage_error),
        CONFIG_TEST(a_missing_file_and_an_empty_one),
        cmocka_unit_test(a_wrong_default_is_our_bug),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
