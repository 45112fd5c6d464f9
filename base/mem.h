/*
 * Memory that either comes or ends the process, and locals that release themselves.
 *
 * Every process here may stop anywhere and be started again, so running out of memory is a crash
 * like any other (the job is retried, then set aside): no caller checks for NULL.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *mem_alloc(size_t size);                               /* zeroed; size 0 gives one byte */
void *mem_alloc_array(size_t count, size_t size);           /* zeroed; overflow ends the process */
void *mem_grow_array(void *old, size_t count, size_t size); /* realloc; overflow ends the process */
char *mem_strdup(const char *text);                         /* NULL stays NULL */
char *mem_strndup(const char *text, size_t length);
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline void mem_free_at(void *slot)
{
    free(*(void **)slot);
}

static inline void mem_close_at(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void mem_fclose_at(FILE **file)
{
    if (*file)
        fclose(*file);
}

#define AUTO_FREE __attribute__((cleanup(mem_free_at)))
#define AUTO_CLOSE __attribute__((cleanup(mem_close_at))) /* start it at -1 */
#define AUTO_FCLOSE __attribute__((cleanup(mem_fclose_at)))

/* Hands a local over to somebody else: gives its value and leaves NULL (or -1) behind. */
#define take_ptr(p)                                                                                \
    ({                                                                                             \
        __typeof__(*(p)) taken_ = *(p);                                                            \
        *(p) = NULL;                                                                               \
        taken_;                                                                                    \
    })
static inline int take_fd(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof *(a))

#endif
