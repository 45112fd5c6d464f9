/*
 * A .traineddata file, mapped and checked: the network's weights, the characters, the word
 * lists.
 *
 * The file is untrusted: every length, dimension, index and dawg edge is checked at load, so
 * nothing after it needs to. Weights, strings and edges are borrowed from the mapping where
 * they can be.
 */
#ifndef RECOGNISER_MODEL_H
#define RECOGNISER_MODEL_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { MODEL_LAYERS_MAX = 8, CODE_LENGTH_MAX = 9 };

/* rows x cols int8, row-major, the last column is the bias (its input is always 127). */
struct weights {
    int rows, cols;
    const int8_t *values;
    const float *scales; /* one a row: float(stored / 127) */
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
    int height; /* rows of the input: 36 or 48 */
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
    bool is_space_delimited; /* its script puts spaces between words */
    int code_length;
    int codes[CODE_LENGTH_MAX]; /* the classes it is written with */
};

struct charset {
    struct unichar *unichars;
    int count; /* id 0 is the space */
};

/* A word list: a graph of letters. Edges are packed 64-bit values, little-endian, possibly
 * unaligned: read them with dawg_edge(). */
struct dawg {
    const unsigned char *edges; /* NULL: the model has none */
    int64_t edge_count;
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

#endif
