/*
 * Whole-file reading and durable writing. The order of file_write is the one that survives a power
 * cut on every common file system: data synced before the name exists, the folder synced after.
 */
#include "base/file.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP_BYTES ((size_t)256 << 10)

/* Opens for reading without following a last symlink and without waiting for a pipe's writer. */
static int open_regular(const char *path, off_t *ret_size, struct err *err)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;

    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "%s: no such file", path);
    if (fd < 0 && errno == ELOOP)
        return err_set(err, ERR_INVALID, "%s: a symbolic link; give the file itself", path);
    if (fd < 0)
        return err_errno(err, ERR_IO, "opening %s", path);
    if (fstat(fd, &st) < 0)
        return err_errno(err, ERR_IO, "looking at %s", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_INVALID, "%s: not a regular file", path);
    *ret_size = st.st_size;
    return take_fd(&fd);
}

int file_read_fd(int fd, struct buf *b, struct err *err)
{
    for (;;) {
        size_t room = b->max - b->length;
        size_t step = room < READ_STEP_BYTES ? room + 1 : READ_STEP_BYTES;
        char past[1];
        char *at = room ? buf_reserve(b, step > room ? room : step) : past;
        ssize_t n = read(fd, at, room ? (step > room ? room : step) : 1);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_errno(err, ERR_IO, "reading");
        if (n == 0)
            break;
        if (!room)
            return err_set(err, ERR_LIMIT, "larger than %zu bytes", b->max);
        b->length += (size_t)n;
    }
    if (b->capacity)
        b->data[b->length] = '\0';
    return 0;
}

int file_read(const char *path, struct buf *b, struct err *err)
{
    off_t size = 0;
    AUTO_CLOSE int fd = open_regular(path, &size, err);
    int r;

    if (fd < 0)
        return fd;
    if ((size_t)size > b->max)
        return err_set(err, ERR_LIMIT, "%s: %lld bytes, the limit is %zu", path, (long long)size,
                       b->max);
    r = file_read_fd(fd, b, err);
    return r < 0 ? err_wrap(err, r, "%s", path) : 0;
}

int file_write_fd(int fd, const void *bytes, size_t length, struct err *err)
{
    const char *p = bytes;

    while (length) {
        ssize_t n = write(fd, p, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_errno(err, ERR_IO, "writing");
        p += n;
        length -= (size_t)n;
    }
    return 0;
}

int file_sync(const char *path, struct err *err)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return err_errno(err, ERR_IO, "syncing %s", path);
    return 0;
}

static int sync_folder_of(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    AUTO_FREE char *folder = slash ? mem_strndup(path, (size_t)(slash - path + 1))
                                   : mem_strdup(".");

    return file_sync(folder, err);
}

int file_create(const char *path, const void *bytes, size_t length, int mode, bool is_durable,
                struct err *err)
{
    AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    int r;

    if (fd < 0)
        return err_errno(err, ERR_IO, "creating %s", path);
    r = file_write_fd(fd, bytes, length, err);
    if (r < 0)
        return err_wrap(err, r, "%s", path);
    if (is_durable && fsync(fd) < 0)
        return err_errno(err, ERR_IO, "syncing %s", path);
    return 0;
}

int file_write(const char *path, const void *bytes, size_t length, int mode, struct err *err)
{
    char random[17];
    AUTO_FREE char *aside = NULL;
    int r;

    hash_random_hex(random, 16);
    aside = mem_printf("%s.%s.tmp", path, random);
    r = file_create(aside, bytes, length, mode, true, err);
    if (r == 0 && rename(aside, path) < 0)
        r = err_errno(err, ERR_IO, "renaming %s", aside);
    if (r < 0) {
        unlink(aside);
        return r;
    }
    return sync_folder_of(path, err);
}

static int write_into(const char *path, const void *bytes, size_t length, struct err *err)
{
    AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int r;

    if (fd < 0)
        return err_errno(err, ERR_IO, "opening %s", path);
    r = file_write_fd(fd, bytes, length, err);
    return r < 0 ? err_wrap(err, r, "%s", path) : 0;
}

int file_put(const char *path, const void *bytes, size_t length, struct err *err)
{
    AUTO_FREE char *real = NULL;
    struct stat st;

    if (stat(path, &st) < 0)
        return file_write(path, bytes, length, 0644, err);
    if (!S_ISREG(st.st_mode))
        return write_into(path, bytes, length, err);
    real = realpath(path, NULL);
    return file_write(real ? real : path, bytes, length, st.st_mode & 0777, err);
}

int file_make_folder(const char *path, struct err *err)
{
    AUTO_FREE char *part = mem_strdup(path);

    for (char *p = part + 1;; p++) {
        char end = *p;

        if (end != '/' && end != '\0')
            continue;
        *p = '\0';
        if (mkdir(part, 0700) < 0 && errno != EEXIST)
            return err_errno(err, ERR_IO, "making folder %s", part);
        *p = end;
        if (!end)
            return 0;
    }
}

static int seal(int fd, struct err *err)
{
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        return err_errno(err, ERR_IO, "sealing");
    return 0;
}

int file_sealed(const char *name, const void *bytes, size_t length, struct err *err)
{
    AUTO_CLOSE int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    int r;

    if (fd < 0)
        return err_errno(err, ERR_IO, "memfd for %s", name);
    r = file_write_fd(fd, bytes, length, err);
    if (r == 0)
        r = seal(fd, err);
    return r < 0 ? r : take_fd(&fd);
}

int file_sealed_copy(const char *path, size_t max_bytes, struct err *err)
{
    AUTO_BUF struct buf b;
    int r;

    buf_init(&b, max_bytes);
    r = file_read(path, &b, err);
    return r < 0 ? r : file_sealed(file_base_name(path), b.data, b.length, err);
}

int file_map(int fd, const unsigned char **ret_bytes, size_t *ret_length, struct err *err)
{
    struct stat st;
    void *p = NULL;

    if (fstat(fd, &st) < 0)
        return err_errno(err, ERR_IO, "size of a descriptor");
    if (st.st_size > 0) {
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED)
            return err_errno(err, ERR_IO, "mapping %lld bytes", (long long)st.st_size);
    }
    *ret_bytes = p;
    *ret_length = (size_t)st.st_size;
    return 0;
}

void file_unmap(const unsigned char *bytes, size_t length)
{
    if (bytes)
        munmap((void *)(uintptr_t)bytes, length);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

const char *file_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}
