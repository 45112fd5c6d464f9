/*
 * A .traineddata file, mapped and checked: the network's weights, the characters, the word
 * lists.
 *
 * The file is untrusted: every length, dimension and index is checked at load, so that nothing
 * after it needs to. Only the edges of word lists are checked when they are followed
 * (dawg_target()): looking at all 11 million of Latin's would read 89 MB from disk. Weights and
 * edges are borrowed from the mapping; a file cut while it is open is a SIGBUS.
 */
#ifndef RECOGNISER_MODEL_H
#define RECOGNISER_MODEL_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum {
    MODEL_LAYERS_MAX = 8, /* along the line; the shipped models have three */
    CODE_LENGTH_MAX = 9,
    NETWORK_HEIGHT_MAX = 96,
    NETWORK_FILTERS_MAX = 64,   /* 16 in all shipped models */
    NETWORK_CELLS_MAX = 1024,   /* 512 in Swedish */
    NETWORK_CLASSES_MAX = 8192, /* 302 in Latin */
    POOL_SIDE = 3,
    CONVOLVE_INPUTS = 9, /* columns left to right, each from the top */
};

/* rows x cols int8, row-major, the last column is the bias (its input is always 127). */
struct weights {
    int rows, cols;
    const int8_t *values;
    const float *scales; /* one a row: float(stored / 127); finite, not negative */
};

/* Tesseract's gates in its order: cell input, input gate, forget gate, output gate. A row sees the
 * layer's inputs, then its own previous outputs, then the bias. */
enum { GATE_CELL, GATE_INPUT, GATE_FORGET, GATE_OUTPUT, GATE_COUNT };

struct lstm_layer {
    int inputs, cells;
    bool is_reversed; /* runs from the right end */
    struct weights gates[GATE_COUNT];
};

/* The one topology of the shipped models: 3 x 3 convolution with tanh, 3 x 3 maximum, an LSTM down
 * each column keeping its last output, LSTMs along the line, softmax. */
struct network {
    int height; /* rows of the input, a multiple of three: 36 or 48 */
    struct weights convolve;
    struct lstm_layer column;
    struct lstm_layer layers[MODEL_LAYERS_MAX];
    int layer_count;
    struct weights softmax;
    int classes; /* rows of softmax */
    int null_class;
    int32_t sample_iteration; /* the seed of the noise outside the image */
};

struct unichar {
    const char *text; /* UTF-8; " " for id 0 */
    bool is_digit, is_alpha, is_punctuation;
    int code_length;
    int codes[CODE_LENGTH_MAX]; /* the classes it is written with */
};

/* Of scripts that put spaces between words: what a word is depends on it. */
struct charset {
    struct unichar *unichars;
    int count; /* id 0 is the space. Ids may share a code: the last one is meant */
};

/* A word list: a graph of letters. A node is the index of its first edge, a letter a unichar id
 * (0 means "the core word" in the punctuation list, "any digit" in the number list). */
struct dawg {
    const unsigned char *edges; /* packed, unaligned; NULL: the model has none */
    int64_t edge_count;
    int64_t root_edges; /* out of node 0 */
    int letter_bits;
};

struct model {
    struct arena arena; /* of what is not mapped */
    const unsigned char *map;
    size_t map_length;
    struct network network;
    struct charset charset;
    struct dawg punctuation, words, numbers;
};

/* As recogniser_new() for errors. `ret` is filled; release it. */
int model_open(const char *path, struct model *ret, struct err *err);

/* From memory that outlives the model: what the fuzzer feeds. */
int model_parse(const unsigned char *bytes, size_t length, struct model *ret, struct err *err);

void model_close(struct model *m); /* accepts a zeroed model */

/* The edge with this letter out of `node` (0, or what dawg_target() gave) that ends a word if it
 * must, or -1. */
int64_t dawg_find(const struct dawg *d, int64_t node, int letter, bool ends_word);

/* The node an edge leads to; 0: nothing follows. The edge is one that dawg_find() gave. */
int64_t dawg_target(const struct dawg *d, int64_t edge);
bool dawg_ends_word(const struct dawg *d, int64_t edge);

#endif
