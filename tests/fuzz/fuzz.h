/*
 * One harness a parser: fuzz_one() is given bytes nobody chose and must neither crash nor leak, and
 * checks what the parser promises. The same function runs under libFuzzer (BILAG_FUZZ) and, in
 * every build, over the committed corpus.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

void fuzz_one(const char *bytes, size_t length);

/* A promise of the parser; breaking it is a finding. */
#define MUST(claim)                                                                                \
    do {                                                                                           \
        if (!(claim))                                                                              \
            BUG("broken promise: %s", #claim);                                                     \
    } while (0)

/* The bytes as an owned text, cut at the first NUL. */
static inline char *fuzz_text(const char *bytes, size_t length)
{
    return mem_strndup(bytes, length);
}

#endif
