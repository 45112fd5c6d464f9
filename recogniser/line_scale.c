/*
 * Leptonica's pixScale for one factor both ways, without Leptonica and byte for byte.
 *
 * Below 0.7 a pixel is the mean of the area it covers, then lightly sharpened; from 0.7 it is
 * interpolated between four neighbours, then sharpened up to 1.4. Both are weighted sums in
 * sixteenths of a pixel, so one engine serves: an axis says for each scaled row or column which
 * source pixels it takes and with what weight; the weighted sum is divided by the weights'
 * product. Only rounding differs, and at the far edges of an area Leptonica takes the nearest
 * pixel.
 *
 * Rows are combined along the row and columns along the column: a strip of sums is turned in
 * between, so that the inner loop of every step walks consecutive memory. Nothing fails.
 */
#include "recogniser/line_input.h"

#include "base/arena.h"

#include <string.h>

enum { PARTS = 16, STRIP = 64, WIDTH_MIN = 3, LANES = 16 };
#define SCRATCH_MAX ((size_t)1 << 30)

/* The loops over whole rows and columns are compiled twice; the loader takes what the processor
 * has. Integers only, but for one exact quotient: the bytes are the same. */
#ifdef __x86_64__
#define WITH_VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define WITH_VECTORS
#endif

/* Below this product of weights a float quotient is cut off where the integer one is: its error is
 * under 5 / 2^24 of at most 256, and the true one stays half a unit away from the next integer. */
enum { FLOAT_AREA = 6500 };

/* head/16 of pixel `first`, the pixels between, tail/16 of pixel `last` (which may be the first) */
struct tap {
    int first, last;
    uint32_t head, tail, weight; /* weight: of all together */
};

/* `inner` is the number of scaled pixels before those that take the nearest source pixel. */
struct axis {
    struct tap *taps;
    float *shares; /* 1 / weight; 1 behind the inner ones, to a multiple of LANES */
    int count, inner;
};

/* Columns of a line: column x is `rows` bytes from pixels[x * stride]. */
struct columns {
    unsigned char *pixels;
    int count, rows, stride; /* stride: rows up to a multiple of LANES */
};

static int padded(int rows)
{
    return (rows + LANES - 1) / LANES * LANES;
}

static struct axis axis_of(struct arena *a, int count)
{
    struct axis axis = {arena_alloc_array(a, (size_t)count, sizeof *axis.taps),
                        arena_alloc_array(a, (size_t)padded(count), sizeof *axis.shares), count,
                        count};

    return axis;
}

static void axis_set(struct axis *axis, int i, struct tap tap)
{
    int between = tap.last - tap.first - 1;

    tap.weight = tap.head + tap.tail + (uint32_t)(PARTS * (between > 0 ? between : 0));
    axis->taps[i] = tap;
    axis->shares[i] = 1.0f / (float)tap.weight;
}

static float axis_step(int source, int scaled)
{
    return (float)(16. * (double)(float)source / (double)(float)scaled);
}

static struct axis axis_interpolate(struct arena *a, int source, int scaled)
{
    struct axis axis = axis_of(a, scaled);
    float step = axis_step(source, scaled);

    for (int i = 0; i < scaled; i++) {
        int at = (int)(step * (float)i), first = at / PARTS, part = at % PARTS;

        first = first < source ? first : source - 1;
        axis_set(&axis, i,
                 (struct tap){first, first + 1 < source ? first + 1 : first,
                              (uint32_t)(PARTS - part), (uint32_t)part, 0});
    }
    return axis;
}

/* The end of one pixel is not quite the start of the next: one product is rounded to float, the
 * other is a double. */
static struct axis axis_cover(struct arena *a, int source, int scaled)
{
    struct axis axis = axis_of(a, scaled);
    float step = axis_step(source, scaled);

    for (int i = scaled - 1; i >= 0; i--) {
        int from = (int)(step * (float)i), to = (int)((double)step * (i + 1.0));

        if (to / PARTS > source - 2)
            axis.inner = i;
        axis_set(&axis, i,
                 (struct tap){from / PARTS, to / PARTS, (uint32_t)(PARTS - from % PARTS),
                              (uint32_t)(to % PARTS), 0});
    }
    return axis;
}

static struct axis axis_halve(struct arena *a, int source)
{
    struct axis axis = axis_of(a, source / 2);

    for (int i = 0; i < axis.count; i++)
        axis_set(&axis, i, (struct tap){2 * i, 2 * i + 1, PARTS, PARTS, 0});
    return axis;
}

/* What the steps of a line share: the weighted rows of a strip of source columns as they come,
 * turned, and one column of sums. */
struct strip {
    uint32_t *rows, *columns, *sums;
    int left, width, height; /* height: a multiple of LANES */
};

WITH_VECTORS static void strip_sum_rows(struct strip *s, const struct line_image *line,
                                        const struct axis *y)
{
    int width = s->width;

    for (int i = 0; i < y->inner; i++) {
        const struct tap tap = y->taps[i];
        const unsigned char *from = line->pixels + s->left;
        const unsigned char *restrict first = from + (size_t)tap.first * (size_t)line->stride;
        const unsigned char *restrict last = from + (size_t)tap.last * (size_t)line->stride;
        uint32_t *restrict sums = s->rows + i * width;

        for (int x = 0; x < width; x++)
            sums[x] = tap.head * first[x] + tap.tail * last[x];
        for (first += line->stride; first < last; first += line->stride)
            for (int x = 0; x < width; x++)
                sums[x] += PARTS * (uint32_t)first[x];
    }
}

/* Eight rows at a time: a column's eight sums are written together. */
WITH_VECTORS static void strip_turn(struct strip *s)
{
    const size_t width = (size_t)s->width, height = (size_t)s->height;

    for (size_t i = 0; i < height; i += 8)
        for (size_t x = 0; x < width; x++) {
            const uint32_t *restrict from = s->rows + i * width + x;
            uint32_t *restrict to = s->columns + x * height + i;

            for (size_t k = 0; k < 8; k++)
                to[k] = from[k * width];
        }
}

WITH_VECTORS static void strip_sum_columns(struct strip *s, struct tap tap, uint32_t rounding)
{
    const int height = s->height;
    const uint32_t *restrict first = s->columns + (tap.first - s->left) * height;
    const uint32_t *restrict last = s->columns + (tap.last - s->left) * height;
    uint32_t *restrict sums = s->sums;

    for (int i = 0; i < height; i++)
        sums[i] = tap.head * first[i] + tap.tail * last[i] + rounding;
    for (first += height; first < last; first += height)
        for (int i = 0; i < height; i++)
            sums[i] += PARTS * first[i];
}

WITH_VECTORS static void strip_divide(const struct strip *s, const struct tap *tap,
                                      const struct axis *y, unsigned char *restrict pixels)
{
    const uint32_t *restrict sums = s->sums;
    const float *restrict shares = y->shares, share = 1.0f / (float)tap->weight;
    const int height = s->height;

    if (tap->weight * y->taps[0].weight < FLOAT_AREA)
        for (int i = 0; i < height; i++)
            pixels[i] = (unsigned char)(int)(((float)(int)sums[i] + 0.5f) * (share * shares[i]));
    else
        for (int i = 0; i < y->inner; i++)
            pixels[i] = (unsigned char)(sums[i] / (tap->weight * y->taps[i].weight));
}

static void fill_nearest(const struct line_image *line, const struct axis *x, const struct axis *y,
                         struct columns *out)
{
    for (int j = 0; j < x->count; j++)
        for (int i = j < x->inner ? y->inner : 0; i < y->count; i++)
            out->pixels[j * out->stride + i] =
                line->pixels[(size_t)y->taps[i].first * (size_t)line->stride + x->taps[j].first];
}

static struct columns columns_new(struct arena *a, int count, int rows)
{
    int stride = padded(rows);

    return (struct columns){arena_alloc_array(a, (size_t)count, (size_t)stride), count, rows,
                            stride};
}

static struct columns resample(struct arena *a, const struct line_image *line, const struct axis *x,
                               const struct axis *y, uint32_t rounding)
{
    struct columns out = columns_new(a, x->count, y->count);
    struct strip s = {.height = out.stride};
    size_t size = 0;

    for (int j = 0; j < x->inner; j++) {
        int first = x->taps[j / STRIP * STRIP].first;
        size_t width = (size_t)(x->taps[j].last + 1 - first);

        size = size > width ? size : width;
    }
    size *= (size_t)s.height;
    s.rows = arena_alloc_array(a, size, sizeof *s.rows);
    s.columns = arena_alloc_array(a, size, sizeof *s.columns);
    s.sums = arena_alloc_array(a, (size_t)s.height, sizeof *s.sums);
    for (int j = 0; j < x->inner; j += STRIP) {
        int end = j + STRIP < x->inner ? j + STRIP : x->inner;

        s.left = x->taps[j].first;
        s.width = x->taps[end - 1].last + 1 - s.left;
        strip_sum_rows(&s, line, y);
        strip_turn(&s);
        for (int k = j; k < end; k++) {
            strip_sum_columns(&s, x->taps[k], rounding);
            strip_divide(&s, &x->taps[k], y, out.pixels + k * out.stride);
        }
    }
    fill_nearest(line, x, y, &out);
    return out;
}

/*
 * Unsharp masking: s + f (s - mean of the square around it), rounded. Leptonica's floats stay far
 * from a tie (f is 1/5 or 2/5, so ties would need an even numerator where it is odd), hence the
 * integers: s + 2/5 (s - S/25) + 1/2 = (175 s - 2 S + 62.5) / 125, and (54 s - S + 22.5) / 45.
 * The border, as wide as the square reaches, stays as it is.
 */
struct sharpening {
    int reach;
    uint16_t own, around, half;
    uint16_t magic, shift; /* n * magic >> 16 >> shift divides by 45 or 125 */
};
static const struct sharpening light = {1, 54, 1, 22, 46604, 5}, strong = {2, 175, 2, 62, 33555, 6};

static inline __attribute__((always_inline)) void
sharpen_column(const unsigned char *restrict column, int stride, int rows, struct sharpening s,
               uint16_t *restrict sums, unsigned char *restrict out)
{
    for (int i = 0; i < stride; i++) {
        uint16_t sum = 0;

        for (int d = -s.reach; d <= s.reach; d++)
            sum = (uint16_t)(sum + column[d * stride + i]);
        sums[i] = sum;
    }
    for (int i = s.reach; i < rows - s.reach; i++) {
        uint16_t around = 0, own = (uint16_t)(s.own * column[i] + s.half), value;

        for (int d = -s.reach; d <= s.reach; d++)
            around = (uint16_t)(around + sums[i + d]);
        around = (uint16_t)(around * s.around);
        value = (uint16_t)((own > around ? own : around) - around);
        value = (uint16_t)((uint16_t)(((uint32_t)value * s.magic) >> 16) >> s.shift);
        out[i] = (unsigned char)(value < UINT8_MAX ? value : UINT8_MAX);
    }
}

WITH_VECTORS static struct columns sharpen(struct arena *a, const struct columns *in,
                                           const struct sharpening *s)
{
    struct columns out = columns_new(a, in->count, in->rows);
    uint16_t *sums = arena_alloc_array(a, (size_t)in->stride, sizeof *sums);

    memcpy(out.pixels, in->pixels, (size_t)in->count * (size_t)in->stride);
    for (int x = s->reach; x < in->count - s->reach; x++) {
        const unsigned char *column = in->pixels + x * in->stride;
        unsigned char *to = out.pixels + x * in->stride;

        if (s == &strong)
            sharpen_column(column, in->stride, in->rows, strong, sums, to);
        else
            sharpen_column(column, in->stride, in->rows, light, sums, to);
    }
    return out;
}

WITH_VECTORS static struct line_image rows_of(struct arena *a, const struct columns *in)
{
    size_t width = (size_t)in->count, stride = (size_t)in->stride;
    unsigned char *pixels = arena_alloc_array(a, width, stride);

    for (size_t y = 0; y < stride; y += 8)
        for (size_t x = 0; x < width; x++) {
            const unsigned char *restrict from = in->pixels + x * stride + y;
            unsigned char *restrict to = pixels + y * width + x;

            for (size_t k = 0; k < 8; k++)
                to[k * width] = from[k];
        }
    return (struct line_image){pixels, in->count, in->rows, in->count};
}

/* Leptonica halves again and again where that makes the factor, cutting each mean off. */
static int halvings(float scale)
{
    for (int n = 1; n <= 4; n++)
        if (scale == 1.0f / (float)(1 << n))
            return n;
    return 0;
}

static struct columns halve(struct arena *a, const struct line_image *line, int times)
{
    struct axis x = axis_halve(a, line->width), y = axis_halve(a, line->height);
    struct columns half = resample(a, line, &x, &y, 0);
    struct line_image turned;

    if (times == 1)
        return half;
    turned = rows_of(a, &half);
    return halve(a, &turned, times - 1);
}

static struct columns cover(struct arena *a, const struct line_image *line, int width, int height)
{
    struct axis x = axis_cover(a, line->width, width), y = axis_cover(a, line->height, height);

    return resample(a, line, &x, &y, 128);
}

/* Twice and four times are done without rounding. */
static struct columns interpolate(struct arena *a, const struct line_image *line, int width,
                                  int height)
{
    struct axis x = axis_interpolate(a, line->width, width);
    struct axis y = axis_interpolate(a, line->height, height);
    bool is_cut_off = height == 2 * line->height || height == 4 * line->height;

    return resample(a, line, &x, &y, is_cut_off ? 0 : 128);
}

static struct columns scale_columns(struct arena *a, const struct line_image *line, float scale,
                                    int width, int height)
{
    int times = halvings(scale);
    struct columns c;

    if (scale >= 0.7) {
        c = interpolate(a, line, width, height);
        return scale < 1.4 ? sharpen(a, &c, &strong) : c;
    }
    c = times ? halve(a, line, times) : cover(a, line, width, height);
    return scale > 0.2 ? sharpen(a, &c, &light) : c;
}

struct line_image line_scale(struct arena *a, const struct line_image *line, int height)
{
    AUTO_ARENA struct arena scratch = {.max = SCRATCH_MAX};
    float scale = (float)height / (float)line->height;
    int width = (int)(scale * (float)line->width + 0.5);
    struct columns c;

    if (width < WIDTH_MIN)
        return (struct line_image){NULL, 0, height, 0};
    if (line->height == height)
        return *line;
    c = scale_columns(&scratch, line, scale, width, height);
    if (c.count < WIDTH_MIN) /* halving rounds widths down */
        return (struct line_image){NULL, 0, height, 0};
    return rows_of(a, &c);
}
