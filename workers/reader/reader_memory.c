/*
 * malloc and its family, as glibc has them, plus one mark when they fail. operator new, GLib and
 * Leptonica all come through here. Under a sanitizer its own malloc stays, and nothing is marked.
 */
#include "workers/reader/reader_memory.h"

#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static volatile bool *mark;
static size_t counted_up_to;

void reader_memory_init(void)
{
    void *shared = mmap(NULL, sizeof *mark, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                        0);

    if (shared == MAP_FAILED)
        BUG("no page for a mark");
    mark = shared;
}

void reader_memory_begin(size_t cap)
{
    counted_up_to = cap;
    *mark = false;
}

bool reader_memory_ran_out(void)
{
    return *mark;
}

#ifndef __SANITIZE_ADDRESS__
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void *remember(void *p, size_t size)
{
    if (!p && mark && size && size <= counted_up_to)
        *mark = true;
    return p;
}

void *malloc(size_t size)
{
    return remember(__libc_malloc(size), size);
}

void *calloc(size_t count, size_t size)
{
    size_t total;

    return remember(__libc_calloc(count, size),
                    __builtin_mul_overflow(count, size, &total) ? SIZE_MAX : total);
}

void *realloc(void *old, size_t size)
{
    return remember(__libc_realloc(old, size), size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return remember(__libc_memalign(alignment, size), size);
}
#endif
