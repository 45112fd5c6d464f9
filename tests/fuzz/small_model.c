/* The formats are told in recogniser/model.c, network.c, charset.c and dawg.c. */
#include "tests/fuzz/small_model.h"

#include "base/mem.h"

#include <endian.h>
#include <string.h>

enum { COMPONENTS = 24, NETWORK = 17, PUNCTUATION, WORDS, NUMBERS, UNICHARS, CODES, VERSION };

static void put8(struct buf *b, int n)
{
    buf_add_char(b, (char)n);
}

static void put32(struct buf *b, int32_t n)
{
    uint32_t bits = htole32((uint32_t)n);

    buf_add(b, &bits, sizeof bits);
}

static void put64(struct buf *b, uint64_t n)
{
    n = htole64(n);
    buf_add(b, &n, sizeof n);
}

static void put_double(struct buf *b, double n)
{
    uint64_t bits;

    memcpy(&bits, &n, sizeof bits);
    put64(b, bits);
}

static void put_text(struct buf *b, const char *text)
{
    put32(b, (int32_t)strlen(text));
    buf_add_text(b, text);
}

static uint32_t random_next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* ---- network ---- */

static void put_node(struct buf *b, const char *type, int flags, int inputs, int outputs)
{
    put8(b, 0);
    put_text(b, type);
    put8(b, 0);
    put8(b, 0);
    put32(b, flags);
    put32(b, inputs);
    put32(b, outputs);
    put32(b, 0);
    put_text(b, type);
}

/* Large enough that gates, states and clamps reach their ends now and then. */
static void put_weights(struct buf *b, int rows, int cols, uint32_t *seed)
{
    put8(b, 0x85);
    put32(b, rows);
    put32(b, cols);
    put8(b, 0);
    for (int i = 0; i < rows * cols; i++)
        put8(b, (int)(random_next(seed) % 256) - 128);
    put32(b, rows);
    for (int i = 0; i < rows; i++)
        put_double(b, 0.001 * (1 + random_next(seed) % 100));
}

static void put_lstm(struct buf *b, const char *type, int inputs, int cells, uint32_t *seed)
{
    put_node(b, type, 0, inputs, cells);
    put32(b, inputs + cells);
    for (int gate = 0; gate < 4; gate++)
        put_weights(b, cells, inputs + cells + 1, seed);
}

static int put_layers(struct buf *b, const struct small_model *m, uint32_t *seed)
{
    int inputs = m->column_cells;

    for (int i = 0; i < SMALL_MODEL_LAYERS_MAX && m->layers[i].cells; i++) {
        if (m->layers[i].is_reversed) {
            put_node(b, "RTLReversed", 0, inputs, m->layers[i].cells);
            put32(b, 1);
        }
        put_lstm(b, "LSTM", inputs, m->layers[i].cells, seed);
        inputs = m->layers[i].cells;
    }
    return inputs;
}

static int layer_count(const struct small_model *m)
{
    int count = 0;

    while (count < SMALL_MODEL_LAYERS_MAX && m->layers[count].cells)
        count++;
    return count;
}

/* As in the shipped files, a node with children has learning rates behind them (flag 64). */
static void put_front(struct buf *b, const struct small_model *m, uint32_t *seed)
{
    put_node(b, "Input", 0, m->height, 1);
    for (int i = 0; i < 5; i++)
        put32(b, (const int[]){1, m->height, 0, 1, 0}[i]);
    put_node(b, "Series", 64, 1, m->filters);
    put32(b, 2);
    put_node(b, "Convolve", 0, 1, 9);
    put32(b, 1);
    put32(b, 1);
    put_node(b, "Tanh", 0, 9, m->filters);
    put_weights(b, m->filters, 10, seed);
    put32(b, 1);
    put32(b, 0);
    put_node(b, "Maxpool", 0, m->filters, m->filters);
    put32(b, 3);
    put32(b, 3);
    put_node(b, "XYTranspose", 0, m->filters, m->column_cells);
    put32(b, 1);
    put_lstm(b, "SummLSTM", m->filters, m->column_cells, seed);
}

static void put_network(struct buf *b, const struct small_model *m)
{
    uint32_t seed = m->seed;
    int inputs, classes = SMALL_CLASSES + m->more_classes;

    put_node(b, "Series", 64, m->height, classes);
    put32(b, 5 + layer_count(m));
    put_front(b, m, &seed);
    inputs = put_layers(b, m, &seed);
    put_node(b, "Softmax", 0, inputs, classes);
    put_weights(b, classes, inputs + 1, &seed);
    put32(b, 2);
    put64(b, 0);
    put_text(b, "[small]");
    for (int i = 0; i < 7; i++)
        put32(b, (const int[]){65, 1000, 1001, SMALL_NULL, 0, 0, 0}[i]);
}

/* ---- characters and word lists ---- */

static void put_unichars(struct buf *b)
{
    static const char *const lines[SMALL_UNICHARS] = {
        "NULL 0 Common 0",
        "Joined 7 0,255,0,255,0,0,0,0,0,0 Latin 1 0 1 Joined",
        "|Broken|0|1 f 0,255,0,255,0,0,0,0,0,0 Common 2 10 2 |Broken|0|1",
        "a 3 0,255,0,255,0,0,0,0,0,0 Latin 3 0 3 a\t# a [61 ]a",
        "b 3 0,255,0,255,0,0,0,0,0,0 Latin 4 0 4 b\t# b [62 ]a",
        "1 8 0,255,0,255,0,0,0,0,0,0 Common 5 2 5 1\t# 1 [31 ]0",
        ". 10 0,255,0,255,0,0,0,0,0,0 Common 6 6 6 .\t# . [2e ]p",
        ", 10 Common 7 6 7 ,",
        "æ 3 0,255,0,255,0,0,0,0,0,0 Latin 8 0 8 æ",
    };

    buf_printf(b, "%d\n", SMALL_UNICHARS);
    for (int i = 0; i < SMALL_UNICHARS; i++)
        buf_printf(b, "%s\n", lines[i]);
}

static void put_codes(struct buf *b)
{
    static const int codes[SMALL_UNICHARS] = {0, SMALL_NULL, SMALL_NULL, 1, 2, 3, 4, 5, 1};

    put32(b, SMALL_UNICHARS);
    for (int i = 0; i < SMALL_UNICHARS; i++) {
        bool is_pair = i == SMALL_AE;

        put8(b, 1);
        put32(b, 1 + is_pair);
        put32(b, codes[i]);
        if (is_pair)
            put32(b, 2);
    }
}

enum { LAST = 1, ENDS_WORD = 4, LETTER_BITS = 4 /* of SMALL_UNICHARS */ };

static uint64_t edge(int letter, int flags, uint64_t target)
{
    return (uint64_t)letter | (uint64_t)flags << LETTER_BITS | target << (LETTER_BITS + 3);
}

static void put_dawg(struct buf *b, const uint64_t *edges, int count)
{
    put8(b, 42);
    put8(b, 0);
    put32(b, SMALL_UNICHARS);
    put32(b, count);
    for (int i = 0; i < count; i++)
        put64(b, edges[i]);
}

static void put_component(struct buf *b, int which, const struct small_model *m)
{
    const uint64_t words[] = {edge(SMALL_A, LAST, 1), edge(SMALL_B, LAST | ENDS_WORD, 2),
                              edge(SMALL_B, LAST | ENDS_WORD, 0)};
    const uint64_t punctuation[] = {edge(0, LAST | ENDS_WORD, 1),
                                    edge(SMALL_DOT, LAST | ENDS_WORD, 0)};
    const uint64_t numbers[] = {edge(0, LAST | ENDS_WORD, 1), edge(SMALL_DOT, 0, 2),
                                edge(0, LAST | ENDS_WORD, 0)};

    if (which == NETWORK)
        put_network(b, m);
    if (which == UNICHARS)
        put_unichars(b);
    if (which == CODES)
        put_codes(b);
    if (which == WORDS)
        put_dawg(b, words, ARRAY_LENGTH(words));
    if (which == PUNCTUATION)
        put_dawg(b, punctuation, ARRAY_LENGTH(punctuation));
    if (which == NUMBERS)
        put_dawg(b, numbers, ARRAY_LENGTH(numbers));
}

void small_model_write(const struct small_model *m, struct buf *b)
{
    struct buf parts[COMPONENTS];
    uint64_t offset = 4 + COMPONENTS * 8;

    put32(b, COMPONENTS);
    for (int i = 0; i < COMPONENTS; i++) {
        buf_init(&parts[i], SMALL_MODEL_BYTES_MAX);
        if (!m->without_lists || i < PUNCTUATION || i > NUMBERS)
            put_component(&parts[i], i, m);
        put64(b, parts[i].length ? offset : UINT64_MAX);
        offset += parts[i].length;
    }
    for (int i = 0; i < COMPONENTS; i++) {
        buf_add(b, parts[i].data, parts[i].length);
        buf_release(&parts[i]);
    }
}
