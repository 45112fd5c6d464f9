/* The loader: small models come out as they went in; cut, changed or foreign ones are refused. */
#include "recogniser/model_parts.h"

#include "base/err.h"
#include "base/mem.h"
#include "tests/fuzz/small_model.h"
#include "tests/unit/unit.h"

#include <math.h>

static const struct small_model three_layers = {
    .height = 12,
    .filters = 2,
    .column_cells = 3,
    .layers = {{4}, {3, true}, {5}},
    .seed = 7,
};

static void write_small(const struct small_model *m, struct buf *b)
{
    buf_init(b, SMALL_MODEL_BYTES_MAX);
    small_model_write(m, b);
    assert_false(b->is_full);
}

/* From a copy exactly as long, so that the sanitizer sees a read past the end. */
static int parse_copy(const char *bytes, size_t length, struct err *err)
{
    AUTO_FREE unsigned char *copy = mem_alloc(length);
    struct model m = {0};
    int r;

    memcpy(copy, bytes, length);
    r = model_parse(copy, length, &m, err);
    model_close(&m);
    return r;
}

static void small_model_comes_out(void **state)
{
    AUTO_BUF struct buf b;
    struct model m = {0};
    const struct network *n = &m.network;

    (void)state;
    write_small(&three_layers, &b);
    assert_int_equal(model_parse((const unsigned char *)b.data, b.length, &m, NULL), 0);
    assert_int_equal(n->height, 12);
    assert_int_equal(n->convolve.rows, 2);
    assert_int_equal(n->column.cells, 3);
    assert_int_equal(n->layer_count, 3);
    assert_true(n->layers[1].is_reversed && !n->layers[0].is_reversed);
    assert_int_equal(n->layers[2].inputs, 3);
    assert_int_equal(n->layers[2].gates[GATE_OUTPUT].cols, 3 + 5 + 1);
    assert_int_equal(n->classes, SMALL_CLASSES);
    assert_int_equal(n->null_class, SMALL_NULL);
    assert_int_equal(n->sample_iteration, 1001);
    model_close(&m);
}

static void characters_come_out(void **state)
{
    AUTO_BUF struct buf b;
    struct model m = {0};
    const struct unichar *u;

    (void)state;
    write_small(&three_layers, &b);
    assert_int_equal(model_parse((const unsigned char *)b.data, b.length, &m, NULL), 0);
    u = m.charset.unichars;
    assert_int_equal(m.charset.count, SMALL_UNICHARS);
    assert_string_equal(u[SMALL_SPACE].text, " ");
    assert_string_equal(u[SMALL_COMMA].text, ",");
    assert_true(u[SMALL_A].is_alpha && !u[SMALL_A].is_digit);
    assert_true(u[SMALL_1].is_digit && u[SMALL_DOT].is_punctuation);
    assert_true(u[SMALL_COMMA].is_punctuation);
    assert_int_equal(u[SMALL_AE].code_length, 2);
    assert_int_equal(u[SMALL_AE].codes[1], u[SMALL_B].codes[0]);
    model_close(&m);
}

static void word_lists_are_walked(void **state)
{
    AUTO_BUF struct buf b;
    struct model m = {0};
    int64_t edge;

    (void)state;
    write_small(&three_layers, &b);
    assert_int_equal(model_parse((const unsigned char *)b.data, b.length, &m, NULL), 0);
    edge = dawg_find(&m.words, 0, SMALL_A, false);
    assert_true(edge >= 0 && !dawg_ends_word(&m.words, edge));
    assert_int_equal(dawg_find(&m.words, 0, SMALL_A, true), -1);
    assert_int_equal(dawg_find(&m.words, 0, SMALL_B, false), -1);
    edge = dawg_find(&m.words, dawg_target(&m.words, edge), SMALL_B, true);
    assert_true(edge >= 0 && dawg_ends_word(&m.words, edge));
    edge = dawg_find(&m.words, dawg_target(&m.words, edge), SMALL_B, true);
    assert_int_equal(dawg_target(&m.words, edge), 0);
    edge = dawg_find(&m.numbers, 0, 0, false);
    edge = dawg_find(&m.numbers, dawg_target(&m.numbers, edge), SMALL_DOT, false);
    assert_int_equal(dawg_target(&m.numbers, edge), 2);
    model_close(&m);
}

static void lists_may_be_missing(void **state)
{
    struct small_model without = three_layers;
    AUTO_BUF struct buf b;
    struct model m = {0};

    (void)state;
    without.without_lists = true;
    write_small(&without, &b);
    assert_int_equal(model_parse((const unsigned char *)b.data, b.length, &m, NULL), 0);
    assert_null(m.words.edges);
    model_close(&m);
}

static void every_cut_is_refused(void **state)
{
    AUTO_BUF struct buf b;

    (void)state;
    write_small(&three_layers, &b);
    for (size_t length = 0; length < b.length; length++) {
        struct err err = {0};

        assert_true(parse_copy(b.data, length, &err) < 0);
        assert_non_null(err.reason);
    }
}

/* Whatever a byte is changed to: a model that is safe to close, or a refusal with its reason. */
static void every_change_is_survived(void **state)
{
    AUTO_BUF struct buf b;

    (void)state;
    write_small(&three_layers, &b);
    for (size_t i = 0; i < b.length; i++)
        for (int change = 0; change < 3; change++) {
            char kept = b.data[i];
            struct err err = {0};

            b.data[i] = (char)(change == 0 ? 0xff : change == 1 ? 0x7f : kept + 1);
            if (parse_copy(b.data, b.length, &err) < 0)
                assert_non_null(err.reason);
            b.data[i] = kept;
        }
}

/* One change each, where `from` is found first. */
static const struct {
    const char *from, *to;
    size_t length;
    const char *reason;
} changes[] = {
    {"Input", "Inpub", 5, "model_unknown"},
    {"Convolve", "Convolva", 8, "model_unknown"},
    {"Maxpool", "Minpool", 7, "model_unknown"},
    {"XYTranspose", "YXTranspose", 11, "model_unknown"},
    {"SummLSTM", "SummLSTX", 8, "model_unknown"},
    {"RTLReversed", "TTBReversed", 11, "model_unknown"},
    {"Softmax", "Sigmoid", 7, "model_unknown"},
    /* input: a fixed width, two planes, a height that is no multiple of three */
    {"\14\0\0\0\0\0\0\0\1\0\0\0", "\14\0\0\0\1\0\0\0\1\0\0\0", 12, "model_unknown"},
    {"\14\0\0\0\0\0\0\0\1\0\0\0", "\14\0\0\0\0\0\0\0\2\0\0\0", 12, "model_unknown"},
    {"\14\0\0\0\0\0\0\0\1\0\0\0", "\15\0\0\0\0\0\0\0\1\0\0\0", 12, "model_unknown"},
    /* the first weights: floats, other rows, other columns */
    {"\x85\2\0\0\0\12\0\0\0", "\x04\2\0\0\0\12\0\0\0", 9, "model_unknown"},
    {"\x85\2\0\0\0\12\0\0\0", "\x85\3\0\0\0\12\0\0\0", 9, "model_damaged"},
    {"\x85\2\0\0\0\12\0\0\0", "\x85\2\0\0\0\13\0\0\0", 9, "model_damaged"},
    /* the trailer: training flags 65, iterations 1000, 1001, class for nothing */
    {"\101\0\0\0\350\3\0\0", "\100\0\0\0\350\3\0\0", 8, "model_unknown"},
    {"\101\0\0\0\350\3\0\0", "\1\0\0\0\350\3\0\0", 8, "model_unknown"},
    {"\351\3\0\0\6\0\0\0", "\351\3\0\0\7\0\0\0", 8, "model_damaged"},
    {"\351\3\0\0\6\0\0\0", "\351\3\0\0\377\377\377\377", 8, "model_damaged"},
    /* characters: too many, not UTF-8, no properties, a first one that is no space, of a script
     * without spaces */
    {"9\nNULL", "8\nNULL", 6, "model_damaged"},
    {"9\nNULL", "x\nNULL", 6, "model_damaged"},
    {"NULL 0", "NOLL 0", 6, "model_unknown"},
    {"Latin 8", "Thai  8", 7, "model_unknown"},
    {"\na 3 ", "\n\xff 3 ", 5, "model_damaged"},
    {"\na 3 ", "\na z ", 5, "model_damaged"},
    /* codes: of no length, too long, of no class */
    {"\1\2\0\0\0\1\0\0\0", "\1\0\0\0\0\1\0\0\0", 9, "model_damaged"},
    {"\1\2\0\0\0\1\0\0\0", "\1\12\0\0\0\1\0\0\0", 9, "model_damaged"},
    {"\1\2\0\0\0\1\0\0\0", "\1\2\0\0\0\7\0\0\0", 9, "model_damaged"},
    /* word lists: another magic number, no characters, no edges, more edges than bytes */
    {"\52\0\11\0\0\0\2\0\0\0", "\53\0\11\0\0\0\2\0\0\0", 10, "model_damaged"},
    {"\52\0\11\0\0\0\2\0\0\0", "\52\0\0\0\0\0\2\0\0\0", 10, "model_damaged"},
    {"\52\0\11\0\0\0\2\0\0\0", "\52\0\11\0\0\0\0\0\0\0", 10, "model_damaged"},
    {"\52\0\11\0\0\0\2\0\0\0", "\52\0\11\0\0\0\3\0\0\0", 10, "model_damaged"},
};

static void foreign_models_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
        AUTO_BUF struct buf b;
        struct err err = {0};
        char *at;

        write_small(&three_layers, &b);
        at = memmem(b.data, b.length, changes[i].from, changes[i].length);
        assert_non_null(at);
        memcpy(at, changes[i].to, changes[i].length);
        assert_true(parse_copy(b.data, b.length, &err) < 0);
        if (!err.reason || strcmp(err.reason, changes[i].reason) != 0)
            fail_msg("change %zu: %s, not %s (%s)", i, err.reason, changes[i].reason, err.text);
        assert_int_equal(err.code, changes[i].reason[6] == 'd' ? ERR_INVALID : ERR_LIMIT);
    }
}

static void sizes_have_limits(void **state)
{
    static const struct small_model too_large[] = {
        {.height = NETWORK_HEIGHT_MAX + 3, .filters = 1, .column_cells = 1, .layers = {{1}}},
        {.height = 3, .filters = NETWORK_FILTERS_MAX + 1, .column_cells = 1, .layers = {{1}}},
        {.height = 3, .filters = 1, .column_cells = NETWORK_CELLS_MAX + 1, .layers = {{1}}},
        {.height = 3, .filters = 1, .column_cells = 1, .layers = {{0}}},
        {.height = 3,
         .filters = 1,
         .column_cells = 1,
         .layers = {{1}},
         .more_classes = NETWORK_CLASSES_MAX},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(too_large); i++) {
        AUTO_BUF struct buf b;
        struct err err = {0};

        buf_init(&b, (size_t)16 << 20);
        small_model_write(&too_large[i], &b);
        assert_int_equal(parse_copy(b.data, b.length, &err), ERR_LIMIT);
        assert_string_equal(err.reason, "model_unknown");
    }
}

static void scales_are_numbers(void **state)
{
    static const double bad[] = {-1, 1e7, (double)INFINITY, (double)NAN};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        AUTO_BUF struct buf b;
        struct err err = {0};
        char *weights;

        write_small(&three_layers, &b);
        weights = memmem(b.data, b.length, "\x85\2\0\0\0\12\0\0\0", 9);
        assert_non_null(weights);
        memcpy(weights + 9 + 1 + 20 + 4, &bad[i], sizeof bad[i]);
        assert_int_equal(parse_copy(b.data, b.length, &err), ERR_INVALID);
    }
}

static void overlong_code_is_refused(void **state)
{
    static const unsigned char text[] = "1\nNULL 0 Common 0\n";
    static const unsigned char codes[4 + 1 + 4 + 4 * (CODE_LENGTH_MAX + 1)] = {
        1, 0, 0, 0, 1, CODE_LENGTH_MAX + 1};
    AUTO_ARENA struct arena a;
    struct charset set;

    (void)state;
    arena_init(&a, 1 << 16);
    assert_int_equal(charset_parse((struct bytes){text, text + sizeof text - 1, false},
                                   (struct bytes){codes, codes + sizeof codes, false}, 1, &a, &set,
                                   NULL),
                     ERR_INVALID);
}

/* Edges are checked when they are followed. */
static void edge_outside_leads_nowhere(void **state)
{
    static const unsigned char edges[] = {1 | 1 << 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
    const struct dawg d = {edges, 1, 1, 4};

    (void)state;
    assert_int_equal(dawg_find(&d, 0, 1, false), 0);
    assert_int_equal(dawg_target(&d, 0), 0);
}

static void files_are_opened(void **state)
{
    const char *path = in_folder(state, "model");
    AUTO_BUF struct buf b;
    struct model m = {0};
    struct err err = {0};
    FILE *file;

    assert_int_equal(model_open(path, &m, &err), ERR_NOT_FOUND);
    assert_int_equal(model_open((const char *)*state, &m, &err), ERR_IO);
    write_small(&three_layers, &b);
    file = fopen(path, "w");
    assert_int_equal(fwrite(b.data, 1, b.length, file), b.length);
    fclose(file);
    assert_int_equal(model_open(path, &m, &err), 0);
    assert_int_equal(m.map_length, b.length);
    model_close(&m);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(model_open(path, &m, &err), ERR_INVALID);
    model_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_model_comes_out),
        cmocka_unit_test(characters_come_out),
        cmocka_unit_test(word_lists_are_walked),
        cmocka_unit_test(lists_may_be_missing),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(every_change_is_survived),
        cmocka_unit_test(foreign_models_are_refused),
        cmocka_unit_test(sizes_have_limits),
        cmocka_unit_test(scales_are_numbers),
        cmocka_unit_test(overlong_code_is_refused),
        cmocka_unit_test(edge_outside_leads_nowhere),
        cmocka_unit_test_setup_teardown(files_are_opened, folder_setup, folder_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
