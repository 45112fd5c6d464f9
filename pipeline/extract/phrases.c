/*
 * Looks phrases up: exactly by binary search, nearly by edit distance to those of about the same
 * length, where the pairs of letters rule nearly all of them out before any distance is computed.
 * The table is sorted by length, then by key.
 */
#include "pipeline/extract/phrases.h"

#include "base/wide.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int compare_key(const void *key, const void *row)
{
    const struct phrase *phrase = row;

    return strcmp(key, phrase->key);
}

/* The first row whose key has at least `length` bytes. */
static size_t first_of_length(int length)
{
    return phrase_starts[length < PHRASE_KEY_SIZE ? length : PHRASE_KEY_SIZE];
}

const struct phrase *phrase_find(const char *key)
{
    int length = (int)strlen(key);
    size_t first = first_of_length(length), end = first_of_length(length + 1);

    return bsearch(key, phrase_table + first, end - first, sizeof *phrase_table, compare_key);
}

/* A key as the distance wants it: for each byte, the places where it stands. */
struct pattern {
    uint64_t at[UCHAR_MAX + 1];
    int length; /* of the key, 1 to 63 */
};

static void pattern_init(struct pattern *p, const char *key)
{
    memset(p, 0, sizeof *p);
    for (; key[p->length]; p->length++)
        p->at[(unsigned char)key[p->length]] |= UINT64_C(1) << p->length;
}

/* Levenshtein distance, a whole column of the table in one word (Myers 1999: `more` and `less` are
 * where a cell is one above or below the cell over it); limit + 1 as soon as it must pass the
 * limit. */
static int edit_distance(const struct pattern *p, const char *text, int length, int limit)
{
    uint64_t more = UINT64_MAX, less = 0, last = UINT64_C(1) << (p->length - 1);
    int distance = p->length;

    for (int i = 0; i < length && distance - (length - i) <= limit; i++) {
        uint64_t equal = p->at[(unsigned char)text[i]], down = equal | less;
        uint64_t across = (((equal & more) + more) ^ more) | equal;
        uint64_t up = less | ~(across | more), back = more & across;

        distance += ((up & last) != 0) - ((back & last) != 0);
        up = up << 1 | 1;
        more = back << 1 | ~(down | up);
        less = up & down;
    }
    return distance < limit ? distance : limit + (distance > limit);
}

int phrase_distance(const char *a, const char *b, int limit)
{
    int length = (int)strlen(b);
    struct pattern p;

    if (strlen(a) >= PHRASE_KEY_SIZE)
        return strcmp(a, b) == 0 ? 0 : limit + 1;
    pattern_init(&p, a);
    if (p.length == 0)
        return length <= limit ? length : limit + 1;
    return edit_distance(&p, b, length, limit);
}

/* The first row from `at` on, below `end`, whose bag differs in at most `most` bits. */
WIDE static size_t next_alike(size_t at, size_t end, uint64_t bag, int most)
{
    while (at < end && __builtin_popcountll(phrase_bags[at] ^ bag) > most)
        at++;
    return at;
}

const struct phrase *phrase_find_near(const char *key)
{
    int length = (int)strlen(key), limit = length < PHRASE_KEY_SIZE ? length / 6 : 0;
    size_t at = first_of_length(length - limit < 6 ? 6 : length - limit);
    size_t end = first_of_length(length + limit + 1);
    uint64_t bag = phrase_bag(key);
    const struct phrase *best = NULL;
    struct pattern pattern;

    if (limit > 0)
        pattern_init(&pattern, key);
    while (limit > 0 && (at = next_alike(at, end, bag, 4 * limit)) < end) {
        const struct phrase *phrase = &phrase_table[at++];
        int distance = edit_distance(&pattern, phrase->key, phrase->length, limit);

        if (distance <= limit) {
            best = phrase;
            limit = distance - 1;
        }
    }
    return best;
}
