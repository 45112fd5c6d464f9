/*
 * The two curves every gate goes through, as tables of floats: the double functions rounded. Of
 * the 8,192 doubles none comes nearer than 2^-38 (relative) to the middle between two floats, so
 * any library whose last bits of tanh() and exp() differ makes the same tables.
 */
#include "recogniser/forward_kernel.h"

#include <math.h>

static void steps_fill(struct curve_point curve[CURVE_POINTS])
{
    for (int i = 0; i < CURVE_END; i++)
        curve[i].step = curve[i + 1].value - curve[i].value;
    curve[CURVE_END].value = 1;
}

void curves_init(struct curves *c)
{
    for (int i = 0; i < CURVE_POINTS; i++) {
        double x = (double)i / CURVE_POINTS_A_UNIT;

        c->tanh[i] = (struct curve_point){.value = (float)tanh(x)};
        c->logistic[i] = (struct curve_point){.value = (float)(1 / (1 + exp(-x)))};
    }
    steps_fill(c->tanh);
    steps_fill(c->logistic);
}
