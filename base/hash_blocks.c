/*
 * FIPS 180-4, section 6.2.2, on the SHA extensions of x86. They keep the eight words a to h of the
 * state in two registers in an order of their own (a b e f and c d g h, the first on top) and do
 * two rounds an instruction; the constants are those of section 4.2.2.
 */
#include "base/hash_blocks.h"

#if defined __x86_64__

#include <cpuid.h>
#include <immintrin.h>

enum { LEAF_FEATURES = 7, EBX_SHA = 1 << 29 };

static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static bool ask_processor(void)
{
    unsigned eax, ebx, ecx, edx;

    return __builtin_cpu_supports("sse4.1") &&
           __get_cpuid_count(LEAF_FEATURES, 0, &eax, &ebx, &ecx, &edx) && ebx & EBX_SHA;
}

/* Asked once: below a hypervisor the question takes as long as some kilobytes. */
bool hash_blocks_can(void)
{
    static enum { UNKNOWN, NO, YES } answer;

    if (answer == UNKNOWN)
        answer = ask_processor() ? YES : NO;
    return answer == YES;
}

/* Sixteen times four rounds; words[] holds the last sixteen of the message schedule. */
__attribute__((target("sha,sse4.1"))) static void add_block(__m128i *abef, __m128i *cdgh,
                                                            const unsigned char *block)
{
    const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    __m128i words[4], first = *abef, second = *cdgh;

    for (int i = 0; i < 4; i++)
        words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)block + i),
                                    big_endian);
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
        __m128i *oldest = &words[i % 4], newest = words[(i + 3) % 4];
        __m128i four = _mm_add_epi32(
            *oldest, _mm_load_si128((const __m128i *)(const void *)&constants[4 * i]));

        second = _mm_sha256rnds2_epu32(second, first, four);
        first = _mm_sha256rnds2_epu32(first, second, _mm_shuffle_epi32(four, 0x0e));
        if (i < 12)
            *oldest = _mm_sha256msg2_epu32(
                _mm_add_epi32(_mm_sha256msg1_epu32(*oldest, words[(i + 1) % 4]),
                              _mm_alignr_epi8(newest, words[(i + 2) % 4], 4)),
                newest);
    }
    *abef = _mm_add_epi32(*abef, first);
    *cdgh = _mm_add_epi32(*cdgh, second);
}

__attribute__((target("sha,sse4.1"))) void
hash_blocks_add(uint32_t state[8], const unsigned char *blocks, size_t count)
{
    __m128i *halves = (__m128i *)(void *)state;
    __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(&halves[0]), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(&halves[1]), 0x1b);
    __m128i abef = _mm_alignr_epi8(badc, efgh, 8), cdgh = _mm_blend_epi16(efgh, badc, 0xf0);
    __m128i feba, dchg;

    for (; count > 0; count--, blocks += HASH_BLOCK_BYTES)
        add_block(&abef, &cdgh, blocks);
    feba = _mm_shuffle_epi32(abef, 0x1b);
    dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(&halves[0], _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(&halves[1], _mm_alignr_epi8(dchg, feba, 8));
}

#else

bool hash_blocks_can(void)
{
    return false;
}

void hash_blocks_add(uint32_t state[8], const unsigned char *blocks, size_t count)
{
    (void)state;
    (void)blocks;
    (void)count;
    __builtin_unreachable();
}

#endif
