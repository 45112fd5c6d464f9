/*
 * A growing run of bytes that is born with a maximum.
 *
 * Appending past the maximum poisons the buffer: it stays as it was, `is_full` turns true and
 * further appends do nothing, so a chain of appends needs one check at its end. `data` is always
 * followed by a NUL that `length` does not count; it is "" while nothing was added.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t length, capacity, max;
    bool is_full;
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_clear(struct buf *b);   /* empties, keeps the memory */
void buf_release(struct buf *b); /* accepts a zeroed buffer */

void buf_add(struct buf *b, const void *bytes, size_t length);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_add_markup(struct buf *b, const char *text); /* escaped for XML and HTML, attributes too */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args);

/* Room for `length` more bytes behind the end, or NULL when that passes the maximum. The caller
 * writes there and adds to b->length. */
char *buf_reserve(struct buf *b, size_t length);

/* The text itself, owned by the caller (free); the buffer is empty afterwards. */
char *buf_take(struct buf *b);

#define AUTO_BUF __attribute__((cleanup(buf_release)))

#endif
