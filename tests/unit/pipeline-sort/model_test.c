/* The type model's file: what is written reads back the same, and what is damaged is refused. */
#include "pipeline/sort/type_model.h"

#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>

static float weights[DOCUMENT_TYPE_COUNT][FEATURE_COUNT];
static struct familiar familiar = {{0, 8}};
static struct type_model model;
static struct features features;

static void print_model(struct buf *out)
{
    memset(weights, 0, sizeof weights);
    weights[DOCUMENT_INVOICE][3] = 4;
    weights[DOCUMENT_INVOICE][9] = -4;
    weights[DOCUMENT_LETTER][3] = -2;
    weights[DOCUMENT_LETTER][9] = 2;
    weights[DOCUMENT_LETTER][12] = 2;
    weights[DOCUMENT_UNKNOWN][12] = 6;
    buf_init(out, 1 << 20);
    type_model_print(&familiar, (const float(*)[FEATURE_COUNT])weights, "made: by hand\n", out);
}

static void what_is_written_reads_back(void **state)
{
    AUTO_BUF struct buf out;
    struct err err = {0};
    float confidence;

    (void)state;
    print_model(&out);
    assert_int_equal(type_model_parse(&model, out.data, out.length, &err), 0);
    assert_memory_equal(&model.familiar, &familiar, sizeof familiar);
    assert_true(fabsf(model.weight[DOCUMENT_LETTER][3] * model.scale[DOCUMENT_LETTER] + 2) < 0.01f);
    memset(&features, 0, sizeof features);
    features.value[3] = 1;
    assert_int_equal(type_model_predict(&model, &features, &confidence), DOCUMENT_INVOICE);
    assert_true(confidence > 0.8f);
    features.value[3] = 0;
    features.value[9] = 1;
    assert_int_equal(type_model_predict(&model, &features, &confidence), DOCUMENT_LETTER);
}

static void what_nothing_speaks_for_is_unknown(void **state)
{
    AUTO_BUF struct buf out;
    struct err err = {0};
    float confidence;

    (void)state;
    print_model(&out);
    assert_int_equal(type_model_parse(&model, out.data, out.length, &err), 0);
    memset(&features, 0, sizeof features);
    assert_int_equal(type_model_predict(&model, &features, &confidence), DOCUMENT_UNKNOWN);
    features.value[12] = 1; /* somewhat a letter, and more of nothing we know */
    assert_int_equal(type_model_predict(&model, &features, &confidence), DOCUMENT_UNKNOWN);
    assert_true(confidence > 0.5f);
}

static void damaged_models_are_refused(void **state)
{
    AUTO_BUF struct buf out;
    struct err err = {0};

    (void)state;
    print_model(&out);
    assert_int_equal(type_model_parse(&model, out.data, out.length - 1, &err), ERR_INVALID);
    assert_int_equal(type_model_parse(&model, out.data, 10, &err), ERR_INVALID);
    out.data[0] = 'x';
    assert_int_equal(type_model_parse(&model, out.data, out.length, &err), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_written_reads_back),
                                       cmocka_unit_test(what_nothing_speaks_for_is_unknown),
                                       cmocka_unit_test(damaged_models_are_refused)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
