/*
 * Memory that dies with the job.
 *
 * One arena a job; what is allocated in it is freed together, and foreign things (Pix, GObject, a
 * Tesseract result) are registered the line after they are obtained and released in reverse order.
 * An arena is born with a maximum; passing it ends the process, like running out of memory.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena_defer;

struct arena {
    struct arena_block *block, *spare; /* in use; kept by arena_reuse() */
    struct arena_defer *defer;
    size_t used, max;
};

void arena_init(struct arena *a, size_t max_bytes);
void arena_clear(struct arena *a);   /* frees everything, ready for the next job */
void arena_reuse(struct arena *a);   /* the same, and keeps its memory for the next */
void arena_release(struct arena *a); /* accepts a zeroed arena */

void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for anything */
void *arena_alloc_array(struct arena *a, size_t count, size_t size);
char *arena_strdup(struct arena *a, const char *text); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *text, size_t length);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A longer array in the same arena with the old items copied; the old one is left behind. */
void *arena_grow_array(struct arena *a, const void *old, size_t old_count, size_t new_count,
                       size_t size);

/* Room for one item more in a list of `count`: the list itself, or one twice as long with its
 * items. For lists that begin as NULL and grow by nothing else. */
void *arena_grow_list(struct arena *a, void *list, size_t count, size_t size);

/* Calls release(thing) when the arena is cleared. */
void arena_defer(struct arena *a, void (*release)(void *), void *thing);

#define AUTO_ARENA __attribute__((cleanup(arena_release)))

#endif
