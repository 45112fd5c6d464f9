/*
 * SQLite opens its journal for every transaction and syncs the folder each time, because it may
 * just have made the file. Ours persists (PRAGMA journal_mode=PERSIST): its name needs one sync in
 * the life of a process. So a journal is met as SQLite does it the first time, and its folder
 * synced then; while it stays the same file it is opened without leave to make it, which SQLite
 * takes for a name that is durable. One that was deleted or replaced behind our back is met anew.
 *
 * What fails here fails as in SQLite's own code, or costs the sync it was to spare.
 */
#include "stores/db_journal.h"

#include "base/mem.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#define JOURNALS_MAX 4 /* twice as many as a house has; more are met anew each time */

/* What tells a file from one that came in its place, on the same inode even. */
struct identity {
    uint32_t major, minor;
    uint64_t inode;
    struct statx_timestamp born;
};

static struct identity durable[JOURNALS_MAX];

static bool identify(const char *path, struct identity *ret)
{
    struct statx st;

    if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &st) < 0)
        return false;
    memset(ret, 0, sizeof *ret); /* compared as bytes */
    ret->major = st.stx_dev_major;
    ret->minor = st.stx_dev_minor;
    ret->inode = st.stx_ino;
    ret->born.tv_sec = st.stx_btime.tv_sec;
    ret->born.tv_nsec = st.stx_btime.tv_nsec;
    return true;
}

static bool is_durable(const char *path)
{
    struct identity file;

    if (!identify(path, &file))
        return false;
    for (size_t i = 0; i < JOURNALS_MAX; i++)
        if (memcmp(&durable[i], &file, sizeof file) == 0)
            return true;
    return false;
}

static bool sync_folder_of(const char *path)
{
    AUTO_FREE char *folder = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
    AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 && fsync(fd) == 0;
}

/* After the file is there: its name is synced, then remembered. */
static void meet(const char *path)
{
    static size_t next;
    struct identity file;

    if (!identify(path, &file) || !sync_folder_of(path))
        return;
    durable[next] = file;
    next = (next + 1) % JOURNALS_MAX;
}

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    sqlite3_vfs *below = vfs->pAppData;
    bool is_journal = flags & SQLITE_OPEN_MAIN_JOURNAL;
    int code;

    if (is_journal && is_durable(path) &&
        below->xOpen(below, path, file, flags & ~SQLITE_OPEN_CREATE, ret_flags) == SQLITE_OK)
        return SQLITE_OK;
    code = below->xOpen(below, path, file, flags, ret_flags);
    if (is_journal && code == SQLITE_OK)
        meet(path);
    return code;
}

const char *db_journal_vfs(void)
{
    static sqlite3_vfs vfs;

    if (!vfs.zName) {
        sqlite3_vfs *below = sqlite3_vfs_find(NULL);

        vfs = *below;
        vfs.pNext = NULL;
        vfs.zName = "bilag";
        vfs.pAppData = below;
        vfs.xOpen = open_file;
        sqlite3_vfs_register(&vfs, 0);
    }
    return vfs.zName;
}
