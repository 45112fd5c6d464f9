/*
 * Key phrases: what the six languages print beside a fact ("Fakturadato", "Zu zahlen"), from
 * models/vocabulary, sorted into one table at build time.
 *
 * A phrase is compared by its key: folded letters and digits only, with characters that recognisers
 * mix up made equal. So "Forfalls-dato:" and "FORFA11SDATO" are the same phrase.
 */
#ifndef EXTRACT_PHRASES_H
#define EXTRACT_PHRASES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum concept {
#define CONCEPT(name) CONCEPT_##name,
#include "pipeline/extract/concept.def"
#undef CONCEPT
    CONCEPT_COUNT
};
static_assert(CONCEPT_COUNT <= 64, "a set of concepts is one word");

#define CONCEPT_BIT(name) (UINT64_C(1) << CONCEPT_##name)
#define CONCEPT_TITLES                                                                             \
    (CONCEPT_BIT(title_invoice) | CONCEPT_BIT(title_credit_note) | CONCEPT_BIT(title_receipt) |    \
     CONCEPT_BIT(title_reminder) | CONCEPT_BIT(title_order) | CONCEPT_BIT(title_delivery_note) |   \
     CONCEPT_BIT(title_statement) | CONCEPT_BIT(title_form))

enum { PHRASE_KEY_SIZE = 64 };

struct phrase {
    const char *key;
    uint64_t concepts; /* every concept that is printed this way in some language */
    uint8_t length;
    uint8_t languages; /* bit 0 en, nb, sv, da, hu, 5 de */
};

/* All phrases by length, then key; made at build time. */
extern const struct phrase phrase_table[];
extern const size_t phrase_count;

/* The first row of each length, and at the end of the table's. */
extern const uint16_t phrase_starts[PHRASE_KEY_SIZE + 1];

/* The bag of each, by itself, because all are looked at for every misread word. */
extern const uint64_t phrase_bags[];

/* Writes the comparing form of `text`; returns its length, cut at size - 1. */
size_t phrase_key(const char *text, char *out, size_t size);

/* A hash of text in which all digits are alike. */
uint32_t phrase_hash(const char *text);

/* Which pairs of neighbours a key holds, in 64 classes. One edit takes two pairs and brings two at
 * most, so bags that differ in more than four bits an edit are of keys further apart. */
uint64_t phrase_bag(const char *key);

/* Edits that make `a` into `b`, or limit + 1 when there are more; an `a` of PHRASE_KEY_SIZE or more
 * is like nothing but itself. */
int phrase_distance(const char *a, const char *b, int limit);

/* The phrase with exactly this key, or NULL. */
const struct phrase *phrase_find(const char *key);

/* The nearest phrase within one edit per six letters (from six letters on), or NULL. */
const struct phrase *phrase_find_near(const char *key);

#endif
