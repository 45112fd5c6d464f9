/*
 * Word lists: what each language calls things. Read once from data/<language>.tsv.
 *
 * A line is a key and its alternatives, split by tabs; a key on several lines collects them all. An
 * unknown key is a mistake in the data and stops the program with its name.
 */
#ifndef GENERATOR_WORDS_H
#define GENERATOR_WORDS_H

#include "generator/rng.h"

enum language { LANG_EN, LANG_NB, LANG_SV, LANG_DA, LANG_HU, LANG_DE, LANG_COUNT };

/* Which share of the synonyms labels are chosen from: some are kept away from training. */
enum synonyms { SYNONYMS_ALL, SYNONYMS_TRAIN, SYNONYMS_HELD };

struct words;

/* Reads one language's list; stops the program where the file is missing or broken. */
struct words *words_open(const char *dir, const char *code, enum synonyms share);
void words_close(struct words *words);

int words_count(const struct words *words, const char *key);

/* The n-th alternative. */
const char *words_at(const struct words *words, const char *key, int n);

/* One alternative by chance. */
const char *words_pick(const struct words *words, const char *key, struct rng *rng);

/* The alternative this seed always uses for this key: a supplier's own wording. */
const char *words_label(const struct words *words, const char *key, uint64_t seed);

#endif
