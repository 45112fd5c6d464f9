/* Writes the fuzzer's first models: make-small-models FOLDER. */
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/fuzz/small_model.h"

#include <stdio.h>

static const struct {
    const char *name;
    struct small_model model;
} models[] = {
    {"three-layers",
     {.height = 12, .filters = 2, .column_cells = 3, .layers = {{4}, {3, true}, {5}}}},
    {"one-layer", {.height = 3, .filters = 1, .column_cells = 1, .layers = {{1}}}},
    {"no-lists",
     {.height = 6, .filters = 2, .column_cells = 2, .layers = {{2}}, .without_lists = true}},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < ARRAY_LENGTH(models) && argc == 2; i++) {
        AUTO_FREE char *path = mem_printf("%s/%s.traineddata", argv[1], models[i].name);
        AUTO_BUF struct buf b;
        struct err err = {0};

        buf_init(&b, SMALL_MODEL_BYTES_MAX);
        small_model_write(&models[i].model, &b);
        if (file_write(path, b.data, b.length, 0644, &err) < 0) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
    }
    return argc == 2 ? 0 : 2;
}
