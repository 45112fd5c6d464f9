/* Patterns of grammars: refused, or they read any line as a text that has a probability. */
#include "recogniser/grammar.h"

#include "recogniser/model.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/small_model.h"

static const struct small_model recipe = {
    .height = 3, .filters = 1, .column_cells = 1, .layers = {{1}}};

enum { STEPS = 9 };

static struct posteriors line_make(struct arena *a)
{
    struct posteriors p = {.steps = STEPS, .classes = SMALL_CLASSES};

    p.values = arena_alloc_array(a, STEPS * SMALL_CLASSES, sizeof *p.values);
    for (int i = 0; i < STEPS * SMALL_CLASSES; i++)
        p.values[i] = (float)(1 + i * 37 % 11) / 42;
    return p;
}

void fuzz_one(const char *bytes, size_t length)
{
    AUTO_FREE char *pattern = fuzz_text(bytes, length);
    AUTO_ARENA struct arena a;
    AUTO_BUF struct buf file;
    struct grammar_reading reading;
    struct grammar *g = NULL;
    struct model m = {0};
    struct posteriors p;

    arena_init(&a, (size_t)64 << 20);
    buf_init(&file, SMALL_MODEL_BYTES_MAX);
    small_model_write(&recipe, &file);
    MUST(model_parse((const unsigned char *)file.data, file.length, &m, NULL) == 0);
    p = line_make(&a);
    if (grammar_new(&m, pattern, &g, NULL) == 0 && grammar_read(g, &a, &p, &reading)) {
        MUST(strlen(reading.text) <= STEPS * 2);
        MUST(reading.log_probability < 3 && reading.margin >= 0);
    }
    grammar_free(g);
    model_close(&m);
}
