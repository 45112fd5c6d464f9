/*
 * Messages between the worker and the reader: a kind, a length, bytes.
 *
 *   offset 0  u32  length of the payload, little-endian, at most LIMIT_FRAME_BYTES
 *   offset 4  u8   kind, one of the capital letters in workers/reader/reader.h
 *   offset 5  …    payload
 *
 * Both ends are on one machine; the reading end trusts nothing but the length limit.
 */
#ifndef BASE_FRAME_H
#define BASE_FRAME_H

#include <stddef.h>

struct buf;
struct err;

#define FRAME_HEAD_BYTES 5

/* Writes one whole frame. ERR_IO when the other end is gone. */
int frame_write(int fd, char kind, const void *payload, size_t length, struct err *err);

/*
 * Takes the first whole frame out of `in` (bytes received so far): 1 and its kind and payload
 * (borrowed from `in` until it changes), 0 when it is not complete yet, ERR_LIMIT when its length
 * is out of bounds. The caller drops *ret_length + FRAME_HEAD_BYTES bytes afterwards.
 */
int frame_take(const struct buf *in, size_t offset, char *ret_kind, const char **ret_payload,
               size_t *ret_length, struct err *err);

#endif
