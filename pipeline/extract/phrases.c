/*
 * Looks phrases up: exactly by binary search, nearly by edit distance over the whole table, where
 * length and letter set rule most of it out before any distance is computed (about 3,000 phrases,
 * some 10 µs a miss).
 */
#include "pipeline/extract/phrases.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static const struct phrase table[] = {
#include "phrases.inc"
};

static int compare_key(const void *key, const void *row)
{
    return strcmp(key, ((const struct phrase *)row)->key);
}

const struct phrase *phrase_find(const char *key)
{
    return bsearch(key, table, ARRAY_LENGTH(table), sizeof *table, compare_key);
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

const struct phrase *phrase_find_near(const char *key)
{
    int length = (int)strlen(key), limit = length / 6;
    uint64_t bag = phrase_bag(key);
    const struct phrase *best = NULL;

    for (size_t i = 0; limit > 0 && i < ARRAY_LENGTH(table); i++) {
        const struct phrase *phrase = &table[i];
        int distance;

        if (abs(phrase->length - length) > limit || phrase->length < 6 ||
            __builtin_popcountll(phrase->bag ^ bag) > 2 * limit)
            continue;
        distance = edit_distance(key, length, phrase->key, phrase->length, limit);
        if (distance <= limit) {
            best = phrase;
            limit = distance - 1;
        }
    }
    return best;
}
