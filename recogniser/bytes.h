/*
 * A walk through untrusted bytes. Passing the end makes the walk short: everything read from then
 * on is 0 or NULL, so a chain of reads needs one check at its end. Numbers are little-endian.
 */
#ifndef RECOGNISER_BYTES_H
#define RECOGNISER_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const unsigned char *at, *end;
    bool is_short;
};

/* The next `length` bytes, borrowed; NULL past the end. */
static inline const unsigned char *bytes_take(struct bytes *b, size_t length)
{
    const unsigned char *taken = b->at;

    if (b->is_short || (size_t)(b->end - b->at) < length) {
        b->is_short = true;
        return NULL;
    }
    b->at += length;
    return taken;
}

static inline uint8_t bytes_u8(struct bytes *b)
{
    const unsigned char *at = bytes_take(b, 1);

    return at ? *at : 0;
}

static inline uint16_t bytes_u16(struct bytes *b)
{
    const unsigned char *at = bytes_take(b, 2);
    uint16_t n = 0;

    if (at)
        memcpy(&n, at, sizeof n);
    return le16toh(n);
}

static inline uint32_t bytes_u32(struct bytes *b)
{
    const unsigned char *at = bytes_take(b, 4);
    uint32_t n = 0;

    if (at)
        memcpy(&n, at, sizeof n);
    return le32toh(n);
}

static inline int32_t bytes_i32(struct bytes *b)
{
    return (int32_t)bytes_u32(b);
}

static inline uint64_t bytes_u64(struct bytes *b)
{
    const unsigned char *at = bytes_take(b, 8);
    uint64_t n = 0;

    if (at)
        memcpy(&n, at, sizeof n);
    return le64toh(n);
}

static inline double bytes_double(struct bytes *b)
{
    uint64_t bits = bytes_u64(b);
    double n;

    memcpy(&n, &bits, sizeof n);
    return n;
}

#endif
