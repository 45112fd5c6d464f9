/*
 * Blobs on a disk, or in memory for tests. Writing goes aside/<random> → fsync → rename without
 * replacing → fsync of the folder: the order that survives a power cut on every common file system.
 * An object that is there already is synced too before its put succeeds, because the process that
 * wrote it may not have come to that point. Left-overs of killed writers lie in aside/ and are
 * swept when they are old. Reading streams into a memfd and hashes on the way, so that no large
 * file is ever whole in our own memory.
 */
#include "stores/blobs.h"

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define SWEEP_AGE_S 3600
#define READ_STEP_BYTES ((size_t)64 << 10)

struct ram_blob {
    char sha256[HASH_HEX_SIZE];
    void *bytes;
    size_t length;
};

struct blobs {
    char *folder; /* NULL: in memory */
    struct ram_blob *ram;
    size_t n_ram;
};

static char *object_path(const struct blobs *b, const char *sha256)
{
    return mem_printf("%s/objects/%.2s/%s", b->folder, sha256, sha256);
}

/* ---- opening ---- */

/* objects/ab; its own name must be durable as well. */
static int make_shelf(const struct blobs *b, const char *shelf, struct err *err)
{
    AUTO_FREE char *objects = mem_printf("%s/objects", b->folder);

    if (mkdir(shelf, 0700) == 0)
        return file_sync(objects, err);
    return errno == EEXIST ? 0 : err_errno(err, ERR_IO, "making folder %s", shelf);
}

/* All of them with one sync, where each would cost its first object one. The last tells that the
 * others are there. */
static int make_shelves(const struct blobs *b, struct err *err)
{
    AUTO_FREE char *objects = mem_printf("%s/objects", b->folder);
    AUTO_FREE char *last = mem_printf("%s/ff", objects);
    int r;

    if (file_exists(last))
        return 0;
    for (unsigned i = 0; i < 0xff; i++) {
        AUTO_FREE char *shelf = mem_printf("%s/%02x", objects, i);

        if (mkdir(shelf, 0700) < 0 && errno != EEXIST)
            return err_errno(err, ERR_IO, "making folder %s", shelf);
    }
    r = file_sync(objects, err);
    return r < 0 ? r : make_shelf(b, last, err);
}

static void sweep(const char *aside)
{
    DIR *folder = opendir(aside);
    struct dirent *entry;
    struct stat st;

    while (folder && (entry = readdir(folder)))
        if (fstatat(dirfd(folder), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && st.st_mtime < time(NULL) - SWEEP_AGE_S)
            unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder)
        closedir(folder);
}

int blobs_open(const char *folder, struct blobs **ret, struct err *err)
{
    AUTO_FREE char *objects = mem_printf("%s/objects", folder);
    AUTO_FREE char *aside = mem_printf("%s/aside", folder);
    struct blobs *b;
    int r = file_make_folder(objects, err);

    if (r == 0)
        r = file_make_folder(aside, err);
    if (r < 0)
        return r;
    sweep(aside);
    b = mem_alloc(sizeof *b);
    b->folder = mem_strdup(folder);
    r = make_shelves(b, err);
    if (r < 0) {
        blobs_close(b);
        return r;
    }
    *ret = b;
    return 0;
}

int blobs_open_ram(struct blobs **ret, struct err *err)
{
    (void)err;
    *ret = mem_alloc(sizeof **ret);
    return 0;
}

void blobs_close(struct blobs *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->n_ram; i++)
        free(b->ram[i].bytes);
    free(b->ram);
    free(b->folder);
    free(b);
}

/* ---- putting ---- */

static struct ram_blob *ram_find(const struct blobs *b, const char *sha256)
{
    for (size_t i = 0; i < b->n_ram; i++)
        if (strcmp(b->ram[i].sha256, sha256) == 0)
            return &b->ram[i];
    return NULL;
}

static void ram_put(struct blobs *b, const void *bytes, size_t length, const char *sha256)
{
    struct ram_blob *blob;

    if (ram_find(b, sha256))
        return;
    b->ram = mem_grow_array(b->ram, b->n_ram + 1, sizeof *b->ram);
    blob = &b->ram[b->n_ram++];
    memcpy(blob->sha256, sha256, HASH_HEX_SIZE);
    blob->bytes = mem_alloc(length);
    blob->length = length;
    if (length)
        memcpy(blob->bytes, bytes, length);
}

/* Two writers of one object: the second finds it there, with the same bytes, and is content. */
static int move_in(const char *aside, const char *path, bool may_replace, struct err *err)
{
    if (renameat2(AT_FDCWD, aside, AT_FDCWD, path, may_replace ? 0 : RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EEXIST)
        return err_errno(err, ERR_IO, "renaming %s", aside);
    unlink(aside);
    return 0;
}

static int write_object(struct blobs *b, const char *path, const void *bytes, size_t length,
                        bool is_durable, bool may_replace, struct err *err)
{
    AUTO_FREE char *aside = NULL;
    char random[25];
    int r;

    hash_random_hex(random, sizeof random - 1);
    aside = mem_printf("%s/aside/%s", b->folder, random);
    r = file_create(aside, bytes, length, 0444, is_durable, err);
    if (r == 0)
        r = move_in(aside, path, may_replace, err);
    if (r < 0)
        unlink(aside);
    return r;
}

static int disk_put(struct blobs *b, const void *bytes, size_t length, bool is_durable,
                    const char *sha256, struct err *err)
{
    AUTO_FREE char *path = object_path(b, sha256);
    AUTO_FREE char *shelf = mem_strndup(path, strlen(path) - HASH_HEX_SIZE);
    struct stat st;
    bool is_there = stat(path, &st) == 0, is_whole = is_there && st.st_size == (off_t)length;
    int r = is_there ? 0 : make_shelf(b, shelf, err);

    if (r == 0 && !is_whole)
        r = write_object(b, path, bytes, length, is_durable, is_there, err);
    if (r == 0 && is_whole && is_durable)
        r = file_sync(path, err);
    if (r == 0 && is_durable)
        r = file_sync(shelf, err);
    return r;
}

static int put(struct blobs *b, const void *bytes, size_t length, bool is_durable,
               char ret_sha256[HASH_HEX_SIZE], struct err *err)
{
    char sha256[HASH_HEX_SIZE];
    int r = 0;

    hash_bytes(bytes, length, sha256);
    if (b->folder)
        r = disk_put(b, bytes, length, is_durable, sha256, err);
    else
        ram_put(b, bytes, length, sha256);
    if (r < 0)
        return err_wrap(err, r, "storing a blob of %zu bytes", length);
    memcpy(ret_sha256, sha256, HASH_HEX_SIZE);
    return 0;
}

int blobs_put(struct blobs *b, const void *bytes, size_t length, char ret_sha256[HASH_HEX_SIZE],
              struct err *err)
{
    return put(b, bytes, length, true, ret_sha256, err);
}

int blobs_put_derived(struct blobs *b, const void *bytes, size_t length,
                      char ret_sha256[HASH_HEX_SIZE], struct err *err)
{
    return put(b, bytes, length, false, ret_sha256, err);
}

/* ---- getting ---- */

static int open_object(struct blobs *b, const char *sha256, struct err *err)
{
    AUTO_FREE char *path = object_path(b, sha256);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "blob %s: not stored", sha256);
    return fd < 0 ? err_errno(err, ERR_IO, "opening blob %s", sha256) : fd;
}

/* Copies `from` to `to` (or only reads it, at -1) and compares the hash. */
static int copy_checked(int from, int to, const char *sha256, struct err *err)
{
    AUTO_FREE char *step = mem_alloc(READ_STEP_BYTES);
    char hex[HASH_HEX_SIZE];
    struct hash h;
    ssize_t n;
    int r;

    hash_init(&h);
    while ((n = read(from, step, READ_STEP_BYTES)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, ERR_IO, "reading blob %s", sha256);
        hash_add(&h, step, (size_t)n);
        r = to < 0 ? 0 : file_write_fd(to, step, (size_t)n, err);
        if (r < 0)
            return r;
    }
    hash_finish(&h, hex);
    if (strcmp(hex, sha256) != 0)
        return err_set(err, ERR_INVALID, "blob %s holds other bytes: the disk damaged it", sha256);
    return 0;
}

static int disk_get(struct blobs *b, const char *sha256, struct err *err)
{
    AUTO_CLOSE int from = open_object(b, sha256, err);
    AUTO_CLOSE int to = from < 0 ? -1 : memfd_create(sha256, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    int r;

    if (from < 0)
        return from;
    if (to < 0)
        return err_errno(err, ERR_IO, "memfd for blob %s", sha256);
    r = copy_checked(from, to, sha256, err);
    if (r == 0 &&
        fcntl(to, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        r = err_errno(err, ERR_IO, "sealing blob %s", sha256);
    return r < 0 ? r : take_fd(&to);
}

static int ram_get(struct blobs *b, const char *sha256, struct err *err)
{
    struct ram_blob *blob = ram_find(b, sha256);

    if (!blob)
        return err_set(err, ERR_NOT_FOUND, "blob %s: not stored", sha256);
    return file_sealed(sha256, blob->bytes, blob->length, err);
}

int blobs_get(struct blobs *b, const char *sha256, int *ret_fd, struct err *err)
{
    AUTO_CLOSE int fd = -1;

    if (!hash_is_hex(sha256))
        return err_set(err, ERR_NOT_FOUND, "\"%.80s\" is no SHA-256", sha256);
    fd = b->folder ? disk_get(b, sha256, err) : ram_get(b, sha256, err);
    if (fd < 0)
        return fd;
    if (lseek(fd, 0, SEEK_SET) < 0)
        return err_errno(err, ERR_IO, "rewinding blob %s", sha256);
    *ret_fd = take_fd(&fd);
    return 0;
}

bool blobs_has(struct blobs *b, const char *sha256)
{
    AUTO_FREE char *path = NULL;

    if (!hash_is_hex(sha256))
        return false;
    if (!b->folder)
        return ram_find(b, sha256) != NULL;
    path = object_path(b, sha256);
    return file_exists(path);
}

/* ---- scrubbing ---- */

static void scrub_object(struct blobs *b, const char *sha256, blobs_scrub_fn *heard, void *user)
{
    struct err err = {0};
    AUTO_CLOSE int fd = open_object(b, sha256, &err);
    int r = fd < 0 ? fd : copy_checked(fd, -1, sha256, &err);

    heard(user, sha256, r, err.text);
}

static int scrub_shelf(struct blobs *b, const char *shelf, blobs_scrub_fn *heard, void *user,
                       struct err *err)
{
    DIR *folder = opendir(shelf);
    struct dirent *entry;

    if (!folder)
        return err_errno(err, ERR_IO, "opening folder %s", shelf);
    while ((entry = readdir(folder)))
        if (hash_is_hex(entry->d_name))
            scrub_object(b, entry->d_name, heard, user);
    closedir(folder);
    return 0;
}

int blobs_scrub(struct blobs *b, blobs_scrub_fn *heard, void *user, struct err *err)
{
    int r = 0;

    for (size_t i = 0; i < b->n_ram; i++)
        heard(user, b->ram[i].sha256, 0, "");
    for (unsigned i = 0; b->folder && i < 256 && r == 0; i++) {
        AUTO_FREE char *shelf = mem_printf("%s/objects/%02x", b->folder, i);

        if (file_exists(shelf))
            r = scrub_shelf(b, shelf, heard, user, err);
    }
    return r;
}
