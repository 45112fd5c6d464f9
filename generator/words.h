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

/* Which share of the synonyms, and of the layouts (grammar.h), papers are made of: those of the
 * test part are kept away from training. */
enum part { PART_ALL, PART_TRAIN, PART_TEST };

struct words;

/* Reads one language's list; stops the program where the file is missing or broken. */
struct words *words_open(const char *dir, const char *code, enum part part);
void words_close(struct words *words);

int words_count(const struct words *words, const char *key);

/* The n-th alternative. */
const char *words_at(const struct words *words, const char *key, int n);

/* Calls back for each label a paper of the list's part may have: of all parts, or training, every
 * one that words_label and words_pick can give; of the test part the held ones only. */
void words_labels(const struct words *words,
                  void (*each)(const char *key, const char *word, void *data), void *data);

/* One alternative by chance: of the training part, none that is held. */
const char *words_pick(const struct words *words, const char *key, struct rng *rng);

/* The alternative this seed always uses for this key: a supplier's own wording. */
const char *words_label(const struct words *words, const char *key, uint64_t seed);

#endif
