/* Bounded growing bytes: doubles up to the maximum it was born with, then poisons itself. */
#include "base/buf.h"

#include "base/err.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

static char nothing[1] = "";

void buf_init(struct buf *b, size_t max_bytes)
{
    *b = (struct buf){.data = nothing, .max = max_bytes};
}

void buf_clear(struct buf *b)
{
    b->length = 0;
    b->is_full = false;
    if (b->capacity)
        b->data[0] = '\0';
}

void buf_release(struct buf *b)
{
    if (b->capacity)
        free(b->data);
    *b = (struct buf){.data = nothing, .max = b->max};
}

char *buf_reserve(struct buf *b, size_t length)
{
    size_t need = b->length + length + 1;

    if (b->is_full || length > b->max || b->length > b->max - length) {
        b->is_full = true;
        return NULL;
    }
    if (need > b->capacity) {
        size_t capacity = b->capacity ? b->capacity * 2 : 64;

        if (capacity < need)
            capacity = need;
        b->data = mem_grow_array(b->capacity ? b->data : NULL, capacity, 1);
        b->capacity = capacity;
    }
    return b->data + b->length;
}

void buf_add(struct buf *b, const void *bytes, size_t length)
{
    char *at = buf_reserve(b, length);

    if (!at)
        return;
    memcpy(at, bytes, length);
    b->length += length;
    b->data[b->length] = '\0';
}

void buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_add_markup(struct buf *b, const char *text)
{
    static const char *const entities[128] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};

    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 128 && entities[c])
            buf_add_text(b, entities[c]);
        else
            buf_add_char(b, *text);
    }
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list again;
    char *at;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    if (n < 0)
        BUG("bad format %s", format);
    at = buf_reserve(b, (size_t)n);
    if (at) {
        vsnprintf(at, (size_t)n + 1, format, again);
        b->length += (size_t)n;
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

char *buf_take(struct buf *b)
{
    char *text = b->capacity ? b->data : mem_strdup("");

    *b = (struct buf){.data = nothing, .max = b->max};
    return text;
}
