/* The command itself on a test's folder: what it ends with, and what it says. */
#ifndef TESTS_UNIT_HOUSE_BILAG_RUN_H
#define TESTS_UNIT_HOUSE_BILAG_RUN_H

#include "tests/unit/stores/store_fixture.h"

#include "base/buf.h"
#include "base/file.h"

#include <sys/wait.h>
#include <unistd.h>

static inline int status_of_shell(const char *command)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Runs bilag on the test's folder; its output goes to the file "out" there. */
static inline int run_bilag(struct world *w, const char *words)
{
    return status_of_shell(arena_printf(&w->a,
                                        "env -u BILAG_TABLE -u BILAG_CONFIG BILAG_DATA=%s"
                                        " %s/bilag %s >%s/out 2>&1",
                                        w->folder, TEST_BIN_DIR, words, w->folder));
}

/* What it says, in the arena, when it ends with `status`. */
static inline const char *bilag(struct world *w, const char *words, int status)
{
    AUTO_BUF struct buf out;
    struct err err = {0};
    int ended = run_bilag(w, words);

    buf_init(&out, 1 << 20);
    assert_int_equal(file_read(arena_printf(&w->a, "%s/out", w->folder), &out, &err), 0);
    if (ended != status)
        fail_msg("bilag %s: %d, not %d\n%s", words, ended, status, out.data);
    return arena_strdup(&w->a, out.data);
}

static inline void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("\"%s\" is not said in:\n%s", words, text);
}

#endif
