/* Length-prefixed frames over a pipe or socket. */
#include "base/frame.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"

#include <stdint.h>
#include <string.h>

int frame_write(int fd, char kind, const void *payload, size_t length, struct err *err)
{
    unsigned char head[FRAME_HEAD_BYTES];
    int r;

    if (length > LIMIT_FRAME_BYTES)
        return err_set(err, ERR_LIMIT, "a frame of %zu bytes", length);
    for (int i = 0; i < 4; i++)
        head[i] = (unsigned char)(length >> (8 * i));
    head[4] = (unsigned char)kind;
    r = file_write_fd(fd, head, sizeof head, err);
    return r < 0 ? r : file_write_fd(fd, payload, length, err);
}

int frame_take(const struct buf *in, size_t offset, char *ret_kind, const char **ret_payload,
               size_t *ret_length, struct err *err)
{
    const unsigned char *head = (const unsigned char *)in->data + offset;
    size_t have = in->length - offset, length = 0;

    if (have < FRAME_HEAD_BYTES)
        return 0;
    for (int i = 0; i < 4; i++)
        length |= (size_t)head[i] << (8 * i);
    if (length > LIMIT_FRAME_BYTES)
        return err_set(err, ERR_LIMIT, "a frame of %zu bytes", length);
    if (have < FRAME_HEAD_BYTES + length)
        return 0;
    *ret_kind = (char)head[4];
    *ret_payload = (const char *)head + FRAME_HEAD_BYTES;
    *ret_length = length;
    return 1;
}
