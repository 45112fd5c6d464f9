/*
 * Grey bytes become the network's int8: black to -127, white to 127, by what the middle row says
 * is black and white. That row crosses most letters, so its local minima and maxima are good
 * samples of both. Nothing fails: a row without either counts as 0 and 255.
 */
#include "recogniser/line_input.h"

#include "base/arena.h"

enum { GREYS = 256 };

struct histogram {
    int counts[GREYS], total;
};

static void histogram_add(struct histogram *h, int grey)
{
    h->counts[grey]++;
    h->total++;
}

/* The grey below which `fraction` of the samples lie, interpolated within the last one's bucket. */
static double histogram_quantile(const struct histogram *h, double fraction)
{
    double target = fraction * h->total;
    int sum = 0, i = 0;

    target = target < 1 ? 1 : target;
    while (sum < target)
        sum += h->counts[i++];
    return i - (sum - target) / h->counts[i - 1];
}

static void black_and_white(const struct line_image *line, float *ret_black, float *ret_white)
{
    const unsigned char *row = line->pixels + (size_t)(line->height / 2) * (size_t)line->stride;
    struct histogram minima = {0}, maxima = {0};

    for (int x = 1; x + 1 < line->width; x++) {
        int left = row[x - 1], here = row[x], right = row[x + 1];

        if (here <= left && here <= right && (here < left || here < right))
            histogram_add(&minima, here);
        if (here >= left && here >= right && (here > left || here > right))
            histogram_add(&maxima, here);
    }
    if (!minima.total)
        histogram_add(&minima, 0);
    if (!maxima.total)
        histogram_add(&maxima, GREYS - 1);
    *ret_black = (float)histogram_quantile(&minima, 0.25);
    *ret_white = (float)histogram_quantile(&maxima, 0.75);
}

static int8_t normal(int grey, float black, float contrast)
{
    float value = 128 * (((float)grey - black) / contrast - 1.0f);
    int rounded = value >= 0 ? (int)(value + 0.5f) : -(int)(-value + 0.5f);

    return (int8_t)(rounded < -INT8_MAX ? -INT8_MAX : rounded > INT8_MAX ? INT8_MAX : rounded);
}

void line_normalise(struct arena *a, const struct line_image *scaled, float scale,
                    struct line_input *ret)
{
    size_t width = (size_t)scaled->width;
    float black, white, contrast;
    int8_t normals[GREYS], *to;

    black_and_white(scaled, &black, &white);
    contrast = (white - black) / 2.0f;
    if (contrast <= 0)
        contrast = 1;
    for (int grey = 0; grey < GREYS; grey++)
        normals[grey] = normal(grey, black, contrast);
    to = arena_alloc_array(a, width, (size_t)scaled->height);
    *ret = (struct line_input){to, scaled->width, scaled->height, scale};
    for (int y = 0; y < scaled->height; y++, to += width) {
        const unsigned char *row = scaled->pixels + (size_t)y * (size_t)scaled->stride;

        for (size_t x = 0; x < width; x++)
            to[x] = normals[row[x]];
    }
}

struct line_image line_invert(struct arena *a, const struct line_image *scaled)
{
    size_t width = (size_t)scaled->width;
    unsigned char *to = arena_alloc_array(a, width, (size_t)scaled->height);
    struct line_image inverted = {to, scaled->width, scaled->height, scaled->width};

    for (int y = 0; y < scaled->height; y++, to += width) {
        const unsigned char *row = scaled->pixels + (size_t)y * (size_t)scaled->stride;

        for (size_t x = 0; x < width; x++)
            to[x] = (unsigned char)(UINT8_MAX - row[x]);
    }
    return inverted;
}
