/*
 * Looks phrases up: exactly by binary search, nearly by edit distance to those of about the same
 * length, where the letter set rules most of them out before any distance is computed. The table is
 * sorted by length, then by key.
 */
#include "pipeline/extract/phrases.h"

#include <stdlib.h>
#include <string.h>

static int compare_key(const void *key, const void *row)
{
    const struct phrase *phrase = row;
    int length = (int)strlen(key);

    return length != phrase->length ? length - phrase->length : strcmp(key, phrase->key);
}

const struct phrase *phrase_find(const char *key)
{
    return bsearch(key, phrase_table, phrase_count, sizeof *phrase_table, compare_key);
}

/* The first row whose key has at least `length` bytes. */
static size_t first_of_length(int length)
{
    size_t low = 0, high = phrase_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (phrase_table[middle].length < length)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Levenshtein distance of two keys, given up with limit + 1 as soon as it must pass the limit. */
static int edit_distance(const char *a, int a_length, const char *b, int b_length, int limit)
{
    int row[PHRASE_KEY_SIZE + 1];

    for (int j = 0; j <= b_length; j++)
        row[j] = j;
    for (int i = 1; i <= a_length; i++) {
        int diagonal = row[0], best = row[0] = i;

        for (int j = 1; j <= b_length; j++) {
            int cost = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < cost)
                cost = row[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            row[j] = cost;
            if (cost < best)
                best = cost;
        }
        if (best > limit)
            return limit + 1;
    }
    return row[b_length];
}

int phrase_distance(const char *a, const char *b, int limit)
{
    int a_length = (int)strlen(a), b_length = (int)strlen(b);

    if (abs(a_length - b_length) > limit)
        return limit + 1;
    return edit_distance(a, a_length, b, b_length, limit);
}

const struct phrase *phrase_find_near(const char *key)
{
    int length = (int)strlen(key), limit = length / 6;
    uint64_t bag = phrase_bag(key);
    const struct phrase *best = NULL;

    for (size_t i = first_of_length(length - limit < 6 ? 6 : length - limit);
         limit > 0 && i < phrase_count && phrase_table[i].length <= length + limit; i++) {
        const struct phrase *phrase = &phrase_table[i];
        int distance;

        if (__builtin_popcountll(phrase->bag ^ bag) > 2 * limit)
            continue;
        distance = edit_distance(key, length, phrase->key, phrase->length, limit);
        if (distance <= limit) {
            best = phrase;
            limit = distance - 1;
        }
    }
    return best;
}
