/*
 * malloc and its family, as glibc has them, plus one mark when they fail. operator new, GLib and
 * Leptonica all come through here. Under a sanitizer its own malloc stays, nothing is marked, and
 * the heap is left where it is.
 */
#include "workers/reader/reader_memory.h"

#include "base/err.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

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

enum { HUGE_PAGE = 2 << 20, BEFORE = 2048 };

/* malloc writes a little ahead of what it gave, so its next piece begins just before the huge page.
 * What was freed below stays free: children that had nothing left there took longer. */
void reader_memory_settle(void)
{
    uintptr_t top = (uintptr_t)sbrk(0) - mallinfo2().keepcost;
    size_t left = HUGE_PAGE - top % HUGE_PAGE;

    if (left > 2 * BEFORE)
        __libc_malloc(left - BEFORE); /* of malloc() a compiler may leave out what nobody uses */
}
#else
void reader_memory_settle(void)
{
}
#endif
