/* What the forward pass is made of: the exponential and the curves, bit for bit. */
#include "recogniser/forward_kernel.h"

#include "base/mem.h"
#include "recogniser/natural_exp.h"
#include "tests/oracle/recording.h"
#include "tests/unit/unit.h"

#include <math.h>

/* As glibc 2.36 gives them on a processor with fused multiply-add. */
static void exp_has_the_bits_of_the_c_library(void **state)
{
    static const struct {
        float x, exp;
    } known[] = {
        {0x0p+0f, 0x1p+0f},
        {-0x1p-20f, 0x1.ffffep-1f},
        {-0x1p-1f, 0x1.368b3p-1f},
        {-0x1.62e43p-1f, 0x1p-1f},
        {-0x1p+0f, 0x1.78b564p-2f},
        {-0x1.ap+1f, 0x1.3da368p-5f},
        {-0x1.4p+3f, 0x1.7cd79cp-15f},
        {-0x1.42p+4f, 0x1.f3fe0cp-30f},
        {-0x1.f8cbb2p+5f, 0x1.f45326p-92f},
        {-0x1.4p+6f, 0x1.7fd974p-116f},
        {-0x1.58p+6f, 0x1.e726c4p-125f},
        {0x1p+0f, 0x1.5bf0a8p+1f},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        float found = natural_exp(known[i].x);

        assert_memory_equal(&found, &known[i].exp, sizeof found);
    }
}

static void curves_are_tesseracts(void **state)
{
    struct curves *c = mem_alloc(sizeof *c);

    (void)state;
    curves_init(c);
    assert_int_equal(recording_hash(c->tanh, sizeof c->tanh), 0xed153d2d72e4099d);
    assert_true(c->logistic[CURVE_END].value == 1);
    c->logistic[CURVE_END].value = 0x1.fffffcp-1f; /* theirs, which is never looked up */
    assert_int_equal(recording_hash(c->logistic, sizeof c->logistic), 0x93bcc87540421127);
    free(c);
}

/* Another library's last bits must not show: the doubles lie far from the middle of two floats. */
static void curves_do_not_hang_on_the_library(void **state)
{
    (void)state;
    for (int i = 1; i < CURVE_POINTS; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            double x = (double)i / CURVE_POINTS_A_UNIT, nudge = 1 + sign * 0x1p-44;
            double logistic = 1 / (1 + exp(-x));

            assert_true((float)(tanh(x) * nudge) == (float)tanh(x));
            assert_true((float)(logistic * nudge) == (float)logistic);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_has_the_bits_of_the_c_library),
        cmocka_unit_test(curves_are_tesseracts),
        cmocka_unit_test(curves_do_not_hang_on_the_library),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
