/*
 * A chain of blocks, each twice the last up to 1 MB, plus a list of releases to run first.
 * There is no free of one item: what must go earlier does not belong in an arena.
 */
#include "base/arena.h"

#include "base/err.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define FIRST_BLOCK_BYTES ((size_t)4096)
#define LAST_BLOCK_BYTES ((size_t)1 << 20)
#define ALIGNMENT alignof(max_align_t)

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena_defer {
    struct arena_defer *next;
    void (*release)(void *);
    void *thing;
};

void arena_init(struct arena *a, size_t max_bytes)
{
    *a = (struct arena){.max = max_bytes};
}

static void defers_run(struct arena *a)
{
    for (struct arena_defer *d = a->defer; d; d = d->next)
        d->release(d->thing);
    a->defer = NULL;
}

static void blocks_free(struct arena_block **blocks)
{
    while (*blocks) {
        struct arena_block *next = (*blocks)->next;

        free(*blocks);
        *blocks = next;
    }
}

void arena_clear(struct arena *a)
{
    defers_run(a);
    blocks_free(&a->block);
    blocks_free(&a->spare);
    a->used = 0;
}

void arena_reuse(struct arena *a)
{
    defers_run(a);
    while (a->block) {
        struct arena_block *b = a->block;

        a->block = b->next;
        memset(b->bytes, 0, b->used);
        b->used = 0;
        b->next = a->spare;
        a->spare = b;
    }
    a->used = 0;
}

void arena_release(struct arena *a)
{
    arena_clear(a);
}

/* The first spare one that is large enough, or NULL. */
static struct arena_block *spare_take(struct arena *a, size_t need)
{
    for (struct arena_block **at = &a->spare; *at; at = &(*at)->next) {
        struct arena_block *b = *at;

        if (b->size < need)
            continue;
        *at = b->next;
        return b;
    }
    return NULL;
}

static struct arena_block *block_new(const struct arena *a, size_t need)
{
    size_t size = a->block ? a->block->size * 2 : FIRST_BLOCK_BYTES;
    struct arena_block *b;

    if (size > LAST_BLOCK_BYTES)
        size = LAST_BLOCK_BYTES;
    if (size < need)
        size = need;
    b = mem_alloc(sizeof *b + size);
    b->size = size;
    return b;
}

static void add_block(struct arena *a, size_t need)
{
    struct arena_block *b = spare_take(a, need);

    if (!b)
        b = block_new(a, need);
    b->next = a->block;
    a->block = b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *p;

    if (rounded < size || a->used + rounded < rounded || a->used + rounded > a->max)
        BUG("arena of %zu bytes asked for %zu more after %zu", a->max, size, a->used);
    if (!a->block || a->block->size - a->block->used < rounded)
        add_block(a, rounded);
    p = a->block->bytes + a->block->used;
    a->block->used += rounded;
    a->used += rounded;
    return p;
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        BUG("arena array of %zu x %zu", count, size);
    return arena_alloc(a, total);
}

void *arena_grow_array(struct arena *a, const void *old, size_t old_count, size_t new_count,
                       size_t size)
{
    void *p = arena_alloc_array(a, new_count, size);

    if (old_count)
        memcpy(p, old, old_count * size);
    return p;
}

void *arena_grow_list(struct arena *a, void *list, size_t count, size_t size)
{
    if (count & (count - 1)) /* lists are as long as a power of two */
        return list;
    return arena_grow_array(a, list, count, count ? 2 * count : 1, size);
}

char *arena_strdup(struct arena *a, const char *text)
{
    return text ? arena_strndup(a, text, strlen(text)) : NULL;
}

char *arena_strndup(struct arena *a, const char *text, size_t length)
{
    char *copy = arena_alloc(a, length + 1);

    memcpy(copy, text, length);
    return copy;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;
    char *text;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        BUG("bad format %s", format);
    text = arena_alloc(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

void arena_defer(struct arena *a, void (*release)(void *), void *thing)
{
    struct arena_defer *d = arena_alloc(a, sizeof *d);

    *d = (struct arena_defer){.next = a->defer, .release = release, .thing = thing};
    a->defer = d;
}
