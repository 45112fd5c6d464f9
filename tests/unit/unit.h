/* What every unit test needs: cmocka, cases from files, folders of its own, and deaths. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CASE_FIELDS_MAX 8

/*
 * Calls check(field) for every line of tests/cases/<name>.case. A line is fields parted by '|', the
 * spaces around them dropped, missing ones ""; '#' begins a comment; "\xNN" is a byte.
 */
typedef void case_check(char *field[CASE_FIELDS_MAX]);

static inline char *case_trim(char *text)
{
    size_t n;

    text += strspn(text, " \n");
    n = strlen(text);
    while (n && (text[n - 1] == ' ' || text[n - 1] == '\n'))
        text[--n] = '\0';
    return text;
}

static inline void case_unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from; to++) {
        unsigned byte;

        if (sscanf(from, "\\x%2x", &byte) == 1) {
            *to = (char)byte;
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

static inline void cases_run(const char *name, case_check *check)
{
    char path[300], line[1000];
    int count = 0;
    FILE *file;

    snprintf(path, sizeof path, TEST_SOURCE_DIR "/cases/%s.case", name);
    file = fopen(path, "r");
    if (!file)
        fail_msg("no cases in %s", path);
    while (fgets(line, sizeof line, file)) {
        char *field[CASE_FIELDS_MAX], *rest = line;

        if (line[0] == '#' || line[0] == '\n')
            continue;
        for (int i = 0; i < CASE_FIELDS_MAX; i++) {
            char *part = strsep(&rest, "|");

            field[i] = case_trim(part ? part : line + strlen(line));
            case_unescape(field[i]);
        }
        check(field);
        count++;
    }
    fclose(file);
    assert_true(count > 0);
}

/* Setup and teardown: *state is the path of an empty folder, gone afterwards; in TMPDIR, or in
 * /tmp. */
static inline int folder_setup(void **state)
{
    const char *base = getenv("TMPDIR");
    char path[200];

    snprintf(path, sizeof path, "%s/bilag-test-XXXXXX", base ? base : "/tmp");
    *state = mkdtemp(path) ? strdup(path) : NULL;
    return *state ? 0 : -1;
}

static inline int folder_remove_one(const char *path, const struct stat *facts, int kind,
                                    struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline int folder_remove(const char *path)
{
    return nftw(path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline int folder_clear_one(const char *path, const struct stat *facts, int kind,
                                   struct FTW *where)
{
    (void)facts;
    (void)where;
    return kind == FTW_F ? remove(path) : 0;
}

/* Its files are gone, the folders in it stay: making hundreds again costs more than most tests. */
static inline int folder_clear(const char *path)
{
    return nftw(path, folder_clear_one, 8, FTW_PHYS);
}

static inline int folder_teardown(void **state)
{
    int r = folder_remove(*state);

    free(*state);
    return r;
}

/* The path of `name` in the test's folder; good until the eighth call after. */
static inline const char *in_folder(void **state, const char *name)
{
    static char paths[8][300];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", (char *)*state, name);
    return path;
}

/* The wait status of a child that ran `act`; its stderr is dropped. */
static inline int status_of(void (*act)(void))
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(125);
        act();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static inline void assert_dies(void (*act)(void), int signal_number)
{
    int status = status_of(act);

    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), signal_number);
}

#endif
