/*
 * Grey to bits of ink, 32 pixels at a time; rows as Leptonica keeps them.
 */
#ifndef PIPELINE_READ_LAYOUT_DARKER_H
#define PIPELINE_READ_LAYOUT_DARKER_H

#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A bit for each pixel of eight words, the leftmost highest: is it darker than `than`? */
#ifdef __SSE2__

static inline uint32_t lighter16(const uint32_t *grey, unsigned char than)
{
    __m128i left = _mm_subs_epu8(_mm_set1_epi8((char)than), _mm_loadu_si128((const void *)grey));

    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(left, _mm_setzero_si128()));
}

static inline uint32_t darker(const uint32_t *grey, unsigned char than)
{
    uint32_t light = lighter16(grey, than) | lighter16(grey + 4, than) << 16;
    uint32_t dark = ~__builtin_bswap32(light); /* the four bits of a word are in order already */

    return (dark & 0xf0f0f0f0) >> 4 | (dark & 0x0f0f0f0f) << 4;
}

#else

static inline uint32_t darker(const uint32_t *grey, unsigned char than)
{
    uint32_t ink = 0;

    for (int i = 0; i < 32; i++)
        ink = ink << 1 | ((grey[i / 4] >> (24 - 8 * (i & 3)) & 255) < than);
    return ink;
}

#endif

/* The 32 pixels of word i of the ink of a row of `words` words of grey. */
static inline uint32_t ink_word(const uint32_t *row, int words, int i, unsigned char than)
{
    uint32_t last[8];

    if (8 * i + 8 <= words)
        return darker(row + 8 * i, than);
    for (int k = 0; k < 8; k++)
        last[k] = 8 * i + k < words ? row[8 * i + k] : UINT32_MAX;
    return darker(last, than);
}

#endif
