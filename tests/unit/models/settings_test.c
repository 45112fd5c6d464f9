/* The table of options: sound defaults, words for people, groups in runs, and the sources in
 * order. */
#include "models/settings.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "models/fault.h"
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdlib.h>

static void every_row_speaks_to_people(void **state)
{
    struct settings s;

    (void)state;
    settings_init(&s);
    for (size_t i = 0; i < s.config.count; i++) {
        const struct config_option *o = &s.config.options[i];

        assert_ptr_equal(config_find(&s.config, o->path), o);
        assert_true(strlen(o->help) > 10 && o->help[strlen(o->help) - 1] != '.');
        assert_true(o->type != OPTION_CHOICE || o->choices[0]);
        assert_true(o->offset < offsetof(struct settings, config));
        for (const char *p = o->path; *p; p++)
            assert_true(isalpha((unsigned char)*p) || *p == '.' || *p == '_');
    }
    settings_release(&s);
}

/* yaml_load wants the keys of a group side by side. */
static void groups_are_runs(void **state)
{
    struct settings s;

    (void)state;
    settings_init(&s);
    for (size_t i = 1; i < s.config.count; i++) {
        const char *path = s.config.options[i].path, *dot = strchr(path, '.');
        size_t n = dot ? (size_t)(dot - path) + 1 : 0;

        if (!dot || strncmp(s.config.options[i - 1].path, path, n) == 0)
            continue;
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(strncmp(s.config.options[k].path, path, n), 0);
    }
    settings_release(&s);
}

/* "… or raise limits.pages": what a remedy tells people to change must be there. */
static void remedies_name_real_options(void **state)
{
    struct settings s;
    int named = 0;

    (void)state;
    settings_init(&s);
    for (int i = 0; i < FAULT_COUNT; i++) {
        const char *path = strstr(fault_info((enum fault)i)->remedy, "limits.");
        char option[60];

        if (!path)
            continue;
        snprintf(option, sizeof option, "%.*s", (int)strspn(path, "abcdefghijklmnopqrstuvwxyz._"),
                 path);
        assert_non_null(config_find(&s.config, option));
        named++;
    }
    assert_true(named > 3);
    settings_release(&s);
}

static void retention_follows_the_country(void **state)
{
    struct settings s;

    (void)state;
    settings_init(&s);
    assert_int_equal(settings_retention_years(&s, "NO"), 5);
    assert_int_equal(settings_retention_years(&s, "SE"), 7);
    assert_int_equal(settings_retention_years(&s, "DK"), 5);
    assert_int_equal(settings_retention_years(&s, "HU"), 8);
    assert_int_equal(settings_retention_years(&s, "DE"), 8);
    assert_int_equal(settings_retention_years(&s, "GB"), 6);
    assert_int_equal(settings_retention_years(&s, "US"), 10);
    assert_int_equal(settings_retention_years(&s, ""), 10);
    settings_release(&s);
}

static void flags_beat_environment_beats_file(void **state)
{
    const char *path = in_folder(state, "bilag.yaml");
    const char *flags[] = {"limits.pages=30", "company.name=Skog = Tre"};
    const char *text = "limits: {pages: 10, pixels: 5000000}\nretention_years: {NO: 11}\n";
    struct settings s;

    file_write(path, text, strlen(text), 0600, NULL);
    setenv("BILAG_CONFIG", path, 1);
    setenv("BILAG_LIMITS_PAGES", "20", 1);
    setenv("BILAG_LIMITS_PIXELS", "6000000", 1);
    assert_int_equal(settings_load(&s, NULL, flags, ARRAY_LENGTH(flags), NULL), 0);
    unsetenv("BILAG_CONFIG");
    unsetenv("BILAG_LIMITS_PAGES");
    unsetenv("BILAG_LIMITS_PIXELS");
    assert_int_equal(s.limits.pages, 30);
    assert_int_equal(s.limits.pixels, 6000000);
    assert_string_equal(s.company.name, "Skog = Tre");
    assert_int_equal(settings_retention_years(&s, "NO"), 11);
    settings_release(&s);
}

static void the_short_name_of_the_data_folder(void **state)
{
    const char *path = in_folder(state, "bilag.yaml");
    struct settings s;

    file_write(path, "data_dir: /from/file", 20, 0600, NULL);
    setenv("BILAG_DATA", "/short", 1);
    assert_int_equal(settings_load(&s, path, NULL, 0, NULL), 0);
    assert_string_equal(s.data_dir, "/short");
    settings_release(&s);
    setenv("BILAG_DATA_DIR", "/long", 1);
    assert_int_equal(settings_load(&s, path, NULL, 0, NULL), 0);
    assert_string_equal(s.data_dir, "/long");
    settings_release(&s);
    unsetenv("BILAG_DATA");
    unsetenv("BILAG_DATA_DIR");
}

static void a_named_file_must_exist(void **state)
{
    struct settings s;
    struct err err = {0};

    assert_int_equal(settings_load(&s, in_folder(state, "none.yaml"), NULL, 0, &err),
                     ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "none.yaml"));
    settings_release(&s);
}

static void a_flag_without_a_value_is_refused(void **state)
{
    const char *flag = "workers";
    struct settings s;

    (void)state;
    assert_int_equal(settings_load(&s, NULL, &flag, 1, NULL), ERR_USAGE);
    settings_release(&s);
}

static void an_endless_home_is_no_crash(void **state)
{
    static char home[3000];
    struct settings s;

    (void)state;
    memset(home, 'h', sizeof home - 1);
    home[0] = '/';
    setenv("XDG_STATE_HOME", home, 1);
    settings_init(&s);
    unsetenv("XDG_STATE_HOME");
    assert_int_equal(s.data_dir[0], '/');
    settings_release(&s);
}

#define FOLDER_TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_speaks_to_people),
        cmocka_unit_test(groups_are_runs),
        cmocka_unit_test(remedies_name_real_options),
        cmocka_unit_test(retention_follows_the_country),
        FOLDER_TEST(flags_beat_environment_beats_file),
        FOLDER_TEST(the_short_name_of_the_data_folder),
        FOLDER_TEST(a_named_file_must_exist),
        cmocka_unit_test(a_flag_without_a_value_is_refused),
        cmocka_unit_test(an_endless_home_is_no_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
