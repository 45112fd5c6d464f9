/*
 * Word lists as Tesseract's SquishedDawg writes them (dict/dawg.cpp): i16 42; i32 characters u;
 * i32 edges; an edge is 64 bits, its letter in the low ceil(log2(u + 1)) bits.
 *
 *   63                          b+3 b+2  b+1  b  b-1       0
 *   ┌──────────────────────────────┬────┬────┬────┬─────────┐
 *   │ target: its node's first edge│word│back│last│ letter  │
 *   └──────────────────────────────┴────┴────┴────┴─────────┘
 *
 * Checking every edge at load would read the whole file (50 ms and 89 MB resident for Latin), so
 * an edge is checked when it is followed: a target outside the list leads nowhere, and no walk
 * passes the end or looks at more edges of a node than two a letter (a forged list may be one node
 * of 11 million).
 */
#include "recogniser/model_parts.h"

#define MAGIC 42
#define UNICHARS_MAX 65536

enum { EDGE_LAST = 1, EDGE_ENDS_WORD = 4, FLAG_BITS = 3 };

static uint64_t edge_at(const struct dawg *d, int64_t edge)
{
    uint64_t packed;

    memcpy(&packed, d->edges + edge * (int64_t)sizeof packed, sizeof packed);
    return le64toh(packed);
}

static int edge_letter(const struct dawg *d, uint64_t edge)
{
    return (int)(edge & (((uint64_t)1 << d->letter_bits) - 1));
}

static bool edge_has(const struct dawg *d, uint64_t edge, uint64_t flag)
{
    return edge & (flag << d->letter_bits);
}

static int64_t root_edges_count(const struct dawg *d)
{
    int64_t count = 0;

    while (count < d->edge_count && !edge_has(d, edge_at(d, count), EDGE_LAST))
        count++;
    return count < d->edge_count ? count + 1 : count;
}

int dawg_parse(struct bytes b, struct dawg *ret, struct err *err)
{
    struct dawg d = {0};
    uint16_t magic;
    int32_t unichars;

    if (!b.at)
        return 0;
    magic = bytes_u16(&b);
    unichars = bytes_i32(&b);
    d.edge_count = bytes_i32(&b);
    if (b.is_short || magic != MAGIC || unichars < 1 || unichars > UNICHARS_MAX)
        return model_damaged(err, "a word list that is none");
    d.edges = d.edge_count > 0 ? bytes_take(&b, (size_t)d.edge_count * sizeof(uint64_t)) : NULL;
    if (!d.edges)
        return model_damaged(err, "a word list is cut off");
    while ((1 << d.letter_bits) < unichars + 1)
        d.letter_bits++;
    d.root_edges = root_edges_count(&d);
    *ret = d;
    return 0;
}

/* The first node may have an edge for each letter, in order; its edges with one letter differ in
 * their targets, and Tesseract takes the one its bisection meets first. So do we. */
static int64_t root_find(const struct dawg *d, int letter, bool ends_word)
{
    int64_t first = 0, last = d->root_edges - 1;

    while (first <= last) {
        int64_t middle = (first + last) / 2;
        uint64_t edge = edge_at(d, middle);
        int found = edge_letter(d, edge);

        if (found == letter && (!ends_word || edge_has(d, edge, EDGE_ENDS_WORD)))
            return middle;
        if (letter > found)
            first = middle + 1;
        else
            last = middle - 1;
    }
    return -1;
}

int64_t dawg_find(const struct dawg *d, int64_t node, int letter, bool ends_word)
{
    int64_t end = node + ((int64_t)2 << d->letter_bits);

    if (node == 0)
        return root_find(d, letter, ends_word);
    for (int64_t i = node; i < end && i < d->edge_count; i++) {
        uint64_t edge = edge_at(d, i);

        if (edge_letter(d, edge) == letter && (!ends_word || edge_has(d, edge, EDGE_ENDS_WORD)))
            return i;
        if (edge_has(d, edge, EDGE_LAST))
            break;
    }
    return -1;
}

int64_t dawg_target(const struct dawg *d, int64_t edge)
{
    uint64_t target = edge_at(d, edge) >> (d->letter_bits + FLAG_BITS);

    return target < (uint64_t)d->edge_count ? (int64_t)target : 0;
}

bool dawg_ends_word(const struct dawg *d, int64_t edge)
{
    return edge_has(d, edge_at(d, edge), EDGE_ENDS_WORD);
}
