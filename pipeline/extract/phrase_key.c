/*
 * The comparing form of a phrase. Shared by the build tool that makes the table and by the look-up,
 * so that both sides agree on every byte.
 */
#include "base/hash.h"
#include "base/utf8.h"
#include "pipeline/extract/phrases.h"

#include <ctype.h>
#include <string.h>

/* What recognisers take for one another becomes one letter. */
static char merge_confusable(char c)
{
    switch (c) {
    case 'i':
    case '1':
        return 'l';
    case '0':
        return 'o';
    case '5':
        return 's';
    case '8':
        return 'b';
    default:
        return c;
    }
}

size_t phrase_key(const char *text, char *out, size_t size)
{
    char folded[PHRASE_KEY_SIZE * 4];
    size_t used = 0;

    utf8_fold(text, folded, sizeof folded);
    for (const char *p = folded; *p && used + 1 < size; p++) {
        char c = *p;

        if (!isalnum((unsigned char)c) && c != '#')
            continue;
        if (c == 'n' && used > 0 && out[used - 1] == 'r') {
            out[used - 1] = 'm';
            continue;
        }
        out[used++] = merge_confusable(c);
    }
    out[used] = '\0';
    return used;
}

uint32_t phrase_hash(const char *text)
{
    uint32_t hash = HASH_SEED;

    for (; *text; text++)
        hash = hash_byte(hash, isdigit((unsigned char)*text) ? '0' : *text);
    return hash;
}

uint64_t phrase_bag(const char *key)
{
    uint64_t bag = 0;

    for (; key[0] && key[1]; key++)
        bag |= UINT64_C(1) << (((unsigned char)key[0] * 7 + (unsigned char)key[1] * 29) & 63);
    return bag;
}
