/*
 * Files that are whole or not there: read with a maximum, written aside, synced and renamed.
 * A failed fsync is final (the kernel may have dropped the pages): it is reported, never retried.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

/* Reads a regular file (no symlink, device or pipe) into `b`, which must be empty. ERR_NOT_FOUND,
 * ERR_LIMIT when it is larger than b->max, ERR_INVALID when it is no regular file, or ERR_IO. */
int file_read(const char *path, struct buf *b, struct err *err);

/* Reads a descriptor to its end into `b`. ERR_LIMIT past b->max, ERR_IO. */
int file_read_fd(int fd, struct buf *b, struct err *err);

/* Writes all bytes, through short writes and EINTR. */
int file_write_fd(int fd, const void *bytes, size_t length, struct err *err);

/* A new file of these bytes, synced if `is_durable`. The caller removes it when this fails. */
int file_create(const char *path, const void *bytes, size_t length, int mode, bool is_durable,
                struct err *err);

/* A file's bytes, or a folder's names, are on the disk, whoever wrote them. */
int file_sync(const char *path, struct err *err);

/* Durable: a temporary name in the same folder, fsync, rename over `path`, fsync of the folder. */
int file_write(const char *path, const void *bytes, size_t length, int mode, struct err *err);

/* To a name that a person gave: a file that is there keeps its mode, a link leads to the file that
 * is replaced, and a device or pipe is written to, not replaced. */
int file_put(const char *path, const void *bytes, size_t length, struct err *err);

/* Makes the folder and its parents (mode 0700); an existing folder is fine. */
int file_make_folder(const char *path, struct err *err);

/* A memfd holding `bytes`, sealed against every change and growth: safe to hand to a stranger.
 * Returns the descriptor (close it) or ERR_IO. */
int file_sealed(const char *name, const void *bytes, size_t length, struct err *err);

/* A sealed memfd with what `path` held when it was copied; same failures as file_read. */
int file_sealed_copy(const char *path, size_t max_bytes, struct err *err);

/* Maps a whole descriptor read-only; `*ret_bytes` may be NULL for an empty file. */
int file_map(int fd, const unsigned char **ret_bytes, size_t *ret_length, struct err *err);
void file_unmap(const unsigned char *bytes, size_t length);

bool file_exists(const char *path);

/* The part behind the last slash, borrowed from `path`. */
const char *file_base_name(const char *path);

#endif
