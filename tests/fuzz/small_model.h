/*
 * Recognition models of a few cells, made up: every part that a .traineddata file of the fast
 * kind has, weights from a seed. They read nothing sensible; they are for tests of the loader and
 * the kernels, and the corpus of the fuzzer, where Tesseract's own files are too large.
 */
#ifndef TESTS_SMALL_MODEL_H
#define TESTS_SMALL_MODEL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum { SMALL_MODEL_LAYERS_MAX = 8, SMALL_MODEL_BYTES_MAX = 1 << 20 };

struct small_model {
    int height, filters, column_cells;
    struct {
        int cells;
        bool is_reversed;
    } layers[SMALL_MODEL_LAYERS_MAX]; /* up to the first without cells */
    int more_classes;                 /* without a character, to make the softmax wider */
    bool without_lists;
    uint32_t seed;
};

/* The characters "a", "b", "1", ".", ",", and "æ", which is written with the codes of "a" and
 * "b". */
enum { SMALL_SPACE, SMALL_JOINED, SMALL_BROKEN, SMALL_A, SMALL_B, SMALL_1, SMALL_DOT, SMALL_COMMA };
enum { SMALL_AE = SMALL_COMMA + 1, SMALL_UNICHARS, SMALL_CLASSES = 7, SMALL_NULL = 6 };

/* Into `b`, which needs SMALL_MODEL_BYTES_MAX at most. The word list holds "ab" and "abb". */
void small_model_write(const struct small_model *m, struct buf *b);

#endif
