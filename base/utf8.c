/*
 * UTF-8 walking with ICU's macros, and folding through a table of the first 0x250 code points
 * filled once from ICU's NFKD and case folding. Letters Unicode does not decompose (ø, æ, ß, đ, ł)
 * are spelled out here, because clerks type them that way.
 */
#include "base/utf8.h"

#include "base/arena.h"
#include "base/mem.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#define TABLE_LENGTH 0x250
#define FOLDED_MAX 4

static char table[TABLE_LENGTH][FOLDED_MAX + 1];
static bool table_is_ready;

static const struct {
    uint32_t c;
    const char *text;
} spelled[] = {
    {0xE6, "ae"}, {0xF8, "o"}, {0xDF, "ss"}, {0x111, "d"},
    {0x142, "l"}, {0xF0, "d"}, {0xFE, "th"}, {0x153, "oe"},
};

bool utf8_is_valid(const char *bytes, size_t length)
{
    int32_t i = 0, n = (int32_t)length;

    if (length > INT32_MAX)
        return false;
    while (i < n) {
        UChar32 c;

        U8_NEXT((const uint8_t *)bytes, i, n, c);
        if (c <= 0)
            return false;
    }
    return true;
}

uint32_t utf8_next(const char **p)
{
    int32_t i = 0;
    UChar32 c;

    if (!**p)
        return 0;
    U8_NEXT((const uint8_t *)*p, i, -1, c);
    *p += i;
    return c < 0 ? 0xFFFD : (uint32_t)c;
}

bool utf8_is_alnum(uint32_t c)
{
    return u_isalnum((UChar32)c);
}

size_t utf8_encode(uint32_t c, char out[4])
{
    int32_t n = 0;

    U8_APPEND_UNSAFE((uint8_t *)out, n, (UChar32)c);
    return (size_t)n;
}

size_t utf8_count(const char *text)
{
    size_t n = 0;

    while (utf8_next(&text))
        n++;
    return n;
}

static const char *spelled_out(uint32_t lower)
{
    for (size_t i = 0; i < ARRAY_LENGTH(spelled); i++)
        if (spelled[i].c == lower)
            return spelled[i].text;
    return NULL;
}

/* Adds a letter that does not decompose further; false when there is no room for it. */
static bool add_letter(UChar32 c, char out[FOLDED_MAX + 1], size_t *used)
{
    UChar32 lower = u_foldCase(c, U_FOLD_CASE_DEFAULT);
    const char *known = spelled_out((uint32_t)lower);
    char encoded[4];
    size_t n = known ? strlen(known) : utf8_encode((uint32_t)lower, encoded);

    if (u_charType(lower) == U_NON_SPACING_MARK)
        return true;
    if (*used + n > FOLDED_MAX)
        return false;
    memcpy(out + *used, known ? known : encoded, n);
    *used += n;
    return true;
}

/* One code point folded; `out` gets at most FOLDED_MAX bytes and a NUL. */
static void fold_char(uint32_t c, char out[FOLDED_MAX + 1])
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
    UChar parts[20];
    UChar32 lower = u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT), part;
    int32_t n = unorm2_getDecomposition(nfkd, lower, parts, 20, &status), i = 0;
    bool has_room = true;
    size_t used = 0;

    if (U_FAILURE(status) || n < 0)
        add_letter(lower, out, &used);
    else
        while (i < n && has_room) {
            U16_NEXT(parts, i, n, part);
            has_room = add_letter(part, out, &used);
        }
    out[used] = '\0';
}

static void fill_table(void)
{
    for (uint32_t c = 1; c < TABLE_LENGTH; c++)
        fold_char(c, table[c]);
    table_is_ready = true;
}

size_t utf8_fold(const char *text, char *out, size_t size)
{
    size_t used = 0;
    uint32_t c;

    if (!table_is_ready)
        fill_table();
    while ((c = utf8_next(&text))) {
        char rare[FOLDED_MAX + 1];
        const char *folded = rare;
        size_t n;

        if (c < TABLE_LENGTH)
            folded = table[c];
        else
            fold_char(c, rare);
        n = strlen(folded);
        if (used + n + 1 > size)
            break;
        memcpy(out + used, folded, n);
        used += n;
    }
    if (size)
        out[used] = '\0';
    return used;
}

void utf8_clean(const char *text, size_t length, char *out)
{
    int32_t i = 0, n = length > INT32_MAX ? INT32_MAX : (int32_t)length;
    size_t used = 0;

    while (i < n) {
        UChar32 c;

        U8_NEXT((const uint8_t *)text, i, n, c);
        if (c < 0)
            c = 0xFFFD;
        else if (c == '\t' || c == '\n' || c == '\r')
            c = ' ';
        else if (u_iscntrl(c) || u_charType(c) == U_FORMAT_CHAR)
            continue;
        used += utf8_encode((uint32_t)c, out + used);
    }
    out[used] = '\0';
}

char *utf8_cleaned(struct arena *a, const char *text, size_t length)
{
    char *out = arena_alloc(a, 3 * length + 1);

    utf8_clean(text, length, out);
    return out;
}

char *utf8_capitalised(struct arena *a, const char *text, size_t count)
{
    char *out = arena_alloc(a, 4 * strlen(text) + 1);
    size_t used = 0;
    uint32_t c;

    for (size_t i = 0; (c = utf8_next(&text)); i++)
        used += utf8_encode(i < count ? (uint32_t)u_toupper((UChar32)c) : c, out + used);
    out[used] = '\0';
    return out;
}
