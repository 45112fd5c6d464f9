/*
 * SHA-256, the name of every blob and the chain of the audit log: an auditor can check it with
 * sha256sum. The arithmetic is nettle's. And a short hash for tables and features.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_HEX_SIZE 65 /* 64 lower-case digits and a NUL */

struct hash {
    _Alignas(16) unsigned char state[128]; /* nettle's, private */
};

void hash_init(struct hash *h);
void hash_add(struct hash *h, const void *bytes, size_t length);
void hash_finish(struct hash *h, char hex[HASH_HEX_SIZE]);

void hash_bytes(const void *bytes, size_t length, char hex[HASH_HEX_SIZE]);
bool hash_is_hex(const char *text); /* 64 lower-case hex digits and nothing else */

/* FNV-1a: begin with the seed and add byte after byte. Trained weights stand at its values. */
#define HASH_SEED UINT32_C(2166136261)
static inline uint32_t hash_byte(uint32_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * UINT32_C(16777619);
}

/* `length` random lower-case hex digits and a NUL, from the kernel. */
void hash_random_hex(char *hex, size_t length);

#endif
