/*
 * SHA-256 through libsodium, in hex because people read it. Its code knows no SHA instructions, and
 * a scan is hashed at every stage that takes it from the store; so where the processor has them,
 * whole blocks bypass it.
 */
#include "base/hash.h"

#include "base/hash_blocks.h"

#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct hash), "room for libsodium");

static crypto_hash_sha256_state *state_of(struct hash *h)
{
    return (crypto_hash_sha256_state *)(void *)h->state;
}

void hash_init(struct hash *h)
{
    crypto_hash_sha256_init(state_of(h));
}

/* Whole blocks into the documented state of libsodium: eight words and the bits so far. */
static size_t add_blocks(crypto_hash_sha256_state *state, const unsigned char *bytes, size_t length)
{
    size_t blocks = length / HASH_BLOCK_BYTES;

    hash_blocks_add(state->state, bytes, blocks);
    state->count += (uint64_t)blocks * HASH_BLOCK_BYTES * 8;
    return blocks * HASH_BLOCK_BYTES;
}

void hash_add(struct hash *h, const void *bytes, size_t length)
{
    crypto_hash_sha256_state *state = state_of(h);
    size_t begun = state->count / 8 % HASH_BLOCK_BYTES, done = 0;

    if (hash_blocks_can()) {
        done = begun ? HASH_BLOCK_BYTES - begun : 0;
        if (done > length)
            done = length;
        crypto_hash_sha256_update(state, bytes, done);
        done += add_blocks(state, (const unsigned char *)bytes + done, length - done);
    }
    crypto_hash_sha256_update(state, (const unsigned char *)bytes + done, length - done);
}

void hash_finish(struct hash *h, char hex[HASH_HEX_SIZE])
{
    unsigned char digest[crypto_hash_sha256_BYTES];

    crypto_hash_sha256_final(state_of(h), digest);
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
