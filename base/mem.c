/* Allocation that ends the process when it fails: see mem.h for why that is enough here. */
#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#define EXIT_OUT_OF_MEMORY 71 /* EX_OSERR: the supervisor and the reader name it in their logs */

static _Noreturn void out_of_memory(size_t size)
{
    char text[64];
    int n = snprintf(text, sizeof text, "out of memory asking for %zu bytes\n", size);

    if (write(STDERR_FILENO, text, (size_t)n) < 0)
        _exit(EXIT_OUT_OF_MEMORY);
    _exit(EXIT_OUT_OF_MEMORY);
}

void *mem_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);

    if (!p)
        out_of_memory(size);
    return p;
}

void *mem_alloc_array(size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        out_of_memory(SIZE_MAX);
    return mem_alloc(total);
}

void *mem_grow_array(void *old, size_t count, size_t size)
{
    size_t total;
    void *p;

    if (__builtin_mul_overflow(count, size, &total))
        out_of_memory(SIZE_MAX);
    p = realloc(old, total ? total : 1);
    if (!p)
        out_of_memory(total);
    return p;
}

char *mem_strdup(const char *text)
{
    return text ? mem_strndup(text, strlen(text)) : NULL;
}

char *mem_strndup(const char *text, size_t length)
{
    char *copy = mem_alloc(length + 1);

    memcpy(copy, text, length);
    return copy;
}

char *mem_printf(const char *format, ...)
{
    char *text;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        out_of_memory(0);
    va_end(args);
    return text;
}
