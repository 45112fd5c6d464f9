/*
 * A small heap with its least key on top that breaks ties as Tesseract's does
 * (ccutil/genericheap.h): an item rises while it is less than its parent and sinks while its
 * lesser child, the left of equals, is less than it. The order of items with equal keys decides
 * which path of equals survives.
 */
#ifndef RECOGNISER_HEAP_H
#define RECOGNISER_HEAP_H

enum { HEAP_SIZE_MAX = 16 };

struct heap_item {
    float key;
    int value;
};

/* Behind the size lie items that were popped: a heap whose values were all different keeps all of
 * them, so a caller may take the value of items[size] for the next push. */
struct heap {
    int size;
    struct heap_item items[HEAP_SIZE_MAX + 1]; /* one more, before the least is popped */
};

static inline int heap_rise(struct heap *h, int hole, float key)
{
    for (int parent; hole > 0 && key < h->items[parent = (hole - 1) / 2].key; hole = parent)
        h->items[hole] = h->items[parent];
    return hole;
}

static inline int heap_sink(struct heap *h, int hole, float key)
{
    for (int child; (child = 2 * hole + 1) < h->size; hole = child) {
        if (child + 1 < h->size && h->items[child + 1].key < h->items[child].key)
            child++;
        if (!(h->items[child].key < key))
            break;
        h->items[hole] = h->items[child];
    }
    return hole;
}

static inline void heap_push(struct heap *h, float key, int value)
{
    h->items[heap_rise(h, h->size, key)] = (struct heap_item){key, value};
    h->size++;
}

static inline struct heap_item heap_pop(struct heap *h)
{
    struct heap_item least = h->items[0], last = h->items[--h->size];

    if (h->size > 0)
        h->items[heap_sink(h, 0, last.key)] = last;
    h->items[h->size] = least;
    return least;
}

/* The item has a new key. */
static inline void heap_reshuffle(struct heap *h, int index, float key)
{
    int value = h->items[index].value;

    index = heap_rise(h, heap_sink(h, index, key), key);
    h->items[index] = (struct heap_item){key, value};
}

#endif
