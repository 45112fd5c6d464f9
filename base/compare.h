/*
 * For qsort(): numbers from the lowest to the highest. None is NaN.
 */
#ifndef BASE_COMPARE_H
#define BASE_COMPARE_H

static inline int compare_ints(const void *one, const void *other)
{
    int a = *(const int *)one, b = *(const int *)other;

    return (a > b) - (a < b);
}

static inline int compare_floats(const void *one, const void *other)
{
    float a = *(const float *)one, b = *(const float *)other;

    return (a > b) - (a < b);
}

#endif
