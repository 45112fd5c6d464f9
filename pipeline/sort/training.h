/*
 * Documents with known truth, as `bilag-generate --training` writes them: one JSON object a page,
 * words with boxes, and the whole document's truth on each of its pages.
 */
#ifndef SORT_TRAINING_H
#define SORT_TRAINING_H

#include "models/document.h"

#include <stdint.h>
#include <stdio.h>

struct arena;
struct err;

struct training_document {
    const char *file, *language;
    enum document_type type;
    struct page **pages;
    int n_pages;
    const struct json_t *truth; /* as the generator's truth.jsonl has it, or NULL */
};

/* Reads the next document; 1, 0 at the end, or ERR_INVALID. Everything hangs in the arena. */
int training_read(struct arena *a, FILE *in, struct training_document *ret, struct err *err);

/* A random number that is the same everywhere: weights must not differ between C libraries. */
uint32_t training_roll(uint32_t *state);

/* Spoils the words as a bad scan does: some go missing, some lose or change a letter. The same seed
 * spoils the same words. */
void training_spoil(struct arena *a, struct training_document *t, uint32_t seed);

#endif
