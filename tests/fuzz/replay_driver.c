/*
 * Replays files through a harness: every file of the folders and every file named. A crash shows
 * the name of the file that caused it, because it was printed before.
 */
#include "base/buf.h"
#include "base/file.h"
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>

#define INPUT_MAX_BYTES ((size_t)4 << 20)

static int replay_file(const char *path)
{
    AUTO_BUF struct buf b;
    struct err err = {0};
    AUTO_FREE char *copy = NULL;

    buf_init(&b, INPUT_MAX_BYTES);
    if (file_read(path, &b, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        return -1;
    }
    printf("%s\n", path);
    fflush(stdout);
    copy = mem_alloc(b.length); /* exactly as long, so that reading past the end is caught */
    memcpy(copy, b.data, b.length);
    fuzz_one(copy, b.length);
    return 0;
}

/* How many files were replayed, or -1. */
static int replay(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;

    if (!folder)
        return replay_file(path) < 0 ? -1 : 1;
    for (struct dirent *e; count >= 0 && (e = readdir(folder));) {
        AUTO_FREE char *inner = mem_printf("%s/%s", path, e->d_name);

        if (e->d_name[0] != '.')
            count = replay_file(inner) < 0 ? -1 : count + 1;
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;

    for (int i = 1; i < argc; i++) {
        int count = replay(argv[i]);

        if (count < 0)
            return 1;
        total += count;
    }
    printf("%d files replayed\n", total);
    return total > 0 ? 0 : 1;
}
