/*
 * Bytes by their SHA-256: originals, records, manifests, pictures. objects/ab/<sha256>, mode 0444.
 *
 * A blob is whole or not there: written aside, synced, renamed without replacing, its folder
 * synced. Nothing good is ever changed or removed. What is read is hashed again first, so a flipped
 * bit is found before it is used. Many processes may open one folder; one handle belongs to one
 * thread. The ram version keeps the same promises but forgets at close.
 */
#ifndef STORES_BLOBS_H
#define STORES_BLOBS_H

#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blobs;
struct err;

/* Makes the folder when missing. ERR_IO. */
int blobs_open(const char *folder, struct blobs **ret, struct err *err);
int blobs_open_ram(struct blobs **ret, struct err *err);
void blobs_close(struct blobs *b); /* accepts NULL */

/* Durable when it returns 0. The same bytes again are a success and cost no write; an object of the
 * wrong size is replaced by the right bytes. ERR_IO (also a full disk). */
int blobs_put(struct blobs *b, const void *bytes, size_t length, char ret_sha256[HASH_HEX_SIZE],
              struct err *err);

/* The same without syncing, for pictures: they can be made again, and a blob that a power cut left
 * short is replaced by the next put. */
int blobs_put_derived(struct blobs *b, const void *bytes, size_t length,
                      char ret_sha256[HASH_HEX_SIZE], struct err *err);

/* A sealed memfd (close it), its bytes checked against the name. ERR_NOT_FOUND, ERR_INVALID when
 * they do not hash right, ERR_IO. */
int blobs_get(struct blobs *b, const char *sha256, int *ret_fd, struct err *err);

bool blobs_has(struct blobs *b, const char *sha256);

/* Hears every object: `code` is 0 or the failure of reading it, with `why`. */
typedef void blobs_scrub_fn(void *user, const char *sha256, int code, const char *why);

/* Reads and hashes every object. 0 when it came to the end, good or bad; ERR_IO. */
int blobs_scrub(struct blobs *b, blobs_scrub_fn *heard, void *user, struct err *err);

#endif
