/*
 * SHA-256 through nettle, which uses the processor's own instructions; in hex because people read
 * it. Random digits are libsodium's.
 */
#include "base/hash.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(struct hash), "room for nettle");

static struct sha256_ctx *state_of(struct hash *h)
{
    return (struct sha256_ctx *)(void *)h->state;
}

void hash_init(struct hash *h)
{
    sha256_init(state_of(h));
}

void hash_add(struct hash *h, const void *bytes, size_t length)
{
    sha256_update(state_of(h), length, bytes);
}

void hash_finish(struct hash *h, char hex[HASH_HEX_SIZE])
{
    unsigned char digest[SHA256_DIGEST_SIZE];

    sha256_digest(state_of(h), sizeof digest, digest);
    sodium_bin2hex(hex, HASH_HEX_SIZE, digest, sizeof digest);
}

void hash_bytes(const void *bytes, size_t length, char hex[HASH_HEX_SIZE])
{
    struct hash h;

    hash_init(&h);
    hash_add(&h, bytes, length);
    hash_finish(&h, hex);
}

bool hash_is_hex(const char *text)
{
    return strspn(text, "0123456789abcdef") == HASH_HEX_SIZE - 1 && !text[HASH_HEX_SIZE - 1];
}

void hash_random_hex(char *hex, size_t length)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++)
        hex[i] = digits[randombytes_uniform(16)];
    hex[length] = '\0';
}
