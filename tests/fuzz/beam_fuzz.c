/*
 * The search on any probabilities, codes and word lists: words that cover the line from left to
 * right, whatever they say. The bytes: what is forged, a code a character, three lists of edges,
 * then steps, as floats or as 255ths.
 */
#include "recogniser/beam.h"

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_model.h"

enum { FORGED_CODES = 1, FORGED_LISTS = 2, RAW_FLOATS = 4, NO_LISTS = 8, EDGES = 6 };

struct input {
    const unsigned char *at;
    size_t left;
};

static void input_take(struct input *in, void *to, size_t length)
{
    size_t n = length < in->left ? length : in->left;

    memset(to, 0, length);
    memcpy(to, in->at, n);
    in->at += n;
    in->left -= n;
}

static void codes_forge(struct input *in, struct model *m)
{
    for (int i = 0; i < m->charset.count; i++) {
        struct unichar *u = &m->charset.unichars[i];
        unsigned char codes[CODE_LENGTH_MAX];

        input_take(in, codes, sizeof codes);
        u->code_length = 1 + codes[0] / 16 % CODE_LENGTH_MAX;
        for (int j = 0; j < CODE_LENGTH_MAX; j++)
            u->codes[j] = codes[j] % SMALL_CLASSES;
    }
}

static void list_forge(struct input *in, struct dawg *list, unsigned char edges[EDGES * 8])
{
    input_take(in, edges, EDGES * 8);
    list->edges = edges;
    list->edge_count = EDGES;
    list->root_edges = 1 + edges[0] % EDGES;
}

static void steps_take(struct input *in, struct arena *a, bool are_raw, struct posteriors *ret)
{
    size_t size = are_raw ? sizeof(float) : 1, count = in->left / size / SMALL_CLASSES;

    *ret = (struct posteriors){.values = arena_alloc_array(a, count, SMALL_CLASSES * sizeof(float)),
                               .steps = (int)count,
                               .classes = SMALL_CLASSES,
                               .pixels_per_step = 1.5F};
    for (size_t i = 0; i < count * SMALL_CLASSES; i++) {
        unsigned char byte = 0;

        if (are_raw)
            input_take(in, &ret->values[i], sizeof(float));
        else
            input_take(in, &byte, 1);
        if (!are_raw)
            ret->values[i] = (float)byte / 255;
    }
}

static void line_read(const struct model *m, struct arena *a, const struct posteriors *p,
                      bool without_lists)
{
    struct decoder *d = decoder_new(m, without_lists);
    struct beam *b = beam_new(d);
    struct recognised_line line = {0};
    int end = 0;

    beam_read(b, a, p, m->network.height, &line);
    for (size_t i = 0; i < line.word_count; i++) {
        const struct recognised_word *w = &line.words[i];

        MUST(w->symbol_count > 0 && w->text[0]);
        MUST(w->box.left >= end - 1 && w->box.right > w->box.left);
        end = w->box.right;
    }
    MUST(end <= 1 + p->steps * 3 / 2);
    beam_free(b);
    decoder_free(d);
}

void fuzz_one(const char *bytes, size_t length)
{
    static const struct small_model small = {
        .height = 3, .filters = 1, .column_cells = 1, .layers = {{1}}};
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf file;
    struct input in = {(const unsigned char *)bytes, length};
    unsigned char flags, edges[3][EDGES * 8];
    struct posteriors p;
    struct model m = {0};

    arena_init(&a, (size_t)256 << 20);
    buf_init(&file, SMALL_MODEL_BYTES_MAX);
    small_model_write(&small, &file);
    MUST(model_parse((const unsigned char *)file.data, file.length, &m, NULL) == 0);
    input_take(&in, &flags, 1);
    if (flags & FORGED_CODES)
        codes_forge(&in, &m);
    if (flags & FORGED_LISTS) {
        list_forge(&in, &m.punctuation, edges[0]);
        list_forge(&in, &m.words, edges[1]);
        list_forge(&in, &m.numbers, edges[2]);
    }
    steps_take(&in, &a, flags & RAW_FLOATS, &p);
    line_read(&m, &a, &p, flags & NO_LISTS);
    model_close(&m);
}
