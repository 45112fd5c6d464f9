/*
 * WIDE before a static function: compiled for any machine and for AVX2, the better one taken when
 * the program starts. For loops over many bytes in files compiled with -O3. Not under a sanitizer:
 * the dynamic linker chooses before it has set up its memory.
 */
#ifndef BASE_WIDE_H
#define BASE_WIDE_H

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

#endif
